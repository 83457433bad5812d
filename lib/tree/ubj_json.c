/* SPDX-License-Identifier: Apache-2.0 */

/*
 * UBJSON to JSON.
 *
 * R1  What XGBoost reads from the JSON is bit for bit what it reads from the UBJSON. A number in
 *     single precision has the fewest digits, at most nine, that read back to it (XGBoost's
 *     parser takes no more), and always a point or an exponent, because XGBoost tells integers
 *     from floats by that. NaN and infinities, which JSON lacks, are written as XGBoost does.
 * R2  Work and memory are linear in the bytes: a byte becomes at most six characters of text, an
 *     element of an array at most 26.
 * R3  Nesting is bounded and nothing recurses: the containers that are open are on a stack, as in
 *     sg_ubj_skip().
 *
 * A tree of values was rejected for the reason given in ubj.c. Members keep their order, so the
 * same bytes always give the same text.
 */

#include "tree/ubj_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tree/ubj.h"

enum { DEPTH_MAX = 32 };

/* Puts a point's or an exponent's absence right, and writes what is no number. */
static int
write_real(sg_buf *out, double value, int is_single, segml_error *err)
{
    char text[SG_TEXT_NUMBER];

    if (isnan(value))
        return sg_buf_append(out, "NaN", 3, err);
    if (isinf(value))
        return sg_buf_print(out, err, "%sInfinity", value < 0 ? "-" : "");
    if (is_single)
        sg_text_float(text, (float)value);
    else
        sg_text_double(text, value);
    return sg_buf_print(out, err, "%s%s", text, strpbrk(text, ".e") == NULL ? "E0" : "");
}

static int
write_text(sg_buf *out, const sg_ubj *reader, const char *text, int64_t length, segml_error *err)
{
    int rc;

    if (!sg_text_is_utf8(text, (size_t)length))
        return sg_ubj_fail(reader, err, "a text before this byte is not UTF-8");
    rc = sg_buf_append(out, "\"", 1, err);
    for (int64_t i = 0; i < length && rc == SEGML_OK; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\')
            rc = sg_buf_print(out, err, "\\%c", c);
        else if (c < 0x20)
            rc = sg_buf_print(out, err, "\\u%04x", c);
        else
            rc = sg_buf_append(out, &c, 1, err);
    }
    return rc == SEGML_OK ? sg_buf_append(out, "\"", 1, err) : rc;
}

static int
write_array(sg_buf *out, const sg_ubj_value *array, segml_error *err)
{
    int rc = sg_buf_append(out, "[", 1, err);

    for (int64_t i = 0; i < array->count && rc == SEGML_OK; i++) {
        if (i > 0)
            rc = sg_buf_append(out, ",", 1, err);
        if (rc < 0)
            break;
        if (array->element == 'd')
            rc = write_real(out, (double)sg_ubj_float_at(array, i), 1, err);
        else if (array->element == 'D')
            rc = write_real(out, sg_ubj_double_at(array, i), 0, err);
        else
            rc = sg_buf_print(out, err, "%lld", (long long)sg_ubj_integer_at(array, i));
    }
    return rc == SEGML_OK ? sg_buf_append(out, "]", 1, err) : rc;
}

/* A whole value; of a container that is open only its bracket. */
static int
write_value(sg_buf *out, const sg_ubj *reader, const sg_ubj_value *value, segml_error *err)
{
    switch (value->type) {
    case SG_UBJ_BOOL:
        return sg_buf_print(out, err, "%s", value->integer ? "true" : "false");
    case SG_UBJ_INTEGER:
        return sg_buf_print(out, err, "%lld", (long long)value->integer);
    case SG_UBJ_FLOAT:
        return write_real(out, value->number, value->element == 'd', err);
    case SG_UBJ_TEXT:
        return write_text(out, reader, (const char *)value->bytes, value->count, err);
    case SG_UBJ_TYPED:
        return write_array(out, value, err);
    case SG_UBJ_ARRAY:
        return sg_buf_append(out, "[", 1, err);
    case SG_UBJ_OBJECT:
        return sg_buf_append(out, "{", 1, err);
    default:
        return sg_buf_append(out, "null", 4, err);
    }
}

/* A container whose members are being written. */
typedef struct level {
    sg_ubj_value container;
    int has_member;
} level;

/*
 * Goes on in the innermost container: a comma and a member's name, or its end.
 *
 * @return 1 a value follows; 0 it is closed; a failure
 */
static int
write_next(sg_buf *out, sg_ubj *reader, level *inner, segml_error *err)
{
    int is_array = inner->container.type == SG_UBJ_ARRAY;
    sg_ubj_text key = {NULL, 0};
    int more = is_array ? sg_ubj_element(reader, &inner->container, err)
                        : sg_ubj_member(reader, &inner->container, &key, err);
    int rc = SEGML_OK;

    if (more < 0)
        return more;
    if (more == 0)
        return sg_buf_append(out, is_array ? "]" : "}", 1, err);
    if (inner->has_member)
        rc = sg_buf_append(out, ",", 1, err);
    inner->has_member = 1;
    if (rc == SEGML_OK && !is_array)
        rc = write_text(out, reader, key.bytes, key.length, err);
    if (rc == SEGML_OK && !is_array)
        rc = sg_buf_append(out, ":", 1, err);
    return rc == SEGML_OK ? 1 : rc;
}

static int
write_all(sg_buf *out, sg_ubj *reader, segml_error *err)
{
    level open[DEPTH_MAX];
    int depth = 0;

    for (;;) {
        sg_ubj_value value;
        int rc = sg_ubj_read(reader, &value, err);

        if (rc == SEGML_OK)
            rc = write_value(out, reader, &value, err);
        if (rc < 0)
            return rc;
        if (value.type == SG_UBJ_ARRAY || value.type == SG_UBJ_OBJECT) {
            if (depth == DEPTH_MAX)
                return sg_fail(err, SEGML_E_LIMIT, "model: byte %lld: nested deeper than %d",
                               (long long)(reader->at - reader->begin), DEPTH_MAX);
            open[depth++] = (level){value, 0};
        }
        rc = 0;
        while (depth > 0 && rc == 0) {
            rc = write_next(out, reader, &open[depth - 1], err);
            depth -= rc == 0;
        }
        if (rc <= 0)
            return rc;
    }
}

int
sg_ubj_json(sg_buf *out, const void *ubj, size_t size, segml_error *err)
{
    sg_ubj reader = sg_ubj_begin(ubj, size);
    int rc = write_all(out, &reader, err);

    if (rc == SEGML_OK && reader.at != reader.end)
        rc = sg_ubj_fail(&reader, err, "bytes follow the model");
    return rc;
}
