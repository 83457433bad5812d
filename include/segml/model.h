/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_MODEL_H
#define SEGML_MODEL_H

/*
 * Models: open, save, look into, predict.
 *
 *     segml_model *model = NULL;
 *     int rc = segml_model_open(&model, "stores.segml", NULL, &err);
 *
 *     segml_key key = SEGML_KEY_INT64_VALUE(4711);
 *     segml_route *route = NULL;
 *     rc = segml_route_find(&route, model, &key, 1, &err);
 *     rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, 3, &p, 1);
 *     segml_route_free(route);
 *     segml_model_free(model);
 *
 * A model is immutable and may be used by any number of threads at once.
 * Prediction does not need XGBoost and gives the same bits.
 */

#include "segml/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A model: all groups' models, the global ones, and the way to them. @since 0.1 */
typedef struct segml_model segml_model;

/** The way from one group key to its model. @since 0.1 */
typedef struct segml_route segml_route;

/** What a model predicts. @since 0.1 */
typedef enum segml_task {
    SEGML_TASK_BINARY = 1,     /**< binary:logistic */
    SEGML_TASK_MULTICLASS = 2, /**< multi:softprob */
    SEGML_TASK_REGRESSION = 3, /**< reg:squarederror */
    SEGML_TASK_POISSON = 4     /**< count:poisson */
} segml_task;

/** How a model was trained. @since 0.1 */
typedef enum segml_mode { SEGML_MODE_SEGMENTED = 1, SEGML_MODE_GLOBAL = 2 } segml_mode;

/** What became of a group in training. @since 0.1 */
typedef enum segml_group_status {
    SEGML_GROUP_TRAINED = 1,        /**< has its own model */
    SEGML_GROUP_TOO_FEW_ROWS = 2,   /**< too few rows, few of the second class, or one fold */
    SEGML_GROUP_ONE_CLASS = 3,      /**< all labels are of one class */
    SEGML_GROUP_CONSTANT_LABEL = 4, /**< all labels are one number */
    SEGML_GROUP_FAILED = 5,         /**< training failed; the message says why */
    SEGML_GROUP_GLOBAL = 6,         /**< the mode is global: no group has its own model */
    SEGML_GROUP_REFERENCE = 7       /**< its model is in another artifact */
} segml_group_status;

/** Which model answers. @since 0.1 */
typedef enum segml_route_kind {
    SEGML_ROUTE_NONE = 0,    /**< none: NaN */
    SEGML_ROUTE_EXACT = 1,   /**< the group's own model */
    SEGML_ROUTE_PARENT = 2,  /**< a model of all groups that share the first key columns */
    SEGML_ROUTE_GLOBAL = 3,  /**< the global model */
    SEGML_ROUTE_CONSTANT = 4 /**< the smoothed base rate or mean of the training data */
} segml_route_kind;

/** Why that model answers. @since 0.1 */
typedef enum segml_route_reason {
    SEGML_REASON_OK = 0,             /**< it is the model meant for the group */
    SEGML_REASON_UNSEEN = 1,         /**< the key did not occur in training */
    SEGML_REASON_NULL_KEY = 2,       /**< the key is NULL, and NULL did not occur in training */
    SEGML_REASON_TOO_FEW_ROWS = 3,   /**< as SEGML_GROUP_TOO_FEW_ROWS */
    SEGML_REASON_ONE_CLASS = 4,      /**< as SEGML_GROUP_ONE_CLASS */
    SEGML_REASON_CONSTANT_LABEL = 5, /**< as SEGML_GROUP_CONSTANT_LABEL */
    SEGML_REASON_FAILED = 6,         /**< as SEGML_GROUP_FAILED */
    SEGML_REASON_UNRESOLVED = 7      /**< the artifact that its model is in could not be had */
} segml_route_reason;

/** What to predict. @since 0.1 */
typedef enum segml_output {
    SEGML_OUTPUT_MARGIN = 1,     /**< raw scores: one, or one per class of a multiclass model */
    SEGML_OUTPUT_PREDICTION = 2, /**< probability of the positive class; probability of each class
                                    of a multiclass model; the mean otherwise */
    SEGML_OUTPUT_CLASS = 3       /**< index of the class: probability >= threshold, or the most
                                    probable; classification only */
} segml_output;

