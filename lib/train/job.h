/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_JOB_H
#define SG_TRAIN_JOB_H

/*
 * One model as tasks of the pool: a small one is a single task, a large one a task per
 * trial, fold and refit, so that all workers can help with it.
 */

#include "train/child.h"
#include "train/result.h"

/** What becomes of a job. */
typedef enum sg_job_fate {
    SG_JOB_HERE = 0, /* its model is trained */
    SG_JOB_KNOWN,    /* its result was there already */
    SG_JOB_ELSEWHERE /* it is another shard's */
} sg_job_fate;

typedef struct sg_job {
    sg_run *run;
    sg_job_fate fate;
    /* Who it is, as in its record (train/record.h). */
    int32_t kind;
    int32_t columns;
    const segml_key *key; /* [columns] borrowed */
    sg_hash128 content;
    sg_child_spec spec;
    const char *path;  /* of the model's member; borrowed */
    sg_result *result; /* where it ends; status SEGML_GROUP_TRAINED before it begins */
    float *margin;     /* out [rows * outputs] out-of-fold margins */
    sg_packed *unseen; /* the same model without the key columns; NULL = not wanted */
    int32_t counts;    /* groups that are done with it */
    /* Of a large job while it runs. */
    sg_child child;
    struct sg_step *step; /* [generation + folds + 2] arguments of its tasks */
    int32_t first, asked; /* trials of the generation that runs */
    atomic_int left;      /* tasks left of the current stage */
    atomic_int failed;    /* 1: error holds why; later tasks do nothing */
    segml_error error;
} sg_job;

/** Work of a job in rows fitted, for progress and for the order of tasks. */
double sg_job_work(const sg_job *job);

/**
 * Puts a job into the pool. A failure that concerns this model alone becomes its result's
 * status.
 *
 * @param job  lives until the pool has run; then sg_job_clear()
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_job_submit(sg_job *job, sg_pool *pool, segml_error *err);

/** Releases what a job that did not end left behind. */
void sg_job_clear(sg_job *job);

#endif
