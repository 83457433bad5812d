/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_METRIC_OBJECTIVE_H
#define SG_METRIC_OBJECTIVE_H

/* The metrics that a search may choose by. */

#include "metric/ranking.h"
#include "metric/sums.h"

typedef struct sg_objective {
    int32_t task;
    const char *name;
    int32_t rises;                /* higher is better */
    sg_sums_metric of_sums;       /* NULL: not a function of sums */
    sg_ranking_metric of_ranking; /* NULL: not one of rankings; both NULL: of sg_metric_all() */
} sg_objective;

/** @param name NULL = "loss". @return static; NULL if the task has no such objective */
const sg_objective *sg_objective_find(const char *name, int32_t task);

/** A metric's value as a loss. */
double sg_objective_loss(const sg_objective *objective, double value);

#endif
