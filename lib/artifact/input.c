/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Inputs: artifacts that are read to write others.
 *
 * R1  A model is handed on as it is packed, never unpacked, but not before its frame has the
 *     digest that the index states: what was damaged here is not made to look sound there.
 * R2  The entry of a model in the index has the key of its record. An index that mixes up groups
 *     would otherwise put one group's model under another's name.
 * R3  An artifact without index is packed anew, in memory, and then is like any other. Its size
 *     is what it costs: a user who packs by hand can write it once more with an index.
 */

#include "artifact/input.h"

#include <string.h>

#include "base/alloc.h"
#include "base/key.h"

static const int64_t default_max_bytes = (int64_t)16 << 30;

/* Members of an artifact without index, packed one by one. */
typedef struct repacking {
    sg_catalog *catalog;
    sg_packed *models; /* [groups + parents] */
    sg_packed global, unseen, history, training;
} repacking;

static int
repack_member(void *user, const sg_member *member, segml_error *err)
{
    repacking *r = user;
    int64_t number = 0;
    int kind = sg_catalog_find(r->catalog, member->path, &number, err);
    sg_packed *const slots[] = {[SG_CATALOG_GLOBAL] = &r->global,
                                [SG_CATALOG_UNSEEN] = &r->unseen,
                                [SG_CATALOG_MODEL] = &r->models[number],
                                [SG_CATALOG_HISTORY] = &r->history,
                                [SG_CATALOG_TRAINING] = &r->training};

    if (kind < 0)
        return kind;
    if (kind == SG_CATALOG_OTHER || kind == SG_CATALOG_HEAD)
        return 0;
    if (memcmp(member->digest, sg_catalog_digest(r->catalog, kind, number), SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    return sg_packed_make(slots[kind], member->path, member->content, member->size, err);
}

/* Everything that is promised is there. */
static int
check_complete(const repacking *r, segml_error *err)
{
    const sg_manifest *m = &r->catalog->manifest;
    const struct {
        const char *path;
        int is_promised;
        const sg_packed *packed;
    } members[] = {{SG_MEMBER_GLOBAL, m->has_global, &r->global},
                   {SG_MEMBER_UNSEEN, m->has_unseen, &r->unseen},
                   {SG_MEMBER_HISTORY, m->has_history, &r->history},
                   {SG_MEMBER_TRAINING, m->has_training, &r->training}};
    char key[128];

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].is_promised && members[i].packed->path == NULL)
            return sg_fail(err, SEGML_E_FORMAT, "%s is missing", members[i].path);
    }
    for (int64_t i = 0; i < m->group_count + m->parent_count; i++) {
        const sg_manifest_record *record = sg_catalog_record(r->catalog, i);

        if (record->has_model && r->models[i].path == NULL) {
            sg_key_display(key, sizeof key, record->keys, record->columns);
            return sg_fail(err, SEGML_E_FORMAT, "the model of group %s is missing", key);
        }
    }
    return SEGML_OK;
}

/* R3 */
static int
repack(sg_input *input, int64_t max_bytes, segml_error *err)
{
    sg_catalog *catalog = &input->catalog;
    repacking r = {.catalog = catalog};
    sg_build_members members = {
        .global = &r.global, .unseen = &r.unseen, .history = &r.history, .training = &r.training};
    int64_t count = 0;
    int rc = sg_catalog_scan(catalog, input->bytes, input->size, max_bytes, err);

    if (rc < 0)
        return rc;
    count = catalog->manifest.group_count + catalog->manifest.parent_count;
    r.models = sg_alloc_zeroed(count, sizeof *r.models);
    rc = r.models != NULL
             ? sg_artifact_scan(input->bytes, input->size, max_bytes, repack_member, &r, err)
             : sg_fail_nomem(err);
    if (rc == SEGML_OK)
        rc = check_complete(&r, err);
    members.groups = r.models;
    members.parents = r.models + catalog->manifest.group_count;
    if (rc == SEGML_OK)
        rc = sg_build_artifact(&input->owned, &catalog->manifest, &members, err);
    for (int64_t i = 0; i < count && r.models != NULL; i++)
        sg_packed_clear(&r.models[i]);
    sg_free(r.models);
    sg_packed_clear(&r.training);
    sg_packed_clear(&r.history);
    sg_packed_clear(&r.unseen);
    sg_packed_clear(&r.global);
    return rc;
}

