/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_TARGET_H
#define SG_TRAIN_TARGET_H

/* What is predicted: the task, its classes, and each row's label as engines want it. */

#include "base/arena.h"
#include "data/dataset.h"
#include "segml/model.h"

typedef struct sg_target {
    int32_t task;             /* segml_task */
    int64_t outputs;          /* margins per row: classes of multiclass, else 1 */
    const char **class_names; /* [class_count]; binary: negative, positive; NULL for numbers */
    int64_t class_count;
    float *label; /* [rows] 0 or 1; class; or value */
    sg_arena arena;
} sg_target;

/**
 * Settles the task by the labels.
 *
 * @param target     all zero; released with sg_target_clear(), also after a failure
 * @param objective  "auto" (NULL), "binary", "multiclass", "regression", "poisson"
 * @param positive   binary: the positive class, NULL = by rule
 * @return SEGML_OK; SEGML_E_ARGUMENT (unknown objective or class, ambiguous labels);
 *         SEGML_E_DATA (labels that the objective cannot have: the message names the row);
 *         SEGML_E_NOMEM
 */
int sg_target_resolve(sg_target *target, const segml_dataset *dataset, const char *objective,
                      const char *positive, segml_error *err);

/** Releases everything; all zero again. */
void sg_target_clear(sg_target *target);

#endif
