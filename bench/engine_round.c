/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the margins of the held-out rows add to a boosting round on one fold of a small group, in
 * both engines, with sampling as a search has it: processor time of one thread, fits with and
 * without a callback in turns. The last case shows that a late round costs what an early one
 * does, so that margins are kept from round to round and not computed anew. What rounds cost
 * beside other libraries is for train_engine.c.
 *
 * SEGML_BENCH_XGBOOST names the XGBoost to measure.
 */

#include "bench.h"
#include "native/native_engine.h"
#include "xgb/xgb_engine.h"

enum { ROWS = 400, FEATURES = 10, FOLDS = 5, ROUNDS = 300, LONG = 2000, REPETITIONS = 11 };

static const char bench[] = "engine_round";

static float data[ROWS * FEATURES], label[ROWS];
static int32_t fold[ROWS];
static const uint8_t categorical[FEATURES];
static const char *const names[FEATURES] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

static void
die(const segml_error *err)
{
    fprintf(stderr, "engine_round: %s\n", err->message);
    exit(EXIT_FAILURE);
}

static double
thread_cpu(void)
{
    return bench_clock(CLOCK_THREAD_CPUTIME_ID);
}

static void
fill(void)
{
    uint64_t state = 1;

    for (int i = 0; i < ROWS; i++) {
        float *x = data + i * FEATURES;

        for (int j = 0; j < FEATURES; j++)
            x[j] = (float)(4 * bench_uniform(&state) - 2);
        label[i] = (double)(x[0] * x[1] + x[2]) + 2 * bench_uniform(&state) - 1 > 0 ? 1.0F : 0.0F;
        fold[i] = i % FOLDS;
    }
}

static sg_fit_params
params(int32_t depth)
{
    return (sg_fit_params){.learning_rate = 0.1,
                           .scale_pos_weight = 1,
                           .min_child_weight = 1,
                           .subsample = 0.8,
                           .colsample_bytree = 0.8,
                           .reg_lambda = 1,
                           .base_score = 0.5,
                           .max_depth = depth,
                           .max_cat_to_onehot = 4,
                           .threads = 1,
                           .seed = 1};
}

static double
fit(const sg_engine *engine, sg_prepared *prepared, const sg_fit_spec *spec)
{
    segml_error err = SEGML_ERROR_INIT;
    double began = thread_cpu();

    if (engine->fit(prepared, spec, &err) != SEGML_OK)
        die(&err);
    return thread_cpu() - began;
}

static int
look(void *user, int32_t round, const float *margin, segml_error *err)
{
    (void)user;
    (void)round;
    (void)margin;
    (void)err;
    return 0;
}

static void
measure_case(const sg_engine *engine, sg_prepared *prepared, int32_t depth, int32_t bins)
{
    double seconds[2][REPETITIONS], median[2];
    char name[80];

    for (int r = 0; r < REPETITIONS; r++) {
        for (int k = 0; k < 2; k++) {
            sg_fit_spec spec = {0, ROUNDS, params(depth), k == 0 ? NULL : look, NULL, NULL};

            seconds[k][r] = fit(engine, prepared, &spec);
        }
    }
    for (int k = 0; k < 2; k++)
        median[k] = bench_sort(seconds[k], REPETITIONS);
    snprintf(name, sizeof name, "%s %s, depth %d, %d bins", engine->name, engine->version,
             (int)depth, (int)bins);
    bench_print(bench, name, "round_min", 1e6 / ROUNDS * seconds[0][0], "us");
    bench_print(bench, name, "round_median", 1e6 / ROUNDS * median[0], "us");
    bench_print(bench, name, "margins_min", 1e6 / ROUNDS * (seconds[1][0] - seconds[0][0]), "us");
    bench_print(bench, name, "margins_share", 1 - seconds[0][0] / seconds[1][0], "");
}

static int
stamp(void *user, int32_t round, const float *margin, segml_error *err)
{
    double *times = user;

    (void)margin;
    (void)err;
    times[round] = thread_cpu();
    return 0;
}

/* Stumps, so that the trees' own cost hides nothing. */
static void
measure_growth(const sg_engine *engine, sg_prepared *prepared)
{
    static double times[LONG];
    sg_fit_spec spec = {0, LONG, params(1), stamp, times, NULL};
    char name[80];

    fit(engine, prepared, &spec);
    snprintf(name, sizeof name, "%s %s, stumps", engine->name, engine->version);
    bench_print(bench, name, "rounds_100_to_200", 1e4 * (times[200] - times[100]), "us");
    bench_print(bench, name, "rounds_1899_to_1999", 1e4 * (times[1999] - times[1899]), "us");
}

static void
measure_engine(sg_engine *engine)
{
    static const int32_t bins[2] = {64, 256};
    segml_error err = SEGML_ERROR_INIT;

    for (int b = 0; b < 2; b++) {
        sg_engine_rows rows = {.rows = ROWS,
                               .features = FEATURES,
                               .data = data,
                               .label = label,
                               .categorical = categorical,
                               .names = names,
                               .fold = fold,
                               .folds = FOLDS,
                               .loss = SG_LOSS_LOGISTIC,
                               .classes = 1,
                               .method = SG_TREE_HIST,
                               .max_bin = bins[b]};
        sg_prepared *prepared = NULL;

        if (engine->prepare(engine, &prepared, &rows, &err) != SEGML_OK)
            die(&err);
        measure_case(engine, prepared, 3, bins[b]);
        measure_case(engine, prepared, 6, bins[b]);
        if (b == 0)
            measure_growth(engine, prepared);
        engine->release(prepared);
    }
    engine->close(engine);
}

int
main(void)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = NULL;

    fill();
    if (sg_native_engine_open(&engine, NULL, &err) != SEGML_OK)
        die(&err);
    measure_engine(engine);
    if (sg_xgb_engine_open(&engine, getenv("SEGML_BENCH_XGBOOST"), &err) != SEGML_OK)
        die(&err);
    measure_engine(engine);
    return EXIT_SUCCESS;
}
