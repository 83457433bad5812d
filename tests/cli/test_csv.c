/* SPDX-License-Identifier: Apache-2.0 */

/* csv_reader: the dialects it takes, and what it refuses with which words. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv_reader.h"
#include "fail.h"

static cli_csv csv;
static segml_error err;

static void
teardown(void)
{
    cli_csv_clear(&csv);
}

static int
read_bytes(const char *bytes, size_t size)
{
    return cli_csv_read_memory(&csv, bytes, size, &err);
}

static int
read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static const char *
cell(int64_t row, int64_t column)
{
    size_t length;
    const char *text = cli_csv_cell(&csv, row, column, &length);

    ck_assert_uint_eq(length, strlen(text));
    return text;
}

/* Reads and compares every cell; expected cells row by row, the header first. */
static void
expect_cells(const char *text, int64_t rows, int64_t columns, const char *const *expected)
{
    int rc = read_text(text);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(csv.rows, rows);
    ck_assert_int_eq(csv.columns, columns);
    for (int64_t i = 0; i <= rows; i++) {
        for (int64_t j = 0; j < columns; j++)
            ck_assert_str_eq(cell(i - 1, j), expected[i * columns + j]);
    }
}

static void
expect_failure(const char *text, int status, const char *message)
{
    ck_assert_int_eq(read_text(text), status);
    ck_assert_int_eq(err.code, status);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(csv.text);
    ck_assert_ptr_null(csv.offsets);
}

START_TEST(every_line_end_gives_the_same_cells)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n",       "a,b\r1,2\r3,4\r",
        "a,b\n1,2\n3,4",   "\357\273\277a,b\n1,2\n3,4\n", "a,b\n\n1,2\r\n\r\n\n3,4\n\n"};
    static const char *const expected[] = {"a", "b", "1", "2", "3", "4"};

    expect_cells(texts[_i], 2, 2, expected);
}
END_TEST

START_TEST(quoted_cells_hold_commas_quotes_and_newlines)
{
    static const char *const expected[] = {"a,1", "b", "x, \"y\"\r\nz", "", "", "\n"};

    expect_cells("\"a,1\",b\n\"x, \"\"y\"\"\r\nz\",\n\"\",\"\n\"\n", 2, 2, expected);
}
END_TEST

START_TEST(a_byte_order_mark_may_stand_before_a_quoted_name)
{
    static const char *const expected[] = {"a b", "1"};

    expect_cells("\xEF\xBB\xBF\"a b\"\n1\n", 1, 1, expected);
}
END_TEST

START_TEST(blanks_belong_to_cells)
{
    static const char *const expected[] = {"a", " b", "  x", "y\t"};

    expect_cells("a, b\n  x,y\t\n", 1, 2, expected);
}
END_TEST

START_TEST(cells_longer_than_any_block_are_whole)
{
    enum { LONG = 1000000 };
    char *text = malloc(LONG + 16);

    ck_assert_ptr_nonnull(text);
    memcpy(text, "a,b\nx,", 6);
    memset(text + 6, 'y', LONG);
    memcpy(text + 6 + LONG, "\n", 2);
    ck_assert_int_eq(read_text(text), SEGML_OK);
    ck_assert_uint_eq(strlen(cell(0, 1)), LONG);
    free(text);
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_place)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "the file is empty; a header is needed"},
        {"\xEF\xBB\xBF", "the file is empty; a header is needed"},
        {"\n\r\n\n", "the file is empty; a header is needed"},
        {"a,b\n", "no data rows, only a header"},
        {"a,b\n\n\n", "no data rows, only a header"},
        {"a,b,a\n1,2,3\n", "the header: columns 1 and 3 are both named 'a'"},
        {"a,,c\n1,2,3\n", "the header: column 2 has no name"},
        {"a,\xFF\n1,2\n", "the header: column 2, '\\xFF', is not UTF-8"},
        {"a,b\n1,2\n3\n", "row 2 has 1 cells, but the header has 2"},
        {"a,b\n1,2\n3,4,5,6\n", "row 2 has 4 cells, but the header has 2"},
        {"a,b\n1,2\n3,x\"y\n", "row 2, column 2: a quote in the middle of a cell; quote the whole "
                               "cell and write quotes in it twice"},
        {"a,b\n1,\"2\"x\n", "row 1, column 2: a quote in the middle of a cell; quote the whole "
                            "cell and write quotes in it twice"},
        {"a,b\n1,\"2\n", "row 1, column 2: the quote is never closed"},
        {"\"a,b\n1,2\n", "the header, column 1: the quote is never closed"},
        {"\xFF\xFE"
         "a",
         "this is UTF-16; convert it to UTF-8"},
    };

    expect_failure(cases[_i].text, SEGML_E_DATA, cases[_i].message);
}
END_TEST