static int
read_place(const sg_input *input, const char *path, sg_place *place, segml_error *err)
{
    sg_index_member member = {.path = NULL};
    size_t length = 0;
    int rc = sg_index_member_of(&input->index, path, 0, &member, &length, err);

    *place = member.place;
    if (rc == SEGML_OK && place->packed == 0)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s is missing", path);
    return rc;
}

static int
read_text(const sg_input *input, const char *path, sg_buf *text, segml_error *err)
{
    sg_place place;
    int rc = read_place(input, path, &place, err);

    return rc == SEGML_OK ? sg_artifact_read(text, input->bytes, input->size, &place, err) : rc;
}

/* Manifest and records of an artifact with index, which must be that of as many of them. */
static int
read_catalog(sg_input *input, segml_error *err)
{
    const sg_manifest *m = &input->catalog.manifest;
    sg_buf manifest = {0}, groups = {0}, parents = {0};
    sg_catalog_texts texts = {&manifest, &groups, NULL};
    int rc = read_text(input, SG_MEMBER_MANIFEST, &manifest, err);

    if (rc == SEGML_OK)
        rc = read_text(input, SG_MEMBER_GROUPS, &groups, err);
    if (rc == SEGML_OK && input->index.parent_count > 0) {
        rc = read_text(input, SG_MEMBER_PARENTS, &parents, err);
        texts.parents = &parents;
    }
    if (rc == SEGML_OK)
        rc = sg_catalog_read(&input->catalog, &texts, err);
    if (rc == SEGML_OK && (m->group_count != input->index.group_count ||
                           m->parent_count != input->index.parent_count))
        rc = sg_fail(err, SEGML_E_FORMAT, "the index is not that of the records");
    sg_buf_clear(&parents);
    sg_buf_clear(&groups);
    sg_buf_clear(&manifest);
    return rc;
}

int
sg_input_open_memory(sg_input *input, const void *bytes, size_t size, int64_t max_bytes,
                     segml_error *err)
{
    int rc;

    if (max_bytes < 0)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "max_bytes is %lld; give a number of bytes, or 0 for 16 GiB",
                       (long long)max_bytes);
    input->bytes = bytes;
    input->size = size;
    rc = sg_index_open(&input->index, input->bytes, input->size, err);
    input->has_index = rc == SEGML_OK;
    if (rc == 1) {
        rc = repack(input, max_bytes > 0 ? max_bytes : default_max_bytes, err);
        sg_catalog_clear(&input->catalog);
        input->bytes = input->owned.bytes;
        input->size = input->owned.size;
        if (rc == SEGML_OK)
            rc = sg_index_open(&input->index, input->bytes, input->size, err);
    }
    return rc == SEGML_OK ? read_catalog(input, err) : rc;
}

/* A failure, with the file's name before its message. */
static int
name_failure(const sg_input *input, int rc, segml_error *err)
{
    if (rc < 0 && rc != SEGML_E_NOMEM && err != NULL && input->path != NULL)
        sg_fail_within(err, input->path);
    return rc;
}

int
sg_input_open(sg_input *input, const char *path, int64_t max_bytes, segml_error *err)
{
    int rc = sg_map_open(&input->map, path, err);

    if (rc < 0)
        return rc;
    rc = sg_input_open_memory(input, input->map.bytes, input->map.size, max_bytes, err);
    input->path = path;
    return name_failure(input, rc, err);
}

