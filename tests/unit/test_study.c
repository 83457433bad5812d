/* SPDX-License-Identifier: Apache-2.0 */

/* tune/study: what is asked first, who makes the points, curves, the best trial. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "tune/study.h"

static const segml_dimension square[2] = {
    {.name = "x", .low = 0, .high = 1},
    {.name = "n", .kind = SEGML_DIMENSION_INT, .low = 1, .high = 3},
};

static sg_study study;
static sg_study_spec spec;
static segml_error err;

static void
make_spec(void)
{
    memset(&study, 0, sizeof study);
    memset(&err, 0, sizeof err);
    spec = (sg_study_spec){.dimensions = square, .dimension_count = 2, .seed = 3, .group = 4};
}

static void
clear_study(void)
{
    sg_study_clear(&study);
}

static void
begin(void)
{
    ck_assert_msg(sg_study_begin(&study, &spec, &err) == SEGML_OK, "%s", err.message);
}

static const double *
ask(void)
{
    int32_t trial = -1, before = study.count;

    ck_assert_msg(sg_study_ask(&study, &trial, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(trial, before);
    ck_assert_int_eq(study.count, before + 1);
    ck_assert_int_eq(study.trial[trial].state, SEGML_TRIAL_RUNNING);
    ck_assert_double_nan(study.trial[trial].value);
    return study.trial[trial].point;
}

START_TEST(own_points_come_first_moved_inside_and_once)
{
    static const double points[] = {0.5, 2, -7, 2.2, 0.5, 2.4, 0, 2, 2, 9};
    static const double expected[3][2] = {{0.5, 2}, {0, 2}, {1, 3}};
    sg_trials history;
    double sampled[2];

    spec.points = points;
    spec.point_count = 5;
    begin();
    ck_assert_int_eq(study.point_count, 3);
    for (int p = 0; p < 3; p++)
        ck_assert_mem_eq(ask(), expected[p], sizeof expected[p]);
    history = (sg_trials){.space = &study.space, .count = 3, .seed = 3, .group = 4};
    ck_assert_int_eq(sg_sampler_random.ask(&history, sampled, NULL), SEGML_OK);
    ck_assert_mem_eq(ask(), sampled, sizeof sampled);
}
END_TEST

START_TEST(exact_points_must_be_in_the_space)
{
    static const double points[] = {0.5, 2, 0.5, 9};

    spec.points = points;
    spec.point_count = 2;
    spec.exact_points = 1;
    ck_assert_int_eq(sg_study_begin(&study, &spec, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "point 1 to try first: n = 9 is not in [1, 3] by steps of 1");
}
END_TEST

START_TEST(the_number_of_points_is_limited)
{
    static const double points[2] = {0, 1};
    static const int64_t counts[] = {-1, 10001, INT64_MAX, INT64_MIN};

    spec.points = points;
    spec.point_count = counts[_i];
    ck_assert_int_eq(sg_study_begin(&study, &spec, &err), SEGML_E_ARGUMENT);
    sg_study_clear(&study);
    spec.points = NULL;
    spec.point_count = 1;
    ck_assert_int_eq(sg_study_begin(&study, &spec, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(a_grid_begins_after_own_points)
{
    static const double point[2] = {0.3, 3};

    spec.points = point;
    spec.point_count = 1;
    spec.sampler = &sg_sampler_grid;
    spec.grid_points = 2;
    begin();
    ck_assert_mem_eq(ask(), point, sizeof point);
    for (int t = 0; t < 4; t++) {
        const double *asked = ask();

        ck_assert_double_eq(asked[0], t / 2);
        ck_assert_double_eq(asked[1], t % 2 == 0 ? 1 : 3);
    }
    {
        int32_t trial = 77;

        ck_assert_int_eq(sg_study_ask(&study, &trial, &err), SEGML_E_NOT_FOUND);
        ck_assert_int_eq(study.count, 5);
        ck_assert_str_eq(err.message, "the grid is exhausted after 4 points");
    }
}
END_TEST

START_TEST(points_stay_where_they_are)
{
    const double *first;
    double copy[2];

    begin();
    first = ask();
    memcpy(copy, first, sizeof copy);
    for (int32_t t = 1; t < 100; t++) {
        ask();
        sg_study_tell(&study, t, SEGML_TRIAL_COMPLETE, t);
    }
    ck_assert_ptr_eq(study.trial[0].point, first);
    ck_assert_mem_eq(first, copy, sizeof copy);
}
END_TEST

/* What a sampler of the caller is asked to do. */
typedef struct plan {
    double point[2];
    int32_t answer;
    int32_t asked;
} plan;

