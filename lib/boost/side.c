/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sides of a fit.
 *
 * R1  Rows of weight 0 are held out, but never trained on. XGBoost would bin their values, and
 *     its softmax gives them a Hessian of 1e-16, which makes sums depend on the number of threads.
 * R2  The weights of the rows that are trained on have mean 1, so that min_child_weight and
 *     lambda, which are compared with their sums, mean the same whatever the weights' unit.
 * R3  Where folds are ordered, rows of later folds than the one held out are on neither side.
 */

#include "boost/side.h"

#include "base/status.h"

int
sg_side_has(const sg_side *side, int64_t row)
{
    const sg_engine_rows *rows = side->rows;
    int32_t hold_out = side->hold_out;
    int held = hold_out != SG_FIT_ALL_ROWS && rows->fold[row] == hold_out;

    if (side->held)
        return held;
    if (rows->ordered && hold_out != SG_FIT_ALL_ROWS && rows->fold[row] > hold_out)
        return 0;                                                    /* R3 */
    return !held && (rows->weight == NULL || rows->weight[row] > 0); /* R1 */
}

int64_t
sg_side_count(const sg_side *side)
{
    int64_t count = 0;

    for (int64_t i = 0; i < side->rows->rows; i++)
        count += sg_side_has(side, i);
    return count;
}

void
sg_side_list(const sg_side *side, int32_t *row)
{
    for (int64_t i = 0; i < side->rows->rows; i++) {
        if (sg_side_has(side, i))
            *row++ = (int32_t)i;
    }
}

void
sg_side_scale_weights(float *weight, int64_t count)
{
    double sum = 0;

    for (int64_t i = 0; i < count; i++)
        sum += (double)weight[i];
    for (int64_t i = 0; i < count; i++)
        weight[i] = (float)((double)weight[i] * ((double)count / sum)); /* R2 */
}

int
sg_side_fail_empty(const sg_side *side, segml_error *err)
{
    return sg_fail(err, SEGML_E_DATA,
                   "none of %lld rows is left to train on: all are held out%s or have weight 0",
                   (long long)side->rows->rows, side->rows->ordered ? ", come later" : "");
}
