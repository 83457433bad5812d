/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Table-driven reading of objects. A model is objects in objects with a handful of
 * members that matter; written by hand, each would be a loop with a chain of
 * comparisons and its own idea of duplicates.
 *
 * Required members are checked apart from reading, because what is required may depend
 * on what has been read (the kind of booster), in whatever order the file has it. The
 * nesting is that of the tables, so recursion is bounded by them.
 */

#include "tree/fields.h"

static sg_field *
find_field(sg_field *fields, int count, int first, sg_ubj_text key)
{
    for (int i = 0; i < count; i++) {
        sg_field *field = &fields[(first + i) % count];

        if (sg_ubj_text_is(key, field->name))
            return field;
    }
    return NULL;
}

static int
read_field(sg_ubj *reader, sg_field *field, segml_error *err)
{
    int rc;

    if (field->seen)
        return sg_ubj_fail(reader, err, "\"%s\" comes twice in one object", field->name);
    field->seen = 1;
    field->at = *reader;
    if (field->members != NULL)
        return sg_fields_read(reader, field->members, field->count, err);
    rc = sg_ubj_read(reader, &field->value, err);
    if (rc < 0)
        return rc;
    if (field->value.type != field->type ||
        (field->type == SG_UBJ_TYPED && field->value.element != field->element))
        return sg_ubj_fail(&field->at, err, "\"%s\" is of the wrong type", field->name);
    if (field->type == SG_UBJ_ARRAY || field->type == SG_UBJ_OBJECT) {
        *reader = field->at;
        rc = sg_ubj_skip(reader, err);
    }
    return rc;
}

int
sg_fields_read(sg_ubj *reader, sg_field *fields, int count, segml_error *err)
{
    const sg_ubj start = *reader;
    sg_ubj_value object;
    sg_ubj_text key = {NULL, 0};
    int next = 0;
    int rc = sg_ubj_read(reader, &object, err);

    if (rc < 0)
        return rc;
    if (object.type != SG_UBJ_OBJECT)
        return sg_ubj_fail(&start, err, "an object is expected");
    while ((rc = sg_ubj_member(reader, &object, &key, err)) > 0) {
        sg_field *field = find_field(fields, count, next, key);

        if (field != NULL)
            next = (int)(field - fields) + 1;
        rc = field != NULL ? read_field(reader, field, err) : sg_ubj_skip(reader, err);
        if (rc < 0)
            break;
    }
    return rc;
}

int
sg_fields_require(const sg_field *fields, int count, const char *where, segml_error *err)
{
    for (int i = 0; i < count; i++) {
        if (!fields[i].seen && !fields[i].optional)
            return sg_fail(err, SEGML_E_FORMAT, "model: %s has no \"%s\"", where, fields[i].name);
    }
    return SEGML_OK;
}

int
sg_field_integer(int64_t *value, const sg_field *field, int64_t low, int64_t high, int64_t missing,
                 segml_error *err)
{
    const unsigned char *text = field->value.bytes;
    int64_t length = field->value.count, i = 0, number = 0;

    *value = missing;
    if (!field->seen)
        return SEGML_OK;
    while (i < length && i < 12 && text[i] >= '0' && text[i] <= '9')
        number = 10 * number + (text[i++] - '0');
    if (i == 0 || i < length || number < low || number > high)
        return sg_fail(err, SEGML_E_FORMAT,
                       "model: \"%s\" is \"%.*s\", not an integer in [%lld, %lld]", field->name,
                       (int)(length < 40 ? length : 40), (const char *)text, (long long)low,
                       (long long)high);
    *value = number;
    return SEGML_OK;
}

sg_ubj_text
sg_field_text(const sg_field *field)
{
    sg_ubj_text text = {(const char *)field->value.bytes, field->value.count};

    return text;
}

int
sg_field_is(const sg_field *field, const char *text)
{
    return field->seen && sg_ubj_text_is(sg_field_text(field), text);
}
