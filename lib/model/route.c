/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Routing.
 *
 * R1  A key converts to the types of the model's columns (base/key.h); one that cannot
 *     is a key that training did not see.
 * R2  A group with its own model is answered by it: exact, ok.
 * R3  A known group without one is answered by the global model with the group's own
 *     codes; the reason is the group's status, or ok where the mode is global.
 * R4  A key that training did not see is answered by the unseen model, else by the
 *     global one, with missing codes if it takes any. The reason is null_key if one of
 *     its columns is NULL and NULL did not occur there, else unseen.
 * R5  Without a global model the constant answers. With the fallback switched off R3
 *     (in mode segmented), R4 and R5 give no route.
 * R6  A row is positive from the threshold of the model that answers on: the group's own;
 *     else, also of unseen keys and the constant, the global model's; the manifest's where
 *     that has none. Compared in single precision.
 *
 * Targets are computed from the group's record when they are asked for: a table of
 * them would repeat the manifest.
 */

#include "model/route.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/key.h"

#define NAME_AT(names, index)                                                                      \
    ((index) >= 0 && (size_t)(index) < sizeof(names) / sizeof *(names) ? (names)[index] : NULL)

static const char *const kinds[] = {"none", "exact", "parent", "global", "constant"};
static const char *const reasons[] = {"ok",        "unseen",         "null_key", "too_few_rows",
                                      "one_class", "constant_label", "failed"};

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
    return model->manifest.group_count + 2;
}

static int64_t
unseen_place(const segml_model *model, const segml_key *keys)
{
    const sg_manifest *m = &model->manifest;

    for (int64_t k = 0; k < m->key_count; k++) {
        int is_null = keys[k].type == SEGML_KEY_NULL ||
                      (keys[k].type == SEGML_KEY_UTF8 && keys[k].length == 0);

        if (is_null && !m->keys[k].null_seen)
            return m->group_count + 1;
    }
    return m->group_count;
}

int
sg_route_place(const segml_model *model, const segml_key *keys, int64_t *place, segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    segml_key canonical[SG_KEY_COLUMNS_MAX];
    char digits[SG_KEY_COLUMNS_MAX][24];
    sg_hash128 hash;
    size_t probe = 0;
    int64_t group;
    int rc;

    *place = unseen_place(model, keys);
    for (int64_t k = 0; k < m->key_count; k++) {
        if (!sg_key_convert(&canonical[k], &keys[k], m->keys[k].type, digits[k]))
            return SEGML_OK;
    }
    rc = sg_key_hash(&hash, canonical, m->key_count, err);
    if (rc < 0)
        return rc;
    while ((group = sg_lookup_next(&model->groups, hash.low, &probe)) >= 0) {
        if (sg_key_compare(m->groups[group].keys, canonical, m->key_count) == 0) {
            *place = group;
            break;
        }
    }
    return SEGML_OK;
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
    default:
        return SEGML_REASON_OK;
    }
}

static sg_route_target
find_group_target(const segml_model *model, int64_t group)
{
    const sg_manifest *m = &model->manifest;
    sg_route_target target = {.kind = SEGML_ROUTE_EXACT,
                              .group = group,
                              .threshold = (float)sg_model_threshold(model, group)};

    target.forest = model->children[group];
    if (target.forest != NULL)
        return target;
    target.reason = reason_of_status(m->groups[group].status);
    if (m->fallback < 0 && m->mode != SEGML_MODE_GLOBAL) {
        target.kind = SEGML_ROUTE_NONE;
        return target;
    }
    target.forest = model->global;
    target.kind = target.forest != NULL ? SEGML_ROUTE_GLOBAL : SEGML_ROUTE_CONSTANT;
    if (model->codes != NULL)
        target.tail = model->codes + group * m->key_count;
    return target;
}

sg_route_target
sg_route_find_target(const segml_model *model, int64_t place)
{
    static const float missing[SG_KEY_COLUMNS_MAX] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
                                                      NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    const sg_manifest *m = &model->manifest;
    sg_route_target target = {.group = -1};

    if (place < m->group_count)
        return find_group_target(model, place);
    target.threshold = (float)sg_model_threshold(model, SEGML_GROUP_INDEX_GLOBAL);
    target.reason = place == m->group_count ? SEGML_REASON_UNSEEN : SEGML_REASON_NULL_KEY;
    if (m->fallback < 0)
        return target;
    target.forest = model->unseen != NULL ? model->unseen : model->global;
    target.kind = target.forest != NULL ? SEGML_ROUTE_GLOBAL : SEGML_ROUTE_CONSTANT;
    if (model->unseen == NULL && m->keys_as_features)
        target.tail = missing;
    return target;
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
                   "group %s has no model (%s), and the model was trained without fallback", key,
                   segml_route_reason_name(reason));
}

int
segml_route_find(segml_route **out, const segml_model *model, const segml_key *keys,
                 int64_t key_count, segml_error *err)
{
    segml_route *route;
    sg_route_target target;
    int64_t place = 0;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    rc = check_keys(model, keys, key_count, err);
    if (rc == SEGML_OK)
        rc = sg_route_place(model, keys, &place, err);
    if (rc < 0)
        return rc;
    target = sg_route_find_target(model, place);
    if (target.kind == SEGML_ROUTE_NONE)
        return fail_no_route(model, keys, target.reason, err);
    route = sg_alloc_array(1, sizeof *route);
    if (route == NULL)
        return sg_fail_nomem(err);
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
