/* SPDX-License-Identifier: Apache-2.0 */

/* base/key: order, conversion and paths (R1 to R3 of key.c). */

#include <check.h>
#include <string.h>

#include "base/key.h"

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

TCase *
key_tests(void)
{
    TCase *tc = tcase_create("key");

    tcase_add_test(tc, null_comes_first_then_integers_by_value_then_text_by_bytes);
    tcase_add_loop_test(tc, integers_are_read_as_documented, 0,
                        (int)(sizeof integers / sizeof *integers));
    tcase_add_test(tc, paths_escape_what_a_file_name_must_not_hold);
    tcase_add_test(tc, a_long_path_ends_with_the_key_hash);
    tcase_add_test(tc, keys_convert_between_text_and_integer);
    return tc;
}
