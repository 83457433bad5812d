/* SPDX-License-Identifier: Apache-2.0 */

/* base/key: order, conversion, encoding and paths (R1 to R3 of key.c). */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "base/text.h"

static segml_key
text_key(const char *text)
{
    segml_key key = SEGML_KEY_UTF8_VALUE(text, strlen(text));

    return key;
}

START_TEST(null_comes_first_then_integers_by_value_then_text_by_bytes)
{
    const segml_key ordered[] = {SEGML_KEY_NULL_VALUE,      SEGML_KEY_INT64_VALUE(-5),
                                 SEGML_KEY_INT64_VALUE(9),  SEGML_KEY_INT64_VALUE(10),
                                 text_key("10"),            text_key("9"),
                                 text_key("9a"),            text_key("\xC3\xA4")};
    const int count = (int)(sizeof ordered / sizeof *ordered);

    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            int order = sg_key_compare(&ordered[i], &ordered[j], 1);

            ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}
END_TEST

static const struct {
    const char *text;
    int canonical, lenient;
    int64_t value;
} integers[] = {
    {"4711", 1, 1, 4711},
    {"-3", 1, 1, -3},
    {"0", 1, 1, 0},
    {"4711.0", 1, 1, 4711},
    {"4711.", 1, 1, 4711},
    {"04711", 0, 1, 4711},
    {"+5", 0, 1, 5},
    {"-0", 0, 1, 0},
    {"9223372036854775807", 1, 1, INT64_MAX},
    {"-9223372036854775808", 1, 1, INT64_MIN},
    {"9223372036854775808", 0, 0, 0},
    {"-9223372036854775809", 0, 0, 0},
    {"99999999999999999999", 0, 0, 0},
    {"1.5", 0, 0, 0},
    {"", 0, 0, 0},
    {"-", 0, 0, 0},
    {" 1", 0, 0, 0},
    {"1 ", 0, 0, 0},
    {"0x10", 0, 0, 0},
    {"1e3", 0, 0, 0},
};

START_TEST(integers_are_read_as_documented)
{
    int64_t value = -1;

    ck_assert_int_eq(
        sg_key_parse(&value, integers[_i].text, strlen(integers[_i].text), 1),
        integers[_i].canonical);
    ck_assert_int_eq(
        sg_key_parse(&value, integers[_i].text, strlen(integers[_i].text), 0),
        integers[_i].lenient);
    if (integers[_i].lenient)
        ck_assert_int_eq(value, integers[_i].value);
}
END_TEST

static void
assert_path(const segml_key *keys, int64_t count, const char *expected)
{
    sg_buf path = {0};

    ck_assert_int_eq(sg_key_path(&path, keys, count, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&path, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)path.bytes, expected);
    sg_buf_clear(&path);
}

START_TEST(paths_escape_what_a_file_name_must_not_hold)
{
    const segml_key two[] = {text_key("a,b"), SEGML_KEY_NULL_VALUE};
    const segml_key plain[] = {text_key("Az-9_"), SEGML_KEY_INT64_VALUE(-12)};
    const segml_key dots = text_key("..");
    const segml_key inner = text_key("a.b/c%~");

    assert_path(two, 2, "a%2Cb,%N");
    assert_path(plain, 2, "Az-9_,-12");
    assert_path(&dots, 1, "%2E.");
    assert_path(&inner, 1, "a.b%2Fc%25%7E");
}
END_TEST

/* The hash is from Python's
 * xxhash.xxh3_128_hexdigest(b"\x02" + (130).to_bytes(8, "little") + b"x" * 130). */
START_TEST(a_long_path_ends_with_the_key_hash)
{
    char text[131], expected[200];
    segml_key key;

    memset(text, 'x', 130);
    text[130] = '\0';
    key = text_key(text);
    memset(expected, 'x', 80);
    strcpy(expected + 80, "~0684893eb1e221d8c05849eff1093269");
    assert_path(&key, 1, expected);
}
END_TEST

