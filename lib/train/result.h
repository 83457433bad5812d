/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_RESULT_H
#define SG_TRAIN_RESULT_H

/* What becomes of one model: its status, and when it was trained, the model. */

#include "pack/artifact.h"
#include "train/run.h"

/* A search as it went; empty where there was none. */
typedef struct sg_search_log {
    int32_t trials;   /* begun */
    int32_t chosen;
    int32_t cut;      /* 1: a limit in seconds ended it */
    double *value;    /* [trials] what was minimised; NaN = failed */
    int32_t *rounds;  /* [trials] */
    int32_t *state;   /* [trials] segml_trial_state */
} sg_search_log;

typedef struct sg_result {
    int32_t status; /* segml_group_status */
    char *message;  /* owned; NULL = none */
    int32_t rounds;
    int32_t max_bin; /* 0 = exact trees, which have none */
    char engine[SG_ENGINE_TEXT]; /* what trained it */
    sg_fit_params params; /* of the refit */
    /* Of the chosen trial on the rows that the search validated on; NaN = unknown. Corrected:
       bias-corrected for the choice among the trials (metric/optimism.h). */
    double search_loss, search_loss_corrected;
    double search_f1, search_f1_corrected;
    sg_search_log search;
    uint64_t searched[2]; /* bit f: the search was validated on fold f */
    int64_t rarest;       /* rows that count of the rarest class that occurs; 0 without classes */
    sg_packed packed;     /* the model's member; empty unless trained */
} sg_result;

/**
 * Decides whether rows can have a model of their own (semantics: the order of the tests).
 *
 * @param result  out: status SEGML_GROUP_TRAINED, or another one with its message
 * @param first   position of the first row; rows follow
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_result_check(sg_result *result, const sg_run *run, int64_t first, int64_t rows,
                    segml_error *err);

/** Sets a status with its message. @return SEGML_OK; SEGML_E_NOMEM */
int sg_result_set(sg_result *result, int32_t status, const char *message, segml_error *err);

/** Takes over a copy of another search's log. @return SEGML_OK; SEGML_E_NOMEM */
int sg_result_copy_log(sg_result *result, const sg_search_log *log, segml_error *err);

/** Whether the search has seen the labels of a fold: it was validated on it. */
int sg_result_searched(const sg_result *result, int32_t fold);

/** Releases what it holds. */
void sg_result_clear(sg_result *result);

#endif
