/* SPDX-License-Identifier: Apache-2.0 */

/*
 * UBJSON reader.
 *
 * R1  No read outside the bytes: each length is compared with the bytes that remain
 *     before anything is done with it.
 * R2  Work and memory are linear in the bytes: counted containers need a byte per
 *     element, typed arrays are of types that take bytes (never `[$Z#`, a bomb).
 * R3  Nesting is bounded, and skipping does not recurse.
 *
 * The dialect is what XGBoost reads and writes, plus counted objects, lengths of any
 * integer type, and float64. Typed objects, no-ops and typed arrays of other things
 * than numbers are refused: no writer of models makes them.
 *
 * A tree of values (a DOM) was rejected: a model is a dozen typed arrays per tree, and
 * views of them in place save the copy and every allocation that could fail.
 *
 * Source: https://ubjson.org, draft 12; XGBoost's src/common/json.cc.
 */

#include "tree/ubj.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 32 };

sg_ubj
sg_ubj_begin(const void *bytes, size_t size)
{
    static const unsigned char nothing[1] = {0};
    sg_ubj reader = {nothing, nothing, nothing};

    if (size > 0) {
        reader.begin = reader.at = bytes;
        reader.end = reader.begin + size;
    }
    return reader;
}

int
sg_ubj_fail(const sg_ubj *reader, segml_error *err, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return sg_fail(err, SEGML_E_FORMAT, "model: byte %lld: %s",
                   (long long)(reader->at - reader->begin), text);
}

static int64_t
remaining(const sg_ubj *reader)
{
    return (int64_t)(reader->end - reader->at);
}

static int
fail_at_end(const sg_ubj *reader, segml_error *err)
{
    return sg_ubj_fail(reader, err, "ends too early");
}

/* Bytes of one number; 0 if the marker is none of a number. */
static int
number_size(char marker)
{
    switch (marker) {
    case 'i':
    case 'U':
    case 'C':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return 0;
    }
}

static uint64_t
big_endian(const unsigned char *bytes, int size)
{
    uint64_t bits = 0;

    for (int i = 0; i < size; i++)
        bits = bits << 8 | bytes[i];
    return bits;
}

static int64_t
decode_integer(const unsigned char *bytes, char marker)
{
    uint64_t bits = big_endian(bytes, number_size(marker));

    switch (marker) {
    case 'i':
        return (int8_t)bits;
    case 'I':
        return (int16_t)bits;
    case 'l':
        return (int32_t)bits;
    default:
        return (int64_t)bits;
    }
}