/** Name of a task, "binary". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_task_name(int32_t task);
/** Name of a mode, "segmented". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_mode_name(int32_t mode);
/** Name of a group status, "too_few_rows". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_group_status_name(int32_t status);
/** Name of a kind of route, "exact". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_route_kind_name(int32_t kind);
/** Name of a reason, "unseen". @return static text; NULL for none. @since 0.1 */
SEGML_API const char *segml_route_reason_name(int32_t reason);

/** An artifact's bytes, as a resolver gives them. This struct never grows. @since 0.1 */
typedef struct segml_resolved {
    const void *bytes; /**< [size] unchanged until they are released */
    size_t size;
    void (*release)(struct segml_resolved *resolved); /**< called once, from any thread; NULL = the
                                                         bytes outlive every model */
    void *owner;                                      /**< the resolver's own */
} segml_resolved;

/**
 * Finds the artifact that a reference names.
 *
 * @param uri       as the reference has it, "file:stores/4711.segml"
 * @param resolved  out, all zero
 * @return SEGML_OK; any failure, with its message. Called on the opening thread. @since 0.1
 */
typedef int (*segml_resolve_fn)(void *user, const char *uri, segml_resolved *resolved,
                                segml_error *err);

/** Options of opening a model. @since 0.1 */
typedef struct segml_open_options {
    size_t struct_size;
    int64_t max_bytes;   /**< cap on the unpacked size of a member; without index, of all together;
                            0 = 16 GiB */
    int64_t child_bytes; /**< budget of the groups' loaded models: the least recently used are
                            dropped, those in use never; 0 = nothing is dropped, and models of
                            more than 16 MiB plus 256 times the artifact are SEGML_E_LIMIT. Of an
                            artifact without index all models are loaded, and stay */
    int32_t preload;     /**< switch, default off: load all models now, on all processors */
    int32_t map;         /**< switch, default on: map the file, which then must not be written to
                            (replacing it, as saving does, is fine); off: read it */
    const char *fallback; /**< what may answer for groups without own model: NULL = as trained;
                             "none", or some of parent, global, constant joined by commas */
    const unsigned char *public_key; /**< [32] Ed25519: refuse what it has not signed; NULL = take
                                        any artifact. Checked when opening: who may write to a
                                        mapped file later is trusted, or map is off */
    const unsigned char *signature;  /**< [64] of segml_artifact_sign() */
    segml_resolve_fn resolve; /**< NULL = file: references, relative to the artifact's folder */
    void *resolve_user;
    const char *reference_root; /**< folder that file: references must stay in; NULL = the
                                   artifact's */
    int32_t strict;   /**< switch, default off: a reference that cannot be resolved is a failure,
                         with the status that its resolver returned */
    int32_t reserved; /**< 0 */
} segml_open_options;

/** @since 0.1 */
#define SEGML_OPEN_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(segml_open_options), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0           \
    }

/** Options of saving a model. @since 0.1 */
typedef struct segml_save_options {
    size_t struct_size;
    int32_t overwrite; /**< switch, default off: replace an existing regular file */
    int32_t reserved;  /**< 0 */
} segml_save_options;

/** @since 0.1 */
#define SEGML_SAVE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(segml_save_options), 0, 0                                                           \
    }

