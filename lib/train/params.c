/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Parameters and the default search space.
 *
 * Six dimensions for small models, up to nine for large ones. The space scales with the
 * rows (depth, leaf size), and leaf size and lambda with the mean Hessian, because
 * XGBoost counts both in Hessians: 1 means four rows for balanced binary labels and
 * one row for squared error. The learning rate needs one decade only, since the
 * number of rounds makes up for it; that number is not searched but read off the
 * validation curve. gamma and scale_pos_weight are left alone: the scale of the first
 * depends on the objective, the second destroys calibration. Columns are not sampled where
 * the group is one of them: a tree without it cannot tell the groups apart, and of four
 * columns .8 leaves three (eight groups of 400 rows: log loss .425 instead of .409).
 *
 * Bins are few where rows are: finer cuts follow the noise, and cost time.
 *
 * The robust default is what an untuned model uses and what every search tries first.
 * After it come sets that do well on many data of that size; they replace random trials
 * at the start, and give a search of few trials something sensible.
 */

#include "train/params.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "segml/model.h"

typedef struct param_entry {
    const char *name;
    double low, high;
    int integer;
} param_entry;

static const param_entry entries[SG_PARAM_COUNT] = {
#define SG_PARAM_ENTRY(id, name, low, high, integer) {name, low, high, integer},
    SG_PARAM_LIST(SG_PARAM_ENTRY)
#undef SG_PARAM_ENTRY
};

const char *
sg_params_name(sg_param param)
{
    return entries[param].name;
}

static double
clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Adds a dimension that has more than one value. */
static segml_dimension *
add(sg_param_space *space, sg_param param, int32_t kind, double low, double high)
{
    segml_dimension *d = &space->dimension[space->dimensions];

    if (!(low < high))
        return NULL;
    *d = (segml_dimension)SEGML_DIMENSION_INIT;
    d->name = entries[param].name;
    d->kind = kind;
    d->low = low;
    d->high = high;
    space->param[space->dimensions++] = (int32_t)param;
    return d;
}

static void
add_logarithmic(sg_param_space *space, sg_param param, int32_t kind, double low, double high)
{
    segml_dimension *d = add(space, param, kind, low, high);

    if (d != NULL)
        d->logarithmic = 1;
}

/* Depth at which leaves of eight rows are the finest cut. */
static double
deepest(const sg_param_facts *facts)
{
    double depth = clamp(floor(log2((double)facts->rows / 8)), 2, 8);

    return facts->task == SEGML_TASK_MULTICLASS ? clamp(depth - 1, 1, 8) : depth;
}

static int
samples_columns(const sg_param_facts *facts)
{
    return facts->features > 2 && facts->keys == 0;
}

static void
set_robust_default(sg_param_space *space, const sg_param_facts *facts)
{
    double *value = space->base.value;
    double n = (double)facts->rows, h = facts->mean_hessian;
    double depth = n < 100 ? 2 : n < 1000 ? 3 : n < 5000 ? 5 : 6;

    memset(&space->base, 0, sizeof space->base);
    value[SG_PARAM_LEARNING_RATE] = 0.05;
    value[SG_PARAM_MAX_DEPTH] = clamp(depth, 1, deepest(facts));
    value[SG_PARAM_MIN_CHILD_WEIGHT] = (n < 100 ? 4 : 12) * h;
    value[SG_PARAM_SUBSAMPLE] = 0.8;
    value[SG_PARAM_COLSAMPLE_BYTREE] = samples_columns(facts) ? 0.8 : 1;
    value[SG_PARAM_REG_LAMBDA] = (n < 100 ? 5 : 1) * 4 * h;
    value[SG_PARAM_MAX_DELTA_STEP] = facts->task == SEGML_TASK_POISSON ? 0.7 : 0;
    value[SG_PARAM_MAX_BIN] = n < 1000 ? 64 : 256;
    value[SG_PARAM_SCALE_POS_WEIGHT] = 1;
}

