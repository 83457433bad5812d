/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How trials are chosen, scored, limited: every validation, sampler and pruner on three of the
 * seed's groups; lists, spaces and samplers of the caller's; budgets; metrics.
 *
 * Where values are compared, no rows or columns are drawn, so that boosting does not depend on
 * the number of the trial.
 */

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { GROUPS = 3, GROUP_ROWS = 200, ROWS = GROUPS * GROUP_ROWS, TRIALS = 12 };

/* The first three groups of the seed's eight, of 200 rows each. */
static table
three_groups(void)
{
    table t = table_seed(SEED_GROUPS * GROUP_ROWS);

    t.rows = ROWS;
    return t;
}

static segml_train_options
search_options(void)
{
    segml_train_options options = quick_options();

    options.fallback = -1;
    options.trials = TRIALS;
    options.max_rounds = 20;
    return options;
}

/* Boosting that does not depend on random numbers. */
static const segml_value undrawn[2] = {{"subsample", 1}, {"colsample_bytree", 1}};

static segml_train_options
undrawn_options(void)
{
    segml_train_options options = search_options();

    options.params = undrawn;
    options.param_count = 2;
    return options;
}

/* Trains, whatever comes of it. */
static int
try_to_train(const table *t, const segml_train_options *options, segml_model **model,
             segml_error *err)
{
    segml_dataset *dataset = table_dataset(t);
    int rc = segml_train_segmented(model, dataset, options, err);

    segml_dataset_free(dataset);
    return rc;
}

static void
assert_same_artifact(const segml_model *a, const segml_model *b)
{
    size_t size_a, size_b;
    unsigned char *bytes_a = artifact_bytes(a, &size_a), *bytes_b = artifact_bytes(b, &size_b);

    ck_assert_uint_eq(size_a, size_b);
    ck_assert_mem_eq(bytes_a, bytes_b, size_a);
    free(bytes_a);
    free(bytes_b);
}

static void
assert_same_child(const segml_model *a, const segml_model *b, const char *path)
{
    size_t size_a, size_b;
    unsigned char *bytes_a = artifact_member(a, path, &size_a);
    unsigned char *bytes_b = artifact_member(b, path, &size_b);

    ck_assert_msg(bytes_a != NULL && bytes_b != NULL, "%s is missing", path);
    ck_assert_uint_eq(size_a, size_b);
    ck_assert_mem_eq(bytes_a, bytes_b, size_a);
    free(bytes_a);
    free(bytes_b);
}

static segml_group_info
group_of(const segml_model *model, int64_t group)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    return info;
}

static double
param_of(const segml_model *model, int64_t group, const char *name)
{
    segml_group_info info = group_of(model, group);

    for (int64_t i = 0; i < info.param_count; i++) {
        if (strcmp(info.params[i].name, name) == 0)
            return info.params[i].value;
    }
    return (double)NAN;
}

static segml_history *
history_of(const segml_model *model)
{
    segml_history *history = NULL;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_history_open(&history, model, &err) == SEGML_OK, "%s", err.message);
    return history;
}

static segml_history_info
search_of(const segml_history *history, int64_t group)
{
    segml_history_info info = SEGML_HISTORY_INFO_INIT;

    ck_assert_int_eq(segml_history_get(history, group, &info, NULL), SEGML_OK);
    return info;
}

/* Value of an option that the model tells; 0 = not there. */
static double
option_of(const segml_model *model, const char *name)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_count; i++) {
        if (strcmp(info.options[i].name, name) == 0)
            return info.options[i].value;
    }
    return 0;
}

/* Small groups are searched trial by trial; more than a quarter of search_rows in generations. */
static const struct {
    const char *validation, *sampler, *pruner;
    int64_t search_rows;
} schemes[] = {
    {"holdout", "tpe", "none", 0},          {"kfold", "tpe", "none", 0},
    {"shared", "tpe", "none", 0},           {"holdout", "tpe-univariate", "none", 0},
    {"holdout", "random", "median", 0},     {"holdout", "grid", "halving", 0},
    {"holdout", "tpe", "none", 120},        {"kfold", "tpe-univariate", "none", 400},
    {"holdout", "random", "halving", 400},  {"holdout", "tpe", "median", 400},
    {"shared", "tpe-univariate", "none", 120}, {"shared", "random", "none", 0},
};

