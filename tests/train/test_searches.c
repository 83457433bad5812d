/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How trials are chosen and limited: every validation, sampler and pruner on three of the seed's
 * groups; lists, spaces and samplers of the caller's; budgets.
 *
 * Where values are compared, no rows or columns are drawn, so that boosting does not depend on
 * the number of the trial.
 */

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "searching.h"

/* Small groups are searched trial by trial; more than a quarter of search_rows in generations. */
static const struct {
    const char *validation, *sampler, *pruner;
    int64_t search_rows;
} schemes[] = {
    {"holdout", "tpe", "none", 0},
    {"kfold", "tpe", "none", 0},
    {"shared", "tpe", "none", 0},
    {"holdout", "tpe-univariate", "none", 0},
    {"holdout", "random", "median", 0},
    {"holdout", "grid", "halving", 0},
    {"holdout", "tpe", "none", 120},
    {"kfold", "tpe-univariate", "none", 400},
    {"holdout", "random", "halving", 400},
    {"holdout", "tpe", "median", 400},
    {"shared", "tpe-univariate", "none", 120},
    {"shared", "random", "none", 0},
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
    assert_same_member(sampled, fixed, "groups/0/model.ubj");
    assert_same_member(sampled, fixed, "groups/2/model.ubj");
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
    double worse = 0;
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
        ck_assert_double_le(s.values[s.chosen], a.values[a.chosen] + 0.02);
        worse += (s.values[s.chosen] - a.values[a.chosen]) / GROUPS;
    }
    ck_assert_double_le(worse, 0.01); /* of one group a trial more or less can be luck */
    ck_assert_int_ge(given_up, 20);   /* of 57 that could be: a third */
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
} budgets[] = {{10, 0, 0, 3},  {2, 0, 0, 1},  {300, 0, 0, TRIALS}, {0, 1, 0, 1}, {0, 61, 0, 4},
               {0, 0, 183, 4}, {6, 41, 0, 2}, {0, 0, 180, 3},      {0, 0, 2, 1}};

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
    ck_assert_int_eq(trials_of(model), 1);
    for (int g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(status_of(model, g, NULL), SEGML_GROUP_TRAINED);
        ck_assert_double_eq(param_of(model, g, "learning_rate"), 0.05);
        ck_assert_double_eq(param_of(model, g, "max_depth"), param_of(untuned, g, "max_depth"));
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
    assert_same_member(free_of_limits, limited, "groups/0/model.ubj");
    assert_same_member(free_of_limits, limited, "groups/2/model.ubj");
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
    return tc;
}
