/* SPDX-License-Identifier: Apache-2.0 */

/* base/hash: XXH3 as others compute it, order, digits. */

#include <check.h>

#include "base/hash.h"

/* From tests/golden/hash_vectors.py. */
static const struct {
    size_t length;
    uint64_t hash64;
    const char *hex128;
} recorded[] = {
    {0, 0x2D06800538D394C2, "99aa06d3014798d86001c324468d497f"},
    {1, 0x13E608BC156DEFED, "22bbb76b211a39ba13e608bc156defed"},
    {3, 0xA9088DDA485B481C, "ce31763cbf8245a5a9088dda485b481c"},
    {4, 0x6D9253B16C8B1ED3, "47197970590746b1788a609154b0fe20"},
    {8, 0x60539DB630471163, "e3bc8a5f461715553cd024e3d63a1588"},
    {9, 0xFEFF668361D723A8, "c72c88247a9a56d7eafab1c7f123109f"},
    {16, 0xB8C859B0F030B585, "ce0b9647ab24f88460d75c5e47d40a24"},
    {17, 0x714A04408E79B80F, "bfd327edcc2fbd12eeed7654312a26d7"},
    {128, 0x67425A03650261BF, "1b1962a096bac78bc580008b6c92ac53"},
    {129, 0xC664BF3311C6ABC4, "293e4968c4619023bd91ce7ace4d385b"},
    {240, 0x64556DC6B462A6CF, "ad46c1021b076bc704e0b5f034bee80b"},
    {241, 0x8BEADD3A8874FE17, "ac6c3492c3d6b45d8beadd3a8874fe17"},
    {1024, 0x9B81661C641C72B1, "18bc0eaca9a336369b81661c641c72b1"},
    {5000, 0x799AADDD7339581D, "c98ae385d09887cc799aaddd7339581d"},
};

START_TEST(hashes_are_those_of_xxh3)
{
    unsigned char content[5000];
    char hex[33];

    for (int i = 0; i < 5000; i++)
        content[i] = (unsigned char)(7 * i + 3);
    ck_assert_uint_eq(sg_hash_64(content, recorded[_i].length), recorded[_i].hash64);
    sg_hash_hex(hex, sg_hash_128(content, recorded[_i].length));
    ck_assert_str_eq(hex, recorded[_i].hex128);
}
END_TEST

START_TEST(hashes_are_ordered_as_128_bit_numbers)
{
    static const sg_hash128 rising[] = {{0, 0},          {1, 0},          {UINT64_MAX, 0}, {0, 1},
                                        {UINT64_MAX, 1}, {0, UINT64_MAX}, {9, UINT64_MAX}};

    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++) {
            int order = sg_hash_compare(rising[i], rising[j]);

            ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}
END_TEST

START_TEST(digits_begin_with_the_most_significant)
{
    char hex[33];

    sg_hash_hex(hex, (sg_hash128){.low = 0xABCDEF, .high = 0x1});
    ck_assert_str_eq(hex, "00000000000000010000000000abcdef");
}
END_TEST

TCase *
hash_tests(void)
{
    TCase *tc = tcase_create("hash");

    tcase_add_loop_test(tc, hashes_are_those_of_xxh3, 0, (int)(sizeof recorded / sizeof *recorded));
    tcase_add_test(tc, hashes_are_ordered_as_128_bit_numbers);
    tcase_add_test(tc, digits_begin_with_the_most_significant);
    return tc;
}
