/* SPDX-License-Identifier: Apache-2.0 */

/* tune/random: each kind of dimension by its distribution, points that know no history. */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tune/sampler.h"

enum { DRAWS = 4000 };

static sg_space space;
static sg_sampler_view view;

static void
make_space(void)
{
    static const sg_dimension dimensions[] = {
        {SG_PARAM_SUBSAMPLE, SG_DIMENSION_FLOAT, 0.5, 1.0},
        {SG_PARAM_LEARNING_RATE, SG_DIMENSION_LOG_FLOAT, 0.01, 0.2},
        {SG_PARAM_MAX_DEPTH, SG_DIMENSION_INT, 1, 8},
        {SG_PARAM_MAX_BIN, SG_DIMENSION_LOG_INT, 4, 64},
        {SG_PARAM_MAX_LEAVES, SG_DIMENSION_SWITCH_LOG_INT, 4, 64},
    };

    memset(&space, 0, sizeof space);
    memcpy(space.dimension, dimensions, sizeof dimensions);
    space.dimensions = (int32_t)(sizeof dimensions / sizeof *dimensions);
    for (int p = 0; p < SG_PARAM_COUNT; p++)
        space.fixed.value[p] = 1000 + p;
    view = (sg_sampler_view){&space, NULL, 0, 11, 22};
}

static double
draw(int32_t trial, sg_param param)
{
    sg_params params;

    sg_sampler_random.ask(&view, trial, &params);
    return params.value[param];
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov distance of numbers in [0, 1] from the uniform distribution. */
static double
ks_distance(double *u)
{
    double largest = 0;

    qsort(u, DRAWS, sizeof *u, compare);
    for (int i = 0; i < DRAWS; i++)
        largest = fmax(largest, fmax(u[i] - (double)i / DRAWS, (i + 1.0) / DRAWS - u[i]));
    return largest;
}

/* 1.95 / sqrt(n): one in a thousand. */
static const double ks_limit = 0.0308;

START_TEST(floats_are_uniform_in_their_range)
{
    static double u[DRAWS];

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, SG_PARAM_SUBSAMPLE);

        ck_assert_double_ge(x, 0.5);
        ck_assert_double_le(x, 1.0);
        u[t] = (x - 0.5) / 0.5;
    }
    ck_assert_double_lt(ks_distance(u), ks_limit);
}
END_TEST

START_TEST(log_floats_are_uniform_in_the_logarithm)
{
    static double u[DRAWS];

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, SG_PARAM_LEARNING_RATE);

        ck_assert_double_ge(x, 0.01);
        ck_assert_double_le(x, 0.2);
        u[t] = log(x / 0.01) / log(20);
    }
    ck_assert_double_lt(ks_distance(u), ks_limit);
}
END_TEST

/* Chi-square statistic of integers, low .. high, against the documented probabilities. */
static double
chi_square(sg_param param, int low, int high, int logarithmic)
{
    int count[65] = {0}, draws = 0;
    double sum = 0;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, param);

        if (x == 0 && param == SG_PARAM_MAX_LEAVES)
            continue;
        ck_assert_double_eq(x, floor(x));
        ck_assert_double_ge(x, low);
        ck_assert_double_le(x, high);
        count[(int)x]++;
        draws++;
    }
    for (int k = low; k <= high; k++) {
        double p = logarithmic ? log((k + 0.5) / (k - 0.5)) / log((high + 0.5) / (low - 0.5))
                               : 1.0 / (high - low + 1);

        sum += (count[k] - p * draws) * (count[k] - p * draws) / (p * draws);
    }
    return sum;
}

/* Limits: the 99.9 % points of chi-square with 7 and 60 degrees of freedom. */
START_TEST(integers_are_equally_frequent)
{
    ck_assert_double_lt(chi_square(SG_PARAM_MAX_DEPTH, 1, 8, 0), 24.32);
}
END_TEST

