/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Datasets. Every cell is looked at once, here, so that training never meets a bad
 * one: infinities, labels that are no numbers, codes outside their dictionary. The
 * matrix itself is borrowed with its strides; units copy the rows they train on
 * (train/unit.c), which brings them into canonical order anyway.
 */

#include "data/dataset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"
#include "base/text.h"
#include "data/keys.h"

enum { MAX_KEYS = 16, MAX_CODES = 1 << 24, MAX_FOLDS = 100 };

float
sg_dataset_cell(const segml_dataset *dataset, int64_t row, int64_t feature)
{
    return dataset->data[row * dataset->row_stride + feature * dataset->col_stride];
}

float
sg_dataset_weight(const segml_dataset *dataset, int64_t row)
{
    return dataset->weight != NULL ? dataset->weight[row] : 1.0f;
}

/* Sizes and pointers; nothing is dereferenced yet. */
static int
check_shape(const segml_dataset_input *in, segml_error *err)
{
    if (in->rows < 1)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld rows: at least one is needed",
                       (long long)in->rows);
    if (in->features < 1)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld features: at least one is needed",
                       (long long)in->features);
    if (in->rows > INT32_MAX || in->features > INT32_MAX || in->rows > INT64_MAX / 8 / in->features)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%lld rows of %lld features are more than can be addressed; "
                       "the limit is 2147483647 rows",
                       (long long)in->rows, (long long)in->features);
    if (in->data == NULL || in->label == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", in->data == NULL ? "data" : "label");
    if (in->row_stride < 0 || in->col_stride < 0 || in->row_stride > INT64_MAX / 8 / in->rows ||
        in->col_stride > INT64_MAX / 8 / in->features)
        return sg_fail(err, SEGML_E_ARGUMENT, "strides %lld and %lld cannot be addressed",
                       (long long)in->row_stride, (long long)in->col_stride);
    if (in->key_count < 1 || in->key_count > MAX_KEYS || in->keys == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld key columns: 1 to %d are needed",
                       (long long)in->key_count, (int)MAX_KEYS);
    if ((in->class_names == NULL) != (in->class_count == 0) || in->class_count < 0 ||
        in->class_count > MAX_CODES)
        return sg_fail(err, SEGML_E_ARGUMENT, "class_names and class_count (%lld) do not fit",
                       (long long)in->class_count);
    if ((in->fold != NULL) + (in->fold_group != NULL) + (in->time != NULL) > 1)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "more than one of fold, fold_group and time is given; choose one way to "
                       "make folds");
    return SEGML_OK;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Refuses a text that occurs twice. */
static int
check_distinct(const char *const *texts, int64_t count, const char *what, segml_error *err)
{
    const char **sorted = sg_alloc_array(count, sizeof *sorted);
    int rc = SEGML_OK;

    if (sorted == NULL)
        return sg_fail_nomem(err);
    memcpy(sorted, texts, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_texts);
    for (int64_t i = 1; i < count && rc == SEGML_OK; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            rc = sg_fail(err, SEGML_E_ARGUMENT, "%s: \"%s\" occurs twice", what, sorted[i]);
    }
    sg_free(sorted);
    return rc;
}

/* Texts that belong to an arena, and their hashes. */
typedef struct text_list {
    const char *const *texts;
    const uint64_t *hashes;
} text_list;

/* Copies texts into the arena after checking them. */
static int
copy_texts(text_list *out, sg_arena *arena, const char *const *given, int64_t count,
           const char *what, segml_error *err)
{
    const char **copy = sg_arena_alloc(arena, count, sizeof *copy);
    uint64_t *hash = sg_arena_alloc(arena, count, sizeof *hash);

    if (copy == NULL || hash == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < count; i++) {
        size_t length;

        if (given[i] == NULL)
            return sg_fail(err, SEGML_E_ARGUMENT, "%s: text %lld is NULL", what, (long long)i + 1);
        length = strlen(given[i]);
        if (!sg_text_is_utf8(given[i], length))
            return sg_fail(err, SEGML_E_DATA, "%s: text %lld is not valid UTF-8", what,
                           (long long)i + 1);
        copy[i] = sg_arena_text(arena, given[i], length);
        if (copy[i] == NULL)
            return sg_fail_nomem(err);
        hash[i] = sg_hash_64(given[i], length);
    }
    *out = (text_list){copy, hash};
    return check_distinct(copy, count, what, err);
}

