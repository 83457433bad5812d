/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_PARAMS_H
#define SG_TRAIN_PARAMS_H

/*
 * Parameters of a booster: their names and legal values, the robust default, the default
 * space, and the sets that every search tries first.
 */

#include "segml/train.h"
#include "tune/space.h"

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
    X(GROW_POLICY, "grow_policy", 0, 1, 1)                                                         \
    X(MAX_LEAVES, "max_leaves", 0, 65536, 1)                                                       \
    X(MAX_BIN, "max_bin", 2, 65535, 1)                                                             \
    X(SCALE_POS_WEIGHT, "scale_pos_weight", 1e-6, 1e6, 0)                                          \
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

/** What the default space scales with. */
typedef struct sg_param_facts {
    int64_t rows; /* rows that are searched on */
    int64_t features;
    int32_t task;        /* segml_task */
    double mean_hessian; /* per row */
    double minority;     /* binary: share of the rarer class, else 0.5 */
    int64_t keys;        /* features that are key columns: the last ones */
} sg_param_facts;

enum { SG_PARAM_SETS = 4 };

/** What one search searches: a base and dimensions of it. Names and choices are borrowed. */
typedef struct sg_param_space {
    sg_params base; /* of what is not searched; also the robust default of what is */
    segml_dimension dimension[SG_SPACE_MAX];
    int32_t param[SG_SPACE_MAX]; /* sg_param of each dimension */
    int32_t dimensions;
} sg_param_space;

/** The robust default and the default space. */
void sg_params_default(sg_param_space *space, const sg_param_facts *facts);

/**
 * The space of a search by the options: the caller's, or the default one, and without what is
 * fixed.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT (an unknown parameter, one given twice, fixed and searched,
 *         or with a value that is not legal; a caller's space without a dimension)
 */
int sg_params_space(sg_param_space *space, const segml_train_options *options,
                    const sg_param_facts *facts, segml_error *err);

/**
 * The sets that are tried first: the caller's, or the robust default and well-tried ones.
 *
 * @param sets  out [max(SG_PARAM_SETS, options->point_count)]
 * @return number of them, at least 1; SEGML_E_ARGUMENT as a negative number
 */
int64_t sg_params_first(sg_params *sets, const sg_param_space *space,
                        const segml_train_options *options, const sg_param_facts *facts,
                        segml_error *err);

/** The parameters that a point of the space's dimensions stands for. */
void sg_params_of_point(sg_params *params, const sg_param_space *space, const double *point);

/** The coordinates of a set in the space's dimensions. */
void sg_params_to_point(double *point, const sg_param_space *space, const sg_params *params);

/** Name of a parameter. */
const char *sg_params_name(sg_param param);

#endif
