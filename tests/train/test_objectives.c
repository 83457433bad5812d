/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The four objectives and both modes learn what there is to learn: losses are compared
 * with those of the best constant, which are known in closed form.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

static table
numbers(int64_t rows)
{
    table t = table_make(rows, 3);

    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < 3; j++)
            t.x[3 * i + j] = (float)seed_draw(11, (uint64_t)(3 * i + j + 1));
        t.key[i] = i % 2;
    }
    return t;
}

START_TEST(binary_beats_the_base_rate_segmented_and_global)
{
    table t = table_seed(3200);
    segml_train_options options = quick_options();
    segml_model *segmented = train_table(&t, &options, 0), *global = train_table(&t, &options, 1);
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    double entropy = log(2);

    ck_assert_double_lt(metric_of(segmented, SEGML_GROUP_INDEX_OVERALL, "log_loss"), .7 * entropy);
    ck_assert_double_lt(metric_of(segmented, SEGML_GROUP_INDEX_GLOBAL, "log_loss"), .8 * entropy);
    ck_assert_double_lt(metric_of(global, SEGML_GROUP_INDEX_OVERALL, "log_loss"), .8 * entropy);
    ck_assert_double_gt(metric_of(segmented, SEGML_GROUP_INDEX_OVERALL, "f1"), .75);
    ck_assert_int_eq(status_of(global, 0, NULL), SEGML_GROUP_GLOBAL);
    ck_assert_int_eq(segml_model_get_info(segmented, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.models, SEED_GROUPS + 2);
    ck_assert_int_eq(segml_model_get_info(global, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.models, 2);
    ck_assert_int_eq(info.mode, SEGML_MODE_GLOBAL);
    segml_model_free(segmented);
    segml_model_free(global);
    table_free(&t);
}
END_TEST

START_TEST(multiclass_keeps_all_classes_in_every_child)
{
    table t = numbers(900);
    segml_train_options options = quick_options();
    const segml_key first = SEGML_KEY_INT64_VALUE(0);
    segml_route *route = NULL;
    segml_model *model;
    float p[3];

    for (int64_t i = 0; i < t.rows; i++) /* group 0 never sees class 30 */
        t.y[i] = t.x[3 * i] < .5f ? 10 : t.key[i] == 0 || t.x[3 * i + 1] < .5f ? 20 : 30;
    options.objective = "multiclass";
    model = train_table(&t, &options, 0);
    ck_assert_str_eq(segml_model_class_name(model, 0), "10");
    ck_assert_str_eq(segml_model_class_name(model, 2), "30");
    ck_assert_double_lt(metric_of(model, 0, "log_loss"), .3 * log(2));
    ck_assert_double_lt(metric_of(model, 1, "log_loss"), .5 * log(3));
    ck_assert_double_gt(metric_of(model, 1, "accuracy"), .9);
    ck_assert_int_eq(segml_route_find(&route, model, &first, 1, NULL), SEGML_OK);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, t.x, 3, p, 3), SEGML_OK);
    ck_assert_float_eq_tol(p[0] + p[1] + p[2], 1, 1e-6f);
    segml_route_free(route);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(regression_and_poisson_beat_the_mean)
{
    table t = numbers(800);
    segml_train_options options = quick_options();
    segml_model *model;

    for (int64_t i = 0; i < t.rows; i++)
        t.y[i] = 100 + 20 * t.x[3 * i] * (t.key[i] == 0 ? 1 : -1) + t.x[3 * i + 1];
    model = train_table(&t, &options, 0);
    ck_assert_double_gt(metric_of(model, SEGML_GROUP_INDEX_OVERALL, "r2"), .95);
    ck_assert_double_gt(metric_of(model, 0, "r2"), .95);
    segml_model_free(model);

    options.objective = "poisson";
    for (int64_t i = 0; i < t.rows; i++)
        t.y[i] = floorf(6 * t.x[3 * i] * t.x[3 * i]);
    model = train_table(&t, &options, 0);
    ck_assert_double_lt(metric_of(model, SEGML_GROUP_INDEX_OVERALL, "deviance"), .5);
    ck_assert_double_lt(fabs(metric_of(model, SEGML_GROUP_INDEX_OVERALL, "bias")), .1);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(weights_count)
{
    table t = numbers(600);
    segml_train_options options = quick_options();
    segml_model *model;
    double rate;

    t.weight = calloc((size_t)t.rows, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int64_t i = 0; i < t.rows; i++) {
        t.y[i] = (float)(i / 2 % 2);
        t.weight[i] = t.y[i] == 1 ? 3 : 1;
    }
    model = train_table(&t, &options, 0);
    rate = metric_of(model, SEGML_GROUP_INDEX_OVERALL, "base_rate");
    ck_assert_double_eq_tol(rate, .75, 1e-12);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(fixed_parameters_are_used_and_reported)
{
    static const segml_value fixed[] = {{"max_depth", 2}, {"rounds", 17}, {"learning_rate", .3}};
    table t = table_seed(800);
    segml_train_options options = quick_options();
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    segml_model *model;
    int found = 0;

    options.params = fixed;
    options.param_count = 3;
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(segml_model_get_group(model, 0, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.rounds, 17);
    for (int64_t i = 0; i < info.param_count; i++) {
        found += strcmp(info.params[i].name, "max_depth") == 0 && info.params[i].value == 2;
        found += strcmp(info.params[i].name, "learning_rate") == 0 && info.params[i].value == .3;
    }
    ck_assert_int_eq(found, 2);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/*
 * With one trial, two folds and fixed rounds, the search's model is the one that
 * cross-validation trains for fold 0, so the halves are known: search_loss is fold 0's.
 */
START_TEST(the_loss_without_the_searched_fold_is_that_of_the_other_half)
{
    static const segml_value rounds = {"rounds", 20};
    table t = table_seed(3200);
    segml_train_options options = quick_options();
    segml_model *model;

    options.trials = 1;
    options.folds = 2;
    options.params = &rounds;
    options.param_count = 1;
    model = train_table(&t, &options, 0);
    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        double both = metric_of(model, g, "log_loss"), first = metric_of(model, g, "search_loss");

        ck_assert_double_eq_tol(metric_of(model, g, "log_loss_unsearched"), 2 * both - first, 1e-9);
    }
    ck_assert_double_eq_tol(metric_of(model, SEGML_GROUP_INDEX_GLOBAL, "log_loss_unsearched"),
                            2 * metric_of(model, SEGML_GROUP_INDEX_GLOBAL, "log_loss") -
                                metric_of(model, SEGML_GROUP_INDEX_GLOBAL, "search_loss"),
                            1e-9);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

TCase *
objectives_tests(void)
{
    TCase *tc = tcase_create("objectives");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, binary_beats_the_base_rate_segmented_and_global);
    tcase_add_test(tc, multiclass_keeps_all_classes_in_every_child);
    tcase_add_test(tc, regression_and_poisson_beat_the_mean);
    tcase_add_test(tc, weights_count);
    tcase_add_test(tc, the_loss_without_the_searched_fold_is_that_of_the_other_half);
    tcase_add_test(tc, fixed_parameters_are_used_and_reported);
    return tc;
}
