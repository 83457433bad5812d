/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening an artifact: two scans over its members.
 *
 * R1  The first scan ends when both manifests were seen, wherever they are; in a file
 *     of this library that is after three members. The second takes the models.
 * R2  A model's digest is compared with its manifest's before it is parsed, and the
 *     forest's shape with the task and features afterwards: prediction needs no checks.
 * R3  Every model that the manifests promise is there, and under global/ and groups/
 *     there is nothing else. So is the history, if it is promised, with its digest; it is
 *     not parsed. Other members are for people and are ignored.
 *
 * All models are loaded at once. Loading them on first use waits for the index that
 * tells where each one is; see doc/decisions/eager-loading.md.
 */

#include "model/load.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/key.h"
#include "pack/artifact.h"
#include "pack/build.h"

typedef struct loader {
    segml_model *model;
    sg_buf json;
    sg_buf lines;
    int has_json;
    int has_lines;
    sg_lookup paths; /* hash of a child's path -> index of its group */
    sg_buf path;     /* room for one path */
    int has_history;
} loader;

static int
take_manifest(void *user, const sg_member *member, segml_error *err)
{
    loader *l = user;
    int rc = SEGML_OK;

    if (strcmp(member->path, SG_MEMBER_MANIFEST) == 0) {
        l->has_json = 1;
        rc = sg_buf_append(&l->json, member->content, member->size, err);
    } else if (strcmp(member->path, SG_MEMBER_GROUPS) == 0) {
        l->has_lines = 1;
        rc = sg_buf_append(&l->lines, member->content, member->size, err);
    }
    return rc < 0 ? rc : l->has_json && l->has_lines;
}

static int
read_manifests(loader *l, int64_t max_bytes, segml_error *err)
{
    segml_model *model = l->model;
    int rc = sg_artifact_scan(model->bytes, model->size, max_bytes, take_manifest, l, err);

    if (rc < 0)
        return rc;
    if (!l->has_json || !l->has_lines)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing: not an artifact of libsegml",
                       l->has_json ? SG_MEMBER_GROUPS : SG_MEMBER_MANIFEST);
    rc = sg_manifest_read(&model->manifest, l->json.bytes, l->json.size, l->lines.bytes,
                          l->lines.size, err);
    sg_buf_clear(&l->lines);
    sg_buf_clear(&l->json);
    return rc;
}

static int
index_groups(segml_model *model, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    int rc = sg_lookup_make(&model->groups, m->group_count, err);

    for (int64_t i = 0; i < m->group_count && rc == SEGML_OK; i++) {
        sg_hash128 hash;

        rc = sg_key_hash(&hash, m->groups[i].keys, m->key_count, err);
        if (rc == SEGML_OK)
            rc = sg_lookup_add(&model->groups, hash.low, i, err);
        model->groups_trained += m->groups[i].status == SEGML_GROUP_TRAINED;
        model->groups_failed += m->groups[i].status == SEGML_GROUP_FAILED;
        model->rows += m->groups[i].rows;
    }
    return rc;
}

static int
index_dictionaries(segml_model *model, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    int rc = SEGML_OK;

    model->dictionaries = sg_alloc_zeroed(m->feature_count, sizeof *model->dictionaries);
    if (model->dictionaries == NULL)
        return sg_fail_nomem(err);
    for (int64_t f = 0; f < m->feature_count; f++) {
        const sg_manifest_feature *feature = &m->features[f];

        if (!feature->has_dictionary)
            continue;
        rc = sg_lookup_make(&model->dictionaries[f], feature->value_count, err);
        for (int64_t code = 0; code < feature->value_count && rc == SEGML_OK; code++) {
            const char *text = feature->values[code];

            rc = sg_lookup_add(&model->dictionaries[f], sg_hash_64(text, strlen(text)), code, err);
        }
        if (rc < 0)
            return rc;
    }
    return rc;
}

static int
index_codes(segml_model *model, segml_error *err)
{
    const sg_manifest *m = &model->manifest;

    if (!m->keys_as_features)
        return SEGML_OK;
    model->codes = sg_alloc_array(m->group_count * m->key_count, sizeof *model->codes);
    if (model->codes == NULL)
        return sg_fail_nomem(err);
    return sg_manifest_key_codes(m, model->codes, err);
}

/* The path of a group's model, in l->path until the next call. */
static int
make_path(loader *l, int64_t group, segml_error *err)
{
    const sg_manifest *m = &l->model->manifest;

    l->path.size = 0;
    return sg_build_group_path(&l->path, m->groups[group].keys, m->key_count, err);
}

static int
index_paths(loader *l, segml_error *err)
{
    const sg_manifest *m = &l->model->manifest;
    int rc = sg_lookup_make(&l->paths, m->group_count, err);

    for (int64_t i = 0; i < m->group_count && rc == SEGML_OK; i++) {
        if (!m->groups[i].has_model)
            continue;
        rc = make_path(l, i, err);
        if (rc == SEGML_OK)
            rc = sg_lookup_add(&l->paths, sg_hash_64(l->path.bytes, l->path.size), i, err);
    }
    return rc;
}

/* Finds the group whose model a path names. @return SEGML_OK, *group -1 if none */
static int
find_group(loader *l, const char *path, int64_t *group, segml_error *err)
{
    uint64_t hash = sg_hash_64(path, strlen(path));
    size_t probe = 0;
    int rc = SEGML_OK;

    while ((*group = sg_lookup_next(&l->paths, hash, &probe)) >= 0) {
        rc = make_path(l, *group, err);
        if (rc < 0 || strcmp((const char *)l->path.bytes, path) == 0)
            break;
    }
    return rc;
}

