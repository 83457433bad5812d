/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Metrics as losses to be minimised by a search.
 *
 * One table says everything: what ranks models of a task, which way, and how it comes from sums
 * over rows or from a ranking where it does. The rest is looked up in sg_metric_all(). Metrics
 * that do not say which of two models is better (counts, base rate, bias, calibration line) are
 * not in it.
 */

#include "metric/objective.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "metric/binary.h"
#include "metric/calibration.h"
#include "metric/multiclass.h"
#include "metric/rows.h"

enum { FALLS = 0, RISES = 1 };

static const sg_objective objectives[] = {
    {SEGML_TASK_BINARY, "loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_BINARY, "log_loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_BINARY, "f1", RISES, sg_binary_f1, NULL},
    {SEGML_TASK_BINARY, "precision", RISES, sg_binary_precision, NULL},
    {SEGML_TASK_BINARY, "recall", RISES, sg_binary_recall, NULL},
    {SEGML_TASK_BINARY, "accuracy", RISES, sg_binary_accuracy, NULL},
    {SEGML_TASK_BINARY, "balanced_accuracy", RISES, sg_binary_balanced_accuracy, NULL},
    {SEGML_TASK_BINARY, "mcc", RISES, sg_binary_mcc, NULL},
    {SEGML_TASK_BINARY, "roc_auc", RISES, NULL, sg_ranking_roc_auc},
    {SEGML_TASK_BINARY, "pr_auc", RISES, NULL, sg_ranking_pr_auc},
    {SEGML_TASK_BINARY, "brier", FALLS, sg_binary_brier, NULL},
    {SEGML_TASK_BINARY, "ece", FALLS, NULL, sg_calibration_error},
    {SEGML_TASK_MULTICLASS, "loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_MULTICLASS, "log_loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_MULTICLASS, "f1_macro", RISES, sg_multiclass_f1_macro, NULL},
    {SEGML_TASK_MULTICLASS, "f1_weighted", RISES, sg_multiclass_f1_weighted, NULL},
    {SEGML_TASK_MULTICLASS, "f1_micro", RISES, sg_multiclass_accuracy, NULL},
    {SEGML_TASK_MULTICLASS, "accuracy", RISES, sg_multiclass_accuracy, NULL},
    {SEGML_TASK_MULTICLASS, "balanced_accuracy", RISES, sg_multiclass_balanced_accuracy, NULL},
    {SEGML_TASK_MULTICLASS, "kappa", RISES, sg_multiclass_kappa, NULL},
    {SEGML_TASK_MULTICLASS, "mcc", RISES, sg_multiclass_mcc, NULL},
    {SEGML_TASK_MULTICLASS, "roc_auc_macro", RISES, NULL, NULL},
    {SEGML_TASK_MULTICLASS, "roc_auc_weighted", RISES, NULL, NULL},
    {SEGML_TASK_REGRESSION, "loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_REGRESSION, "rmse", FALLS, sg_sums_rmse, NULL},
    {SEGML_TASK_REGRESSION, "mae", FALLS, sg_sums_mae, NULL},
    {SEGML_TASK_REGRESSION, "median_ae", FALLS, NULL, NULL},
    {SEGML_TASK_REGRESSION, "r2", RISES, NULL, NULL},
    {SEGML_TASK_REGRESSION, "d2_absolute", RISES, NULL, NULL},
    {SEGML_TASK_REGRESSION, "mape", FALLS, NULL, NULL},
    {SEGML_TASK_REGRESSION, "wape", FALLS, NULL, NULL},
    {SEGML_TASK_REGRESSION, "pinball_10", FALLS, NULL, NULL},
    {SEGML_TASK_REGRESSION, "pinball_90", FALLS, NULL, NULL},
    {SEGML_TASK_POISSON, "loss", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_POISSON, "deviance", FALLS, sg_sums_loss, NULL},
    {SEGML_TASK_POISSON, "d2", RISES, NULL, NULL},
    {SEGML_TASK_POISSON, "mae", FALLS, sg_sums_mae, NULL},
    {SEGML_TASK_POISSON, "rmse", FALLS, sg_sums_rmse, NULL},
};

enum { OBJECTIVES = sizeof objectives / sizeof *objectives };

const sg_objective *
sg_objective_find(const char *name, int32_t task)
{
    const char *wanted = name != NULL ? name : "loss";

    for (int i = 0; i < OBJECTIVES; i++) {
        if (objectives[i].task == task && strcmp(objectives[i].name, wanted) == 0)
            return &objectives[i];
    }
    return NULL;
}

double
sg_objective_loss(const sg_objective *objective, double value)
{
    return objective->rises ? 1 - value : value;
}

int
sg_metric_check_objective(const char *name, int32_t task, segml_error *err)
{
    const char *model = segml_task_name(task) != NULL ? segml_task_name(task) : "unknown";
    char names[300] = "";
    size_t used = 0;

    if (sg_objective_find(name, task) != NULL)
        return SEGML_OK;
    for (int i = 0; i < OBJECTIVES && used < sizeof names; i++) {
        if (objectives[i].task == task)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used > 0 ? ", " : "", objectives[i].name);
    }
    return sg_fail(err, SEGML_E_ARGUMENT,
                   "objective \"%.60s\" is none of the task %s: choose from %s", name, model,
                   names);
}

static int
value_of_sums(sg_sums_metric metric, const sg_scored *scored, double *value, segml_error *err)
{
    double *sums = sg_alloc_array(sg_sums_width(scored->classes), sizeof *sums);

    if (sums == NULL)
        return sg_fail_nomem(err);
    sg_sums_all(scored, NULL, sums);
    *value = metric(sums, scored->classes);
    sg_free(sums);
    return SEGML_OK;
}

static int
value_of_ranking(sg_ranking_metric metric, const sg_scored *scored, double *value, segml_error *err)
{
    sg_ranked *ranked;
    int64_t count;
    int rc = sg_ranking_make(&ranked, &count, scored, err);

    if (rc < 0)
        return rc;
    *value = metric(ranked, count);
    sg_free(ranked);
    return SEGML_OK;
}

static int
value_of_all(const char *name, const sg_scored *scored, double *value, segml_error *err)
{
    segml_value values[SG_METRIC_MAX];
    int64_t count;
    int rc = sg_metric_all(scored, values, &count, err);

    for (int64_t i = 0; rc == SEGML_OK && i < count; i++) {
        if (strcmp(values[i].name, name) == 0)
            *value = values[i].value;
    }
    return rc;
}

int
sg_metric_objective(const char *name, const sg_scored *scored, double *loss, segml_error *err)
{
    const sg_objective *objective = sg_objective_find(name, scored->task);
    double value = (double)NAN;
    int rc;

    *loss = (double)NAN;
    if (objective == NULL)
        return sg_metric_check_objective(name, scored->task, err);
    if (objective->of_sums != NULL)
        rc = value_of_sums(objective->of_sums, scored, &value, err);
    else if (objective->of_ranking != NULL)
        rc = value_of_ranking(objective->of_ranking, scored, &value, err);
    else
        rc = value_of_all(objective->name, scored, &value, err);
    if (rc == SEGML_OK)
        *loss = sg_objective_loss(objective, value);
    return rc;
}