/* Paths of 120 bytes, plain and with an escape, and of 121. */
START_TEST(a_path_of_120_bytes_is_kept_whole)
{
    char text[122], expected[122];
    segml_key key;
    sg_buf path = {0};

    memset(text, 'x', 121);
    memset(expected, 'x', 121);
    text[120] = expected[120] = '\0';
    key = text_key(text);
    assert_path(&key, 1, expected);
    text[117] = '%'; /* three bytes where one was */
    text[118] = '\0';
    strcpy(expected + 117, "%25");
    key = text_key(text);
    assert_path(&key, 1, expected);
    strcpy(text + 117, "%x");
    key = text_key(text);
    ck_assert_int_eq(sg_key_path(&path, &key, 1, NULL), SEGML_OK);
    ck_assert_uint_eq(path.size, 80 + 1 + 32);
    ck_assert_int_eq(path.bytes[80], '~');
    sg_buf_clear(&path);
}
END_TEST

START_TEST(a_path_is_appended)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(7);
    const segml_key dot = text_key(".");
    sg_buf path = {0};

    ck_assert_int_eq(sg_buf_append(&path, "groups/", 7, NULL), SEGML_OK);
    ck_assert_int_eq(sg_key_path(&path, &key, 1, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_append(&path, "/", 1, NULL), SEGML_OK);
    ck_assert_int_eq(sg_key_path(&path, &dot, 1, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&path, NULL), SEGML_OK);
    ck_assert_str_eq((char *)path.bytes, "groups/7/%2E");
    sg_buf_clear(&path);
}
END_TEST

/* From Python's xxhash.xxh3_128_hexdigest() of the encoding, see tests/golden/hash_vectors.py. */
static const struct {
    segml_key keys[3];
    int64_t count;
    const char *hex;
} hashes[] = {
    {{SEGML_KEY_NULL_VALUE}, 1, "be637bf2e7ab4aec17dbb924bfd111e6"},
    {{SEGML_KEY_INT64_VALUE(0)}, 1, "fa3f5392c40387fb428516d12156e7b6"},
    {{SEGML_KEY_INT64_VALUE(-2)}, 1, "34cd9b4d7b10dd25353435a152a5a754"},
    {{SEGML_KEY_INT64_VALUE(4711)}, 1, "6554d716b3cd4d7347ea9c2aa32cdfbb"},
    {{SEGML_KEY_UTF8_VALUE("4711", 4)}, 1, "f8b11c0de9daae5346b074ab05b0e510"},
    {{SEGML_KEY_INT64_VALUE(7), SEGML_KEY_NULL_VALUE, SEGML_KEY_UTF8_VALUE("\xC3\xA4", 2)},
     3,
     "d28d4765f7c617999db8964194d3d291"},
    {{SEGML_KEY_UTF8_VALUE("ab", 2), SEGML_KEY_UTF8_VALUE("c", 1)},
     2,
     "6567ee7962d2c75f936e9be4a6aa37ca"},
    {{SEGML_KEY_UTF8_VALUE("a", 1), SEGML_KEY_UTF8_VALUE("bc", 2)},
     2,
     "a5eaabb1261d9162408b070a824339a7"},
};

START_TEST(hashes_are_those_of_the_encoding)
{
    sg_hash128 hash;
    char hex[33];

    ck_assert_int_eq(sg_key_hash(&hash, hashes[_i].keys, hashes[_i].count, NULL), SEGML_OK);
    sg_hash_hex(hex, hash);
    ck_assert_str_eq(hex, hashes[_i].hex);
}
END_TEST

START_TEST(hashes_of_long_keys_need_no_stack)
{
    static char text[100000];
    segml_key key = SEGML_KEY_UTF8_VALUE(text, sizeof text);
    sg_hash128 hash;
    char hex[33];

    memset(text, 'x', sizeof text);
    ck_assert_int_eq(sg_key_hash(&hash, &key, 1, NULL), SEGML_OK);
    sg_hash_hex(hex, hash);
    ck_assert_str_eq(hex, "9bc6f3578b5d3c2472177c28db7ed5c7");
}
END_TEST

