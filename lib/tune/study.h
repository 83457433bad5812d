/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_STUDY_H
#define SG_TUNE_STUDY_H

/*
 * One search: asks a sampler for points, is told their losses, knows the best.
 *
 * Trials come in generations: the points of one generation depend on the trials told
 * before it began, so they may be tried in any order and on any number of threads.
 * Trial 0 is the space's robust default.
 */

#include "tune/sampler.h"

enum { SG_STUDY_GENERATION = 8 };

typedef struct sg_study {
    sg_space space;
    const sg_sampler *sampler;
    uint64_t seed, group;
    sg_trial *trials; /* [count] */
    int32_t count;
} sg_study;

/**
 * Begins a search.
 *
 * @param study  with space, sampler, seed and group set; released with sg_study_clear()
 * @param count  number of trials, at least 1; one is enough where nothing is searched
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_study_begin(sg_study *study, int32_t count, segml_error *err);

/**
 * The point of a trial.
 *
 * @param told  number of first trials that may be looked at: all of earlier generations
 */
void sg_study_ask(const sg_study *study, int32_t trial, int32_t told, sg_params *params);

/** Number of the trial with the lowest loss, the first of equals; -1 if all failed. */
int32_t sg_study_best(const sg_study *study);

/** Releases the trials. */
void sg_study_clear(sg_study *study);

#endif
