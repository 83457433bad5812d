/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writing the manifests.
 *
 * R1  Same manifest, same bytes: members stand in a fixed order, numbers read back to
 *     the same bits, nothing depends on locale, time or machine.
 * R2  segml.json breaks lines down to its second level, for people; groups.jsonl and
 *     parents.jsonl have one line per record, for tools.
 * R3  The seed is text, because JSON readers round numbers above 2^53.
 * R4  Metrics that are not finite become null; any other number must be finite.
 * R5  Counts and digests are written as they stand: build.c is what makes them.
 */

#include "pack/manifest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pack/json_writer.h"
#include "pack/names.h"

enum { LINE_BREAK_DEPTH = 2 };

static void
write_finite(sg_json_writer *w, const char *name, double value)
{
    if (!isfinite(value) && w->rc == SEGML_OK)
        w->rc = sg_fail(w->err, SEGML_E_INTERNAL, "%s is not a finite number", name);
    sg_json_real(w, value);
}

static void
write_hex(sg_json_writer *w, const char *name, const unsigned char *digest)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * SG_DIGEST_BYTES];

    for (int i = 0; i < SG_DIGEST_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    sg_json_name(w, name);
    sg_json_text(w, hex, sizeof hex);
}

static void
write_values(sg_json_writer *w, const char *name, const segml_value *values, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '{');
    for (int64_t i = 0; i < count; i++) {
        sg_json_name(w, values[i].name);
        write_finite(w, values[i].name, values[i].value);
    }
    sg_json_close(w, '}');
}

static void
write_named_texts(sg_json_writer *w, const char *name, const segml_text *texts, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '{');
    for (int64_t i = 0; i < count; i++)
        sg_json_put_text(w, texts[i].name, texts[i].text);
    sg_json_close(w, '}');
}

static void
write_features(sg_json_writer *w, const sg_manifest *manifest)
{
    sg_json_name(w, "features");
    sg_json_open(w, '[');
    for (int64_t i = 0; i < manifest->feature_count; i++) {
        const sg_manifest_feature *feature = &manifest->features[i];

        sg_json_open(w, '{');
        sg_json_put_text(w, "name", feature->name);
        sg_json_put_text(w, "type", sg_names_feature_type(feature->type));
        if (feature->has_dictionary)
            sg_json_put_texts(w, "values", feature->values, feature->value_count);
        sg_json_close(w, '}');
    }
    sg_json_close(w, ']');
}

static void
write_key_columns(sg_json_writer *w, const sg_manifest *manifest)
{
    sg_json_name(w, "keys");
    sg_json_open(w, '[');
    for (int64_t i = 0; i < manifest->key_count; i++) {
        sg_json_open(w, '{');
        sg_json_put_text(w, "name", manifest->keys[i].name);
        sg_json_put_text(w, "type", sg_names_key_type(manifest->keys[i].type));
        sg_json_name(w, "null_seen");
        sg_json_boolean(w, manifest->keys[i].null_seen);
        sg_json_close(w, '}');
    }
    sg_json_close(w, ']');
}

static void
write_counts(sg_json_writer *w, const sg_manifest *manifest)
{
    sg_json_name(w, "counts");
    sg_json_open(w, '{');
    sg_json_put_integer(w, "groups", manifest->group_count);
    sg_json_put_integer(w, "trained", manifest->trained);
    sg_json_put_integer(w, "failed", manifest->failed);
    sg_json_put_integer(w, "references", manifest->references);
    sg_json_put_integer(w, "parents", manifest->parent_count);
    sg_json_put_integer(w, "parents_trained", manifest->parents_trained);
    sg_json_put_integer(w, "rows", manifest->rows);
    sg_json_close(w, '}');
}

static void
write_reference(sg_json_writer *w, const sg_manifest_record *record)
{
    sg_json_name(w, "reference");
    sg_json_open(w, '{');
    sg_json_put_text(w, "uri", record->reference);
    if (record->is_pinned)
        write_hex(w, "pin", record->pin);
    sg_json_close(w, '}');
}

/* The members of a record that all records have, without the braces. */
static void
write_record(sg_json_writer *w, const sg_manifest_record *record)
{
    char content[33];

    sg_hash_hex(content, record->content);
    sg_json_put_integer(w, "rows", record->rows);
    if (record->status != 0)
        sg_json_put_text(w, "status", segml_group_status_name(record->status));
    sg_json_put_text(w, "message", record->message != NULL ? record->message : "");
    sg_json_put_integer(w, "rounds", record->rounds);
    if (record->engine != NULL)
        sg_json_put_text(w, "engine", record->engine);
    write_values(w, "params", record->params, record->param_count);
    sg_json_put_values(w, "metrics", record->metrics, record->metric_count);
    sg_json_put_text(w, "content", content);
    if (record->has_model)
        write_hex(w, "digest", record->digest);
    if (record->reference != NULL)
        write_reference(w, record);
    if (!record->has_threshold)
        return;
    sg_json_name(w, "threshold");
    write_finite(w, "threshold", record->threshold);
}

