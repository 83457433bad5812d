/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Preparation of a training call: everything that depends on the data as a whole. A
 * group's order and folds depend on the group alone, so they would be the same if
 * each were trained in a call of its own.
 *
 * Strata of the folds are the classes; numbers are cut into at most ten bins of equal
 * size by rank, with at least two rows per fold and bin. Rows of weight 0, which count
 * nowhere, have strata of their own, so that the others are dealt evenly.
 */

#include "train/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/canon.h"
#include "data/fold.h"

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

static int
deal_folds(sg_run *run, segml_error *err)
{
    const sg_groups *groups = &run->dataset->groups;
    int32_t *stratum = sg_alloc_array(run->dataset->rows, sizeof *stratum);
    int rc = SEGML_OK;

    if (stratum == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++) {
        int64_t start = groups->start[g], rows = sg_groups_rows(groups, g);
        sg_fold_spec spec = {.folds = run->options.folds,
                             .seed = run->options.seed,
                             .group = groups->hashes[g].low,
                             .stratum = stratum};

        rc = sg_canon_sort(run->dataset, run->row + start, rows, &run->content[g], err);
        if (rc == SEGML_OK)
            rc = find_strata(run, run->row + start, rows, stratum, &spec.strata, err);
        if (rc == SEGML_OK)
            rc = sg_fold_assign(run->fold + start, rows, &spec, err);
        for (int64_t i = 0; i < rows; i++)
            run->group[start + i] = (int32_t)g;
    }
    sg_free(stratum);
    return rc;
}

static int
code_keys(sg_run *run, segml_error *err)
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
    rc = deal_folds(run, err);
    return rc == SEGML_OK ? code_keys(run, err) : rc;
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
    sg_target_clear(&run->target);
    if (run->engine != NULL)
        run->engine->close(run->engine);
    run->engine = NULL;
}
