/* SPDX-License-Identifier: Apache-2.0 */

/* columns: sorted copies, and the folds that are masks of them. */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "native/columns.h"

enum { ROWS = 7, FEATURES = 2 };

/* The second feature has a missing value, both zeros, and the two ends of a float's range. */
static const float data[ROWS * FEATURES] = {
    3.0f,  0.0f,     /* row 0 */
    -1.5f, NAN,      /* 1 */
    3.0f,  -0.0f,    /* 2 */
    2.0f,  3.4e38f,  /* 3 */
    -7.0f, -3.4e38f, /* 4 */
    2.0f,  1e-45f,   /* 5 */
    3.0f,  NAN,      /* 6 */
};

static void
make(sg_columns *columns, sg_engine_rows *rows)
{
    segml_error err = SEGML_ERROR_INIT;

    *rows = (sg_engine_rows){.rows = ROWS, .features = FEATURES, .data = data};
    ck_assert_int_eq(sg_columns_make(columns, rows, &err), SEGML_OK);
}

static void
expect(const uint32_t *entry, const uint32_t *rank, const uint32_t *row, int count)
{
    for (int i = 0; i < count; i++) {
        ck_assert_uint_eq(entry[i] >> 16, rank[i]);
        ck_assert_uint_eq(entry[i] & 0xffff, row[i]);
    }
}

START_TEST(equal_values_share_a_rank_and_keep_the_order_of_rows)
{
    static const uint32_t rank[ROWS] = {0, 1, 2, 2, 3, 3, 3}, row[ROWS] = {4, 1, 3, 5, 0, 2, 6};
    sg_columns columns = {0};
    sg_engine_rows rows;

    make(&columns, &rows);
    expect(columns.entry, rank, row, ROWS);
    ck_assert_int_eq(columns.present[0], ROWS);
    ck_assert_float_eq(columns.value[0], -7.0f);
    ck_assert_float_eq(columns.value[1], -1.5f);
    ck_assert_float_eq(columns.value[2], 2.0f);
    ck_assert_float_eq(columns.value[3], 3.0f);
    sg_columns_clear(&columns);
}
END_TEST

START_TEST(zeros_are_one_value_and_missing_ones_stand_last)
{
    static const uint32_t rank[ROWS] = {0, 1, 1, 2, 3, SG_COLUMN_MISSING, SG_COLUMN_MISSING};
    static const uint32_t row[ROWS] = {4, 0, 2, 5, 3, 1, 6};
    sg_columns columns = {0};
    sg_engine_rows rows;

    make(&columns, &rows);
    expect(columns.entry + columns.stride, rank, row, ROWS);
    ck_assert_int_eq(columns.present[1], 5);
    ck_assert_int_eq(signbit(columns.value[columns.stride + 1]), 0);
    sg_columns_clear(&columns);
}
END_TEST

/* Rows 1, 3, 4 and 6 are numbers 0 to 3 of the fold. */
START_TEST(a_fold_is_a_mask_with_its_own_numbers)
{
    static const uint16_t number[ROWS] = {0xffff, 0, 0xffff, 1, 2, 0xffff, 3};
    static const uint32_t rank[4] = {0, 3, SG_COLUMN_MISSING, SG_COLUMN_MISSING};
    static const uint32_t row[4] = {2, 1, 0, 3};
    uint32_t entry[4 + SG_COLUMN_PAD];
    sg_columns columns = {0};
    sg_engine_rows rows;

    make(&columns, &rows);
    ck_assert_int_eq(sg_columns_of_fold(entry, &columns, 1, number), 2);
    expect(entry, rank, row, 4);
    sg_columns_clear(&columns);
}
END_TEST

START_TEST(units_of_too_many_rows_have_no_sorted_copy)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_columns columns = {0};
    sg_engine_rows rows = {.rows = SG_COLUMN_ROWS + 1, .features = 1};

    ck_assert_int_eq(sg_columns_make(&columns, &rows, &err), SEGML_OK);
    ck_assert_ptr_null(columns.entry);
    sg_columns_clear(&columns);
}
END_TEST

/* Every row of a long column stands once, in the order of a comparison sort. */
START_TEST(long_columns_are_sorted)
{
    enum { MANY = 40000 };
    segml_error err = SEGML_ERROR_INIT;
    float *values = malloc(MANY * sizeof *values);
    sg_columns columns = {0};
    sg_engine_rows rows = {.rows = MANY, .features = 1, .data = values};

    for (int i = 0; i < MANY; i++)
        values[i] = (float)((i * 7919L) % 10007 - 5000) / 3.0f;
    ck_assert_int_eq(sg_columns_make(&columns, &rows, &err), SEGML_OK);
    ck_assert_uint_eq(columns.entry[MANY - 1] >> 16, 10006);
    for (int i = 1; i < MANY; i++) {
        uint32_t before = columns.entry[i - 1], here = columns.entry[i];
        float a = values[before & 0xffff], b = values[here & 0xffff];

        ck_assert(a < b || (!(b < a) && (before & 0xffff) < (here & 0xffff)));
        ck_assert_uint_eq((here >> 16) - (before >> 16), (uint32_t)(a < b));
    }
    sg_columns_clear(&columns);
    free(values);
}
END_TEST

TCase *
columns_tests(void)
{
    TCase *tc = tcase_create("columns");

    tcase_add_test(tc, equal_values_share_a_rank_and_keep_the_order_of_rows);
    tcase_add_test(tc, zeros_are_one_value_and_missing_ones_stand_last);
    tcase_add_test(tc, a_fold_is_a_mask_with_its_own_numbers);
    tcase_add_test(tc, units_of_too_many_rows_have_no_sorted_copy);
    tcase_add_test(tc, long_columns_are_sorted);
    return tc;
}
