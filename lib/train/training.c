/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A training: fan out over the groups, collect, export.
 *
 * R1  Statuses of degenerate groups are settled before anything is trained.
 * R2  One job per group that can have a model, and one for the global models. Jobs run
 *     on a pool that ends with the call; callbacks run on the calling thread.
 * R3  The result is written as an artifact in memory and opened again, so a model that
 *     was just trained is the same as one that was loaded.
 */

#include "train/training.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "metric/metric.h"
#include "model/model.h"
#include "pack/build.h"
#include "train/again.h"
#include "train/export.h"
#include "train/options.h"
#include "train/reuse.h"

enum { XGBOOST_ONE_HOT = 4, MOST_WARNINGS = 5, ROWS_TO_SEARCH_ALONE = 1000 };

static void
say(const sg_training *t, int32_t level, const char *message)
{
    if (t->run.options.log != NULL)
        t->run.options.log(level, message, t->run.options.user);
}

static void
say_search(const sg_training *t)
{
    static const char *const kinds[] = {[SG_FOLD_DEALT] = "",
                                        [SG_FOLD_GIVEN] = " on the given folds",
                                        [SG_FOLD_GROUPED] = " on folds by value",
                                        [SG_FOLD_ORDERED] = " on folds ordered in time"};
    const segml_train_options *options = &t->run.options;
    int folds = (int)options->search_folds;
    int shared = strcmp(options->validation, "shared") == 0 && t->mode == SEGML_MODE_SEGMENTED;
    char line[256];

    snprintf(line, sizeof line,
             "search: %d trials %s, %d validation fold%s%s, then %d-fold cross-validation%s",
             (int)options->trials, shared ? "for all groups together" : "per model", folds,
             folds > 1 ? "s" : "", shared ? " each" : "", (int)options->folds,
             kinds[t->run.dataset->fold_kind]);
    say(t, SEGML_LOG_INFO, line);
}

static void
say_target(const sg_training *t)
{
    const sg_target *target = &t->run.target;
    const segml_dataset *dataset = t->run.dataset;
    char line[512];
    int64_t positive = 0, counted = 0;
    double share;

    for (int64_t i = 0; i < dataset->rows; i++) {
        int counts = sg_dataset_weight(dataset, i) > 0;

        counted += counts;
        positive += counts && target->label[i] == 1;
    }
    share = counted > 0 ? (double)positive / (double)counted : 0;
    if (target->task == SEGML_TASK_BINARY)
        snprintf(line, sizeof line, "target %s: binary, positive %s, %.3g %%", dataset->label_name,
                 target->class_names[1], 100.0 * share);
    else if (target->task == SEGML_TASK_MULTICLASS)
        snprintf(line, sizeof line, "target %s: multiclass, %lld classes", dataset->label_name,
                 (long long)target->class_count);
    else
        snprintf(line, sizeof line, "target %s: %s", dataset->label_name,
                 segml_task_name(target->task));
    say(t, SEGML_LOG_INFO, line);
    say_search(t);
}

/* One line on groups with a class that cannot be in every fold. */
static void
warn_of_rare_classes(const sg_training *t)
{
    const sg_groups *groups = &t->run.dataset->groups;
    int folds = (int)t->run.options.folds;
    char key[160], line[512];
    int64_t rare = 0, first = 0;

    for (int64_t g = groups->count - 1; g >= 0; g--) {
        const sg_result *result = &t->result[g];

        if (result->status != SEGML_GROUP_TRAINED || result->rarest == 0 || result->rarest >= folds)
            continue;
        rare++;
        first = g;
    }
    if (rare == 0)
        return;
    sg_key_display(key, sizeof key, groups->keys + first * groups->columns, groups->columns);
    snprintf(
        line, sizeof line,
        "%lld of %lld groups have a class of fewer rows than there are folds (%d), so that some "
        "folds lack it; the first is group %s with %lld rows of one",
        (long long)rare, (long long)groups->count, folds, key, (long long)t->result[first].rarest);
    say(t, SEGML_LOG_WARNING, line);
}

