/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_TRAIN_H
#define SEGML_TRAIN_H

/*
 * Training: one model per group, or one for all, tuned and cross-validated.
 *
 *     segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
 *     options.trials = 20;
 *
 *     segml_model *model = NULL;
 *     int rc = segml_train_segmented(&model, data, &options, &err);
 *     if (rc >= 0)
 *         rc = segml_model_save(model, "stores.segml", NULL, &err);
 *
 * Per group: hyperparameters are searched on one fold (the first; of folds
 * ordered in time the last), the winner is cross-validated on all folds, and the
 * model is refitted on all rows with the number of rounds at which the mean
 * curve of the folds is lowest. Same data, options and library versions give the
 * same model at any number of jobs and for any order of rows.
 */

#include "segml/common.h"
#include "segml/dataset.h"
#include "segml/model.h"
#include "segml/search.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One parameter set: what is not named keeps its default. This struct never grows. @since 0.1 */
typedef struct segml_param_set {
    const segml_value *params; /**< [count] */
    int64_t count;
} segml_param_set;

/**
 * Options of training. A parameter that is fixed is not searched; its names:
 * learning_rate, max_depth, min_child_weight, subsample, colsample_bytree,
 * reg_lambda, reg_alpha, gamma, max_delta_step, grow_policy (0 depthwise,
 * 1 lossguide), max_leaves, max_bin, rounds; of binary classification also scale_pos_weight
 * (weight of a positive row, 1), which shifts the probabilities. max_bin and scale_pos_weight
 * can be fixed, but not be searched.
 *
 * The default space scales with a model's rows, features and labels; its robust
 * default and a few well-tried sets are tried first. A space of one's own replaces
 * it as a whole: what is not one of its dimensions keeps the robust default, and its
 * point nearest to that default is tried first.
 * @since 0.1
 */