/**
 * Opens an artifact: checks its header and index and reads what all groups share. A group's model
 * is loaded when it is first asked for, its digest and every tree checked before use, and then
 * kept. An artifact without index, packed again with tar say, is read and checked as a whole.
 * Nothing in the file is executed, and no path in it is opened but references, by the resolver.
 *
 * @param out      the model, released with segml_model_free(); NULL on failure
 * @param path     a regular file
 * @param options  NULL = defaults
 * @return SEGML_OK; SEGML_PARTIAL (some references are not resolved: their groups fall back, and
 *         the message names the first); SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_IO (cannot be
 *         read); SEGML_E_FORMAT (damaged, or not an artifact); SEGML_E_LIMIT (a cap was met);
 *         SEGML_E_UNSUPPORTED (another format, or trees of an unknown kind); SEGML_E_MISMATCH (not
 *         signed with that key; a referenced artifact that does not fit); SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_open(segml_model **out, const char *path,
                               const segml_open_options *options, segml_error *err);

/**
 * Opens an artifact that is in memory.
 *
 * @param bytes  [size] the artifact; borrowed, unchanged, until the model, those that were
 *               reloaded from it, and all their routes are freed
 * @return as segml_model_open(), SEGML_E_IO only of a reference with the option strict.
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_open_memory(segml_model **out, const void *bytes, size_t size,
                                      const segml_open_options *options, segml_error *err);

/**
 * Writes a model as one artifact, atomically: a temporary file in the same folder,
 * flushed, then renamed. On failure nothing appears or changes under the path, unless the last step
 * failed, which is to flush the folder: then the message says so, and the new file is there.
 *
 * @param options  NULL = defaults
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_EXISTS (exists and overwrite is
 *         off, or is no regular file); SEGML_E_IO; SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_save(const segml_model *model, const char *path,
                               const segml_save_options *options, segml_error *err);

/**
 * Releases a model; NULL is allowed. Routes stay usable until they are freed too.
 * Thread-safety: once, when no other thread uses this pointer. @since 0.1
 */
SEGML_API void segml_model_free(segml_model *model);

/**
 * Opens a model's artifact again and picks up what has changed: its file, or the artifacts that
 * its references name. The old model stays as it is, and so do its routes; models that have not
 * changed are shared by both.
 *
 * @param out      the new model; NULL on failure, and the old one goes on
 * @param options  NULL = those that the old one was opened with
 * @return as segml_model_open(); SEGML_PARTIAL also where a changed reference is damaged or does
 *         not fit: its group keeps the old model, and the message says so; SEGML_E_ARGUMENT (a
 *         model that was not opened from a file and has no references)
 *
 * Thread-safety: any thread, while others predict with the old model. @since 0.1
 */
SEGML_API int segml_model_reload(segml_model **out, const segml_model *old,
                                 const segml_open_options *options, segml_error *err);

/**
 * Loads all models that are not loaded yet.
 *
 * @param jobs  threads, 0 = all processors this process may use
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_FORMAT (a damaged one: the message names its group);
 *         SEGML_E_LIMIT (they do not fit child_bytes); SEGML_E_UNSUPPORTED; SEGML_E_NOMEM.
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_preload(const segml_model *model, int32_t jobs, segml_error *err);

/** What a model has loaded. @since 0.1 */
typedef struct segml_model_stats {
    size_t struct_size; /**< set by the caller; no more bytes are written */
    int64_t models;     /**< that there are, global ones and parents included */
    int64_t loaded;     /**< that are loaded now */
    int64_t bytes;      /**< that those occupy; shared ones count in every model */
    int64_t hits;       /**< look-ups of a model that was loaded */
    int64_t loads;      /**< models that were loaded, again after they were dropped */
    int64_t dropped;    /**< models that were dropped for child_bytes */
} segml_model_stats;

/** @since 0.1 */
#define SEGML_MODEL_STATS_INIT                                                                     \
    {                                                                                              \
        sizeof(segml_model_stats), 0, 0, 0, 0, 0, 0                                                \
    }

