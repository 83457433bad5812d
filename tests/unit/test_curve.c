/* SPDX-License-Identifier: Apache-2.0 */

/* train/curve: the lowest round, the moving average on few rows, when to stop. */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "train/curve.h"

enum { ROUNDS = 400, FEW = 199, MANY = 200 };

static double loss[ROUNDS];

/* Rounds until a curve says stop, 0 = never; value(round) from 1. */
static int
rounds_until_stop(sg_curve *curve, int64_t rows, double (*value)(int))
{
    *curve = sg_curve_begin(loss, rows);
    for (int round = 1; round <= ROUNDS; round++) {
        int stop = sg_curve_add(curve, value(round));

        ck_assert_int_eq(curve->rounds, round);
        ck_assert_double_eq(loss[round - 1], value(round));
        if (stop)
            return round;
    }
    return 0;
}

/* Falls by a hundredth up to round n, then rises. */
static double
lowest_at_10(int round)
{
    return 2 + 0.01 * abs(round - 10);
}

static double
lowest_at_100(int round)
{
    return 2 + 0.01 * abs(round - 100);
}

static double
always_falling(int round)
{
    return 10 - 0.02 * round;
}

static double
constant(int round)
{
    (void)round;
    return 1.5;
}

/* Each round better by less than 1e-4 of the loss. */
static double
barely_falling(int round)
{
    return 100 - 0.0001 * round;
}

/* Better by 5e-5 of the loss in every round: 1.5e-3 in 30, 7.5e-4 in 15. */
static double
hardly_falling(int round)
{
    return 100 - 0.005 * round;
}

static double
negative(int round)
{
    return -5 + 0.01 * abs(round - 10);
}

/* Patience: max(20, 0.3 best + 10) rounds behind the best; a fraction of a round is a round. */
START_TEST(training_stops_when_patience_is_over)
{
    sg_curve curve;

    ck_assert_int_eq(rounds_until_stop(&curve, MANY, lowest_at_10), 10 + 20);
    ck_assert_int_eq(curve.best_at, 10);
    ck_assert_double_eq(curve.best, 2.0);
    ck_assert_int_eq(rounds_until_stop(&curve, MANY, lowest_at_100), 100 + 40);
    ck_assert_int_eq(curve.best_at, 100);
    ck_assert_int_eq(rounds_until_stop(&curve, MANY, negative), 10 + 20);
    ck_assert_double_eq(curve.best, -5.0);
}
END_TEST

/* Better by 4 in 10,000 of the loss in every round. */
static double
slowly_falling(int round)
{
    return 100 - 0.04 * round;
}

/* Better by 2 in 1,000. */
static double
steadily_falling(int round)
{
    return 100 - 0.2 * round;
}

/*
 * Of few rows, whose average lies two rounds behind: max(15, 0.2 best + 10) rounds behind the
 * best. By hand: in the valley around round n the averages of rounds n - 1 and n are 2.014 and
 * 2.012, which differ by less than a thousandth, so patience counts from round n - 1.
 */
START_TEST(few_rows_have_less_patience)
{
    sg_curve curve;

    ck_assert_int_eq(rounds_until_stop(&curve, FEW, lowest_at_10), 9 + 15 + 2);
    ck_assert_int_eq(curve.best_at, 10);
    ck_assert_int_eq(rounds_until_stop(&curve, FEW, lowest_at_100), 99 + 30 + 2);
    ck_assert_int_eq(curve.best_at, 100);
    ck_assert_int_eq(rounds_until_stop(&curve, FEW, constant), 1 + 15 + 2);
    ck_assert_int_eq(curve.best_at, 1);
}
END_TEST

/*
 * An improvement of less than a thousandth is none of few rows, though of many. Compared with the
 * last that counted, small ones add up: 4 in 10,000 per round are more than 1 in 1,000 after three
 * rounds, so that a slow fall goes on; a fall too slow for 15 rounds does not.
 */
START_TEST(few_rows_need_larger_improvements)
{
    sg_curve curve;

    ck_assert_int_eq(rounds_until_stop(&curve, FEW, steadily_falling), 0);
    ck_assert_int_eq(rounds_until_stop(&curve, FEW, slowly_falling), 0);
    ck_assert_int_eq(rounds_until_stop(&curve, MANY, hardly_falling), 0);
    ck_assert_int_eq(rounds_until_stop(&curve, FEW, hardly_falling), 1 + 15 + 2);
    ck_assert_int_eq(curve.best_at, 1 + 15); /* yet the best is the best */
}
END_TEST

