/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A model of another artifact answers for a group only if a row means the same to both: the same
 * features in the same order, each category with the same code, keys of the same columns, and
 * answers of the same kind. Everything else, options and engines say, may differ.
 *
 * Dictionaries must be equal. That one is the beginning of the other would do for the models
 * inside, but a code that a row's sender knows and the other artifact does not would be a
 * category that its model has never seen, and nobody would say so.
 */

#include "model/alike.h"

#include <string.h>

static int
check_classes(const sg_manifest *ours, const sg_manifest *other, segml_error *err)
{
    if (other->task != ours->task)
        return sg_fail(err, SEGML_E_MISMATCH, "its task is %s instead of %s",
                       segml_task_name(other->task), segml_task_name(ours->task));
    if (other->class_count != ours->class_count)
        return sg_fail(err, SEGML_E_MISMATCH, "it has %lld classes instead of %lld",
                       (long long)other->class_count, (long long)ours->class_count);
    for (int64_t i = 0; i < ours->class_count; i++) {
        if (strcmp(other->classes[i], ours->classes[i]) != 0)
            return sg_fail(err, SEGML_E_MISMATCH, "its class %lld is %s instead of %s",
                           (long long)i, other->classes[i], ours->classes[i]);
    }
    return SEGML_OK;
}

static int
is_same_dictionary(const sg_manifest_feature *ours, const sg_manifest_feature *other)
{
    int same =
        other->has_dictionary == ours->has_dictionary && other->value_count == ours->value_count;

    for (int64_t i = 0; same && i < ours->value_count; i++)
        same = strcmp(other->values[i], ours->values[i]) == 0;
    return same;
}

static int
check_features(const sg_manifest *ours, const sg_manifest *other, segml_error *err)
{
    if (other->feature_count != ours->feature_count)
        return sg_fail(err, SEGML_E_MISMATCH, "it has %lld features instead of %lld",
                       (long long)other->feature_count, (long long)ours->feature_count);
    for (int64_t i = 0; i < ours->feature_count; i++) {
        const sg_manifest_feature *a = &ours->features[i], *b = &other->features[i];

        if (strcmp(b->name, a->name) != 0)
            return sg_fail(err, SEGML_E_MISMATCH, "its feature %lld is %s instead of %s",
                           (long long)i + 1, b->name, a->name);
        if (b->type != a->type)
            return sg_fail(err, SEGML_E_MISMATCH, "its feature %s has another type", a->name);
        if (!is_same_dictionary(a, b))
            return sg_fail(err, SEGML_E_MISMATCH, "its feature %s has other texts or another order",
                           a->name);
    }
    return SEGML_OK;
}

static int
check_keys(const sg_manifest *ours, const sg_manifest *other, segml_error *err)
{
    if (other->key_count != ours->key_count)
        return sg_fail(err, SEGML_E_MISMATCH, "it has %lld key columns instead of %lld",
                       (long long)other->key_count, (long long)ours->key_count);
    for (int64_t i = 0; i < ours->key_count; i++) {
        if (strcmp(other->keys[i].name, ours->keys[i].name) != 0)
            return sg_fail(err, SEGML_E_MISMATCH, "its key column %lld is %s instead of %s",
                           (long long)i + 1, other->keys[i].name, ours->keys[i].name);
        if (other->keys[i].type != ours->keys[i].type)
            return sg_fail(err, SEGML_E_MISMATCH, "its key column %s has another type",
                           ours->keys[i].name);
    }
    return SEGML_OK;
}

int
sg_alike_check(const sg_manifest *ours, const sg_manifest *other, segml_error *err)
{
    int rc = check_classes(ours, other, err);

    if (rc == SEGML_OK)
        rc = check_features(ours, other, err);
    return rc == SEGML_OK ? check_keys(ours, other, err) : rc;
}
