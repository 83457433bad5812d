/* SPDX-License-Identifier: Apache-2.0 */

/* tune/prune: the promises R1 to R3 of prune.c on tables made by hand. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "tune/prune.h"

enum { TRIALS_MAX = 40, STEPS_MAX = 400 };

static sg_trial trials[TRIALS_MAX];
static double curves[TRIALS_MAX][STEPS_MAX];
static int32_t steps[TRIALS_MAX][STEPS_MAX];
static int32_t count;

static void
forget(void)
{
    count = 0;
}

/* A trial of that state with values at steps 1, 2, ... */
static void
add(int32_t state, int32_t values, const double *value)
{
    ck_assert_int_lt(count, TRIALS_MAX);
    for (int32_t i = 0; i < values; i++) {
        curves[count][i] = value[i];
        steps[count][i] = i + 1;
    }
    trials[count] =
        (sg_trial){.state = state, .steps = values, .step = steps[count], .curve = curves[count]};
    count++;
}

static void
add_complete(double a, double b, double c)
{
    double value[] = {a, b, c};

    add(SEGML_TRIAL_COMPLETE, 3, value);
}

/* Of a trial that has one value, or with a curve of several. */
static int
prunes(const sg_pruner *pruner, int32_t values, const double *value)
{
    sg_prune_view view = {trials, count, NULL, value, values};

    return pruner->should_prune(&view);
}

static int
prunes_at(const sg_pruner *pruner, int32_t step, double value)
{
    sg_prune_view view = {trials, count, &step, &value, 1};

    return pruner->should_prune(&view);
}

START_TEST(the_median_needs_five_complete_trials)
{
    double value = 100, few[] = {1};

    for (int t = 0; t < 4; t++)
        add_complete(1, 1, 1);
    add(SEGML_TRIAL_RUNNING, 1, few);
    add(SEGML_TRIAL_PRUNED, 1, few);
    add(SEGML_TRIAL_FAILED, 1, few);
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, &value), 0);
    add_complete(1, 1, 1);
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, &value), 1);
}
END_TEST

/* Values of complete trials at step 1 and their median. */
static const struct {
    int32_t count;
    double value[6], median;
} medians[] = {
    {5, {5, 1, 4, 2, 3}, 3},
    {6, {5, 1, 4, 2, 3, 6}, 3.5},
    {6, {1, 1, 1, 2, 2, 2}, 1.5},
    {5, {2, 2, 2, 2, 2}, 2},
    {6, {2, 2, 2, 2, 2, 2}, 2},
    {6, {7, (double)NAN, 1, 3, 9, 8}, 7}, /* what is missing does not count */
    {6, {7, (double)NAN, 1, 3, 9, (double)NAN}, 5},
    {5, {-3, -(double)INFINITY, (double)INFINITY, 4, 1}, 1},
    {6, {1e308, 1e308, 1.6e308, 1.6e308, 1e308, 1.6e308}, 1.3e308},
};

START_TEST(what_is_worse_than_the_median_is_given_up)
{
    double median = medians[_i].median, width = fabs(median) * 1e-9, value;

    for (int32_t t = 0; t < medians[_i].count; t++)
        add_complete(medians[_i].value[t], 0, 0);
    value = median;
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, &value), 0);
    value = median - width;
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, &value), 0);
    value = median + width;
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, &value), 1);
}
END_TEST

START_TEST(the_best_value_so_far_is_compared_at_the_same_step)
{
    double falling[] = {9, 5}, rising[] = {5, 9}, missing[] = {(double)NAN, 5};
    double nothing[] = {(double)NAN, (double)NAN};

    for (int t = 0; t < 5; t++)
        add_complete(1, 6, 0);
    ck_assert_int_eq(prunes(&sg_pruner_median, 1, falling), 1);
    ck_assert_int_eq(prunes(&sg_pruner_median, 2, falling), 0);
    ck_assert_int_eq(prunes(&sg_pruner_median, 2, rising), 0);
    ck_assert_int_eq(prunes(&sg_pruner_median, 2, missing), 0);
    ck_assert_int_eq(prunes(&sg_pruner_median, 2, nothing), 1);
    ck_assert_int_eq(prunes(&sg_pruner_median, 0, nothing), 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_median, 3, 1), 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_median, 4, 1e9), 0); /* nobody has that step */
}
END_TEST

static const double wide[] = {-(double)INFINITY, -(double)INFINITY, -(double)INFINITY,
                              (double)INFINITY,  (double)INFINITY,  (double)INFINITY};

START_TEST(a_median_between_infinities_gives_nobody_up)
{
    for (int t = 0; t < 6; t++)
        add_complete(wide[t], 0, 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_median, 1, 1e9), 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_median, 1, (double)INFINITY), 0);
}
END_TEST

/* A complete trial of so many steps, all of the same value. */
static void
add_long(int32_t state, int32_t length, double value)
{
    double values[STEPS_MAX];

    for (int32_t i = 0; i < length; i++)
        values[i] = value;
    add(state, length, values);
}

