/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_ALIKE_H
#define SG_MODEL_ALIKE_H

/* Whether models of one artifact can stand in for those of another. */

#include "pack/manifest.h"

/**
 * Compares what rows, keys and answers of two artifacts are: task, classes, features with their
 * types and dictionaries, key columns.
 *
 * @param ours   what it must be
 * @param other  what is compared with it
 * @return SEGML_OK; SEGML_E_MISMATCH (the message says what the other one has instead)
 */
int sg_alike_check(const sg_manifest *ours, const sg_manifest *other, segml_error *err);

#endif
