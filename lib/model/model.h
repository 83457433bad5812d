/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_MODEL_H
#define SG_MODEL_MODEL_H

/* Inside of a segml_model. Immutable once made; counted by its handle and its routes. */

#include <stdatomic.h>

#include "base/buf.h"
#include "model/lookup.h"
#include "pack/manifest.h"
#include "segml/model.h"
#include "tree/forest.h"

struct segml_model {
    atomic_llong references;
    sg_manifest manifest;
    const unsigned char *bytes; /* [size] the artifact: of owned, or borrowed from the caller */
    size_t size;
    int64_t max_bytes;          /* cap it was opened with */
    sg_buf owned;
    sg_forest **children;       /* [group_count] NULL where a group has no own model */
    sg_forest *global;          /* NULL = none */
    sg_forest *unseen;          /* NULL = none */
    float *codes;               /* [group_count * key_count] of the global model's key features;
                                   NULL if it has none */
    sg_lookup groups;           /* hash of the key -> index of the group */
    sg_lookup *dictionaries;    /* [feature_count] hash of the text -> code */
    sg_objective objective;     /* of all forests */
    int32_t outputs;            /* margins of a row */
    int64_t groups_trained;
    int64_t groups_failed;
    int64_t rows;
};

/**
 * Opens an artifact and keeps its bytes: what training ends with.
 *
 * @param artifact  taken over on success (then empty); unchanged on failure
 * @return as segml_model_open_memory()
 */
int sg_model_open_owned(segml_model **out, sg_buf *artifact, segml_error *err);

/**
 * Threshold of the model that answers for a group; NaN unless the task is binary.
 *
 * @param index  in [0, groups), SEGML_GROUP_INDEX_GLOBAL (also of unseen keys and where the
 *               constant answers), or SEGML_GROUP_INDEX_OVERALL
 */
double sg_model_threshold(const segml_model *model, int64_t index);

/** The model's manifest. */
const sg_manifest *sg_model_manifest(const segml_model *model);

/** Counts one more user of a model; each one calls segml_model_free(). */
void sg_model_retain(const segml_model *model);

#endif