/* R1 */
static int
make_frame(const sg_input *input, const sg_place *place, sg_build_frame *frame, segml_error *err)
{
    unsigned char digest[SG_DIGEST_BYTES];

    if (place->offset > input->size || place->packed > input->size - place->offset)
        return sg_fail(err, SEGML_E_FORMAT, "a member is said to be outside of the file");
    *frame = (sg_build_frame){input->bytes + place->offset, place->packed, place->size};
    sg_artifact_digest(digest, frame->bytes, frame->packed);
    if (memcmp(digest, place->digest, sizeof digest) != 0)
        return sg_fail(err, SEGML_E_FORMAT,
                       "byte %llu: damaged: a member has another digest than the index says",
                       (unsigned long long)place->offset);
    return SEGML_OK;
}

/* R2 */
static int
find_entry(const sg_input *input, int64_t number, sg_index_group *entry, segml_error *err)
{
    const sg_manifest_record *record = sg_catalog_record(&input->catalog, number);
    sg_buf key = {0};
    int rc = sg_index_get(&input->index, number, entry, err);

    if (rc == SEGML_OK)
        rc = sg_key_encode(&key, record->keys, record->columns, err);
    if (rc == SEGML_OK && (entry->columns != record->columns || entry->key_size != key.size ||
                           memcmp(entry->key, key.bytes, key.size) != 0 ||
                           (entry->place.packed > 0) != (record->has_model != 0)))
        rc = sg_fail(err, SEGML_E_FORMAT, "the index is not that of the records");
    sg_buf_clear(&key);
    return rc;
}

int
sg_input_model(const sg_input *input, int64_t number, sg_build_frame *frame, segml_error *err)
{
    sg_index_group entry;
    int rc = find_entry(input, number, &entry, err);

    if (rc == SEGML_OK)
        rc = make_frame(input, &entry.place, frame, err);
    return name_failure(input, rc, err);
}

int
sg_input_member(const sg_input *input, const char *path, sg_build_frame *frame, segml_error *err)
{
    sg_place place;
    int rc = read_place(input, path, &place, err);

    if (rc == SEGML_OK)
        rc = make_frame(input, &place, frame, err);
    return name_failure(input, rc, err);
}

/* Where a member of a kind is; place->packed is 0 for the model of a group that has none. */
static int
find_place(const sg_input *input, int kind, int64_t number, sg_place *place, segml_error *err)
{
    static const char *const paths[] = {[SG_CATALOG_GLOBAL] = SG_MEMBER_GLOBAL,
                                        [SG_CATALOG_UNSEEN] = SG_MEMBER_UNSEEN,
                                        [SG_CATALOG_HISTORY] = SG_MEMBER_HISTORY,
                                        [SG_CATALOG_TRAINING] = SG_MEMBER_TRAINING};
    sg_index_group entry;
    int rc;

    if (kind != SG_CATALOG_MODEL)
        return read_place(input, paths[kind], place, err);
    rc = find_entry(input, number, &entry, err);
    if (rc == SEGML_OK)
        *place = entry.place;
    return rc;
}

int
sg_input_read(const sg_input *input, int kind, int64_t number, sg_buf *content, segml_error *err)
{
    unsigned char digest[SG_DIGEST_BYTES];
    sg_place place;
    int rc = find_place(input, kind, number, &place, err);

    if (rc == SEGML_OK)
        rc = sg_artifact_read(content, input->bytes, input->size, &place, err);
    if (rc == SEGML_OK) {
        sg_artifact_digest(digest, content->bytes, content->size);
        if (memcmp(digest, sg_catalog_digest(&input->catalog, kind, number), sizeof digest) != 0)
            rc = sg_fail(err, SEGML_E_FORMAT, "a member's digest is not that of the manifest");
    }
    return name_failure(input, rc, err);
}

int
sg_input_packing(const sg_input *input, int kind, int64_t number, unsigned char *digest,
                 segml_error *err)
{
    sg_place place;
    int rc = find_place(input, kind, number, &place, err);

    if (rc == SEGML_OK)
        memcpy(digest, place.digest, SG_DIGEST_BYTES);
    return name_failure(input, rc, err);
}

void
sg_input_close(sg_input *input)
{
    sg_catalog_clear(&input->catalog);
    sg_index_close(&input->index);
    sg_buf_clear(&input->owned);
    sg_map_close(&input->map);
    *input = (sg_input){.has_index = 0};
}
