/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Verifying: everything in an artifact is read once, in the order of the file.
 *
 * R1  The whole file is read as a tar, as a stranger would: frames, checksums, entries, the end.
 * R2  Every member that the manifest or a record states a digest of has that digest, every model
 *     loads and is what its record says, the history parses; all that is promised is there, and
 *     nothing that is not known stands among the models.
 * R3  The index is made once more, of what was read, and compared byte by byte. So every digest,
 *     offset, key and slot in it is checked at once, and so is the root digest.
 * R4  Models are freed as soon as they have loaded: memory is that of the records.
 *
 * Opening a model and asking for everything would read the same members, but only where the index
 * says they are: whether the tar says so too, and whether something stands between them, it would
 * not find out.
 */

#include <string.h>

#include "artifact/catalog.h"
#include "base/alloc.h"
#include "base/key.h"
#include "base/map.h"
#include "base/opts.h"
#include "model/shape.h"
#include "pack/build.h"
#include "pack/history.h"
#include "pack/signature.h"
#include "segml/artifact.h"

static const int64_t default_max_bytes = (int64_t)16 << 30;

/* A file under way. */
typedef struct verifying {
    segml_verify_options options;
    segml_verify_info info;
    sg_map map;
    sg_catalog catalog;
    sg_place *places; /* [groups + parents] as the scan finds them */
    sg_arena names;
    sg_index_member *members; /* [count] that are no group's model */
    int64_t count, capacity;
    int seen[SG_CATALOG_TRAINING + 1];
} verifying;

static sg_shape
shape_of(const sg_manifest *m, int kind, const sg_manifest_record *record)
{
    static const sg_objective objectives[] = {[SEGML_TASK_BINARY] = SG_OBJECTIVE_LOGISTIC,
                                              [SEGML_TASK_MULTICLASS] = SG_OBJECTIVE_SOFTPROB,
                                              [SEGML_TASK_REGRESSION] = SG_OBJECTIVE_IDENTITY,
                                              [SEGML_TASK_POISSON] = SG_OBJECTIVE_EXP};
    const int knows_keys = kind == SG_CATALOG_GLOBAL && m->keys_as_features;

    return (sg_shape){.objective = objectives[m->task],
                      .task = m->task,
                      .outputs = (int32_t)sg_manifest_outputs(m),
                      .rounds = record != NULL ? record->rounds : m->unseen_rounds,
                      .features = m->feature_count + (knows_keys ? m->key_count : 0)};
}

static int
check_model(verifying *v, const sg_member *member, int kind, int64_t number, segml_error *err)
{
    const sg_manifest *m = &v->catalog.manifest;
    const sg_manifest_record *record = kind == SG_CATALOG_GLOBAL ? &m->global
                                       : kind == SG_CATALOG_MODEL
                                           ? sg_catalog_record(&v->catalog, number)
                                           : NULL;
    const sg_shape shape = shape_of(m, kind, record);
    sg_forest *forest = NULL;
    int rc = sg_shape_load(&forest, &shape, member->path, member->content, member->size, err);

    v->info.models += rc == SEGML_OK;
    sg_forest_free(forest);
    return rc;
}

static int
check_history(verifying *v, const sg_member *member, segml_error *err)
{
    const sg_manifest *m = &v->catalog.manifest;
    sg_history history = {.count = 0};
    int rc = sg_history_read(&history, member->content, member->size,
                             m->group_count + (m->has_global != 0), m->feature_count, err);

    v->info.has_history = rc == SEGML_OK;
    sg_history_clear(&history);
    return rc;
}

/* Notes a member for the index that is made of them. */
static int
note_member(verifying *v, const sg_member *member, segml_error *err)
{
    char *path = sg_arena_text(&v->names, member->path, strlen(member->path));

    if (path == NULL)
        return sg_fail_nomem(err);
    if (v->count == v->capacity) {
        int64_t capacity = 2 * v->capacity + 16;
        sg_index_member *more = sg_alloc_resize(v->members, capacity, sizeof *more);

        if (more == NULL)
            return sg_fail_nomem(err);
        v->members = more;
        v->capacity = capacity;
    }
    v->members[v->count++] = (sg_index_member){path, member->place};
    return SEGML_OK;
}

static int
verify_member(void *user, const sg_member *member, segml_error *err)
{
    verifying *v = user;
    int64_t number = 0;
    int kind, rc = SEGML_OK;
    const unsigned char *digest;

    if (v->options.cancel != NULL && v->options.cancel(v->options.user) != 0)
        return sg_fail(err, SEGML_E_CANCELLED, "cancelled");
    v->info.members++;
    v->info.unpacked += (int64_t)member->size;
    kind = sg_catalog_find(&v->catalog, member->path, &number, err);
    if (kind < 0)
        return kind;
    digest = sg_catalog_digest(&v->catalog, kind, number);
    if (digest != NULL && memcmp(member->digest, digest, SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    v->seen[kind] = 1;
    if (kind == SG_CATALOG_MODEL)
        v->places[number] = member->place;
    else
        rc = note_member(v, member, err);
    if (rc == SEGML_OK && kind >= SG_CATALOG_GLOBAL && kind <= SG_CATALOG_MODEL)
        rc = check_model(v, member, kind, number, err);
    if (rc == SEGML_OK && kind == SG_CATALOG_HISTORY)
        rc = check_history(v, member, err);
    return rc;
}

static int
check_promises(const verifying *v, int64_t loaded, segml_error *err)
{
    const sg_manifest *m = &v->catalog.manifest;
    const struct {
        const char *path;
        int is_promised, kind;
    } members[] = {{SG_MEMBER_GLOBAL, m->has_global, SG_CATALOG_GLOBAL},
                   {SG_MEMBER_UNSEEN, m->has_unseen, SG_CATALOG_UNSEEN},
                   {SG_MEMBER_HISTORY, m->has_history, SG_CATALOG_HISTORY},
                   {SG_MEMBER_TRAINING, m->has_training, SG_CATALOG_TRAINING}};

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].is_promised && !v->seen[members[i].kind])
            return sg_fail(err, SEGML_E_FORMAT, "%s is missing", members[i].path);
    }
    for (int64_t i = 0; i < m->group_count + m->parent_count; i++)
        loaded -= sg_catalog_record(&v->catalog, i)->has_model;
    if (loaded != m->has_global + m->has_unseen)
        return sg_fail(err, SEGML_E_FORMAT, "models of %lld groups are missing",
                       (long long)(m->has_global + m->has_unseen - loaded));
    return SEGML_OK;
}

