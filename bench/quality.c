/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whether the native engine's histogram trees predict as well as XGBoost's of as many bins: loss
 * on the held-out rows of five folds, both engines on the same folds with the same parameters.
 *
 * What is judged is the difference, native less XGBoost, unit by unit. The folds of a unit share
 * most of their rows, and so do all cells of a unit; so a unit counts as one observation, and
 * standard errors are over units. Losses are the log loss, and for numbers the root of the mean
 * squared error, labels having variance 1. With sampling the engines draw different rows and
 * columns, which adds noise to the difference, but must not move its mean.
 *
 * usage: quality FOLDER [--units N] [--check]
 *        FOLDER has the example data; N units of each kind, 32 if it is not given. --check: status
 *        1 where an overall difference or its standard error is above .002
 *        SEGML_BENCH_XGBOOST names the XGBoost to compare with
 */

#include <string.h>

#include "bench.h"
#include "native/native_engine.h"
#include "units.h"
#include "xgb/xgb_engine.h"

enum { NATIVE, XGBOOST, ENGINES, MOST_UNITS = 256, BINS = 4, SETS = 3, CELLS = BINS * SETS };

static const char bench[] = "quality";
static const double limit = 0.002;
static const int32_t bins[BINS] = {16, 32, 64, 256};

static const struct set {
    const char *name;
    int32_t depth, rounds;
    double lambda, min_child_weight;
} sets[SETS] = {{"depth 3, 60 rounds", 3, 60, 1, 1},
                {"depth 6, 60 rounds", 6, 60, 1, 1},
                {"depth 4, lambda 3, min_child_weight 3, 150 rounds", 4, 150, 3, 3}};

/* What is compared in one overall figure. */
typedef struct family {
    const char *name, *loss;
    int kinds;
    struct {
        unit_kind kind;
        const char *name;
    } kind[3];
    double share; /* of rows and columns that a tree sees */
} family;

#define BINARY                                                                                     \
    3,                                                                                             \
    {                                                                                              \
        {UNIT_SEED, "400 x 3"}, {UNIT_MISSING, "400 x 10, 10 % missing"},                          \
        {                                                                                          \
            UNIT_FLIGHTS, "flights, categories"                                                    \
        }                                                                                          \
    }
#define NUMBERS                                                                                    \
    2,                                                                                             \
    {                                                                                              \
        {UNIT_PRODUCTS, "400 x 10, 10 % missing"},                                                 \
        {                                                                                          \
            UNIT_DIAMONDS, "diamonds, categories"                                                  \
        }                                                                                          \
    }

static const family families[] = {
    {"logistic", "log_loss", BINARY, 1},
    {"logistic, sampled", "log_loss", BINARY, 0.8},
    {"squared error", "rmse", NUMBERS, 1},
    {"squared error, sampled", "rmse", NUMBERS, 0.8},
};

static void
die(const char *what, const segml_error *err)
{
    fprintf(stderr, "quality: %s: %s\n", what, err->message);
    exit(EXIT_FAILURE);
}

/* Sums of one fold. */
typedef struct scorer {
    const unit *of;
    int32_t fold, last;
    double loss;
} scorer;

static int
score(void *user, int32_t round, const float *margin, segml_error *err)
{
    scorer *s = user;
    double sum = 0;
    int64_t held = 0;

    (void)err;
    if (round < s->last)
        return 0;
    for (int64_t i = 0; i < s->of->rows.rows; i++) {
        double m, y = (double)s->of->label[i];

        if (s->of->fold[i] != s->fold)
            continue;
        m = (double)margin[held++];
        if (s->of->rows.loss == SG_LOSS_LOGISTIC)
            sum += log1p(exp(y > 0 ? -m : m));
        else
            sum += (m - y) * (m - y);
    }
    s->loss = sum / (double)held;
    if (s->of->rows.loss != SG_LOSS_LOGISTIC)
        s->loss = sqrt(s->loss);
    return 0;
}

/* Mean loss of the folds. */
static double
cross_validate(sg_prepared *prepared, const sg_engine *engine, const unit *u, const struct set *set,
               double share)
{
    segml_error err = SEGML_ERROR_INIT;
    double sum = 0;

    for (int32_t fold = 0; fold < UNIT_FOLDS; fold++) {
        scorer s = {u, fold, set->rounds - 1, 0};
        sg_fit_spec spec = {
            .hold_out = fold,
            .rounds = set->rounds,
            .params = {.learning_rate = 0.1,
                       .min_child_weight = set->min_child_weight,
                       .subsample = share,
                       .colsample_bytree = share,
                       .reg_lambda = set->lambda,
                       .scale_pos_weight = 1,
                       .base_score = u->rows.loss == SG_LOSS_LOGISTIC ? 0.5 : 0,
                       .max_depth = set->depth,
                       .max_cat_to_onehot = 4,
                       .threads = 1,
                       .seed = (uint32_t)fold + 1},
            .on_round = score,
            .user = &s,
        };

        if (engine->fit(prepared, &spec, &err) != SEGML_OK)
            die(engine->name, &err);
        sum += s.loss;
    }
    return sum / UNIT_FOLDS;
}

