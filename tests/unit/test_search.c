/* SPDX-License-Identifier: Apache-2.0 */

/*
 * train/search: what a trial's rounds, loss and value are, which trial is the best, when a
 * search ends; with an engine whose losses are known beforehand.
 *
 * 1,000 rows are in five folds of 200, so that curves are not averaged. A fit is told apart by
 * its gamma, which no part of the search looks at.
 */

#include "train/search.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "train/child.h"
#include "train/options.h"
#include "unit/scripted_engine.h"
#include "unit/table.h"

enum { ROWS = 1000, FOLDS = 5, FOLD_ROWS = ROWS / FOLDS, MOST = 8 };

static float cell[ROWS], label[ROWS];
static int32_t fold[ROWS];
static int64_t key_cell[ROWS];
static segml_dataset *dataset;
static segml_train_options options;
static sg_run run;
static sg_pool *pool;
static sg_fitter fitter;
static sg_unit unit;
static sg_search search;
static sg_prepared *prepared;
static scripted_engine engine;
static segml_error err;

/* Off by 1 + gamma in every row, and by more the further it is from round 10. */
static double
lowest_at_10(const scripted_row *at)
{
    double distance = at->round - 10;

    return sqrt(1 + at->params->gamma + 0.01 * distance * distance);
}

static void
set_up(void)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;

    for (int i = 0; i < ROWS; i++) {
        cell[i] = (float)i;
        fold[i] = i % FOLDS;
        label[i] = fold[i] == 0 ? 3 : (float)(i % 7); /* all equal in fold 0 */
    }
    options = none;
    options.folds = FOLDS;
    options.trials = 3;
    engine = scripted_engine_make(lowest_at_10);
    memset(&run, 0, sizeof run);
    memset(&unit, 0, sizeof unit);
    memset(&search, 0, sizeof search);
    memset(&err, 0, sizeof err);
    prepared = NULL;
    ck_assert_int_eq(sg_pool_create(&pool, NULL), SEGML_OK);
}

static void
tear_down(void)
{
    engine.table.release(prepared);
    sg_search_clear(&search);
    sg_unit_clear(&unit);
    sg_run_clear(&run);
    segml_dataset_free(dataset);
    sg_pool_free(pool);
}

