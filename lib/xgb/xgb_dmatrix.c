/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rows of a fold as XGBoost matrices.
 *
 * The chosen rows are gathered into scratch memory and handed over as one dense block;
 * XGBoost copies them into its own form and the scratch is released. Slicing one matrix of
 * all rows (XGDMatrixSliceDMatrixEx) was rejected: it keeps that matrix alive as well, and
 * it forgets the types of the features. A fit on all rows without weights gathers nothing.
 *
 * nthread 1 stands in the configuration, or XGBoost would use all processors.
 * The held-out matrix carries neither labels nor weights: only its margins are read.
 */

#include "xgb/xgb_dmatrix.h"

#include <string.h>

#include "base/alloc.h"
#include "boost/side.h"

/* What one matrix is made of: borrowed from the rows, or scratch. */
typedef struct block {
    int64_t rows;
    const float *data;
    const float *label;  /* NULL = none */
    const float *weight; /* NULL = none */
} block;

/* The array interface: address and shape of memory as JSON. columns 0 = one dimension. */
static int
describe(sg_buf *out, const float *data, int64_t rows, int64_t columns, segml_error *err)
{
    int rc = sg_buf_print(out, err, "{\"data\":[%llu,true],\"typestr\":\"<f4\",\"version\":3,",
                          (unsigned long long)(uintptr_t)data);

    if (rc == SEGML_OK && columns > 0)
        rc = sg_buf_print(out, err, "\"shape\":[%lld,%lld]}", (long long)rows, (long long)columns);
    else if (rc == SEGML_OK)
        rc = sg_buf_print(out, err, "\"shape\":[%lld]}", (long long)rows);
    return rc == SEGML_OK ? sg_buf_terminate(out, err) : rc;
}

static int
set_column(sg_xgb_handle matrix, const sg_xgb_symbols *xgb, const char *field, const float *values,
           int64_t count, segml_error *err)
{
    sg_buf text = {0};
    int rc = describe(&text, values, count, 0, err);

    if (rc == SEGML_OK &&
        xgb->XGDMatrixSetInfoFromInterface(matrix, field, (const char *)text.bytes) != 0)
        rc = sg_xgb_symbols_fail(xgb, "take labels or weights", err);
    sg_buf_clear(&text);
    return rc;
}

static int
make_matrix(sg_xgb_handle *out, const sg_xgb_source *source, const block *part, segml_error *err)
{
    static const char config[] = "{\"missing\":NaN,\"nthread\":1}";
    const sg_xgb_symbols *xgb = source->xgb;
    int64_t features = source->rows.features;
    sg_xgb_handle matrix = NULL;
    sg_buf text = {0};
    int rc = describe(&text, part->data, part->rows, features, err);

    if (rc < 0)
        goto out;
    if (xgb->XGDMatrixCreateFromDense((const char *)text.bytes, config, &matrix) != 0) {
        matrix = NULL;
        rc = sg_xgb_symbols_fail(xgb, "take the rows", err);
        goto out;
    }
    if (xgb->XGDMatrixSetStrFeatureInfo(matrix, "feature_type", source->types,
                                        (uint64_t)features) != 0)
        rc = sg_xgb_symbols_fail(xgb, "take the types of the features", err);
    if (rc == SEGML_OK && part->label != NULL)
        rc = set_column(matrix, xgb, "label", part->label, part->rows, err);
    if (rc == SEGML_OK && part->weight != NULL)
        rc = set_column(matrix, xgb, "weight", part->weight, part->rows, err);
    if (rc == SEGML_OK) {
        *out = matrix;
        matrix = NULL;
    }
out:
    if (matrix != NULL)
        xgb->XGDMatrixFree(matrix);
    sg_buf_clear(&text);
    return rc;
}

/* Copies the rows of one side in their order. */
static void
gather(float *data, float *label, float *weight, const sg_side *side)
{
    const sg_engine_rows *rows = side->rows;
    size_t width = (size_t)rows->features;
    size_t n = 0;

    for (int64_t i = 0; i < rows->rows; i++) {
        if (!sg_side_has(side, i))
            continue;
        memcpy(data + n * width, rows->data + (size_t)i * width, width * sizeof *data);
        label[n] = rows->label[i];
        if (weight != NULL)
            weight[n] = rows->weight[i];
        n++;
    }
}

/* The matrix of one side that has count rows. */
static int
make_part(sg_xgb_handle *out, const sg_xgb_source *source, const sg_side *side, int64_t count,
          segml_error *err)
{
    const sg_engine_rows *rows = &source->rows;
    float *data = NULL, *label = NULL, *weight = NULL;
    block part = {.rows = count};
    int rc;

    /* No overflow: the caller holds an array of more cells than this. */
    data = sg_alloc_array(count * rows->features, sizeof *data);
    label = sg_alloc_array(count, sizeof *label);
    weight = rows->weight != NULL ? sg_alloc_array(count, sizeof *weight) : NULL;
    if (data == NULL || label == NULL || (rows->weight != NULL && weight == NULL)) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    gather(data, label, weight, side);
    if (weight != NULL && !side->held)
        sg_side_scale_weights(weight, count);
    part.data = data;
    part.label = side->held ? NULL : label;
    part.weight = side->held ? NULL : weight;
    rc = make_matrix(out, source, &part, err);
out:
    sg_free(weight);
    sg_free(label);
    sg_free(data);
    return rc;
}

int
sg_xgb_dmatrix_make_fold(sg_xgb_fold *out, const sg_xgb_source *source, int32_t hold_out,
                         segml_error *err)
{
    const sg_engine_rows *rows = &source->rows;
    block all = {rows->rows, rows->data, rows->label, NULL};
    sg_side train = {rows, hold_out, 0}, valid = {rows, hold_out, 1};
    int64_t trained = sg_side_count(&train);
    int rc;

    out->held_out = sg_side_count(&valid);
    if (trained == 0)
        rc = sg_side_fail_empty(&train, err);
    else if (trained == rows->rows && rows->weight == NULL)
        rc = make_matrix(&out->train, source, &all, err);
    else
        rc = make_part(&out->train, source, &train, trained, err);
    if (rc == SEGML_OK && out->held_out > 0)
        rc = make_part(&out->valid, source, &valid, out->held_out, err);
    if (rc < 0)
        sg_xgb_dmatrix_free_fold(out, source->xgb);
    return rc;
}

void
sg_xgb_dmatrix_free_fold(sg_xgb_fold *fold, const sg_xgb_symbols *xgb)
{
    if (fold->valid != NULL)
        xgb->XGDMatrixFree(fold->valid);
    if (fold->train != NULL)
        xgb->XGDMatrixFree(fold->train);
    *fold = (sg_xgb_fold){0};
}
