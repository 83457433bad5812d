/* SPDX-License-Identifier: Apache-2.0 */

/* Defaults are applied in this one place; nothing below looks at a 0 again. */

#include "train/options.h"

#include "base/opts.h"
#include "base/thread.h"

static int
check_range(int64_t value, int64_t low, int64_t high, const char *name, segml_error *err)
{
    if (value < low || value > high)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is %lld: %lld to %lld is needed", name,
                       (long long)value, (long long)low, (long long)high);
    return SEGML_OK;
}

int
sg_options_load(segml_train_options *out, const segml_train_options *given, segml_error *err)
{
    int rc = sg_opts_load(out, sizeof *out, given, "segml_train_options", err);

    if (rc < 0)
        return rc;
    out->trials = out->trials == 0 ? 50 : out->trials;
    out->folds = out->folds == 0 ? 5 : out->folds;
    out->jobs = out->jobs == 0 ? sg_thread_processors() : out->jobs;
    if (out->min_rows == 0)
        out->min_rows = out->folds > 25 ? 2 * (int64_t)out->folds : 50;
    out->search_rows = out->search_rows == 0 ? 20000 : out->search_rows;
    out->fallback = out->fallback == 0 ? 1 : out->fallback;
    rc = check_range(out->trials, 1, 100000, "trials", err);
    if (rc == SEGML_OK)
        rc = check_range(out->folds, 2, 100, "folds", err);
    if (rc == SEGML_OK)
        rc = check_range(out->jobs, 1, 4096, "jobs", err);
    if (rc == SEGML_OK)
        rc = check_range(out->min_rows, 2 * (int64_t)out->folds, INT32_MAX, "min_rows", err);
    if (rc == SEGML_OK)
        rc = check_range(out->search_rows, 100, INT32_MAX, "search_rows", err);
    if (rc == SEGML_OK)
        rc = check_range(out->fallback, -1, 1, "fallback", err);
    if (rc == SEGML_OK && (out->param_count < 0 || (out->param_count > 0 && out->params == NULL)))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "params and param_count (%lld) do not fit",
                     (long long)out->param_count);
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
