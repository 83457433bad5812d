/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A model as a view: one approach, the model itself.
 *
 * A metric's interval is in metrics of their own, f1_low and f1_high. Where the loss has none, its
 * standard error gives the one of the normal approximation, value +- 1.96 standard errors. A
 * model that was trained without history is a report without its charts, not an error.
 */

#include "report/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"

enum { FACTS = 12, NUMBER = 64 };

static const double normal_quantile = 1.959963984540054; /* of 0.975 */

static double
find_metric(const sg_view_cell *cell, const char *name, const char *suffix)
{
    char full[NUMBER];

    snprintf(full, sizeof full, "%s%s", name, suffix);
    return sg_view_estimate(cell, full).value;
}

/* Estimates of a record: the metrics that come with bounds, and the loss with its error. */
static int
add_estimates(sg_view *view, sg_view_cell *cell, segml_error *err)
{
    const char *loss = sg_view_loss(view->task);
    segml_estimate *estimates =
        sg_arena_alloc(&view->arena, cell->facts.metric_count, sizeof *estimates);
    int64_t count = 0;

    if (estimates == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < cell->facts.metric_count; i++) {
        const segml_value *metric = &cell->facts.metrics[i];
        double low = find_metric(cell, metric->name, "_low");
        double high = find_metric(cell, metric->name, "_high");

        if (isnan(low) && strcmp(metric->name, loss) == 0) {
            double span = normal_quantile * find_metric(cell, loss, "_se");

            low = fmax(0, metric->value - span);
            high = metric->value + span;
            if (isnan(span))
                low = NAN;
        }
        if (isfinite(metric->value) && isfinite(low) && isfinite(high))
            estimates[count++] =
                (segml_estimate){metric->name, metric->value, low, high, NAN, NAN, NAN};
    }
    cell->facts.estimates = estimates;
    cell->facts.estimate_count = count;
    return SEGML_OK;
}

static int
add_importance(sg_view *view, sg_view_cell *cell, const segml_model *model, int64_t index,
               segml_error *err)
{
    double *values = sg_arena_alloc(&view->arena, view->features + view->keys, sizeof *values);
    int rc;

    if (values == NULL)
        return sg_fail_nomem(err);
    rc = segml_model_importance(model, index, values, view->features + view->keys, err);
    if (rc == SEGML_OK)
        cell->importance = values;
    return rc == SEGML_E_NOT_FOUND ? SEGML_OK : rc;
}

static int
add_history(sg_view *view, sg_view_group *group, int64_t index, segml_error *err)
{
    segml_history_info past = SEGML_HISTORY_INFO_INIT;
    sg_view_cell *cell = group->cells;
    int rc = segml_history_get(view->history, index, &past, err);

    if (rc < 0)
        return rc;
    group->correlations = past.correlations;
    cell->facts.trials = past.values;
    cell->facts.trial_count = past.trials;
    cell->chosen = past.chosen;
    cell->states = past.states;
    return SEGML_OK;
}

static int
add_record(sg_view *view, sg_view_group *group, const segml_model *model, int64_t index,
           segml_error *err)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    sg_view_cell *cell = sg_arena_alloc(&view->arena, 1, sizeof *cell);
    int rc = cell != NULL ? segml_model_get_group(model, index, &info, err) : sg_fail_nomem(err);

    if (rc < 0)
        return rc;
    *group = (sg_view_group){.keys = info.keys, .rows = info.rows, .cells = cell};
    cell->chosen = -1;
    cell->facts = (segml_comparison_cell){.status = info.status,
                                          .rounds = info.rounds,
                                          .threshold = info.threshold,
                                          .message = info.message,
                                          .metrics = info.metrics,
                                          .metric_count = info.metric_count,
                                          .params = info.params,
                                          .param_count = info.param_count};
    group->label = index == SEGML_GROUP_INDEX_OVERALL  ? "all groups"
                   : index == SEGML_GROUP_INDEX_GLOBAL ? "global model"
                                                       : NULL;
    if (group->label == NULL)
        group->label = sg_view_label(&view->arena, info.keys, view->keys);
    if (group->label == NULL)
        return sg_fail_nomem(err);
    rc = add_estimates(view, cell, err);
    if (rc == SEGML_OK && index != SEGML_GROUP_INDEX_OVERALL)
        rc = add_importance(view, cell, model, index, err);
    if (rc == SEGML_OK && index != SEGML_GROUP_INDEX_OVERALL && view->history != NULL)
        rc = add_history(view, group, index, err);
    return rc;
}

