/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trees against XGBoost: random models, trained by the XGBoost that is named on the command
 * line, give the same bits here and there.
 *
 *     parity_forest LIBRARY [MODELS [FIRST]]
 *
 * Model number i depends on i alone, so that a failure is repeated by MODELS = 1 and
 * FIRST = i. Half of the cells of the rows are thresholds of the model or the floats next
 * to them, where a wrong comparison shows; others are NaN, infinities, zeros of both
 * signs, denormals, and codes that are no category of the training data.
 *
 * Boosters live on one thread with nthread=1; the matrix for prediction in place is made
 * once. Check must not fork: OpenMP does not survive it.
 */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "parity/xgb_api.h"
#include "tree/forest_layout.h"
#include "tree/predict.h"
#include "tree/ubj_json.h"

enum {
    MAX_FEATURES = 24,
    MAX_TRAIN = 1500,
    ROWS = 200,
    MAX_OUTPUTS = 6,
    MAX_VALUES = ROWS * MAX_OUTPUTS
};

static xgb_api xgb;
static xgb_handle proxy;
static int first_model;

/* One random model, and what it is trained on. */
typedef struct problem {
    sg_rng rng;
    int number;
    const char *objective;
    int classes;
    int features, train_rows, rounds;
    const char *type[MAX_FEATURES];
    int categories[MAX_FEATURES]; /* 0 = numeric */
    float train[MAX_TRAIN * MAX_FEATURES];
    float label[MAX_TRAIN];
    float rows[ROWS * MAX_FEATURES];
} problem;

static int
below(problem *p, int bound)
{
    return (int)sg_rng_below(&p->rng, (uint64_t)bound);
}

static double
uniform(problem *p, double low, double high)
{
    return low + (high - low) * sg_rng_uniform(&p->rng);
}

static void
draw_objective(problem *p)
{
    /* The four that are trained here come often, their relatives now and then. */
    static const char *const names[] = {
        "binary:logistic", "multi:softprob",      "reg:squarederror",     "count:poisson",
        "binary:logistic", "multi:softprob",      "reg:squarederror",     "count:poisson",
        "reg:logistic",    "reg:squaredlogerror", "reg:pseudohubererror", "binary:logitraw",
        "reg:gamma",       "reg:tweedie"};

    p->objective = names[below(p, (int)(sizeof names / sizeof *names))];
    p->classes = strncmp(p->objective, "multi", 5) == 0 ? 2 + below(p, MAX_OUTPUTS - 1) : 1;
}

static void
draw_columns(problem *p)
{
    const int coarse = below(p, 3) == 0; /* few distinct values: thresholds are hit exactly */

    p->features = below(p, 5) == 0 ? 1 + below(p, MAX_FEATURES) : 1 + below(p, 6);
    p->train_rows = 20 + below(p, below(p, 6) == 0 ? MAX_TRAIN - 19 : 300);
    for (int f = 0; f < p->features; f++) {
        const double gaps = below(p, 2) ? uniform(p, 0.0, 0.5) : 0.0;
        const double scale = pow(10.0, uniform(p, -3.0, 3.0));

        p->categories[f] = below(p, 3) == 0 ? 2 + below(p, below(p, 4) == 0 ? 150 : 12) : 0;
        p->type[f] = p->categories[f] > 0 ? "c" : "q";
        for (int i = 0; i < p->train_rows; i++) {
            float *cell = &p->train[i * p->features + f];

            if (p->categories[f] > 0)
                *cell = (float)below(p, p->categories[f]);
            else if (coarse)
                *cell = (float)(below(p, 9) - 4);
            else
                *cell = (float)(scale * uniform(p, -1.0, 1.0));
            if (uniform(p, 0.0, 1.0) < gaps)
                *cell = NAN;
        }
    }
}

/* Labels follow some cells with noise; every class occurs. */
static void
draw_labels(problem *p)
{
    for (int i = 0; i < p->train_rows; i++) {
        const float *row = &p->train[i * p->features];
        double signal = uniform(p, -1.0, 1.0);

        for (int f = 0; f < p->features && f < 3; f++)
            signal += isnan(row[f]) ? 0.5 : sin((double)row[f] * (f + 1));
        if (p->classes > 1)
            p->label[i] = (float)(i < p->classes ? i : (int)(fabs(signal) * 10.0) % p->classes);
        else if (strstr(p->objective, "logi") != NULL)
            p->label[i] = (float)(i < 2 ? i : signal > 0.0);
        else if (strcmp(p->objective, "count:poisson") == 0)
            p->label[i] = (float)floor(exp(signal));
        else if (strcmp(p->objective, "reg:squarederror") == 0)
            p->label[i] = (float)(1000.0 * signal);
        else
            p->label[i] = (float)(0.1 + fabs(signal));
    }
}

