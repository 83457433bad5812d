/* SPDX-License-Identifier: Apache-2.0 */

/* tune/grid: which values, in which order, how many, and where it ends. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tune/sampler.h"

enum { POINTS_MAX = 200, DIMENSIONS_MAX = 4 };

static sg_space space;
static sg_trials history;
static sg_trial trials[POINTS_MAX];
static double points[POINTS_MAX][DIMENSIONS_MAX];
static segml_error err;

static void
clear(void)
{
    sg_space_clear(&space);
}

static void
use(const segml_dimension *dimensions, int64_t count, int32_t grid_points)
{
    sg_space_clear(&space);
    ck_assert_msg(sg_space_make(&space, dimensions, count, &err) == SEGML_OK, "%s", err.message);
    history = (sg_trials){.space = &space, .trial = trials, .grid_points = grid_points};
}

/* Asks until the end. @return number of points */
static int
ask_all(void)
{
    for (;;) {
        int rc;

        ck_assert_int_lt(history.count, POINTS_MAX);
        rc = sg_sampler_grid.ask(&history, points[history.count], &err);
        if (rc != SEGML_OK) {
            ck_assert_int_eq(rc, SEGML_E_NOT_FOUND);
            return history.count - history.first;
        }
        trials[history.count] = (sg_trial){.point = points[history.count]};
        history.count++;
    }
}

#define INT .kind = SEGML_DIMENSION_INT
static const double letters[] = {30, 10, 20};

/* Values of one dimension, by hand. */
static const struct {
    segml_dimension dimension;
    int32_t grid_points, count;
    double value[6];
} lines[] = {
    {{.name = "x", .low = 0, .high = 1}, 5, 5, {0, 0.25, 0.5, 0.75, 1}},
    {{.name = "x", .low = 0, .high = 1}, 1, 1, {0.5}},
    {{.name = "x", .low = 3, .high = 3}, 5, 1, {3}},
    {{.name = "x", .low = 1e-4, .high = 1, .logarithmic = 1}, 5, 5, {1e-4, 1e-3, 0.01, 0.1, 1}},
    {{.name = "x", .low = 0, .high = 1, .step = 0.5}, 5, 3, {0, 0.5, 1}},
    {{.name = "x", .low = 0, .high = 1, .step = 0.1}, 3, 3, {0, 0.5, 1}},
    {{.name = "x", INT, .low = 1, .high = 4}, 5, 4, {1, 2, 3, 4}},
    {{.name = "x", INT, .low = 0, .high = 100}, 5, 5, {0, 25, 50, 75, 100}},
    {{.name = "x", INT, .low = 1, .high = 100, .logarithmic = 1}, 3, 3, {1, 10, 100}},
    /* Powers of the root of 2, rounded: 1, 1, 2, 3, 4, 6, 8, 11, 16. Those that meet are one. */
    {{.name = "x", INT, .low = 1, .high = 16, .logarithmic = 1}, 9, 8, {1, 2, 3, 4, 6, 8}},
    {{.name = "x", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = letters, .choice_count = 3},
     1,
     3,
     {30, 10, 20}},
};

START_TEST(a_dimension_takes_evenly_spread_values)
{
    use(&lines[_i].dimension, 1, lines[_i].grid_points);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_OK);
    ck_assert_int_eq(ask_all(), lines[_i].count);
    for (int p = 0; p < lines[_i].count && p < 6; p++)
        ck_assert_double_eq_tol(points[p][0], lines[_i].value[p], 1e-12);
}
END_TEST

START_TEST(the_last_dimension_is_the_fastest)
{
    static const segml_dimension dimensions[] = {
        {.name = "x", INT, .low = 1, .high = 2},
        {.name = "y", .low = 0.5, .high = 0.5},
        {.name = "z", .kind = SEGML_DIMENSION_CATEGORICAL, .choices = letters, .choice_count = 3}};
    static const double expected[6][3] = {{1, 0.5, 30}, {1, 0.5, 10}, {1, 0.5, 20},
                                          {2, 0.5, 30}, {2, 0.5, 10}, {2, 0.5, 20}};

    use(dimensions, 3, 5);
    ck_assert_int_eq(ask_all(), 6);
    for (int p = 0; p < 6; p++)
        ck_assert_mem_eq(points[p], expected[p], sizeof expected[p]);
    ck_assert_str_eq(err.message, "the grid is exhausted after 6 points");
}
END_TEST

