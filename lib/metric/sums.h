/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_SUMS_H
#define SG_METRIC_SUMS_H

/*
 * Metrics that are functions of sums over rows: F1, accuracy, mean losses, but not areas or
 * medians. Rows are looked at once; their sums can then be taken again over any choice or
 * weighting of them, which is what a bootstrap does a thousand times.
 */

#include <math.h>

#include "metric/metric.h"

/** What a row adds, for a weight of 1. */
typedef struct sg_sums_row {
    double weight; /* above 0 */
    double loss;
    double error;             /* prediction minus label; of a classification: of P(class 1) */
    int32_t label, predicted; /* classes, 0 where the task has none */
} sg_sums_row;

/** Sums are one array of doubles: these, then cells. Of one output: 4, rows of label l and
    prediction p in cell 2 l + p. Of C classes: C of hits, C of labels, C of predictions. */
enum {
    SG_SUM_WEIGHT,
    SG_SUM_LOSS,
    SG_SUM_SQUARES, /* of errors */
    SG_SUM_ABSOLUTE,
    SG_SUM_CELLS,
    SG_SUM_SINGLE = SG_SUM_CELLS + 4 /* width with one output */
};

/** A metric of sums; NaN where it is undefined. */
typedef double (*sg_sums_metric)(const double *sums, int64_t classes);

/** Length of the array of sums. */
static inline int64_t
sg_sums_width(int64_t classes)
{
    return classes > 1 ? SG_SUM_CELLS + 3 * classes : SG_SUM_SINGLE;
}

/** Adds a row, weight times factor. */
static inline void
sg_sums_add(double *sums, const sg_sums_row *row, int64_t classes, double factor)
{
    double w = row->weight * factor, *cell = sums + SG_SUM_CELLS;

    sums[SG_SUM_WEIGHT] += w;
    sums[SG_SUM_LOSS] += w * row->loss;
    sums[SG_SUM_SQUARES] += w * row->error * row->error;
    sums[SG_SUM_ABSOLUTE] += w * fabs(row->error);
    if (classes <= 1) {
        cell[2 * row->label + row->predicted] += w;
        return;
    }
    cell[row->label] += row->label == row->predicted ? w : 0;
    cell[classes + row->label] += w;
    cell[2 * classes + row->predicted] += w;
}

/**
 * Sums of rows, from 0: those of sg_sums_add() one after the other, to the bit.
 *
 * @param sums    out [sg_sums_width()]
 * @param which   [count] rows; NULL = 0, 1, ...
 * @param factor  [count] of each; NULL = all 1
 */
void sg_sums_of(double *sums, const sg_sums_row *row, int64_t classes, const int64_t *which,
                const double *factor, int64_t count);

/** Row i, whose weight may be 0. threshold: of binary, on the probability. */
sg_sums_row sg_sums_look(const sg_scored *scored, int64_t i, double threshold);

/**
 * The rows of positive weight, in their order.
 *
 * @param row_threshold  [rows] of binary; NULL = scored->threshold
 * @param out            [rows]
 * @return number of them
 */
int64_t sg_sums_rows(const sg_scored *scored, const double *row_threshold, sg_sums_row *out);

/** Sums of all rows. @param sums out [sg_sums_width()] */
void sg_sums_all(const sg_scored *scored, const double *row_threshold, double *sums);

/* Metrics of sums for any task. */
double sg_sums_loss(const double *sums, int64_t classes);
double sg_sums_rmse(const double *sums, int64_t classes);
double sg_sums_mae(const double *sums, int64_t classes);

#endif