static sg_objective
objective_of(int32_t task)
{
    switch (task) {
    case SEGML_TASK_BINARY:
        return SG_OBJECTIVE_LOGISTIC;
    case SEGML_TASK_MULTICLASS:
        return SG_OBJECTIVE_SOFTPROB;
    case SEGML_TASK_POISSON:
        return SG_OBJECTIVE_EXP;
    default:
        return SG_OBJECTIVE_IDENTITY;
    }
}

/* What the manifests say of a model. */
typedef struct expected {
    const unsigned char *digest;
    int64_t features;
    int32_t rounds;
} expected;

static int
check_forest(const segml_model *model, const sg_forest *forest, const expected *want,
             const char *path, segml_error *err)
{
    const sg_manifest *m = &model->manifest;

    if (sg_forest_objective(forest) != model->objective)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its objective is not %s", path,
                       sg_manifest_objective(m->task));
    if (sg_forest_outputs(forest) != model->outputs)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %d outputs instead of %d", path,
                       (int)sg_forest_outputs(forest), (int)model->outputs);
    if (sg_forest_features(forest) != want->features)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %lld features instead of %lld", path,
                       (long long)sg_forest_features(forest), (long long)want->features);
    if (sg_forest_rounds(forest) != want->rounds)
        return sg_fail(err, SEGML_E_FORMAT, "%s: %d rounds instead of %d", path,
                       (int)sg_forest_rounds(forest), (int)want->rounds);
    return SEGML_OK;
}

static int
load_forest(const segml_model *model, sg_forest **out, const sg_member *member,
            const expected *want, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    int rc;

    if (memcmp(member->digest, want->digest, SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    rc = sg_forest_load(out, member->content, member->size, &inner);
    if (rc < 0)
        return sg_fail(err, rc, "%s: %s", member->path, inner.message);
    return check_forest(model, *out, want, member->path, err);
}

static int
take_history(loader *l, const sg_member *member, segml_error *err)
{
    l->has_history = 1;
    if (memcmp(member->digest, l->model->manifest.history_digest, SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    return SEGML_OK;
}

static int
take_model(void *user, const sg_member *member, segml_error *err)
{
    loader *l = user;
    segml_model *model = l->model;
    const sg_manifest *m = &model->manifest;
    expected want = {m->global.digest, m->feature_count, m->global.rounds};
    int64_t group = -1;
    int rc;

    if (m->has_history && strcmp(member->path, SG_MEMBER_HISTORY) == 0)
        return take_history(l, member, err);
    if (strncmp(member->path, "global/", 7) != 0 && strncmp(member->path, "groups/", 7) != 0)
        return SEGML_OK;
    if (m->has_global && strcmp(member->path, SG_MEMBER_GLOBAL) == 0) {
        want.features += m->keys_as_features ? m->key_count : 0;
        return load_forest(model, &model->global, member, &want, err);
    }
    if (m->has_unseen && strcmp(member->path, SG_MEMBER_UNSEEN) == 0) {
        want.digest = m->unseen_digest;
        want.rounds = m->unseen_rounds;
        return load_forest(model, &model->unseen, member, &want, err);
    }
    rc = find_group(l, member->path, &group, err);
    if (rc < 0)
        return rc;
    if (group < 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: the manifests do not know this member",
                       member->path);
    want.digest = m->groups[group].digest;
    want.rounds = m->groups[group].rounds;
    return load_forest(model, &model->children[group], member, &want, err);
}

/* R3, the other way round. */
static int
check_complete(const loader *l, segml_error *err)
{
    const segml_model *model = l->model;
    const sg_manifest *m = &model->manifest;
    char key[128];

    if (m->has_global && model->global == NULL)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_GLOBAL);
    if (m->has_unseen && model->unseen == NULL)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_UNSEEN);
    if (m->has_history && !l->has_history)
        return sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_HISTORY);
    for (int64_t i = 0; i < m->group_count; i++) {
        if (m->groups[i].has_model && model->children[i] == NULL) {
            sg_key_display(key, sizeof key, m->groups[i].keys, m->key_count);
            return sg_fail(err, SEGML_E_FORMAT, "the model of group %s is missing", key);
        }
    }
    return SEGML_OK;
}

static int
prepare(loader *l, segml_error *err)
{
    segml_model *model = l->model;
    int rc;

    model->objective = objective_of(model->manifest.task);
    model->outputs = (int32_t)sg_manifest_outputs(&model->manifest);
    model->children = sg_alloc_zeroed(model->manifest.group_count, sizeof(sg_forest *));
    rc = model->children != NULL ? index_groups(model, err) : sg_fail_nomem(err);
    if (rc == SEGML_OK)
        rc = index_dictionaries(model, err);
    if (rc == SEGML_OK)
        rc = index_codes(model, err);
    return rc == SEGML_OK ? index_paths(l, err) : rc;
}

int
sg_load_model(segml_model *model, int64_t max_bytes, segml_error *err)
{
    loader l = {.model = model};
    int rc = read_manifests(&l, max_bytes, err);

    if (rc == SEGML_OK)
        rc = prepare(&l, err);
    if (rc == SEGML_OK)
        rc = sg_artifact_scan(model->bytes, model->size, max_bytes, take_model, &l, err);
    if (rc == SEGML_OK)
        rc = check_complete(&l, err);
    sg_lookup_clear(&l.paths);
    sg_buf_clear(&l.path);
    sg_buf_clear(&l.lines);
    sg_buf_clear(&l.json);
    return rc;
}
