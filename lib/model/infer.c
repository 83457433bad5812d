/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Prediction of one row by a route, and of many rows of mixed groups.
 *
 * R1  Both give the same bits: one function evaluates a row for a target.
 * R2  The row path takes no lock and allocates nothing; a batch allocates one block.
 * R3  A batch finds the place of every row's key first and fails before anything is
 *     written. Then the rows are sorted by place, in stable order, so that each model
 *     is loaded and fetched into the cache once, and the results go to the rows' own places.
 *     A model that cannot be loaded ends it: what was written until then does not count.
 *
 * The sort is a radix sort by 11 bits: a counting sort over all groups would touch
 * 100,000 counters to predict ten rows.
 */

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "base/opts.h"
#include "data/keys.h"
#include "model/route.h"
#include "tree/predict.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Binary: 1 from the threshold on. Else the index of the largest, the first of equals. */
static float
find_class(const segml_model *model, float threshold, const float *probability)
{
    int64_t best = 0;

    if (model->manifest.task == SEGML_TASK_BINARY)
        return probability[0] >= threshold ? 1.0f : 0.0f;
    for (int64_t k = 1; k < model->manifest.class_count; k++) {
        if (probability[k] > probability[best])
            best = k;
    }
    return (float)best;
}

/* margin: room for the margins where the output is the class */
static void
evaluate(const segml_model *model, const sg_route_target *target, int32_t output, const float *row,
         float *margin, float *values)
{
    const sg_manifest *m = &model->manifest;
    float *scores = output == SEGML_OUTPUT_CLASS ? margin : values;

    if (target->child != NULL)
        sg_predict_margin(target->child->forest, 0, row, m->feature_count,
                          target->has_tail ? target->tail : NULL, scores);
    else
        memcpy(scores, m->constant, (size_t)model->outputs * sizeof *scores);
    if (output != SEGML_OUTPUT_MARGIN)
        sg_predict_transform(model->objective, scores, model->outputs);
    if (output == SEGML_OUTPUT_CLASS)
        values[0] = find_class(model, target->threshold, scores);
}

/* Values per row; 0 if the model does not have that output. */
static int64_t
output_width(const segml_model *model, int32_t output)
{
    if (output == SEGML_OUTPUT_MARGIN || output == SEGML_OUTPUT_PREDICTION)
        return model->outputs;
    return output == SEGML_OUTPUT_CLASS && model->manifest.class_count > 0;
}

int
segml_route_predict(const segml_route *route, int32_t output, const float *row, int64_t features,
                    float *values, int64_t capacity)
{
    float margin[SG_CLASSES_MAX];
    int64_t width;

    if (route == NULL || row == NULL || values == NULL ||
        features != route->model->manifest.feature_count)
        return SEGML_E_ARGUMENT;
    width = output_width(route->model, output);
    if (width == 0 || capacity < width)
        return SEGML_E_ARGUMENT;
    evaluate(route->model, &route->target, output, row, margin, values);
    return SEGML_OK;
}

/* One call of segml_model_predict(). */
typedef struct batch {
    const segml_model *model;
    segml_predict_input in;
    segml_predict_output result;
    int32_t output;
    int64_t width;                                       /* values per row */
    const segml_key_column *columns[SG_KEY_COLUMNS_MAX]; /* in the model's order */
    int64_t *places;                                     /* [rows] */
    int64_t *order;                                      /* [rows] rows by place */
    int64_t *spare;                                      /* [rows] for the sort */
    float *row;    /* [features] a row whose cells are apart */
    float *margin; /* [outputs] */
} batch;

