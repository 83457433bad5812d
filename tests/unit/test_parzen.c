/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tune/normal and tune/parzen: the promises R1 to R6 of parzen.c, and Optuna's densities
 * (tests/golden/tpe).
 */

#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tune/normal.h"
#include "tune/parzen.h"
#include "tune/scale.h"

enum { OBSERVATIONS_MAX = 64, POINTS_MAX = 16, DIMENSIONS_MAX = 5, DRAWS = 100000 };

static const double four_choices[] = {0, 1, 2, 3};
static const double three_choices[] = {-4, 20, 7};

/* The kinds of the recorded cases, by name; those of the joint ones have other names. */
static const struct {
    const char *name, *joint_name;
    segml_dimension dimension;
} kinds[] = {
    {"float", NULL, {.name = "x", .low = -5, .high = 10}},
    {"logfloat", "lr", {.name = "x", .logarithmic = 1, .low = 1e-4, .high = 1}},
    {"stepfloat", "s", {.name = "x", .low = 0.3, .high = 1, .step = 0.05}},
    {"int", "d", {.name = "x", .kind = SEGML_DIMENSION_INT, .low = 1, .high = 16}},
    {"logint",
     "n",
     {.name = "x", .kind = SEGML_DIMENSION_INT, .logarithmic = 1, .low = 1, .high = 1024}},
    {"cat4",
     "c",
     {.name = "x",
      .kind = SEGML_DIMENSION_CATEGORICAL,
      .choices = four_choices,
      .choice_count = 4}},
};
enum { KINDS = (int)(sizeof kinds / sizeof *kinds) };

static sg_space space;
static sg_parzen parzen;
static const sg_dimension *dimensions[DIMENSIONS_MAX];
static double observed[DIMENSIONS_MAX * OBSERVATIONS_MAX];

static void
clear(void)
{
    sg_parzen_clear(&parzen);
    sg_space_clear(&space);
}

/* A space of those dimensions, all of them in dimensions[]. */
static void
use(const segml_dimension *wanted, int32_t count)
{
    segml_error err = SEGML_ERROR_INIT;

    clear();
    ck_assert_msg(sg_space_make(&space, wanted, count, &err) == SEGML_OK, "%s", err.message);
    for (int32_t d = 0; d < count; d++)
        dimensions[d] = &space.dimension[d];
}

static void
make(int32_t dimension_count, int32_t count)
{
    sg_parzen_clear(&parzen);
    ck_assert_int_eq(sg_parzen_make(&parzen, dimensions, dimension_count, observed, count, NULL),
                     SEGML_OK);
}

static int32_t
read_numbers(double *out, const json_t *array, int32_t most)
{
    int32_t count = (int32_t)json_array_size(array);

    ck_assert_int_le(count, most);
    for (int32_t i = 0; i < count; i++)
        out[i] = json_number_value(json_array_get(array, (size_t)i));
    return count;
}

static json_t *
load(const char *name)
{
    char path[1024];
    json_error_t error;
    json_t *root;

    snprintf(path, sizeof path, "%s/tpe/%s", GOLDEN_FOLDER, name);
    root = json_load_file(path, 0, &error);
    ck_assert_msg(root != NULL, "%s: %s", path, error.text);
    return root;
}

static void
assert_densities(const double *point, const json_t *expected, const char *what, int32_t count)
{
    double density[POINTS_MAX];
    int32_t points = (int32_t)json_array_size(expected);

    ck_assert_int_ge(points, 4);
    ck_assert_int_eq(sg_parzen_log_density(&parzen, density, point, points, NULL), SEGML_OK);
    for (int32_t p = 0; p < points; p++) {
        double wanted = json_number_value(json_array_get(expected, (size_t)p));

        ck_assert_msg(fabs(density[p] - wanted) < 1e-9, "%s of %d, point %d: %.15g, recorded %.15g",
                      what, (int)count, (int)p, density[p], wanted);
    }
}

static const char *const recorded[] = {"golden_4.9.0.json", "golden_5.0.0rc1.json"};