void
sg_params_default(sg_param_space *space, const sg_param_facts *facts)
{
    double n = (double)facts->rows, p = (double)facts->features, h = facts->mean_hessian;

    space->dimensions = 0;
    set_robust_default(space, facts);
    add_logarithmic(space, SG_PARAM_LEARNING_RATE, SEGML_DIMENSION_FLOAT,
                    n < 1000   ? 0.05
                    : n < 5000 ? 0.02
                               : 0.01,
                    n < 1000 ? 0.3 : 0.2);
    add(space, SG_PARAM_MAX_DEPTH, SEGML_DIMENSION_INT, 1, deepest(facts));
    add_logarithmic(space, SG_PARAM_MIN_CHILD_WEIGHT, SEGML_DIMENSION_FLOAT, h,
                    h * fmax(8, n / 20));
    add(space, SG_PARAM_SUBSAMPLE, SEGML_DIMENSION_FLOAT, clamp(30 / n, 0.5, 1), 1);
    if (samples_columns(facts))
        add(space, SG_PARAM_COLSAMPLE_BYTREE, SEGML_DIMENSION_FLOAT, fmax(0.4, 1 / p), 1);
    add_logarithmic(space, SG_PARAM_REG_LAMBDA, SEGML_DIMENSION_FLOAT, 0.05 * 4 * h, 50 * 4 * h);
    if (n >= 1000 || p >= 30)
        add_logarithmic(space, SG_PARAM_REG_ALPHA, SEGML_DIMENSION_FLOAT, 1e-3, 5);
    if (facts->task == SEGML_TASK_BINARY && facts->minority < 0.05)
        add(space, SG_PARAM_MAX_DELTA_STEP, SEGML_DIMENSION_INT, 0, 1);
    if (n >= 5000) {
        segml_dimension *leaves;

        add(space, SG_PARAM_GROW_POLICY, SEGML_DIMENSION_INT, 0, 1);
        leaves = add(space, SG_PARAM_MAX_LEAVES, SEGML_DIMENSION_INT, 4, floor(fmin(n / 20, 256)));
        leaves->logarithmic = 1;
        leaves->parent = entries[SG_PARAM_GROW_POLICY].name;
        leaves->parent_low = leaves->parent_high = 1;
    }
}

static int
fail_unknown(const char *name, segml_error *err)
{
    char known[256] = "";
    size_t length = 0;

    for (int p = 0; p < SG_PARAM_COUNT && length < sizeof known; p++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", p > 0 ? ", " : "",
                                   entries[p].name);
    return sg_fail(err, SEGML_E_ARGUMENT, "unknown parameter \"%s\"; known are %s", name, known);
}

/* The parameter of a name. */
static int
find(int32_t *param, const char *name, segml_error *err)
{
    for (int32_t p = 0; name != NULL && p < SG_PARAM_COUNT; p++) {
        if (strcmp(entries[p].name, name) == 0) {
            *param = p;
            return SEGML_OK;
        }
    }
    return fail_unknown(name != NULL ? name : "", err);
}

/* Whether a parameter can have a value; rounds end at the cap of the options. */
static int
is_exact(const segml_train_options *options)
{
    return options->tree_method != NULL && strcmp(options->tree_method, "exact") == 0;
}

/* Parameters of trees between bins alone. */
static int
needs_bins(int32_t param)
{
    return param == SG_PARAM_MAX_BIN || param == SG_PARAM_MAX_LEAVES ||
           param == SG_PARAM_GROW_POLICY;
}

/* Bins are made before the search; weights of classes have no optimum that the loss can see. */
static int
is_fixed_only(int32_t param)
{
    return param == SG_PARAM_MAX_BIN || param == SG_PARAM_SCALE_POS_WEIGHT;
}

