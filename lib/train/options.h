/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_OPTIONS_H
#define SG_TRAIN_OPTIONS_H

/* Training options with their defaults filled in and every value checked. */

#include "segml/train.h"

/**
 * Reads a caller's options.
 *
 * @param out    every number set: jobs, trials, folds, ...; switches are 1 or -1; texts not
 *               NULL
 * @param given  NULL = defaults
 * @return SEGML_OK; SEGML_E_ABI; SEGML_E_ARGUMENT (a value out of range: the message names it)
 */
int sg_options_load(segml_train_options *out, const segml_train_options *given, segml_error *err);

#endif
