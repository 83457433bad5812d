/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Routing.
 *
 * R1  A key converts to the types of the model's columns (base/key.h); one that cannot
 *     is a key that training did not see.
 * R2  A group with its own model is answered by it: exact, ok. So is one whose model is in another
 *     artifact, where that was resolved; what counts is what that one says of the group.
 * R3  Any other group is answered by what the policy allows and there is, in this order: the
 *     parent with the most key columns that has a model; the global model with the group's own
 *     codes; the constant. The reason is the group's status. In mode global the global model
 *     answers, whatever the policy, and the reason is ok.
 * R4  So is a key that training did not see, but by the unseen model instead of the global one,
 *     or where there is none by the global one with missing codes if it takes any. The reason is
 *     null_key if one of its columns is NULL and NULL did not occur there, else unseen.
 * R5  Where nothing is left there is no route.
 * R6  A row is positive from the threshold of the model that answers on: the group's own or
 *     the parent's; of the global model, the unseen one and the constant the global model's; the
 *     manifest's where that has none. Compared in single precision.
 *
 * Places of unseen keys follow the groups': two for each parent that may answer, and two for
 * where none does, by reason. Targets are computed when they are asked for: a table of them
 * would repeat the index.
 */

#include "model/route.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/policy.h"

#define NAME_AT(names, index)                                                                      \
    ((index) >= 0 && (size_t)(index) < sizeof(names) / sizeof *(names) ? (names)[index] : NULL)

static const char *const kinds[] = {"none", "exact", "parent", "global", "constant"};
static const char *const reasons[] = {"ok",        "unseen",         "null_key", "too_few_rows",
                                      "one_class", "constant_label", "failed",   "unresolved"};

const char *
segml_route_kind_name(int32_t kind)
{
    return NAME_AT(kinds, kind);
}

const char *
segml_route_reason_name(int32_t reason)
{
    return NAME_AT(reasons, reason);
}

int64_t
sg_route_places(const segml_model *model)
{
    return model->manifest.group_count + 2 * (model->manifest.parent_count + 1);
}

/* A key with an empty text or NULL in a column where training saw none. */
static int
is_null_key(const segml_model *model, const segml_key *keys)
{
    const sg_manifest *m = &model->manifest;

    for (int64_t k = 0; k < m->key_count; k++) {
        int is_null = keys[k].type == SEGML_KEY_NULL ||
                      (keys[k].type == SEGML_KEY_UTF8 && keys[k].length == 0);

        if (is_null && !m->keys[k].null_seen)
            return 1;
    }
    return 0;
}

int
sg_route_parent(const segml_model *model, const segml_key *keys, int64_t columns, int64_t *parent,
                segml_error *err)
{
    int rc = SEGML_OK;

    *parent = -1;
    if ((model->policy & SG_FALLBACK_PARENT) == 0 || model->manifest.parent_count == 0)
        return SEGML_OK;
    columns = columns < model->manifest.key_count ? columns : model->manifest.key_count - 1;
    for (; columns > 0 && *parent < 0 && rc == SEGML_OK; columns--) {
        sg_index_group found;
        int64_t number = -1;

        rc = sg_index_find(&model->source.index, keys, columns, &number, &found, err);
        if (rc == SEGML_OK && number >= 0 && found.status == SEGML_GROUP_TRAINED)
            *parent = number - model->manifest.group_count;
    }
    return rc;
}

int
sg_route_place(const segml_model *model, const segml_key *keys, int64_t *place, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    segml_key canonical[SG_KEY_COLUMNS_MAX];
    char digits[SG_KEY_COLUMNS_MAX][24];
    sg_index_group found;
    int64_t columns = 0, number = -1, parent = -1;
    int rc = SEGML_OK;

    while (columns < m->key_count && sg_key_convert(&canonical[columns], &keys[columns],
                                                    m->keys[columns].type, digits[columns]))
        columns++;
    if (columns == m->key_count)
        rc = sg_index_find(&model->source.index, canonical, columns, &number, &found, err);
    if (rc == SEGML_OK && number < 0)
        rc = sg_route_parent(model, canonical, columns, &parent, err);
    *place = number >= 0 ? number : m->group_count + 2 * (parent + 1) + is_null_key(model, keys);
    return rc;
}

static int32_t
reason_of_status(int32_t status)
{
    switch (status) {
    case SEGML_GROUP_TOO_FEW_ROWS:
        return SEGML_REASON_TOO_FEW_ROWS;
    case SEGML_GROUP_ONE_CLASS:
        return SEGML_REASON_ONE_CLASS;
    case SEGML_GROUP_CONSTANT_LABEL:
        return SEGML_REASON_CONSTANT_LABEL;
    case SEGML_GROUP_FAILED:
        return SEGML_REASON_FAILED;
    case SEGML_GROUP_REFERENCE:
        return SEGML_REASON_UNRESOLVED;
    default:
        return SEGML_REASON_OK;
    }
}

/* Takes the forest of a slot, which has one. */
static int
take(const segml_model *model, int64_t slot, int32_t kind, sg_route_target *target,
     segml_error *err)
{
    int rc = sg_model_take(model, slot, &target->child, err);

    if (rc == SEGML_OK && target->child == NULL)
        rc = sg_fail(err, SEGML_E_FORMAT, "the index has no place for a model that it promises");
    target->kind = kind;
    return rc;
}

static int
take_parent(const segml_model *model, int64_t parent, sg_route_target *target, segml_error *err)
{
    int64_t slot = sg_model_slot_parent(model, parent);
    sg_index_group entry;
    int rc = sg_index_get(&model->source.index, slot, &entry, err);

    if (rc < 0)
        return rc;
    target->threshold = (float)sg_model_threshold(model, entry.threshold);
    return take(model, slot, SEGML_ROUTE_PARENT, target, err);
}