static int
check_value(const segml_train_options *options, int32_t param, double value, segml_error *err)
{
    const param_entry *entry = &entries[param];
    double most = entry->high;
    char given[SG_TEXT_NUMBER], low[SG_TEXT_NUMBER], high[SG_TEXT_NUMBER];

    if (param == SG_PARAM_ROUNDS && options->max_rounds > 0)
        most = fmin(most, options->max_rounds);
    if (value > 0 && needs_bins(param) && is_exact(options))
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "parameter %s has no effect where tree_method is exact: leave out one of "
                       "them",
                       entry->name);
    if (value >= entry->low && value <= most && (!entry->integer || value == floor(value)))
        return SEGML_OK;
    sg_text_double(given, value);
    sg_text_double(low, entry->low);
    sg_text_double(high, most);
    return sg_fail(err, SEGML_E_ARGUMENT, "parameter %s = %s: %s in [%s, %s] is needed",
                   entry->name, given, entry->integer ? "an integer" : "a number", low, high);
}

static int
find_dimension(const sg_param_space *space, int32_t param)
{
    for (int32_t d = 0; d < space->dimensions; d++) {
        if (space->param[d] == param)
            return d;
    }
    return -1;
}

/* One dimension of a caller's space: its values must be legal for the parameter. */
static int
take_dimension(sg_param_space *space, const segml_train_options *options,
               const segml_dimension *given, segml_error *err)
{
    int32_t param = 0;
    int rc = find(&param, given->name, err);

    if (rc < 0)
        return rc;
    if (is_fixed_only(param))
        return sg_fail(err, SEGML_E_ARGUMENT, "dimension %s: it can be fixed, but not be searched",
                       given->name);
    if (given->kind == SEGML_DIMENSION_CATEGORICAL) {
        for (int64_t i = 0; given->choices != NULL && i < given->choice_count && rc == SEGML_OK;
             i++)
            rc = check_value(options, param, given->choices[i], err);
    } else {
        if (given->kind == SEGML_DIMENSION_FLOAT && entries[param].integer &&
            !(given->step > 0 && given->step == floor(given->step)))
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "dimension %s: an integer parameter needs kind int, or a whole step",
                           given->name);
        rc = check_value(options, param, given->low, err);
        if (rc == SEGML_OK)
            rc = check_value(options, param, given->high, err);
    }
    if (rc < 0)
        return rc;
    space->param[space->dimensions] = param;
    space->dimension[space->dimensions++] = *given;
    return SEGML_OK;
}

static int
take_space(sg_param_space *space, const segml_train_options *options, segml_error *err)
{
    int rc = SEGML_OK;

    if (options->space_count < 1 || options->space_count > SG_SPACE_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "a space of %lld dimensions: 1 to %d are needed",
                       (long long)options->space_count, (int)SG_SPACE_MAX);
    space->dimensions = 0;
    for (int64_t d = 0; d < options->space_count && rc == SEGML_OK; d++)
        rc = take_dimension(space, options, &options->space[d], err);
    if (find_dimension(space, SG_PARAM_MAX_LEAVES) >= 0)
        space->base.value[SG_PARAM_GROW_POLICY] = 1; /* where it is no dimension itself */
    return rc;
}

/* Leaves are counted where growth is leaf by leaf: both cannot be asked for. */
static int
check_leaves(const sg_params *params, int leaves_wanted, segml_error *err)
{
    if (!leaves_wanted || params->value[SG_PARAM_GROW_POLICY] > 0)
        return SEGML_OK;
    return sg_fail(err, SEGML_E_ARGUMENT,
                   "max_leaves has no effect where grow_policy is 0: leave out one of them");
}

/* Whether values have a name among them. */
static int
has_name(const segml_value *values, int64_t count, const char *name)
{
    for (int64_t i = 0; i < count; i++) {
        if (values[i].name != NULL && strcmp(values[i].name, name) == 0)
            return 1;
    }
    return 0;
}

