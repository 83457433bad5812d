/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tune/tpe: the promises R1 to R8 of tpe.c, with histories that are made by hand. Whole
 * searches are compared with recorded ones in tests/tune.
 */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "tune/scale.h"
#include "tune/tpe.h"

enum { TRIALS_MAX = 400 };

static sg_space space;
static sg_trials history;
static sg_trial trials[TRIALS_MAX];
static double points[TRIALS_MAX][SG_SPACE_MAX];
static int32_t steps[TRIALS_MAX];
static double curves[TRIALS_MAX];
static sg_tpe_split split;

static void
clear(void)
{
    sg_tpe_split_clear(&split);
    sg_space_clear(&space);
}

static void
use(const segml_dimension *dimensions, int64_t count)
{
    segml_error err = SEGML_ERROR_INIT;

    clear();
    ck_assert_msg(sg_space_make(&space, dimensions, count, &err) == SEGML_OK, "%s", err.message);
    history = (sg_trials){.space = &space, .trial = trials, .seed = 1, .group = 2};
}

/* Two floats in [0, 1]. */
static void
use_square(void)
{
    static const segml_dimension square[] = {{.name = "x", .high = 1}, {.name = "y", .high = 1}};

    use(square, 2);
}

static sg_trial *
add(int32_t state, double value)
{
    sg_trial *trial = &trials[history.count];

    ck_assert_int_lt(history.count, TRIALS_MAX);
    *trial = (sg_trial){.state = state, .value = value, .point = points[history.count]};
    history.count++;
    return trial;
}

/* A pruned trial whose last report was of that value at that step. */
static void
add_pruned(int32_t step, double value)
{
    steps[history.count] = step;
    curves[history.count] = value;
    add(SEGML_TRIAL_PRUNED, value);
    trials[history.count - 1].step = &steps[history.count - 1];
    trials[history.count - 1].curve = &curves[history.count - 1];
    trials[history.count - 1].steps = 1;
}

static void
divide(void)
{
    sg_tpe_split_clear(&split);
    ck_assert_int_eq(sg_tpe_split_make(&split, &history, NULL), SEGML_OK);
}

static void
ask(const sg_sampler *sampler, double *point)
{
    ck_assert_int_eq(sampler->ask(&history, point, NULL), SEGML_OK);
    for (int32_t d = 0; d < space.count; d++) {
        double value = point[d];

        ck_assert_int_eq(isnan(value), !sg_space_active(&space, point, d));
        if (!isnan(value))
            ck_assert_double_eq(value, sg_scale_nearest(&space.dimension[d], value));
    }
}

/* Asks and tells a trial. */
static void
try_one(const sg_sampler *sampler, int32_t state, double value)
{
    ask(sampler, points[history.count]);
    add(state, value);
}

/* ceil(n / 10), at most 25. */
static const struct {
    int32_t finished, good;
} sizes[] = {{1, 1},  {10, 1}, {11, 2},   {20, 2},   {21, 3},   {26, 3},  {49, 5},
             {50, 5}, {51, 6}, {240, 24}, {250, 25}, {251, 25}, {400, 25}};

START_TEST(a_tenth_of_the_trials_is_good)
{
    use_square();
    for (int32_t t = 0; t < sizes[_i].finished; t++)
        add(SEGML_TRIAL_COMPLETE, -t);
    divide();
    ck_assert_int_eq(split.finished, sizes[_i].finished);
    ck_assert_int_eq(split.good_count, sizes[_i].good);
    ck_assert_int_eq(split.bad_count, sizes[_i].finished - sizes[_i].good);
    for (int32_t t = 0; t < split.bad_count; t++)
        ck_assert_int_eq(split.bad[t], t);
    for (int32_t t = 0; t < split.good_count; t++)
        ck_assert_int_eq(split.good[t], split.bad_count + t);
}
END_TEST

