/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_LOAD_H
#define SG_MODEL_LOAD_H

/* Opening: from the artifact's bytes to forests, codes and tables. */

#include "model/model.h"

/**
 * Fills a model from its bytes.
 *
 * @param model      all zero but for bytes and size; released by its owner also after a failure
 * @param max_bytes  cap on the unpacked size of all members together
 * @return as segml_model_open_memory()
 */
int sg_load_model(segml_model *model, int64_t max_bytes, segml_error *err);

#endif
