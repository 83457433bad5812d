/* SPDX-License-Identifier: Apache-2.0 */

/*
 * train/params: the default space at several sizes, the robust default, fixed parameters,
 * callers' spaces and points.
 */

#include "train/params.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "segml/model.h"

enum { POINTS = 4 };

static sg_param_space space;
static sg_params sets[POINTS];
static segml_train_options options;
static segml_error err;

static void
start(void)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;

    options = none;
    memset(&err, 0, sizeof err);
}

/* Ten features unless a test says otherwise; balanced classes; Hessians of one's own choice. */
static sg_param_facts
facts_of(int64_t rows, int32_t task)
{
    sg_param_facts facts = {rows, 10, task, task == SEGML_TASK_BINARY ? 0.25 : 1.0, 0.5, 0};

    return facts;
}

static const segml_dimension *
dimension(sg_param param)
{
    const segml_dimension *found = NULL;

    for (int32_t d = 0; d < space.dimensions; d++) {
        if (space.param[d] != (int32_t)param)
            continue;
        ck_assert_ptr_null(found);
        found = &space.dimension[d];
        ck_assert_str_eq(found->name, sg_params_name(param));
    }
    return found;
}

enum { PLAIN, LOGARITHMIC };

static void
assert_range(sg_param param, int32_t kind, int32_t logarithmic, double low, double high)
{
    const segml_dimension *d = dimension(param);

    ck_assert_msg(d != NULL, "%s is not searched", sg_params_name(param));
    ck_assert_int_eq(d->kind, kind);
    ck_assert_int_eq(d->logarithmic, logarithmic);
    ck_assert_double_le(fabs(d->low - low), 1e-12 * fabs(low));
    ck_assert_double_le(fabs(d->high - high), 1e-12 * fabs(high));
}

/*
 * By hand from the documented rules: learning rates of [0.05, 0.3] under 1,000 rows; depth
 * 1 .. clamp(floor(log2(n / 8)), 2, 8), one less for many classes; leaves of 1 .. max(8, n / 20)
 * rows; at least 30 rows per subsample; the L1 penalty from 1,000 rows; learning rates below
 * 0.02 and max_leaves from 5,000 rows.
 */
static const struct {
    int64_t rows;
    double slowest, fastest, deepest, classes_deepest, most_leaf_rows, least_subsample;
    double most_leaves;
    int with_alpha;
} sizes[] = {
    {50, 0.05, 0.3, 2, 1, 8, 0.6, 0, 0},         {200, 0.05, 0.3, 4, 3, 10, 0.5, 0, 0},
    {400, 0.05, 0.3, 5, 4, 20, 0.5, 0, 0},       {999, 0.05, 0.3, 6, 5, 49.95, 0.5, 0, 0},
    {1000, 0.02, 0.2, 6, 5, 50, 0.5, 0, 1},      {2000, 0.02, 0.2, 7, 6, 100, 0.5, 0, 1},
    {4999, 0.02, 0.2, 8, 7, 249.95, 0.5, 0, 1},  {5000, 0.01, 0.2, 8, 7, 250, 0.5, 250, 1},
    {5066, 0.01, 0.2, 8, 7, 253.3, 0.5, 253, 1}, {20000, 0.01, 0.2, 8, 7, 1000, 0.5, 256, 1},
};
enum { SIZES = (int)(sizeof sizes / sizeof *sizes), TASKS = 4 };

