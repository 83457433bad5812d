/* SPDX-License-Identifier: Apache-2.0 */

/* tune/random: each kind of dimension by its distribution, points that know no history. */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tune/sampler.h"

enum { DRAWS = 4000 };
enum { UNIT, RATE, DEPTH, BINS, COLOUR, SHARE, ONE, ONLY, DIMENSIONS };

static const double colours[] = {5, -1, 3};
static const segml_dimension dimensions[DIMENSIONS] = {
    {.name = "unit", .low = 0.5, .high = 1},
    {.name = "rate", .logarithmic = 1, .low = 0.01, .high = 0.2},
    {.name = "depth", .kind = SEGML_DIMENSION_INT, .low = 1, .high = 8},
    {.name = "bins", .kind = SEGML_DIMENSION_INT, .logarithmic = 1, .low = 4, .high = 64},
    {.name = "colour", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = colours, .choice_count = 3},
    {.name = "share",
     .low = 0.3,
     .high = 1,
     .step = 0.1,
     .parent = "colour",
     .parent_low = 3,
     .parent_high = 5},
    {.name = "one", .low = 7, .high = 7, .logarithmic = 1},
    {.name = "only", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = colours, .choice_count = 1},
};

static sg_space space;
static sg_trials history;

static void
make_space(void)
{
    ck_assert_int_eq(sg_space_make(&space, dimensions, DIMENSIONS, NULL), SEGML_OK);
    history = (sg_trials){.space = &space, .seed = 11, .group = 22};
}

static void
clear_space(void)
{
    sg_space_clear(&space);
}

static double
draw(int32_t trial, int dimension)
{
    double point[DIMENSIONS];

    history.count = trial;
    ck_assert_int_eq(sg_sampler_random.ask(&history, point, NULL), SEGML_OK);
    return point[dimension];
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
        double x = draw(t, UNIT);

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
        double x = draw(t, RATE);

        ck_assert_double_ge(x, 0.01);
        ck_assert_double_le(x, 0.2);
        u[t] = log(x / 0.01) / log(20);
    }
    ck_assert_double_lt(ks_distance(u), ks_limit);
}
END_TEST

/* Chi-square statistic of integers, low .. high, against the documented probabilities. */
static double
chi_square(int dimension, int low, int high, int logarithmic)
{
    int count[65] = {0};
    double sum = 0;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, dimension);

        ck_assert_double_eq(x, floor(x));
        ck_assert_double_ge(x, low);
        ck_assert_double_le(x, high);
        count[(int)x]++;
    }
    for (int k = low; k <= high; k++) {
        double p = logarithmic ? log((k + 0.5) / (k - 0.5)) / log((high + 0.5) / (low - 0.5))
                               : 1.0 / (high - low + 1);

        sum += (count[k] - p * DRAWS) * (count[k] - p * DRAWS) / (p * DRAWS);
    }
    return sum;
}

/* Limits: the 99.9 % points of chi-square with 7 and 60 degrees of freedom. */
START_TEST(integers_are_equally_frequent)
{
    ck_assert_double_lt(chi_square(DEPTH, 1, 8, 0), 24.32);
}
END_TEST

START_TEST(log_integers_have_equal_shares_of_the_logarithm)
{
    ck_assert_double_lt(chi_square(BINS, 4, 64, 1), 99.61);
}
END_TEST

/* 99.9 % points with 2 and 7 degrees of freedom. */
START_TEST(choices_are_equally_frequent)
{
    int count[3] = {0};
    double sum = 0;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, COLOUR);
        int c = x == colours[0] ? 0 : x == colours[1] ? 1 : 2;

        ck_assert_double_eq(x, colours[c]);
        count[c]++;
    }
    for (int c = 0; c < 3; c++)
        sum += (count[c] - DRAWS / 3.0) * (count[c] - DRAWS / 3.0) / (DRAWS / 3.0);
    ck_assert_double_lt(sum, 13.82);
}
END_TEST

