/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rows made ready for adding, and their sums.
 *
 * One layout serves all tasks, so that intervals, groups and the correction of a search have one
 * loop each; a binary row fills 4 cells, a number row cell 0, which nobody reads. Sums per metric
 * were rejected: a draw then passes over the rows once for each metric.
 */

#include "metric/sums.h"

#include <string.h>

#include "metric/rows.h"

static int32_t
most_probable(const float *margin, int64_t classes)
{
    int64_t best = 0;

    for (int64_t c = 1; c < classes; c++)
        best = margin[c] > margin[best] ? c : best;
    return (int32_t)best;
}

sg_sums_row
sg_sums_look(const sg_scored *scored, int64_t i, double threshold)
{
    const float *margin = scored->margin + i * scored->classes;
    double p;
    sg_sums_row row = {.weight = sg_rows_weight(scored, i)};

    if (!(row.weight > 0))
        return row;
    row.loss = sg_metric_row_loss(scored->task, margin, scored->classes, scored->label[i]);
    switch (scored->task) {
    case SEGML_TASK_BINARY:
        p = sg_rows_sigmoid((double)*margin);
        row.label = sg_rows_positive(scored, i);
        row.predicted = p >= threshold;
        row.error = p - row.label;
        break;
    case SEGML_TASK_MULTICLASS:
        row.label = (int32_t)scored->label[i];
        row.predicted = most_probable(margin, scored->classes);
        break;
    case SEGML_TASK_POISSON:
        row.error = exp((double)*margin) - (double)scored->label[i];
        break;
    default:
        row.error = (double)*margin - (double)scored->label[i];
    }
    return row;
}

int64_t
sg_sums_rows(const sg_scored *scored, const double *row_threshold, sg_sums_row *out)
{
    int64_t count = 0;

    for (int64_t i = 0; i < scored->rows; i++) {
        double threshold = row_threshold != NULL ? row_threshold[i] : scored->threshold;

        out[count] = sg_sums_look(scored, i, threshold);
        count += out[count].weight > 0;
    }
    return count;
}

/* Sums stay in registers: in memory each row would wait for the one before to be written. Cells
   that a row does not belong to add 0. */
static void
sum_single(double *sums, const sg_sums_row *row, const int64_t *which, const double *factor,
           int64_t count)
{
    double weight = 0, loss = 0, squares = 0, absolute = 0, cell[4] = {0, 0, 0, 0};

    for (int64_t k = 0; k < count; k++) {
        const sg_sums_row *of = &row[which != NULL ? which[k] : k];
        double w = of->weight * (factor != NULL ? factor[k] : 1);
        int32_t mine = 2 * of->label + of->predicted;

        weight += w;
        loss += w * of->loss;
        squares += w * of->error * of->error;
        absolute += w * fabs(of->error);
        for (int32_t c = 0; c < 4; c++)
            cell[c] += c == mine ? w : 0;
    }
    sums[SG_SUM_WEIGHT] = weight;
    sums[SG_SUM_LOSS] = loss;
    sums[SG_SUM_SQUARES] = squares;
    sums[SG_SUM_ABSOLUTE] = absolute;
    memcpy(sums + SG_SUM_CELLS, cell, sizeof cell);
}

void
sg_sums_of(double *sums, const sg_sums_row *row, int64_t classes, const int64_t *which,
           const double *factor, int64_t count)
{
    if (classes <= 1) {
        sum_single(sums, row, which, factor, count);
        return;
    }
    memset(sums, 0, (size_t)sg_sums_width(classes) * sizeof *sums);
    for (int64_t k = 0; k < count; k++)
        sg_sums_add(sums, &row[which != NULL ? which[k] : k], classes,
                    factor != NULL ? factor[k] : 1);
}

void
sg_sums_all(const sg_scored *scored, const double *row_threshold, double *sums)
{
    memset(sums, 0, (size_t)sg_sums_width(scored->classes) * sizeof *sums);
    for (int64_t i = 0; i < scored->rows; i++) {
        double threshold = row_threshold != NULL ? row_threshold[i] : scored->threshold;
        sg_sums_row row = sg_sums_look(scored, i, threshold);

        if (row.weight > 0)
            sg_sums_add(sums, &row, scored->classes, 1);
    }
}

double
sg_sums_loss(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[SG_SUM_LOSS], sums[SG_SUM_WEIGHT]);
}

double
sg_sums_rmse(const double *sums, int64_t classes)
{
    (void)classes;
    return sqrt(sg_rows_ratio(sums[SG_SUM_SQUARES], sums[SG_SUM_WEIGHT]));
}

double
sg_sums_mae(const double *sums, int64_t classes)
{
    (void)classes;
    return sg_rows_ratio(sums[SG_SUM_ABSOLUTE], sums[SG_SUM_WEIGHT]);
}
