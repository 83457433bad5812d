/* SPDX-License-Identifier: Apache-2.0 */

/* fail: messages, exit codes, quoted cells, UTF-8. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

START_TEST(every_status_has_its_exit_code)
{
    static const struct {
        int status, code;
    } cases[] = {
        {SEGML_OK, 0},
        {SEGML_PARTIAL, 1},
        {SEGML_UNROUTED, 1},
        {SEGML_DIFFERENT, 1},
        {SEGML_E_ARGUMENT, 2},
        {SEGML_E_ABI, 2},
        {SEGML_E_DATA, 3},
        {SEGML_E_MISMATCH, 3},
        {SEGML_E_NOT_FOUND, 3},
        {SEGML_E_FORMAT, 4},
        {SEGML_E_LIMIT, 4},
        {SEGML_E_IO, 5},
        {SEGML_E_EXISTS, 5},
        {SEGML_E_BACKEND, 6},
        {SEGML_E_UNSUPPORTED, 6},
        {SEGML_E_NOMEM, 7},
        {SEGML_E_INTERNAL, 70},
        {SEGML_E_CANCELLED, 130},
        {-99, 70},
    };

    ck_assert_int_eq(cli_exit_code(cases[_i].status), cases[_i].code);
}
END_TEST

START_TEST(a_message_is_one_line_whatever_a_path_holds)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(cli_fail(&err, SEGML_E_IO, "%s: %d", "a\nb\x1b[1m\x7F\xC3\xBC\xC3", 7),
                     SEGML_E_IO);
    ck_assert_int_eq(err.code, SEGML_E_IO);
    ck_assert_str_eq(err.message, "a?b?[1m?\xC3\xBC?: 7");
    ck_assert_int_eq(cli_fail(NULL, SEGML_E_DATA, "x"), SEGML_E_DATA);
}
END_TEST

START_TEST(a_long_message_is_utf8_wherever_it_is_cut)
{
    segml_error err = SEGML_ERROR_INIT;
    char text[3 * sizeof err.message + 1] = "";

    for (size_t i = 0; i < sizeof err.message; i++)
        strcat(text, "\xE2\x82\xAC");
    for (int before = 0; before < 3; before++) { /* each place to cut a character of three bytes */
        size_t length;

        cli_fail(&err, SEGML_E_DATA, "%.*s%s", before, "..", text);
        length = strlen(err.message);
        ck_assert_uint_ge(length, sizeof err.message - 3);
        ck_assert(cli_utf8_is_valid(err.message, length));
    }
}
END_TEST

START_TEST(quoted_cells_stay_on_one_line)
{
    char out[CLI_QUOTE];

    ck_assert_str_eq(cli_quote(out, "12,5", 4), "'12,5'");
    ck_assert_str_eq(cli_quote(out, "", 0), "''");
    ck_assert_str_eq(cli_quote(out, "a\nb\x1b[1m", 7), "'a\\x0Ab\\x1B[1m'");
    ck_assert_str_eq(cli_quote(out, "Z\xC3\xBCrich \xFF", 9), "'Z\xC3\xBCrich \\xFF'");
}
END_TEST

START_TEST(long_cells_are_cut_between_characters)
{
    char text[600], out[CLI_QUOTE];
    size_t length;

    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "\xE2\x82\xAC", 3); /* euro signs */
    cli_quote(out, text, sizeof text);
    length = strlen(out);
    ck_assert_uint_lt(length, CLI_QUOTE);
    ck_assert_str_eq(out + length - 4, "...'");
    ck_assert(cli_utf8_is_valid(out, length));
    ck_assert_uint_eq((length - 5) % 3, 0);
}
END_TEST

START_TEST(invalid_utf8_is_told)
{
    static const struct {
        const char *text;
        int valid;
    } cases[] = {
        {"plain", 1},
        {"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80", 1},
        {"\xC0\x80", 0},         /* overlong */
        {"\xE0\x9F\xBF", 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 0}, /* overlong */
        {"\xED\xA0\x80", 0},     /* a surrogate */
        {"\xF4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xF5\x80\x80\x80", 0},
        {"\xE2\x82", 0}, /* cut */
        {"\x80", 0},
    };

    ck_assert_int_eq(cli_utf8_is_valid(cases[_i].text, strlen(cases[_i].text)), cases[_i].valid);
}
END_TEST

START_TEST(impossible_sizes_are_out_of_memory)
{
    size_t capacity = 0;

    ck_assert_ptr_null(cli_alloc(-1, 1));
    ck_assert_ptr_null(cli_alloc(INT64_MAX, 16));
    ck_assert_ptr_null(cli_grow(NULL, &capacity, SIZE_MAX, 1));
    ck_assert_ptr_null(cli_grow(NULL, &capacity, SIZE_MAX / 4, 8));
    ck_assert_uint_eq(capacity, 0);
}
END_TEST

TCase *
fail_tests(void)
{
    TCase *tc = tcase_create("fail");

    tcase_add_loop_test(tc, every_status_has_its_exit_code, 0, 19);
    tcase_add_test(tc, a_message_is_one_line_whatever_a_path_holds);
    tcase_add_test(tc, a_long_message_is_utf8_wherever_it_is_cut);
    tcase_add_test(tc, quoted_cells_stay_on_one_line);
    tcase_add_test(tc, long_cells_are_cut_between_characters);
    tcase_add_loop_test(tc, invalid_utf8_is_told, 0, 10);
    tcase_add_test(tc, impossible_sizes_are_out_of_memory);
    return tc;
}
