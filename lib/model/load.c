/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening an artifact, and loading one forest of it.
 *
 * R1  With an index, segml.json is read and compared with it; everything else waits until it is
 *     asked for. So opening takes the same time for ten groups and for a million.
 * R2  A model is read from where the index says, by the digest that the index has, and its shape
 *     is compared with task, features and rounds: prediction needs no checks.
 * R3  Without index the file is scanned as a whole (scan.c).
 * R4  Of a group whose model is in another artifact, the index of that one counts
 *     (references.c); the model takes its slot here like all others.
 * R5  What is loaded of a file with index is, all together, capped by the ratio that a scan has,
 *     unless the caller gave a budget: many entries may name one frame, and each frame alone may
 *     unpack to far more than its share.
 *
 * The index repeats what groups.jsonl says of each group. That both say the same, verifying an
 * artifact finds out; here each is believed in what it is asked for, and neither can do harm.
 */

#include "model/load.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/key.h"
#include "model/scan.h"
#include "model/shape.h"
#include "pack/artifact.h"
#include "pack/build.h"
#include "pack/frame.h"
#include "pack/signature.h"

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

static int
refuse_policy(const char *what, segml_error *err)
{
    return sg_fail(err, SEGML_E_ARGUMENT, "fallback: the model was trained without %s", what);
}

/* A policy of the caller's names only what there is. */
static int
settle_policy(segml_model *model, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    int32_t asked = model->opening.policy;

    model->policy = asked >= 0 ? asked : m->fallback;
    if (asked < 0)
        return SEGML_OK;
    if ((asked & SG_FALLBACK_PARENT) != 0 && m->parent_count == 0)
        return refuse_policy("parents", err);
    if ((asked & SG_FALLBACK_GLOBAL) != 0 && !m->has_global)
        return refuse_policy("a global model", err);
    if ((asked & SG_FALLBACK_CONSTANT) != 0 && m->constant_count == 0)
        return refuse_policy("a constant", err);
    return SEGML_OK;
}

/* What both ways of opening need once the manifest is there. */
static int
prepare(segml_model *model, int64_t budget, segml_error *err)
{
    int rc;

    model->objective = objective_of(model->manifest.task);
    model->outputs = (int32_t)sg_manifest_outputs(&model->manifest);
    rc = settle_policy(model, err);
    if (rc == SEGML_OK)
        rc = index_dictionaries(model, err);
    if (rc == SEGML_OK)
        rc = sg_children_make(&model->children, sg_model_slot_unseen(model) + 1, budget, err);
    return rc;
}

static int
check_signature(const segml_model *model, int has_index, segml_error *err)
{
    const sg_opening *opening = &model->opening;

    if (!opening->has_key)
        return SEGML_OK;
    if (!has_index)
        return sg_fail(err, SEGML_E_MISMATCH,
                       "the artifact has no index, and so nothing that could be signed");
    return sg_signature_check(opening->public_key, opening->signature,
                              sg_index_root(&model->source.index), err);
}

/* From the bytes to a model that can load what they hold. */
static int
load_own(segml_model *model, segml_error *err)
{
    sg_source *source = &model->source;
    int rc, has_index;

    sg_source_scatter(source);
    rc = sg_index_open(&source->index, source->bytes, source->size, err);
    has_index = rc == SEGML_OK;
    if (rc >= 0)
        rc = check_signature(model, has_index, err);
    if (rc < 0)
        return rc;
    if (!has_index) {
        rc = sg_scan_manifests(model, err);
        if (rc == SEGML_OK)
            rc = prepare(model, 0, err);
        return rc == SEGML_OK ? sg_scan_models(model, err) : rc;
    }
    rc = sg_source_manifest(source, model->opening.max_bytes, &model->manifest, err);
    return rc == SEGML_OK ? prepare(model, model->opening.child_bytes, err) : rc;
}

/* R5 */
static int64_t
most_bytes(const segml_model *model)
{
    const uint64_t files = model->source.size + model->bindings.bytes;

    if (model->children.budget > 0)
        return 0;
    return files < (INT64_MAX - SG_FRAME_RATIO_FREE) / SG_FRAME_RATIO_MAX
               ? SG_FRAME_RATIO_FREE + SG_FRAME_RATIO_MAX * (int64_t)files
               : INT64_MAX;
}

int
sg_load_model(segml_model *model, const segml_model *old, segml_error *err)
{
    int rc = load_own(model, err);

    if (rc == SEGML_OK)
        rc = sg_references_bind(model, old, err);
    model->most_bytes = most_bytes(model);
    return rc;
}

