/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_SIGNATURE_H
#define SG_PACK_SIGNATURE_H

/* Ed25519 signatures over an artifact's root digest; doc/artifact-format.md section 11. */

#include "base/status.h"

/**
 * Checks a signature.
 *
 * @param public_key  [32]
 * @param signature   [64]
 * @param root        [32] root digest
 * @return SEGML_OK; SEGML_E_MISMATCH (of another key, or the artifact was changed);
 *         SEGML_E_INTERNAL. Thread-safety: any thread
 */
int sg_signature_check(const unsigned char *public_key, const unsigned char *signature,
                       const unsigned char *root, segml_error *err);

#endif
