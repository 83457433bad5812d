/* SPDX-License-Identifier: Apache-2.0 */

/*
 * train/decision: R1 to R4 of decision.c, against thresholds that are found by trying all, and
 * from outside: a row that changes its label does not move the threshold it is judged by.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "train/decision.h"

/* Groups: 0 has its own threshold, 1 too few rows, 2 too few of the rarer class, 3 no model. */
enum { GROUPS = 4, ROWS = 300 + 100 + 260 + 150, FOLDS = 5 };

static const int64_t start[GROUPS + 1] = {0, 300, 400, 660, ROWS};
static const uint8_t own[GROUPS] = {1, 1, 1, 0};

static float routed_margin[ROWS], shared_margin[ROWS], label[ROWS], weight[ROWS];
static int32_t fold[ROWS];
static sg_scored routed, shared;
static sg_decision_input input;

static void
make_rows(void)
{
    sg_rng rng = sg_rng_stream(1, 0, "test", 0);

    for (int i = 0; i < ROWS; i++) {
        double rate = i >= start[2] && i < start[3] ? 0.05 : 0.35;

        label[i] = sg_rng_uniform(&rng) < rate ? 1.0f : 0.0f;
        routed_margin[i] = (float)(3 * sg_rng_uniform(&rng) - 2.5 + (double)label[i]);
        shared_margin[i] = (float)(3 * sg_rng_uniform(&rng) - 2 + 0.5 * (double)label[i]);
        weight[i] = (float)(1 + sg_rng_below(&rng, 2));
        fold[i] = i % FOLDS;
    }
    routed = (sg_scored){.task = SEGML_TASK_BINARY,
                         .rows = ROWS,
                         .classes = 1,
                         .margin = routed_margin,
                         .label = label,
                         .weight = weight,
                         .threshold = 0.5};
    shared = routed;
    shared.margin = shared_margin;
    input = (sg_decision_input){.routed = &routed,
                                .shared = &shared,
                                .fold = fold,
                                .folds = FOLDS,
                                .goal = SG_THRESHOLD_F1,
                                .start = start,
                                .own = own,
                                .groups = GROUPS};
}

static void
decide(sg_decision *d)
{
    ck_assert_int_eq(sg_decision_make(d, &input, NULL), SEGML_OK);
    for (int64_t g = 0; g < input.groups; g++)
        ck_assert_int_eq(sg_decision_group(d, &input, g, NULL), SEGML_OK);
}

/* What is maximised at a threshold, over rows [0, end) outside a fold. */
static double
goal_at(const float *margin, int64_t end, int32_t without, double threshold)
{
    double tp = 0, wrong = 0;

    for (int64_t i = 0; i < end; i++) {
        int positive = label[i] > 0;
        int predicted = 1 / (1 + exp(-(double)margin[i])) >= threshold;

        if (fold[i] == without)
            continue;
        tp += positive && predicted ? (double)weight[i] : 0;
        wrong += positive != predicted ? (double)weight[i] : 0;
    }
    return 2 * tp / (2 * tp + wrong);
}

/* That no probability of rows [0, end) outside a fold would be a better threshold than t. */
static void
assert_best(const float *margin, int64_t end, int32_t without, double t, double toward,
            double penalty)
{
    double found = goal_at(margin, end, without, t) - penalty * (t - toward) * (t - toward);

    for (int64_t i = 0; i < end; i++) {
        double tried = 1 / (1 + exp(-(double)margin[i]));
        double value = goal_at(margin, end, without, tried);

        if (fold[i] == without)
            continue;
        value -= penalty * (tried - toward) * (tried - toward);
        /* Between two probabilities F1 is the same, the penalty not quite. */
        ck_assert_msg(value <= found + (penalty > 0 ? 5e-3 : 1e-12), "%g at %g, %g at %g", value,
                      tried, found, t);
    }
}

START_TEST(deployed_thresholds_are_the_best_of_their_rows)
{
    sg_decision d = {.group = NULL};

    make_rows();
    decide(&d);
    assert_best(routed_margin, ROWS, -1, d.pooled, 0, 0);
    assert_best(shared_margin, ROWS, -1, d.shared, 0, 0);
    assert_best(routed_margin, 300, -1, d.group[0], d.pooled, sg_threshold_penalty(300));
    ck_assert_double_ne(d.group[0], d.pooled);
    ck_assert_double_eq(d.group[1], d.pooled);
    ck_assert_double_eq(d.group[2], d.pooled);
    ck_assert_double_eq(d.group[3], d.shared);
    ck_assert_double_ne(d.shared, d.pooled);
    sg_decision_clear(&d);
}
END_TEST

