/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From cells to numbers.
 *
 * R1  A column whose cells are all numbers is numeric, unless declared categorical.
 * R2  A column of which 95 % of the cells, but not all, are numbers is an error that names
 *     the first other cell: one "12,5" must not turn a price into text without a word.
 * R3  Every other column is categorical; its codes are the places of its texts in byte order.
 *     With more than 1,024 texts it is left out, unless declared.
 * R4  Missing: the empty cell and --na everywhere; NA, NaN, nan, null, NULL where the column
 *     is numeric. In text they stand for themselves: NA is Namibia.
 * R5  A label that is missing, and any infinity, is an error that names its row.
 * R6  Where an older model is to be kept to, its features are the features, in its order, with
 *     its types; its texts keep their codes, and new ones follow, in byte order.
 *
 * Shares count cells that are not missing. A column is read as numbers first and, if it is
 * none, as text again: two passes over text that is in memory cost less than remembering
 * either outcome.
 */

#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "kept.h"
#include "signals.h"

/* A column to be read. */
typedef struct reading {
    const cli_csv *csv;
    int64_t column;
    const cli_missing *missing;
} reading;

/* A column that is to be what it was in an older model. */
typedef struct keeping {
    const cli_kept *from; /* NULL = it is not */
    int64_t feature;
} keeping;

/* What reading a column as numbers has found; rows are -1 where there is none. */
typedef struct census {
    int64_t numbers, others, missing;
    int64_t first_other, first_infinite, first_missing;
} census;

static int
fail_cell(segml_error *err, const reading *from, int64_t row, const char *problem)
{
    return cli_csv_fail_cell(err, from->csv, row, from->column, problem);
}

static int
fail_missing(segml_error *err, const reading *from, int64_t row, const char *what)
{
    return cli_csv_fail_missing(err, from->csv, row, from->column, what);
}

static census
read_numbers(float *values, const reading *from)
{
    census found = {0, 0, 0, -1, -1, -1};

    for (int64_t i = 0; i < from->csv->rows; i++) {
        size_t length;
        const char *text = cli_csv_cell(from->csv, i, from->column, &length);

        switch (cli_cell_number(&values[i], text, from->missing)) {
        case CLI_CELL_MISSING:
            found.first_missing = found.missing++ == 0 ? i : found.first_missing;
            break;
        case CLI_CELL_NUMBER:
            found.numbers++;
            break;
        case CLI_CELL_INFINITE:
            found.first_infinite = found.first_infinite < 0 ? i : found.first_infinite;
            found.numbers++;
            break;
        case CLI_CELL_TEXT:
            found.first_other = found.others++ == 0 ? i : found.first_other;
            break;
        }
    }
    return found;
}

/* R2: whether the column is all but numeric. */
static int
is_stray(const census *found)
{
    int64_t cells = found->numbers + found->others;

    return found->others > 0 && (double)found->numbers >= 0.95 * (double)cells;
}

static int
fail_stray(segml_error *err, const reading *from, const census *found)
{
    char problem[200];

    snprintf(problem, sizeof problem,
             "is not a number, but %lld of the column's %lld cells are; correct it, name it with "
             "--na, or declare the column with --categorical",
             (long long)found->numbers, (long long)(found->numbers + found->others));
    return fail_cell(err, from, found->first_other, problem);
}

static int
fail_infinite(segml_error *err, const reading *from, const census *found)
{
    return fail_cell(err, from, found->first_infinite,
                     "is infinite, or too large for a float; name it with --na if it means "
                     "missing");
}

/*
 * Reads a column as text: codes into values, NaN where missing. Texts that *dict has already keep
 * their numbers. Stops as soon as there are more than `most` texts, then *dict holds most + 1 of
 * them and no codes are final.
 */