static void
make_unit(int64_t rows)
{
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    sg_unit_spec spec = {.rows = rows};

    key.type = SEGML_KEY_INT64;
    key.data = key_cell;
    input.rows = rows;
    input.features = 1;
    input.data = cell;
    input.label = label;
    input.keys = &key;
    input.key_count = 1;
    input.fold = fold;
    dataset = table_dataset(&input);
    run.dataset = dataset;
    ck_assert_msg(sg_options_load(&run.options, &options, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "regression", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    run.engines.xgboost = &engine.table;
    run.sampler = sg_sampler_find(run.options.sampler);
    run.pruner = sg_pruner_find(run.options.pruner);
    run.searches = run.searches > 0 ? run.searches : 1;
    fitter = (sg_fitter){&run, pool, 77, 4};
    ck_assert_int_eq(sg_unit_make(&unit, &run, &spec, NULL), SEGML_OK);
    sg_unit_settle(&unit, &run, 32);
    ck_assert_int_eq(engine.table.prepare(&engine.table, &prepared, &unit.rows, NULL), SEGML_OK);
}

/* Begins a search on some of the folds, the first first, by the options. */
static void
begin_on(int64_t rows, int32_t parts, int32_t stop_folds)
{
    sg_part part[FOLDS];
    sg_search_spec spec = {.run = &run,
                           .pool = pool,
                           .part = part,
                           .parts = parts,
                           .stop_folds = stop_folds,
                           .key = 77};

    make_unit(rows);
    for (int32_t p = 0; p < parts; p++)
        part[p] = (sg_part){&unit, &fitter, p, unit.weight_sum[p]};
    spec.facts = sg_child_facts(&run, &unit);
    ck_assert_msg(sg_search_begin(&search, &spec, &err) == SEGML_OK, "%s", err.message);
}

/* Points that differ in gamma alone. */
static void
try_gammas(const double *gamma, int count)
{
    static segml_value value[MOST];
    static segml_param_set set[MOST];

    for (int i = 0; i < count; i++) {
        value[i] = (segml_value){"gamma", gamma[i]};
        set[i] = (segml_param_set){&value[i], 1};
    }
    options.points = set;
    options.point_count = count;
    options.trials = count;
}

/* One trial after the other to the end; the number of them. */
static int32_t
run_all(void)
{
    int32_t first, count;

    while ((count = sg_search_ask(&search, 1, &first, &err)) > 0) {
        segml_error why = SEGML_ERROR_INIT;

        sg_search_run(&search, prepared, first, &why);
        ck_assert_int_eq(sg_search_tell(&search, first, 1, &err), SEGML_OK);
    }
    ck_assert_msg(count == 0, "%s", err.message);
    return search.count;
}

/* Lowest in round 10, then patience of 20 rounds. */
START_TEST(a_trial_is_scored_at_the_lowest_round_of_its_curve)
{
    static const double gammas[3] = {0.5, 0.25, 1};

    try_gammas(gammas, 3);
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 3);
    for (int t = 0; t < 3; t++) {
        ck_assert_int_eq(search.attempt[t].state, SEGML_TRIAL_COMPLETE);
        ck_assert_int_eq(search.attempt[t].rounds, 10);
        ck_assert_int_eq(search.attempt[t].spent, 30);
        ck_assert_double_eq_tol(search.attempt[t].loss, 1 + gammas[t], 1e-5);
        ck_assert_double_eq(search.attempt[t].value, search.attempt[t].loss);
    }
    ck_assert_int_eq(search.chosen, 1);
    ck_assert_int_eq(search.spent, 90);
    ck_assert_int_eq(sg_search_choose(&search, &err), SEGML_OK);
}
END_TEST

/* The lowest round of fold f is 10 (f + 1). */
static double
later_in_later_folds(const scripted_row *at)
{
    double distance = at->round - 10 * (at->fold + 1);

    return sqrt(1 + 0.01 * distance * distance);
}

/* By hand: the mean of 1 + .01 (r - 10)^2 and 1 + .01 (r - 20)^2 is lowest at 15, being 1.25. */
START_TEST(several_parts_are_scored_on_the_mean_of_their_curves)
{
    options.trials = 1;
    engine.error = later_in_later_folds;
    begin_on(ROWS, 2, 0);
    run_all();
    ck_assert_int_eq(search.attempt[0].rounds, 15);
    ck_assert_double_eq_tol(search.attempt[0].loss, 1.25, 1e-5);
    ck_assert_int_eq(search.attempt[0].spent, 30 + 40);
}
END_TEST

/* The same with weights 1 and 3: 1 + .01 (1/4 (r - 10)^2 + 3/4 (r - 20)^2), lowest at 17.5. */
START_TEST(parts_count_by_their_weight)
{
    options.trials = 1;
    engine.error = later_in_later_folds;
    begin_on(ROWS, 2, 0);
    search.part[0].weight = 1;
    search.part[1].weight = 3;
    run_all();
    ck_assert_int_ge(search.attempt[0].rounds, 17);
    ck_assert_int_le(search.attempt[0].rounds, 18);
    ck_assert_double_eq_tol(search.attempt[0].loss, 1 + 0.01 * (49 + 3 * 9) / 4.0, 1e-5);
}
END_TEST

/* 10 / 0.05 rounds; of which the last is scored. */
START_TEST(without_rows_to_stop_on_the_rounds_follow_the_learning_rate)
{
    options.trials = 1;
    begin_on(150, 1, 0);
    run_all();
    ck_assert_int_eq(search.attempt[0].rounds, 200);
    ck_assert_int_eq(search.attempt[0].spent, 200);
    ck_assert_double_eq_tol(search.attempt[0].loss, 1 + 0.01 * 190 * 190, 1e-2);
}
END_TEST

START_TEST(rounds_that_are_given_are_all_trained)
{
    static const segml_value rounds = {"rounds", 12};

    options.trials = 1;
    options.params = &rounds;
    options.param_count = 1;
    begin_on(ROWS, 1, 0);
    run_all();
    ck_assert_int_eq(search.attempt[0].rounds, 12);
    ck_assert_double_eq_tol(search.attempt[0].loss, 1.04, 1e-5);
}
END_TEST

START_TEST(the_cap_on_rounds_ends_a_fit)
{
    options.trials = 1;
    options.max_rounds = 7;
    begin_on(ROWS, 1, 0);
    run_all();
    ck_assert_int_eq(search.attempt[0].rounds, 7);
    ck_assert_int_eq(search.attempt[0].spent, 7);
}
END_TEST

/* After five rounds, of gamma 0.25 in any fold. */
static int
fails_in_the_middle(const scripted_row *at)
{
    return at->round == 6 && at->params->gamma > 0.2 && at->params->gamma < 0.3;
}

START_TEST(a_fit_that_fails_in_the_middle_is_no_score)
{
    static const double gammas[3] = {0.5, 0.25, 1};

    try_gammas(gammas, 3);
    engine.fails = fails_in_the_middle;
    begin_on(ROWS, _i, 0); /* of one part, of several */
    ck_assert_int_eq(run_all(), 3);
    ck_assert_int_eq(search.attempt[1].state, SEGML_TRIAL_FAILED);
    ck_assert_double_nan(search.attempt[1].value);
    ck_assert_double_nan(search.attempt[1].loss);
    ck_assert_int_eq(search.attempt[1].rounds, 0);
    ck_assert_int_eq(search.chosen, 0);
    ck_assert_int_eq(sg_search_choose(&search, &err), SEGML_OK);
}
END_TEST

static int
fails_in_fold_1(const scripted_row *at)
{
    return at->fold == 1 && at->round == 6;
}

START_TEST(a_trial_without_one_of_its_folds_has_failed)
{
    engine.fails = fails_in_fold_1;
    begin_on(ROWS, 3, 0);
    run_all();
    for (int t = 0; t < search.count; t++)
        ck_assert_int_eq(search.attempt[t].state, SEGML_TRIAL_FAILED);
    ck_assert_int_eq(sg_search_choose(&search, &err), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "all 3 trials failed");
}
END_TEST

/* As the search for all groups does it, whose parts are of different groups. */
START_TEST(parts_that_are_run_by_hand_may_fail_one_by_one)
{
    int32_t first;

    options.trials = 1;
    options.metric = _i == 0 ? "loss" : "mae";
    engine.fails = fails_in_fold_1;
    begin_on(ROWS, 3, 0);
    ck_assert_int_eq(sg_search_ask(&search, 4, &first, &err), 1);
    for (int32_t p = 0; p < 3; p++)
        ck_assert_int_eq(sg_search_run_part(&search, prepared, first, p, &err),
                         p == 1 ? SEGML_E_BACKEND : SEGML_OK);
    ck_assert_int_eq(sg_search_finish(&search, first, &err), SEGML_OK);
    ck_assert_int_eq(sg_search_tell(&search, first, 1, &err), SEGML_OK);
    ck_assert_int_eq(search.attempt[0].state, SEGML_TRIAL_COMPLETE);
    ck_assert_int_eq(search.attempt[0].rounds, 10);
    ck_assert_double_eq_tol(search.attempt[0].loss, 1, 1e-5);
    ck_assert_double_eq_tol(search.attempt[0].value, 1, 1e-5); /* nor does the metric count it */
}
END_TEST

/* Gamma 0: off by 1 in every row. Gamma 1: off by 1.5 in every other row, by 0 in the rest. */
static double
often_right(const scripted_row *at)
{
    if (at->params->gamma < 0.5)
        return 1;
    return (int)at->rows->data[at->row] / FOLDS % 2 == 0 ? 1.5 : 0;
}

/* By hand: squared errors 1 and 1.125, absolute ones 1 and 0.75. */
START_TEST(another_metric_chooses_another_trial)
{
    static const double gammas[2] = {0, 1};

    try_gammas(gammas, 2);
    options.metric = _i == 0 ? "loss" : "mae";
    engine.error = often_right;
    begin_on(ROWS, 1 + _i, 0);
    run_all();
    ck_assert_double_eq_tol(search.attempt[0].loss, 1, 1e-5);
    ck_assert_double_eq_tol(search.attempt[1].loss, 1.125, 1e-5);
    ck_assert_double_eq_tol(search.attempt[1].value, _i == 0 ? 1.125 : 0.75, 1e-5);
    ck_assert_int_eq(search.chosen, _i);
}
END_TEST

START_TEST(a_metric_that_is_undefined_says_so)
{
    options.metric = "r2"; /* and all labels of fold 0 are equal */
    begin_on(ROWS, 1, 0);
    run_all();
    ck_assert_int_eq(sg_search_choose(&search, &err), SEGML_E_DATA);
    ck_assert_str_eq(err.message,
                     "the metric r2 is undefined on the 200 rows that trials are scored on");
}
END_TEST

/* Worse in all of 200 rows, so surely worse; what is better in all goes on. */
START_TEST(a_trial_that_is_behind_ends_after_its_first_fold)
{
    static const double gammas[4] = {0.5, 0.75, 0.5, 0.25};

    try_gammas(gammas, 4);
    options.trials = 3; /* the third is the first once more, which is not tried again */
    begin_on(ROWS, FOLDS, 1);
    ck_assert_int_eq(run_all(), 3);
    for (int t = 0; t < 3; t++) {
        ck_assert_int_eq(search.attempt[t].state,
                         t == 1 ? SEGML_TRIAL_PRUNED : SEGML_TRIAL_COMPLETE);
        ck_assert_int_eq(search.attempt[t].spent, t == 1 ? 30 : 150);
    }
    ck_assert_double_eq_tol(search.attempt[1].value, 1.75, 1e-5);
    ck_assert_int_eq(search.study.trial[1].state, SEGML_TRIAL_PRUNED);
    ck_assert_int_eq(search.study.trial[1].steps, 1);
    ck_assert_int_eq(search.study.trial[1].step[0], 1);
    ck_assert_int_eq(search.chosen, 2);
}
END_TEST

/* The value of a trial that ended after one fold is of that fold's rows: off by root of 1.75. */
START_TEST(the_metric_of_a_trial_that_ended_early_is_that_of_its_folds)
{
    static const double gammas[2] = {0.5, 0.75};

    try_gammas(gammas, 2);
    options.metric = "mae";
    begin_on(ROWS, FOLDS, 1);
    run_all();
    ck_assert_int_eq(search.attempt[1].state, SEGML_TRIAL_PRUNED);
    ck_assert_double_eq_tol(search.attempt[1].value, sqrt(1.75), 1e-5);
}
END_TEST

/* Five complete trials, then one that is worse from the first round on. */
START_TEST(a_pruner_gives_up_a_trial_by_its_curve)
{
    static const double gammas[7] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.05};

    try_gammas(gammas, 7);
    options.pruner = "median";
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 7);
    ck_assert_int_eq(search.attempt[4].state, SEGML_TRIAL_COMPLETE);
    ck_assert_int_eq(search.attempt[5].state, SEGML_TRIAL_PRUNED);
    ck_assert_int_eq(search.attempt[5].spent, 1);
    ck_assert_int_eq(search.attempt[6].state, SEGML_TRIAL_COMPLETE);
    ck_assert_int_eq(search.attempt[6].spent, 30);
    ck_assert_int_eq(search.chosen, 6);
}
END_TEST