/* Names of features, then of key columns; all distinct. */
static int
copy_names(segml_dataset *dataset, const segml_dataset_input *in, segml_error *err)
{
    int64_t count = in->features + in->key_count;
    const char **given = sg_alloc_array(count, sizeof *given);
    char(*made)[24] = sg_alloc_array(count, sizeof *made);
    text_list names = {NULL, NULL};
    int rc = SEGML_OK;

    if (given == NULL || made == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t j = 0; j < in->features; j++) {
        snprintf(made[j], sizeof made[j], "f%lld", (long long)j);
        given[j] = in->feature_names != NULL ? in->feature_names[j] : made[j];
    }
    for (int64_t c = 0; c < in->key_count; c++) {
        char *name = made[in->features + c];

        snprintf(name, sizeof *made, c > 0 ? "key%lld" : "key", (long long)c + 1);
        given[in->features + c] = in->keys[c].name != NULL ? in->keys[c].name : name;
    }
    rc = copy_texts(&names, &dataset->arena, given, count, "names of features and keys", err);
    for (int64_t j = 0; j < in->features && rc == SEGML_OK; j++)
        dataset->feature[j].name = names.texts[j];
    for (int64_t c = 0; c < in->key_count && rc == SEGML_OK; c++)
        dataset->key_name[c] = names.texts[in->features + c];
out:
    sg_free(made);
    sg_free(given);
    return rc;
}

/* Type and dictionary of one feature. */
static int
set_feature(segml_dataset *dataset, const segml_dataset_input *in, int64_t j, segml_error *err)
{
    sg_feature *feature = &dataset->feature[j];
    const segml_dictionary *dictionary = in->dictionaries != NULL ? &in->dictionaries[j] : NULL;
    text_list values = {NULL, NULL};
    int rc;

    feature->type = in->feature_types != NULL ? in->feature_types[j] : SEGML_FEATURE_NUMERIC;
    if (feature->type != SEGML_FEATURE_NUMERIC && feature->type != SEGML_FEATURE_CATEGORICAL)
        return sg_fail(err, SEGML_E_ARGUMENT, "feature %s: unknown type %d", feature->name,
                       (int)feature->type);
    if (feature->type == SEGML_FEATURE_NUMERIC || dictionary == NULL || dictionary->values == NULL)
        return SEGML_OK;
    if (dictionary->count < 0 || dictionary->count > MAX_CODES)
        return sg_fail(err, SEGML_E_ARGUMENT, "feature %s: a dictionary of %lld values",
                       feature->name, (long long)dictionary->count);
    feature->has_values = 1;
    feature->categories = dictionary->count;
    rc = copy_texts(&values, &dataset->arena, dictionary->values, dictionary->count, feature->name,
                    err);
    feature->values = values.texts;
    feature->hashes = values.hashes;
    return rc;
}

/* A categorical cell that is not missing; widens the codes of a feature without texts. */
static int
check_code(sg_feature *feature, float value, int64_t row, segml_error *err)
{
    int64_t limit = feature->has_values ? feature->categories : MAX_CODES;

    if (value < 0 || value >= (float)limit || value != floorf(value)) {
        char text[SG_TEXT_NUMBER];

        sg_text_float(text, value);
        return sg_fail(err, SEGML_E_DATA, "row %lld, feature %s: %s is not a code in [0, %lld)",
                       (long long)row + 1, feature->name, text, (long long)limit);
    }
    if ((int64_t)value >= feature->categories)
        feature->categories = (int64_t)value + 1;
    return SEGML_OK;
}

static int
check_cells(segml_dataset *dataset, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < dataset->rows && rc == SEGML_OK; i++) {
        for (int64_t j = 0; j < dataset->features && rc == SEGML_OK; j++) {
            float value = sg_dataset_cell(dataset, i, j);

            if (isinf(value))
                rc = sg_fail(err, SEGML_E_DATA,
                             "row %lld, feature %s: %sinfinite; use NaN for missing values",
                             (long long)i + 1, dataset->feature[j].name, value < 0 ? "-" : "");
            else if (dataset->feature[j].type == SEGML_FEATURE_CATEGORICAL && !isnan(value))
                rc = check_code(&dataset->feature[j], value, i, err);
        }
    }
    return rc;
}