static void
set_number(xgb_handle booster, const char *name, double value)
{
    char text[40];

    snprintf(text, sizeof text, "%.9g", value);
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, name, text));
}

/* Exact trees are pruned afterwards, which leaves deleted nodes; they know no categories. */
static const char *
draw_method(problem *p)
{
    static const char *const methods[] = {"hist", "hist", "approx", "exact"};
    int count = 4;

    for (int f = 0; f < p->features; f++) {
        if (p->categories[f] > 0)
            count = 3;
    }
    return methods[below(p, count)];
}

static void
draw_params(problem *p, xgb_handle booster)
{
    const int depth = below(p, 4) == 0 ? 1 + below(p, 10) : 1 + below(p, 5);
    /* Margins beyond what an exponential takes, where leaves stay finite all the same. */
    const int violent =
        below(p, 12) == 0 && (p->classes > 1 || strcmp(p->objective, "binary:logistic") == 0);

    p->rounds = 1 + below(p, below(p, 20) == 0 ? 200 : 30);
    if (p->classes > 1)
        p->rounds = 1 + p->rounds / p->classes;
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "objective", p->objective));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "tree_method", draw_method(p)));
    if (p->classes > 1)
        set_number(booster, "num_class", p->classes);
    set_number(booster, "nthread", 1);
    set_number(booster, "seed", p->number);
    set_number(booster, "max_depth", depth);
    set_number(booster, "max_bin", 2 + below(p, 40));
    set_number(booster, "eta", uniform(p, 0.01, violent ? 200.0 : 1.0));
    set_number(booster, "min_child_weight", below(p, 2) ? 0.0 : uniform(p, 0.0, 4.0));
    set_number(booster, "gamma", below(p, 3) == 0 ? uniform(p, 0.0, 2.0) : 0.0);
    set_number(booster, "lambda", uniform(p, 0.01, 3.0));
    set_number(booster, "alpha", below(p, 3) == 0 ? uniform(p, 0.0, 1.0) : 0.0);
    set_number(booster, "subsample", below(p, 2) ? 1.0 : uniform(p, 0.5, 1.0));
    set_number(booster, "colsample_bytree", below(p, 2) ? 1.0 : uniform(p, 0.5, 1.0));
    set_number(booster, "max_cat_to_onehot", below(p, 2) ? 1 : 1 + below(p, 200));
    if (below(p, 4) == 0) {
        xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "grow_policy", "lossguide"));
        set_number(booster, "max_leaves", 2 + below(p, 30));
    }
    if (below(p, 2))
        set_number(booster, "base_score", uniform(p, 0.01, 0.99));
}

static xgb_handle
train(problem *p)
{
    xgb_handle booster = NULL;
    xgb_handle matrix;

    p->rng = sg_rng_stream((uint64_t)p->number, 0, "parity", 0);
    draw_objective(p);
    draw_columns(p);
    draw_labels(p);
    matrix = xgb_matrix(&xgb, p->train, p->train_rows, p->features, p->type, p->label);
    xgb_check(&xgb, xgb.XGBoosterCreate(&matrix, 1, &booster));
    draw_params(p, booster);
    for (int round = 0; round < p->rounds; round++)
        xgb_check(&xgb, xgb.XGBoosterUpdateOneIter(booster, round, matrix));
    xgb_check(&xgb, xgb.XGDMatrixFree(matrix));
    return booster;
}

static float
odd_value(problem *p)
{
    static const float odd[] = {NAN,   INFINITY,      -INFINITY,   0.0f,        -0.0f, 0x1p-149f,
                                1e30f, -0x1p-149f,    0x1p-127f,   16777215.0f, -0.5f, 16777216.0f,
                                -1.0f, 2147483648.0f, 0.99999994f, -3e38f};

    return odd[below(p, (int)(sizeof odd / sizeof *odd))];
}

