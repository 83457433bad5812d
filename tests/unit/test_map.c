/* SPDX-License-Identifier: Apache-2.0 */

/* base/map: a file in memory, and what cannot be mapped. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"

static char folder[] = "/tmp/segml-XXXXXX";
static char path[64], other[64];

static void
make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(other, sizeof other, "%s/other", folder);
}

static void
remove_folder(void)
{
    unlink(path);
    unlink(other);
    rmdir(folder);
}

static void
write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_map_shows_the_file)
{
    sg_map map = {0};

    write_file(path, "content");
    ck_assert_int_eq(sg_map_open(&map, path, NULL), SEGML_OK);
    ck_assert_uint_eq(map.size, 7);
    ck_assert_int_eq(memcmp(map.bytes, "content", 7), 0);
    sg_map_close(&map);
    ck_assert_ptr_null(map.bytes);
    sg_map_close(&map);
}
END_TEST

START_TEST(a_map_outlives_its_name)
{
    sg_map map = {0};

    write_file(path, "old");
    ck_assert_int_eq(sg_map_open(&map, path, NULL), SEGML_OK);
    write_file(other, "new and longer");
    ck_assert_int_eq(rename(other, path), 0);
    ck_assert_int_eq(memcmp(map.bytes, "old", 3), 0);
    sg_map_close(&map);
}
END_TEST

START_TEST(an_empty_file_has_no_bytes)
{
    sg_map map = {0};

    write_file(path, "");
    ck_assert_int_eq(sg_map_open(&map, path, NULL), SEGML_OK);
    ck_assert_uint_eq(map.size, 0);
    ck_assert_ptr_nonnull(map.bytes);
    sg_map_close(&map);
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    char expected[128];
    sg_map map = {0};

    ck_assert_int_eq(sg_map_open(&map, path, &err), SEGML_E_IO);
    snprintf(expected, sizeof expected, "%s: cannot open: No such file or directory", path);
    ck_assert_str_eq(err.message, expected);
    ck_assert_int_eq(sg_map_open(&map, folder, &err), SEGML_E_IO);
    snprintf(expected, sizeof expected, "%s: not a regular file", folder);
    ck_assert_str_eq(err.message, expected);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(sg_map_open(&map, path, &err), SEGML_E_IO); /* and does not wait */
    ck_assert_ptr_null(map.bytes);
}
END_TEST

/* The kernel may do with them what it likes; the bytes stay what they are. */
START_TEST(hints_are_taken_whatever_they_say)
{
    static const uint64_t places[][2] = {{0, 7}, {3, 4},          {7, 0},         {7, 1},
                                         {0, 8}, {UINT64_MAX, 1}, {1, UINT64_MAX}};
    sg_map map = {0}, none = {0};

    write_file(path, "content");
    ck_assert_int_eq(sg_map_open(&map, path, NULL), SEGML_OK);
    for (int scattered = 1; scattered >= 0; scattered--) {
        sg_map_scatter(&map, scattered);
        sg_map_scatter(&none, scattered);
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            sg_map_expect(&map, places[i][0], places[i][1]);
            sg_map_expect(&none, places[i][0], places[i][1]);
        }
        ck_assert_int_eq(memcmp(map.bytes, "content", 7), 0);
    }
    sg_map_close(&map);
}
END_TEST

TCase *
map_tests(void)
{
    TCase *tc = tcase_create("map");

    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, a_map_shows_the_file);
    tcase_add_test(tc, a_map_outlives_its_name);
    tcase_add_test(tc, an_empty_file_has_no_bytes);
    tcase_add_test(tc, what_is_no_regular_file_is_refused);
    tcase_add_test(tc, hints_are_taken_whatever_they_say);
    return tc;
}
