/* SPDX-License-Identifier: Apache-2.0 */

/*
 * JSON from an artifact. Parsing is Jansson's part: strict UTF-8, a limit on the depth, no
 * name twice. It reads numbers by the locale, which is the C locale for this thread alone
 * while a reader is at work, and then put back.
 *
 * What is parsed takes memory: some dozens of bytes for a number or a text, but more than two
 * hundred for an array or object, which may be two bytes of text. So those have a cap, which is
 * looked at before anything is parsed.
 */

#include "pack/json_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/names.h"

/* As many as a model of a million features can have, two for each. */
enum { CONTAINERS_MAX = (1 << 21) + 1024 };

void
sg_json_begin(sg_json_reader *r)
{
    r->former = (locale_t)0;
    r->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (r->c_locale != (locale_t)0)
        r->former = uselocale(r->c_locale);
    else
        r->rc = sg_fail_nomem(r->err);
}

void
sg_json_end(sg_json_reader *r)
{
    if (r->c_locale == (locale_t)0)
        return;
    uselocale(r->former);
    freelocale(r->c_locale);
    r->c_locale = (locale_t)0;
}

void
sg_json_refuse(sg_json_reader *r, const char *name, const char *reason)
{
    if (r->rc == SEGML_OK)
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: \"%s\" %s", r->where, name, reason);
}

void *
sg_json_take(sg_json_reader *r, int64_t count, size_t size)
{
    void *memory = r->rc == SEGML_OK ? sg_arena_alloc(r->arena, count, size) : NULL;

    if (memory == NULL && r->rc == SEGML_OK)
        r->rc = sg_fail_nomem(r->err);
    return memory;
}

const json_t *
sg_json_get(sg_json_reader *r, const json_t *object, const char *name)
{
    const json_t *value = r->rc == SEGML_OK ? json_object_get(object, name) : NULL;

    if (value == NULL)
        sg_json_refuse(r, name, "is missing");
    return value;
}

const json_t *
sg_json_get_array(sg_json_reader *r, const json_t *object, const char *name)
{
    const json_t *value = sg_json_get(r, object, name);

    if (value != NULL && !json_is_array(value))
        sg_json_refuse(r, name, "is not an array");
    return r->rc == SEGML_OK ? value : NULL;
}

int64_t
sg_json_get_integer(sg_json_reader *r, const json_t *object, const char *name, int64_t max)
{
    const json_t *value = sg_json_get(r, object, name);

    if (value == NULL)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max)
        sg_json_refuse(r, name, "is not an integer in its range");
    return r->rc == SEGML_OK ? json_integer_value(value) : 0;
}

int32_t
sg_json_get_boolean(sg_json_reader *r, const json_t *object, const char *name)
{
    const json_t *value = sg_json_get(r, object, name);

    if (value != NULL && !json_is_boolean(value))
        sg_json_refuse(r, name, "is neither true nor false");
    return value != NULL && json_is_true(value);
}

/* A copy of a text that can be read as terminated; NULL after a failure. */
static const char *
copy_text(sg_json_reader *r, const json_t *value, const char *name)
{
    char *text;

    if (value == NULL || r->rc < 0)
        return NULL;
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        sg_json_refuse(r, name, "is not a text without NUL");
        return NULL;
    }
    text = sg_arena_text(r->arena, json_string_value(value), json_string_length(value));
    if (text == NULL)
        r->rc = sg_fail_nomem(r->err);
    return text;
}

const char *
sg_json_get_text(sg_json_reader *r, const json_t *object, const char *name)
{
    return copy_text(r, sg_json_get(r, object, name), name);
}

int32_t
sg_json_get_name(sg_json_reader *r, const json_t *object, const char *name,
                 const char *(*name_of)(int32_t))
{
    const json_t *value = sg_json_get(r, object, name);
    int32_t found = json_is_string(value) ? sg_names_find(name_of, json_string_value(value)) : 0;

    if (value != NULL && found == 0)
        sg_json_refuse(r, name, "is not a known name");
    return found;
}

double
sg_json_to_number(sg_json_reader *r, const json_t *value, const char *name)
{
    double number = json_is_number(value) ? json_number_value(value) : NAN;

    if (!isfinite(number))
        sg_json_refuse(r, name, "is not a number");
    return number;
}

uint64_t
sg_json_get_seed(sg_json_reader *r, const json_t *object, const char *name)
{
    const char *text = sg_json_get_text(r, object, name);
    uint64_t seed = 0;

    if (text == NULL)
        return 0;
    if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
        sg_json_refuse(r, name, "is not a number in digits");
    for (const char *c = text; *c != '\0' && r->rc == SEGML_OK; c++) {
        uint64_t digit = (uint64_t)(unsigned char)*c - '0';

        if (digit > 9 || seed > (UINT64_MAX - digit) / 10)
            sg_json_refuse(r, name, "is not a number of 64 bits in digits");
        seed = 10 * seed + digit;
    }
    return seed;
}

