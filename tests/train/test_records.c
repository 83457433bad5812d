/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a trained model tells about itself: thresholds and who they decide for, intervals,
 * history, correlations, the options it was trained with.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 3200, GROUP_ROWS = ROWS / SEED_GROUPS };

/* The eight groups, and a ninth that is too small for a model. */
static table
table_with_small_group(void)
{
    table t = table_seed(ROWS);

    for (int64_t i = 0; i < ROWS; i += ROWS / 30)
        t.key[i] = 100;
    return t;
}

static segml_group_info
record_of(const segml_model *model, int64_t index)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, index, &info, NULL), SEGML_OK);
    return info;
}

/* Rows of a key that are called positive from a threshold on, and that are called so. */
static void
assert_class_flips_at(const segml_model *model, const table *t, int64_t store, double threshold)
{
    segml_key key = SEGML_KEY_INT64_VALUE(store);
    segml_route *route = NULL;
    int positive = 0, rows = 0;

    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    for (int64_t i = 0; i < t->rows; i++) {
        const float *row = t->x + i * t->features;
        float probability, class;

        ck_assert_int_eq(
            segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, t->features, &probability, 1),
            SEGML_OK);
        ck_assert_int_eq(
            segml_route_predict(route, SEGML_OUTPUT_CLASS, row, t->features, &class, 1), SEGML_OK);
        ck_assert_float_eq(class, probability >= (float)threshold ? 1.0f : 0.0f);
        positive += class > 0;
        rows++;
    }
    ck_assert_int_gt(positive, 0);
    ck_assert_int_lt(positive, rows);
    segml_route_free(route);
}

START_TEST(each_model_decides_by_its_own_threshold)
{
    table t = table_with_small_group();
    segml_train_options options = quick_options();
    segml_model *model = train_table(&t, &options, 0);
    double global = record_of(model, SEGML_GROUP_INDEX_GLOBAL).threshold, first;
    double pooled = record_of(model, SEGML_GROUP_INDEX_OVERALL).threshold;
    int differing = 0;

    first = record_of(model, 0).threshold;
    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        double threshold = record_of(model, g).threshold;

        ck_assert(threshold > 0 && threshold < 1);
        differing += threshold != pooled && threshold != global && threshold != first;
    }
    ck_assert_int_ge(differing, 3);
    assert_class_flips_at(model, &t, 0, first);
    assert_class_flips_at(model, &t, 5, record_of(model, 5).threshold);
    ck_assert_double_eq(record_of(model, SEED_GROUPS).threshold, global); /* the small group */
    assert_class_flips_at(model, &t, 100, global);
    assert_class_flips_at(model, &t, 7777, global); /* never seen */
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_fixed_threshold_holds_for_all)
{
    table t = table_with_small_group();
    segml_train_options options = quick_options();
    segml_model *model;

    options.threshold = 0.5;
    model = train_table(&t, &options, 0);
    for (int64_t g = SEGML_GROUP_INDEX_OVERALL; g <= SEED_GROUPS; g++) {
        ck_assert_double_eq(record_of(model, g).threshold, 0.5);
        ck_assert_double_eq(metric_of(model, g, "f1"), metric_of(model, g, "f1_at_half"));
    }
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(without_a_global_model_the_pooled_threshold_decides)
{
    table t = table_with_small_group();
    segml_train_options options = quick_options();
    segml_model *model;

    options.fallback = -1;
    model = train_table(&t, &options, 0);
    ck_assert_double_eq(record_of(model, SEED_GROUPS).threshold,
                        record_of(model, SEGML_GROUP_INDEX_OVERALL).threshold);
    ck_assert_int_eq(record_of(model, SEED_GROUPS).metric_count, 0);
    ck_assert_int_gt(record_of(model, SEGML_GROUP_INDEX_OVERALL).metric_count, 20);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Metrics with intervals, by task: objective, names. */
static const struct {
    const char *objective;
    const char *names[3];
} with_intervals[] = {{"binary", {"log_loss", "f1", "accuracy"}},
                      {"multiclass", {"log_loss", "f1_macro", "accuracy"}},
                      {"regression", {"rmse", "mae", NULL}},
                      {"poisson", {"deviance", "mae", NULL}}};

START_TEST(intervals_surround_their_metrics)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *model;

    options.objective = with_intervals[_i].objective;
    options.trials = 1;
    for (int64_t i = 0; i < ROWS && _i == 1; i++) /* a third class */
        t.y[i] += t.x[i * SEED_FEATURES] > 0.8f;
    model = train_table(&t, &options, 0);
    for (int64_t g = SEGML_GROUP_INDEX_OVERALL; g < SEED_GROUPS; g++) {
        for (int k = 0; k < 3 && with_intervals[_i].names[k] != NULL; k++) {
            const char *name = with_intervals[_i].names[k];
            char low[64], high[64];

            snprintf(low, sizeof low, "%s_low", name);
            snprintf(high, sizeof high, "%s_high", name);
            ck_assert_msg(metric_of(model, g, low) < metric_of(model, g, name), "%s", name);
            ck_assert_msg(metric_of(model, g, name) < metric_of(model, g, high), "%s", name);
        }
    }
    ck_assert_int_eq(isnan(record_of(model, 0).threshold) != 0, _i > 0); /* only of binary */
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(the_overall_record_tells_how_the_groups_differ)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *model = train_table(&t, &options, 0);
    double worst = 0, sum = 0;

    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        double loss = metric_of(model, g, "log_loss");

        worst = loss > worst ? loss : worst;
        sum += loss;
    }
    ck_assert_double_eq_tol(metric_of(model, SEGML_GROUP_INDEX_OVERALL, "log_loss_worst"), worst,
                            1e-12);
    ck_assert_double_eq_tol(metric_of(model, SEGML_GROUP_INDEX_OVERALL, "log_loss_macro"),
                            sum / SEED_GROUPS, 1e-12);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Pearson's r of a feature with the label over rows of a key, -1 = all; by the textbook. */
static double
correlation(const table *t, int64_t store, int64_t feature)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    for (int64_t i = 0; i < t->rows; i++) {
        double a = (double)t->x[i * t->features + feature], b = (double)t->y[i];

        if (store >= 0 && t->key[i] != store)
            continue;
        n++, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    return (n * xy - x * y) / sqrt((n * xx - x * x) * (n * yy - y * y));
}

START_TEST(the_history_has_a_line_for_each_model)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *model = train_table(&t, &options, 0);
    segml_history *history = NULL;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_history_open(&history, model, &err) == SEGML_OK, "%s", err.message);
    for (int64_t g = SEGML_GROUP_INDEX_GLOBAL; g < SEED_GROUPS; g++) {
        segml_history_info info = SEGML_HISTORY_INFO_INIT;

        ck_assert_int_eq(segml_history_get(history, g, &info, &err), SEGML_OK);
        ck_assert_int_lt(info.chosen, info.trials > 0 ? info.trials : 0);
        for (int64_t j = 0; j < SEED_FEATURES; j++)
            ck_assert_double_eq_tol(info.correlations[j], correlation(&t, g, j), 1e-9);
    }
    segml_history_free(history);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_history_that_is_not_wanted_is_not_there)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_history *history = NULL;
    segml_model *model;
    size_t size;

    options.trials = 1;
    options.history = -1;
    options.fallback = -1;
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(segml_history_open(&history, model, NULL), SEGML_E_NOT_FOUND);
    ck_assert_ptr_null(history);
    ck_assert_ptr_null(artifact_member(model, "history.jsonl", &size));
    segml_model_free(model);
    table_free(&t);
}
END_TEST