/* One line where the search that was asked for is known to be the worse one. */
static void
advise(const sg_training *t)
{
    const segml_train_options *options = &t->run.options;
    const sg_groups *groups = &t->run.dataset->groups;
    int64_t trained = 0, small = 0;

    for (int64_t g = 0; g < groups->count; g++) {
        int is_trained = t->result[g].status == SEGML_GROUP_TRAINED;

        trained += is_trained;
        small += is_trained && sg_groups_rows(groups, g) < ROWS_TO_SEARCH_ALONE;
    }
    if (options->trials > 1 && strcmp(options->validation, "holdout") == 0 && trained > 1 &&
        2 * small > trained)
        say(t, SEGML_LOG_INFO,
            "note: most groups have fewer than 1,000 rows; one parameter set for all of them "
            "(validation \"shared\") usually predicts better than one that is searched for each");
}

/* Runs on the calling thread while workers train. */
static int
tick(void *user)
{
    sg_training *t = user;
    const segml_train_options *options = &t->run.options;

    if (options->progress != NULL) {
        double done = (double)atomic_load(&t->run.work_done);
        segml_progress progress = {.struct_size = sizeof progress,
                                   .groups_done = atomic_load(&t->run.groups_done),
                                   .groups_total = t->run.dataset->groups.count - t->elsewhere,
                                   .work_done = done < t->work_total ? done : t->work_total,
                                   .work_total = t->work_total,
                                   .workers = options->jobs};

        options->progress(&progress, options->user);
    }
    return options->cancel != NULL && options->cancel(options->user) != 0;
}

/* Global job, if there is to be one; its result's status says whether. */
static int
plan_global(sg_training *t, segml_error *err)
{
    const segml_dataset *dataset = t->run.dataset;
    const segml_train_options *options = &t->run.options;
    int known = t->run.largest_key <= SG_RUN_KEY_LIMIT;
    int rc;

    t->global.status = SEGML_GROUP_FAILED;
    if (t->mode == SEGML_MODE_SEGMENTED && options->fallback < 0)
        return SEGML_OK;
    rc = sg_result_check(&t->global, &t->run, 0, dataset->rows, err);
    if (rc < 0 || t->global.status != SEGML_GROUP_TRAINED)
        return rc;
    t->shared = sg_alloc_array(dataset->rows * t->run.target.outputs, sizeof *t->shared);
    if (t->shared == NULL)
        return sg_fail_nomem(err);
    t->job[t->jobs++] = (sg_job){.run = &t->run,
                                 .spec = {.rows = {.rows = dataset->rows, .with_keys = known},
                                          .one_hot = t->run.largest_key <= SG_RUN_KEY_ONE_HOT
                                                         ? SG_RUN_KEY_ONE_HOT + 1
                                                         : XGBOOST_ONE_HOT},
                                 .kind = SG_RECORD_GLOBAL,
                                 .path = SG_MEMBER_GLOBAL,
                                 .result = &t->global,
                                 .margin = t->shared,
                                 .unseen = known && options->fallback > 0 ? &t->unseen : NULL};
    return sg_setting_hash(&t->job[t->jobs - 1].content, &t->run, 0, dataset->groups.count, err);
}

