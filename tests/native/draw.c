/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Columns, labels, weights and parameters are drawn so that everything that XGBoost's exact
 * trainer decides comes up: ties within a column and between columns, constants, columns of every
 * scale, missing cells and missing columns, gains around gamma, Hessians around
 * min_child_weight, weights of 0, constraints, few rows and many rounds. Now and then a column
 * has neighbouring floats, the largest floats, denormals or zeros of both signs, where
 * thresholds between values round to one of them or overflow.
 *
 * Every eighth problem is separable and not regularised (lambda and min_child_weight 0, learning
 * rate 1): there gradients spread over so many magnitudes that sums of doubles depend on the order
 * of additions, and an engine must add in XGBoost's order.
 */

#include "draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

enum { FEWEST = 20, MOST = 1001, BEYOND = 5000, MOST_FEATURES = 30, NAME = 24 };

static double
uniform(sg_rng *rng, double low, double high)
{
    return low + (high - low) * sg_rng_uniform(rng);
}

static int
chance(sg_rng *rng, double probability)
{
    return sg_rng_uniform(rng) < probability;
}

static int32_t
between(sg_rng *rng, int32_t low, int32_t high)
{
    return low + (int32_t)sg_rng_below(rng, (uint64_t)(high - low) + 1);
}

/* Box and Muller. */
static double
normal(sg_rng *rng)
{
    double u = 1 - sg_rng_uniform(rng), v = sg_rng_uniform(rng);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

#define PICK(rng, ...)                                                                             \
    pick(rng, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static double
pick(sg_rng *rng, const double *values, size_t count)
{
    return values[sg_rng_below(rng, count)];
}

/* Kinds of columns; ORDINARY and above come rarely. */
enum { ROUNDED = 3, WHOLE, CONSTANT, LOG_NORMAL, SCALED, ORDINARY, NEIGHBOURS = ORDINARY, EDGES };

static float
draw_edge(sg_rng *rng)
{
    static const float edges[] = {0.0f,    -0.0f,    0x1p-149f, -0x1p-149f, 0x1p-126f, -0x3p-148f,
                                  3.4e38f, -3.4e38f, 3.3e38f,   1e30f,      1.0f,      -1.0f};

    return edges[sg_rng_below(rng, sizeof edges / sizeof *edges)];
}

static float
draw_cell(sg_rng *rng, int kind, double of_column)
{
    switch (kind) {
    case ROUNDED:
        return (float)(floor(normal(rng) * 10 + 0.5) / 10);
    case WHOLE:
        return (float)between(rng, 0, 1 + (int32_t)(of_column * 10));
    case CONSTANT:
        return 1.5f;
    case LOG_NORMAL:
        return (float)exp(3 * normal(rng));
    case SCALED:
        return (float)(normal(rng) * pow(10, floor(of_column * 9) - 4));
    case NEIGHBOURS:
        return (float)(1 + between(rng, 0, 5) * 0x1p-23);
    case EDGES:
        return draw_edge(rng);
    default:
        return (float)normal(rng);
    }
}

static void
draw_columns(drawn *d, sg_rng *rng)
{
    int64_t width = d->rows.features;
    double missing = PICK(rng, 0, 0, 0.05, 0.3);

    for (int64_t f = 0; f < width; f++) {
        int copied = f > 0 && chance(rng, 0.1);
        int kind = chance(rng, 0.06) ? between(rng, NEIGHBOURS, EDGES) : between(rng, 0, SCALED);
        double of_column = sg_rng_uniform(rng), gaps = missing * sg_rng_uniform(rng);

        if (kind == CONSTANT && chance(rng, 0.5))
            kind = 0;
        for (int64_t i = 0; i < d->rows.rows; i++) {
            float *cell = &d->data[i * width + f];

            *cell = copied ? cell[-1] : draw_cell(rng, kind, of_column);
            if (chance(rng, gaps))
                *cell = NAN;
        }
    }
    if (chance(rng, 0.05)) {
        int64_t f = (int64_t)sg_rng_below(rng, (uint64_t)width);

        for (int64_t i = 0; i < d->rows.rows; i++)
            d->data[i * width + f] = NAN;
    }
}

/* What labels follow: mean 0, deviation 1, then noise. */
static void
draw_scores(const drawn *d, double *score, sg_rng *rng)
{
    int64_t rows = d->rows.rows, width = d->rows.features;
    double noise = d->separable ? 0 : PICK(rng, 0.1, 1), mean = 0, variance = 0;

    for (int64_t i = 0; i < rows; i++) {
        double a = (double)d->data[i * width], b = (double)d->data[i * width + width / 2];

        a = isnan(a) ? 0 : fmax(fmin(a, 1e4), -1e4);
        b = isnan(b) ? 0 : fmax(fmin(b, 1e4), -1e4);
        score[i] = 0.7 * a + 0.3 * b * b;
        mean += score[i] / (double)rows;
    }
    for (int64_t i = 0; i < rows; i++)
        variance += (score[i] - mean) * (score[i] - mean) / (double)rows;
    for (int64_t i = 0; i < rows; i++)
        score[i] = (score[i] - mean) / (sqrt(variance) + 1e-9) + noise * normal(rng);
}

static int
compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The label of a score above so many of the cuts. */
static float
above(double score, const double *cut, int cuts)
{
    int k = 0;

    while (k < cuts && score > cut[k])
        k++;
    return (float)k;
}

static void
draw_labels(drawn *d, sg_rng *rng)
{
    int64_t rows = d->rows.rows;
    double *score = calloc((size_t)rows, sizeof *score),
           *sorted = calloc((size_t)rows, sizeof *sorted);
    double cut[8], unit = PICK(rng, 1, 100), shift = PICK(rng, 0, 10);
    int whole = chance(rng, 0.3), cuts = d->rows.loss == SG_LOSS_SOFTPROB ? d->rows.classes - 1 : 1;

    if (chance(rng, 0.08)) /* gains that are nothing, or overflow */
        unit = PICK(rng, 1e-20, 1e-6, 1e6, 1e17, 1e25);
    draw_scores(d, score, rng);
    for (int64_t i = 0; i < rows; i++)
        sorted[i] = score[i];
    qsort(sorted, (size_t)rows, sizeof *sorted, compare_doubles);
    for (int k = 0; k < cuts; k++)
        cut[k] = sorted[rows * (k + 1) / (cuts + 1)];
    if (d->rows.loss == SG_LOSS_LOGISTIC)
        cut[0] = sorted[(int64_t)((double)(rows - 1) * PICK(rng, 0.5, 0.8))];
    for (int64_t i = 0; i < rows; i++) {
        if (d->rows.loss == SG_LOSS_POISSON)
            d->label[i] = (float)floor(exp(fmin(score[i], 4)) + sg_rng_uniform(rng));
        else if (d->rows.loss == SG_LOSS_SQUARED)
            d->label[i] = (float)(whole ? floor(score[i] * unit + shift) : score[i] * unit + shift);
        else
            d->label[i] = above(score[i], cut, cuts);
    }
    free(sorted);
    free(score);
}

static void
draw_weights(drawn *d, sg_rng *rng)
{
    double kind = sg_rng_uniform(rng);
    int32_t least = chance(rng, 0.3) ? 0 : 1;

    for (int64_t i = 0; i < d->rows.rows; i++) {
        if (kind < 0.12)
            d->weight[i] = (float)-log(1 - sg_rng_uniform(rng));
        else if (kind < 0.15)
            d->weight[i] = (float)exp(5 * normal(rng));
        else
            d->weight[i] = (float)between(rng, least, 3);
    }
    d->rows.weight = kind < 0.25 && !d->separable ? d->weight : NULL;
}

static void
draw_folds(drawn *d, sg_rng *rng)
{
    int32_t least = chance(rng, 0.1) ? -1 : 0;

    d->rows.folds = between(rng, 2, 6);
    d->rows.ordered = chance(rng, 0.1);
    d->hold_out = d->rows.ordered ? d->rows.folds - 1 : between(rng, 0, d->rows.folds - 1);
    for (int64_t i = 0; i < d->rows.rows; i++)
        d->fold[i] = between(rng, least, d->rows.folds - 1);
}

static double
draw_base_score(sg_loss loss, sg_rng *rng)
{
    switch (loss) {
    case SG_LOSS_SQUARED:
        return PICK(rng, 0.5, 0, 0.3, -2, 10);
    case SG_LOSS_POISSON:
        return PICK(rng, 0.5, 1, 2.5);
    default:
        return PICK(rng, 0.5, 0.5, 0.3, 0.9);
    }
}

static void
draw_params(drawn *d, sg_rng *rng)
{
    sg_fit_params *p = &d->params;
    sg_loss loss = d->rows.loss;

    *p = (sg_fit_params){.subsample = 1, .colsample_bytree = 1, .max_cat_to_onehot = 4};
    p->threads = 1;
    p->seed = 1;
    p->learning_rate = PICK(rng, 0.3, 0.1, 0.05, 1);
    p->min_child_weight = PICK(rng, 1, 1, 0, 0.1, 3, 10);
    p->reg_lambda = PICK(rng, 1, 1, 0, 0.1, 3.7);
    p->reg_alpha = PICK(rng, 0, 0, 0, 0, 0.5);
    p->gamma = PICK(rng, 0, 0, 0, 0.1, 1, 5);
    p->max_delta_step = PICK(rng, 0, 0, 0, 0, 0, 0, 0.7);
    p->scale_pos_weight = loss == SG_LOSS_LOGISTIC ? PICK(rng, 1, 1, 1, 2.5) : 1;
    p->base_score = draw_base_score(loss, rng);
    p->max_depth = between(rng, 1, 8);
    if (loss == SG_LOSS_POISSON)
        p->max_delta_step = PICK(rng, 0.7, 0.7, 0.7, 0, 0.2);
    d->rounds = chance(rng, 0.9) ? (int32_t)PICK(rng, 10, 30) : 200;
    if (d->separable) {
        p->learning_rate = 1;
        p->min_child_weight = p->reg_lambda = p->reg_alpha = 0;
        p->gamma = 0;
        p->max_delta_step = loss == SG_LOSS_POISSON ? 0.7 : 0;
        d->rounds = 60;
    }
    if (loss == SG_LOSS_SOFTPROB)
        d->rounds = 1 + d->rounds / d->rows.classes;
}

static void
draw_monotone(drawn *d, sg_rng *rng)
{
    for (int64_t f = 0; f < d->rows.features; f++)
        d->monotone[f] = (int8_t)between(rng, -1, 1);
    d->rows.monotone = chance(rng, 0.15) ? d->monotone : NULL;
}

static void
allocate(drawn *d)
{
    size_t rows = (size_t)d->rows.rows, features = (size_t)d->rows.features;

    d->data = calloc(rows * features, sizeof *d->data);
    d->label = calloc(rows, sizeof *d->label);
    d->weight = calloc(rows, sizeof *d->weight);
    d->fold = calloc(rows, sizeof *d->fold);
    d->monotone = calloc(features, sizeof *d->monotone);
    d->categorical = calloc(features, 1);
    d->names = calloc(features, sizeof *d->names);
    for (size_t f = 0; f < features; f++) {
        d->names[f] = malloc(NAME);
        snprintf(d->names[f], NAME, "feature %d", (int)f);
    }
    d->rows.data = d->data;
    d->rows.label = d->label;
    d->rows.fold = d->fold;
    d->rows.categorical = d->categorical;
    d->rows.names = (const char *const *)d->names;
}

sg_loss
draw_loss(uint64_t number)
{
    return (sg_loss)(SG_LOSS_LOGISTIC + number % DRAW_LOSSES);
}

const char *
draw_loss_name(sg_loss loss)
{
    static const char *const names[] = {[SG_LOSS_LOGISTIC] = "logistic",
                                        [SG_LOSS_SOFTPROB] = "softprob",
                                        [SG_LOSS_SQUARED] = "squared",
                                        [SG_LOSS_POISSON] = "poisson"};

    return names[loss];
}

void
draw_make(drawn *out, uint64_t number)
{
    sg_rng rng = sg_rng_stream(number, 0, "equality", 0);
    int few = chance(&rng, 0.05), many = !few && chance(&rng, 0.05);

    *out = (drawn){.separable = number / DRAW_LOSSES % 8 == 3};
    out->rows.rows = few    ? between(&rng, 1, FEWEST - 1)
                     : many ? between(&rng, MOST, BEYOND)
                            : (int64_t)exp(uniform(&rng, log(FEWEST), log(MOST)));
    out->rows.features = between(&rng, 1, many ? 6 : MOST_FEATURES);
    out->rows.loss = draw_loss(number);
    out->rows.classes = out->rows.loss == SG_LOSS_SOFTPROB ? between(&rng, 3, 6) : 1;
    out->rows.method = SG_TREE_EXACT;
    out->rows.max_bin = 64;
    allocate(out);
    draw_columns(out, &rng);
    draw_labels(out, &rng);
    draw_weights(out, &rng);
    draw_folds(out, &rng);
    draw_monotone(out, &rng);
    draw_params(out, &rng);
    if (many && out->rounds > 10)
        out->rounds = 10;
}

void
draw_free(drawn *d)
{
    for (int64_t f = 0; f < d->rows.features; f++)
        free(d->names[f]);
    free(d->names);
    free(d->categorical);
    free(d->monotone);
    free(d->fold);
    free(d->weight);
    free(d->label);
    free(d->data);
}