START_TEST(ranges_grow_with_the_rows)
{
    int32_t task = SEGML_TASK_BINARY + _i % TASKS, s = _i / TASKS;
    sg_param_facts facts = facts_of(sizes[s].rows, task);
    double h = facts.mean_hessian;
    double deepest = task == SEGML_TASK_MULTICLASS ? sizes[s].classes_deepest : sizes[s].deepest;

    sg_params_default(&space, &facts);
    assert_range(SG_PARAM_LEARNING_RATE, SEGML_DIMENSION_FLOAT, LOGARITHMIC, sizes[s].slowest,
                 sizes[s].fastest);
    if (deepest > 1)
        assert_range(SG_PARAM_MAX_DEPTH, SEGML_DIMENSION_INT, PLAIN, 1, deepest);
    else
        ck_assert_double_eq(space.base.value[SG_PARAM_MAX_DEPTH], 1);
    assert_range(SG_PARAM_MIN_CHILD_WEIGHT, SEGML_DIMENSION_FLOAT, LOGARITHMIC, h,
                 h * sizes[s].most_leaf_rows);
    assert_range(SG_PARAM_SUBSAMPLE, SEGML_DIMENSION_FLOAT, PLAIN, sizes[s].least_subsample, 1);
    assert_range(SG_PARAM_COLSAMPLE_BYTREE, SEGML_DIMENSION_FLOAT, PLAIN, 0.4, 1);
    assert_range(SG_PARAM_REG_LAMBDA, SEGML_DIMENSION_FLOAT, LOGARITHMIC, 0.05 * 4 * h, 50 * 4 * h);
    if (sizes[s].with_alpha)
        assert_range(SG_PARAM_REG_ALPHA, SEGML_DIMENSION_FLOAT, LOGARITHMIC, 1e-3, 5);
    if (sizes[s].most_leaves > 0)
        assert_range(SG_PARAM_MAX_LEAVES, SEGML_DIMENSION_INT, LOGARITHMIC, 4,
                     sizes[s].most_leaves);
    ck_assert_int_eq(space.dimensions,
                     5 + (deepest > 1) + sizes[s].with_alpha + 2 * (sizes[s].most_leaves > 0));
}
END_TEST

START_TEST(leaves_are_searched_only_where_trees_grow_leaf_by_leaf)
{
    sg_param_facts facts = facts_of(5000, SEGML_TASK_BINARY);
    const segml_dimension *leaves;

    sg_params_default(&space, &facts);
    assert_range(SG_PARAM_GROW_POLICY, SEGML_DIMENSION_INT, PLAIN, 0, 1);
    leaves = dimension(SG_PARAM_MAX_LEAVES);
    ck_assert(leaves > dimension(SG_PARAM_GROW_POLICY));
    ck_assert_str_eq(leaves->parent, "grow_policy");
    ck_assert_double_eq(leaves->parent_low, 1);
    ck_assert_double_eq(leaves->parent_high, 1);
}
END_TEST

START_TEST(few_columns_are_all_used)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.features = 2;
    sg_params_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_COLSAMPLE_BYTREE));
    ck_assert_double_eq(space.base.value[SG_PARAM_COLSAMPLE_BYTREE], 1);
    facts.features = 3;
    sg_params_default(&space, &facts);
    assert_range(SG_PARAM_COLSAMPLE_BYTREE, SEGML_DIMENSION_FLOAT, PLAIN, 0.4, 1);
}
END_TEST

/* Without its column, a tree of the global model cannot tell the groups apart. */
START_TEST(columns_are_not_sampled_where_the_group_is_one)
{
    sg_param_facts facts = facts_of(3200, SEGML_TASK_BINARY);

    facts.keys = 1;
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_COLSAMPLE_BYTREE));
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, NULL), SG_PARAM_SETS);
    for (int s = 0; s < SG_PARAM_SETS; s++)
        ck_assert_double_eq(sets[s].value[SG_PARAM_COLSAMPLE_BYTREE], 1);
}
END_TEST

START_TEST(many_columns_get_an_l1_penalty)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.features = 29;
    sg_params_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_REG_ALPHA));
    ck_assert_double_eq(space.base.value[SG_PARAM_REG_ALPHA], 0);
    facts.features = 30;
    sg_params_default(&space, &facts);
    assert_range(SG_PARAM_REG_ALPHA, SEGML_DIMENSION_FLOAT, LOGARITHMIC, 1e-3, 5);
}
END_TEST

