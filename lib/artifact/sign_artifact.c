/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Signing an artifact: of its index, whose header and page digests are checked on opening, the
 * root digest is signed. Whether the members have the digests that the index states is a question
 * of their reader, who compares each before use, or of segml_artifact_verify(): a signature says
 * who made the file, not that the copy at hand is whole.
 */

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "pack/artifact.h"
#include "pack/index.h"
#include "pack/signature.h"
#include "segml/artifact.h"

enum { KEY_FILE_MAX = 1 << 16, FIRST_MEMBER_MAX = 1 << 30 };

static int
stop_at_first(void *user, const sg_member *member, segml_error *err)
{
    (void)user;
    (void)member;
    (void)err;
    return 1;
}

/* Why there is no index: another kind of file, or an artifact that was packed again. */
static int
fail_without_index(const sg_map *map, segml_error *err)
{
    int rc = sg_artifact_scan(map->bytes, map->size, FIRST_MEMBER_MAX, stop_at_first, NULL, err);

    return rc < 0
               ? rc
               : sg_fail(err, SEGML_E_UNSUPPORTED,
                         "has no index, which is what is signed; segml prune writes it with one");
}

int
segml_artifact_sign(unsigned char *signature, const char *artifact, const unsigned char *secret_key,
                    segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_map map = {NULL, 0};
    sg_index index = {.bytes = NULL};
    int rc;

    if (signature == NULL || artifact == NULL || secret_key == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "signature, artifact or secret_key is NULL");
    memset(signature, 0, SG_SIGNATURE_BYTES);
    rc = sg_map_open(&map, artifact, err);
    if (rc < 0)
        return rc;
    rc = sg_index_open(&index, map.bytes, map.size, &inner);
    if (rc == 1)
        rc = fail_without_index(&map, &inner);
    if (rc == SEGML_OK)
        rc = sg_signature_make(signature, secret_key, sg_index_root(&index), &inner);
    if (rc < 0)
        sg_fail(err, rc, "%s: %s", artifact, inner.message);
    sg_index_close(&index);
    sg_map_close(&map);
    return rc;
}

typedef int (*key_reader)(unsigned char *key, const char *text, size_t size, segml_error *err);

static int
read_key_file(unsigned char *key, const char *path, key_reader read, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_buf text = {.max = KEY_FILE_MAX};
    int rc;

    if (key == NULL || path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", key == NULL ? "the key" : "path");
    memset(key, 0, SG_SIGNATURE_SECRET);
    rc = sg_file_read(&text, path, err);
    if (rc == SEGML_OK) {
        rc = read(key, (const char *)text.bytes, text.size, &inner);
        if (rc < 0)
            sg_fail(err, rc, "%s: %s", path, inner.message);
    }
    if (text.bytes != NULL)
        sg_signature_wipe(text.bytes, text.capacity);
    sg_buf_clear(&text);
    return rc;
}

int
segml_secret_key_read(unsigned char *secret_key, const char *path, segml_error *err)
{
    return read_key_file(secret_key, path, sg_signature_secret, err);
}

int
segml_public_key_read(unsigned char *public_key, const char *path, segml_error *err)
{
    return read_key_file(public_key, path, sg_signature_public, err);
}

void
segml_secret_key_wipe(unsigned char *secret_key)
{
    if (secret_key != NULL)
        sg_signature_wipe(secret_key, SG_SIGNATURE_SECRET);
}