static int
check_shape(batch *b, segml_error *err)
{
    const sg_manifest *m = &b->model->manifest;

    b->width = output_width(b->model, b->output);
    if (b->width == 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "output %d: the model, a %s, does not have it",
                       (int)b->output, segml_task_name(m->task));
    if (b->in.features != m->feature_count)
        return sg_fail(err, SEGML_E_MISMATCH, "%lld features: the model has %lld",
                       (long long)b->in.features, (long long)m->feature_count);
    if (b->in.key_count != m->key_count)
        return sg_fail(err, SEGML_E_MISMATCH, "%lld key columns: the model has %lld",
                       (long long)b->in.key_count, (long long)m->key_count);
    if (b->in.rows < 0 || b->in.keys == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld rows, or keys is NULL", (long long)b->in.rows);
    if (b->in.rows > 0 && (b->in.data == NULL || b->result.values == NULL))
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", b->in.data == NULL ? "data" : "values");
    if (b->result.capacity / b->width < b->in.rows)
        return sg_fail(err, SEGML_E_ARGUMENT, "room for %lld values: %lld rows of %lld are needed",
                       (long long)b->result.capacity, (long long)b->in.rows, (long long)b->width);
    b->in.row_stride = b->in.row_stride != 0 ? b->in.row_stride : b->in.features;
    b->in.col_stride = b->in.col_stride != 0 ? b->in.col_stride : 1;
    return SEGML_OK;
}

static int
check_column(const segml_key_column *column, const char *name, int64_t rows, segml_error *err)
{
    int is_text = column->type == SEGML_KEY_UTF8 || column->type == SEGML_KEY_UTF8_AUTO;

    if (!is_text && column->type != SEGML_KEY_INT64)
        return sg_fail(err, SEGML_E_ARGUMENT, "key column %s: unknown type %d", name,
                       (int)column->type);
    if (rows > 0 && (is_text ? column->offsets == NULL : column->data == NULL))
        return sg_fail(err, SEGML_E_ARGUMENT, "key column %s: %s is NULL", name,
                       is_text ? "offsets" : "data");
    for (int64_t i = 0; is_text && i < rows; i++) {
        int64_t begin = column->offsets[i], end = column->offsets[i + 1];

        if (begin < 0 || end < begin || (end > begin && column->data == NULL))
            return sg_fail(err, SEGML_E_ARGUMENT, "key column %s, row %lld: bad offsets", name,
                           (long long)i + 1);
    }
    return SEGML_OK;
}

static const segml_key_column *
find_column(const segml_predict_input *in, const char *name)
{
    for (int64_t i = 0; i < in->key_count; i++) {
        if (strcmp(in->keys[i].name, name) == 0)
            return &in->keys[i];
    }
    return NULL;
}

/* Columns by name where all have one, else by place. */
static int
match_columns(batch *b, segml_error *err)
{
    const sg_manifest *m = &b->model->manifest;
    int has_names = 1;
    int rc = SEGML_OK;

    for (int64_t k = 0; k < m->key_count; k++)
        has_names = has_names && b->in.keys[k].name != NULL;
    for (int64_t k = 0; k < m->key_count && rc == SEGML_OK; k++) {
        const char *name = m->keys[k].name;

        b->columns[k] = has_names ? find_column(&b->in, name) : &b->in.keys[k];
        if (b->columns[k] == NULL)
            return sg_fail(err, SEGML_E_MISMATCH, "no key column is named %s, as the model's is",
                           name);
        rc = check_column(b->columns[k], name, b->in.rows, err);
    }
    return rc;
}

/* A text column for integer keys must hold an integer somewhere, or it is another column. */
static int
check_integers(const batch *b, int64_t k, segml_error *err)
{
    const segml_key_column *column = b->columns[k];
    segml_key first = SEGML_KEY_NULL_VALUE;
    char text[64];

    if (b->model->manifest.keys[k].type != SEGML_KEY_INT64 || column->type == SEGML_KEY_INT64)
        return SEGML_OK;
    for (int64_t i = 0; i < b->in.rows; i++) {
        segml_key key = sg_keys_cell(column, i);
        int64_t value;

        if (key.type != SEGML_KEY_NULL && sg_key_parse(&value, key.text, key.length, 0))
            return SEGML_OK;
        if (first.type == SEGML_KEY_NULL)
            first = key;
    }
    if (first.type == SEGML_KEY_NULL)
        return SEGML_OK;
    sg_key_display(text, sizeof text, &first, 1);
    return sg_fail(
        err, SEGML_E_MISMATCH,
        "key column %s: no cell is an integer (the first is \"%s\"), the model's keys are",
        b->model->manifest.keys[k].name, text);
}

static int
find_places(batch *b, segml_error *err)
{
    const int64_t key_count = b->model->manifest.key_count;
    int rc = SEGML_OK;

    for (int64_t k = 0; k < key_count && rc == SEGML_OK; k++)
        rc = check_integers(b, k, err);
    for (int64_t i = 0; i < b->in.rows && rc == SEGML_OK; i++) {
        segml_key keys[SG_KEY_COLUMNS_MAX];

        for (int64_t k = 0; k < key_count; k++)
            keys[k] = sg_keys_cell(b->columns[k], i);
        rc = sg_route_place(b->model, keys, &b->places[i], err);
    }
    return rc;
}

/* Stable; rows by one digit of their places. */
static void
sort_by_digit(int64_t *to, const int64_t *from, const int64_t *places, int64_t rows, int shift)
{
    int64_t next[DIGITS] = {0};
    int64_t sum = 0;

    for (int64_t i = 0; i < rows; i++)
        next[places[i] >> shift & (DIGITS - 1)]++;
    for (int d = 0; d < DIGITS; d++) {
        int64_t count = next[d];

        next[d] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < rows; i++)
        to[next[places[from[i]] >> shift & (DIGITS - 1)]++] = from[i];
}

static void
sort_rows(batch *b)
{
    const int64_t largest = sg_route_places(b->model) - 1;

    for (int64_t i = 0; i < b->in.rows; i++)
        b->order[i] = i;
    for (int shift = 0; b->in.rows > 1 && shift < 63 && largest >> shift > 0; shift += DIGIT_BITS) {
        int64_t *sorted = b->spare;

        sort_by_digit(sorted, b->order, b->places, b->in.rows, shift);
        b->spare = b->order;
        b->order = sorted;
    }
}

static const float *
get_row(const batch *b, int64_t row)
{
    const float *first = b->in.data + row * b->in.row_stride;

    if (b->in.col_stride == 1)
        return first;
    for (int64_t j = 0; j < b->in.features; j++)
        b->row[j] = first[j * b->in.col_stride];
    return b->row;
}

static void
predict_row(const batch *b, const sg_route_target *target, int64_t row)
{
    float *values = b->result.values + row * b->width;

    if (b->result.route != NULL)
        b->result.route[row] = target->kind;
    if (b->result.reason != NULL)
        b->result.reason[row] = target->reason;
    if (target->kind != SEGML_ROUTE_NONE)
        evaluate(b->model, target, b->output, get_row(b, row), b->margin, values);
    for (int64_t k = 0; target->kind == SEGML_ROUTE_NONE && k < b->width; k++)
        values[k] = NAN;
}

/* The rows first .. end of the order, which are of one place. */
static int
predict_place(const batch *b, int64_t first, int64_t end, int64_t unrouted[2], segml_error *err)
{
    sg_route_target target;
    int rc = sg_route_find_target(b->model, b->places[b->order[first]], &target, err);

    for (int64_t i = first; i < end && rc == SEGML_OK; i++)
        predict_row(b, &target, b->order[i]);
    if (rc == SEGML_OK && target.kind == SEGML_ROUTE_NONE) {
        if (unrouted[0] == 0 || b->order[first] < unrouted[1])
            unrouted[1] = b->order[first];
        unrouted[0] += end - first;
    }
    sg_route_target_clear(&target);
    return rc;
}

static int
predict_rows(const batch *b, segml_error *err)
{
    int64_t unrouted[2] = {0, 0}; /* rows, and the first of them */
    int64_t end;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < b->in.rows && rc == SEGML_OK; i = end) {
        int64_t place = b->places[b->order[i]];

        for (end = i + 1; end < b->in.rows && b->places[b->order[end]] == place;)
            end++;
        rc = predict_place(b, i, end, unrouted, err);
    }
    if (rc < 0 || unrouted[0] == 0)
        return rc;
    return sg_fail(err, SEGML_UNROUTED, "%lld of %lld rows have no model, the first is row %lld",
                   (long long)unrouted[0], (long long)b->in.rows, (long long)unrouted[1] + 1);
}

