/* SPDX-License-Identifier: Apache-2.0 */

/* base/status: codes and texts, and messages that are always one printable line. */

#include <check.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"

enum { MESSAGE_MAX = (int)sizeof(((segml_error *)NULL)->message) - 1 };

START_TEST(each_status_has_its_own_name_and_text)
{
    static const int32_t codes[] = {3,  2,  1,  0,  -1,  -2,  -3,  -4,  -5,
                                    -6, -7, -8, -9, -10, -11, -12, -13, -14};
    const int count = (int)(sizeof codes / sizeof *codes);

    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
            ck_assert_str_ne(segml_status_name(codes[i]), segml_status_name(codes[j]));
            ck_assert_str_ne(segml_status_text(codes[i]), segml_status_text(codes[j]));
        }
    }
}
END_TEST

START_TEST(names_and_texts_are_the_documented_ones)
{
    ck_assert_str_eq(segml_status_name(SEGML_E_DATA), "SEGML_E_DATA");
    ck_assert_str_eq(segml_status_text(SEGML_E_DATA), "bad data");
    ck_assert_str_eq(segml_status_name(SEGML_OK), "SEGML_OK");
    ck_assert_str_eq(segml_status_name(-3), "SEGML_E_DATA");
}
END_TEST

START_TEST(a_number_that_is_no_status_is_an_internal_error)
{
    static const int32_t unknown[] = {4, -15, INT32_MAX, INT32_MIN};

    ck_assert_str_eq(segml_status_name(unknown[_i]), "SEGML_E_INTERNAL");
    ck_assert_str_eq(segml_status_text(unknown[_i]), "internal error");
}
END_TEST

START_TEST(an_error_holds_code_and_message)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_fail(&err, SEGML_E_IO, "%s: line %d", "x.csv", 7), SEGML_E_IO);
    ck_assert_int_eq(err.code, SEGML_E_IO);
    ck_assert_str_eq(err.message, "x.csv: line 7");
    ck_assert_int_eq(sg_fail(NULL, SEGML_E_IO, "%s", "nobody listens"), SEGML_E_IO);
}
END_TEST

START_TEST(control_characters_are_shown_as_question_marks)
{
    segml_error err = SEGML_ERROR_INIT;

    sg_fail(&err, SEGML_E_DATA, "column %s", "a\nb\tc\x7F\x1B[31m\xC3\xA4");
    ck_assert_str_eq(err.message, "column a?b?c??[31m\xC3\xA4");
}
END_TEST

/* A precision cuts a character in two; a hostile file, or a path, may hold any bytes. */
START_TEST(bytes_that_are_no_text_are_shown_as_question_marks)
{
    static const struct {
        const char *given, *shown;
    } texts[] = {{"a\xC3", "a?"},                         /* cut */
                 {"\xE2\x82 b", "?? b"},                  /* cut */
                 {"\xFF\xA4z", "??z"},                    /* no UTF-8 */
                 {"\xC0\xAF", "??"},                      /* overlong */
                 {"\x9B[31m", "?[31m"},                   /* a control character of eight bits */
                 {"\xC2\x9B[31m", "??[31m"},              /* the same as UTF-8 */
                 {"\xC2\xA0\xE2\x82\xAC\xF0\x9F\x99\x82", /* none of them */
                  "\xC2\xA0\xE2\x82\xAC\xF0\x9F\x99\x82"}};
    segml_error err = SEGML_ERROR_INIT;

    sg_fail(&err, SEGML_E_DATA, "%s", texts[_i].given);
    ck_assert_str_eq(err.message, texts[_i].shown);
}
END_TEST

/* _i bytes before a run of two-byte characters that is longer than a message. */
START_TEST(a_long_message_is_cut_at_the_end_of_a_character)
{
    segml_error err = SEGML_ERROR_INIT;
    char text[1200];
    size_t length;

    memset(text, 'x', (size_t)_i);
    for (size_t at = (size_t)_i; at + 2 < sizeof text; at += 2)
        memcpy(text + at, "\xC3\xA4", 3);
    sg_fail(&err, SEGML_E_DATA, "%s", text);
    length = strlen(err.message);
    ck_assert_int_ge((int)length, MESSAGE_MAX - 3);
    ck_assert_int_le((int)length, MESSAGE_MAX);
    ck_assert(sg_text_is_utf8(err.message, length));
    ck_assert_mem_eq(err.message, text, length);
}
END_TEST

START_TEST(a_message_that_just_fits_is_not_cut)
{
    segml_error err = SEGML_ERROR_INIT;
    char text[MESSAGE_MAX + 1];

    memset(text, 'x', MESSAGE_MAX - 2);
    memcpy(text + MESSAGE_MAX - 2, "\xC3\xA4", 3);
    sg_fail(&err, SEGML_E_DATA, "%s", text);
    ck_assert_str_eq(err.message, text);
}
END_TEST

START_TEST(context_is_put_before_the_message)
{
    segml_error err = SEGML_ERROR_INIT;

    sg_fail(&err, SEGML_E_FORMAT, "%s", "cut short");
    ck_assert_int_eq(sg_fail_within(&err, "groups/7"), SEGML_E_FORMAT);
    ck_assert_int_eq(err.code, SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "groups/7: cut short");
}
END_TEST

START_TEST(context_that_is_too_long_keeps_the_code)
{
    segml_error err = SEGML_ERROR_INIT;
    char context[600];

    memset(context, 'c', sizeof context - 1);
    context[sizeof context - 1] = '\0';
    sg_fail_nomem(&err);
    ck_assert_str_eq(err.message, "out of memory");
    ck_assert_int_eq(sg_fail_within(&err, context), SEGML_E_NOMEM);
    ck_assert_int_eq((int)strlen(err.message), MESSAGE_MAX);
}
END_TEST

TCase *
status_tests(void)
{
    TCase *tc = tcase_create("status");

    tcase_add_test(tc, each_status_has_its_own_name_and_text);
    tcase_add_test(tc, names_and_texts_are_the_documented_ones);
    tcase_add_loop_test(tc, a_number_that_is_no_status_is_an_internal_error, 0, 4);
    tcase_add_test(tc, an_error_holds_code_and_message);
    tcase_add_test(tc, control_characters_are_shown_as_question_marks);
    tcase_add_loop_test(tc, bytes_that_are_no_text_are_shown_as_question_marks, 0, 7);
    tcase_add_loop_test(tc, a_long_message_is_cut_at_the_end_of_a_character, 0, 4);
    tcase_add_test(tc, a_message_that_just_fits_is_not_cut);
    tcase_add_test(tc, context_is_put_before_the_message);
    tcase_add_test(tc, context_that_is_too_long_keeps_the_code);
    return tc;
}
