/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_SCALE_H
#define SG_TUNE_SCALE_H

/*
 * The line on which samplers work: each value of a dimension has a place on it, or a cell
 * around that place where the dimension has a step. A choice's place is its number.
 */

#include "tune/space.h"

typedef struct sg_cell {
    double low, high;
    double width; /* high - low, exact where those two are almost equal */
} sg_cell;

/** Whether it has one value only, and nothing is to be sampled. */
int sg_scale_is_fixed(const sg_dimension *dimension);

/** Number of its values less one, 0 for continuous dimensions. */
double sg_scale_steps(const sg_dimension *dimension);

/** Value number index, 0 .. sg_scale_steps(), of a dimension that has a step or choices. */
double sg_scale_step_value(const sg_dimension *dimension, double index);

/** Place of its lowest and its highest value, half a step beyond where it has one. */
double sg_scale_low(const sg_dimension *dimension);
double sg_scale_high(const sg_dimension *dimension);

/** Place of a value; what lies outside is taken for the nearest. */
double sg_scale_place(const sg_dimension *dimension, double value);

/** The value whose place is nearest. */
double sg_scale_value(const sg_dimension *dimension, double place);

/** The value that is nearest to a number; infinities are fine. */
double sg_scale_nearest(const sg_dimension *dimension, double value);

/** The cell of a value of a dimension that has a step. */
sg_cell sg_scale_cell(const sg_dimension *dimension, double value);

/** Number of the choice that is nearest to a value, the first of equals. */
int32_t sg_scale_choice(const sg_dimension *dimension, double value);

#endif
