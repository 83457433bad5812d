/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_MODEL_H
#define SG_MODEL_MODEL_H

/*
 * Inside of a segml_model: what all groups share, and slots for what is loaded on first use.
 * Counted by its handle and its routes.
 *
 * A slot is the number of a model: groups by key, then parents, then the global model and the one
 * for unseen keys.
 */

#include <stdatomic.h>

#include "model/children.h"
#include "model/lookup.h"
#include "model/references.h"
#include "model/source.h"
#include "pack/manifest.h"
#include "segml/model.h"

/** How a model was opened, with nothing left to default. */
typedef struct sg_opening {
    int64_t max_bytes;
    int64_t child_bytes; /* 0 = no limit */
    int32_t preload, map, strict;
    int32_t policy; /* SG_FALLBACK_*; -1 = as trained */
    int32_t has_key;
    unsigned char public_key[32], signature[64];
    segml_resolve_fn resolve;
    void *resolve_user;
    const char *reference_root; /* borrowed while opening, then the model's */
} sg_opening;

/** Records of groups and parents, read when somebody asks for them. */
typedef struct sg_records {
    sg_manifest_lines groups, parents;
} sg_records;

struct segml_model {
    atomic_llong references;
    sg_opening opening;
    char *path; /* NULL = not opened from a file */
    char *root; /* opening.reference_root; NULL = none given */
    sg_source source;
    sg_manifest manifest;          /* of segml.json: without groups */
    _Atomic(sg_records *) records; /* NULL until somebody asks */
    sg_references bindings;        /* of groups whose models are in other artifacts */
    sg_children children;          /* a slot for each model */
    int64_t most_bytes;            /* of loaded models; 0 = there is a budget instead */
    sg_lookup *dictionaries;       /* [feature_count] hash of the text -> code */
    sg_objective objective;        /* of all forests */
    int32_t outputs;               /* margins of a row */
    int32_t policy;                /* SG_FALLBACK_* that may answer */
};

/** Slots of the models that are no group's. */
int64_t sg_model_slot_parent(const segml_model *model, int64_t parent);
int64_t sg_model_slot_global(const segml_model *model);
int64_t sg_model_slot_unseen(const segml_model *model);

/**
 * Opens an artifact and keeps its bytes: what training ends with.
 *
 * @param artifact  taken over on success (then empty); unchanged on failure
 * @return as segml_model_open_memory()
 */
int sg_model_open_owned(segml_model **out, sg_buf *artifact, segml_error *err);

/**
 * The forest in a slot, loaded if it is not.
 *
 * @param out  counted for the caller; NULL if there is no such model
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED; SEGML_E_NOMEM.
 *         Thread-safety: any thread
 */
int sg_model_take(const segml_model *model, int64_t slot, sg_resident **out, segml_error *err);

/**
 * Records of groups and parents, read if they are not.
 *
 * @return NULL on failure: SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM. Thread-safety: any thread
 */
const sg_records *sg_model_records(const segml_model *model, segml_error *err);

/**
 * Threshold of the model that answers; NaN unless the task is binary.
 *
 * @param own  of the model's record; NaN = it has none
 */
double sg_model_threshold(const segml_model *model, double own);

/** The same of the global model, of unseen keys and of the constant. */
double sg_model_shared_threshold(const segml_model *model);

/** The model's manifest, without groups. */
const sg_manifest *sg_model_manifest(const segml_model *model);

/** Counts one more user of a model; each one calls segml_model_free(). */
void sg_model_retain(const segml_model *model);

#endif