/* Eleven finished trials, so two good ones, in every mix; by hand from R3. */
START_TEST(trials_are_ranked_by_state_step_value_and_number)
{
    use_square();
    add_pruned(7, 1);                            /* 0: seventh */
    add(SEGML_TRIAL_FAILED, (double)NAN);        /* 1 */
    add(SEGML_TRIAL_COMPLETE, (double)INFINITY); /* 2: third */
    add(SEGML_TRIAL_RUNNING, (double)NAN);       /* 3 */
    add_pruned(9, 50);                           /* 4: fifth */
    add(SEGML_TRIAL_PRUNED, (double)NAN);        /* 5: no step, no value */
    add(SEGML_TRIAL_COMPLETE, 4);                /* 6: first */
    add(SEGML_TRIAL_COMPLETE, 4);                /* 7: second */
    add_pruned(9, (double)NAN);                  /* 8: sixth */
    add_pruned(9, -3);                           /* 9: fourth */
    add(SEGML_TRIAL_FAILED, (double)NAN);        /* 10 */
    add_pruned(7, 1);                            /* 11: eighth */
    add_pruned(2, -100);                         /* 12 */
    add_pruned(2, -200);                         /* 13 */
    divide();
    ck_assert_int_eq(split.finished, 11);
    ck_assert_int_eq(split.good_count, 2);
    ck_assert_int_eq(split.good[0], 6);
    ck_assert_int_eq(split.good[1], 7);
    ck_assert_int_eq(split.bad_count, 10);
    {
        static const int32_t bad[] = {0, 2, 3, 4, 5, 8, 9, 11, 12, 13};

        ck_assert_mem_eq(split.bad, bad, sizeof bad);
    }
}
END_TEST

/* Of ten trials one is good; without it the next best one is. By hand from R3. */
START_TEST(the_next_best_follows_when_the_best_is_gone)
{
    static const int32_t order[] = {6, 3, 1, 4, 9, 2, 5, 7, 8, 0};

    use_square();
    add(SEGML_TRIAL_PRUNED, (double)NAN); /* no step */
    add_pruned(9, 50);
    add_pruned(7, -1);
    add_pruned(9, -3);
    add_pruned(9, (double)NAN);
    add_pruned(1, 6);
    add(SEGML_TRIAL_COMPLETE, 100);
    add_pruned(1, 6);
    add_pruned(1, (double)INFINITY);
    add_pruned(8, -(double)INFINITY);
    for (int k = 0; k < 10; k++) {
        divide();
        ck_assert_int_eq(split.finished, 10 - k);
        ck_assert_int_eq(split.good_count, 1);
        ck_assert_int_eq(split.good[0], order[k]);
        trials[order[k]].state = SEGML_TRIAL_FAILED;
    }
}
END_TEST

static const sg_sampler *const samplers[] = {&sg_sampler_tpe, &sg_sampler_tpe_univariate};

START_TEST(the_first_points_are_random)
{
    double random[2];

    use_square();
    for (int32_t t = 0; t < 20; t++)
        try_one(samplers[_i], t % 2 == 0 ? SEGML_TRIAL_COMPLETE : SEGML_TRIAL_FAILED, t);
    for (int32_t t = 0; t < 20; t++) {
        history.count = t;
        sg_sampler_random.ask(&history, random, NULL);
        ck_assert_int_eq(random[0] == points[t][0], t < 19); /* trial 18 is the tenth to finish */
    }
}
END_TEST

/* Complete trials everywhere, the lowest values in a corner. */
static void
fill_square(int32_t count)
{
    sg_rng rng = sg_rng_stream(7, 0, "test", 0);

    for (int32_t t = 0; t < count; t++) {
        double *point = points[history.count];

        point[0] = sg_rng_uniform(&rng);
        point[1] = sg_rng_uniform(&rng);
        add(SEGML_TRIAL_COMPLETE, hypot(point[0] - 0.2, point[1] - 0.8));
    }
}

/* Mean distance from the minimum of 200 suggestions, each with another seed. */
static double
mean_distance(const sg_sampler *sampler)
{
    double sum = 0, point[2];

    for (history.seed = 0; history.seed < 200; history.seed++) {
        ask(sampler, point);
        sum += hypot(point[0] - 0.2, point[1] - 0.8);
    }
    return sum / 200;
}

START_TEST(suggestions_are_near_good_points)
{
    use_square();
    fill_square(100);
    /* A random point is 0.52 away in the mean, the farthest of the ten good ones 0.2. */
    ck_assert_double_lt(mean_distance(samplers[_i]), 0.2);
}
END_TEST

