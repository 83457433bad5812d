/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparisons: what stands in them is what separate trainings give, to the last bit, and nested
 * predictions are those of models that were trained without the predicted rows.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { GLOBAL, XGBOOST, UNTUNED, TUNED, APPROACHES, BYTES = 1 << 20 };

static const segml_value xgboost_defaults[] = {
    {"learning_rate", 0.3},  {"max_depth", 6},  {"min_child_weight", 1}, {"subsample", 1},
    {"colsample_bytree", 1}, {"reg_lambda", 1}, {"reg_alpha", 0},        {"gamma", 0},
    {"max_bin", 256},        {"max_leaves", 0}, {"rounds", 100}};

static segml_train_options
few_trials(void)
{
    segml_train_options options = quick_options();

    options.folds = 3;
    options.min_rows = 30; /* also without an outer fold of 60 rows */
    options.seed = 7;
    return options;
}

/* What an approach is, said by the options of a training call. */
static segml_train_options
approach_options(segml_train_options options, int approach)
{
    if (approach == XGBOOST || approach == UNTUNED)
        options.trials = 1;
    if (approach == XGBOOST) {
        options.params = xgboost_defaults;
        options.param_count = sizeof xgboost_defaults / sizeof *xgboost_defaults;
    }
    return options;
}

static segml_comparison *
compare_table(const table *t, const segml_train_options *train, int32_t honest, int32_t used)
{
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_dataset *dataset = table_dataset(t);
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc;

    options.train = train;
    options.honest = honest;
    options.outer_folds = honest && t->fold == NULL ? 3 : 0;
    options.outer_used = used;
    rc = segml_compare(&comparison, dataset, &options, &err);
    ck_assert_msg(rc == SEGML_OK, "%s: %s", segml_status_name(rc), err.message);
    segml_dataset_free(dataset);
    return comparison;
}

static segml_comparison_cell
cell_of(const segml_comparison *comparison, int64_t approach, int64_t group)
{
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_comparison_get(comparison, approach, group, &cell, &err) == SEGML_OK, "%s",
                  err.message);
    return cell;
}

static double
value_of(const segml_value *values, int64_t count, const char *name)
{
    for (int64_t i = 0; i < count; i++) {
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    }
    return (double)NAN;
}

/* Every metric of the cell that the record has, and that these are not few. */
static void
assert_same_metrics(const segml_comparison_cell *cell, const segml_model *model, int64_t group)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    int same = 0;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.metric_count; i++) {
        const char *name = info.metrics[i].name;

        for (int64_t k = 0; k < cell->metric_count; k++) {
            if (strcmp(cell->metrics[k].name, name) != 0)
                continue;
            same++;
            ck_assert_msg(memcmp(&cell->metrics[k].value, &info.metrics[i].value, 8) == 0 ||
                              (isnan(cell->metrics[k].value) && isnan(info.metrics[i].value)),
                          "group %d, %s: %.17g is not %.17g", (int)group, name,
                          cell->metrics[k].value, info.metrics[i].value);
        }
    }
    ck_assert_int_ge(same, 7);
}

/* A cell against the record of a model that was trained alone. */
static void
assert_same_group(const segml_comparison *comparison, int approach, const segml_model *model,
                  int64_t group)
{
    segml_comparison_cell cell = cell_of(comparison, approach, group);
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    ck_assert_int_eq(cell.status, info.status);
    ck_assert_int_eq(cell.rounds, info.rounds);
    ck_assert_str_eq(cell.message, info.message);
    ck_assert_int_eq(cell.param_count, info.param_count);
    for (int64_t i = 0; i < info.param_count; i++) {
        ck_assert_str_eq(cell.params[i].name, info.params[i].name);
        ck_assert_double_eq(cell.params[i].value, info.params[i].value);
    }
    if (!isnan(info.threshold))
        ck_assert_double_eq(cell.threshold, info.threshold);
    assert_same_metrics(&cell, model, group);
}

/*
 * fallback: a group without a model of its own, which the untuned approaches score by the tuned
 * global model, and trainings alone by one that is as untuned as they are; -1 = none.
 */
