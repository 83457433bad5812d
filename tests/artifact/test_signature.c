/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/signature: R1 and R2 of signature.c. The keys are the example of RFC 8410, section 10.3;
 * the signature was made with them by OpenSSL 3.0:
 *
 *     openssl pkeyutl -sign -inkey key.pem -rawin -in message
 *
 * where the message is "segml signature", a line feed, and the bytes 0, 1, ... 31.
 */

#include <check.h>
#include <string.h>

#include "pack/signature.h"

#define SECRET_LINE "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
#define PUBLIC_LINE "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
#define SECRET_CRLF                                                                                \
    "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK\r\n"                          \
    "1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\r\n-----END PRIVATE KEY-----\r\n"
#define SECRET(lines) "-----BEGIN PRIVATE KEY-----\n" lines "-----END PRIVATE KEY-----\n"
#define PUBLIC(lines) "-----BEGIN PUBLIC KEY-----\n" lines "-----END PUBLIC KEY-----\n"

static const unsigned char expected_secret[32] = {
    0xd4, 0xee, 0x72, 0xdb, 0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8, 0xf1, 0xf7, 0x69, 0xf8, 0xad,
    0x3a, 0xfe, 0x7c, 0x28, 0xcb, 0xf1, 0xd4, 0xfb, 0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42};

static const unsigned char expected_public[32] = {
    0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96,
    0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1};

static const unsigned char expected_signature[64] = {
    0x3b, 0xb8, 0x5c, 0xb9, 0x7c, 0x49, 0x39, 0x9a, 0xd7, 0x7a, 0x4a, 0xd9, 0x44, 0xa5, 0xff, 0x2e,
    0xb6, 0xb0, 0x34, 0xeb, 0xbc, 0xb4, 0xb4, 0xea, 0xd1, 0x16, 0xbb, 0xbe, 0xfb, 0xa8, 0xc6, 0x3b,
    0xbb, 0x55, 0x05, 0x56, 0x48, 0x2e, 0x69, 0x00, 0x35, 0xc0, 0x7f, 0x82, 0x3d, 0xdb, 0x6d, 0xa4,
    0x22, 0x44, 0x91, 0x6f, 0xb9, 0x81, 0x1e, 0xc7, 0x0f, 0xa5, 0xc1, 0x97, 0xfd, 0x57, 0xa3, 0x0a};

static unsigned char root[32];

static void
count_up(void)
{
    for (int i = 0; i < 32; i++)
        root[i] = (unsigned char)i;
}

START_TEST(keys_of_the_standard_are_read)
{
    static const char *const secrets[] = {
        SECRET(SECRET_LINE), "Bag Attributes\n  name: x\n" SECRET(SECRET_LINE) "\n", SECRET_CRLF};
    unsigned char key[32];

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert_int_eq(sg_signature_secret(key, secrets[i], strlen(secrets[i]), NULL), SEGML_OK);
        ck_assert_mem_eq(key, expected_secret, 32);
    }
    ck_assert_int_eq(
        sg_signature_public(key, PUBLIC(PUBLIC_LINE), strlen(PUBLIC(PUBLIC_LINE)), NULL), SEGML_OK);
    ck_assert_mem_eq(key, expected_public, 32);
    sg_signature_wipe(key, sizeof key);
    ck_assert_int_eq(key[0] | key[31], 0);
}
END_TEST

static const char *const bad_secrets[] = {
    "",
    "x",
    SECRET_LINE,
    PUBLIC(PUBLIC_LINE),
    SECRET(PUBLIC_LINE),
    SECRET(""),
    /* of X25519, of the curve P-256, cut, with a byte more, not base64, without padding */
    SECRET("MC4CAQAwBQYDK2VuBCIEIAitukgzLX9pos0spHbEjlDFnVaeEmjp+AD4/8d0w1BH\n"),
    SECRET("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgv1ZXy0i6dvzAqFx7\n"
           "B/rWebx8fuGbjqhNDAvlRLzlXjqhRANCAARqESGAUesCXtmSxqTKd3V060fA0UnY\n"
           "uJACxP2fzfeBpLdHVPrtIYu28TsHR/8kSUTUes+Pzc6hUz+P/rzdXZIz\n"),
    SECRET("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVg=\n"),
    SECRET("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCAA==\n"),
    SECRET("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9E*VhC\n"),
    "-----BEGIN PRIVATE KEY-----\n" SECRET_LINE,
    "-----END PRIVATE KEY-----\n" SECRET_LINE "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" SECRET_LINE "-----END ENCRYPTED PRIVATE KEY-----\n",
};

START_TEST(other_files_are_no_secret_keys)
{
    segml_error err = SEGML_ERROR_INIT;
    unsigned char key[32];

    memset(key, 1, sizeof key);
    ck_assert_int_eq(sg_signature_secret(key, bad_secrets[_i], strlen(bad_secrets[_i]), &err),
                     SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "openssl genpkey") != NULL, "%s", err.message);
    ck_assert_int_eq(key[0] | key[31], 0);
}
END_TEST

START_TEST(a_secret_key_is_no_public_one)
{
    segml_error err = SEGML_ERROR_INIT;
    unsigned char key[32];

    ck_assert_int_eq(
        sg_signature_public(key, SECRET(SECRET_LINE), strlen(SECRET(SECRET_LINE)), &err),
        SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "openssl pkey -pubout") != NULL, "%s", err.message);
}
END_TEST

START_TEST(a_signature_is_that_of_openssl)
{
    unsigned char signature[64];

    ck_assert_int_eq(sg_signature_make(signature, expected_secret, root, NULL), SEGML_OK);
    ck_assert_mem_eq(signature, expected_signature, 64);
    ck_assert_int_eq(sg_signature_check(expected_public, expected_signature, root, NULL), SEGML_OK);
}
END_TEST

/* Each bit of key, signature and digest counts. */
START_TEST(whatever_changes_the_signature_does_not_fit)
{
    segml_error err = SEGML_ERROR_INIT;
    unsigned char key[32], signature[64];
    unsigned char *const changed[] = {key, signature, root};
    const int sizes[] = {32, 64, 32};

    memcpy(key, expected_public, 32);
    memcpy(signature, expected_signature, 64);
    for (int bit = 0; bit < 8 * sizes[_i]; bit++) {
        changed[_i][bit / 8] ^= (unsigned char)(1 << bit % 8);
        ck_assert_int_eq(sg_signature_check(key, signature, root, &err), SEGML_E_MISMATCH);
        changed[_i][bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert_msg(strstr(err.message, "another key") != NULL, "%s", err.message);
    ck_assert_int_eq(sg_signature_check(key, signature, root, NULL), SEGML_OK);
}
END_TEST

TCase *
signature_tests(void)
{
    TCase *tc = tcase_create("signature");

    tcase_add_checked_fixture(tc, count_up, NULL);
    tcase_add_test(tc, keys_of_the_standard_are_read);
    tcase_add_loop_test(tc, other_files_are_no_secret_keys, 0,
                        (int)(sizeof bad_secrets / sizeof *bad_secrets));
    tcase_add_test(tc, a_secret_key_is_no_public_one);
    tcase_add_test(tc, a_signature_is_that_of_openssl);
    tcase_add_loop_test(tc, whatever_changes_the_signature_does_not_fit, 0, 3);
    return tc;
}
