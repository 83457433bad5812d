/* SPDX-License-Identifier: Apache-2.0 */

/* folds: columns of folds, fold groups and times; the rules R1 to R3 of folds.c. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

enum { MOST_TEXT = 4096 };

static cli_csv csv;
static cli_table table;
static cli_table_options options;
static segml_error err;

static void
setup(void)
{
    memset(&options, 0, sizeof options);
    options.selection.target = "y";
    options.objective = "auto";
    options.selection.group.items[options.selection.group.count++] = "g";
}

static void
teardown(void)
{
    cli_table_clear(&table);
    cli_csv_clear(&csv);
}

/* Builds a table whose column f has these cells, one per line. */
static int
build(const char *cells)
{
    char text[MOST_TEXT] = "g,x,f,y\n";
    size_t used = strlen(text);
    int row = 0;

    while (*cells != '\0') {
        int length = (int)strcspn(cells, "\n");

        used += (size_t)snprintf(text + used, sizeof text - used, "a,%d,%.*s,%d\n", row, length,
                                 cells, row % 2);
        ck_assert_uint_lt(used, sizeof text);
        cells += length + (cells[length] == '\n');
        row++;
    }
    ck_assert_int_eq(cli_csv_read_memory(&csv, text, used, &err), SEGML_OK);
    return cli_table_build(&table, &csv, &options, &err);
}

static void
expect_table(const char *cells)
{
    int rc = build(cells);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(table.feature_count, 1); /* f is none */
}

/* What the library says about the table. */
static int
give_to_library(void)
{
    segml_dataset_input input;
    segml_dataset *dataset = NULL;
    int rc;

    cli_table_input(&input, &table, &csv);
    rc = segml_dataset_create(&dataset, &input, &err);
    segml_dataset_free(dataset);
    return rc;
}

static const struct {
    const char *cells;
    int32_t count;
    int32_t fold[6];
} good_folds[] = {
    {"0\n1\n2\n0", 3, {0, 1, 2, 0}},
    {"3\n1\n2\n1\n3", 3, {2, 0, 1, 0, 2}},
    {" 1.0\n2e0\n01\n2.", 2, {0, 1, 0, 1}},
    {"-0\n+1\n1", 2, {0, 1, 1}},
};

START_TEST(folds_are_counted_from_0_or_from_1)
{
    options.selection.fold = "f";
    expect_table(good_folds[_i].cells);
    ck_assert_int_eq(table.folds.count, good_folds[_i].count);
    for (int64_t i = 0; i < table.rows; i++)
        ck_assert_int_eq(table.folds.fold[i], good_folds[_i].fold[i]);
    ck_assert_int_eq(give_to_library(), SEGML_OK);
}
END_TEST

static const struct {
    const char *cells, *message;
} bad_folds[] = {
    {"0\n1\nx", "row 3, column 'f': 'x' is not a fold; folds are numbered 0 to K - 1 or 1 to K, "
                "and K is at most 100"},
    {"0\n1.5\n1", "row 2, column 'f': '1.5' is not a fold; folds are numbered 0 to K - 1 or 1 to "
                  "K, and K is at most 100"},
    {"0\n-1\n1", "row 2, column 'f': '-1' is not a fold; folds are numbered 0 to K - 1 or 1 to K, "
                 "and K is at most 100"},
    {"101", "row 1, column 'f': '101' is not a fold; folds are numbered 0 to K - 1 or 1 to K, and "
            "K is at most 100"},
    {"0\ninf", "row 2, column 'f': 'inf' is not a fold; folds are numbered 0 to K - 1 or 1 to K, "
               "and K is at most 100"},
    {"0\n1e300", "row 2, column 'f': '1e300' is not a fold; folds are numbered 0 to K - 1 or 1 to "
                 "K, and K is at most 100"},
    {"0\n1\n\n1", "row 3, column 'f': the fold is missing"},
    {"0\nNA\n1", "row 2, column 'f': the fold is missing"},
    {"1\n2\n4\n4",
     "row 3, column 'f': '4' is a fold, but no row is in fold 3; folds are numbered 0 "
     "to K - 1 or 1 to K"},
    {"0\n2", "row 2, column 'f': '2' is a fold, but no row is in fold 1; folds are numbered 0 to K "
             "- 1 or 1 to K"},
    {"7\n8", "row 2, column 'f': '8' is a fold, but no row is in fold 1; folds are numbered 0 to K "
             "- 1 or 1 to K"},
    {"1\n1\n1", "row 1, column 'f': '1' is the fold of all rows; at least two folds are needed"},
    {"0\n0", "row 1, column 'f': '0' is the fold of all rows; at least two folds are needed"},
};

START_TEST(other_folds_are_refused_with_their_row)
{
    options.selection.fold = "f";
    ck_assert_int_eq(build(bad_folds[_i].cells), SEGML_E_DATA);
    ck_assert_str_eq(err.message, bad_folds[_i].message);
}
END_TEST

/* 0 to 99 and 1 to 100 are 100 folds; 0 to 100 are 101. */
START_TEST(a_hundred_folds_are_the_most)
{
    char cells[MOST_TEXT] = "";
    size_t used = 0;
    int first = _i == 1, last = _i == 0 ? 99 : 100;

    for (int f = first; f <= last; f++)
        used += (size_t)snprintf(cells + used, sizeof cells - used, "%d\n", f);
    options.selection.fold = "f";
    if (_i < 2) {
        expect_table(cells);
        ck_assert_int_eq(table.folds.count, 100);
        ck_assert_int_eq(give_to_library(), SEGML_OK);
        return;
    }
    ck_assert_int_eq(build(cells), SEGML_E_DATA);
    ck_assert_str_eq(err.message,
                     "row 101, column 'f': '100' is a fold too many, counted from 0; K is at most "
                     "100");
}
END_TEST

