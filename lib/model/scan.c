/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening without index: two scans over the members.
 *
 * R1  The first scan takes the manifests, which may be anywhere. From them an index is made in
 *     memory, so that routing is the same as with one.
 * R2  The second takes the models. Each one's digest is compared with its record's before it is
 *     parsed, its shape afterwards.
 * R3  Every model that the manifests promise is there, and under global/, parents/ and groups/
 *     there is nothing else. So is the history, if it is promised, and what further training
 *     needs, with their digests; they are not parsed. Other members are for people.
 *
 * All models are loaded and stay: in such a file one frame may hold everything, and none of them
 * could be read again alone. A budget is not heeded.
 */

#include "model/scan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/load.h"
#include "model/shape.h"
#include "pack/artifact.h"
#include "pack/build.h"

/* Members that segml.json promises and that are no models. */
enum { HISTORY, TRAINING, PROMISES };

typedef struct scanner {
    segml_model *model;
    sg_records *records; /* of the model */
    sg_buf json, groups, parents;
    int has_json, has_groups, has_parents;
    sg_lookup paths; /* hash of a model's path -> its slot */
    sg_buf path;     /* room for one path */
    int kept[PROMISES];
} scanner;

static int
keep(sg_buf *to, int *has, const sg_member *member, segml_error *err)
{
    *has = 1;
    return sg_buf_append(to, member->content, member->size, err);
}

static int
take_manifest(void *user, const sg_member *member, segml_error *err)
{
    scanner *s = user;

    if (strcmp(member->path, SG_MEMBER_MANIFEST) == 0)
        return keep(&s->json, &s->has_json, member, err);
    if (strcmp(member->path, SG_MEMBER_GROUPS) == 0)
        return keep(&s->groups, &s->has_groups, member, err);
    if (strcmp(member->path, SG_MEMBER_PARENTS) == 0)
        return keep(&s->parents, &s->has_parents, member, err);
    return 0;
}

static int
parse_manifests(scanner *s, segml_error *err)
{
    sg_manifest *m = &s->model->manifest;
    int rc;

    if (!s->has_json || !s->has_groups)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing: not an artifact of libsegml",
                       s->has_json ? SG_MEMBER_GROUPS : SG_MEMBER_MANIFEST);
    rc = sg_manifest_read(m, s->json.bytes, s->json.size, err);
    if (rc == SEGML_OK && m->has_parents && !s->has_parents)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_PARENTS);
    if (rc == SEGML_OK)
        rc = sg_manifest_read_groups(&s->records->groups, m, s->groups.bytes, s->groups.size, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = sg_manifest_read_parents(&s->records->parents, m, s->parents.bytes, s->parents.size,
                                      err);
    return rc;
}

/* R1 */
static int
make_index(scanner *s, segml_error *err)
{
    sg_source *source = &s->model->source;
    sg_manifest whole = s->model->manifest;
    const sg_index_input input = {.manifest = &whole};
    int rc;

    whole.groups = s->records->groups.records;
    whole.parents = s->records->parents.records;
    rc = sg_index_write(&source->frame, &input, err);
    return rc == SEGML_OK
               ? sg_index_open_frame(&source->index, source->frame.bytes, source->frame.size, err)
               : rc;
}

int
sg_scan_manifests(segml_model *model, segml_error *err)
{
    scanner s = {.model = model, .records = sg_alloc_zeroed(1, sizeof *s.records)};
    const sg_source *source = &model->source;
    uint64_t offset;
    int rc;

    if (s.records == NULL)
        return sg_fail_nomem(err);
    atomic_store(&model->records, s.records); /* released with the model */
    rc = sg_artifact_scan(source->bytes, source->size, model->opening.max_bytes, take_manifest, &s,
                          err);
    if (rc == SEGML_OK && sg_artifact_find_index(source->bytes, source->size, &offset))
        rc = sg_fail(err, SEGML_E_FORMAT, "the end of the index is damaged");
    if (rc == SEGML_OK)
        rc = parse_manifests(&s, err);
    if (rc == SEGML_OK)
        rc = make_index(&s, err);
    sg_buf_clear(&s.json);
    sg_buf_clear(&s.groups);
    sg_buf_clear(&s.parents);
    return rc;
}

static const sg_manifest_record *
record_of(const scanner *s, int64_t slot)
{
    int64_t groups = s->records->groups.count;

    return slot < groups ? &s->records->groups.records[slot]
                         : &s->records->parents.records[slot - groups];
}

/* The path of a slot's model, in s->path until the next call. */
static int
make_path(scanner *s, int64_t slot, segml_error *err)
{
    const sg_manifest_record *record = record_of(s, slot);

    s->path.size = 0;
    return slot < s->records->groups.count
               ? sg_build_group_path(&s->path, record->keys, record->columns, err)
               : sg_build_parent_path(&s->path, record->keys, record->columns, err);
}

static int
index_paths(scanner *s, segml_error *err)
{
    int64_t count = sg_model_slot_global(s->model);
    int rc = sg_lookup_make(&s->paths, count, err);

    for (int64_t slot = 0; slot < count && rc == SEGML_OK; slot++) {
        if (!record_of(s, slot)->has_model)
            continue;
        rc = make_path(s, slot, err);
        if (rc == SEGML_OK)
            rc = sg_lookup_add(&s->paths, sg_hash_64(s->path.bytes, s->path.size), slot, err);
    }
    return rc;
}

