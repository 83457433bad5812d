/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml predict. Columns are found by name; what the model knows and the file does not is an
 * error that names all of it at once. Everything is computed before the first row is
 * written, so that --strict and bad cells leave standard output empty as well.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "opening.h"
#include "output.h"
#include "segml/dataset.h"
#include "segml/model.h"
#include "signals.h"
#include "trust.h"

typedef struct prediction {
    segml_model_info info;
    int64_t *features; /* [info.features] columns of the file */
    int64_t *keys;     /* [info.keys] */
    float *data;       /* [info.features * rows] column by column */
    segml_key_column *key_columns;
    int64_t key_count; /* of key_columns made so far */
    float *values;     /* [rows * info.outputs] */
    float *classes;    /* [rows]; NULL unless classes are written */
    int32_t *route, *reason;
} prediction;

static void
prediction_clear(prediction *p)
{
    free(p->reason);
    free(p->route);
    free(p->classes);
    free(p->values);
    for (int64_t i = 0; i < p->key_count; i++)
        cli_key_column_clear(&p->key_columns[i]);
    free(p->key_columns);
    free(p->data);
    free(p->keys);
    free(p->features);
    memset(p, 0, sizeof *p);
}

/* "a, b, c, ..." in a message of limited room. */
static void
append_name(char *out, size_t capacity, const char *name)
{
    size_t used = strlen(out);
    char quoted[CLI_QUOTE];

    cli_quote(quoted, name, strlen(name));
    if (used + strlen(quoted) + 8 < capacity)
        snprintf(out + used, capacity - used, "%s%s", used > 0 ? ", " : "", quoted);
    else if (used < 4 || strcmp(out + used - 3, "...") != 0)
        snprintf(out + used, capacity - used, ", ...");
}

static int
match_columns(prediction *p, const segml_model *model, const cli_csv *csv, const char *file,
              segml_error *err)
{
    char absent[380] = "";
    int64_t count = 0;

    p->features = cli_alloc(p->info.features, sizeof *p->features);
    p->keys = cli_alloc(p->info.keys, sizeof *p->keys);
    if (p->features == NULL || p->keys == NULL)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < p->info.keys + p->info.features; i++) {
        int is_key = i < p->info.keys;
        const char *name = is_key ? segml_model_key_name(model, i)
                                  : segml_model_feature_name(model, i - p->info.keys);
        int64_t column = cli_csv_find(csv, name);

        if (is_key)
            p->keys[i] = column;
        else
            p->features[i - p->info.keys] = column;
        count += column < 0;
        if (column < 0)
            append_name(absent, sizeof absent, name);
    }
    if (count == 0)
        return SEGML_OK;
    return cli_fail(err, SEGML_E_MISMATCH, "%s: %lld column%s the model needs %s missing: %s", file,
                    (long long)count, count == 1 ? " that" : "s that", count == 1 ? "is" : "are",
                    absent);
}

/* Columns that the model does not know; the target may be there. */
static void
remark_extra(const prediction *p, const cli_csv *csv)
{
    char extra[300] = "";

    for (int64_t j = 0; j < csv->columns; j++) {
        int known = strcmp(cli_csv_name(csv, j), p->info.label_name) == 0;

        for (int64_t i = 0; i < p->info.features && !known; i++)
            known = p->features[i] == j;
        for (int64_t i = 0; i < p->info.keys && !known; i++)
            known = p->keys[i] == j;
        if (!known)
            append_name(extra, sizeof extra, cli_csv_name(csv, j));
    }
    if (extra[0] != '\0')
        fprintf(stderr, "segml predict: not used: %s\n", extra);
}

static int
fail_number(segml_error *err, const cli_csv *csv, int64_t row, int64_t column)
{
    char cell[CLI_QUOTE], name[CLI_QUOTE];
    size_t length;
    const char *text = cli_csv_cell(csv, row, column, &length);

    cli_quote(cell, text, length);
    text = cli_csv_name(csv, column);
    return cli_fail(err, SEGML_E_DATA,
                    "row %lld, column %s: %s is not a number; name it with --na if it means "
                    "missing",
                    (long long)row + 1, cli_quote(name, text, strlen(text)), cell);
}