static int
read_texts(float *values, cli_dict *dict, int64_t most, const reading *from, segml_error *err)
{
    int64_t rows = from->csv->rows, first = dict->count;
    int64_t *rank = NULL;
    int32_t *numbers = cli_alloc(rows, sizeof *numbers);
    int rc = numbers != NULL ? SEGML_OK : cli_fail_nomem(err);

    for (int64_t i = 0; i < rows && rc == SEGML_OK && dict->count <= most; i++) {
        size_t length;
        const char *text = cli_csv_cell(from->csv, i, from->column, &length);
        int64_t number = -1;

        if (!cli_utf8_is_valid(text, length))
            rc = fail_cell(err, from, i, "is not UTF-8");
        else if (!cli_cell_is_missing(text, from->missing) &&
                 cli_dict_add(dict, text, length, &number) != 0)
            rc = cli_fail_nomem(err);
        numbers[i] = (int32_t)number;
    }
    if (rc < 0 || dict->count > most)
        goto out;
    rank = cli_alloc(dict->count, sizeof *rank);
    if (rank == NULL || cli_dict_sort(dict, first, rank) != 0) {
        rc = cli_fail_nomem(err);
        goto out;
    }
    for (int64_t i = 0; i < rows; i++)
        values[i] = numbers[i] >= 0 ? (float)rank[numbers[i]] : NAN;
out:
    free(rank);
    free(numbers);
    return rc;
}

static int64_t
count_missing(const float *values, int64_t rows)
{
    int64_t missing = 0;

    for (int64_t i = 0; i < rows; i++)
        missing += isnan(values[i]) != 0;
    return missing;
}

/* One feature into values; *feature says what it became. */
static int
build_feature(cli_feature *feature, float *values, const reading *from, int declared,
              segml_error *err)
{
    int64_t most = declared ? INT32_MAX : CLI_MAX_CATEGORIES;
    int rc;

    if (!declared) {
        census found = read_numbers(values, from);

        if (is_stray(&found))
            return fail_stray(err, from, &found);
        if (found.others == 0) {
            feature->type = SEGML_FEATURE_NUMERIC;
            feature->missing = found.missing;
            return found.first_infinite < 0 ? SEGML_OK : fail_infinite(err, from, &found);
        }
    }
    feature->type = SEGML_FEATURE_CATEGORICAL;
    rc = read_texts(values, &feature->dict, most, from, err);
    feature->dropped = rc == SEGML_OK && feature->dict.count > most;
    if (rc == SEGML_OK && !feature->dropped)
        feature->missing = count_missing(values, from->csv->rows);
    return rc;
}

/* R6 */
static int
keep_feature(cli_feature *feature, float *values, const reading *from, const keeping *kept,
             segml_error *err)
{
    census found;
    int rc;

    feature->type = segml_model_feature_type(kept->from->model, kept->feature);
    if (feature->type == SEGML_FEATURE_NUMERIC) {
        found = read_numbers(values, from);
        feature->missing = found.missing;
        if (found.others > 0)
            return fail_cell(err, from, found.first_other,
                             "is not a number, as all are in the model to reuse; correct it, or "
                             "name it with --na");
        return found.first_infinite < 0 ? SEGML_OK : fail_infinite(err, from, &found);
    }
    rc = cli_kept_texts(kept->from, kept->feature, &feature->dict, err);
    if (rc == SEGML_OK)
        rc = read_texts(values, &feature->dict, INT32_MAX, from, err);
    if (rc == SEGML_OK)
        feature->missing = count_missing(values, from->csv->rows);
    return rc;
}

/* Features that were kept first, the dropped ones behind them, both in order. */
static int
order_features(cli_table *table, segml_error *err)
{
    cli_feature *ordered = cli_alloc(table->considered, sizeof *ordered);
    int64_t next = 0;

    if (ordered == NULL)
        return cli_fail_nomem(err);
    for (int32_t dropped = 0; dropped <= 1; dropped++) {
        for (int64_t i = 0; i < table->considered; i++) {
            if (table->features[i].dropped == dropped)
                ordered[next++] = table->features[i];
        }
    }
    free(table->features);
    table->features = ordered;
    return SEGML_OK;
}

