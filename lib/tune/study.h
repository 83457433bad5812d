/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_STUDY_H
#define SG_TUNE_STUDY_H

/*
 * One search: asks a sampler for points, is told their values, knows the best. Public
 * studies (segml/search.h) are these.
 *
 * A trial's point depends on the trials asked and told before it, in that order. Where
 * trials run side by side, all points of a generation are asked first and all values told
 * afterwards in the order of the trials, and the search does not depend on who was faster.
 */

#include "tune/prune.h"
#include "tune/sampler.h"

typedef struct sg_study_spec {
    const segml_dimension *dimensions;
    int64_t dimension_count;
    const sg_sampler *sampler; /* NULL = "tpe" */
    const sg_pruner *pruner;   /* NULL = none */
    uint64_t seed, group;
    int32_t grid_points;  /* 0 = 5 */
    const double *points; /* [point_count * dimensions] tried first, clipped to the space;
                                such a point that is equal to an earlier one is dropped */
    int64_t point_count;
    int32_t exact_points;    /* 1: a point outside the space is an error instead */
    segml_sampler_fn sample; /* instead of the sampler; NULL = none */
    void *user;
} sg_study_spec;

struct segml_study {
    sg_space space;
    const sg_sampler *sampler;
    const sg_pruner *pruner;
    uint64_t seed, group;
    int32_t grid_points;
    int32_t maximise; /* of public studies: values are turned at the border */
    double *points;   /* [point_count * dimensions], no two of them equal */
    int32_t point_count;
    int32_t enqueued; /* trials begun by sg_study_enqueue() */
    sg_trial *trial;  /* [count] */
    int32_t count, capacity;
    segml_sampler_fn sample;
    void *user;
};

typedef struct segml_study sg_study;

/**
 * Begins a search.
 *
 * @param study  all zero; released with sg_study_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_study_begin(sg_study *study, const sg_study_spec *spec, segml_error *err);

/**
 * Begins the next trial; its point is study->trial[*trial].point.
 *
 * @return SEGML_OK; SEGML_E_NOT_FOUND (a grid is exhausted); SEGML_E_ARGUMENT (the caller's own
 *         sampler gave a point outside the space); SEGML_E_CANCELLED (it wants to stop);
 *         SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_study_ask(sg_study *study, int32_t *trial, segml_error *err);

/**
 * Begins the next trial at a point of the caller's, moved to the nearest one of the space. Such
 * trials come before those of sg_study_ask(): a grid begins after them.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT (a value that is NaN); SEGML_E_NOMEM
 */
int sg_study_enqueue(sg_study *study, const double *point, segml_error *err);

/**
 * Ends a running trial.
 *
 * @param state  SEGML_TRIAL_COMPLETE, _PRUNED or _FAILED; COMPLETE with NaN is FAILED
 * @param value  lower is better; of a pruned one its last
 */
void sg_study_tell(sg_study *study, int32_t trial, int32_t state, double value);

/**
 * Keeps the intermediate values of a trial, for pruners; before it is told.
 *
 * @param step  [steps] rising, from 1; NULL = 1, 2, 3, ...
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_study_keep_curve(sg_study *study, int32_t trial, const int32_t *step, const double *curve,
                        int32_t steps, segml_error *err);

/**
 * Whether a trial with these intermediate values should be given up, judged by the complete
 * trials told so far. Reads only: may be asked by many threads while no one asks or tells.
 */
int sg_study_should_prune(const sg_study *study, const int32_t *step, const double *curve,
                          int32_t steps);

/** Complete trial of the lowest value, the first of equals; -1 = none. */
int32_t sg_study_best(const sg_study *study);

/** Releases everything; all zero again. */
void sg_study_clear(sg_study *study);

#endif
