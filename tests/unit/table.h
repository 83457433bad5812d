/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TABLE_H
#define TESTS_UNIT_TABLE_H

/* Small tables for tests: key columns out of texts or numbers, datasets out of arrays. */

#include "segml/dataset.h"

enum { TABLE_ROWS = 64, TABLE_BYTES = 1024 };

/** Room for the cells of one key column. */
typedef struct cells {
    char bytes[TABLE_BYTES];
    int64_t offsets[TABLE_ROWS + 1];
    int64_t integers[TABLE_ROWS];
    uint8_t validity[TABLE_ROWS / 8];
} cells;

/**
 * A column of texts; NULL becomes a clear validity bit.
 *
 * @param room  of the cells, borrowed by the column
 */
segml_key_column
table_texts(cells *room, int32_t type, const char *const *texts, int64_t rows);

/** A column of integers; INT64_MIN becomes a clear validity bit. */
segml_key_column
table_integers(cells *room, const int64_t *integers, int64_t rows);

/** Input with a key column that puts all rows into one group; both are borrowed. */
segml_dataset_input
table_input(cells *room, segml_key_column *key, int64_t rows, int64_t features, const float *data,
            const float *label);

/** The dataset of an input that must be good. */
segml_dataset *
table_dataset(const segml_dataset_input *input);

/** Dataset of one feature, one group, and the labels. */
segml_dataset *
table_labels(cells *room, const float *label, int64_t rows);

#endif