START_TEST(any_jobs_and_order_of_rows_give_the_same_search)
{
    static const int32_t jobs[] = {2, 8};
    table t = three_groups(), shuffled = table_shuffle(&t, 5);
    segml_train_options options = search_options();
    segml_model *one, *many;

    options.validation = schemes[_i].validation;
    options.sampler = schemes[_i].sampler;
    options.pruner = schemes[_i].pruner;
    options.search_rows = schemes[_i].search_rows;
    options.jobs = 1;
    one = train_table(&t, &options, 0);
    for (int i = 0; i < 2; i++) {
        options.jobs = jobs[i];
        many = train_table(i == 0 ? &t : &shuffled, &options, 0);
        assert_same_artifact(one, many);
        segml_model_free(many);
    }
    segml_model_free(one);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

START_TEST(a_global_model_is_searched_alike_for_any_jobs)
{
    table t = three_groups(), shuffled = table_shuffle(&t, 6);
    segml_train_options options = search_options();
    segml_model *one, *many;

    options.validation = _i == 0 ? "kfold" : "shared"; /* of one model: as hold-out */
    options.trials = 9;                                /* two generations */
    options.fallback = 1;
    options.jobs = 1;
    one = train_table(&t, &options, _i == 0);
    options.jobs = 8;
    many = train_table(&shuffled, &options, _i == 0);
    assert_same_artifact(one, many);
    segml_model_free(one);
    segml_model_free(many);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

/* Sets that differ much, so that no two of them have equal values. */
static const segml_value listed[4][2] = {{{"max_depth", 1}, {"learning_rate", 0.3}},
                                         {{"max_depth", 4}, {"learning_rate", 0.1}},
                                         {{"max_depth", 2}, {"learning_rate", 0.02}},
                                         {{"max_depth", 3}, {"learning_rate", 0.2}}};
static const segml_param_set list[4] = {
    {listed[0], 2}, {listed[1], 2}, {listed[2], 2}, {listed[3], 2}};

START_TEST(a_list_is_tried_and_the_best_of_it_chosen)
{
    static const char *const validations[] = {"holdout", "kfold"};
    table t = three_groups();
    segml_train_options options = undrawn_options();
    segml_model *all;
    segml_history *history;
    double best[GROUPS] = {INFINITY, INFINITY, INFINITY};
    int chosen[GROUPS] = {0, 0, 0};

    options.validation = validations[_i];
    options.stop_folds = -1;
    options.points = list;
    options.point_count = options.trials = 4;
    all = train_table(&t, &options, 0);
    history = history_of(all);
    for (int p = 0; p < 4; p++) { /* each set on its own */
        segml_model *alone;
        segml_history *of_one;

        options.points = &list[p];
        options.point_count = options.trials = 1;
        alone = train_table(&t, &options, 0);
        of_one = history_of(alone);
        for (int g = 0; g < GROUPS; g++) {
            double value = search_of(of_one, g).values[0];

            ck_assert_double_eq(search_of(history, g).values[p], value);
            chosen[g] = value < best[g] ? p : chosen[g];
            best[g] = value < best[g] ? value : best[g];
        }
        segml_history_free(of_one);
        segml_model_free(alone);
    }
    for (int g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(search_of(history, g).trials, 4);
        ck_assert_int_eq(search_of(history, g).chosen, chosen[g]);
        for (int k = 0; k < 2; k++)
            ck_assert_double_eq(param_of(all, g, listed[chosen[g]][k].name),
                                listed[chosen[g]][k].value);
    }
    segml_history_free(history);
    segml_model_free(all);
    table_free(&t);
}
END_TEST

/* A sampler of the caller's, and what it saw. */
typedef struct caller {
    pthread_t thread;
    int calls, elsewhere, wrong, answer;
    double bad; /* what it gives instead of a rate; 0 = a rate */
} caller;

static double
rate_of(int64_t trial)
{
    return 0.3 - 0.02 * (double)trial;
}

static int32_t
sample(const segml_study *study, int64_t trial, double *point, void *user)
{
    caller *c = user;

    c->calls++;
    c->elsewhere += !pthread_equal(c->thread, pthread_self());
    c->wrong += segml_study_count(study) != trial || !isnan(point[0]);
    for (int64_t k = 0; k < trial; k++) {
        segml_trial_info info = SEGML_TRIAL_INFO_INIT;
        int rc = segml_study_get_trial(study, k, &info, NULL);

        c->wrong += rc != SEGML_OK || (k > 0 && info.point[0] != rate_of(k));
    }
    point[0] = c->bad != 0 ? c->bad : rate_of(trial);
    return c->answer;
}

/* A space of learning rates alone, with the sampler above. */
static segml_train_options
sampled_options(segml_dimension *rate, caller *c)
{
    static const segml_dimension empty = SEGML_DIMENSION_INIT;
    segml_train_options options = undrawn_options();

    *rate = empty;
    rate->name = "learning_rate";
    rate->low = 0.05;
    rate->high = 0.3;
    c->thread = pthread_self();
    options.trials = 10;
    options.space = rate;
    options.space_count = 1;
    options.sample = sample;
    options.user = c;
    return options;
}

/* Trial by trial, in generations, of all groups together. */
static const struct {
    const char *validation;
    int64_t search_rows;
    int searches;
} ways[] = {{"holdout", 0, GROUPS}, {"holdout", 400, GROUPS}, {"kfold", 0, GROUPS}, {"shared", 0, 1}};
enum { WAYS = 4 };

START_TEST(a_sampler_of_ones_own_is_asked_on_the_calling_thread)
{
    segml_value rate[10];
    segml_param_set points[10];
    caller c = {.calls = 0};
    segml_dimension dimension;
    table t = three_groups();
    segml_train_options options = sampled_options(&dimension, &c);
    segml_model *sampled, *fixed;

    options.validation = ways[_i].validation;
    options.search_rows = ways[_i].search_rows;
    sampled = train_table(&t, &options, 0);
    ck_assert_int_eq(c.calls, 9 * ways[_i].searches); /* trial 0 is the default */
    ck_assert_int_eq(c.elsewhere, 0);
    ck_assert_int_eq(c.wrong, 0);
    /* The same points as a list give the same models. */
    for (int p = 0; p < 10; p++) {
        rate[p] = (segml_value){"learning_rate", p == 0 ? 0.05 : rate_of(p)};
        points[p] = (segml_param_set){&rate[p], 1};
    }
    options.sample = NULL;
    options.points = points;
    options.point_count = 10;
    fixed = train_table(&t, &options, 0);
    assert_same_child(sampled, fixed, "groups/0/model.ubj");
    assert_same_child(sampled, fixed, "groups/2/model.ubj");
    segml_model_free(sampled);
    segml_model_free(fixed);
    table_free(&t);
}
END_TEST

START_TEST(a_sampler_that_returns_nonzero_cancels)
{
    caller c = {.answer = 7};
    segml_dimension dimension;
    table t = three_groups();
    segml_train_options options = sampled_options(&dimension, &c);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.validation = ways[_i].validation;
    options.search_rows = ways[_i].search_rows;
    ck_assert_int_eq(try_to_train(&t, &options, &model, &err), SEGML_E_CANCELLED);
    ck_assert_ptr_null(model);
    ck_assert_int_ge(c.calls, 1);
    ck_assert_int_le(c.calls, GROUPS);
    table_free(&t);
}
END_TEST

START_TEST(a_sampler_that_leaves_the_space_fails_the_call)
{
    static const double bad[2] = {NAN, 0.31};
    static const char *const words[2] = {"learning_rate = nan", "learning_rate = 0.31"};
    caller c = {.bad = bad[_i % 2]};
    segml_dimension dimension;
    table t = three_groups();
    segml_train_options options = sampled_options(&dimension, &c);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.validation = ways[_i / 2].validation;
    options.search_rows = ways[_i / 2].search_rows;
    ck_assert_int_eq(try_to_train(&t, &options, &model, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, words[_i % 2]) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "the sampler's point for trial 1") != NULL, "%s",
                  err.message);
    table_free(&t);
}
END_TEST

/* With the same trials; those that are given up are none of the best. */
START_TEST(stopping_by_folds_gives_up_trials_and_finds_nearly_the_same)
{
    table t = three_groups();
    segml_train_options options = search_options();
    segml_model *all, *some;
    segml_history *of_all, *of_some;
    int given_up = 0;

    options.validation = "kfold";
    options.sampler = "random"; /* whose points do not depend on the values */
    options.trials = 20;
    options.stop_folds = -1;
    all = train_table(&t, &options, 0);
    options.stop_folds = 1;
    some = train_table(&t, &options, 0);
    of_all = history_of(all);
    of_some = history_of(some);
    for (int g = 0; g < GROUPS; g++) {
        segml_history_info a = search_of(of_all, g), s = search_of(of_some, g);

        for (int k = 0; k < 20; k++) {
            ck_assert_int_eq(a.states[k], SEGML_TRIAL_COMPLETE);
            given_up += s.states[k] == SEGML_TRIAL_PRUNED;
            if (s.states[k] == SEGML_TRIAL_COMPLETE)
                ck_assert_double_eq(s.values[k], a.values[k]);
        }
        ck_assert_int_eq(s.states[s.chosen], SEGML_TRIAL_COMPLETE);
        ck_assert_double_le(s.values[s.chosen], a.values[a.chosen] + 0.01);
    }
    ck_assert_int_ge(given_up, 20); /* of 57 that could be: a third */
    segml_history_free(of_all);
    segml_history_free(of_some);
    segml_model_free(all);
    segml_model_free(some);
    table_free(&t);
}
END_TEST

/* Trials that each group's search had; asserts that all of them have a model. */
static int64_t
trials_of(const segml_model *model)
{
    segml_history *history = history_of(model);
    int64_t trials = search_of(history, 0).trials;

    for (int g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
        ck_assert_int_eq(search_of(history, g).trials, trials);
    }
    segml_history_free(history);
    return trials;
}

/* Twenty rounds per trial, three searches. */
static const struct {
    int64_t total_trials, group_rounds, total_rounds;
    int64_t trials;
} budgets[] = {{10, 0, 0, 3}, {2, 0, 0, 1},    {300, 0, 0, TRIALS},
               {0, 1, 0, 1},  {0, 61, 0, 4},   {0, 0, 183, 4},
               {6, 41, 0, 2}, {0, 0, 180, 3},  {0, 0, 2, 1}};

START_TEST(budgets_are_shared_out_among_the_groups)
{
    static const segml_value rounds = {"rounds", 20};
    table t = three_groups();
    segml_train_options options = search_options();
    segml_model *model;

    options.params = &rounds;
    options.param_count = 1;
    options.total_trials = budgets[_i].total_trials;
    options.group_rounds = budgets[_i].group_rounds;
    options.total_rounds = budgets[_i].total_rounds;
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(trials_of(model), budgets[_i].trials);
    ck_assert_double_eq(option_of(model, "search_cut"), 0);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_moment_is_enough_for_the_default_set)
{
    table t = three_groups();
    segml_train_options options = search_options();
    segml_model *model, *untuned;

    options.trials = 1;
    untuned = train_table(&t, &options, 0);
    options.trials = 1000;
    options.search_rows = ways[_i / 2].search_rows;
    options.validation = ways[_i / 2].validation;
    if (_i % 2 == 0)
        options.group_seconds = 1e-9;
    else
        options.total_seconds = 1e-9;
    model = train_table(&t, &options, 0);
    if (strcmp(ways[_i / 2].validation, "shared") != 0)
        ck_assert_int_eq(trials_of(model), 1);
    for (int g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
        ck_assert_double_eq(param_of(model, g, "learning_rate"), 0.05);
        ck_assert_double_eq(param_of(model, g, "max_depth"),
                            param_of(untuned, g, "max_depth"));
    }
    ck_assert_double_eq(option_of(model, "search_cut"), 1);
    segml_model_free(untuned);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_limit_that_is_not_met_changes_nothing)
{
    table t = three_groups();
    segml_train_options options = search_options();
    segml_model *free_of_limits, *limited;

    options.validation = ways[_i].validation;
    options.search_rows = ways[_i].search_rows;
    free_of_limits = train_table(&t, &options, 0);
    options.group_seconds = options.total_seconds = 1e6;
    options.group_rounds = options.total_rounds = INT64_MAX;
    options.total_trials = INT64_MAX;
    limited = train_table(&t, &options, 0);
    assert_same_child(free_of_limits, limited, "groups/0/model.ubj");
    assert_same_child(free_of_limits, limited, "groups/2/model.ubj");
    ck_assert_double_eq(option_of(limited, "search_cut"), 0);
    segml_model_free(free_of_limits);
    segml_model_free(limited);
    table_free(&t);
}
END_TEST

START_TEST(no_model_has_more_rounds_than_the_cap)
{
    static const char *const validations[] = {"holdout", "kfold", "shared"};
    table t = three_groups();
    segml_train_options options = search_options();
    segml_model *model;

    options.trials = 1;
    options.max_rounds = 5; /* and more would be better */
    options.validation = validations[_i];
    model = train_table(&t, &options, 0);
    for (int g = 0; g < GROUPS; g++)
        ck_assert_int_eq(group_of(model, g).rounds, 5);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

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
    static const char *const same[] = {"learning_rate", "max_depth", "subsample",
                                       "colsample_bytree", "gamma", "reg_alpha"};
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
        t.y[i] = task == SEGML_TASK_MULTICLASS   ? (float)(score < -0.2 ? 0 : score < 0.6 ? 1 : 2)
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
    int task = _i % 3, way = _i / 3;
    table t = labelled(tasks[task]), shuffled = table_shuffle(&t, 2);
    segml_train_options options = search_options();
    segml_model *model, *again;

    options.objective = segml_task_name(tasks[task]);
    options.validation = ways[way].validation;
    options.search_rows = ways[way].search_rows;
    options.metric = way % 2 == 0 ? "loss" : metric[task];
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

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

TCase *
searches_tests(void)
{
    TCase *tc = tcase_create("searches");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, any_jobs_and_order_of_rows_give_the_same_search, 0, COUNT(schemes));
    tcase_add_loop_test(tc, a_global_model_is_searched_alike_for_any_jobs, 0, 2);
    tcase_add_loop_test(tc, a_list_is_tried_and_the_best_of_it_chosen, 0, 2);
    tcase_add_loop_test(tc, a_sampler_of_ones_own_is_asked_on_the_calling_thread, 0, WAYS);
    tcase_add_loop_test(tc, a_sampler_that_returns_nonzero_cancels, 0, WAYS);
    tcase_add_loop_test(tc, a_sampler_that_leaves_the_space_fails_the_call, 0, 2 * WAYS);
    tcase_add_test(tc, stopping_by_folds_gives_up_trials_and_finds_nearly_the_same);
    tcase_add_loop_test(tc, budgets_are_shared_out_among_the_groups, 0, COUNT(budgets));
    tcase_add_loop_test(tc, a_moment_is_enough_for_the_default_set, 0, 2 * WAYS);
    tcase_add_loop_test(tc, a_limit_that_is_not_met_changes_nothing, 0, WAYS);
    tcase_add_loop_test(tc, no_model_has_more_rounds_than_the_cap, 0, 3);
    tcase_add_loop_test(tc, the_trial_of_the_best_metric_is_chosen, 0, 2);
    tcase_add_test(tc, shared_parameters_are_the_same_but_for_what_hessians_scale);
    tcase_add_test(tc, shared_parameters_of_a_list_are_taken_as_they_are);
    tcase_add_loop_test(tc, every_task_is_searched_in_every_way, 0, 3 * WAYS);
    tcase_add_test(tc, searches_that_make_no_sense_are_refused_before_they_begin);
#if !SG_XGBOOST_LINKED
    tcase_add_loop_test(tc, a_group_that_always_fails_stops_no_search, 0, WAYS);
#endif
    return tc;
}
