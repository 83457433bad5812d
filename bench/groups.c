/* SPDX-License-Identifier: Apache-2.0 */

/* Rows, data sets and scores of the experiment. Scores are plain loops of their own, so that a
   figure here does not lean on the library's metrics. */

#include "groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
groups_die(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(EXIT_FAILURE);
}

static void *
claim(int64_t count, size_t size)
{
    void *block = malloc((size_t)count * size);

    if (block == NULL)
        groups_die("memory", "out of it");
    return block;
}

groups
groups_make(uint64_t seed, int64_t rows)
{
    groups g = {.rows = SEED_GROUPS * rows, .features = SEED_FEATURES};

    g.x = claim(g.rows * SEED_FEATURES, sizeof *g.x);
    g.y = claim(g.rows, sizeof *g.y);
    g.key = claim(g.rows, sizeof *g.key);
    seed_fill(g.x, g.y, g.key, seed, rows);
    return g;
}

void
groups_blend(groups *g)
{
    memset(g->key, 0, (size_t)g->rows * sizeof *g->key);
}

void
groups_one_hot(groups *g)
{
    int64_t features = SEED_FEATURES + SEED_GROUPS;
    float *x = claim(g->rows * features, sizeof *x);

    for (int64_t i = 0; i < g->rows; i++) {
        float *row = x + i * features;

        memcpy(row, g->x + i * SEED_FEATURES, SEED_FEATURES * sizeof *row);
        for (int64_t k = 0; k < SEED_GROUPS; k++)
            row[SEED_FEATURES + k] = g->key[i] == k;
    }
    free(g->x);
    g->x = x;
    g->features = features;
    groups_blend(g);
}

void
groups_free(groups *g)
{
    free(g->x);
    free(g->y);
    free(g->key);
}

static segml_key_column
key_column(const groups *g)
{
    segml_key_column column = SEGML_KEY_COLUMN_INIT;

    column.name = "group";
    column.type = SEGML_KEY_INT64;
    column.data = g->key;
    return column;
}

segml_dataset *
groups_dataset(const groups *g)
{
    static const char *const names[SEED_FEATURES + SEED_GROUPS] = {
        "num_1", "num_2", "num_3", "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7"};
    segml_key_column column = key_column(g);
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;

    input.rows = g->rows;
    input.features = g->features;
    input.data = g->x;
    input.feature_names = names;
    input.label = g->y;
    input.label_name = "target";
    input.keys = &column;
    input.key_count = 1;
    if (segml_dataset_create(&dataset, &input, &err) < 0)
        groups_die("data", err.message);
    return dataset;
}

/* Predictions of all rows, one value each. */
static float *
predict(const segml_model *model, const groups *fresh, int32_t output)
{
    segml_key_column column = key_column(fresh);
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_error err = SEGML_ERROR_INIT;

    input.rows = fresh->rows;
    input.features = fresh->features;
    input.data = fresh->x;
    input.keys = &column;
    input.key_count = 1;
    result.capacity = fresh->rows;
    result.values = claim(fresh->rows, sizeof *result.values);
    if (segml_model_predict(model, &input, output, &result, &err) != SEGML_OK)
        groups_die("prediction", err.message);
    return result.values;
}

/* F1 of rows that are taken for positive where value is above, or at, the threshold. */
static double
f1_at(const float *value, const float *label, int64_t rows, float threshold)
{
    double hits = 0, misses = 0;

    for (int64_t i = 0; i < rows; i++) {
        int taken = value[i] >= threshold, positive = label[i] > 0;

        hits += taken && positive;
        misses += taken != positive;
    }
    return 2 * hits / (2 * hits + misses);
}

groups_score
groups_score_model(const segml_model *model, const groups *fresh)
{
    float *chance = predict(model, fresh, SEGML_OUTPUT_PREDICTION);
    float *taken = predict(model, fresh, SEGML_OUTPUT_CLASS);
    groups_score score = {0};

    for (int64_t i = 0; i < fresh->rows; i++) {
        double p = fresh->y[i] > 0 ? (double)chance[i] : 1 - (double)chance[i];

        score.log_loss -= log(fmax(p, 1e-15)) / (double)fresh->rows;
    }
    score.f1 = f1_at(chance, fresh->y, fresh->rows, 0.5F);
    score.f1_chosen = f1_at(taken, fresh->y, fresh->rows, 1);
    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        int64_t rows = fresh->rows / SEED_GROUPS;

        score.group_f1[g] = f1_at(chance + g * rows, fresh->y + g * rows, rows, 0.5F);
    }
    free(chance);
    free(taken);
    return score;
}

static segml_dimension
dimension(const char *name, double low, double high, int logarithmic)
{
    segml_dimension d = SEGML_DIMENSION_INIT;

    d.name = name;
    d.low = low;
    d.high = high;
    d.logarithmic = logarithmic;
    return d;
}

void
groups_recipe_space(segml_dimension space[GROUPS_SPACE])
{
    space[0] = dimension("max_depth", 2, 8, 0);
    space[0].kind = SEGML_DIMENSION_INT;
    space[1] = dimension("learning_rate", 0.01, 0.3, 1);
    space[2] = dimension("min_child_weight", 0.1, 20, 1);
    space[3] = dimension("subsample", 0.5, 1, 0);
    space[4] = dimension("colsample_bytree", 0.34, 1, 0);
    space[5] = dimension("reg_lambda", 0.01, 10, 1);
    space[6] = dimension("gamma", 1e-3, 2, 1);
    space[7] = dimension("rounds", 30, 500, 1);
    space[7].kind = SEGML_DIMENSION_INT;
}

double
groups_metric(const segml_model *model, int64_t group, const char *name)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    if (segml_model_get_group(model, group, &info, NULL) != SEGML_OK)
        return (double)NAN;
    for (int64_t i = 0; i < info.metric_count; i++) {
        if (strcmp(info.metrics[i].name, name) == 0)
            return info.metrics[i].value;
    }
    return (double)NAN;
}

double
groups_mean_metric(const segml_model *model, const char *name)
{
    double sum = 0;
    int64_t trained = 0;

    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        segml_group_info info = SEGML_GROUP_INFO_INIT;

        if (segml_model_get_group(model, g, &info, NULL) != SEGML_OK ||
            info.status != SEGML_GROUP_TRAINED)
            continue;
        sum += groups_metric(model, g, name);
        trained++;
    }
    return trained > 0 ? sum / (double)trained : (double)NAN;
}

double
groups_mean_rounds(const segml_model *model)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    double sum = 0;

    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        if (segml_model_get_group(model, g, &info, NULL) == SEGML_OK)
            sum += info.rounds;
    }
    return sum / SEED_GROUPS;
}
