/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a boosting round costs on one small group: every kernel of the native engine, exact and
 * between bins, beside XGBoost and LightGBM behind the same contract.
 *
 * A fit takes 60 rounds on all rows; a round is a 59th of what comes after the first, so that
 * setting up counts nowhere. Times are processor times of the one thread that trains: on a
 * machine that others use, wall times favour whoever fits between two interruptions. In
 * each repetition the contestants take turns, for at least two milliseconds of fits each, of
 * which the fastest counts. A ratio is that of the least times; where there are two versions of
 * XGBoost, or two numbers of bins of LightGBM, it is taken of the faster one.
 *
 * The last lines hold the least ratio over all cells against its goal.
 *
 * usage: train_engine [--squared] [--repetitions N] [--only ROWSxFEATURESxDEPTH]
 *        SEGML_BENCH_XGBOOST   a second XGBoost beside the system's
 *        SEGML_BENCH_LIGHTGBM  lib_lightgbm.so
 */

#include <string.h>

#include "bench.h"
#include "light_engine.h"
#include "native/native_engine.h"
#include "xgb/xgb_engine.h"

enum { ROUNDS = 60, MOST_ROWS = 1000, MOST_FEATURES = 50, MOST_REPETITIONS = 100 };

typedef enum contestant {
    PORTABLE,
    AVX2,
    AVX512,
    XGBOOST,
    OTHER_XGBOOST,
    LIGHTGBM,
    CONTESTANTS
} contestant;

typedef enum way { EXACT, HIST_16, HIST_32, HIST_64, HIST_255, HIST_256, WAYS } way;

static const char bench[] = "train_engine";
static const char *const way_name[WAYS] = {"exact",        "hist 16 bins",  "hist 32 bins",
                                           "hist 64 bins", "hist 255 bins", "hist 256 bins"};
static const int32_t way_bins[WAYS] = {256, 16, 32, 64, 255, 256};

/* One who trains; engine NULL = it is not there. */
typedef struct trainer {
    char name[40];
    sg_engine *engine;
    const way *ways;
    int way_count;
} trainer;

static const way native_ways[] = {EXACT, HIST_16, HIST_32, HIST_64};
static const way xgboost_ways[] = {EXACT, HIST_32, HIST_256};
static const way light_ways[] = {HIST_32, HIST_255};

typedef struct setting {
    int rows, features, depth;
    sg_loss loss;
    int repetitions;
} setting;

/* Microseconds per round of one cell: least and median, NaN = not run. */
typedef struct figures {
    double least[CONTESTANTS][WAYS], median[CONTESTANTS][WAYS];
} figures;

/* The least ratio over all cells. */
typedef struct goal {
    contestant of;
    way way;
    const char *ratio;
    double goal, least, most;
} goal;

static goal goals[] = {
    {AVX512, EXACT, "x_xgboost_exact", 15, 0, 0},    {AVX2, EXACT, "x_xgboost_exact", 6, 0, 0},
    {PORTABLE, EXACT, "x_xgboost_exact", 2.5, 0, 0}, {AVX512, HIST_32, "x_xgboost_hist32", 6, 0, 0},
    {AVX512, HIST_32, "x_lightgbm", 3, 0, 0},
};
enum { GOALS = sizeof goals / sizeof *goals };

static float data[MOST_ROWS * MOST_FEATURES], label[MOST_ROWS];
static const uint8_t categorical[MOST_FEATURES];
static const char *names[MOST_FEATURES];

static void
die(const char *who, const segml_error *err)
{
    fprintf(stderr, "train_engine: %s: %s\n", who, err->message);
    exit(EXIT_FAILURE);
}

static void
fill(const setting *s)
{
    uint64_t state = 1000 * (uint64_t)s->rows + (uint64_t)s->features;

    for (int i = 0; i < s->rows; i++) {
        float *x = data + i * s->features;
        double value;

        for (int j = 0; j < s->features; j++)
            x[j] = (float)bench_normal(&state);
        value = (double)(x[0] * x[1] + x[2]) + bench_normal(&state);
        label[i] = s->loss == SG_LOSS_SQUARED ? (float)value : (float)(value > 0);
    }
    for (int j = 0; j < s->features; j++)
        names[j] = "x";
}

/* The moments after the first round and after the last. */
static int
stamp(void *user, int32_t round, const float *margin, segml_error *err)
{
    double *times = user;

    (void)margin;
    (void)err;
    if (round == 0 || round == ROUNDS - 1)
        times[round > 0] = bench_clock(CLOCK_THREAD_CPUTIME_ID);
    return 0;
}