static void
assert_same_as_trained_alone(const table *t, const segml_train_options *train, int64_t fallback)
{
    segml_comparison *comparison = compare_table(t, train, 0, 0);

    for (int a = 0; a < APPROACHES; a++) {
        segml_train_options options = approach_options(*train, a);
        segml_model *model = train_table(t, &options, a == GLOBAL);
        segml_comparison_cell overall = cell_of(comparison, a, SEGML_GROUP_INDEX_OVERALL);
        int tuned = a == GLOBAL || a == TUNED;

        for (int64_t g = 0; g < 8; g++) {
            if (tuned || g != fallback)
                assert_same_group(comparison, a, model, g);
        }
        if (tuned || fallback < 0)
            assert_same_metrics(&overall, model, SEGML_GROUP_INDEX_OVERALL);
        segml_model_free(model);
    }
    segml_comparison_free(comparison);
}

START_TEST(approaches_are_what_separate_trainings_give)
{
    table t = table_seed(800);
    segml_train_options options = few_trials();

    assert_same_as_trained_alone(&t, &options, -1);
    table_free(&t);
}
END_TEST

/* What trained stands in the comparison: the global model is never of exact trees. */
START_TEST(the_engines_of_all_approaches_are_named)
{
    table t = table_seed(480);
    segml_train_options options = few_trials();
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    segml_comparison *comparison;
    const char *second;

    options.tree_method = "exact";
    comparison = compare_table(&t, &options, 0, 0);
    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, NULL), SEGML_OK);
    second = strstr(info.engine, " (hist), ");
    ck_assert_msg(second != NULL, "%s", info.engine);
    ck_assert_int_eq(strncmp(info.engine, second + 9, (size_t)(second - info.engine)), 0);
    ck_assert_str_eq(second + 9 + (second - info.engine), " (exact)");
    segml_comparison_free(comparison);
    options.tree_method = NULL;
    comparison = compare_table(&t, &options, 0, 0);
    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, NULL), SEGML_OK);
    ck_assert_ptr_null(strchr(info.engine, ','));
    ck_assert_ptr_nonnull(strstr(info.engine, " (hist)"));
    segml_comparison_free(comparison);
    table_free(&t);
}
END_TEST

/* A label of another kind, made of the features; weights, and groups that get no own model. */
static table
other_table(const char *objective)
{
    table t = table_seed(480);

    t.weight = calloc((size_t)t.rows, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int64_t i = 0; i < t.rows; i++) {
        const float *x = t.x + i * t.features;
        float score = x[0] + (float)(t.key[i] % 3) * x[1];

        t.weight[i] = (float)(i % 4) * 0.5f;
        t.y[i] = strcmp(objective, "regression") == 0   ? score
                 : strcmp(objective, "multiclass") == 0 ? (score > 0.5f) + (score > -0.5f)
                                                        : floorf(expf(score));
        if (t.key[i] == 3)
            t.y[i] = 1; /* one label */
    }
    return t;
}

START_TEST(other_tasks_weights_and_fallbacks_are_the_same_too)
{
    static const char *const objectives[] = {"regression", "multiclass", "poisson"};
    table t = other_table(objectives[_i]);
    segml_train_options options = few_trials();

    options.objective = objectives[_i];
    assert_same_as_trained_alone(&t, &options, 3);
    table_free(&t);
}
END_TEST

static size_t
saved_bytes(const segml_comparison *comparison, char *bytes)
{
    segml_error err = SEGML_ERROR_INIT;
    size_t size = 0;

    ck_assert_msg(segml_comparison_save_memory(comparison, bytes, BYTES, &size, &err) == SEGML_OK,
                  "%s", err.message);
    return size;
}

