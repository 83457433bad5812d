/* SPDX-License-Identifier: Apache-2.0 */

/* metric/threshold: against every possible threshold, ties, degenerate labels, cross-fitting. */

#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "metric/threshold.h"

enum { ROWS = 60, FOLDS = 4 };

typedef struct rows {
    float margin[ROWS], label[ROWS], weight[ROWS];
    sg_scored scored;
} rows;

static double
normal(sg_rng *rng)
{
    double radius = sqrt(-2 * log1p(-sg_rng_uniform(rng)));

    return radius * cos(6.283185307179586 * sg_rng_uniform(rng));
}

/* Random rows of some kind: coarse kinds have ties, every third has weights. */
static void
fill_rows(rows *r, int kind)
{
    sg_rng rng = sg_rng_stream(1, (uint64_t)kind, "test", 0);
    double rate = 0.1 + 0.2 * (kind % 5);

    for (int i = 0; i < ROWS; i++) {
        double m;

        r->label[i] = sg_rng_uniform(&rng) < rate ? 1.0f : 0.0f;
        m = normal(&rng) + (double)r->label[i] * (kind % 3) - 0.5;
        r->margin[i] = (float)(kind % 2 == 0 ? m : round(2 * m) / 2);
        r->weight[i] = (float)sg_rng_below(&rng, 4) / 2;
    }
    r->scored = (sg_scored){
        SEGML_TASK_BINARY, ROWS, 1, r->margin, r->label, kind % 3 == 0 ? r->weight : NULL, 0.5};
}

static double
probability(const sg_scored *s, int64_t i)
{
    return 1 / (1 + exp(-(double)s->margin[i]));
}

/* F1 or MCC at a threshold, counted. */
static double
goal_at(const sg_scored *s, int32_t goal, double t)
{
    double tp = 0, fp = 0, fn = 0, tn = 0, spread;

    for (int64_t i = 0; i < s->rows; i++) {
        double w = s->weight != NULL ? (double)s->weight[i] : 1;

        if (probability(s, i) >= t)
            *(s->label[i] > 0 ? &tp : &fp) += w;
        else
            *(s->label[i] > 0 ? &fn : &tn) += w;
    }
    if (goal == SG_THRESHOLD_F1)
        return tp + fp + fn > 0 ? 2 * tp / (2 * tp + fp + fn) : (double)NAN;
    spread = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    if (tp + fn <= 0 || tn + fp <= 0)
        return (double)NAN;
    return spread > 0 ? (tp * tn - fp * fn) / sqrt(spread) : 0;
}

/* Halfway between the probability p and the nearest one below it that counts, or 0. */
static double
below(const sg_scored *s, double p)
{
    double next = 0;

    for (int64_t i = 0; i < s->rows; i++) {
        double q = probability(s, i);

        if ((s->weight == NULL || s->weight[i] > 0) && q < p && q > next)
            next = q;
    }
    return (p + next) / 2;
}

static double
score_at(const sg_scored *s, const sg_threshold_spec *spec, double t)
{
    return goal_at(s, spec->goal, t) - spec->penalty * (t - spec->toward) * (t - spec->toward);
}

/* The largest score that any threshold has, tried one by one. */
static double
best_score(const sg_scored *s, const sg_threshold_spec *spec)
{
    double best = score_at(s, spec, below(s, 1.0));

    for (int64_t i = 0; i < s->rows; i++) {
        double score = score_at(s, spec, below(s, probability(s, i)));

        if ((s->weight == NULL || s->weight[i] > 0) && (isnan(best) || score > best))
            best = score;
    }
    return best;
}

START_TEST(no_threshold_is_better_than_the_chosen_one)
{
    static const double penalties[] = {0, 0.5, 2, 40};
    rows r;

    fill_rows(&r, _i);
    for (int k = 0; k < 8; k++) {
        sg_threshold_spec spec = {k % 2 == 0 ? SG_THRESHOLD_F1 : SG_THRESHOLD_MCC, 0.35,
                                  penalties[k / 2]};
        double t = -1, best = best_score(&r.scored, &spec);

        ck_assert_int_eq(sg_threshold_choose(&r.scored, &spec, &t, NULL), SEGML_OK);
        ck_assert(t >= 0 && t <= 1);
        ck_assert_double_eq_tol(score_at(&r.scored, &spec, t), best, 1e-12);
    }
}
END_TEST

/* The heavier the penalty, the nearer to where it draws. */
START_TEST(a_penalty_draws_the_threshold)
{
    double last = 1;
    rows r;

    fill_rows(&r, 1);
    for (double penalty = 0; penalty < 1e4; penalty = 10 * penalty + 1) {
        sg_threshold_spec spec = {SG_THRESHOLD_F1, 0.7, penalty};
        double t;

        ck_assert_int_eq(sg_threshold_choose(&r.scored, &spec, &t, NULL), SEGML_OK);
        ck_assert_double_le(fabs(t - 0.7), last);
        last = fabs(t - 0.7);
    }
    ck_assert_double_le(last, 0.1);
}
END_TEST

/* By hand. F1 of 1 from -1 (p .269) to 1 (p .731) on: halfway is one half. */
START_TEST(the_threshold_is_halfway_between_neighbours)
{
    const float margin[4] = {-2, -1, 1, 2}, label[4] = {0, 0, 1, 1};
    sg_scored s = {SEGML_TASK_BINARY, 4, 1, margin, label, NULL, 0.5};
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    double t;

    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq_tol(t, 0.5, 1e-15);
}
END_TEST