static int
plan_group(sg_training *t, int64_t g, segml_error *err)
{
    const sg_groups *groups = &t->run.dataset->groups;
    int64_t first = groups->start[g], rows = sg_groups_rows(groups, g);
    sg_buf path = {0};
    int rc;

    if (t->mode == SEGML_MODE_GLOBAL) {
        t->result[g].status = SEGML_GROUP_GLOBAL;
        return SEGML_OK;
    }
    rc = sg_result_check(&t->result[g], &t->run, first, rows, err);
    if (rc < 0 || t->result[g].status != SEGML_GROUP_TRAINED) {
        atomic_fetch_add(&t->run.groups_done, 1);
        return rc;
    }
    rc = sg_build_group_path(&path, groups->keys + g * groups->columns, groups->columns, err);
    t->path[g] = (char *)path.bytes; /* handed over, also after a failure */
    t->job[t->jobs++] = (sg_job){.run = &t->run,
                                 .kind = SG_RECORD_GROUP,
                                 .columns = (int32_t)groups->columns,
                                 .key = groups->keys + g * groups->columns,
                                 .content = t->run.content[g],
                                 .spec = {.rows = {.first = first, .rows = rows},
                                          .key = groups->hashes[g].low,
                                          .one_hot = XGBOOST_ONE_HOT},
                                 .path = t->path[g],
                                 .result = &t->result[g],
                                 .margin = t->own + first * t->run.target.outputs,
                                 .counts = 1};
    return rc;
}

static int
plan(sg_training *t, segml_error *err)
{
    const segml_dataset *dataset = t->run.dataset;
    int64_t groups = dataset->groups.count;
    int rc = t->run.options.parents > 0 ? sg_parents_find(&t->parents, &t->run, err) : SEGML_OK;

    if (rc < 0)
        return rc;
    t->result = sg_alloc_zeroed(groups, sizeof *t->result);
    t->job = sg_alloc_zeroed(groups + 1 + t->parents.count, sizeof *t->job);
    t->path = sg_alloc_zeroed(groups, sizeof *t->path);
    if (t->result == NULL || t->job == NULL || t->path == NULL)
        return sg_fail_nomem(err);
    if (t->mode == SEGML_MODE_SEGMENTED) {
        t->own = sg_alloc_array(dataset->rows * t->run.target.outputs, sizeof *t->own);
        if (t->own == NULL)
            return sg_fail_nomem(err);
    }
    rc = plan_global(t, err);
    for (int64_t g = 0; g < groups && rc == SEGML_OK; g++)
        rc = plan_group(t, g, err);
    t->jobs += sg_parents_jobs(&t->parents, &t->run, t->job + t->jobs);
    return rc;
}

/* What trains each model, before any of them is begun; samples are smaller than their models. */
static int
plan_engines(sg_training *t, segml_error *err)
{
    sg_engines *engines = &t->run.engines;
    char line[256];
    int rc = SEGML_OK;

    for (int64_t j = 0; j < t->jobs && rc == SEGML_OK; j++) {
        sg_engine_rows rows = sg_unit_outline(&t->run, &t->job[j].spec.rows);

        rc = sg_engines_require(engines, &t->run.options, &rows, err);
    }
    if (rc < 0)
        return rc;
    if (engines->native == NULL)
        snprintf(line, sizeof line, "engine: xgboost %s, %s", engines->xgboost->version,
                 t->run.options.tree_method);
    else
        snprintf(line, sizeof line, "engine: native %s, %s%s%s", engines->native->version,
                 t->run.options.tree_method,
                 engines->xgboost != NULL ? "; what it does not cover: xgboost " : "",
                 engines->xgboost != NULL ? engines->xgboost->version : "");
    say(t, SEGML_LOG_INFO, line);
    return SEGML_OK;
}

/* Everything in a pool of its own. */
static int
run_pool(sg_training *t, segml_error *err)
{
    int rc = sg_pool_run(t->pool, t->run.options.jobs, tick, t, err);

    sg_pool_free(t->pool);
    t->pool = NULL;
    return rc;
}

/* The search for all groups together, before their models are trained. */
static int
run_shared(sg_training *t, segml_error *err)
{
    int searches = sg_again_must_search(t), rc = SEGML_OK;

    if (searches)
        rc = sg_pool_create(&t->pool, err);
    if (searches && rc == SEGML_OK)
        rc = sg_shared_submit(&t->common, t->pool, err);
    if (searches && rc == SEGML_OK)
        rc = run_pool(t, err);
    return rc == SEGML_OK ? sg_again_searched(t, searches, err) : rc;
}