START_TEST(a_list_as_long_as_the_trials_is_all_that_is_tried)
{
    static const double gammas[4] = {4, 3, 2, 1};

    try_gammas(gammas, 4);
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 4);
    for (int t = 0; t < 4; t++)
        ck_assert_double_eq(search.attempt[t].params.value[SG_PARAM_GAMMA], gammas[t]);
    ck_assert_int_eq(search.chosen, 3);
}
END_TEST

START_TEST(a_sampler_goes_on_where_the_list_ends)
{
    static const double gammas[2] = {4, 3};

    try_gammas(gammas, 2);
    options.trials = 5;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 5);
    for (int t = 2; t < 5; t++)
        ck_assert_double_eq(search.attempt[t].params.value[SG_PARAM_GAMMA], 0);
    ck_assert_double_ne(search.attempt[3].params.value[SG_PARAM_LEARNING_RATE],
                        search.attempt[4].params.value[SG_PARAM_LEARNING_RATE]);
}
END_TEST

/* Of 0.05, the default, there is nothing in the space: its end at 0.1 is nearest. */
START_TEST(a_callers_space_is_never_left)
{
    segml_dimension rate = SEGML_DIMENSION_INIT;

    rate.name = "learning_rate";
    rate.low = 0.1;
    rate.high = 0.2;
    options.space = &rate;
    options.space_count = 1;
    options.trials = 6;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 6);
    ck_assert_double_eq(search.attempt[0].params.value[SG_PARAM_LEARNING_RATE], 0.1);
    for (int t = 0; t < 6; t++) {
        ck_assert_double_ge(search.attempt[t].params.value[SG_PARAM_LEARNING_RATE], 0.1);
        ck_assert_double_le(search.attempt[t].params.value[SG_PARAM_LEARNING_RATE], 0.2);
    }
}
END_TEST

