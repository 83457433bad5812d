/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From a dynamic artifact to a static one.
 *
 * R1  References are resolved by opening the artifact as a model, strictly: what can be joined is
 *     what can be served, and what counts of a child is the same.
 * R2  Record and packed model of a group come from its child, unchanged, where the child's header
 *     leaves to it what the parent's does; else they say what the child's header said.
 * R3  What is of all groups together stays only if every child says of its groups what the parent
 *     says: a child that was trained again has other metrics, and further training must not take
 *     its model for the one that it remembers.
 */

#include <string.h>

#include "artifact/plan.h"
#include "base/alloc.h"
#include "base/opts.h"
#include "model/model.h"

/* An artifact that is referred to, with its records. */
typedef struct child {
    const sg_referent *referent;
    sg_input input;
} child;

/* One joining. */
typedef struct joining {
    segml_model *model; /* of the parent: its references are resolved */
    sg_input parent;
    sg_plan plan;
    child *children; /* [child_count] */
    int64_t child_count;
    sg_lookup known; /* hash of a referent's address -> child */
    int64_t max_bytes;
} joining;

static int
open_model(joining *j, const char *artifact, const segml_join_options *options, segml_error *err)
{
    segml_open_options open = SEGML_OPEN_OPTIONS_INIT;

    open.strict = 1;
    open.resolve = options->resolve;
    open.resolve_user = options->resolve_user;
    open.reference_root = options->reference_root;
    open.max_bytes = options->max_bytes;
    return segml_model_open(&j->model, artifact, &open, err);
}

/* The input of a referent, opened once. */
static int
find_child(joining *j, const sg_referent *referent, const sg_input **input, segml_error *err)
{
    const uint64_t hash = sg_hash_64(&referent, sizeof referent);
    child *fresh = &j->children[j->child_count];
    size_t probe = 0;
    int64_t i;
    int rc;

    while ((i = sg_lookup_next(&j->known, hash, &probe)) >= 0) {
        *input = &j->children[i].input;
        if (j->children[i].referent == referent)
            return SEGML_OK;
    }
    rc = sg_lookup_add(&j->known, hash, j->child_count, err);
    if (rc < 0)
        return rc;
    fresh->referent = referent;
    j->child_count++;
    rc = sg_input_open_memory(&fresh->input, referent->source.bytes, referent->source.size,
                              j->max_bytes, err);
    *input = &fresh->input;
    return rc;
}

/* Whether a record says the same under both headers. */
static int
is_same_header(const sg_manifest *a, const sg_manifest *b)
{
    return strcmp(a->engine, b->engine) == 0 && a->threshold == b->threshold;
}

/* R2 */
static void
add(joining *j, const sg_origin *origin)
{
    sg_manifest *m = &j->plan.manifest;
    const sg_entry view = sg_plan_view(origin);

    m->groups[m->group_count] =
        is_same_header(view.manifest, m) ? *view.record : sg_entry_adopt(&view, m);
    j->plan.groups[m->group_count++] = *origin;
}

/* R3: whether the parent's record is what is left of the child's in splitting it off. */
static int
is_left_of(const sg_entry *parent, const sg_entry *own)
{
    sg_manifest_record left = *own->record;
    const sg_entry view = {&left, own->manifest};

    left.status = SEGML_GROUP_REFERENCE;
    left.has_model = left.rounds = left.has_threshold = 0;
    left.engine = NULL;
    left.reference = parent->record->reference;
    left.is_pinned = parent->record->is_pinned;
    memcpy(left.pin, parent->record->pin, sizeof left.pin);
    return sg_entry_compare(parent, &view, NULL) == 0;
}

static int
take_group(joining *j, int64_t g, segml_error *err)
{
    const sg_binding *binding = sg_references_get(j->model, g);
    const sg_origin here = {&j->parent, g};
    sg_origin there = {NULL, 0};
    sg_entry before, after;
    int rc;

    if (binding == NULL) {
        add(j, &here);
        return SEGML_OK;
    }
    there.number = binding->number;
    rc = find_child(j, binding->referent, &there.input, err);
    if (rc < 0)
        return rc;
    before = sg_plan_view(&here);
    after = sg_plan_view(&there);
    if (!after.record->has_model)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its index and its records do not fit",
                       binding->referent->uri);
    j->plan.keeps_all = j->plan.keeps_all && is_left_of(&before, &after);
    add(j, &there);
    return SEGML_OK;
}

static int
take_all(joining *j, segml_error *err)
{
    const sg_manifest *m = &j->parent.catalog.manifest;
    int rc = sg_plan_begin(&j->plan, &j->parent, m->group_count, err);

    j->plan.keeps_all = 1;
    j->children = sg_alloc_zeroed(m->references, sizeof *j->children);
    if (rc == SEGML_OK && j->children == NULL)
        rc = sg_fail_nomem(err);
    if (rc == SEGML_OK)
        rc = sg_lookup_make(&j->known, m->references, err);
    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++)
        rc = take_group(j, g, err);
    return rc;
}

static void
clear_joining(joining *j)
{
    sg_plan_clear(&j->plan);
    for (int64_t i = 0; i < j->child_count; i++)
        sg_input_close(&j->children[i].input);
    sg_free(j->children);
    sg_lookup_clear(&j->known);
    sg_input_close(&j->parent);
    segml_model_free(j->model);
}

int
segml_artifact_join(const char *path, const char *artifact, const segml_join_options *options,
                    segml_artifact_info *info, segml_error *err)
{
    segml_join_options known;
    joining j = {.model = NULL};
    int rc;

    if (path == NULL || artifact == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", path == NULL ? "path" : "artifact");
    rc = sg_opts_load(&known, sizeof known, options, "segml_join_options", err);
    if (rc < 0)
        return rc;
    j.max_bytes = known.max_bytes;
    rc = open_model(&j, artifact, &known, err);
    if (rc == SEGML_OK)
        rc = sg_input_open_memory(&j.parent, j.model->source.bytes, j.model->source.size,
                                  known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = take_all(&j, err);
    if (rc == SEGML_OK)
        rc = sg_plan_write(&j.plan, path, known.overwrite > 0, info, err);
    clear_joining(&j);
    return rc;
}