START_TEST(rare_classes_get_a_limited_step)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    facts.minority = 0.05;
    sg_params_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
    ck_assert_double_eq(space.base.value[SG_PARAM_MAX_DELTA_STEP], 0);
    facts.minority = 0.049;
    sg_params_default(&space, &facts);
    assert_range(SG_PARAM_MAX_DELTA_STEP, SEGML_DIMENSION_INT, PLAIN, 0, 1);
    facts.task = SEGML_TASK_MULTICLASS;
    sg_params_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
}
END_TEST

START_TEST(counts_keep_xgboosts_own_limit_of_the_step)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_POISSON);

    sg_params_default(&space, &facts);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DELTA_STEP));
    ck_assert_double_eq(space.base.value[SG_PARAM_MAX_DELTA_STEP], 0.7);
}
END_TEST

/* In XGBoost's units for balanced binary labels, where four rows weigh 1. */
static const struct {
    int64_t rows;
    double depth, child_weight, lambda, bins;
} robust[] = {{50, 2, 1, 5, 64},    {99, 2, 1, 5, 64},    {100, 3, 3, 1, 64},  {999, 3, 3, 1, 64},
              {1000, 5, 3, 1, 256}, {4999, 5, 3, 1, 256}, {5000, 6, 3, 1, 256}};
enum { ROBUST = (int)(sizeof robust / sizeof *robust) };

static void
assert_robust(const double *value, int r)
{
    ck_assert_double_eq(value[SG_PARAM_LEARNING_RATE], 0.05);
    ck_assert_double_eq(value[SG_PARAM_MAX_DEPTH], robust[r].depth);
    ck_assert_double_eq(value[SG_PARAM_MIN_CHILD_WEIGHT], robust[r].child_weight);
    ck_assert_double_eq(value[SG_PARAM_SUBSAMPLE], 0.8);
    ck_assert_double_eq(value[SG_PARAM_COLSAMPLE_BYTREE], 0.8);
    ck_assert_double_eq(value[SG_PARAM_REG_LAMBDA], robust[r].lambda);
    ck_assert_double_eq(value[SG_PARAM_REG_ALPHA], 0);
    ck_assert_double_eq(value[SG_PARAM_GAMMA], 0);
    ck_assert_double_eq(value[SG_PARAM_GROW_POLICY], 0);
    ck_assert_double_eq(value[SG_PARAM_MAX_LEAVES], 0);
    ck_assert_double_eq(value[SG_PARAM_MAX_BIN], robust[r].bins);
    ck_assert_double_eq(value[SG_PARAM_SCALE_POS_WEIGHT], 1);
    ck_assert_double_eq(value[SG_PARAM_ROUNDS], 0);
}

START_TEST(the_robust_default_is_the_documented_one_and_comes_first)
{
    sg_param_facts facts = facts_of(robust[_i].rows, SEGML_TASK_BINARY);

    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    assert_robust(space.base.value, _i);
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, NULL), SG_PARAM_SETS);
    assert_robust(sets[0].value, _i);
}
END_TEST

/* The robust default before them need not: it asks for twelve rows per leaf at any size. */
START_TEST(well_tried_sets_lie_within_the_default_space)
{
    int32_t task = SEGML_TASK_BINARY + _i % TASKS, s = _i / TASKS;
    sg_param_facts facts = facts_of(sizes[s].rows, task);
    int64_t count;

    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    count = sg_params_first(sets, &space, &options, &facts, NULL);
    ck_assert_int_eq(count, 4);
    for (int k = 1; k < count; k++) {
        for (int32_t d = 0; d < space.dimensions; d++) {
            double value = sets[k].value[space.param[d]];

            if (space.dimension[d].parent != NULL || space.param[d] == SG_PARAM_REG_ALPHA)
                continue; /* not active in any of them; none, which has no logarithm */
            ck_assert_msg(value >= space.dimension[d].low && value <= space.dimension[d].high,
                          "set %d: %s = %g", k, space.dimension[d].name, value);
        }
    }
}
END_TEST

