/* SPDX-License-Identifier: Apache-2.0 */

/* train/result: the statuses of groups that cannot have a model, in their order. */

#include <check.h>
#include <string.h>

#include "train/options.h"
#include "train/result.h"
#include "unit/table.h"

enum { MOST_ROWS = 200 };

static segml_dataset *dataset;
static sg_run run;
static sg_result result;
static float labels[MOST_ROWS], weights[MOST_ROWS];
static int32_t folds[MOST_ROWS]; /* given ones, if there are any */
static double times[MOST_ROWS];
static int given, ordered;
static int64_t made;

/* Adds rows of a label and a weight. */
static void
add_rows(int count, float label, float weight)
{
    for (int i = 0; i < count; i++, made++) {
        labels[made] = label;
        weights[made] = weight;
    }
}

static void
start(void)
{
    made = 0;
    given = ordered = 0;
    memset(&run, 0, sizeof run);
    memset(&result, 0, sizeof result);
    dataset = NULL;
}

static void
finish(void)
{
    sg_result_clear(&result);
    sg_run_clear(&run);
    segml_dataset_free(dataset);
}

/* Status of all rows as one group. */
static void
check(const char *objective, int64_t min_rows, int32_t status, const char *message)
{
    static const int64_t one_key[MOST_ROWS];
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    key.type = SEGML_KEY_INT64;
    key.data = one_key;
    input.rows = made;
    input.features = 1;
    input.data = labels;
    input.label = labels;
    input.weight = weights;
    input.keys = &key;
    input.key_count = 1;
    input.fold = given ? folds : NULL;
    input.time = ordered ? times : NULL;
    dataset = table_dataset(&input);
    options.min_rows = min_rows;
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, objective, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    ck_assert_int_eq(sg_result_check(&result, &run, 0, made, NULL), SEGML_OK);
    ck_assert_int_eq(result.status, status);
    if (message == NULL)
        ck_assert_ptr_null(result.message);
    else
        ck_assert_msg(strstr(result.message, message) != NULL, "%s", result.message);
}

START_TEST(enough_rows_of_two_classes_are_trained)
{
    add_rows(45, 0, 1);
    add_rows(5, 1, 1);
    check("binary", 0, SEGML_GROUP_TRAINED, NULL);
}
END_TEST

START_TEST(under_fifty_rows_are_too_few)
{
    add_rows(25, 0, 1);
    add_rows(24, 1, 1);
    check("binary", 0, SEGML_GROUP_TOO_FEW_ROWS, "49 rows");
}
END_TEST

START_TEST(the_least_number_of_rows_is_an_option)
{
    add_rows(5, 0, 1);
    add_rows(5, 1, 1);
    check("binary", 10, SEGML_GROUP_TRAINED, NULL);
}
END_TEST

START_TEST(too_few_rows_come_before_one_class)
{
    add_rows(49, 1, 1);
    check("binary", 0, SEGML_GROUP_TOO_FEW_ROWS, "49");
}
END_TEST

START_TEST(one_class_comes_before_a_second_class_that_is_too_rare)
{
    add_rows(60, 1, 1);
    check("binary", 0, SEGML_GROUP_ONE_CLASS, "60");
}
END_TEST

START_TEST(a_second_class_of_four_rows_is_too_rare)
{
    add_rows(60, 0, 1);
    add_rows(4, 1, 1);
    check("binary", 0, SEGML_GROUP_TOO_FEW_ROWS, "4 rows of the second");
}
END_TEST

/* The second most frequent counts, not the rarest. */
START_TEST(further_classes_may_be_rare)
{
    add_rows(2, 0, 1);
    add_rows(6, 1, 1);
    add_rows(1, 2, 1);
    add_rows(50, 3, 1);
    check("multiclass", 0, SEGML_GROUP_TRAINED, NULL);
}
END_TEST

START_TEST(equally_frequent_classes_are_first_and_second)
{
    add_rows(1, 0, 1);
    add_rows(30, 1, 1);
    add_rows(30, 2, 1);
    check("multiclass", 0, SEGML_GROUP_TRAINED, NULL);
}
END_TEST

START_TEST(many_classes_of_few_rows_are_too_rare)
{
    for (int c = 0; c < 20; c++)
        add_rows(4, (float)c, 1);
    check("multiclass", 0, SEGML_GROUP_TOO_FEW_ROWS, "4 rows of the second");
}
END_TEST

START_TEST(one_number_is_a_constant_label)
{
    add_rows(70, 2.5f, 1);
    check("regression", 0, SEGML_GROUP_CONSTANT_LABEL, "70");
}
END_TEST

START_TEST(numbers_need_no_second_class)
{
    add_rows(70, 2.5f, 1);
    add_rows(1, 3, 1);
    check(_i ? "poisson" : "regression", 0, SEGML_GROUP_TRAINED, NULL);
}
END_TEST

START_TEST(rows_of_weight_zero_are_no_rows)
{
    add_rows(30, 0, 1);
    add_rows(19, 1, 0.5f);
    add_rows(100, 1, 0);
    check("binary", 0, SEGML_GROUP_TOO_FEW_ROWS, "49 rows");
}
END_TEST

