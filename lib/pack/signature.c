/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is signed begins with words of its own, so that a signature over a root digest is none
 * over anything else. The root digest stands for every byte that is ever used of an artifact:
 * it covers the index's pages, and those the members' frames.
 */

#include "pack/signature.h"

#include <sodium/crypto_sign_ed25519.h>
#include <string.h>

enum { WORDS = 16, ROOT = 32 };

static const unsigned char words[WORDS + 1] = "segml signature\n";

int
sg_signature_check(const unsigned char *public_key, const unsigned char *signature,
                   const unsigned char *root, segml_error *err)
{
    unsigned char message[WORDS + ROOT];

    memcpy(message, words, WORDS);
    memcpy(message + WORDS, root, ROOT);
    if (crypto_sign_ed25519_verify_detached(signature, message, sizeof message, public_key) != 0)
        return sg_fail(err, SEGML_E_MISMATCH,
                       "the signature is of another key, or the artifact was changed");
    return SEGML_OK;
}
