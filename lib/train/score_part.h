/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SCORE_PART_H
#define SG_TRAIN_SCORE_PART_H

/* Metrics of one record. */

#include "metric/interval.h"
#include "metric/metric.h"
#include "train/result.h"

/** Metrics of one record; names are static texts. */
typedef struct sg_score_values {
    segml_value *values; /* [count]; NULL where nothing predicts the rows */
    int64_t count;
} sg_score_values;

/* Rows that are scored together. Everything is borrowed. */
typedef struct sg_score_part {
    sg_scored scored;
    const double *row_threshold; /* [rows] of binary */
    const float *unsearched;     /* [rows] weights without the folds of the search */
    uint64_t seed, key;          /* of the intervals' random streams */
    int32_t folds;
    const sg_result *result;         /* whose search is told; NULL = none */
    const sg_metric_groups *groups;  /* that means are taken over; NULL = none */
} sg_score_part;

/**
 * Scores rows.
 *
 * @param out  values to be released with sg_free()
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_score_part_keep(sg_score_values *out, const sg_score_part *part, segml_error *err);

#endif
