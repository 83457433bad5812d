/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_REFERENCES_H
#define SG_MODEL_REFERENCES_H

/* Groups whose models are in other artifacts: in which, and where there. */

#include "model/referent.h"

struct segml_model;

/** Where a group's model is. */
typedef struct sg_binding {
    sg_referent *referent; /* counted; NULL = no reference, or not resolved */
    int64_t number;        /* of the group's entry in its index */
} sg_binding;

typedef struct sg_references {
    sg_binding *groups; /* [count] NULL = the artifact has no references */
    int64_t count;
    int64_t resolved; /* groups with a referent */
    uint64_t bytes;   /* of the referents' artifacts */
} sg_references;

/**
 * Resolves the references of a model whose manifest and index are there.
 *
 * @param old  where there was a model before, a referent that is as it was is shared with it, and
 *             one that cannot be had or does not fit is replaced by its own; NULL = none
 * @return SEGML_OK; SEGML_PARTIAL (some are not resolved, or are the old ones: the message counts
 *         them and names the first; with the option strict the failure of the first instead);
 *         SEGML_E_FORMAT and SEGML_E_LIMIT of the model's own records; SEGML_E_NOMEM
 */
int sg_references_bind(struct segml_model *model, const struct segml_model *old, segml_error *err);

/** Where the model of a slot is; NULL if it is not in another artifact. */
const sg_binding *sg_references_get(const struct segml_model *model, int64_t slot);

/**
 * What the other artifact says of a group.
 *
 * @param entry  out: of its index, its threshold never missing in a binary task
 * @return SEGML_OK; SEGML_E_FORMAT. Thread-safety: any thread
 */
int sg_references_entry(const sg_binding *binding, sg_index_group *entry, segml_error *err);

/** Ends the use of all referents; all zero again. */
void sg_references_clear(sg_references *references);

#endif
