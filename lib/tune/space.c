/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Search spaces.
 *
 * R1  Names are distinct, not empty, UTF-8.
 * R2  Numbers have finite bounds, low <= high, whose difference is finite and, where
 *     searched continuously, wide enough to be divided. Integers lie within 2^53.
 * R3  Logarithmic: low > 0, and no step but that of integers, 1.
 * R4  Where a step does not divide high - low, high is lowered to the last point. A step
 *     that divides it but for round-off (0.05 in [0.3, 1]) does divide it, and high stays
 *     what it was. A step is large enough to change both bounds.
 * R5  Choices are finite and distinct, and there are at most 1,024 of them.
 * R6  A parent comes before its children, so that one pass in order decides what is active,
 *     and children of children need no rule of their own: the value of what is not active
 *     is NaN, and NaN is in no range.
 *
 * All of it is checked here, so that nothing that works with a space has a case for a space
 * that makes no sense.
 */

#include "tune/space.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "tune/scale.h"

enum { CHOICES_MAX = 1024 };

static const double largest_integer = 9007199254740992.0; /* 2^53 */
static const double round_off = 1e-6;                     /* of a step */

static int
check_name(const sg_space *space, const segml_dimension *from, segml_error *err)
{
    if (from->name == NULL || from->name[0] == '\0')
        return sg_fail(err, SEGML_E_ARGUMENT, "dimension %d has no name", (int)space->count);
    if (!sg_text_is_utf8(from->name, strlen(from->name)))
        return sg_fail(err, SEGML_E_ARGUMENT, "the name of dimension %d is not UTF-8",
                       (int)space->count);
    for (int32_t d = 0; d < space->count; d++) {
        if (strcmp(space->dimension[d].name, from->name) == 0)
            return sg_fail(err, SEGML_E_ARGUMENT, "dimensions %d and %d are both named %s", (int)d,
                           (int)space->count, from->name);
    }
    if (from->reserved[0] != NULL || from->reserved[1] != NULL)
        return sg_fail(err, SEGML_E_ABI, "%s: a reserved member is set", from->name);
    return SEGML_OK;
}

static int
fail_range(const segml_dimension *from, const char *remedy, segml_error *err)
{
    char low[SG_TEXT_NUMBER], high[SG_TEXT_NUMBER];

    sg_text_double(low, from->low);
    sg_text_double(high, from->high);
    return sg_fail(err, SEGML_E_ARGUMENT, "%s: the range from %s to %s %s", from->name, low, high,
                   remedy);
}

static int
fail_step(const segml_dimension *from, const char *remedy, segml_error *err)
{
    char step[SG_TEXT_NUMBER];

    sg_text_double(step, from->step);
    return sg_fail(err, SEGML_E_ARGUMENT, "%s: step %s %s", from->name, step, remedy);
}

static int
check_range(const segml_dimension *from, segml_error *err)
{
    double width = from->high - from->low;

    if (from->choices != NULL || from->choice_count != 0)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%s has choices but is a number; its kind should be categorical",
                       from->name);
    if (from->logarithmic != 0 && from->logarithmic != 1)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s: logarithmic is %d; 0 and 1 are allowed",
                       from->name, (int)from->logarithmic);
    if (!isfinite(from->low) || !isfinite(from->high))
        return fail_range(from, "is not finite", err);
    if (from->low > from->high)
        return fail_range(from, "is empty; low comes first", err);
    if (!isfinite(width))
        return fail_range(from, "is too wide; its width must be a number", err);
    if (from->logarithmic && from->low <= 0)
        return fail_range(from, "has no logarithm; low must be above 0", err);
    if (from->kind != SEGML_DIMENSION_INT)
        return SEGML_OK;
    if (from->low != floor(from->low) || from->high != floor(from->high))
        return fail_range(from, "is of integers, but a bound is not", err);
    if (fabs(from->low) > largest_integer || fabs(from->high) > largest_integer ||
        width > largest_integer)
        return fail_range(from, "is too wide for integers; 2^53 is the limit", err);
    return SEGML_OK;
}

