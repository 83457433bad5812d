/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Resolving the references of a model.
 *
 * R1  Each distinct URI is resolved once, in the order of the groups, on the opening thread.
 * R2  A group is bound if the artifact that was found has an index and no references, is alike
 *     (model/alike.h), has the pinned root digest if there is a pin, and has trained the group. Of
 *     a model opened with a public key all references must be pinned: what it signs is the
 *     parent, and so its pins, and nothing else.
 * R3  What is not bound falls back, and opening says so, or fails if it was asked to be strict.
 *     Only memory that is out always ends it.
 * R4  After a reload a referent is the old one where the file is in the same state, or where the
 *     root digest is the same: then its bytes are. A group whose new referent fails by R2 keeps
 *     its old one, which may have been for another URI; under a public key only the pinned one.
 *     Nothing of an old model whose features or keys are others is used.
 *
 * Resolving at first use was rejected: a service would learn of a missing file from a customer,
 * and two look-ups of one group could be answered by two versions of one file.
 */

#include "model/references.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/key.h"
#include "model/alike.h"
#include "model/load.h"

/* A distinct URI. */
typedef struct uri_found {
    const char *uri;
    sg_referent *referent; /* counted; NULL = it could not be had */
    int rc;                /* why not */
} uri_found;

/* One resolving of all references. */
typedef struct binder {
    segml_model *model;
    const segml_model *old; /* NULL = none, or it does not fit */
    const sg_records *records;
    uri_found *found; /* [found_count] */
    int64_t found_count;
    sg_lookup uris;     /* hash of a URI -> found */
    sg_lookup old_uris; /* hash of a URI -> a group of the old model */
    int64_t missing, kept;
    int rc; /* of the first that failed */
    segml_error first;
} binder;

const sg_binding *
sg_references_get(const segml_model *model, int64_t slot)
{
    const sg_references *all = &model->bindings;

    if (all->groups == NULL || slot >= all->count || all->groups[slot].referent == NULL)
        return NULL;
    return &all->groups[slot];
}

int
sg_references_entry(const sg_binding *binding, sg_index_group *entry, segml_error *err)
{
    int rc = sg_index_get(&binding->referent->source.index, binding->number, entry, err);

    if (rc == SEGML_OK && isnan(entry->threshold))
        entry->threshold = binding->referent->threshold;
    return rc;
}

/* R4: the old model's referents by URI, each once. */
static int
index_old(binder *b, segml_error *err)
{
    const sg_references *old = &b->old->bindings;
    int rc = sg_lookup_make(&b->old_uris, old->resolved, err);

    for (int64_t g = 0; g < old->count && rc == SEGML_OK; g++) {
        const sg_referent *referent = old->groups[g].referent;
        size_t probe = 0;
        uint64_t hash;
        int64_t i = -1;

        if (referent == NULL)
            continue;
        hash = sg_hash_64(referent->uri, strlen(referent->uri));
        while ((i = sg_lookup_next(&b->old_uris, hash, &probe)) >= 0 &&
               old->groups[i].referent != referent)
            continue;
        if (i < 0)
            rc = sg_lookup_add(&b->old_uris, hash, g, err);
    }
    return rc;
}

/* An old referent of that URI with that state, or if it is NULL with that root digest. */
static sg_referent *
find_old(const binder *b, const char *uri, const sg_file_state *state, const unsigned char *root)
{
    const uint64_t hash = sg_hash_64(uri, strlen(uri));
    size_t probe = 0;
    int64_t g;

    while ((g = sg_lookup_next(&b->old_uris, hash, &probe)) >= 0) {
        sg_referent *old = b->old->bindings.groups[g].referent;

        if (strcmp(old->uri, uri) == 0 && old->mapped == b->model->opening.map &&
            (state != NULL ? memcmp(&old->state, state, sizeof *state) == 0
                           : memcmp(sg_index_root(&old->source.index), root, SG_DIGEST_BYTES) == 0))
            return sg_referent_retain(old);
    }
    return NULL;
}

/* Gets at bytes with the caller's resolver. */
static int
call_resolver(const binder *b, sg_referent *referent, segml_error *err)
{
    const sg_opening *opening = &b->model->opening;
    segml_error inner = SEGML_ERROR_INIT;
    segml_resolved resolved = {NULL, 0, NULL, NULL};
    int rc = opening->resolve(opening->resolve_user, referent->uri, &resolved, &inner);

    inner.message[sizeof inner.message - 1] = '\0';
    if (rc != SEGML_OK && strcmp(segml_status_name(rc), "SEGML_E_INTERNAL") == 0)
        rc = SEGML_E_IO; /* no status at all, or one that would blame this library */
    if (rc != SEGML_OK)
        return sg_fail(err, rc < 0 ? rc : SEGML_E_IO, "the resolver failed: %s",
                       inner.message[0] != '\0' ? inner.message : segml_status_text(rc));
    referent->source.resolved = resolved;
    referent->mapped = opening->map;
    if (resolved.bytes == NULL)
        return sg_fail(err, SEGML_E_IO, "the resolver gave no bytes");
    sg_source_borrow(&referent->source, resolved.bytes, resolved.size);
    return SEGML_OK;
}