/* The documented sets of few rows, in XGBoost's units for balanced binary labels. */
START_TEST(well_tried_sets_of_small_models_are_the_documented_ones)
{
    static const double wanted[3][4] = {/* rate, depth, child weight, lambda */
                                        {0.05, 2, 1, 1},
                                        {0.1, 4, 5, 5},
                                        {0.05, 5, 2, 1}};
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, NULL), 4);
    for (int k = 0; k < 3; k++) {
        ck_assert_double_eq(sets[k + 1].value[SG_PARAM_LEARNING_RATE], wanted[k][0]);
        ck_assert_double_eq(sets[k + 1].value[SG_PARAM_MAX_DEPTH], wanted[k][1]);
        ck_assert_double_eq(sets[k + 1].value[SG_PARAM_MIN_CHILD_WEIGHT], wanted[k][2]);
        ck_assert_double_eq(sets[k + 1].value[SG_PARAM_REG_LAMBDA], wanted[k][3]);
    }
}
END_TEST

START_TEST(the_number_of_rounds_and_gamma_are_never_searched)
{
    sg_param_facts facts = facts_of(sizes[_i].rows, SEGML_TASK_REGRESSION);

    sg_params_default(&space, &facts);
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
    sg_param_facts facts = facts_of(sizes[_i].rows, SEGML_TASK_BINARY);

    facts.minority = 0.01;
    sg_params_default(&space, &facts);
    for (int32_t d = 0; d < space.dimensions; d++) {
        const segml_dimension *dim = &space.dimension[d];

        ck_assert_double_ge(dim->low, low[space.param[d]]);
        ck_assert_double_le(dim->high, high[space.param[d]]);
        ck_assert_double_lt(dim->low, dim->high);
    }
}
END_TEST

/* The space with some parameters fixed. */
static int
fix(int64_t rows, const segml_value *params, int64_t count)
{
    sg_param_facts facts = facts_of(rows, SEGML_TASK_BINARY);

    facts.minority = 0.01;
    options.params = params;
    options.param_count = count;
    return sg_params_space(&space, &options, &facts, &err);
}

START_TEST(a_fixed_parameter_leaves_the_search_and_the_well_tried_sets)
{
    static const segml_value fixed[2] = {{"max_depth", 4}, {"rounds", 100}};
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);
    int32_t before;

    ck_assert_int_eq(fix(400, NULL, 0), SEGML_OK);
    before = space.dimensions;
    ck_assert_int_eq(fix(400, fixed, 2), SEGML_OK);
    ck_assert_int_eq(space.dimensions, before - 1);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_DEPTH));
    assert_range(SG_PARAM_LEARNING_RATE, SEGML_DIMENSION_FLOAT, LOGARITHMIC, 0.05, 0.3);
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, NULL), 4);
    for (int k = 0; k < 4; k++) {
        ck_assert_double_eq(sets[k].value[SG_PARAM_MAX_DEPTH], 4);
        ck_assert_double_eq(sets[k].value[SG_PARAM_ROUNDS], 100);
    }
}
END_TEST

START_TEST(every_parameter_can_be_fixed_by_its_name)
{
    segml_value fixed[SG_PARAM_COUNT];

    for (int p = 0; p < SG_PARAM_COUNT; p++)
        fixed[p] = (segml_value){sg_params_name((sg_param)p), p == SG_PARAM_MAX_BIN ? 2 : 1};
    ck_assert_msg(fix(20000, fixed, SG_PARAM_COUNT) == SEGML_OK, "%s", err.message);
    for (int p = 0; p < SG_PARAM_COUNT; p++)
        ck_assert_double_eq(space.base.value[p], fixed[p].value);
    ck_assert_int_eq(space.dimensions, 0);
}
END_TEST

