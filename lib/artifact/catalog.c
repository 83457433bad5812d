/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The catalog of an artifact.
 *
 * R1  Manifest and records are read whole before any model is looked at, in whatever order the
 *     members are. A scan for them stops as soon as it has them, which in a file of this library
 *     is after the first few members.
 * R2  Paths are made from keys and compared; nothing is ever parsed out of one.
 * R3  Under global/, groups/ and parents/ there is nothing that the records do not know.
 */

#include "artifact/catalog.h"

#include <string.h>

#include "base/hash.h"
#include "pack/build.h"

/* What a scan reads of the records, once the manifest is read. */
typedef struct head {
    sg_catalog *catalog;
    sg_buf groups, parents;
    int has_manifest, has_groups, has_parents;
} head;

static int
read_records(sg_catalog *catalog, const sg_buf *groups, const sg_buf *parents, segml_error *err)
{
    sg_manifest *m = &catalog->manifest;
    int rc = SEGML_OK;

    if (m->has_parents && parents == NULL)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_PARENTS);
    if (rc == SEGML_OK)
        rc = sg_manifest_read_groups(&catalog->groups, m, groups->bytes, groups->size, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = sg_manifest_read_parents(&catalog->parents, m, parents->bytes, parents->size, err);
    if (rc == SEGML_OK) {
        m->groups = catalog->groups.records;
        m->parents = catalog->parents.records;
    }
    return rc;
}

int
sg_catalog_read(sg_catalog *catalog, const sg_catalog_texts *texts, segml_error *err)
{
    int rc =
        sg_manifest_read(&catalog->manifest, texts->manifest->bytes, texts->manifest->size, err);

    return rc == SEGML_OK ? read_records(catalog, texts->groups, texts->parents, err) : rc;
}

static int
take_head(void *user, const sg_member *member, segml_error *err)
{
    head *h = user;
    const sg_manifest *m = &h->catalog->manifest;
    int rc = SEGML_OK;

    if (strcmp(member->path, SG_MEMBER_MANIFEST) == 0) {
        rc = sg_manifest_read(&h->catalog->manifest, member->content, member->size, err);
        h->has_manifest = 1;
    } else if (strcmp(member->path, SG_MEMBER_GROUPS) == 0) {
        rc = sg_buf_append(&h->groups, member->content, member->size, err);
        h->has_groups = 1;
    } else if (strcmp(member->path, SG_MEMBER_PARENTS) == 0) {
        rc = sg_buf_append(&h->parents, member->content, member->size, err);
        h->has_parents = 1;
    }
    if (rc < 0)
        return rc;
    return h->has_manifest && h->has_groups && (h->has_parents || !m->has_parents);
}

static int
read_head(sg_catalog *catalog, const head *h, segml_error *err)
{
    if (!h->has_manifest || !h->has_groups)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing: not an artifact of libsegml",
                       h->has_manifest ? SG_MEMBER_GROUPS : SG_MEMBER_MANIFEST);
    return read_records(catalog, &h->groups, h->has_parents ? &h->parents : NULL, err);
}

/* The path of a model, in catalog->path until the next call. */
static int
make_path(sg_catalog *catalog, int64_t number, segml_error *err)
{
    const sg_manifest_record *record = sg_catalog_record(catalog, number);

    catalog->path.size = 0;
    if (number < catalog->manifest.group_count)
        return sg_build_group_path(&catalog->path, record->keys, record->columns, err);
    return sg_build_parent_path(&catalog->path, record->keys, record->columns, err);
}

static int
index_paths(sg_catalog *catalog, segml_error *err)
{
    const int64_t count = catalog->manifest.group_count + catalog->manifest.parent_count;
    int rc = sg_lookup_make(&catalog->paths, count, err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        if (!sg_catalog_record(catalog, i)->has_model)
            continue;
        rc = make_path(catalog, i, err);
        if (rc == SEGML_OK)
            rc = sg_lookup_add(&catalog->paths, sg_hash_64(catalog->path.bytes, catalog->path.size),
                               i, err);
    }
    return rc;
}

int
sg_catalog_scan(sg_catalog *catalog, const void *bytes, size_t size, int64_t max_bytes,
                segml_error *err)
{
    head h = {.catalog = catalog};
    int rc = sg_artifact_scan(bytes, size, max_bytes, take_head, &h, err);

    if (rc == SEGML_OK)
        rc = read_head(catalog, &h, err);
    if (rc == SEGML_OK)
        rc = index_paths(catalog, err);
    sg_buf_clear(&h.parents);
    sg_buf_clear(&h.groups);
    return rc;
}

static int
is_below(const char *path, const char *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int
find_model(sg_catalog *catalog, const char *path, int64_t *number, segml_error *err)
{
    const uint64_t hash = sg_hash_64(path, strlen(path));
    size_t probe = 0;
    int64_t i;

    while ((i = sg_lookup_next(&catalog->paths, hash, &probe)) >= 0) {
        int rc = make_path(catalog, i, err);

        if (rc < 0)
            return rc;
        if (strcmp((const char *)catalog->path.bytes, path) == 0) {
            *number = i;
            return SG_CATALOG_MODEL;
        }
    }
    return sg_fail(err, SEGML_E_FORMAT, "%s: the records do not know this member", path);
}

int
sg_catalog_find(sg_catalog *catalog, const char *path, int64_t *number, segml_error *err)
{
    const sg_manifest *m = &catalog->manifest;
    const struct {
        const char *path;
        int kind, is_promised;
    } members[] = {{SG_MEMBER_MANIFEST, SG_CATALOG_HEAD, 1},
                   {SG_MEMBER_GROUPS, SG_CATALOG_HEAD, 1},
                   {SG_MEMBER_PARENTS, SG_CATALOG_HEAD, m->has_parents},
                   {SG_MEMBER_GLOBAL, SG_CATALOG_GLOBAL, m->has_global},
                   {SG_MEMBER_UNSEEN, SG_CATALOG_UNSEEN, m->has_unseen},
                   {SG_MEMBER_HISTORY, SG_CATALOG_HISTORY, m->has_history},
                   {SG_MEMBER_TRAINING, SG_CATALOG_TRAINING, m->has_training}};

    *number = 0;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].is_promised && strcmp(path, members[i].path) == 0)
            return members[i].kind;
    }
    if (is_below(path, "global/") || is_below(path, "groups/") || is_below(path, "parents/"))
        return find_model(catalog, path, number, err);
    return SG_CATALOG_OTHER;
}

const sg_manifest_record *
sg_catalog_record(const sg_catalog *catalog, int64_t number)
{
    const sg_manifest *m = &catalog->manifest;

    return number < m->group_count ? &m->groups[number] : &m->parents[number - m->group_count];
}

const unsigned char *
sg_catalog_digest(const sg_catalog *catalog, int kind, int64_t number)
{
    const sg_manifest *m = &catalog->manifest;

    switch (kind) {
    case SG_CATALOG_GLOBAL:
        return m->global.digest;
    case SG_CATALOG_UNSEEN:
        return m->unseen_digest;
    case SG_CATALOG_MODEL:
        return sg_catalog_record(catalog, number)->digest;
    case SG_CATALOG_HISTORY:
        return m->history_digest;
    case SG_CATALOG_TRAINING:
        return m->training_digest;
    default:
        return NULL;
    }
}

void
sg_catalog_clear(sg_catalog *catalog)
{
    sg_buf_clear(&catalog->path);
    sg_lookup_clear(&catalog->paths);
    sg_manifest_lines_clear(&catalog->parents);
    sg_manifest_lines_clear(&catalog->groups);
    sg_manifest_clear(&catalog->manifest);
}