/* The column that is to be a feature of the kept model. */
static int
find_kept(int64_t *column, const cli_table *table, const cli_csv *csv, const keeping *kept,
          segml_error *err)
{
    const char *name = segml_model_feature_name(kept->from->model, kept->feature);
    char quoted[CLI_QUOTE];

    for (int64_t j = 0; j < csv->columns; j++) {
        if (table->roles.role[j] != CLI_ROLE_FEATURE || strcmp(cli_csv_name(csv, j), name) != 0)
            continue;
        *column = j;
        return SEGML_OK;
    }
    return cli_fail(err, SEGML_E_NOT_FOUND,
                    "column %s is a feature of %s, which is to be reused, and none here",
                    cli_quote(quoted, name, strlen(name)), kept->from->path);
}

/* R6: all features, of the kept model. */
static int
keep_features(cli_table *table, const cli_csv *csv, const cli_table_options *options,
              segml_error *err)
{
    const cli_kept *from = options->kept;
    int rc = SEGML_OK;

    for (int64_t f = 0; f < from->features && rc == SEGML_OK; f++) {
        const keeping kept = {from, f};
        reading column = {csv, 0, &options->missing};
        cli_feature *feature;

        rc = find_kept(&column.column, table, csv, &kept, err);
        if (rc < 0)
            return rc;
        feature = &table->features[f]; /* names are distinct: there is a column for each */
        feature->column = column.column;
        table->considered++;
        table->feature_count++;
        rc = keep_feature(feature, table->data + f * csv->rows, &column, &kept, err);
        if (rc == SEGML_OK && cli_interrupted())
            rc = cli_fail_interrupted(err);
    }
    return rc;
}

static int
build_features(cli_table *table, const cli_csv *csv, const cli_table_options *options,
               segml_error *err)
{
    const cli_missing *missing = &options->missing;
    int64_t most = table->roles.feature_count;
    int rc = SEGML_OK;

    if (most > INT64_MAX / csv->rows)
        return cli_fail(err, SEGML_E_LIMIT, "%lld columns of %lld rows are too many",
                        (long long)most, (long long)csv->rows);
    table->features = cli_alloc(most, sizeof *table->features);
    table->data = cli_alloc(most * csv->rows, sizeof *table->data);
    if (table->features == NULL || table->data == NULL)
        return cli_fail_nomem(err);
    if (options->kept != NULL)
        return keep_features(table, csv, options, err);
    for (int64_t j = 0; j < csv->columns && rc == SEGML_OK; j++) {
        cli_feature *feature = &table->features[table->considered];
        const reading from = {csv, j, missing};

        if (table->roles.role[j] != CLI_ROLE_FEATURE)
            continue;
        feature->column = j;
        table->considered++;
        rc = build_feature(feature, table->data + table->feature_count * csv->rows, &from,
                           table->roles.declared[j], err);
        table->feature_count += !feature->dropped;
        if (rc == SEGML_OK && cli_interrupted())
            rc = cli_fail_interrupted(err);
    }
    if (rc == SEGML_OK && table->feature_count == 0)
        rc = cli_fail(err, SEGML_E_DATA,
                      "no feature is left: each is text of more than %d values; declare some with "
                      "--categorical",
                      CLI_MAX_CATEGORIES);
    return rc == SEGML_OK ? order_features(table, err) : rc;
}

static int
build_classes(cli_table *table, const reading *from, int infer, segml_error *err)
{
    int64_t most = infer ? CLI_MAX_CLASSES : INT32_MAX;
    int rc = read_texts(table->label, &table->classes, most, from, err);

    if (rc < 0)
        return rc;
    if (table->classes.count > most)
        return fail_cell(err, from, 0,
                         "is text, and the target has more than 100 distinct ones; a target is "
                         "numbers, or text of at most 100 classes");
    for (int64_t i = 0; i < from->csv->rows; i++) {
        if (isnan(table->label[i]))
            return fail_missing(err, from, i, "label");
    }
    return SEGML_OK;
}