void
sg_json_to_key(sg_json_reader *r, const json_t *value, int32_t type, segml_key *key)
{
    static const segml_key null = SEGML_KEY_NULL_VALUE;

    *key = null;
    if (json_is_null(value))
        return;
    key->type = type;
    if (type == SEGML_KEY_INT64 && json_is_integer(value)) {
        key->integer = json_integer_value(value);
    } else if (type == SEGML_KEY_UTF8 && json_string_length(value) > 0) {
        key->length = json_string_length(value);
        key->text = sg_arena_text(r->arena, json_string_value(value), key->length);
        if (key->text == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
    } else {
        sg_json_refuse(r, "key", "does not have its column's type");
    }
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
sg_json_get_hex(sg_json_reader *r, const json_t *object, const char *name, unsigned char *out,
                int size)
{
    const json_t *value = sg_json_get(r, object, name);
    const char *text = json_string_value(value);

    if (value == NULL)
        return;
    if (text == NULL || json_string_length(value) != 2 * (size_t)size) {
        sg_json_refuse(r, name, "is not a hexadecimal text of its length");
        return;
    }
    for (int i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            sg_json_refuse(r, name, "is not lower-case hexadecimal");
        else
            out[i] = (unsigned char)(high << 4 | low);
    }
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
sg_json_check_distinct(sg_json_reader *r, const char *const *texts, int64_t count, const char *name)
{
    const char **sorted = r->rc == SEGML_OK ? sg_alloc_array(count, sizeof *sorted) : NULL;

    if (sorted == NULL) {
        r->rc = r->rc == SEGML_OK ? sg_fail_nomem(r->err) : r->rc;
        return;
    }
    if (count > 0)
        memcpy(sorted, texts, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_texts);
    for (int64_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            sg_json_refuse(r, name, "holds a text twice");
    }
    sg_free(sorted);
}

const char *const *
sg_json_get_texts(sg_json_reader *r, const json_t *object, const char *name, int64_t *count)
{
    const json_t *array = sg_json_get_array(r, object, name);
    int64_t n = (int64_t)json_array_size(array);
    const char **texts = sg_json_take(r, n, sizeof *texts);

    for (int64_t i = 0; i < n && r->rc == SEGML_OK; i++)
        texts[i] = copy_text(r, json_array_get(array, (size_t)i), name);
    sg_json_check_distinct(r, texts, n, name);
    *count = r->rc == SEGML_OK ? n : 0;
    return texts;
}

const segml_value *
sg_json_get_values(sg_json_reader *r, const json_t *object, const char *name, int allow_null,
                   int64_t *count)
{
    json_t *values = json_object_get(object, name);
    segml_value *out;
    const char *key;
    json_t *value;
    int64_t n = 0;

    if (!json_is_object(values))
        sg_json_refuse(r, name, "is not an object");
    out = sg_json_take(r, (int64_t)json_object_size(values), sizeof *out);
    if (out == NULL)
        return NULL;
    json_object_foreach(values, key, value)
    {
        out[n].name = sg_arena_text(r->arena, key, strlen(key));
        out[n].value = allow_null && json_is_null(value) ? NAN : sg_json_to_number(r, value, name);
        if (out[n].name == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
        n++;
    }
    *count = n;
    return out;
}

/* Arrays and objects that a text begins, those in strings left out. */
static int64_t
count_containers(const char *text, size_t size)
{
    int64_t count = 0;
    int inside = 0; /* a string */

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            inside = !inside;
        else if (inside && text[i] == '\\')
            i++;
        else if (!inside)
            count += text[i] == '[' || text[i] == '{';
    }
    return count;
}

json_t *
sg_json_parse(sg_json_reader *r, const char *text, size_t size)
{
    json_error_t error;
    json_t *root;

    if (r->rc == SEGML_OK && count_containers(text, size) > CONTAINERS_MAX)
        r->rc = sg_fail(r->err, SEGML_E_LIMIT, "%s: more than %d arrays and objects", r->where,
                        (int)CONTAINERS_MAX);
    if (r->rc < 0)
        return NULL;
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        r->rc = sg_fail_nomem(r->err);
    else if (root == NULL)
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: not JSON at byte %d: %s", r->where,
                        error.position, error.text);
    return root;
}

const segml_text *
sg_json_get_named_texts(sg_json_reader *r, const json_t *object, const char *name, int64_t *count)
{
    json_t *texts = json_object_get(object, name);
    segml_text *out;
    const char *key;
    json_t *value;
    int64_t n = 0;

    if (!json_is_object(texts))
        sg_json_refuse(r, name, "is not an object");
    out = sg_json_take(r, (int64_t)json_object_size(texts), sizeof *out);
    if (out == NULL)
        return NULL;
    json_object_foreach(texts, key, value)
    {
        out[n].name = sg_arena_text(r->arena, key, strlen(key));
        out[n].text = copy_text(r, value, name);
        if (out[n].name == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
        n++;
    }
    *count = n;
    return out;
}

int64_t
sg_json_count_lines(const char *lines, size_t size)
{
    int64_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += lines[i] == '\n';
    return count;
}

void
sg_json_read_lines(sg_json_reader *r, const sg_json_lines *lines, sg_json_line_fn on_line,
                   void *user)
{
    size_t at = 0;

    if (r->rc == SEGML_OK && lines->size > 0 && lines->text[lines->size - 1] != '\n')
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: the last line has no end", lines->member);
    for (int64_t i = 0; at < lines->size && r->rc == SEGML_OK; i++) {
        const char *line = lines->text + at;
        size_t length = (size_t)((const char *)memchr(line, '\n', lines->size - at) - line);
        json_t *object;

        snprintf(r->where, sizeof r->where, "%s: line %lld", lines->member, (long long)i + 1);
        if (length > lines->longest) {
            r->rc = sg_fail(r->err, SEGML_E_LIMIT, "%s is longer than %zu bytes", r->where,
                            lines->longest);
            return;
        }
        object = sg_json_parse(r, line, length);
        if (object != NULL)
            on_line(r, user, i, object);
        json_decref(object);
        at += length + 1;
    }
}
