/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scores of parents: each of its own out-of-fold predictions of all its rows, also of those whose
 * groups have their own models. So its figures say how it predicts the groups of its key columns,
 * and the threshold that is chosen on them belongs to it; the groups that it answers for are then
 * scored at that threshold, as they are served.
 *
 * Scoring it on the rows that it is asked for alone was rejected: those groups are small or odd,
 * and there would be nothing where all have their own models.
 */

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "train/score.h"

/* Hands the thresholds down to the groups that the parent answers for. */
static void
hand_down(sg_score *score, int64_t p, const double *row)
{
    const sg_parent *parent = &score->outcome->parents->parent[p];
    const int64_t *start = score->outcome->run->dataset->groups.start;

    for (int64_t g = parent->group; g < parent->group + parent->groups; g++) {
        if (score->own[g] || score->parent_of[g] != p)
            continue;
        score->decision.group[g] = score->parent_threshold[p];
        memcpy(score->decision.row + start[g], row + (start[g] - parent->first),
               (size_t)(start[g + 1] - start[g]) * sizeof *row);
    }
}

static int
decide_parent(sg_score *score, int64_t p, const sg_scored *rows, double *row, segml_error *err)
{
    sg_decision_model model = {
        .rows = rows, .first = score->outcome->parents->parent[p].first, .row = row};
    int rc;

    for (int64_t i = 0; i < rows->rows; i++)
        row[i] = score->decision.pooled;
    rc = sg_decision_choose(&score->decision, &score->input, &model, err);
    if (rc < 0)
        return rc;
    score->parent_threshold[p] = model.threshold;
    hand_down(score, p, row);
    return SEGML_OK;
}

int
sg_score_parent(sg_score *score, int64_t p, segml_error *err)
{
    const sg_parent *parent = &score->outcome->parents->parent[p];
    sg_score_part part = sg_score_part_of(score);
    float *weight, *unsearched;
    double *row;
    int rc = SEGML_OK;

    if (parent->result.status != SEGML_GROUP_TRAINED)
        return SEGML_OK;
    weight = sg_alloc_array(parent->rows, sizeof *weight);
    unsearched = sg_alloc_array(parent->rows, sizeof *unsearched);
    row = sg_alloc_array(parent->rows, sizeof *row);
    if (weight == NULL || unsearched == NULL || row == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    sg_score_weigh(score->outcome->run,
                   &(sg_score_weights){&parent->result, parent->margin, parent->first, parent->rows,
                                       weight, unsearched});
    part.scored.rows = parent->rows;
    part.scored.margin = parent->margin;
    part.scored.label += parent->first;
    part.scored.weight = weight;
    part.unsearched = unsearched;
    part.key = parent->hash.low;
    part.result = &parent->result;
    if (part.scored.task == SEGML_TASK_BINARY) {
        part.row_threshold = row;
        rc = decide_parent(score, p, &part.scored, row, err);
    }
    if (rc == SEGML_OK)
        rc = sg_score_part_keep(&score->parent[p], &part, err);
out:
    sg_free(row);
    sg_free(unsearched);
    sg_free(weight);
    return rc;
}

void
sg_score_parents_and_global(const sg_score *score, double *parents, double *global)
{
    const sg_run *run = score->outcome->run;
    const sg_scored *routed = &score->routed, *shared = &score->shared;
    double weight = 0;

    *parents = *global = 0;
    for (int64_t i = 0; i < routed->rows && shared->margin != NULL; i++) {
        int64_t g = run->group[i];
        double w = (double)routed->weight[i];

        if (score->own[g] || score->parent_of[g] < 0 || !(w > 0) || !(shared->weight[i] > 0))
            continue;
        weight += w;
        *parents += w * sg_metric_row_loss(routed->task, routed->margin + i * routed->classes,
                                           routed->classes, routed->label[i]);
        *global += w * sg_metric_row_loss(shared->task, shared->margin + i * shared->classes,
                                          shared->classes, shared->label[i]);
    }
    *parents = weight > 0 ? *parents / weight : (double)NAN;
    *global = weight > 0 ? *global / weight : (double)NAN;
}
