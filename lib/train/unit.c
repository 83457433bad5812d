/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Units. The one copy of a model's rows: engines want them dense and in canonical
 * order, the caller's matrix has strides and any order. Labels and weights are kept a
 * second time fold by fold, because the loss of the held-out rows is taken after every
 * boosting round.
 */

#include "train/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "train/params.h"

static const double smallest_rate = 1e-6;

static int64_t
position_of(const sg_unit_spec *spec, int64_t i)
{
    return spec->position != NULL ? spec->position[i] : spec->first + i;
}

static void
copy_rows(sg_unit *unit, const sg_run *run, const sg_unit_spec *spec)
{
    const segml_dataset *dataset = run->dataset;
    int64_t keys = spec->with_keys ? dataset->key_count : 0;
    float *cell = unit->data;

    for (int64_t i = 0; i < spec->rows; i++) {
        int64_t position = position_of(spec, i), row = run->row[position];
        const float *code = run->key_code + run->group[position] * dataset->key_count;

        for (int64_t j = 0; j < dataset->features; j++)
            *cell++ = sg_dataset_cell(dataset, row, j) + 0.0f; /* -0 is 0, as in canonical order */
        for (int64_t c = 0; c < keys; c++)
            *cell++ = code[c];
        unit->label[i] = run->target.label[row];
        if (unit->weight != NULL)
            unit->weight[i] = dataset->weight[row];
        unit->fold[i] = run->fold[position];
        unit->counted += sg_dataset_weight(dataset, row) > 0;
    }
}

/* The rows fold by fold, by a counting sort. */
static void
sort_by_fold(sg_unit *unit)
{
    int64_t rows = unit->rows.rows;
    int32_t folds = unit->rows.folds;
    int64_t *start = unit->fold_start;

    for (int64_t i = 0; i < rows; i++) {
        if (unit->fold[i] != SG_FOLD_NEVER)
            start[unit->fold[i] + 1]++;
    }
    for (int32_t f = 0; f < folds; f++)
        start[f + 1] += start[f];
    for (int64_t i = 0; i < rows; i++) {
        int32_t f = unit->fold[i];
        int64_t place;
        double w = unit->weight != NULL ? (double)unit->weight[i] : 1.0;

        if (f == SG_FOLD_NEVER) {
            unit->never_weight += w;
            unit->never_label += w * (double)unit->label[i];
            continue;
        }
        place = start[f]++;
        unit->fold_row[place] = (int32_t)i;
        unit->fold_label[place] = unit->label[i];
        if (unit->weight != NULL)
            unit->fold_weight[place] = unit->weight[i];
        unit->weight_sum[f] += w;
        unit->label_sum[f] += w * (double)unit->label[i];
    }
    for (int32_t f = folds; f > 0; f--)
        start[f] = start[f - 1];
    start[0] = 0;
}

static sg_loss
loss_of(int32_t task)
{
    return task == SEGML_TASK_BINARY       ? SG_LOSS_LOGISTIC
           : task == SEGML_TASK_MULTICLASS ? SG_LOSS_SOFTPROB
           : task == SEGML_TASK_POISSON    ? SG_LOSS_POISSON
                                           : SG_LOSS_SQUARED;
}

/* Bins that the options fix, or the most that the default has. */
static int32_t
most_bins(const sg_run *run)
{
    const segml_train_options *options = &run->options;

    for (int64_t i = 0; i < options->param_count; i++) {
        if (strcmp(options->params[i].name, sg_params_name(SG_PARAM_MAX_BIN)) == 0)
            return (int32_t)options->params[i].value;
    }
    return 256;
}

sg_engine_rows
sg_unit_outline(const sg_run *run, const sg_unit_spec *spec)
{
    const segml_dataset *dataset = run->dataset;
    const char *method = run->options.tree_method;
    int exact = method != NULL && strcmp(method, "exact") == 0 && !spec->with_keys;

    return (sg_engine_rows){.rows = spec->rows,
                            .features =
                                dataset->features + (spec->with_keys ? dataset->key_count : 0),
                            .categorical = run->schema.categorical,
                            .names = run->schema.names,
                            .folds = run->options.folds,
                            .ordered = dataset->fold_kind == SG_FOLD_ORDERED,
                            .loss = loss_of(run->target.task),
                            .classes = (int32_t)run->target.outputs,
                            .method = exact ? SG_TREE_EXACT : SG_TREE_HIST,
                            .max_bin = most_bins(run),
                            .monotone = run->schema.monotone};
}