static int
check_labels(const segml_dataset *dataset, segml_error *err)
{
    for (int64_t i = 0; i < dataset->rows; i++) {
        float label = dataset->label[i], weight = sg_dataset_weight(dataset, i);
        char text[SG_TEXT_NUMBER];

        if (!isfinite(label))
            return sg_fail(err, SEGML_E_DATA, "row %lld: label %s is %s", (long long)i + 1,
                           dataset->label_name, isnan(label) ? "missing" : "infinite");
        if (dataset->class_names != NULL &&
            (label < 0 || label >= (float)dataset->class_count || label != floorf(label))) {
            sg_text_float(text, label);
            return sg_fail(err, SEGML_E_DATA, "row %lld: label %s is not a class in [0, %lld)",
                           (long long)i + 1, text, (long long)dataset->class_count);
        }
        if (!isfinite(weight) || weight < 0) {
            sg_text_float(text, weight);
            return sg_fail(err, SEGML_E_DATA,
                           "row %lld: weight %s; weights must be finite and not negative",
                           (long long)i + 1, text);
        }
    }
    return SEGML_OK;
}

static int
find_groups(segml_dataset *dataset, const segml_dataset_input *in, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t c = 0; c < in->key_count && rc == SEGML_OK; c++)
        rc =
            sg_keys_check(&dataset->key_type[c], &in->keys[c], dataset->key_name[c], in->rows, err);
    if (rc == SEGML_OK)
        rc = sg_groups_find(&dataset->groups, in->keys, dataset->key_type, in->key_count, in->rows,
                            err);
    for (int64_t g = 0; rc == SEGML_OK && g < dataset->groups.count; g++) {
        for (int64_t c = 0; c < in->key_count; c++)
            dataset->key_null[c] |=
                dataset->groups.keys[g * in->key_count + c].type == SEGML_KEY_NULL;
    }
    return rc;
}

/* Given folds: their number is the largest plus one, and each of them has a row. */
static int
check_folds(segml_dataset *dataset, segml_error *err)
{
    int64_t rows_of[MAX_FOLDS] = {0};

    for (int64_t i = 0; i < dataset->rows; i++) {
        int32_t fold = dataset->fold[i];

        if (fold < 0 || fold >= MAX_FOLDS)
            return sg_fail(err, SEGML_E_DATA,
                           "row %lld: fold %d; folds are numbered from 0 to at most %d",
                           (long long)i + 1, (int)fold, (int)MAX_FOLDS - 1);
        rows_of[fold]++;
        if (fold >= dataset->folds)
            dataset->folds = fold + 1;
    }
    for (int32_t f = 0; f < dataset->folds; f++) {
        if (rows_of[f] == 0)
            return sg_fail(err, SEGML_E_DATA,
                           "no row is in fold %d, but some are in fold %d; number the folds "
                           "without gaps from 0",
                           (int)f, (int)dataset->folds - 1);
    }
    if (dataset->folds < 2)
        return sg_fail(err, SEGML_E_DATA, "all rows are in fold 0; at least two folds are needed");
    return SEGML_OK;
}

/* The fold group's values as hashes; its cells are not looked at again. */
static int
hash_fold_group(segml_dataset *dataset, const segml_key_column *column, segml_error *err)
{
    const char *name = column->name != NULL ? column->name : "fold_group";
    char digits[24];
    int32_t type;
    int rc = sg_keys_check(&type, column, name, dataset->rows, err);

    if (rc < 0)
        return rc;
    dataset->fold_value = sg_arena_alloc(&dataset->arena, dataset->rows, sizeof(uint64_t));
    if (dataset->fold_value == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < dataset->rows && rc == SEGML_OK; i++) {
        segml_key cell = sg_keys_cell(column, i), value;
        sg_hash128 hash = {0, 0};

        sg_key_convert(&value, &cell, type, digits);
        if (value.type == SEGML_KEY_NULL)
            continue;
        rc = sg_key_hash(&hash, &value, 1, err);
        dataset->fold_value[i] = hash.low != 0 ? hash.low : 1; /* 0 is NULL */
    }
    return rc;
}

static int
check_times(const segml_dataset *dataset, segml_error *err)
{
    for (int64_t i = 0; i < dataset->rows; i++) {
        if (!isfinite(dataset->time[i]))
            return sg_fail(err, SEGML_E_DATA, "row %lld: the time is %s; every row needs one",
                           (long long)i + 1, isnan(dataset->time[i]) ? "missing" : "infinite");
    }
    return SEGML_OK;
}

