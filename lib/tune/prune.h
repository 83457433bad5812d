/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_PRUNE_H
#define SG_TUNE_PRUNE_H

/* When to give up a trial early: a table of functions, one table per pruner. */

#include "tune/sampler.h"

/** What a pruner looks at: one running trial's values so far, and the trials told before. */
typedef struct sg_prune_view {
    const sg_trial *trial; /* [count] */
    int32_t count;
    const int32_t *step;   /* [steps] rising, from 1; NULL = 1, 2, 3, ... */
    const double *curve;   /* [steps], lower is better */
    int32_t steps;
} sg_prune_view;

typedef struct sg_pruner {
    const char *name;
    /** @return 1 to give it up, 0 to go on */
    int (*should_prune)(const sg_prune_view *view);
} sg_pruner;

/** Worse than the median of the complete trials at the same step; from the sixth trial on. */
extern const sg_pruner sg_pruner_median;
/** Successive halving, asynchronous (ASHA): only the best quarter goes on at each rung. */
extern const sg_pruner sg_pruner_halving;

/** The pruner of that name. @return NULL for "none", NULL, and an unknown name */
const sg_pruner *sg_pruner_find(const char *name);

/** Whether there is a pruner of that name, "none" and NULL included. */
int sg_pruner_known(const char *name);

#endif