START_TEST(a_fixed_growth_takes_the_leaves_along)
{
    static const segml_value by_depth = {"grow_policy", 0}, by_leaf = {"grow_policy", 1};
    static const segml_value leaves = {"max_leaves", 31}, no_leaves = {"max_leaves", 0};

    ck_assert_int_eq(fix(5000, &by_depth, 1), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_LEAVES));
    ck_assert_int_eq(fix(5000, &by_leaf, 1), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_GROW_POLICY));
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_LEAVES)->parent);
    ck_assert_int_eq(fix(5000, &leaves, 1), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_GROW_POLICY));
    ck_assert_double_eq(space.base.value[SG_PARAM_GROW_POLICY], 1);
    ck_assert_int_eq(fix(400, &leaves, 1), SEGML_OK);
    ck_assert_double_eq(space.base.value[SG_PARAM_GROW_POLICY], 1);
    ck_assert_int_eq(fix(5000, &no_leaves, 1), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_GROW_POLICY));
    ck_assert_double_eq(space.base.value[SG_PARAM_GROW_POLICY], 0);
}
END_TEST

START_TEST(leaves_without_leafwise_growth_are_refused_in_any_order)
{
    static const segml_value fixed[3] = {
        {"max_leaves", 31}, {"grow_policy", 0}, {"max_leaves", 31}};

    for (int first = 0; first < 2; first++) {
        ck_assert_int_eq(fix(400, fixed + first, 2), SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, "max_leaves has no effect") != NULL, "%s", err.message);
    }
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
    {"grow_policy", 2, "parameter grow_policy = 2: an integer in [0, 1] is needed"},
    {"max_bin", 1, "parameter max_bin = 1: an integer in [2, 65535] is needed"},
    {"rounds", 0, "parameter rounds = 0: an integer in [1, 100000] is needed"},
    {"scale_pos_weight", 0,
     "parameter scale_pos_weight = 0: a number in [1e-06, 1000000] is needed"},
};
enum { REFUSED = (int)(sizeof refused / sizeof *refused) };

START_TEST(a_bad_parameter_is_refused_with_the_remedy)
{
    segml_value bad = {refused[_i].name, refused[_i].value};

    ck_assert_int_eq(fix(400, &bad, 1), SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, refused[_i].message) == err.message, "%s", err.message);
}
END_TEST

START_TEST(a_bad_value_of_a_point_is_refused_too)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);
    segml_value bad = {refused[_i].name, refused[_i].value};
    segml_param_set set = {&bad, 1};

    options.points = &set;
    options.point_count = 1;
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, &err), SEGML_E_ARGUMENT);
    if (strcmp(refused[_i].message, "unknown parameter") != 0)
        ck_assert_msg(strstr(err.message, refused[_i].message) == err.message, "%s", err.message);
}
END_TEST

START_TEST(rounds_end_at_the_cap)
{
    static const segml_value within = {"rounds", 300}, beyond = {"rounds", 301};

    options.max_rounds = 300;
    ck_assert_int_eq(fix(400, &within, 1), SEGML_OK);
    ck_assert_int_eq(fix(400, &beyond, 1), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "parameter rounds = 301: an integer in [1, 300] is needed");
}
END_TEST

static segml_dimension
dimension_of(const char *name, int32_t kind, double low, double high)
{
    segml_dimension d = SEGML_DIMENSION_INIT;

    d.name = name;
    d.kind = kind;
    d.low = low;
    d.high = high;
    return d;
}

static int
search_in(const segml_dimension *dimensions, int64_t count)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    options.space = dimensions;
    options.space_count = count;
    return sg_params_space(&space, &options, &facts, &err);
}

START_TEST(a_callers_space_replaces_the_default_one)
{
    static const double depths[] = {1, 3, 9};
    segml_dimension dims[3] = {dimension_of("reg_alpha", SEGML_DIMENSION_FLOAT, 0, 2),
                               dimension_of("max_depth", SEGML_DIMENSION_CATEGORICAL, 0, 0),
                               dimension_of("rounds", SEGML_DIMENSION_INT, 20, 300)};
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);
    double point[3] = {1.5, 9, 40};
    sg_params params;

    dims[1].choices = depths;
    dims[1].choice_count = 3;
    ck_assert_msg(search_in(dims, 3) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(space.dimensions, 3);
    assert_robust(space.base.value, 2);
    ck_assert_int_eq(sg_params_first(sets, &space, &options, &facts, NULL), 1);
    sg_params_of_point(&params, &space, point);
    ck_assert_double_eq(params.value[SG_PARAM_REG_ALPHA], 1.5);
    ck_assert_double_eq(params.value[SG_PARAM_MAX_DEPTH], 9);
    ck_assert_double_eq(params.value[SG_PARAM_ROUNDS], 40);
    ck_assert_double_eq(params.value[SG_PARAM_LEARNING_RATE], 0.05);
    memset(point, 0, sizeof point);
    sg_params_to_point(point, &space, &params);
    ck_assert_double_eq(point[0], 1.5);
    ck_assert_double_eq(point[1], 9);
    ck_assert_double_eq(point[2], 40);
}
END_TEST

