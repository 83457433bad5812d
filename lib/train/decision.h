/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_DECISION_H
#define SG_TRAIN_DECISION_H

/*
 * From which probability on a row is positive: the thresholds that a model is deployed with,
 * and those that its metrics are honest with. Binary tasks only.
 */

#include "metric/threshold.h"

/* Predictions of all rows, group by group. Everything is borrowed. */
typedef struct sg_decision_input {
    const sg_scored *routed; /* as routed */
    const sg_scored *shared; /* by the global model; margin NULL = none */
    const int32_t *fold;     /* [rows] negative of rows that are in none, which weigh 0 */
    int32_t folds;
    int32_t goal;            /* sg_threshold_goal */
    double fixed;            /* this threshold for all; 0 = chosen */
    const int64_t *start;    /* [groups + 1] */
    const uint8_t *own;      /* [groups] 1: it has its own model */
    int64_t groups;
} sg_decision_input;

typedef struct sg_decision {
    double pooled;      /* of all rows as routed */
    double shared;      /* of the global model; the pooled one without it */
    double *group;      /* [groups] of own models; the shared one elsewhere */
    double *row;        /* [rows] of the predictions as routed: no row had a part in its own */
    double *shared_row; /* [rows] of the global model's */
    double *fold;       /* [folds] pooled ones without the rows of each fold */
} sg_decision;

/**
 * Chooses the thresholds of all rows together: final but for the groups with own models.
 *
 * @param decision  all zero; released with sg_decision_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_decision_make(sg_decision *decision, const sg_decision_input *input, segml_error *err);

/**
 * Chooses the thresholds of a group, if it has its own model.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: each group once, any number of groups at once.
 */
int sg_decision_group(sg_decision *decision, const sg_decision_input *input, int64_t group,
                      segml_error *err);

/* A model and its own predictions of rows that follow each other. */
typedef struct sg_decision_model {
    const sg_scored *rows;
    int64_t first;    /* position of the first one */
    double threshold; /* out: that the model is deployed with */
    double *row;      /* out [rows->rows] that its metrics are honest with; of rows that are in no
                         fold unchanged */
} sg_decision_model;

/**
 * Chooses the thresholds of one model by the rule of groups' own models.
 *
 * @param decision  made by sg_decision_make()
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_decision_choose(const sg_decision *decision, const sg_decision_input *input,
                       sg_decision_model *model, segml_error *err);

/** Releases everything; all zero again. */
void sg_decision_clear(sg_decision *decision);

#endif