static int
run_jobs(sg_training *t, segml_error *err)
{
    int rc = sg_pool_create(&t->pool, err);

    for (int64_t j = 0; j < t->jobs && rc == SEGML_OK; j++) {
        if (t->job[j].fate == SG_JOB_HERE)
            rc = sg_job_submit(&t->job[j], t->pool, err);
    }
    if (rc == SEGML_OK)
        rc = run_pool(t, err);
    if (rc == SEGML_OK)
        rc = sg_again_end(t, err);
    if (rc == SEGML_OK) {
        atomic_store(&t->run.work_done, (long long)t->work_total);
        atomic_store(&t->run.groups_done, t->run.dataset->groups.count - t->elsewhere);
        tick(t); /* the last progress shows the end; too late to cancel */
    }
    return rc;
}

/* What there is to do, how much of it, and how many searches share the budgets. */
static void
plan_work(sg_training *t)
{
    const segml_train_options *options = &t->run.options;
    int shared = strcmp(options->validation, "shared") == 0 && t->mode == SEGML_MODE_SEGMENTED;

    t->work_total = 1;
    t->run.searches = 0;
    if (shared) {
        t->common.run = &t->run;
        t->common.group = t->validated;
        t->common.groups = sg_shared_groups(&t->run, t->result, t->validated);
        t->work_total += sg_shared_work(&t->run, t->validated, t->common.groups);
        t->run.searches = t->common.groups > 0;
    }
    for (int64_t j = 0; j < t->jobs; j++) {
        int given = shared && t->job[j].counts > 0;

        t->job[j].spec.given = given ? &t->common.given : NULL;
        t->work_total += sg_job_work(&t->job[j]);
        t->run.searches += !given;
    }
    if (t->run.searches == 0)
        t->run.searches = 1;
    if (options->total_seconds > 0)
        t->run.deadline = sg_clock_seconds() + options->total_seconds;
}

int
sg_training_plan(sg_training *t, segml_error *err)
{
    int rc = plan(t, err);

    if (rc == SEGML_OK)
        plan_work(t);
    return rc;
}

/* Options that can be refused before anything is done. */
static int
check_search(const segml_train_options *options, const sg_target *target, segml_error *err)
{
    sg_param_facts facts = {1000, 10, target->task, 1, 0.5, 0};
    int64_t most = options->point_count > SG_PARAM_SETS ? options->point_count : SG_PARAM_SETS;
    sg_params *sets = sg_alloc_array(most, sizeof *sets);
    sg_param_space params;
    sg_study study = {.count = 0};
    int rc = sets != NULL ? SEGML_OK : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = sg_params_space(&params, options, &facts, err);
    if (rc == SEGML_OK) {
        int64_t count = sg_params_first(sets, &params, options, &facts, err);

        rc = count < 0 ? (int)count : SEGML_OK;
    }
    if (rc == SEGML_OK && params.dimensions > 0) {
        sg_study_spec spec = {.dimensions = params.dimension,
                              .dimension_count = params.dimensions,
                              .sampler = sg_sampler_find(options->sampler),
                              .sample = options->sample};

        rc = sg_study_begin(&study, &spec, err);
    }
    if (rc == SEGML_OK)
        rc = sg_metric_check_objective(options->metric, target->task, err);
    if (rc == SEGML_OK && target->task != SEGML_TASK_BINARY &&
        (options->threshold > 0 || strcmp(options->threshold_metric, "f1") != 0))
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "threshold and threshold_metric are of binary targets; this one is %s",
                     segml_task_name(target->task));
    sg_study_clear(&study);
    sg_free(sets);
    return rc;
}

