/* SPDX-License-Identifier: Apache-2.0 */

/* tune/space and tune/scale: what is refused and how, steps, conditions, points. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tune/scale.h"
#include "tune/space.h"

static const double choices[] = {3, 1, 2};
static const double twice[] = {3, 1, 3};
static const double not_finite[] = {3, (double)INFINITY};

static sg_space space;
static segml_error err;

static void
clear(void)
{
    sg_space_clear(&space);
}

static int
make(const segml_dimension *dimensions, int64_t count)
{
    sg_space_clear(&space);
    memset(&err, 0, sizeof err);
    return sg_space_make(&space, dimensions, count, &err);
}

static const sg_dimension *
use(segml_dimension dimension)
{
    dimension.name = "x";
    ck_assert_msg(make(&dimension, 1) == SEGML_OK, "%s", err.message);
    return &space.dimension[0];
}

#define INT .kind = SEGML_DIMENSION_INT
#define CATEGORICAL .kind = SEGML_DIMENSION_CATEGORICAL

static const struct {
    segml_dimension dimension;
    const char *message;
} refused[] = {
    {{.low = 0, .high = 1}, "dimension 0 has no name"},
    {{.name = "", .high = 1}, "dimension 0 has no name"},
    {{.name = "\xff", .high = 1}, "the name of dimension 0 is not UTF-8"},
    {{.name = "x", .kind = 3, .high = 1}, "x: unknown kind 3"},
    {{.name = "x", .kind = -1, .high = 1}, "x: unknown kind -1"},
    {{.name = "x", .low = 2, .high = 1}, "x: the range from 2 to 1 is empty; low comes first"},
    {{.name = "x", .low = (double)NAN, .high = 1}, "x: the range from nan to 1 is not finite"},
    {{.name = "x", .low = 0, .high = (double)INFINITY}, "x: the range from 0 to inf is not finite"},
    {{.name = "x", .low = -1.5e308, .high = 1.5e308},
     "x: the range from -1.5e+308 to 1.5e+308 is too wide; its width must be a number"},
    {{.name = "x", .low = 1, .high = 1 + 0x1p-52},
     "x: the range from 1 to 1.0000000000000002 is too narrow to be searched; low may be equal to "
     "high"},
    {{.name = "x", .low = 0, .high = 0x1p-1074},
     "x: the range from 0 to 4.94065645841247e-324 is too narrow to be searched; low may be "
     "equal to high"},
    {{.name = "x", .logarithmic = 1, .low = 0x1p60, .high = 0x1p60 + 256},
     "x: the range from 1.152921504606847e+18 to 1.1529215046068472e+18 is too narrow to be "
     "searched; low may be equal to high"},
    {{.name = "x", .logarithmic = 1, .low = 0, .high = 1},
     "x: the range from 0 to 1 has no logarithm; low must be above 0"},
    {{.name = "x", INT, .logarithmic = 1, .low = 0, .high = 9},
     "x: the range from 0 to 9 has no logarithm; low must be above 0"},
    {{.name = "x", .logarithmic = 2, .low = 1, .high = 2},
     "x: logarithmic is 2; 0 and 1 are allowed"},
    {{.name = "x", .low = 0, .high = 1, .step = -0.1},
     "x: step -0.1 is not a step; 0 is the default"},
    {{.name = "x", .low = 0, .high = 1, .step = (double)NAN},
     "x: step nan is not a step; 0 is the default"},
    {{.name = "x", .logarithmic = 1, .low = 1, .high = 2, .step = 0.5},
     "x: step 0.5 in a logarithmic dimension; it must be 0"},
    {{.name = "x", INT, .logarithmic = 1, .low = 1, .high = 9, .step = 2},
     "x: step 2 in a logarithmic dimension; it must be 0"},
    {{.name = "x", INT, .low = 1, .high = 9, .step = 1.5},
     "x: step 1.5 between integers; it must be an integer"},
    {{.name = "x", .low = 1e6, .high = 2e6, .step = 1e-12},
     "x: step 1e-12 is lost in rounding; 0 is continuous"},
    {{.name = "x", .low = 0, .high = 1, .step = 1e-300},
     "x: step 1e-300 is lost in rounding; 0 is continuous"},
    {{.name = "x", INT, .low = 0.5, .high = 2},
     "x: the range from 0.5 to 2 is of integers, but a bound is not"},
    {{.name = "x", INT, .low = 0, .high = 0x1p53 + 2},
     "x: the range from 0 to 9007199254740994 is too wide for integers; 2^53 is the limit"},
    {{.name = "x", INT, .low = -0x1p53, .high = 2},
     "x: the range from -9007199254740992 to 2 is too wide for integers; 2^53 is the limit"},
    {{.name = "x", .low = 0, .high = 1, .choices = choices, .choice_count = 3},
     "x has choices but is a number; its kind should be categorical"},
    {{.name = "x", CATEGORICAL}, "x has 0 choices; 1 to 1024 are needed"},
    {{.name = "x", CATEGORICAL, .choices = choices}, "x has 0 choices; 1 to 1024 are needed"},
    {{.name = "x", CATEGORICAL, .choices = choices, .choice_count = -1},
     "x has -1 choices; 1 to 1024 are needed"},
    {{.name = "x", CATEGORICAL, .choices = choices, .choice_count = INT64_MAX},
     "x has 9223372036854775807 choices; 1 to 1024 are needed"},
    {{.name = "x", CATEGORICAL, .choices = twice, .choice_count = 3},
     "x: choices 0 and 2 are both 3"},
    {{.name = "x", CATEGORICAL, .choices = not_finite, .choice_count = 2},
     "x: choice 1 is inf; it must be finite"},
    {{.name = "x", .high = 1, .parent = "y"},
     "x: its parent y is not among the dimensions before it"},
    {{.name = "x", .high = 1, .parent = "x"},
     "x: its parent x is not among the dimensions before it"},
};

START_TEST(what_makes_no_sense_is_refused_with_the_value)
{
    ck_assert_int_eq(make(&refused[_i].dimension, 1), SEGML_E_ARGUMENT);
    ck_assert_int_eq(err.code, SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

START_TEST(the_number_of_dimensions_is_limited)
{
    static char name[65][16];
    segml_dimension many[65];

    for (int d = 0; d < 65; d++) {
        snprintf(name[d], sizeof name[d], "x%d", d);
        many[d] = (segml_dimension){.name = name[d], .high = 1};
    }
    ck_assert_int_eq(make(many, 64), SEGML_OK);
    ck_assert_int_eq(space.count, 64);
    ck_assert_int_eq(make(many, 65), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "65 dimensions; 1 to 64 are needed");
    ck_assert_int_eq(make(many, 0), SEGML_E_ARGUMENT);
    ck_assert_int_eq(make(many, INT64_MAX), SEGML_E_ARGUMENT);
    ck_assert_int_eq(make(NULL, 2), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "0 dimensions; 1 to 64 are needed");
}
END_TEST

START_TEST(a_name_is_taken_once)
{
    const segml_dimension same[] = {
        {.name = "x", .high = 1}, {.name = "y", .high = 1}, {.name = "x", .high = 2}};

    ck_assert_int_eq(make(same, 3), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "dimensions 0 and 2 are both named x");
}
END_TEST

START_TEST(a_reserved_member_is_for_the_future)
{
    segml_dimension x = {.name = "x", .high = 1, .reserved = {NULL, &space}};

    ck_assert_int_eq(make(&x, 1), SEGML_E_ABI);
}
END_TEST

START_TEST(names_and_choices_are_copied)
{
    char name[] = "colour";
    double values[] = {7, 5};
    segml_dimension x = {.name = name, CATEGORICAL, .choices = values, .choice_count = 2};

    ck_assert_int_eq(make(&x, 1), SEGML_OK);
    name[0] = 'C';
    values[0] = 0;
    ck_assert_str_eq(space.dimension[0].name, "colour");
    ck_assert_double_eq(space.dimension[0].choices[0], 7);
    ck_assert_double_eq(space.dimension[0].low, 0);
    ck_assert_double_eq(space.dimension[0].high, 1);
}
END_TEST

/* Last point and number of steps, by hand. 0.7 / 0.05 is 13.999999999999998 in doubles. */
static const struct {
    segml_dimension dimension;
    double high, steps;
} grids[] = {
    {{.low = 0.3, .high = 1, .step = 0.05}, 1, 14},
    {{.low = 0, .high = 1, .step = 0.3}, 0.9, 3},
    {{.low = 0, .high = 1, .step = 0.25}, 1, 4},
    {{.low = 2, .high = 3, .step = 5}, 2, 0},
    {{.low = 2, .high = 3, .step = 1e10}, 2, 0},
    {{.low = -1, .high = -1, .step = 0.5}, -1, 0},
    {{INT, .low = 1, .high = 8}, 8, 7},
    {{INT, .low = 1, .high = 9, .step = 3}, 7, 2},
    {{INT, .low = -4, .high = 4, .step = 4}, 4, 2},
    {{INT, .logarithmic = 1, .low = 1, .high = 1024, .step = 1}, 1024, 1023},
    {{INT, .low = 0, .high = 0x1p53}, 0x1p53, 0x1p53},
    {{CATEGORICAL, .choices = choices, .choice_count = 3}, 2, 2},
};