void
sg_unit_settle(sg_unit *unit, const sg_run *run, int32_t max_bin)
{
    unit->rows.max_bin = max_bin;
    unit->engine = sg_engines_choose(&run->engines, &unit->rows);
}

/*
 * Whether some row's weight is not 1. Rows of weight 1 have the content of rows without weights
 * (data/canon.c), and so must be trained to the same bits: sums are taken in another order where
 * there are weights.
 */
static int
has_weights(const sg_run *run, const sg_unit_spec *spec)
{
    const float *weight = run->dataset->weight;
    int found = 0;

    for (int64_t i = 0; weight != NULL && i < spec->rows && !found; i++)
        found = weight[run->row[position_of(spec, i)]] != 1;
    return found;
}

int
sg_unit_make(sg_unit *unit, const sg_run *run, const sg_unit_spec *spec, segml_error *err)
{
    sg_engine_rows outline = sg_unit_outline(run, spec);
    int64_t features = outline.features, rows = spec->rows;
    int32_t folds = run->options.folds;
    int weighted = has_weights(run, spec);

    unit->data = sg_alloc_array(rows * features, sizeof *unit->data);
    unit->label = sg_alloc_array(rows, sizeof *unit->label);
    unit->fold = sg_alloc_array(rows, sizeof *unit->fold);
    unit->fold_start = sg_alloc_zeroed((int64_t)folds + 1, sizeof *unit->fold_start);
    unit->fold_row = sg_alloc_array(rows, sizeof *unit->fold_row);
    unit->fold_label = sg_alloc_array(rows, sizeof *unit->fold_label);
    unit->weight_sum = sg_alloc_zeroed(folds, sizeof *unit->weight_sum);
    unit->label_sum = sg_alloc_zeroed(folds, sizeof *unit->label_sum);
    if (weighted) {
        unit->weight = sg_alloc_array(rows, sizeof *unit->weight);
        unit->fold_weight = sg_alloc_array(rows, sizeof *unit->fold_weight);
    }
    if (unit->data == NULL || unit->label == NULL || unit->fold == NULL ||
        unit->fold_start == NULL || unit->fold_row == NULL || unit->fold_label == NULL ||
        unit->weight_sum == NULL || unit->label_sum == NULL ||
        (weighted && (unit->weight == NULL || unit->fold_weight == NULL)))
        return sg_fail_nomem(err);
    unit->rows = outline;
    unit->rows.data = unit->data;
    unit->rows.label = unit->label;
    unit->rows.weight = unit->weight;
    unit->rows.fold = unit->fold;
    copy_rows(unit, run, spec);
    sort_by_fold(unit);
    return SEGML_OK;
}

void
sg_unit_clear(sg_unit *unit)
{
    static const sg_unit empty;

    sg_free(unit->data);
    sg_free(unit->label);
    sg_free(unit->weight);
    sg_free(unit->fold);
    sg_free(unit->fold_start);
    sg_free(unit->fold_row);
    sg_free(unit->fold_label);
    sg_free(unit->fold_weight);
    sg_free(unit->weight_sum);
    sg_free(unit->label_sum);
    *unit = empty;
}

int64_t
sg_unit_held(const sg_unit *unit, int32_t fold)
{
    return unit->fold_start[fold + 1] - unit->fold_start[fold];
}

int64_t
sg_unit_validated(const sg_unit *unit, int32_t fold)
{
    int64_t rows = 0;

    if (unit->fold_weight == NULL)
        return sg_unit_held(unit, fold);
    for (int64_t k = unit->fold_start[fold]; k < unit->fold_start[fold + 1]; k++)
        rows += unit->fold_weight[k] > 0;
    return rows;
}

/* Whether a fit that holds out one fold trains on the rows of another. */
static int
trains_on(const sg_unit *unit, int32_t fold, int32_t hold_out)
{
    return hold_out == SG_FIT_ALL_ROWS || (unit->rows.ordered ? fold < hold_out : fold != hold_out);
}

