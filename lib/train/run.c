/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Preparation of a training call: everything that depends on the data as a whole. A
 * group's order and folds depend on the group alone, so they would be the same if
 * each were trained in a call of its own.
 *
 * Where the data set says nothing about folds (data/fold.c has the four ways), rows are dealt.
 * Strata of the folds are then the classes; numbers are cut into at most ten bins of equal
 * size by rank, with at least two rows per fold and bin. Rows of weight 0, which count
 * nowhere, have strata of their own, so that the others are dealt evenly.
 */

#include "train/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "data/canon.h"

enum { MOST_BINS = 10 };

typedef struct ranked_label {
    float label;
    int32_t position;
} ranked_label;

static int
compare_labels(const void *a, const void *b)
{
    const ranked_label *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static int
counts(const sg_run *run, int32_t row)
{
    return sg_dataset_weight(run->dataset, row) > 0;
}

/* Stratum of each row of a group, and their number. */
static int
find_strata(const sg_run *run, const int32_t *row, int64_t rows, int32_t *stratum, int32_t *strata,
            segml_error *err)
{
    int32_t classes = (int32_t)run->target.class_count;
    ranked_label *ranked;
    int64_t bins, count = 0;

    if (classes > 0) {
        *strata = 2 * classes;
        for (int64_t i = 0; i < rows; i++)
            stratum[i] = (int32_t)run->target.label[row[i]] + (counts(run, row[i]) ? 0 : classes);
        return SEGML_OK;
    }
    ranked = sg_alloc_array(rows, sizeof *ranked);
    if (ranked == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < rows; i++) {
        if (counts(run, row[i]))
            ranked[count++] = (ranked_label){run->target.label[row[i]], (int32_t)i};
    }
    bins = count / (2 * (int64_t)run->options.folds);
    bins = bins < 1 ? 1 : bins > MOST_BINS ? MOST_BINS : bins;
    qsort(ranked, (size_t)count, sizeof *ranked, compare_labels);
    for (int64_t i = 0; i < rows; i++)
        stratum[i] = (int32_t)bins;
    for (int64_t i = 0; i < count; i++)
        stratum[ranked[i].position] = (int32_t)(i * bins / count);
    *strata = (int32_t)bins + 1;
    sg_free(ranked);
    return SEGML_OK;
}

/* Some rows of one group, in canonical order. */
typedef struct part {
    const int32_t *row;
    int64_t rows;
    uint64_t group; /* hash of its key */
} part;

static int
deal_evenly(int32_t *fold, const sg_run *run, const part *of, segml_error *err)
{
    int32_t *stratum = sg_alloc_array(of->rows, sizeof *stratum);
    sg_fold_spec spec = {.folds = run->options.folds,
                         .seed = run->options.seed,
                         .group = of->group,
                         .stratum = stratum};
    int rc;

    if (stratum == NULL)
        return sg_fail_nomem(err);
    rc = find_strata(run, of->row, of->rows, stratum, &spec.strata, err);
    if (rc == SEGML_OK)
        rc = sg_fold_assign(fold, of->rows, &spec, err);
    sg_free(stratum);
    return rc;
}

/* By the fold group's value; rows without one are dealt among themselves. */
static int
deal_by_value(int32_t *fold, const sg_run *run, const part *of, segml_error *err)
{
    const uint64_t *value = run->dataset->fold_value;
    int32_t *row = sg_alloc_array(of->rows, sizeof *row);
    int32_t *dealt = sg_alloc_array(of->rows, sizeof *dealt);
    part rest = {row, 0, of->group};
    int rc = SEGML_OK;

    if (row == NULL || dealt == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t i = 0; i < of->rows; i++) {
        if (value[of->row[i]] == 0)
            row[rest.rows++] = of->row[i];
        else
            fold[i] = sg_fold_of_value(run->options.seed, value[of->row[i]], run->options.folds);
    }
    rc = deal_evenly(dealt, run, &rest, err);
    for (int64_t i = 0, n = 0; i < of->rows && rc == SEGML_OK; i++) {
        if (value[of->row[i]] == 0)
            fold[i] = dealt[n++];
    }
out:
    sg_free(dealt);
    sg_free(row);
    return rc;
}

static int
deal_in_time(int32_t *fold, const sg_run *run, const part *of, segml_error *err)
{
    double *time = sg_alloc_array(of->rows, sizeof *time);
    uint8_t *counted = sg_alloc_array(of->rows, sizeof *counted);
    int rc = SEGML_OK;

    if (time == NULL || counted == NULL)
        rc = sg_fail_nomem(err);
    for (int64_t i = 0; i < of->rows && rc == SEGML_OK; i++) {
        time[i] = run->dataset->time[of->row[i]];
        counted[i] = (uint8_t)counts(run, of->row[i]);
    }
    if (rc == SEGML_OK)
        sg_fold_in_time(fold, of->rows, run->options.folds, time, counted);
    sg_free(counted);
    sg_free(time);
    return rc;
}

static int
deal_group(int32_t *fold, const sg_run *run, const part *of, segml_error *err)
{
    switch (run->dataset->fold_kind) {
    case SG_FOLD_GIVEN:
        for (int64_t i = 0; i < of->rows; i++)
            fold[i] = run->dataset->fold[of->row[i]];
        return SEGML_OK;
    case SG_FOLD_GROUPED:
        return deal_by_value(fold, run, of, err);
    case SG_FOLD_ORDERED:
        return deal_in_time(fold, run, of, err);
    case SG_FOLD_DEALT:
        break;
    }
    return deal_evenly(fold, run, of, err);
}

static int
deal_folds(sg_run *run, segml_error *err)
{
    const sg_groups *groups = &run->dataset->groups;
    int rc = SEGML_OK;

    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++) {
        int64_t start = groups->start[g];
        part whole = {run->row + start, sg_groups_rows(groups, g), groups->hashes[g].low};

        rc = sg_canon_sort(run->dataset, run->row + start, whole.rows, &run->content[g], err);
        if (rc == SEGML_OK)
            rc = deal_group(run->fold + start, run, &whole, err);
        for (int64_t i = 0; i < whole.rows; i++)
            run->group[start + i] = (int32_t)g;
    }
    return rc;
}

