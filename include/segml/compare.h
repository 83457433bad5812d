/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_COMPARE_H
#define SEGML_COMPARE_H

/*
 * One model for all, or one per group? Trains both ways, tuned and untuned, on one fold
 * map, and says per group and overall which is better and how sure that is.
 *
 *     segml_comparison *comparison = NULL;
 *     int rc = segml_compare(&comparison, data, NULL, &err);
 *     if (rc >= 0)
 *         rc = segml_comparison_save(comparison, "stores.json", NULL, &err);
 *     segml_comparison_free(comparison);
 *
 * Approaches, in this order:
 *   global-tuned         one model that knows the group, searched
 *   segmented-xgboost    one model per group, XGBoost's own defaults (100 rounds)
 *   segmented-untuned    one model per group, the robust default set
 *   segmented-tuned      one model per group, searched
 *
 * Groups that cannot have a model of their own are scored by the global model in every
 * segmented approach, as a packed model would answer them.
 */

#include "segml/common.h"
#include "segml/dataset.h"
#include "segml/model.h"
#include "segml/train.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How predictions are made that approaches are scored on. @since 0.1 */
typedef enum segml_evaluation {
    SEGML_EVALUATION_CROSS = 1, /**< out of fold: every row by models that did not see it; but
                                   parameters were chosen on one of the folds */
    SEGML_EVALUATION_NESTED = 2 /**< every outer fold by models that were searched, trained and
                                   given thresholds without it */
} segml_evaluation;

/** Options of a comparison. @since 0.1 */
typedef struct segml_compare_options {
    size_t struct_size;
    const segml_train_options *train; /**< of the searched approaches; NULL = defaults */
    int32_t honest;      /**< switch, default off: nested evaluation, outer_folds times the work */
    int32_t outer_folds; /**< of nested evaluation, 2 to 100, 0 = 5; data that are in folds are
                            nested in these */
    int32_t outer_used;  /**< outer folds that are evaluated, 1 to outer_folds, 0 = all; 1 = one
                            held-out part */
    int32_t reserved;    /**< 0 */
} segml_compare_options;

/** @since 0.1 */
#define SEGML_COMPARE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(segml_compare_options), NULL, 0, 0, 0, 0                                            \
    }

/** What a comparison found; immutable. @since 0.1 */
typedef struct segml_comparison segml_comparison;

/**
 * Compares the approaches. The training options hold for all of them, but the parameters, the
 * search and its budgets only for the searched ones; fallback, parents and fallback_policy have
 * no effect. Progress counts every group once per approach, and of nested evaluation once per
 * outer fold.
 *
 * @param out      the comparison, released with segml_comparison_free(); NULL on failure
 * @param dataset  the data; must not be freed during the call
 * @param options  NULL = defaults
 * @return as segml_train_segmented(); SEGML_PARTIAL if a group failed in one of them;
 *         SEGML_E_DATA or SEGML_E_BACKEND also if no row could be predicted
 *
 * Thread-safety: as segml_train_segmented(). @since 0.1
 */
SEGML_API int segml_compare(segml_comparison **out, const segml_dataset *dataset,
                            const segml_compare_options *options, segml_error *err);

/**
 * Reads a saved comparison: one JSON object, see doc/comparison-format.md. Predictions are not
 * in it.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_LIMIT (larger than
 *         256 MiB); SEGML_E_UNSUPPORTED (a newer format); SEGML_E_NOMEM. @since 0.1
 */
SEGML_API int segml_comparison_open(segml_comparison **out, const char *path, segml_error *err);

/** Reads one from memory, which is not kept. @return as segml_comparison_open(). @since 0.1 */
SEGML_API int segml_comparison_open_memory(segml_comparison **out, const void *bytes, size_t size,
                                           segml_error *err);

/**
 * Writes a comparison, atomically. @param options NULL = defaults
 *
 * @return as segml_model_save(); SEGML_E_LIMIT (more than 256 MiB). @since 0.1
 */
