/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_SPACE_H
#define SG_TUNE_SPACE_H

/* What is searched: named dimensions, their checks, and what a point of them is. */

#include "base/arena.h"
#include "segml/search.h"

enum { SG_SPACE_MAX = 64 };

typedef struct sg_dimension {
    const char *name;
    int32_t kind;          /* segml_dimension_kind */
    int32_t logarithmic;
    double low, high, step; /* high on the grid where there is a step; ints have one of at least 1;
                               of categorical 0, choices - 1, 1 */
    const double *choices; /* [choice_count] */
    int32_t choice_count;
    int32_t parent;        /* dimension before it; -1 = always active */
    double parent_low, parent_high;
} sg_dimension;

/** Checked, in the order given. A point is [count] values; NaN where a dimension is not active. */
typedef struct sg_space {
    sg_dimension dimension[SG_SPACE_MAX];
    int32_t count;
    sg_arena arena; /* names and choices */
} sg_space;

/**
 * Checks and copies dimensions.
 *
 * @param space  all zero; released with sg_space_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT (see segml_study_create()); SEGML_E_NOMEM
 */
int sg_space_make(sg_space *space, const segml_dimension *dimensions, int64_t count,
                  segml_error *err);

/** Releases everything; all zero again. */
void sg_space_clear(sg_space *space);

/** Whether a dimension is active in a point whose earlier values are set. */
int sg_space_active(const sg_space *space, const double *point, int32_t dimension);

/**
 * Checks a point, sets what is not active to NaN, and snaps what is on a grid to it.
 *
 * @param clip  1: what lies outside is moved to the nearest value (a default of another space)
 * @return SEGML_OK; SEGML_E_ARGUMENT (outside the space: names dimension and value)
 */
int sg_space_check_point(const sg_space *space, double *point, int clip, segml_error *err);

#endif