START_TEST(running_trials_drive_others_away)
{
    double alone, beside;

    use_square();
    fill_square(30);
    alone = mean_distance(samplers[_i]);
    for (int i = 0; i < 10; i++) {
        points[history.count][0] = 0.2;
        points[history.count][1] = 0.8;
        add(SEGML_TRIAL_RUNNING, (double)NAN);
    }
    beside = mean_distance(samplers[_i]);
    ck_assert_double_gt(beside, 1.3 * alone);
}
END_TEST

START_TEST(failed_trials_do_not_exist)
{
    double with[2], without[2];

    use_square();
    fill_square(40);
    ask(samplers[_i], without);
    for (int t = 0; t < 40; t++)
        trials[t].state = t % 4 == 1 ? SEGML_TRIAL_FAILED : SEGML_TRIAL_COMPLETE;
    ask(samplers[_i], with);
    ck_assert_double_ne(with[0], without[0]);
    for (int t = 1; t < 40; t += 4) {
        trials[t].value = (double)NAN;
        points[t][0] = (double)NAN;
    }
    ask(samplers[_i], without);
    ck_assert_mem_eq(with, without, sizeof with);
}
END_TEST

/* A valley along the diagonal: good points are anywhere in x and in y, but not in both. */
START_TEST(only_the_joint_rule_sees_a_diagonal)
{
    sg_rng rng = sg_rng_stream(7, 0, "test", 0);
    double distance[2] = {0, 0};

    use_square();
    for (int32_t t = 0; t < 250; t++) {
        points[t][0] = sg_rng_uniform(&rng);
        points[t][1] = t % 10 == 0 ? points[t][0] : sg_rng_uniform(&rng);
        add(SEGML_TRIAL_COMPLETE, fabs(points[t][0] - points[t][1]));
    }
    for (int s = 0; s < 2; s++) {
        for (history.seed = 0; history.seed < 200; history.seed++) {
            double point[2];

            ask(samplers[s], point);
            distance[s] += fabs(point[0] - point[1]) / 200;
        }
    }
    ck_assert_double_lt(distance[0], 0.1); /* 1/3 at random */
    ck_assert_double_gt(distance[1], 2 * distance[0]);
}
END_TEST

static const struct {
    int32_t state;
    double value; /* NaN: the trial's number */
} odd[] = {
    {SEGML_TRIAL_COMPLETE, 3},
    {SEGML_TRIAL_COMPLETE, (double)INFINITY},
    {SEGML_TRIAL_COMPLETE, -(double)INFINITY},
    {SEGML_TRIAL_PRUNED, (double)NAN},
    {SEGML_TRIAL_PRUNED, 2},
    {SEGML_TRIAL_FAILED, (double)NAN},
    {SEGML_TRIAL_RUNNING, (double)NAN},
};
enum { ODD = (int)(sizeof odd / sizeof *odd) };

START_TEST(odd_objectives_do_no_harm)
{
    use_square();
    for (int32_t t = 0; t < 60; t++)
        try_one(samplers[_i % 2], odd[_i / 2].state, odd[_i / 2].value);
}
END_TEST

/* Every kind of dimension, conditional ones under conditional ones, single values. */
static const double three[] = {1, 2, 3}, one[] = {4};
static const segml_dimension all_kinds[] = {
    {.name = "a", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = three, .choice_count = 3},
    {.name = "b", .low = -1, .high = 1},
    {.name = "c",
     .logarithmic = 1,
     .low = 1e-5,
     .high = 10,
     .parent = "a",
     .parent_low = 2,
     .parent_high = 3},
    {.name = "d",
     .kind = SEGML_DIMENSION_INT,
     .low = 1,
     .high = 5,
     .parent = "c",
     .parent_low = 0.01,
     .parent_high = 10},
    {.name = "e", .low = 0, .high = 1, .step = 0.3},
    {.name = "f", .low = 6, .high = 6},
    {.name = "g",
     .kind = SEGML_DIMENSION_CATEGORICAL,
     .choices = one,
     .choice_count = 1,
     .parent = "a",
     .parent_low = 1,
     .parent_high = 1},
    {.name = "h", .kind = SEGML_DIMENSION_INT, .logarithmic = 1, .low = 1, .high = 0x1p53},
    {.name = "never", .low = 0, .high = 1, .parent = "f", .parent_low = 7, .parent_high = 8},
};