static float *
predictions_of(const segml_comparison *comparison, int64_t approach, int64_t rows)
{
    float *values = malloc((size_t)rows * sizeof *values);
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_ptr_nonnull(values);
    ck_assert_int_eq(segml_comparison_predictions(comparison, approach, values, rows - 1, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_msg(segml_comparison_predictions(comparison, approach, values, rows, &err) ==
                      SEGML_OK,
                  "%s", err.message);
    return values;
}

START_TEST(same_bytes_for_any_jobs_and_order_of_rows)
{
    static char bytes[2][BYTES];
    table t = table_seed(480), shuffled = table_shuffle(&t, 99);
    segml_train_options options = few_trials();
    segml_comparison *first = compare_table(&t, &options, _i, 0), *second;
    size_t size = saved_bytes(first, bytes[0]);
    float *a = predictions_of(first, TUNED, t.rows), *b;

    options.jobs = 1;
    second = compare_table(&shuffled, &options, _i, 0);
    b = predictions_of(second, TUNED, t.rows);
    ck_assert_uint_eq(saved_bytes(second, bytes[1]), size);
    ck_assert_mem_eq(bytes[0], bytes[1], size);
    /* No two rows have the same features. */
    for (int64_t i = 0; i < t.rows; i++) {
        int64_t j = 0;

        while (memcmp(t.x + i * 3, shuffled.x + j * 3, 3 * sizeof *t.x) != 0)
            j++;
        ck_assert_float_eq(a[i], b[j]);
    }
    free(b);
    free(a);
    segml_comparison_free(second);
    segml_comparison_free(first);
    table_free(&shuffled);
    table_free(&t);
}
END_TEST

/* Predictions of a model for the rows that have one in `marked`. */
static void
assert_predicts(const segml_model *model, const table *t, const float *marked)
{
    int64_t predicted = 0;

    for (int64_t i = 0; i < t->rows; i++) {
        const segml_key key = SEGML_KEY_INT64_VALUE(t->key[i]);
        segml_route *route = NULL;
        float p = -1;

        if (isnan(marked[i]))
            continue;
        predicted++;
        ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
        ck_assert_int_eq(
            segml_route_predict(route, SEGML_OUTPUT_PREDICTION, t->x + i * 3, 3, &p, 1), SEGML_OK);
        ck_assert_float_eq(p, marked[i]);
        segml_route_free(route);
    }
    ck_assert_int_eq(predicted, t->rows / 3);
}

/*
 * A training that never had the labels of the first outer fold, nor counted its rows, predicts
 * them exactly as the nested evaluation does: so that one cannot have seen them either.
 */
START_TEST(nested_predictions_are_those_of_models_without_the_rows)
{
    table t = table_seed(480);
    segml_train_options train = few_trials();
    segml_comparison *comparison = compare_table(&t, &train, 1, 1);
    segml_comparison *whole = compare_table(&t, &train, 1, 0);
    table hidden = table_seed(480);

    hidden.weight = calloc((size_t)t.rows, sizeof *hidden.weight);
    ck_assert_ptr_nonnull(hidden.weight);
    for (int a = 0; a < APPROACHES; a++) {
        segml_train_options options = approach_options(train, a);
        float *marked = predictions_of(comparison, a, t.rows);
        float *all = predictions_of(whole, a, t.rows);
        segml_model *model;

        for (int64_t i = 0; i < t.rows; i++) {
            hidden.weight[i] = isnan(marked[i]) ? 1 : 0;
            hidden.y[i] = isnan(marked[i]) ? t.y[i] : 0;
            ck_assert(all[i] > 0 && all[i] < 1);
            if (!isnan(marked[i]))
                ck_assert_float_eq(all[i], marked[i]);
        }
        model = train_table(&hidden, &options, a == GLOBAL);
        assert_predicts(model, &t, marked);
        segml_model_free(model);
        free(all);
        free(marked);
    }
    segml_comparison_free(whole);
    segml_comparison_free(comparison);
    table_free(&hidden);
    table_free(&t);
}
END_TEST

/* The table with folds or times; labels of the rows that must not matter are spoilt. */
static segml_comparison *
compare_in_folds(int ordered, int spoilt)
{
    table t = table_seed(480);
    segml_train_options train = few_trials();
    segml_comparison *comparison;

    train.folds = ordered ? 3 : 0;
    train.min_rows = 6;
    if (ordered)
        t.time = calloc((size_t)t.rows, sizeof *t.time);
    else
        t.fold = calloc((size_t)t.rows, sizeof *t.fold);
    for (int64_t i = 0; i < t.rows; i++) {
        int64_t place = i % 60 * 7 % 60; /* of a row in its group */

        if (ordered)
            t.time[i] = (double)place;
        else
            t.fold[i] = (int32_t)(place % 3);
        if (spoilt && (ordered ? place >= 15 : t.fold[i] == 0))
            t.y[i] = seed_draw(77, (uint64_t)i + 1) < 0.5 ? 0 : 1;
    }
    comparison = compare_table(&t, &train, 1, 1);
    table_free(&t);
    return comparison;
}

/* Given folds: the first third. In order of time: the second quarter, from the first alone. */
START_TEST(labels_of_an_outer_fold_do_not_matter_for_its_predictions)
{
    segml_comparison *clean = compare_in_folds(_i, 0), *spoilt = compare_in_folds(_i, 1);
    int64_t own = 0;

    for (int a = 0; a < APPROACHES; a++) {
        float *expected = predictions_of(clean, a, 480), *p = predictions_of(spoilt, a, 480);

        for (int64_t i = 0; i < 480; i++) {
            int64_t place = i % 60 * 7 % 60;
            int held = _i ? place >= 15 && place < 30 : place % 3 == 0;

            ck_assert_int_eq(isnan(expected[i]), !held);
            ck_assert(isnan(p[i]) ? !held : p[i] == expected[i]);
        }
        free(p);
        free(expected);
    }
    for (int64_t g = 0; g < 8; g++)
        own += cell_of(clean, UNTUNED, g).status == SEGML_GROUP_TRAINED;
    ck_assert_int_gt(own, 0);
    segml_comparison_free(spoilt);
    segml_comparison_free(clean);
}
END_TEST

START_TEST(nested_evaluation_scores_the_folds_that_it_uses)
{
    table t = table_seed(480);
    segml_train_options train = few_trials();
    segml_comparison *comparison = compare_table(&t, &train, 1, 2);
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    segml_comparison_cell cell = cell_of(comparison, TUNED, SEGML_GROUP_INDEX_OVERALL);
    float *p = predictions_of(comparison, TUNED, t.rows);
    double loss = 0;

    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.evaluation, SEGML_EVALUATION_NESTED);
    ck_assert_int_eq(info.outer_folds, 3);
    ck_assert_int_eq(info.outer_used, 2);
    ck_assert_int_eq(info.folds, 3);
    ck_assert_int_eq(info.scored, 320);
    for (int64_t i = 0; i < t.rows; i++)
        loss -= isnan(p[i]) ? 0 : log(t.y[i] > 0 ? (double)p[i] : 1 - (double)p[i]) / 320;
    ck_assert_double_eq_tol(value_of(cell.metrics, cell.metric_count, "log_loss"), loss, 1e-6);
    ck_assert_double_nan(value_of(cell.metrics, cell.metric_count, "log_loss_unsearched"));
    ck_assert(cell.threshold > 0 && cell.threshold < 1);
    ck_assert_int_eq(cell_of(comparison, TUNED, 0).status, SEGML_GROUP_TRAINED);
    ck_assert_int_gt(cell_of(comparison, TUNED, 0).rounds, 0);
    free(p);
    segml_comparison_free(comparison);
    table_free(&t);
}
END_TEST

START_TEST(groups_without_own_model_are_scored_by_the_global_one)
{
    table t = table_seed(480);
    segml_train_options train = few_trials();
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;
    segml_comparison *comparison;
    float *global, *tuned;

    for (int64_t i = 0; i < t.rows; i++)
        t.y[i] = t.key[i] == 5 ? 1 : t.y[i];
    comparison = compare_table(&t, &train, _i, 0);
    global = predictions_of(comparison, GLOBAL, t.rows);
    tuned = predictions_of(comparison, TUNED, t.rows);
    for (int64_t i = 0; i < t.rows; i++) {
        if (t.key[i] == 5)
            ck_assert_float_eq(global[i], tuned[i]);
    }
    ck_assert_int_eq(segml_comparison_get_group(comparison, 5, &group, NULL), SEGML_OK);
    ck_assert_int_eq(group.verdict, SEGML_VERDICT_NONE);
    for (int a = XGBOOST; a <= TUNED; a++) {
        segml_comparison_cell cell = cell_of(comparison, a, 5);

        ck_assert_int_eq(cell.status, SEGML_GROUP_ONE_CLASS);
        ck_assert_msg(strstr(cell.message, "one class") != NULL, "%s", cell.message);
        ck_assert_int_eq(cell.rounds, 0);
        ck_assert_double_eq(cell.estimates[0].difference, 0);
        ck_assert_double_eq(cell.estimates[0].difference_high, 0);
    }
    free(tuned);
    free(global);
    segml_comparison_free(comparison);
    table_free(&t);
}
END_TEST

START_TEST(rows_that_are_too_few_are_no_comparison)
{
    table t = table_seed(24);
    segml_train_options train = few_trials();
    segml_dataset *dataset = table_dataset(&t);
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_comparison *comparison = (segml_comparison *)&t;
    segml_error err = SEGML_ERROR_INIT;

    options.train = &train;
    ck_assert_int_eq(segml_compare(&comparison, dataset, &options, &err), SEGML_E_DATA);
    ck_assert_ptr_null(comparison);
    ck_assert_msg(strstr(err.message, "nothing to compare: 24 rows") != NULL, "%s", err.message);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

START_TEST(options_out_of_range_are_named)
{
    static const struct {
        segml_compare_options options;
        const char *message;
    } bad[] = {
        {{sizeof bad[0].options, NULL, 2, 0, 0, 0}, "honest is 2: -1 to 1 is needed"},
        {{sizeof bad[0].options, NULL, 1, 1, 0, 0}, "outer_folds is 1: 2 to 100 is needed"},
        {{sizeof bad[0].options, NULL, 1, 4, 5, 0}, "outer_used is 5: 1 to 4 is needed"},
        {{sizeof bad[0].options, NULL, 0, 4, 0, 0}, "outer folds are given, but honest is off"},
    };
    table t = table_seed(24);
    segml_dataset *dataset = table_dataset(&t);
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(segml_compare(&comparison, dataset, &bad[i].options, &err),
                         SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, bad[i].message) != NULL, "%s", err.message);
    }
    ck_assert_int_eq(segml_compare(NULL, dataset, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_compare(&comparison, NULL, NULL, &err), SEGML_E_ARGUMENT);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

typedef struct visitor {
    double done, total;
    int64_t groups_done, groups_total;
    int calls, backwards, lines;
    int cancel_after; /* calls of progress; 0 = never */
} visitor;

static void
on_progress(const segml_progress *progress, void *user)
{
    visitor *v = user;

    v->calls++;
    v->backwards += progress->work_done < v->done || progress->groups_done < v->groups_done ||
                    (v->total > 0 && progress->work_total != v->total);
    v->done = progress->work_done;
    v->total = progress->work_total;
    v->groups_done = progress->groups_done;
    v->groups_total = progress->groups_total;
}

static int32_t
on_cancel(void *user)
{
    const visitor *v = user;

    return v->cancel_after > 0 && v->calls >= v->cancel_after;
}

static void
on_log(int32_t level, const char *message, void *user)
{
    visitor *v = user;

    v->lines += level == SEGML_LOG_INFO && strstr(message, "target label: binary") != NULL;
}

START_TEST(progress_spans_all_trainings)
{
    table t = table_seed(480);
    visitor v = {.calls = 0};
    segml_train_options train = few_trials();
    segml_comparison *comparison;

    train.progress = on_progress;
    train.cancel = on_cancel;
    train.log = on_log;
    train.user = &v;
    comparison = compare_table(&t, &train, 1, 2);
    ck_assert_int_ge(v.calls, 8);
    ck_assert_int_eq(v.backwards, 0);
    ck_assert_int_eq(v.lines, 1);
    ck_assert_double_eq_tol(v.done, v.total, 1e-6 * v.total);
    ck_assert_int_eq(v.groups_total, 2 * 4 * 8);
    ck_assert_int_eq(v.groups_done, v.groups_total);
    segml_comparison_free(comparison);
    table_free(&t);
}
END_TEST

START_TEST(a_comparison_can_be_cancelled)
{
    table t = table_seed(800);
    visitor v = {.cancel_after = 1 + 2 * _i};
    segml_train_options train = few_trials();
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_dataset *dataset = table_dataset(&t);
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;

    train.trials = 50;
    train.progress = on_progress;
    train.cancel = on_cancel;
    train.user = &v;
    options.train = &train;
    ck_assert_int_eq(segml_compare(&comparison, dataset, &options, &err), SEGML_E_CANCELLED);
    ck_assert_ptr_null(comparison);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

#if !SG_XGBOOST_LINKED
/* The module makes the boosting calls of the window fail, here those of one group. */
START_TEST(a_group_that_fails_makes_the_comparison_partial)
{
    table t = table_seed(480);
    segml_train_options train = few_trials();
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_dataset *dataset = table_dataset(&t);
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int failed = 0, rc;
    float *global, *tuned;

    train.jobs = 1;
    train.engine = "xgboost";
    train.xgboost_path = FAILING_XGBOOST;
    train.params = xgboost_defaults;
    train.param_count = sizeof xgboost_defaults / sizeof *xgboost_defaults;
    options.train = &train;
    /* Of 100 rounds each: 2 trials, 3 folds, a refit of the global model, then 1 + 3 + 1 of the
       groups: the window lies in the second approach and is wider than a group's fits. */
    setenv("SEGML_TEST_FAIL", "1200-1799", 1);
    rc = segml_compare(&comparison, dataset, &options, &err);
    unsetenv("SEGML_TEST_FAIL");
    ck_assert_msg(rc == SEGML_PARTIAL, "%s: %s", segml_status_name(rc), err.message);
    ck_assert_msg(strstr(err.message, "models failed; segmented-xgboost: group") != NULL, "%s",
                  err.message);
    global = predictions_of(comparison, GLOBAL, t.rows);
    tuned = predictions_of(comparison, XGBOOST, t.rows);
    for (int64_t g = 0; g < 8; g++) {
        segml_comparison_cell cell = cell_of(comparison, XGBOOST, g);

        if (cell.status != SEGML_GROUP_FAILED)
            continue;
        failed++;
        ck_assert_msg(strstr(cell.message, "made to fail") != NULL, "%s", cell.message);
        ck_assert_int_gt(cell.metric_count, 0);
        for (int64_t i = 0; i < t.rows; i++)
            ck_assert(t.key[i] != g || global[i] == tuned[i]);
    }
    ck_assert_int_ge(failed, 1);
    free(tuned);
    free(global);
    segml_comparison_free(comparison);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST
#endif

TCase *compare_tests(void);

TCase *
compare_tests(void)
{
    TCase *tc = tcase_create("compare");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, approaches_are_what_separate_trainings_give);
    tcase_add_test(tc, the_engines_of_all_approaches_are_named);
    tcase_add_loop_test(tc, other_tasks_weights_and_fallbacks_are_the_same_too, 0, 3);
    tcase_add_loop_test(tc, same_bytes_for_any_jobs_and_order_of_rows, 0, 2);
    tcase_add_test(tc, nested_predictions_are_those_of_models_without_the_rows);
    tcase_add_loop_test(tc, labels_of_an_outer_fold_do_not_matter_for_its_predictions, 0, 2);
    tcase_add_test(tc, nested_evaluation_scores_the_folds_that_it_uses);
    tcase_add_loop_test(tc, groups_without_own_model_are_scored_by_the_global_one, 0, 2);
    tcase_add_test(tc, rows_that_are_too_few_are_no_comparison);
    tcase_add_test(tc, options_out_of_range_are_named);
    tcase_add_test(tc, progress_spans_all_trainings);
    tcase_add_loop_test(tc, a_comparison_can_be_cancelled, 0, 3);
#if !SG_XGBOOST_LINKED
    tcase_add_test(tc, a_group_that_fails_makes_the_comparison_partial);
#endif
    return tc;
}