static int
fill_feature(prediction *p, const segml_model *model, int64_t feature, const cli_csv *csv,
             const cli_missing *missing, segml_error *err)
{
    float *values = p->data + feature * csv->rows;
    int64_t column = p->features[feature];
    float code;
    /* A model that was trained on codes without texts wants numbers. */
    int by_text = segml_model_feature_type(model, feature) == SEGML_FEATURE_CATEGORICAL &&
                  segml_model_encode(model, feature, "", 0, &code) == SEGML_OK;

    for (int64_t i = 0; i < csv->rows; i++) {
        size_t length;
        const char *text = cli_csv_cell(csv, i, column, &length);

        if (!by_text) {
            if (cli_cell_number(&values[i], text, missing) == CLI_CELL_TEXT)
                return fail_number(err, csv, i, column);
            continue;
        }
        values[i] = NAN;
        if (!cli_cell_is_missing(text, missing))
            segml_model_encode(model, feature, text, length, &values[i]);
    }
    return cli_interrupted() ? cli_fail_interrupted(err) : SEGML_OK;
}

static int
fill_input(prediction *p, const segml_model *model, const cli_csv *csv, const cli_missing *missing,
           segml_error *err)
{
    int rc = SEGML_OK;

    if (p->info.features > INT64_MAX / csv->rows || p->info.outputs > INT64_MAX / csv->rows)
        return cli_fail_nomem(err);
    p->data = cli_alloc(p->info.features * csv->rows, sizeof *p->data);
    p->key_columns = cli_alloc(p->info.keys, sizeof *p->key_columns);
    if (p->data == NULL || p->key_columns == NULL)
        return cli_fail_nomem(err);
    for (int64_t j = 0; j < p->info.features && rc == SEGML_OK; j++)
        rc = fill_feature(p, model, j, csv, missing, err);
    for (int64_t k = 0; k < p->info.keys && rc == SEGML_OK; k++) {
        rc =
            cli_key_column_build(&p->key_columns[k], csv, p->keys[k], SEGML_KEY_UTF8, missing, err);
        p->key_count += rc == SEGML_OK;
    }
    return rc;
}

static int
is_classification(const prediction *p)
{
    return p->info.task == SEGML_TASK_BINARY || p->info.task == SEGML_TASK_MULTICLASS;
}

static int
compute(prediction *p, const segml_model *model, const cli_csv *csv, int margin, segml_error *err)
{
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output output = SEGML_PREDICT_OUTPUT_INIT;
    int wants_class = !margin && is_classification(p);
    int rc;

    p->values = cli_alloc(csv->rows * p->info.outputs, sizeof *p->values);
    p->route = cli_alloc(csv->rows, sizeof *p->route);
    p->reason = cli_alloc(csv->rows, sizeof *p->reason);
    p->classes = wants_class ? cli_alloc(csv->rows, sizeof *p->classes) : NULL;
    if (p->values == NULL || p->route == NULL || p->reason == NULL ||
        (wants_class && p->classes == NULL))
        return cli_fail_nomem(err);
    input.rows = csv->rows;
    input.features = p->info.features;
    input.data = p->data;
    input.row_stride = 1;
    input.col_stride = csv->rows;
    input.keys = p->key_columns;
    input.key_count = p->info.keys;
    output.values = p->values;
    output.capacity = csv->rows * p->info.outputs;
    output.route = p->route;
    output.reason = p->reason;
    rc = segml_model_predict(model, &input, margin ? SEGML_OUTPUT_MARGIN : SEGML_OUTPUT_PREDICTION,
                             &output, err);
    if (rc >= 0 && wants_class) {
        output.values = p->classes;
        output.capacity = csv->rows;
        rc = segml_model_predict(model, &input, SEGML_OUTPUT_CLASS, &output, err);
    }
    return rc;
}

