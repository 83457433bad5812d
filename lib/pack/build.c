/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Building an artifact.
 *
 * The manifests come first in the file, so that a reader that streams it knows what to
 * expect of every model after them; the models follow in the order of the records, and what
 * serving never reads, history and training, is last. The manifests state the digests of all
 * that follows them, and the index states the digest of everything.
 *
 * So the records with their digests must be complete before the first byte is written, while the
 * models' bytes may come one by one: an artifact that is made of others is never in memory as a
 * whole. sg_build_artifact() is the same for models that are all at hand.
 */

#include "pack/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/key.h"

static const char readme[] =
    "This is an artifact of libsegml: XGBoost models, one per group of rows, in one file.\n"
    "\n"
    "It is a plain tar, compressed by zstd. To look inside:\n"
    "\n"
    "    tar --zstd -tf model.segml\n"
    "    tar --zstd -xf model.segml\n"
    "\n"
    "segml.json               what the models predict, features, key columns, options\n"
    "groups.jsonl             one line per group: key, status, parameters, metrics\n"
    "parents.jsonl            the same for parents, groups that share their first key columns;\n"
    "                         optional\n"
    "global/model.ubj         the model of all groups, if there is one\n"
    "global/unseen.ubj        the model for groups that training did not see, if there is one\n"
    "parents/<key>/model.ubj  the model of one parent\n"
    "groups/<key>/model.ubj   the model of one group; in a key, bytes outside A-Z a-z 0-9 _ -\n"
    "                         are %XX, NULL is %N, columns are joined by commas\n"
    "history.jsonl            one line per group as in groups.jsonl, then the global model's:\n"
    "                         how the search went, correlations; optional\n"
    "training.bin             what libsegml needs to train parts of it again; optional\n"
    "\n"
    "Every .ubj is a stock XGBoost model and loads without libsegml. In Python:\n"
    "\n"
    "    import xgboost\n"
    "    booster = xgboost.Booster(model_file=\"groups/4711/model.ubj\")\n"
    "    booster.predict(xgboost.DMatrix(rows))\n"
    "\n"
    "In C:\n"
    "\n"
    "    BoosterHandle booster;\n"
    "    XGBoosterCreate(NULL, 0, &booster);\n"
    "    XGBoosterLoadModel(booster, \"groups/4711/model.ubj\");\n"
    "\n"
    "A row's features stand in the order of \"features\" in segml.json; a categorical feature\n"
    "is the position of its text among \"values\", NaN where there is none. Where\n"
    "\"keys_as_features\" is true, global/model.ubj takes one more categorical feature per key\n"
    "column: the position of the group's value among the column's distinct values in\n"
    "groups.jsonl, in order, null first.\n";

static int
append_path(sg_buf *out, const char *folder, const segml_key *keys, int64_t columns,
            segml_error *err)
{
    int rc = sg_buf_append(out, folder, strlen(folder), err);

    if (rc == SEGML_OK)
        rc = sg_key_path(out, keys, columns, err);
    if (rc == SEGML_OK)
        rc = sg_buf_append(out, "/model.ubj", 10, err);
    return rc == SEGML_OK ? sg_buf_terminate(out, err) : rc;
}

int
sg_build_group_path(sg_buf *out, const segml_key *keys, int64_t key_count, segml_error *err)
{
    return append_path(out, "groups/", keys, key_count, err);
}

int
sg_build_parent_path(sg_buf *out, const segml_key *keys, int64_t columns, segml_error *err)
{
    return append_path(out, "parents/", keys, columns, err);
}

int
sg_build_pack_group(sg_packed *packed, const segml_key *keys, int64_t key_count, const void *ubj,
                    size_t size, segml_error *err)
{
    sg_buf path = {0};
    int rc = sg_build_group_path(&path, keys, key_count, err);

    if (rc == SEGML_OK)
        rc = sg_packed_make(packed, (const char *)path.bytes, ubj, size, err);
    sg_buf_clear(&path);
    return rc;
}

int
sg_build_pack_parent(sg_packed *packed, const segml_key *keys, int64_t columns, const void *ubj,
                     size_t size, segml_error *err)
{
    sg_buf path = {0};
    int rc = sg_build_parent_path(&path, keys, columns, err);

    if (rc == SEGML_OK)
        rc = sg_packed_make(packed, (const char *)path.bytes, ubj, size, err);
    sg_buf_clear(&path);
    return rc;
}

