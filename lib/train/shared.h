/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SHARED_H
#define SG_TRAIN_SHARED_H

/* One search for all groups: every trial is one parameter set, scored on many groups. */

#include "train/child.h"

typedef struct sg_shared {
    sg_run *run;
    sg_pool *pool;
    const int64_t *group; /* [groups] whose rows are validated on; borrowed */
    int32_t groups;
    sg_unit *unit;        /* [groups] */
    sg_fitter *fitter;    /* [groups] */
    sg_search search;
    struct sg_shared_step *step; /* [groups] arguments of its tasks */
    int32_t trial;               /* that runs */
    atomic_int left;             /* groups that have not finished it */
    atomic_int failed;           /* 1: error holds the first failure of the engine */
    segml_error error;
    sg_result found;             /* the log of the search */
    sg_given given;              /* out: what was found */
} sg_shared;

/**
 * Groups that a shared search validates on: of the trained ones those of at least 100 rows that
 * count, or all where none has as many; at most 32, drawn at random.
 *
 * @param result  [groups of the run] their statuses
 * @param chosen  out [32] ascending
 * @return number of them
 */
int32_t sg_shared_groups(const sg_run *run, const sg_result *result, int64_t *chosen);

enum { SG_SHARED_GROUPS = 32 };

/** Work in rows fitted, for progress. */
double sg_shared_work(const sg_run *run, const int64_t *group, int32_t groups);

/**
 * Puts the search into a pool; when the pool has run, given is set.
 *
 * @param shared  all zero but for run, group and groups; released with sg_shared_clear()
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_shared_submit(sg_shared *shared, sg_pool *pool, segml_error *err);

/** Releases everything. */
void sg_shared_clear(sg_shared *shared);

#endif
