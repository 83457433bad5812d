/* SPDX-License-Identifier: Apache-2.0 */

/* metric/optimism: NumPy's corrections of the same searches, and what has none. */

#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "golden/searches_numpy.h"
#include "metric/optimism.h"

enum { ROWS = 60, TRIALS = 12 };

static const float *margin_of[TRIALS];

static sg_scored
searched_rows(int32_t task)
{
    for (int t = 0; t < TRIALS; t++)
        margin_of[t] = search_margin + (size_t)t * ROWS;
    return (sg_scored){task, ROWS, 1, NULL, search_label, search_weight, 0.5};
}

/* Against mean and spread of single draws: within four errors of a mean of the draws. */
static void
assert_within(double actual, const double *mean_and_spread)
{
    ck_assert_double_eq_tol(actual, mean_and_spread[0],
                            4 * mean_and_spread[1] / sqrt(SG_OPTIMISM_DRAWS));
}

/* By sums, by ranking. */
START_TEST(corrections_are_those_of_numpy)
{
    static const struct {
        const char *objective;
        const double *expected; /* of loss, of F1: mean, spread */
    } cases[] = {{NULL, corrected_loss},
                 {"log_loss", corrected_loss},
                 {"f1", corrected_f1},
                 {"roc_auc", corrected_roc_auc}};
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, cases[_i].objective, 5, 6};
    sg_optimism out;

    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    assert_within(out.loss, cases[_i].expected);
    assert_within(out.f1, cases[_i].expected + 2);
    ck_assert_double_gt(out.loss, out.naive_loss);
    ck_assert_double_lt(out.f1, out.naive_f1);
}
END_TEST

/* An objective that is neither of sums nor of a ranking. */
START_TEST(corrections_of_other_objectives_are_those_of_numpy)
{
    sg_scored rows = searched_rows(SEGML_TASK_REGRESSION);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, "r2", 5, 6};
    sg_optimism out;

    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    assert_within(out.loss, corrected_r2);
    ck_assert_double_nan(out.f1);
    ck_assert_double_nan(out.naive_f1);
}
END_TEST

/* The same draws, with weights instead of ready sums and rankings. */
static void
correct_slowly(const sg_optimism_spec *spec, double *mean_loss, double *mean_one_minus_f1)
{
    sg_rng rng = sg_rng_stream(spec->seed, spec->group, "optimism", 0);
    sg_scored s = *spec->rows;
    float in[ROWS], out[ROWS];

    *mean_loss = *mean_one_minus_f1 = 0;
    for (int d = 0; d < SG_OPTIMISM_DRAWS; d++) {
        double least = INFINITY, loss, one_minus_f1;
        int best = 0;

        for (int i = 0; i < ROWS; i++)
            in[i] = 0;
        for (int i = 0; i < ROWS; i++)
            in[sg_rng_below(&rng, ROWS)] += 1;
        for (int i = 0; i < ROWS; i++) {
            out[i] = in[i] > 0 ? 0 : search_weight[i];
            in[i] *= search_weight[i];
        }
        s.weight = in;
        for (int t = 0; t < spec->trials; t++) {
            s.margin = spec->margin[t];
            ck_assert_int_eq(sg_metric_objective(spec->objective, &s, &loss, NULL), SEGML_OK);
            best = loss < least ? t : best;
            least = loss < least ? loss : least;
        }
        s.weight = out;
        s.margin = spec->margin[best];
        ck_assert_int_eq(sg_metric_objective("f1", &s, &one_minus_f1, NULL), SEGML_OK);
        *mean_loss += sg_metric_loss(&s) / SG_OPTIMISM_DRAWS;
        *mean_one_minus_f1 += one_minus_f1 / SG_OPTIMISM_DRAWS;
    }
}

START_TEST(ready_sums_and_rankings_choose_as_weights_do)
{
    static const char *const objectives[] = {NULL,      "f1",     "precision", "recall",
                                             "mcc",     "brier",  "accuracy",  "balanced_accuracy",
                                             "roc_auc", "pr_auc", "ece"};
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, objectives[_i], 7, 8};
    double loss, one_minus_f1;
    sg_optimism out;

    correct_slowly(&spec, &loss, &one_minus_f1);
    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_eq_tol(out.loss, loss, 1e-12);
    ck_assert_double_eq_tol(out.f1, 1 - one_minus_f1, 1e-12);
}
END_TEST

/* The winner of all rows, by the metrics themselves. */
START_TEST(naive_scores_are_those_of_the_best_trial)
{
    static const char *const objectives[] = {NULL, "f1", "roc_auc", "mcc"};
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, objectives[_i], 5, 6};
    double least = INFINITY, loss = (double)NAN, one_minus_f1 = (double)NAN;
    sg_optimism out;

    for (int t = 0; t < TRIALS; t++) {
        double objective;

        rows.margin = margin_of[t];
        ck_assert_int_eq(sg_metric_objective(objectives[_i], &rows, &objective, NULL), SEGML_OK);
        if (objective < least) {
            least = objective;
            loss = sg_metric_loss(&rows);
            ck_assert_int_eq(sg_metric_objective("f1", &rows, &one_minus_f1, NULL), SEGML_OK);
        }
    }
    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_eq_tol(out.naive_loss, loss, 1e-14);
    ck_assert_double_eq_tol(out.naive_f1, 1 - one_minus_f1, 1e-14);
}
END_TEST