START_TEST(steps_are_equally_frequent_where_active)
{
    int count[8] = {0}, active = 0;
    double sum = 0;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, SHARE);

        ck_assert_int_eq(isnan(x), draw(t, COLOUR) == -1);
        if (isnan(x))
            continue;
        active++;
        count[(int)((x - 0.3) / 0.1 + 0.5)]++;
        ck_assert_double_eq_tol(fabs(remainder(x - 0.3, 0.1)), 0, 1e-12);
    }
    ck_assert_int_gt(active, DRAWS / 2);
    for (int k = 0; k < 8; k++)
        sum += (count[k] - active / 8.0) * (count[k] - active / 8.0) / (active / 8.0);
    ck_assert_double_lt(sum, 24.32);
}
END_TEST

START_TEST(a_single_value_is_taken_as_it_is)
{
    ck_assert_double_eq(draw(0, ONE), 7);
    ck_assert_double_eq(draw(1, ONLY), 5);
}
END_TEST

START_TEST(dimensions_are_independent_of_each_other)
{
    double sum_x = 0, sum_y = 0, sum_xx = 0, sum_yy = 0, sum_xy = 0, r;

    for (int32_t t = 0; t < DRAWS; t++) {
        double x = draw(t, UNIT), y = draw(t, DEPTH);

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

START_TEST(a_trial_has_one_point_whatever_the_history)
{
    static sg_trial trials[20];
    static double points[20][DIMENSIONS];

    for (int32_t t = 0; t < 20; t++) {
        history.count = t;
        ck_assert_int_eq(sg_sampler_random.ask(&history, points[t], NULL), SEGML_OK);
        trials[t] = (sg_trial){.state = SEGML_TRIAL_COMPLETE, .value = t, .point = points[t]};
    }
    history.trial = trials;
    for (int32_t t = 19; t >= 0; t--) {
        for (int d = 0; d < DIMENSIONS; d++) {
            double again = draw(t, d);

            ck_assert(again == points[t][d] || (isnan(again) && isnan(points[t][d])));
        }
    }
}
END_TEST

START_TEST(seed_group_and_trial_each_make_another_point)
{
    double here = draw(5, UNIT);

    ck_assert_double_ne(draw(6, UNIT), here);
    history.seed++;
    ck_assert_double_ne(draw(5, UNIT), here);
    history.seed--;
    history.group++;
    ck_assert_double_ne(draw(5, UNIT), here);
    history.group--;
    ck_assert_double_eq(draw(5, UNIT), here);
}
END_TEST

START_TEST(samplers_have_names)
{
    static const char *const names[] = {"tpe", "tpe-univariate", "random", "grid"};

    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(sg_sampler_find(names[i])->name, names[i]);
    ck_assert_ptr_eq(sg_sampler_find(NULL), &sg_sampler_tpe);
    ck_assert_ptr_null(sg_sampler_find("TPE"));
    ck_assert_ptr_null(sg_sampler_find(""));
}
END_TEST

TCase *
random_tests(void)
{
    TCase *tc = tcase_create("random");

    tcase_add_checked_fixture(tc, make_space, clear_space);
    tcase_add_test(tc, floats_are_uniform_in_their_range);
    tcase_add_test(tc, log_floats_are_uniform_in_the_logarithm);
    tcase_add_test(tc, integers_are_equally_frequent);
    tcase_add_test(tc, log_integers_have_equal_shares_of_the_logarithm);
    tcase_add_test(tc, choices_are_equally_frequent);
    tcase_add_test(tc, steps_are_equally_frequent_where_active);
    tcase_add_test(tc, a_single_value_is_taken_as_it_is);
    tcase_add_test(tc, dimensions_are_independent_of_each_other);
    tcase_add_test(tc, a_trial_has_one_point_whatever_the_history);
    tcase_add_test(tc, seed_group_and_trial_each_make_another_point);
    tcase_add_test(tc, samplers_have_names);
    return tc;
}