START_TEST(points_of_any_space_are_in_it)
{
    int active = 0;

    use(all_kinds, 9);
    for (int32_t t = 0; t < 120; t++) {
        const double *point = points[t];

        try_one(samplers[_i], SEGML_TRIAL_COMPLETE, 0);
        trials[t].value = point[1] + (isnan(point[3]) ? 0 : point[3]) + point[4] + log(point[7]);
        ck_assert_double_eq(point[5], 6);
        ck_assert_double_nan(point[8]);
        active += !isnan(point[3]);
    }
    ck_assert_int_gt(active, 5);
    ck_assert_int_lt(active, 115);
}
END_TEST

START_TEST(sixty_four_dimensions_are_searched)
{
    static char name[64][16];
    segml_dimension many[64];

    for (int d = 0; d < 64; d++) {
        snprintf(name[d], sizeof name[d], "x%d", d);
        many[d] = (segml_dimension){.name = name[d], .low = 1, .high = 1e6};
        many[d].kind = d % 2;
        many[d].logarithmic = d / 2 % 2;
    }
    use(many, 64);
    for (int32_t t = 0; t < 40; t++) {
        try_one(samplers[_i], SEGML_TRIAL_COMPLETE, 0);
        for (int d = 0; d < 64; d++)
            trials[t].value += log(points[t][d]);
    }
}
END_TEST

START_TEST(many_choices_are_searched)
{
    static double values[1024];
    segml_dimension wide = {
        .name = "x", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = values, .choice_count = 1024};

    for (int c = 0; c < 1024; c++)
        values[c] = c * 31 % 1024;
    use(&wide, 1);
    for (int32_t t = 0; t < 40; t++) {
        try_one(samplers[_i], SEGML_TRIAL_COMPLETE, 0);
        trials[t].value = points[t][0];
    }
}
END_TEST

START_TEST(a_point_depends_on_seed_group_and_trial)
{
    double here[2], there[2];

    use_square();
    fill_square(20);
    ask(samplers[_i], here);
    ask(samplers[_i], there);
    ck_assert_mem_eq(here, there, sizeof here);
    history.seed++;
    ask(samplers[_i], there);
    ck_assert_double_ne(here[0], there[0]);
    history.seed--;
    history.group++;
    ask(samplers[_i], there);
    ck_assert_double_ne(here[0], there[0]);
    history.group--;
    add(SEGML_TRIAL_FAILED, (double)NAN);
    ask(samplers[_i], there);
    ck_assert_double_ne(here[0], there[0]);
}
END_TEST

TCase *
tpe_tests(void)
{
    TCase *tc = tcase_create("tpe");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, NULL, clear);
    tcase_add_loop_test(tc, a_tenth_of_the_trials_is_good, 0, (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(tc, trials_are_ranked_by_state_step_value_and_number);
    tcase_add_test(tc, the_next_best_follows_when_the_best_is_gone);
    tcase_add_loop_test(tc, the_first_points_are_random, 0, 2);
    tcase_add_loop_test(tc, suggestions_are_near_good_points, 0, 2);
    tcase_add_loop_test(tc, running_trials_drive_others_away, 0, 2);
    tcase_add_loop_test(tc, failed_trials_do_not_exist, 0, 2);
    tcase_add_test(tc, only_the_joint_rule_sees_a_diagonal);
    tcase_add_loop_test(tc, odd_objectives_do_no_harm, 0, 2 * ODD);
    tcase_add_loop_test(tc, points_of_any_space_are_in_it, 0, 2);
    tcase_add_loop_test(tc, sixty_four_dimensions_are_searched, 0, 2);
    tcase_add_loop_test(tc, many_choices_are_searched, 0, 2);
    tcase_add_loop_test(tc, a_point_depends_on_seed_group_and_trial, 0, 2);
    return tc;
}
