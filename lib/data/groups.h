/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_DATA_GROUPS_H
#define SG_DATA_GROUPS_H

/* The distinct keys of a data set in order, and the rows of each. */

#include "base/arena.h"
#include "base/key.h"

typedef struct sg_groups {
    int64_t count;
    int64_t columns;    /* key columns */
    segml_key *keys;    /* [count * columns] canonical, sorted; texts in the arena */
    sg_hash128 *hashes; /* [count] of the keys */
    int64_t *start;     /* [count + 1] first position of each group in row */
    int32_t *row;       /* [rows] row numbers, group by group, ascending within a group */
    sg_arena arena;
} sg_groups;

/**
 * Finds the groups.
 *
 * @param groups   all zero; released with sg_groups_clear(), also after a failure
 * @param columns  [count] checked with sg_keys_check()
 * @param types    [count] what that gave
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_groups_find(sg_groups *groups, const segml_key_column *columns, const int32_t *types,
                   int64_t count, int64_t rows, segml_error *err);

/** Releases everything; all zero again. */
void sg_groups_clear(sg_groups *groups);

/** Number of rows of a group. */
int64_t sg_groups_rows(const sg_groups *groups, int64_t group);

#endif
