/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_OPTIMISM_H
#define SG_METRIC_OPTIMISM_H

/*
 * What a search flatters itself by: the bias-corrected score of its winner (BBC, Tsamardinos,
 * Greasidou, Borboudakis 2018). Rows of the validation fold are drawn with replacement, the best
 * trial is chosen on them, and scored on the rows that were not drawn; the mean over the draws.
 */

#include "metric/metric.h"

enum { SG_OPTIMISM_DRAWS = 300 };

/** Predictions of all trials on the same rows. */
typedef struct sg_optimism_spec {
    const sg_scored *rows;      /* labels, weights, task, threshold; margin unused */
    const float *const *margin; /* [trials] of [rows * classes] each */
    int32_t trials;
    const char *objective; /* what the search chose by; NULL = loss */
    uint64_t seed, group;
} sg_optimism_spec;

typedef struct sg_optimism {
    double naive_loss; /* task's loss of the trial chosen on all rows */
    double loss;       /* corrected */
    double naive_f1;   /* binary f1, multiclass f1_macro, else NaN */
    double f1;
} sg_optimism;

/**
 * Of equals the first trial is chosen, as in a search; a trial whose objective is undefined never.
 * The time is that of SG_OPTIMISM_DRAWS * trials * rows; an objective that is neither a function of
 * sums over rows nor a ranking's (medians, r2, mape, multiclass areas, ...) takes tens of times as
 * long.
 *
 * @param out  NaN where undefined: corrected values with fewer than two rows of positive weight
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_ARGUMENT (unknown objective)
 *
 * Thread-safety: a pure function.
 */
int sg_optimism_correct(const sg_optimism_spec *spec, sg_optimism *out, segml_error *err);

#endif
