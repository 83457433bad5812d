/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Signatures and the keys for them.
 *
 * R1  What is signed begins with a text of our own, so that a signature that was made for
 *     anything else by the same key is none of an artifact.
 * R2  Keys are read strictly. Of DER only the one encoding is accepted that RFC 8410 gives an
 *     Ed25519 key without attributes: a fixed prefix and 32 bytes. A DER parser would accept
 *     more than anybody writes, and would be one more thing to attack.
 * R3  Every copy of a secret that is made here is wiped.
 *
 * libsodium checks signatures strictly: keys of small order and non-canonical numbers are
 * refused, so all implementations agree.
 *
 * Sources: RFC 8032 (Ed25519), RFC 8410 (keys), RFC 7468 (PEM).
 */

#include "pack/signature.h"

#include <sodium.h>
#include <string.h>

static const char prefix[] = "segml signature\n"; /* 16 bytes without its terminator */

enum { PREFIX_BYTES = sizeof prefix - 1, MESSAGE_BYTES = PREFIX_BYTES + SG_SIGNATURE_ROOT };

static void
make_message(unsigned char message[MESSAGE_BYTES], const unsigned char *root)
{
    memcpy(message, prefix, PREFIX_BYTES);
    memcpy(message + PREFIX_BYTES, root, SG_SIGNATURE_ROOT);
}

int
sg_signature_check(const unsigned char *public_key, const unsigned char *signature,
                   const unsigned char *root, segml_error *err)
{
    unsigned char message[MESSAGE_BYTES];

    make_message(message, root);
    if (crypto_sign_ed25519_verify_detached(signature, message, sizeof message, public_key) == 0)
        return SEGML_OK;
    return sg_fail(err, SEGML_E_MISMATCH,
                   "the signature is of another key, or the artifact was changed");
}

int
sg_signature_make(unsigned char *signature, const unsigned char *secret, const unsigned char *root,
                  segml_error *err)
{
    unsigned char message[MESSAGE_BYTES], key[crypto_sign_ed25519_SECRETKEYBYTES];
    unsigned char public_key[crypto_sign_ed25519_PUBLICKEYBYTES];
    int failed;

    make_message(message, root);
    failed = crypto_sign_ed25519_seed_keypair(public_key, key, secret) != 0 ||
             crypto_sign_ed25519_detached(signature, NULL, message, sizeof message, key) != 0;
    sodium_memzero(key, sizeof key);
    return failed ? sg_fail(err, SEGML_E_INTERNAL, "libsodium cannot sign") : SEGML_OK;
}

void
sg_signature_wipe(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}

/* A kind of key: how its PEM block is called, and what stands before its 32 bytes in DER. */
typedef struct key_kind {
    const char *begin, *end;
    unsigned char der[16];
    size_t der_size;
    const char *remedy;
} key_kind;

static const key_kind secret_kind = {
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    /* SEQUENCE { INTEGER 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING } } */
    {0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04,
     0x20},
    16,
    "not a secret Ed25519 key in PEM without a password; openssl genpkey -algorithm ed25519 makes "
    "one"};

static const key_kind public_kind = {
    "-----BEGIN PUBLIC KEY-----",
    "-----END PUBLIC KEY-----",
    /* SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING } */
    {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00},
    12,
    "not a public Ed25519 key in PEM; openssl pkey -pubout makes one of a secret key"};

/* The first occurrence of word in text. */
static const char *
find_word(const char *text, size_t size, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; length <= size && i <= size - length; i++) {
        if (memcmp(text + i, word, length) == 0)
            return text + i;
    }
    return NULL;
}

static int
read_pem(unsigned char *key, const key_kind *kind, const char *text, size_t size)
{
    unsigned char der[64];
    const char *begin = find_word(text, size, kind->begin);
    const char *end = find_word(text, size, kind->end);
    size_t length = 0;
    int is_key;

    if (begin == NULL || end == NULL || end < begin)
        return 0;
    begin += strlen(kind->begin);
    is_key = sodium_base642bin(der, sizeof der, begin, (size_t)(end - begin), " \t\r\n", &length,
                               NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
             length == kind->der_size + 32 && memcmp(der, kind->der, kind->der_size) == 0;
    if (is_key)
        memcpy(key, der + kind->der_size, 32);
    sodium_memzero(der, sizeof der);
    return is_key;
}

static int
read_key(unsigned char *key, const key_kind *kind, const char *text, size_t size, segml_error *err)
{
    if (read_pem(key, kind, text, size))
        return SEGML_OK;
    memset(key, 0, 32);
    return sg_fail(err, SEGML_E_FORMAT, "%s", kind->remedy);
}

int
sg_signature_secret(unsigned char *secret, const char *text, size_t size, segml_error *err)
{
    return read_key(secret, &secret_kind, text, size, err);
}

int
sg_signature_public(unsigned char *public_key, const char *text, size_t size, segml_error *err)
{
    return read_key(public_key, &public_kind, text, size, err);
}