static int32_t
sample_by_plan(const segml_study *seen, int64_t trial, double *point, void *user)
{
    plan *p = user;

    ck_assert_ptr_eq(seen, &study);
    ck_assert_int_eq(trial, segml_study_count(seen));
    ck_assert_double_nan(point[0]);
    p->asked++;
    memcpy(point, p->point, sizeof p->point);
    return p->answer;
}

START_TEST(a_sampler_of_ones_own_replaces_the_others)
{
    static const double first[2] = {0.9, 1};
    plan p = {.point = {0.25, 2}};

    spec.points = first;
    spec.point_count = 1;
    spec.sampler = &sg_sampler_grid;
    spec.sample = sample_by_plan;
    spec.user = &p;
    begin();
    ck_assert_double_eq(ask()[0], 0.9);
    ck_assert_int_eq(p.asked, 0);
    ck_assert_double_eq(ask()[0], 0.25);
    ck_assert_int_eq(p.asked, 1);
}
END_TEST

static const struct {
    plan plan;
    int status;
    const char *message;
} bad_plans[] = {
    {{.point = {0.5, 2}, .answer = 5},
     SEGML_E_CANCELLED,
     "trial 0: cancelled by the sampler, which returned 5"},
    {{.point = {0.5, 2}, .answer = -1},
     SEGML_E_CANCELLED,
     "trial 0: cancelled by the sampler, which returned -1"},
    {{.point = {1.5, 2}},
     SEGML_E_ARGUMENT,
     "the sampler's point for trial 0: x = 1.5 is not in [0, 1]"},
    {{.point = {(double)NAN, 2}},
     SEGML_E_ARGUMENT,
     "the sampler's point for trial 0: x = nan is not in [0, 1]"},
};

START_TEST(a_bad_answer_of_it_leaves_the_study_as_it_was)
{
    plan p = bad_plans[_i].plan;
    int32_t trial;

    spec.sample = sample_by_plan;
    spec.user = &p;
    begin();
    ck_assert_int_eq(sg_study_ask(&study, &trial, &err), bad_plans[_i].status);
    ck_assert_str_eq(err.message, bad_plans[_i].message);
    ck_assert_int_eq(study.count, 0);
    ck_assert_int_eq(sg_study_ask(&study, &trial, NULL), bad_plans[_i].status);
    p = (plan){.point = {0.5, 2}};
    ask();
}
END_TEST

