/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_TPE_H
#define SG_TUNE_TPE_H

/* How a history is divided into good and bad trials. The samplers: tune/sampler.h. */

#include "tune/sampler.h"

/** Numbers of trials, rising. */
typedef struct sg_tpe_split {
    int32_t *good; /* [good_count] */
    int32_t *bad;  /* [bad_count]; with the running ones */
    int32_t good_count, bad_count;
    int32_t finished; /* complete and pruned */
} sg_tpe_split;

/**
 * Divides a history.
 *
 * @param split  out, released with sg_tpe_split_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_tpe_split_make(sg_tpe_split *split, const sg_trials *history, segml_error *err);

/** Releases everything; all zero again. */
void sg_tpe_split_clear(sg_tpe_split *split);

#endif
