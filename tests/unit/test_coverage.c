/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What intervals and corrections promise, on simulated data whose truth is known: 95 % intervals
 * hold it 95 times in 100, and the corrected score of a search among equals is that of any of
 * them. A program of its own, as it takes seconds: too long for valgrind.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "metric/interval.h"
#include "metric/optimism.h"

enum { SETS = 600, ROWS_MAX = 6000, TRIALS = 50, SEARCHES = 60, SEARCH_ROWS = 80 };

static const double pi = 3.14159265358979323846;

static double
normal(sg_rng *rng)
{
    double radius = sqrt(-2 * log1p(-sg_rng_uniform(rng)));

    return radius * cos(2 * pi * sg_rng_uniform(rng));
}

/* P(N(mean, 1) > 0). */
static double
above_zero(double mean)
{
    return erfc(-mean / sqrt(2)) / 2;
}

/* Expected log loss of margins N(mean, 1) of the positive class, by the trapezoid rule. */
static double
expected_loss(double mean)
{
    double sum = 0;

    for (double z = -8; z < 8; z += 0.01)
        sum += 0.01 * exp(-z * z / 2) / sqrt(2 * pi) * log1p(exp(-(mean + z)));
    return sum;
}

/* Rows with P(label) one half, margins N(+-1, 1): by symmetry F1 of many rows is the share that is
   right, and the log loss that of the positive class. */
static void
simulate(float *margin, float *label, int rows, sg_rng *rng)
{
    for (int i = 0; i < rows; i++) {
        label[i] = (float)(sg_rng_next(rng) >> 63);
        margin[i] = (float)(normal(rng) + 2 * (double)label[i] - 1);
    }
}

START_TEST(intervals_hold_the_truth_95_times_in_100)
{
    static const int sizes[] = {60, 400, 6000};
    static float margin[ROWS_MAX], label[ROWS_MAX];
    const double truth[2] = {expected_loss(1), above_zero(1)};
    int rows = sizes[_i], held[2] = {0, 0};
    sg_scored s = {SEGML_TASK_BINARY, rows, 1, margin, label, NULL, 0.5};
    sg_rng rng = sg_rng_stream(1, 2, "test", (uint64_t)rows);
    sg_interval out[SG_INTERVAL_MAX];

    for (int set = 0; set < SETS; set++) {
        sg_interval_spec spec = {.seed = (uint64_t)set, .group = 1, .widen = 1};

        simulate(margin, label, rows, &rng);
        ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
        for (int k = 0; k < 2; k++)
            held[k] += out[k].low <= truth[k] && truth[k] <= out[k].high;
    }
    for (int k = 0; k < 2; k++)
        ck_assert_msg(held[k] >= 0.92 * SETS && held[k] <= 0.98 * SETS, "metric %d: %d of %d", k,
                      held[k], SETS);
}
END_TEST

/* Trials that differ by noise alone: the best of 50 looks good by order statistics, and is worth
   what each of them is. Bias of the naive F1 against that of the corrected one. */
START_TEST(the_best_of_equal_trials_is_corrected_to_what_they_are_worth)
{
    static float margins[TRIALS * SEARCH_ROWS], label[SEARCH_ROWS];
    static const char *const objectives[] = {"f1", "loss"};
    const float *margin[TRIALS];
    const double loss = expected_loss(1), f1 = above_zero(1);
    double naive[2] = {0, 0}, corrected[2] = {0, 0};
    sg_scored rows = {SEGML_TASK_BINARY, SEARCH_ROWS, 1, NULL, label, NULL, 0.5};
    sg_optimism_spec spec = {&rows, margin, TRIALS, objectives[_i], 0, 1};
    sg_rng rng = sg_rng_stream(3, 4, "test", 0);
    sg_optimism out;

    for (int search = 0; search < SEARCHES; search++) {
        for (int i = 0; i < SEARCH_ROWS; i++)
            label[i] = (float)(i % 2);
        for (int t = 0; t < TRIALS; t++) {
            margin[t] = margins + (size_t)t * SEARCH_ROWS;
            for (int i = 0; i < SEARCH_ROWS; i++)
                margins[t * SEARCH_ROWS + i] = (float)(normal(&rng) + 2 * (double)label[i] - 1);
        }
        spec.seed = (uint64_t)search;
        ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
        naive[0] += (out.naive_f1 - f1) / SEARCHES;
        corrected[0] += (out.f1 - f1) / SEARCHES;
        naive[1] += (loss - out.naive_loss) / SEARCHES;
        corrected[1] += (loss - out.loss) / SEARCHES;
    }
    ck_assert_msg(fabs(corrected[_i]) < naive[_i] / 3, "%s: naive %g, corrected %g", objectives[_i],
                  naive[_i], corrected[_i]);
    /* The expected maximum of 50 normals is 2.25 standard deviations: .041 of this F1 each. */
    if (_i == 0)
        ck_assert_double_eq_tol(naive[0], 2.25 * 0.041, 0.02);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tc = tcase_create("coverage");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, intervals_hold_the_truth_95_times_in_100, 0, 3);
    tcase_add_loop_test(tc, the_best_of_equal_trials_is_corrected_to_what_they_are_worth, 0, 2);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
