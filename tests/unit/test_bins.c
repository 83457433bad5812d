/* SPDX-License-Identifier: Apache-2.0 */

/* native/bins: the rules of bins.c, with cuts, codes and offsets calculated by hand. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "native/bins.h"

enum { LARGE = SG_COLUMN_ROWS + 1 };

static sg_engine_rows unit;
static sg_columns columns;
static sg_bins bins;
static uint8_t categorical[8];
static int32_t all[LARGE];

static void
set_up(void)
{
    memset(categorical, 0, sizeof categorical);
    for (int32_t i = 0; i < LARGE; i++)
        all[i] = i;
}

static void
tear_down(void)
{
    sg_bins_clear(&bins);
    sg_columns_clear(&columns);
}

static void
make(const float *data, int64_t rows, int64_t features, int32_t max_bin)
{
    unit = (sg_engine_rows){.data = data,
                            .rows = rows,
                            .features = features,
                            .categorical = categorical,
                            .max_bin = max_bin};
    ck_assert_int_eq(sg_columns_make(&columns, &unit, NULL), SEGML_OK);
    ck_assert_int_eq(sg_bins_open(&bins, &columns, NULL), SEGML_OK);
    ck_assert_int_eq(sg_bins_make(&bins, all, (int32_t)rows, NULL), SEGML_OK);
}

static void
expect_codes(int32_t slot, const int *code)
{
    for (int32_t i = 0; i < bins.rows; i++)
        ck_assert_int_eq(sg_bins_code(&bins, slot)[i], code[i]);
}

static void
expect_cuts(int32_t slot, const float *cut, int32_t count)
{
    ck_assert_int_eq(bins.slot[slot].bins, count);
    for (int32_t b = 0; b < count; b++)
        ck_assert_float_eq(bins.cut[slot * SG_BINS_MOST + b], cut[b]);
}

START_TEST(distinct_values_that_fit_are_a_bin_each)
{
    static const float data[] = {4, -1, 4, 2.5f, -1};
    static const int code[] = {2, 0, 2, 1, 0};
    static const float cut[] = {0.75f, 3.25f, 8.00001f};

    make(data, 5, 1, 3);
    expect_cuts(0, cut, 3);
    expect_codes(0, code);
}
END_TEST

/* 10 rows in 3 bins: 4 of 10, then 3 of 6, then the rest. */
START_TEST(many_values_are_spread_evenly)
{
    static const float data[] = {9, 0, 8, 1, 7, 2, 6, 3, 5, 4};
    static const int code[] = {2, 0, 2, 0, 2, 0, 1, 0, 1, 1};
    static const float cut[] = {3.5f, 6.5f, 9 + (9 + 1e-5f)};

    make(data, 10, 1, 3);
    expect_cuts(0, cut, 3);
    expect_codes(0, code);
}
END_TEST

/* 8 rows in 2 bins: 4 of 8 are 1 1 1 1, and the fifth 1 goes with them. */
START_TEST(equal_values_stay_together)
{
    static const float data[] = {1, 1, 2, 1, 3, 1, 1, 4};
    static const int code[] = {0, 0, 1, 0, 1, 0, 0, 1};
    static const float cut[] = {1.5f, 4 + (4 + 1e-5f)};

    make(data, 8, 1, 2);
    expect_cuts(0, cut, 2);
    expect_codes(0, code);
}
END_TEST

START_TEST(cut_between_neighbours_is_the_larger_one)
{
    float data[] = {1, 0, 3e38f, -3e38f};
    static const int code[] = {1, 2, 3, 0};
    static const int zeros[] = {0, 0, 1, 1};

    data[1] = nextafterf(1, 2);
    make(data, 4, 1, 16);
    expect_codes(0, code);
    ck_assert_float_eq(bins.cut[1], data[1]);
    ck_assert_float_eq(bins.cut[2], 0.5f + 1.5e38f);
    tear_down();
    memcpy(data, (float[]){0.0f, -0.0f, 1e-45f, 1e-45f}, sizeof data);
    make(data, 4, 1, 16);
    expect_codes(0, zeros);
    ck_assert_float_eq(bins.cut[0], 1e-45f);
}
END_TEST

START_TEST(missing_values_have_a_code_of_their_own)
{
    static const float data[] = {3, NAN, 1, NAN};
    static const int code[] = {1, SG_BINS_MISSING, 0, SG_BINS_MISSING};

    make(data, 4, 1, 16);
    ck_assert_int_eq(bins.slot[0].missing, 1);
    expect_codes(0, code);
    ck_assert_int_eq(bins.near[bins.span], bins.slot[0].last);
}
END_TEST

START_TEST(missing_values_take_one_of_256_bins)
{
    float data[300];

    for (int i = 0; i < 300; i++)
        data[i] = i == 7 ? NAN : (float)i;
    make(data, 300, 1, 256);
    ck_assert_int_eq(bins.slot[0].bins, 255);
    tear_down();
    data[7] = 7;
    make(data, 300, 1, 256);
    ck_assert_int_eq(bins.slot[0].bins, 256);
    ck_assert_int_eq(bins.slot[0].missing, 0);
}
END_TEST

START_TEST(bins_know_nothing_of_rows_held_out)
{
    static const float data[] = {100, 1, 50, 2, 3, NAN};
    static const int32_t row[] = {1, 3, 4};
    static const float cut[] = {1.5f, 2.5f, 3 + (3 + 1e-5f)};
    static const int code[] = {0, 1, 2};

    make(data, 6, 1, 16);
    ck_assert_int_eq(bins.slot[0].bins, 5);
    ck_assert_int_eq(sg_bins_make(&bins, row, 3, NULL), SEGML_OK);
    expect_cuts(0, cut, 3);
    expect_codes(0, code);
    ck_assert_int_eq(bins.slot[0].missing, 0);
}
END_TEST

