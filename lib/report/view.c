/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Views: what page, JSON and CSV have in common.
 *
 * One intermediate form was chosen over a page per source: a model is a comparison with one
 * approach and no differences, so that every chart is written once. Building it costs a few
 * pointers per group; numbers and texts stay where they are.
 */

#include "report/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

const char *
sg_view_label(sg_arena *arena, const segml_key *keys, int64_t count)
{
    sg_buf text = {0};
    const char *label = NULL;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        if (i > 0)
            rc = sg_buf_append(&text, " / ", 3, NULL);
        if (rc < 0)
            break;
        if (keys[i].type == SEGML_KEY_INT64)
            rc = sg_buf_print(&text, NULL, "%" PRId64, keys[i].integer);
        else if (keys[i].type == SEGML_KEY_UTF8 && keys[i].length > 0)
            rc = sg_buf_append(&text, keys[i].text, keys[i].length, NULL);
        else
            rc = sg_buf_append(&text, "NULL", 4, NULL);
    }
    if (rc == SEGML_OK)
        label = sg_arena_text(arena, text.size > 0 ? (const char *)text.bytes : "", text.size);
    sg_buf_clear(&text);
    return label;
}

int
sg_view_add_fact(sg_view *view, const char *name, const char *text, segml_error *err)
{
    const char *copy = sg_arena_text(&view->arena, text, strlen(text));

    if (copy == NULL)
        return sg_fail_nomem(err);
    view->facts[view->fact_count++] = (sg_view_fact){name, copy};
    return SEGML_OK;
}

static int
make_title(sg_view *view, segml_error *err)
{
    sg_buf text = {0};
    const char *what = view->is_comparison ? "One model or many" : "Model report";
    int rc = sg_buf_print(&text, err, "%s: %s by", what, view->label_name);

    for (int64_t i = 0; i < view->keys && rc == SEGML_OK; i++)
        rc = sg_buf_print(&text, err, "%s %s", i > 0 ? "," : "", view->key_names[i]);
    if (rc == SEGML_OK) {
        view->title = sg_arena_text(&view->arena, (const char *)text.bytes, text.size);
        if (view->title == NULL)
            rc = sg_fail_nomem(err);
    }
    sg_buf_clear(&text);
    return rc;
}

/* qsort() has no context: rows and position travel together. */
typedef struct ranked {
    int64_t rows, position;
} ranked;

static int
compare_ranked(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    if (a->rows != b->rows)
        return a->rows > b->rows ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

int
sg_view_finish(sg_view *view, const char *title, int64_t max_groups, segml_error *err)
{
    ranked *order = sg_arena_alloc(&view->arena, view->group_count, sizeof *order);

    if (max_groups == 0)
        max_groups = SG_VIEW_DEFAULT_GROUPS;
    view->shown = view->group_count < max_groups ? view->group_count : max_groups;
    view->largest = sg_arena_alloc(&view->arena, view->shown, sizeof *view->largest);
    if (order == NULL || view->largest == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < view->group_count; i++)
        order[i] = (ranked){view->groups[i].rows, i};
    qsort(order, (size_t)view->group_count, sizeof *order, compare_ranked);
    for (int64_t i = 0; i < view->shown; i++)
        view->largest[i] = order[i].position;
    if (title == NULL)
        return make_title(view, err);
    view->title = title;
    return SEGML_OK;
}

void
sg_view_clear(sg_view *view)
{
    segml_history_free(view->history);
    sg_arena_clear(&view->arena);
    *view = (sg_view){.history = NULL};
}

segml_estimate
sg_view_estimate(const sg_view_cell *cell, const char *name)
{
    segml_estimate none = {name, NAN, NAN, NAN, NAN, NAN, NAN};

    for (int64_t i = 0; i < cell->facts.estimate_count; i++) {
        if (strcmp(cell->facts.estimates[i].name, name) == 0)
            return cell->facts.estimates[i];
    }
    for (int64_t i = 0; i < cell->facts.metric_count; i++) {
        if (strcmp(cell->facts.metrics[i].name, name) == 0) {
            none.value = cell->facts.metrics[i].value;
            break;
        }
    }
    return none;
}

const char *
sg_view_loss(int32_t task)
{
    return task == SEGML_TASK_REGRESSION ? "rmse"
           : task == SEGML_TASK_POISSON  ? "deviance"
                                         : "log_loss";
}

const char *const *
sg_view_headlines(int32_t task)
{
    static const char *const binary[] = {"log_loss", "f1", "roc_auc", "accuracy", NULL};
    static const char *const multiclass[] = {"log_loss", "f1_macro", "accuracy",
                                             "balanced_accuracy", NULL};
    static const char *const regression[] = {"rmse", "mae", "r2", "bias", NULL};
    static const char *const poisson[] = {"deviance", "mae", "rmse", "bias", NULL};

    switch (task) {
    case SEGML_TASK_MULTICLASS:
        return multiclass;
    case SEGML_TASK_REGRESSION:
        return regression;
    case SEGML_TASK_POISSON:
        return poisson;
    default:
        return binary;
    }
}

const char *
sg_view_metric_title(const char *name)
{
    static const char *const titles[][2] = {{"log_loss", "log loss"},
                                            {"f1", "F1"},
                                            {"f1_at_half", "F1 at 0.5"},
                                            {"f1_macro", "macro F1"},
                                            {"f1_weighted", "weighted F1"},
                                            {"f1_micro", "micro F1"},
                                            {"roc_auc", "ROC AUC"},
                                            {"roc_auc_macro", "macro ROC AUC"},
                                            {"roc_auc_weighted", "weighted ROC AUC"},
                                            {"roc_auc_stratified", "ROC AUC within groups"},
                                            {"pr_auc", "PR AUC"},
                                            {"brier", "Brier score"},
                                            {"mcc", "MCC"},
                                            {"ece", "calibration error"},
                                            {"calibration_slope", "calibration slope"},
                                            {"calibration_intercept", "calibration intercept"},
                                            {"balanced_accuracy", "balanced accuracy"},
                                            {"base_rate", "base rate"},
                                            {"rmse", "RMSE"},
                                            {"mae", "MAE"},
                                            {"median_ae", "median absolute error"},
                                            {"r2", "R²"},
                                            {"r2_within", "R² within groups"},
                                            {"d2", "D²"},
                                            {"mape", "MAPE"},
                                            {"wape", "WAPE"},
                                            {"tp", "true positives"},
                                            {"fp", "false positives"},
                                            {"fn", "false negatives"},
                                            {"tn", "true negatives"}};

    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (strcmp(titles[i][0], name) == 0)
            return titles[i][1];
    }
    return name;
}

int
sg_view_is_bound(const char *name)
{
    const char *end = strrchr(name, '_');

    return end != NULL &&
           (strcmp(end, "_se") == 0 || strcmp(end, "_low") == 0 || strcmp(end, "_high") == 0);
}

int
sg_view_has_model(const sg_view_cell *cell)
{
    return cell->facts.status == SEGML_GROUP_TRAINED;
}
