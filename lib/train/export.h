/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_EXPORT_H
#define SG_TRAIN_EXPORT_H

/* From results to an artifact: metrics, records, manifest. */

#include "train/result.h"

typedef struct sg_outcome {
    const sg_run *run;
    int32_t mode;      /* segml_mode */
    sg_result *group;  /* [groups]; in mode global all of status SEGML_GROUP_GLOBAL */
    sg_result *global; /* NULL = none */
    sg_packed *unseen; /* NULL = none */
    int32_t keys_as_features;
    float *own;          /* [rows * outputs] by position: margins of own models; where a group
                                has none they are replaced; NULL in mode global */
    const float *shared; /* [rows * outputs] margins of the global model; NULL = none */
} sg_outcome;

/**
 * Builds the artifact.
 *
 * @param artifact  out: appended
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL
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
