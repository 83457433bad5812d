/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_RELAY_H
#define SG_COMPARE_RELAY_H

/* The caller's callbacks over several trainings, as if they were one. */

#include "segml/train.h"

typedef struct sg_relay {
    const segml_train_options *given; /* whose callbacks are called; borrowed */
    const char *training;             /* name of the current one, for log lines */
    double done, share, total;        /* work: of finished trainings, the current one, all */
    int64_t groups_done, groups_total;
} sg_relay;

/** Puts the relay in the place of the callbacks; it must outlive the options' use. */
void sg_relay_install(sg_relay *relay, segml_train_options *options);

/**
 * The next training begins; the one before has ended.
 *
 * @param share   its work, a part of total
 * @param groups  that its progress counts
 */
void sg_relay_next(sg_relay *relay, const char *training, double share, int64_t groups);

#endif