START_TEST(a_step_that_does_not_divide_lowers_the_end)
{
    const sg_dimension *d = use(grids[_i].dimension);

    ck_assert_double_eq_tol(d->high, grids[_i].high, 1e-15);
    ck_assert_double_eq(sg_scale_steps(d), grids[_i].steps);
    ck_assert_int_eq(sg_scale_is_fixed(d), grids[_i].steps == 0);
}
END_TEST

START_TEST(every_value_of_a_grid_is_found_again)
{
    const sg_dimension *d = use(grids[_i].dimension);
    double low = sg_scale_low(d), high = sg_scale_high(d);

    for (double k = 0; k <= d->high - d->low && k <= fmin(sg_scale_steps(d), 2000); k++) {
        double value = sg_scale_step_value(d, k), point = value;
        sg_cell cell;

        ck_assert_double_eq(sg_scale_value(d, sg_scale_place(d, value)), value);
        ck_assert_double_eq(sg_scale_nearest(d, value), value);
        ck_assert_int_eq(sg_space_check_point(&space, &point, 0, NULL), SEGML_OK);
        ck_assert_double_eq(point, value);
        if (d->kind == SEGML_DIMENSION_CATEGORICAL)
            continue;
        cell = sg_scale_cell(d, value);
        ck_assert_double_ge(cell.low, low - 1e-12);
        ck_assert_double_le(cell.high, high + 1e-12 * fabs(high));
        ck_assert_double_eq_tol(cell.high - cell.low, cell.width, 1e-12);
    }
}
END_TEST

