/* SPDX-License-Identifier: Apache-2.0 */

/* output: files that appear whole or not at all, and cells. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static char folder[32];
static char path[64];
static segml_error err;

static void
setup(void)
{
    snprintf(folder, sizeof folder, "output-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.csv", folder);
}

static void
teardown(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* so nothing temporary is left */
}

static void
put_file(const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void
expect_file(const char *text)
{
    char content[64] = "";
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    content[fread(content, 1, sizeof content - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(content, text);
}

START_TEST(a_file_appears_at_the_commit)
{
    cli_output out = {0};

    ck_assert_int_eq(cli_output_begin(&out, path, 0, &err), SEGML_OK);
    fputs("new", out.stream);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(cli_output_commit(&out, &err), SEGML_OK);
    cli_output_abandon(&out);
    expect_file("new");
}
END_TEST

START_TEST(what_is_given_up_leaves_nothing)
{
    cli_output out = {0};

    put_file("old");
    ck_assert_int_eq(cli_output_begin(&out, path, 1, &err), SEGML_OK);
    fputs("new", out.stream);
    cli_output_abandon(&out);
    expect_file("old");
}
END_TEST

START_TEST(force_replaces_a_file)
{
    cli_output out = {0};

    put_file("old");
    ck_assert_int_eq(cli_output_begin(&out, path, 1, &err), SEGML_OK);
    fputs("new", out.stream);
    ck_assert_int_eq(cli_output_commit(&out, &err), SEGML_OK);
    expect_file("new");
}
END_TEST

START_TEST(an_existing_file_is_kept)
{
    cli_output out = {0};
    char message[128];

    put_file("old");
    snprintf(message, sizeof message, "%s: exists already; --force replaces it", path);
    ck_assert_int_eq(cli_output_check(path, 0, &err), SEGML_E_EXISTS);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(cli_output_begin(&out, path, 0, &err), SEGML_E_EXISTS);
    expect_file("old");
}
END_TEST

START_TEST(a_file_that_appears_meanwhile_is_kept)
{
    cli_output out = {0};

    ck_assert_int_eq(cli_output_begin(&out, path, 0, &err), SEGML_OK);
    fputs("new", out.stream);
    put_file("theirs");
    ck_assert_int_eq(cli_output_commit(&out, &err), SEGML_E_EXISTS);
    expect_file("theirs");
}
END_TEST

START_TEST(devices_and_folders_are_never_written)
{
    ck_assert_int_eq(cli_output_check("/dev/null", 1, &err), SEGML_E_EXISTS);
    ck_assert_str_eq(err.message, "/dev/null: not a regular file");
    ck_assert_int_eq(cli_output_check(folder, 1, &err), SEGML_E_EXISTS);
    ck_assert_int_eq(cli_output_check("no-such-folder/x", 1, &err), SEGML_E_IO);
    ck_assert_int_eq(cli_output_check("", 1, &err), SEGML_E_IO);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    cli_output out = {0};

    ck_assert_int_eq(cli_output_begin(&out, path, 0, &err), SEGML_OK);
    ck_assert_ptr_nonnull(freopen("/dev/full", "w", out.stream));
    fputs("new", out.stream);
    ck_assert_int_eq(cli_output_commit(&out, &err), SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "No space left on device"));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(cells_are_quoted_where_they_must_be)
{
    static const struct {
        const char *text, *written;
    } cases[] = {{"plain", "plain"},
                 {"", ""},
                 {"a b", "a b"},
                 {"a,b", "\"a,b\""},
                 {"a\nb", "\"a\nb\""},
                 {"a\rb", "\"a\rb\""},
                 {"\"a\"", "\"\"\"a\"\"\""},
                 {"\xEF\xBB\xBF", "\"\xEF\xBB\xBF\""}};
    char *written = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&written, &size);

    ck_assert_ptr_nonnull(stream);
    cli_write_cell(stream, cases[_i].text, strlen(cases[_i].text));
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_str_eq(written, cases[_i].written);
    free(written);
}
END_TEST

START_TEST(floats_read_back_to_the_same_bits)
{
    static const float values[] = {0.1f, 1.0f / 3.0f, 16777216.0f, 1e-45f, 3.4028235e38f, -2.5e-7f};
    char *written = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&written, &size);
    float back;

    ck_assert_ptr_nonnull(stream);
    cli_write_float(stream, values[_i]);
    ck_assert_int_eq(fclose(stream), 0);
    back = strtof(written, NULL);
    ck_assert_mem_eq(&back, &values[_i], sizeof back);
    free(written);
}
END_TEST

START_TEST(a_missing_prediction_is_an_empty_cell)
{
    char *written = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&written, &size);

    ck_assert_ptr_nonnull(stream);
    cli_write_float(stream, NAN);
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_str_eq(written, "");
    free(written);
}
END_TEST

TCase *
output_tests(void)
{
    TCase *tc = tcase_create("output");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_file_appears_at_the_commit);
    tcase_add_test(tc, what_is_given_up_leaves_nothing);
    tcase_add_test(tc, force_replaces_a_file);
    tcase_add_test(tc, an_existing_file_is_kept);
    tcase_add_test(tc, a_file_that_appears_meanwhile_is_kept);
    tcase_add_test(tc, devices_and_folders_are_never_written);
    tcase_add_test(tc, a_full_disk_is_told);
    tcase_add_loop_test(tc, cells_are_quoted_where_they_must_be, 0, 8);
    tcase_add_loop_test(tc, floats_read_back_to_the_same_bits, 0, 6);
    tcase_add_test(tc, a_missing_prediction_is_an_empty_cell);
    return tc;
}