/* With one trial there is nothing to choose: the mean out of the bag is near the score itself. */
START_TEST(a_search_of_one_trial_is_hardly_corrected)
{
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, 1, NULL, 5, 6};
    sg_optimism out;

    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_eq_tol(out.loss, out.naive_loss, 0.02);
    ck_assert_double_eq_tol(out.f1, out.naive_f1, 0.02);
}
END_TEST

START_TEST(multiclass_searches_have_a_macro_f1)
{
    static const float label[4] = {0, 1, 2, 1}, good[12] = {3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 3, 0},
                       bad[12] = {0, 3, 0, 3, 0, 0, 0, 0, 3, 0, 3, 0};
    const float *margins[2] = {bad, good};
    sg_scored rows = {SEGML_TASK_MULTICLASS, 4, 3, NULL, label, NULL, 0};
    sg_optimism_spec spec = {&rows, margins, 2, "f1_macro", 5, 6};
    sg_optimism out;

    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_eq(out.naive_f1, 1);
    ck_assert_double_eq_tol(out.naive_loss, log(exp(3) + 2) - 3, 1e-12);
    ck_assert(out.f1 <= 1 && out.f1 > 0.5);
    ck_assert_double_ge(out.loss, out.naive_loss);
}
END_TEST

/* Rows of weight 0 may hold anything. */
START_TEST(rows_of_weight_zero_are_neither_drawn_nor_scored)
{
    static float margin[TRIALS * 2 * ROWS], label[2 * ROWS], weight[2 * ROWS];
    const float *margins[TRIALS];
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_scored mixed = {SEGML_TASK_BINARY, 2 * ROWS, 1, NULL, label, weight, 0.5};
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, "roc_auc", 5, 6}, other = spec;
    sg_optimism expected, out;

    for (int i = 0; i < 2 * ROWS; i++) {
        label[i] = i % 2 == 0 ? 1 : search_label[i / 2];
        weight[i] = i % 2 == 0 ? 0 : search_weight[i / 2];
        for (int t = 0; t < TRIALS; t++) {
            margins[t] = margin + (size_t)t * 2 * ROWS;
            margin[t * 2 * ROWS + i] = i % 2 == 0 ? (float)NAN : margin_of[t][i / 2];
        }
    }
    other.rows = &mixed;
    other.margin = margins;
    ck_assert_int_eq(sg_optimism_correct(&spec, &expected, NULL), SEGML_OK);
    ck_assert_int_eq(sg_optimism_correct(&other, &out, NULL), SEGML_OK);
    ck_assert_double_eq(out.loss, expected.loss);
    ck_assert_double_eq(out.f1, expected.f1);
    ck_assert_double_eq(out.naive_loss, expected.naive_loss);
}
END_TEST

START_TEST(without_a_choice_or_rows_nothing_is_known)
{
    static const float one[ROWS] = {0};
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, "roc_auc", 5, 6};
    sg_optimism out;

    rows.label = one;
    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_nan(out.naive_loss); /* the area of one class */
    ck_assert_double_nan(out.loss);
    spec.objective = NULL;
    for (rows.rows = 0; rows.rows <= 1; rows.rows++) {
        ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
        ck_assert_int_eq(isnan(out.naive_loss) != 0, rows.rows == 0);
        ck_assert_double_nan(out.loss);
        ck_assert_double_nan(out.f1);
    }
    rows.rows = ROWS;
    spec.trials = 0;
    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_OK);
    ck_assert_double_nan(out.naive_loss);
    ck_assert_double_nan(out.loss);
}
END_TEST

START_TEST(an_unknown_objective_is_refused)
{
    sg_scored rows = searched_rows(SEGML_TASK_BINARY);
    sg_optimism_spec spec = {&rows, margin_of, TRIALS, "rmse", 5, 6};
    sg_optimism out;

    ck_assert_int_eq(sg_optimism_correct(&spec, &out, NULL), SEGML_E_ARGUMENT);
    ck_assert_double_nan(out.loss);
}
END_TEST

TCase *
optimism_tests(void)
{
    TCase *tc = tcase_create("optimism");

    tcase_add_loop_test(tc, corrections_are_those_of_numpy, 0, 4);
    tcase_add_test(tc, corrections_of_other_objectives_are_those_of_numpy);
    tcase_add_loop_test(tc, ready_sums_and_rankings_choose_as_weights_do, 0, 11);
    tcase_add_loop_test(tc, naive_scores_are_those_of_the_best_trial, 0, 4);
    tcase_add_test(tc, a_search_of_one_trial_is_hardly_corrected);
    tcase_add_test(tc, multiclass_searches_have_a_macro_f1);
    tcase_add_test(tc, rows_of_weight_zero_are_neither_drawn_nor_scored);
    tcase_add_test(tc, without_a_choice_or_rows_nothing_is_known);
    tcase_add_test(tc, an_unknown_objective_is_refused);
    return tc;
}