/* Gets at a file; *old is set instead if it is the one that is open already. */
static int
find_file(const binder *b, sg_referent *referent, sg_referent **old, segml_error *err)
{
    const sg_file_roots roots = {b->model->path, b->model->opening.reference_root};
    sg_file_found file;
    int rc = sg_resolve_file(&file, &roots, referent->uri, err);

    if (rc < 0)
        return rc;
    *old = find_old(b, referent->uri, &file.state, NULL);
    if (*old != NULL)
        return SEGML_OK;
    referent->state = file.state;
    referent->mapped = b->model->opening.map;
    rc = sg_source_file(&referent->source, file.path, referent->mapped, err);
    if (rc == SEGML_E_NOMEM && referent->mapped)
        return sg_fail(
            err, rc,
            "out of memory, or of maps: for this many references put several groups into "
            "one artifact, or switch option map off");
    return rc;
}

/* From a URI to an artifact that fits. */
static int
resolve(const binder *b, const char *uri, sg_referent **out, segml_error *err)
{
    sg_referent *referent = sg_referent_make(uri, err), *old = NULL;
    int rc;

    if (referent == NULL)
        return SEGML_E_NOMEM;
    rc = b->model->opening.resolve != NULL ? call_resolver(b, referent, err)
                                           : find_file(b, referent, &old, err);
    if (rc == SEGML_OK && old == NULL)
        rc = sg_referent_open(referent, err);
    if (rc == SEGML_OK && old == NULL)
        old = find_old(b, uri, NULL, sg_index_root(&referent->source.index));
    if (rc == SEGML_OK && old == NULL)
        rc = sg_referent_check(referent, &b->model->manifest, b->model->opening.max_bytes, err);
    if (rc == SEGML_OK && old == NULL)
        *out = sg_referent_retain(referent);
    else if (rc == SEGML_OK)
        *out = sg_referent_retain(old);
    sg_referent_release(old);
    sg_referent_release(referent);
    return rc;
}

/* R1. @return NULL when memory is out or keys collide */
static const uri_found *
find_uri(binder *b, const char *uri, segml_error *err)
{
    const uint64_t hash = sg_hash_64(uri, strlen(uri));
    uri_found *fresh = &b->found[b->found_count];
    size_t probe = 0;
    int64_t i;

    while ((i = sg_lookup_next(&b->uris, hash, &probe)) >= 0) {
        if (strcmp(b->found[i].uri, uri) == 0)
            return &b->found[i];
    }
    if (sg_lookup_add(&b->uris, hash, b->found_count, err) < 0)
        return NULL;
    *fresh = (uri_found){.uri = uri};
    b->found_count++;
    fresh->rc = resolve(b, uri, &fresh->referent, err);
    if (fresh->referent != NULL)
        b->model->bindings.bytes += fresh->referent->source.size;
    return fresh;
}

