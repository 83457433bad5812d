/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a search costs beside its objective: processor time of ask and tell, per trial early
 * and late in a study of 50 trials, and of the whole study, joint and univariate, with 5 and
 * 8 dimensions of all kinds.
 *
 * For comparison, measured on one core of an AMD EPYC machine, milliseconds per trial at
 * trial 50 and per study: Optuna 4.8 (univariate) 4.4 and 174 with 5 dimensions, 6.9 and 267
 * with 8; Optuna 5.0.0rc1 (joint) 2.3 and 83, 2.8 and 109.
 *
 *     tpe_ask [REPETITIONS]
 */

#include <segml/segml.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum {
    TRIALS = 50,
    EARLY = 10,
    LATE = 40,
    REPETITIONS = 21,
    REPETITIONS_MAX = 1000,
    DIMENSIONS = 8
};

static const char bench[] = "tpe_ask";

/* Milliseconds of the trials 11 to 20, 41 to 50, and of all. */
typedef struct timing {
    double early, late, study;
} timing;

/* As a booster's: rates and penalties in the logarithm, shares, a depth, a number, a choice. */
static void
make_space(segml_dimension *dimensions)
{
    static const char *const names[DIMENSIONS] = {"rate",   "depth",  "number", "share",
                                                  "choice", "lambda", "alpha",  "columns"};
    static const double choices[] = {0, 1, 2, 3};
    static const segml_dimension number = SEGML_DIMENSION_INIT;

    for (int d = 0; d < DIMENSIONS; d++) {
        dimensions[d] = number;
        dimensions[d].name = names[d];
        dimensions[d].low = 1e-3;
        dimensions[d].high = 1;
        dimensions[d].logarithmic = d == 0 || d == 5 || d == 6;
    }
    dimensions[1].kind = dimensions[2].kind = SEGML_DIMENSION_INT;
    dimensions[1].low = dimensions[2].low = 1;
    dimensions[1].high = 16;
    dimensions[2].high = 1024;
    dimensions[2].logarithmic = 1;
    dimensions[3].low = 0.3;
    dimensions[3].step = 0.05;
    dimensions[4].kind = SEGML_DIMENSION_CATEGORICAL;
    dimensions[4].choices = choices;
    dimensions[4].choice_count = 4;
}

static double
objective(const double *point, int64_t dimensions)
{
    double sum = fabs(log10(point[0]) + 2) + fabs(point[1] - 6) / 5 + point[3] + (point[4] == 1);

    for (int64_t d = 5; d < dimensions; d++)
        sum += fabs(point[d] - 0.2);
    return sum;
}

static void
must(int rc, const segml_error *err)
{
    if (rc < 0) {
        fprintf(stderr, "tpe_ask: %s\n", err->message);
        exit(EXIT_FAILURE);
    }
}

static timing
search(const char *sampler, int64_t dimensions, uint64_t seed)
{
    segml_dimension space[DIMENSIONS];
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_study *study;
    timing spent = {0, 0, 0};

    make_space(space);
    options.dimensions = space;
    options.dimension_count = dimensions;
    options.sampler = sampler;
    options.seed = seed;
    must(segml_study_create(&study, &options, &err), &err);
    for (int t = 0; t < TRIALS; t++) {
        double point[DIMENSIONS], start = bench_cpu(), value, took;
        int64_t trial;

        must(segml_study_ask(study, &trial, point, DIMENSIONS, &err), &err);
        took = bench_cpu() - start;
        value = objective(point, dimensions);
        start = bench_cpu();
        must(segml_study_tell(study, trial, value, &err), &err);
        took = 1e3 * (took + bench_cpu() - start);
        spent.study += took;
        spent.early += t >= EARLY && t < EARLY + 10 ? took / 10 : 0;
        spent.late += t >= LATE ? took / 10 : 0;
    }
    segml_study_free(study);
    return spent;
}

static void
measure(const char *sampler, int64_t dimensions, int repetitions)
{
    static double early[REPETITIONS_MAX], late[REPETITIONS_MAX], study[REPETITIONS_MAX];
    char name[64];
    double median;

    snprintf(name, sizeof name, "%s, %d dimensions", sampler, (int)dimensions);
    search(sampler, dimensions, 0);
    for (int r = 0; r < repetitions; r++) {
        timing spent = search(sampler, dimensions, (uint64_t)r);

        early[r] = spent.early;
        late[r] = spent.late;
        study[r] = spent.study;
    }
    bench_print(bench, name, "trial_11_to_20_median", bench_sort(early, repetitions), "ms");
    bench_print(bench, name, "trial_41_to_50_median", bench_sort(late, repetitions), "ms");
    median = bench_sort(study, repetitions);
    bench_print(bench, name, "study_min", study[0], "ms");
    bench_print(bench, name, "study_median", median, "ms");
}

int
main(int argc, char **argv)
{
    int repetitions = argc > 1 ? (int)strtol(argv[1], NULL, 10) : REPETITIONS;

    if (repetitions < 1 || repetitions > REPETITIONS_MAX)
        return EXIT_FAILURE;
    for (int64_t dimensions = 5; dimensions <= DIMENSIONS; dimensions += 3) {
        measure("tpe", dimensions, repetitions);
        measure("tpe-univariate", dimensions, repetitions);
    }
    return EXIT_SUCCESS;
}
