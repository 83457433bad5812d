/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whole searches against recorded ones (tests/golden/tpe): the best value after 50 trials, as
 * a distribution over seeds.
 *
 * Per function, with the level 0.001 of a family of seven (Bonferroni):
 *   - random, joint and univariate TPE: two-sample Kolmogorov-Smirnov and Mann-Whitney against
 *     the record. The random part shows that the functions and spaces are the recorded ones.
 *   - joint TPE: the difference of mean log10(regret) is within 0.12, its 90 % interval within 0.2.
 *     (The record's 300 seeds alone make the interval as wide as 0.06 to either side. The mildest
 *     mistake that is known, a kernel without its factor 1 / deviation, is worth 0.3.)
 *   - joint TPE against random: mean regret smaller by at least 0.7 of the recorded ratio (each of
 *     the two means has a standard error of 6 to 7 %).
 * The record of the univariate rule was made with one random stream for start-up and TPE, which
 * could move its mean a little; so there is no interval for it, but it has to beat random.
 *
 *     distribution GOLDEN_FOLDER [SEEDS]     of TPE, 600; of the others half as many
 */

#include <jansson.h>
#include <math.h>
#include <segml/segml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tune/objectives.h"

enum { TRIALS = 50, SEEDS = 600, SEEDS_MAX = 5000 };

static const double level = 0.001 / OBJECTIVES;
static const double largest_difference = 0.12, widest_interval = 0.2, least_share = 0.7;

static void
must(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "distribution: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

static double
search(const objective *f, const char *sampler, uint64_t seed)
{
    segml_dimension dimensions[OBJECTIVE_DIMENSIONS_MAX];
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    segml_study *study = NULL;
    segml_error err = SEGML_ERROR_INIT;
    double best = (double)INFINITY;

    options.dimensions = dimensions;
    options.dimension_count = f->space(dimensions);
    options.sampler = sampler;
    options.seed = seed;
    must(segml_study_create(&study, &options, &err) == SEGML_OK, err.message);
    for (int t = 0; t < TRIALS; t++) {
        double point[OBJECTIVE_DIMENSIONS_MAX], value;
        int64_t trial;

        must(segml_study_ask(study, &trial, point, OBJECTIVE_DIMENSIONS_MAX, &err) == SEGML_OK,
             err.message);
        value = f->value(point);
        best = fmin(best, value);
        must(segml_study_tell(study, trial, value, &err) == SEGML_OK, err.message);
    }
    segml_study_free(study);
    return best;
}

static int
load(double *out, const char *folder, const char *which, const char *name)
{
    char path[1024];
    json_error_t error;
    json_t *root;
    int count;

    snprintf(path, sizeof path, "%s/tpe/best_%s_%s.json", folder, which, name);
    root = json_load_file(path, 0, &error);
    must(root != NULL, path);
    count = (int)json_array_size(root);
    must(count >= 200 && count <= SEEDS_MAX, path);
    for (int i = 0; i < count; i++)
        out[i] = json_number_value(json_array_get(root, (size_t)i));
    json_decref(root);
    return count;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov: an upper bound of the probability of this distance, by its asymptotic law. */
static double
ks_probability(const double *a, int m, const double *b, int n)
{
    double largest = 0;
    int i = 0, j = 0;

    while (i < m && j < n) {
        double value = fmin(a[i], b[j]);

        while (i < m && a[i] <= value)
            i++;
        while (j < n && b[j] <= value)
            j++;
        largest = fmax(largest, fabs((double)i / m - (double)j / n));
    }
    return fmin(1, 2 * exp(-2 * largest * largest * m * n / (m + n)));
}

/* Mann-Whitney, two-sided, by the normal law; ties count half. */
static double
mwu_probability(const double *a, int m, const double *b, int n)
{
    double u = 0, mean = 0.5 * m * n, deviation = sqrt((double)m * n * (m + n + 1) / 12);

    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++)
            u += a[i] < b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
    }
    return erfc(fabs(u - mean) / deviation / sqrt(2));
}

typedef struct moments {
    double mean, variance_of_mean;
} moments;

static moments
log_regrets(const double *best, int count, double minimum)
{
    double sum = 0, squares = 0, mean;

    for (int i = 0; i < count; i++) {
        double regret = log10(fmax(best[i] - minimum, 1e-9));

        sum += regret;
        squares += regret * regret;
    }
    mean = sum / count;
    return (moments){mean, (squares / count - mean * mean) / (count - 1)};
}

static double
mean_regret(const double *best, int count, double minimum)
{
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += best[i] - minimum;
    return sum / count;
}

/* One sampler on one function beside its record. @return whether the two agree */
static int
compare_with(const char *which, const objective *f, const double *ours, int m, const char *folder)
{
    static double recorded[SEEDS_MAX];
    int n = load(recorded, folder, which, f->name);
    double ks, mwu, difference, half;
    moments here = log_regrets(ours, m, f->minimum), there = log_regrets(recorded, n, f->minimum);

    qsort(recorded, (size_t)n, sizeof *recorded, compare);
    ks = ks_probability(ours, m, recorded, n);
    mwu = mwu_probability(ours, m, recorded, n);
    difference = here.mean - there.mean;
    half = 1.645 * sqrt(here.variance_of_mean + there.variance_of_mean);
    printf("%-8s %-7s mean %9.4f recorded %9.4f  p(KS) %.3g p(MWU) %.3g  "
           "log10 regret %+.3f +- %.3f\n",
           f->name, which, mean_regret(ours, m, 0), mean_regret(recorded, n, 0), ks, mwu,
           difference, half);
    return ks >= level && mwu >= level &&
           (strcmp(which, "t500d") != 0 ||
            (fabs(difference) <= largest_difference && fabs(difference) + half <= widest_interval));
}

static int
run(const objective *f, const char *folder, int seeds)
{
    static const struct {
        const char *sampler, *record;
    } arms[] = {{"random", "random"}, {"tpe", "t500d"}, {"tpe-univariate", "t490"}};
    static double best[SEEDS_MAX];
    double regret[3];
    int all_seeds = seeds, good = 1;

    for (int a = 0; a < 3; a++) {
        int agrees;

        seeds = a == 1 ? all_seeds : all_seeds / 2;
        for (int seed = 0; seed < seeds; seed++)
            best[seed] = search(f, arms[a].sampler, (uint64_t)seed);
        qsort(best, (size_t)seeds, sizeof *best, compare);
        regret[a] = mean_regret(best, seeds, f->minimum);
        agrees = compare_with(arms[a].record, f, best, seeds, folder);
        if (!agrees) {
            printf("%-8s %s differs from its record\n", f->name, arms[a].sampler);
            good = 0;
        }
    }
    if (!(regret[0] >= least_share * f->random_ratio * regret[1]) || !(regret[0] > regret[2])) {
        printf("%-8s mean regret: random %.4g, tpe %.4g, tpe-univariate %.4g\n", f->name, regret[0],
               regret[1], regret[2]);
        good = 0;
    }
    return good;
}

int
main(int argc, char **argv)
{
    int seeds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : SEEDS, failures = 0;

    must(argc > 1 && seeds >= 2 && seeds <= SEEDS_MAX, "distribution GOLDEN_FOLDER [SEEDS]");
    for (int f = 0; f < OBJECTIVES; f++)
        failures += !run(&objectives[f], argv[1], seeds);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