static int
check_step(const segml_dimension *from, segml_error *err)
{
    int is_int = from->kind == SEGML_DIMENSION_INT;

    if (!isfinite(from->step) || from->step < 0)
        return fail_step(from, "is not a step; 0 is the default", err);
    if (from->logarithmic && from->step != 0 && !(is_int && from->step == 1))
        return fail_step(from, "in a logarithmic dimension; it must be 0", err);
    if (is_int && from->step != floor(from->step))
        return fail_step(from, "between integers; it must be an integer", err);
    if (from->step > 0 && from->low < from->high &&
        (from->low + from->step == from->low || from->high - from->step == from->high ||
         (from->high - from->low) / from->step > largest_integer))
        return fail_step(from, "is lost in rounding; 0 is continuous", err);
    return SEGML_OK;
}

/* Lowers high to the last point of the grid. */
static void
align_high(sg_dimension *dimension)
{
    double steps = (dimension->high - dimension->low) / dimension->step;
    double nearest = floor(steps + 0.5);

    if (nearest >= 1 && fabs(steps - nearest) <= round_off)
        return;
    dimension->high = dimension->low + floor(steps) * dimension->step;
}

static int
set_number(sg_dimension *to, const segml_dimension *from, segml_error *err)
{
    double low, high;
    int rc = check_range(from, err);

    if (rc == SEGML_OK)
        rc = check_step(from, err);
    if (rc < 0)
        return rc;
    to->logarithmic = from->logarithmic;
    to->low = from->low;
    to->high = from->high;
    to->step = from->kind == SEGML_DIMENSION_INT && from->step == 0 ? 1 : from->step;
    if (to->step > 0) {
        align_high(to);
        return SEGML_OK;
    }
    low = sg_scale_low(to);
    high = sg_scale_high(to);
    if (to->low < to->high &&
        (low + (high - low) / CHOICES_MAX == low || high - (high - low) / CHOICES_MAX == high))
        return fail_range(from, "is too narrow to be searched; low may be equal to high", err);
    return SEGML_OK;
}

static int
set_choices(sg_space *space, sg_dimension *to, const segml_dimension *from, segml_error *err)
{
    double *choices;
    char number[SG_TEXT_NUMBER];

    if (from->choices == NULL || from->choice_count < 1 || from->choice_count > CHOICES_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s has %lld choices; 1 to %d are needed", from->name,
                       (long long)(from->choices != NULL ? from->choice_count : 0), CHOICES_MAX);
    choices = sg_arena_alloc(&space->arena, from->choice_count, sizeof *choices);
    if (choices == NULL)
        return sg_fail_nomem(err);
    for (int32_t c = 0; c < (int32_t)from->choice_count; c++) {
        choices[c] = from->choices[c];
        sg_text_double(number, choices[c]);
        if (!isfinite(choices[c]))
            return sg_fail(err, SEGML_E_ARGUMENT, "%s: choice %d is %s; it must be finite",
                           from->name, (int)c, number);
        for (int32_t before = 0; before < c; before++) {
            if (choices[before] == choices[c])
                return sg_fail(err, SEGML_E_ARGUMENT, "%s: choices %d and %d are both %s",
                               from->name, (int)before, (int)c, number);
        }
    }
    to->choices = choices;
    to->choice_count = (int32_t)from->choice_count;
    to->high = to->choice_count - 1;
    to->step = 1;
    return SEGML_OK;
}

static int
set_parent(const sg_space *space, sg_dimension *to, const segml_dimension *from, segml_error *err)
{
    const sg_dimension *parent;
    double slack; /* three steps of 0.1 are 0.30000000000000004 */

    to->parent = -1;
    if (from->parent == NULL)
        return SEGML_OK;
    for (int32_t d = 0; d < space->count; d++) {
        if (strcmp(space->dimension[d].name, from->parent) == 0)
            to->parent = d;
    }
    if (to->parent < 0)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%s: its parent %s is not among the dimensions before it", from->name,
                       from->parent);
    if (!(from->parent_low <= from->parent_high))
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%s: parent_low must not be above parent_high, and neither NaN", from->name);
    parent = &space->dimension[to->parent];
    slack = parent->kind == SEGML_DIMENSION_FLOAT ? round_off * parent->step : 0;
    to->parent_low = from->parent_low - slack;
    to->parent_high = from->parent_high + slack;
    return SEGML_OK;
}

