/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rows of a fold as XGBoost matrices.
 *
 * The chosen rows are gathered into scratch memory and handed over as one dense block;
 * XGBoost copies them into its own form and the scratch is released. Slicing one matrix of
 * all rows (XGDMatrixSliceDMatrixEx) was rejected: it keeps that matrix alive as well, and
 * it forgets the types of the features. A fit on all rows without weights gathers nothing.
 *
 * R1  Rows of weight 0 are held out, but never trained on. XGBoost would bin their values, and
 *     its softmax gives them a Hessian of 1e-16, which makes sums depend on the number of threads.
 * R2  The weights of the rows that are trained on have mean 1, so that min_child_weight and
 *     lambda, which are compared with their sums, mean the same whatever the weights' unit.
 *
 * R3  Where folds are ordered, rows of later folds than the one held out are in no matrix.
 *
 * nthread 1 stands in the configuration, or XGBoost would use all processors.
 * The held-out matrix carries neither labels nor weights: only its margins are read.
 */

#include "boost/xgb_dmatrix.h"

#include <string.h>

#include "base/alloc.h"

/* What one matrix is made of: borrowed from the rows, or scratch. */
typedef struct block {
    int64_t rows;
    const float *data;
    const float *label;  /* NULL = none */
    const float *weight; /* NULL = none */
} block;

/* Which rows of the source: those that a fold holds out, or those that train. */
typedef struct side {
    int32_t fold;
    int held;
} side;

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

static int
belongs(const sg_engine_rows *rows, side which, int64_t row)
{
    int held = which.fold != SG_FIT_ALL_ROWS && rows->fold[row] == which.fold;

    if (which.held)
        return held;
    if (rows->ordered && which.fold != SG_FIT_ALL_ROWS && rows->fold[row] > which.fold)
        return 0;                                                    /* R3 */
    return !held && (rows->weight == NULL || rows->weight[row] > 0); /* R1 */
}

static int64_t
count_rows(const sg_engine_rows *rows, side which)
{
    int64_t count = 0;

    for (int64_t i = 0; i < rows->rows; i++)
        count += belongs(rows, which, i);
    return count;
}

/* Copies the rows of one side in their order. */
static void
gather(float *data, float *label, float *weight, const sg_engine_rows *rows, side which)
{
    size_t width = (size_t)rows->features;
    size_t n = 0;

    for (int64_t i = 0; i < rows->rows; i++) {
        if (!belongs(rows, which, i))
            continue;
        memcpy(data + n * width, rows->data + (size_t)i * width, width * sizeof *data);
        label[n] = rows->label[i];
        if (weight != NULL)
            weight[n] = rows->weight[i];
        n++;
    }
}

/* R2 */
static void
scale_to_mean_1(float *weight, int64_t count)
{
    double sum = 0;

    for (int64_t i = 0; i < count; i++)
        sum += (double)weight[i];
    for (int64_t i = 0; i < count; i++)
        weight[i] = (float)((double)weight[i] * ((double)count / sum));
}

/* The matrix of one side that has count rows. */
static int
make_part(sg_xgb_handle *out, const sg_xgb_source *source, side which, int64_t count,
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
    gather(data, label, weight, rows, which);
    if (weight != NULL && !which.held)
        scale_to_mean_1(weight, count);
    part.data = data;
    part.label = which.held ? NULL : label;
    part.weight = which.held ? NULL : weight;
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
    side train = {hold_out, 0}, valid = {hold_out, 1};
    int64_t trained = count_rows(rows, train);
    int rc;

    out->held_out = count_rows(rows, valid);
    if (trained == 0)
        rc = sg_fail(err, SEGML_E_DATA,
                     "none of %lld rows is left to train on: all are held out%s or have weight 0",
                     (long long)rows->rows, rows->ordered ? ", come later" : "");
    else if (trained == rows->rows && rows->weight == NULL)
        rc = make_matrix(&out->train, source, &all, err);
    else
        rc = make_part(&out->train, source, train, trained, err);
    if (rc == SEGML_OK && out->held_out > 0)
        rc = make_part(&out->valid, source, valid, out->held_out, err);
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
