/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How metrics are spread over groups.
 *
 * R1  A group where a metric is undefined takes no part in its figures but is counted.
 * R2  The worst tenth is that of rank ceil(n / 10) from the worst of n groups: no value is made
 *     up between two groups, and of up to ten groups it is the worst.
 * R3  Stratified area: pairs of rows are compared within groups only. A pooled area is also fed
 *     by groups having different base rates, which a model that knows nothing but the group gets
 *     right.
 * R4  r2_within: squares around each group's own mean, summed over groups. Pooled R2 takes the
 *     differences between groups for explained.
 */

#include "metric/metric.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "metric/binary.h"
#include "metric/multiclass.h"
#include "metric/numeric.h"
#include "metric/ranking.h"
#include "metric/rows.h"

/* A metric of a group, and the group's weight. */
typedef struct point {
    double value, weight;
} point;

/* A metric whose spread is told, with the names of the figures. */
typedef struct spread_metric {
    int32_t task;
    int32_t rises; /* higher is better */
    sg_sums_metric of_sums;
    const char *macro, *weighted, *worst, *tenth, *undefined;
} spread_metric;

#define FIGURES(name) name "_macro", name "_weighted", name "_worst", name "_q10", name "_undefined"

static const spread_metric metrics[] = {
    {SEGML_TASK_BINARY, 0, sg_sums_loss, FIGURES("log_loss")},
    {SEGML_TASK_BINARY, 1, sg_binary_f1, FIGURES("f1")},
    {SEGML_TASK_MULTICLASS, 0, sg_sums_loss, FIGURES("log_loss")},
    {SEGML_TASK_MULTICLASS, 1, sg_multiclass_f1_macro, FIGURES("f1_macro")},
    {SEGML_TASK_REGRESSION, 0, sg_sums_rmse, FIGURES("rmse")},
    {SEGML_TASK_POISSON, 0, sg_sums_loss, FIGURES("deviance")},
};

static sg_scored
group_of(const sg_metric_groups *groups, int64_t g)
{
    int64_t first = groups->start[g];
    sg_scored of = *groups->scored;

    of.rows = groups->start[g + 1] - first;
    of.margin += first * of.classes;
    of.label += first;
    of.weight = of.weight != NULL ? of.weight + first : NULL;
    return of;
}

static int
by_rising_value(const void *a, const void *b)
{
    const point *x = a, *y = b;

    return x->value < y->value ? -1 : x->value > y->value;
}

/* The figures of n groups of which `undefined` more have no value. */
static void
add_figures(const spread_metric *metric, point *of, int64_t n, int64_t undefined,
            segml_value *values, int64_t *count)
{
    double sum = 0, weighted = 0, total = 0;
    int64_t tenth = (n + 9) / 10 - 1; /* from the worst */

    qsort(of, (size_t)n, sizeof *of, by_rising_value);
    for (int64_t g = 0; g < n; g++) {
        sum += of[g].value;
        weighted += of[g].weight * of[g].value;
        total += of[g].weight;
    }
    sg_rows_add(values, count, metric->macro, sg_rows_ratio(sum, (double)n));
    sg_rows_add(values, count, metric->weighted, sg_rows_ratio(weighted, total));
    sg_rows_add(values, count, metric->worst,
                n > 0 ? of[metric->rises ? 0 : n - 1].value : (double)NAN);
    sg_rows_add(values, count, metric->tenth,
                n > 0 ? of[metric->rises ? tenth : n - 1 - tenth].value : (double)NAN);
    sg_rows_add(values, count, metric->undefined, (double)undefined);
}

static int
add_spread(const spread_metric *metric, const sg_metric_groups *groups, segml_value *values,
           int64_t *count, segml_error *err)
{
    int64_t classes = groups->scored->classes, n = 0;
    point *of = sg_alloc_array(groups->groups, sizeof *of);
    double *sums = sg_alloc_array(sg_sums_width(classes), sizeof *sums);
    int rc = SEGML_OK;

    if (of == NULL || sums == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t g = 0; g < groups->groups; g++) {
        const double *threshold = groups->row_threshold;
        sg_scored scored = group_of(groups, g);

        sg_sums_all(&scored, threshold != NULL ? threshold + groups->start[g] : NULL, sums);
        of[n].value = metric->of_sums(sums, classes);
        of[n].weight = sums[SG_SUM_WEIGHT];
        n += !isnan(of[n].value);
    }
    add_figures(metric, of, n, groups->groups - n, values, count);
out:
    sg_free(sums);
    sg_free(of);
    return rc;
}

static int
add_stratified_area(const sg_metric_groups *groups, segml_value *values, int64_t *count,
                    segml_error *err)
{
    double won = 0, pairs = 0;

    for (int64_t g = 0; g < groups->groups; g++) {
        sg_scored scored = group_of(groups, g);
        sg_ranked *ranked;
        sg_areas areas;
        int64_t rows;
        int rc = sg_ranking_make(&ranked, &rows, &scored, err);

        if (rc < 0)
            return rc;
        areas = sg_ranking_areas(ranked, rows);
        won += areas.won;
        pairs += areas.positives * areas.negatives;
        sg_free(ranked);
    }
    sg_rows_add(values, count, "roc_auc_stratified", sg_rows_ratio(won, pairs));
    return SEGML_OK;
}

static void
add_r2_within(const sg_metric_groups *groups, segml_value *values, int64_t *count)
{
    double errors = 0, spread = 0, sums[SG_SUM_SINGLE], mean;

    for (int64_t g = 0; g < groups->groups; g++) {
        sg_scored scored = group_of(groups, g);

        sg_sums_all(&scored, NULL, sums);
        errors += sums[SG_SUM_SQUARES];
        spread += sg_numeric_spread(&scored, &mean);
    }
    sg_rows_add(values, count, "r2_within", 1 - sg_rows_ratio(errors, spread));
}

int
sg_metric_over_groups(const sg_metric_groups *groups, segml_value *values, int64_t *count,
                      segml_error *err)
{
    int32_t task = groups->scored->task;
    int rc = SEGML_OK;

    *count = 0;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics && rc == SEGML_OK; i++) {
        if (metrics[i].task == task)
            rc = add_spread(&metrics[i], groups, values, count, err);
    }
    if (rc == SEGML_OK && task == SEGML_TASK_BINARY)
        rc = add_stratified_area(groups, values, count, err);
    if (rc == SEGML_OK && task == SEGML_TASK_REGRESSION)
        add_r2_within(groups, values, count);
    return rc;
}
