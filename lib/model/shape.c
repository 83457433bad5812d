/* SPDX-License-Identifier: Apache-2.0 */

/* The manifest says what a model must be like; a forest that is not is refused, not used. */

#include "model/shape.h"

sg_shape
sg_shape_of(const segml_model *model, int64_t slot, int32_t rounds)
{
    const sg_manifest *m = &model->manifest;
    int knows_keys = slot == sg_model_slot_global(model) && m->keys_as_features;

    return (sg_shape){.objective = model->objective,
                      .task = m->task,
                      .outputs = model->outputs,
                      .rounds = rounds,
                      .features = m->feature_count + (knows_keys ? m->key_count : 0)};
}

int
sg_shape_check(const sg_forest *forest, const sg_shape *shape, const char *path, segml_error *err)
{
    if (sg_forest_objective(forest) != shape->objective)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its objective is not %s", path,
                       sg_manifest_objective(shape->task));
    if (sg_forest_outputs(forest) != shape->outputs)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %d outputs instead of %d", path,
                       (int)sg_forest_outputs(forest), (int)shape->outputs);
    if (sg_forest_features(forest) != shape->features)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %lld features instead of %lld", path,
                       (long long)sg_forest_features(forest), (long long)shape->features);
    if (sg_forest_rounds(forest) != shape->rounds)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %d rounds instead of %d", path,
                       (int)sg_forest_rounds(forest), (int)shape->rounds);
    return SEGML_OK;
}

int
sg_shape_load(sg_forest **out, const sg_shape *shape, const char *path, const void *ubj,
              size_t size, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    int rc = sg_forest_load(out, ubj, size, &inner);

    if (rc < 0)
        return sg_fail(err, rc, "%s: %s", path, inner.message);
    rc = sg_shape_check(*out, shape, path, err);
    if (rc < 0) {
        sg_forest_free(*out);
        *out = NULL;
    }
    return rc;
}