/**
 * What a model has loaded; each number is right at some moment of the call.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI. Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_get_stats(const segml_model *model, segml_model_stats *stats,
                                    segml_error *err);

/** Facts about a model; texts live as long as the model. @since 0.1 */
typedef struct segml_model_info {
    size_t struct_size;         /**< set by the caller; no more bytes are written */
    int32_t format;             /**< version of the artifact's format */
    int32_t task;               /**< a segml_task */
    int32_t mode;               /**< a segml_mode */
    int32_t fallback;           /**< 1 = groups without a model fall back, -1 = they have none */
    const char *objective;      /**< XGBoost's name, "binary:logistic" */
    const char *label_name;     /**< the target's name */
    int64_t features;           /**< of a row */
    int64_t keys;               /**< key columns */
    int64_t groups;             /**< groups seen in training */
    int64_t groups_trained;     /**< groups with their own model */
    int64_t groups_failed;      /**< groups whose training failed */
    int64_t models;             /**< models inside, global ones included */
    int64_t rows;               /**< training rows */
    int64_t outputs;            /**< values per row of SEGML_OUTPUT_MARGIN and _PREDICTION */
    int64_t classes;            /**< 0 unless the task is a classification */
    double threshold;           /**< binary: probability from which a row is positive, chosen on
                                   all groups together; see segml_group_info for each one's */
    const char *engine;         /**< what trained it, "native 1 (hist)"; where models differ, what
                                   trained most groups' own, see segml_group_info */
    const char *library;        /**< version of libsegml that trained it */
    int64_t artifact_bytes;     /**< size of the artifact */
    const segml_value *options; /**< [option_count] seed, trials, folds, min_rows, ... */
    int64_t option_count;
    const segml_text *option_texts; /**< [option_text_count] sampler, validation, metric, ... */
    int64_t option_text_count;
    int64_t parents;             /**< parents of groups seen in training, 0 unless they were asked
                                    for */
    int64_t references;          /**< groups whose models are in other artifacts */
    const char *fallback_policy; /**< what answers for groups without own model, in order: "none",
                                    or "parent,global,constant" or some of them */
    unsigned char root[32];      /**< digest of the artifact; all 0 without index */
} segml_model_info;

/** @since 0.1 */
#define SEGML_MODEL_INFO_INIT                                                                      \
    {                                                                                              \
        sizeof(segml_model_info), 0, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, NULL,    \
            NULL, 0, NULL, 0, NULL, 0, 0, 0, NULL, {0}                                             \
    }

/**
 * Facts about a model.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI. Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_get_info(const segml_model *model, segml_model_info *info,
                                   segml_error *err);

/** Name of a feature. @return text of the model; NULL for none. @since 0.1 */
SEGML_API const char *segml_model_feature_name(const segml_model *model, int64_t feature);
/** Type of a feature. @return a segml_feature_type; 0 for none. @since 0.1 */
SEGML_API int32_t segml_model_feature_type(const segml_model *model, int64_t feature);
/**
 * Text of a category.
 *
 * @return text of the model; NULL for none: a code beyond the dictionary, a numeric feature, or one
 *         whose categories are codes alone. Thread-safety: any thread. @since 0.1
 */
SEGML_API const char *segml_model_feature_value(const segml_model *model, int64_t feature,
                                                int64_t code);
/** Name of a key column. @return text of the model; NULL for none. @since 0.1 */
SEGML_API const char *segml_model_key_name(const segml_model *model, int64_t column);
/** Type of a key column. @return SEGML_KEY_INT64 or SEGML_KEY_UTF8; 0 for none. @since 0.1 */
SEGML_API int32_t segml_model_key_type(const segml_model *model, int64_t column);
/** Name of a class. @return text of the model; NULL for none. @since 0.1 */
SEGML_API const char *segml_model_class_name(const segml_model *model, int64_t index);

/**
 * Code of a categorical feature's text, as rows for prediction need it.
 *
 * @param code     out: the code; NaN (missing) for a text that training did not see, and for
 *                 empty text
 * @param feature  in [0, features)
 * @param text     length bytes, need not be terminated
 * @return SEGML_OK; SEGML_E_ARGUMENT (no such feature, or not categorical, or without texts).
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_encode(const segml_model *model, int64_t feature, const char *text,
                                 size_t length, float *code);

/** Index of the global model's record in segml_model_get_group(). @since 0.1 */
#define SEGML_GROUP_INDEX_GLOBAL (-1)
/** Index of the record of all groups together, as routed. @since 0.1 */
#define SEGML_GROUP_INDEX_OVERALL (-2)

/**
 * A group in training. Metrics are out of fold: every row is predicted by a model
 * that did not see it; groups without an own model by the one that answers for them.
 * Pointers live as long as the model.
 * @since 0.1
 */