/* Where exact trees cannot be: categories have no order. */
static int
check_method(const sg_training *t, segml_error *err)
{
    const segml_dataset *dataset = t->run.dataset;

    if (strcmp(t->run.options.tree_method, "exact") != 0)
        return SEGML_OK;
    for (int64_t j = 0; j < dataset->features; j++) {
        if (t->run.schema.categorical[j])
            return sg_fail(err, SEGML_E_UNSUPPORTED,
                           "tree_method exact: feature %.100s is categorical, which exact trees "
                           "do not know; use hist",
                           t->run.schema.names[j]);
    }
    if (t->mode == SEGML_MODE_GLOBAL && t->run.largest_key <= SG_RUN_KEY_LIMIT)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "tree_method exact: the global model has the keys as categorical features, "
                       "which exact trees do not know; use hist");
    return SEGML_OK;
}

/* Parents are of the levels of a key that has several columns. */
static int
check_parents(const sg_training *t, segml_error *err)
{
    const segml_dataset *dataset = t->run.dataset;

    if (t->run.options.parents < 0)
        return SEGML_OK;
    if (t->mode == SEGML_MODE_GLOBAL)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "parents are of models per group, and this is one model for all; switch "
                       "off the option parents, or train segmented");
    if (dataset->key_count < 2)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "parents need several key columns, and there is only %.100s; give more, the "
                       "widest first, or switch off the option parents",
                       dataset->key_name[0]);
    return SEGML_OK;
}

int
sg_training_run(sg_training *t, const segml_dataset *dataset, const segml_train_options *given,
                int32_t mode, segml_error *err)
{
    segml_train_options *options = &t->run.options;
    int rc;

    if (dataset == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "dataset is NULL");
    t->mode = mode;
    t->run.dataset = dataset;
    rc = sg_options_load_for(options, given, dataset->folds, err);
    if (rc == SEGML_OK)
        rc = check_parents(t, err);
    if (rc == SEGML_OK)
        rc = sg_target_resolve(&t->run.target, dataset, options->objective, options->positive, err);
    if (rc == SEGML_OK)
        rc = check_search(options, &t->run.target, err);
    if (rc == SEGML_OK)
        rc = sg_engines_open(&t->run.engines, options, err);
    if (rc == SEGML_OK)
        rc = sg_run_prepare(&t->run, err);
    if (rc == SEGML_OK)
        rc = check_method(t, err);
    if (rc == SEGML_OK) {
        t->run.sampler = sg_sampler_find(options->sampler);
        t->run.pruner = sg_pruner_find(options->pruner);
        say_target(t);
        rc = sg_training_plan(t, err);
    }
    if (rc == SEGML_OK)
        rc = plan_engines(t, err);
    if (rc == SEGML_OK) {
        warn_of_rare_classes(t);
        advise(t);
        rc = sg_again_begin(t, err);
    }
    if (rc == SEGML_OK)
        rc = run_shared(t, err);
    return rc == SEGML_OK ? run_jobs(t, err) : rc;
}

/* Failed models so far, and a line about the first. */
typedef struct failures {
    int64_t count;
    char first[512];
} failures;

static void
report_failure(const sg_training *t, failures *all, const char *what, const char *message)
{
    char line[512];

    if (++all->count > MOST_WARNINGS)
        return;
    snprintf(line, sizeof line, "%s: %.300s", what, message);
    say(t, SEGML_LOG_WARNING, line);
    if (all->count == 1)
        snprintf(all->first, sizeof all->first, "%s", line);
}

static void
report_group(const sg_training *t, failures *all, int64_t g)
{
    const sg_groups *groups = &t->run.dataset->groups;
    char key[160], what[200];

    if (t->result[g].status != SEGML_GROUP_FAILED)
        return;
    sg_key_display(key, sizeof key, groups->keys + g * groups->columns, groups->columns);
    snprintf(what, sizeof what, "group %s failed", key);
    report_failure(t, all, what, t->result[g].message);
}

