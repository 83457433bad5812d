/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The native engine's exact trees against XGBoost's tree_method exact, on random data sets.
 *
 *     equality [SETS [FIRST]]
 *
 * Data set number i depends on i alone, so that a difference is repeated by SETS = 1 and
 * FIRST = i; four in a row are of the four objectives. Each is trained without one fold and on all
 * rows, by XGBoost (SEGML_TEST_XGBOOST names the library) and by each kernel that this machine
 * has. Models are compared as same_model.c says, and the margins of the held-out rows after
 * every round; all bits must agree.
 *
 * Comparing predictions alone was rejected: wrong statistics, numbers of nodes or pruning hide
 * behind equal leaves.
 *
 * Some data sets must be such that the order in which gradients are added changes sums of
 * doubles: they are counted by the condition under which it does not (see order_matters()), and
 * the program fails if a run of 32 or more has none.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "boost/side.h"
#include "contest.h"
#include "draw.h"
#include "tree/predict.h"

enum { SETS = 60, ENOUGH = 32 };

/* What was drawn. */
typedef struct coverage {
    int64_t weighted, monotone, gamma, missing, separable;
    int64_t rounds, depending; /* of separable logistic fits, counted by order_matters() */
} coverage;

/*
 * Sums of doubles are exact, whatever the order, if all values are multiples of 2^(e - 53) and the
 * sum of their magnitudes is below 2^e.
 */
static int
sums_are_exact(const float *value, int64_t count)
{
    double sum = 0, unit;
    int e;

    for (int64_t i = 0; i < count; i++)
        sum += fabs((double)value[i]);
    if (sum == 0)
        return 1;
    frexp(sum * (1 + 0x1p-40), &e);
    unit = ldexp(1, e - 53);
    for (int64_t i = 0; i < count; i++) {
        if (fmod((double)value[i], unit) != 0)
            return 0;
    }
    return 1;
}

/* Whether the sums of one round of a logistic fit without weights are not exact. */
static int
round_depends(const drawn *d, const sg_forest *forest, int32_t rounds, const int32_t *row,
              int64_t count)
{
    float *gradient = calloc((size_t)count, sizeof *gradient);
    float *hessian = calloc((size_t)count, sizeof *hessian);
    int exact;

    for (int64_t i = 0; i < count; i++) {
        float margin, p;

        sg_predict_margin(forest, rounds, d->data + row[i] * d->rows.features, d->rows.features,
                          NULL, &margin);
        p = 1.0f / (expf(-margin) + 1.0f + 1e-16f);
        gradient[i] = p - d->label[row[i]];
        hessian[i] = fmaxf(p * (1.0f - p), 1e-16f);
    }
    exact = sums_are_exact(gradient, count) && sums_are_exact(hessian, count);
    free(hessian);
    free(gradient);
    return !exact;
}

/* Of the rounds after the first of a logistic fit without weights, those that depend on the order
 * of additions. */
static int64_t
order_matters(const drawn *d, int32_t hold_out, const sg_buf *model)
{
    sg_side side = {&d->rows, hold_out, 0};
    int64_t count = sg_side_count(&side), depending = 0;
    int32_t *row = calloc((size_t)count, sizeof *row);
    sg_forest *forest = NULL;

    sg_side_list(&side, row);
    if (sg_forest_load(&forest, model->bytes, model->size, NULL) == SEGML_OK) {
        for (int32_t r = 1; r < d->rounds; r++)
            depending += round_depends(d, forest, r, row, count);
    }
    sg_forest_free(forest);
    free(row);
    return depending;
}

static int
has_missing(const drawn *d)
{
    for (int64_t i = 0; i < d->rows.rows * d->rows.features; i++) {
        if (isnan(d->data[i]))
            return 1;
    }
    return 0;
}

static void
run_set(contest *c, coverage *seen, uint64_t number)
{
    trained reference[2];
    char name[60];
    drawn d;

    draw_make(&d, number);
    snprintf(name, sizeof name, "data set %llu", (unsigned long long)number);
    contest_run(c, name, &d.rows,
                (const sg_fit_spec[]){
                    {.hold_out = d.hold_out, .rounds = d.rounds, .params = d.params},
                    {.hold_out = SG_FIT_ALL_ROWS, .rounds = d.rounds, .params = d.params}},
                2, reference);
    seen->weighted += d.rows.weight != NULL;
    seen->monotone += d.rows.monotone != NULL;
    seen->gamma += d.params.gamma > 0;
    seen->missing += has_missing(&d);
    seen->separable += d.separable;
    if (d.rows.loss == SG_LOSS_LOGISTIC && d.separable && reference[0].status == SEGML_OK) {
        seen->rounds += d.rounds;
        seen->depending += order_matters(&d, d.hold_out, &reference[0].model);
    }
    for (int f = 0; f < 2; f++)
        trained_free(&reference[f]);
    draw_free(&d);
}

/* The number of data sets: an argument, the variable SEGML_TEST_EQUALITY, or the usual one. */
static long long
sets_of(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : getenv("SEGML_TEST_EQUALITY");

    return text != NULL && text[0] != '\0' ? strtoll(text, NULL, 10) : SETS;
}

int
main(int argc, char **argv)
{
    long long sets = sets_of(argc, argv), first = argc > 2 ? strtoll(argv[2], NULL, 10) : 0;
    coverage seen = {0};
    contest c;
    int good;

    if (sets < 1 || first < 0) {
        fprintf(stderr, "usage: equality [SETS [FIRST]]\n");
        return EXIT_FAILURE;
    }
    if (!contest_open(&c))
        return EXIT_FAILURE;
    printf("data sets %lld to %lld\n", first, first + sets - 1);
    for (long long i = first; i < first + sets; i++)
        run_set(&c, &seen, (uint64_t)i);
    good = contest_print(&c);
    printf("with weights %lld, constraints %lld, gamma %lld, missing values %lld; separable %lld, "
           "where %lld of %lld logistic rounds depend on the order of additions\n",
           (long long)seen.weighted, (long long)seen.monotone, (long long)seen.gamma,
           (long long)seen.missing, (long long)seen.separable, (long long)seen.depending,
           (long long)seen.rounds);
    if (sets >= ENOUGH && seen.depending == 0) {
        printf("no round depends on the order of additions\n");
        good = 0;
    }
    contest_close(&c);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
