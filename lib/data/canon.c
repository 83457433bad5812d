/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Canonical order.
 *
 * R1  A row's content is its features, label and weight: 8 bytes each, little-endian.
 *     Numbers are the bits of the float, with one NaN and one zero; categories and
 *     classes that have texts are the 64-bit hash of the text, so that codes do not
 *     matter. Where folds are given the row's fold follows, where a fold group is, the
 *     64-bit hash of its value (0 for NULL).
 * R2  Rows are sorted by time where that is given, then by the 128-bit hash of their
 *     content. Rows of equal time and content are interchangeable; they keep the
 *     caller's order.
 * R3  The group's content hash is the hash of its rows' hashes in that order, 16 bytes
 *     little-endian each, followed by 8 bytes of the row's time where that is given: the
 *     bits of the double, with one zero.
 *
 * The time is in the group's content, because it decides on folds, but not in the row's:
 * so it may be counted from another day, or in hours, and the order stays.
 *
 * Sorting by the values themselves was rejected: it would put similar rows side by
 * side, and a prefix or a systematic sample of a group would not be random.
 */

#include "data/canon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

typedef struct hashed_row {
    double time; /* 0 where there is none */
    sg_hash128 hash;
    int32_t row;
} hashed_row;

static uint64_t
number_bits(float value)
{
    uint32_t bits;

    if (isnan(value))
        return UINT32_C(0x7FC00000);
    if (value == 0)
        return 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t
time_bits(double value)
{
    uint64_t bits;

    if (value == 0)
        return 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static unsigned char *
put(unsigned char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        *out++ = (unsigned char)(value >> (8 * i));
    return out;
}

static sg_hash128
hash_row(const segml_dataset *dataset, int64_t row, unsigned char *bytes)
{
    unsigned char *end = bytes;
    float label = dataset->label[row];

    for (int64_t j = 0; j < dataset->features; j++) {
        const sg_feature *feature = &dataset->feature[j];
        float value = sg_dataset_cell(dataset, row, j);

        if (feature->hashes != NULL && !isnan(value))
            end = put(end, feature->hashes[(int64_t)value]);
        else
            end = put(end, number_bits(value));
    }
    end = put(end, dataset->class_hashes != NULL ? dataset->class_hashes[(int64_t)label]
                                                 : number_bits(label));
    end = put(end, number_bits(sg_dataset_weight(dataset, row)));
    if (dataset->fold != NULL)
        end = put(end, (uint64_t)dataset->fold[row]);
    if (dataset->fold_value != NULL)
        end = put(end, dataset->fold_value[row]);
    return sg_hash_128(bytes, (size_t)(end - bytes));
}

static int
compare_rows(const void *a, const void *b)
{
    const hashed_row *x = a, *y = b;
    int order;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    order = sg_hash_compare(x->hash, y->hash);
    return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

int
sg_canon_sort(const segml_dataset *dataset, int32_t *row, int64_t rows, sg_hash128 *content,
              segml_error *err)
{
    hashed_row *hashed = sg_alloc_array(rows, sizeof *hashed);
    unsigned char *bytes = sg_alloc_array(dataset->features + 3, 8);
    unsigned char *all = sg_alloc_array(rows, dataset->time != NULL ? 24 : 16), *end = all;
    int rc = SEGML_OK;

    if (hashed == NULL || bytes == NULL || all == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t i = 0; i < rows; i++)
        hashed[i] = (hashed_row){dataset->time != NULL ? dataset->time[row[i]] : 0,
                                 hash_row(dataset, row[i], bytes), row[i]};
    qsort(hashed, (size_t)rows, sizeof *hashed, compare_rows);
    for (int64_t i = 0; i < rows; i++) {
        row[i] = hashed[i].row;
        end = put(put(end, hashed[i].hash.low), hashed[i].hash.high);
        if (dataset->time != NULL)
            end = put(end, time_bits(hashed[i].time));
    }
    *content = sg_hash_128(all, (size_t)(end - all));
out:
    sg_free(all);
    sg_free(bytes);
    sg_free(hashed);
    return rc;
}
