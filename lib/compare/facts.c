/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Facts. The global model's own are those of all rows together; in a group it has none but the
 * status. Of the segmented approaches it is the other way round.
 */

#include "compare/facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train/export.h"
#include "train/profile.h"

enum { MOST_ENGINES = 4 }; /* two, by two methods */

static int
take_result(segml_comparison *made, segml_comparison_cell *cell, const sg_result *result,
            segml_error *err)
{
    const char *message = result->message != NULL ? result->message : "";
    const sg_search_log *search = &result->search;
    const segml_value found[] = {{"search_loss", result->search_loss},
                                 {"search_loss_corrected", result->search_loss_corrected},
                                 {"search_f1", result->search_f1},
                                 {"search_f1_corrected", result->search_f1_corrected}};
    int64_t most = sizeof found / sizeof *found;
    segml_value *metrics;
    double *trials;

    cell->status = result->status;
    cell->message = sg_arena_text(&made->arena, message, strlen(message));
    if (cell->message == NULL)
        return sg_fail_nomem(err);
    if (result->status != SEGML_GROUP_TRAINED)
        return SEGML_OK;
    cell->rounds = result->rounds;
    cell->params = sg_export_params(&made->arena, result, &cell->param_count);
    trials = sg_arena_alloc(&made->arena, search->trials, sizeof *trials);
    metrics = sg_arena_alloc(&made->arena, most, sizeof *metrics);
    if (cell->params == NULL || trials == NULL || metrics == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < most; i++) {
        if (!isnan(found[i].value))
            metrics[cell->metric_count++] = found[i];
    }
    cell->metrics = metrics;
    if (search->trials > 0)
        memcpy(trials, search->value, (size_t)search->trials * sizeof *trials);
    cell->trials = trials;
    cell->trial_count = search->trials;
    return SEGML_OK;
}

/* Adds an engine to the comparison's, unless it stands there. */
static int
add_engine(segml_comparison *made, const sg_result *result, segml_error *err)
{
    const char *known = made->info.engine;
    char text[MOST_ENGINES * (SG_ENGINE_TEXT + 2)];

    if (result->status != SEGML_GROUP_TRAINED || strstr(known, result->engine) != NULL)
        return SEGML_OK;
    snprintf(text, sizeof text, "%s%s%s", known, known[0] != '\0' ? ", " : "", result->engine);
    made->info.engine = sg_arena_text(&made->arena, text, strlen(text));
    return made->info.engine != NULL ? SEGML_OK : sg_fail_nomem(err);
}

int
sg_facts_take(sg_contest *contest, int32_t approach, const sg_training *training, segml_error *err)
{
    segml_comparison *made = contest->made;
    segml_comparison_cell *overall = sg_comparison_cell(made, approach, made->info.groups);
    int rc = SEGML_OK;

    if (approach == SG_APPROACH_GLOBAL) {
        rc = take_result(made, overall, &training->global, err);
        if (rc == SEGML_OK)
            rc = add_engine(made, &training->global, err);
    }
    overall->status = 0;
    for (int64_t g = 0; g < made->info.groups && rc == SEGML_OK; g++) {
        rc = take_result(made, sg_comparison_cell(made, approach, g), &training->result[g], err);
        if (rc == SEGML_OK)
            rc = add_engine(made, &training->result[g], err);
    }
    return rc;
}

void
sg_facts_thresholds(sg_contest *contest, int32_t approach, const double *group, double overall)
{
    segml_comparison *made = contest->made;

    for (int64_t g = 0; g < made->info.groups; g++)
        sg_comparison_cell(made, approach, g)->threshold = group[g];
    sg_comparison_cell(made, approach, made->info.groups)->threshold = overall;
}

int
sg_facts_correlate(sg_contest *contest, segml_error *err)
{
    segml_comparison *made = contest->made;
    const sg_groups *groups = &contest->dataset->groups;
    int rc = SEGML_OK;

    for (int64_t g = 0; g <= groups->count && rc == SEGML_OK; g++) {
        int all = g == groups->count;
        double *out = sg_arena_alloc(&made->arena, made->info.features, sizeof *out);

        if (out == NULL)
            return sg_fail_nomem(err);
        rc = sg_profile_rows(&contest->base, all ? 0 : groups->start[g], made->group[g].rows, out,
                             err);
        made->group[g].correlations = out;
    }
    return rc;
}
