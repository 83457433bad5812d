/* SPDX-License-Identifier: Apache-2.0 */

/* Small tables for tests: the contents stay in arrays of the test, as with real callers. */

#include "unit/table.h"

#include <check.h>
#include <string.h>

segml_key_column
table_texts(cells *room, int32_t type, const char *const *texts, int64_t rows)
{
    segml_key_column column = SEGML_KEY_COLUMN_INIT;

    ck_assert_int_le(rows, TABLE_ROWS);
    memset(room->validity, 0, sizeof room->validity);
    room->offsets[0] = 0;
    for (int64_t i = 0; i < rows; i++) {
        size_t length = texts[i] != NULL ? strlen(texts[i]) : 0;

        ck_assert_int_le(room->offsets[i] + (int64_t)length, TABLE_BYTES);
        if (length > 0)
            memcpy(room->bytes + room->offsets[i], texts[i], length);
        room->offsets[i + 1] = room->offsets[i] + (int64_t)length;
        if (texts[i] != NULL)
            room->validity[i / 8] |= (uint8_t)(1u << (i % 8));
    }
    column.type = type;
    column.data = room->bytes;
    column.offsets = room->offsets;
    column.validity = room->validity;
    return column;
}

segml_key_column
table_integers(cells *room, const int64_t *integers, int64_t rows)
{
    segml_key_column column = SEGML_KEY_COLUMN_INIT;

    ck_assert_int_le(rows, TABLE_ROWS);
    memset(room->validity, 0, sizeof room->validity);
    for (int64_t i = 0; i < rows; i++) {
        room->integers[i] = integers[i];
        if (integers[i] != INT64_MIN)
            room->validity[i / 8] |= (uint8_t)(1u << (i % 8));
    }
    column.type = SEGML_KEY_INT64;
    column.data = room->integers;
    column.validity = room->validity;
    return column;
}

segml_dataset_input
table_input(cells *room, segml_key_column *key, int64_t rows, int64_t features, const float *data,
            const float *label)
{
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    static const int64_t same[TABLE_ROWS];

    *key = table_integers(room, same, rows);
    input.rows = rows;
    input.features = features;
    input.data = data;
    input.label = label;
    input.keys = key;
    input.key_count = 1;
    return input;
}

segml_dataset *
table_dataset(const segml_dataset_input *input)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;
    int rc = segml_dataset_create(&dataset, input, &err);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    return dataset;
}

segml_dataset *
table_labels(cells *room, const float *label, int64_t rows)
{
    segml_key_column key;
    segml_dataset_input input = table_input(room, &key, rows, 1, label, label);

    return table_dataset(&input);
}
