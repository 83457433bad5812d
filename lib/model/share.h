/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_SHARE_H
#define SG_MODEL_SHARE_H

/* What a model has loaded, for the one that a reload makes of it. */

#include "model/model.h"

/**
 * Puts loaded forests of the old model into the slots of the fresh one: those whose packed bytes
 * are the same in both, as long as the budget lasts. They do not count as loads.
 *
 * @param fresh  loaded, not yet used by anybody else
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_share_children(segml_model *fresh, const segml_model *old, segml_error *err);

#endif
