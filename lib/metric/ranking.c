/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rankings.
 *
 * R1  Ties: the ROC AUC counts a pair of equal scores half, average precision moves equal scores
 *     together; no value depends on the order of rows.
 * R2  ROC AUC of one class: NaN. Average precision without positives: NaN, without negatives: 1.
 *
 * Both are scikit-learn's. Average precision is the sum over thresholds of precision times the
 * gain in recall; trapezoids were rejected, as they are too good where the curve is coarse.
 * O(n log n), 24 bytes per row.
 */

#include "metric/ranking.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "metric/rows.h"

static int
by_falling_score(const void *a, const void *b)
{
    const sg_ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

void
sg_ranking_sort(sg_ranked *row, int64_t count)
{
    qsort(row, (size_t)count, sizeof *row, by_falling_score);
}

int
sg_ranking_make(sg_ranked **out, int64_t *count, const sg_scored *scored, segml_error *err)
{
    sg_ranked *row = sg_alloc_array(scored->rows, sizeof *row);
    int64_t n = 0;

    *out = row;
    *count = 0;
    if (row == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < scored->rows; i++) {
        double w = sg_rows_weight(scored, i);

        if (w > 0)
            row[n++] = (sg_ranked){scored->margin[i], sg_rows_positive(scored, i), w, i};
    }
    sg_ranking_sort(row, n);
    *count = n;
    return SEGML_OK;
}

int64_t
sg_ranking_next(const sg_ranked *row, int64_t count, int64_t i)
{
    int64_t j = i + 1;

    while (j < count && !(row[j].score < row[i].score)) /* also over NaN */
        j++;
    return j;
}

sg_areas
sg_ranking_areas(const sg_ranked *row, int64_t count)
{
    double precision_sum = 0;
    sg_areas areas = {.positives = 0};

    for (int64_t i = 0, next; i < count; i = next) {
        double positives = 0, negatives = 0;

        next = sg_ranking_next(row, count, i);
        for (int64_t j = i; j < next; j++)
            *(row[j].positive ? &positives : &negatives) += row[j].weight;
        areas.won += negatives * (areas.positives + positives / 2);
        areas.positives += positives;
        areas.negatives += negatives;
        precision_sum += positives * (areas.positives / (areas.positives + areas.negatives));
    }
    areas.roc_auc = sg_rows_ratio(areas.won, areas.positives * areas.negatives);
    areas.pr_auc = sg_rows_ratio(precision_sum, areas.positives);
    return areas;
}

double
sg_ranking_roc_auc(const sg_ranked *row, int64_t count)
{
    return sg_ranking_areas(row, count).roc_auc;
}

double
sg_ranking_pr_auc(const sg_ranked *row, int64_t count)
{
    return sg_ranking_areas(row, count).pr_auc;
}