static const char *
text_option(const segml_model *model, const char *name)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_text_count; i++) {
        if (strcmp(info.option_texts[i].name, name) == 0)
            return info.option_texts[i].text;
    }
    ck_abort_msg("no option %s", name);
    return NULL;
}

START_TEST(options_that_are_texts_are_stated)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *model;

    options.trials = 1;
    options.fallback = -1;
    options.sampler = "random";
    options.threshold_metric = "mcc";
    model = train_table(&t, &options, 0);
    ck_assert_str_eq(text_option(model, "sampler"), "random");
    ck_assert_str_eq(text_option(model, "validation"), "holdout");
    ck_assert_str_eq(text_option(model, "metric"), "loss");
    ck_assert_str_eq(text_option(model, "pruner"), "none");
    ck_assert_str_eq(text_option(model, "space"), "default");
    ck_assert_str_eq(text_option(model, "points"), "default");
    ck_assert_str_eq(text_option(model, "threshold_metric"), "mcc");
    segml_model_free(model);
    table_free(&t);
}
END_TEST

TCase *
records_tests(void)
{
    TCase *tc = tcase_create("records");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, each_model_decides_by_its_own_threshold);
    tcase_add_test(tc, a_fixed_threshold_holds_for_all);
    tcase_add_test(tc, without_a_global_model_the_pooled_threshold_decides);
    tcase_add_loop_test(tc, intervals_surround_their_metrics, 0,
                        (int)(sizeof with_intervals / sizeof *with_intervals));
    tcase_add_test(tc, the_overall_record_tells_how_the_groups_differ);
    tcase_add_test(tc, the_history_has_a_line_for_each_model);
    tcase_add_test(tc, a_history_that_is_not_wanted_is_not_there);
    tcase_add_test(tc, options_that_are_texts_are_stated);
    return tc;
}