/* Trial 0 is the default, whose rate is on the grid but its gamma is not 0 there. */
START_TEST(a_grid_is_tried_as_a_whole_after_the_default)
{
    static const double rates[3] = {0.05, 0.1, 0.2};
    segml_dimension dims[2] = {SEGML_DIMENSION_INIT, SEGML_DIMENSION_INIT};

    dims[0].name = "learning_rate";
    dims[0].kind = SEGML_DIMENSION_CATEGORICAL;
    dims[0].choices = rates;
    dims[0].choice_count = 3;
    dims[1].name = "gamma";
    dims[1].low = 1;
    dims[1].high = 5;
    options.space = dims;
    options.space_count = 2;
    options.sampler = "grid";
    options.trials = 100;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 1 + 3 * 5);
    for (int t = 0; t < 15; t++) {
        const double *value = search.attempt[t + 1].params.value;

        ck_assert_double_eq(value[SG_PARAM_LEARNING_RATE], rates[t / 5]);
        ck_assert_double_eq(value[SG_PARAM_GAMMA], 1 + t % 5);
    }
}
END_TEST

START_TEST(where_nothing_is_searched_there_is_one_trial)
{
    segml_value fixed[SG_PARAM_COUNT];
    int count = 0;

    for (int p = 0; p < SG_PARAM_COUNT; p++) {
        if (p != SG_PARAM_SCALE_POS_WEIGHT) /* which the task, a number, does not have */
            fixed[count++] =
                (segml_value){sg_params_name((sg_param)p), p == SG_PARAM_MAX_BIN ? 64 : 1};
    }
    options.params = fixed;
    options.param_count = count;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 1);
    ck_assert_int_eq(search.attempt[0].rounds, 1);
}
END_TEST