typedef struct segml_group_info {
    size_t struct_size;         /**< set by the caller; no more bytes are written */
    const segml_key *keys;      /**< [model's keys]; NULL for the global and overall records */
    int64_t rows;               /**< training rows */
    int32_t status;             /**< a segml_group_status */
    int32_t rounds;             /**< boosting rounds of its model, 0 without one */
    const char *message;        /**< why it has no own model; "" if it has */
    const segml_value *params;  /**< [param_count] parameters of its model */
    int64_t param_count;
    const segml_value *metrics; /**< [metric_count]; NaN where undefined */
    int64_t metric_count;
    double threshold;           /**< binary: probability from which a row of the group is positive;
                                   NaN otherwise */
    const char *engine;         /**< what trained its model, "native 1 (hist)"; NULL without one */
    int32_t key_columns;        /**< values in keys: all of a group, the first ones of a parent */
    int32_t reserved;
    const char *reference;      /**< URI of the artifact that holds its model; NULL = none */
} segml_group_info;

/** @since 0.1 */
#define SEGML_GROUP_INFO_INIT                                                                      \
    {                                                                                              \
        sizeof(segml_group_info), NULL, 0, 0, 0, NULL, NULL, 0, NULL, 0, 0.0, NULL, 0, 0, NULL     \
    }

/**
 * The record of a group. The first call reads the records of all groups, which serving never
 * needs.
 *
 * @param index  in [0, groups), sorted by key; behind them, in [groups, groups + parents), parents
 *               by number of key columns and key; SEGML_GROUP_INDEX_GLOBAL or _OVERALL
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_NOT_FOUND (no such group; no global
 *         model); SEGML_E_FORMAT, SEGML_E_LIMIT (the records are damaged); SEGML_E_NOMEM.
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_get_group(const segml_model *model, int64_t index,
                                    segml_group_info *info, segml_error *err);

/** What training kept for reports: searches and correlations. @since 0.1 */
typedef struct segml_history segml_history;

/**
 * Reads a model's history, which serving never needs.
 *
 * @param out  released with segml_history_free(), also after the model; NULL on failure
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_NOT_FOUND (trained without history);
 *         SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM. Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_history_open(segml_history **out, const segml_model *model, segml_error *err);

/** Releases a history; NULL is allowed. @since 0.1 */
SEGML_API void segml_history_free(segml_history *history);

/** The history of one model. Pointers live as long as the history. @since 0.1 */
typedef struct segml_history_info {
    size_t struct_size;         /**< set by the caller; no more bytes are written */
    int32_t chosen;             /**< trial that was chosen; -1 without a search */
    int32_t reserved;
    int64_t trials;             /**< trials that were begun */
    const double *values;       /**< [trials] what the search minimised; NaN = failed */
    const int32_t *rounds;      /**< [trials] boosting rounds at the best; 0 = failed */
    const int32_t *states;      /**< [trials] a segml_trial_state of segml/search.h */
    const double *correlations; /**< [features] of each feature with the label over the group's
                                   rows: Pearson's r; eta (0 to 1) where one of them is categorical,
                                   Cramer's V where both are; NaN where undefined */
} segml_history_info;

/** @since 0.1 */
#define SEGML_HISTORY_INFO_INIT                                                                    \
    {                                                                                              \
        sizeof(segml_history_info), 0, 0, 0, NULL, NULL, NULL, NULL                                \
    }

/**
 * The history of a group's model.
 *
 * @param index  in [0, groups), or SEGML_GROUP_INDEX_GLOBAL
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_NOT_FOUND (no global model).
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_history_get(const segml_history *history, int64_t index,
                                segml_history_info *info, segml_error *err);

/**
 * Gain importance of each feature in a group's own model: the sum of the gains of all splits
 * on it, divided by the sum over all features (XGBoost's total_gain, normalised).
 *
 * @param index     as in segml_model_get_group(), without _OVERALL; of the global model, the key
 *                  columns follow the features
 * @param values    out [capacity]
 * @param capacity  at least features, for the global model features + keys; more are set to 0
 * @return SEGML_OK; SEGML_E_ARGUMENT (too little room); SEGML_E_NOT_FOUND (no such group; no own
 *         model); SEGML_E_FORMAT, SEGML_E_LIMIT, SEGML_E_UNSUPPORTED (a model that cannot be
 *         loaded); SEGML_E_NOMEM. Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_importance(const segml_model *model, int64_t index, double *values,
                                     int64_t capacity, segml_error *err);

/**
 * Finds the model for a group, and loads it if it is not loaded.
 *
 * @param out        the route, released with segml_route_free(); NULL on failure. It keeps the
 *                   model alive
 * @param keys       [key_count] one value per key column
 * @param key_count  the model's number of key columns
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_NOT_FOUND (nothing may answer for the group:
 *         the message names it); SEGML_E_FORMAT (the model or the index is damaged),
 *         SEGML_E_LIMIT, SEGML_E_UNSUPPORTED (trees of an unknown kind); SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_route_find(segml_route **out, const segml_model *model, const segml_key *keys,
                               int64_t key_count, segml_error *err);

/** Releases a route; NULL is allowed; also after the model was freed. @since 0.1 */
SEGML_API void segml_route_free(segml_route *route);

