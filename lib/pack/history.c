/* SPDX-License-Identifier: Apache-2.0 */

/*
 * history.jsonl.
 *
 * R1  A line is {"chosen":_,"values":[_],"rounds":[_],"states":[_],"correlations":[_]}; the
 *     first three arrays have one element per trial, the last one per feature.
 * R2  Numbers that are not finite become null, and null reads as NaN.
 * R3  Reading trusts nothing: every array has its length, every number its range, and memory
 *     is bounded by the length of a line and what its records need.
 *
 * A member apart from groups.jsonl, because opening a model parses that one; nobody who
 * serves needs this. Columns of a search stand in arrays rather than in an object for each
 * trial: a third of the bytes, and what reads them wants columns.
 */

#include "pack/history.h"

#include <math.h>

#include "pack/json_reader.h"
#include "pack/json_writer.h"

/* The last of segml_trial_state, whose header belongs to training. */
enum { LAST_STATE = 3 };

enum { LINE_BYTES_MAX = 1 << 24, TRIALS_MAX = 1 << 20 };

static void
write_integers(sg_json_writer *w, const char *name, const int32_t *values, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '[');
    for (int64_t i = 0; i < count; i++)
        sg_json_integer(w, values[i]);
    sg_json_close(w, ']');
}

int
sg_history_write(sg_buf *lines, const sg_history_record *record, int64_t features, segml_error *err)
{
    sg_json_writer w = {.out = lines, .err = err};

    sg_json_open(&w, '{');
    sg_json_name(&w, "chosen");
    sg_json_integer(&w, record->chosen);
    sg_json_put_reals(&w, "values", record->values, record->trials);
    write_integers(&w, "rounds", record->rounds, record->trials);
    write_integers(&w, "states", record->states, record->trials);
    sg_json_put_reals(&w, "correlations", record->correlations, features);
    sg_json_close(&w, '}');
    return w.rc == SEGML_OK ? sg_buf_append(lines, "\n", 1, err) : w.rc;
}

/* An array of count elements. */
static const json_t *
get_column(sg_json_reader *r, const json_t *object, const char *name, int64_t count)
{
    const json_t *array = sg_json_get_array(r, object, name);

    if (r->rc == SEGML_OK && (int64_t)json_array_size(array) != count)
        sg_json_refuse(r, name, "does not have its length");
    return r->rc == SEGML_OK ? array : NULL;
}

/* Numbers whose absolute value is at most `largest`; null is NaN. */
static const double *
read_reals(sg_json_reader *r, const json_t *object, const char *name, int64_t count, double largest)
{
    const json_t *array = get_column(r, object, name, count);
    double *values = sg_json_take(r, count, sizeof *values);

    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        const json_t *value = json_array_get(array, (size_t)i);

        values[i] = json_is_null(value) ? (double)NAN : sg_json_to_number(r, value, name);
        if (fabs(values[i]) > largest)
            sg_json_refuse(r, name, "has a number out of its range");
    }
    return values;
}

static const int32_t *
read_integers(sg_json_reader *r, const json_t *object, const char *name, int64_t count, int32_t max)
{
    const json_t *array = get_column(r, object, name, count);
    int32_t *values = sg_json_take(r, count, sizeof *values);

    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        const json_t *value = json_array_get(array, (size_t)i);

        if (!json_is_integer(value) || json_integer_value(value) < 0 ||
            json_integer_value(value) > max)
            sg_json_refuse(r, name, "has an element that is not an integer in its range");
        else
            values[i] = (int32_t)json_integer_value(value);
    }
    return values;
}

/* What reading a line needs. */
typedef struct target {
    sg_history *history;
    int64_t features;
} target;

static void
read_record(sg_json_reader *r, void *user, int64_t number, const json_t *object)
{
    const target *t = user;
    sg_history_record *record = &t->history->records[number];
    const json_t *chosen = sg_json_get(r, object, "chosen");

    record->trials = (int64_t)json_array_size(sg_json_get_array(r, object, "values"));
    if (record->trials > TRIALS_MAX)
        sg_json_refuse(r, "values", "has too many elements");
    if (!json_is_integer(chosen) || json_integer_value(chosen) < -1 ||
        json_integer_value(chosen) >= record->trials)
        sg_json_refuse(r, "chosen", "is not one of the trials, nor -1");
    record->chosen = (int32_t)json_integer_value(chosen);
    record->values = read_reals(r, object, "values", record->trials, INFINITY);
    record->rounds = read_integers(r, object, "rounds", record->trials, INT32_MAX);
    record->states = read_integers(r, object, "states", record->trials, LAST_STATE);
    record->correlations = read_reals(r, object, "correlations", t->features, 1);
}

int
sg_history_read(sg_history *history, const void *lines, size_t size, int64_t count,
                int64_t features, segml_error *err)
{
    sg_json_reader r = {.arena = &history->arena, .err = err, .where = "history.jsonl"};
    sg_json_lines text = {"history.jsonl", lines, size, LINE_BYTES_MAX};
    target t = {history, features};

    if (sg_json_count_lines(lines, size) != count)
        return sg_fail(err, SEGML_E_FORMAT, "history.jsonl has %lld lines instead of %lld",
                       (long long)sg_json_count_lines(lines, size), (long long)count);
    sg_json_begin(&r);
    history->count = count;
    history->records = sg_json_take(&r, count, sizeof *history->records);
    sg_json_read_lines(&r, &text, read_record, &t);
    sg_json_end(&r);
    if (r.rc < 0)
        sg_history_clear(history);
    return r.rc;
}

void
sg_history_clear(sg_history *history)
{
    sg_arena_clear(&history->arena);
    *history = (sg_history){.count = 0};
}
