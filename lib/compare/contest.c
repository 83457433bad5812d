/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparing: one model for all against one per group.
 *
 *     options -> rows in order, labels, outer folds -> predictions -> figures -> the comparison
 *
 * Everything that is compared is a prediction of the same rows, so the parts below know no model:
 * approach.c trains, evaluate.c makes predictions by cross-validation or nested, assess.c scores
 * them.
 *
 * Comparing models that were trained before was rejected: their folds need not be the same, and
 * without its out-of-fold predictions a model cannot be compared honestly.
 */

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"
#include "base/rng.h"
#include "compare/assess.h"
#include "compare/evaluate.h"
#include "compare/facts.h"
#include "segml/version.h"
#include "train/options.h"
#include "tree/predict.h"

static int
check_range(int32_t value, int32_t low, int32_t high, const char *name, segml_error *err)
{
    if (value < low || value > high)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is %d: %d to %d is needed", name, (int)value,
                       (int)low, (int)high);
    return SEGML_OK;
}

/* Data that are in folds are nested in these; some must be left to train on. */
static int
fit_outer_folds(segml_compare_options *out, int32_t given, segml_error *err)
{
    if (given == 0 || out->honest < 1)
        return SEGML_OK;
    if (given < 3)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "honest: the data are in %d folds, but nested evaluation needs three",
                       (int)given);
    if (out->outer_folds != 0 && out->outer_folds != given)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "outer_folds is %d, but the data are in %d folds; leave it at 0",
                       (int)out->outer_folds, (int)given);
    out->outer_folds = given;
    return SEGML_OK;
}

static int
load_options(segml_compare_options *out, const segml_compare_options *given, int32_t folds,
             segml_error *err)
{
    int rc = sg_opts_load(out, sizeof *out, given, "segml_compare_options", err);

    if (rc == SEGML_OK)
        rc = check_range(out->honest, -1, 1, "honest", err);
    if (rc == SEGML_OK && out->honest < 1 && (out->outer_folds != 0 || out->outer_used != 0))
        rc =
            sg_fail(err, SEGML_E_ARGUMENT,
                    "outer folds are given, but honest is off; switch it on for nested evaluation");
    if (rc == SEGML_OK)
        rc = fit_outer_folds(out, folds, err);
    if (rc < 0)
        return rc;
    out->outer_folds = out->outer_folds == 0 ? 5 : out->outer_folds;
    out->outer_used = out->outer_used == 0 ? out->outer_folds : out->outer_used;
    rc = check_range(out->outer_folds, 2, 100, "outer_folds", err);
    return rc == SEGML_OK ? check_range(out->outer_used, 1, out->outer_folds, "outer_used", err)
                          : rc;
}

/* Order of rows, labels, and the outer folds where there are any. */
static int
prepare_base(sg_contest *contest, const segml_compare_options *options, segml_error *err)
{
    sg_run *base = &contest->base;
    int rc;

    base->dataset = contest->dataset;
    base->options = contest->train;
    if (options->honest > 0) {
        sg_rng rng = sg_rng_stream(contest->train.seed, 0, "outer", 0);

        base->options.folds = options->outer_folds;
        base->options.seed = sg_rng_next(&rng);
    }
    rc = sg_target_resolve(&base->target, contest->dataset, contest->train.objective,
                           contest->train.positive, err);
    return rc == SEGML_OK ? sg_run_prepare(base, err) : rc;
}

/* Copies of terminated texts. */
static const char *const *
copy_texts(sg_arena *arena, const char *const *texts, int64_t count)
{
    const char **copy = sg_arena_alloc(arena, count, sizeof *copy);

    for (int64_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = sg_arena_text(arena, texts[i], strlen(texts[i]));
        if (copy[i] == NULL)
            return NULL;
    }
    return copy;
}

