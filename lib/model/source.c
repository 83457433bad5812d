/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Where an artifact's bytes are: mapped, read, resolved, made by training, or the caller's.
 *
 * R1  A member that is read by its place is capped by the file's own limits, whatever it
 *     announces: the caller's cap, and a ratio of unpacked to packed bytes.
 * R2  Without index a member is found by a scan over everything before it. That is slow, and only
 *     for what is read rarely.
 */

#include "model/source.h"

#include <string.h>

#include "base/file.h"
#include "pack/artifact.h"
#include "pack/build.h"
#include "pack/index_layout.h"

enum { RATIO_MAX = 256, RATIO_FREE_BYTES = 1 << 24 };

int
sg_source_file(sg_source *source, const char *path, int map, segml_error *err)
{
    int rc = map ? sg_map_open(&source->map, path, err) : sg_file_read(&source->owned, path, err);

    source->bytes = map ? source->map.bytes : source->owned.bytes;
    source->size = map ? source->map.size : source->owned.size;
    return rc;
}

void
sg_source_own(sg_source *source, sg_buf *bytes)
{
    source->owned = *bytes;
    *bytes = (sg_buf){0};
    sg_source_borrow(source, source->owned.bytes, source->owned.size);
}

void
sg_source_borrow(sg_source *source, const void *bytes, size_t size)
{
    source->bytes = bytes;
    source->size = size;
}

int
sg_source_has_index(const sg_source *source)
{
    return source->frame.size == 0;
}

void
sg_source_scatter(const sg_source *source)
{
    const unsigned char *end = source->bytes + source->size;
    uint64_t frame;

    if (source->map.size < SG_INDEX_END)
        return;
    sg_map_scatter(&source->map, 1);
    if (memcmp(end - 8, SG_INDEX_END_MAGIC, 8) != 0) {
        sg_map_scatter(&source->map, 0); /* all of it will be read */
        return;
    }
    frame = sg_index_load64(end - SG_INDEX_END); /* a hint: whatever it says does no harm */
    if (frame <= source->size)
        sg_map_expect(&source->map, source->size - frame,
                      SG_INDEX_HEADER + frame / SG_INDEX_PAGE * SG_DIGEST_BYTES);
}

static int
fail_missing(const char *path, segml_error *err)
{
    return sg_fail(err, SEGML_E_FORMAT, "%s is missing", path);
}

int
sg_source_read(const sg_source *source, const sg_place *place, const char *path, int64_t max_bytes,
               sg_buf *content, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    int rc;

    if ((int64_t)place->size > max_bytes)
        return sg_fail(err, SEGML_E_LIMIT, "%s: %lu bytes are more than max_bytes allows", path,
                       (unsigned long)place->size);
    if (place->size > RATIO_FREE_BYTES + (uint64_t)RATIO_MAX * place->packed)
        return sg_fail(err, SEGML_E_LIMIT, "%s: it unpacks to more than %d times its %lu bytes",
                       path, (int)RATIO_MAX, (unsigned long)place->packed);
    sg_map_expect(&source->map, place->offset, place->packed);
    rc = sg_artifact_read(content, source->bytes, source->size, place, &inner);
    return rc < 0 ? sg_fail(err, rc, "%s: %s", path, inner.message) : rc;
}

typedef struct finder {
    const char *path;
    sg_buf *content;
    int found;
} finder;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    finder *f = user;

    if (strcmp(member->path, f->path) != 0)
        return 0;
    f->found = 1;
    f->content->size = 0;
    return sg_buf_append(f->content, member->content, member->size, err) < 0 ? SEGML_E_NOMEM : 1;
}

static int
scan_for(const sg_source *source, const char *path, int64_t max_bytes, sg_buf *content,
         segml_error *err)
{
    finder f = {path, content, 0};
    int rc = sg_artifact_scan(source->bytes, source->size, max_bytes, take, &f, err);

    return rc == SEGML_OK && !f.found ? fail_missing(path, err) : rc;
}

int
sg_source_member(const sg_source *source, const char *path, const unsigned char *digest,
                 int64_t max_bytes, sg_buf *content, segml_error *err)
{
    unsigned char found[SG_ARTIFACT_DIGEST];
    sg_index_member member;
    size_t length;
    int rc;

    if (sg_source_has_index(source)) {
        rc = sg_index_member_of(&source->index, path, 0, &member, &length, err);
        if (rc == SEGML_OK && member.place.packed == 0)
            rc = fail_missing(path, err);
        if (rc == SEGML_OK)
            rc = sg_source_read(source, &member.place, path, max_bytes, content, err);
    } else {
        rc = scan_for(source, path, max_bytes, content, err);
    }
    if (rc < 0 || digest == NULL)
        return rc;
    sg_artifact_digest(found, content->bytes, content->size);
    if (memcmp(found, digest, sizeof found) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of %s", path, "segml.json");
    return SEGML_OK;
}

/* Whether index and manifest are of one artifact. */
static int
check_index(const sg_index *index, const sg_manifest *m, segml_error *err)
{
    if (index->group_count != m->group_count || index->parent_count != m->parent_count ||
        index->key_count != m->key_count || index->has_codes != m->keys_as_features)
        return sg_fail(err, SEGML_E_FORMAT, "the index does not belong to %s", SG_MEMBER_MANIFEST);
    return SEGML_OK;
}

int
sg_source_manifest(const sg_source *source, int64_t max_bytes, sg_manifest *manifest,
                   segml_error *err)
{
    sg_buf json = {0};
    int rc = sg_source_member(source, SG_MEMBER_MANIFEST, NULL, max_bytes, &json, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_read(manifest, json.bytes, json.size, err);
    if (rc == SEGML_OK)
        rc = check_index(&source->index, manifest, err);
    if (rc < 0)
        sg_manifest_clear(manifest);
    sg_buf_clear(&json);
    return rc;
}

void
sg_source_close(sg_source *source)
{
    sg_index_close(&source->index);
    sg_buf_clear(&source->frame);
    sg_buf_clear(&source->owned);
    sg_map_close(&source->map);
    if (source->resolved.release != NULL)
        source->resolved.release(&source->resolved);
    memset(source, 0, sizeof *source);
}