static int
build_label(cli_table *table, const cli_csv *csv, const cli_table_options *options,
            segml_error *err)
{
    const reading from = {csv, table->roles.target, &options->missing};
    int infer = strcmp(options->objective, "auto") == 0;
    int numbers_only =
        strcmp(options->objective, "regression") == 0 || strcmp(options->objective, "poisson") == 0;
    census found;

    table->label = cli_alloc(csv->rows, sizeof *table->label);
    if (table->label == NULL)
        return cli_fail_nomem(err);
    if (table->roles.declared[from.column] && !numbers_only)
        return build_classes(table, &from, infer, err);
    found = read_numbers(table->label, &from);
    if (found.others > 0 && numbers_only) {
        char problem[80];

        snprintf(problem, sizeof problem, "is not a number, as --objective %s needs it",
                 options->objective);
        return fail_cell(err, &from, found.first_other, problem);
    }
    if (is_stray(&found))
        return fail_stray(err, &from, &found);
    if (found.others > 0)
        return build_classes(table, &from, infer, err);
    if (found.missing > 0)
        return fail_missing(err, &from, found.first_missing, "label");
    return found.first_infinite < 0 ? SEGML_OK : fail_infinite(err, &from, &found);
}

static int
build_weight(cli_table *table, const cli_csv *csv, const cli_missing *missing, segml_error *err)
{
    const reading from = {csv, table->roles.weight, missing};
    census found;

    if (from.column < 0)
        return SEGML_OK;
    table->weight = cli_alloc(csv->rows, sizeof *table->weight);
    if (table->weight == NULL)
        return cli_fail_nomem(err);
    found = read_numbers(table->weight, &from);
    if (found.others > 0)
        return fail_cell(err, &from, found.first_other, "is not a number");
    if (found.missing > 0)
        return fail_missing(err, &from, found.first_missing, "weight");
    if (found.first_infinite >= 0)
        return fail_cell(err, &from, found.first_infinite, "is infinite");
    for (int64_t i = 0; i < csv->rows; i++) {
        if (table->weight[i] < 0)
            return fail_cell(err, &from, i, "is negative; a weight is 0 or more");
    }
    return SEGML_OK;
}

int
cli_key_column_build(segml_key_column *out, const cli_csv *csv, int64_t column, int32_t type,
                     const cli_missing *missing, segml_error *err)
{
    const reading from = {csv, column, missing};
    int64_t *offsets = cli_alloc(csv->rows + 1, sizeof *offsets);
    char *bytes = NULL;
    int rc = SEGML_OK;

    if (offsets == NULL)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < csv->rows && rc == SEGML_OK; i++) {
        size_t length;
        const char *text = cli_csv_cell(csv, i, column, &length);

        if (!cli_utf8_is_valid(text, length))
            rc = fail_cell(err, &from, i, "is not UTF-8");
        offsets[i + 1] = offsets[i] + (cli_cell_is_missing(text, missing) ? 0 : (int64_t)length);
    }
    if (rc == SEGML_OK)
        bytes = cli_alloc(offsets[csv->rows], 1);
    if (rc == SEGML_OK && bytes == NULL)
        rc = cli_fail_nomem(err);
    if (rc < 0) {
        free(offsets);
        return rc;
    }
    for (int64_t i = 0; i < csv->rows; i++) {
        size_t length;
        const char *text = cli_csv_cell(csv, i, column, &length);

        memcpy(bytes + offsets[i], text, (size_t)(offsets[i + 1] - offsets[i]));
    }
    *out = (segml_key_column)SEGML_KEY_COLUMN_INIT;
    out->name = cli_csv_name(csv, column);
    out->type = type;
    out->data = bytes;
    out->offsets = offsets;
    return SEGML_OK;
}

void
cli_key_column_clear(segml_key_column *column)
{
    free((void *)column->data);
    free((void *)column->offsets);
    *column = (segml_key_column)SEGML_KEY_COLUMN_INIT;
}

