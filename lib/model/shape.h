/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_SHAPE_H
#define SG_MODEL_SHAPE_H

/* What a forest must be like to stand in a slot of a model. */

#include "model/model.h"

typedef struct sg_shape {
    sg_objective objective;
    int32_t task; /* for messages */
    int32_t outputs;
    int32_t rounds;
    int64_t features;
} sg_shape;

/** The shape of a slot's forest; its rounds are what its record says. */
sg_shape sg_shape_of(const segml_model *model, int64_t slot, int32_t rounds);

/**
 * Compares a forest with a shape.
 *
 * @param path  for messages
 * @return SEGML_OK; SEGML_E_FORMAT
 */
int sg_shape_check(const sg_forest *forest, const sg_shape *shape, const char *path,
                   segml_error *err);

/**
 * Loads a forest and compares it with a shape.
 *
 * @param path  for messages
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_UNSUPPORTED; SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_shape_load(sg_forest **out, const sg_shape *shape, const char *path, const void *ubj,
                  size_t size, segml_error *err);

#endif