/* Seconds per round after the first: the least of some fits. */
static double
measure(const trainer *t, sg_prepared *prepared, const setting *s)
{
    double times[2], least = INFINITY;
    double began = bench_clock(CLOCK_THREAD_CPUTIME_ID);
    segml_error err = SEGML_ERROR_INIT;
    sg_fit_spec spec = {.hold_out = SG_FIT_ALL_ROWS,
                        .rounds = ROUNDS,
                        .params = {.learning_rate = 0.1,
                                   .min_child_weight = 1,
                                   .subsample = 1,
                                   .colsample_bytree = 1,
                                   .reg_lambda = 1,
                                   .scale_pos_weight = 1,
                                   .base_score = 0.5,
                                   .max_depth = s->depth,
                                   .max_cat_to_onehot = 4,
                                   .threads = 1,
                                   .seed = 1},
                        .on_round = stamp,
                        .user = times};

    do {
        if (t->engine->fit(prepared, &spec, &err) != SEGML_OK)
            die(t->name, &err);
        least = fmin(least, times[1] - times[0]);
    } while (times[1] - began < 2e-3);
    return least / (ROUNDS - 1);
}

static sg_prepared *
prepare(const trainer *t, way w, const setting *s)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_prepared *prepared = NULL;
    sg_engine_rows rows = {.rows = s->rows,
                           .features = s->features,
                           .data = data,
                           .label = label,
                           .categorical = categorical,
                           .names = names,
                           .loss = s->loss,
                           .classes = 1,
                           .method = w == EXACT ? SG_TREE_EXACT : SG_TREE_HIST,
                           .max_bin = way_bins[w]};

    if (t->engine->prepare(t->engine, &prepared, &rows, &err) != SEGML_OK)
        die(t->name, &err);
    return prepared;
}

static figures
measure_cell(const trainer *trainers, const setting *s)
{
    static double seconds[CONTESTANTS][WAYS][MOST_REPETITIONS];
    sg_prepared *prepared[CONTESTANTS][WAYS] = {{NULL}};
    figures f;

    fill(s);
    for (int r = 0; r < s->repetitions; r++) {
        for (int c = 0; c < CONTESTANTS; c++) {
            const trainer *t = &trainers[c];

            for (int k = 0; t->engine != NULL && k < t->way_count; k++) {
                way w = t->ways[k];

                if (r == 0)
                    prepared[c][w] = prepare(t, w, s);
                seconds[c][w][r] = measure(t, prepared[c][w], s);
            }
        }
    }
    for (int c = 0; c < CONTESTANTS; c++) {
        for (int w = 0; w < WAYS; w++) {
            f.least[c][w] = f.median[c][w] = (double)NAN;
            if (prepared[c][w] == NULL)
                continue;
            f.median[c][w] = 1e6 * bench_sort(seconds[c][w], s->repetitions);
            f.least[c][w] = 1e6 * seconds[c][w][0];
            trainers[c].engine->release(prepared[c][w]);
        }
    }
    return f;
}

/* Ratios of one contestant to the peers, by name; fmin() takes the one that is there. */
static double
ratio_of(const figures *f, contestant c, way w, const char *name)
{
    double peer = (double)NAN;

    if (strcmp(name, "x_xgboost_exact") == 0)
        peer = fmin(f->least[XGBOOST][EXACT], f->least[OTHER_XGBOOST][EXACT]);
    else if (strcmp(name, "x_xgboost_hist32") == 0)
        peer = fmin(f->least[XGBOOST][HIST_32], f->least[OTHER_XGBOOST][HIST_32]);
    else if (strcmp(name, "x_xgboost_hist256") == 0)
        peer = fmin(f->least[XGBOOST][HIST_256], f->least[OTHER_XGBOOST][HIST_256]);
    else if (strcmp(name, "x_lightgbm") == 0)
        peer = fmin(f->least[LIGHTGBM][HIST_32], f->least[LIGHTGBM][HIST_255]);
    return peer / f->least[c][w];
}

static void
print_cell(const trainer *trainers, const setting *s, const figures *f)
{
    static const char *const ratios[] = {"x_xgboost_exact", "x_xgboost_hist256", "x_xgboost_hist32",
                                         "x_lightgbm"};
    char name[120];

    for (int c = 0; c < CONTESTANTS; c++) {
        for (int k = 0; k < trainers[c].way_count; k++) {
            way w = trainers[c].ways[k];

            if (trainers[c].engine == NULL)
                continue;
            snprintf(name, sizeof name, "%d x %d, depth %d, %.39s, %s", s->rows, s->features,
                     s->depth, trainers[c].name, way_name[w]);
            bench_print(bench, name, "round_min", f->least[c][w], "us");
            bench_print(bench, name, "round_median", f->median[c][w], "us");
            for (int r = 0; c <= AVX512 && r < 4; r++)
                bench_print(bench, name, ratios[r], ratio_of(f, (contestant)c, w, ratios[r]),
                            "ratio");
        }
    }
}

static void
note_goals(const figures *f)
{
    for (int g = 0; g < GOALS; g++) {
        double ratio = ratio_of(f, goals[g].of, goals[g].way, goals[g].ratio);

        goals[g].least = fmin(goals[g].least, ratio);
        goals[g].most = fmax(goals[g].most, ratio);
    }
}