START_TEST(densities_of_one_dimension_are_those_of_optuna)
{
    json_t *root = load(recorded[_i]);
    const json_t *cases = json_object_get(root, "cases");
    double point[POINTS_MAX];

    ck_assert_uint_eq(json_array_size(cases), 8 * KINDS);
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *entry = json_array_get(cases, c);
        const char *name = json_string_value(json_object_get(entry, "kind"));
        int32_t k = 0, count;

        while (strcmp(kinds[k].name, name) != 0) {
            k++;
            ck_assert_int_lt(k, KINDS);
        }
        use(&kinds[k].dimension, 1);
        count = read_numbers(observed, json_object_get(entry, "obs"), OBSERVATIONS_MAX);
        ck_assert_int_eq(count, json_integer_value(json_object_get(entry, "n")));
        read_numbers(point, json_object_get(entry, "x"), POINTS_MAX);
        make(1, count);
        assert_densities(point, json_object_get(entry, "logpdf"), name, count);
    }
    json_decref(root);
}
END_TEST

START_TEST(densities_of_five_dimensions_are_those_of_optuna)
{
    json_t *root = load("golden_mv_5.0.0rc1.json");
    const json_t *cases = json_object_get(root, "cases");
    segml_dimension wanted[DIMENSIONS_MAX];
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    for (int32_t d = 0; d < DIMENSIONS_MAX; d++) {
        wanted[d] = kinds[d + 1].dimension;
        wanted[d].name = names[d];
    }
    use(wanted, DIMENSIONS_MAX);
    ck_assert_uint_eq(json_array_size(cases), 7);
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *entry = json_array_get(cases, c);
        int32_t count = (int32_t)json_integer_value(json_object_get(entry, "n"));
        double point[POINTS_MAX * DIMENSIONS_MAX], column[POINTS_MAX];

        for (int32_t d = 0; d < DIMENSIONS_MAX; d++) {
            const char *name = kinds[d + 1].joint_name;
            const json_t *x = json_object_get(json_object_get(entry, "x"), name);

            read_numbers(observed + d * count, json_object_get(json_object_get(entry, "obs"), name),
                         OBSERVATIONS_MAX);
            for (int32_t p = read_numbers(column, x, POINTS_MAX) - 1; p >= 0; p--)
                point[p * DIMENSIONS_MAX + d] = column[p];
        }
        make(DIMENSIONS_MAX, count);
        assert_densities(point, json_object_get(entry, "logpdf"), "joint", count);
    }
    json_decref(root);
}
END_TEST

/* By hand from R1; unnormalised weights of the first, second and last observation, and their sum
   with the prior's. 48 observations: 23 older ones from 1 / 48 to 1, whose mean is 49 / 96. */
static const struct {
    int32_t count;
    double first, second, last, sum;
} weights[] = {
    {1, 1, 1, 1, 2},
    {25, 1, 1, 1, 26},
    {26, 1.0 / 26, 1, 1, 1.0 / 26 + 26},
    {27, 1.0 / 27, 1, 1, 1.0 / 27 + 27},
    {28, 1.0 / 28, 29.0 / 56, 1, 1.0 / 28 + 29.0 / 56 + 27},
    {48, 1.0 / 48, 1.0 / 48 + 47.0 / 48 / 22, 1, 23 * 49.0 / 96 + 26},
};

START_TEST(old_observations_weigh_less)
{
    double weight[OBSERVATIONS_MAX], sum = 0;
    int32_t count = weights[_i].count;

    sg_parzen_weights(weight, count);
    for (int32_t i = 0; i <= count; i++)
        sum += weight[i];
    ck_assert_double_eq_tol(sum, 1, 1e-14);
    ck_assert_double_eq_tol(weight[0], weights[_i].first / weights[_i].sum, 1e-15);
    ck_assert_double_eq_tol(weight[1], weights[_i].second / weights[_i].sum, 1e-15);
    ck_assert_double_eq_tol(weight[count - 1], weights[_i].last / weights[_i].sum, 1e-15);
    ck_assert_double_eq_tol(weight[count], 1 / weights[_i].sum, 1e-15);
}
END_TEST

START_TEST(without_observations_the_prior_is_all)
{
    double weight = 0;

    sg_parzen_weights(&weight, 0);
    ck_assert_double_eq(weight, 1);
}
END_TEST

