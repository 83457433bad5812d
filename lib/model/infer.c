/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Prediction of one row by a route, and of many rows of mixed groups.
 *
 * R1  Both give the same bits: one function evaluates a row for a target.
 * R2  The row path takes no lock and allocates nothing; a batch allocates one block.
 * R3  A batch finds the place of every row's key first and fails before anything is
 *     written. Then the rows are sorted by place, in stable order, so that each model
 *     is fetched into the cache once, and the results go to the rows' own places.
 *
 * The sort is a radix sort by 11 bits: a counting sort over all groups would touch
 * 100,000 counters to predict ten rows.
 */

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "base/opts.h"
#include "model/route.h"
#include "tree/predict.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Index of the largest, the first of equals. */
static float
find_class(const segml_model *model, const float *probability)
{
    int64_t best = 0;

    if (model->manifest.task == SEGML_TASK_BINARY)
        return probability[0] >= (float)model->manifest.threshold ? 1.0f : 0.0f;
    for (int64_t k = 1; k < model->manifest.class_count; k++) {
        if (probability[k] > probability[best])
            best = k;
    }
    return (float)best;
}

static sg_objective
objective_of(int32_t task)
{
    switch (task) {
    case SEGML_TASK_BINARY:
        return SG_OBJECTIVE_LOGISTIC;
    case SEGML_TASK_MULTICLASS:
        return SG_OBJECTIVE_SOFTPROB;
    case SEGML_TASK_POISSON:
        return SG_OBJECTIVE_EXP;
    default:
        return SG_OBJECTIVE_IDENTITY;
    }
}
