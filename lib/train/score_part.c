/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics of rows that are scored together.
 *
 * R1  Metrics that need a class use the threshold of the row's model. f1_at_half is F1 at one
 *     half, as the original experiment reports it.
 * R2  The loss is given once more without the folds that the search was scored on, which has
 *     chosen its parameters there: the headline.
 * R3  Intervals are 95 % intervals over rows, widened because the folds' models share most of
 *     their rows (Nadeau and Bengio).
 */

#include "train/score_part.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "metric/binary.h"

/* The most values of a record. */
enum { MOST_VALUES = SG_METRIC_MAX + 2 * SG_INTERVAL_MAX + SG_METRIC_GROUPS_MAX + 10 };

static void
add(segml_value *values, int64_t *count, const char *name, double value)
{
    values[(*count)++] = (segml_value){name, value};
}

/* R2 */
static const char *
unsearched_name(int32_t task)
{
    return task == SEGML_TASK_REGRESSION ? "rmse_unsearched"
           : task == SEGML_TASK_POISSON  ? "deviance_unsearched"
                                         : "log_loss_unsearched";
}

static void
add_unsearched_loss(const sg_score_part *of, segml_value *values, int64_t *count)
{
    sg_scored unseen = of->scored;
    double loss;

    unseen.weight = of->unsearched;
    loss = sg_metric_loss(&unseen);
    add(values, count, unsearched_name(unseen.task),
        unseen.task == SEGML_TASK_REGRESSION ? sqrt(loss) : loss);
}

static void
add_f1_at_half(const sg_score_part *of, segml_value *values, int64_t *count)
{
    sg_scored half = of->scored;
    double sums[SG_SUM_SINGLE];

    if (half.task != SEGML_TASK_BINARY)
        return;
    half.threshold = 0.5;
    sg_sums_all(&half, NULL, sums);
    add(values, count, "f1_at_half", sg_binary_f1(sums, 1));
}

/* Names of the ends of an interval. */
static const struct bounds {
    const char *metric, *low, *high;
} bounds[] = {
    {"log_loss", "log_loss_low", "log_loss_high"},
    {"f1", "f1_low", "f1_high"},
    {"f1_macro", "f1_macro_low", "f1_macro_high"},
    {"accuracy", "accuracy_low", "accuracy_high"},
    {"rmse", "rmse_low", "rmse_high"},
    {"deviance", "deviance_low", "deviance_high"},
    {"mae", "mae_low", "mae_high"},
    {"log_loss_unsearched", "log_loss_unsearched_low", "log_loss_unsearched_high"},
    {"rmse_unsearched", "rmse_unsearched_low", "rmse_unsearched_high"},
    {"deviance_unsearched", "deviance_unsearched_low", "deviance_unsearched_high"},
};

static void
add_bounds(const char *metric, const sg_interval *interval, segml_value *values, int64_t *count)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (strcmp(bounds[i].metric, metric) != 0)
            continue;
        add(values, count, bounds[i].low, interval->low);
        add(values, count, bounds[i].high, interval->high);
    }
}

/* R3 */
static int
add_intervals(const sg_score_part *of, segml_value *values, int64_t *count, segml_error *err)
{
    double folds = of->folds;
    sg_interval_spec spec = {.seed = of->seed,
                             .group = of->key,
                             .widen = sqrt(1 + folds / (folds - 1)),
                             .row_threshold = of->row_threshold};
    sg_interval intervals[SG_INTERVAL_MAX];
    sg_scored unseen = of->scored;
    const char *const *names;
    int32_t named = sg_interval_names(of->scored.task, &names);
    int rc = sg_interval_all(&of->scored, &spec, intervals, err);

    for (int32_t i = 0; i < named && rc == SEGML_OK; i++)
        add_bounds(names[i], &intervals[i], values, count);
    if (rc < 0)
        return rc;
    unseen.weight = of->unsearched;
    rc = sg_interval_all(&unseen, &spec, intervals, err); /* the first one is the loss's */
    if (rc == SEGML_OK)
        add_bounds(unsearched_name(unseen.task), &intervals[0], values, count);
    return rc;
}

/* How the winner of the search did on the rows that it was chosen on. */
static void
add_search(const sg_result *result, segml_value *values, int64_t *count)
{
    const segml_value found[] = {{"search_loss", result->search_loss},
                                 {"search_loss_corrected", result->search_loss_corrected},
                                 {"search_f1", result->search_f1},
                                 {"search_f1_corrected", result->search_f1_corrected}};

    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        if (result->status == SEGML_GROUP_TRAINED && !isnan(found[i].value))
            values[(*count)++] = found[i];
    }
}

static int
score_all(const sg_score_part *of, segml_value *values, int64_t *count, segml_error *err)
{
    int64_t added = 0;
    int rc = sg_metric_all_at(&of->scored, of->row_threshold, values, count, err);

    if (rc < 0)
        return rc;
    add_unsearched_loss(of, values, count);
    add_f1_at_half(of, values, count);
    rc = add_intervals(of, values, count, err);
    if (rc == SEGML_OK && of->result != NULL)
        add_search(of->result, values, count);
    if (rc == SEGML_OK && of->groups != NULL)
        rc = sg_metric_over_groups(of->groups, values + *count, &added, err);
    *count += added;
    return rc;
}

int
sg_score_part_keep(sg_score_values *out, const sg_score_part *part, segml_error *err)
{
    segml_value values[MOST_VALUES];
    int64_t count = 0;
    int rc = score_all(part, values, &count, err);

    if (rc < 0)
        return rc;
    out->values = sg_alloc_copy(values, (size_t)count * sizeof *values);
    if (out->values == NULL)
        return sg_fail_nomem(err);
    out->count = count;
    return SEGML_OK;
}