/* The global model for a group, -1 = for unseen keys; else the constant; else nothing. */
static int
take_shared(const segml_model *model, int64_t group, sg_route_target *target, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    int may =
        (model->policy & SG_FALLBACK_GLOBAL) != 0 || (group >= 0 && m->mode == SEGML_MODE_GLOBAL);
    int rc = SEGML_OK;

    target->threshold = (float)sg_model_shared_threshold(model);
    if (may && group < 0 && m->has_unseen)
        return take(model, sg_model_slot_unseen(model), SEGML_ROUTE_GLOBAL, target, err);
    if (!may || !m->has_global) {
        target->kind = (model->policy & SG_FALLBACK_CONSTANT) != 0 && m->constant_count > 0
                           ? SEGML_ROUTE_CONSTANT
                           : SEGML_ROUTE_NONE;
        return SEGML_OK;
    }
    target->has_tail = m->keys_as_features;
    for (int64_t k = 0; k < m->key_count; k++)
        target->tail[k] = NAN;
    if (target->has_tail && group >= 0)
        rc = sg_index_codes(&model->source.index, group, target->tail, err);
    return rc == SEGML_OK
               ? take(model, sg_model_slot_global(model), SEGML_ROUTE_GLOBAL, target, err)
               : rc;
}

static int
find_group_target(const segml_model *model, int64_t group, sg_route_target *target,
                  segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    const sg_binding *binding = sg_references_get(model, group);
    segml_key keys[SG_KEY_COLUMNS_MAX];
    sg_index_group entry;
    int64_t parent = -1;
    int rc = binding != NULL ? sg_references_entry(binding, &entry, err)
                             : sg_index_get(&model->source.index, group, &entry, err);

    if (rc < 0)
        return rc;
    target->group = group;
    if (entry.status == SEGML_GROUP_TRAINED) {
        target->threshold = (float)sg_model_threshold(model, entry.threshold);
        return take(model, group, SEGML_ROUTE_EXACT, target, err);
    }
    target->reason = reason_of_status(entry.status);
    if (!sg_key_decode(keys, m->key_count, entry.key, entry.key_size))
        return sg_fail(err, SEGML_E_FORMAT, "the index holds a key that is none");
    if (m->mode != SEGML_MODE_GLOBAL)
        rc = sg_route_parent(model, keys, m->key_count, &parent, err);
    if (rc < 0)
        return rc;
    return parent >= 0 ? take_parent(model, parent, target, err)
                       : take_shared(model, group, target, err);
}

int
sg_route_find_target(const segml_model *model, int64_t place, sg_route_target *target,
                     segml_error *err)
{
    int64_t unseen = place - model->manifest.group_count;

    *target = (sg_route_target){.group = -1};
    if (unseen < 0)
        return find_group_target(model, place, target, err);
    target->reason = unseen % 2 != 0 ? SEGML_REASON_NULL_KEY : SEGML_REASON_UNSEEN;
    return unseen >= 2 ? take_parent(model, unseen / 2 - 1, target, err)
                       : take_shared(model, -1, target, err);
}

void
sg_route_target_clear(sg_route_target *target)
{
    sg_resident_release(target->child);
    target->child = NULL;
}

static int
check_keys(const segml_model *model, const segml_key *keys, int64_t key_count, segml_error *err)
{
    if (model == NULL || keys == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", model == NULL ? "model" : "keys");
    if (key_count != model->manifest.key_count)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld keys: the model has %lld key columns",
                       (long long)key_count, (long long)model->manifest.key_count);
    for (int64_t k = 0; k < key_count; k++) {
        if (!sg_key_is_valid(&keys[k]))
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "key %s: unknown type %d, or text that is not UTF-8",
                           model->manifest.keys[k].name, (int)keys[k].type);
    }
    return SEGML_OK;
}

static int
fail_no_route(const segml_model *model, const segml_key *keys, int32_t reason, segml_error *err)
{
    char key[200];

    sg_key_display(key, sizeof key, keys, model->manifest.key_count);
    return sg_fail(err, SEGML_E_NOT_FOUND,
                   "group %s has no model (%s), and nothing may answer for it (fallback %s)", key,
                   segml_route_reason_name(reason), sg_policy_text(model->policy));
}

int
segml_route_find(segml_route **out, const segml_model *model, const segml_key *keys,
                 int64_t key_count, segml_error *err)
{
    segml_route *route = NULL;
    sg_route_target target = {.child = NULL};
    int64_t place = 0;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    rc = check_keys(model, keys, key_count, err);
    if (rc == SEGML_OK)
        rc = sg_route_place(model, keys, &place, err);
    if (rc == SEGML_OK)
        rc = sg_route_find_target(model, place, &target, err);
    if (rc == SEGML_OK && target.kind == SEGML_ROUTE_NONE)
        rc = fail_no_route(model, keys, target.reason, err);
    if (rc == SEGML_OK) {
        route = sg_alloc_array(1, sizeof *route);
        rc = route != NULL ? SEGML_OK : sg_fail_nomem(err);
    }
    if (rc < 0) {
        sg_route_target_clear(&target);
        return rc;
    }
    sg_model_retain(model);
    *route = (segml_route){model, target};
    *out = route;
    return SEGML_OK;
}

void
segml_route_free(segml_route *route)
{
    if (route == NULL)
        return;
    sg_route_target_clear(&route->target);
    segml_model_free((segml_model *)route->model);
    sg_free(route);
}

int32_t
segml_route_get_kind(const segml_route *route)
{
    return route->target.kind;
}

int32_t
segml_route_get_reason(const segml_route *route)
{
    return route->target.reason;
}

int64_t
segml_route_get_group(const segml_route *route)
{
    return route->target.group;
}
