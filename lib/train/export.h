/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_EXPORT_H
#define SG_TRAIN_EXPORT_H

/* From results to an artifact: metrics, records, manifest, history. */

#include "train/outcome.h"

/**
 * Builds the artifact.
 *
 * @param artifact  out: appended
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (more than a reader accepts); SEGML_E_INTERNAL
 */
int sg_export(sg_buf *artifact, sg_outcome *outcome, segml_error *err);

/**
 * Parameters of a trained model as records name them.
 *
 * @param arena  of the values; names are static texts
 * @param count  out: number of them
 * @return NULL when memory is out
 */
const segml_value *sg_export_params(sg_arena *arena, const sg_result *result, int64_t *count);

#endif
