/* SPDX-License-Identifier: Apache-2.0 */

/*
 * All metrics of a task.
 *
 * Definitions follow scikit-learn's (https://scikit-learn.org/stable/modules/model_evaluation.html)
 * but for two things. Where a metric has no value, that returns 0 or 1 and warns; here it is NaN,
 * and each file says where. And there are no rows without effect: rows of weight 0 are as good as
 * absent, also where scikit-learn looks at which classes occur.
 *
 * Each family has its file: loss.c, binary.c with ranking.c and calibration.c, multiclass.c,
 * numeric.c. Metrics that are functions of sums over rows are written once, on sums (sums.h), for
 * all who add up rows: this list, the search's objective, groups, intervals, optimism.
 */

#include "metric/metric.h"

#include "metric/binary.h"
#include "metric/multiclass.h"
#include "metric/numeric.h"

int
sg_metric_all(const sg_scored *scored, segml_value *values, int64_t *count, segml_error *err)
{
    return sg_metric_all_at(scored, NULL, values, count, err);
}

int
sg_metric_all_at(const sg_scored *scored, const double *row_threshold, segml_value *values,
                 int64_t *count, segml_error *err)
{
    *count = 0;
    switch (scored->task) {
    case SEGML_TASK_BINARY:
        return sg_binary_metrics(scored, row_threshold, values, count, err);
    case SEGML_TASK_MULTICLASS:
        return sg_multiclass_metrics(scored, values, count, err);
    default:
        return sg_numeric_metrics(scored, values, count, err);
    }
}
