/* SPDX-License-Identifier: Apache-2.0 */

/* cell: which texts are numbers, which are missing. */

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "cell.h"

static const cli_missing none = {{NULL}, 0};

START_TEST(decimal_numbers_are_read_to_the_nearest_float)
{
    static const struct {
        const char *text;
        float value;
    } cases[] = {
        {"0", 0.0f},
        {"-0", -0.0f},
        {"42", 42.0f},
        {"+1.5", 1.5f},
        {".5", 0.5f},
        {"5.", 5.0f},
        {"1e3", 1000.0f},
        {"-1.25E-2", -0.0125f},
        {" 7\t", 7.0f},
        {"007", 7.0f},
        {"0.1", 0x1.99999ap-4f},
        {"16777217", 16777216.0f}, /* a tie, to even */
        {"3.4028234663852886e38", FLT_MAX},
        {"1e-45", 0x1p-149f},
        {"1e-60", 0.0f},
    };
    float value = NAN;

    ck_assert_int_eq(cli_cell_number(&value, cases[_i].text, &none), CLI_CELL_NUMBER);
    ck_assert_mem_eq(&value, &cases[_i].value, sizeof value);
}
END_TEST

START_TEST(other_texts_are_no_numbers)
{
    static const char *const texts[] = {
        "x",          "1x", "0x10",  "1,5",    "1 2", "1e",  "-", ".",     "e5", "1.2.3",
        "2020-01-01", "١",  "1_000", "nan(1)", "Nan", "n/a", " ", "infin", "--1"};
    float value = 0;

    ck_assert_msg(cli_cell_number(&value, texts[_i], &none) == CLI_CELL_TEXT, "%s", texts[_i]);
    ck_assert(isnan(value));
}
END_TEST

START_TEST(infinities_are_told_apart)
{
    static const struct {
        const char *text;
        float value;
    } cases[] = {{"inf", INFINITY},  {"-Infinity", -INFINITY}, {"+INF", INFINITY},
                 {"1e39", INFINITY}, {"-1e999", -INFINITY},    {"3.5e38", INFINITY}};
    float value = 0;

    ck_assert_int_eq(cli_cell_number(&value, cases[_i].text, &none), CLI_CELL_INFINITE);
    ck_assert_float_eq(value, cases[_i].value);
}
END_TEST

START_TEST(missing_texts_are_missing)
{
    static const char *const texts[] = {"", "NA", "NaN", "nan", "null", "NULL", "-999", "?"};
    const cli_missing more = {{"-999", "?"}, 2};
    float value = 0;

    ck_assert_int_eq(cli_cell_number(&value, texts[_i], &more), CLI_CELL_MISSING);
    ck_assert(isnan(value));
}
END_TEST

START_TEST(real_numbers_keep_their_digits)
{
    double value = 0;

    ck_assert_int_eq(cli_cell_real(&value, " 16777217.125", &none), CLI_CELL_NUMBER);
    ck_assert_double_eq(value, 16777217.125);
    ck_assert_int_eq(cli_cell_real(&value, "-1e300", &none), CLI_CELL_NUMBER);
    ck_assert_double_eq(value, -1e300);
    ck_assert_int_eq(cli_cell_real(&value, "1e309", &none), CLI_CELL_INFINITE);
    ck_assert_int_eq(cli_cell_real(&value, "NA", &none), CLI_CELL_MISSING);
    ck_assert_int_eq(cli_cell_real(&value, "2024-01-01", &none), CLI_CELL_TEXT);
}
END_TEST

START_TEST(only_the_empty_cell_and_na_texts_are_missing_as_text)
{
    const cli_missing more = {{"-999"}, 1};

    ck_assert(cli_cell_is_missing("", &none));
    ck_assert(cli_cell_is_missing("-999", &more));
    ck_assert(!cli_cell_is_missing("-999", &none));
    ck_assert(!cli_cell_is_missing("NA", &more));
    ck_assert(!cli_cell_is_missing(" ", &more));
}
END_TEST

TCase *
cell_tests(void)
{
    TCase *tc = tcase_create("cell");

    tcase_add_loop_test(tc, decimal_numbers_are_read_to_the_nearest_float, 0, 15);
    tcase_add_loop_test(tc, other_texts_are_no_numbers, 0, 19);
    tcase_add_loop_test(tc, infinities_are_told_apart, 0, 6);
    tcase_add_loop_test(tc, missing_texts_are_missing, 0, 8);
    tcase_add_test(tc, real_numbers_keep_their_digits);
    tcase_add_test(tc, only_the_empty_cell_and_na_texts_are_missing_as_text);
    return tc;
}
