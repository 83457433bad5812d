/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_APPROACH_H
#define SG_COMPARE_APPROACH_H

/* The approaches: how each is trained, and what each predicts. */

#include "compare/comparison.h"
#include "compare/relay.h"
#include "train/training.h"

enum {
    SG_APPROACH_GLOBAL,
    SG_APPROACH_XGBOOST,
    SG_APPROACH_UNTUNED, /* the reference */
    SG_APPROACH_TUNED,
    SG_APPROACHES
};

/** Names by number. */
extern const char *const sg_approach_names[SG_APPROACHES];

/* Predictions of an approach as it routes, by position (sg_run). */
typedef struct sg_predicted {
    float *margin;     /* [rows * outputs]; NaN = not predicted */
    double *threshold; /* [rows] that a row's probability is compared with; binary only */
    float *unsearched; /* [rows] weights without the folds that the search of the row's model was
                          scored on; NULL in nested evaluation */
} sg_predicted;

/* One comparison while it is made. */
typedef struct sg_contest {
    const segml_dataset *dataset;
    segml_train_options train; /* the caller's, every number set */
    sg_run base;               /* rows in order, labels, and of nested evaluation the outer folds */
    sg_relay relay;
    segml_comparison *made;
    sg_predicted predicted[SG_APPROACHES];
    int64_t failed;      /* models that failed */
    segml_error failure; /* the first one's */
} sg_contest;

/** Estimated work of one training of every approach on all rows. */
double sg_approach_work(const sg_contest *contest);

/**
 * Trains every approach on a dataset and hands each training over while its models are there.
 *
 * @param dataset  the contest's, or a copy with other labels and weights
 * @param given    of the searched approaches
 * @param take     called for approach 0, 1, ... with the global one (approach 0) beside it
 * @return SEGML_OK; as sg_training_run(); as take()
 */
typedef int (*sg_approach_take)(sg_contest *contest, int32_t approach, sg_training *training,
                                sg_training *global, void *user, segml_error *err);
int sg_approach_train_all(sg_contest *contest, const segml_dataset *dataset,
                          const segml_train_options *given, sg_approach_take take, void *user,
                          segml_error *err);

#endif