START_TEST(keys_are_shown_in_one_line_that_fits)
{
    const segml_key keys[3] = {SEGML_KEY_INT64_VALUE(-7), SEGML_KEY_NULL_VALUE, text_key("shop a")};
    char text[40], small[6];

    sg_key_display(text, sizeof text, keys, 3);
    ck_assert_str_eq(text, "-7,NULL,shop a");
    sg_key_display(small, sizeof small, keys, 3);
    ck_assert_str_eq(small, "-7,NU");
    sg_key_display(text, sizeof text, keys, 0);
    ck_assert_str_eq(text, "");
}
END_TEST

/* _i: room of 4 to 8 bytes for three characters of two bytes each and their terminator. */
START_TEST(a_shown_key_is_cut_between_characters)
{
    const segml_key key = text_key("\xC3\xA4\xC3\xB6\xC3\xBC");
    char text[8];

    sg_key_display(text, (size_t)_i, &key, 1);
    ck_assert_int_lt((int)strlen(text), _i);
    ck_assert_int_ge((int)strlen(text), _i - 2);
    ck_assert(sg_text_is_utf8(text, strlen(text)));
}
END_TEST

START_TEST(ill_formed_keys_are_told_from_others)
{
    const segml_key bad[] = {{.type = 3},
                             {.type = -1},
                             {.type = SEGML_KEY_UTF8, .length = 1},
                             SEGML_KEY_UTF8_VALUE("\xFF", 1)};
    const segml_key good[] = {SEGML_KEY_NULL_VALUE, SEGML_KEY_INT64_VALUE(1), text_key("\xC3\xA4"),
                              SEGML_KEY_UTF8_VALUE(NULL, 0)};

    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(sg_key_is_valid(&bad[i]), 0);
        ck_assert_int_eq(sg_key_is_valid(&good[i]), 1);
    }
}
END_TEST

START_TEST(keys_convert_between_text_and_integer)
{
    segml_key out, text = text_key("04711"), other = text_key("abc"), empty = text_key("");
    const segml_key number = SEGML_KEY_INT64_VALUE(4711);
    char digits[24];

    ck_assert_int_eq(sg_key_convert(&out, &text, SEGML_KEY_INT64, digits), 1);
    ck_assert_int_eq(sg_key_compare(&out, &number, 1), 0);
    ck_assert_int_eq(sg_key_convert(&out, &number, SEGML_KEY_UTF8, digits), 1);
    ck_assert_int_eq(out.type, SEGML_KEY_UTF8);
    ck_assert_mem_eq(out.text, "4711", 4);
    ck_assert_int_eq(sg_key_convert(&out, &other, SEGML_KEY_INT64, digits), 0);
    ck_assert_int_eq(sg_key_convert(&out, &empty, SEGML_KEY_INT64, digits), 1);
    ck_assert_int_eq(out.type, SEGML_KEY_NULL);
}
END_TEST

/* By hand: type, eight bytes little-endian, text. */
static const unsigned char encoded[] = {1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                        0, 0,    0,    0,    0,    0,    0,    0,    0,
                                        2, 3,    0,    0,    0,    0,    0,    0,    0,
                                        'a', 0,  'b'};

