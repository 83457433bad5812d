/* SPDX-License-Identifier: Apache-2.0 */

/* data/groups: the distinct keys in order, and each group's rows. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/groups.h"
#include "unit/table.h"

static cells room, second_room;
static sg_groups groups;

static void
clear_groups(void)
{
    sg_groups_clear(&groups);
}

static void
find(const segml_key_column *columns, const int32_t *types, int64_t count, int64_t rows)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(sg_groups_find(&groups, columns, types, count, rows, &err) == SEGML_OK, "%s",
                  err.message);
}

/* Keys of all groups as "a,NULL|b,1", and rows as "0 2|1". */
static void
assert_groups(const char *keys, const char *rows)
{
    char text[500], *end = text;

    for (int64_t g = 0; g < groups.count; g++) {
        end += snprintf(end, 8, "%s", g > 0 ? "|" : "");
        sg_key_display(end, 60, groups.keys + g * groups.columns, groups.columns);
        end += strlen(end);
    }
    ck_assert_str_eq(text, keys);
    end = text;
    for (int64_t g = 0; g < groups.count; g++) {
        for (int64_t i = groups.start[g]; i < groups.start[g + 1]; i++)
            end += snprintf(end, 20, "%s%d",
                            i > groups.start[g] ? " "
                            : g > 0             ? "|"
                                                : "",
                            (int)groups.row[i]);
        ck_assert_int_eq(sg_groups_rows(&groups, g), groups.start[g + 1] - groups.start[g]);
    }
    ck_assert_str_eq(text, rows);
}

START_TEST(null_comes_first_then_integers_by_value)
{
    static const int64_t integers[] = {10, 9, INT64_MIN, -1, 10, INT64_MAX, INT64_MIN, 0};
    static const int32_t type = SEGML_KEY_INT64;
    segml_key_column column = table_integers(&room, integers, 8);

    find(&column, &type, 1, 8);
    assert_groups("NULL|-1|0|9|10|9223372036854775807", "2 6|3|7|1|0 4|5");
}
END_TEST

/* Capital letters before small ones, "10" before "9", a prefix before what it begins. */
START_TEST(text_is_ordered_by_bytes)
{
    static const char *const texts[] = {"b", "B", "10", "\xC3\xA4", "9", NULL, "a", "ab", ""};
    static const int32_t type = SEGML_KEY_UTF8;
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 9);

    find(&column, &type, 1, 9);
    assert_groups("NULL|10|9|B|a|ab|b|\xC3\xA4", "5 8|2|4|1|6|7|0|3");
}
END_TEST

START_TEST(texts_of_integers_are_grouped_by_value)
{
    static const char *const texts[] = {"12", "4711.0", "4711", NULL, "12.00", "-3"};
    static const int32_t type = SEGML_KEY_INT64;
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8_AUTO, texts, 6);

    find(&column, &type, 1, 6);
    assert_groups("NULL|-3|12|4711", "3|5|0 4|1 2");
    ck_assert_int_eq(groups.keys[3].type, SEGML_KEY_INT64);
}
END_TEST

START_TEST(columns_are_compared_one_after_the_other)
{
    static const char *const texts[] = {"b", "a", "a", NULL, "b", "a", NULL};
    static const int64_t integers[] = {1, 2, INT64_MIN, 5, 1, 10, INT64_MIN};
    static const int32_t types[2] = {SEGML_KEY_UTF8, SEGML_KEY_INT64};
    segml_key_column columns[2] = {table_texts(&room, SEGML_KEY_UTF8, texts, 7),
                                   table_integers(&second_room, integers, 7)};

    find(columns, types, 2, 7);
    assert_groups("NULL,NULL|NULL,5|a,NULL|a,2|a,10|b,1", "6|3|2|1|5|0 4");
}
END_TEST

START_TEST(where_a_text_ends_matters)
{
    static const char *const left[] = {"ab", "a", "ab"};
    static const char *const right[] = {"c", "bc", "c"};
    static const int32_t types[2] = {SEGML_KEY_UTF8, SEGML_KEY_UTF8};
    segml_key_column columns[2] = {table_texts(&room, SEGML_KEY_UTF8, left, 3),
                                   table_texts(&second_room, SEGML_KEY_UTF8, right, 3)};

    find(columns, types, 2, 3);
    assert_groups("a,bc|ab,c", "1|0 2");
}
END_TEST

START_TEST(keys_outlive_the_columns)
{
    static const char *const texts[] = {"first", "second"};
    static const int32_t type = SEGML_KEY_UTF8;
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 2);

    find(&column, &type, 1, 2);
    memset(&room, 'x', sizeof room);
    assert_groups("first|second", "0|1");
}
END_TEST

START_TEST(hashes_are_those_of_the_keys)
{
    static const int64_t integers[] = {3, 1, 2};
    static const int32_t type = SEGML_KEY_INT64;
    segml_key_column column = table_integers(&room, integers, 3);

    find(&column, &type, 1, 3);
    for (int64_t g = 0; g < 3; g++) {
        sg_hash128 hash;

        ck_assert_int_eq(sg_key_hash(&hash, &groups.keys[g], 1, NULL), SEGML_OK);
        ck_assert_int_eq(sg_hash_compare(hash, groups.hashes[g]), 0);
    }
}
END_TEST

/* Enough groups that the table grows many times, rows in no order. */
START_TEST(many_groups_are_found_whole)
{
    enum { GROUPS = 5000, ROWS = 20000 };
    static int64_t integers[ROWS];
    static int32_t count[GROUPS];
    static const int32_t type = SEGML_KEY_INT64;
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    sg_rng rng = sg_rng_stream(1, 1, "groups", 0);

    for (int i = 0; i < ROWS; i++) {
        int64_t group = i < GROUPS ? i : (int64_t)sg_rng_below(&rng, GROUPS);

        integers[i] = 3 * group - 7000;
        count[group]++;
    }
    column.type = SEGML_KEY_INT64;
    column.data = integers;
    find(&column, &type, 1, ROWS);
    ck_assert_int_eq(groups.count, GROUPS);
    ck_assert_int_eq(groups.start[0], 0);
    ck_assert_int_eq(groups.start[GROUPS], ROWS);
    for (int64_t g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(groups.keys[g].integer, 3 * g - 7000);
        ck_assert_int_eq(sg_groups_rows(&groups, g), count[g]);
        for (int64_t i = groups.start[g]; i < groups.start[g + 1]; i++) {
            ck_assert_int_eq(integers[groups.row[i]], 3 * g - 7000);
            if (i > groups.start[g])
                ck_assert_int_lt(groups.row[i - 1], groups.row[i]);
        }
    }
}
END_TEST

TCase *
groups_tests(void)
{
    TCase *tc = tcase_create("groups");

    tcase_add_checked_fixture(tc, NULL, clear_groups);
    tcase_add_test(tc, null_comes_first_then_integers_by_value);
    tcase_add_test(tc, text_is_ordered_by_bytes);
    tcase_add_test(tc, texts_of_integers_are_grouped_by_value);
    tcase_add_test(tc, columns_are_compared_one_after_the_other);
    tcase_add_test(tc, where_a_text_ends_matters);
    tcase_add_test(tc, keys_outlive_the_columns);
    tcase_add_test(tc, hashes_are_those_of_the_keys);
    tcase_add_test(tc, many_groups_are_found_whole);
    return tc;
}