START_TEST(rows_of_weight_zero_make_no_class)
{
    add_rows(50, 0, 1);
    add_rows(20, 1, 0);
    check("binary", 0, SEGML_GROUP_ONE_CLASS, "50");
}
END_TEST

START_TEST(rows_of_weight_zero_do_not_fill_a_class)
{
    add_rows(50, 0, 1);
    add_rows(4, 1, 1);
    add_rows(20, 1, 0);
    check("binary", 0, SEGML_GROUP_TOO_FEW_ROWS, "4 rows of the second");
}
END_TEST

START_TEST(rows_of_weight_zero_do_not_vary_a_label)
{
    add_rows(1, 9, 0);
    add_rows(50, 2.5f, 1);
    add_rows(1, 7, 0);
    check("regression", 0, SEGML_GROUP_CONSTANT_LABEL, "50");
}
END_TEST

/* Row 1 alone keeps fold 1 from being a gap; whether it counts is its weight. */
START_TEST(rows_of_one_given_fold_are_too_few)
{
    given = 1;
    add_rows(30, 0, 1);
    add_rows(30, 1, 1);
    folds[1] = 1;
    weights[1] = (float)_i;
    check("binary", 0, _i ? SEGML_GROUP_TRAINED : SEGML_GROUP_TOO_FEW_ROWS,
          _i ? NULL : "all rows are in one fold, and cross-validation needs two");
}
END_TEST

START_TEST(a_single_label_comes_before_a_single_fold)
{
    given = 1;
    add_rows(60, 1, 1);
    folds[0] = 1;
    weights[0] = 0;
    check("binary", 0, SEGML_GROUP_ONE_CLASS, "59");
}
END_TEST

/* Two or three times: with five folds they are two or three blocks. */
START_TEST(two_folds_after_others_need_three_times)
{
    ordered = 1;
    add_rows(60, 0, 1);
    add_rows(60, 1, 1);
    for (int i = 0; i < 120; i++)
        times[i] = i % (2 + _i);
    check("binary", 0, _i ? SEGML_GROUP_TRAINED : SEGML_GROUP_TOO_FEW_ROWS,
          _i ? NULL : "rows of too few different times for two folds after others");
}
END_TEST

START_TEST(rows_of_the_rarest_class_are_counted)
{
    add_rows(30, 0, 1);
    add_rows(8, 2, 1);
    add_rows(3, 4, 1);
    add_rows(2, 4, 0);
    add_rows(1, 5, 0);
    add_rows(20, 6, 1);
    check("multiclass", 0, SEGML_GROUP_TRAINED, NULL);
    ck_assert_int_eq(result.rarest, 3);
}
END_TEST

START_TEST(a_status_replaces_the_one_before)
{
    ck_assert_int_eq(sg_result_set(&result, SEGML_GROUP_FAILED, "first", NULL), SEGML_OK);
    ck_assert_int_eq(sg_result_set(&result, SEGML_GROUP_ONE_CLASS, "second", NULL), SEGML_OK);
    ck_assert_int_eq(result.status, SEGML_GROUP_ONE_CLASS);
    ck_assert_str_eq(result.message, "second");
}
END_TEST

TCase *
result_tests(void)
{
    TCase *tc = tcase_create("result");

    tcase_add_checked_fixture(tc, start, finish);
    tcase_add_test(tc, enough_rows_of_two_classes_are_trained);
    tcase_add_test(tc, under_fifty_rows_are_too_few);
    tcase_add_test(tc, the_least_number_of_rows_is_an_option);
    tcase_add_test(tc, too_few_rows_come_before_one_class);
    tcase_add_test(tc, one_class_comes_before_a_second_class_that_is_too_rare);
    tcase_add_test(tc, a_second_class_of_four_rows_is_too_rare);
    tcase_add_test(tc, further_classes_may_be_rare);
    tcase_add_test(tc, equally_frequent_classes_are_first_and_second);
    tcase_add_test(tc, many_classes_of_few_rows_are_too_rare);
    tcase_add_test(tc, one_number_is_a_constant_label);
    tcase_add_loop_test(tc, numbers_need_no_second_class, 0, 2);
    tcase_add_test(tc, rows_of_weight_zero_are_no_rows);
    tcase_add_test(tc, rows_of_weight_zero_make_no_class);
    tcase_add_test(tc, rows_of_weight_zero_do_not_fill_a_class);
    tcase_add_test(tc, rows_of_weight_zero_do_not_vary_a_label);
    tcase_add_loop_test(tc, rows_of_one_given_fold_are_too_few, 0, 2);
    tcase_add_test(tc, a_single_label_comes_before_a_single_fold);
    tcase_add_loop_test(tc, two_folds_after_others_need_three_times, 0, 2);
    tcase_add_test(tc, rows_of_the_rarest_class_are_counted);
    tcase_add_test(tc, a_status_replaces_the_one_before);
    return tc;
}