START_TEST(an_inactive_dimension_keeps_the_base)
{
    segml_dimension dims[2] = {dimension_of("grow_policy", SEGML_DIMENSION_INT, 0, 1),
                               dimension_of("max_leaves", SEGML_DIMENSION_INT, 4, 32)};
    static const double by_depth[2] = {0, NAN}, by_leaf[2] = {1, 7};
    sg_params params;

    dims[1].parent = "grow_policy";
    dims[1].parent_low = dims[1].parent_high = 1;
    ck_assert_int_eq(search_in(dims, 2), SEGML_OK);
    sg_params_of_point(&params, &space, by_depth);
    ck_assert_double_eq(params.value[SG_PARAM_GROW_POLICY], 0);
    ck_assert_double_eq(params.value[SG_PARAM_MAX_LEAVES], 0);
    sg_params_of_point(&params, &space, by_leaf);
    ck_assert_double_eq(params.value[SG_PARAM_GROW_POLICY], 1);
    ck_assert_double_eq(params.value[SG_PARAM_MAX_LEAVES], 7);
}
END_TEST

START_TEST(leaves_that_are_searched_alone_grow_leaf_by_leaf)
{
    static const segml_value by_depth = {"grow_policy", 0}, leaves = {"max_leaves", 31};
    segml_dimension leaf = dimension_of("max_leaves", SEGML_DIMENSION_INT, 4, 32);
    segml_dimension growth = dimension_of("grow_policy", SEGML_DIMENSION_INT, 0, 1);

    ck_assert_int_eq(search_in(&leaf, 1), SEGML_OK);
    ck_assert_double_eq(space.base.value[SG_PARAM_GROW_POLICY], 1);
    options.params = &by_depth;
    options.param_count = 1;
    ck_assert_int_eq(search_in(&leaf, 1), SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, "max_leaves has no effect") != NULL, "%s", err.message);
    options.params = &leaves; /* of the trees that grow leaf by leaf */
    ck_assert_int_eq(search_in(&growth, 1), SEGML_OK);
    ck_assert_int_eq(space.dimensions, 1);
    ck_assert_double_eq(space.base.value[SG_PARAM_MAX_LEAVES], 31);
}
END_TEST

START_TEST(a_bad_space_is_refused_with_name_and_value)
{
    static const double choices[2] = {3, 2.5};
    static const struct {
        const char *name;
        int32_t kind;
        double low, high;
        const char *words;
    } bad[] = {
        {"eta", SEGML_DIMENSION_FLOAT, 0, 1, "unknown parameter \"eta\""},
        {NULL, SEGML_DIMENSION_FLOAT, 0, 1, "unknown parameter"},
        {"max_depth", SEGML_DIMENSION_INT, 1, 99, "max_depth = 99"},
        {"max_depth", SEGML_DIMENSION_FLOAT, 1, 9, "kind int"},
        {"max_depth", SEGML_DIMENSION_CATEGORICAL, 0, 0, "max_depth = 2.5"},
        {"learning_rate", SEGML_DIMENSION_FLOAT, 0, 0.5, "learning_rate = 0"},
        {"learning_rate", SEGML_DIMENSION_FLOAT, NAN, 0.5, "learning_rate = nan"},
        {"max_bin", SEGML_DIMENSION_INT, 16, 64, "max_bin"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        segml_dimension d = dimension_of(bad[i].name, bad[i].kind, bad[i].low, bad[i].high);

        d.choices = choices;
        d.choice_count = 2;
        ck_assert_int_eq(search_in(&d, 1), SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, bad[i].words) != NULL, "\"%s\" lacks \"%s\"", err.message,
                      bad[i].words);
    }
    ck_assert_int_eq(search_in(space.dimension, 0), SEGML_E_ARGUMENT);
    ck_assert_int_eq(search_in(space.dimension, 65), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(fixed_and_searched_at_once_is_refused)
{
    static const segml_value fixed = {"subsample", 0.7};
    segml_dimension d = dimension_of("subsample", SEGML_DIMENSION_FLOAT, 0.5, 1);

    options.params = &fixed;
    options.param_count = 1;
    ck_assert_int_eq(search_in(&d, 1), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "subsample"));
}
END_TEST

/* Tries to take the points given; what sg_params_first() answers. */
static int64_t
take_points(const segml_param_set *points, int64_t count)
{
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    options.points = points;
    options.point_count = count;
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, NULL), SEGML_OK);
    return sg_params_first(sets, &space, &options, &facts, &err);
}

