/* SPDX-License-Identifier: Apache-2.0 */

/* Answers are kept as bytes, floats as their bits: NaN equals itself, and -0 differs from 0. The
   size of the file and the root digest are left out: the same content may come with and without
   index. */

#include "hostile/walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, MAX_FEATURES = 64, MAX_VALUES = 64, NAMES = 4 };

static void *
claim(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);

    if (block == NULL) {
        perror("walk");
        exit(EXIT_FAILURE);
    }
    return block;
}

static void
put(walk *w, const void *bytes, size_t size)
{
    if (sg_buf_append(&w->bytes, bytes, size, NULL) != SEGML_OK) {
        perror("walk");
        exit(EXIT_FAILURE);
    }
}

static void
put_number(walk *w, int64_t number)
{
    put(w, &number, sizeof number);
}

static void
put_double(walk *w, double number)
{
    put(w, &number, sizeof number);
}

static void
put_text(walk *w, const char *text)
{
    put(w, text != NULL ? text : "(null)", strlen(text != NULL ? text : "(null)") + 1);
}

static void
put_values(walk *w, const segml_value *values, int64_t count)
{
    put_number(w, count);
    for (int64_t i = 0; i < count; i++) {
        put_text(w, values[i].name);
        put_double(w, values[i].value);
    }
}

static walk_item *
begin(walk *w, const char *what, int64_t number)
{
    walk_item *item;

    if (w->count == w->capacity) {
        w->capacity = 2 * w->capacity + 64;
        w->items = realloc(w->items, (size_t)w->capacity * sizeof *w->items);
        if (w->items == NULL) {
            perror("walk");
            exit(EXIT_FAILURE);
        }
    }
    item = &w->items[w->count++];
    item->rc = SEGML_OK;
    item->begin = item->end = w->bytes.size;
    snprintf(item->what, sizeof item->what, "%s %lld", what, (long long)number);
    return item;
}

static void
end(walk *w, int rc)
{
    walk_item *item = &w->items[w->count - 1];

    item->rc = rc;
    item->end = w->bytes.size;
    snprintf(item->message, sizeof item->message, "%s", rc < 0 ? w->err.message : "");
}

void
walk_keys(walk *w, const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    size_t room = 1;
    char *at;

    segml_model_get_info(model, &info, NULL);
    w->key_columns = info.keys;
    w->key_count = info.groups + 2;
    w->keys = claim((size_t)(w->key_count * info.keys), sizeof *w->keys);
    for (int64_t i = 0; i < info.groups; i++) {
        segml_model_get_group(model, i, &group, NULL);
        memcpy(&w->keys[i * info.keys], group.keys, (size_t)info.keys * sizeof *w->keys);
    }
    for (int64_t k = 0; k < 2 * info.keys; k++) { /* one that has no group, and NULL */
        segml_key *key = &w->keys[info.groups * info.keys + k];

        *key = (segml_key)SEGML_KEY_NULL_VALUE;
        if (k < info.keys) {
            key->type = SEGML_KEY_INT64;
            key->integer = 987654321;
        }
    }
    for (int64_t i = 0; i < w->key_count * info.keys; i++)
        room += w->keys[i].length;
    w->texts = at = claim(room, 1);
    for (int64_t i = 0; i < w->key_count * info.keys; i++) {
        segml_key *key = &w->keys[i];

        if (key->type != SEGML_KEY_UTF8)
            continue;
        memcpy(at, key->text, key->length);
        key->text = at;
        at += key->length;
    }
}

static void
walk_info(walk *w, const segml_model *model, segml_model_info *info)
{
    int rc;

    begin(w, "info", 0);
    rc = segml_model_get_info(model, info, NULL);
    put_number(w, info->format);
    put_number(w, info->task);
    put_number(w, info->mode);
    put_number(w, info->fallback);
    put_text(w, info->objective);
    put_text(w, info->label_name);
    put_number(w, info->features);
    put_number(w, info->keys);
    put_number(w, info->groups);
    put_number(w, info->groups_trained);
    put_number(w, info->groups_failed);
    put_number(w, info->models);
    put_number(w, info->rows);
    put_number(w, info->outputs);
    put_number(w, info->classes);
    put_double(w, info->threshold);
    put_text(w, info->engine);
    put_text(w, info->library);
    put_number(w, info->parents);
    put_number(w, info->references);
    put_text(w, info->fallback_policy);
    put_values(w, info->options, info->option_count);
    for (int64_t i = 0; i < info->option_text_count; i++) {
        put_text(w, info->option_texts[i].name);
        put_text(w, info->option_texts[i].text);
    }
    end(w, rc);
}

static void
walk_names(walk *w, const segml_model *model, const segml_model_info *info)
{
    static const char *const words[NAMES] = {"red", "green", "no such word", ""};

    begin(w, "names", 0);
    for (int64_t f = 0; f < info->features; f++) {
        put_text(w, segml_model_feature_name(model, f));
        put_number(w, segml_model_feature_type(model, f));
        for (int i = 0; i < NAMES; i++) {
            float code = -1;

            put_number(w, segml_model_encode(model, f, words[i], strlen(words[i]), &code));
            put_double(w, (double)code);
        }
    }
    for (int64_t k = 0; k < info->keys; k++) {
        put_text(w, segml_model_key_name(model, k));
        put_number(w, segml_model_key_type(model, k));
    }
    for (int64_t c = 0; c < info->classes; c++)
        put_text(w, segml_model_class_name(model, c));
    end(w, SEGML_OK);
}