/* 30 rounds per trial: after two of them 60 are spent. */
static const struct {
    int64_t group_rounds, total_rounds, total_trials, searches;
    int32_t trials;
} budgets[] = {
    {1, 0, 0, 1, 1},  {30, 0, 0, 1, 1},  {31, 0, 0, 1, 2}, {60, 0, 0, 1, 2},    {61, 0, 0, 1, 3},
    {0, 60, 0, 1, 2}, {0, 120, 0, 2, 2}, {0, 3, 0, 4, 1},  {1000, 31, 0, 1, 2}, {31, 1000, 0, 1, 2},
    {0, 0, 12, 3, 4}, {0, 0, 14, 3, 4},  {0, 0, 2, 3, 1},  {0, 0, 1000, 1, 8},  {0, 0, 0, 1, 8},
};

START_TEST(a_budget_ends_a_search_and_trial_0_is_always_made)
{
    options.trials = 8;
    options.group_rounds = budgets[_i].group_rounds;
    options.total_rounds = budgets[_i].total_rounds;
    options.total_trials = budgets[_i].total_trials;
    run.searches = budgets[_i].searches;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), budgets[_i].trials);
    ck_assert_int_eq(search.cut, 0);
    ck_assert_int_ge(search.chosen, 0);
}
END_TEST

START_TEST(a_deadline_that_is_over_leaves_trial_0)
{
    run.deadline = sg_clock_seconds();
    options.trials = 8;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 1);
    ck_assert_int_eq(search.cut, 1);
}
END_TEST

START_TEST(a_deadline_after_the_last_trial_cut_nothing)
{
    options.total_seconds = options.group_seconds = 1e9;
    options.trials = 4;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(run_all(), 4);
    ck_assert_int_eq(search.cut, 0);
}
END_TEST

/* Asks a generation and tells it, run forwards or backwards. */
static void
run_generation(int backwards)
{
    int32_t first, count = sg_search_ask(&search, 4, &first, &err);

    ck_assert_int_eq(count, 4);
    for (int32_t i = 0; i < 4; i++) {
        int32_t trial = first + (backwards ? 3 - i : i);

        ck_assert_int_eq(sg_search_run(&search, prepared, trial, &err), SEGML_OK);
    }
    ck_assert_int_eq(sg_search_tell(&search, first, 4, &err), SEGML_OK);
}

/* What is best depends on the learning rate, so that samplers have something to learn. */
static double
best_at_a_rate(const scripted_row *at)
{
    return fabs(log(at->params->learning_rate / 0.1)) + 0.01 * abs(at->round - 10);
}

START_TEST(who_of_a_generation_is_faster_does_not_matter)
{
    double rate[2][24];

    options.trials = 24;
    engine.error = best_at_a_rate;
    for (int backwards = 0; backwards < 2; backwards++) {
        begin_on(ROWS, 1, 0);
        for (int g = 0; g < 6; g++)
            run_generation(backwards);
        for (int t = 0; t < 24; t++)
            rate[backwards][t] = search.attempt[t].params.value[SG_PARAM_LEARNING_RATE];
        if (backwards == 0) {
            tear_down();
            set_up();
            options.trials = 24;
            engine.error = best_at_a_rate;
        }
    }
    ck_assert_mem_eq(rate[0], rate[1], sizeof rate[0]);
    ck_assert_double_ne(rate[0][20], rate[0][21]);
}
END_TEST

