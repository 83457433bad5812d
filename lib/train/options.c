/* SPDX-License-Identifier: Apache-2.0 */

/* Defaults are applied in this one place; nothing below looks at a 0 again. */

#include "train/options.h"

#include <stdio.h>
#include <string.h>

#include "base/opts.h"
#include "base/text.h"
#include "base/thread.h"
#include "pack/policy.h"
#include "tune/prune.h"
#include "tune/sampler.h"

enum { MOST_POINTS = 10000 /* as of studies */ };

static int
check_range(int64_t value, int64_t low, int64_t high, const char *name, segml_error *err)
{
    if (value < low || value > high)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is %lld: %lld to %lld is needed", name,
                       (long long)value, (long long)low, (long long)high);
    return SEGML_OK;
}

/* One of a list of names. */
static int
check_name(const char *value, const char *const *names, const char *option, segml_error *err)
{
    char known[256] = "";
    size_t length = 0;

    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(value, names[i]) == 0)
            return SEGML_OK;
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", i > 0 ? ", " : "",
                                   names[i]);
    }
    return sg_fail(err, SEGML_E_ARGUMENT, "%s is \"%.60s\"; known are %s", option, value, known);
}

static void
fill_defaults(segml_train_options *out)
{
    int kfold;

    out->trials = out->trials == 0 ? 50 : out->trials;
    out->folds = out->folds == 0 ? 5 : out->folds;
    out->jobs = out->jobs == 0 ? sg_thread_processors() : out->jobs;
    if (out->min_rows == 0)
        out->min_rows = out->folds > 25 ? 2 * (int64_t)out->folds : 50;
    out->search_rows = out->search_rows == 0 ? 20000 : out->search_rows;
    out->fallback = out->fallback == 0 ? 1 : out->fallback;
    out->sampler = out->sampler == NULL ? "tpe" : out->sampler;
    out->validation = out->validation == NULL ? "holdout" : out->validation;
    out->metric = out->metric == NULL ? "loss" : out->metric;
    out->pruner = out->pruner == NULL ? "none" : out->pruner;
    kfold = strcmp(out->validation, "kfold") == 0;
    if (out->search_folds == 0)
        out->search_folds = kfold ? out->folds : 1;
    out->stop_folds = out->stop_folds == 0 ? 1 : out->stop_folds;
    out->history = out->history == 0 ? 1 : out->history;
    out->reusable = out->reusable == 0 ? 1 : out->reusable;
    out->threshold_metric = out->threshold_metric == NULL ? "f1" : out->threshold_metric;
    out->engine = out->engine == NULL ? "auto" : out->engine;
    out->parents = out->parents == 0 ? -1 : out->parents;
    if (out->tree_method == NULL || strcmp(out->tree_method, "auto") == 0)
        out->tree_method = "hist";
}

static int
check_numbers(const segml_train_options *out, segml_error *err)
{
    const struct {
        const char *name;
        int64_t value, low, high;
    } numbers[] = {
        {"trials", out->trials, 1, 100000},
        {"folds", out->folds, 2, 100},
        {"jobs", out->jobs, 1, 4096},
        {"min_rows", out->min_rows, 2 * (int64_t)out->folds, INT32_MAX},
        {"search_rows", out->search_rows, 100, INT32_MAX},
        {"fallback", out->fallback, -1, 1},
        {"search_folds", out->search_folds, 1, out->folds},
        {"stop_folds", out->stop_folds, -1, 1},
        {"max_rounds", out->max_rounds, 0, 100000},
        {"history", out->history, -1, 1},
        {"parents", out->parents, -1, 1},
        {"reusable", out->reusable, -1, 1},
        {"total_trials", out->total_trials, 0, INT64_MAX},
        {"group_rounds", out->group_rounds, 0, INT64_MAX},
        {"total_rounds", out->total_rounds, 0, INT64_MAX},
    };
    int rc = SEGML_OK;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && rc == SEGML_OK; i++)
        rc = check_range(numbers[i].value, numbers[i].low, numbers[i].high, numbers[i].name, err);
    return rc;
}

static int
check_reals(const segml_train_options *out, segml_error *err)
{
    const struct {
        const char *name;
        double value, low, high;
    } reals[] = {
        {"group_seconds", out->group_seconds, 0, 1e9},
        {"total_seconds", out->total_seconds, 0, 1e9},
        {"threshold", out->threshold, 0, 1},
    };
    char given[SG_TEXT_NUMBER];

    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        if (reals[i].value >= reals[i].low && reals[i].value <= reals[i].high)
            continue;
        sg_text_double(given, reals[i].value);
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is %s: a number from %d to %lld is needed",
                       reals[i].name, given, (int)reals[i].low, (long long)reals[i].high);
    }
    return SEGML_OK;
}

