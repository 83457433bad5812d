/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Correlations of features with the label.
 *
 * Sums over categories are taken along rows sorted by category, so that time and memory
 * follow the rows of a group and not the size of a dictionary or the number of classes.
 * Means come first and squares after them: one pass over sums of squares loses all digits
 * of a column of time stamps.
 *
 * With phi^2 = sum p_ij^2 / (p_i p_j) - 1 over the cells that occur, Cramer's V is
 * sqrt(phi^2 / (min(categories of x, of y) - 1)); without the bias correction, as SciPy's
 * contingency.association().
 */

#include "train/profile.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* A row of both columns. */
typedef struct cell {
    float x, y;
    double weight;
    double y_total; /* weight of all rows of its y */
    int64_t place;  /* makes the order, and with it the sums, unique */
} cell;

static int
by_x(const void *a, const void *b)
{
    const cell *p = a, *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->place < q->place ? -1 : p->place > q->place;
}

static int
by_y(const void *a, const void *b)
{
    const cell *p = a, *q = b;

    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return p->place < q->place ? -1 : p->place > q->place;
}

static int
by_x_and_y(const void *a, const void *b)
{
    const cell *p = a, *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return by_y(a, b);
}

/* The rows that count, in which both are known; with x and y exchanged if asked for. */
static int64_t
collect(cell *cells, const sg_profile_pair *pair, int exchange)
{
    int64_t n = 0;

    for (int64_t i = 0; i < pair->rows; i++) {
        float x = pair->x[i], y = pair->y[i];

        if (isnan(x) || isnan(y) || !(pair->weight[i] > 0))
            continue;
        cells[n] = (cell){exchange ? y : x, exchange ? x : y, (double)pair->weight[i], 0, n};
        n++;
    }
    return n;
}

/* Whether each column has more than one value. */
static int
both_vary(const cell *cells, int64_t n)
{
    int x = 0, y = 0;

    for (int64_t i = 1; i < n; i++) {
        x = x || cells[i].x != cells[0].x;
        y = y || cells[i].y != cells[0].y;
    }
    return x && y;
}

/* Weighted mean of y from cell `from` up to `to`, and the weight. */
static double
mean_y(const cell *cells, int64_t from, int64_t to, double *weight)
{
    double sum = 0;

    *weight = 0;
    for (int64_t i = from; i < to; i++) {
        *weight += cells[i].weight;
        sum += cells[i].weight * (double)cells[i].y;
    }
    return sum / *weight;
}

static double
pearson(const cell *cells, int64_t n)
{
    double total = 0, mean_x = 0, xy = 0, xx = 0, yy = 0, mean = mean_y(cells, 0, n, &total);

    for (int64_t i = 0; i < n; i++)
        mean_x += cells[i].weight * (double)cells[i].x;
    mean_x /= total;
    for (int64_t i = 0; i < n; i++) {
        double x = (double)cells[i].x - mean_x, y = (double)cells[i].y - mean;

        xy += cells[i].weight * x * y;
        xx += cells[i].weight * x * x;
        yy += cells[i].weight * y * y;
    }
    return xy / sqrt(xx) / sqrt(yy);
}

/* End of the run of cells from `from` on that have its x. */
static int64_t
end_of_x(const cell *cells, int64_t from, int64_t n)
{
    int64_t to = from;

    while (to < n && cells[to].x == cells[from].x)
        to++;
    return to;
}

/* x is the category. Sorts the cells. */
static double
correlation_ratio(cell *cells, int64_t n)
{
    double total = 0, between = 0, all = 0, mean = mean_y(cells, 0, n, &total);

    qsort(cells, (size_t)n, sizeof *cells, by_x);
    for (int64_t from = 0, to; from < n; from = to) {
        double weight, off;

        to = end_of_x(cells, from, n);
        off = mean_y(cells, from, to, &weight) - mean;
        between += weight * off * off;
    }
    for (int64_t i = 0; i < n; i++) {
        double off = (double)cells[i].y - mean;

        all += cells[i].weight * off * off;
    }
    return sqrt(between / all);
}

