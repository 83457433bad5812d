/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TRAIN_FIXTURE_H
#define TESTS_TRAIN_FIXTURE_H

/* Small data sets, training on them, and looking into artifacts; for the training tests. */

#include <check.h>
#include <segml/segml.h>

typedef struct table {
    int64_t rows, features;
    float *x, *y, *weight; /* weight NULL = none */
    int64_t *key;
    uint8_t *key_valid;
    int32_t *fold;       /* at most one of the three is there */
    int64_t *fold_group; /* -1 = NULL */
    double *time;
} table;

/* A table of rows; zeroed but for all keys valid. */
table table_make(int64_t rows, int64_t features);
/* The eight groups of examples/seed_groups.h, rows in all. */
table table_seed(int64_t rows);
/* The same rows in another order. */
table table_shuffle(const table *t, uint64_t seed);
/* The rows of one key. */
table table_of_key(const table *t, int64_t key);
void table_free(table *t);

/* The table as a data set, which borrows from it; fails the test if that fails. */
segml_dataset *table_dataset(const table *t);

/* The same with two key columns: the region of a store, which is its key / 3, and the store. */
segml_dataset *table_levels(const table *t, int64_t *region);

/* Options that every test starts from: few trials, the engine under test. */
segml_train_options quick_options(void);

/* A dataset of the table, which must stay until it is freed. */
segml_dataset *table_dataset(const table *t);

/* Trains; fails the test if that fails. */
segml_model *train_table(const table *t, const segml_train_options *options, int global);

/* Saves a model to a new file and reads it back. */
unsigned char *artifact_bytes(const segml_model *model, size_t *size);

/* Content of a member, read by libarchive; NULL if it is not there. */
unsigned char *artifact_member(const segml_model *model, const char *path, size_t *size);

/* Fails the test unless two models, or one member of them, are the same bytes. */
void assert_same_artifact(const segml_model *a, const segml_model *b);
void assert_same_member(const segml_model *a, const segml_model *b, const char *path);

/* A metric of a group by name; NaN if it is not there. */
double metric_of(const segml_model *model, int64_t group, const char *name);

/* Status of a group, and its message. */
int32_t status_of(const segml_model *model, int64_t group, const char **message);

#endif