static int
copy_names(segml_comparison *made, const sg_contest *contest, segml_error *err)
{
    const segml_dataset *dataset = contest->dataset;
    sg_arena *arena = &made->arena;

    made->approach = sg_approach_names;
    made->feature = copy_texts(arena, contest->base.schema.names, dataset->features);
    made->class_name = copy_texts(arena, contest->base.target.class_names, made->info.classes);
    made->key_name = (const char **)copy_texts(arena, (const char *const *)dataset->key_name,
                                               dataset->key_count);
    made->key_type = sg_arena_alloc(arena, dataset->key_count, sizeof *made->key_type);
    made->info.label_name = sg_arena_text(arena, dataset->label_name, strlen(dataset->label_name));
    made->info.library = SEGML_VERSION;
    made->info.engine = "";
    if (made->feature == NULL || made->class_name == NULL || made->key_name == NULL ||
        made->key_type == NULL || made->info.label_name == NULL)
        return sg_fail_nomem(err);
    memcpy(made->key_type, dataset->key_type, (size_t)dataset->key_count * sizeof *made->key_type);
    return SEGML_OK;
}

/* Keys and rows of all groups; cells without figures. */
static int
lay_out(segml_comparison *made, const segml_dataset *dataset, segml_error *err)
{
    const sg_groups *groups = &dataset->groups;
    int64_t cells = (groups->count + 1) * SG_APPROACHES, keys = groups->count * groups->columns;
    segml_key *copy = sg_arena_alloc(&made->arena, keys, sizeof *copy);

    made->group = sg_arena_alloc(&made->arena, groups->count + 1, sizeof *made->group);
    made->cell = sg_arena_alloc(&made->arena, cells, sizeof *made->cell);
    if (copy == NULL || made->group == NULL || made->cell == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < keys; i++) {
        copy[i] = groups->keys[i];
        if (copy[i].type == SEGML_KEY_UTF8)
            copy[i].text = sg_arena_text(&made->arena, copy[i].text, copy[i].length);
        if (copy[i].type == SEGML_KEY_UTF8 && copy[i].text == NULL)
            return sg_fail_nomem(err);
    }
    for (int64_t g = 0; g <= groups->count; g++) {
        int all = g == groups->count;

        made->group[g].struct_size = sizeof *made->group;
        made->group[g].keys = all ? NULL : copy + g * groups->columns;
        made->group[g].rows = all ? dataset->rows : sg_groups_rows(groups, g);
    }
    for (int64_t i = 0; i < cells; i++)
        made->cell[i] = (segml_comparison_cell){
            .struct_size = sizeof *made->cell, .threshold = (double)NAN, .message = ""};
    return SEGML_OK;
}

static int
make_comparison(sg_contest *contest, const segml_compare_options *options, segml_error *err)
{
    segml_comparison *made = sg_alloc_zeroed(1, sizeof *made);
    const segml_dataset *dataset = contest->dataset;
    const sg_target *target = &contest->base.target;
    int nested = options->honest > 0, rc;

    if (made == NULL)
        return sg_fail_nomem(err);
    contest->made = made;
    made->info = (segml_comparison_info){.struct_size = sizeof made->info,
                                         .task = target->task,
                                         .evaluation = nested ? SEGML_EVALUATION_NESTED
                                                              : SEGML_EVALUATION_CROSS,
                                         .rows = dataset->rows,
                                         .groups = dataset->groups.count,
                                         .keys = dataset->key_count,
                                         .features = dataset->features,
                                         .outputs = target->outputs,
                                         .classes = target->class_count,
                                         .approaches = SG_APPROACHES,
                                         .reference = SG_APPROACH_UNTUNED,
                                         .best = -1,
                                         .folds = contest->train.folds,
                                         .outer_folds = nested ? options->outer_folds : 0,
                                         .outer_used = nested ? options->outer_used : 0,
                                         .trials = contest->train.trials,
                                         .seed = contest->train.seed};
    rc = copy_names(made, contest, err);
    return rc == SEGML_OK ? lay_out(made, dataset, err) : rc;
}

