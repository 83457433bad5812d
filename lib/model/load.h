/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_LOAD_H
#define SG_MODEL_LOAD_H

/* Opening: from the artifact's bytes to what all groups share, and to single forests. */

#include "model/model.h"

/**
 * Fills a model from its source. Of a file with index no group's model is read, of one without
 * all are.
 *
 * @param model  all zero but for opening and the source's bytes; released by its owner also after
 *               a failure
 * @return as segml_model_open_memory()
 */
int sg_load_model(segml_model *model, segml_error *err);

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
