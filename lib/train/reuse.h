/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_REUSE_H
#define SG_TRAIN_REUSE_H

/*
 * Retraining: models of an older artifact whose rows have not changed. The artifact's member
 * training.bin holds, in blocks (train/blocks.h), the setting of its training and the record of
 * every model, without the model, which is a member itself.
 */

#include "train/training.h"

/**
 * Packs training.bin, unless the option reusable is off, or it would be larger than a member can
 * be, which is a warning.
 *
 * @param packed  all zero; released with sg_packed_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL
 */
int sg_reuse_pack(sg_packed *packed, const sg_training *training, segml_error *err);

/**
 * Reads training.bin of the model to reuse, if there is one, and compares the settings; takes the
 * search for all groups if it would be made on the same rows.
 *
 * @return SEGML_OK; SEGML_E_NOT_FOUND (it has no training.bin); SEGML_E_MISMATCH (options, target,
 *         columns or versions: the message says which); SEGML_E_FORMAT; SEGML_E_LIMIT;
 *         SEGML_E_NOMEM
 */
int sg_reuse_begin(sg_training *training, segml_error *err);

/**
 * Takes the models whose rows have not changed, after the search for all groups, if there is one.
 *
 * @return SEGML_OK; SEGML_E_FORMAT (a damaged model); SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_reuse_take(sg_training *training, segml_error *err);

/** Releases what was read of the model to reuse. */
void sg_reuse_clear(sg_training *training);

#endif