/* Tabulated: 0.975, 0.999 and 1e-10 points; p of the tail beyond 6 from tables. */
START_TEST(quantiles_are_the_tabulated_ones)
{
    ck_assert_double_eq_tol(sg_normal_quantile(0.975), 1.959963984540054, 1e-15);
    ck_assert_double_eq_tol(sg_normal_quantile(0.999), 3.090232306167814, 2e-15);
    ck_assert_double_eq_tol(sg_normal_quantile(1e-10), -6.361340902404056, 4e-15);
    ck_assert_double_eq(sg_normal_quantile(0.5), 0);
    ck_assert_double_eq_tol(sg_normal_cdf(-6), 9.865876450376981e-10, 1e-23);
    ck_assert_double_eq(sg_normal_quantile(0), -(double)INFINITY);
    ck_assert_double_eq(sg_normal_quantile(1), (double)INFINITY);
}
END_TEST

START_TEST(the_quantile_inverts_the_distribution)
{
    for (int i = 1; i < 20000; i++) {
        double p = i / 20000.0, tiny = ldexp(1.0, -i % 300 - 1);

        ck_assert_double_eq_tol(sg_normal_cdf(sg_normal_quantile(p)), p, 1e-12 * p);
        ck_assert_double_eq_tol(sg_normal_cdf(sg_normal_quantile(tiny)), tiny, 1e-12 * tiny);
    }
}
END_TEST

/* Bounds as they occur: a <= 0 <= b, at most 100 deviations apart, at least one. */
static const double bounds[][2] = {{-0.5, 0.5}, {0, 1},  {-1, 0},  {0, 100},  {-100, 0},
                                   {-50, 50},   {-3, 7}, {-7, .1}, {-.01, 40}};

START_TEST(draws_between_bounds_invert_their_distribution)
{
    double a = bounds[_i][0], b = bounds[_i][1], before = a;

    for (int i = 0; i <= 10000; i++) {
        double u = i / 10000.0, z = sg_normal_between(u, a, b);

        ck_assert_double_ge(z, before);
        ck_assert_double_le(z, b);
        ck_assert_double_eq_tol(sg_normal_mass(a, z) / sg_normal_mass(a, b), u, 1e-12);
        before = z;
    }
    ck_assert_double_eq_tol(sg_normal_between(0, a, b), a, a > -8 ? 1e-12 : -a);
    ck_assert_double_eq_tol(sg_normal_between(1, a, b), b, b < 8 ? 1e-9 : b);
}
END_TEST

START_TEST(masses_in_the_far_tails_are_exact)
{
    /* phi(z) / z * (1 - 1/z^2 + 3/z^4 - ...) at 30, the rest being beyond double precision. */
    double tail = 4.906713927148187e-198;

    ck_assert_double_eq_tol(sg_normal_mass(30, 40), tail, 1e-12 * tail);
    ck_assert_double_eq_tol(sg_normal_mass(-40, -30), tail, 1e-12 * tail);
    ck_assert_double_eq_tol(sg_normal_mass(-1, 1), 0.6826894921370859, 1e-15);
}
END_TEST

/* Five observations of a kind, spread and with two equal ones. */
static void
observe_five(const sg_dimension *dimension, double *value)
{
    static const double place[] = {0.1, 0.55, 0.55, 0.9, 0.3};

    for (int i = 0; i < 5; i++) {
        double low = sg_scale_low(dimension), high = sg_scale_high(dimension);

        value[i] = sg_scale_value(dimension, low + place[i] * (high - low));
    }
}

START_TEST(probabilities_add_up_to_one)
{
    const sg_dimension *dimension;
    double sum = 0, steps;

    use(&kinds[_i].dimension, 1);
    dimension = dimensions[0];
    observe_five(dimension, observed);
    make(1, 5);
    steps = sg_scale_steps(dimension);
    for (double k = 0; k <= steps; k++) {
        double value = sg_scale_step_value(dimension, k), density;

        ck_assert_int_eq(sg_parzen_log_density(&parzen, &density, &value, 1, NULL), SEGML_OK);
        sum += exp(density);
    }
    ck_assert_double_eq_tol(sum, 1, 1e-12);
}
END_TEST

/* Chi-square over the values, or over 40 equal parts of a continuous line whose probabilities
   come from the density by Simpson's rule. Limit: 5 deviations above the mean. */
