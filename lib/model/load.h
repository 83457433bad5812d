/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_LOAD_H
#define SG_MODEL_LOAD_H

/* Opening: from the artifact's bytes to what all groups share, and to single forests. */

#include "model/shape.h"

/**
 * Fills a model from its source and resolves its references. Of a file with index no group's model
 * is read, of one without all are.
 *
 * @param model  all zero but for opening and the source's bytes; released by its owner also after
 *               a failure
 * @param old    the model before a reload, see sg_references_bind(); NULL = none
 * @return as segml_model_open_memory()
 */
int sg_load_model(segml_model *model, const segml_model *old, segml_error *err);

/** Where a slot's model is, and what it must be like. */
typedef struct sg_wanted {
    const sg_source *source; /* of the model, or of an artifact that it refers to */
    const char *uri;         /* of that one; NULL = the model's own */
    sg_place place;          /* packed = 0: there is no model, or no index tells */
    sg_shape shape;
    segml_key keys[SG_KEY_COLUMNS_MAX]; /* of a group or parent */
    int32_t columns;                    /* 0: a global model */
} sg_wanted;

/** Finds it in the index. @return SEGML_OK; SEGML_E_FORMAT. Thread-safety: any thread */
int sg_load_find(const segml_model *model, int64_t slot, sg_wanted *want, segml_error *err);

/**
 * Loads the forest of a slot from where the index says it is.
 *
 * @param out  NULL if the artifact has no such model
 * @return as sg_model_take()
 */
int sg_load_slot(const segml_model *model, int64_t slot, sg_forest **out, segml_error *err);

/** Reads the records of groups and parents. @param records  all zero; cleared on failure */
int sg_load_records(const segml_model *model, sg_records *records, segml_error *err);

/** Releases what records hold. */
void sg_records_clear(sg_records *records);

#endif