typedef struct segml_train_options {
    size_t struct_size;
    const char *objective;      /**< "auto" (NULL), "binary", "multiclass", "regression", "poisson";
                                   auto: two distinct labels = binary, class names or text =
                                   multiclass, other numbers = regression */
    const char *positive;       /**< binary: the class to predict; NULL = 1, true, t, yes, y, else
                                   the larger number, else the last text in byte order */
    uint64_t seed;              /**< of all random streams */
    int32_t trials;             /**< parameter sets tried per model, 0 = 50; 1 = the default set */
    int32_t folds;              /**< of cross-validation, 2 to 100, 0 = 5; where the data set gives
                                   folds: 0, or their number */
    int32_t jobs;               /**< worker threads, 0 = all processors this process may use */
    int32_t fallback;           /**< switch, default on: train the global models that groups without
                                   their own model, and unseen ones, fall back to */
    int64_t min_rows;           /**< a group with fewer rows of positive weight gets no own model;
                                   at least two per fold, 0 = 50 or two per fold if that is more */
    int64_t search_rows;        /**< a larger group is searched on a stratified sample of this
                                   many rows and refitted on all, 0 = 20,000 */
    const segml_value *params;  /**< [param_count] fixed parameters */
    int64_t param_count;
    const char *xgboost_path;   /**< XGBoost's shared library; NULL = libxgboost.so, .so.0 */
    segml_log_fn log;           /**< NULL = none */
    segml_progress_fn progress; /**< NULL = none */
    segml_cancel_fn cancel;     /**< NULL = never */
    void *user;                 /**< handed to the callbacks */
    /* How the search goes. */
    const char *sampler;        /**< "tpe" (NULL), "tpe-univariate", "random", "grid" */
    const char *validation;     /**< what trials are scored on: "holdout" (NULL) = one fold of the
                                   model's rows; "kfold" = several folds; "shared" = one parameter
                                   set for all groups, scored on all groups of at least 100 rows
                                   (at most 32 of them) by their weighted mean loss */
    const char *metric;         /**< what the search minimises or maximises: "loss" (NULL), or f1,
                                   roc_auc, accuracy, mae, ... of doc/guide.md. Rounds always
                                   follow the loss */
    const char *pruner;         /**< "none" (NULL), "median", "halving": gives up trials by their
                                   validation curve */
    int32_t search_folds;       /**< folds that trials are scored on, 1 to folds; 0 = 1, of kfold
                                   all */
    int32_t stop_folds;         /**< switch, default on: of kfold, gives up a trial after a fold
                                   when its rows are worse than the best trial's (Wilcoxon, p <
                                   0.1) */
    int32_t max_rounds;         /**< cap on boosting rounds of a fit, up to 100,000; 0 = 1,000, of
                                   models of fewer than 1,000 rows 400 */
    int32_t history;            /**< switch, default on: keep each search's history in the model */
    const segml_dimension *space; /**< [space_count] dimensions named as the parameters; NULL = the
                                   default space */
    int64_t space_count;
    const segml_param_set *points; /**< [point_count] tried first instead of the default sets; as
                                   many as trials = a fixed list; of more, the first; equal ones
                                   are tried once; at most 10,000 */
    int64_t point_count;
    segml_sampler_fn sample;    /**< the caller's own sampler, on the calling thread, for the trials
                                   after those; NULL = none. Models are searched side by side: only
                                   what depends on the study and the trial alone is the same at
                                   any number of jobs */
    /* Budgets: a search that meets one ends with what it has; trial 0 is always made. */
    int64_t total_trials;       /**< of all models together, shared out evenly; 0 = no limit */
    int64_t group_rounds;       /**< boosting rounds of one model's search; 0 = no limit */
    int64_t total_rounds;       /**< of all models together, shared out evenly; 0 = no limit */
    double group_seconds;       /**< wall-clock time of one model's search; 0 = no limit */
    double total_seconds;       /**< wall-clock time after which no search begins a trial; models
                                   not yet searched get the default set. 0 = no limit. A limit in
                                   seconds that was met voids the promise of equal bytes: the
                                   model's option search_cut then is 1 */
    /* Binary classification; for another task they are SEGML_E_ARGUMENT. */
    double threshold;           /**< from which probability a row is positive; 0 = chosen on
                                   out-of-fold predictions, by group where it has enough rows */
    const char *threshold_metric; /**< what it is chosen by: "f1" (NULL), "mcc"; for another task
                                     NULL or "f1" */
    /* How models are trained. */
    const char *engine;           /**< "auto" (NULL) = the library's own engine for every model
                                     that it covers (doc/guide.md), XGBoost for the others, which
                                     is opened only if there are any; "native"; "xgboost".
                                     "native:portable", "native:avx2", "native:avx512" choose the
                                     instructions too; all of them give the same model */
    const char *tree_method;      /**< "auto" (NULL) and "hist": thresholds between bins of values;
                                     "exact": between any two values, which categorical features,
                                     max_leaves and max_bin do not fit; a global model that has the
                                     keys as features is trained with hist nevertheless */
    const segml_value *monotone;  /**< [monotone_count] feature and direction: 1 = predictions never
                                     fall where the feature rises, -1 = they never rise, 0 = free;
                                     of several classes each one's margin. Numeric features alone */
    int64_t monotone_count;
    /* What answers for groups without own model. */
    int32_t parents;              /**< switch, default off: of several key columns, train a model
                                     for all groups that share the first one, the first two, ...
                                     Not of global training */
    int32_t reusable;             /**< switch, default on: keep each model's out-of-fold margins in
                                     the artifact, so that later training can reuse it */
    const char *fallback_policy;  /**< what answers, in this order: "none", or some of parent,
                                     global, constant joined by commas, of what is trained; NULL =
                                     all that is trained, the constant with the global models */
    /* Training again. */
    const char *journal;          /**< file that every finished model is written to at once, and
                                     taken from if it is there already; NULL = none. It is left
                                     to the caller when training is done */
    const segml_model *reuse;     /**< models of groups whose rows have not changed are taken from
                                     it; NULL = none. Dictionaries must begin with its own */
} segml_train_options;

/** @since 0.1 */
#define SEGML_TRAIN_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_train_options), NULL, NULL, 0, 0, 0, 0, 0, 0, 0, NULL, 0, NULL, NULL, NULL,   \
            NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0.0,  \
            0.0, 0.0, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL                            \
    }

