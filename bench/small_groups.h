/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_SMALL_GROUPS_H
#define BENCH_SMALL_GROUPS_H

/*
 * Many groups of 400 rows and their training, in this process or in one of its own. What fails
 * ends the program with a message.
 */

#include <sys/types.h>

#include "segml/segml.h"

enum { SMALL_ROWS = 400, SMALL_FEATURES = 10, SMALL_FOLDS = 5 };

/** What one process does. */
typedef struct small_task {
    int64_t first, groups; /* trains groups first .. first + groups - 1 */
    int32_t jobs;
    int32_t trials;
    int32_t rounds;     /* fixed number, 0 = found by early stopping */
    const char *path;   /* of XGBoost */
    const char *engine; /* NULL = the default one */
} small_task;

/** The rows of a data set, which borrows them. */
typedef struct small_table {
    float *data, *label;
    int64_t *key;
} small_table;

/** Ends the program. */
void small_die(const char *what, const char *detail);

/** Rows of a group depend on its number alone; each group has a rule of its own. */
segml_dataset *small_dataset(small_table *t, const small_task *what);

void small_table_free(small_table *t);

segml_model *small_train(const segml_dataset *dataset, const small_task *what);

/** Of the call that trains: seconds and bytes. */
typedef struct small_figures {
    double wall, cpu;
    double memory;   /* by which the peak grew */
    double kept;     /* by which memory has grown when it returns the model */
    double artifact; /* of the saved model */
} small_figures;

/** A process that runs a task; only started while this one has no other thread. */
typedef struct small_child {
    pid_t process;
    int pipe;
} small_child;

small_child small_start(const small_task *what);
small_figures small_finish(small_child c);

#endif
