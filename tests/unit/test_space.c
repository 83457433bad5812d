/* SPDX-License-Identifier: Apache-2.0 */

/* tune/space: the default space at several sizes, the robust default, fixed parameters. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "segml/model.h"
#include "tune/space.h"

static sg_space space;

/* Ten features unless a test says otherwise; balanced classes; Hessians of one's own choice. */
static sg_space_facts
facts_of(int64_t rows, int32_t task)
{
    sg_space_facts facts = {rows, 10, task, task == SEGML_TASK_BINARY ? 0.25 : 1.0, 0.5};

    return facts;
}

static const sg_dimension *
dimension(sg_param param)
{
    const sg_dimension *found = NULL;

    for (int32_t d = 0; d < space.dimensions; d++) {
        if (space.dimension[d].param == param) {
            ck_assert_ptr_null(found);
            found = &space.dimension[d];
        }
    }
    return found;
}

static void
assert_range(sg_param param, sg_dimension_kind kind, double low, double high)
{
    const sg_dimension *d = dimension(param);

    ck_assert_msg(d != NULL, "%s is not searched", sg_space_name(param));
    ck_assert_int_eq(d->kind, kind);
    ck_assert_double_le(fabs(d->low - low), 1e-12 * fabs(low));
    ck_assert_double_le(fabs(d->high - high), 1e-12 * fabs(high));
}

/*
 * By hand from the documented rules: depth 1 .. clamp(floor(log2(n / 8)), 2, 8), one less for
 * many classes; leaves of 1 .. max(8, n / 20) rows; at least 30 rows per subsample; the L1
 * penalty from 1,000 rows, learning rates below 0.02 and max_leaves from 5,000 rows.
 */
static const struct {
    int64_t rows;
    double rate, deepest, classes_deepest, most_leaf_rows, least_subsample, most_leaves;
    int with_alpha;
} sizes[] = {
    {50, 0.02, 2, 1, 8, 0.6, 0, 0},       {200, 0.02, 4, 3, 10, 0.5, 0, 0},
    {400, 0.02, 5, 4, 20, 0.5, 0, 0},     {2000, 0.02, 7, 6, 100, 0.5, 0, 1},
    {5000, 0.01, 8, 7, 250, 0.5, 250, 1}, {20000, 0.01, 8, 7, 1000, 0.5, 256, 1},
};
enum { SIZES = (int)(sizeof sizes / sizeof *sizes), TASKS = 4 };

START_TEST(ranges_grow_with_the_rows)
{
    int32_t task = SEGML_TASK_BINARY + _i % TASKS, s = _i / TASKS;
    sg_space_facts facts = facts_of(sizes[s].rows, task);
    double h = facts.mean_hessian;
    double deepest = task == SEGML_TASK_MULTICLASS ? sizes[s].classes_deepest : sizes[s].deepest;

    sg_space_default(&space, &facts);
    assert_range(SG_PARAM_LEARNING_RATE, SG_DIMENSION_LOG_FLOAT, sizes[s].rate, 0.2);
    if (deepest > 1)
        assert_range(SG_PARAM_MAX_DEPTH, SG_DIMENSION_INT, 1, deepest);
    else
        ck_assert_double_eq(space.fixed.value[SG_PARAM_MAX_DEPTH], 1);
    assert_range(SG_PARAM_MIN_CHILD_WEIGHT, SG_DIMENSION_LOG_FLOAT, h, h * sizes[s].most_leaf_rows);
    assert_range(SG_PARAM_SUBSAMPLE, SG_DIMENSION_FLOAT, sizes[s].least_subsample, 1);
    assert_range(SG_PARAM_COLSAMPLE_BYTREE, SG_DIMENSION_FLOAT, 0.4, 1);
    assert_range(SG_PARAM_REG_LAMBDA, SG_DIMENSION_LOG_FLOAT, 0.05 * 4 * h, 50 * 4 * h);
    if (sizes[s].with_alpha)
        assert_range(SG_PARAM_REG_ALPHA, SG_DIMENSION_LOG_FLOAT, 1e-3, 5);
    if (sizes[s].most_leaves > 0)
        assert_range(SG_PARAM_MAX_LEAVES, SG_DIMENSION_SWITCH_LOG_INT, 4, sizes[s].most_leaves);
    ck_assert_int_eq(space.dimensions,
                     5 + (deepest > 1) + sizes[s].with_alpha + (sizes[s].most_leaves > 0));
}
END_TEST

