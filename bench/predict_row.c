/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One row through one model: libsegml's trees beside XGBoost's prediction in place, as a
 * service calls it (matrix re-used, one thread). Both see the same rows and take turns; the
 * results are compared, so that nothing can be optimised away. Times are of the processor,
 * so that other programs on the machine disturb less.
 *
 *     predict_row [LIBRARY]     of XGBoost, default libxgboost.so.0
 */

#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "parity/xgb_api.h"
#include "tree/predict.h"

enum { FEATURES = 10, TRAIN = 20000, ROWS = 256, REPETITIONS = 15, CALLS = 4096, XGB_CALLS = 512 };

static const char bench[] = "predict_row";
static float train[TRAIN * FEATURES], label[TRAIN], rows[ROWS * FEATURES];
static xgb_api xgb;

typedef struct shape {
    const char *name;
    int trees;
    int depth;
    int leaves;     /* 0 = level by level, full trees; else leaf by leaf */
    int categories; /* of the first feature, 0 = it is numeric */
} shape;

/* A model whose trees are as large as they may be: no small one can follow the labels. */
static xgb_handle
make_booster(const shape *wanted)
{
    static const char *types[FEATURES] = {"q", "q", "q", "q", "q", "q", "q", "q", "q", "q"};
    char text[16];
    xgb_handle matrix, booster = NULL;
    uint64_t seed = 1;

    types[0] = wanted->categories > 0 ? "c" : "q";
    for (int i = 0; i < TRAIN; i++) {
        float *x = &train[i * FEATURES];

        for (int f = 0; f < FEATURES; f++)
            x[f] = (float)(2.0 * bench_uniform(&seed) - 1.0);
        if (wanted->categories > 0)
            x[0] = (float)(bench_random(&seed) % (uint64_t)wanted->categories);
        label[i] = (float)(bench_uniform(&seed) + sin(7.0 * (double)(x[0] * x[1] + x[2])) > 0.5);
    }
    for (int i = 0; i < ROWS * FEATURES; i++)
        rows[i] = train[i];
    matrix = xgb_matrix(&xgb, train, TRAIN, FEATURES, types, label);
    xgb_check(&xgb, xgb.XGBoosterCreate(&matrix, 1, &booster));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "objective", "binary:logistic"));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "tree_method", "hist"));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "max_bin", "64"));
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "nthread", "1"));
    snprintf(text, sizeof text, "%d", wanted->depth);
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "max_depth", text));
    snprintf(text, sizeof text, "%d", wanted->leaves);
    xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "max_leaves", text));
    if (wanted->leaves > 0)
        xgb_check(&xgb, xgb.XGBoosterSetParam(booster, "grow_policy", "lossguide"));
    for (int t = 0; t < wanted->trees; t++)
        xgb_check(&xgb, xgb.XGBoosterUpdateOneIter(booster, t, matrix));
    xgb_check(&xgb, xgb.XGDMatrixFree(matrix));
    return booster;
}

static sg_forest *
load(xgb_handle booster)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_forest *forest = NULL;
    const char *model;
    uint64_t size;

    xgb_check(&xgb,
              xgb.XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &size, &model));
    if (sg_forest_load(&forest, model, size, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        exit(EXIT_FAILURE);
    }
    return forest;
}

/* Seconds per call of ours; the sum of the results goes to sum. */
static double
time_ours(const sg_forest *forest, double *sum)
{
    double start = bench_cpu(), total = 0.0;

    for (int i = 0; i < CALLS; i++) {
        float margin;

        sg_predict_margin(forest, 0, &rows[i % ROWS * FEATURES], FEATURES, NULL, &margin);
        total += (double)margin;
    }
    *sum = total;
    return (bench_cpu() - start) / CALLS;
}

static double
time_xgboost(xgb_handle booster, xgb_handle proxy, double *sum)
{
    static const char config[] =
        "{\"type\": 1, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
        "\"missing\": NaN, \"strict_shape\": true, \"cache_id\": 0}";
    static char interfaces[ROWS][160];
    const uint64_t *extent;
    uint64_t dimensions;
    double start, total = 0.0;

    for (int i = 0; i < ROWS; i++)
        xgb_interface(interfaces[i], sizeof interfaces[i], &rows[i * FEATURES], 1, FEATURES);
    start = bench_cpu();
    for (int i = 0; i < XGB_CALLS; i++) {
        const float *values;

        xgb_check(&xgb, xgb.XGBoosterPredictFromDense(booster, interfaces[i % ROWS], config, proxy,
                                                      &extent, &dimensions, &values));
        total += (double)values[0];
    }
    *sum = total * (CALLS / XGB_CALLS);
    return (bench_cpu() - start) / XGB_CALLS;
}

