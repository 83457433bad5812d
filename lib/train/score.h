/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SCORE_H
#define SG_TRAIN_SCORE_H

/* Metrics of every record of an artifact, out of fold and as the model routes. */

#include "metric/interval.h"
#include "metric/metric.h"
#include "train/decision.h"
#include "train/outcome.h"

/** Most values of a record. */
enum { SG_SCORE_MAX = SG_METRIC_MAX + 2 * SG_INTERVAL_MAX + SG_METRIC_GROUPS_MAX + 8 };

typedef struct sg_score {
    const sg_outcome *outcome;
    /* By position. */
    sg_scored routed; /* rows that nothing predicts weigh 0 */
    sg_scored shared; /* by the global model; margin NULL = none */
    float *label, *weight;
    float *unsearched; /* weights without the folds that the searches were scored on */
    int predicted;        /* 1: there is a row that a model predicts */
    sg_decision decision; /* of a binary task */
} sg_score;

/**
 * Routes the margins and chooses the thresholds.
 *
 * @param score    all zero; released with sg_score_clear(), also after a failure
 * @param outcome  lives as long; its own margins are filled up by the global model's
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_score_prepare(sg_score *score, sg_outcome *outcome, segml_error *err);

/**
 * Metrics of a record. Names are static texts.
 *
 * @param index   of a group, SEGML_GROUP_INDEX_GLOBAL, or SEGML_GROUP_INDEX_OVERALL
 * @param values  out [SG_SCORE_MAX]
 * @param count   out: number of them; 0 where nothing predicts the rows
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: any number of threads at once.
 */
int sg_score_record(const sg_score *score, int64_t index, segml_value *values, int64_t *count,
                    segml_error *err);

/** Releases everything; all zero again. */
void sg_score_clear(sg_score *score);

#endif