/* x = 1: y in {0, 1}; y = 1: z in {1, 2}. By hand 1 + (1 + 2) combinations. */
static const segml_dimension tree[] = {
    {.name = "x", INT, .low = 0, .high = 1},
    {.name = "y", INT, .low = 0, .high = 1, .parent = "x", .parent_low = 1, .parent_high = 1},
    {.name = "z", INT, .low = 1, .high = 2, .parent = "y", .parent_low = 1, .parent_high = 9}};

START_TEST(what_is_not_active_does_not_vary)
{
    static const double expected[4][3] = {{0, -1, -1}, {1, 0, -1}, {1, 1, 1}, {1, 1, 2}};

    use(tree, 3, 5);
    ck_assert_int_eq(ask_all(), 4);
    for (int p = 0; p < 4; p++) {
        for (int d = 0; d < 3; d++) {
            if (expected[p][d] < 0)
                ck_assert_double_nan(points[p][d]);
            else
                ck_assert_double_eq(points[p][d], expected[p][d]);
        }
    }
}
END_TEST

START_TEST(points_of_the_caller_come_before_the_grid)
{
    use(tree, 3, 5);
    for (int t = 0; t < 2; t++)
        trials[t] = (sg_trial){.point = points[t]};
    history.first = history.count = 2;
    ck_assert_int_eq(ask_all(), 4);
    ck_assert_double_eq(points[2][0], 0);
    ck_assert_double_eq(points[5][2], 2);
}
END_TEST

START_TEST(a_million_points_are_the_limit)
{
    static char name[6][2];
    segml_dimension cube[7];

    for (int d = 0; d < 6; d++) {
        name[d][0] = (char)('a' + d);
        cube[d] = (segml_dimension){.name = name[d], .high = 1};
    }
    use(cube, 6, 10);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_OK);
    cube[0] = (segml_dimension){.name = "a", INT, .low = 0, .high = 10};
    use(cube, 6, 10);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_OK);
    cube[6] = (segml_dimension){
        .name = "g", INT, .low = 0, .high = 1, .parent = "a", .parent_low = 0, .parent_high = 0};
    use(cube, 7, 10);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "a grid of more than 1,000,000 points; use fewer dimensions or "
                                  "grid_points, or another sampler");
}
END_TEST

/* Two branches of half a million points each, of which never more than one is active. */
START_TEST(branches_of_a_conditional_space_add_up)
{
    static const segml_dimension root = {.name = "r", INT, .low = 0, .high = 1};
    static char name[10][2];
    segml_dimension both[11];

    both[0] = root;
    for (int d = 0; d < 10; d++) {
        name[d][0] = (char)('a' + d);
        both[1 + d] = (segml_dimension){
            .name = name[d], .high = 1, .parent = "r", .parent_low = d / 5, .parent_high = d / 5};
    }
    use(both, 11, 13); /* 2 * 13^5 = 742,586 */
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_OK);
    use(both, 11, 14); /* 2 * 14^5 = 1,075,648 */
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_E_LIMIT);
}
END_TEST

START_TEST(sixty_four_dimensions_do_not_overflow_the_count)
{
    static char name[64][16];
    segml_dimension many[64];

    for (int d = 0; d < 64; d++) {
        snprintf(name[d], sizeof name[d], "x%d", d);
        many[d] = (segml_dimension){.name = name[d], .high = 1};
    }
    use(many, 64, 1000);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_E_LIMIT);
    use(many, 64, 1);
    ck_assert_int_eq(sg_sampler_grid.check(&history, &err), SEGML_OK);
}
END_TEST

TCase *
grid_tests(void)
{
    TCase *tc = tcase_create("grid");

    tcase_add_checked_fixture(tc, NULL, clear);
    tcase_add_loop_test(tc, a_dimension_takes_evenly_spread_values, 0,
                        (int)(sizeof lines / sizeof *lines));
    tcase_add_test(tc, the_last_dimension_is_the_fastest);
    tcase_add_test(tc, what_is_not_active_does_not_vary);
    tcase_add_test(tc, points_of_the_caller_come_before_the_grid);
    tcase_add_test(tc, a_million_points_are_the_limit);
    tcase_add_test(tc, branches_of_a_conditional_space_add_up);
    tcase_add_test(tc, sixty_four_dimensions_do_not_overflow_the_count);
    return tc;
}