/* R3 */
static int
check_made_again(verifying *v, uint64_t offset, segml_error *err)
{
    const sg_manifest *m = &v->catalog.manifest;
    sg_index_input input = {.manifest = m,
                            .members = v->members,
                            .member_count = v->count,
                            .groups = v->places,
                            .parents = v->places + m->group_count,
                            .offset = offset};
    sg_buf frame = {0};
    int rc = sg_index_write(&frame, &input, err);

    if (rc == SEGML_OK && (frame.size != v->map.size - offset ||
                           memcmp(frame.bytes, v->map.bytes + offset, frame.size) != 0))
        rc = sg_fail(err, SEGML_E_FORMAT, "the index is not that of the members");
    sg_buf_clear(&frame);
    return rc;
}

static void
tell_counts(verifying *v)
{
    const sg_manifest *m = &v->catalog.manifest;

    v->info.format = m->format;
    v->info.groups = m->group_count;
    v->info.groups_trained = m->trained;
    v->info.groups_failed = m->failed;
    v->info.parents = m->parent_count;
    v->info.references = m->references;
    v->info.rows = m->rows;
}

static int
verify_members(verifying *v, segml_error *err)
{
    const int64_t max_bytes = v->options.max_bytes > 0 ? v->options.max_bytes : default_max_bytes;
    uint64_t offset = 0;
    int rc = sg_catalog_scan(&v->catalog, v->map.bytes, v->map.size, max_bytes, err);

    if (rc < 0)
        return rc;
    tell_counts(v);
    v->places = sg_alloc_zeroed(v->info.groups + v->info.parents, sizeof *v->places);
    if (v->places == NULL)
        return sg_fail_nomem(err);
    rc = sg_artifact_scan(v->map.bytes, v->map.size, max_bytes, verify_member, v, err);
    if (rc == SEGML_OK)
        rc = check_promises(v, v->info.models, err);
    if (rc == SEGML_OK && sg_artifact_find_index(v->map.bytes, v->map.size, &offset))
        rc = check_made_again(v, offset, err);
    return rc;
}

/* Header, pages and signature of the index, before anything else is read. */
static int
verify_index(verifying *v, segml_error *err)
{
    sg_index index = {.bytes = NULL};
    int rc = sg_index_open(&index, v->map.bytes, v->map.size, err);

    v->info.has_index = rc == SEGML_OK;
    if (rc == SEGML_OK)
        memcpy(v->info.root, sg_index_root(&index), SG_DIGEST_BYTES);
    if (rc >= 0 && v->options.public_key != NULL) {
        rc =
            v->info.has_index
                ? sg_signature_check(v->options.public_key, v->options.signature, v->info.root, err)
                : sg_fail(err, SEGML_E_MISMATCH,
                          "the artifact has no index, and so nothing that could be signed");
        v->info.is_signed = rc == SEGML_OK;
    }
    sg_index_close(&index);
    return rc < 0 ? rc : SEGML_OK;
}

static int
load_verify_options(segml_verify_options *known, const segml_verify_options *given,
                    segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_verify_options", err);

    if (rc == SEGML_OK && (known->public_key != NULL) != (known->signature != NULL))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "public_key and signature belong together: %s is NULL",
                     known->signature == NULL ? "signature" : "public_key");
    if (rc == SEGML_OK && known->max_bytes < 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "max_bytes is %lld; give a number of bytes, or 0 for 16 GiB",
                     (long long)known->max_bytes);
    return rc;
}

int
segml_artifact_verify(segml_verify_info *info, const char *artifact,
                      const segml_verify_options *options, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    verifying v = {.info = SEGML_VERIFY_INFO_INIT};
    int rc = info != NULL ? sg_opts_store(info, &v.info, sizeof v.info, "segml_verify_info", err)
                          : SEGML_OK;

    if (rc == SEGML_OK && artifact == NULL)
        rc = sg_fail(err, SEGML_E_ARGUMENT, "artifact is NULL");
    if (rc == SEGML_OK)
        rc = load_verify_options(&v.options, options, err);
    if (rc == SEGML_OK)
        rc = sg_map_open(&v.map, artifact, err);
    if (rc < 0)
        return rc;
    v.info.bytes = (int64_t)v.map.size;
    rc = verify_index(&v, &inner);
    if (rc == SEGML_OK)
        rc = verify_members(&v, &inner);
    if (rc < 0)
        sg_fail(err, rc, "%s: %s", artifact, inner.message);
    if (info != NULL)
        sg_opts_store(info, &v.info, sizeof v.info, "segml_verify_info", NULL);
    sg_free(v.members);
    sg_arena_clear(&v.names);
    sg_free(v.places);
    sg_catalog_clear(&v.catalog);
    sg_map_close(&v.map);
    return rc;
}
