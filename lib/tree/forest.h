/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_FOREST_H
#define SG_TREE_FOREST_H

/*
 * A boosted forest, loaded from XGBoost's UBJSON and checked as a whole, so that
 * evaluating it needs no checks at all. Immutable once loaded. XGBoost, which does not check
 * its files, can be given the bytes of a model that loads here.
 */

#include "base/status.h"

/** Objectives whose margins can be turned into predictions. */
typedef enum sg_objective {
    SG_OBJECTIVE_LOGISTIC = 1, /* binary:logistic, reg:logistic */
    SG_OBJECTIVE_SOFTPROB,     /* multi:softprob */
    SG_OBJECTIVE_IDENTITY,     /* reg:squarederror and relatives */
    SG_OBJECTIVE_EXP           /* count:poisson and relatives */
} sg_objective;

typedef struct sg_forest sg_forest;

/**
 * Loads a gbtree model of XGBoost 1.7 to 3.x.
 *
 * @param out  the forest, released with sg_forest_free(); NULL on failure
 * @param ubj  [size] the file; not needed after the call
 * @return SEGML_OK; SEGML_E_FORMAT (damaged: the message says where); SEGML_E_UNSUPPORTED (a
 *         booster or objective that is not evaluated here); SEGML_E_LIMIT; SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_forest_load(sg_forest **out, const void *ubj, size_t size, segml_error *err);

/** Releases a forest; NULL is allowed. */
void sg_forest_free(sg_forest *forest);

/** Number of features that a row must have. */
int64_t sg_forest_features(const sg_forest *forest);

/** Values per row: the number of classes for softprob, 1 otherwise. */
int32_t sg_forest_outputs(const sg_forest *forest);

/** Boosting rounds; a round is one tree per output. */
int32_t sg_forest_rounds(const sg_forest *forest);

/** What turns margins into predictions. */
sg_objective sg_forest_objective(const sg_forest *forest);

/** Bytes that the forest occupies. */
size_t sg_forest_bytes(const sg_forest *forest);

/**
 * Sum of the gains of all splits on each feature (XGBoost's total_gain).
 *
 * @param gain  out [sg_forest_features()]
 */
void sg_forest_gain(const sg_forest *forest, double *gain);

#endif
