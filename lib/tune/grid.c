/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Grid search.
 *
 * R1  A choice takes all its values. A number takes grid_points values, evenly spread on its
 *     line (in the logarithm where it is logarithmic), both ends included; a single one is
 *     the middle. Where it has a step, they are moved to the nearest value, and those that
 *     meet are one; all values if there are no more than grid_points.
 * R2  All combinations, the last dimension fastest. A dimension varies only where it is
 *     active.
 * R3  More than 1,000,000 combinations are refused.
 *
 * The next combination is found from the one before, as an odometer turns; numbering them
 * instead would need the size of every branch of a conditional space. Only the number of
 * all of them is computed, from the leaves up: a dimension has one parent, so the branches
 * below a value multiply and values add.
 */

#include <math.h>

#include "base/status.h"
#include "tune/sampler.h"
#include "tune/scale.h"

static const double largest_grid = 1e6;

/* Number of places that are tried, before those that meet are one. */
static int32_t
count_places(const sg_dimension *dimension, int32_t grid_points)
{
    double steps = sg_scale_steps(dimension);

    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return dimension->choice_count;
    if (sg_scale_is_fixed(dimension))
        return 1;
    if (dimension->step > 0 && steps + 1 <= grid_points)
        return (int32_t)steps + 1;
    return grid_points;
}

static double
place_value(const sg_dimension *dimension, int32_t grid_points, int32_t k)
{
    int32_t places = count_places(dimension, grid_points);
    double low, high;

    if (dimension->step > 0 && sg_scale_steps(dimension) + 1 == places)
        return sg_scale_step_value(dimension, k);
    if (k == 0 && places > 1)
        return dimension->low;
    if (k == places - 1 && places > 1)
        return dimension->high;
    low = sg_scale_place(dimension, dimension->low);
    high = sg_scale_place(dimension, dimension->high);
    return sg_scale_value(dimension, low + (high - low) * (places > 1 ? k / (places - 1.0) : 0.5));
}

/* Number of the place after k whose value is another; the number of places where there is none. */
static int32_t
next_place(const sg_dimension *dimension, int32_t grid_points, int32_t k)
{
    double here = place_value(dimension, grid_points, k);
    int32_t places = count_places(dimension, grid_points);

    do
        k++;
    while (k < places && place_value(dimension, grid_points, k) == here);
    return k;
}

/* Steps *value to the next one of the dimension. @return 0 at the end */
static int
next_value(const sg_dimension *dimension, int32_t grid_points, double *value)
{
    int32_t places = count_places(dimension, grid_points), k = 0;

    while (k < places && place_value(dimension, grid_points, k) != *value)
        k = next_place(dimension, grid_points, k);
    if (k < places)
        k = next_place(dimension, grid_points, k);
    if (k == places)
        return 0;
    *value = place_value(dimension, grid_points, k);
    return 1;
}

/* First values from dimension d on, of what is active. */
static void
reset_from(const sg_trials *history, double *point, int32_t d)
{
    for (; d < history->space->count; d++) {
        point[d] = (double)NAN;
        if (sg_space_active(history->space, point, d))
            point[d] = place_value(&history->space->dimension[d], history->grid_points, 0);
    }
}

static int
ask(const sg_trials *history, double *point, segml_error *err)
{
    const double *before;

    if (history->count == history->first) {
        reset_from(history, point, 0);
        return SEGML_OK;
    }
    before = history->trial[history->count - 1].point;
    for (int32_t d = 0; d < history->space->count; d++)
        point[d] = before[d];
    for (int32_t d = history->space->count - 1; d >= 0; d--) {
        if (!isnan(point[d]) &&
            next_value(&history->space->dimension[d], history->grid_points, &point[d])) {
            reset_from(history, point, d + 1);
            return SEGML_OK;
        }
    }
    return sg_fail(err, SEGML_E_NOT_FOUND, "the grid is exhausted after %d points",
                   (int)(history->count - history->first));
}

/* Combinations of dimension d and those below it, which are counted already. */
static double
count_branch(const sg_trials *history, int32_t d, const double *below)
{
    const sg_space *space = history->space;
    const sg_dimension *dimension = &space->dimension[d];
    int32_t places = count_places(dimension, history->grid_points);
    double sum = 0;

    for (int32_t k = 0; k < places; k = next_place(dimension, history->grid_points, k)) {
        double value = place_value(dimension, history->grid_points, k), product = 1;

        for (int32_t child = d + 1; child < space->count; child++) {
            const sg_dimension *c = &space->dimension[child];

            if (c->parent == d && value >= c->parent_low && value <= c->parent_high)
                product *= below[child];
        }
        sum += product;
    }
    return sum;
}

static int
check(const sg_trials *history, segml_error *err)
{
    double branch[SG_SPACE_MAX], total = 1;

    for (int32_t d = history->space->count - 1; d >= 0; d--) {
        branch[d] = count_branch(history, d, branch);
        if (history->space->dimension[d].parent < 0)
            total *= branch[d];
    }
    if (total > largest_grid)
        return sg_fail(err, SEGML_E_LIMIT,
                       "a grid of more than 1,000,000 points; use fewer dimensions or grid_points, "
                       "or another sampler");
    return SEGML_OK;
}

const sg_sampler sg_sampler_grid = {"grid", check, ask};
