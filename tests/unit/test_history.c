/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/history: what is written reads back to the same bits, and every damage is refused for
 * its reason.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pack/history.h"

enum { FEATURES = 2 };

static const double values[] = {0.1, -5e-324, NAN, 1.7976931348623157e308};
static const int32_t rounds[] = {1, 2147483647, 0, 20};
static const int32_t states[] = {1, 2, 3, 0};
static const double correlations[][FEATURES] = {{-1, 1.0 / 3}, {NAN, 1}};

static const sg_history_record records[] = {
    {3, 4, values, rounds, states, correlations[0]},
    {-1, 0, NULL, NULL, NULL, correlations[1]},
};

static void
write_records(sg_buf *lines, const sg_history_record *from, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(sg_history_write(lines, &from[i], FEATURES, NULL), SEGML_OK);
}

static int
read_text(sg_history *h, const char *text, int64_t count, segml_error *err)
{
    char *exact = malloc(strlen(text) + 1); /* so that a read beyond the end is found */
    int rc;

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, text, strlen(text));
    rc = sg_history_read(h, exact, strlen(text), count, FEATURES, err);
    free(exact);
    return rc;
}

START_TEST(everything_that_is_written_reads_back)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_history h = {.count = 0};
    sg_buf lines = {0};

    write_records(&lines, records, 2);
    ck_assert_msg(sg_history_read(&h, lines.bytes, lines.size, 2, FEATURES, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_int_eq(h.count, 2);
    ck_assert_int_eq(h.records[0].chosen, 3);
    ck_assert_int_eq(h.records[0].trials, 4);
    for (int i = 0; i < 4; i++) {
        if (isnan(values[i]))
            ck_assert_double_nan(h.records[0].values[i]);
        else
            ck_assert_mem_eq(&h.records[0].values[i], &values[i], sizeof values[i]);
    }
    ck_assert_mem_eq(h.records[0].rounds, rounds, sizeof rounds);
    ck_assert_mem_eq(h.records[0].states, states, sizeof states);
    ck_assert_mem_eq(h.records[0].correlations, correlations[0], sizeof correlations[0]);
    ck_assert_int_eq(h.records[1].chosen, -1);
    ck_assert_int_eq(h.records[1].trials, 0);
    ck_assert_double_nan(h.records[1].correlations[0]);
    ck_assert_double_eq(h.records[1].correlations[1], 1);
    sg_history_clear(&h);
    sg_buf_clear(&lines);
}
END_TEST

START_TEST(a_line_is_as_documented)
{
    static const char expected[] =
        "{\"chosen\":3,\"values\":[0.1,-4.94065645841247e-324,null,1.7976931348623157e+308],"
        "\"rounds\":[1,2147483647,0,20],\"states\":[1,2,3,0],"
        "\"correlations\":[-1,0.33333333333333331]}\n"
        "{\"chosen\":-1,\"values\":[],\"rounds\":[],\"states\":[],\"correlations\":[null,1]}\n";
    sg_buf lines = {0};

    write_records(&lines, records, 2);
    ck_assert_int_eq(sg_buf_terminate(&lines, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)lines.bytes, expected);
    sg_buf_clear(&lines);
}
END_TEST

START_TEST(an_infinite_value_becomes_null)
{
    static const double infinite[] = {INFINITY};
    const sg_history_record record = {0, 1, infinite, rounds, states, correlations[0]};
    sg_history h = {.count = 0};
    sg_buf lines = {0};

    write_records(&lines, &record, 1);
    ck_assert_int_eq(sg_history_read(&h, lines.bytes, lines.size, 1, FEATURES, NULL), SEGML_OK);
    ck_assert_double_nan(h.records[0].values[0]);
    sg_history_clear(&h);
    sg_buf_clear(&lines);
}
END_TEST

START_TEST(no_lines_are_an_empty_history)
{
    sg_history h = {.count = 0};

    ck_assert_int_eq(sg_history_read(&h, NULL, 0, 0, FEATURES, NULL), SEGML_OK);
    ck_assert_int_eq(h.count, 0);
    sg_history_clear(&h);
}
END_TEST

#define LINE(chosen, values, rounds, states, correlations)                                         \
    "{\"chosen\":" chosen ",\"values\":" values ",\"rounds\":" rounds ",\"states\":" states        \
    ",\"correlations\":" correlations "}\n"

/* One line each, of two features. */
static const struct damage {
    const char *text;
    const char *message; /* NULL: it is fine */
} damages[] = {
    {LINE("0", "[1]", "[1]", "[1]", "[0,0]"), NULL},
    {LINE("0", "[1]", "[1]", "[1]", "[0,0],\"new\":7"), NULL},
    {"", "has 0 lines instead of 1"},
    {"{}\n{}\n", "has 2 lines instead of 1"},
    {"{}", "has 0 lines instead of 1"},
    {"{}\n ", "the last line has no end"},
    {"{}\n", "line 1: \"chosen\" is missing"},
    {"[]\n", "line 1: \"chosen\" is missing"},
    {"{\n", "line 1: not JSON at byte"},
    {"{\"chosen\":0,\"chosen\":0}\n", "line 1: not JSON at byte"},
    {LINE("1", "[1]", "[1]", "[1]", "[0,0]"), "\"chosen\" is not one of the trials"},
    {LINE("-2", "[1]", "[1]", "[1]", "[0,0]"), "\"chosen\" is not one of the trials"},
    {LINE("0.0", "[1]", "[1]", "[1]", "[0,0]"), "\"chosen\" is not one of the trials"},
    {LINE("\"0\"", "[1]", "[1]", "[1]", "[0,0]"), "\"chosen\" is not one of the trials"},
    {LINE("0", "7", "[1]", "[1]", "[0,0]"), "\"values\" is not an array"},
    {LINE("0", "[true]", "[1]", "[1]", "[0,0]"), "\"values\" is not a number"},
    {LINE("0", "[1e999]", "[1]", "[1]", "[0,0]"), "not JSON at byte"},
    {LINE("0", "[1]", "[1,2]", "[1]", "[0,0]"), "\"rounds\" does not have its length"},
    {LINE("0", "[1]", "[]", "[1]", "[0,0]"), "\"rounds\" does not have its length"},
    {LINE("0", "[1]", "[-1]", "[1]", "[0,0]"), "\"rounds\" has an element that is not"},
    {LINE("0", "[1]", "[2147483648]", "[1]", "[0,0]"), "\"rounds\" has an element that is not"},
    {LINE("0", "[1]", "[1.5]", "[1]", "[0,0]"), "\"rounds\" has an element that is not"},
    {LINE("0", "[1]", "[null]", "[1]", "[0,0]"), "\"rounds\" has an element that is not"},
    {LINE("0", "[1]", "[1]", "[4]", "[0,0]"), "\"states\" has an element that is not"},
    {LINE("0", "[1]", "[1]", "[]", "[0,0]"), "\"states\" does not have its length"},
    {LINE("0", "[1]", "[1]", "[1]", "[0]"), "\"correlations\" does not have its length"},
    {LINE("0", "[1]", "[1]", "[1]", "[0,0,0]"), "\"correlations\" does not have its length"},
    {LINE("0", "[1]", "[1]", "[1]", "[0,1.5]"), "\"correlations\" has a number out of its range"},
    {LINE("0", "[1]", "[1]", "[1]", "[0,-1.001]"), "has a number out of its range"},
};

START_TEST(each_damage_is_refused_for_its_reason)
{
    const struct damage *d = &damages[_i];
    segml_error err = SEGML_ERROR_INIT;
    sg_history h = {.count = 0};
    int rc = read_text(&h, d->text, 1, &err);

    if (d->message == NULL) {
        ck_assert_msg(rc == SEGML_OK, "%s: %s", d->text, err.message);
    } else {
        ck_assert_msg(rc == SEGML_E_FORMAT, "%s: %d", d->text, rc);
        ck_assert_msg(strstr(err.message, d->message) != NULL, "%s: %s", d->text, err.message);
        ck_assert_ptr_null(h.records);
    }
    sg_history_clear(&h);
}
END_TEST

START_TEST(a_line_has_a_cap)
{
    size_t size = ((size_t)1 << 24) + 2;
    char *text = malloc(size);
    segml_error err = SEGML_ERROR_INIT;
    sg_history h = {.count = 0};

    ck_assert_ptr_nonnull(text);
    memset(text, ' ', size);
    text[size - 1] = '\n';
    ck_assert_int_eq(sg_history_read(&h, text, size, 1, FEATURES, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "history.jsonl: line 1 is longer than 16777216 bytes");
    free(text);
}
END_TEST

TCase *
history_tests(void)
{
    TCase *tc = tcase_create("history");

    tcase_add_test(tc, everything_that_is_written_reads_back);
    tcase_add_test(tc, a_line_is_as_documented);
    tcase_add_test(tc, an_infinite_value_becomes_null);
    tcase_add_test(tc, no_lines_are_an_empty_history);
    tcase_add_loop_test(tc, each_damage_is_refused_for_its_reason, 0,
                        (int)(sizeof damages / sizeof *damages));
    tcase_add_test(tc, a_line_has_a_cap);
    return tc;
}
