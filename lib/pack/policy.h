/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_POLICY_H
#define SG_PACK_POLICY_H

/* Fallback policies: sets of SG_FALLBACK_* and their texts, "parent,global,constant". */

#include "base/status.h"
#include "pack/manifest.h"

/** Text of a policy: its names in the order they are tried, joined by commas; "none" for none. */
const char *sg_policy_text(int32_t policy);

/**
 * Reads a text: "none", or names in any order joined by commas.
 *
 * @param name    of the option, for messages
 * @param policy  out
 * @return SEGML_OK; SEGML_E_ARGUMENT (an unknown name: the message says which are known)
 */
int sg_policy_read(int32_t *policy, const char *text, const char *name, segml_error *err);

#endif
