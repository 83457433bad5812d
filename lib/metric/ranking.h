/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_RANKING_H
#define SG_METRIC_RANKING_H

/* Rows of two classes by falling score: areas under curves, calibration, thresholds. */

#include "metric/metric.h"

typedef struct sg_ranked {
    float score;
    int32_t positive; /* 0 or 1 */
    double weight;    /* above 0 */
    int64_t place;    /* makes the order, and with it the sums, unique */
} sg_ranked;

/**
 * The rows of positive weight of binary predictions by falling margin.
 *
 * @param out  released with sg_free(); NULL on failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_ranking_make(sg_ranked **out, int64_t *count, const sg_scored *scored, segml_error *err);

/** Sorts by falling score, then by place. */
void sg_ranking_sort(sg_ranked *row, int64_t count);

/** The first row after i with another score, at most count. */
int64_t sg_ranking_next(const sg_ranked *row, int64_t count, int64_t i);

typedef struct sg_areas {
    double positives, negatives; /* weights */
    double won;                  /* weight of pairs in which the positive is above, ties half */
    double roc_auc, pr_auc;      /* NaN where undefined */
} sg_areas;

/** Areas of sorted rows. */
sg_areas sg_ranking_areas(const sg_ranked *row, int64_t count);

/** A metric of sorted rows; NaN where it is undefined. */
typedef double (*sg_ranking_metric)(const sg_ranked *row, int64_t count);
double sg_ranking_roc_auc(const sg_ranked *row, int64_t count);
double sg_ranking_pr_auc(const sg_ranked *row, int64_t count);

#endif