/* A parameter that is fixed leaves the default space, with what depends on it. */
static void
drop(sg_param_space *space, int32_t param)
{
    const char *name = entries[param].name;
    double value = space->base.value[param];
    int32_t kept = 0;

    for (int32_t d = 0; d < space->dimensions; d++) {
        segml_dimension dimension = space->dimension[d];

        if (space->param[d] == param)
            continue;
        if (dimension.parent != NULL && strcmp(dimension.parent, name) == 0) {
            if (value < dimension.parent_low || value > dimension.parent_high)
                continue;
            dimension.parent = NULL;
        }
        space->param[kept] = space->param[d];
        space->dimension[kept++] = dimension;
    }
    space->dimensions = kept;
}

/* What a number of leaves that is fixed says about growth; a caller's dimension stays. */
static int
fix_growth(sg_param_space *space, const segml_train_options *options, segml_error *err)
{
    const segml_value *fixed = options->params;
    int64_t count = options->param_count;
    double *value = space->base.value;
    int leaves;

    if (options->space != NULL && find_dimension(space, SG_PARAM_GROW_POLICY) >= 0)
        return SEGML_OK;
    if (has_name(fixed, count, entries[SG_PARAM_MAX_LEAVES].name) &&
        !has_name(fixed, count, entries[SG_PARAM_GROW_POLICY].name)) {
        value[SG_PARAM_GROW_POLICY] = value[SG_PARAM_MAX_LEAVES] > 0;
        drop(space, SG_PARAM_GROW_POLICY);
    }
    leaves = options->space != NULL && find_dimension(space, SG_PARAM_MAX_LEAVES) >= 0;
    return check_leaves(&space->base, leaves || value[SG_PARAM_MAX_LEAVES] > 0, err);
}

static int
fix(sg_param_space *space, const segml_train_options *options, const sg_param_facts *facts,
    segml_error *err)
{
    for (int64_t i = 0; i < options->param_count; i++) {
        const segml_value *given = &options->params[i];
        int32_t param = 0;
        int rc = find(&param, given->name, err);

        if (rc == SEGML_OK)
            rc = check_value(options, param, given->value, err);
        if (rc < 0)
            return rc;
        if (param == SG_PARAM_SCALE_POS_WEIGHT && facts->task != SEGML_TASK_BINARY)
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "parameter scale_pos_weight is of binary targets; this one is %s",
                           segml_task_name(facts->task));
        if (has_name(options->params, i, given->name))
            return sg_fail(err, SEGML_E_ARGUMENT, "parameter %s is given twice", given->name);
        if (options->space != NULL && find_dimension(space, param) >= 0)
            return sg_fail(
                err, SEGML_E_ARGUMENT,
                "parameter %s is fixed and a dimension of the space: it can be one of them",
                given->name);
        space->base.value[param] = given->value;
        drop(space, param);
    }
    return fix_growth(space, options, err);
}

int
sg_params_space(sg_param_space *space, const segml_train_options *options,
                const sg_param_facts *facts, segml_error *err)
{
    int rc = SEGML_OK;

    sg_params_default(space, facts);
    if (options->space != NULL)
        rc = take_space(space, options, err);
    if (rc == SEGML_OK && is_exact(options)) {
        drop(space, SG_PARAM_MAX_LEAVES);
        drop(space, SG_PARAM_GROW_POLICY);
    }
    return rc == SEGML_OK ? fix(space, options, facts, err) : rc;
}

/* Sets a searched parameter of a well-tried set, within its range. */
static void
put(sg_params *set, const sg_param_space *space, sg_param param, double value)
{
    int32_t d = find_dimension(space, (int32_t)param);

    if (d >= 0)
        set->value[param] = clamp(value, space->dimension[d].low, space->dimension[d].high);
}

/*
 * Well-tried sets: learning rate, depth, rows per leaf, share of rows, of columns, lambda in
 * units of four mean Hessians. For few rows from own measurements; for many those of
 * AutoGluon's zero-shot portfolio (2023), rounded.
 */
