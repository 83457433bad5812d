/* SPDX-License-Identifier: Apache-2.0 */

/* tree/ubj: what it reads, and R1 to R3 of ubj.c. Bytes are written by hand from the
 * specification at ubjson.org. */

#include <check.h>

#include "tree/ubj.h"

#define BYTES(literal) literal, sizeof(literal) - 1 /* without the terminator */

static sg_ubj_value
read_one(const char *bytes, size_t size)
{
    sg_ubj reader = sg_ubj_begin(bytes, size);
    sg_ubj_value value;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(sg_ubj_read(&reader, &value, &err) == SEGML_OK, "%s", err.message);
    ck_assert_ptr_eq(reader.at, reader.end);
    return value;
}

static const struct {
    const char *bytes;
    size_t size;
    int64_t expected;
} integers[] = {
    {BYTES("i\xFF"), -1},
    {BYTES("U\xFF"), 255},
    {BYTES("CA"), 65},
    {BYTES("I\xFF\x00"), -256},
    {BYTES("l\x80\x00\x00\x00"), INT32_MIN},
    {BYTES("L\x01\x02\x03\x04\x05\x06\x07\x08"), 0x0102030405060708},
    {BYTES("L\x80\x00\x00\x00\x00\x00\x00\x00"), INT64_MIN},
};

START_TEST(integers_of_every_size_are_big_endian)
{
    sg_ubj_value value = read_one(integers[_i].bytes, integers[_i].size);

    ck_assert_int_eq(value.type, SG_UBJ_INTEGER);
    ck_assert_int_eq(value.integer, integers[_i].expected);
}
END_TEST

START_TEST(floats_nulls_booleans_and_texts_are_read)
{
    sg_ubj_value value = read_one(BYTES("d\x3F\xC0\x00\x00"));

    ck_assert_int_eq(value.type, SG_UBJ_FLOAT);
    ck_assert_double_eq(value.number, 1.5);
    value = read_one(BYTES("D\xC0\x04\x00\x00\x00\x00\x00\x00"));
    ck_assert_int_eq(value.type, SG_UBJ_FLOAT);
    ck_assert_double_eq(value.number, -2.5);
    ck_assert_int_eq(read_one(BYTES("Z")).type, SG_UBJ_NULL);
    ck_assert_int_eq(read_one(BYTES("T")).integer, 1);
    value = read_one(BYTES("F"));
    ck_assert_int_eq(value.type, SG_UBJ_BOOL);
    ck_assert_int_eq(value.integer, 0);
    value = read_one(BYTES("Si\x03"
                           "abc"));
    ck_assert_int_eq(value.type, SG_UBJ_TEXT);
    ck_assert_int_eq(value.count, 3);
    ck_assert_mem_eq(value.bytes, "abc", 3);
}
END_TEST

START_TEST(typed_arrays_are_views)
{
    sg_ubj_value value = read_one(BYTES("[$l#L\0\0\0\0\0\0\0\x02\xFF\xFF\xFF\xFE\x00\x00\x01\x00"));

    ck_assert_int_eq(value.type, SG_UBJ_TYPED);
    ck_assert_int_eq(value.element, 'l');
    ck_assert_int_eq(value.count, 2);
    ck_assert_int_eq(sg_ubj_int32_at(&value, 0), -2);
    ck_assert_int_eq(sg_ubj_int32_at(&value, 1), 256);
    ck_assert_int_eq(sg_ubj_integer_at(&value, 1), 256);
    value = read_one(BYTES("[$d#i\x02\x80\x00\x00\x01\x7F\x7F\xFF\xFF"));
    ck_assert_float_eq(sg_ubj_float_at(&value, 0), -0x1p-149f);
    ck_assert_float_eq(sg_ubj_float_at(&value, 1), 0x1.fffffep127f);
    value = read_one(BYTES("[$L#i\x01\x00\x00\x00\x01\x00\x00\x00\x00"));
    ck_assert_int_eq(sg_ubj_integer_at(&value, 0), INT64_C(1) << 32);
    value = read_one(BYTES("[$U#i\x01\x80"));
    ck_assert_int_eq(sg_ubj_integer_at(&value, 0), 128);
    value = read_one(BYTES("[$d#L\0\0\0\0\0\0\0\0"));
    ck_assert_int_eq(value.count, 0);
}
END_TEST

/* {"a": [1, 2], "b": {}, "c": [3]} in three spellings. */
static const struct {
    const char *bytes;
    size_t size;
} spellings[] = {
    {BYTES("{i\1a[i\1i\2]i\1b{}i\1c[i\3]}")},
    {BYTES("{#i\3i\1a[#i\2i\1i\2i\1b{#i\0i\1c[#i\1i\3")},
    {BYTES("{L\0\0\0\0\0\0\0\1a[#L\0\0\0\0\0\0\0\2i\1i\2i\1b{}I\0\1c[U\3]}")},
};

START_TEST(containers_with_and_without_count_are_walked)
{
    sg_ubj reader = sg_ubj_begin(spellings[_i].bytes, spellings[_i].size);
    sg_ubj_value object, array, element;
    sg_ubj_text key;
    int64_t sum = 0;
    int members = 0;

    ck_assert_int_eq(sg_ubj_read(&reader, &object, NULL), SEGML_OK);
    ck_assert_int_eq(object.type, SG_UBJ_OBJECT);
    while (sg_ubj_member(&reader, &object, &key, NULL) == 1) {
        members++;
        if (sg_ubj_text_is(key, "b")) {
            ck_assert_int_eq(sg_ubj_skip(&reader, NULL), SEGML_OK);
            continue;
        }
        ck_assert_int_eq(sg_ubj_read(&reader, &array, NULL), SEGML_OK);
        while (sg_ubj_element(&reader, &array, NULL) == 1) {
            ck_assert_int_eq(sg_ubj_read(&reader, &element, NULL), SEGML_OK);
            sum += element.integer;
        }
    }
    ck_assert_int_eq(members, 3);
    ck_assert_int_eq(sum, 6);
    ck_assert_ptr_eq(reader.at, reader.end);
}
END_TEST