static int
add_names(sg_view *view, const segml_model *model, segml_error *err)
{
    view->feature_names = sg_arena_alloc(&view->arena, view->features, sizeof *view->feature_names);
    view->key_names = sg_arena_alloc(&view->arena, view->keys, sizeof *view->key_names);
    view->approach_names = sg_arena_alloc(&view->arena, 1, sizeof *view->approach_names);
    if (view->feature_names == NULL || view->key_names == NULL || view->approach_names == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < view->features; i++)
        view->feature_names[i] = segml_model_feature_name(model, i);
    for (int64_t i = 0; i < view->keys; i++)
        view->key_names[i] = segml_model_key_name(model, i);
    view->approach_names[0] = segml_mode_name(view->mode);
    view->approaches = 1;
    return SEGML_OK;
}

/* The first that is asked, and the second. */
static const char *
answer_of(const segml_model_info *info)
{
    const char *policy = info->fallback_policy;
    int global = strstr(policy, "global") != NULL;

    if (strcmp(policy, "none") == 0)
        return NULL;
    if (strncmp(policy, "parent", 6) == 0 && info->parents > 0)
        return global ? "Models of the first key columns answer for them, else the global model."
                      : "Models of the first key columns answer for them.";
    return global ? "The global model answers for them."
                  : "The mean of the training data answers for them.";
}

static int
add_facts(sg_view *view, const segml_model_info *info, segml_error *err)
{
    char text[NUMBER];
    int rc;

    view->facts =
        sg_arena_alloc(&view->arena, FACTS + info->option_text_count, sizeof *view->facts);
    if (view->facts == NULL)
        return sg_fail_nomem(err);
    rc = sg_view_add_fact(view, "Trained by", info->engine, err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "libsegml", info->library, err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Objective", info->objective, err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Mode", segml_mode_name(info->mode), err);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Answers for groups without a model", info->fallback_policy,
                              err);
    snprintf(text, sizeof text, "%lld", (long long)info->models);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "Models in the file", text, err);
    snprintf(text, sizeof text, "%lld bytes, format %d", (long long)info->artifact_bytes,
             (int)info->format);
    if (rc == SEGML_OK)
        rc = sg_view_add_fact(view, "File", text, err);
    for (int64_t i = 0; i < info->option_text_count && rc == SEGML_OK; i++)
        rc = sg_view_add_fact(view, info->option_texts[i].name, info->option_texts[i].text, err);
    view->options = info->options;
    view->option_count = info->option_count;
    return rc;
}

int
sg_view_of_model(sg_view *view, const segml_model *model, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    int rc = segml_model_get_info(model, &info, err);

    if (rc < 0)
        return rc;
    view->task = info.task;
    view->mode = info.mode;
    view->answer = answer_of(&info);
    view->label_name = info.label_name;
    view->rows = view->scored = info.rows;
    view->features = info.features;
    view->keys = info.keys;
    view->reference = view->best = -1;
    view->group_count = info.groups;
    view->groups = sg_arena_alloc(&view->arena, info.groups, sizeof *view->groups);
    if (view->groups == NULL)
        return sg_fail_nomem(err);
    rc = segml_history_open(&view->history, model, err);
    if (rc == SEGML_E_NOT_FOUND)
        rc = SEGML_OK;
    if (rc == SEGML_OK)
        rc = add_names(view, model, err);
    for (int64_t i = 0; i < info.groups && rc == SEGML_OK; i++)
        rc = add_record(view, &view->groups[i], model, i, err);
    if (rc == SEGML_OK)
        rc = add_record(view, &view->overall, model, SEGML_GROUP_INDEX_OVERALL, err);
    if (rc == SEGML_OK) {
        rc = add_record(view, &view->global, model, SEGML_GROUP_INDEX_GLOBAL, err);
        view->has_global = rc == SEGML_OK;
        if (rc == SEGML_E_NOT_FOUND)
            rc = SEGML_OK;
    }
    if (rc == SEGML_OK)
        rc = add_facts(view, &info, err);
    return rc;
}
