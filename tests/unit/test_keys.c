/* SPDX-License-Identifier: Apache-2.0 */

/* data/keys: cells and types of key columns. */

#include <check.h>
#include <string.h>

#include "data/keys.h"
#include "unit/table.h"

static cells room;
static segml_error err;

static void
clear_error(void)
{
    memset(&err, 0, sizeof err);
}

/* Texts of a column, whether AUTO makes integers of them. NULL ends the texts, "\1" is NULL. */
static const struct {
    const char *texts[5];
    int32_t type;
} columns[] = {
    {{"4711", "-3", "0"}, SEGML_KEY_INT64},
    {{"4711.0", "12"}, SEGML_KEY_INT64},
    {{"1.0", "\1", "3.0"}, SEGML_KEY_INT64}, /* as pandas writes integers beside NaN */
    {{"12", "", "13"}, SEGML_KEY_INT64},     /* empty text is NULL */
    {{"9223372036854775807", "-9223372036854775808"}, SEGML_KEY_INT64},
    {{"04711", "4711"}, SEGML_KEY_UTF8},
    {{"+1", "2"}, SEGML_KEY_UTF8},
    {{"1.5", "2"}, SEGML_KEY_UTF8},
    {{"1", "2", "x"}, SEGML_KEY_UTF8},
    {{"1", " 2"}, SEGML_KEY_UTF8},
    {{"9223372036854775808", "1"}, SEGML_KEY_UTF8},
    {{"1e3", "2"}, SEGML_KEY_UTF8},
    {{"Namibia", "NA"}, SEGML_KEY_UTF8},
};

static segml_key_column
numbered_column(int i, int32_t type, int64_t *rows)
{
    const char *texts[5];

    for (*rows = 0; *rows < 5 && columns[i].texts[*rows] != NULL; (*rows)++)
        texts[*rows] = columns[i].texts[*rows][0] == '\1' ? NULL : columns[i].texts[*rows];
    return table_texts(&room, type, texts, *rows);
}

START_TEST(automatic_type_is_integer_if_every_cell_is_one)
{
    int64_t rows;
    segml_key_column column = numbered_column(_i, SEGML_KEY_UTF8_AUTO, &rows);
    int32_t type = -1;

    ck_assert_int_eq(sg_keys_check(&type, &column, "store", rows, &err), SEGML_OK);
    ck_assert_int_eq(type, columns[_i].type);
}
END_TEST

START_TEST(a_column_of_text_stays_text)
{
    int64_t rows;
    segml_key_column column = numbered_column(_i, SEGML_KEY_UTF8, &rows);
    int32_t type = -1;

    ck_assert_int_eq(sg_keys_check(&type, &column, "store", rows, &err), SEGML_OK);
    ck_assert_int_eq(type, SEGML_KEY_UTF8);
}
END_TEST

START_TEST(cells_are_values_or_null)
{
    static const char *const texts[] = {"a", NULL, "", "bcd"};
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 4);

    ck_assert_int_eq(sg_keys_cell(&column, 0).type, SEGML_KEY_UTF8);
    ck_assert_uint_eq(sg_keys_cell(&column, 0).length, 1);
    ck_assert_int_eq(sg_keys_cell(&column, 1).type, SEGML_KEY_NULL);
    ck_assert_int_eq(sg_keys_cell(&column, 2).type, SEGML_KEY_NULL);
    ck_assert_uint_eq(sg_keys_cell(&column, 3).length, 3);
    ck_assert_mem_eq(sg_keys_cell(&column, 3).text, "bcd", 3);
}
END_TEST

/* Least significant bit first; a cell whose bit is clear is NULL whatever it holds. */
START_TEST(validity_is_a_bitmap)
{
    static const uint8_t validity[3] = {0xA5, 0x01, 0xFE};
    static const int valid[20] = {1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1};
    int64_t integers[20];
    segml_key_column column;
    int32_t type;

    for (int i = 0; i < 20; i++)
        integers[i] = 100 + i;
    column = table_integers(&room, integers, 20);
    column.validity = validity;
    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 20, &err), SEGML_OK);
    ck_assert_int_eq(type, SEGML_KEY_INT64);
    for (int i = 0; i < 20; i++) {
        segml_key cell = sg_keys_cell(&column, i);

        ck_assert_int_eq(cell.type, valid[i] ? SEGML_KEY_INT64 : SEGML_KEY_NULL);
        if (valid[i])
            ck_assert_int_eq(cell.integer, 100 + i);
    }
}
END_TEST