static int
build_keys(cli_table *table, const cli_csv *csv, const cli_table_options *options, segml_error *err)
{
    int32_t type;
    int rc = SEGML_OK;

    table->keys = cli_alloc(table->roles.group_count, sizeof *table->keys);
    if (table->keys == NULL)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < table->roles.group_count && rc == SEGML_OK; i++) {
        if (options->kept != NULL &&
            segml_model_key_type(options->kept->model, i) == SEGML_KEY_UTF8)
            type = SEGML_KEY_UTF8; /* R6: also if all that are left are integers */
        else
            type = options->text_key ? SEGML_KEY_UTF8 : SEGML_KEY_UTF8_AUTO;
        rc = cli_key_column_build(&table->keys[i], csv, table->roles.group[i], type,
                                  &options->missing, err);
        table->key_count += rc == SEGML_OK;
    }
    return rc;
}

/* The arrays that the library's input points to. */
static int
build_descriptions(cli_table *table, const cli_csv *csv, segml_error *err)
{
    table->names = cli_alloc(table->feature_count, sizeof *table->names);
    table->types = cli_alloc(table->feature_count, sizeof *table->types);
    table->dictionaries = cli_alloc(table->feature_count, sizeof *table->dictionaries);
    if (table->names == NULL || table->types == NULL || table->dictionaries == NULL)
        return cli_fail_nomem(err);
    for (int64_t j = 0; j < table->feature_count; j++) {
        const cli_feature *feature = &table->features[j];

        table->names[j] = cli_csv_name(csv, feature->column);
        table->types[j] = feature->type;
        table->dictionaries[j].values = feature->dict.values;
        table->dictionaries[j].count = feature->dict.count;
    }
    return SEGML_OK;
}

int
cli_table_build(cli_table *out, const cli_csv *csv, const cli_table_options *options,
                segml_error *err)
{
    int rc = cli_roles_assign(&out->roles, csv, &options->selection, err);

    out->rows = csv->rows;
    if (rc == SEGML_OK)
        rc = build_label(out, csv, options, err);
    if (rc == SEGML_OK)
        rc = build_weight(out, csv, &options->missing, err);
    if (rc == SEGML_OK)
        rc = build_keys(out, csv, options, err);
    if (rc == SEGML_OK)
        rc = cli_folds_build(&out->folds, csv, &out->roles, &options->missing, err);
    if (rc == SEGML_OK)
        rc = build_features(out, csv, options, err);
    if (rc == SEGML_OK)
        rc = build_descriptions(out, csv, err);
    return rc;
}

void
cli_table_input(segml_dataset_input *input, const cli_table *table, const cli_csv *csv)
{
    *input = (segml_dataset_input)SEGML_DATASET_INPUT_INIT;
    input->rows = table->rows;
    input->features = table->feature_count;
    input->data = table->data;
    input->row_stride = 1;
    input->col_stride = table->rows;
    input->feature_names = table->names;
    input->feature_types = table->types;
    input->dictionaries = table->dictionaries;
    input->label = table->label;
    input->label_name = cli_csv_name(csv, table->roles.target);
    input->class_names = table->classes.values;
    input->class_count = table->classes.count;
    input->weight = table->weight;
    input->keys = table->keys;
    input->key_count = table->key_count;
    input->fold = table->folds.fold;
    input->fold_group = table->folds.group.data != NULL ? &table->folds.group : NULL;
    input->time = table->folds.time;
}

void
cli_table_clear(cli_table *table)
{
    free(table->dictionaries);
    free(table->types);
    free(table->names);
    cli_folds_clear(&table->folds);
    for (int64_t i = 0; i < table->key_count; i++)
        cli_key_column_clear(&table->keys[i]);
    free(table->keys);
    free(table->weight);
    cli_dict_clear(&table->classes);
    free(table->label);
    free(table->data);
    for (int64_t i = 0; i < table->considered; i++)
        cli_dict_clear(&table->features[i].dict);
    free(table->features);
    cli_roles_clear(&table->roles);
    memset(table, 0, sizeof *table);
}