int
sg_run_code_keys(sg_run *run, segml_error *err)
{
    const sg_groups *groups = &run->dataset->groups;
    const segml_key **keys = sg_alloc_array(groups->count, sizeof *keys);
    int rc;

    if (keys == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups->count; g++)
        keys[g] = groups->keys + g * groups->columns;
    rc = sg_key_codes(run->key_code, keys, groups->count, groups->columns, err);
    for (int64_t i = 0; rc == SEGML_OK && i < groups->count * groups->columns; i++) {
        if (run->key_code[i] >= (float)run->largest_key)
            run->largest_key = (int64_t)run->key_code[i] + 1;
    }
    sg_free(keys);
    return rc;
}

/* One constraint of the caller's. */
static int
constrain(sg_run *run, const segml_value *given, segml_error *err)
{
    const segml_dataset *dataset = run->dataset;
    const segml_value *first = run->options.monotone;
    const char *name = given->name != NULL ? given->name : "";
    char value[SG_TEXT_NUMBER];
    int64_t j = 0;

    while (j < dataset->features && strcmp(dataset->feature[j].name, name) != 0)
        j++;
    if (j == dataset->features)
        return sg_fail(err, SEGML_E_ARGUMENT, "monotone constraint of \"%.100s\": no such feature",
                       name);
    sg_text_double(value, given->value);
    if (given->value != -1 && given->value != 0 && given->value != 1)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "monotone constraint %.100s = %s: 1 (rises), -1 (falls) or 0 is needed",
                       name, value);
    if (run->schema.categorical[j])
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "monotone constraint %.100s = %s: the feature is categorical, its values "
                       "have no order",
                       name, value);
    for (; first < given; first++) {
        if (strcmp(first->name, name) == 0)
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "monotone constraint %.100s = %s: the feature is given twice", name,
                           value);
    }
    run->schema.monotone[j] = (int8_t)given->value;
    return SEGML_OK;
}

static int
constrain_all(sg_run *run, segml_error *err)
{
    const segml_train_options *options = &run->options;
    int64_t columns = run->dataset->features + run->dataset->key_count;
    int rc = SEGML_OK, free_of_any = 1;

    if (options->monotone_count == 0)
        return SEGML_OK;
    run->schema.monotone = sg_alloc_zeroed(columns, sizeof *run->schema.monotone);
    if (run->schema.monotone == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < options->monotone_count && rc == SEGML_OK; i++) {
        rc = constrain(run, &options->monotone[i], err);
        free_of_any = free_of_any && !(options->monotone[i].value != 0);
    }
    if (free_of_any) {
        sg_free(run->schema.monotone);
        run->schema.monotone = NULL;
    }
    return rc;
}

static void
fill_schema(sg_run *run)
{
    const segml_dataset *dataset = run->dataset;

    for (int64_t j = 0; j < dataset->features; j++) {
        run->schema.names[j] = dataset->feature[j].name;
        run->schema.categorical[j] = dataset->feature[j].type == SEGML_FEATURE_CATEGORICAL;
    }
    for (int64_t c = 0; c < dataset->key_count; c++) {
        run->schema.names[dataset->features + c] = dataset->key_name[c];
        run->schema.categorical[dataset->features + c] = 1;
    }
}

int
sg_run_prepare(sg_run *run, segml_error *err)
{
    const segml_dataset *dataset = run->dataset;
    int64_t columns = dataset->features + dataset->key_count, groups = dataset->groups.count;
    int rc;

    run->row = sg_alloc_copy(dataset->groups.row, (size_t)dataset->rows * sizeof *run->row);
    run->fold = sg_alloc_array(dataset->rows, sizeof *run->fold);
    run->group = sg_alloc_array(dataset->rows, sizeof *run->group);
    run->content = sg_alloc_array(groups, sizeof *run->content);
    run->key_code = sg_alloc_array(groups * dataset->key_count, sizeof *run->key_code);
    run->schema.names = sg_alloc_array(columns, sizeof *run->schema.names);
    run->schema.categorical = sg_alloc_array(columns, sizeof *run->schema.categorical);
    if (run->row == NULL || run->fold == NULL || run->group == NULL || run->content == NULL ||
        run->key_code == NULL || run->schema.names == NULL || run->schema.categorical == NULL)
        return sg_fail_nomem(err);
    fill_schema(run);
    rc = constrain_all(run, err);
    if (rc == SEGML_OK)
        rc = deal_folds(run, err);
    return rc == SEGML_OK ? sg_run_code_keys(run, err) : rc;
}

void
sg_run_clear(sg_run *run)
{
    sg_free(run->row);
    sg_free(run->fold);
    sg_free(run->group);
    sg_free(run->content);
    sg_free(run->key_code);
    sg_free(run->schema.names);
    sg_free(run->schema.categorical);
    sg_free(run->schema.monotone);
    sg_target_clear(&run->target);
    sg_engines_close(&run->engines);
}