/* A value at which a split on this feature could go wrong. */
static float
edge_value(problem *p, const sg_node *node, int feature)
{
    float value = node->value.threshold;

    if (p->categories[feature] > 0) {
        value = (float)(below(p, 2 * p->categories[feature] + 40) - 3);
        return below(p, 3) == 0 ? value + (float)uniform(p, 0.0, 1.0) : value;
    }
    switch (below(p, 3)) {
    case 0:
        return nextafterf(value, INFINITY);
    case 1:
        return nextafterf(value, -INFINITY);
    default:
        return value;
    }
}

/* A node on a random way down a random tree. */
static const sg_node *
random_node(problem *p, const sg_forest *forest)
{
    const sg_node *root = &forest->nodes[forest->trees[below(p, p->rounds * p->classes)].root];
    const sg_node *node = root;

    while (sg_link_slot(forest, node->link) != sg_leaf_slot(forest) && below(p, 4) > 0)
        node = root + sg_link_child(forest, node->link) + below(p, 2);
    return node;
}

/* Rows of the training data with half of the cells moved to thresholds, and some made odd. */
static void
draw_rows(problem *p, const sg_forest *forest)
{
    for (int i = 0; i < ROWS; i++) {
        float *row = &p->rows[i * p->features];
        const float *from = &p->train[below(p, p->train_rows) * p->features];

        memcpy(row, from, (size_t)p->features * sizeof *row);
        for (int tries = 0; tries < 4 * p->features; tries++) {
            const sg_node *node = random_node(p, forest);
            const uint32_t slot = sg_link_slot(forest, node->link);

            if (slot != sg_leaf_slot(forest) && below(p, 2)) {
                const int feature = forest->feature[slot / 2];

                row[feature] = edge_value(p, node, feature);
            }
        }
        for (int f = 0; f < p->features; f++) {
            if (below(p, 8) == 0)
                row[f] = odd_value(p);
        }
    }
}

static const float *
predict_reference(const problem *p, xgb_handle booster, int type, int rounds, int rows)
{
    const uint64_t *shape;
    const float *values;
    uint64_t dimensions;
    char interface[160], config[200];

    xgb_interface(interface, sizeof interface, p->rows, rows, p->features);
    snprintf(config, sizeof config,
             "{\"type\": %d, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": %d, "
             "\"missing\": NaN, \"strict_shape\": true, \"cache_id\": 0}",
             type, rounds);
    xgb_check(&xgb, xgb.XGBoosterPredictFromDense(booster, interface, config, proxy, &shape,
                                                  &dimensions, &values));
    return values;
}

static uint32_t
bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Compares one value per row and output; NaN equals NaN, whatever its bits. */
static void
compare(const problem *p, const char *what, const float *ours, const float *theirs, int rows)
{
    for (int v = 0; v < rows * p->classes; v++) {
        const int row = v / p->classes;
        char cells[1200];
        int length = 0;

        if (bits_of(ours[v]) == bits_of(theirs[v]) || (isnan(ours[v]) && isnan(theirs[v])))
            continue;
        for (int f = 0; f < p->features; f++)
            length += snprintf(cells + length, sizeof cells - (size_t)length, " %a",
                               (double)p->rows[row * p->features + f]);
        ck_abort_msg("model %d, %s, %s, row %d, output %d: %08x here, %08x in XGBoost; cells:%s",
                     p->number, p->objective, what, row, v % p->classes, bits_of(ours[v]),
                     bits_of(theirs[v]), cells);
    }
}

/* Margins and predictions of all rows, each row cut in two at a random place. */
static void
predict_here(problem *p, const sg_forest *forest, int rounds, float *margins, float *values)
{
    for (int i = 0; i < ROWS; i++) {
        const float *row = &p->rows[i * p->features];
        const int head = below(p, 2) ? p->features : below(p, p->features + 1);

        sg_predict_margin(forest, rounds, row, head, head < p->features ? row + head : NULL,
                          &margins[i * p->classes]);
    }
    memcpy(values, margins, (size_t)(ROWS * p->classes) * sizeof *values);
    for (int i = 0; i < ROWS; i++)
        sg_predict_transform(sg_forest_objective(forest), &values[i * p->classes], p->classes);
}

