/* SPDX-License-Identifier: Apache-2.0 */

/* train/unit: the copied rows, fold by fold; where boosting starts; samples. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "train/options.h"
#include "train/unit.h"
#include "unit/table.h"

enum { ROWS = 60, FEATURES = 2, FOLDS = 5 };

/* Two groups of 40 and 20 rows; the matrix column by column, with a column between. */
static float data[3 * ROWS], label[ROWS], weight[ROWS];
static int64_t key_cell[ROWS];
static segml_dataset *dataset;
static sg_run run;
static sg_unit unit;

static void
make_table(void)
{
    for (int i = 0; i < ROWS; i++) {
        data[i] = (float)i;
        data[ROWS + i] = (float)INFINITY;
        data[2 * ROWS + i] = i % 7 == 0 ? (float)NAN : (float)(-i);
        label[i] = i % 4 == 0 ? 1.0f : 0.0f;
        weight[i] = 1.0f;
        key_cell[i] = i % 3 == 0 ? 8 : 5;
    }
    memset(&run, 0, sizeof run);
    memset(&unit, 0, sizeof unit);
    dataset = NULL;
}

static void
clear_all(void)
{
    sg_unit_clear(&unit);
    sg_run_clear(&run);
    segml_dataset_free(dataset);
}

static void
prepare(const char *objective, const float *weights)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    key.type = SEGML_KEY_INT64;
    key.data = key_cell;
    input.rows = ROWS;
    input.features = FEATURES;
    input.data = data;
    input.row_stride = 1;
    input.col_stride = 2 * ROWS;
    input.label = label;
    input.weight = weights;
    input.keys = &key;
    input.key_count = 1;
    dataset = table_dataset(&input);
    options.folds = FOLDS;
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, objective, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
}

static void
make_unit(int64_t first, int64_t rows, int32_t with_keys)
{
    sg_unit_spec spec = {.first = first, .rows = rows, .with_keys = with_keys};

    ck_assert_int_eq(sg_unit_make(&unit, &run, &spec, NULL), SEGML_OK);
}

START_TEST(rows_are_copied_dense_in_the_order_of_the_run)
{
    for (int i = 0; i < ROWS; i++)
        weight[i] = (float)(1 + i % 5);
    prepare("binary", weight);
    make_unit(40, 20, 0);
    ck_assert_int_eq(unit.rows.rows, 20);
    ck_assert_int_eq(unit.rows.features, FEATURES);
    for (int i = 0; i < 20; i++) {
        int row = run.row[40 + i];

        ck_assert_int_eq(key_cell[row], 8);
        ck_assert_float_eq(unit.rows.data[FEATURES * i], (float)row);
        ck_assert(row % 7 == 0 ? isnan(unit.rows.data[FEATURES * i + 1])
                               : unit.rows.data[FEATURES * i + 1] == (float)(-row));
        ck_assert_float_eq(unit.rows.label[i], label[row]);
        ck_assert_float_eq(unit.rows.weight[i], weight[row]);
        ck_assert_int_eq(unit.rows.fold[i], run.fold[40 + i]);
    }
}
END_TEST

/* The first group's are 1, one of the second group's is not. */
START_TEST(weights_that_are_all_one_are_none)
{
    weight[0] = 2;
    prepare("binary", weight);
    make_unit(0, 40, 0);
    ck_assert_ptr_null(unit.rows.weight);
    ck_assert_ptr_null(unit.fold_weight);
    sg_unit_clear(&unit);
    make_unit(40, 20, 0);
    ck_assert_ptr_nonnull(unit.rows.weight);
    ck_assert_ptr_nonnull(unit.fold_weight);
}
END_TEST

START_TEST(key_codes_are_appended_where_asked)
{
    prepare("binary", NULL);
    make_unit(0, ROWS, 1);
    ck_assert_int_eq(unit.rows.features, FEATURES + 1);
    ck_assert_ptr_null(unit.rows.weight);
    ck_assert_str_eq(unit.rows.names[FEATURES], "key");
    ck_assert_int_eq(unit.rows.categorical[FEATURES], 1);
    for (int i = 0; i < ROWS; i++)
        ck_assert_float_eq(unit.rows.data[3 * i + 2], i < 40 ? 0.0f : 1.0f);
}
END_TEST