/** Which model answers. @return a segml_route_kind. Thread-safety: any thread. @since 0.1 */
SEGML_API int32_t segml_route_get_kind(const segml_route *route);

/** Why it answers. @return a segml_route_reason. Thread-safety: any thread. @since 0.1 */
SEGML_API int32_t segml_route_get_reason(const segml_route *route);

/** Group's index for segml_model_get_group(). @return -1 for an unseen group. @since 0.1 */
SEGML_API int64_t segml_route_get_group(const segml_route *route);

/**
 * Predicts one row. No lock, no allocation.
 *
 * @param output    a segml_output
 * @param row       [features]; NaN = missing, infinities compare as numbers
 * @param features  the model's number of features
 * @param values    out: the model's outputs (one for SEGML_OUTPUT_CLASS)
 * @param capacity  of values
 * @return SEGML_OK; SEGML_E_ARGUMENT (a NULL, another number of features, too little room, a
 *         class asked of a regression)
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_route_predict(const segml_route *route, int32_t output, const float *row,
                                  int64_t features, float *values, int64_t capacity);

/** Rows to predict, with their keys. Everything is borrowed during the call. @since 0.1 */
typedef struct segml_predict_input {
    size_t struct_size;
    int64_t rows;
    int64_t features;   /**< the model's number of features */
    const float *data;  /**< cell (i, j) is data[i * row_stride + j * col_stride] */
    int64_t row_stride; /**< in elements, 0 = features */
    int64_t col_stride; /**< in elements, 0 = 1 */
    const segml_key_column *keys; /**< [key_count]; by name where all have one, else by place */
    int64_t key_count;  /**< the model's number of key columns */
} segml_predict_input;

/** @since 0.1 */
#define SEGML_PREDICT_INPUT_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_predict_input), 0, 0, NULL, 0, 0, NULL, 0                                     \
    }

/** Where predictions go. @since 0.1 */
typedef struct segml_predict_output {
    size_t struct_size;
    float *values;    /**< out [rows * outputs] (one per row for SEGML_OUTPUT_CLASS) */
    int64_t capacity; /**< of values */
    int32_t *route;   /**< out [rows] segml_route_kind of each row; NULL = not wanted */
    int32_t *reason;  /**< out [rows] segml_route_reason of each row; NULL = not wanted */
} segml_predict_output;

/** @since 0.1 */
#define SEGML_PREDICT_OUTPUT_INIT                                                                  \
    {                                                                                              \
        sizeof(segml_predict_output), NULL, 0, NULL, NULL                                          \
    }

/**
 * Predicts rows of mixed groups in one call, each by its group's model; the same bits as
 * segml_route_predict() row by row.
 *
 * @param input   the rows; zero rows are allowed
 * @param output  a segml_output
 * @param result  where the predictions go
 * @return SEGML_OK; SEGML_UNROUTED (rows that nothing may answer for hold NaN);
 *         SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_MISMATCH (another number of features or keys, an
 *         unknown key name, or a key column of text none of which is an integer for a model
 *         whose keys are); SEGML_E_FORMAT, SEGML_E_LIMIT, SEGML_E_UNSUPPORTED (a model that cannot
 *         be loaded: what was written until then does not count); SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_predict(const segml_model *model, const segml_predict_input *input,
                                  int32_t output, segml_predict_output *result, segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