/* What the caller says about folds, if anything. */
static int
read_folds(segml_dataset *dataset, const segml_dataset_input *in, segml_error *err)
{
    dataset->fold = in->fold;
    dataset->time = in->time;
    if (in->fold != NULL) {
        dataset->fold_kind = SG_FOLD_GIVEN;
        return check_folds(dataset, err);
    }
    if (in->fold_group != NULL) {
        dataset->fold_kind = SG_FOLD_GROUPED;
        return hash_fold_group(dataset, in->fold_group, err);
    }
    if (in->time == NULL)
        return SEGML_OK;
    dataset->fold_kind = SG_FOLD_ORDERED;
    return check_times(dataset, err);
}

static int
fill(segml_dataset *dataset, const segml_dataset_input *in, segml_error *err)
{
    const char *label_name = in->label_name != NULL ? in->label_name : "label";
    text_list classes = {NULL, NULL};
    int rc;

    if (!sg_text_is_utf8(label_name, strlen(label_name)))
        return sg_fail(err, SEGML_E_DATA, "label_name is not valid UTF-8");
    dataset->rows = in->rows;
    dataset->features = in->features;
    dataset->data = in->data;
    dataset->row_stride = in->row_stride != 0 ? in->row_stride : in->features;
    dataset->col_stride = in->col_stride != 0 ? in->col_stride : 1;
    dataset->label = in->label;
    dataset->weight = in->weight;
    dataset->class_count = in->class_count;
    dataset->key_count = in->key_count;
    dataset->label_name = sg_arena_text(&dataset->arena, label_name, strlen(label_name));
    dataset->feature = sg_arena_alloc(&dataset->arena, in->features, sizeof *dataset->feature);
    dataset->key_name = sg_arena_alloc(&dataset->arena, in->key_count, sizeof *dataset->key_name);
    dataset->key_type = sg_arena_alloc(&dataset->arena, in->key_count, sizeof *dataset->key_type);
    dataset->key_null = sg_arena_alloc(&dataset->arena, in->key_count, sizeof *dataset->key_null);
    if (dataset->label_name == NULL || dataset->feature == NULL || dataset->key_name == NULL ||
        dataset->key_type == NULL || dataset->key_null == NULL)
        return sg_fail_nomem(err);
    rc = copy_names(dataset, in, err);
    if (rc == SEGML_OK && in->class_names != NULL) {
        rc = copy_texts(&classes, &dataset->arena, in->class_names, in->class_count, "class names",
                        err);
        dataset->class_names = classes.texts;
        dataset->class_hashes = classes.hashes;
    }
    for (int64_t j = 0; j < in->features && rc == SEGML_OK; j++)
        rc = set_feature(dataset, in, j, err);
    if (rc == SEGML_OK)
        rc = check_cells(dataset, err);
    if (rc == SEGML_OK)
        rc = check_labels(dataset, err);
    if (rc == SEGML_OK)
        rc = find_groups(dataset, in, err);
    return rc == SEGML_OK ? read_folds(dataset, in, err) : rc;
}

int
segml_dataset_create(segml_dataset **out, const segml_dataset_input *input, segml_error *err)
{
    segml_dataset_input in;
    segml_dataset *dataset = NULL;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (input == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "input is NULL");
    rc = sg_opts_load(&in, sizeof in, input, "segml_dataset_input", err);
    if (rc == SEGML_OK)
        rc = check_shape(&in, err);
    if (rc < 0)
        return rc;
    dataset = sg_alloc_zeroed(1, sizeof *dataset);
    if (dataset == NULL)
        return sg_fail_nomem(err);
    rc = fill(dataset, &in, err);
    if (rc < 0)
        segml_dataset_free(dataset);
    else
        *out = dataset;
    return rc;
}

void
segml_dataset_free(segml_dataset *dataset)
{
    if (dataset == NULL)
        return;
    sg_groups_clear(&dataset->groups);
    sg_arena_clear(&dataset->arena);
    sg_free(dataset);
}

int64_t
segml_dataset_rows(const segml_dataset *dataset)
{
    return dataset != NULL ? dataset->rows : 0;
}

int64_t
segml_dataset_groups(const segml_dataset *dataset)
{
    return dataset != NULL ? dataset->groups.count : 0;
}

int64_t
segml_dataset_group_rows(const segml_dataset *dataset, int64_t group)
{
    if (dataset == NULL || group < 0 || group >= dataset->groups.count)
        return 0;
    return sg_groups_rows(&dataset->groups, group);
}

int32_t
segml_dataset_key_type(const segml_dataset *dataset, int64_t column)
{
    if (dataset == NULL || column < 0 || column >= dataset->key_count)
        return SEGML_KEY_NULL;
    return dataset->key_type[column];
}
