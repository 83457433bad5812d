/* SPDX-License-Identifier: Apache-2.0 */

/* html: what data may not do to a page, and numbers as people read them. */

#include <check.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "unit/numeric_locale.h"

static sg_buf out;
static sg_html h;

static void
setup(void)
{
    out = (sg_buf){0};
    h = (sg_html){.out = &out, .rc = SEGML_OK};
}

static void
teardown(void)
{
    sg_buf_clear(&out);
}

static const char *
text(void)
{
    ck_assert_int_eq(h.rc, SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    return (const char *)out.bytes;
}

START_TEST(markup_in_text_is_escaped)
{
    sg_html_put(&h, "<b title=\"%s\">%s</b>", "a\"b'c", "<script>alert(1)</script> & more");
    ck_assert_str_eq(text(), "<b title=\"a&quot;b&#39;c\">&lt;script&gt;alert(1)&lt;/script&gt; "
                             "&amp; more</b>");
}
END_TEST

START_TEST(what_xml_cannot_hold_is_replaced)
{
    static const struct {
        const char *given, *shown;
    } cases[] = {
        {"a\x01"
         "b",
         "a\xE2\x90\x81"
         "b"},
        {"\t\n\r", "\xE2\x90\x89\xE2\x90\x8A\xE2\x90\x8D"},
        {"\x7F", "\xEF\xBF\xBD"},
        {"\xC2\x85", "\xEF\xBF\xBD"},         /* C1 */
        {"\xEF\xBF\xBE", "\xEF\xBF\xBD"},     /* U+FFFE */
        {"\xF0\x9F\xBF\xBF", "\xEF\xBF\xBD"}, /* U+1FFFF */
        {"a\xE2\x80\xAE"
         "b",
         "a\xEF\xBF\xBD"
         "b"}, /* right-to-left override */
        {"cut \xC3", "cut \xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* a surrogate */
        {"s\xC3\xBC"
         "d \xD7\x90\xD7\x91 \xF0\x9F\x9B\xAB",
         "s\xC3\xBC"
         "d \xD7\x90\xD7\x91 \xF0\x9F\x9B\xAB"},
    };

    sg_html_put(&h, "%s", cases[_i].given);
    ck_assert_str_eq(text(), cases[_i].shown);
}
END_TEST

START_TEST(a_zero_byte_is_text_too)
{
    sg_html_text(&h, "x\0y", 3);
    ck_assert_str_eq(text(), "x\xE2\x90\x80y");
}
END_TEST

START_TEST(labels_are_cut_by_columns)
{
    sg_html_put(&h, "[%c][%c][%c]", "abcdeghknopqsuvxy", "abcdeghknopqsuvxyz",
                "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD"
                "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD");
    ck_assert_str_eq(text(), "[abcdeghknopqsuvxy][abcdeghknopqsuvx\xE2\x80\xA6]"
                             "[\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD"
                             "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE2\x80\xA6]");
    ck_assert_int_eq(sg_html_columns("abc"), 3);
    ck_assert_int_eq(sg_html_columns("\xE4\xB8\xAD"), 2);
    ck_assert_int_eq(sg_html_columns("WWW"), 5);
    ck_assert_int_eq(sg_html_columns("more than seventeen of them"), SG_HTML_LABEL);
}
END_TEST

static const struct {
    double value;
    const char *shown;
} numbers[] = {
    {0, "0"},
    {3, "3"},
    {-0.0, "0"},
    {1e6, "1,000,000"},
    {1234567.5, "1,234,568"},
    {123.45, "123.5"},
    {12.345, "12.35"},
    {0.98765, "0.988"},
    {0.5, "0.500"},
    {-0.25, "\xE2\x88\x92"
            "0.250"},
    {0.012345, "0.0123"},
    {0.00012345, "0.000123"},
    {0.000012345, "1.2e\xE2\x88\x92"
                  "5"},
    {2.5e10 + 0.5, "2.5e10"},
    {4294967296.0, "4,294,967,296"},
    {(double)NAN, "n/a"},
    {(double)INFINITY, "inf"},
    {-(double)INFINITY, "-inf"},
    {1e300, "1.0e300"},
};

START_TEST(numbers_are_as_people_read_them)
{
    char shown[SG_HTML_NUMBER];

    sg_html_number(shown, numbers[_i].value);
    ck_assert_str_eq(shown, numbers[_i].shown);
}
END_TEST

START_TEST(coordinates_are_short_and_finite)
{
    sg_html_put(&h, "%p %p %p %f %f %f", 0.5, 1.0 / 3, (double)NAN, 12.25, -0.04, 100.0);
    ck_assert_str_eq(text(), "50% 33.33% 0% 12.3 0 100");
}
END_TEST

START_TEST(counts_have_commas_and_signs)
{
    sg_html_put(&h, "%l %l %l %d%%", (int64_t)1234567, (int64_t)-1000, INT64_MIN, 7);
    ck_assert_str_eq(text(), "1,234,567 \xE2\x88\x92"
                             "1,000 \xE2\x88\x92"
                             "9,223,372,036,854,775,808 7%");
}
END_TEST

START_TEST(the_hosts_locale_changes_nothing)
{
    char shown[SG_HTML_NUMBER];

#ifdef __GLIBC__
    numeric_locale_set(",", ',');
#endif
    sg_html_number(shown, 0.25);
    sg_html_put(&h, "%p", 0.125);
    setlocale(LC_NUMERIC, "C");
    ck_assert_str_eq(shown, "0.250");
    ck_assert_str_eq(text(), "12.5%");
}
END_TEST

TCase *
html_tests(void)
{
    TCase *tc = tcase_create("html");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, markup_in_text_is_escaped);
    tcase_add_loop_test(tc, what_xml_cannot_hold_is_replaced, 0, 10);
    tcase_add_test(tc, a_zero_byte_is_text_too);
    tcase_add_test(tc, labels_are_cut_by_columns);
    tcase_add_loop_test(tc, numbers_are_as_people_read_them, 0,
                        (int)(sizeof numbers / sizeof *numbers));
    tcase_add_test(tc, coordinates_are_short_and_finite);
    tcase_add_test(tc, counts_have_commas_and_signs);
    tcase_add_test(tc, the_hosts_locale_changes_nothing);
    return tc;
}