/* Places, order, spare; then a row and its margins. */
static void *
make_scratch(batch *b)
{
    const int64_t rows = b->in.rows;
    const int64_t floats = b->in.features + b->model->outputs;
    int64_t *block = NULL;

    if (rows <= INT64_MAX / 4 - floats)
        block = sg_alloc_array(3 * rows + (floats + 1) / 2, sizeof *block);
    if (block != NULL) {
        b->places = block;
        b->order = block + rows;
        b->spare = block + 2 * rows;
        b->row = (float *)(block + 3 * rows);
        b->margin = b->row + b->in.features;
    }
    return block;
}

int
segml_model_predict(const segml_model *model, const segml_predict_input *input, int32_t output,
                    segml_predict_output *result, segml_error *err)
{
    batch b = {.model = model, .output = output};
    void *scratch;
    int rc;

    if (model == NULL || input == NULL || result == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL",
                       model == NULL   ? "model"
                       : input == NULL ? "input"
                                       : "result");
    rc = sg_opts_load(&b.in, sizeof b.in, input, "segml_predict_input", err);
    if (rc == SEGML_OK)
        rc = sg_opts_load(&b.result, sizeof b.result, result, "segml_predict_output", err);
    if (rc == SEGML_OK)
        rc = check_shape(&b, err);
    if (rc == SEGML_OK)
        rc = match_columns(&b, err);
    if (rc < 0)
        return rc;
    scratch = make_scratch(&b);
    if (scratch == NULL)
        return sg_fail_nomem(err);
    rc = find_places(&b, err);
    if (rc == SEGML_OK) {
        sort_rows(&b);
        rc = predict_rows(&b, err);
    }
    sg_free(scratch);
    return rc;
}
