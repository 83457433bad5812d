/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NATIVE_CONTEST_H
#define TESTS_NATIVE_CONTEST_H

/* XGBoost and every kernel of the native engine at the same fits, and what came out. */

#include "trained.h"

enum { CONTEST_LOSSES = SG_LOSS_POISSON + 1, CONTEST_FITS = 8 };

/** Counts of one objective and one kernel. */
typedef struct contest_count {
    int64_t sets, models, trees, differing;
    int64_t refused; /* fits that both refuse alike */
} contest_count;

typedef struct contest {
    sg_engine *xgboost;
    sg_engine *native[TRAINED_KERNELS]; /* NULL: not of this machine */
    contest_count count[CONTEST_LOSSES][TRAINED_KERNELS];
} contest;

/** Opens the engines and prints what they are. @return 1; 0 after a message */
int contest_open(contest *out);

/**
 * Runs fits of one prepared set, on XGBoost and then on each kernel, and reports differences.
 *
 * @param name       of the rows, for reports
 * @param spec       [fits] without on_round, user and model
 * @param fits       at most CONTEST_FITS
 * @param reference  out [fits]: what XGBoost made; NULL = not wanted. Else for the caller to free
 */
void contest_run(contest *c, const char *name, const sg_engine_rows *rows, const sg_fit_spec *spec,
                 int fits, trained *reference);

/** Prints the counts. @return 1 if fits were compared and no model differs */
int contest_print(const contest *c);

void contest_close(contest *c);

#endif
