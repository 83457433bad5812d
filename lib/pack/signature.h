/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_SIGNATURE_H
#define SG_PACK_SIGNATURE_H

/*
 * Signatures of artifacts: Ed25519 (RFC 8032) over the text "segml signature\n" and the root
 * digest, 48 bytes. Which key is to be trusted says the caller, never the artifact.
 */

#include <stddef.h>

#include "base/status.h"

enum {
    SG_SIGNATURE_BYTES = 64,
    SG_SIGNATURE_PUBLIC = 32,
    SG_SIGNATURE_SECRET = 32, /* the seed, of which everything else is made */
    SG_SIGNATURE_ROOT = 32
};

/**
 * Whether a root digest is signed with a key.
 *
 * @param public_key  [32]
 * @param signature   [64]
 * @param root        [32] from sg_index_root()
 * @return SEGML_OK; SEGML_E_MISMATCH (signed with another key, or changed). Thread-safety: any
 *         thread
 */
int sg_signature_check(const unsigned char *public_key, const unsigned char *signature,
                       const unsigned char *root, segml_error *err);

/**
 * Signs a root digest; the same bytes always.
 *
 * @param signature  out [64]
 * @param secret     [32]
 * @return SEGML_OK; SEGML_E_INTERNAL. Thread-safety: any thread
 */
int sg_signature_make(unsigned char *signature, const unsigned char *secret,
                      const unsigned char *root, segml_error *err);

/**
 * Reads a secret key as `openssl genpkey -algorithm ed25519` writes it: PKCS #8 (RFC 8410) in PEM.
 *
 * @param secret  out [32]; zeroed on failure. Whoever gets it wipes it after use
 * @param text    [size] the file
 * @return SEGML_OK; SEGML_E_FORMAT (something else: the message says what is needed)
 */
int sg_signature_secret(unsigned char *secret, const char *text, size_t size, segml_error *err);

/** Reads a public key as `openssl pkey -pubout` writes it. As sg_signature_secret(). */
int sg_signature_public(unsigned char *public_key, const char *text, size_t size, segml_error *err);

/** Overwrites a secret so that no compiler leaves it out. */
void sg_signature_wipe(void *secret, size_t size);

#endif
