/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Jobs.
 *
 * R1  Small or large, a job takes the same steps with the same numbers and gives the
 *     same bytes.
 * R2  Engine handles stay on the thread that made them: each task of a large job
 *     prepares the rows for itself.
 * R3  A failure of the engine is the model's own and becomes its status; being out of
 *     memory or cancelled stops the whole pool.
 * R4  The stages of a large job follow each other without a waiting thread: the task
 *     that finishes a stage submits the next one.
 */

#include "train/job.h"

#include "base/alloc.h"
#include "pack/build.h"

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
    return options->trials * searched + (options->folds + 1 + (job->unseen != NULL)) * rows;
}

static int
is_large(const sg_job *job)
{
    return job->spec.rows.rows > job->run->options.search_rows / 4;
}

static int
is_own_failure(int rc)
{
    return rc < 0 && rc != SEGML_E_NOMEM && rc != SEGML_E_CANCELLED && rc != SEGML_E_INTERNAL;
}

/* Ends a job: its result, and the groups that are done with it. */
static int
finish(sg_job *job, sg_pool *pool, int rc, segml_error *err)
{
    if (is_own_failure(rc)) {
        segml_error why = *err;

        rc = sg_result_set(job->result, SEGML_GROUP_FAILED, why.message, err);
    }
    atomic_fetch_add(&job->run->groups_done, job->counts);
    sg_pool_wake(pool);
    return rc;
}

static int
pack_model(sg_packed *packed, const char *path, const sg_buf *model, segml_error *err)
{
    return sg_packed_make(packed, path, model->bytes, model->size, err);
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
        result->max_bin = child->unit.rows.max_bin;
        result->search_fold = child->search_fold;
        result->search_loss = child->study.trials[child->chosen].loss;
        sg_child_params(child, &child->unit, &result->params, SG_FIT_ALL_ROWS);
    }
    sg_buf_clear(&model);
    return rc;
}

/* One trial; a failure of the engine leaves its loss NaN and the search goes on. */
static int
try_one(sg_child *child, sg_prepared *prepared, int32_t trial, int32_t told, segml_error *err)
{
    int rc = sg_child_trial(child, prepared, trial, told, err);

    return is_own_failure(rc) ? SEGML_OK : rc;
}

static int
run_steps(sg_job *job, sg_child *child, sg_prepared *prepared, segml_error *err)
{
    int32_t trials = child->study.count;
    segml_error why = SEGML_ERROR_INIT;
    int rc = SEGML_OK;

    for (int32_t t = 0; t < trials && rc >= 0; t++)
        rc = try_one(child, prepared, t, t / SG_STUDY_GENERATION * SG_STUDY_GENERATION, &why);
    if (rc < 0)
        return sg_fail(err, rc, "%s", why.message);
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
    sg_engine *engine = job->run->engine;
    sg_child child = {0};
    sg_prepared *prepared = NULL;
    int rc = sg_child_begin(&child, job->run, pool, &job->spec, err);

    if (rc == SEGML_OK)
        rc = engine->prepare(engine, &prepared, &child.unit.rows, err);
    if (rc == SEGML_OK)
        rc = run_steps(job, &child, prepared, err);
    engine->release(prepared);
    sg_child_clear(&child);
    return finish(job, pool, rc, err);
}

/* The model of unseen groups: the same parameters and rounds without the key columns. */
static int
fit_unseen(sg_job *job, segml_error *err)
{
    sg_engine *engine = job->run->engine;
    sg_unit_spec rows = job->spec.rows;
    sg_unit unit = {0};
    sg_prepared *prepared = NULL;
    sg_buf model = {0};
    int rc;

    rows.with_keys = 0;
    rc = sg_unit_make(&unit, job->run, &rows, err);
    unit.rows.max_bin = job->child.unit.rows.max_bin;
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
submit_generation(sg_job *job, sg_pool *pool, segml_error *err)
{
    int32_t left = job->child.study.count - job->told;

    return submit_stage(job, pool, job->step + job->told,
                        left < SG_STUDY_GENERATION ? left : SG_STUDY_GENERATION, err);
}

/* The last task of a stage is done: the next stage, or the end. */
static int
next_stage(sg_job *job, sg_pool *pool, step_kind done, segml_error *err)
{
    sg_child *child = &job->child;
    int32_t trials = child->study.count, folds = child->unit.rows.folds;
    int rc = SEGML_OK;

    if (done == STEP_TRIAL) {
        job->told += SG_STUDY_GENERATION;
        if (job->told < trials)
            return submit_generation(job, pool, err);
        rc = sg_child_choose(child, err);
        if (rc == SEGML_E_BACKEND && job->error.code != 0)
            return sg_fail(err, rc, "%s", job->error.message);
        sg_unit_clear(&child->sample);
        atomic_store(&job->failed, 0); /* errors that follow are their own */
        return rc == SEGML_OK ? submit_stage(job, pool, job->step + trials, folds, err) : rc;
    }
    if (done == STEP_FOLD) {
        rc = sg_child_settle(child, job->margin, err);
        return rc == SEGML_OK ? submit_stage(job, pool, job->step + trials + folds,
                                             job->unseen != NULL ? 2 : 1, err)
                              : rc;
    }
    return finish(job, pool, SEGML_OK, err);
}

/* The step itself, on rows prepared for it. */
static int
take_step(const struct sg_step *step, segml_error *err)
{
    sg_job *job = step->job;
    sg_child *child = &job->child;
    sg_engine *engine = job->run->engine;
    const sg_unit *unit = step->kind == STEP_TRIAL ? sg_child_search_unit(child) : &child->unit;
    sg_prepared *prepared = NULL;
    int rc;

    if (step->kind == STEP_UNSEEN)
        return fit_unseen(job, err);
    rc = engine->prepare(engine, &prepared, &unit->rows, err);
    if (rc == SEGML_OK && step->kind == STEP_TRIAL)
        rc = sg_child_trial(child, prepared, step->index, job->told, err);
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

/* A large job begins: its rows are copied and its first generation submitted. */
static int
begin_large(sg_pool *pool, void *argument, segml_error *err)
{
    sg_job *job = argument;
    int32_t folds = job->run->options.folds, count = 0, trials;
    int rc = sg_child_begin(&job->child, job->run, pool, &job->spec, err);

    if (rc < 0)
        return rc;
    trials = job->child.study.count;
    job->step = sg_alloc_array((int64_t)trials + folds + 2, sizeof *job->step);
    if (job->step == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < trials; t++)
        job->step[count++] = (struct sg_step){job, STEP_TRIAL, t};
    for (int32_t f = 0; f < folds; f++)
        job->step[count++] = (struct sg_step){job, STEP_FOLD, f};
    job->step[count++] = (struct sg_step){job, STEP_REFIT, 0};
    job->step[count++] = (struct sg_step){job, STEP_UNSEEN, 0};
    return submit_generation(job, pool, err);
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
