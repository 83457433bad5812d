/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_CURVE_H
#define SG_TRAIN_CURVE_H

/* Validation curves: the loss after every boosting round, its minimum, when to stop. */

#include <stdint.h>

typedef struct sg_curve {
    double *loss;    /* [capacity], borrowed */
    int32_t rounds;  /* filled so far */
    int32_t half;    /* half width of the moving average: 2 where few rows are validated, else 0 */
    double best;     /* lowest averaged loss */
    int32_t best_at; /* its round, counted from 1; 0 = none yet */
    double mark;     /* lowest that counted as an improvement, and its round */
    int32_t mark_at;
} sg_curve;

/** An empty curve over an array; rows = how many are validated. */
sg_curve sg_curve_begin(double *loss, int64_t rows);

/**
 * Adds the loss after one more round.
 *
 * @return 1 if training should stop: no improvement of more than 1e-4 of the loss in
 *         max(20, 0.3 best + 10) rounds; of fewer than 200 rows, of more than 1e-3 in
 *         max(15, 0.2 best + 10) rounds; else 0
 */
int sg_curve_add(sg_curve *curve, double loss);

/**
 * The round, counted from 1, at which a whole curve is lowest; averaged as by sg_curve_add().
 */
int32_t sg_curve_lowest(const double *loss, int32_t rounds, int64_t rows);

#endif
