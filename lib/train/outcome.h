/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_OUTCOME_H
#define SG_TRAIN_OUTCOME_H

/* What training leaves to be scored and exported. */

#include "train/parents.h"

typedef struct sg_outcome {
    const sg_run *run;
    int32_t mode;      /* segml_mode */
    sg_result *group;  /* [groups]; in mode global all of status SEGML_GROUP_GLOBAL */
    sg_result *global; /* NULL = none */
    sg_packed *unseen; /* NULL = none */
    sg_parents *parents; /* count 0 = none */
    int32_t keys_as_features;
    float *own;    /* [rows * outputs] by position: margins of own models; where a group
                            has none they are replaced; NULL in mode global */
    float *shared; /* [rows * outputs] margins of the global model; NULL = none */
    const double *correlations; /* [(groups + 1) * features] with the label, of the groups and of
                                   all rows; NULL = computed of the rows */
    const sg_packed *training;  /* member training.bin; NULL or empty = none */
} sg_outcome;

#endif
