/* SPDX-License-Identifier: Apache-2.0 */

/*
 * metric/interval: quantiles of SciPy's and NumPy's draws, analytic standard errors, paired
 * differences, clusters, signed ranks. How often intervals hold the truth: test_coverage.c.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "golden/intervals_scipy.h"
#include "metric/interval.h"

enum { PAIR_ROWS = 240, FEW_ROWS = 80, MANY_ROWS = 6500, BINARY_METRICS = 3 };

static const sg_scored pair_a = {SEGML_TASK_BINARY, PAIR_ROWS,   1,  pair_margin_a,
                                 pair_label,        pair_weight, 0.5};
static const sg_scored pair_b = {SEGML_TASK_BINARY, PAIR_ROWS,   1,  pair_margin_b,
                                 pair_label,        pair_weight, 0.5};
static const sg_interval_spec spec = {.seed = 1, .group = 2, .widen = 1};

/* Against rows of value, low, high, standard error. A thousand draws know the 2.5 % quantile of a
   normal distribution to .084 of its standard deviation, and that to 2.2 %. */
static void
assert_drawn(const sg_interval *actual, const double *expected)
{
    for (int k = 0; k < BINARY_METRICS; k++, expected += 4) {
        double se = expected[3];

        ck_assert_double_eq_tol(actual[k].value, expected[0], 1e-12);
        ck_assert_double_eq_tol(actual[k].low, expected[1], 0.3 * se);
        ck_assert_double_eq_tol(actual[k].high, expected[2], 0.3 * se);
        ck_assert_double_eq_tol(actual[k].standard_error, se, 0.09 * se);
    }
}

START_TEST(drawn_rows_have_the_quantiles_of_scipy)
{
    sg_scored plain = pair_a;
    sg_interval out[SG_INTERVAL_MAX];

    plain.weight = NULL;
    ck_assert_int_eq(sg_interval_all(&plain, &spec, out, NULL), SEGML_OK);
    assert_drawn(out, drawn_plain);
    ck_assert_int_eq(sg_interval_all(&pair_a, &spec, out, NULL), SEGML_OK);
    assert_drawn(out, drawn_weighted);
}
END_TEST

START_TEST(few_rows_have_the_quantiles_of_random_weights)
{
    sg_scored few = pair_a;
    sg_interval out[SG_INTERVAL_MAX];

    few.rows = FEW_ROWS;
    ck_assert_int_eq(sg_interval_all(&few, &spec, out, NULL), SEGML_OK);
    assert_drawn(out, drawn_bayesian);
}
END_TEST

/* By hand. Errors of 0, 0, 1, 1 with random weights: their mean is of the beta distribution (2, 2),
   whose 97.5 % quantile is .9057. sqrt(5 / 3) of its distance, times 3.182 / 1.960 for three
   degrees of freedom. */
START_TEST(intervals_of_very_few_rows_are_stretched)
{
    const float margin[4] = {0, 0, 1, 1}, label[4] = {0, 0, 0, 0};
    sg_scored s = {SEGML_TASK_REGRESSION, 4, 1, margin, label, NULL, 0};
    double stretch = sqrt(5.0 / 3) * 3.182 / 1.960;
    sg_interval out[SG_INTERVAL_MAX];

    ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
    ck_assert_double_eq(out[1].value, 0.5);
    ck_assert_double_eq(out[1].low, 0);
    ck_assert_double_eq_tol(out[1].high, 0.5 + 0.4057 * stretch, 0.1);
    ck_assert_double_eq_tol(out[1].standard_error, sqrt(0.05 * 5 / 3), 0.02);
}
END_TEST

START_TEST(differences_have_the_quantiles_of_rows_drawn_together)
{
    sg_interval out[SG_INTERVAL_MAX];

    ck_assert_int_eq(sg_interval_paired(&pair_a, &pair_b, &spec, NULL, out, NULL), SEGML_OK);
    assert_drawn(out, drawn_difference);
}
END_TEST

