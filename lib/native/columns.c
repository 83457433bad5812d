/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sorted columns. Sorting a group's columns costs as much as two to nine boosting rounds;
 * taking a fold's entries out of them costs a small part of one. So they are sorted once, by a
 * radix sort whose passes keep the order of rows, and every fold is a mask.
 *
 * Sorting each fold by itself was rejected for its cost, and ranks of the fold instead of the
 * unit's for nothing: whether two neighbours differ is all that ranks are asked for.
 */

#include "native/columns.h"

#include <math.h>

#include "base/alloc.h"
#include "native/radix.h"

static void
fill_column(sg_columns *columns, int64_t feature, uint64_t *keys, uint64_t *scratch)
{
    const sg_engine_rows *rows = columns->rows;
    const float *data = rows->data + feature;
    uint32_t *entry = columns->entry + feature * columns->stride;
    float *value = columns->value + feature * columns->stride;
    int64_t present = 0, rank = -1, missing;

    for (int64_t i = 0; i < rows->rows; i++) {
        float x = data[i * rows->features];

        if (!isnan(x))
            keys[present++] = (uint64_t)sg_radix_bits(x) << 32 | (uint64_t)i;
    }
    sg_radix_sort(keys, scratch, present);
    for (int64_t i = 0; i < present; i++) {
        uint32_t row = (uint32_t)keys[i];

        if (i == 0 || keys[i] >> 32 != keys[i - 1] >> 32)
            value[++rank] = data[(int64_t)row * rows->features] + 0.0f;
        entry[i] = (uint32_t)rank << 16 | row;
    }
    missing = present;
    for (int64_t i = 0; i < rows->rows; i++) {
        if (isnan(data[i * rows->features]))
            entry[missing++] = (uint32_t)SG_COLUMN_MISSING << 16 | (uint32_t)i;
    }
    columns->present[feature] = (int32_t)present;
}

int
sg_columns_make(sg_columns *columns, const sg_engine_rows *rows, segml_error *err)
{
    uint64_t *keys, *scratch;
    int rc = SEGML_OK;

    columns->rows = rows;
    columns->stride = (rows->rows + 2 * SG_COLUMN_PAD - 1) / SG_COLUMN_PAD * SG_COLUMN_PAD;
    if (rows->rows > SG_COLUMN_ROWS)
        return SEGML_OK;
    columns->entry = sg_alloc_zeroed(rows->features * columns->stride, sizeof *columns->entry);
    columns->value = sg_alloc_zeroed(rows->features * columns->stride, sizeof *columns->value);
    columns->present = sg_alloc_zeroed(rows->features, sizeof *columns->present);
    keys = sg_alloc_array(rows->rows, sizeof *keys);
    scratch = sg_alloc_array(rows->rows, sizeof *scratch);
    if (columns->entry == NULL || columns->value == NULL || columns->present == NULL ||
        keys == NULL || scratch == NULL)
        rc = sg_fail_nomem(err);
    for (int64_t j = 0; rc == SEGML_OK && j < rows->features; j++)
        fill_column(columns, j, keys, scratch);
    sg_free(scratch);
    sg_free(keys);
    return rc;
}

void
sg_columns_clear(sg_columns *columns)
{
    sg_free(columns->entry);
    sg_free(columns->value);
    sg_free(columns->present);
    *columns = (sg_columns){0};
}

int32_t
sg_columns_of_fold(uint32_t *entry, const sg_columns *columns, int64_t feature,
                   const uint16_t *number)
{
    const uint32_t *all = columns->entry + feature * columns->stride;
    int64_t rows = columns->rows->rows;
    int32_t count = 0, present = 0;

    for (int64_t i = 0; i < rows; i++) {
        uint32_t n = number[all[i] & 0xffff];

        entry[count] = (all[i] & 0xffff0000u) | n; /* the next one replaces it if it is not in */
        count += n != 0xffff;
        present += n != 0xffff && i < columns->present[feature];
    }
    return present;
}