START_TEST(without_validity_all_cells_are_valid)
{
    static const int64_t integers[2] = {7, 0};
    segml_key_column column = table_integers(&room, integers, 2);

    column.validity = NULL;
    ck_assert_int_eq(sg_keys_cell(&column, 0).integer, 7);
    ck_assert_int_eq(sg_keys_cell(&column, 1).type, SEGML_KEY_INT64);
    ck_assert_int_eq(sg_keys_cell(&column, 1).integer, 0);
}
END_TEST

START_TEST(invalid_utf_8_is_refused_with_column_and_row)
{
    static const char *const texts[] = {"fine", "gr\xC3\xBC\xC3\x9F", "gr\xFC\xDF"};
    segml_key_column column =
        table_texts(&room, _i ? SEGML_KEY_UTF8 : SEGML_KEY_UTF8_AUTO, texts, 3);
    int32_t type;

    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 3, &err), SEGML_E_DATA);
    ck_assert_str_eq(err.message, "key column store, row 3: not valid UTF-8");
}
END_TEST

START_TEST(invalid_bytes_behind_a_clear_bit_do_not_matter)
{
    static const char *const texts[] = {"fine", "\xFF"};
    static const uint8_t first_only = 1;
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 2);
    int32_t type;

    column.validity = &first_only;
    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 2, &err), SEGML_OK);
}
END_TEST

START_TEST(offsets_must_not_fall)
{
    static const char *const texts[] = {"ab", "cd", "ef"};
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 3);
    int32_t type;

    room.offsets[2] = 1;
    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 3, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "key column store, row 2: offsets must not fall");
    room.offsets[2] = 4;
    room.offsets[0] = -1;
    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 3, &err), SEGML_E_ARGUMENT);
}
END_TEST

/* The first offset need not be 0: a slice of a larger column. */
START_TEST(a_slice_of_a_column_is_a_column)
{
    static const char *const texts[] = {"ab", "cd", "ef"};
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 3);
    int32_t type;

    column.offsets++;
    column.validity = NULL;
    ck_assert_int_eq(sg_keys_check(&type, &column, "store", 2, &err), SEGML_OK);
    ck_assert_mem_eq(sg_keys_cell(&column, 0).text, "cd", 2);
}
END_TEST

START_TEST(null_arrays_and_unknown_types_are_refused_by_name)
{
    static const char *const texts[] = {"ab"};
    segml_key_column column = table_texts(&room, SEGML_KEY_UTF8, texts, 1), bad;
    int32_t type;

    bad = column;
    bad.data = NULL;
    ck_assert_int_eq(sg_keys_check(&type, &bad, "store", 1, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "store"));
    bad = column;
    bad.offsets = NULL;
    ck_assert_int_eq(sg_keys_check(&type, &bad, "store", 1, NULL), SEGML_E_ARGUMENT);
    bad = column;
    bad.type = 4;
    ck_assert_int_eq(sg_keys_check(&type, &bad, "store", 1, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "key column store: unknown type 4");
    bad.type = SEGML_KEY_NULL;
    ck_assert_int_eq(sg_keys_check(&type, &bad, "store", 1, NULL), SEGML_E_ARGUMENT);
}
END_TEST

TCase *
keys_tests(void)
{
    const int count = (int)(sizeof columns / sizeof *columns);
    TCase *tc = tcase_create("keys");

    tcase_add_checked_fixture(tc, clear_error, NULL);
    tcase_add_loop_test(tc, automatic_type_is_integer_if_every_cell_is_one, 0, count);
    tcase_add_loop_test(tc, a_column_of_text_stays_text, 0, count);
    tcase_add_test(tc, cells_are_values_or_null);
    tcase_add_test(tc, validity_is_a_bitmap);
    tcase_add_test(tc, without_validity_all_cells_are_valid);
    tcase_add_loop_test(tc, invalid_utf_8_is_refused_with_column_and_row, 0, 2);
    tcase_add_test(tc, invalid_bytes_behind_a_clear_bit_do_not_matter);
    tcase_add_test(tc, offsets_must_not_fall);
    tcase_add_test(tc, a_slice_of_a_column_is_a_column);
    tcase_add_test(tc, null_arrays_and_unknown_types_are_refused_by_name);
    return tc;
}
