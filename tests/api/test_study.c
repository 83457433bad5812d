/* SPDX-License-Identifier: Apache-2.0 */

/* Searching by ask and tell: what a caller sees, and what it must not do. */

#include <check.h>
#include <math.h>
#include <segml/segml.h>
#include <string.h>

static const double colours[] = {1, 2, 4};

static segml_dimension dims[3];
static segml_study_options options;
static segml_error err;
static segml_study *study;

static void
set_options(void)
{
    static const segml_study_options defaults = SEGML_STUDY_OPTIONS_INIT;
    static const segml_dimension dimension = SEGML_DIMENSION_INIT;

    for (int d = 0; d < 3; d++)
        dims[d] = dimension;
    dims[0].name = "x";
    dims[0].low = -5;
    dims[0].high = 10;
    dims[1].name = "colour";
    dims[1].kind = SEGML_DIMENSION_CATEGORICAL;
    dims[1].choices = colours;
    dims[1].choice_count = 3;
    dims[2].name = "n";
    dims[2].kind = SEGML_DIMENSION_INT;
    dims[2].low = 1;
    dims[2].high = 9;
    dims[2].parent = "colour";
    dims[2].parent_low = 2;
    dims[2].parent_high = 4;
    options = defaults;
    options.dimensions = dims;
    options.dimension_count = 3;
    memset(&err, 0, sizeof err);
}

static void
free_study(void)
{
    segml_study_free(study);
    study = NULL;
}

static void
create(void)
{
    free_study();
    ck_assert_msg(segml_study_create(&study, &options, &err) == SEGML_OK, "%s", err.message);
}

static double
value_of(const double *point)
{
    return (point[0] - 2) * (point[0] - 2) + point[1] + (isnan(point[2]) ? 0.5 : 3 / point[2]);
}

