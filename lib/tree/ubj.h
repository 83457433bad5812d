/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_UBJ_H
#define SG_TREE_UBJ_H

/*
 * Pull reader of UBJSON (draft 12, as XGBoost writes it) over bytes in memory. It
 * copies nothing: texts and typed arrays are views into the bytes, which must
 * outlive them. Every length has been checked against the bytes that are there.
 *
 *     sg_ubj_value object, value;
 *     rc = sg_ubj_read(&reader, &object, err);
 *     while (rc >= 0 && (rc = sg_ubj_member(&reader, &object, &key, err)) > 0)
 *         rc = sg_ubj_read(&reader, &value, err);     // or sg_ubj_skip()
 *
 * A reader is a plain value: a copy of it is a position to return to.
 */

#include <string.h>

#include "base/status.h"

typedef enum sg_ubj_type {
    SG_UBJ_NULL = 1,
    SG_UBJ_BOOL,    /* integer is 0 or 1 */
    SG_UBJ_INTEGER, /* i, U, I, l, L and C: integer */
    SG_UBJ_FLOAT,   /* d and D: number */
    SG_UBJ_TEXT,    /* S and H: bytes, count */
    SG_UBJ_ARRAY,   /* open: its elements follow, see sg_ubj_element() */
    SG_UBJ_TYPED,   /* array of one number type, read as a whole: bytes, count, element */
    SG_UBJ_OBJECT   /* open: its members follow, see sg_ubj_member() */
} sg_ubj_type;

typedef struct sg_ubj {
    const unsigned char *at;
    const unsigned char *end;
    const unsigned char *begin; /* for messages */
} sg_ubj;

typedef struct sg_ubj_text {
    const char *bytes; /* not terminated */
    int64_t length;
} sg_ubj_text;

typedef struct sg_ubj_value {
    sg_ubj_type type;
    char element;               /* of TYPED and FLOAT: its marker, one of iUIlLdD */
    int64_t integer;
    double number;
    const unsigned char *bytes; /* of TEXT and TYPED */
    int64_t count;              /* bytes of TEXT, elements of TYPED; of ARRAY and OBJECT how many
                                   are still to come, -1 = until the end marker */
} sg_ubj_value;

/** A reader at the beginning of size bytes. */
sg_ubj sg_ubj_begin(const void *bytes, size_t size);

/**
 * Reads the next value; of an ARRAY or OBJECT only its opening.
 *
 * @return SEGML_OK; SEGML_E_FORMAT
 */
int sg_ubj_read(sg_ubj *reader, sg_ubj_value *value, segml_error *err);

/**
 * Goes to the next element of an open array, which must then be read or skipped.
 *
 * @return 1; 0 at the end; SEGML_E_FORMAT
 */
int sg_ubj_element(sg_ubj *reader, sg_ubj_value *array, segml_error *err);

/**
 * Goes to the next member of an open object and reads its key; its value must then be
 * read or skipped.
 *
 * @return 1; 0 at the end; SEGML_E_FORMAT
 */
int sg_ubj_member(sg_ubj *reader, sg_ubj_value *object, sg_ubj_text *key, segml_error *err);

/**
 * Passes over one value of any kind.
 *
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT (nested deeper than 32)
 */
int sg_ubj_skip(sg_ubj *reader, segml_error *err);

/** SEGML_E_FORMAT with the reader's position before the message. */
int sg_ubj_fail(const sg_ubj *reader, segml_error *err, const char *format, ...) SG_PRINTF(3, 4);

/** Whether a text equals a terminated one. */
int sg_ubj_text_is(sg_ubj_text text, const char *expected);

/** Element i of a typed array of integers of any size. */
int64_t sg_ubj_integer_at(const sg_ubj_value *array, int64_t i);

/** Element i of a typed array of 'D'. */
double sg_ubj_double_at(const sg_ubj_value *array, int64_t i);

/** Element i of a typed array of 'l'. */
static inline int32_t
sg_ubj_int32_at(const sg_ubj_value *array, int64_t i)
{
    const unsigned char *b = array->bytes + 4 * i;

    return (int32_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
}

/** Element i of a typed array of 'd'. */
static inline float
sg_ubj_float_at(const sg_ubj_value *array, int64_t i)
{
    int32_t bits = sg_ubj_int32_at(array, i);
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