static int
find_shared(const segml_model *model, int64_t slot, sg_wanted *want, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    int is_global = slot == sg_model_slot_global(model);
    sg_index_member member;
    size_t length;
    int rc;

    want->shape = sg_shape_of(model, slot, is_global ? m->global.rounds : m->unseen_rounds);
    if (is_global ? !m->has_global : !m->has_unseen)
        return SEGML_OK;
    rc = sg_index_member_of(&model->source.index, is_global ? SG_MEMBER_GLOBAL : SG_MEMBER_UNSEEN,
                            0, &member, &length, err);
    want->place = member.place;
    if (rc == SEGML_OK && member.place.packed == 0)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s is missing",
                     is_global ? SG_MEMBER_GLOBAL : SG_MEMBER_UNSEEN);
    return rc;
}

static int
find_group(const segml_model *model, int64_t slot, sg_wanted *want, segml_error *err)
{
    const sg_binding *binding = sg_references_get(model, slot);
    sg_index_group group;
    int rc = binding != NULL ? sg_references_entry(binding, &group, err)
                             : sg_index_get(&model->source.index, slot, &group, err);

    if (rc < 0)
        return rc;
    if (binding != NULL) {
        want->source = &binding->referent->source;
        want->uri = binding->referent->uri;
    }
    want->place = group.place;
    want->columns = group.columns;
    want->shape = sg_shape_of(model, slot, group.rounds);
    if (!sg_key_decode(want->keys, group.columns, group.key, group.key_size))
        return sg_fail(err, SEGML_E_FORMAT, "the index holds a key that is none");
    return SEGML_OK;
}

/* The path of a model, for messages; in path, terminated. */
static int
name_model(const segml_model *model, int64_t slot, const sg_wanted *want, sg_buf *path,
           segml_error *err)
{
    const char *shared = slot == sg_model_slot_global(model) ? SG_MEMBER_GLOBAL : SG_MEMBER_UNSEEN;

    if (want->columns == 0)
        return sg_buf_append(path, shared, strlen(shared) + 1, err);
    if (want->uri != NULL && sg_buf_print(path, err, "%s: ", want->uri) < 0)
        return SEGML_E_NOMEM;
    if (want->columns < model->manifest.key_count)
        return sg_build_parent_path(path, want->keys, want->columns, err);
    return sg_build_group_path(path, want->keys, want->columns, err);
}

int
sg_load_find(const segml_model *model, int64_t slot, sg_wanted *want, segml_error *err)
{
    *want = (sg_wanted){.source = &model->source};
    return slot < sg_model_slot_global(model) ? find_group(model, slot, want, err)
                                              : find_shared(model, slot, want, err);
}

int
sg_load_slot(const segml_model *model, int64_t slot, sg_forest **out, segml_error *err)
{
    sg_buf content = {0}, path = {0};
    sg_wanted want;
    int rc;

    *out = NULL;
    rc = sg_load_find(model, slot, &want, err);
    if (rc < 0 || want.place.packed == 0)
        return rc;
    rc = name_model(model, slot, &want, &path, err);
    if (rc == SEGML_OK)
        rc = sg_source_read(want.source, &want.place, (const char *)path.bytes,
                            model->opening.max_bytes, &content, err);
    if (rc == SEGML_OK)
        rc = sg_shape_load(out, &want.shape, (const char *)path.bytes, content.bytes, content.size,
                           err);
    sg_buf_clear(&path);
    sg_buf_clear(&content);
    return rc;
}

static int
load_lines(const segml_model *model, sg_records *records, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    sg_buf text = {0};
    int rc = sg_source_member(&model->source, SG_MEMBER_GROUPS, m->groups_digest,
                              model->opening.max_bytes, &text, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_read_groups(&records->groups, m, text.bytes, text.size, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = sg_source_member(&model->source, SG_MEMBER_PARENTS, m->parents_digest,
                              model->opening.max_bytes, &text, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = sg_manifest_read_parents(&records->parents, m, text.bytes, text.size, err);
    sg_buf_clear(&text);
    return rc;
}

int
sg_load_records(const segml_model *model, sg_records *records, segml_error *err)
{
    int rc = load_lines(model, records, err);

    if (rc < 0)
        sg_records_clear(records);
    return rc;
}

void
sg_records_clear(sg_records *records)
{
    sg_manifest_lines_clear(&records->groups);
    sg_manifest_lines_clear(&records->parents);
}