static void
print_goals(const trainer *trainers)
{
    for (int g = 0; g < GOALS; g++) {
        int ran = isfinite(goals[g].least);
        char name[120], metric[60];

        snprintf(name, sizeof name, "all cells, %.39s, %s", trainers[goals[g].of].name,
                 way_name[goals[g].way]);
        snprintf(metric, sizeof metric, "%s_most", goals[g].ratio);
        bench_print(bench, name, metric, ran ? goals[g].most : (double)NAN, "ratio");
        snprintf(metric, sizeof metric, "%s_goal", goals[g].ratio);
        bench_print(bench, name, metric, goals[g].goal, "ratio");
        snprintf(metric, sizeof metric, "%s_least", goals[g].ratio);
        bench_print(bench, name, metric, goals[g].least, "ratio");
    }
}

static void
describe(trainer *t, const char *name, const char *version, const way *ways, int way_count)
{
    snprintf(t->name, sizeof t->name, "%s%s%s", name, version[0] != '\0' ? " " : "", version);
    t->ways = ways;
    t->way_count = way_count;
}

/* What cannot be opened is listed as not run; a library that was named must open. */
static void
open_trainers(trainer *trainers)
{
    static const char *const kernels[] = {"portable", "avx2", "avx512"};
    const char *other = getenv("SEGML_BENCH_XGBOOST"), *light = getenv("SEGML_BENCH_LIGHTGBM");
    segml_error err = SEGML_ERROR_INIT;

    for (int k = 0; k <= AVX512; k++) {
        int rc = sg_native_engine_open(&trainers[k].engine, kernels[k], &err);

        if (rc != SEGML_OK && rc != SEGML_E_UNSUPPORTED)
            die(kernels[k], &err);
        describe(&trainers[k], "native", kernels[k], native_ways, 4);
    }
    if (sg_xgb_engine_open(&trainers[XGBOOST].engine, NULL, &err) != SEGML_OK)
        die("XGBoost", &err);
    describe(&trainers[XGBOOST], "XGBoost", trainers[XGBOOST].engine->version, xgboost_ways, 3);
    if (other != NULL && sg_xgb_engine_open(&trainers[OTHER_XGBOOST].engine, other, &err) < 0)
        die(other, &err);
    describe(&trainers[OTHER_XGBOOST], "XGBoost",
             other != NULL ? trainers[OTHER_XGBOOST].engine->version : "of SEGML_BENCH_XGBOOST",
             xgboost_ways, 3);
    if (light != NULL && light_engine_open(&trainers[LIGHTGBM].engine, light, &err) != SEGML_OK)
        die(light, &err);
    describe(&trainers[LIGHTGBM], "LightGBM", "", light_ways, 2);
    for (int c = 0; c < CONTESTANTS; c++) {
        if (trainers[c].engine == NULL)
            bench_print(bench, trainers[c].name, "run", 0, "not run: it is not there");
    }
}

static void
read_options(setting *s, setting *only, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--squared") == 0)
            s->loss = SG_LOSS_SQUARED;
        else if (strcmp(argv[i], "--repetitions") == 0 && i + 1 < argc)
            s->repetitions = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc &&
                 sscanf(argv[i + 1], "%dx%dx%d", &only->rows, &only->features, &only->depth) == 3)
            i++;
        else
            s->repetitions = 0;
    }
    if (s->repetitions < 1 || s->repetitions > MOST_REPETITIONS) {
        fprintf(stderr, "usage: train_engine [--squared] [--repetitions N] "
                        "[--only ROWSxFEATURESxDEPTH]\n");
        exit(EXIT_FAILURE);
    }
}

int
main(int argc, char **argv)
{
    static const int rows[] = {100, 400, MOST_ROWS}, features[] = {3, 10, MOST_FEATURES};
    static const int depths[] = {3, 6};
    setting s = {.loss = SG_LOSS_LOGISTIC, .repetitions = 11}, only = {0};
    trainer trainers[CONTESTANTS] = {{.engine = NULL}};

    read_options(&s, &only, argc, argv);
    open_trainers(trainers);
    for (int g = 0; g < GOALS; g++)
        goals[g].least = INFINITY;
    for (int c = 0; c < 18; c++) {
        figures f;

        s.rows = rows[c / 6];
        s.features = features[c / 2 % 3];
        s.depth = depths[c % 2];
        if (only.rows > 0 &&
            (s.rows != only.rows || s.features != only.features || s.depth != only.depth))
            continue;
        f = measure_cell(trainers, &s);
        print_cell(trainers, &s, &f);
        note_goals(&f);
    }
    print_goals(trainers);
    for (int c = 0; c < CONTESTANTS; c++) {
        if (trainers[c].engine != NULL)
            trainers[c].engine->close(trainers[c].engine);
    }
    return EXIT_SUCCESS;
}
