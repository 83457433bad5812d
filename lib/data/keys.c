/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Key columns as callers have them. Cells are read where they lie; only distinct keys
 * are ever copied (groups.c), so a column of a million rows costs nothing here.
 */

#include "data/keys.h"

#include "base/text.h"

segml_key
sg_keys_cell(const segml_key_column *column, int64_t row)
{
    segml_key key = SEGML_KEY_NULL_VALUE;

    if (column->validity != NULL && (column->validity[row / 8] >> (row % 8) & 1) == 0)
        return key;
    if (column->type == SEGML_KEY_INT64) {
        key.type = SEGML_KEY_INT64;
        key.integer = ((const int64_t *)column->data)[row];
    } else if (column->offsets[row + 1] > column->offsets[row]) {
        key.type = SEGML_KEY_UTF8;
        key.text = (const char *)column->data + column->offsets[row];
        key.length = (size_t)(column->offsets[row + 1] - column->offsets[row]);
    }
    return key;
}

static int
check_text(const segml_key_column *column, const char *name, int64_t rows, int *integers,
           segml_error *err)
{
    int64_t value, present = 0;

    *integers = 1;
    if (column->offsets[0] < 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "key column %s: the first offset is negative", name);
    for (int64_t i = 0; i < rows; i++) {
        segml_key key;

        if (column->offsets[i + 1] < column->offsets[i])
            return sg_fail(err, SEGML_E_ARGUMENT, "key column %s, row %lld: offsets must not fall",
                           name, (long long)i + 1);
        key = sg_keys_cell(column, i);
        if (key.type == SEGML_KEY_NULL)
            continue;
        if (!sg_text_is_utf8(key.text, key.length))
            return sg_fail(err, SEGML_E_DATA, "key column %s, row %lld: not valid UTF-8", name,
                           (long long)i + 1);
        present++;
        *integers = *integers && sg_key_parse(&value, key.text, key.length, 1);
    }
    *integers = *integers && present > 0;
    return SEGML_OK;
}

int
sg_keys_check(int32_t *type, const segml_key_column *column, const char *name, int64_t rows,
              segml_error *err)
{
    int integers, rc;

    if (column->type != SEGML_KEY_INT64 && column->type != SEGML_KEY_UTF8 &&
        column->type != SEGML_KEY_UTF8_AUTO)
        return sg_fail(err, SEGML_E_ARGUMENT, "key column %s: unknown type %d", name,
                       (int)column->type);
    if (column->reserved != 0 || column->reserved2[0] != NULL || column->reserved2[1] != NULL)
        return sg_fail(err, SEGML_E_ABI, "key column %s: a reserved member is set", name);
    if (rows > 0 &&
        (column->data == NULL || (column->type != SEGML_KEY_INT64 && column->offsets == NULL)))
        return sg_fail(err, SEGML_E_ARGUMENT, "key column %s: data or offsets are NULL", name);
    *type = SEGML_KEY_INT64;
    if (column->type == SEGML_KEY_INT64 || rows == 0)
        return SEGML_OK;
    rc = check_text(column, name, rows, &integers, err);
    if (column->type == SEGML_KEY_UTF8 || !integers)
        *type = SEGML_KEY_UTF8;
    return rc;
}