enum { KEY_ROOM = 3 * CLI_QUOTE };

/* The cells of a row's key, "'DE','Bonn'", as many as there is room for. */
static const char *
quote_key(char out[KEY_ROOM], const prediction *p, const cli_csv *csv, int64_t row)
{
    char quoted[CLI_QUOTE];
    size_t used = 0, length;

    out[0] = '\0';
    for (int64_t k = 0; k < p->info.keys && used < KEY_ROOM; k++) {
        const char *text = cli_csv_cell(csv, row, p->keys[k], &length);

        used += (size_t)snprintf(out + used, KEY_ROOM - used, "%s%s", k > 0 ? "," : "",
                                 cli_quote(quoted, text, length));
    }
    return out;
}

/* A remark, or with --strict an error, that counts the rows without a model. */
static int
tell_unrouted(const prediction *p, const cli_csv *csv, int strict, segml_error *err)
{
    int64_t count = 0, first = -1;
    char key[KEY_ROOM];

    for (int64_t i = 0; i < csv->rows; i++) {
        int unrouted = p->route[i] == SEGML_ROUTE_NONE;

        first = unrouted && count == 0 ? i : first;
        count += unrouted;
    }
    if (count == 0)
        return SEGML_OK;
    return cli_fail(err, strict ? SEGML_E_NOT_FOUND : SEGML_UNROUTED,
                    "%lld of %lld rows have no model, the first is row %lld with key %s%s",
                    (long long)count, (long long)csv->rows, (long long)first + 1,
                    quote_key(key, p, csv, first), strict ? "" : "; their predictions are empty");
}

static void
write_class_name(FILE *stream, const segml_model *model, int64_t index)
{
    const char *name = segml_model_class_name(model, index);

    if (name != NULL)
        cli_write_cell(stream, name, strlen(name));
    else
        fprintf(stream, "%lld", (long long)index);
}

/* "p_<class>": one cell, so that a comma in the class quotes the whole. */
static int
write_class_heading(FILE *stream, const segml_model *model, const char *prefix, int64_t index)
{
    const char *name = segml_model_class_name(model, index);
    char number[24];
    char *heading;
    size_t size;

    if (name == NULL)
        snprintf(number, sizeof number, "%lld", (long long)index);
    name = name != NULL ? name : number;
    size = strlen(prefix) + strlen(name) + 1;
    heading = cli_alloc((int64_t)size, 1);
    if (heading == NULL)
        return -1;
    snprintf(heading, size, "%s%s", prefix, name);
    putc(',', stream);
    cli_write_cell(stream, heading, strlen(heading));
    free(heading);
    return 0;
}

static int
write_header(FILE *stream, const prediction *p, const segml_model *model, const cli_csv *csv,
             const cli_args *args)
{
    for (int64_t j = 0; j < csv->columns && args->append; j++) {
        const char *name = cli_csv_name(csv, j);

        cli_write_cell(stream, name, strlen(name));
        putc(',', stream);
    }
    fputs("row", stream);
    for (int64_t k = 0; k < p->info.keys; k++) {
        const char *name = segml_model_key_name(model, k);

        putc(',', stream);
        cli_write_cell(stream, name, strlen(name));
    }
    if (p->info.task == SEGML_TASK_MULTICLASS) {
        for (int64_t c = 0; c < p->info.outputs; c++) {
            if (write_class_heading(stream, model, args->margin ? "margin_" : "p_", c) != 0)
                return -1;
        }
    } else if (args->margin) {
        fputs(",margin", stream);
    } else {
        fputs(p->info.task == SEGML_TASK_BINARY ? ",probability" : ",prediction", stream);
    }
    fputs(p->classes != NULL ? ",class,route,reason\n" : ",route,reason\n", stream);
    return 0;
}

