/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_RUN_H
#define SG_TRAIN_RUN_H

/* What all tasks of one training call share. Read-only while tasks run, but for progress. */

#include <stdatomic.h>

#include "data/dataset.h"
#include "sched/pool.h"
#include "segml/train.h"
#include "train/engines.h"
#include "train/target.h"
#include "tune/prune.h"
#include "tune/sampler.h"

/** The columns of a unit: the features, and for the global model the key columns after them. */
typedef struct sg_schema {
    const char **names;   /* [features + keys] */
    uint8_t *categorical; /* [features + keys] */
    int8_t *monotone;     /* [features + keys] as of sg_engine_rows; NULL = all free */
} sg_schema;

typedef struct sg_run {
    const segml_dataset *dataset;
    segml_train_options options;
    sg_target target;
    sg_engines engines;
    const sg_sampler *sampler;
    const sg_pruner *pruner; /* NULL = none */
    struct sg_journal *journal; /* that finished models are written to; NULL = none */
    int64_t searches;        /* that share the total budgets, at least 1 */
    double deadline;         /* by sg_clock_seconds(), after which no trial begins; 0 = none */
    sg_schema schema;
    /* By position: rows in group order, within a group in canonical order. */
    int32_t *row;           /* [rows] the caller's row */
    int32_t *fold;          /* [rows] fold that holds it out, or SG_FOLD_NEVER */
    int32_t *group;         /* [rows] its group */
    sg_hash128 *content;    /* [groups] hash of a group's rows */
    float *key_code;        /* [groups * keys] code of each key value in its column */
    int64_t largest_key;    /* distinct values of the key column that has most */
    atomic_llong work_done; /* in rows fitted */
    atomic_llong groups_done;
} sg_run;

/**
 * Orders the rows, deals the folds and codes the keys.
 *
 * @param run  dataset, options and target set, the rest 0; released with sg_run_clear(), also
 *             after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT (a monotone constraint); SEGML_E_NOMEM
 */
int sg_run_prepare(sg_run *run, segml_error *err);

/** Codes the keys: the last step of it. @return SEGML_OK; SEGML_E_NOMEM */
int sg_run_code_keys(sg_run *run, segml_error *err);

/** Releases what sg_run_prepare() made. */
void sg_run_clear(sg_run *run);

/** Most distinct values of a key column that the global model can know. */
enum { SG_RUN_KEY_LIMIT = 1000, SG_RUN_KEY_ONE_HOT = 64 };

#endif
