/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_GRADIENT_ISA_H
#define SG_NATIVE_GRADIENT_ISA_H

/*
 * Gradients, for one set of instructions: included by kernel_isa.c alone.
 *
 * G1  Operations and their order are XGBoost's, the same in 1.7 and 3.2 (src/objective/
 *     regression_obj.cu, regression_loss.h, multiclass_obj.cu, src/common/math.h), but
 *     for those that change no bit: times a weight of 1, plus 1e-16 where 1 or more
 *     stands, the second of two equal exp.
 * G2  What stands past the last row is read and written as a row, and is of no consequence.
 *
 * The compiler's own vectors were rejected: it makes none where a table is looked up.
 */

#include <float.h>
#include <stddef.h>

#include "native/gradient.h"
#include "native/lanes.h"

/* XGBoost's least Hessian. */
static const float gradient_least = 1e-16f;

/* Stores a row's gradient and Hessian, times its weight. */
static inline void
gradient_put(const sg_gradient_task *task, int64_t i, lanes weight, lanes gradient, lanes hessian)
{
    lanes_store(task->gradient + i, lanes_multiply(gradient, weight));
    lanes_store(task->hessian + i, lanes_multiply(hessian, weight));
}

static inline lanes
gradient_weight(const sg_gradient_task *task, int64_t i)
{
    return task->weight == NULL ? lanes_all(1) : lanes_load(task->weight + i);
}

static void
gradient_take_logistic(const sg_gradient_task *task)
{
    const lanes one = lanes_all(1), positive = lanes_all(task->scale_pos_weight);

    for (int64_t i = 0; i < task->rows; i += LANES) {
        lanes label = lanes_load(task->label + i), weight = gradient_weight(task, i);
        lanes margin = lanes_load(task->margin + i);
        lanes opposite = lanes_min(lanes_all(88.7f), lanes_subtract(lanes_all(-0.0f), margin));
        lanes p = lanes_divide(one, lanes_add(lanes_exp(opposite), one));
        lanes hessian =
            lanes_max(lanes_multiply(p, lanes_subtract(one, p)), lanes_all(gradient_least));

        weight = lanes_where_equal(label, one, lanes_multiply(weight, positive), weight);
        gradient_put(task, i, weight, lanes_subtract(p, label), hessian);
    }
}

static void
gradient_take_squared(const sg_gradient_task *task)
{
    for (int64_t i = 0; i < task->rows; i += LANES) {
        lanes off = lanes_subtract(lanes_load(task->margin + i), lanes_load(task->label + i));

        gradient_put(task, i, gradient_weight(task, i), off, lanes_all(1));
    }
}

static void
gradient_take_poisson(const sg_gradient_task *task)
{
    for (int64_t i = 0; i < task->rows; i += LANES) {
        lanes margin = lanes_load(task->margin + i);
        lanes off = lanes_subtract(lanes_exp(margin), lanes_load(task->label + i));
        lanes hessian = lanes_exp(lanes_add(margin, lanes_all(task->max_delta_step)));

        gradient_put(task, i, gradient_weight(task, i), off, hessian);
    }
}

/* The exps of a row's outputs stand in the gradients' place until their sum is known. */
static void
gradient_take_softprob(const sg_gradient_task *task)
{
    const lanes one = lanes_all(1), two = lanes_all(2), least = lanes_all(gradient_least);
    const int64_t plane = task->plane;

    for (int64_t i = 0; i < task->rows; i += LANES) {
        lanes label = lanes_load(task->label + i), weight = gradient_weight(task, i);
        /* XGBoost begins with the smallest positive normal float, not with the lowest one. */
        lanes largest = lanes_all(FLT_MIN), total;
        lanes_doubles sum = lanes_widen(lanes_all(0));

        for (int32_t k = 0; k < task->outputs; k++)
            largest = lanes_max(lanes_load(task->margin + k * plane + i), largest);
        for (int32_t k = 0; k < task->outputs; k++) {
            lanes margin = lanes_load(task->margin + k * plane + i);
            lanes power = lanes_exp(lanes_subtract(margin, largest));

            lanes_store(task->gradient + k * plane + i, power);
            sum = lanes_sum(sum, lanes_widen(power));
        }
        total = lanes_round(sum);
        for (int32_t k = 0; k < task->outputs; k++) {
            lanes p = lanes_divide(lanes_load(task->gradient + k * plane + i), total);
            lanes hessian = lanes_multiply(two, p), off = lanes_subtract(p, one);

            hessian = lanes_multiply(lanes_multiply(hessian, lanes_subtract(one, p)), weight);
            off = lanes_where_equal(label, lanes_all((float)k), off, p);
            lanes_store(task->gradient + k * plane + i, lanes_multiply(off, weight));
            lanes_store(task->hessian + k * plane + i, lanes_max(hessian, least));
        }
    }
}

static void
gradient_take(const sg_gradient_task *task)
{
    switch (task->loss) {
    case SG_LOSS_LOGISTIC:
        gradient_take_logistic(task);
        return;
    case SG_LOSS_SOFTPROB:
        gradient_take_softprob(task);
        return;
    case SG_LOSS_SQUARED:
        gradient_take_squared(task);
        return;
    case SG_LOSS_POISSON:
        gradient_take_poisson(task);
        return;
    }
}

static const sg_gradient_kernel gradient_kernel = {.take = gradient_take};

#endif
