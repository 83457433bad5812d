/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Jobs.
 *
 * R1  Small or large, a job takes the same steps. The trials of a large one are asked in
 *     generations, which depend on its rows and the options alone: it gives the same bytes
 *     for any number of workers.
 * R2  Engine handles stay on the thread that made them: each task of a large job
 *     prepares the rows for itself.
 * R3  A failure of the engine is the model's own and becomes its status; being out of
 *     memory or cancelled stops the whole pool, and so does a mistake of the caller's, such as
 *     a sampler that leaves the space, or a journal that cannot be written.
 * R4  The stages of a large job follow each other without a waiting thread: the task
 *     that finishes a stage submits the next one.
 */

#include "train/job.h"

#include "base/alloc.h"
#include "pack/build.h"
#include "train/journal.h"

/* Trials of a large job that run side by side: a fixed number, so that the points do not
   depend on the number of workers. */
enum { GENERATION = 8 };

/* What a task of a large job does. */
typedef enum step_kind { STEP_TRIAL, STEP_FOLD, STEP_REFIT, STEP_UNSEEN } step_kind;

struct sg_step {
    sg_job *job;
    step_kind kind;
    int32_t index;
};

double
sg_job_work(const sg_job *job)
{
    const segml_train_options *options = &job->run->options;
    double rows = (double)job->spec.rows.rows, searched = (double)options->search_rows;

    searched = searched < rows ? searched : rows;
    if (job->spec.given != NULL)
        searched = 0;
    return (double)options->trials * options->search_folds * searched +
           (options->folds + 1 + (job->unseen != NULL)) * rows;
}

static int
is_large(const sg_job *job)
{
    return job->spec.rows.rows > job->run->options.search_rows / 4;
}

static int
is_own_failure(int rc)
{
    return rc < 0 && rc != SEGML_E_NOMEM && rc != SEGML_E_CANCELLED && rc != SEGML_E_INTERNAL &&
           rc != SEGML_E_ARGUMENT && rc != SEGML_E_IO;
}

/*
 * Ends a job: its result, and the groups that are done with it. A failure is not for the journal:
 * what is begun again tries again.
 */
static int
finish(sg_job *job, sg_pool *pool, int rc, segml_error *err)
{
    if (is_own_failure(rc)) {
        segml_error why = *err;

        rc = sg_result_set(job->result, SEGML_GROUP_FAILED, why.message, err);
    }
    if (rc == SEGML_OK && job->run->journal != NULL && job->result->status == SEGML_GROUP_TRAINED)
        rc = sg_journal_add_job(job->run->journal, job, err);
    atomic_fetch_add(&job->run->groups_done, job->counts);
    sg_pool_wake(pool);
    return rc;
}

static int
pack_model(sg_packed *packed, const char *path, const sg_buf *model, segml_error *err)
{
    return sg_packed_make(packed, path, model->bytes, model->size, err);
}

/* Folds that the search, or the one for all groups, was validated on. */
static void
mark_searched(sg_result *result, const sg_child *child)
{
    int32_t fold[SG_CHILD_FOLDS], count = child->search.parts;

    for (int32_t i = 0; i < count; i++)
        fold[i] = child->search.part[i].fold;
    if (count == 0)
        count = sg_unit_search_folds(&child->unit, child->fitter.run->options.search_folds, fold);
    for (int32_t i = 0; i < count; i++)
        result->searched[fold[i] / 64] |= UINT64_C(1) << (fold[i] % 64);
}

/* Refits on all rows and packs the model. */
static int
refit(sg_job *job, sg_child *child, sg_prepared *prepared, segml_error *err)
{
    sg_result *result = job->result;
    sg_buf model = {0};
    int rc = sg_child_refit(child, &child->unit, prepared, &model, err);

    if (rc == SEGML_OK)
        rc = pack_model(&result->packed, job->path, &model, err);
    if (rc == SEGML_OK) {
        result->rounds = child->rounds;
        result->max_bin = child->unit.rows.method == SG_TREE_HIST ? child->unit.rows.max_bin : 0;
        sg_engines_describe(result->engine, child->unit.engine, child->unit.rows.method);
        sg_child_params(child, &child->unit, &result->params, SG_FIT_ALL_ROWS);
        mark_searched(result, child);
        if (job->spec.given != NULL)
            rc = sg_result_copy_log(result, job->spec.given->log, err);
        else
            rc = sg_search_log_into(&child->search, result, err);
    }
    sg_buf_clear(&model);
    return rc;
}

