/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SCORE_H
#define SG_TRAIN_SCORE_H

/* Metrics of every record of an artifact, out of fold and as the model routes. */

#include "metric/interval.h"
#include "metric/metric.h"
#include "train/decision.h"
#include "train/outcome.h"

/** Metrics of one record; names are static texts. */
typedef struct sg_score_values {
    segml_value *values; /* [count]; NULL where nothing predicts the rows */
    int64_t count;
} sg_score_values;

typedef struct sg_score {
    const sg_outcome *outcome;
    /* By position. */
    sg_scored routed; /* rows without an out-of-fold prediction weigh 0 */
    sg_scored shared; /* by the global model, likewise; margin NULL = none */
    float *label;
    float *weight, *shared_weight;
    /* Weights without the folds that the models' searches were scored on. */
    float *unsearched, *shared_unsearched;
    uint8_t *own;            /* [groups] 1: it has its own model */
    sg_decision_input input; /* of a binary task, as what follows */
    sg_decision decision;
    sg_score_values *group; /* [groups] */
    sg_score_values global, overall;
} sg_score;

/**
 * Routes the margins, chooses the thresholds, and scores every record, the groups side by
 * side by as many workers as the options say.
 *
 * @param score    all zero; released with sg_score_clear(), also after a failure
 * @param outcome  lives as long; its own margins are filled up by the global model's
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_score_make(sg_score *score, sg_outcome *outcome, segml_error *err);

/**
 * The first half of it: routes the margins and chooses the thresholds.
 *
 * @return as sg_score_make()
 */
int sg_score_decide(sg_score *score, sg_outcome *outcome, segml_error *err);

/** Releases everything; all zero again. */
void sg_score_clear(sg_score *score);

#endif
