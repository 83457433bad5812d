/* SPDX-License-Identifier: Apache-2.0 */

/* base/append: one user at a time, whole writes, and a file that may be removed meanwhile. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/append.h"

static char path[64];
static segml_error err;

static void
enter(void)
{
    strcpy(path, "/tmp/segml-append-XXXXXX");
    ck_assert_int_ge(mkstemp(path), 0);
    unlink(path);
    memset(&err, 0, sizeof err);
}

static void
leave(void)
{
    unlink(path);
}

static void
assert_content(const char *expected)
{
    char content[64] = "";
    FILE *file = fopen(path, "rb");

    ck_assert_ptr_nonnull(file);
    content[fread(content, 1, sizeof content - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(content, expected);
}

START_TEST(a_file_is_made_and_grows_at_its_end)
{
    sg_append file;
    char read[4] = "";

    ck_assert_int_eq(sg_append_open(&file, path, &err), SEGML_OK);
    ck_assert_int_eq(file.size, 0);
    ck_assert_int_eq(sg_append_write(&file, "one ", 4, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_write(&file, "two ", 4, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_flush(&file, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_read_at(file.fd, path, 4, read, 3, &err), SEGML_OK);
    ck_assert_str_eq(read, "two");
    sg_append_close(&file);
    ck_assert_int_eq(sg_append_open(&file, path, &err), SEGML_OK);
    ck_assert_int_eq(file.size, 8);
    ck_assert_int_eq(sg_append_cut(&file, 4, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_write(&file, "three", 5, &err), SEGML_OK);
    sg_append_close(&file);
    assert_content("one three");
}
END_TEST

START_TEST(a_second_user_is_refused_here_and_in_another_process)
{
    sg_append file, second;
    pid_t child;
    int status;

    ck_assert_int_eq(sg_append_open(&file, path, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_open(&second, path, &err), SEGML_E_EXISTS);
    sg_append_close(&second);
    ck_assert_ptr_nonnull(strstr(err.message, "in use"));
    child = fork();
    if (child == 0)
        _exit(sg_append_open(&second, path, NULL) == SEGML_E_EXISTS ? 0 : 1);
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    sg_append_close(&file);
    ck_assert_int_eq(sg_append_open(&second, path, &err), SEGML_OK);
    sg_append_close(&second);
}
END_TEST

/* The lock is on the file, not on its name: whoever comes later gets a file of that name. */
START_TEST(a_removed_file_is_not_taken_for_the_one_of_that_name)
{
    sg_append file, second;

    ck_assert_int_eq(sg_append_open(&file, path, &err), SEGML_OK);
    unlink(path);
    ck_assert_int_eq(sg_append_open(&second, path, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_write(&second, "mine", 4, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_write(&file, "nobody's", 8, &err), SEGML_OK);
    sg_append_close(&file);
    sg_append_close(&second);
    assert_content("mine");
}
END_TEST

START_TEST(reading_beyond_the_end_is_told)
{
    sg_append file;
    char byte;

    ck_assert_int_eq(sg_append_open(&file, path, &err), SEGML_OK);
    ck_assert_int_eq(sg_append_read_at(file.fd, path, 0, &byte, 1, &err), SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "shorter"));
    sg_append_close(&file);
}
END_TEST

TCase *
append_tests(void)
{
    TCase *tc = tcase_create("append");

    tcase_add_checked_fixture(tc, enter, leave);
    tcase_add_test(tc, a_file_is_made_and_grows_at_its_end);
    tcase_add_test(tc, a_second_user_is_refused_here_and_in_another_process);
    tcase_add_test(tc, a_removed_file_is_not_taken_for_the_one_of_that_name);
    tcase_add_test(tc, reading_beyond_the_end_is_told);
    return tc;
}
