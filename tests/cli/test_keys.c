/* SPDX-License-Identifier: Apache-2.0 */

/* keys: groups as users type them, on the command line and in files. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"

static cli_keys keys;
static segml_error err;

static void
teardown(void)
{
    cli_keys_clear(&keys);
}

static int
read_one(const char *text, int64_t columns)
{
    static cli_list list;

    list.items[0] = text;
    list.count = 1;
    cli_keys_clear(&keys);
    return cli_keys_read(&keys, &list, NULL, columns, &err);
}

static const struct {
    const char *text;
    const char *values[3]; /* "" = NULL */
} good[] = {
    {"4711", {"4711"}},
    {"", {""}},
    {"DE,Bonn,1", {"DE", "Bonn", "1"}},
    {",,", {"", "", ""}},
    {"\"a,b\",c", {"a,b", "c"}},
    {"\"\",x", {"", "x"}},
    {"\"say \"\"hi\"\"\"", {"say \"hi\""}},
    {"\"\"\"\"", {"\""}},
    {"x,\"y\"", {"x", "y"}},
    {" a , b ", {" a ", " b "}},
    {"K\xC3\xB6ln", {"K\xC3\xB6ln"}},
};

START_TEST(values_are_separated_by_commas_and_quoted_as_in_csv)
{
    int64_t count = 0;

    while (count < 3 && good[_i].values[count] != NULL)
        count++;
    ck_assert_msg(read_one(good[_i].text, 0) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(keys.count, 1);
    ck_assert_int_eq(keys.columns, count);
    for (int64_t k = 0; k < count; k++) {
        const char *expected = good[_i].values[k];

        ck_assert_int_eq(keys.keys[k].type, expected[0] != '\0' ? SEGML_KEY_UTF8 : SEGML_KEY_NULL);
        ck_assert_uint_eq(keys.keys[k].length, strlen(expected));
        if (expected[0] != '\0')
            ck_assert_mem_eq(keys.keys[k].text, expected, strlen(expected));
    }
}
END_TEST

static const struct {
    const char *text;
    int64_t columns;
    int status;
    const char *word;
} bad[] = {
    {"a,b", 1, SEGML_E_ARGUMENT, "2 values, 1 are needed"},
    {"a", 2, SEGML_E_ARGUMENT, "1 values, 2 are needed"},
    {"\"a", 0, SEGML_E_ARGUMENT, "stray quote"},
    {"\"", 0, SEGML_E_ARGUMENT, "stray quote"},
    {"\"a\"\"", 0, SEGML_E_ARGUMENT, "stray quote"},
    {"a\"b", 0, SEGML_E_ARGUMENT, "stray quote"},
    {"\"a\"b", 0, SEGML_E_ARGUMENT, "stray quote"},
    {"a\"b,c\"", 2, SEGML_E_ARGUMENT, "values"},
    {"K\xF6ln", 0, SEGML_E_DATA, "UTF-8"},
};

START_TEST(malformed_keys_are_named)
{
    ck_assert_int_eq(read_one(bad[_i].text, bad[_i].columns), bad[_i].status);
    ck_assert_msg(strstr(err.message, bad[_i].word) != NULL, "%s", err.message);
}
END_TEST

/* A file of the test's. */
static void
write_file(char path[32], const char *content, size_t size)
{
    int fd;

    strcpy(path, "/tmp/segml-keys-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, size), (ssize_t)size);
    close(fd);
}

START_TEST(a_file_has_a_key_a_line)
{
    static const char content[] = "1,a\r\n2,\n\"3\",\"b,c\"";
    static cli_list list;
    char path[32];

    list.items[0] = "0,z";
    list.count = 1;
    write_file(path, content, sizeof content - 1);
    ck_assert_msg(cli_keys_read(&keys, &list, path, 2, &err) == SEGML_OK, "%s", err.message);
    unlink(path);
    ck_assert_int_eq(keys.count, 4);
    ck_assert_mem_eq(keys.keys[0].text, "0", 1);
    ck_assert_mem_eq(keys.keys[2].text, "1", 1);
    ck_assert_int_eq(keys.keys[5].type, SEGML_KEY_NULL);
    ck_assert_uint_eq(keys.keys[7].length, 3);
    ck_assert_mem_eq(keys.keys[7].text, "b,c", 3);
}
END_TEST

START_TEST(files_that_hold_no_keys_are_refused)
{
    static const cli_list none;
    char path[32];

    ck_assert_int_eq(cli_keys_read(&keys, &none, "/nonexistent", 1, &err), SEGML_E_IO);
    write_file(path, "a\0b\n", 4);
    ck_assert_int_eq(cli_keys_read(&keys, &none, path, 1, &err), SEGML_E_DATA);
    unlink(path);
    cli_keys_clear(&keys);
    write_file(path, "", 0);
    ck_assert_int_eq(cli_keys_read(&keys, &none, path, 1, &err), SEGML_OK);
    ck_assert_int_eq(keys.count, 0);
    unlink(path);
}
END_TEST

START_TEST(a_key_is_written_as_it_is_read)
{
    static const segml_key key[] = {SEGML_KEY_INT64_VALUE(-5), SEGML_KEY_NULL_VALUE,
                                    SEGML_KEY_UTF8_VALUE("a,\"b\"", 5)};
    char text[64] = "";
    FILE *stream = fmemopen(text, sizeof text, "w");

    ck_assert_ptr_nonnull(stream);
    cli_keys_write(stream, key, 3);
    fclose(stream);
    ck_assert_str_eq(text, "-5,,\"a,\"\"b\"\"\"");
    ck_assert_int_eq(read_one(text, 3), SEGML_OK);
    ck_assert_mem_eq(keys.keys[2].text, "a,\"b\"", 5);
}
END_TEST

TCase *
keys_tests(void)
{
    TCase *tc = tcase_create("keys");

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_loop_test(tc, values_are_separated_by_commas_and_quoted_as_in_csv, 0,
                        (int)(sizeof good / sizeof *good));
    tcase_add_loop_test(tc, malformed_keys_are_named, 0, (int)(sizeof bad / sizeof *bad));
    tcase_add_test(tc, a_file_has_a_key_a_line);
    tcase_add_test(tc, files_that_hold_no_keys_are_refused);
    tcase_add_test(tc, a_key_is_written_as_it_is_read);
    return tc;
}