/* Slots 0 and 1 are features 0 and 2; feature 1 is categorical. */
START_TEST(categories_of_the_fold_are_numbered_by_code)
{
    static const float data[] = {1, 7, 5, 2, 16777215, 5, 1, 0, 6, 2, NAN, 6, 3, 7, 6};
    static const uint32_t number[] = {1, 2, 0, 3, 1};

    categorical[1] = 1;
    make(data, 5, 3, 16);
    ck_assert_int_eq(bins.numeric, 2);
    ck_assert_int_eq(bins.slot[1].feature, 2);
    ck_assert_int_eq(bins.slot[2].feature, 1);
    ck_assert_int_eq(bins.slot[2].bins, 3);
    ck_assert_int_eq(bins.name[0], 0);
    ck_assert_int_eq(bins.name[1], 7);
    ck_assert_int_eq(bins.name[2], 16777215);
    for (int i = 0; i < 5; i++) {
        ck_assert_uint_eq(sg_bins_category(&bins, 2)[i], number[i]);
        ck_assert_uint_eq(bins.near[i * bins.span + 2], bins.slot[2].first + number[i]);
    }
    ck_assert_int_eq(bins.slot[2].last, bins.slot[2].first + 3);
}
END_TEST

/* Every entry of a histogram belongs to one bin of one slot at most, in both layouts. */
START_TEST(places_in_a_histogram_are_distinct)
{
    float data[8 * 8];
    int features = _i ? 8 : 4;

    for (int i = 0; i < 64; i++)
        data[i] = i % 11 == 0 ? NAN : (float)(i * 7 % 5);
    categorical[3] = 1;
    make(data, 8, features, 16);
    ck_assert_int_eq(bins.step > 1, _i);
    ck_assert_int_eq(bins.entries % SG_BINS_LANES, 0);
    for (int32_t s = 0; s < features; s++) {
        for (int32_t b = 0; b <= bins.slot[s].bins; b++) {
            int64_t step = s < bins.numeric ? bins.step : 1;
            int64_t at = b < bins.slot[s].bins ? bins.slot[s].first + b * step : bins.slot[s].last;

            ck_assert_int_lt(at, bins.entries);
            for (int32_t t = 0; t < s; t++) {
                int64_t width = t < bins.numeric ? bins.step : 1;

                ck_assert_int_ne(at, bins.slot[t].last);
                for (int32_t c = 0; c < bins.slot[t].bins; c++)
                    ck_assert_int_ne(at, bins.slot[t].first + c * width);
            }
        }
    }
}
END_TEST

/* The same values with and without sorted columns, which units of many rows do not have. */
START_TEST(large_units_have_the_bins_of_small_ones)
{
    enum { SMALL = 1000 };
    float *data = sg_alloc_array(LARGE, sizeof *data);
    float cut[SG_BINS_MOST];
    uint8_t code[SMALL];

    for (int32_t i = 0; i < LARGE; i++) {
        data[i] = i % 17 == 3 ? NAN : (float)(i * 7919L % 10007 - 5000) / 7;
        data[i] = i % 23 == 0 ? (i % 2 ? 0.0f : -0.0f) : data[i];
    }
    make(data, SMALL, 1, 32);
    memcpy(cut, bins.cut, sizeof cut);
    memcpy(code, bins.code, sizeof code);
    tear_down();
    make(data, LARGE, 1, 32);
    ck_assert_int_eq(bins.slot[0].bins, 32);
    ck_assert_int_eq(sg_bins_make(&bins, all, SMALL, NULL), SEGML_OK);
    ck_assert_mem_eq(bins.cut, cut, 32 * sizeof *cut);
    ck_assert_mem_eq(bins.code, code, sizeof code);
    sg_free(data);
}
END_TEST

START_TEST(many_categories_take_wide_offsets)
{
    float *data = sg_alloc_array(LARGE, sizeof *data);

    for (int32_t i = 0; i < LARGE; i++)
        data[i] = (float)(LARGE - 1 - i);
    categorical[0] = 1;
    make(data, LARGE, 1, 32);
    ck_assert_int_eq(bins.slot[0].bins, LARGE);
    ck_assert_ptr_null(bins.near);
    ck_assert_uint_eq(bins.far[0], LARGE - 1);
    ck_assert_uint_eq(bins.far[(LARGE - 1) * bins.span], 0);
    sg_free(data);
}
END_TEST

TCase *
bins_tests(void)
{
    TCase *tcase = tcase_create("bins");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, distinct_values_that_fit_are_a_bin_each);
    tcase_add_test(tcase, many_values_are_spread_evenly);
    tcase_add_test(tcase, equal_values_stay_together);
    tcase_add_test(tcase, cut_between_neighbours_is_the_larger_one);
    tcase_add_test(tcase, missing_values_have_a_code_of_their_own);
    tcase_add_test(tcase, missing_values_take_one_of_256_bins);
    tcase_add_test(tcase, bins_know_nothing_of_rows_held_out);
    tcase_add_test(tcase, categories_of_the_fold_are_numbered_by_code);
    tcase_add_loop_test(tcase, places_in_a_histogram_are_distinct, 0, 2);
    tcase_add_test(tcase, large_units_have_the_bins_of_small_ones);
    tcase_add_test(tcase, many_categories_take_wide_offsets);
    return tcase;
}
