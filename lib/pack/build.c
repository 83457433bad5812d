/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Building an artifact.
 *
 * The manifests come first in the file, so that a reader that streams it knows what to
 * expect of every model after them; the models follow in the order of the groups, and the
 * history, which serving never reads, is last. The manifests state the digests of all that
 * follows them, and the index states the digest of everything.
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
    "global/model.ubj         the model of all groups, if there is one\n"
    "global/unseen.ubj        the model for groups that training did not see, if there is one\n"
    "groups/<key>/model.ubj   the model of one group; in a key, bytes outside A-Z a-z 0-9 _ -\n"
    "                         are %XX, NULL is %N, columns are joined by commas\n"
    "history.jsonl            one line per group as in groups.jsonl, then the global model's:\n"
    "                         how the search went, correlations; optional\n"
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

int
sg_build_group_path(sg_buf *out, const segml_key *keys, int64_t key_count, segml_error *err)
{
    int rc = sg_buf_append(out, "groups/", 7, err);

    if (rc == SEGML_OK)
        rc = sg_key_path(out, keys, key_count, err);
    if (rc == SEGML_OK)
        rc = sg_buf_append(out, "/model.ubj", 10, err);
    return rc == SEGML_OK ? sg_buf_terminate(out, err) : rc;
}

int
sg_build_parent_path(sg_buf *out, const segml_key *keys, int64_t columns, segml_error *err)
{
    int rc = sg_buf_append(out, "parents/", 8, err);

    if (rc == SEGML_OK)
        rc = sg_key_path(out, keys, columns, err);
    if (rc == SEGML_OK)
        rc = sg_buf_append(out, "/model.ubj", 10, err);
    return rc == SEGML_OK ? sg_buf_terminate(out, err) : rc;
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

static int
is_there(const sg_packed *packed)
{
    return packed != NULL && packed->frame.size > 0;
}

/* Notes whether a member is there, and its digest. */
static void
note(int32_t *has, unsigned char digest[SG_DIGEST_BYTES], const sg_packed *packed)
{
    *has = is_there(packed);
    if (*has)
        memcpy(digest, packed->digest, SG_DIGEST_BYTES);
}

/* Tells the manifest what the members are. */
static void
fill_manifest(sg_manifest *manifest, const sg_build_members *members)
{
    note(&manifest->global.has_model, manifest->global.digest, members->global);
    manifest->has_global = manifest->global.has_model;
    note(&manifest->has_unseen, manifest->unseen_digest, members->unseen);
    note(&manifest->has_history, manifest->history_digest, members->history);
    for (int64_t k = 0; k < manifest->key_count; k++)
        manifest->keys[k].null_seen = 0;
    for (int64_t i = 0; i < manifest->group_count; i++) {
        sg_manifest_record *group = &manifest->groups[i];

        note(&group->has_model, group->digest,
             members->groups != NULL ? &members->groups[i] : NULL);
        for (int64_t k = 0; k < manifest->key_count; k++)
            manifest->keys[k].null_seen |= group->keys[k].type == SEGML_KEY_NULL;
    }
}

static int
pack_manifests(sg_packed head[3], const sg_manifest *manifest, segml_error *err)
{
    sg_buf json = {0}, lines = {0};
    int rc = sg_manifest_write_groups(&lines, manifest, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_write(&json, manifest, &lines, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(&head[0], SG_MEMBER_README, readme, sizeof readme - 1, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(&head[1], SG_MEMBER_MANIFEST, json.bytes, json.size, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(&head[2], SG_MEMBER_GROUPS, lines.bytes, lines.size, err);
    sg_buf_clear(&lines);
    sg_buf_clear(&json);
    return rc;
}

int
sg_build_artifact(sg_buf *out, sg_manifest *manifest, const sg_build_members *members,
                  segml_error *err)
{
    const sg_packed **order = NULL;
    sg_packed head[3] = {0};
    int64_t count = 0;
    int rc;

    fill_manifest(manifest, members);
    rc = pack_manifests(head, manifest, err);
    if (rc < 0)
        goto out;
    order = sg_alloc_array(manifest->group_count + 6, sizeof *order);
    if (order == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int i = 0; i < 3; i++)
        order[count++] = &head[i];
    if (manifest->has_global)
        order[count++] = members->global;
    if (manifest->has_unseen)
        order[count++] = members->unseen;
    for (int64_t i = 0; i < manifest->group_count; i++) {
        if (manifest->groups[i].has_model)
            order[count++] = &members->groups[i];
    }
    if (manifest->has_history)
        order[count++] = members->history;
    rc = sg_artifact_assemble(out, order, count, err);
out:
    sg_free(order);
    for (int i = 0; i < 3; i++)
        sg_packed_clear(&head[i]);
    return rc;
}
