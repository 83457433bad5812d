/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_SCAN_H
#define SG_MODEL_SCAN_H

/* Opening a file that has no index: a user has packed an unpacked artifact again. */

#include "model/model.h"

/**
 * Reads all manifests, wherever they are, and makes the index that the file does not have.
 *
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED; SEGML_E_NOMEM
 */
int sg_scan_manifests(segml_model *model, segml_error *err);

/** Loads all models into their slots. @return the same */
int sg_scan_models(segml_model *model, segml_error *err);

#endif