START_TEST(places_are_logarithms_where_asked)
{
    const sg_dimension *d = use((segml_dimension){.logarithmic = 1, .low = 1e-4, .high = 1});

    ck_assert_double_eq_tol(sg_scale_place(d, 0.01), -4.605170185988091, 1e-15);
    ck_assert_double_eq_tol(sg_scale_value(d, sg_scale_low(d)), 1e-4, 1e-18);
    ck_assert_double_eq(sg_scale_value(d, sg_scale_high(d)), 1);
    ck_assert_double_eq(sg_scale_value(d, 5), 1);
    d = use((segml_dimension){INT, .logarithmic = 1, .low = 1, .high = 9});
    ck_assert_double_eq_tol(sg_scale_low(d), log(0.5), 1e-15);
    ck_assert_double_eq_tol(sg_scale_high(d), log(9.5), 1e-15);
    ck_assert_double_eq(sg_scale_value(d, log(1.49)), 1);
    ck_assert_double_eq(sg_scale_value(d, log(1.51)), 2);
}
END_TEST

/* booster is dart: rate in effect; and with a rate of at least 0.5, skip. */
static void
make_conditional(void)
{
    static const double boosters[] = {0, 1};
    const segml_dimension dimensions[] = {
        {.name = "booster", CATEGORICAL, .choices = boosters, .choice_count = 2},
        {.name = "rate",
         .low = 0,
         .high = 1,
         .parent = "booster",
         .parent_low = 1,
         .parent_high = 1},
        {.name = "skip",
         INT,
         .low = 1,
         .high = 4,
         .parent = "rate",
         .parent_low = 0.5,
         .parent_high = (double)INFINITY},
    };

    ck_assert_msg(make(dimensions, 3) == SEGML_OK, "%s", err.message);
}

START_TEST(children_of_children_follow_their_parents)
{
    double all[] = {1, 0.7, 3}, some[] = {1, 0.4, 3}, none[] = {0, 0.7, 3};

    make_conditional();
    ck_assert_int_eq(sg_space_check_point(&space, all, 0, NULL), SEGML_OK);
    ck_assert_double_eq(all[2], 3);
    ck_assert_int_eq(sg_space_check_point(&space, some, 0, NULL), SEGML_OK);
    ck_assert_double_eq(some[1], 0.4);
    ck_assert_double_nan(some[2]);
    ck_assert_int_eq(sg_space_check_point(&space, none, 0, NULL), SEGML_OK);
    ck_assert_double_nan(none[1]);
    ck_assert_double_nan(none[2]);
}
END_TEST

START_TEST(a_condition_forgives_the_round_off_of_steps)
{
    const segml_dimension pair[] = {
        {.name = "x", .low = 0, .high = 1, .step = 0.1},
        {.name = "y", .high = 1, .parent = "x", .parent_low = 0.3, .parent_high = 0.3}};

    ck_assert_int_eq(make(pair, 2), SEGML_OK);
    for (int k = 0; k <= 10; k++) {
        double point[] = {sg_scale_step_value(&space.dimension[0], k), 0.5};

        ck_assert_int_eq(sg_space_active(&space, point, 1), k == 3);
    }
}
END_TEST

