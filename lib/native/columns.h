/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_COLUMNS_H
#define SG_NATIVE_COLUMNS_H

/*
 * The rows of a unit column by column, sorted once by value: what every fold and trial
 * shares. The training rows of a fold are a mask of it.
 *
 * An entry is rank << 16 | row: ranks count a feature's distinct values (-0 and 0 are one) from 0,
 * missing values have the rank SG_COLUMN_MISSING and stand last, in row order; equal values stand
 * in row order. Units of more than SG_COLUMN_ROWS rows have no sorted copy.
 */

#include "boost/engine.h"

enum { SG_COLUMN_ROWS = 65535, SG_COLUMN_MISSING = 0xffff, SG_COLUMN_PAD = 16 };

typedef struct sg_columns {
    const sg_engine_rows *rows;
    int64_t stride;   /* entries from one feature to the next: rows + SG_COLUMN_PAD at least, a
                           multiple of 16 */
    uint32_t *entry;  /* [features * stride]; NULL of larger units */
    float *value;     /* [features * stride] distinct values, ascending; NULL of larger units */
    int32_t *present; /* [features] rows that are not missing; NULL of larger units */
} sg_columns;

/**
 * Sorts the columns.
 *
 * @param columns  all zero; released with sg_columns_clear(), also after a failure
 * @param rows     stays as long as the columns
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_columns_make(sg_columns *columns, const sg_engine_rows *rows, segml_error *err);

/** Releases everything; all zero again. */
void sg_columns_clear(sg_columns *columns);

/**
 * The entries of one feature that belong to a fold, with the fold's numbers of rows; ranks stay
 * those of the unit.
 *
 * @param entry   out [count of the fold + SG_COLUMN_PAD]
 * @param number  [rows of the unit] number of a row in the fold, 0xffff = not in it
 * @return entries that are not missing
 */
int32_t sg_columns_of_fold(uint32_t *entry, const sg_columns *columns, int64_t feature,
                           const uint16_t *number);

#endif
