/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparisons: their life, and what they tell.
 *
 * A comparison holds the structs that its getters give out, so that a getter only copies as much
 * as the caller's version of the struct has room for. Members of its own, translated on every
 * call, were rejected: they would be the same members under other names.
 */

#include "compare/comparison.h"

#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"

static const char *const verdicts[] = {"none", "global", "unclear", "untuned", "tuned"};

const char *
segml_verdict_name(int32_t verdict)
{
    return verdict >= 0 && verdict < (int32_t)(sizeof verdicts / sizeof *verdicts)
               ? verdicts[verdict]
               : NULL;
}

segml_comparison_cell *
sg_comparison_cell(const segml_comparison *comparison, int64_t approach, int64_t group)
{
    return &comparison->cell[group * comparison->info.approaches + approach];
}

void
segml_comparison_free(segml_comparison *comparison)
{
    if (comparison == NULL)
        return;
    for (int64_t a = 0; comparison->prediction != NULL && a < comparison->info.approaches; a++)
        sg_free(comparison->prediction[a]);
    sg_free(comparison->prediction);
    sg_arena_clear(&comparison->arena);
    sg_free(comparison);
}

int
segml_comparison_get_info(const segml_comparison *comparison, segml_comparison_info *info,
                          segml_error *err)
{
    if (comparison == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "comparison is NULL");
    return sg_opts_store(info, &comparison->info, sizeof *info, "segml_comparison_info", err);
}

const char *
segml_comparison_approach(const segml_comparison *comparison, int64_t approach)
{
    if (comparison == NULL || approach < 0 || approach >= comparison->info.approaches)
        return NULL;
    return comparison->approach[approach];
}

const char *
segml_comparison_key_name(const segml_comparison *comparison, int64_t column)
{
    if (comparison == NULL || column < 0 || column >= comparison->info.keys)
        return NULL;
    return comparison->key_name[column];
}

const char *
segml_comparison_feature_name(const segml_comparison *comparison, int64_t feature)
{
    if (comparison == NULL || feature < 0 || feature >= comparison->info.features)
        return NULL;
    return comparison->feature[feature];
}

const char *
segml_comparison_class_name(const segml_comparison *comparison, int64_t index)
{
    if (comparison == NULL || index < 0 || index >= comparison->info.classes)
        return NULL;
    return comparison->class_name[index];
}

/* Position of a group in the arrays; -1 and an error for none. */
static int64_t
find_group(const segml_comparison *comparison, int64_t group, segml_error *err)
{
    int64_t groups;

    if (comparison == NULL) {
        sg_fail(err, SEGML_E_ARGUMENT, "comparison is NULL");
        return -1;
    }
    groups = comparison->info.groups;
    if (group == SEGML_GROUP_INDEX_OVERALL)
        return groups;
    if (group >= 0 && group < groups)
        return group;
    sg_fail(err, SEGML_E_ARGUMENT, "no group %lld; there are %lld, counted from 0",
            (long long)group, (long long)groups);
    return -1;
}

int
segml_comparison_get_group(const segml_comparison *comparison, int64_t group,
                           segml_comparison_group *info, segml_error *err)
{
    int64_t at = find_group(comparison, group, err);

    if (at < 0)
        return SEGML_E_ARGUMENT;
    return sg_opts_store(info, &comparison->group[at], sizeof *info, "segml_comparison_group", err);
}

static int
check_approach(const segml_comparison *comparison, int64_t approach, segml_error *err)
{
    if (approach < 0 || approach >= comparison->info.approaches)
        return sg_fail(err, SEGML_E_ARGUMENT, "no approach %lld; there are %lld, counted from 0",
                       (long long)approach, (long long)comparison->info.approaches);
    return SEGML_OK;
}

int
segml_comparison_get(const segml_comparison *comparison, int64_t approach, int64_t group,
                     segml_comparison_cell *cell, segml_error *err)
{
    int64_t at = find_group(comparison, group, err);

    if (at < 0 || check_approach(comparison, approach, err) < 0)
        return SEGML_E_ARGUMENT;
    return sg_opts_store(cell, sg_comparison_cell(comparison, approach, at), sizeof *cell,
                         "segml_comparison_cell", err);
}

int
segml_comparison_predictions(const segml_comparison *comparison, int64_t approach, float *values,
                             int64_t capacity, segml_error *err)
{
    int64_t needed;
    int rc;

    if (comparison == NULL || values == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL",
                       comparison == NULL ? "comparison" : "values");
    rc = check_approach(comparison, approach, err);
    if (rc < 0)
        return rc;
    if (comparison->prediction == NULL)
        return sg_fail(err, SEGML_E_NOT_FOUND,
                       "a comparison that was opened has no predictions; compare again");
    needed = comparison->info.rows * comparison->info.outputs;
    if (capacity < needed)
        return sg_fail(err, SEGML_E_ARGUMENT, "capacity is %lld; %lld rows need %lld values",
                       (long long)capacity, (long long)comparison->info.rows, (long long)needed);
    memcpy(values, comparison->prediction[approach], (size_t)needed * sizeof *values);
    return SEGML_OK;
}
