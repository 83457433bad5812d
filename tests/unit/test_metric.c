/* SPDX-License-Identifier: Apache-2.0 */

/* metric: values of scikit-learn, the undefined cases, groups, objectives, what does not count. */

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "metric/loss.h"

/* What the golden tables are made of. */
typedef struct recorded_case {
    const char *name;
    const segml_value *expected;
    int64_t count;
    sg_scored scored;
} recorded_case;

typedef struct grouped_case {
    const char *name;
    const segml_value *expected;
    int64_t count;
    sg_scored scored;
    const int64_t *start;
    int64_t groups;
    const double *limits;
} grouped_case;

#include "golden/metrics_binary.h"
#include "golden/metrics_groups.h"
#include "golden/metrics_multiclass.h"
#include "golden/metrics_poisson.h"
#include "golden/metrics_regression.h"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

enum {
    RECORDED = COUNT(binary_cases) + COUNT(multiclass_cases) + COUNT(regression_cases) +
               COUNT(poisson_cases)
};

static const recorded_case *
recorded(int i)
{
    static const struct {
        const recorded_case *cases;
        int count;
    } tables[] = {{binary_cases, COUNT(binary_cases)},
                  {multiclass_cases, COUNT(multiclass_cases)},
                  {regression_cases, COUNT(regression_cases)},
                  {poisson_cases, COUNT(poisson_cases)}};
    int t = 0;

    for (; i >= tables[t].count; t++)
        i -= tables[t].count;
    return &tables[t].cases[i];
}

/* The same to twelve digits, or both NaN; a fitted line to eight. */
static void
assert_same(const char *where, const char *name, double actual, double expected)
{
    double tolerance = strncmp(name, "calibration_", 12) == 0 ? 1e-8 : 1e-12;

    if (isnan(expected)) {
        ck_assert_msg(isnan(actual), "%s, %s: %.17g instead of NaN", where, name, actual);
        return;
    }
    ck_assert_msg(fabs(actual - expected) <= tolerance * fmax(1.0, fabs(expected)),
                  "%s, %s: %.17g instead of %.17g", where, name, actual, expected);
}

START_TEST(metrics_are_those_of_scikit_learn)
{
    segml_value values[SG_METRIC_MAX];
    int64_t count = -1;
    const char *where = recorded(_i)->name;

    ck_assert_int_eq(sg_metric_all(&recorded(_i)->scored, values, &count, NULL), SEGML_OK);
    ck_assert_int_eq(count, recorded(_i)->count);
    for (int64_t k = 0; k < count; k++) {
        ck_assert_str_eq(values[k].name, recorded(_i)->expected[k].name);
        assert_same(where, values[k].name, values[k].value, recorded(_i)->expected[k].value);
    }
}
END_TEST

START_TEST(spread_over_groups_is_that_of_groups_scored_one_by_one)
{
    segml_value values[SG_METRIC_GROUPS_MAX];
    int64_t count = -1;
    const char *where = groups_cases[_i].name;
    sg_metric_groups groups = {&groups_cases[_i].scored, groups_cases[_i].start,
                               groups_cases[_i].groups, groups_cases[_i].limits};

    ck_assert_int_eq(sg_metric_over_groups(&groups, values, &count, NULL), SEGML_OK);
    ck_assert_int_eq(count, groups_cases[_i].count);
    for (int64_t k = 0; k < count; k++) {
        ck_assert_str_eq(values[k].name, groups_cases[_i].expected[k].name);
        assert_same(where, values[k].name, values[k].value, groups_cases[_i].expected[k].value);
    }
}
END_TEST