/* By hand. Scores 0 0 1 1 2 2 of labels 1 0 1 0 0 0: F1 at the thresholds is 0, 0, 1/3 and 1/2, the
   best below all, where 0 is the neighbour: half of one half. */
START_TEST(equal_scores_move_together)
{
    const float margin[6] = {0, 0, 1, 1, 2, 2}, label[6] = {1, 0, 1, 0, 0, 0};
    sg_scored s = {SEGML_TASK_BINARY, 6, 1, margin, label, NULL, 0.5};
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    double t;

    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq_tol(t, 0.25, 1e-15);
}
END_TEST

/* By hand. Labels 1 0 0 1 of falling scores: F1 is 2/3 with the first row and with all four. */
START_TEST(of_equal_thresholds_the_nearest_to_one_half_is_taken)
{
    const float high[4] = {3, 2, 1, 0.5f}, low[4] = {0.125f, -1, -2, -3}, label[4] = {1, 0, 0, 1};
    sg_scored s = {SEGML_TASK_BINARY, 4, 1, high, label, NULL, 0.5};
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    double t;

    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq_tol(t, probability(&s, 3) / 2, 1e-15);
    s.margin = low;
    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq_tol(t, (probability(&s, 0) + probability(&s, 1)) / 2, 1e-15);
}
END_TEST

START_TEST(without_a_goal_it_is_one_half_or_where_the_penalty_draws)
{
    const float margin[3] = {-1, 0.5f, 2}, one[3] = {1, 1, 1}, none[3] = {0, 0, 0};
    sg_scored s = {SEGML_TASK_BINARY, 3, 1, margin, one, NULL, 0.5};
    sg_threshold_spec spec = {SG_THRESHOLD_MCC, 0.3, 0};
    double t;

    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq(t, 0.5); /* MCC of one class is undefined */
    s.rows = 0;
    spec.goal = SG_THRESHOLD_F1;
    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq(t, 0.5);
    s.rows = 3;
    s.weight = none;
    spec.penalty = 1;
    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq(t, 0.3);
}
END_TEST

/* Probabilities next to 0, to 1, and one ulp apart: the threshold still parts them. */
START_TEST(saturated_and_neighbouring_probabilities_are_parted)
{
    const float margin[6] = {-800, -90, 0, 3e-16f, 30, 90}, label[6] = {0, 0, 0, 1, 1, 1};
    const float all[6] = {1, 1, 1, 1, 1, 1};
    sg_scored s = {SEGML_TASK_BINARY, 6, 1, margin, label, NULL, 0.5};
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    double t;

    ck_assert(probability(&s, 3) > probability(&s, 2));
    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq(goal_at(&s, SG_THRESHOLD_F1, t), 1.0);
    s.label = all;
    ck_assert_int_eq(sg_threshold_choose(&s, &spec, &t, NULL), SEGML_OK);
    ck_assert_double_eq(goal_at(&s, SG_THRESHOLD_F1, t), 1.0);
}
END_TEST

/* Scrambling the labels of a fold leaves its own threshold alone, and no other. */
START_TEST(a_folds_rows_do_not_choose_its_threshold)
{
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    double before[FOLDS], after[FOLDS], alone;
    int32_t fold[ROWS];
    rows r;

    fill_rows(&r, 2);
    for (int i = 0; i < ROWS; i++)
        fold[i] = i % FOLDS;
    ck_assert_int_eq(sg_threshold_cross_fit(&r.scored, fold, FOLDS, &spec, before, NULL), SEGML_OK);
    for (int i = 1; i < ROWS; i += FOLDS)
        r.label[i] = 1 - r.label[i];
    ck_assert_int_eq(sg_threshold_cross_fit(&r.scored, fold, FOLDS, &spec, after, NULL), SEGML_OK);
    for (int f = 0; f < FOLDS; f++)
        ck_assert_msg((before[f] == after[f]) == (f == 1), "fold %d: %g, %g", f, before[f],
                      after[f]);
    for (int i = 0; i < ROWS; i++)
        r.weight[i] = fold[i] == 3 ? 0.0f : 1.0f;
    r.scored.weight = r.weight;
    ck_assert_int_eq(sg_threshold_choose(&r.scored, &spec, &alone, NULL), SEGML_OK);
    ck_assert_double_eq(alone, after[3]);
}
END_TEST

START_TEST(the_penalty_falls_with_the_rows)
{
    ck_assert_double_eq(sg_threshold_penalty(400), 2.0);
    ck_assert_double_eq(sg_threshold_penalty(10000), 0.4);
    ck_assert(isfinite(sg_threshold_penalty(0)));
}
END_TEST

TCase *
threshold_tests(void)
{
    TCase *tc = tcase_create("threshold");

    tcase_add_loop_test(tc, no_threshold_is_better_than_the_chosen_one, 0, 30);
    tcase_add_test(tc, a_penalty_draws_the_threshold);
    tcase_add_test(tc, the_threshold_is_halfway_between_neighbours);
    tcase_add_test(tc, equal_scores_move_together);
    tcase_add_test(tc, of_equal_thresholds_the_nearest_to_one_half_is_taken);
    tcase_add_test(tc, without_a_goal_it_is_one_half_or_where_the_penalty_draws);
    tcase_add_test(tc, saturated_and_neighbouring_probabilities_are_parted);
    tcase_add_test(tc, a_folds_rows_do_not_choose_its_threshold);
    tcase_add_test(tc, the_penalty_falls_with_the_rows);
    return tc;
}