static double
expected_part(const sg_dimension *dimension, double k, double parts)
{
    double low = sg_scale_low(dimension), width = (sg_scale_high(dimension) - low) / parts;
    double sum = 0;
    enum { PIECES = 64 };

    for (int i = 0; i <= PIECES; i++) {
        double value = sg_scale_value(dimension, low + width * (k + (double)i / PIECES)), density;
        int factor = i == 0 || i == PIECES ? 1 : i % 2 == 1 ? 4 : 2;

        ck_assert_int_eq(sg_parzen_log_density(&parzen, &density, &value, 1, NULL), SEGML_OK);
        sum += factor * exp(density);
    }
    return sum * width / PIECES / 3;
}

static int
part_of(const sg_dimension *dimension, double value, int parts)
{
    double low = sg_scale_low(dimension), high = sg_scale_high(dimension);

    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return sg_scale_choice(dimension, value);
    if (dimension->step > 0)
        return (int)((value - dimension->low) / dimension->step + 0.5);
    return (int)fmin(parts - 1, (sg_scale_place(dimension, value) - low) / (high - low) * parts);
}

START_TEST(draws_follow_the_density)
{
    const sg_dimension *dimension;
    static int count[1024];
    sg_rng rng = sg_rng_stream(3, 0, "test", (uint64_t)_i);
    double chi_square = 0;
    int parts;

    use(&kinds[_i].dimension, 1);
    dimension = dimensions[0];
    observe_five(dimension, observed);
    make(1, 5);
    parts = dimension->step > 0 ? (int)sg_scale_steps(dimension) + 1 : 40;
    memset(count, 0, sizeof count);
    for (int i = 0; i < DRAWS; i++) {
        double value;

        sg_parzen_draw(&parzen, &rng, &value);
        ck_assert_double_eq(value, sg_scale_nearest(dimension, value));
        count[part_of(dimension, value, parts)]++;
    }
    for (int k = 0; k < parts; k++) {
        double p;

        if (dimension->step > 0) {
            double value = sg_scale_step_value(dimension, k);

            sg_parzen_log_density(&parzen, &p, &value, 1, NULL);
            p = exp(p);
        } else {
            p = expected_part(dimension, k, parts);
        }
        chi_square += (count[k] - p * DRAWS) * (count[k] - p * DRAWS) / (p * DRAWS);
    }
    ck_assert_double_lt(chi_square, parts - 1 + 5 * sqrt(2.0 * (parts - 1)));
}
END_TEST

START_TEST(coordinates_come_from_one_kernel)
{
    static const segml_dimension square[2] = {{.name = "x", .low = 0, .high = 1},
                                              {.name = "y", .low = 0, .high = 1}};
    sg_rng rng = sg_rng_stream(5, 0, "test", 0);
    int near = 0, crossed = 0;

    use(square, 2);
    /* Forty observations at two opposite corners; a kernel is 1/42 of the line wide. */
    for (int i = 0; i < 40; i++)
        observed[i] = observed[40 + i] = i % 2;
    make(2, 40);
    for (int i = 0; i < 4000; i++) {
        double point[2];

        sg_parzen_draw(&parzen, &rng, point);
        near += fabs(point[0] - point[1]) < 0.1;
        crossed += fabs(point[0] - point[1]) > 0.9;
    }
    ck_assert_int_gt(near, 3700);
    ck_assert_int_lt(crossed, 10); /* 4000 / 31 points are of the prior, 2 % of those cross */
}
END_TEST

START_TEST(observations_outside_count_as_the_nearest_inside)
{
    double inside[POINTS_MAX], outside[POINTS_MAX], point[POINTS_MAX];

    use(&kinds[0].dimension, 1);
    for (int p = 0; p < POINTS_MAX; p++)
        point[p] = -5 + p * 15.0 / (POINTS_MAX - 1);
    observed[0] = -5, observed[1] = 10, observed[2] = 3;
    make(1, 3);
    sg_parzen_log_density(&parzen, inside, point, POINTS_MAX, NULL);
    observed[0] = -1e30, observed[1] = 11, observed[2] = 3;
    make(1, 3);
    sg_parzen_log_density(&parzen, outside, point, POINTS_MAX, NULL);
    for (int p = 0; p < POINTS_MAX; p++)
        ck_assert_double_eq(inside[p], outside[p]);
}
END_TEST