START_TEST(a_condition_needs_a_range_and_a_parent_before_it)
{
    segml_dimension pair[] = {
        {.name = "x", .high = 1},
        {.name = "y", .high = 1, .parent = "x", .parent_low = 1, .parent_high = 0.5}};

    ck_assert_int_eq(make(pair, 2), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "y: parent_low must not be above parent_high, and neither NaN");
    pair[1].parent_low = (double)NAN;
    ck_assert_int_eq(make(pair, 2), SEGML_E_ARGUMENT);
    pair[0].parent = "y";
    ck_assert_int_eq(make(pair, 2), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "x: its parent y is not among the dimensions before it");
}
END_TEST

static const struct {
    segml_dimension dimension;
    double value, clipped;
    const char *message; /* NULL = it is in the space, or but for round-off */
} values[] = {
    {{.low = 0, .high = 1}, 0.3, 0.3, NULL},
    {{.low = 0, .high = 1}, 1, 1, NULL},
    {{.low = 0, .high = 1}, 1.5, 1, "x = 1.5 is not in [0, 1]"},
    {{.low = 0, .high = 1}, -(double)INFINITY, 0, "x = -inf is not in [0, 1]"},
    {{.low = 0.3, .high = 1, .step = 0.05}, 0.6500000000000001, 0.65, NULL},
    {{.low = 0.3, .high = 1, .step = 0.05},
     0.66,
     0.65,
     "x = 0.66 is not in [0.3, 1] by steps of "
     "0.05"},
    {{.low = 0, .high = 1, .step = 0.3},
     1,
     0.9,
     "x = 1 is not in [0, 0.89999999999999991] by steps of 0.3"},
    {{INT, .low = 1, .high = 8}, 8, 8, NULL},
    {{INT, .low = 1, .high = 8}, 2.4, 2, "x = 2.4 is not in [1, 8] by steps of 1"},
    {{INT, .low = 1, .high = 8}, 9, 8, "x = 9 is not in [1, 8] by steps of 1"},
    {{CATEGORICAL, .choices = choices, .choice_count = 3}, 2, 2, NULL},
    {{CATEGORICAL, .choices = choices, .choice_count = 3},
     2.2,
     2,
     "x = 2.2 is none of its 3 "
     "choices"},
    {{CATEGORICAL, .choices = choices, .choice_count = 3}, 9, 3, "x = 9 is none of its 3 choices"},
};

START_TEST(points_are_snapped_refused_or_moved_inside)
{
    double point = values[_i].value;

    use(values[_i].dimension);
    if (values[_i].message == NULL) {
        ck_assert_int_eq(sg_space_check_point(&space, &point, 0, &err), SEGML_OK);
        ck_assert_double_eq_tol(point, values[_i].clipped, 1e-15);
    } else {
        ck_assert_int_eq(sg_space_check_point(&space, &point, 0, &err), SEGML_E_ARGUMENT);
        ck_assert_str_eq(err.message, values[_i].message);
    }
    point = values[_i].value;
    ck_assert_int_eq(sg_space_check_point(&space, &point, 1, &err), SEGML_OK);
    ck_assert_double_eq_tol(point, values[_i].clipped, 1e-15);
}
END_TEST

START_TEST(a_missing_value_is_refused_even_if_others_are_moved)
{
    double point = (double)NAN;

    use((segml_dimension){.low = 0, .high = 1});
    ck_assert_int_eq(sg_space_check_point(&space, &point, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "x = nan is not in [0, 1]");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

TCase *
space_tests(void)
{
    TCase *tc = tcase_create("space");

    tcase_add_checked_fixture(tc, NULL, clear);
    tcase_add_loop_test(tc, what_makes_no_sense_is_refused_with_the_value, 0, COUNT(refused));
    tcase_add_test(tc, the_number_of_dimensions_is_limited);
    tcase_add_test(tc, a_name_is_taken_once);
    tcase_add_test(tc, a_reserved_member_is_for_the_future);
    tcase_add_test(tc, names_and_choices_are_copied);
    tcase_add_loop_test(tc, a_step_that_does_not_divide_lowers_the_end, 0, COUNT(grids));
    tcase_add_loop_test(tc, every_value_of_a_grid_is_found_again, 0, COUNT(grids));
    tcase_add_test(tc, places_are_logarithms_where_asked);
    tcase_add_test(tc, children_of_children_follow_their_parents);
    tcase_add_test(tc, a_condition_forgives_the_round_off_of_steps);
    tcase_add_test(tc, a_condition_needs_a_range_and_a_parent_before_it);
    tcase_add_loop_test(tc, points_are_snapped_refused_or_moved_inside, 0, COUNT(values));
    tcase_add_test(tc, a_missing_value_is_refused_even_if_others_are_moved);
    return tc;
}