/* Weight of the rows that a fit trains on, and sum of weight * label. */
static double
trained_weight(const sg_unit *unit, int32_t hold_out, double *label)
{
    double weight = unit->never_weight;

    *label = unit->never_label;
    for (int32_t f = 0; f < unit->rows.folds; f++) {
        weight += trains_on(unit, f, hold_out) ? unit->weight_sum[f] : 0;
        *label += trains_on(unit, f, hold_out) ? unit->label_sum[f] : 0;
    }
    return weight;
}

int
sg_unit_trains(const sg_unit *unit, int32_t hold_out)
{
    double label;

    return trained_weight(unit, hold_out, &label) > 0;
}

int32_t
sg_unit_search_folds(const sg_unit *unit, int32_t most, int32_t *fold)
{
    int32_t folds = unit->rows.folds, count = 0;

    for (int32_t i = 0; i < folds && count < most; i++) {
        int32_t f = unit->rows.ordered ? folds - 1 - i : i;

        if (unit->weight_sum[f] > 0 && sg_unit_trains(unit, f))
            fold[count++] = f;
    }
    return count;
}

double
sg_unit_base(const sg_unit *unit, int32_t hold_out)
{
    double label, weight = trained_weight(unit, hold_out, &label), mean;

    mean = weight > 0 ? label / weight : 0;
    if (unit->rows.loss == SG_LOSS_SOFTPROB)
        return 0.5;
    if (unit->rows.loss == SG_LOSS_LOGISTIC)
        return fmin(fmax(mean, smallest_rate), 1 - smallest_rate);
    return unit->rows.loss == SG_LOSS_POISSON ? fmax(mean, smallest_rate) : mean;
}

/* Mean over the classes of 2 q (1 - q), q being a class's share of the weight. */
static double
softprob_hessian(const sg_unit *unit)
{
    double total = unit->never_weight, sum = 0;
    int32_t classes = unit->rows.classes;

    for (int32_t f = 0; f < unit->rows.folds; f++)
        total += unit->weight_sum[f];
    for (int32_t c = 0; c < classes && total > 0; c++) {
        double share = 0;

        for (int64_t i = 0; i < unit->rows.rows; i++) {
            if (unit->label[i] == (float)c)
                share += unit->weight != NULL ? (double)unit->weight[i] : 1.0;
        }
        sum += 2 * (share / total) * (1 - share / total);
    }
    return fmax(sum / classes, smallest_rate);
}

void
sg_unit_hessian(const sg_unit *unit, double *mean_hessian, double *minority)
{
    double base = sg_unit_base(unit, SG_FIT_ALL_ROWS);

    *minority = 0.5;
    switch (unit->rows.loss) {
    case SG_LOSS_LOGISTIC:
        *mean_hessian = base * (1 - base);
        *minority = fmin(base, 1 - base);
        return;
    case SG_LOSS_SOFTPROB:
        *mean_hessian = softprob_hessian(unit);
        return;
    case SG_LOSS_POISSON:
        *mean_hessian = base;
        return;
    case SG_LOSS_SQUARED:
        *mean_hessian = 1;
        return;
    }
}

typedef struct ranked_position {
    float label;
    int32_t position;
} ranked_position;

static int
by_label(const void *a, const void *b)
{
    const ranked_position *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static int
ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

int
sg_unit_sample(const sg_run *run, int64_t first, int64_t rows, int64_t count, int32_t *position,
               segml_error *err)
{
    ranked_position *ranked = sg_alloc_array(rows, sizeof *ranked);
    int64_t n = 0;

    if (ranked == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = first; i < first + rows; i++) {
        if (sg_dataset_weight(run->dataset, run->row[i]) > 0)
            ranked[n++] = (ranked_position){run->target.label[run->row[i]], (int32_t)i};
    }
    qsort(ranked, (size_t)n, sizeof *ranked, by_label);
    for (int64_t k = 0; k < count; k++)
        position[k] = ranked[k * n / count].position;
    qsort(position, (size_t)count, sizeof *position, ascending);
    sg_free(ranked);
    return SEGML_OK;
}