SEGML_API int segml_comparison_save(const segml_comparison *comparison, const char *path,
                                    const segml_save_options *options, segml_error *err);

/**
 * The bytes that segml_comparison_save() writes, into the caller's memory.
 *
 * @param bytes     out [capacity]; NULL with capacity 0 to ask for the size
 * @param size      out: their number, also where there is too little room
 * @return SEGML_OK; SEGML_E_ARGUMENT (too little room); SEGML_E_LIMIT (more than 256 MiB);
 *         SEGML_E_NOMEM. Any thread. @since 0.1
 */
SEGML_API int segml_comparison_save_memory(const segml_comparison *comparison, void *bytes,
                                           size_t capacity, size_t *size, segml_error *err);

/** Releases a comparison; NULL is allowed. @since 0.1 */
SEGML_API void segml_comparison_free(segml_comparison *comparison);

/** Facts about a comparison; texts live as long as it does. @since 0.1 */
typedef struct segml_comparison_info {
    size_t struct_size;     /**< set by the caller; no more bytes are written */
    int32_t task;           /**< a segml_task */
    int32_t evaluation;     /**< a segml_evaluation */
    int64_t rows;           /**< of the data */
    int64_t scored;         /**< rows that approaches are scored on */
    int64_t groups;
    int64_t keys;           /**< key columns */
    int64_t features;
    int64_t outputs;        /**< predictions per row: classes of a multiclass task, else 1 */
    int64_t classes;        /**< 0 unless the task is a classification */
    int64_t approaches;
    int64_t reference;      /**< approach that the others are paired with: segmented-untuned */
    int64_t best;           /**< approach of the lowest overall loss; -1 = none has one */
    int32_t folds;          /**< inner folds */
    int32_t outer_folds;    /**< of nested evaluation, else 0 */
    int32_t outer_used;     /**< outer folds that were evaluated, else 0 */
    int32_t trials;         /**< per searched model */
    uint64_t seed;
    const char *label_name;
    const char *engine;     /**< what trained, "native 1 (hist)"; several stand in the
                                   order of the approaches, ", " between them */
    const char *library;    /**< version of libsegml */
} segml_comparison_info;