START_TEST(a_row_is_judged_by_the_best_threshold_of_the_other_folds)
{
    sg_decision d = {.group = NULL};

    make_rows();
    decide(&d);
    for (int f = 0; f < FOLDS; f++) {
        double pooled = d.row[300 + f]; /* of group 1 */

        assert_best(routed_margin, ROWS, f, pooled, 0, 0);
        assert_best(shared_margin, ROWS, f, d.shared_row[f], 0, 0);
        assert_best(routed_margin, 300, f, d.row[f], pooled, sg_threshold_penalty(240));
        for (int i = f; i < ROWS; i += FOLDS) {
            int g = i < 300 ? 0 : i < 660 ? 1 : 3;

            ck_assert_double_eq(d.shared_row[i], d.shared_row[f]);
            ck_assert_double_eq(d.row[i], g == 0 ? d.row[f] : g == 1 ? pooled : d.shared_row[f]);
        }
    }
    sg_decision_clear(&d);
}
END_TEST

START_TEST(no_row_moves_the_threshold_it_is_judged_by)
{
    sg_decision d = {.group = NULL};
    int others_moved = 0;

    make_rows();
    decide(&d);
    for (int i = _i; i < ROWS; i += 40) {
        sg_decision changed = {.group = NULL};

        label[i] = 1 - label[i];
        decide(&changed);
        label[i] = 1 - label[i];
        for (int k = 0; k < ROWS; k++) {
            if (fold[k] == fold[i]) {
                ck_assert_double_eq(changed.row[k], d.row[k]);
                ck_assert_double_eq(changed.shared_row[k], d.shared_row[k]);
            }
            others_moved += changed.row[k] != d.row[k];
        }
        sg_decision_clear(&changed);
    }
    ck_assert_int_gt(others_moved, 0);
    sg_decision_clear(&d);
}
END_TEST

/* A group just large enough has its own threshold, but not on four fifths of its rows. */
START_TEST(the_other_folds_rows_alone_decide_whether_a_group_is_large_enough)
{
    sg_decision d = {.group = NULL};
    static const int64_t one_large[] = {0, 210, ROWS};
    static const uint8_t both[] = {1, 0};

    make_rows();
    input.start = one_large;
    input.own = both;
    input.groups = 2;
    decide(&d);
    ck_assert_double_ne(d.group[0], d.pooled);
    for (int f = 0; f < FOLDS; f++)
        assert_best(routed_margin, ROWS, f, d.row[f], 0, 0);
    sg_decision_clear(&d);
}
END_TEST

START_TEST(rows_of_weight_0_count_nowhere)
{
    sg_decision d = {.group = NULL}, changed = {.group = NULL};

    make_rows();
    for (int i = 0; i < ROWS; i += 7)
        weight[i] = 0;
    decide(&d);
    for (int i = 0; i < ROWS; i += 7)
        label[i] = 1 - label[i];
    decide(&changed);
    ck_assert_double_eq(changed.pooled, d.pooled);
    ck_assert_mem_eq(changed.group, d.group, GROUPS * sizeof *d.group);
    ck_assert_mem_eq(changed.row, d.row, ROWS * sizeof *d.row);
    ck_assert_mem_eq(changed.shared_row, d.shared_row, ROWS * sizeof *d.row);
    sg_decision_clear(&changed);
    sg_decision_clear(&d);
}
END_TEST

START_TEST(a_fixed_threshold_is_everyones)
{
    sg_decision d = {.group = NULL};

    make_rows();
    input.fixed = 0.3;
    decide(&d);
    ck_assert_double_eq(d.pooled, 0.3);
    ck_assert_double_eq(d.shared, 0.3);
    for (int g = 0; g < GROUPS; g++)
        ck_assert_double_eq(d.group[g], 0.3);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_double_eq(d.row[i], 0.3);
        ck_assert_double_eq(d.shared_row[i], 0.3);
    }
    sg_decision_clear(&d);
}
END_TEST

START_TEST(without_a_global_model_the_pooled_one_is_shared)
{
    sg_decision d = {.group = NULL};

    make_rows();
    shared.margin = NULL;
    decide(&d);
    ck_assert_double_eq(d.shared, d.pooled);
    ck_assert_double_eq(d.group[3], d.pooled);
    sg_decision_clear(&d);
}
END_TEST

TCase *
decision_tests(void)
{
    TCase *tc = tcase_create("decision");

    tcase_add_test(tc, deployed_thresholds_are_the_best_of_their_rows);
    tcase_add_test(tc, a_row_is_judged_by_the_best_threshold_of_the_other_folds);
    tcase_add_loop_test(tc, no_row_moves_the_threshold_it_is_judged_by, 0, 4);
    tcase_add_test(tc, the_other_folds_rows_alone_decide_whether_a_group_is_large_enough);
    tcase_add_test(tc, rows_of_weight_0_count_nowhere);
    tcase_add_test(tc, a_fixed_threshold_is_everyones);
    tcase_add_test(tc, without_a_global_model_the_pooled_one_is_shared);
    return tc;
}