/* The trials of a small job, one after the other; why holds the engine's last failure. */
static int
search(sg_child *child, sg_prepared *prepared, segml_error *why, segml_error *err)
{
    for (;;) {
        int32_t first;
        int rc, count = sg_search_ask(&child->search, 1, &first, err);

        if (count <= 0)
            return count;
        rc = sg_search_run(&child->search, prepared, first, why);
        if (rc < 0 && !is_own_failure(rc))
            return sg_fail(err, rc, "%s", why->message);
        rc = sg_search_tell(&child->search, first, count, err);
        if (rc < 0)
            return rc;
    }
}

static int
run_steps(sg_job *job, sg_child *child, sg_prepared *prepared, segml_error *err)
{
    segml_error why = SEGML_ERROR_INIT;
    int rc = SEGML_OK;

    if (job->spec.given == NULL)
        rc = search(child, prepared, &why, err);
    if (rc >= 0)
        rc = sg_child_choose(child, err);
    if (rc == SEGML_E_BACKEND && why.code != 0)
        return sg_fail(err, rc, "%s", why.message);
    for (int32_t f = 0; f < child->unit.rows.folds && rc >= 0; f++)
        rc = sg_child_fold(child, prepared, f, err);
    if (rc >= 0)
        rc = sg_child_settle(child, job->margin, err);
    return rc >= 0 ? refit(job, child, prepared, err) : rc;
}

/* A small job from beginning to end. */
static int
run_small(sg_pool *pool, void *argument, segml_error *err)
{
    sg_job *job = argument;
    sg_child child = {0};
    int rc = sg_child_begin(&child, job->run, pool, &job->spec, err);

    if (rc == SEGML_OK) {
        sg_engine *engine = child.unit.engine;
        sg_prepared *prepared = NULL;

        rc = engine->prepare(engine, &prepared, &child.unit.rows, err);
        if (rc == SEGML_OK)
            rc = run_steps(job, &child, prepared, err);
        engine->release(prepared);
    }
    sg_child_clear(&child);
    return finish(job, pool, rc, err);
}

/* The model of unseen groups: the same parameters and rounds without the key columns. */
static int
fit_unseen(sg_job *job, segml_error *err)
{
    const sg_engine_rows *global = &job->child.unit.rows;
    sg_engine *engine = job->child.unit.engine; /* it trains fewer columns as well */
    sg_unit_spec rows = job->spec.rows;
    sg_unit unit = {0};
    sg_prepared *prepared = NULL;
    sg_buf model = {0};
    int rc;

    rows.with_keys = 0;
    rc = sg_unit_make(&unit, job->run, &rows, err);
    unit.engine = engine;
    unit.rows.method = global->method;
    unit.rows.max_bin = global->max_bin;
    if (rc == SEGML_OK)
        rc = engine->prepare(engine, &prepared, &unit.rows, err);
    if (rc == SEGML_OK)
        rc = sg_child_refit(&job->child, &unit, prepared, &model, err);
    if (rc == SEGML_OK)
        rc = pack_model(job->unseen, SG_MEMBER_UNSEEN, &model, err);
    engine->release(prepared);
    sg_buf_clear(&model);
    sg_unit_clear(&unit);
    return rc;
}

static int run_step(sg_pool *pool, void *argument, segml_error *err);

/* Submits the steps first .. first + count of a kind. */
static int
submit_stage(sg_job *job, sg_pool *pool, struct sg_step *step, int32_t count, segml_error *err)
{
    int rc = SEGML_OK;

    atomic_store(&job->left, count);
    for (int32_t i = 0; i < count && rc == SEGML_OK; i++)
        rc = sg_pool_submit(pool, (sg_task){sg_job_work(job), run_step, &step[i]}, err);
    return rc;
}

static int
submit_folds(sg_job *job, sg_pool *pool, segml_error *err)
{
    return submit_stage(job, pool, job->step + GENERATION, job->child.unit.rows.folds, err);
}

/* The next generation of trials, or where there is none, cross-validation. */
static int
submit_trials(sg_job *job, sg_pool *pool, segml_error *err)
{
    sg_child *child = &job->child;
    int rc = SEGML_OK;

    job->asked = 0;
    if (job->spec.given == NULL)
        job->asked = sg_search_ask(&child->search, GENERATION, &job->first, err);
    if (job->asked < 0)
        return job->asked;
    if (job->asked > 0) {
        for (int32_t i = 0; i < job->asked; i++)
            job->step[i].index = job->first + i;
        return submit_stage(job, pool, job->step, job->asked, err);
    }
    rc = sg_child_choose(child, err);
    if (rc == SEGML_E_BACKEND && job->error.code != 0)
        return sg_fail(err, rc, "%s", job->error.message);
    sg_unit_clear(&child->sample);
    atomic_store(&job->failed, 0); /* errors that follow are their own */
    return rc == SEGML_OK ? submit_folds(job, pool, err) : rc;
}