/* Predictions in the caller's order, before figures are made of their margins. */
static int
keep_predictions(sg_contest *contest, segml_error *err)
{
    static const sg_objective objectives[] = {[SEGML_TASK_BINARY] = SG_OBJECTIVE_LOGISTIC,
                                              [SEGML_TASK_MULTICLASS] = SG_OBJECTIVE_SOFTPROB,
                                              [SEGML_TASK_REGRESSION] = SG_OBJECTIVE_IDENTITY,
                                              [SEGML_TASK_POISSON] = SG_OBJECTIVE_EXP};
    segml_comparison *made = contest->made;
    int64_t outputs = made->info.outputs;

    made->prediction = sg_alloc_zeroed(SG_APPROACHES, sizeof *made->prediction);
    if (made->prediction == NULL)
        return sg_fail_nomem(err);
    for (int32_t a = 0; a < SG_APPROACHES; a++) {
        float *values = sg_alloc_array(made->info.rows * outputs, sizeof *values);

        made->prediction[a] = values;
        if (values == NULL)
            return sg_fail_nomem(err);
        for (int64_t i = 0; i < made->info.rows; i++) {
            const float *margin = contest->predicted[a].margin + i * outputs;
            float *to = values + contest->base.row[i] * outputs;

            memcpy(to, margin, (size_t)outputs * sizeof *to);
            if (!isnan(margin[0]))
                sg_predict_transform(objectives[made->info.task], to, (int32_t)outputs);
        }
    }
    return SEGML_OK;
}

/* Factor on intervals: rows are held out by models that share most of their training rows. */
static double
widening(const segml_comparison_info *info)
{
    double folds = info->evaluation == SEGML_EVALUATION_NESTED ? info->outer_folds : info->folds;
    double used = info->evaluation == SEGML_EVALUATION_NESTED ? info->outer_used : info->folds;

    return sqrt(1 + used / (folds - 1));
}

static void
begin_relay(sg_contest *contest, int32_t runs)
{
    contest->relay =
        (sg_relay){.given = &contest->train,
                   .total = runs * sg_approach_work(contest),
                   .groups_total = runs * SG_APPROACHES * contest->dataset->groups.count};
}

static int
compare(sg_contest *contest, const segml_compare_options *options, segml_error *err)
{
    int nested = options->honest > 0;
    int rc = sg_options_load_for(&contest->train, options->train, contest->dataset->folds, err);

    contest->train.struct_size = sizeof contest->train; /* every member is known now */
    if (rc == SEGML_OK && (contest->train.journal != NULL || contest->train.reuse != NULL))
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "journal and reuse are of training; a comparison trains each model once");
    if (rc == SEGML_OK)
        rc = prepare_base(contest, options, err);
    if (rc == SEGML_OK)
        rc = make_comparison(contest, options, err);
    if (rc < 0)
        return rc;
    rc = sg_facts_correlate(contest, err);
    if (rc < 0)
        return rc;
    begin_relay(contest, nested ? options->outer_used : 1);
    rc = nested ? sg_evaluate_nested(contest, options->outer_used, err)
                : sg_evaluate_cross(contest, err);
    if (rc == SEGML_OK)
        rc = keep_predictions(contest, err);
    if (rc == SEGML_OK)
        rc = sg_assess(contest, widening(&contest->made->info), err);
    if (rc == SEGML_OK && contest->made->info.scored == 0)
        rc = contest->failed > 0
                 ? sg_fail(err, SEGML_E_BACKEND, "nothing to compare: %s", contest->failure.message)
                 : sg_fail(err, SEGML_E_DATA,
                           "nothing to compare: %lld rows and their labels are too little for a "
                           "model",
                           (long long)contest->dataset->rows);
    return rc;
}

int
segml_compare(segml_comparison **out, const segml_dataset *dataset,
              const segml_compare_options *given, segml_error *err)
{
    sg_contest contest = {.dataset = dataset};
    segml_compare_options options;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (dataset == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "dataset is NULL");
    rc = load_options(&options, given, dataset->folds, err);
    if (rc == SEGML_OK)
        rc = compare(&contest, &options, err);
    if (rc == SEGML_OK && contest.failed > 0)
        rc = sg_fail(err, SEGML_PARTIAL, "%lld models failed; %s", (long long)contest.failed,
                     contest.failure.message);
    if (rc < 0)
        segml_comparison_free(contest.made);
    else
        *out = contest.made;
    for (int a = 0; a < SG_APPROACHES; a++) {
        sg_free(contest.predicted[a].unsearched);
        sg_free(contest.predicted[a].threshold);
        sg_free(contest.predicted[a].margin);
    }
    sg_run_clear(&contest.base);
    return rc;
}