/* R2, what is the group's own. */
static int
bind_to(const binder *b, const sg_manifest_record *record, sg_referent *referent,
        sg_binding *binding, segml_error *err)
{
    const sg_index *index = &referent->source.index;
    sg_index_group entry;
    int rc;

    if (record->is_pinned && memcmp(record->pin, sg_index_root(index), SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_MISMATCH,
                       "its digest is not the pinned one: it was changed, or is another");
    rc = sg_index_find(index, record->keys, b->model->manifest.key_count, &binding->number, &entry,
                       err);
    if (rc < 0)
        return rc;
    if (binding->number < 0)
        return sg_fail(err, SEGML_E_MISMATCH, "it does not know the group");
    if (entry.status != SEGML_GROUP_TRAINED)
        return sg_fail(err, SEGML_E_MISMATCH, "it has no model of the group (%s)",
                       segml_group_status_name(entry.status));
    binding->referent = sg_referent_retain(referent);
    return SEGML_OK;
}

static int
bind_fresh(binder *b, const sg_manifest_record *record, sg_binding *binding, segml_error *err)
{
    const uri_found *found;

    if (b->model->opening.has_key && !record->is_pinned)
        return sg_fail(err, SEGML_E_MISMATCH,
                       "it is not pinned, and so not covered by the signature");
    found = find_uri(b, record->reference, err);
    if (found == NULL)
        return err->code;
    return found->referent != NULL ? bind_to(b, record, found->referent, binding, err) : found->rc;
}

static int
has_pinned_root(const sg_manifest_record *record, const sg_referent *referent)
{
    return record->is_pinned &&
           memcmp(record->pin, sg_index_root(&referent->source.index), SG_DIGEST_BYTES) == 0;
}

/* R4: the binding stays empty if the old model's referent does not go on. */
static int
keep_old(const binder *b, const sg_manifest_record *record, sg_binding *binding, segml_error *err)
{
    const sg_binding *was;
    sg_index_group entry;
    int64_t number = -1;
    int rc = SEGML_OK;

    if (b->old != NULL)
        rc = sg_index_find(&b->old->source.index, record->keys, record->columns, &number, &entry,
                           err);
    was = rc == SEGML_OK && number >= 0 ? sg_references_get(b->old, number) : NULL;
    if (was != NULL && (!b->model->opening.has_key || has_pinned_root(record, was->referent))) {
        *binding = (sg_binding){sg_referent_retain(was->referent), was->number};
        b->model->bindings.bytes += was->referent->source.size;
    }
    return rc == SEGML_E_NOMEM ? rc : SEGML_OK;
}

/* The first failure is what the message tells. */
static void
note(binder *b, const sg_manifest_record *record, int rc, const char *why)
{
    char key[120];

    if (b->missing + b->kept > 0)
        return;
    sg_key_display(key, sizeof key, record->keys, record->columns);
    b->rc = sg_fail(&b->first, rc, "group %s (%.150s): %s", key, record->reference, why);
}

static int
bind_all(binder *b, segml_error *err)
{
    sg_references *all = &b->model->bindings;
    const sg_manifest_lines *groups = &b->records->groups;

    for (int64_t g = 0; g < groups->count; g++) {
        const sg_manifest_record *record = &groups->records[g];
        segml_error inner = SEGML_ERROR_INIT;
        int rc;

        if (record->reference == NULL)
            continue;
        rc = bind_fresh(b, record, &all->groups[g], &inner);
        if (rc < 0 && rc != SEGML_E_NOMEM) {
            note(b, record, rc, inner.message);
            rc = keep_old(b, record, &all->groups[g], &inner);
            b->kept += all->groups[g].referent != NULL;
            b->missing += all->groups[g].referent == NULL;
        }
        if (rc < 0)
            return sg_fail(err, rc, "%s", inner.message);
        all->resolved += all->groups[g].referent != NULL;
    }
    return SEGML_OK;
}

/* R3 */
static int
conclude(const binder *b, segml_error *err)
{
    const long long all = (long long)b->model->manifest.references;

    if (b->missing + b->kept == 0)
        return SEGML_OK;
    if (b->model->opening.strict)
        return sg_fail(err, b->rc, "%s", b->first.message);
    if (b->missing == 0)
        return sg_fail(err, SEGML_PARTIAL,
                       "%lld of %lld references keep their old models, the first is %s",
                       (long long)b->kept, all, b->first.message);
    if (b->kept == 0)
        return sg_fail(err, SEGML_PARTIAL,
                       "%lld of %lld references are not resolved, the first is %s",
                       (long long)b->missing, all, b->first.message);
    return sg_fail(err, SEGML_PARTIAL,
                   "%lld of %lld references are not resolved, and %lld keep their old models, the "
                   "first is %s",
                   (long long)b->missing, all, (long long)b->kept, b->first.message);
}

static int
make_room(binder *b, segml_error *err)
{
    const sg_manifest *m = &b->model->manifest;
    sg_references *all = &b->model->bindings;

    all->groups = sg_alloc_zeroed(m->group_count, sizeof *all->groups);
    b->found = sg_alloc_zeroed(m->references, sizeof *b->found);
    if (all->groups == NULL || b->found == NULL)
        return sg_fail_nomem(err);
    all->count = m->group_count;
    return sg_lookup_make(&b->uris, m->references, err);
}

/* Records that are read for this alone are not kept: serving never needs them. */
static int
bind_records(binder *b, segml_error *err)
{
    sg_records own = {.groups = {.count = 0}};
    int rc = SEGML_OK;

    b->records = atomic_load_explicit(&b->model->records, memory_order_acquire);
    if (b->records == NULL) {
        rc = sg_load_records(b->model, &own, err);
        b->records = &own;
    }
    if (rc == SEGML_OK)
        rc = make_room(b, err);
    if (rc == SEGML_OK && b->old != NULL && b->old->bindings.groups != NULL)
        rc = index_old(b, err);
    if (rc == SEGML_OK)
        rc = bind_all(b, err);
    sg_records_clear(&own);
    return rc;
}

int
sg_references_bind(segml_model *model, const segml_model *old, segml_error *err)
{
    binder b = {.model = model};
    int rc;

    if (model->manifest.references == 0)
        return SEGML_OK;
    if (old != NULL && sg_alike_check(&model->manifest, &old->manifest, NULL) == SEGML_OK)
        b.old = old;
    rc = bind_records(&b, err);
    for (int64_t i = 0; i < b.found_count; i++)
        sg_referent_release(b.found[i].referent);
    sg_free(b.found);
    sg_lookup_clear(&b.uris);
    sg_lookup_clear(&b.old_uris);
    return rc == SEGML_OK ? conclude(&b, err) : rc;
}

void
sg_references_clear(sg_references *references)
{
    for (int64_t g = 0; references->groups != NULL && g < references->count; g++)
        sg_referent_release(references->groups[g].referent);
    sg_free(references->groups);
    memset(references, 0, sizeof *references);
}