/* 2^53 cells: each is far below a rounding error of the distribution. */
START_TEST(huge_integers_have_finite_densities)
{
    segml_dimension huge = {.name = "x", .kind = SEGML_DIMENSION_INT, .low = 1, .high = 0x1p53};
    double point[] = {1, 2, 1000, 0x1p30, 0x1p52, 0x1p53}, density[6];

    huge.logarithmic = _i;
    use(&huge, 1);
    for (int i = 0; i < 6; i++)
        observed[i] = point[i];
    make(1, 6);
    ck_assert_int_eq(sg_parzen_log_density(&parzen, density, point, 6, NULL), SEGML_OK);
    for (int i = 0; i < 6; i++) {
        ck_assert_double_finite(density[i]);
        ck_assert_double_lt(density[i], 0);
    }
}
END_TEST

/* The shortcut for tiny cells beside the plain difference, where both are good. */
START_TEST(tiny_cells_fit_the_larger_ones)
{
    segml_dimension fine = {.name = "x", .low = 0, .high = 1};
    double point[2] = {0.25, 0.5}, density[2][2];

    for (int i = 0; i < 2; i++) {
        fine.step = i == 0 ? 0x1p-17 : 0x1p-22;
        use(&fine, 1);
        observed[0] = 0.375;
        make(1, 1);
        sg_parzen_log_density(&parzen, density[i], point, 2, NULL);
    }
    for (int p = 0; p < 2; p++)
        ck_assert_double_eq_tol(density[0][p] - log(32), density[1][p], 1e-4);
    ck_assert_double_eq_tol(density[0][0] - density[0][1], density[1][0] - density[1][1], 1e-5);
}
END_TEST

START_TEST(choices_are_told_apart_by_value)
{
    segml_dimension colour = {.name = "x",
                              .kind = SEGML_DIMENSION_CATEGORICAL,
                              .choices = three_choices,
                              .choice_count = 3};
    double density[3];

    /* R5 by hand: m = 1, C = 3: half of (3/2)/(5/2) or (1/2)/(5/2), half of 1/3. */
    use(&colour, 1);
    observed[0] = 20;
    make(1, 1);
    sg_parzen_log_density(&parzen, density, three_choices, 3, NULL);
    ck_assert_double_eq_tol(exp(density[0]), 0.5 * 0.2 + 0.5 / 3, 1e-15);
    ck_assert_double_eq_tol(exp(density[1]), 0.5 * 0.6 + 0.5 / 3, 1e-15);
    ck_assert_double_eq_tol(exp(density[2]), 0.5 * 0.2 + 0.5 / 3, 1e-15);
}
END_TEST

TCase *
parzen_tests(void)
{
    TCase *tc = tcase_create("parzen");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, NULL, clear);
    tcase_add_loop_test(tc, densities_of_one_dimension_are_those_of_optuna, 0, 2);
    tcase_add_test(tc, densities_of_five_dimensions_are_those_of_optuna);
    tcase_add_loop_test(tc, old_observations_weigh_less, 0,
                        (int)(sizeof weights / sizeof *weights));
    tcase_add_test(tc, without_observations_the_prior_is_all);
    tcase_add_test(tc, quantiles_are_the_tabulated_ones);
    tcase_add_test(tc, the_quantile_inverts_the_distribution);
    tcase_add_loop_test(tc, draws_between_bounds_invert_their_distribution, 0,
                        (int)(sizeof bounds / sizeof *bounds));
    tcase_add_test(tc, masses_in_the_far_tails_are_exact);
    tcase_add_loop_test(tc, probabilities_add_up_to_one, 2, KINDS);
    tcase_add_loop_test(tc, draws_follow_the_density, 0, KINDS);
    tcase_add_test(tc, coordinates_come_from_one_kernel);
    tcase_add_test(tc, observations_outside_count_as_the_nearest_inside);
    tcase_add_loop_test(tc, huge_integers_have_finite_densities, 0, 2);
    tcase_add_test(tc, tiny_cells_fit_the_larger_ones);
    tcase_add_test(tc, choices_are_told_apart_by_value);
    return tc;
}
