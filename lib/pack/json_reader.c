/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading JSON member by member over Jansson, which checks syntax and UTF-8 and caps the depth.
 * Every accessor checks that a member is there, its type and its range; a message names the member.
 */

#include "pack/json_reader.h"

#include <math.h>
#include <string.h>

#include "pack/names.h"

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

json_t *
sg_json_parse(sg_json_reader *r, const void *text, size_t size)
{
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        r->rc = sg_fail_nomem(r->err);
    else if (root == NULL)
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: not JSON at byte %d: %s", r->where,
                        error.position, error.text);
    return root;
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

double
sg_json_number(sg_json_reader *r, const json_t *value, const char *name, int allow_null)
{
    double number = json_is_number(value) ? json_number_value(value) : (double)NAN;

    if (!isfinite(number) && !(allow_null && json_is_null(value)))
        sg_json_refuse(r, name, "is not a number");
    return number;
}

const char *const *
sg_json_get_texts(sg_json_reader *r, const json_t *object, const char *name, int64_t *count)
{
    const json_t *array = sg_json_get_array(r, object, name);
    int64_t n = (int64_t)json_array_size(array);
    const char **texts = sg_json_take(r, n, sizeof *texts);

    for (int64_t i = 0; i < n && r->rc == SEGML_OK; i++)
        texts[i] = copy_text(r, json_array_get(array, (size_t)i), name);
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

    *count = 0;
    if (!json_is_object(values))
        sg_json_refuse(r, name, "is not an object");
    out = sg_json_take(r, (int64_t)json_object_size(values), sizeof *out);
    if (out == NULL)
        return NULL;
    json_object_foreach(values, key, value)
    {
        out[n].name = sg_arena_text(r->arena, key, strlen(key));
        out[n].value = sg_json_number(r, value, name, allow_null);
        if (out[n].name == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
        n++;
    }
    *count = r->rc == SEGML_OK ? n : 0;
    return out;
}

const double *
sg_json_get_reals(sg_json_reader *r, const json_t *object, const char *name, int64_t *count)
{
    const json_t *array = sg_json_get_array(r, object, name);
    int64_t n = (int64_t)json_array_size(array);
    double *values = sg_json_take(r, n, sizeof *values);

    for (int64_t i = 0; i < n && r->rc == SEGML_OK; i++)
        values[i] = sg_json_number(r, json_array_get(array, (size_t)i), name, 1);
    *count = r->rc == SEGML_OK ? n : 0;
    return values;
}

void
sg_json_read_key(sg_json_reader *r, const json_t *value, int32_t type, segml_key *key)
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
