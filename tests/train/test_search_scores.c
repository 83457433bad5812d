/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What trials are scored by: metrics computed once more, one set of parameters for all groups,
 * every task; searches that are refused, and groups that fail in them.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searching.h"
#include "seed_groups.h"

/*
 * One group, whose fold 0 trials are scored on. A model of the other rows alone, with the same
 * parameters and rounds, is what a trial trained: predicting fold 0 by it gives the metric once
 * more. Sixteen values per feature are binned alike with and without fold 0.
 */
static table
halves(void)
{
    table t = table_make(400, 3);

    t.fold = calloc(400, sizeof *t.fold);
    ck_assert_ptr_nonnull(t.fold);
    for (int64_t i = 0; i < t.rows; i++) {
        double score = -0.3;

        for (int64_t j = 0; j < 3; j++) {
            t.x[3 * i + j] = (float)floor(16 * seed_draw(31, (uint64_t)(3 * i + j + 1)));
            score += ((double)t.x[3 * i + j] - 7.5) / (8.0 * (double)(j + 1));
        }
        t.y[i] = seed_draw(32, (uint64_t)i + 1) < 1 / (1 + exp(-3 * score));
        t.fold[i] = (int32_t)(i % 2);
    }
    return t;
}

static const segml_value exact[] = {{"subsample", 1},        {"colsample_bytree", 1},
                                    {"min_child_weight", 1}, {"reg_lambda", 1},
                                    {"rounds", 15},          {"max_bin", 64}};

/* Probabilities of the rows of fold 0 by a model of the others. */
static void
predict_half(double *p, const table *t, const segml_param_set *set)
{
    table rest = table_make(t->rows / 2, t->features);
    segml_train_options options = quick_options();
    segml_predict_input in = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output out = SEGML_PREDICT_OUTPUT_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_model *model;
    segml_error err = SEGML_ERROR_INIT;
    float *values = malloc((size_t)t->rows * sizeof *values);

    ck_assert_ptr_nonnull(values);
    for (int64_t i = 0; i < rest.rows; i++) {
        memcpy(rest.x + 3 * i, t->x + 3 * (2 * i + 1), 3 * sizeof *t->x);
        rest.y[i] = t->y[2 * i + 1];
    }
    options.fallback = -1;
    options.trials = 1;
    options.params = exact;
    options.param_count = 6;
    options.points = set;
    options.point_count = 1;
    model = train_table(&rest, &options, 0);
    key.type = SEGML_KEY_INT64;
    key.data = t->key;
    in.rows = t->rows;
    in.features = t->features;
    in.data = t->x;
    in.keys = &key;
    in.key_count = 1;
    out.values = values;
    out.capacity = t->rows;
    ck_assert_msg(segml_model_predict(model, &in, SEGML_OUTPUT_PREDICTION, &out, &err) == SEGML_OK,
                  "%s", err.message);
    for (int64_t i = 0; i < t->rows / 2; i++)
        p[i] = (double)values[2 * i];
    free(values);
    segml_model_free(model);
    table_free(&rest);
}

/* By their definitions, pair by pair. */
static double
recompute(const char *metric, const table *t, const double *p)
{
    double pairs = 0, right = 0, hits = 0, false_hits = 0, misses = 0;

    for (int64_t i = 0; i < t->rows / 2; i++) {
        int positive = t->y[2 * i] > 0.5f;

        hits += positive && p[i] >= 0.5;
        misses += positive && p[i] < 0.5;
        false_hits += !positive && p[i] >= 0.5;
        for (int64_t k = 0; k < t->rows / 2 && positive; k++) {
            if (t->y[2 * k] > 0.5f)
                continue;
            pairs++;
            right += p[i] > p[k] ? 1 : p[i] < p[k] ? 0 : 0.5;
        }
    }
    return strcmp(metric, "f1") == 0 ? 2 * hits / (2 * hits + misses + false_hits) : right / pairs;
}