START_TEST(a_fold_group_is_a_column_of_keys)
{
    options.selection.fold_group = "f";
    expect_table("ann\nbob\n\nann");
    ck_assert_ptr_nonnull(table.folds.group.data);
    ck_assert_int_eq(table.folds.group.type, SEGML_KEY_UTF8_AUTO);
    ck_assert_int_eq(table.folds.group.offsets[3], 6); /* the third cell is empty: NULL */
    ck_assert_int_eq(table.folds.group.offsets[4], 9);
    ck_assert_int_eq(give_to_library(), SEGML_OK);
}
END_TEST

START_TEST(a_fold_group_may_be_all_missing)
{
    options.selection.fold_group = "f";
    options.missing = (cli_missing){{"?"}, 1};
    expect_table("?\n\n?");
    ck_assert_int_eq(table.folds.group.offsets[3], 0);
    ck_assert_int_eq(give_to_library(), SEGML_OK);
}
END_TEST

START_TEST(times_are_numbers_in_double_precision)
{
    static const double expected[] = {1700000001, -3.5, 1e300, 1700000001.25};

    options.selection.time = "f";
    expect_table("1700000001\n-3.5\n1e300\n1700000001.25");
    ck_assert_int_eq(table.folds.dates, 0);
    ck_assert_mem_eq(table.folds.time, expected, sizeof expected);
    ck_assert_int_eq(give_to_library(), SEGML_OK);
}
END_TEST

START_TEST(times_are_dates)
{
    static const double expected[] = {1709200800, 951782400, -0.5};

    options.selection.time = "f";
    expect_table("2024-03-01T00:00+14:00\n2000-02-29\n1969-12-31 23:59:59.5");
    ck_assert_int_eq(table.folds.dates, 1);
    ck_assert_mem_eq(table.folds.time, expected, sizeof expected);
    ck_assert_int_eq(give_to_library(), SEGML_OK);
}
END_TEST

static const struct {
    const char *cells, *message;
} bad_times[] = {
    {"2024-01-31\n7", "row 2, column 'f': '7' is a number, but row 1 holds a date"},
    {"7\n8\n2024-01-31", "row 3, column 'f': '2024-01-31' is a date, but row 1 holds a number"},
    {"2024-01-31\n2024-02-30",
     "row 2, column 'f': '2024-02-30' is neither a number nor a date or time as 2024-01-31 or "
     "2024-01-31T23:59:59.5+01:00"},
    {"yesterday",
     "row 1, column 'f': 'yesterday' is neither a number nor a date or time as 2024-01-31 or "
     "2024-01-31T23:59:59.5+01:00"},
    {"1\n\n2", "row 2, column 'f': the time is missing"},
    {"2024-01-31\nnull", "row 2, column 'f': the time is missing"},
    {"1\ninf", "row 2, column 'f': 'inf' is infinite"},
    {"1\n1e999", "row 2, column 'f': '1e999' is infinite"},
    {"1\nnan", "row 2, column 'f': the time is missing"},
};

START_TEST(other_times_are_refused_with_their_row)
{
    options.selection.time = "f";
    ck_assert_int_eq(build(bad_times[_i].cells), SEGML_E_DATA);
    ck_assert_str_eq(err.message, bad_times[_i].message);
}
END_TEST

START_TEST(such_a_column_has_no_other_part)
{
    static const char *const parts[] = {"the fold", "the fold group", "the time"};
    static const char *const names[] = {"--fold-column", "--fold-group", "--time"};
    cli_selection *s = &options.selection;
    const char **choice[] = {&s->fold, &s->fold_group, &s->time};
    char message[200];

    *choice[_i] = "f";
    s->features.items[s->features.count++] = "x,f";
    snprintf(message, sizeof message, "column 'f' is %s and cannot be a feature as well",
             parts[_i]);
    ck_assert_int_eq(build("0\n1"), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, message);
    teardown();
    s->features.count = 0;
    s->categorical.items[s->categorical.count++] = "f";
    snprintf(message, sizeof message, "--categorical: column 'f' is %s, not a feature", parts[_i]);
    ck_assert_int_eq(build("0\n1"), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, message);
    teardown();
    *choice[_i] = "day";
    snprintf(message, sizeof message, "%s: no column 'day'; the columns are g, x, f, y", names[_i]);
    ck_assert_int_eq(build("0\n1"), SEGML_E_NOT_FOUND);
    ck_assert_str_eq(err.message, message);
}
END_TEST

TCase *
folds_tests(void)
{
    TCase *tc = tcase_create("folds");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, folds_are_counted_from_0_or_from_1, 0,
                        (int)(sizeof good_folds / sizeof *good_folds));
    tcase_add_loop_test(tc, other_folds_are_refused_with_their_row, 0,
                        (int)(sizeof bad_folds / sizeof *bad_folds));
    tcase_add_loop_test(tc, a_hundred_folds_are_the_most, 0, 3);
    tcase_add_test(tc, a_fold_group_is_a_column_of_keys);
    tcase_add_test(tc, a_fold_group_may_be_all_missing);
    tcase_add_test(tc, times_are_numbers_in_double_precision);
    tcase_add_test(tc, times_are_dates);
    tcase_add_loop_test(tc, other_times_are_refused_with_their_row, 0,
                        (int)(sizeof bad_times / sizeof *bad_times));
    tcase_add_loop_test(tc, such_a_column_has_no_other_part, 0, 3);
    return tc;
}