/* Values in trial order, and the best of them. */
static const struct {
    double value[5];
    int32_t best;
} told[] = {
    {{0.5, 0.4, 0.3, 0.2, 0.1}, 4},
    {{0.1, 0.4, 0.3, 0.2, 0.5}, 0},
    {{0.5, 0.3, 0.4, 0.3, 0.3}, 1},                         /* the first of equals */
    {{(double)NAN, 0.4, (double)NAN, 0.3, (double)NAN}, 3}, /* failed ones never */
    {{(double)NAN, (double)NAN, (double)NAN, (double)NAN, 9e99}, 4},
    {{(double)INFINITY, (double)NAN, 7, (double)INFINITY, 8}, 2},
    {{(double)INFINITY, (double)NAN, (double)INFINITY, (double)NAN, (double)INFINITY}, 0},
    {{-0.5, -0.7, 0, -(double)INFINITY, 1}, 3},
    {{(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}, -1},
};

START_TEST(the_best_trial_is_the_first_of_the_lowest)
{
    begin();
    ck_assert_int_eq(sg_study_best(&study), -1);
    for (int32_t t = 0; t < 5; t++) {
        ask();
        sg_study_tell(&study, t, SEGML_TRIAL_COMPLETE, told[_i].value[t]);
        ck_assert_int_eq(study.trial[t].state,
                         isnan(told[_i].value[t]) ? SEGML_TRIAL_FAILED : SEGML_TRIAL_COMPLETE);
    }
    ck_assert_int_eq(sg_study_best(&study), told[_i].best);
}
END_TEST

START_TEST(only_complete_trials_are_the_best)
{
    begin();
    for (int t = 0; t < 4; t++)
        ask();
    sg_study_tell(&study, 0, SEGML_TRIAL_PRUNED, -5);
    sg_study_tell(&study, 1, SEGML_TRIAL_COMPLETE, 3);
    sg_study_tell(&study, 2, SEGML_TRIAL_FAILED, -9);
    ck_assert_int_eq(sg_study_best(&study), 1);
    ck_assert_double_eq(study.trial[0].value, -5);
    ck_assert_double_nan(study.trial[2].value);
}
END_TEST

START_TEST(curves_are_kept_for_pruners)
{
    static const double curve[3] = {5, 4, 3}, bad[2] = {6, 5};
    static const int32_t step[3] = {1, 2, 4};

    spec.pruner = &sg_pruner_median;
    begin();
    for (int32_t t = 0; t < 5; t++) {
        ask();
        ck_assert_int_eq(sg_study_should_prune(&study, NULL, bad, 2), 0);
        ck_assert_int_eq(sg_study_keep_curve(&study, t, t % 2 == 0 ? step : NULL, curve, 2, NULL),
                         SEGML_OK);
        ck_assert_int_eq(sg_study_keep_curve(&study, t, t % 2 == 0 ? step : NULL, curve, 3, NULL),
                         SEGML_OK);
        ck_assert_int_eq(study.trial[t].steps, 3);
        ck_assert_int_eq(study.trial[t].step[2], t % 2 == 0 ? 4 : 3);
        sg_study_tell(&study, t, SEGML_TRIAL_COMPLETE, 3);
    }
    ck_assert_int_eq(sg_study_should_prune(&study, NULL, bad, 2), 1);
    ck_assert_int_eq(sg_study_should_prune(&study, NULL, curve, 3), 0);
    study.pruner = NULL;
    ck_assert_int_eq(sg_study_should_prune(&study, NULL, bad, 2), 0);
}
END_TEST

START_TEST(the_same_seed_makes_the_same_search)
{
    double first[60][2];

    for (int run = 0; run < 2; run++) {
        begin();
        for (int32_t t = 0; t < 60; t++) {
            const double *point = ask();

            if (run == 0)
                memcpy(first[t], point, sizeof first[t]);
            else
                ck_assert_mem_eq(first[t], point, sizeof first[t]);
            sg_study_tell(&study, t, SEGML_TRIAL_COMPLETE, point[0] * point[1]);
        }
        sg_study_clear(&study);
    }
}
END_TEST

/* Four trials at a time; run 1 tells them backwards, with nothing asked in between. */
START_TEST(the_order_of_telling_a_generation_does_not_matter)
{
    double first[60][2];

    for (int run = 0; run < 2; run++) {
        begin();
        for (int32_t t = 0; t < 60; t++) {
            const double *point = ask();

            if (run == 0)
                memcpy(first[t], point, sizeof first[t]);
            ck_assert_mem_eq(point, first[t], sizeof first[t]);
            for (int32_t k = 0; k < 4 && t % 4 == 3; k++) {
                int32_t trial = run == 0 ? t - k : t - 3 + k;

                point = study.trial[trial].point;
                sg_study_tell(&study, trial, SEGML_TRIAL_COMPLETE, point[0] * point[1]);
            }
        }
        sg_study_clear(&study);
    }
}
END_TEST

START_TEST(a_space_or_grid_that_makes_no_sense_is_refused)
{
    spec.dimension_count = 0;
    ck_assert_int_eq(sg_study_begin(&study, &spec, &err), SEGML_E_ARGUMENT);
    sg_study_clear(&study);
    spec.dimension_count = 2;
    spec.grid_points = -1;
    ck_assert_int_eq(sg_study_begin(&study, &spec, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "grid_points is -1; 1 to 1000 are allowed");
}
END_TEST

START_TEST(a_cleared_study_is_empty)
{
    static const sg_study empty;

    begin();
    ask();
    sg_study_clear(&study);
    ck_assert_mem_eq(&study, &empty, sizeof empty);
    ck_assert_int_eq(sg_study_best(&study), -1);
    sg_study_clear(&study);
}
END_TEST

/* All four points of a grid of 2 x 2, whatever was tried before them, on the grid or not. */
START_TEST(a_grid_begins_after_enqueued_trials)
{
    static const double first[3][2] = {{0.3, 2}, {1, 3}, {5, -4}}, moved[2] = {1, 1};
    int32_t trial;

    spec.sampler = &sg_sampler_grid;
    spec.grid_points = 2;
    begin();
    for (int p = 0; p < 3; p++)
        ck_assert_int_eq(sg_study_enqueue(&study, first[p], &err), SEGML_OK);
    ck_assert_int_eq(study.count, 3);
    ck_assert_mem_eq(study.trial[0].point, first[0], sizeof first[0]);
    ck_assert_mem_eq(study.trial[2].point, moved, sizeof moved);
    for (int x = 0; x < 2; x++) {
        for (int n = 1; n <= 3; n += 2) {
            const double *point = ask();

            ck_assert_double_eq(point[0], x);
            ck_assert_double_eq(point[1], n);
        }
    }
    ck_assert_int_eq(sg_study_ask(&study, &trial, &err), SEGML_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "the grid is exhausted after 4 points");
}
END_TEST

START_TEST(an_enqueued_point_that_is_not_a_number_is_refused)
{
    static const double bad[2] = {NAN, 2};

    begin();
    ck_assert_int_eq(sg_study_enqueue(&study, bad, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(study.count, 0);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

TCase *
study_tests(void)
{
    TCase *tc = tcase_create("study");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, make_spec, clear_study);
    tcase_add_test(tc, own_points_come_first_moved_inside_and_once);
    tcase_add_test(tc, exact_points_must_be_in_the_space);
    tcase_add_loop_test(tc, the_number_of_points_is_limited, 0, 4);
    tcase_add_test(tc, a_grid_begins_after_own_points);
    tcase_add_test(tc, a_grid_begins_after_enqueued_trials);
    tcase_add_test(tc, an_enqueued_point_that_is_not_a_number_is_refused);
    tcase_add_test(tc, points_stay_where_they_are);
    tcase_add_test(tc, a_sampler_of_ones_own_replaces_the_others);
    tcase_add_loop_test(tc, a_bad_answer_of_it_leaves_the_study_as_it_was, 0, COUNT(bad_plans));
    tcase_add_loop_test(tc, the_best_trial_is_the_first_of_the_lowest, 0, COUNT(told));
    tcase_add_test(tc, only_complete_trials_are_the_best);
    tcase_add_test(tc, curves_are_kept_for_pruners);
    tcase_add_test(tc, the_same_seed_makes_the_same_search);
    tcase_add_test(tc, the_order_of_telling_a_generation_does_not_matter);
    tcase_add_test(tc, a_space_or_grid_that_makes_no_sense_is_refused);
    tcase_add_test(tc, a_cleared_study_is_empty);
    return tc;
}
