/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tree/ubj_json: R1 to R3 of ubj_json.c. UBJSON is written by hand from the specification at
 * ubjson.org, what XGBoost makes of the text is tested in tests/parity.
 */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree/ubj_json.h"

#define BYTES(literal) literal, sizeof(literal) - 1 /* without the terminator */

static const struct {
    const char *ubj;
    size_t size;
    const char *json;
} values[] = {
    {BYTES("Z"), "null"},
    {BYTES("T"), "true"},
    {BYTES("F"), "false"},
    {BYTES("i\xFF"), "-1"},
    {BYTES("U\xFF"), "255"},
    {BYTES("L\x80\x00\x00\x00\x00\x00\x00\x00"), "-9223372036854775808"},
    {BYTES("d\x3F\x80\x00\x00"), "1E0"},
    {BYTES("d\x3D\xCC\xCC\xCD"), "0.1"},
    {BYTES("d\x80\x00\x00\x00"), "-0E0"},
    {BYTES("d\x00\x00\x00\x01"), "1.4013e-45"},
    {BYTES("d\x7F\x7F\xFF\xFF"), "3.4028235e+38"},
    {BYTES("d\x7F\xC0\x00\x00"), "NaN"},
    {BYTES("d\x7F\x80\x00\x00"), "Infinity"},
    {BYTES("D\xFF\xF0\x00\x00\x00\x00\x00\x00"), "-Infinity"},
    {BYTES("D\x3F\xB9\x99\x99\x99\x99\x99\x9A"), "0.1"},
    {BYTES("SU\x00"), "\"\""},
    {BYTES("SU\x07"
           "a\"\\\n\x01\xC3\xA9"),
     "\"a\\\"\\\\\\u000a\\u0001\xC3\xA9\""},
    {BYTES("[]"), "[]"},
    {BYTES("{}"), "{}"},
    {BYTES("[#U\x00"), "[]"},
    {BYTES("[ZT[F]]"), "[null,true,[false]]"},
    {BYTES("{U\x01"
           "bZU\x01"
           "a{#U\x01U\x01"
           "cT}"),
     "{\"b\":null,\"a\":{\"c\":true}}"},
    {BYTES("[$l#U\x02\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "[2147483647,-1]"},
    {BYTES("[$U#U\x03\x00\x01\xFF"), "[0,1,255]"},
    {BYTES("[$d#U\x02\x3F\xC0\x00\x00\x40\x00\x00\x00"), "[1.5,2E0]"},
    {BYTES("[$D#U\x01\xC0\x04\x00\x00\x00\x00\x00\x00"), "[-2.5]"},
};

START_TEST(every_kind_of_value_becomes_its_json)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf out = {0};
    int rc = sg_ubj_json(&out, values[_i].ubj, values[_i].size, &err);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)out.bytes, values[_i].json);
    sg_buf_clear(&out);
}
END_TEST

static const struct {
    const char *ubj;
    size_t size;
    const char *word;
} damaged[] = {
    {BYTES(""), "ends too early"},
    {BYTES("["), "ends too early"},
    {BYTES("{U\x01"
           "aZ"),
     "ends too early"},
    {BYTES("x"), "no type"},
    {BYTES("ZZ"), "bytes follow"},
    {BYTES("SU\x01\xFF"), "not UTF-8"},
    {BYTES("{U\x01\xC3Z}"), "not UTF-8"},
    {BYTES("SU\x05"
           "abc"),
     "ends after 3"},
};

START_TEST(damaged_bytes_are_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf out = {0};

    ck_assert_int_eq(sg_ubj_json(&out, damaged[_i].ubj, damaged[_i].size, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, damaged[_i].word) != NULL, "%s", err.message);
    sg_buf_clear(&out);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    char bytes[70];
    sg_buf out = {0};

    memset(bytes, '[', 33);
    memset(bytes + 33, ']', 33);
    ck_assert_int_eq(sg_ubj_json(&out, bytes, 66, NULL), SEGML_E_LIMIT);
    out.size = 0;
    ck_assert_int_eq(sg_ubj_json(&out, bytes + 1, 64, NULL), SEGML_OK);
    ck_assert_uint_eq(out.size, 64);
    ck_assert_mem_eq(out.bytes, bytes + 1, 64);
    sg_buf_clear(&out);
}
END_TEST

/* Floats of all magnitudes, read back by the C library. */
START_TEST(single_precision_reads_back_from_at_most_nine_digits)
{
    uint32_t bits = 12345;

    for (int i = 0; i < 20000; i++) {
        unsigned char ubj[5] = {'d'};
        sg_buf out = {0};
        float value, back;
        size_t digits = 0;

        bits = bits * 1664525u + 1013904223u;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        for (int b = 0; b < 4; b++)
            ubj[1 + b] = (unsigned char)(bits >> (24 - 8 * b));
        ck_assert_int_eq(sg_ubj_json(&out, ubj, sizeof ubj, NULL), SEGML_OK);
        ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
        back = strtof((const char *)out.bytes, NULL);
        ck_assert_msg(memcmp(&back, &value, sizeof value) == 0, "%s", (const char *)out.bytes);
        for (const char *c = (const char *)out.bytes; strchr("-.0123456789", *c) && *c != 0; c++)
            digits += (*c >= '1' && *c <= '9') || (*c == '0' && digits > 0);
        ck_assert_msg(digits <= 9, "%s", (const char *)out.bytes);
        ck_assert_ptr_nonnull(strpbrk((const char *)out.bytes, ".eE"));
        sg_buf_clear(&out);
    }
}
END_TEST

START_TEST(the_cap_of_the_buffer_holds)
{
    sg_buf out = {.max = 5};

    ck_assert_int_eq(sg_ubj_json(&out, "[ZT]", 4, NULL), SEGML_E_LIMIT);
    ck_assert_uint_le(out.size, 5);
    sg_buf_clear(&out);
}
END_TEST

TCase *
ubj_json_tests(void)
{
    TCase *tc = tcase_create("ubj_json");

    tcase_add_loop_test(tc, every_kind_of_value_becomes_its_json, 0,
                        (int)(sizeof values / sizeof *values));
    tcase_add_loop_test(tc, damaged_bytes_are_refused, 0, (int)(sizeof damaged / sizeof *damaged));
    tcase_add_test(tc, nesting_is_bounded);
    tcase_add_test(tc, single_precision_reads_back_from_at_most_nine_digits);
    tcase_add_test(tc, the_cap_of_the_buffer_holds);
    return tc;
}