/* Every metric that ranks models, and no other, is an objective. */
START_TEST(objectives_are_metrics_turned_so_that_less_is_better)
{
    static const char *const falls[] = {"log_loss", "brier",      "ece",        "rmse",
                                        "mae",      "median_ae",  "mape",       "wape",
                                        "deviance", "pinball_10", "pinball_90", NULL};
    static const char *const no_rank[] = {"log_loss_se",
                                          "rmse_se",
                                          "deviance_se",
                                          "calibration_slope",
                                          "calibration_intercept",
                                          "base_rate",
                                          "tp",
                                          "fp",
                                          "fn",
                                          "tn",
                                          "bias",
                                          "mape_rows",
                                          "classes_seen",
                                          NULL};
    const sg_scored *s = &recorded(_i)->scored;
    double loss;

    for (int64_t k = 0; k < recorded(_i)->count; k++) {
        const segml_value *metric = &recorded(_i)->expected[k];
        int is_falling = 0, is_ranking = 1;

        for (int j = 0; falls[j] != NULL; j++)
            is_falling |= strcmp(falls[j], metric->name) == 0;
        for (int j = 0; no_rank[j] != NULL; j++)
            is_ranking &= strcmp(no_rank[j], metric->name) != 0;
        if (!is_ranking) {
            ck_assert_int_eq(sg_metric_objective(metric->name, s, &loss, NULL), SEGML_E_ARGUMENT);
            ck_assert_int_eq(sg_metric_check_objective(metric->name, s->task, NULL),
                             SEGML_E_ARGUMENT);
            continue;
        }
        ck_assert_int_eq(sg_metric_check_objective(metric->name, s->task, NULL), SEGML_OK);
        ck_assert_int_eq(sg_metric_objective(metric->name, s, &loss, NULL), SEGML_OK);
        assert_same(recorded(_i)->name, metric->name, loss,
                    is_falling ? metric->value : 1 - metric->value);
    }
    ck_assert_int_eq(sg_metric_objective(NULL, s, &loss, NULL), SEGML_OK);
    assert_same(recorded(_i)->name, "loss", loss, sg_metric_loss(s));
    ck_assert_int_eq(sg_metric_objective("loss", s, &loss, NULL), SEGML_OK);
    assert_same(recorded(_i)->name, "loss", loss, sg_metric_loss(s));
}
END_TEST

