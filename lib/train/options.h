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

/**
 * The same for a data set that may bring its own folds.
 *
 * @param folds  number of folds that the data are in, 0 = none: then as above
 * @return as above; SEGML_E_ARGUMENT also where the caller asks for another number
 */
int sg_options_load_for(segml_train_options *out, const segml_train_options *given, int32_t folds,
                        segml_error *err);

/** Models that may answer for groups without their own: SG_FALLBACK_* of pack/manifest.h. */
int32_t sg_options_policy(const segml_train_options *options);

#endif