START_TEST(halving_waits_for_a_complete_trial)
{
    add_long(SEGML_TRIAL_RUNNING, 50, 1);
    add_long(SEGML_TRIAL_PRUNED, 50, 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, 100), 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, (double)NAN), 0);
    add_long(SEGML_TRIAL_COMPLETE, 50, 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, 100), 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, (double)NAN), 1);
}
END_TEST

/*
 * Values of others at rung 1, and the worst value that goes on: with its own, n values make
 * n / 4 places, at least one.
 */
static const struct {
    int32_t others;
    double value[11], worst;
} rungs[] = {
    {1, {5}, 5},
    {3, {5, 3, 9}, 3},
    {6, {5, 3, 9, 7, 8, 4}, 3},
    {7, {5, 3, 9, 7, 8, 4, 6}, 4},
    {7, {3, 3, 3, 3, 3, 3, 3}, 3},
    {11, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3},
    {5, {1, 2, (double)NAN, 4, (double)NAN}, 1},
};

START_TEST(only_the_best_quarter_goes_on)
{
    double worst = rungs[_i].worst;

    for (int32_t t = 0; t < rungs[_i].others; t++)
        add(t == 0 ? SEGML_TRIAL_COMPLETE : SEGML_TRIAL_RUNNING + t % 3, 1, &rungs[_i].value[t]);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, worst), 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, worst - 0.5), 0);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, worst + 0.5), 1);
}
END_TEST

/* 300 steps: rungs at 3, 12, 48, 192. */
START_TEST(a_trial_is_judged_on_arrival_at_a_rung_only)
{
    double value[STEPS_MAX];

    for (int i = 0; i < STEPS_MAX; i++)
        value[i] = 2;
    add_long(SEGML_TRIAL_COMPLETE, 300, 1);
    for (int32_t n = 1; n <= 300; n++)
        ck_assert_int_eq(prunes(&sg_pruner_halving, n, value),
                         n == 3 || n == 12 || n == 48 || n == 192);
}
END_TEST

START_TEST(skipped_rungs_are_judged_at_the_next_step)
{
    int32_t step[] = {2, 13, 47};
    double value[] = {2, 2, 2};
    sg_prune_view view = {trials, 1, step, value, 1};

    add_long(SEGML_TRIAL_COMPLETE, 300, 1);
    ck_assert_int_eq(sg_pruner_halving.should_prune(&view), 0);
    view.steps = 2;
    ck_assert_int_eq(sg_pruner_halving.should_prune(&view), 1);
    view.steps = 3;
    ck_assert_int_eq(sg_pruner_halving.should_prune(&view), 0);
}
END_TEST

START_TEST(the_rungs_are_those_of_the_first_complete_trial)
{
    add_long(SEGML_TRIAL_COMPLETE, 200, 1);
    add_long(SEGML_TRIAL_COMPLETE, 400, 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 2, 5), 1);
    ck_assert_int_eq(prunes_at(&sg_pruner_halving, 1, 5), 0);
}
END_TEST

START_TEST(pruners_have_names)
{
    ck_assert_ptr_eq(sg_pruner_find("median"), &sg_pruner_median);
    ck_assert_ptr_eq(sg_pruner_find("halving"), &sg_pruner_halving);
    ck_assert_ptr_null(sg_pruner_find("none"));
    ck_assert_ptr_null(sg_pruner_find(NULL));
    ck_assert_int_eq(sg_pruner_known("none"), 1);
    ck_assert_int_eq(sg_pruner_known(NULL), 1);
    ck_assert_int_eq(sg_pruner_known("halving"), 1);
    ck_assert_int_eq(sg_pruner_known("hyperband"), 0);
    ck_assert_int_eq(sg_pruner_known(""), 0);
}
END_TEST

TCase *
prune_tests(void)
{
    TCase *tc = tcase_create("prune");

    tcase_add_checked_fixture(tc, forget, NULL);
    tcase_add_test(tc, the_median_needs_five_complete_trials);
    tcase_add_loop_test(tc, what_is_worse_than_the_median_is_given_up, 0,
                        (int)(sizeof medians / sizeof *medians));
    tcase_add_test(tc, the_best_value_so_far_is_compared_at_the_same_step);
    tcase_add_test(tc, a_median_between_infinities_gives_nobody_up);
    tcase_add_test(tc, halving_waits_for_a_complete_trial);
    tcase_add_loop_test(tc, only_the_best_quarter_goes_on, 0, (int)(sizeof rungs / sizeof *rungs));
    tcase_add_test(tc, a_trial_is_judged_on_arrival_at_a_rung_only);
    tcase_add_test(tc, skipped_rungs_are_judged_at_the_next_step);
    tcase_add_test(tc, the_rungs_are_those_of_the_first_complete_trial);
    tcase_add_test(tc, pruners_have_names);
    return tc;
}
