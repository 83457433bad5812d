/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BOOST_ENGINE_H
#define SG_BOOST_ENGINE_H

/*
 * What a training engine must do. Rows of one unit (a group, or all groups for the
 * global model) are prepared once; then any number of fits hold out one fold each.
 *
 * Rows are never copied by the caller for a fold or a trial: an engine that needs
 * copies makes and keeps them itself.
 *
 * A prepared set belongs to one thread: prepare, fit and release on it alone.
 */

#include "base/buf.h"

typedef struct sg_engine sg_engine;
typedef struct sg_prepared sg_prepared;

/** Objectives that engines train. */
typedef enum sg_loss {
    SG_LOSS_LOGISTIC = 1, /* label 0 or 1 */
    SG_LOSS_SOFTPROB,     /* label 0 .. classes - 1 */
    SG_LOSS_SQUARED,
    SG_LOSS_POISSON /* label >= 0 */
} sg_loss;

/** How splits are found. */
typedef enum sg_tree_method {
    SG_TREE_HIST = 1, /* between bins of values */
    SG_TREE_EXACT     /* between any two values; no categories, no max_leaves */
} sg_tree_method;

/** The rows of one unit, borrowed until the prepared set is released. */
typedef struct sg_engine_rows {
    int64_t rows;
    int64_t features;
    const float *data;          /* [rows * features] row by row, NaN = missing */
    const float *label;         /* [rows] */
    const float *weight;        /* [rows]; NULL = all 1; rows of weight 0 are only held out;
                                   the others are scaled to mean 1 for each fit */
    const uint8_t *categorical; /* [features] 1 = category codes */
    const char *const *names;   /* [features] */
    const int32_t *fold;        /* [rows] fold that holds out the row, -1 = none does; NULL if no
                                   row is held out */
    int32_t folds;
    int32_t ordered; /* 1: folds follow each other, so a fit that holds out one trains on
                                   the rows of lower numbers alone, -1 included */
    sg_loss loss;
    int32_t classes;        /* of softprob, else 1 */
    sg_tree_method method;  /* one for all fits of a prepared set */
    int32_t max_bin;        /* of hist; one value for all fits of a prepared set */
    const int8_t *monotone; /* [features] 1 = predictions never fall where the feature rises,
                                   -1 = never rise, 0 = free; NULL = all free */
} sg_engine_rows;

/** Parameters of one fit, in the units of XGBoost's parameters of the same names. */
typedef struct sg_fit_params {
    double learning_rate;
    double min_child_weight;
    double subsample;
    double colsample_bytree;
    double reg_lambda;
    double reg_alpha;
    double gamma;
    double max_delta_step;
    double scale_pos_weight; /* of logistic: weight of rows of label 1; 1 = as the others */
    double base_score;       /* in prediction space; unused by softprob */
    int32_t max_depth;
    int32_t max_leaves; /* 0 = depthwise, else lossguide */
    int32_t max_cat_to_onehot;
    int32_t threads; /* inside the engine; 1 unless a test says otherwise */
    uint32_t seed;   /* below 2^31 */
} sg_fit_params;

/**
 * Called after every boosting round.
 *
 * @param margin  [held-out rows * outputs] margins of the held-out rows in ascending row order
 *                (all of a row's outputs together), valid during the call; NULL when no fold is
 *                held out
 * @return 0 to go on, 1 to stop after this round, negative to give up with that status
 */
typedef int (*sg_round_fn)(void *user, int32_t round, const float *margin, segml_error *err);

enum { SG_FIT_ALL_ROWS = -1 };

typedef struct sg_fit_spec {
    int32_t hold_out; /* fold, or SG_FIT_ALL_ROWS */
    int32_t rounds;   /* at most; at least 1 */
    sg_fit_params params;
    sg_round_fn on_round; /* NULL = none */
    void *user;
    sg_buf *model; /* out: the trained model as UBJSON appended; NULL = not wanted */
} sg_fit_spec;

/** An engine: a table of functions over its own state. */
struct sg_engine {
    const char *name;    /* "xgboost", "native" */
    const char *version; /* "1.7.4" */
    /**
     * Makes the rows ready. @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_BACKEND
     */
    int (*prepare)(sg_engine *engine, sg_prepared **out, const sg_engine_rows *rows,
                   segml_error *err);
    /**
     * Trains one model. @return SEGML_OK; the negative status of on_round; SEGML_E_DATA (no row
     * is left to train on); SEGML_E_NOMEM; SEGML_E_BACKEND. On failure the model is not appended
     */
    int (*fit)(sg_prepared *prepared, const sg_fit_spec *spec, segml_error *err);
    /** Releases; NULL is allowed. */
    void (*release)(sg_prepared *prepared);
    /** Closes the engine itself, after all its prepared sets. */
    void (*close)(sg_engine *engine);
};

#endif
