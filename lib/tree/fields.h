/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_FIELDS_H
#define SG_TREE_FIELDS_H

/*
 * Members of a UBJSON object by name, described by a table. Members that the table
 * does not name are passed over, a member that comes twice or has another type than
 * the table says is an error.
 */

#include "tree/ubj.h"

typedef struct sg_field {
    const char *name;
    sg_ubj_type type;
    char element;             /* of SG_UBJ_TYPED: the only marker that is taken */
    int optional;
    struct sg_field *members; /* of SG_UBJ_OBJECT: read into this table; NULL = passed over */
    int count;                /* of members */

    int seen;                 /* out: 1 if the object has it */
    sg_ubj at;                /* out: where its value begins */
    sg_ubj_value value;       /* out; an array or object has been passed over */
} sg_field;

/**
 * Reads an object into a table whose out members are zero. Fastest if the table is in
 * the order of the file.
 *
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT
 */
int sg_fields_read(sg_ubj *reader, sg_field *fields, int count, segml_error *err);

/**
 * Checks that every field that is not optional has been seen.
 *
 * @param where  the object's name, for the message
 * @return SEGML_OK; SEGML_E_FORMAT
 */
int sg_fields_require(const sg_field *fields, int count, const char *where, segml_error *err);

/**
 * The integer that a text field holds (XGBoost writes its parameters as text), or
 * missing for an optional field that was not seen.
 *
 * @return SEGML_OK; SEGML_E_FORMAT (no integer, or not in [low, high])
 */
int sg_field_integer(int64_t *value, const sg_field *field, int64_t low, int64_t high,
                     int64_t missing, segml_error *err);

/** What a text field holds. */
sg_ubj_text sg_field_text(const sg_field *field);

/** Whether a text field was seen and equals a text. */
int sg_field_is(const sg_field *field, const char *text);

#endif