/* Notes the weight of all rows of each y; returns how many values of y there are. */
static int64_t
total_by_y(cell *cells, int64_t n)
{
    int64_t count = 0;

    qsort(cells, (size_t)n, sizeof *cells, by_y);
    for (int64_t from = 0, to; from < n; from = to, count++) {
        double sum = 0;

        for (to = from; to < n && cells[to].y == cells[from].y; to++)
            sum += cells[to].weight;
        for (int64_t i = from; i < to; i++)
            cells[i].y_total = sum;
    }
    return count;
}

/* Sum of n_ij^2 / (n_i n_j) over the cells of one x. */
static double
sum_of_x(const cell *cells, int64_t from, int64_t to)
{
    double x_total = 0, sum = 0;

    for (int64_t i = from; i < to; i++)
        x_total += cells[i].weight;
    for (int64_t i = from; i < to;) {
        double both = 0, y_total = cells[i].y_total;
        float y = cells[i].y;

        for (; i < to && cells[i].y == y; i++)
            both += cells[i].weight;
        sum += both * both / (x_total * y_total);
    }
    return sum;
}

static double
cramers_v(cell *cells, int64_t n)
{
    int64_t ys = total_by_y(cells, n), xs = 0, fewer;
    double sum = 0;

    qsort(cells, (size_t)n, sizeof *cells, by_x_and_y);
    for (int64_t from = 0, to; from < n; from = to, xs++) {
        to = end_of_x(cells, from, n);
        sum += sum_of_x(cells, from, to);
    }
    fewer = xs < ys ? xs : ys;
    return sqrt(fmax(sum - 1, 0) / (double)(fewer - 1));
}

static double
associate(cell *cells, const sg_profile_pair *pair)
{
    int64_t n = collect(cells, pair, pair->y_categorical && !pair->x_categorical);
    double found;

    if (!both_vary(cells, n))
        return (double)NAN;
    if (pair->x_categorical && pair->y_categorical)
        found = cramers_v(cells, n);
    else if (pair->x_categorical || pair->y_categorical)
        found = correlation_ratio(cells, n);
    else
        found = pearson(cells, n);
    return isnan(found) ? found : fmax(-1, fmin(found, 1)); /* rounding goes beyond */
}

int
sg_profile_associate(const sg_profile_pair *pair, double *out, segml_error *err)
{
    cell *cells = sg_alloc_array(pair->rows, sizeof *cells);

    if (cells == NULL)
        return sg_fail_nomem(err);
    *out = associate(cells, pair);
    sg_free(cells);
    return SEGML_OK;
}

int
sg_profile_rows(const sg_run *run, int64_t first, int64_t rows, double *out, segml_error *err)
{
    const segml_dataset *dataset = run->dataset;
    cell *cells = sg_alloc_array(rows, sizeof *cells);
    float *column = sg_alloc_array(3 * rows, sizeof *column);
    float *x = column, *y, *weight;
    sg_profile_pair pair;
    int rc = SEGML_OK;

    if (cells == NULL || column == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    y = column + rows;
    weight = column + 2 * rows;
    for (int64_t i = 0; i < rows; i++) {
        y[i] = run->target.label[run->row[first + i]];
        weight[i] = sg_dataset_weight(dataset, run->row[first + i]);
    }
    pair = (sg_profile_pair){rows, x, y, weight, 0, run->target.task == SEGML_TASK_MULTICLASS};
    for (int64_t j = 0; j < dataset->features; j++) {
        pair.x_categorical = dataset->feature[j].type == SEGML_FEATURE_CATEGORICAL;
        for (int64_t i = 0; i < rows; i++)
            x[i] = sg_dataset_cell(dataset, run->row[first + i], j);
        out[j] = associate(cells, &pair);
    }
out:
    sg_free(column);
    sg_free(cells);
    return rc;
}
