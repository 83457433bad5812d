/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The default search space.
 *
 * Six dimensions for small groups, up to eight for large ones. It scales with the
 * rows (depth, leaf size), and leaf size and lambda with the mean Hessian, because
 * XGBoost counts both in Hessians: 1 means four rows for balanced binary labels and
 * one row for squared error. The learning rate needs one decade only, since the
 * number of rounds makes up for it; that number is never searched but read off the
 * validation curve. gamma and scale_pos_weight are left alone: the scale of the first
 * depends on the objective, the second destroys calibration.
 *
 * The robust default is what an untuned model uses and what every search tries first.
 */

#include "tune/space.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
sg_space_name(sg_param param)
{
    return entries[param].name;
}

static double
clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static void
add(sg_space *space, sg_param param, sg_dimension_kind kind, double low, double high)
{
    if (low < high)
        space->dimension[space->dimensions++] = (sg_dimension){param, kind, low, high};
}

/* Depth at which leaves of eight rows are the finest cut. */
static double
deepest(const sg_space_facts *facts)
{
    double depth = clamp(floor(log2((double)facts->rows / 8)), 2, 8);

    return facts->task == SEGML_TASK_MULTICLASS ? clamp(depth - 1, 1, 8) : depth;
}

static void
set_robust_default(sg_space *space, const sg_space_facts *facts)
{
    double *value = space->fixed.value;
    double n = (double)facts->rows, h = facts->mean_hessian;
    double depth = n < 100 ? 2 : n < 1000 ? 3 : n < 5000 ? 5 : 6;

    memset(&space->fixed, 0, sizeof space->fixed);
    value[SG_PARAM_LEARNING_RATE] = 0.05;
    value[SG_PARAM_MAX_DEPTH] = clamp(depth, 1, deepest(facts));
    value[SG_PARAM_MIN_CHILD_WEIGHT] = (n < 100 ? 4 : 12) * h;
    value[SG_PARAM_SUBSAMPLE] = 0.8;
    value[SG_PARAM_COLSAMPLE_BYTREE] = facts->features > 2 ? 0.8 : 1;
    value[SG_PARAM_REG_LAMBDA] = (n < 100 ? 5 : 1) * 4 * h;
    value[SG_PARAM_MAX_DELTA_STEP] = facts->task == SEGML_TASK_POISSON ? 0.7 : 0;
    value[SG_PARAM_MAX_BIN] = n < 1000 ? 64 : 256;
}

void
sg_space_default(sg_space *space, const sg_space_facts *facts)
{
    double n = (double)facts->rows, p = (double)facts->features, h = facts->mean_hessian;

    space->dimensions = 0;
    set_robust_default(space, facts);
    add(space, SG_PARAM_LEARNING_RATE, SG_DIMENSION_LOG_FLOAT, n < 5000 ? 0.02 : 0.01, 0.2);
    add(space, SG_PARAM_MAX_DEPTH, SG_DIMENSION_INT, 1, deepest(facts));
    add(space, SG_PARAM_MIN_CHILD_WEIGHT, SG_DIMENSION_LOG_FLOAT, h, h * fmax(8, n / 20));
    add(space, SG_PARAM_SUBSAMPLE, SG_DIMENSION_FLOAT, clamp(30 / n, 0.5, 1), 1);
    if (p > 2)
        add(space, SG_PARAM_COLSAMPLE_BYTREE, SG_DIMENSION_FLOAT, fmax(0.4, 1 / p), 1);
    add(space, SG_PARAM_REG_LAMBDA, SG_DIMENSION_LOG_FLOAT, 0.05 * 4 * h, 50 * 4 * h);
    if (n >= 1000 || p >= 30)
        add(space, SG_PARAM_REG_ALPHA, SG_DIMENSION_LOG_FLOAT, 1e-3, 5);
    if (facts->task == SEGML_TASK_BINARY && facts->minority < 0.05)
        add(space, SG_PARAM_MAX_DELTA_STEP, SG_DIMENSION_INT, 0, 1);
    if (n >= 5000)
        add(space, SG_PARAM_MAX_LEAVES, SG_DIMENSION_SWITCH_LOG_INT, 4, fmin(n / 20, 256));
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

int
sg_space_fix(sg_space *space, const char *name, double value, segml_error *err)
{
    const param_entry *entry = NULL;
    int32_t kept = 0;

    for (int p = 0; p < SG_PARAM_COUNT; p++) {
        if (name != NULL && strcmp(entries[p].name, name) == 0)
            entry = &entries[p];
    }
    if (entry == NULL)
        return fail_unknown(name != NULL ? name : "", err);
    if (!(value >= entry->low && value <= entry->high) ||
        (entry->integer && value != floor(value))) {
        char given[SG_TEXT_NUMBER], low[SG_TEXT_NUMBER], high[SG_TEXT_NUMBER];

        sg_text_double(given, value);
        sg_text_double(low, entry->low);
        sg_text_double(high, entry->high);
        return sg_fail(err, SEGML_E_ARGUMENT, "parameter %s = %s: %s in [%s, %s] is needed", name,
                       given, entry->integer ? "an integer" : "a number", low, high);
    }
    space->fixed.value[entry - entries] = value;
    for (int32_t d = 0; d < space->dimensions; d++) {
        if (space->dimension[d].param != (sg_param)(entry - entries))
            space->dimension[kept++] = space->dimension[d];
    }
    space->dimensions = kept;
    return SEGML_OK;
}