static void
compare_rounds(problem *p, const sg_forest *forest, xgb_handle booster, int rounds)
{
    static float margins[MAX_VALUES], values[MAX_VALUES];

    predict_here(p, forest, rounds, margins, values);
    compare(p, "margin", margins, predict_reference(p, booster, 1, rounds, ROWS), ROWS);
    compare(p, "value", values, predict_reference(p, booster, 0, rounds, ROWS), ROWS);
    compare(p, "margin of one row", margins, predict_reference(p, booster, 1, rounds, 1), 1);
}

/*
 * XGBoost reads from the JSON what it reads from the UBJSON: saved again, both are the same bytes.
 * `loaded` is the booster that was loaded from the UBJSON.
 */
static void
compare_json(const problem *p, xgb_handle loaded, const void *model, uint64_t size)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, expected = {0};
    xgb_handle booster = NULL;
    const char *bytes;
    uint64_t count;

    xgb_check(&xgb,
              xgb.XGBoosterSaveModelToBuffer(loaded, "{\"format\": \"ubj\"}", &count, &bytes));
    ck_assert_int_eq(sg_buf_append(&expected, bytes, count, NULL), SEGML_OK);
    ck_assert_msg(sg_ubj_json(&json, model, size, &err) == SEGML_OK, "model %d: %s", p->number,
                  err.message);
    xgb_check(&xgb, xgb.XGBoosterCreate(NULL, 0, &booster));
    xgb_check(&xgb, xgb.XGBoosterLoadModelFromBuffer(booster, json.bytes, json.size));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "nthread", "1"));
    xgb_check(&xgb,
              xgb.XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &count, &bytes));
    ck_assert_msg(count == expected.size && memcmp(bytes, expected.bytes, count) == 0,
                  "model %d: JSON is another model than UBJSON", p->number);
    xgb_check(&xgb, xgb.XGBoosterFree(booster));
    sg_buf_clear(&expected);
    sg_buf_clear(&json);
}

START_TEST(a_random_model_gives_the_same_bits)
{
    static problem p;
    segml_error err = SEGML_ERROR_INIT;
    xgb_handle booster, loaded = NULL;
    sg_forest *forest = NULL;
    const char *model;
    uint64_t size;

    p.number = first_model + _i;
    booster = train(&p);
    xgb_check(&xgb,
              xgb.XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &size, &model));
    ck_assert_msg(sg_forest_load(&forest, model, size, &err) == SEGML_OK, "model %d: %s", p.number,
                  err.message);
    xgb_check(&xgb, xgb.XGBoosterCreate(NULL, 0, &loaded));
    xgb_check(&xgb, xgb.XGBoosterLoadModelFromBuffer(loaded, model, size));
    xgb_check(&xgb, xgb.XGBoosterSetParam(loaded, "nthread", "1"));
    compare_json(&p, loaded, model, size);
    ck_assert_int_eq(sg_forest_features(forest), p.features);
    ck_assert_int_eq(sg_forest_outputs(forest), p.classes);
    ck_assert_int_eq(sg_forest_rounds(forest), p.rounds);

    draw_rows(&p, forest);
    compare_rounds(&p, forest, booster, 0);
    compare_rounds(&p, forest, loaded, 0);
    compare_rounds(&p, forest, loaded, 1 + below(&p, p.rounds));

    sg_forest_free(forest);
    xgb_check(&xgb, xgb.XGBoosterFree(loaded));
    xgb_check(&xgb, xgb.XGBoosterFree(booster));
}
END_TEST

int
main(int argc, char **argv)
{
    const int models = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2000;
    Suite *suite = suite_create("parity");
    TCase *tc = tcase_create("forest");
    int major, minor, patch, failed;
    SRunner *runner;

    if (argc < 2 || models < 1) {
        fprintf(stderr, "usage: parity_forest LIBRARY [MODELS [FIRST]]\n");
        return EXIT_FAILURE;
    }
    first_model = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    xgb_open(&xgb, argv[1]);
    xgb_check(&xgb, xgb.XGProxyDMatrixCreate(&proxy));
    xgb.XGBoostVersion(&major, &minor, &patch);
    printf("XGBoost %d.%d.%d, models %d to %d\n", major, minor, patch, first_model,
           first_model + models - 1);
    tcase_add_loop_test(tc, a_random_model_gives_the_same_bits, 0, models);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    xgb_check(&xgb, xgb.XGDMatrixFree(proxy));
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