START_TEST(points_replace_the_default_sets)
{
    static const segml_value first[2] = {{"max_depth", 7}, {"gamma", 0.5}};
    static const segml_value second = {"max_leaves", 12};
    static const segml_param_set points[3] = {{first, 2}, {NULL, 0}, {&second, 1}};

    ck_assert_int_eq(take_points(points, 3), 3);
    ck_assert_double_eq(sets[0].value[SG_PARAM_MAX_DEPTH], 7);
    ck_assert_double_eq(sets[0].value[SG_PARAM_GAMMA], 0.5);
    ck_assert_double_eq(sets[0].value[SG_PARAM_LEARNING_RATE], 0.05);
    assert_robust(sets[1].value, 2);
    ck_assert_double_eq(sets[2].value[SG_PARAM_MAX_LEAVES], 12);
    ck_assert_double_eq(sets[2].value[SG_PARAM_GROW_POLICY], 1);
}
END_TEST

START_TEST(points_that_contradict_are_refused)
{
    static const segml_value twice[2] = {{"gamma", 1}, {"gamma", 2}}, bins = {"max_bin", 32};
    static const segml_value growth[2] = {{"grow_policy", 0}, {"max_leaves", 8}};
    static const segml_value missing[2] = {{"max_leaves", 8}, {NULL, 1}};
    static const segml_value gamma = {"gamma", 0};
    static const segml_param_set points[] = {{twice, 2}, {&bins, 1},  {growth, 2},
                                             {NULL, 1},  {twice, -1}, {missing, 2}};
    static const char *const words[] = {"gamma is given twice", "max_bin",
                                        "max_leaves",           "count (1)",
                                        "count (-1)",           "unknown parameter"};
    const segml_param_set fixed = {twice, 1};

    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(take_points(&points[i], 1), SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, words[i]) != NULL, "\"%s\" lacks \"%s\"", err.message,
                      words[i]);
    }
    options.params = &gamma;
    options.param_count = 1;
    ck_assert_int_eq(take_points(&fixed, 1), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "gamma is fixed and in a point"));
}
END_TEST

START_TEST(the_weight_of_positive_rows_is_fixed_or_left_alone)
{
    static const segml_value weight = {"scale_pos_weight", 2.5};
    static const segml_param_set point = {&weight, 1};
    segml_dimension dimension = SEGML_DIMENSION_INIT;
    sg_param_facts facts = facts_of(400, SEGML_TASK_BINARY);

    ck_assert_int_eq(take_points(&point, 1), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "scale_pos_weight in a point: it can be fixed, but not be searched");
    options.points = NULL;
    dimension.name = "scale_pos_weight";
    dimension.low = 1;
    dimension.high = 2;
    options.space = &dimension;
    options.space_count = 1;
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "dimension scale_pos_weight: it can be fixed, but not be searched");
    options.space = NULL;
    options.params = &weight;
    options.param_count = 1;
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, &err), SEGML_OK);
    ck_assert_double_eq(space.base.value[SG_PARAM_SCALE_POS_WEIGHT], 2.5);
    facts = facts_of(400, SEGML_TASK_MULTICLASS);
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "parameter scale_pos_weight is of binary targets; this one is multiclass");
}
END_TEST

