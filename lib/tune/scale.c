/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Places of values.
 *
 * R1  The place of a value is the value, or its logarithm where the dimension is
 *     logarithmic. Of a choice it is the choice's number.
 * R2  A value with a step owns the cell of half a step on either side of it (for
 *     logarithmic integers: the logarithms of those two ends), so that the cells of all
 *     values together are the whole line from sg_scale_low() to sg_scale_high().
 * R3  Values with a step are computed from their number, never by adding up steps: equal
 *     numbers are equal values, bit for bit.
 */

#include "tune/scale.h"

#include <math.h>

static double
clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

int
sg_scale_is_fixed(const sg_dimension *dimension)
{
    return !(dimension->low < dimension->high);
}

double
sg_scale_steps(const sg_dimension *dimension)
{
    if (!(dimension->step > 0))
        return 0;
    return floor((dimension->high - dimension->low) / dimension->step + 0.5);
}

double
sg_scale_step_value(const sg_dimension *dimension, double index)
{
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return dimension->choices[(int32_t)index];
    if (index >= sg_scale_steps(dimension))
        return dimension->high;
    return dimension->low + index * dimension->step;
}

double
sg_scale_low(const sg_dimension *dimension)
{
    double low = dimension->low - dimension->step / 2;

    return dimension->logarithmic ? log(low) : low;
}

double
sg_scale_high(const sg_dimension *dimension)
{
    double high = dimension->high + dimension->step / 2;

    return dimension->logarithmic ? log(high) : high;
}

double
sg_scale_place(const sg_dimension *dimension, double value)
{
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return sg_scale_choice(dimension, value);
    value = clamp(value, dimension->low, dimension->high);
    return dimension->logarithmic ? log(value) : value;
}

/* What lies nearest to a number, or to a choice's number. */
static double
snap(const sg_dimension *dimension, double value)
{
    double index;

    if (!(dimension->step > 0))
        return clamp(value, dimension->low, dimension->high);
    index = floor((value - dimension->low) / dimension->step + 0.5);
    return sg_scale_step_value(dimension, clamp(index, 0, sg_scale_steps(dimension)));
}

double
sg_scale_value(const sg_dimension *dimension, double place)
{
    return snap(dimension, dimension->logarithmic ? exp(place) : place);
}

double
sg_scale_nearest(const sg_dimension *dimension, double value)
{
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        return dimension->choices[sg_scale_choice(dimension, value)];
    return snap(dimension, value);
}

sg_cell
sg_scale_cell(const sg_dimension *dimension, double value)
{
    double half = dimension->step / 2;
    sg_cell cell = {value - half, value + half, dimension->step};

    if (dimension->logarithmic) {
        cell.width = log1p(dimension->step / cell.low);
        cell.low = log(cell.low);
        cell.high = log(cell.high);
    }
    return cell;
}

int32_t
sg_scale_choice(const sg_dimension *dimension, double value)
{
    int32_t nearest = 0;

    for (int32_t c = 1; c < dimension->choice_count; c++) {
        if (fabs(dimension->choices[c] - value) < fabs(dimension->choices[nearest] - value))
            nearest = c;
    }
    return nearest;
}