/* Canonical order holds 0 and -0 for one value, so engines must not see two. */
START_TEST(a_negative_zero_is_copied_as_zero)
{
    for (int i = 0; i < ROWS; i++)
        data[i] = -0.0f;
    prepare("binary", NULL);
    make_unit(0, ROWS, 0);
    for (int i = 0; i < ROWS; i++)
        ck_assert(unit.rows.data[FEATURES * i] == 0 && !signbit(unit.rows.data[FEATURES * i]));
}
END_TEST

START_TEST(any_positions_can_be_copied)
{
    static const int32_t position[4] = {1, 7, 45, 59};
    sg_unit_spec spec = {.position = position, .rows = 4};

    prepare("binary", NULL);
    ck_assert_int_eq(sg_unit_make(&unit, &run, &spec, NULL), SEGML_OK);
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq(unit.rows.data[FEATURES * i], (float)run.row[position[i]]);
}
END_TEST

START_TEST(rows_are_sorted_by_fold_and_summed)
{
    for (int i = 0; i < ROWS; i++)
        weight[i] = (float)(i % 5) * 0.5f;
    prepare("binary", weight);
    make_unit(0, ROWS, 0);
    ck_assert_int_eq(unit.fold_start[0], 0);
    ck_assert_int_eq(unit.fold_start[FOLDS], ROWS);
    for (int f = 0; f < FOLDS; f++) {
        double weights = 0, labels = 0;
        int64_t start = unit.fold_start[f];

        ck_assert_int_eq(sg_unit_held(&unit, f), unit.fold_start[f + 1] - start);
        for (int64_t k = start; k < unit.fold_start[f + 1]; k++) {
            int32_t i = unit.fold_row[k];

            ck_assert_int_eq(unit.rows.fold[i], f);
            ck_assert(k == start || unit.fold_row[k - 1] < i);
            ck_assert_float_eq(unit.fold_label[k], unit.rows.label[i]);
            ck_assert_float_eq(unit.fold_weight[k], unit.rows.weight[i]);
            weights += (double)unit.rows.weight[i];
            labels += (double)(unit.rows.weight[i] * unit.rows.label[i]);
        }
        ck_assert_double_eq(unit.weight_sum[f], weights);
        ck_assert_double_eq(unit.label_sum[f], labels);
    }
}
END_TEST

/* By hand: 15 of 60 labels are 1; with weight 3 on those, half of the weight. */
START_TEST(boosting_starts_from_the_weighted_mean_label)
{
    double hessian, minority;

    if (_i) {
        for (int i = 0; i < ROWS; i++)
            weight[i] = label[i] > 0 ? 3.0f : 1.0f;
    }
    prepare("binary", weight);
    make_unit(0, ROWS, 0);
    ck_assert_double_eq(sg_unit_base(&unit, SG_FIT_ALL_ROWS), _i ? 0.5 : 0.25);
    sg_unit_hessian(&unit, &hessian, &minority);
    ck_assert_double_eq(hessian, _i ? 0.25 : 0.1875);
    ck_assert_double_eq(minority, _i ? 0.5 : 0.25);
}
END_TEST

START_TEST(a_held_out_fold_is_not_in_the_mean)
{
    prepare("regression", NULL);
    for (int i = 0; i < ROWS; i++)
        run.target.label[run.row[i]] = (float)run.fold[i];
    make_unit(0, ROWS, 0);
    for (int f = 0; f < FOLDS; f++) {
        double sum = 0, rows = 0;

        for (int i = 0; i < ROWS; i++) {
            sum += run.fold[i] != f ? run.fold[i] : 0;
            rows += run.fold[i] != f;
        }
        ck_assert_double_eq(sg_unit_base(&unit, f), sum / rows);
    }
}
END_TEST

/* By hand: row i of the run has fold i mod 6 - 1, that plus 10 as label, and weight 1, or 0. */
static void
order_folds(int32_t empty)
{
    prepare("regression", weight);
    dataset->fold_kind = SG_FOLD_ORDERED;
    for (int i = 0; i < ROWS; i++) {
        run.fold[i] = i % 6 - 1;
        run.target.label[run.row[i]] = (float)(run.fold[i] + 10);
        weight[run.row[i]] = run.fold[i] == empty ? 0.0f : 1.0f;
    }
    make_unit(0, ROWS, 0);
}