START_TEST(a_key_has_one_encoding)
{
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(-2), SEGML_KEY_NULL_VALUE,
                              SEGML_KEY_UTF8_VALUE("a\0b", 3)};
    segml_key back[3];
    sg_buf out = {0};

    ck_assert_int_eq(sg_buf_append(&out, "x", 1, NULL), SEGML_OK);
    ck_assert_int_eq(sg_key_encode(&out, keys, 3, NULL), SEGML_OK);
    ck_assert_uint_eq(out.size, 1 + sizeof encoded);
    ck_assert_mem_eq(out.bytes + 1, encoded, sizeof encoded);
    ck_assert_int_eq(sg_key_decode(back, 3, out.bytes + 1, out.size - 1), 1);
    ck_assert_int_eq(sg_key_compare(back, keys, 3), 0);
    ck_assert_ptr_eq(back[2].text, (const char *)out.bytes + 28);
    out.max = out.size + 8;
    ck_assert_int_eq(sg_key_encode(&out, keys, 1, NULL), SEGML_E_LIMIT);
    sg_buf_clear(&out);
}
END_TEST

START_TEST(an_encoding_that_is_cut_or_longer_is_none)
{
    segml_key back[4];
    unsigned char *exact = malloc(sizeof encoded);

    ck_assert_ptr_nonnull(exact);
    for (size_t size = 0; size < sizeof encoded; size++) {
        unsigned char *cut = malloc(size + 1);

        ck_assert_ptr_nonnull(cut);
        memcpy(cut, encoded, size);
        ck_assert_int_eq(sg_key_decode(back, 3, cut, size), 0);
        free(cut);
    }
    memcpy(exact, encoded, sizeof encoded);
    ck_assert_int_eq(sg_key_decode(back, 2, exact, sizeof encoded), 0);
    ck_assert_int_eq(sg_key_decode(back, 4, exact, sizeof encoded), 0);
    ck_assert_int_eq(sg_key_decode(back, 0, exact, 0), 1);
    free(exact);
}
END_TEST

/* NULL with a number, texts that are empty, longer than there are bytes, or no UTF-8; types. */
static const struct {
    unsigned char bytes[11];
    size_t size;
} no_encodings[] = {
    {{0, 1}, 9},
    {{2}, 9},
    {{2, 2, 0, 0, 0, 0, 0, 0, 0, 'a'}, 10},
    {{2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 'a'}, 10},
    {{2, 0xF8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 'a'}, 10},
    {{2, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF}, 10},
    {{2, 1, 0, 0, 0, 0, 0, 0, 0, 'a', 'b'}, 11},
    {{3}, 9},
    {{0xFF}, 9},
};

START_TEST(other_bytes_are_no_encoding)
{
    segml_key back;

    ck_assert_int_eq(sg_key_decode(&back, 1, no_encodings[_i].bytes, no_encodings[_i].size), 0);
}
END_TEST

TCase *
key_tests(void)
{
    TCase *tc = tcase_create("key");

    tcase_add_test(tc, null_comes_first_then_integers_by_value_then_text_by_bytes);
    tcase_add_loop_test(tc, integers_are_read_as_documented, 0,
                        (int)(sizeof integers / sizeof *integers));
    tcase_add_test(tc, paths_escape_what_a_file_name_must_not_hold);
    tcase_add_test(tc, a_long_path_ends_with_the_key_hash);
    tcase_add_test(tc, a_path_of_120_bytes_is_kept_whole);
    tcase_add_test(tc, a_path_is_appended);
    tcase_add_loop_test(tc, hashes_are_those_of_the_encoding, 0,
                        (int)(sizeof hashes / sizeof *hashes));
    tcase_add_test(tc, hashes_of_long_keys_need_no_stack);
    tcase_add_test(tc, keys_are_shown_in_one_line_that_fits);
    tcase_add_loop_test(tc, a_shown_key_is_cut_between_characters, 4, 9);
    tcase_add_test(tc, ill_formed_keys_are_told_from_others);
    tcase_add_test(tc, keys_convert_between_text_and_integer);
    tcase_add_test(tc, a_key_has_one_encoding);
    tcase_add_test(tc, an_encoding_that_is_cut_or_longer_is_none);
    tcase_add_loop_test(tc, other_bytes_are_no_encoding, 0,
                        (int)(sizeof no_encodings / sizeof *no_encodings));
    return tc;
}