START_TEST(the_trial_of_the_best_metric_is_chosen)
{
    static const char *const metrics[] = {"f1", "roc_auc"};
    table t = halves();
    segml_train_options options = quick_options();
    segml_model *model;
    segml_history *history;
    segml_history_info search;
    double p[200], best = -1;
    int chosen = -1;

    options.fallback = -1;
    options.trials = 4;
    options.metric = metrics[_i];
    options.params = exact;
    options.param_count = 6;
    options.points = list;
    options.point_count = 4;
    model = train_table(&t, &options, 0);
    history = history_of(model);
    search = search_of(history, 0);
    ck_assert_int_eq(search.trials, 4);
    for (int k = 0; k < 4; k++) {
        double value;

        predict_half(p, &t, &list[k]);
        value = recompute(metrics[_i], &t, p);
        ck_assert_double_eq_tol(1 - search.values[k], value, 1e-9);
        chosen = value > best ? k : chosen;
        best = value > best ? value : best;
    }
    ck_assert_int_eq(search.chosen, chosen);
    ck_assert_double_eq(param_of(model, 0, "max_depth"), listed[chosen][0].value);
    segml_history_free(history);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Six groups: of 200, 200, 200 and 60 rows, of one class, of 20 rows. */
static table
uneven_groups(void)
{
    table t = table_seed(SEED_GROUPS * GROUP_ROWS);

    t.rows = 5 * GROUP_ROWS;
    for (int64_t i = 0; i < t.rows; i++) {
        int64_t within = i % GROUP_ROWS;

        if (t.key[i] == 1 && t.y[i] > 0.5f)
            t.y[i] = within % 3 == 0; /* a group with another base rate */
        else if (t.key[i] == 3)
            t.key[i] = within < 60 ? 3 : within < 80 ? 5 : 0;
        else if (t.key[i] == 4)
            t.y[i] = 1;
    }
    return t;
}

/* Mean Hessian of the logistic loss at a group's base rate. */
static double
hessian_of(const table *t, int64_t key)
{
    double rows = 0, positive = 0;

    for (int64_t i = 0; i < t->rows; i++) {
        rows += t->key[i] == key;
        positive += t->key[i] == key && t->y[i] > 0.5f;
    }
    return positive / rows * (1 - positive / rows);
}

START_TEST(shared_parameters_are_the_same_but_for_what_hessians_scale)
{
    static const char *const same[] = {"learning_rate",    "max_depth", "subsample",
                                       "colsample_bytree", "gamma",     "reg_alpha"};
    static const char *const scaled[] = {"min_child_weight", "reg_lambda"};
    table t = uneven_groups();
    segml_train_options options = search_options();
    segml_model *model;

    options.validation = "shared";
    model = train_table(&t, &options, 0);
    for (int g = 1; g < 4; g++) {
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
        for (int k = 0; k < 6; k++)
            ck_assert_double_eq(param_of(model, g, same[k]), param_of(model, 0, same[k]));
        for (int k = 0; k < 2; k++)
            ck_assert_double_eq_tol(param_of(model, g, scaled[k]) / hessian_of(&t, g),
                                    param_of(model, 0, scaled[k]) / hessian_of(&t, 0), 1e-6);
    }
    ck_assert_double_ne(param_of(model, 1, "reg_lambda"), param_of(model, 0, "reg_lambda"));
    ck_assert_int_eq(status_of(model, 4, NULL), SEGML_GROUP_ONE_CLASS);
    ck_assert_int_eq(status_of(model, 5, NULL), SEGML_GROUP_TOO_FEW_ROWS);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* What is asked for by value is taken by value. */
START_TEST(shared_parameters_of_a_list_are_taken_as_they_are)
{
    static const segml_value set[2] = {{"min_child_weight", 2}, {"reg_lambda", 3}};
    static const segml_param_set only = {set, 2};
    table t = uneven_groups();
    segml_train_options options = search_options();
    segml_model *model;

    options.validation = "shared";
    options.points = &only;
    options.point_count = options.trials = 1;
    model = train_table(&t, &options, 0);
    for (int g = 0; g < 4; g++) {
        ck_assert_double_eq(param_of(model, g, "min_child_weight"), 2);
        ck_assert_double_eq(param_of(model, g, "reg_lambda"), 3);
    }
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Trained with the first sets of the list, and rounds that are given. */
static segml_model *
train_list(const table *t, const char *validation)
{
    segml_train_options options = search_options();

    options.validation = validation;
    options.params = exact;
    options.param_count = 6;
    options.points = list;
    options.point_count = options.trials = 4;
    return train_table(t, &options, 0);
}

/*
 * A trial's loss is the groups' mean by their rows, 320, 200 and 200, as searches of their own
 * tell it; the group of 60 rows has no part in the search, but its model is by what it found.
 */
START_TEST(a_shared_search_is_told_with_every_model_that_follows_from_it)
{
    table t = uneven_groups();
    segml_model *alone = train_list(&t, "holdout"), *together = train_list(&t, "shared");
    segml_history *of_alone = history_of(alone), *of_together = history_of(together);
    double mean[4];
    int best = 0;

    for (int k = 0; k < 4; k++) {
        mean[k] = (320 * search_of(of_alone, 0).values[k] + 200 * search_of(of_alone, 1).values[k] +
                   200 * search_of(of_alone, 2).values[k]) /
                  720;
        best = mean[k] < mean[best] ? k : best;
    }
    for (int g = 0; g < 4; g++) {
        segml_history_info search = search_of(of_together, g);

        ck_assert_int_eq(search.trials, 4);
        ck_assert_int_eq(search.chosen, best);
        for (int k = 0; k < 4; k++) {
            ck_assert_double_eq_tol(search.values[k], mean[k], 1e-9);
            ck_assert_int_eq(search.rounds[k], 15);
            ck_assert_int_eq(search.states[k], SEGML_TRIAL_COMPLETE);
        }
        ck_assert_double_eq(param_of(together, g, "max_depth"), listed[best][0].value);
    }
    for (int g = 4; g < 6; g++) { /* without a model */
        ck_assert_int_eq(search_of(of_together, g).trials, 0);
        ck_assert_int_eq(search_of(of_together, g).chosen, -1);
    }
    segml_history_free(of_alone);
    segml_history_free(of_together);
    segml_model_free(alone);
    segml_model_free(together);
    table_free(&t);
}
END_TEST

/* Lines that advise a shared search. */
static void
count_advice(int32_t level, const char *message, void *user)
{
    static const char advice[] =
        "note: most groups have fewer than 1,000 rows; one parameter set for all of them "
        "(validation \"shared\") usually predicts better than one that is searched for each";

    *(int *)user += level == SEGML_LOG_INFO && strcmp(message, advice) == 0;
}

/* Groups of so many rows each, of which the last one may be cut; so many rows in all. */
static const struct {
    const char *validation;
    int32_t trials, global;
    int64_t of_group, rows;
    int lines;
} advised[] = {
    {"holdout", 2, 0, 200, 600, 1},   {"holdout", 2, 0, 999, 1998, 1},
    {"shared", 2, 0, 200, 600, 0},    {"kfold", 2, 0, 200, 600, 0},
    {"holdout", 1, 0, 200, 600, 0},   {"holdout", 2, 1, 200, 600, 0},
    {"holdout", 2, 0, 200, 200, 0},   {"holdout", 2, 0, 1000, 2000, 0},
    {"holdout", 2, 0, 1000, 1200, 0},
};

START_TEST(a_shared_search_is_advised_where_most_groups_are_small)
{
    table t = table_seed(SEED_GROUPS * advised[_i].of_group);
    segml_train_options options = search_options();
    int lines = 0;

    t.rows = advised[_i].rows;
    options.validation = advised[_i].validation;
    options.trials = advised[_i].trials;
    options.log = count_advice;
    options.user = &lines;
    segml_model_free(train_table(&t, &options, advised[_i].global));
    ck_assert_int_eq(lines, advised[_i].lines);
    table_free(&t);
}
END_TEST

/* Labels of three classes, numbers, or counts; a fifth of the rows weighs nothing. */
static table
labelled(int32_t task)
{
    table t = three_groups();

    t.weight = calloc((size_t)t.rows, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int64_t i = 0; i < t.rows; i++) {
        double score = (double)t.x[3 * i] + 0.5 * (double)t.y[i];

        t.weight[i] = i % 5 == 0 ? 0 : 1 + (float)(i % 2);
        t.y[i] = task == SEGML_TASK_MULTICLASS   ? (float)(score < -0.2  ? 0
                                                           : score < 0.6 ? 1
                                                                         : 2)
                 : task == SEGML_TASK_REGRESSION ? (float)score
                                                 : (float)floor(exp(score + 0.5));
    }
    return t;
}

START_TEST(every_task_is_searched_in_every_way)
{
    static const int32_t tasks[] = {SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    static const char *const metric[] = {"f1_macro", "mae", "d2"};
    static const char *const loss[] = {"log_loss", "rmse", "deviance"};
    int task = _i % 3, w = _i / 3;
    table t = labelled(tasks[task]), shuffled = table_shuffle(&t, 2);
    segml_train_options options = search_options();
    segml_model *model, *again;

    options.objective = segml_task_name(tasks[task]);
    options.validation = ways[w].validation;
    options.search_rows = ways[w].search_rows;
    options.metric = w % 2 == 0 ? "loss" : metric[task];
    options.jobs = 1;
    model = train_table(&t, &options, 0);
    options.jobs = 3;
    again = train_table(&shuffled, &options, 0);
    assert_same_artifact(model, again);
    for (int g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
        ck_assert(isfinite(metric_of(model, g, loss[task])));
    }
    segml_model_free(model);
    segml_model_free(again);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

static void
assert_refused(const segml_train_options *options, int status, const char *words)
{
    table t = three_groups();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    ck_assert_int_eq(try_to_train(&t, options, &model, &err), status);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" lacks \"%s\"", err.message, words);
    table_free(&t);
}

START_TEST(searches_that_make_no_sense_are_refused_before_they_begin)
{
    segml_dimension dims[9];
    segml_train_options options = search_options();

    options.xgboost_path = "/nonexistent/libxgboost.so"; /* is not looked for */
    for (int d = 0; d < 9; d++) {
        static const char *const names[9] = {"learning_rate",    "subsample", "gamma",
                                             "colsample_bytree", "reg_alpha", "reg_lambda",
                                             "min_child_weight", "max_depth", "max_delta_step"};

        dims[d] = (segml_dimension)SEGML_DIMENSION_INIT;
        dims[d].name = names[d];
        dims[d].kind = d < 7 ? SEGML_DIMENSION_FLOAT : SEGML_DIMENSION_INT;
        dims[d].low = 0.1;
        dims[d].high = 0.9;
    }
    dims[7].low = dims[8].low = 1;
    dims[7].high = dims[8].high = 9;
    options.metric = "f2";
    assert_refused(&options, SEGML_E_ARGUMENT, "\"f2\"");
    options.metric = "mae"; /* of numbers, and this is binary */
    assert_refused(&options, SEGML_E_ARGUMENT, "\"mae\"");
    options.metric = NULL;
    options.space = dims;
    assert_refused(&options, SEGML_E_ARGUMENT, "no dimension");
    options.space_count = 9;
    options.sampler = "grid";
    assert_refused(&options, SEGML_E_LIMIT, "1,000,000");
    options.sampler = NULL;
    dims[0].high = 0.05;
    assert_refused(&options, SEGML_E_ARGUMENT, "learning_rate");
    dims[0].high = 0.9;
    dims[4].low = 0;
    dims[4].logarithmic = 1;
    assert_refused(&options, SEGML_E_ARGUMENT, "reg_alpha");
    dims[4].logarithmic = 0;
    dims[3].name = "eta";
    assert_refused(&options, SEGML_E_ARGUMENT, "\"eta\"");
    dims[3].name = "gamma";
    assert_refused(&options, SEGML_E_ARGUMENT, "gamma");
    options.trials = -1;
    assert_refused(&options, SEGML_E_ARGUMENT, "trials is -1");
}
END_TEST

START_TEST(thresholds_are_refused_where_nothing_is_positive)
{
    static const int32_t tasks[] = {SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    table t = labelled(tasks[_i]);
    segml_train_options options = search_options();
    char words[128];

    snprintf(words, sizeof words, "are of binary targets; this one is %s",
             segml_task_name(tasks[_i]));
    options.objective = segml_task_name(tasks[_i]);
    options.threshold = 0.5;
    assert_refused(&options, SEGML_E_ARGUMENT, words);
    options.threshold = 0;
    options.threshold_metric = "mcc";
    assert_refused(&options, SEGML_E_ARGUMENT, words);
    options.threshold_metric = "f1"; /* the default, by its name */
    options.trials = 1;
    segml_model_free(train_table(&t, &options, 0));
    table_free(&t);
}
END_TEST

#if !SG_XGBOOST_LINKED
/*
 * Three groups of 200 rows and one of 110, boosting of which fails in every fit after two rounds:
 * it is told, and the others are searched, with it or without it, and trained.
 */
START_TEST(a_group_that_always_fails_stops_no_search)
{
    table t = table_seed(SEED_GROUPS * GROUP_ROWS);
    segml_train_options options = search_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    const char *message;

    t.rows = ROWS + 110;
    setenv("SEGML_TEST_FAIL_BELOW", "120", 1);
    options.engine = "xgboost";
    options.xgboost_path = FAILING_XGBOOST;
    options.validation = ways[_i].validation;
    options.search_rows = ways[_i].search_rows;
    options.trials = 3;
    ck_assert_int_eq(try_to_train(&t, &options, &model, &err), SEGML_PARTIAL);
    ck_assert_msg(strstr(err.message, "group 3 failed") != NULL, "%s", err.message);
    ck_assert_int_eq(status_of(model, 3, &message), SEGML_GROUP_FAILED);
    ck_assert_msg(strstr(message, "made to fail") != NULL, "%s", message);
    for (int g = 0; g < 3; g++)
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
    segml_model_free(model);
    table_free(&t);
}
END_TEST
#endif

TCase *
search_scores_tests(void)
{
    TCase *tc = tcase_create("search scores");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, the_trial_of_the_best_metric_is_chosen, 0, 2);
    tcase_add_test(tc, shared_parameters_are_the_same_but_for_what_hessians_scale);
    tcase_add_test(tc, shared_parameters_of_a_list_are_taken_as_they_are);
    tcase_add_test(tc, a_shared_search_is_told_with_every_model_that_follows_from_it);
    tcase_add_loop_test(tc, a_shared_search_is_advised_where_most_groups_are_small, 0,
                        (int)(sizeof advised / sizeof *advised));
    tcase_add_loop_test(tc, every_task_is_searched_in_every_way, 0, 3 * WAYS);
    tcase_add_test(tc, searches_that_make_no_sense_are_refused_before_they_begin);
    tcase_add_loop_test(tc, thresholds_are_refused_where_nothing_is_positive, 0, 3);
#if !SG_XGBOOST_LINKED
    tcase_add_loop_test(tc, a_group_that_always_fails_stops_no_search, 0, WAYS);
#endif
    return tc;
}
