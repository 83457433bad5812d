/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TRAIN_SEARCHING_H
#define TESTS_TRAIN_SEARCHING_H

/* Small searches and what the models tell of them; for the tests of searches. */

#include "fixture.h"

enum { GROUPS = 3, GROUP_ROWS = 200, ROWS = GROUPS * GROUP_ROWS, TRIALS = 12 };

/* The first three groups of the seed's eight, of 200 rows each. */
table three_groups(void);

/* Twelve trials of at most 20 rounds, no global model. */
segml_train_options search_options(void);

/* The same, and boosting does not depend on random numbers: no rows or columns are drawn. */
segml_train_options undrawn_options(void);

/* Four sets of depth and learning rate, so different that no two are equally good. */
extern const segml_value listed[4][2];
extern const segml_param_set list[4];

/* Ways of a search: trial by trial, in generations, on all folds, of all groups together. */
typedef struct way {
    const char *validation;
    int64_t search_rows;
    int searches; /* of the three groups */
} way;

enum { WAYS = 4 };
extern const way ways[WAYS];

/* Trains segmented, whatever comes of it. */
int try_to_train(const table *t, const segml_train_options *options, segml_model **model,
                 segml_error *err);

segml_group_info group_of(const segml_model *model, int64_t group);

/* A parameter of a group's model; NaN = not there. */
double param_of(const segml_model *model, int64_t group, const char *name);

/* Value of an option that a model tells; 0 = not there. */
double option_of(const segml_model *model, const char *name);

/* A model's history, and one group's search in it; fail the test if there is none. */
segml_history *history_of(const segml_model *model);
segml_history_info search_of(const segml_history *history, int64_t group);

#endif
