/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_ROWS_H
#define SG_METRIC_ROWS_H

/* What every metric needs: the weight of a row, a quotient, a list of values. */

#include <math.h>

#include "metric/metric.h"

static inline double
sg_rows_weight(const sg_scored *s, int64_t i)
{
    return s->weight != NULL ? (double)s->weight[i] : 1.0;
}

/** Whether the label of a binary row is the positive class. */
static inline int
sg_rows_positive(const sg_scored *s, int64_t i)
{
    return s->label[i] > 0.5f;
}

/** a / b; NaN unless b is positive. */
static inline double
sg_rows_ratio(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

static inline double
sg_rows_sigmoid(double margin)
{
    return margin >= 0 ? 1.0 / (1.0 + exp(-margin)) : exp(margin) / (1.0 + exp(margin));
}

static inline void
sg_rows_add(segml_value *values, int64_t *count, const char *name, double value)
{
    values[*count].name = name;
    values[*count].value = value;
    (*count)++;
}

#endif