static void
report_parent(const sg_training *t, failures *all, const sg_parent *parent)
{
    char key[160], what[200];

    if (parent->result.status != SEGML_GROUP_FAILED)
        return;
    sg_key_display(key, sizeof key, parent->keys, parent->columns);
    snprintf(what, sizeof what, "parent %s failed", key);
    report_failure(t, all, what, parent->result.message);
}

/* Warns of failed models; SEGML_PARTIAL with the first one if there are any. */
int
sg_training_report(const sg_training *t, segml_error *err)
{
    failures all = {0, ""};
    char line[512];

    for (int64_t g = 0; g < t->run.dataset->groups.count; g++)
        report_group(t, &all, g);
    for (int64_t p = 0; p < t->parents.count; p++)
        report_parent(t, &all, &t->parents.parent[p]);
    if (t->global.status != SEGML_GROUP_TRAINED && t->global.message != NULL) {
        snprintf(line, sizeof line, "no global model: %.300s", t->global.message);
        say(t, SEGML_LOG_WARNING, line);
        if (t->global.status == SEGML_GROUP_FAILED && all.count++ == 0)
            snprintf(all.first, sizeof all.first, "%s", line);
    }
    return all.count == 0 ? SEGML_OK
                          : sg_fail(err, SEGML_PARTIAL, "%lld of %lld models failed; %s",
                                    (long long)all.count, (long long)t->jobs, all.first);
}

sg_outcome
sg_training_outcome(sg_training *t)
{
    int has_global = t->global.status == SEGML_GROUP_TRAINED;

    return (sg_outcome){.run = &t->run,
                        .mode = t->mode,
                        .group = t->result,
                        .global = has_global ? &t->global : NULL,
                        .unseen = has_global && t->unseen.path != NULL ? &t->unseen : NULL,
                        .parents = &t->parents,
                        .keys_as_features = has_global && t->run.largest_key <= SG_RUN_KEY_LIMIT,
                        .own = t->own,
                        .shared = has_global ? t->shared : NULL,
                        .correlations = t->correlations};
}

int
sg_training_export(segml_model **out, sg_training *t, segml_error *err)
{
    sg_outcome outcome = sg_training_outcome(t);
    sg_packed records = {0};
    sg_buf artifact = {0};
    int rc;

    if (t->mode == SEGML_MODE_GLOBAL && outcome.global == NULL)
        return sg_fail(err, t->global.status == SEGML_GROUP_FAILED ? SEGML_E_BACKEND : SEGML_E_DATA,
                       "no global model: %s", t->global.message);
    rc = sg_reuse_pack(&records, t, err);
    outcome.training = &records;
    if (rc == SEGML_OK)
        rc = sg_export(&artifact, &outcome, err);
    if (rc == SEGML_OK)
        rc = sg_model_open_owned(out, &artifact, err);
    sg_packed_clear(&records);
    sg_buf_clear(&artifact);
    return rc == SEGML_OK ? sg_training_report(t, err) : rc;
}

void
sg_training_clear(sg_training *t)
{
    int64_t groups = t->run.dataset != NULL ? t->run.dataset->groups.count : 0;

    for (int64_t j = 0; j < t->jobs; j++)
        sg_job_clear(&t->job[j]);
    for (int64_t g = 0; t->result != NULL && g < groups; g++)
        sg_result_clear(&t->result[g]);
    for (int64_t g = 0; t->path != NULL && g < groups; g++)
        sg_free(t->path[g]);
    sg_pool_free(t->pool);
    sg_parents_clear(&t->parents);
    sg_shared_clear(&t->common);
    sg_journal_close(&t->journal);
    sg_reuse_clear(t);
    sg_known_clear(&t->known);
    sg_setting_clear(&t->setting);
    sg_result_clear(&t->global);
    sg_packed_clear(&t->unseen);
    sg_free(t->result);
    sg_free(t->job);
    sg_free(t->path);
    sg_free(t->own);
    sg_free(t->shared);
    sg_run_clear(&t->run);
}
