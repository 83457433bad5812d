/* SPDX-License-Identifier: Apache-2.0 */

/* A comparison as a view: the public getters, copied struct by struct. */

#include "report/view.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/status.h"

enum { FACTS = 10, NUMBER = 96 };

static int
add_names(sg_view *view, const segml_comparison *comparison, segml_error *err)
{
    sg_arena *arena = &view->arena;

    view->feature_names = sg_arena_alloc(arena, view->features, sizeof *view->feature_names);
    view->key_names = sg_arena_alloc(arena, view->keys, sizeof *view->key_names);
    view->approach_names = sg_arena_alloc(arena, view->approaches, sizeof *view->approach_names);
    if (view->feature_names == NULL || view->key_names == NULL || view->approach_names == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < view->features; i++)
        view->feature_names[i] = segml_comparison_feature_name(comparison, i);
    for (int64_t i = 0; i < view->keys; i++)
        view->key_names[i] = segml_comparison_key_name(comparison, i);
    for (int64_t i = 0; i < view->approaches; i++)
        view->approach_names[i] = segml_comparison_approach(comparison, i);
    return SEGML_OK;
}

static int
add_group(sg_view *view, sg_view_group *group, const segml_comparison *comparison, int64_t index,
          segml_error *err)
{
    segml_comparison_group info = SEGML_COMPARISON_GROUP_INIT;
    int rc = segml_comparison_get_group(comparison, index, &info, err);

    if (rc < 0)
        return rc;
    *group = (sg_view_group){.keys = info.keys,
                             .rows = info.rows,
                             .verdict = info.verdict,
                             .correlations = info.correlations};
    group->label = index == SEGML_GROUP_INDEX_OVERALL
                       ? "all groups"
                       : sg_view_label(&view->arena, info.keys, view->keys);
    group->cells = sg_arena_alloc(&view->arena, view->approaches, sizeof *group->cells);
    if (group->label == NULL || group->cells == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < view->approaches && rc == SEGML_OK; i++) {
        group->cells[i].chosen = -1;
        group->cells[i].facts = (segml_comparison_cell)SEGML_COMPARISON_CELL_INIT;
        rc = segml_comparison_get(comparison, i, index, &group->cells[i].facts, err);
    }
    return rc;
}

static int
add_evaluation(sg_view *view, const segml_comparison_info *info, segml_error *err)
{
    char text[NUMBER];

    if (info->evaluation == SEGML_EVALUATION_NESTED)
        snprintf(text, sizeof text, "nested: %d of %d outer folds, %d inner ones",
                 (int)info->outer_used, (int)info->outer_folds, (int)info->folds);
    else
        snprintf(text, sizeof text, "%d-fold cross-validation", (int)info->folds);
    return sg_view_add_fact(view, "Evaluation", text, err);
}

static int
add_facts(sg_view *view, const segml_comparison_info *info, segml_error *err)
{
    char text[NUMBER];
    int rc;

    view->facts = sg_arena_alloc(&view->arena, FACTS, sizeof *view->facts);
    if (view->facts == NULL)
        return sg_fail_nomem(err);
    rc = sg_view_add_fact(view, "Trained by", info->engine, err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "libsegml", info->library, err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Task", segml_task_name(info->task), err);
    if (rc == SEGML_OK)
        rc = add_evaluation(view, info, err);
    snprintf(text, sizeof text, "%d", (int)info->trials);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Trials per searched model", text, err);
    snprintf(text, sizeof text, "%" PRIu64, info->seed);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Seed", text, err);
    return rc;
}

int
sg_view_of_comparison(sg_view *view, const segml_comparison *comparison, segml_error *err)
{
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    int rc = segml_comparison_get_info(comparison, &info, err);

    if (rc < 0)
        return rc;
    view->is_comparison = 1;
    view->answer = "The global model answers for them.";
    view->task = info.task;
    view->evaluation = info.evaluation;
    view->label_name = info.label_name;
    view->rows = info.rows;
    view->scored = info.scored;
    view->features = info.features;
    view->keys = info.keys;
    view->approaches = info.approaches;
    view->reference = info.reference;
    view->best = info.best;
    view->group_count = info.groups;
    view->groups = sg_arena_alloc(&view->arena, info.groups, sizeof *view->groups);
    rc = view->groups != NULL ? add_names(view, comparison, err) : sg_fail_nomem(err);
    for (int64_t i = 0; i < info.groups && rc == SEGML_OK; i++)
        rc = add_group(view, &view->groups[i], comparison, i, err);
    if (rc == SEGML_OK)
        rc = add_group(view, &view->overall, comparison, SEGML_GROUP_INDEX_OVERALL, err);
    if (rc == SEGML_OK)
        rc = add_facts(view, &info, err);
    return rc;
}
