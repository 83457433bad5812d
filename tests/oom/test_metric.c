/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics, thresholds, intervals and corrections of every task while the n-th allocation fails:
 * out of memory, nothing lost, and the values of before once there is memory again. Draws that
 * allocate are alike, so after the first allocations only every 61st fails.
 */

#include <check.h>
#include <math.h>

#include "base/alloc.h"
#include "metric/interval.h"
#include "metric/optimism.h"
#include "metric/threshold.h"

enum { ROWS = 6000, FEW_ROWS = 40, CLASSES = 3, TRIALS = 3, ATTEMPTS_MAX = 10000 };

static float margin[ROWS * CLASSES], other[ROWS * CLASSES], label[ROWS];
static int32_t group[ROWS];

/* A scenario: one call, with one value of its outcome. */
typedef int scenario(const sg_scored *s, double *value, segml_error *err);

static int
all(const sg_scored *s, double *value, segml_error *err)
{
    segml_value values[SG_METRIC_MAX];
    int64_t count = 0;
    int rc = sg_metric_all(s, values, &count, err);

    *value = rc == SEGML_OK ? values[0].value : 0;
    return rc;
}

static int
over_groups(const sg_scored *s, double *value, segml_error *err)
{
    const int64_t start[3] = {0, s->rows / 2, s->rows};
    sg_metric_groups groups = {s, start, 2, NULL};
    segml_value values[SG_METRIC_GROUPS_MAX];
    int64_t count = 0;
    int rc = sg_metric_over_groups(&groups, values, &count, err);

    *value = rc == SEGML_OK ? values[count - 1].value : 0;
    return rc;
}

static int
objective(const sg_scored *s, double *value, segml_error *err)
{
    static const char *const names[] = {"f1", "f1_macro", "r2", "d2"};
    int rc = sg_metric_objective("loss", s, value, err);

    return rc < 0 ? rc : sg_metric_objective(names[s->task - 1], s, value, err);
}

static int
threshold(const sg_scored *s, double *value, segml_error *err)
{
    sg_threshold_spec spec = {SG_THRESHOLD_F1, 0, 0};
    sg_scored binary = *s;
    double thresholds[2];
    int rc;

    binary.task = SEGML_TASK_BINARY;
    binary.classes = 1;
    rc = sg_threshold_choose(&binary, &spec, value, err);
    return rc < 0 ? rc : sg_threshold_cross_fit(&binary, group, 2, &spec, thresholds, err);
}

static int
interval(const sg_scored *s, double *value, segml_error *err)
{
    sg_interval_spec spec = {.seed = 1, .group = 2, .widen = 1};
    sg_interval out[SG_INTERVAL_MAX];
    sg_scored b = *s;
    int rc = sg_interval_all(s, &spec, out, err);

    b.margin = other;
    if (rc == SEGML_OK)
        rc = sg_interval_paired(s, &b, &spec, NULL, out, err);
    *value = rc == SEGML_OK ? out[0].low : 0;
    return rc;
}

static int
comparison(const sg_scored *s, double *value, segml_error *err)
{
    static const double x[3] = {1, 2, 3}, y[3] = {0, 2, 5};
    sg_scored b = *s;
    double mean;
    int rc;

    b.margin = other;
    rc = sg_interval_loss_difference(s, &b, group, &mean, value, err);
    return rc < 0 ? rc : sg_interval_wilcoxon(x, y, 3, value, err);
}

static int
correction(const sg_scored *s, double *value, segml_error *err)
{
    static const char *const names[][4] = {{"loss", "loss", "loss", "loss"},
                                           {"roc_auc", "roc_auc_macro", "median_ae", "d2"}};
    const float *margins[TRIALS] = {margin, other, margin + CLASSES};
    sg_scored few = *s;
    sg_optimism_spec spec = {&few, margins, TRIALS, NULL, 1, 2};
    sg_optimism out;
    int rc = SEGML_OK;

    few.rows = FEW_ROWS;
    for (int i = 0; i < 2 && rc == SEGML_OK; i++) {
        spec.objective = names[i][s->task - 1];
        rc = sg_optimism_correct(&spec, &out, err);
    }
    *value = rc == SEGML_OK ? out.loss : 0;
    return rc;
}

static scenario *const scenarios[] = {all,      over_groups, objective, threshold,
                                      interval, comparison,  correction};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static void
set_scene(void)
{
    for (int i = 0; i < ROWS; i++) {
        label[i] = (float)(i % 2);
        group[i] = i % 7 % 2;
    }
    for (int i = 0; i < ROWS * CLASSES; i++) {
        margin[i] = (float)(i * 37 % 101) / 50 - 1;
        other[i] = (float)(i * 41 % 103) / 51 - 1;
    }
}

/* _i: scenario and task. */
START_TEST(metrics_survive_every_failed_allocation)
{
    int32_t task = SEGML_TASK_BINARY + _i % 4;
    scenario *run = scenarios[_i / 4];
    sg_scored s = {task, ROWS, task == SEGML_TASK_MULTICLASS ? CLASSES : 1, margin, label,
                   NULL, 0.5};
    double expected, value = 0;
    int64_t n = 0;
    int rc = SEGML_E_NOMEM;

    set_scene();
    ck_assert_int_eq(run(&s, &expected, NULL), SEGML_OK);
    for (; n < ATTEMPTS_MAX && rc != SEGML_OK; n += n < 60 ? 1 : 61) {
        segml_error err = SEGML_ERROR_INIT;

        sg_alloc_inject(n, 0);
        rc = run(&s, &value, &err);
        sg_alloc_inject(-1, 0);
        if (rc != SEGML_OK) {
            ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s", (long long)n, err.message);
            ck_assert_int_eq(err.code, SEGML_E_NOMEM);
        }
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_double_eq(value, expected);
    /* The metrics of counts alone need no memory. */
    ck_assert(n > 1 || (run == all && task == SEGML_TASK_POISSON));
}
END_TEST

TCase *
metric_tests(void)
{
    TCase *tc = tcase_create("metric");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, metrics_survive_every_failed_allocation, 0, 4 * SCENARIOS);
    return tc;
}