static void
write_models(sg_json_writer *w, const sg_manifest *manifest)
{
    sg_json_name(w, "overall");
    sg_json_open(w, '{');
    write_record(w, &manifest->overall);
    sg_json_close(w, '}');
    if (manifest->has_global) {
        sg_json_name(w, "global");
        sg_json_open(w, '{');
        write_record(w, &manifest->global);
        sg_json_close(w, '}');
    }
    if (manifest->has_unseen) {
        sg_json_name(w, "unseen");
        sg_json_open(w, '{');
        sg_json_put_integer(w, "rounds", manifest->unseen_rounds);
        write_hex(w, "digest", manifest->unseen_digest);
        sg_json_close(w, '}');
    }
}

static void
write_fallback(sg_json_writer *w, const sg_manifest *manifest)
{
    sg_json_name(w, "fallback");
    sg_json_open(w, '[');
    for (int32_t i = 1; sg_names_fallback(i) != NULL; i++) {
        const char *name = sg_names_fallback(i);

        if ((manifest->fallback >> (i - 1) & 1) != 0)
            sg_json_text(w, name, strlen(name));
    }
    sg_json_close(w, ']');
}

static void
write_serving(sg_json_writer *w, const sg_manifest *manifest)
{
    write_fallback(w, manifest);
    sg_json_put_text(w, "label", manifest->label_name);
    sg_json_put_texts(w, "classes", manifest->classes, manifest->class_count);
    sg_json_name(w, "threshold");
    write_finite(w, "threshold", manifest->threshold);
    sg_json_name(w, "constant");
    sg_json_open(w, '[');
    for (int64_t i = 0; i < manifest->constant_count; i++)
        write_finite(w, "constant", (double)manifest->constant[i]);
    sg_json_close(w, ']');
    write_features(w, manifest);
    write_key_columns(w, manifest);
    sg_json_name(w, "keys_as_features");
    sg_json_boolean(w, manifest->keys_as_features);
}

static void
write_digests(sg_json_writer *w, const sg_manifest *manifest)
{
    write_hex(w, "groups_digest", manifest->groups_digest);
    if (manifest->has_parents)
        write_hex(w, "parents_digest", manifest->parents_digest);
    if (manifest->has_history)
        write_hex(w, "history_digest", manifest->history_digest);
    if (manifest->has_training)
        write_hex(w, "training_digest", manifest->training_digest);
}

int
sg_manifest_write(sg_buf *json, const sg_manifest *manifest, segml_error *err)
{
    sg_json_writer w = {.out = json, .err = err, .break_depth = LINE_BREAK_DEPTH};
    char seed[24];

    snprintf(seed, sizeof seed, "%" PRIu64, manifest->seed);
    sg_json_open(&w, '{');
    sg_json_put_integer(&w, "format", SG_FORMAT_VERSION);
    sg_json_put_text(&w, "library", manifest->library);
    sg_json_put_text(&w, "engine", manifest->engine);
    sg_json_put_text(&w, "task", segml_task_name(manifest->task));
    sg_json_put_text(&w, "objective", sg_manifest_objective(manifest->task));
    sg_json_put_text(&w, "mode", segml_mode_name(manifest->mode));
    write_serving(&w, manifest);
    sg_json_put_text(&w, "seed", seed);
    write_values(&w, "options", manifest->options, manifest->option_count);
    if (manifest->option_text_count > 0)
        write_named_texts(&w, "option_texts", manifest->option_texts, manifest->option_text_count);
    write_counts(&w, manifest);
    write_digests(&w, manifest);
    write_models(&w, manifest);
    sg_json_close(&w, '}');
    return w.rc == SEGML_OK ? sg_buf_append(json, "\n", 1, err) : w.rc;
}

/* A record with a key, on a line of its own. */
static int
write_line(sg_buf *lines, const sg_manifest_record *record, segml_error *err)
{
    sg_json_writer w = {.out = lines, .err = err};

    sg_json_open(&w, '{');
    sg_json_name(&w, "key");
    sg_json_open(&w, '[');
    for (int32_t i = 0; i < record->columns; i++)
        sg_json_key(&w, &record->keys[i]);
    sg_json_close(&w, ']');
    write_record(&w, record);
    sg_json_close(&w, '}');
    return w.rc == SEGML_OK ? sg_buf_append(lines, "\n", 1, err) : w.rc;
}

int
sg_manifest_write_groups(sg_buf *lines, const sg_manifest *manifest, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < manifest->group_count && rc == SEGML_OK; i++)
        rc = write_line(lines, &manifest->groups[i], err);
    return rc;
}

int
sg_manifest_write_parents(sg_buf *lines, const sg_manifest *manifest, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < manifest->parent_count && rc == SEGML_OK; i++)
        rc = write_line(lines, &manifest->parents[i], err);
    return rc;
}
