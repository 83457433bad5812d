/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_PARENTS_H
#define SG_TRAIN_PARENTS_H

/* Parents: models of all groups that share the first key column, the first two, ... */

#include "train/job.h"

typedef struct sg_parent {
    const segml_key *keys; /* [columns] of its groups; borrowed */
    int32_t columns;       /* fewer than the groups' */
    int64_t group, groups; /* the first of its groups, and their number: they follow each other */
    int64_t first, rows;   /* positions of its rows in the run */
    sg_hash128 hash;       /* of its key */
    sg_hash128 content;    /* hash of its groups' content */
    char *path;            /* of its member; NULL unless it can be trained */
    sg_result result;
    float *margin; /* [rows * outputs] out of fold; NULL likewise */
} sg_parent;

typedef struct sg_parents {
    sg_parent *parent; /* [count] by number of columns, then by key */
    int64_t count;
} sg_parents;

/**
 * Finds the parents of all groups, and which of them can be trained.
 *
 * @param parents  all zero; released with sg_parents_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_parents_find(sg_parents *parents, const sg_run *run, segml_error *err);

/**
 * Jobs of the parents that can be trained.
 *
 * @param job  out [parents->count]
 * @return number of them
 */
int64_t sg_parents_jobs(sg_parents *parents, sg_run *run, sg_job *job);

/**
 * The parent that answers for each group: that of most key columns which is trained.
 *
 * @param parent_of  out [groups] index of the parent; -1 = none
 */
void sg_parents_route(const sg_parents *parents, int64_t groups, int64_t *parent_of);

/** Releases everything; all zero again. */
void sg_parents_clear(sg_parents *parents);

#endif
