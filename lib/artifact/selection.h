/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_SELECTION_H
#define SG_ARTIFACT_SELECTION_H

/* Groups that a caller names by their keys. */

#include "pack/manifest.h"

/**
 * Marks groups.
 *
 * @param marks  [manifest's groups] set to 1 for each that is named
 * @param keys   [count * key columns] key by key, of any types that convert
 * @return SEGML_OK; SEGML_E_ARGUMENT (malformed); SEGML_E_NOT_FOUND (no such group: the message
 *         names it)
 */
int sg_selection_mark(unsigned char *marks, const sg_manifest *manifest, const segml_key *keys,
                      int64_t count, segml_error *err);

#endif