static void
walk_group(walk *w, const segml_model *model, int64_t index)
{
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    int rc;

    begin(w, "group", index);
    rc = segml_model_get_group(model, index, &group, &w->err);
    if (rc == SEGML_OK) {
        for (int64_t k = 0; group.keys != NULL && k < group.key_columns; k++) {
            put_number(w, group.keys[k].type);
            put_number(w, group.keys[k].integer);
            put(w, group.keys[k].text, group.keys[k].length);
        }
        put_number(w, group.rows);
        put_number(w, group.status);
        put_number(w, group.rounds);
        put_text(w, group.message);
        put_values(w, group.params, group.param_count);
        put_values(w, group.metrics, group.metric_count);
        put_double(w, group.threshold);
        put_text(w, group.engine);
        put_number(w, group.key_columns);
        put_text(w, group.reference);
    }
    end(w, rc);
}

static void
walk_importance(walk *w, const segml_model *model, int64_t index)
{
    double values[MAX_VALUES];
    int rc;

    begin(w, "importance", index);
    rc = segml_model_importance(model, index, values, MAX_VALUES, &w->err);
    if (rc == SEGML_OK)
        put(w, values, sizeof values);
    end(w, rc);
}

static void
walk_route(walk *w, const segml_model *model, int64_t number, const segml_model_info *info)
{
    const segml_key *keys = &w->keys[number * w->key_columns];
    segml_route *route = NULL;
    int rc;

    begin(w, "route", number);
    rc = segml_route_find(&route, model, keys, w->key_columns, &w->err);
    if (rc != SEGML_OK && route != NULL)
        rc = SEGML_E_INTERNAL; /* a failure must leave nothing */
    if (rc == SEGML_OK) {
        put_number(w, segml_route_get_kind(route));
        put_number(w, segml_route_get_reason(route));
        put_number(w, segml_route_get_group(route));
    }
    if (info->features > MAX_FEATURES || info->outputs > MAX_VALUES)
        rc = SEGML_E_INTERNAL; /* no model of the tests has so many */
    for (int i = 0; rc == SEGML_OK && i < ROWS; i++) {
        float row[MAX_FEATURES], values[MAX_VALUES];

        for (int64_t f = 0; f < MAX_FEATURES; f++)
            row[f] = (f + i) % 4 == 3 ? NAN : (float)((f + 1) * i % 3) - 0.25F;
        for (int32_t output = SEGML_OUTPUT_MARGIN; output <= SEGML_OUTPUT_CLASS; output++) {
            memset(values, 0, sizeof values);
            put_number(w,
                       segml_route_predict(route, output, row, info->features, values, MAX_VALUES));
            put(w, values, sizeof values);
        }
    }
    end(w, rc);
    segml_route_free(route);
}

static void
walk_history(walk *w, const segml_model *model, const segml_model_info *info)
{
    segml_history *history = NULL;
    segml_history_info of = SEGML_HISTORY_INFO_INIT;
    int rc;

    begin(w, "history", 0);
    rc = segml_history_open(&history, model, &w->err);
    for (int64_t i = SEGML_GROUP_INDEX_GLOBAL; rc == SEGML_OK && i < info->groups; i++) {
        if (segml_history_get(history, i, &of, NULL) != SEGML_OK)
            continue;
        put_number(w, of.chosen);
        put_number(w, of.trials);
        put(w, of.values, (size_t)of.trials * sizeof *of.values);
        put(w, of.rounds, (size_t)of.trials * sizeof *of.rounds);
        put(w, of.states, (size_t)of.trials * sizeof *of.states);
        put(w, of.correlations, (size_t)info->features * sizeof *of.correlations);
    }
    end(w, rc);
    segml_history_free(history);
}

void
walk_model(walk *w, const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    int64_t records;

    w->count = 0;
    w->bytes.size = 0;
    walk_info(w, model, &info);
    walk_names(w, model, &info);
    records = info.groups + info.parents;
    for (int64_t i = 0; i < w->key_count; i++)
        walk_route(w, model, i, &info);
    for (int64_t i = SEGML_GROUP_INDEX_OVERALL; i < records; i++)
        walk_group(w, model, i);
    for (int64_t i = SEGML_GROUP_INDEX_GLOBAL; i < records; i++)
        walk_importance(w, model, i);
    walk_history(w, model, &info);
}

int
walk_is_refusal(int rc)
{
    return rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT || rc == SEGML_E_UNSUPPORTED;
}

static int
same(const walk *a, const walk_item *x, const walk *b, const walk_item *y)
{
    size_t size = x->end - x->begin;

    return x->rc == y->rc && size == y->end - y->begin &&
           (size == 0 || memcmp(a->bytes.bytes + x->begin, b->bytes.bytes + y->begin, size) == 0);
}

int
walk_compare(const walk *sound, const walk *other, const walk_item **item)
{
    const walk_item *refused = NULL;

    for (int i = 0; i < sound->count; i++) {
        const walk_item *x = &sound->items[i], *y = i < other->count ? &other->items[i] : NULL;

        if (y != NULL && same(sound, x, other, y))
            continue;
        if (y != NULL && walk_is_refusal(y->rc)) {
            refused = refused != NULL ? refused : y;
            continue;
        }
        if (item != NULL)
            *item = y != NULL ? y : x;
        return WALK_WRONG;
    }
    if (item != NULL)
        *item = refused;
    return refused != NULL ? WALK_REFUSED : WALK_SAME;
}

void
walk_clear(walk *w)
{
    free(w->items);
    free(w->keys);
    free(w->texts);
    sg_buf_clear(&w->bytes);
    memset(w, 0, sizeof *w);
}