START_TEST(exact_trees_have_neither_bins_nor_leafwise_growth)
{
    static const segml_value idle[3] = {{"max_bin", 64}, {"max_leaves", 8}, {"grow_policy", 1}};
    static const segml_value depthwise = {"grow_policy", 0};
    sg_param_facts facts = facts_of(20000, SEGML_TASK_BINARY);

    options.tree_method = "exact";
    ck_assert_int_eq(sg_params_space(&space, &options, &facts, &err), SEGML_OK);
    ck_assert_ptr_null(dimension(SG_PARAM_GROW_POLICY));
    ck_assert_ptr_null(dimension(SG_PARAM_MAX_LEAVES));
    ck_assert_ptr_nonnull(dimension(SG_PARAM_MAX_DEPTH));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fix(20000, &idle[i], 1), SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, idle[i].name) != NULL &&
                          strstr(err.message, "where tree_method is exact") != NULL,
                      "%s", err.message);
    }
    ck_assert_int_eq(fix(20000, &depthwise, 1), SEGML_OK);
}
END_TEST

TCase *
params_tests(void)
{
    TCase *tc = tcase_create("params");

    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_loop_test(tc, ranges_grow_with_the_rows, 0, SIZES * TASKS);
    tcase_add_test(tc, leaves_are_searched_only_where_trees_grow_leaf_by_leaf);
    tcase_add_test(tc, few_columns_are_all_used);
    tcase_add_test(tc, columns_are_not_sampled_where_the_group_is_one);
    tcase_add_test(tc, many_columns_get_an_l1_penalty);
    tcase_add_test(tc, rare_classes_get_a_limited_step);
    tcase_add_test(tc, counts_keep_xgboosts_own_limit_of_the_step);
    tcase_add_loop_test(tc, the_robust_default_is_the_documented_one_and_comes_first, 0, ROBUST);
    tcase_add_loop_test(tc, well_tried_sets_lie_within_the_default_space, 0, SIZES * TASKS);
    tcase_add_test(tc, well_tried_sets_of_small_models_are_the_documented_ones);
    tcase_add_loop_test(tc, the_number_of_rounds_and_gamma_are_never_searched, 0, SIZES);
    tcase_add_loop_test(tc, every_searched_value_is_legal, 0, SIZES);
    tcase_add_test(tc, a_fixed_parameter_leaves_the_search_and_the_well_tried_sets);
    tcase_add_test(tc, every_parameter_can_be_fixed_by_its_name);
    tcase_add_test(tc, a_fixed_growth_takes_the_leaves_along);
    tcase_add_test(tc, leaves_without_leafwise_growth_are_refused_in_any_order);
    tcase_add_loop_test(tc, a_bad_parameter_is_refused_with_the_remedy, 0, REFUSED);
    tcase_add_loop_test(tc, a_bad_value_of_a_point_is_refused_too, 0, REFUSED);
    tcase_add_test(tc, rounds_end_at_the_cap);
    tcase_add_test(tc, a_callers_space_replaces_the_default_one);
    tcase_add_test(tc, an_inactive_dimension_keeps_the_base);
    tcase_add_test(tc, leaves_that_are_searched_alone_grow_leaf_by_leaf);
    tcase_add_test(tc, a_bad_space_is_refused_with_name_and_value);
    tcase_add_test(tc, fixed_and_searched_at_once_is_refused);
    tcase_add_test(tc, the_weight_of_positive_rows_is_fixed_or_left_alone);
    tcase_add_test(tc, exact_trees_have_neither_bins_nor_leafwise_growth);
    tcase_add_test(tc, points_replace_the_default_sets);
    tcase_add_test(tc, points_that_contradict_are_refused);
    return tc;
}