START_TEST(a_paired_interval_is_much_tighter_than_two)
{
    sg_interval a[SG_INTERVAL_MAX], b[SG_INTERVAL_MAX], both[SG_INTERVAL_MAX];

    ck_assert_int_eq(sg_interval_all(&pair_a, &spec, a, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&pair_b, &spec, b, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_paired(&pair_a, &pair_b, &spec, NULL, both, NULL), SEGML_OK);
    ck_assert_double_eq_tol(both[0].value, a[0].value - b[0].value, 1e-14);
    ck_assert_double_lt(3 * both[0].standard_error,
                        hypot(a[0].standard_error, b[0].standard_error));
    ck_assert_double_lt(1.5 * both[1].standard_error,
                        hypot(a[1].standard_error, b[1].standard_error));
}
END_TEST

START_TEST(a_prediction_does_not_differ_from_itself)
{
    sg_interval out[SG_INTERVAL_MAX];

    ck_assert_int_eq(sg_interval_paired(&pair_a, &pair_a, &spec, NULL, out, NULL), SEGML_OK);
    for (int k = 0; k < BINARY_METRICS; k++) {
        ck_assert_double_eq(out[k].value, 0);
        ck_assert_double_eq(out[k].low, 0);
        ck_assert_double_eq(out[k].high, 0);
        ck_assert_double_eq(out[k].standard_error, 0);
    }
}
END_TEST

/* Rows in random blocks: the standard errors of a mean and of a share, and of rows that come in
   two halves of very different loss, which blocks of equal shares would hide. */
START_TEST(blocks_have_the_standard_error_of_rows)
{
    static float margin[MANY_ROWS], label[MANY_ROWS];
    sg_scored s = {SEGML_TASK_BINARY, MANY_ROWS, 1, margin, label, NULL, 0.5};
    sg_rng rng = sg_rng_stream(3, 4, "test", 0);
    sg_interval out[SG_INTERVAL_MAX];
    double loss = 0, squares = 0, hits = 0, n = MANY_ROWS;

    for (int i = 0; i < MANY_ROWS; i++) {
        double p = i < MANY_ROWS / 2 ? 0.6 : 0.98, l;

        label[i] = sg_rng_uniform(&rng) < p ? 1.0f : 0.0f;
        margin[i] = i < MANY_ROWS / 2 ? 0.5f : 4.0f;
        l = log1p(exp(label[i] > 0 ? -(double)margin[i] : (double)margin[i]));
        loss += l;
        squares += l * l;
        hits += (double)label[i];
    }
    ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
    ck_assert_double_eq_tol(out[0].value, loss / n, 1e-12);
    ck_assert_double_eq_tol(out[0].standard_error / sqrt((squares / n - loss * loss / n / n) / n),
                            1, 0.1);
    ck_assert_double_eq_tol(out[2].standard_error / sqrt(hits / n * (1 - hits / n) / n), 1, 0.1);
    ck_assert_double_eq_tol((out[0].high - out[0].low) / (2 * 1.96 * out[0].standard_error), 1,
                            0.1);
}
END_TEST

START_TEST(every_task_has_its_metrics)
{
    static const char *const expected[][SG_INTERVAL_MAX] = {
        {"log_loss", "f1", "accuracy"},
        {"log_loss", "f1_macro", "accuracy"},
        {"rmse", "mae"},
        {"deviance", "mae"},
    };
    static const int32_t tasks[] = {SEGML_TASK_BINARY, SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    int64_t classes = tasks[_i] == SEGML_TASK_MULTICLASS ? 3 : 1, values;
    const char *const *names;
    sg_scored s = {tasks[_i], FEW_ROWS, classes, pair_margin_a, pair_label, pair_weight, 0.5};
    segml_value all[SG_METRIC_MAX];
    sg_interval out[SG_INTERVAL_MAX];
    int32_t count = sg_interval_names(tasks[_i], &names);

    ck_assert_int_eq(sg_metric_all(&s, all, &values, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
    for (int32_t k = 0; k < SG_INTERVAL_MAX; k++) {
        const char *name = expected[_i][k];

        ck_assert((name != NULL) == (k < count));
        if (name == NULL) {
            ck_assert_double_nan(out[k].value);
            continue;
        }
        ck_assert_str_eq(names[k], name);
        for (int64_t j = 0; j < values; j++) {
            if (strcmp(all[j].name, name) == 0)
                ck_assert_double_eq_tol(out[k].value, all[j].value, 1e-14);
        }
        ck_assert_double_lt(out[k].low, out[k].value);
        ck_assert_double_lt(out[k].value, out[k].high);
        ck_assert_double_gt(out[k].standard_error, 0);
    }
}
END_TEST

START_TEST(widening_stretches_both_sides_up_to_what_can_be)
{
    sg_interval narrow[SG_INTERVAL_MAX], wide[SG_INTERVAL_MAX];
    sg_interval_spec widened = spec;

    widened.widen = 1.5;
    ck_assert_int_eq(sg_interval_all(&pair_a, &spec, narrow, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&pair_a, &widened, wide, NULL), SEGML_OK);
    for (int k = 0; k < BINARY_METRICS; k++) {
        ck_assert_double_eq_tol(wide[k].high - wide[k].value,
                                1.5 * (narrow[k].high - narrow[k].value), 1e-14);
        ck_assert_double_eq_tol(wide[k].value - wide[k].low,
                                1.5 * (narrow[k].value - narrow[k].low), 1e-14);
        ck_assert_double_eq_tol(wide[k].standard_error, 1.5 * narrow[k].standard_error, 1e-14);
    }
    widened.widen = 100;
    ck_assert_int_eq(sg_interval_all(&pair_a, &widened, wide, NULL), SEGML_OK);
    ck_assert_double_eq(wide[0].low, 0);
    ck_assert_double_gt(wide[0].high, 1);
    ck_assert_double_eq(wide[1].low, 0);
    ck_assert_double_eq(wide[1].high, 1);
    ck_assert_int_eq(sg_interval_paired(&pair_a, &pair_b, &widened, NULL, wide, NULL), SEGML_OK);
    ck_assert_double_ge(wide[1].low, -1);
    ck_assert_double_le(wide[1].high, 1);
    ck_assert_double_lt(wide[0].low, 0);
}
END_TEST

START_TEST(draws_depend_on_seed_and_group_alone)
{
    sg_interval first[SG_INTERVAL_MAX], second[SG_INTERVAL_MAX];
    sg_interval_spec other = spec;

    ck_assert_int_eq(sg_interval_all(&pair_a, &spec, first, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&pair_a, &spec, second, NULL), SEGML_OK);
    for (int k = 0; k < BINARY_METRICS; k++) {
        ck_assert(first[k].low == second[k].low && first[k].high == second[k].high);
        ck_assert(first[k].standard_error == second[k].standard_error);
    }
    other.seed++;
    ck_assert_int_eq(sg_interval_all(&pair_a, &other, second, NULL), SEGML_OK);
    ck_assert(first[0].low < second[0].low || first[0].low > second[0].low);
    other = spec;
    other.group++;
    ck_assert_int_eq(sg_interval_all(&pair_a, &other, second, NULL), SEGML_OK);
    ck_assert(first[0].low < second[0].low || first[0].low > second[0].low);
}
END_TEST

/* The rows of weight 0 lie between the others. */
START_TEST(rows_of_weight_zero_leave_no_trace)
{
    float margin[2 * FEW_ROWS], label[2 * FEW_ROWS], weight[2 * FEW_ROWS];
    sg_scored few = pair_a,
              mixed = {SEGML_TASK_BINARY, 2 * FEW_ROWS, 1, margin, label, weight, 0.5};
    sg_interval out[SG_INTERVAL_MAX], expected[SG_INTERVAL_MAX];

    few.rows = FEW_ROWS;
    for (int i = 0; i < 2 * FEW_ROWS; i++) {
        margin[i] = i % 2 == 0 ? (float)NAN : pair_margin_a[i / 2];
        label[i] = i % 2 == 0 ? 1 : pair_label[i / 2];
        weight[i] = i % 2 == 0 ? 0 : pair_weight[i / 2];
    }
    ck_assert_int_eq(sg_interval_all(&few, &spec, expected, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&mixed, &spec, out, NULL), SEGML_OK);
    for (int k = 0; k < BINARY_METRICS; k++) {
        ck_assert_double_eq(out[k].value, expected[k].value);
        ck_assert_double_eq(out[k].low, expected[k].low);
        ck_assert_double_eq(out[k].high, expected[k].high);
    }
}
END_TEST

START_TEST(rows_may_have_thresholds_of_their_own)
{
    static double low[PAIR_ROWS];
    sg_scored moved = pair_a;
    sg_interval_spec by_row = spec;
    sg_interval out[SG_INTERVAL_MAX], expected[SG_INTERVAL_MAX];

    for (int i = 0; i < PAIR_ROWS; i++)
        low[i] = 0.2;
    moved.threshold = 0.2;
    by_row.row_threshold = low;
    ck_assert_int_eq(sg_interval_all(&moved, &spec, expected, NULL), SEGML_OK);
    ck_assert_int_eq(sg_interval_all(&pair_a, &by_row, out, NULL), SEGML_OK);
    for (int k = 0; k < BINARY_METRICS; k++)
        ck_assert_double_eq(out[k].low, expected[k].low);
    ck_assert_int_eq(sg_interval_paired(&pair_a, &moved, &by_row, NULL, out, NULL), SEGML_OK);
    ck_assert_double_eq(out[1].high - out[1].low, 0);
    ck_assert_int_eq(sg_interval_paired(&moved, &pair_a, &spec, &by_row, out, NULL), SEGML_OK);
    ck_assert_double_eq(out[1].high - out[1].low, 0);
}
END_TEST

/* A class of one row among 300 is missing in a third of the draws; the others make the interval. */
START_TEST(draws_without_a_value_do_not_spoil_the_interval)
{
    static float margin[300], label[300];
    sg_scored s = {SEGML_TASK_BINARY, 300, 1, margin, label, NULL, 0.5};
    sg_interval out[SG_INTERVAL_MAX];

    for (int i = 0; i < 300; i++)
        margin[i] = -1;
    label[7] = margin[7] = 1;
    ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
    ck_assert_double_eq(out[1].value, 1);
    ck_assert_double_eq(out[1].low, 1);
    ck_assert_double_eq(out[1].high, 1);
}
END_TEST

START_TEST(without_two_rows_or_a_value_there_is_no_interval)
{
    const float margin[3] = {-1, -2, -3}, label[3] = {0, 0, 0};
    sg_scored s = {SEGML_TASK_BINARY, 0, 1, margin, label, NULL, 0.5};
    sg_interval out[SG_INTERVAL_MAX];

    for (s.rows = 0; s.rows <= 3; s.rows++) {
        ck_assert_int_eq(sg_interval_all(&s, &spec, out, NULL), SEGML_OK);
        ck_assert_int_eq(isnan(out[0].value) != 0, s.rows == 0);
        ck_assert_int_eq(isnan(out[0].low) != 0, s.rows < 2);
        ck_assert_int_eq(isnan(out[0].standard_error) != 0, s.rows < 2);
        ck_assert_double_nan(out[1].value); /* F1 without positives */
        ck_assert_double_nan(out[1].low);
        ck_assert_double_nan(out[1].standard_error);
    }
}
END_TEST

START_TEST(loss_differences_have_clustered_errors)
{
    double mean, error;

    ck_assert_int_eq(sg_interval_loss_difference(&pair_a, &pair_b, pair_group, &mean, &error, NULL),
                     SEGML_OK);
    ck_assert_double_eq_tol(mean, difference_clustered[0], 1e-12);
    ck_assert_double_eq_tol(error, difference_clustered[1], 1e-12);
    ck_assert_int_eq(sg_interval_loss_difference(&pair_a, &pair_b, NULL, &mean, &error, NULL),
                     SEGML_OK);
    ck_assert_double_eq_tol(mean, difference_alone[0], 1e-12);
    ck_assert_double_eq_tol(error, difference_alone[1], 1e-12);
}
END_TEST

START_TEST(one_cluster_has_no_error)
{
    static const int32_t one[3] = {5, 5, 0};
    const float weight[3] = {1, 2, 0};
    sg_scored a = pair_a, b = pair_b;
    double mean, error;

    a.rows = b.rows = 3;
    a.weight = b.weight = weight;
    ck_assert_int_eq(sg_interval_loss_difference(&a, &b, one, &mean, &error, NULL), SEGML_OK);
    ck_assert(isfinite(mean));
    ck_assert_double_nan(error);
    a.rows = b.rows = 0;
    ck_assert_int_eq(sg_interval_loss_difference(&a, &b, one, &mean, &error, NULL), SEGML_OK);
    ck_assert_double_nan(mean);
    ck_assert_double_nan(error);
}
END_TEST

START_TEST(signed_ranks_are_those_of_scipy)
{
    double zero[300] = {0}, p;

    ck_assert_int_eq(
        sg_interval_wilcoxon(signed_ranks[_i].difference, zero, signed_ranks[_i].count, &p, NULL),
        SEGML_OK);
    ck_assert_double_eq_tol(p, signed_ranks[_i].p, 1e-12);
}
END_TEST

START_TEST(equal_values_are_no_evidence)
{
    static const double same[4] = {1, 2, 3, 4};
    double p = 0;

    for (int64_t n = 0; n <= 4; n++) {
        ck_assert_int_eq(sg_interval_wilcoxon(same, same, n, &p, NULL), SEGML_OK);
        ck_assert_double_eq(p, 1);
    }
}
END_TEST

TCase *
interval_tests(void)
{
    TCase *tc = tcase_create("interval");

    tcase_add_test(tc, drawn_rows_have_the_quantiles_of_scipy);
    tcase_add_test(tc, few_rows_have_the_quantiles_of_random_weights);
    tcase_add_test(tc, intervals_of_very_few_rows_are_stretched);
    tcase_add_test(tc, differences_have_the_quantiles_of_rows_drawn_together);
    tcase_add_test(tc, a_paired_interval_is_much_tighter_than_two);
    tcase_add_test(tc, a_prediction_does_not_differ_from_itself);
    tcase_add_test(tc, blocks_have_the_standard_error_of_rows);
    tcase_add_loop_test(tc, every_task_has_its_metrics, 0, 4);
    tcase_add_test(tc, widening_stretches_both_sides_up_to_what_can_be);
    tcase_add_test(tc, draws_depend_on_seed_and_group_alone);
    tcase_add_test(tc, rows_of_weight_zero_leave_no_trace);
    tcase_add_test(tc, rows_may_have_thresholds_of_their_own);
    tcase_add_test(tc, draws_without_a_value_do_not_spoil_the_interval);
    tcase_add_test(tc, without_two_rows_or_a_value_there_is_no_interval);
    tcase_add_test(tc, loss_differences_have_clustered_errors);
    tcase_add_test(tc, one_cluster_has_no_error);
    tcase_add_loop_test(tc, signed_ranks_are_those_of_scipy, 0,
                        sizeof signed_ranks / sizeof *signed_ranks);
    tcase_add_test(tc, equal_values_are_no_evidence);
    return tc;
}