START_TEST(a_curve_that_is_not_a_number_has_no_best)
{
    sg_curve curve = sg_curve_begin(loss, MANY);
    int stopped = 0;

    for (int round = 1; round <= 100 && !stopped; round++)
        stopped = sg_curve_add(&curve, (double)NAN);
    ck_assert_int_eq(stopped, 1);
    ck_assert_int_eq(curve.best_at, 0);
}
END_TEST

START_TEST(a_falling_curve_never_stops)
{
    sg_curve curve;

    ck_assert_int_eq(rounds_until_stop(&curve, MANY, always_falling), 0);
    ck_assert_int_eq(curve.best_at, ROUNDS);
}
END_TEST

/* The first round counts as the last improvement, yet the best is the best. */
START_TEST(tiny_improvements_do_not_buy_time)
{
    sg_curve curve;

    ck_assert_int_eq(rounds_until_stop(&curve, MANY, constant), 1 + 20);
    ck_assert_int_eq(curve.best_at, 1);
    ck_assert_int_eq(rounds_until_stop(&curve, MANY, barely_falling), 1 + 20);
    ck_assert_int_eq(curve.best_at, 21);
}
END_TEST

/* Noise of one round: a dip to 1 at round 5 alone, a lasting low of 2 around round 30. */
static double
with_a_dip(int round)
{
    return round == 5 ? 1 : 3 - (round >= 28 && round <= 32);
}

START_TEST(few_rows_are_averaged_over_five_rounds)
{
    sg_curve curve;

    rounds_until_stop(&curve, MANY, with_a_dip);
    ck_assert_int_eq(curve.best_at, 5);
    ck_assert_double_eq(curve.best, 1.0);
    for (int round = 1; round <= 40; round++)
        loss[round - 1] = with_a_dip(round);
    ck_assert_int_eq(sg_curve_lowest(loss, 40, MANY), 5);
    ck_assert_int_eq(sg_curve_lowest(loss, 40, FEW), 30);
}
END_TEST

/* By hand: means of what is there of {i - 2 .. i + 2}. */
START_TEST(the_average_is_centred_and_cut_at_the_ends)
{
    static const double values[7] = {4, 1, 1, 5, 6, 0, 3};
    /* means: 2, 2.75, 3.4, 2.6, 3, 3.5, 3 */
    static const double rising[4] = {1, 2, 3, 4}, falling[4] = {4, 3, 2, 1};
    sg_curve curve = sg_curve_begin(loss, FEW);

    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(sg_curve_add(&curve, values[i]), 0);
    ck_assert_int_eq(curve.best_at, 1);
    ck_assert_double_eq(curve.best, 2.0);
    ck_assert_int_eq(sg_curve_lowest(values, 7, FEW), 1);
    ck_assert_int_eq(sg_curve_lowest(values, 7, MANY), 6);
    ck_assert_int_eq(sg_curve_lowest(rising, 4, FEW), 1);
    ck_assert_int_eq(sg_curve_lowest(falling, 4, FEW), 4);
    ck_assert_int_eq(sg_curve_lowest(falling, 1, FEW), 1);
}
END_TEST

START_TEST(the_first_of_equal_rounds_is_the_lowest)
{
    static const double equal[5] = {3, 2, 2, 2, 3};

    ck_assert_int_eq(sg_curve_lowest(equal, 5, MANY), 2);
}
END_TEST

START_TEST(an_empty_curve_has_no_best)
{
    sg_curve curve = sg_curve_begin(loss, MANY);

    ck_assert_int_eq(curve.best_at, 0);
    ck_assert_int_eq(curve.rounds, 0);
    ck_assert_int_eq(sg_curve_add(&curve, 7), 0);
    ck_assert_int_eq(curve.best_at, 1);
    ck_assert_double_eq(curve.best, 7.0);
}
END_TEST

TCase *
curve_tests(void)
{
    TCase *tc = tcase_create("curve");

    tcase_add_test(tc, training_stops_when_patience_is_over);
    tcase_add_test(tc, few_rows_have_less_patience);
    tcase_add_test(tc, few_rows_need_larger_improvements);
    tcase_add_test(tc, a_curve_that_is_not_a_number_has_no_best);
    tcase_add_test(tc, a_falling_curve_never_stops);
    tcase_add_test(tc, tiny_improvements_do_not_buy_time);
    tcase_add_test(tc, few_rows_are_averaged_over_five_rounds);
    tcase_add_test(tc, the_average_is_centred_and_cut_at_the_ends);
    tcase_add_test(tc, the_first_of_equal_rounds_is_the_lowest);
    tcase_add_test(tc, an_empty_curve_has_no_best);
    return tc;
}