START_TEST(few_columns_are_all_used)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.features = 2;
    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_COLSAMPLE_BYTREE));
    ck_assert_double_eq(space.fixed.value[SG_PARAM_COLSAMPLE_BYTREE], 1);
    facts.features = 3;
    sg_space_default(&space, &facts);
    assert_range(SG_PARAM_COLSAMPLE_BYTREE, SG_DIMENSION_FLOAT, 0.4, 1);
}
END_TEST

START_TEST(many_columns_get_an_l1_penalty)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.features = 29;
    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_REG_ALPHA));
    ck_assert_double_eq(space.fixed.value[SG_PARAM_REG_ALPHA], 0);
    facts.features = 30;
    sg_space_default(&space, &facts);
    assert_range(SG_PARAM_REG_ALPHA, SG_DIMENSION_LOG_FLOAT, 1e-3, 5);
}
END_TEST

START_TEST(rare_classes_get_a_limited_step)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.minority = 0.05;
    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
    ck_assert_double_eq(space.fixed.value[SG_PARAM_MAX_DELTA_STEP], 0);
    facts.minority = 0.049;
    sg_space_default(&space, &facts);
    assert_range(SG_PARAM_MAX_DELTA_STEP, SG_DIMENSION_INT, 0, 1);
    facts.task = SEGML_TASK_MULTICLASS;
    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
}
END_TEST

START_TEST(counts_keep_xgboosts_own_limit_of_the_step)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_POISSON);

    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
    ck_assert_double_eq(space.fixed.value[SG_PARAM_MAX_DELTA_STEP], 0.7);
}
END_TEST

/* In XGBoost's units for balanced binary labels, where four rows weigh 1. */
static const struct {
    int64_t rows;
    double depth, child_weight, lambda, bins;
} robust[] = {{50, 2, 1, 5, 64},  {99, 2, 1, 5, 64},    {100, 3, 3, 1, 64},
              {999, 3, 3, 1, 64}, {1000, 5, 3, 1, 256}, {20000, 6, 3, 1, 256}};
enum { ROBUST = (int)(sizeof robust / sizeof *robust) };

START_TEST(the_robust_default_is_the_documented_one)
{
    sg_space_facts facts = facts_of(robust[_i].rows, SEGML_TASK_BINARY);
    const double *value = space.fixed.value;

    sg_space_default(&space, &facts);
    ck_assert_double_eq(value[SG_PARAM_LEARNING_RATE], 0.05);
    ck_assert_double_eq(value[SG_PARAM_MAX_DEPTH], robust[_i].depth);
    ck_assert_double_eq(value[SG_PARAM_MIN_CHILD_WEIGHT], robust[_i].child_weight);
    ck_assert_double_eq(value[SG_PARAM_SUBSAMPLE], 0.8);
    ck_assert_double_eq(value[SG_PARAM_COLSAMPLE_BYTREE], 0.8);
    ck_assert_double_eq(value[SG_PARAM_REG_LAMBDA], robust[_i].lambda);
    ck_assert_double_eq(value[SG_PARAM_REG_ALPHA], 0);
    ck_assert_double_eq(value[SG_PARAM_GAMMA], 0);
    ck_assert_double_eq(value[SG_PARAM_MAX_LEAVES], 0);
    ck_assert_double_eq(value[SG_PARAM_MAX_BIN], robust[_i].bins);
    ck_assert_double_eq(value[SG_PARAM_ROUNDS], 0);
}
END_TEST

START_TEST(the_number_of_rounds_and_gamma_are_never_searched)
{
    sg_space_facts facts = facts_of(sizes[_i].rows, SEGML_TASK_REGRESSION);

    sg_space_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_ROUNDS));
    ck_assert_ptr_null(dimension(SG_PARAM_GAMMA));
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_BIN));
}
END_TEST

START_TEST(every_searched_value_is_legal)
{
    static const double low[] = {
#define LOW(id, name, low, high, integer) low,
        SG_PARAM_LIST(LOW)
#undef LOW
    };
    static const double high[] = {
#define HIGH(id, name, low, high, integer) high,
        SG_PARAM_LIST(HIGH)
#undef HIGH
    };
    sg_space_facts facts = facts_of(sizes[_i].rows, SEGML_TASK_BINARY);

    facts.minority = 0.01;
    sg_space_default(&space, &facts);
    for (int32_t d = 0; d < space.dimensions; d++) {
        const sg_dimension *dim = &space.dimension[d];

        ck_assert_double_ge(dim->low, low[dim->param]);
        ck_assert_double_le(dim->high, high[dim->param]);
        ck_assert_double_lt(dim->low, dim->high);
    }
}
END_TEST