START_TEST(a_text_equals_only_the_whole_text)
{
    const sg_ubj_text text = {"tree", 4};

    ck_assert(sg_ubj_text_is(text, "tree"));
    ck_assert(!sg_ubj_text_is(text, "trees"));
    ck_assert(!sg_ubj_text_is(text, "tre"));
}
END_TEST

/* One of everything: each proper beginning of it must be refused. */
static const char everything[] = "{i\1aZi\1bTi\1ci\1i\1dI\0\1i\1el\0\0\0\1i\1fL\0\0\0\0\0\0\0\1i\1"
                                 "gd\0\0\0\0i\1hD\0\0\0\0\0\0\0\0i\1iSi\3xyzi\1j[i\1U\xFF]i\1"
                                 "k[$l#i\1\0\0\0\1i\1l[#i\1Ti\1m{#i\1i\1aF}";

START_TEST(skipping_passes_over_everything)
{
    sg_ubj reader = sg_ubj_begin(BYTES(everything));
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(sg_ubj_skip(&reader, &err) == SEGML_OK, "%s", err.message);
    ck_assert_ptr_eq(reader.at, reader.end);
}
END_TEST

START_TEST(bytes_that_end_too_early_are_refused)
{
    for (size_t size = 0; size < sizeof everything - 1; size++) {
        sg_ubj reader = sg_ubj_begin(everything, size);
        segml_error err = SEGML_ERROR_INIT;

        ck_assert_int_eq(sg_ubj_skip(&reader, &err), SEGML_E_FORMAT);
        ck_assert_int_eq(err.code, SEGML_E_FORMAT);
    }
}
END_TEST

static const struct {
    const char *bytes;
    size_t size;
    const char *message;
} broken[] = {
    {BYTES("Sl\xFF\xFF\xFF\xFFx"), "model: byte 1: a length is negative"},
    {BYTES("Sd\x3F\x80\x00\x00x"), "model: byte 1: a length is expected"},
    {BYTES("SL\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFx"),
     "model: byte 10: a text of 9223372036854775807 bytes ends after 1"},
    {BYTES("[$L#L\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFx"),
     "model: byte 13: an array of 9223372036854775807 elements does not fit in the 1 bytes left"},
    {BYTES("[$L#L\x20\x00\x00\x00\x00\x00\x00\x01x"),
     "model: byte 13: an array of 2305843009213693953 elements does not fit in the 1 bytes left"},
    {BYTES("[#L\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFZ"),
     "model: byte 11: 9223372036854775807 elements do not fit in the 1 bytes left"},
    {BYTES("[$Z#L\x00\x00\x00\x7F\xFF\xFF\xFF\xFF"),
     "model: byte 2: an array of type 0x5a is not understood"},
    {BYTES("[$S#i\1i\1a"), "model: byte 2: an array of type 0x53 is not understood"},
    {BYTES("[$li\1\0\0\0\1"), "model: byte 2: a typed array has no count"},
    {BYTES("{$i#i\1i\1a\1"), "model: byte 2: a typed object is not understood"},
    {BYTES("N"), "model: byte 0: 0x4e is no type"},
    {BYTES("{Si\1aZ}"), "model: byte 1: a length is expected"},
};

START_TEST(broken_bytes_are_refused_with_their_place)
{
    sg_ubj reader = sg_ubj_begin(broken[_i].bytes, broken[_i].size);
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_ubj_skip(&reader, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, broken[_i].message);
}
END_TEST

START_TEST(nesting_beyond_the_limit_is_refused)
{
    char bytes[1000];
    sg_ubj reader, shallow;

    memset(bytes, '[', sizeof bytes);
    reader = sg_ubj_begin(bytes, sizeof bytes);
    ck_assert_int_eq(sg_ubj_skip(&reader, NULL), SEGML_E_LIMIT);
    memset(bytes + 32, ']', 32);
    shallow = sg_ubj_begin(bytes, 64);
    ck_assert_int_eq(sg_ubj_skip(&shallow, NULL), SEGML_OK);
}
END_TEST

START_TEST(no_bytes_are_no_value)
{
    sg_ubj reader = sg_ubj_begin(NULL, 0);
    sg_ubj_value value;

    ck_assert_int_eq(sg_ubj_read(&reader, &value, NULL), SEGML_E_FORMAT);
}
END_TEST

TCase *
ubj_tests(void)
{
    TCase *tc = tcase_create("ubj");

    tcase_add_loop_test(tc, integers_of_every_size_are_big_endian, 0,
                        (int)(sizeof integers / sizeof *integers));
    tcase_add_test(tc, floats_nulls_booleans_and_texts_are_read);
    tcase_add_test(tc, typed_arrays_are_views);
    tcase_add_loop_test(tc, containers_with_and_without_count_are_walked, 0,
                        (int)(sizeof spellings / sizeof *spellings));
    tcase_add_test(tc, a_text_equals_only_the_whole_text);
    tcase_add_test(tc, skipping_passes_over_everything);
    tcase_add_test(tc, bytes_that_end_too_early_are_refused);
    tcase_add_loop_test(tc, broken_bytes_are_refused_with_their_place, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(tc, nesting_beyond_the_limit_is_refused);
    tcase_add_test(tc, no_bytes_are_no_value);
    return tc;
}