static void
write_row(FILE *stream, const prediction *p, const segml_model *model, const cli_csv *csv,
          int append, int64_t row)
{
    size_t length;
    const char *text;

    for (int64_t j = 0; j < csv->columns && append; j++) {
        text = cli_csv_cell(csv, row, j, &length);
        cli_write_cell(stream, text, length);
        putc(',', stream);
    }
    fprintf(stream, "%lld", (long long)row + 1);
    for (int64_t k = 0; k < p->info.keys; k++) {
        text = cli_csv_cell(csv, row, p->keys[k], &length);
        putc(',', stream);
        cli_write_cell(stream, text, length);
    }
    for (int64_t c = 0; c < p->info.outputs; c++) {
        putc(',', stream);
        cli_write_float(stream, p->values[row * p->info.outputs + c]);
    }
    if (p->classes != NULL) {
        putc(',', stream);
        if (!isnan(p->classes[row]))
            write_class_name(stream, model, (int64_t)p->classes[row]);
    }
    fprintf(stream, ",%s,%s\n", segml_route_kind_name(p->route[row]),
            segml_route_reason_name(p->reason[row]));
}

static int
write_all(const prediction *p, const segml_model *model, const cli_csv *csv, const cli_args *args,
          segml_error *err)
{
    cli_output out = {0};
    int rc = cli_output_begin(&out, args->output, args->force, err);

    if (rc < 0)
        return rc;
    if (write_header(out.stream, p, model, csv, args) != 0)
        rc = cli_fail_nomem(err);
    for (int64_t i = 0; i < csv->rows && rc == SEGML_OK; i++) {
        write_row(out.stream, p, model, csv, args->append, i);
        if (i % 4096 == 0 && cli_interrupted())
            rc = cli_fail_interrupted(err);
        else if (i % 4096 == 0 && ferror(out.stream))
            break; /* told by the commit */
    }
    if (rc == SEGML_OK)
        rc = cli_output_commit(&out, err);
    cli_output_abandon(&out);
    return rc;
}

int
cli_run_predict(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    cli_csv csv = {0};
    prediction p = {.info = SEGML_MODEL_INFO_INIT};
    segml_error remark = SEGML_ERROR_INIT;
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    cli_trust trust;
    int unrouted = SEGML_OK;
    int rc = cli_trust_read(&trust, args, err);

    options.fallback = args->fallback;
    options.public_key = trust.has_key ? trust.public_key : NULL;
    options.signature = trust.has_key ? trust.signature : NULL;
    if (rc == SEGML_OK && args->output != NULL && strcmp(args->output, "-") != 0)
        rc = cli_output_check(args->output, args->force, err);
    if (rc == SEGML_OK)
        rc = cli_model_open(&model, args, &options, err);
    if (rc == SEGML_OK)
        rc = segml_model_get_info(model, &p.info, err);
    if (rc == SEGML_OK)
        rc = cli_csv_read(&csv, args->rows, err);
    if (rc == SEGML_OK)
        rc = match_columns(&p, model, &csv, args->rows, err);
    if (rc == SEGML_OK && !args->quiet)
        remark_extra(&p, &csv);
    if (rc == SEGML_OK)
        rc = fill_input(&p, model, &csv, &args->table.missing, err);
    if (rc == SEGML_OK)
        rc = compute(&p, model, &csv, args->margin, err);
    if (rc == SEGML_UNROUTED) {
        unrouted = tell_unrouted(&p, &csv, args->strict, &remark);
        rc = unrouted < 0 ? unrouted : SEGML_OK;
    }
    if (rc == SEGML_OK)
        rc = write_all(&p, model, &csv, args, err);
    if (unrouted != SEGML_OK && (rc == SEGML_OK || rc == unrouted)) {
        rc = unrouted;
        *err = remark;
    }
    prediction_clear(&p);
    cli_csv_clear(&csv);
    segml_model_free(model);
    return rc;
}