/* Counts of groups and parents, and which key columns hold NULL. */
static int
settle_counts(sg_manifest *m, segml_error *err)
{
    m->trained = m->failed = m->references = m->rows = m->parents_trained = 0;
    for (int64_t p = 0; p < m->parent_count; p++)
        m->parents_trained += m->parents[p].status == SEGML_GROUP_TRAINED;
    for (int64_t k = 0; k < m->key_count; k++)
        m->keys[k].null_seen = 0;
    for (int64_t g = 0; g < m->group_count; g++) {
        const sg_manifest_record *group = &m->groups[g];

        m->trained += group->status == SEGML_GROUP_TRAINED;
        m->failed += group->status == SEGML_GROUP_FAILED;
        m->references += group->status == SEGML_GROUP_REFERENCE;
        if (group->rows > INT64_MAX - m->rows)
            return sg_fail(err, SEGML_E_LIMIT, "all groups together have more than 2^63 rows");
        m->rows += group->rows;
        for (int64_t k = 0; k < m->key_count; k++)
            m->keys[k].null_seen |= group->keys[k].type == SEGML_KEY_NULL;
    }
    return SEGML_OK;
}

static sg_build_frame
frame_of(const sg_packed *packed)
{
    return (sg_build_frame){packed->frame.bytes, packed->frame.size, packed->size};
}

static int
put_new(sg_build *build, const char *path, const sg_buf *content, segml_error *err)
{
    sg_packed packed = {0};
    sg_build_frame frame;
    int rc = sg_packed_make(&packed, path, content->bytes, content->size, err);

    frame = frame_of(&packed);
    if (rc == SEGML_OK)
        rc = sg_build_put_member(build, path, &frame, err);
    sg_packed_clear(&packed);
    return rc;
}

