/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SCORE_H
#define SG_TRAIN_SCORE_H

/* Metrics of every record of an artifact, out of fold and as the model routes. */

#include "train/decision.h"
#include "train/outcome.h"
#include "train/score_part.h"

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
    int64_t *parent_of;      /* [groups] parent that answers where it has none; -1 = none */
    int32_t shared_answers;  /* 1: the global model answers for the others */
    sg_decision_input input; /* of a binary task, as what follows */
    sg_decision decision;
    double *parent_threshold; /* [parents] */
    sg_score_values *group;   /* [groups] */
    sg_score_values *parent;  /* [parents] of its own predictions of all its rows */
    sg_score_values global, overall;
} sg_score;

/**
 * Routes the margins, chooses the thresholds, and scores every record, parents and groups side
 * by side by as many workers as the options say.
 *
 * @param score    all zero; released with sg_score_clear(), also after a failure
 * @param outcome  lives as long; its own margins are filled up by those of the models that answer
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_score_make(sg_score *score, sg_outcome *outcome, segml_error *err);

/**
 * The first half of it: routes the margins and chooses the thresholds.
 *
 * @return as sg_score_make()
 */
int sg_score_decide(sg_score *score, sg_outcome *outcome, segml_error *err);

/** Weights of rows as the predictions of one model count: a range of positions. */
typedef struct sg_score_weights {
    const sg_result *model; /* NULL = none */
    const float *margin;    /* of its first row; NULL = none */
    int64_t first, rows;
    float *weight;     /* out [rows] */
    float *unsearched; /* out [rows] without the folds of the model's search */
} sg_score_weights;

/** Fills them in. */
void sg_score_weigh(const sg_run *run, const sg_score_weights *weights);

/** What is the same for the parts of all records. */
sg_score_part sg_score_part_of(const sg_score *score);

/** Thresholds and metrics of one parent. @return SEGML_OK; SEGML_E_NOMEM */
int sg_score_parent(sg_score *score, int64_t parent, segml_error *err);

/**
 * How well parents predict the rows that they answer for, and how well the global model does:
 * mean losses of the rows that both predict; NaN where there is none.
 */
void sg_score_parents_and_global(const sg_score *score, double *parents, double *global);

/** Releases everything; all zero again. */
void sg_score_clear(sg_score *score);

#endif