static int64_t
ask(double *point)
{
    int64_t trial = -5;

    ck_assert_msg(segml_study_ask(study, &trial, point, 3, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(trial, segml_study_count(study) - 1);
    return trial;
}

static segml_trial_info
info_of(int64_t trial)
{
    segml_trial_info info = SEGML_TRIAL_INFO_INIT;

    ck_assert_int_eq(segml_study_get_trial(study, trial, &info, &err), SEGML_OK);
    return info;
}

static const char *const samplers[] = {NULL, "tpe", "tpe-univariate", "random"};

START_TEST(fifty_trials_are_asked_and_told)
{
    double best = (double)INFINITY;

    options.sampler = samplers[_i];
    create();
    for (int t = 0; t < 50; t++) {
        double point[3], value;
        int64_t trial = ask(point);
        segml_trial_info info = info_of(trial);

        ck_assert_int_eq(info.state, SEGML_TRIAL_RUNNING);
        ck_assert_double_nan(info.value);
        ck_assert_mem_eq(info.point, point, sizeof point);
        ck_assert_int_eq(isnan(point[2]), point[1] == 1);
        value = value_of(point);
        ck_assert_int_eq(segml_study_tell(study, trial, value, &err), SEGML_OK);
        info = info_of(trial);
        ck_assert_int_eq(info.state, SEGML_TRIAL_COMPLETE);
        ck_assert_double_eq(info.value, value);
        best = fmin(best, value);
    }
    ck_assert_int_eq(segml_study_count(study), 50);
    ck_assert_double_eq(info_of(segml_study_best(study)).value, best);
}
END_TEST

/* R1 of study.c: the same points, the other sign. */
START_TEST(maximising_is_minimising_the_opposite)
{
    double first[60][3];

    options.sampler = samplers[_i];
    options.pruner = "median";
    for (int run = 0; run < 2; run++) {
        options.maximise = run == 0 ? -1 : 1;
        create();
        for (int t = 0; t < 60; t++) {
            double point[3], value;
            int64_t trial = ask(point);
            int32_t prune;

            value = run == 0 ? value_of(point) : -value_of(point);
            if (run == 0)
                memcpy(first[t], point, sizeof point);
            ck_assert_mem_eq(first[t], point, sizeof point);
            ck_assert_int_eq(segml_study_report(study, trial, 1, value, &prune, &err), SEGML_OK);
            if (prune)
                ck_assert_int_eq(segml_study_prune(study, trial, &err), SEGML_OK);
            else
                ck_assert_int_eq(segml_study_tell(study, trial, value, &err), SEGML_OK);
            ck_assert_double_eq(info_of(trial).value, value);
            ck_assert_int_eq(info_of(trial).state,
                             prune ? SEGML_TRIAL_PRUNED : SEGML_TRIAL_COMPLETE);
        }
    }
}
END_TEST

START_TEST(the_highest_is_the_best_where_asked)
{
    double point[3];

    options.maximise = 1;
    create();
    ck_assert_int_eq(segml_study_best(study), -1);
    for (int t = 0; t < 4; t++)
        ck_assert_int_eq(segml_study_tell(study, ask(point), t == 2 ? 7 : -t, &err), SEGML_OK);
    ck_assert_int_eq(segml_study_best(study), 2);
}
END_TEST

START_TEST(another_seed_is_another_search)
{
    double first[3], second[3];

    create();
    ask(first);
    options.seed = 1;
    create();
    ask(second);
    ck_assert_double_ne(first[0], second[0]);
}
END_TEST

START_TEST(nan_is_a_failure_and_infinity_a_value)
{
    static const double values[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 5};
    double point[3];

    create();
    for (int t = 0; t < 4; t++)
        ck_assert_int_eq(segml_study_tell(study, ask(point), values[t], &err), SEGML_OK);
    ck_assert_int_eq(info_of(0).state, SEGML_TRIAL_FAILED);
    ck_assert_double_nan(info_of(0).value);
    ck_assert_int_eq(info_of(1).state, SEGML_TRIAL_COMPLETE);
    ck_assert_int_eq(segml_study_best(study), 2);
}
END_TEST

START_TEST(hopeless_trials_are_given_up)
{
    double point[3];
    int pruned = 0;

    options.pruner = _i == 0 ? "median" : "halving";
    create();
    for (int t = 0; t < 20; t++) {
        int64_t trial = ask(point);
        int32_t prune = 0;

        /* Every second trial is bad from the first step on. */
        for (int32_t step = 1; step <= 10 && !prune; step++)
            ck_assert_int_eq(
                segml_study_report(study, trial, step, t % 2 + 1.0 / step, &prune, &err), SEGML_OK);
        if (prune) {
            pruned++;
            ck_assert_int_eq(t % 2, 1);
            ck_assert_int_eq(segml_study_prune(study, trial, &err), SEGML_OK);
            ck_assert_int_eq(info_of(trial).state, SEGML_TRIAL_PRUNED);
            ck_assert_int_eq(info_of(trial).steps, 1);
            ck_assert_double_eq(info_of(trial).value, 2);
        } else {
            ck_assert_int_eq(info_of(trial).steps, 10);
            ck_assert_int_eq(segml_study_tell(study, trial, t % 2 + 0.1, &err), SEGML_OK);
        }
    }
    ck_assert_int_ge(pruned, 7);
}
END_TEST

START_TEST(steps_rise_and_may_be_skipped)
{
    static const int32_t steps[] = {1, 2, 7, 1000000, INT32_MAX};
    double point[3];
    int64_t trial;
    int32_t prune = 9;

    create();
    trial = ask(point);
    ck_assert_int_eq(segml_study_report(study, trial, 0, 1, &prune, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "trial 0: step 0 after step 0; steps rise from 1");
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(segml_study_report(study, trial, steps[i], i, &prune, &err), SEGML_OK);
        ck_assert_int_eq(prune, 0);
        ck_assert_int_eq(segml_study_report(study, trial, steps[i], i, &prune, &err),
                         SEGML_E_ARGUMENT);
    }
    ck_assert_int_eq(info_of(trial).steps, 5);
    ck_assert_int_eq(segml_study_report(study, trial, 9, 1, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_prune(study, trial, &err), SEGML_OK);
    ck_assert_double_eq(info_of(trial).value, 4);
}
END_TEST

START_TEST(a_trial_ends_once)
{
    double point[3];
    int32_t prune;

    create();
    ask(point);
    ck_assert_int_eq(segml_study_prune(study, 0, &err), SEGML_OK);
    ck_assert_double_nan(info_of(0).value);
    ck_assert_int_eq(segml_study_tell(study, 0, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "trial 0 has ended already");
    ck_assert_int_eq(segml_study_prune(study, 0, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_report(study, 0, 1, 1, &prune, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_tell(study, 1, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "trial 1: the study has asked 1");
    ck_assert_int_eq(segml_study_tell(study, -1, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_tell(study, INT64_MAX, 1, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(own_points_are_tried_first)
{
    const double points[] = {3, 2, 5, -5, 1, (double)NAN, 3, 2, 5};
    double point[3];

    options.points = points;
    options.point_count = 3;
    create();
    ask(point);
    ck_assert_mem_eq(point, points, sizeof point);
    ask(point);
    ck_assert_double_eq(point[0], -5);
    ck_assert_double_nan(point[2]);
    ask(point); /* the third was the first again */
    ck_assert_double_ne(point[0], 3);
}
END_TEST

START_TEST(own_points_must_be_in_the_space)
{
    const double points[] = {3, 2, 5, 11, 1, 0};

    options.points = points;
    options.point_count = 2;
    ck_assert_int_eq(segml_study_create(&study, &options, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "point 1 to try first: x = 11 is not in [-5, 10]");
    ck_assert_ptr_null(study);
}
END_TEST

START_TEST(a_grid_ends)
{
    double point[3];
    int64_t trial;

    options.sampler = "grid";
    options.grid_points = 2;
    create();
    for (int t = 0; t < 10; t++) /* x: 2; colour 1, or 2 and 4 with two values of n */
        ask(point);
    ck_assert_int_eq(segml_study_ask(study, &trial, point, 3, &err), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(trial, -1);
    ck_assert_int_eq(segml_study_count(study), 10);
    free_study();
    options.grid_points = 1001;
    ck_assert_int_eq(segml_study_create(&study, &options, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "grid_points is 1001; 1 to 1000 are allowed");
}
END_TEST

START_TEST(a_grid_beyond_the_limit_is_refused)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    segml_dimension cube[4];
    segml_study *none = (segml_study *)cube;

    for (int d = 0; d < 4; d++) {
        cube[d] = dims[0];
        cube[d].name = names[d];
    }
    options.dimensions = cube;
    options.dimension_count = 4;
    options.sampler = "grid";
    options.grid_points = 32;
    ck_assert_int_eq(segml_study_create(&none, &options, &err), SEGML_E_LIMIT);
    ck_assert_ptr_null(none);
}
END_TEST

/* Walks along x, looking at the last trial. */
static int32_t
walk(const segml_study *seen, int64_t trial, double *point, void *user)
{
    segml_trial_info info = SEGML_TRIAL_INFO_INIT;

    ck_assert_int_eq(trial, segml_study_count(seen));
    ck_assert_int_eq(segml_study_get_trial(seen, trial, &info, NULL), SEGML_E_ARGUMENT);
    point[0] = 0;
    if (trial > 0) {
        ck_assert_int_eq(segml_study_get_trial(seen, trial - 1, &info, NULL), SEGML_OK);
        ck_assert_double_eq(info.value, (double)trial - 1);
        point[0] = info.point[0] + 1;
    }
    point[1] = 1;
    point[2] = 1234; /* not active */
    return trial < *(const int64_t *)user ? 0 : 1;
}

START_TEST(a_sampler_of_ones_own_sees_the_search)
{
    int64_t limit = 4, trial;
    double point[3];

    options.sample = walk;
    options.user = &limit;
    options.maximise = 1;
    create();
    for (int t = 0; t < 4; t++) {
        ask(point);
        ck_assert_double_eq(point[0], t);
        ck_assert_double_nan(point[2]);
        ck_assert_int_eq(segml_study_tell(study, t, t, &err), SEGML_OK);
    }
    ck_assert_int_eq(segml_study_ask(study, &trial, point, 3, &err), SEGML_E_CANCELLED);
    limit = 100;
    ask(point);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    static const struct {
        const char *sampler, *pruner;
        int32_t maximise;
        int64_t dimensions;
        const char *message;
    } wrong[] = {
        {"TPE", NULL, 0, 3, "unknown sampler TPE; there are tpe, tpe-univariate, random and grid"},
        {NULL, "hyperband", 0, 3, "unknown pruner hyperband; there are none, median and halving"},
        {NULL, "none", 2, 3, "maximise is 2; a switch is -1, 0 or 1"},
        {NULL, NULL, 0, 0, "0 dimensions; 1 to 64 are needed"},
    };
    segml_study *none = (segml_study *)&err;

    for (int i = 0; i < 4; i++) {
        none = (segml_study *)&err;
        options.sampler = wrong[i].sampler;
        options.pruner = wrong[i].pruner;
        options.maximise = wrong[i].maximise;
        options.dimension_count = wrong[i].dimensions;
        ck_assert_int_eq(segml_study_create(&none, &options, &err), SEGML_E_ARGUMENT);
        ck_assert_ptr_null(none);
        ck_assert_str_eq(err.message, wrong[i].message);
    }
    ck_assert_int_eq(segml_study_create(&none, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_create(NULL, &options, &err), SEGML_E_ARGUMENT);
    options.struct_size = 3;
    ck_assert_int_eq(segml_study_create(&none, &options, &err), SEGML_E_ABI);
}
END_TEST

START_TEST(nothing_to_write_to_or_no_study_is_refused)
{
    double point[3];
    int64_t trial = 0;
    segml_trial_info info = {0};

    create();
    ck_assert_int_eq(segml_study_ask(NULL, &trial, point, 3, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(trial, -1);
    ck_assert_int_eq(segml_study_ask(study, NULL, point, 3, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_ask(study, &trial, NULL, 3, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_ask(study, &trial, point, 2, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "room for 2 values; a point has 3");
    ck_assert_int_eq(segml_study_count(study), 0);
    ck_assert_int_eq(segml_study_tell(NULL, 0, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_study_count(NULL), 0);
    ck_assert_int_eq(segml_study_best(NULL), -1);
    ask(point);
    ck_assert_int_eq(segml_study_get_trial(study, 0, &info, &err), SEGML_E_ABI);
    ck_assert_int_eq(segml_study_get_trial(study, 0, NULL, &err), SEGML_E_ARGUMENT);
    segml_study_free(NULL);
}
END_TEST

TCase *
study_tests(void)
{
    TCase *tc = tcase_create("study");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_options, free_study);
    tcase_add_loop_test(tc, fifty_trials_are_asked_and_told, 0, 4);
    tcase_add_loop_test(tc, maximising_is_minimising_the_opposite, 0, 4);
    tcase_add_test(tc, the_highest_is_the_best_where_asked);
    tcase_add_test(tc, another_seed_is_another_search);
    tcase_add_test(tc, nan_is_a_failure_and_infinity_a_value);
    tcase_add_loop_test(tc, hopeless_trials_are_given_up, 0, 2);
    tcase_add_test(tc, steps_rise_and_may_be_skipped);
    tcase_add_test(tc, a_trial_ends_once);
    tcase_add_test(tc, own_points_are_tried_first);
    tcase_add_test(tc, own_points_must_be_in_the_space);
    tcase_add_test(tc, a_grid_ends);
    tcase_add_test(tc, a_grid_beyond_the_limit_is_refused);
    tcase_add_test(tc, a_sampler_of_ones_own_sees_the_search);
    tcase_add_test(tc, wrong_options_are_refused);
    tcase_add_test(tc, nothing_to_write_to_or_no_study_is_refused);
    return tc;
}