START_TEST(a_nul_byte_is_refused_with_its_row)
{
    ck_assert_int_eq(read_bytes("a,b\n1,2\n3,x\0y\n", 14), SEGML_E_DATA);
    ck_assert_str_eq(err.message, "row 2, column 2: a NUL byte; this is not text in UTF-8");
}
END_TEST

START_TEST(a_cell_beyond_the_limit_is_refused)
{
    size_t size = (size_t)CLI_CSV_MAX_CELL + 200000;
    char *text = malloc(size);

    ck_assert_ptr_nonnull(text);
    memset(text, 'y', size);
    memcpy(text, "a\n\"", 3);
    ck_assert_int_eq(read_bytes(text, size), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "row 1, column 1: a cell of more than 16 MiB; is a closing quote "
                                  "missing?");
    free(text);
}
END_TEST

START_TEST(columns_are_found_by_name)
{
    ck_assert_int_eq(read_text("a,\"b,c\",d\n1,2,3\n"), SEGML_OK);
    ck_assert_int_eq(cli_csv_find(&csv, "b,c"), 1);
    ck_assert_int_eq(cli_csv_find(&csv, "b"), -1);
    ck_assert_str_eq(cli_csv_name(&csv, 2), "d");
}
END_TEST

START_TEST(files_of_many_blocks_are_read_whole)
{
    enum { ROWS = 200000 };
    char path[] = "csv-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    int rc;

    ck_assert_ptr_nonnull(file);
    fputs("n,\"square, of n\"\n", file);
    for (long i = 0; i < ROWS; i++)
        fprintf(file, "%ld,\"%ld\"\r\n", i, i * i);
    ck_assert_int_eq(fclose(file), 0);
    rc = cli_csv_read(&csv, path, &err);
    unlink(path);
    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(csv.rows, ROWS);
    for (long i = 0; i < ROWS; i++) {
        char expected[32];

        snprintf(expected, sizeof expected, "%ld", i * i);
        ck_assert_str_eq(cell(i, 1), expected);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_input_error)
{
    ck_assert_int_eq(cli_csv_read(&csv, "no-such-folder/x.csv", &err), SEGML_E_IO);
    ck_assert_str_eq(err.message, "no-such-folder/x.csv: cannot open: No such file or directory");
    ck_assert_int_eq(cli_csv_read(&csv, ".", &err), SEGML_E_IO);
    ck_assert_str_eq(err.message, ".: cannot read: Is a directory");
}
END_TEST

TCase *
csv_tests(void)
{
    TCase *tc = tcase_create("csv");

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_loop_test(tc, every_line_end_gives_the_same_cells, 0, 6);
    tcase_add_test(tc, quoted_cells_hold_commas_quotes_and_newlines);
    tcase_add_test(tc, a_byte_order_mark_may_stand_before_a_quoted_name);
    tcase_add_test(tc, blanks_belong_to_cells);
    tcase_add_test(tc, cells_longer_than_any_block_are_whole);
    tcase_add_loop_test(tc, what_is_wrong_is_told_with_its_place, 0, 15);
    tcase_add_test(tc, a_nul_byte_is_refused_with_its_row);
    tcase_add_test(tc, a_cell_beyond_the_limit_is_refused);
    tcase_add_test(tc, columns_are_found_by_name);
    tcase_add_test(tc, files_of_many_blocks_are_read_whole);
    tcase_add_test(tc, a_file_that_cannot_be_read_is_an_input_error);
    return tc;
}