/** @since 0.1 */
#define SEGML_COMPARISON_INFO_INIT                                                                 \
    {                                                                                              \
        sizeof(segml_comparison_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL,    \
            NULL, NULL                                                                             \
    }

/** Facts. @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI. Any thread. @since 0.1 */
SEGML_API int segml_comparison_get_info(const segml_comparison *comparison,
                                        segml_comparison_info *info, segml_error *err);

/** Name of an approach, "global-tuned". @return NULL for none. @since 0.1 */
SEGML_API const char *segml_comparison_approach(const segml_comparison *comparison,
                                                int64_t approach);
/** Name of a key column. @return NULL for none. @since 0.1 */
SEGML_API const char *segml_comparison_key_name(const segml_comparison *comparison, int64_t column);
/** Name of a feature. @return NULL for none. @since 0.1 */
SEGML_API const char *segml_comparison_feature_name(const segml_comparison *comparison,
                                                    int64_t feature);
/** Name of a class; the second of a binary task is the positive one. @return NULL for none.
    @since 0.1 */
SEGML_API const char *segml_comparison_class_name(const segml_comparison *comparison,
                                                  int64_t index);

/** A metric with its 95 % interval and its difference to the reference approach. @since 0.1 */
typedef struct segml_estimate {
    const char *name;       /**< "log_loss", "f1" (at the chosen threshold), ... */
    double value;           /**< NaN where undefined */
    double low;             /**< 95 % interval; NaN where the metric has none */
    double high;
    double difference;      /**< this approach minus the reference, on the same rows */
    double difference_low;  /**< its 95 % interval, paired; NaN where none */
    double difference_high;
} segml_estimate;

/**
 * Verdicts for a group: is a model of its own worth it? "Better" always means that the 95 %
 * interval of the paired difference of the losses excludes 0; intervals are for one group, not
 * for all at once. @since 0.1
 */
typedef enum segml_verdict {
    SEGML_VERDICT_NONE = 0,    /**< no model of its own was possible */
    SEGML_VERDICT_GLOBAL = 1,  /**< global-tuned is better than both segmented-untuned and
                                  segmented-tuned */
    SEGML_VERDICT_UNCLEAR = 2, /**< none of the others: the data cannot tell them apart */
    SEGML_VERDICT_UNTUNED = 3, /**< segmented-untuned is better than global-tuned, and
                                  segmented-tuned is not better than segmented-untuned */
    SEGML_VERDICT_TUNED = 4    /**< segmented-tuned is better than segmented-untuned and than
                                  global-tuned */
} segml_verdict;

/** Name of a verdict, "unclear". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_verdict_name(int32_t verdict);

/** A group in a comparison, or all rows together. Pointers live as long as it does. @since 0.1 */
typedef struct segml_comparison_group {
    size_t struct_size;         /**< set by the caller; no more bytes are written */
    const segml_key *keys;      /**< [keys]; NULL for all rows together */
    int64_t rows;
    int32_t verdict;            /**< a segml_verdict; of all rows: for the data as a whole */
    int32_t reserved;
    const double *correlations; /**< [features] of each feature with the label, as in
                                   segml_history_info; NULL for none */
} segml_comparison_group;

/** @since 0.1 */
#define SEGML_COMPARISON_GROUP_INIT                                                                \
    {                                                                                              \
        sizeof(segml_comparison_group), NULL, 0, 0, 0, NULL                                        \
    }

/**
 * A group. @param group in [0, groups), sorted by key, or SEGML_GROUP_INDEX_OVERALL
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI. Any thread. @since 0.1
 */
SEGML_API int segml_comparison_get_group(const segml_comparison *comparison, int64_t group,
                                         segml_comparison_group *info, segml_error *err);

/**
 * One approach in one group, or overall. The global model's own facts are those of all rows
 * together. Status, rounds, threshold, parameters and trials of nested evaluation are those of
 * the training without the first outer fold. Pointers live as long as the comparison. @since 0.1
 */
typedef struct segml_comparison_cell {
    size_t struct_size;              /**< set by the caller; no more bytes are written */
    int32_t status;                  /**< a segml_group_status; 0 overall */
    int32_t rounds;                  /**< boosting rounds of its model; 0 without one */
    double threshold;                /**< binary: the chosen one; else NaN */
    const char *message;             /**< why it has no own model; "" = none */
    const segml_estimate *estimates; /**< [estimate_count] */
    int64_t estimate_count;
    const segml_value *metrics;      /**< [metric_count] all of them, see doc/guide.md */
    int64_t metric_count;
    const segml_value *params;       /**< [param_count] chosen parameters */
    int64_t param_count;
    const double *trials;            /**< [trial_count] what the search minimised, NaN = failed */
    int64_t trial_count;
} segml_comparison_cell;

/** @since 0.1 */
#define SEGML_COMPARISON_CELL_INIT                                                                 \
    {                                                                                              \
        sizeof(segml_comparison_cell), 0, 0, 0.0, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0         \
    }

/**
 * What an approach does in a group.
 *
 * @param group  in [0, groups) or SEGML_GROUP_INDEX_OVERALL
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI. Any thread. @since 0.1
 */
SEGML_API int segml_comparison_get(const segml_comparison *comparison, int64_t approach,
                                   int64_t group, segml_comparison_cell *cell, segml_error *err);

/**
 * Predictions that an approach was scored by, in the order of the data's rows.
 *
 * @param values  out [rows * outputs]: probabilities (binary: of the positive class), else
 *                predictions; NaN for rows that were not scored
 * @return SEGML_OK; SEGML_E_ARGUMENT (too little room); SEGML_E_NOT_FOUND (a comparison that
 *         was opened from a file has none). Any thread. @since 0.1
 */
SEGML_API int segml_comparison_predictions(const segml_comparison *comparison, int64_t approach,
                                           float *values, int64_t capacity, segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
