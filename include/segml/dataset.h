/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_DATASET_H
#define SEGML_DATASET_H

/*
 * Training data: a dense float32 matrix, a label, and the group of each row.
 *
 *     segml_key_column store = SEGML_KEY_COLUMN_INIT;
 *     store.name = "store";
 *     store.type = SEGML_KEY_INT64;
 *     store.data = store_id;
 *
 *     segml_dataset_input in = SEGML_DATASET_INPUT_INIT;
 *     in.rows = n;
 *     in.features = 3;
 *     in.data = x;
 *     in.label = y;
 *     in.keys = &store;
 *     in.key_count = 1;
 *
 *     segml_dataset *data = NULL;
 *     int rc = segml_dataset_create(&data, &in, &err);
 */

#include "segml/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Types of features. @since 0.1 */
typedef enum segml_feature_type {
    SEGML_FEATURE_NUMERIC = 1,
    SEGML_FEATURE_CATEGORICAL = 2 /**< cells hold codes 0, 1, 2, ... as floats; NaN = missing */
} segml_feature_type;

/**
 * The texts of one categorical feature: code c stands for values[c]. Every value
 * occurs once. Kept in the model, see segml_model_encode().
 * @since 0.1
 */
typedef struct segml_dictionary {
    const char *const *values; /**< [count] terminated texts; NULL = the codes have no texts */
    int64_t count;             /**< number of values, at most 16,777,216 */
} segml_dictionary;

/** Training data, immutable once made. @since 0.1 */
typedef struct segml_dataset segml_dataset;

/**
 * What a dataset is made of. Sizes in elements, not bytes. The matrix holds at
 * most 2^31 - 1 rows and columns; NaN means missing, infinities are refused.
 * @since 0.1
 */
typedef struct segml_dataset_input {
    size_t struct_size;
    int64_t rows;
    int64_t features;                     /**< columns of data */
    const float *data;                    /**< cell (i, j): data[i * row_stride + j * col_stride] */
    int64_t row_stride;                   /**< 0 = features */
    int64_t col_stride;                   /**< 0 = 1 */
    const char *const *feature_names;     /**< [features], distinct; NULL = f0, f1, ... */
    const int32_t *feature_types;         /**< [features] segml_feature_type; NULL = numeric */
    const segml_dictionary *dictionaries; /**< [features]; read for categorical features only;
                                             NULL = no texts, codes up to the largest seen.
                                             Training time grows with the largest code */
    const float *label;                   /**< [rows], finite; with class_names: codes into them */
    const char *label_name;               /**< NULL = "label" */
    const char *const *class_names;       /**< [class_count] distinct; NULL = label is a number */
    int64_t class_count;                  /**< 0 without class_names */
    const float *weight;                  /**< [rows], finite, not negative; NULL = all 1 */
    const segml_key_column *keys;         /**< [key_count], at least one */
    int64_t key_count;                    /**< at most 16 */
    /* How rows are held out in turn: at most one of the three; without, folds are dealt. */
    const int32_t *fold;                /**< [rows] fold of each row, 0 .. K - 1, each of them used,
                                           K from 2 to 100; NULL = none */
    const segml_key_column *fold_group; /**< one column: rows of equal value stay in one fold,
                                           those of NULL are dealt one by one; NULL = none */
    const double *time;                 /**< [rows] finite, in any order: what is held out is later
                                           than what is trained on; NULL = none */
} segml_dataset_input;

/** @since 0.1 */
#define SEGML_DATASET_INPUT_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_dataset_input), 0, 0, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0,      \
            NULL, NULL, 0, NULL, NULL, NULL                                                        \
    }

/**
 * Makes a dataset: checks every cell, finds the groups.
 *
 * data, label, weight, fold, time and the key columns' cells are borrowed until
 * segml_dataset_free() and must not change; names, types, dictionaries, class
 * names and what is needed of fold_group are copied.
 *
 * @param out    the dataset, released with segml_dataset_free(); NULL on failure
 * @param input  what it is made of; may be released after the call
 * @return SEGML_OK; SEGML_E_ARGUMENT (no rows, a NULL, two columns of one name, a
 *         bad stride or type, more rows or cells than can be addressed, more than one of
 *         fold, fold_group and time); SEGML_E_ABI;
 *         SEGML_E_DATA (an infinite cell, a label, weight or time that is not finite, a
 *         negative weight, a code outside its dictionary, invalid UTF-8, a fold out of
 *         range, a fold without a row; the message names row and column, both counted
 *         from 1); SEGML_E_NOMEM
 *
 * Thread-safety: any thread; the result may be shared between threads. @since 0.1
 */
SEGML_API int segml_dataset_create(segml_dataset **out, const segml_dataset_input *input,
                                   segml_error *err);

/** Releases a dataset; NULL is allowed. Not while a call uses it. @since 0.1 */
SEGML_API void segml_dataset_free(segml_dataset *dataset);

/** Number of rows. Thread-safety: any thread. @since 0.1 */
SEGML_API int64_t segml_dataset_rows(const segml_dataset *dataset);

/** Number of distinct group keys. Thread-safety: any thread. @since 0.1 */
SEGML_API int64_t segml_dataset_groups(const segml_dataset *dataset);

/**
 * Number of rows of a group.
 *
 * @param group  in [0, segml_dataset_groups()): by typed key, column by column, NULL
 *               first, integers by value, text by bytes
 * @return rows; 0 for a group that does not exist. Thread-safety: any thread. @since 0.1
 */
SEGML_API int64_t segml_dataset_group_rows(const segml_dataset *dataset, int64_t group);

/**
 * Type of a key column after SEGML_KEY_UTF8_AUTO was resolved.
 *
 * @return SEGML_KEY_INT64 or SEGML_KEY_UTF8; SEGML_KEY_NULL for a column that does
 *         not exist. Thread-safety: any thread. @since 0.1
 */
SEGML_API int32_t segml_dataset_key_type(const segml_dataset *dataset, int64_t column);

#ifdef __cplusplus
}
#endif

#endif
