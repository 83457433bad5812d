/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_THRESHOLD_H
#define SG_METRIC_THRESHOLD_H

/* From which probability on a row is called positive. */

#include "metric/metric.h"

typedef enum sg_threshold_goal { SG_THRESHOLD_F1 = 1, SG_THRESHOLD_MCC } sg_threshold_goal;

typedef struct sg_threshold_spec {
    int32_t goal;   /* sg_threshold_goal */
    double toward;  /* maximise goal - penalty * (t - toward)^2; read if penalty > 0 */
    double penalty; /* 0 = the goal alone */
} sg_threshold_spec;

/**
 * The best threshold on the probabilities of binary predictions; equal scores move together; of
 * equals the one nearest to 0.5. Where the goal is defined nowhere: 0.5, or with a penalty toward.
 *
 * @param threshold  out: in [0, 1], halfway between two neighbouring probabilities, of which 0 and
 *                   1 are the outermost
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function. O(n log n).
 */
int sg_threshold_choose(const sg_scored *scored, const sg_threshold_spec *spec, double *threshold,
                        segml_error *err);

/**
 * Thresholds that no row has helped to choose which it is applied to: that of fold f comes from
 * the rows of the other folds.
 *
 * @param fold       [rows] fold of each row
 * @param thresholds out [folds]
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_threshold_cross_fit(const sg_scored *scored, const int32_t *fold, int32_t folds,
                           const sg_threshold_spec *spec, double *thresholds, segml_error *err);

/** Rows and rows of the rarer class (of positive weight) below which a group has no threshold of
    its own. */
enum { SG_THRESHOLD_ROWS = 200, SG_THRESHOLD_MINORITY = 30 };

/** The penalty of a group: 40 / sqrt(rows), so that at 400 rows a move by 0.1 costs 0.02 of F1,
    which is the sampling error of F1 there. */
double sg_threshold_penalty(int64_t rows);

#endif