START_TEST(an_unknown_objective_is_refused_with_those_that_are_known)
{
    segml_error err;

    ck_assert_int_eq(sg_metric_check_objective("rmse", SEGML_TASK_BINARY, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "objective \"rmse\" is none of the task binary: choose from loss, log_loss, "
                     "f1, precision, recall, accuracy, balanced_accuracy, mcc, roc_auc, pr_auc, "
                     "brier, ece");
    ck_assert_int_eq(sg_metric_check_objective("", SEGML_TASK_REGRESSION, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "pinball_90")); /* nothing is cut off */
    ck_assert_int_eq(sg_metric_check_objective("f1", SEGML_TASK_MULTICLASS, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "roc_auc_weighted"));
    ck_assert_int_eq(sg_metric_check_objective("f1", SEGML_TASK_POISSON, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(
        strstr(err.message, "poisson: choose from loss, deviance, d2, mae, rmse"));
    ck_assert_int_eq(sg_metric_check_objective(NULL, SEGML_TASK_POISSON, NULL), SEGML_OK);
}
END_TEST

/* Log loss and deviance come first; the loss of regression is the square of the RMSE. */
START_TEST(loss_is_the_mean_of_the_row_losses)
{
    const sg_scored *s = &recorded(_i)->scored;
    double first = recorded(_i)->expected[0].value, sum = 0, total = 0;

    first = s->task == SEGML_TASK_REGRESSION ? first * first : first;
    assert_same(recorded(_i)->name, "loss", sg_metric_loss(s), first);
    for (int64_t i = 0; i < s->rows; i++) {
        double w = s->weight != NULL ? (double)s->weight[i] : 1.0;

        sum += w * sg_metric_row_loss(s->task, s->margin + i * s->classes, s->classes, s->label[i]);
        total += w;
    }
    assert_same(recorded(_i)->name, "mean of row losses", sum / total, first);
}
END_TEST

/* By hand: log 2, clipped at -log 1e-15; squares; 2 (y log (y / m) - y + m). */
START_TEST(row_losses_are_the_textbook_ones)
{
    static const float zero[3] = {0, 0, 0}, ten = 10, two = 2, high[2] = {0, 100};
    const double ln2 = log(2), clip = 34.538776394910684;

    assert_same("", "logistic", sg_metric_row_loss(SEGML_TASK_BINARY, zero, 1, 1.0f), ln2);
    assert_same("", "logistic", sg_metric_row_loss(SEGML_TASK_BINARY, &ten, 1, 1.0f),
                4.5398899216864e-5);
    assert_same("", "clipped", sg_metric_row_loss(SEGML_TASK_BINARY, &high[1], 1, 0.0f), clip);
    assert_same("", "softmax", sg_metric_row_loss(SEGML_TASK_MULTICLASS, zero, 3, 2.0f), log(3));
    assert_same("", "clipped", sg_metric_row_loss(SEGML_TASK_MULTICLASS, high, 2, 0.0f), clip);
    assert_same("", "square", sg_metric_row_loss(SEGML_TASK_REGRESSION, &ten, 1, 7.0f), 9.0);
    assert_same("", "poisson", sg_metric_row_loss(SEGML_TASK_POISSON, zero, 1, 0.0f), 2.0);
    assert_same("", "poisson", sg_metric_row_loss(SEGML_TASK_POISSON, zero, 1, 2.0f), 4 * ln2 - 2);
    assert_same("", "poisson", sg_metric_row_loss(SEGML_TASK_POISSON, &two, 1, 0.0f), 2 * exp(2));
}
END_TEST

/* Sums of many rows at once against those of single rows: rows that fill no vector, one and more
   products; margins of any size, all on the label's side, and some that no loss is finite for. */
START_TEST(sums_of_losses_are_those_of_single_rows)
{
    enum { ROWS = 530, CLASSES = 3 };
    static const int32_t tasks[] = {SEGML_TASK_BINARY, SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    static const double spread[] = {1e-5, 1, 6, 50, 650};
    static const float no_bound[] = {HUGE_VALF, -HUGE_VALF, NAN, FLT_MAX, -0.0f};
    float margin[ROWS * CLASSES], label[ROWS], weight[ROWS];
    sg_rng rng = sg_rng_stream(5, 0, "loss", (uint64_t)_i);
    int32_t task = tasks[_i / 4];
    int weighted = _i % 2, right = _i / 2 % 2;

    for (int rows = 0; rows <= ROWS; rows += rows < 40 ? 1 : 49) {
        double wide = fmin(spread[rows % 5], task == SEGML_TASK_POISSON ? 50 : 650), sum = 0, got;
        sg_scored s = {.task = task,
                       .rows = rows,
                       .classes = task == SEGML_TASK_MULTICLASS ? CLASSES : 1,
                       .margin = margin,
                       .label = label,
                       .weight = weighted ? weight : NULL};

        for (int i = 0; i < rows * s.classes; i++)
            margin[i] = (float)((2 * sg_rng_uniform(&rng) - 1) * wide);
        for (int i = 0; i < rows; i++) {
            label[i] = (float)sg_rng_below(&rng, 2);
            weight[i] = (float)(3 * sg_rng_uniform(&rng));
            if (task == SEGML_TASK_BINARY && right)
                margin[i] = (2 * label[i] - 1) * (fabsf(margin[i]) + (float)wide);
            else if (task == SEGML_TASK_BINARY && rows > 100 && i % 97 == 0)
                margin[i] = no_bound[i / 97 % 5];
            sum += (weighted ? (double)weight[i] : 1.0) *
                   sg_metric_row_loss(task, margin + i * s.classes, s.classes, label[i]);
        }
        got = sg_loss_sum(&s);
        ck_assert_msg(fabs(got - sum) <= 1e-14 * sum + 1e-300, "%d rows: %.17g instead of %.17g",
                      rows, got, sum);
    }
}
END_TEST

/* Whatever a row of weight 0 holds: the values of the others alone. */
START_TEST(rows_of_weight_zero_do_not_count)
{
    static const float odd[3] = {1e38f, -1e38f, (float)NAN};
    static const int32_t tasks[] = {SEGML_TASK_BINARY, SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    int64_t classes = tasks[_i] == SEGML_TASK_MULTICLASS ? 2 : 1, count, again;
    float margin[18] = {0.5f, -1, 2, 0.25f, -0.5f, 1, 1.5f, 0, -2, 1, 0.75f, 0.125f};
    float label[9] = {1, 0, 1, 1, 0, 0}, weight[9] = {1, 2, 1, 0.5f, 1, 3};
    segml_value few[SG_METRIC_MAX], all[SG_METRIC_MAX];
    sg_scored s = {tasks[_i], 6, classes, margin, label, weight, 0.5};

    ck_assert_int_eq(sg_metric_all(&s, few, &count, NULL), SEGML_OK);
    for (int64_t i = 6; i < 9; i++) {
        for (int64_t c = 0; c < classes; c++)
            margin[i * classes + c] = odd[i - 6];
        label[i] = tasks[_i] == SEGML_TASK_BINARY || tasks[_i] == SEGML_TASK_MULTICLASS ? 1 : 1e30f;
    }
    s.rows = 9;
    ck_assert_int_eq(sg_metric_all(&s, all, &again, NULL), SEGML_OK);
    ck_assert_int_eq(again, count);
    for (int64_t k = 0; k < count; k++) {
        ck_assert_msg(!isnan(few[k].value), "%s", few[k].name);
        assert_same("with rows of weight 0", all[k].name, all[k].value, few[k].value);
    }
}
END_TEST

/* Counts are not undefined, but 0. */
static int
is_count(const char *name)
{
    static const char *const counts[] = {"tp", "fp", "fn", "tn", "mape_rows", "classes_seen"};

    for (int i = 0; i < COUNT(counts); i++) {
        if (strcmp(name, counts[i]) == 0)
            return 1;
    }
    return 0;
}

START_TEST(without_a_row_that_counts_all_is_undefined)
{
    static const int32_t tasks[] = {SEGML_TASK_BINARY, SEGML_TASK_MULTICLASS, SEGML_TASK_REGRESSION,
                                    SEGML_TASK_POISSON};
    const float margin[4] = {1, 2, 3, 4}, label[2] = {1, 0}, weight[2] = {0, 0};
    segml_value values[SG_METRIC_MAX];
    int64_t count = 0;
    sg_scored s = {tasks[_i], 2, 1, margin, label, weight, 0.5};

    s.classes = s.task == SEGML_TASK_MULTICLASS ? 2 : 1;
    for (s.rows = 0; s.rows <= 2; s.rows += 2) {
        ck_assert(isnan(sg_metric_loss(&s)));
        ck_assert_int_eq(sg_metric_all(&s, values, &count, NULL), SEGML_OK);
        ck_assert_int_gt(count, 0);
        for (int64_t k = 0; k < count; k++)
            assert_same("no rows", values[k].name, values[k].value,
                        is_count(values[k].name) ? 0 : (double)NAN);
    }
}
END_TEST

/* A probability that is the threshold is positive: a margin of 0 is exactly one half. */
START_TEST(the_threshold_itself_is_positive)
{
    const float margin[2] = {0, -0.001f}, label[2] = {1, 0};
    segml_value values[SG_METRIC_MAX];
    int64_t count;
    sg_scored s = {SEGML_TASK_BINARY, 2, 1, margin, label, NULL, 0.5};

    ck_assert_int_eq(sg_metric_all(&s, values, &count, NULL), SEGML_OK);
    for (int64_t k = 0; k < count; k++) {
        if (strcmp(values[k].name, "accuracy") == 0)
            ck_assert_double_eq(values[k].value, 1.0);
    }
}
END_TEST

/* Rankings are sorted; comparisons with NaN must not keep a loop going. */
START_TEST(margins_that_are_no_numbers_come_to_an_end)
{
    const float margin[4] = {1, (float)NAN, -1, (float)NAN}, label[4] = {1, 0, 0, 1};
    segml_value values[SG_METRIC_MAX];
    int64_t count;
    sg_scored s = {SEGML_TASK_BINARY, 4, 1, margin, label, NULL, 0.5};

    ck_assert_int_eq(sg_metric_all(&s, values, &count, NULL), SEGML_OK);
    assert_same("NaN", values[0].name, values[0].value,
                (2 * 34.538776394910684 + 2 * log1p(exp(-1))) / 4); /* each NaN is clipped */
}
END_TEST

TCase *
metric_tests(void)
{
    TCase *tc = tcase_create("metric");

    tcase_add_loop_test(tc, metrics_are_those_of_scikit_learn, 0, RECORDED);
    tcase_add_loop_test(tc, spread_over_groups_is_that_of_groups_scored_one_by_one, 0,
                        COUNT(groups_cases));
    tcase_add_loop_test(tc, objectives_are_metrics_turned_so_that_less_is_better, 0, RECORDED);
    tcase_add_test(tc, an_unknown_objective_is_refused_with_those_that_are_known);
    tcase_add_loop_test(tc, loss_is_the_mean_of_the_row_losses, 0, RECORDED);
    tcase_add_test(tc, row_losses_are_the_textbook_ones);
    tcase_add_loop_test(tc, sums_of_losses_are_those_of_single_rows, 0, 16);
    tcase_add_loop_test(tc, rows_of_weight_zero_do_not_count, 0, 4);
    tcase_add_loop_test(tc, without_a_row_that_counts_all_is_undefined, 0, 4);
    tcase_add_test(tc, the_threshold_itself_is_positive);
    tcase_add_test(tc, margins_that_are_no_numbers_come_to_an_end);
    return tc;
}
