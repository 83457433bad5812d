/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_GROUPS_H
#define BENCH_GROUPS_H

/*
 * The experiment's data as benchmarks use it: rows to train on, fresh rows of the same
 * groups to score on. What fails ends the program with a message.
 */

#include "../examples/seed_groups.h"
#include "segml/segml.h"

/** Fresh rows: another seed, so many per group. */
enum { GROUPS_FRESH_ROWS = 5000, GROUPS_FRESH_SEED = 777777 };

typedef struct groups {
    int64_t rows, features;
    float *x, *y;
    int64_t *key;
} groups;

/** How good a model is on rows that it has not seen. */
typedef struct groups_score {
    double f1;        /* at 0.5 */
    double f1_chosen; /* at the model's own thresholds */
    double log_loss;
    double group_f1[SEED_GROUPS]; /* at 0.5, group by group */
} groups_score;

/** Ends the program. */
void groups_die(const char *what, const char *detail);

/** Rows of each group of a stream; released with groups_free(). */
groups groups_make(uint64_t seed, int64_t rows);

/** All rows become one group, so that no model can tell the groups apart. */
void groups_blend(groups *g);

/** The same, but the groups are eight more features, each 1 in one group and 0 in the others. */
void groups_one_hot(groups *g);

void groups_free(groups *g);

/** Borrows the rows; released with segml_dataset_free(). */
segml_dataset *groups_dataset(const groups *g);

groups_score groups_score_model(const segml_model *model, const groups *fresh);

enum { GROUPS_SPACE = 8 };

/**
 * The space that the usual recipe searches (bench/recipe.py): its last dimension is the number
 * of rounds.
 */
void groups_recipe_space(segml_dimension space[GROUPS_SPACE]);

/** Metric of a record (SEGML_GROUP_INDEX_OVERALL, ...) by name; NaN if there is none. */
double groups_metric(const segml_model *model, int64_t group, const char *name);

/** Mean of a metric over the groups with a model of their own; NaN if there are none. */
double groups_mean_metric(const segml_model *model, const char *name);

/** Mean number of rounds of the groups' own models. */
double groups_mean_rounds(const segml_model *model);

#endif
