/* SPDX-License-Identifier: Apache-2.0 */

/* axis: where values and ticks stand. */

#include <check.h>
#include <math.h>

#include "report/axis.h"

static sg_range
range_of(double low, double high)
{
    sg_range range = sg_range_empty();

    sg_range_add(&range, low);
    sg_range_add(&range, high);
    return range;
}

START_TEST(what_is_not_finite_does_not_widen_a_range)
{
    sg_range range = sg_range_empty();

    sg_range_add(&range, (double)NAN);
    sg_range_add(&range, (double)INFINITY);
    ck_assert_int_eq(range.count, 0);
    sg_range_add(&range, 2);
    sg_range_add(&range, -1);
    ck_assert_int_eq(range.count, 2);
    ck_assert_double_eq(range.low, -1);
    ck_assert_double_eq(range.high, 2);
}
END_TEST

/* 0.31 to 0.52 with 4 % on each side is 0.3016 to 0.5284: four ticks a twentieth apart. */
START_TEST(ticks_are_round_and_inside)
{
    sg_range range = range_of(0.31, 0.52);
    sg_axis scale = sg_axis_fit(&range);

    ck_assert_double_eq_tol(scale.low, 0.3016, 1e-12);
    ck_assert_double_eq_tol(scale.high, 0.5284, 1e-12);
    ck_assert_int_eq(scale.ticks, 4);
    ck_assert_double_eq_tol(scale.tick[0], 0.35, 1e-12);
    ck_assert_double_eq_tol(scale.tick[3], 0.5, 1e-12);
    ck_assert_int_eq(scale.decimals, 2);
    ck_assert_double_eq_tol(sg_axis_at(&scale, 0.415), 0.5, 1e-12);
    ck_assert_double_eq(sg_axis_at(&scale, 7), 1);
    ck_assert_double_eq(sg_axis_at(&scale, -7), 0);
    ck_assert_double_eq(sg_axis_at(&scale, (double)NAN), 0);
}
END_TEST

static const double spans[][2] = {{0, 1},       {-3e-7, 5e-7}, {1e9, 3.7e9}, {-1, 0},
                                  {0.49, 0.51}, {100, 100.7},  {-55, 700},   {0, 6}};

START_TEST(there_are_two_to_six_ticks)
{
    sg_range range = range_of(spans[_i][0], spans[_i][1]);
    sg_axis scale = sg_axis_fit(&range);

    ck_assert_int_ge(scale.ticks, 2);
    ck_assert_int_le(scale.ticks, 6);
    for (int i = 0; i < scale.ticks; i++) {
        ck_assert_double_ge(scale.tick[i], scale.low);
        ck_assert_double_le(scale.tick[i], scale.high);
    }
}
END_TEST

START_TEST(one_value_stands_in_the_middle)
{
    const double values[] = {0, 5, -2, 1e-12, 1e12};
    sg_range range = range_of(values[_i], values[_i]);
    sg_axis scale = sg_axis_fit(&range);

    ck_assert_double_eq_tol(sg_axis_at(&scale, values[_i]), 0.5, 1e-6);
    ck_assert_int_ge(scale.ticks, 1);
}
END_TEST

START_TEST(wide_ranges_above_zero_are_logarithmic)
{
    sg_range range = range_of(1, 100);
    sg_axis scale = sg_axis_fit_wide(&range, 50);

    ck_assert(scale.is_log);
    ck_assert_double_eq_tol(sg_axis_at(&scale, 10), 0.5, 1e-12);
    ck_assert_int_ge(scale.ticks, 3);
    range = range_of(1, 40);
    ck_assert(!sg_axis_fit_wide(&range, 50).is_log);
    range = range_of(0, 100);
    ck_assert(!sg_axis_fit_wide(&range, 50).is_log);
    range = range_of(-1, 100);
    ck_assert(!sg_axis_fit_wide(&range, 50).is_log);
}
END_TEST

TCase *
axis_tests(void)
{
    TCase *tc = tcase_create("axis");

    tcase_add_test(tc, what_is_not_finite_does_not_widen_a_range);
    tcase_add_test(tc, ticks_are_round_and_inside);
    tcase_add_loop_test(tc, there_are_two_to_six_ticks, 0, 8);
    tcase_add_loop_test(tc, one_value_stands_in_the_middle, 0, 5);
    tcase_add_test(tc, wide_ranges_above_zero_are_logarithmic);
    return tc;
}