static const double well_tried[2][SG_PARAM_SETS - 1][6] = {
    {{0.05, 2, 4, 0.8, 0.8, 1}, {0.1, 4, 20, 0.8, 0.8, 5}, {0.03, 5, 8, 0.6, 0.8, 1}},
    {{0.018, 8, 2.4, 1, 0.69, 1}, {0.088, 5, 2.5, 1, 0.66, 1}, {0.01, 4, 3.7, 1, 0.75, 1}}};

static int64_t
default_sets(sg_params *sets, const sg_param_space *space, const sg_param_facts *facts)
{
    double h = facts->mean_hessian;
    int large = facts->rows >= 5000;

    sets[0] = space->base;
    for (int s = 1; s < SG_PARAM_SETS; s++) {
        const double *v = well_tried[large][s - 1];

        sets[s] = space->base;
        put(&sets[s], space, SG_PARAM_LEARNING_RATE, v[0]);
        put(&sets[s], space, SG_PARAM_MAX_DEPTH, v[1]);
        put(&sets[s], space, SG_PARAM_MIN_CHILD_WEIGHT, v[2] * h);
        put(&sets[s], space, SG_PARAM_SUBSAMPLE, v[3]);
        put(&sets[s], space, SG_PARAM_COLSAMPLE_BYTREE, v[4]);
        put(&sets[s], space, SG_PARAM_REG_LAMBDA, v[5] * 4 * h);
    }
    return SG_PARAM_SETS;
}

/* One of the caller's sets. */
static int
take_set(sg_params *set, const segml_param_set *given, const segml_train_options *options,
         segml_error *err)
{
    const char *growth = entries[SG_PARAM_GROW_POLICY].name;
    double leaves = 0;

    if (given->count < 0 || (given->count > 0 && given->params == NULL))
        return sg_fail(err, SEGML_E_ARGUMENT, "a point's params and count (%lld) do not fit",
                       (long long)given->count);
    for (int64_t i = 0; i < given->count; i++) {
        const segml_value *value = &given->params[i];
        int32_t param = 0;
        int rc = find(&param, value->name, err);

        if (rc == SEGML_OK)
            rc = check_value(options, param, value->value, err);
        if (rc < 0)
            return rc;
        if (is_fixed_only(param))
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "%s in a point: it can be fixed, but not be searched", value->name);
        if (has_name(given->params, i, value->name))
            return sg_fail(err, SEGML_E_ARGUMENT, "parameter %s is given twice in a point",
                           value->name);
        if (has_name(options->params, options->param_count, value->name))
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "parameter %s is fixed and in a point: it can be one of them",
                           value->name);
        set->value[param] = value->value;
        if (param != SG_PARAM_MAX_LEAVES)
            continue;
        leaves = value->value;
        if (!has_name(given->params, given->count, growth) &&
            !has_name(options->params, options->param_count, growth))
            set->value[SG_PARAM_GROW_POLICY] = leaves > 0;
    }
    return check_leaves(set, leaves > 0, err);
}

int64_t
sg_params_first(sg_params *sets, const sg_param_space *space, const segml_train_options *options,
                const sg_param_facts *facts, segml_error *err)
{
    sets[0] = space->base;
    if (options->points == NULL)
        return options->space == NULL ? default_sets(sets, space, facts) : 1;
    for (int64_t s = 0; s < options->point_count; s++) {
        int rc;

        sets[s] = space->base;
        rc = take_set(&sets[s], &options->points[s], options, err);
        if (rc < 0)
            return rc;
    }
    return options->point_count;
}

void
sg_params_of_point(sg_params *params, const sg_param_space *space, const double *point)
{
    *params = space->base;
    for (int32_t d = 0; d < space->dimensions; d++) {
        if (!isnan(point[d]))
            params->value[space->param[d]] = point[d];
    }
}

void
sg_params_to_point(double *point, const sg_param_space *space, const sg_params *params)
{
    for (int32_t d = 0; d < space->dimensions; d++)
        point[d] = params->value[space->param[d]];
}