START_TEST(rows_that_are_never_held_out_are_in_no_fold)
{
    order_folds(3);
    ck_assert_int_eq(unit.rows.ordered, 1);
    ck_assert_int_eq(unit.fold_start[FOLDS], 50);
    for (int f = 0; f < FOLDS; f++) {
        ck_assert_int_eq(sg_unit_held(&unit, f), 10);
        ck_assert_int_eq(sg_unit_validated(&unit, f), f == 3 ? 0 : 10);
        for (int64_t k = unit.fold_start[f]; k < unit.fold_start[f + 1]; k++)
            ck_assert_float_eq(unit.fold_label[k], (float)(f + 10));
    }
    ck_assert_double_eq(unit.never_weight, 10);
    ck_assert_double_eq(unit.never_label, 90);
}
END_TEST

/* Labels 9, 10, 11, ... in equal numbers: the mean of what comes before fold f is 9 + f / 2. */
START_TEST(boosting_starts_from_what_comes_before)
{
    order_folds(SG_FOLD_NEVER - 1);
    for (int f = 0; f < FOLDS; f++) {
        ck_assert_double_eq(sg_unit_base(&unit, f), 9 + f / 2.0);
        ck_assert_int_eq(sg_unit_trains(&unit, f), 1);
    }
    ck_assert_double_eq(sg_unit_base(&unit, SG_FIT_ALL_ROWS), 11.5);
}
END_TEST

START_TEST(the_first_fold_has_nothing_to_train_on_without_rows_before_it)
{
    order_folds(SG_FOLD_NEVER);
    ck_assert_int_eq(sg_unit_trains(&unit, 0), 0);
    ck_assert_int_eq(sg_unit_trains(&unit, 1), 1);
    ck_assert_double_eq(sg_unit_base(&unit, 2), 10.5);
}
END_TEST

START_TEST(the_search_is_scored_on_the_last_fold_in_time)
{
    int32_t fold[FOLDS];

    order_folds(4);
    ck_assert_int_eq(sg_unit_search_folds(&unit, 1, fold), 1);
    ck_assert_int_eq(fold[0], 3);
    ck_assert_int_eq(sg_unit_search_folds(&unit, 2, fold), 2);
    ck_assert_int_eq(fold[1], 2);
    unit.rows.ordered = 0;
    ck_assert_int_eq(sg_unit_search_folds(&unit, 1, fold), 1);
    ck_assert_int_eq(fold[0], 0);
    unit.weight_sum[0] = unit.weight_sum[1] = 0;
    ck_assert_int_eq(sg_unit_search_folds(&unit, 1, fold), 1);
    ck_assert_int_eq(fold[0], 2);
    for (int f = 0; f < FOLDS; f++)
        unit.weight_sum[f] = 0;
    ck_assert_int_eq(sg_unit_search_folds(&unit, FOLDS, fold), 0);
}
END_TEST

static const struct {
    const char *objective;
    float label;
    double base, hessian;
} starts[] = {
    {"binary", 0, 1e-6, 1e-6}, {"binary", 1, 1 - 1e-6, 1e-6}, {"poisson", 0, 1e-6, 1e-6},
    {"poisson", 3, 3, 3},      {"regression", -7, -7, 1},
};

START_TEST(rates_and_counts_are_kept_off_their_ends)
{
    double hessian, minority;

    for (int i = 0; i < ROWS; i++)
        label[i] = starts[_i].label;
    prepare(starts[_i].objective, NULL);
    make_unit(0, ROWS, 0);
    ck_assert_double_le(fabs(sg_unit_base(&unit, 2) - starts[_i].base), 1e-15);
    sg_unit_hessian(&unit, &hessian, &minority);
    ck_assert_double_le(fabs(hessian - starts[_i].hessian), 1e-11);
}
END_TEST

