/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_COMPARISON_H
#define SG_COMPARE_COMPARISON_H

/*
 * Inside of a segml_comparison: the public structs, filled once, then only read. All texts and
 * arrays but the predictions belong to the arena.
 */

#include "base/arena.h"
#include "segml/compare.h"

struct segml_comparison {
    segml_comparison_info info;
    const char *const *approach;   /* [approaches] */
    const char *const *feature;    /* [features] */
    const char *const *class_name; /* [classes] */
    const char **key_name;         /* [keys] */
    int32_t *key_type;             /* [keys] */
    segml_comparison_group *group; /* [groups + 1]; the last one is all rows together */
    segml_comparison_cell *cell;   /* [(groups + 1) * approaches], group by group */
    float **prediction;            /* [approaches] of [rows * outputs]; NULL = opened from a file */
    sg_arena arena;
};

/** The cell of an approach in group [0, groups], the last one being all rows together. */
segml_comparison_cell *sg_comparison_cell(const segml_comparison *comparison, int64_t approach,
                                          int64_t group);

#endif
