/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_SAMPLER_H
#define SG_TUNE_SAMPLER_H

/*
 * How the next point of a search is chosen: a table of functions, one table per
 * sampler. Samplers keep no state between calls; they see the history.
 */

#include "base/rng.h"
#include "tune/space.h"

typedef struct sg_trial {
    int32_t state; /* segml_trial_state */
    int32_t steps; /* values in curve */
    double value;  /* lower is better, also where the caller maximises */
    double *point; /* [dimensions] */
    int32_t *step; /* [steps] rising; NULL without a pruner */
    double *curve; /* [steps] */
} sg_trial;

/** What a sampler may look at. */
typedef struct sg_trials {
    const sg_space *space;
    const sg_trial *trial; /* [count] by number */
    int32_t count;
    int32_t first;       /* trials before it are the caller's own points */
    uint64_t seed;       /* of the run */
    uint64_t group;      /* hash of the group's key; 0 = none */
    int32_t grid_points; /* at least 1 */
} sg_trials;

typedef struct sg_sampler {
    const char *name;
    /**
     * Whether it can search a history's space; called once. NULL = any space.
     *
     * @return SEGML_OK; SEGML_E_LIMIT (a grid too large)
     */
    int (*check)(const sg_trials *history, segml_error *err);
    /**
     * The point of trial number history->count: a function of the history alone. Values of
     * inactive dimensions are NaN.
     *
     * @return SEGML_OK; SEGML_E_NOT_FOUND (a grid is exhausted); SEGML_E_NOMEM
     */
    int (*ask)(const sg_trials *history, double *point, segml_error *err);
} sg_sampler;

/** Uniform in every dimension, in the logarithm where the dimension is logarithmic. */
extern const sg_sampler sg_sampler_random;
/** Tree-structured Parzen estimator, all dimensions jointly. */
extern const sg_sampler sg_sampler_tpe;
/** The same, one dimension at a time. */
extern const sg_sampler sg_sampler_tpe_univariate;
/** All combinations, the last dimension fastest. */
extern const sg_sampler sg_sampler_grid;

/** The sampler of that name; NULL = "tpe". @return NULL if there is none */
const sg_sampler *sg_sampler_find(const char *name);

#endif