static void
measure(const shape *wanted, xgb_handle proxy)
{
    xgb_handle booster = make_booster(wanted);
    sg_forest *forest = load(booster);
    double ours[REPETITIONS], theirs[REPETITIONS], ratio[REPETITIONS], our_sum, their_sum, median;
    const char *name = wanted->name;

    for (int r = -1; r < REPETITIONS; r++) { /* -1 warms up */
        const int place = r < 0 ? 0 : r;

        ours[place] = time_ours(forest, &our_sum);
        theirs[place] = time_xgboost(booster, proxy, &their_sum);
        ratio[place] = theirs[place] / ours[place];
        if (fabs(our_sum - their_sum) > 1e-9 * fabs(their_sum)) {
            fprintf(stderr, "predict_row: results differ: %.17g %.17g\n", our_sum, their_sum);
            exit(EXIT_FAILURE);
        }
    }
    median = bench_sort(ours, REPETITIONS);
    bench_print(bench, name, "row_min", 1e9 * ours[0], "ns");
    bench_print(bench, name, "row_median", 1e9 * median, "ns");
    bench_print(bench, name, "tree_min", 1e9 * ours[0] / wanted->trees, "ns");
    bench_print(bench, name, "forest", (double)sg_forest_bytes(forest), "bytes");
    median = bench_sort(theirs, REPETITIONS);
    bench_print(bench, name, "xgboost_row_min", 1e9 * theirs[0], "ns");
    bench_print(bench, name, "xgboost_row_median", 1e9 * median, "ns");
    bench_print(bench, name, "x_xgboost", bench_sort(ratio, REPETITIONS), "");
    sg_forest_free(forest);
    xgb_check(&xgb, xgb.XGBoosterFree(booster));
}

/* Loading a model, which a lazily opened child pays at its first use. */
static void
measure_load(const shape *wanted)
{
    xgb_handle booster = make_booster(wanted);
    double ours[REPETITIONS], theirs[REPETITIONS], ratio[REPETITIONS], median;
    const char *name = wanted->name, *model;
    char *copy;
    uint64_t size;

    xgb_check(&xgb,
              xgb.XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &size, &model));
    copy = malloc(size);
    if (copy == NULL)
        exit(EXIT_FAILURE);
    memcpy(copy, model, size);
    for (int r = 0; r < REPETITIONS; r++) {
        sg_forest *forest = NULL;
        xgb_handle loaded = NULL;
        double start = bench_cpu();
        int rc = sg_forest_load(&forest, copy, size, NULL);

        sg_forest_free(forest);
        ours[r] = bench_cpu() - start;
        start = bench_cpu();
        xgb_check(&xgb, xgb.XGBoosterCreate(NULL, 0, &loaded));
        xgb_check(&xgb, xgb.XGBoosterSetParam(loaded, "nthread", "1"));
        xgb_check(&xgb, xgb.XGBoosterLoadModelFromBuffer(loaded, copy, size));
        xgb_check(&xgb, xgb.XGBoosterFree(loaded));
        theirs[r] = bench_cpu() - start;
        ratio[r] = theirs[r] / ours[r];
        if (rc < 0)
            exit(EXIT_FAILURE);
    }
    median = bench_sort(ours, REPETITIONS);
    bench_print(bench, name, "load_min", 1e6 * ours[0], "us");
    bench_print(bench, name, "load_median", 1e6 * median, "us");
    bench_print(bench, name, "xgboost_load_median", 1e6 * bench_sort(theirs, REPETITIONS), "us");
    bench_print(bench, name, "x_xgboost_load", bench_sort(ratio, REPETITIONS), "");
    free(copy);
    xgb_check(&xgb, xgb.XGBoosterFree(booster));
}

int
main(int argc, char **argv)
{
    static const shape shapes[] = {
        {"100 trees, depth 6", 100, 6, 0, 0},
        {"500 trees, depth 6", 500, 6, 0, 0},
        {"100 trees, depth 3", 100, 3, 0, 0},
        {"100 trees, 31 leaves", 100, 0, 31, 0},
        {"100 trees, depth 6, one feature of 40 categories", 100, 6, 0, 40},
    };
    xgb_handle proxy = NULL;

    xgb_open(&xgb, argc > 1 ? argv[1] : "libxgboost.so.0");
    xgb_check(&xgb, xgb.XGProxyDMatrixCreate(&proxy));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i], proxy);
    measure_load(&shapes[0]);
    xgb_check(&xgb, xgb.XGDMatrixFree(proxy));
    return EXIT_SUCCESS;
}