/* The last task of a stage is done: the next stage, or the end. */
static int
next_stage(sg_job *job, sg_pool *pool, step_kind done, segml_error *err)
{
    sg_child *child = &job->child;
    int32_t folds = child->unit.rows.folds;
    int rc = SEGML_OK;

    switch (done) {
    case STEP_TRIAL:
        rc = sg_search_tell(&child->search, job->first, job->asked, err);
        return rc == SEGML_OK ? submit_trials(job, pool, err) : rc;
    case STEP_FOLD:
        rc = sg_child_settle(child, job->margin, err);
        return rc == SEGML_OK ? submit_stage(job, pool, job->step + GENERATION + folds,
                                             job->unseen != NULL ? 2 : 1, err)
                              : rc;
    default:
        return finish(job, pool, SEGML_OK, err);
    }
}

/* The step itself, on rows prepared for it. */
static int
take_step(const struct sg_step *step, segml_error *err)
{
    sg_job *job = step->job;
    sg_child *child = &job->child;
    const sg_unit *unit = step->kind == STEP_TRIAL ? sg_child_search_unit(child) : &child->unit;
    sg_engine *engine = unit->engine;
    sg_prepared *prepared = NULL;
    int rc;

    if (step->kind == STEP_UNSEEN)
        return fit_unseen(job, err);
    rc = engine->prepare(engine, &prepared, &unit->rows, err);
    if (rc == SEGML_OK && step->kind == STEP_TRIAL)
        rc = sg_search_run(&child->search, prepared, step->index, err);
    else if (rc == SEGML_OK && step->kind == STEP_FOLD)
        rc = sg_child_fold(child, prepared, step->index, err);
    else if (rc == SEGML_OK)
        rc = refit(job, child, prepared, err);
    engine->release(prepared);
    return rc;
}

static int
run_step(sg_pool *pool, void *argument, segml_error *err)
{
    const struct sg_step *step = argument;
    sg_job *job = step->job;
    int rc = atomic_load(&job->failed) == 2 ? SEGML_OK : take_step(step, err);

    if (is_own_failure(rc)) {
        int none = 0, trial = step->kind == STEP_TRIAL;

        /* A failed trial is remembered in case all fail; any other failure is final. */
        if (atomic_compare_exchange_strong(&job->failed, &none, 1))
            job->error = *err;
        if (!trial)
            atomic_store(&job->failed, 2);
        rc = SEGML_OK;
    }
    if (rc < 0 || atomic_fetch_sub(&job->left, 1) > 1)
        return rc;
    if (atomic_load(&job->failed) == 2)
        return finish(job, pool, sg_fail(err, job->error.code, "%s", job->error.message), err);
    rc = next_stage(job, pool, step->kind, err);
    return is_own_failure(rc) ? finish(job, pool, rc, err) : rc;
}

/* Copies a large job's rows and submits its first generation. */
static int
begin_steps(sg_job *job, sg_pool *pool, segml_error *err)
{
    int32_t folds = job->run->options.folds, count = 0;
    int rc = sg_child_begin(&job->child, job->run, pool, &job->spec, err);

    if (rc < 0)
        return rc;
    job->step = sg_alloc_array((int64_t)GENERATION + folds + 2, sizeof *job->step);
    if (job->step == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < GENERATION; t++)
        job->step[count++] = (struct sg_step){job, STEP_TRIAL, t};
    for (int32_t f = 0; f < folds; f++)
        job->step[count++] = (struct sg_step){job, STEP_FOLD, f};
    job->step[count++] = (struct sg_step){job, STEP_REFIT, 0};
    job->step[count++] = (struct sg_step){job, STEP_UNSEEN, 0};
    return submit_trials(job, pool, err);
}

static int
begin_large(sg_pool *pool, void *argument, segml_error *err)
{
    sg_job *job = argument;
    int rc = begin_steps(job, pool, err);

    return is_own_failure(rc) ? finish(job, pool, rc, err) : rc;
}

int
sg_job_submit(sg_job *job, sg_pool *pool, segml_error *err)
{
    sg_task task = {sg_job_work(job), run_small, job};

    if (is_large(job) || job->unseen != NULL)
        task.run = begin_large;
    return sg_pool_submit(pool, task, err);
}

void
sg_job_clear(sg_job *job)
{
    sg_child_clear(&job->child);
    sg_free(job->step);
    job->step = NULL;
}
