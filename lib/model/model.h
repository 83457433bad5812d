/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_MODEL_H
#define SG_MODEL_MODEL_H

/* Inside of a segml_model. Immutable once made; counted by its handle and its routes. */

#include "base/buf.h"
#include "pack/manifest.h"
#include "segml/model.h"

/**
 * Opens an artifact and keeps its bytes: what training ends with.
 *
 * @param artifact  taken over on success (then empty); unchanged on failure
 * @return as segml_model_open_memory()
 */
int sg_model_open_owned(segml_model **out, sg_buf *artifact, segml_error *err);

/** The model's manifest. */
const sg_manifest *sg_model_manifest(const segml_model *model);

#endif
