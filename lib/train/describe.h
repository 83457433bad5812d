/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_DESCRIBE_H
#define SG_TRAIN_DESCRIBE_H

/* What an artifact says about its training, apart from its models. */

#include "pack/manifest.h"
#include "train/run.h"

/**
 * Fills in task, columns, options, version and the constant; texts of the data set and the
 * target are borrowed.
 *
 * @param manifest    all zero, or mode and records filled in
 * @param search_cut  1: a limit in seconds ended a search
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_describe_training(sg_manifest *manifest, const sg_run *run, int search_cut,
                         segml_error *err);

#endif
