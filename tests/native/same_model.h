/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NATIVE_SAME_MODEL_H
#define TESTS_NATIVE_SAME_MODEL_H

/* Two models of XGBoost's UBJSON, compared member by member and bit by bit. */

#include "base/buf.h"

/**
 * Looks for the first difference between two models.
 *
 * @param where  out [size] "trees[3].loss_changes[5]: 3f800000 and 3f800001"
 * @return 1 if the models are the same; 0, also for bytes that are no model
 */
int same_model(const sg_buf *a, const sg_buf *b, char *where, size_t size);

#endif