/* 100,000 trials of 200 rows are more than is kept: only the best one's margins are. */
START_TEST(margins_are_kept_within_bounds)
{
    static const double gammas[4] = {0.5, 0.25, 0.75, 0.1};

    try_gammas(gammas, 4);
    options.trials = 100000;
    options.total_trials = 4;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(search.keep_all, 1); /* four trials are few */
    tear_down();
    set_up();
    try_gammas(gammas, 4);
    options.trials = 100000;
    options.metric = "mae";
    options.group_rounds = 91;
    begin_on(ROWS, 1, 0);
    ck_assert_int_eq(search.keep_all, 0);
    ck_assert_int_eq(run_all(), 4);
    for (int t = 0; t < 4; t++)
        ck_assert_int_eq(search.attempt[t].margin != NULL, t == 3);
    ck_assert_int_eq(search.chosen, 3);
}
END_TEST

START_TEST(a_log_tells_every_trial)
{
    static const double gammas[3] = {0.5, 0.25, 1};
    sg_result result = {.status = SEGML_GROUP_TRAINED};

    try_gammas(gammas, 3);
    engine.fails = fails_in_the_middle;
    begin_on(ROWS, 1, 0);
    run_all();
    ck_assert_int_eq(sg_search_log_into(&search, &result, &err), SEGML_OK);
    ck_assert_int_eq(result.search.trials, 3);
    ck_assert_int_eq(result.search.chosen, 0);
    ck_assert_int_eq(result.search.cut, 0);
    ck_assert_double_eq_tol(result.search.value[0], 1.5, 1e-5);
    ck_assert_double_nan(result.search.value[1]);
    ck_assert_int_eq(result.search.state[1], SEGML_TRIAL_FAILED);
    ck_assert_int_eq(result.search.rounds[2], 10);
    ck_assert_double_eq_tol(result.search_loss, 1.5, 1e-5);
    sg_result_clear(&result);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

TCase *
search_tests(void)
{
    TCase *tc = tcase_create("search");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_trial_is_scored_at_the_lowest_round_of_its_curve);
    tcase_add_test(tc, several_parts_are_scored_on_the_mean_of_their_curves);
    tcase_add_test(tc, parts_count_by_their_weight);
    tcase_add_test(tc, without_rows_to_stop_on_the_rounds_follow_the_learning_rate);
    tcase_add_test(tc, rounds_that_are_given_are_all_trained);
    tcase_add_test(tc, the_cap_on_rounds_ends_a_fit);
    tcase_add_loop_test(tc, a_fit_that_fails_in_the_middle_is_no_score, 1, 4);
    tcase_add_test(tc, a_trial_without_one_of_its_folds_has_failed);
    tcase_add_loop_test(tc, parts_that_are_run_by_hand_may_fail_one_by_one, 0, 2);
    tcase_add_loop_test(tc, another_metric_chooses_another_trial, 0, 2);
    tcase_add_test(tc, a_metric_that_is_undefined_says_so);
    tcase_add_test(tc, a_trial_that_is_behind_ends_after_its_first_fold);
    tcase_add_test(tc, the_metric_of_a_trial_that_ended_early_is_that_of_its_folds);
    tcase_add_test(tc, a_pruner_gives_up_a_trial_by_its_curve);
    tcase_add_test(tc, a_list_as_long_as_the_trials_is_all_that_is_tried);
    tcase_add_test(tc, a_sampler_goes_on_where_the_list_ends);
    tcase_add_test(tc, a_callers_space_is_never_left);
    tcase_add_test(tc, a_grid_is_tried_as_a_whole_after_the_default);
    tcase_add_test(tc, where_nothing_is_searched_there_is_one_trial);
    tcase_add_loop_test(tc, a_budget_ends_a_search_and_trial_0_is_always_made, 0, COUNT(budgets));
    tcase_add_test(tc, a_deadline_that_is_over_leaves_trial_0);
    tcase_add_test(tc, a_deadline_after_the_last_trial_cut_nothing);
    tcase_add_test(tc, who_of_a_generation_is_faster_does_not_matter);
    tcase_add_test(tc, margins_are_kept_within_bounds);
    tcase_add_test(tc, a_log_tells_every_trial);
    return tc;
}