START_TEST(a_fixed_parameter_leaves_the_search)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_BINARY);
    int32_t before;

    sg_space_default(&space, &facts);
    before = space.dimensions;
    ck_assert_int_eq(sg_space_fix(&space, "max_depth", 4, NULL), SEGML_OK);
    ck_assert_int_eq(space.dimensions, before - 1);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DEPTH));
    ck_assert_double_eq(space.fixed.value[SG_PARAM_MAX_DEPTH], 4);
    ck_assert_int_eq(sg_space_fix(&space, "rounds", 100, NULL), SEGML_OK);
    ck_assert_int_eq(space.dimensions, before - 1);
    ck_assert_double_eq(space.fixed.value[SG_PARAM_ROUNDS], 100);
    assert_range(SG_PARAM_LEARNING_RATE, SG_DIMENSION_LOG_FLOAT, 0.02, 0.2);
}
END_TEST

START_TEST(every_parameter_can_be_fixed_by_its_name)
{
    sg_space_facts facts = facts_of(20000, SEGML_TASK_BINARY);

    facts.minority = 0.01;
    sg_space_default(&space, &facts);
    for (int p = 0; p < SG_PARAM_COUNT; p++) {
        double value = p == SG_PARAM_MAX_BIN ? 2 : 1;

        ck_assert_int_eq(sg_space_fix(&space, sg_space_name((sg_param)p), value, NULL), SEGML_OK);
        ck_assert_double_eq(space.fixed.value[p], value);
    }
    ck_assert_int_eq(space.dimensions, 0);
}
END_TEST

static const struct {
    const char *name;
    double value;
    const char *message;
} refused[] = {
    {"max_dept", 3, "unknown parameter \"max_dept\"; known are learning_rate, max_depth, "},
    {"", 3, "unknown parameter \"\""},
    {NULL, 3, "unknown parameter"},
    {"max_depth", 2.5, "parameter max_depth = 2.5: an integer in [1, 16] is needed"},
    {"max_depth", 0, "parameter max_depth = 0: an integer in [1, 16] is needed"},
    {"max_depth", 17, "parameter max_depth = 17: an integer in [1, 16] is needed"},
    {"subsample", 1.01, "parameter subsample = 1.01: a number in [0.01, 1] is needed"},
    {"subsample", 0, "parameter subsample = 0: a number in [0.01, 1] is needed"},
    {"reg_lambda", -1, "parameter reg_lambda = -1: a number in [0, 1000000000000] is needed"},
    {"learning_rate", NAN, "parameter learning_rate = nan: "},
    {"gamma", INFINITY, "parameter gamma = inf: "},
    {"max_bin", 1, "parameter max_bin = 1: an integer in [2, 65535] is needed"},
    {"rounds", 0, "parameter rounds = 0: an integer in [1, 100000] is needed"},
};

START_TEST(a_bad_parameter_is_refused_with_the_remedy)
{
    sg_space_facts facts = facts_of(400, SEGML_TASK_BINARY);
    segml_error err = SEGML_ERROR_INIT;
    sg_space before;

    sg_space_default(&space, &facts);
    before = space;
    ck_assert_int_eq(sg_space_fix(&space, refused[_i].name, refused[_i].value, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, refused[_i].message) == err.message, "%s", err.message);
    ck_assert_int_eq(space.dimensions, before.dimensions);
    for (int p = 0; p < SG_PARAM_COUNT; p++)
        ck_assert_double_eq(space.fixed.value[p], before.fixed.value[p]);
}
END_TEST

TCase *
space_tests(void)
{
    TCase *tc = tcase_create("space");

    tcase_add_loop_test(tc, ranges_grow_with_the_rows, 0, SIZES * TASKS);
    tcase_add_test(tc, few_columns_are_all_used);
    tcase_add_test(tc, many_columns_get_an_l1_penalty);
    tcase_add_test(tc, rare_classes_get_a_limited_step);
    tcase_add_test(tc, counts_keep_xgboosts_own_limit_of_the_step);
    tcase_add_loop_test(tc, the_robust_default_is_the_documented_one, 0, ROBUST);
    tcase_add_loop_test(tc, the_number_of_rounds_and_gamma_are_never_searched, 0, SIZES);
    tcase_add_loop_test(tc, every_searched_value_is_legal, 0, SIZES);
    tcase_add_test(tc, a_fixed_parameter_leaves_the_search);
    tcase_add_test(tc, every_parameter_can_be_fixed_by_its_name);
    tcase_add_loop_test(tc, a_bad_parameter_is_refused_with_the_remedy, 0,
                        (int)(sizeof refused / sizeof *refused));
    return tc;
}