/* Finds the slot that a path names. @return SEGML_OK, *slot -1 if none */
static int
find_slot(scanner *s, const char *path, int64_t *slot, segml_error *err)
{
    uint64_t hash = sg_hash_64(path, strlen(path));
    size_t probe = 0;
    int rc = SEGML_OK;

    while ((*slot = sg_lookup_next(&s->paths, hash, &probe)) >= 0) {
        rc = make_path(s, *slot, err);
        if (rc < 0 || strcmp((const char *)s->path.bytes, path) == 0)
            break;
    }
    return rc;
}

static int
check_digest(const sg_member *member, const unsigned char *digest, segml_error *err)
{
    if (memcmp(member->digest, digest, SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    return SEGML_OK;
}

static int
take_forest(scanner *s, const sg_member *member, int64_t slot, const unsigned char *digest,
            int32_t rounds, segml_error *err)
{
    segml_model *model = s->model;
    sg_shape shape = sg_shape_of(model, slot, rounds);
    sg_forest *forest = NULL;
    sg_resident *child;
    int rc = check_digest(member, digest, err);

    if (rc == SEGML_OK)
        rc = sg_shape_load(&forest, &shape, member->path, member->content, member->size, err);
    if (rc < 0)
        return rc;
    child = sg_resident_make(forest);
    if (child == NULL)
        return sg_fail_nomem(err);
    sg_resident_release(sg_children_put(&model->children, slot, child));
    return SEGML_OK;
}

static int
take_promised(scanner *s, const sg_member *member, int which, const unsigned char *digest,
              segml_error *err)
{
    s->kept[which] = 1;
    return check_digest(member, digest, err);
}

static int
is_model_folder(const char *path)
{
    return strncmp(path, "global/", 7) == 0 || strncmp(path, "groups/", 7) == 0 ||
           strncmp(path, "parents/", 8) == 0;
}

static int
take_model(void *user, const sg_member *member, segml_error *err)
{
    scanner *s = user;
    const segml_model *model = s->model;
    const sg_manifest *m = &model->manifest;
    const sg_manifest_record *record;
    int64_t slot = -1;
    int rc;

    if (m->has_history && strcmp(member->path, SG_MEMBER_HISTORY) == 0)
        return take_promised(s, member, HISTORY, m->history_digest, err);
    if (m->has_training && strcmp(member->path, SG_MEMBER_TRAINING) == 0)
        return take_promised(s, member, TRAINING, m->training_digest, err);
    if (!is_model_folder(member->path))
        return SEGML_OK;
    if (m->has_global && strcmp(member->path, SG_MEMBER_GLOBAL) == 0)
        return take_forest(s, member, sg_model_slot_global(model), m->global.digest,
                           m->global.rounds, err);
    if (m->has_unseen && strcmp(member->path, SG_MEMBER_UNSEEN) == 0)
        return take_forest(s, member, sg_model_slot_unseen(model), m->unseen_digest,
                           m->unseen_rounds, err);
    rc = find_slot(s, member->path, &slot, err);
    if (rc < 0)
        return rc;
    if (slot < 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: the manifests do not know this member",
                       member->path);
    record = record_of(s, slot);
    return take_forest(s, member, slot, record->digest, record->rounds, err);
}

/* R3, the other way round. */
static int
check_complete(scanner *s, segml_error *err)
{
    segml_model *model = s->model;
    const sg_manifest *m = &model->manifest;
    const struct {
        int promised, there;
        const char *path;
    } others[] = {
        {m->has_global, atomic_load(&model->children.slot[sg_model_slot_global(model)]) != NULL,
         SG_MEMBER_GLOBAL},
        {m->has_unseen, atomic_load(&model->children.slot[sg_model_slot_unseen(model)]) != NULL,
         SG_MEMBER_UNSEEN},
        {m->has_history, s->kept[HISTORY], SG_MEMBER_HISTORY},
        {m->has_training, s->kept[TRAINING], SG_MEMBER_TRAINING},
    };
    int rc;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].promised && !others[i].there)
            return sg_fail(err, SEGML_E_FORMAT, "%s is missing", others[i].path);
    }
    for (int64_t slot = 0; slot < sg_model_slot_global(model); slot++) {
        if (!record_of(s, slot)->has_model || atomic_load(&model->children.slot[slot]) != NULL)
            continue;
        rc = make_path(s, slot, err);
        return rc < 0 ? rc
                      : sg_fail(err, SEGML_E_FORMAT, "%s is missing", (const char *)s->path.bytes);
    }
    return SEGML_OK;
}

int
sg_scan_models(segml_model *model, segml_error *err)
{
    scanner s = {.model = model, .records = atomic_load(&model->records)};
    int rc = index_paths(&s, err);

    if (rc == SEGML_OK)
        rc = sg_artifact_scan(model->source.bytes, model->source.size, model->opening.max_bytes,
                              take_model, &s, err);
    if (rc == SEGML_OK)
        rc = check_complete(&s, err);
    sg_lookup_clear(&s.paths);
    sg_buf_clear(&s.path);
    return rc;
}