static int
check_names(const segml_train_options *out, segml_error *err)
{
    static const char *const validations[] = {"holdout", "kfold", "shared", NULL};
    static const char *const thresholds[] = {"f1", "mcc", NULL};
    static const char *const engines[] = {
        "auto", "native", "xgboost", "native:portable", "native:avx2", "native:avx512", NULL};
    static const char *const methods[] = {"auto", "hist", "exact", NULL};
    int rc = check_name(out->validation, validations, "validation", err);

    if (rc == SEGML_OK)
        rc = check_name(out->threshold_metric, thresholds, "threshold_metric", err);
    if (rc == SEGML_OK)
        rc = check_name(out->engine, engines, "engine", err);
    if (rc == SEGML_OK)
        rc = check_name(out->tree_method, methods, "tree_method", err);
    if (rc == SEGML_OK && sg_sampler_find(out->sampler) == NULL)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "sampler is \"%.60s\"; known are tpe, tpe-univariate, random, grid",
                     out->sampler);
    if (rc == SEGML_OK && !sg_pruner_known(out->pruner))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "pruner is \"%.60s\"; known are none, median, halving",
                     out->pruner);
    if (rc == SEGML_OK && strcmp(out->pruner, "none") != 0 &&
        (strcmp(out->validation, "holdout") != 0 || out->search_folds > 1))
        rc =
            sg_fail(err, SEGML_E_ARGUMENT,
                    "pruner %s looks at the curve of one validation fold; validation is %s with %d",
                    out->pruner, out->validation, (int)out->search_folds);
    return rc;
}

/* A policy cannot name what is not trained. */
static int
check_policy(const segml_train_options *out, segml_error *err)
{
    int32_t policy = 0;
    int rc = SEGML_OK;

    if (out->fallback_policy != NULL)
        rc = sg_policy_read(&policy, out->fallback_policy, "fallback_policy", err);
    if (rc == SEGML_OK && (policy & SG_FALLBACK_PARENT) != 0 && out->parents < 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "fallback_policy is \"%.60s\", but no parents are trained; switch on the "
                     "option parents, or leave out parent",
                     out->fallback_policy);
    if (rc == SEGML_OK && (policy & SG_FALLBACK_GLOBAL) != 0 && out->fallback < 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "fallback_policy is \"%.60s\", but no global models are trained; switch on "
                     "the option fallback, or leave out global",
                     out->fallback_policy);
    return rc;
}

int32_t
sg_options_policy(const segml_train_options *options)
{
    int32_t policy = 0;

    if (options->fallback_policy != NULL &&
        sg_policy_read(&policy, options->fallback_policy, "", NULL) == SEGML_OK)
        return policy;
    if (options->parents > 0)
        policy = SG_FALLBACK_PARENT;
    if (options->fallback > 0)
        policy |= SG_FALLBACK_GLOBAL | SG_FALLBACK_CONSTANT;
    return policy;
}

/* An array and its length. */
static int
check_array(const void *array, int64_t count, int64_t most, const char *name, segml_error *err)
{
    if (count > most)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s_count is %lld: at most %lld are possible", name,
                       (long long)count, (long long)most);
    if (count < 0 || (count > 0) != (array != NULL))
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%s_count is %lld, which does not fit: the array is %s", name,
                       (long long)count, array != NULL ? "there" : "NULL");
    return SEGML_OK;
}

int
sg_options_load(segml_train_options *out, const segml_train_options *given, segml_error *err)
{
    int rc = sg_opts_load(out, sizeof *out, given, "segml_train_options", err);

    if (rc < 0)
        return rc;
    fill_defaults(out);
    rc = check_numbers(out, err);
    if (rc == SEGML_OK)
        rc = check_reals(out, err);
    if (rc == SEGML_OK)
        rc = check_names(out, err);
    if (rc == SEGML_OK)
        rc = check_policy(out, err);
    if (rc == SEGML_OK && (out->param_count < 0 || (out->param_count > 0 && out->params == NULL)))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "params and param_count (%lld) do not fit",
                     (long long)out->param_count);
    if (rc == SEGML_OK && out->space != NULL && out->space_count == 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "the space has no dimension; NULL stands for the default space");
    if (rc == SEGML_OK)
        rc = check_array(out->space, out->space_count, SG_SPACE_MAX, "space", err);
    if (rc == SEGML_OK)
        rc = check_array(out->points, out->point_count, MOST_POINTS, "point", err);
    if (rc == SEGML_OK)
        rc = check_array(out->monotone, out->monotone_count, INT32_MAX, "monotone", err);
    return rc;
}

int
sg_options_load_for(segml_train_options *out, const segml_train_options *given, int32_t folds,
                    segml_error *err)
{
    segml_train_options asked;
    int rc = sg_opts_load(&asked, sizeof asked, given, "segml_train_options", err);

    if (rc < 0)
        return rc;
    if (folds > 0 && asked.folds != 0 && asked.folds != folds)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "folds is %d, but the data are in %d folds; leave folds at 0",
                       (int)asked.folds, (int)folds);
    asked.struct_size = sizeof asked;
    if (folds > 0)
        asked.folds = folds;
    return sg_options_load(out, &asked, err);
}