/* Losses of a unit in all cells, by one engine. */
static void
train_unit(double loss[CELLS], sg_engine *engine, const unit *u, double share)
{
    segml_error err = SEGML_ERROR_INIT;

    for (int b = 0; b < BINS; b++) {
        sg_engine_rows rows = u->rows;
        sg_prepared *prepared = NULL;

        rows.max_bin = bins[b];
        if (engine->prepare(engine, &prepared, &rows, &err) != SEGML_OK)
            die(engine->name, &err);
        for (int s = 0; s < SETS; s++)
            loss[s * BINS + b] = cross_validate(prepared, engine, u, &sets[s], share);
        engine->release(prepared);
    }
}

typedef struct estimate {
    double mean, error; /* standard error of the mean */
} estimate;

static estimate
estimate_mean(const double *value, int count)
{
    double sum = 0, squares = 0, mean;

    for (int i = 0; i < count; i++)
        sum += value[i];
    mean = sum / count;
    for (int i = 0; i < count; i++)
        squares += (value[i] - mean) * (value[i] - mean);
    return (estimate){mean, sqrt(squares / (count - 1) / count)};
}

/* Mean losses and their difference over units; stride values stand between two units'. */
static estimate
print_losses(const char *name, const char *loss, double value[ENGINES][MOST_UNITS], int count)
{
    static const char *const engine[ENGINES] = {"native", "xgboost"};
    double difference[MOST_UNITS];
    estimate found;
    char metric[40];

    for (int e = 0; e < ENGINES; e++) {
        snprintf(metric, sizeof metric, "%s_%s", engine[e], loss);
        bench_print(bench, name, metric, estimate_mean(value[e], count).mean, "");
    }
    for (int u = 0; u < count; u++)
        difference[u] = value[NATIVE][u] - value[XGBOOST][u];
    found = estimate_mean(difference, count);
    bench_print(bench, name, "difference", found.mean, "");
    bench_print(bench, name, "standard_error", found.error, "");
    return found;
}

/* Trains all units of a kind, prints each cell, and adds the units' means over all cells. */
static int
compare_kind(sg_engine *const engines[ENGINES], const family *f, int kind, const char *folder,
             int wanted, double overall[ENGINES][MOST_UNITS])
{
    static double loss[MOST_UNITS][ENGINES][CELLS];
    static unit units[MOST_UNITS];
    int count = units_make(units, wanted, f->kind[kind].kind, folder);
    char name[160];

    for (int u = 0; u < count; u++) {
        for (int e = 0; e < ENGINES; e++) {
            train_unit(loss[u][e], engines[e], &units[u], f->share);
            overall[e][u] = 0;
            for (int c = 0; c < CELLS; c++)
                overall[e][u] += loss[u][e][c] / CELLS;
        }
    }
    for (int c = 0; c < CELLS; c++) {
        double value[ENGINES][MOST_UNITS];

        for (int u = 0; u < count; u++) {
            for (int e = 0; e < ENGINES; e++)
                value[e][u] = loss[u][e][c];
        }
        snprintf(name, sizeof name, "%s, %s, %s, %d bins", f->name, f->kind[kind].name,
                 sets[c / BINS].name, (int)bins[c % BINS]);
        print_losses(name, f->loss, value, count);
    }
    units_free(units, count);
    return count;
}

/* @return 1 if the engines are as good as each other, as far as the units can tell */
static int
compare_family(sg_engine *const engines[ENGINES], const family *f, const char *folder, int wanted)
{
    static double all[ENGINES][MOST_UNITS];
    double mine[ENGINES][MOST_UNITS];
    estimate found;
    char name[80];
    int count = 0;

    for (int k = 0; k < f->kinds; k++) {
        int made = compare_kind(engines, f, k, folder, wanted, mine);

        for (int u = 0; u < made; u++, count++) {
            for (int e = 0; e < ENGINES; e++)
                all[e][count] = mine[e][u];
        }
    }
    snprintf(name, sizeof name, "%s, all cells", f->name);
    bench_print(bench, name, "fits", (double)count * CELLS * UNIT_FOLDS, "pairs");
    found = print_losses(name, f->loss, all, count);
    return found.mean <= limit && found.error <= limit;
}

int
main(int argc, char **argv)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engines[ENGINES] = {NULL, NULL};
    int wanted = 32, check = 0, good = 1;

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--check") == 0)
            check = 1;
        else if (strcmp(argv[i], "--units") == 0 && i + 1 < argc)
            wanted = (int)strtol(argv[++i], NULL, 10);
        else
            wanted = 0;
    }
    if (argc < 2 || wanted < 2 || wanted > MOST_UNITS / 3) {
        fprintf(stderr, "usage: quality FOLDER [--units N] [--check]\n");
        return EXIT_FAILURE;
    }
    if (sg_native_engine_open(&engines[NATIVE], NULL, &err) != SEGML_OK)
        die("native", &err);
    if (sg_xgb_engine_open(&engines[XGBOOST], getenv("SEGML_BENCH_XGBOOST"), &err) != SEGML_OK)
        die("XGBoost", &err);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        good &= compare_family(engines, &families[f], argv[1], wanted);
    for (int e = 0; e < ENGINES; e++)
        engines[e]->close(engines[e]);
    return check && !good ? 1 : EXIT_SUCCESS;
}
