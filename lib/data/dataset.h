/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_DATA_DATASET_H
#define SG_DATA_DATASET_H

/* Inside of a segml_dataset: checked once, then only read. */

#include "base/arena.h"
#include "data/fold.h"
#include "data/groups.h"
#include "segml/dataset.h"

typedef struct sg_feature {
    const char *name;
    int32_t type;              /* segml_feature_type */
    int32_t has_values;        /* 1: the codes have texts */
    const char *const *values; /* [categories] */
    int64_t categories;        /* codes are below it; 0 for numeric features */
    const uint64_t *hashes;    /* [categories] 64-bit hash of each text; NULL without texts */
} sg_feature;

struct segml_dataset {
    int64_t rows;
    int64_t features;
    const float *data; /* borrowed, as label and weight are */
    int64_t row_stride, col_stride;
    const float *label;
    const float *weight; /* NULL = all 1 */
    const char *label_name;
    const char *const *class_names; /* NULL = the label is a number */
    const uint64_t *class_hashes;   /* [class_count] */
    int64_t class_count;
    sg_feature *feature; /* [features] */
    int64_t key_count;
    const char **key_name; /* [key_count] */
    int32_t *key_type;     /* [key_count] */
    int32_t *key_null;     /* [key_count] 1: NULL occurs */
    sg_fold_kind fold_kind;
    int32_t folds;        /* number of given folds, else 0 */
    const int32_t *fold;  /* [rows] where folds are given, else NULL; borrowed, as time is */
    uint64_t *fold_value; /* [rows] where they are grouped: hash of the value, 0 = NULL */
    const double *time;   /* [rows] where they are ordered: finite */
    sg_groups groups;
    sg_arena arena;
};

/** Cell (row, feature). */
float sg_dataset_cell(const segml_dataset *dataset, int64_t row, int64_t feature);

/** Weight of a row, 1 without weights. */
float sg_dataset_weight(const segml_dataset *dataset, int64_t row);

#endif