START_TEST(log_integers_have_equal_shares_of_the_logarithm)
{
    ck_assert_double_lt(chi_square(SG_PARAM_MAX_BIN, 4, 64, 1), 99.61);
}
END_TEST

START_TEST(a_switch_is_off_half_of_the_time)
{
    int off = 0;

    for (int32_t t = 0; t < DRAWS; t++)
        off += draw(t, SG_PARAM_MAX_LEAVES) == 0;
    ck_assert_int_gt(off, DRAWS / 2 - 104); /* 3.3 standard deviations */
    ck_assert_int_lt(off, DRAWS / 2 + 104);
    ck_assert_double_lt(chi_square(SG_PARAM_MAX_LEAVES, 4, 64, 1), 99.61);
}
END_TEST

START_TEST(dimensions_are_independent_of_each_other)
{
    double sum_x = 0, sum_y = 0, sum_xx = 0, sum_yy = 0, sum_xy = 0, r;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, SG_PARAM_SUBSAMPLE), y = draw(t, SG_PARAM_MAX_DEPTH);

        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_yy += y * y;
        sum_xy += x * y;
    }
    r = (sum_xy - sum_x * sum_y / DRAWS) /
        sqrt((sum_xx - sum_x * sum_x / DRAWS) * (sum_yy - sum_y * sum_y / DRAWS));
    ck_assert_double_lt(fabs(r), 3.3 / sqrt(DRAWS));
}
END_TEST

START_TEST(what_is_not_searched_keeps_its_fixed_value)
{
    ck_assert_double_eq(draw(3, SG_PARAM_GAMMA), 1000 + SG_PARAM_GAMMA);
    ck_assert_double_eq(draw(4, SG_PARAM_ROUNDS), 1000 + SG_PARAM_ROUNDS);
}
END_TEST

START_TEST(a_trial_has_one_point_whatever_the_history)
{
    static sg_trial history[20];
    sg_params alone, after;

    for (int i = 0; i < 20; i++) {
        history[i].loss = i;
        sg_sampler_random.ask(&view, i, &history[i].params);
    }
    for (int32_t t = 19; t >= 0; t--) {
        view.told = 0;
        view.trials = NULL;
        sg_sampler_random.ask(&view, t, &alone);
        view.told = t;
        view.trials = history;
        sg_sampler_random.ask(&view, t, &after);
        ck_assert_mem_eq(&alone, &after, sizeof alone);
        ck_assert_mem_eq(&alone, &history[t].params, sizeof alone);
    }
}
END_TEST

START_TEST(seed_group_and_trial_each_make_another_point)
{
    double here = draw(5, SG_PARAM_SUBSAMPLE);

    ck_assert_double_ne(draw(6, SG_PARAM_SUBSAMPLE), here);
    view.seed++;
    ck_assert_double_ne(draw(5, SG_PARAM_SUBSAMPLE), here);
    view.seed--;
    view.group++;
    ck_assert_double_ne(draw(5, SG_PARAM_SUBSAMPLE), here);
    view.group--;
    ck_assert_double_eq(draw(5, SG_PARAM_SUBSAMPLE), here);
}
END_TEST

TCase *
random_tests(void)
{
    TCase *tc = tcase_create("random");

    tcase_add_checked_fixture(tc, make_space, NULL);
    tcase_add_test(tc, floats_are_uniform_in_their_range);
    tcase_add_test(tc, log_floats_are_uniform_in_the_logarithm);
    tcase_add_test(tc, integers_are_equally_frequent);
    tcase_add_test(tc, log_integers_have_equal_shares_of_the_logarithm);
    tcase_add_test(tc, a_switch_is_off_half_of_the_time);
    tcase_add_test(tc, dimensions_are_independent_of_each_other);
    tcase_add_test(tc, what_is_not_searched_keeps_its_fixed_value);
    tcase_add_test(tc, a_trial_has_one_point_whatever_the_history);
    tcase_add_test(tc, seed_group_and_trial_each_make_another_point);
    return tc;
}