static int
add_dimension(sg_space *space, const segml_dimension *from, segml_error *err)
{
    sg_dimension *to = &space->dimension[space->count];
    int rc = check_name(space, from, err);

    if (rc < 0)
        return rc;
    to->name = sg_arena_text(&space->arena, from->name, strlen(from->name));
    if (to->name == NULL)
        return sg_fail_nomem(err);
    to->kind = from->kind;
    switch (from->kind) {
    case SEGML_DIMENSION_FLOAT:
    case SEGML_DIMENSION_INT:
        rc = set_number(to, from, err);
        break;
    case SEGML_DIMENSION_CATEGORICAL:
        rc = set_choices(space, to, from, err);
        break;
    default:
        rc = sg_fail(err, SEGML_E_ARGUMENT, "%s: unknown kind %d", from->name, (int)from->kind);
    }
    if (rc == SEGML_OK)
        rc = set_parent(space, to, from, err);
    if (rc == SEGML_OK)
        space->count++;
    return rc;
}

int
sg_space_make(sg_space *space, const segml_dimension *dimensions, int64_t count, segml_error *err)
{
    if (dimensions == NULL || count < 1 || count > SG_SPACE_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld dimensions; 1 to %d are needed",
                       (long long)(dimensions != NULL ? count : 0), SG_SPACE_MAX);
    for (int64_t d = 0; d < count; d++) {
        int rc = add_dimension(space, &dimensions[d], err);

        if (rc < 0)
            return rc;
    }
    return SEGML_OK;
}

void
sg_space_clear(sg_space *space)
{
    sg_arena_clear(&space->arena);
    memset(space, 0, sizeof *space);
}

int
sg_space_active(const sg_space *space, const double *point, int32_t dimension)
{
    const sg_dimension *d = &space->dimension[dimension];

    return d->parent < 0 ||
           (point[d->parent] >= d->parent_low && point[d->parent] <= d->parent_high);
}

/* Whether value is one of the dimension's, snapped being the nearest of those. */
static int
is_inside(const sg_dimension *dimension, double value, double snapped)
{
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return value == snapped;
    return fabs(value - snapped) <= round_off * dimension->step;
}

static int
fail_value(const sg_dimension *dimension, double value, segml_error *err)
{
    char number[SG_TEXT_NUMBER], low[SG_TEXT_NUMBER], high[SG_TEXT_NUMBER], step[SG_TEXT_NUMBER];

    sg_text_double(number, value);
    sg_text_double(low, dimension->low);
    sg_text_double(high, dimension->high);
    sg_text_double(step, dimension->step);
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s = %s is none of its %d choices", dimension->name,
                       number, (int)dimension->choice_count);
    if (dimension->step > 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s = %s is not in [%s, %s] by steps of %s",
                       dimension->name, number, low, high, step);
    return sg_fail(err, SEGML_E_ARGUMENT, "%s = %s is not in [%s, %s]", dimension->name, number,
                   low, high);
}

int
sg_space_check_point(const sg_space *space, double *point, int clip, segml_error *err)
{
    for (int32_t d = 0; d < space->count; d++) {
        const sg_dimension *dimension = &space->dimension[d];
        double value = point[d];

        if (!sg_space_active(space, point, d)) {
            point[d] = (double)NAN;
            continue;
        }
        if (isnan(value))
            return fail_value(dimension, value, err);
        point[d] = sg_scale_nearest(dimension, value);
        if (!clip && !is_inside(dimension, value, point[d]))
            return fail_value(dimension, value, err);
    }
    return SEGML_OK;
}
