/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_SAMPLER_H
#define SG_TUNE_SAMPLER_H

/*
 * How the next point of a search is chosen: a table of functions, one table per
 * sampler. Samplers keep no state of their own; they see the history.
 */

#include "tune/space.h"

typedef struct sg_trial {
    sg_params params;
    double loss;    /* NaN = not finished, or failed */
    int32_t rounds; /* at which the loss was lowest */
} sg_trial;

/** What a sampler may look at. */
typedef struct sg_sampler_view {
    const sg_space *space;
    const sg_trial *trials; /* [told] in trial order */
    int32_t told;
    uint64_t seed;  /* of the run */
    uint64_t group; /* hash of the group's key */
} sg_sampler_view;

typedef struct sg_sampler {
    const char *name;
    /** The point of a trial: a function of the view and the trial's number alone. */
    void (*ask)(const sg_sampler_view *view, int32_t trial, sg_params *params);
} sg_sampler;

/** Uniform in every dimension, in the log where the dimension is logarithmic. */
extern const sg_sampler sg_sampler_random;

#endif