static float
decode_float(const unsigned char *bytes)
{
    uint32_t bits = (uint32_t)big_endian(bytes, 4);
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static double
decode_double(const unsigned char *bytes)
{
    uint64_t bits = big_endian(bytes, 8);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Reads a marker and an integer: the length of a text, the count of a container. */
static int
read_length(sg_ubj *reader, int64_t *length, segml_error *err)
{
    char marker;
    int size;

    if (remaining(reader) < 1)
        return fail_at_end(reader, err);
    marker = (char)*reader->at;
    size = marker == 'd' || marker == 'D' || marker == 'C' ? 0 : number_size(marker);
    if (size == 0)
        return sg_ubj_fail(reader, err, "a length is expected");
    if (remaining(reader) < 1 + size)
        return fail_at_end(reader, err);
    *length = decode_integer(reader->at + 1, marker);
    if (*length < 0)
        return sg_ubj_fail(reader, err, "a length is negative");
    reader->at += 1 + size;
    return SEGML_OK;
}

static int
read_text(sg_ubj *reader, const unsigned char **bytes, int64_t *length, segml_error *err)
{
    int rc = read_length(reader, length, err);

    if (rc < 0)
        return rc;
    if (*length > remaining(reader))
        return sg_ubj_fail(reader, err, "a text of %lld bytes ends after %lld", (long long)*length,
                           (long long)remaining(reader));
    *bytes = reader->at;
    reader->at += *length;
    return SEGML_OK;
}

static int
read_number(sg_ubj *reader, sg_ubj_value *value, char marker, segml_error *err)
{
    int size = number_size(marker);

    if (size == 0) {
        reader->at--;
        return sg_ubj_fail(reader, err, "0x%02x is no type", (unsigned char)marker);
    }
    if (remaining(reader) < size)
        return fail_at_end(reader, err);
    if (marker == 'd' || marker == 'D') {
        value->type = SG_UBJ_FLOAT;
        value->element = marker;
        value->number =
            marker == 'd' ? (double)decode_float(reader->at) : decode_double(reader->at);
    } else {
        value->type = SG_UBJ_INTEGER;
        value->integer = decode_integer(reader->at, marker);
    }
    reader->at += size;
    return SEGML_OK;
}

/* After "[$": the type, the count, and all elements as one view. */
static int
read_typed_array(sg_ubj *reader, sg_ubj_value *value, segml_error *err)
{
    int size, rc;

    if (remaining(reader) < 2)
        return fail_at_end(reader, err);
    value->type = SG_UBJ_TYPED;
    value->element = (char)reader->at[0];
    size = value->element == 'C' ? 0 : number_size(value->element);
    if (size == 0)
        return sg_ubj_fail(reader, err, "an array of type 0x%02x is not understood",
                           (unsigned char)value->element);
    if (reader->at[1] != '#')
        return sg_ubj_fail(reader, err, "a typed array has no count");
    reader->at += 2;
    rc = read_length(reader, &value->count, err);
    if (rc < 0)
        return rc;
    if (value->count > remaining(reader) / size)
        return sg_ubj_fail(reader, err,
                           "an array of %lld elements does not fit in the %lld bytes left",
                           (long long)value->count, (long long)remaining(reader));
    value->bytes = reader->at;
    reader->at += value->count * size;
    return SEGML_OK;
}

/* After "[" or "{": the count, if there is one. */
static int
read_opening(sg_ubj *reader, sg_ubj_value *value, segml_error *err)
{
    char next = remaining(reader) > 0 ? (char)*reader->at : '\0';
    int rc;

    value->count = -1;
    if (next == '$') {
        reader->at++;
        if (value->type == SG_UBJ_ARRAY)
            return read_typed_array(reader, value, err);
        return sg_ubj_fail(reader, err, "a typed object is not understood");
    }
    if (next != '#')
        return SEGML_OK;
    reader->at++;
    rc = read_length(reader, &value->count, err);
    if (rc >= 0 && value->count > remaining(reader))
        rc = sg_ubj_fail(reader, err, "%lld elements do not fit in the %lld bytes left",
                         (long long)value->count, (long long)remaining(reader));
    return rc;
}

int
sg_ubj_read(sg_ubj *reader, sg_ubj_value *value, segml_error *err)
{
    char marker;

    memset(value, 0, sizeof *value);
    if (remaining(reader) < 1)
        return fail_at_end(reader, err);
    marker = (char)*reader->at++;
    switch (marker) {
    case 'Z':
        value->type = SG_UBJ_NULL;
        return SEGML_OK;
    case 'T':
    case 'F':
        value->type = SG_UBJ_BOOL;
        value->integer = marker == 'T';
        return SEGML_OK;
    case 'S':
    case 'H':
        value->type = SG_UBJ_TEXT;
        return read_text(reader, &value->bytes, &value->count, err);
    case '[':
        value->type = SG_UBJ_ARRAY;
        return read_opening(reader, value, err);
    case '{':
        value->type = SG_UBJ_OBJECT;
        return read_opening(reader, value, err);
    default:
        return read_number(reader, value, marker, err);
    }
}

/* Whether something follows in an open container: 1, 0, or an error. */
static int
next_in(sg_ubj *reader, sg_ubj_value *container, char end_marker, segml_error *err)
{
    if (container->count == 0)
        return 0;
    if (remaining(reader) < 1)
        return fail_at_end(reader, err);
    if (container->count > 0) {
        container->count--;
        return 1;
    }
    if ((char)*reader->at != end_marker)
        return 1;
    reader->at++;
    container->count = 0;
    return 0;
}

int
sg_ubj_element(sg_ubj *reader, sg_ubj_value *array, segml_error *err)
{
    return next_in(reader, array, ']', err);
}

int
sg_ubj_member(sg_ubj *reader, sg_ubj_value *object, sg_ubj_text *key, segml_error *err)
{
    const unsigned char *bytes = NULL;
    int rc = next_in(reader, object, '}', err);

    if (rc <= 0)
        return rc;
    rc = read_text(reader, &bytes, &key->length, err);
    if (rc < 0)
        return rc;
    key->bytes = (const char *)bytes;
    return 1;
}

int
sg_ubj_skip(sg_ubj *reader, segml_error *err)
{
    sg_ubj_value open[MAX_DEPTH];
    sg_ubj_text key = {NULL, 0};
    int depth = 0;

    for (;;) {
        sg_ubj_value value;
        int rc = sg_ubj_read(reader, &value, err);

        if (rc < 0)
            return rc;
        if (value.type == SG_UBJ_ARRAY || value.type == SG_UBJ_OBJECT) {
            if (depth == MAX_DEPTH)
                return sg_fail(err, SEGML_E_LIMIT, "model: byte %lld: nested deeper than %d",
                               (long long)(reader->at - reader->begin), MAX_DEPTH);
            open[depth++] = value;
        }
        rc = 0;
        while (depth > 0 && rc == 0) {
            sg_ubj_value *inner = &open[depth - 1];

            rc = inner->type == SG_UBJ_ARRAY ? sg_ubj_element(reader, inner, err)
                                             : sg_ubj_member(reader, inner, &key, err);
            depth -= rc == 0;
        }
        if (rc <= 0)
            return rc;
    }
}

int
sg_ubj_text_is(sg_ubj_text text, const char *expected)
{
    size_t length = strlen(expected);

    return (uint64_t)text.length == length && memcmp(text.bytes, expected, length) == 0;
}

int64_t
sg_ubj_integer_at(const sg_ubj_value *array, int64_t i)
{
    return decode_integer(array->bytes + i * number_size(array->element), array->element);
}

double
sg_ubj_double_at(const sg_ubj_value *array, int64_t i)
{
    return decode_double(array->bytes + 8 * i);
}