/* Shares 1/2, 1/4, 1/4: the mean of 2 q (1 - q) is (1/2 + 3/8 + 3/8) / 3. */
START_TEST(classes_have_the_mean_hessian_of_their_shares)
{
    double hessian, minority;

    for (int i = 0; i < ROWS; i++)
        label[i] = i % 4 < 2 ? 0.0f : (float)(i % 4 - 1);
    prepare("multiclass", NULL);
    make_unit(0, ROWS, 0);
    sg_unit_hessian(&unit, &hessian, &minority);
    ck_assert_double_le(fabs(hessian - 1.25 / 3), 1e-12);
    ck_assert_double_eq(minority, 0.5);
}
END_TEST

START_TEST(a_sample_keeps_the_shares_of_the_classes)
{
    int32_t position[24], again[24];
    int positives = 0;

    prepare("binary", NULL);
    ck_assert_int_eq(sg_unit_sample(&run, 0, ROWS, 24, position, NULL), SEGML_OK);
    for (int k = 0; k < 24; k++) {
        ck_assert_int_ge(position[k], 0);
        ck_assert_int_lt(position[k], ROWS);
        ck_assert(k == 0 || position[k - 1] < position[k]);
        positives += run.target.label[run.row[position[k]]] > 0;
    }
    ck_assert_int_eq(positives, 6); /* 15 of 60 */
    ck_assert_int_eq(sg_unit_sample(&run, 0, ROWS, 24, again, NULL), SEGML_OK);
    ck_assert_mem_eq(position, again, sizeof position);
}
END_TEST

/* Rows of weight 0 are no use to a search: the sample is of the 20 others. */
START_TEST(a_sample_is_of_rows_that_count)
{
    int32_t position[12];

    for (int i = 0; i < ROWS; i++)
        weight[i] = i % 3 == 1 ? 2.0f : 0.0f;
    prepare("binary", weight);
    make_unit(0, ROWS, 0);
    ck_assert_int_eq(unit.counted, 20);
    ck_assert_int_eq(sg_unit_sample(&run, 0, ROWS, 12, position, NULL), SEGML_OK);
    for (int k = 0; k < 12; k++) {
        ck_assert_float_eq(weight[run.row[position[k]]], 2.0f);
        ck_assert(k == 0 || position[k - 1] < position[k]);
    }
}
END_TEST

START_TEST(a_sample_stays_in_its_group)
{
    int32_t position[7];

    prepare("binary", NULL);
    ck_assert_int_eq(sg_unit_sample(&run, 40, 20, 7, position, NULL), SEGML_OK);
    for (int k = 0; k < 7; k++) {
        ck_assert_int_ge(position[k], 40);
        ck_assert(k == 0 || position[k - 1] < position[k]);
    }
}
END_TEST

TCase *
unit_tests(void)
{
    TCase *tc = tcase_create("unit");

    tcase_add_checked_fixture(tc, make_table, clear_all);
    tcase_add_test(tc, rows_are_copied_dense_in_the_order_of_the_run);
    tcase_add_test(tc, weights_that_are_all_one_are_none);
    tcase_add_test(tc, key_codes_are_appended_where_asked);
    tcase_add_test(tc, a_negative_zero_is_copied_as_zero);
    tcase_add_test(tc, any_positions_can_be_copied);
    tcase_add_test(tc, rows_are_sorted_by_fold_and_summed);
    tcase_add_loop_test(tc, boosting_starts_from_the_weighted_mean_label, 0, 2);
    tcase_add_test(tc, a_held_out_fold_is_not_in_the_mean);
    tcase_add_test(tc, rows_that_are_never_held_out_are_in_no_fold);
    tcase_add_test(tc, boosting_starts_from_what_comes_before);
    tcase_add_test(tc, the_first_fold_has_nothing_to_train_on_without_rows_before_it);
    tcase_add_test(tc, the_search_is_scored_on_the_last_fold_in_time);
    tcase_add_loop_test(tc, rates_and_counts_are_kept_off_their_ends, 0,
                        (int)(sizeof starts / sizeof *starts));
    tcase_add_test(tc, classes_have_the_mean_hessian_of_their_shares);
    tcase_add_test(tc, a_sample_keeps_the_shares_of_the_classes);
    tcase_add_test(tc, a_sample_is_of_rows_that_count);
    tcase_add_test(tc, a_sample_stays_in_its_group);
    return tc;
}
