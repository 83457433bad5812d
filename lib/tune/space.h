/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_SPACE_H
#define SG_TUNE_SPACE_H

/* What is searched: parameters of a booster, each fixed or with a range. */

#include "base/status.h"

/** Parameters, in XGBoost's units. X(ENUMERATOR, name, smallest, largest legal value, integer) */
#define SG_PARAM_LIST(X)                                                                           \
    X(LEARNING_RATE, "learning_rate", 1e-6, 1.0, 0)                                                \
    X(MAX_DEPTH, "max_depth", 1, 16, 1)                                                            \
    X(MIN_CHILD_WEIGHT, "min_child_weight", 0, 1e12, 0)                                            \
    X(SUBSAMPLE, "subsample", 0.01, 1.0, 0)                                                        \
    X(COLSAMPLE_BYTREE, "colsample_bytree", 0.01, 1.0, 0)                                          \
    X(REG_LAMBDA, "reg_lambda", 0, 1e12, 0)                                                        \
    X(REG_ALPHA, "reg_alpha", 0, 1e12, 0)                                                          \
    X(GAMMA, "gamma", 0, 1e12, 0)                                                                  \
    X(MAX_DELTA_STEP, "max_delta_step", 0, 1e6, 0)                                                 \
    X(MAX_LEAVES, "max_leaves", 0, 65536, 1)                                                       \
    X(MAX_BIN, "max_bin", 2, 65535, 1)                                                             \
    X(ROUNDS, "rounds", 1, 100000, 1)

typedef enum sg_param {
#define SG_PARAM_ENUM(id, name, low, high, integer) SG_PARAM_##id,
    SG_PARAM_LIST(SG_PARAM_ENUM)
#undef SG_PARAM_ENUM
        SG_PARAM_COUNT
} sg_param;

/** One value per parameter; rounds 0 = found by early stopping. */
typedef struct sg_params {
    double value[SG_PARAM_COUNT];
} sg_params;

typedef enum sg_dimension_kind {
    SG_DIMENSION_FLOAT = 1,
    SG_DIMENSION_LOG_FLOAT,
    SG_DIMENSION_INT,
    SG_DIMENSION_LOG_INT,
    SG_DIMENSION_SWITCH_LOG_INT /* 0 half of the time, else LOG_INT: a feature that may be off */
} sg_dimension_kind;

typedef struct sg_dimension {
    sg_param param;
    sg_dimension_kind kind;
    double low, high;
} sg_dimension;

typedef struct sg_space {
    sg_params fixed; /* values of what is not searched; also the robust default of what is */
    sg_dimension dimension[SG_PARAM_COUNT];
    int32_t dimensions;
} sg_space;

/** What the default space scales with. */
typedef struct sg_space_facts {
    int64_t rows; /* rows that are searched on */
    int64_t features;
    int32_t task;        /* segml_task */
    double mean_hessian; /* per row */
    double minority;     /* binary: share of the rarer class, else 0.5 */
} sg_space_facts;

/** The default space, its fixed part being the robust default that is tried first. */
void sg_space_default(sg_space *space, const sg_space_facts *facts);

/**
 * Fixes a parameter for good: it leaves the search.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT (unknown name, value outside its legal range)
 */
int sg_space_fix(sg_space *space, const char *name, double value, segml_error *err);

/** Name of a parameter. */
const char *sg_space_name(sg_param param);

#endif