static int
put_manifests(sg_build *build, sg_manifest *m, segml_error *err)
{
    sg_buf json = {0}, groups = {0}, parents = {0}, about = {0};
    int rc = sg_manifest_write_groups(&groups, m, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_write_parents(&parents, m, err);
    m->has_parents = m->parent_count > 0;
    sg_artifact_digest(m->groups_digest, groups.bytes, groups.size);
    sg_artifact_digest(m->parents_digest, parents.bytes, parents.size);
    if (rc == SEGML_OK)
        rc = sg_manifest_write(&json, m, err);
    if (rc == SEGML_OK)
        rc = sg_buf_append(&about, readme, sizeof readme - 1, err);
    if (rc == SEGML_OK)
        rc = put_new(build, SG_MEMBER_README, &about, err);
    if (rc == SEGML_OK)
        rc = put_new(build, SG_MEMBER_MANIFEST, &json, err);
    if (rc == SEGML_OK)
        rc = put_new(build, SG_MEMBER_GROUPS, &groups, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = put_new(build, SG_MEMBER_PARENTS, &parents, err);
    sg_buf_clear(&about);
    sg_buf_clear(&parents);
    sg_buf_clear(&groups);
    sg_buf_clear(&json);
    return rc;
}

int
sg_build_begin(sg_build *build, sg_manifest *manifest, sg_artifact_sink sink, void *user,
               segml_error *err)
{
    int rc;

    build->writer = (sg_artifact_writer){.sink = sink, .user = user};
    build->manifest = manifest;
    build->groups = sg_alloc_zeroed(manifest->group_count, sizeof *build->groups);
    build->parents = sg_alloc_zeroed(manifest->parent_count, sizeof *build->parents);
    if (build->groups == NULL || build->parents == NULL)
        return sg_fail_nomem(err);
    rc = settle_counts(manifest, err);
    return rc == SEGML_OK ? put_manifests(build, manifest, err) : rc;
}

int
sg_build_put_member(sg_build *build, const char *path, const sg_build_frame *frame,
                    segml_error *err)
{
    sg_index_member *member = &build->members[build->member_count];

    if (build->member_count == SG_BUILD_MEMBERS_MAX)
        return sg_fail(err, SEGML_E_INTERNAL, "%s is one member too many", path);
    build->member_count++;
    member->path = path;
    return sg_artifact_put(&build->writer, frame->bytes, frame->packed, frame->size, &member->place,
                           err);
}

int
sg_build_put_group(sg_build *build, int64_t group, const sg_build_frame *frame, segml_error *err)
{
    return sg_artifact_put(&build->writer, frame->bytes, frame->packed, frame->size,
                           &build->groups[group], err);
}

int
sg_build_put_parent(sg_build *build, int64_t parent, const sg_build_frame *frame, segml_error *err)
{
    return sg_artifact_put(&build->writer, frame->bytes, frame->packed, frame->size,
                           &build->parents[parent], err);
}

static int
has_member(const sg_build *build, const char *path)
{
    int found = 0;

    for (int64_t i = 0; i < build->member_count && !found; i++)
        found = strcmp(build->members[i].path, path) == 0;
    return found;
}

static int
fit_models(const sg_place *places, const sg_manifest_record *records, int64_t count)
{
    int fit = 1;

    for (int64_t i = 0; i < count && fit; i++)
        fit = (places[i].packed > 0) == (records[i].has_model != 0);
    return fit;
}

/* Whether what was put is what the manifest promises. */
static int
is_complete(const sg_build *build)
{
    const sg_manifest *m = build->manifest;

    return has_member(build, SG_MEMBER_GLOBAL) == (m->has_global != 0) &&
           has_member(build, SG_MEMBER_UNSEEN) == (m->has_unseen != 0) &&
           has_member(build, SG_MEMBER_HISTORY) == (m->has_history != 0) &&
           has_member(build, SG_MEMBER_TRAINING) == (m->has_training != 0) &&
           fit_models(build->groups, m->groups, m->group_count) &&
           fit_models(build->parents, m->parents, m->parent_count);
}

int
sg_build_end(sg_build *build, segml_error *err)
{
    sg_index_input input = {.manifest = build->manifest,
                            .members = build->members,
                            .member_count = build->member_count,
                            .groups = build->groups,
                            .parents = build->parents};

    if (!is_complete(build))
        return sg_fail(err, SEGML_E_INTERNAL, "the members are not those of the manifest");
    return sg_artifact_end(&build->writer, &input, err);
}

void
sg_build_clear(sg_build *build)
{
    sg_free(build->parents);
    sg_free(build->groups);
    memset(build, 0, sizeof *build);
}

/* Notes whether a member is there, and its digest. */
static void
note(int32_t *has, unsigned char digest[SG_DIGEST_BYTES], const sg_packed *packed)
{
    *has = packed != NULL && packed->frame.size > 0;
    if (*has)
        memcpy(digest, packed->digest, SG_DIGEST_BYTES);
}

static void
note_models(sg_manifest_record *records, int64_t count, const sg_packed *packed)
{
    for (int64_t i = 0; i < count; i++)
        note(&records[i].has_model, records[i].digest, packed != NULL ? &packed[i] : NULL);
}

/* Tells the manifest what the members are. */
static void
note_members(sg_manifest *m, const sg_build_members *members)
{
    note(&m->global.has_model, m->global.digest, members->global);
    m->has_global = m->global.has_model;
    note(&m->has_unseen, m->unseen_digest, members->unseen);
    note(&m->has_history, m->history_digest, members->history);
    note(&m->has_training, m->training_digest, members->training);
    note_models(m->groups, m->group_count, members->groups);
    note_models(m->parents, m->parent_count, members->parents);
}

static int
put_packed(sg_build *build, int has, const char *path, const sg_packed *packed, segml_error *err)
{
    sg_build_frame frame;

    if (!has)
        return SEGML_OK;
    frame = frame_of(packed);
    return sg_build_put_member(build, path, &frame, err);
}

static int
put_models(sg_build *build, const sg_build_members *members, segml_error *err)
{
    const sg_manifest *m = build->manifest;
    int rc = SEGML_OK;

    for (int64_t p = 0; p < m->parent_count && rc == SEGML_OK; p++) {
        if (m->parents[p].has_model) {
            sg_build_frame frame = frame_of(&members->parents[p]);

            rc = sg_build_put_parent(build, p, &frame, err);
        }
    }
    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++) {
        if (m->groups[g].has_model) {
            sg_build_frame frame = frame_of(&members->groups[g]);

            rc = sg_build_put_group(build, g, &frame, err);
        }
    }
    return rc;
}

int
sg_build_artifact(sg_buf *out, sg_manifest *manifest, const sg_build_members *members,
                  segml_error *err)
{
    sg_build build = {.manifest = NULL};
    int rc;

    note_members(manifest, members);
    rc = sg_build_begin(&build, manifest, sg_artifact_to_buf, out, err);
    if (rc == SEGML_OK)
        rc = put_packed(&build, manifest->has_global, SG_MEMBER_GLOBAL, members->global, err);
    if (rc == SEGML_OK)
        rc = put_packed(&build, manifest->has_unseen, SG_MEMBER_UNSEEN, members->unseen, err);
    if (rc == SEGML_OK)
        rc = put_models(&build, members, err);
    if (rc == SEGML_OK)
        rc = put_packed(&build, manifest->has_history, SG_MEMBER_HISTORY, members->history, err);
    if (rc == SEGML_OK)
        rc = put_packed(&build, manifest->has_training, SG_MEMBER_TRAINING, members->training, err);
    if (rc == SEGML_OK)
        rc = sg_build_end(&build, err);
    sg_build_clear(&build);
    return rc;
}