/**
 * Trains one model per group, in parallel, and with them (option fallback) a
 * global model that knows each group and one for groups never seen.
 *
 * A group that cannot have its own model (too few rows, rows of one fold, one class, a failure)
 * gets a status and a message, falls back, and never stops the others.
 *
 * @param out      the model, released with segml_model_free(); NULL on failure
 * @param dataset  the data; must not be freed during the call
 * @param options  NULL = defaults
 * @return SEGML_OK; SEGML_PARTIAL (a model was made, some groups failed; the message
 *         tells how many and why the first did); SEGML_E_ARGUMENT (an option out of
 *         range, another number of folds than the data set gives, an unknown objective, a
 *         parameter that is unknown or given twice, an ambiguous target, threshold or
 *         threshold_metric for a task that is not binary; a monotone constraint of a feature
 *         that is unknown, categorical or given twice, or of another value; parents of a single
 *         key column; a fallback_policy of what is not trained); SEGML_E_ABI;
 *         SEGML_E_DATA (labels that the objective cannot have); SEGML_E_BACKEND (XGBoost is
 *         asked for or needed, and missing or older than 1.7); SEGML_E_UNSUPPORTED (built
 *         without training; tree_method exact with categorical features; engine native, and
 *         it does not cover a model; a kernel that this machine lacks); SEGML_E_MISMATCH (journal
 *         or reuse of other options, target, columns, versions or, of journals, rows: the message
 *         says which); SEGML_E_NOT_FOUND (reuse of a model without what that needs);
 *         SEGML_E_FORMAT (a file that is no journal; a damaged model to reuse); SEGML_E_EXISTS
 *         (the journal is in use, or no regular file); SEGML_E_IO (the journal cannot be read or
 *         written; what was in it stays); SEGML_E_NOMEM; SEGML_E_CANCELLED; SEGML_E_INTERNAL
 *
 * Thread-safety: any number of calls at once, also on one dataset. Worker threads
 * live inside the call and block all signals; callbacks run on the calling thread.
 * @since 0.1
 */
SEGML_API int segml_train_segmented(segml_model **out, const segml_dataset *dataset,
                                    const segml_train_options *options, segml_error *err);

/**
 * Trains one global model with the group as a categorical feature, searched and
 * cross-validated on the union of the groups' folds, and with the same parameters
 * (option fallback) one without the group for groups never seen.
 *
 * Parameters, statuses and threads as segml_train_segmented(), and: SEGML_E_ARGUMENT for option
 * parents, SEGML_E_DATA if all rows together are too few, of one label or of one fold,
 * SEGML_E_BACKEND if the one model fails, SEGML_E_UNSUPPORTED for tree_method exact, unless a key
 * column has more than 1,000 values: then the model does not have the group as a feature.
 * @since 0.1
 */
SEGML_API int segml_train_global(segml_model **out, const segml_dataset *dataset,
                                 const segml_train_options *options, segml_error *err);

/** Which part of a training. @since 0.1 */
typedef struct segml_shard_options {
    size_t struct_size;
    int32_t mode;      /**< a segml_mode; 0 = segmented */
    int32_t shard;     /**< number of this part, 1 to shards */
    int32_t shards;    /**< number of parts, 1 to 65,536 */
    int32_t overwrite; /**< switch, default off: replace an existing file */
} segml_shard_options;

/** @since 0.1 */
#define SEGML_SHARD_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_shard_options), 0, 0, 0, 0                                                    \
    }

/**
 * Trains one part of a model, so that several machines can share the work: of the same data, with
 * the same options, each its own part; segml_train_merge() makes the model of them. Which models
 * are in a part follows from their keys; the global models are in one of them, and the search for
 * all groups of validation "shared" is made for each part.
 *
 * A part holds models, labels, weights and folds, but no features.
 *
 * @param path     of the part, which appears whole or not at all
 * @param dataset  all data, in any order of rows
 * @param options  as in training alone; NULL = defaults
 * @return as segml_train_segmented() or segml_train_global(); SEGML_E_ARGUMENT (a shard out of
 *         range; a limit in seconds with validation "shared", whose parts could not be merged);
 *         SEGML_E_EXISTS; SEGML_E_IO
 *
 * Thread-safety: as segml_train_segmented(). @since 0.1
 */
SEGML_API int segml_train_shard(const char *path, const segml_dataset *dataset,
                                const segml_train_options *options,
                                const segml_shard_options *shard, segml_error *err);

/**
 * Makes the model of all parts: the same bytes as training it at once, in whatever order they are
 * given.
 *
 * @param out    the model, released with segml_model_free(); NULL on failure
 * @param paths  [count] all parts of one training
 * @param jobs   worker threads, 0 = all processors this process may use
 * @return SEGML_OK; SEGML_PARTIAL (some models failed in training); SEGML_E_ARGUMENT;
 *         SEGML_E_MISMATCH (parts that are missing, given twice, or of other data, options or
 *         versions: the message says which); SEGML_E_FORMAT (damaged, or not a part);
 *         SEGML_E_DATA, SEGML_E_BACKEND (mode global, and no global model); SEGML_E_IO;
 *         SEGML_E_UNSUPPORTED (built without training); SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_train_merge(segml_model **out, const char *const *paths, int64_t count,
                                int32_t jobs, segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
