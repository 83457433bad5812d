/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The shared search.
 *
 * R1  A trial is trained on every chosen group; its curve is the mean of the groups'
 *     curves, weighted by their rows, of which at most four times the median count.
 * R2  The space is that of a model of median size. Rows per leaf and shrinkage are shared,
 *     not min_child_weight and reg_lambda: those follow each group's mean Hessian, in the
 *     search as in the models that are trained with what it found.
 * R3  Trials follow each other; the groups of a trial are tasks of the pool. The task that
 *     finishes a trial begins the next one.
 *
 * With 400 rows per group, a fold of one group cannot rank fifty parameter sets; a fold of
 * every group can, at the same cost. Searching each group and taking the mean of the winners
 * was rejected: it has the noise of both.
 */

#include "train/shared.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"

enum { ROWS_TO_VALIDATE_ON = 100, MOST_TIMES_THE_MEDIAN = 4, XGBOOST_ONE_HOT = 4 };

struct sg_shared_step {
    sg_shared *shared;
    int32_t group;
};

static int64_t
counted_rows(const sg_run *run, int64_t group)
{
    const sg_groups *groups = &run->dataset->groups;
    int64_t rows = 0;

    for (int64_t i = groups->start[group]; i < groups->start[group + 1]; i++)
        rows += sg_dataset_weight(run->dataset, run->row[i]) > 0;
    return rows;
}

static int
ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Draws at most 32 of the groups of at least so many rows: reservoir sampling. */
static int32_t
draw(const sg_run *run, const sg_result *result, int64_t least, int64_t *chosen)
{
    sg_rng rng = sg_rng_stream(run->options.seed, 0, "shared groups", 0);
    int64_t seen = 0;

    for (int64_t g = 0; g < run->dataset->groups.count; g++) {
        int64_t place = seen;

        if (result[g].status != SEGML_GROUP_TRAINED || counted_rows(run, g) < least)
            continue;
        if (seen >= SG_SHARED_GROUPS)
            place = (int64_t)sg_rng_below(&rng, (uint64_t)seen + 1);
        if (place < SG_SHARED_GROUPS)
            chosen[place] = g;
        seen++;
    }
    seen = seen < SG_SHARED_GROUPS ? seen : SG_SHARED_GROUPS;
    qsort(chosen, (size_t)seen, sizeof *chosen, ascending);
    return (int32_t)seen;
}

int32_t
sg_shared_groups(const sg_run *run, const sg_result *result, int64_t *chosen)
{
    int32_t count = draw(run, result, ROWS_TO_VALIDATE_ON, chosen);

    return count > 0 ? count : draw(run, result, 0, chosen);
}

double
sg_shared_work(const sg_run *run, const int64_t *group, int32_t groups)
{
    double rows = 0;

    for (int32_t i = 0; i < groups; i++)
        rows += (double)sg_groups_rows(&run->dataset->groups, group[i]);
    return rows * run->options.trials * run->options.search_folds;
}

/* Rows of a group that is searched on: all, or a sample of a large one. */
static int
make_unit(sg_shared *shared, int32_t i, segml_error *err)
{
    const sg_run *run = shared->run;
    const sg_groups *groups = &run->dataset->groups;
    int64_t g = shared->group[i], most = run->options.search_rows;
    sg_unit_spec spec = {.first = groups->start[g], .rows = sg_groups_rows(groups, g)};
    int32_t *position = NULL;
    int rc = SEGML_OK;

    shared->fitter[i] = (sg_fitter){run, shared->pool, groups->hashes[g].low, XGBOOST_ONE_HOT};
    if (counted_rows(run, g) > most) {
        position = sg_alloc_array(most, sizeof *position);
        if (position == NULL)
            return sg_fail_nomem(err);
        rc = sg_unit_sample(run, spec.first, spec.rows, most, position, err);
        spec.position = position;
        spec.rows = most;
    }
    if (rc == SEGML_OK)
        rc = sg_unit_make(&shared->unit[i], run, &spec, err);
    sg_free(position);
    return rc;
}

static double
median_rows(const sg_shared *shared)
{
    int64_t rows[SG_SHARED_GROUPS];
    int32_t n = shared->groups;

    for (int32_t i = 0; i < n; i++)
        rows[i] = shared->unit[i].counted;
    qsort(rows, (size_t)n, sizeof *rows, ascending);
    return n % 2 == 1 ? (double)rows[n / 2] : (double)(rows[n / 2 - 1] + rows[n / 2]) / 2;
}

/* What the space scales with: a group of median size, mean Hessian and rarer class. */
static sg_param_facts
mean_facts(const sg_shared *shared, double median)
{
    sg_param_facts mean = {.rows = (int64_t)median,
                           .features = shared->run->dataset->features,
                           .task = shared->run->target.task};

    for (int32_t i = 0; i < shared->groups; i++) {
        sg_param_facts own = sg_child_facts(shared->run, &shared->unit[i]);

        mean.mean_hessian += own.mean_hessian / shared->groups;
        mean.minority += own.minority / shared->groups;
    }
    return mean;
}

/* The parts of a trial: the search's folds of every group. */
static int
begin_search(sg_shared *shared, segml_error *err)
{
    const sg_run *run = shared->run;
    int32_t most = run->options.search_folds;
    sg_part *part = sg_alloc_array((int64_t)shared->groups * most, sizeof *part);
    double median = median_rows(shared);
    sg_search_spec spec = {
        .run = run, .pool = shared->pool, .part = part, .facts = mean_facts(shared, median)};
    int rc;

    if (part == NULL)
        return sg_fail_nomem(err);
    for (int32_t i = 0; i < shared->groups; i++) {
        const sg_unit *unit = &shared->unit[i];
        int32_t fold[SG_CHILD_FOLDS], folds = sg_unit_search_folds(unit, most, fold);
        double rows = (double)unit->counted, cap = MOST_TIMES_THE_MEDIAN * median;

        for (int32_t k = 0; k < folds; k++)
            part[spec.parts++] =
                (sg_part){unit, &shared->fitter[i], fold[k], (rows < cap ? rows : cap) / folds};
    }
    rc = sg_search_begin(&shared->search, &spec, err);
    sg_free(part);
    if (rc < 0)
        return rc;
    shared->search.hessian =
        run->options.space == NULL && run->options.points == NULL ? spec.facts.mean_hessian : 0;
    for (int32_t i = 0; i < shared->groups; i++)
        sg_unit_settle(&shared->unit[i], run,
                       (int32_t)shared->search.space.base.value[SG_PARAM_MAX_BIN]);
    return SEGML_OK;
}

static int
finish(sg_shared *shared, segml_error *err)
{
    const sg_attempt *best;
    int rc = sg_search_choose(&shared->search, err);

    if (rc == SEGML_E_BACKEND && shared->error.code != 0)
        return sg_fail(err, rc, "%s", shared->error.message);
    if (rc < 0)
        return rc;
    best = &shared->search.attempt[shared->search.chosen];
    shared->given = (sg_given){.params = best->params,
                               .trial = shared->search.chosen,
                               .rounds = best->rounds,
                               .log = &shared->found.search,
                               .rows = median_rows(shared),
                               .mean_hessian = shared->search.hessian};
    return sg_search_log_into(&shared->search, &shared->found, err);
}

static int run_step(sg_pool *pool, void *argument, segml_error *err);

/* Begins the next trial, or ends the search. */
static int
next_trial(sg_shared *shared, segml_error *err)
{
    int32_t count = sg_search_ask(&shared->search, 1, &shared->trial, err);
    int rc = SEGML_OK;

    if (count <= 0)
        return count < 0 ? count : finish(shared, err);
    atomic_store(&shared->left, shared->groups);
    for (int32_t i = 0; i < shared->groups && rc == SEGML_OK; i++) {
        sg_task task = {(double)shared->unit[i].rows.rows, run_step, &shared->step[i]};

        rc = sg_pool_submit(shared->pool, task, err);
    }
    return rc;
}

/* The parts of one group, on rows prepared for them. */
static int
run_parts(sg_shared *shared, int32_t i, segml_error *err)
{
    sg_engine *engine = shared->unit[i].engine;
    sg_prepared *prepared = NULL;
    int rc = engine->prepare(engine, &prepared, &shared->unit[i].rows, err);

    for (int32_t p = 0; p < shared->search.parts && rc == SEGML_OK; p++) {
        if (shared->search.part[p].unit == &shared->unit[i])
            rc = sg_search_run_part(&shared->search, prepared, shared->trial, p, err);
    }
    engine->release(prepared);
    return rc;
}

static int
run_step(sg_pool *pool, void *argument, segml_error *err)
{
    const struct sg_shared_step *step = argument;
    sg_shared *shared = step->shared;
    int rc = run_parts(shared, step->group, err);

    (void)pool;
    if (rc == SEGML_E_NOMEM || rc == SEGML_E_CANCELLED || rc == SEGML_E_INTERNAL)
        return rc;
    if (rc < 0) { /* the trial goes on without the group; told if all fail */
        int none = 0;

        if (atomic_compare_exchange_strong(&shared->failed, &none, 1))
            shared->error = *err;
    }
    if (atomic_fetch_sub(&shared->left, 1) > 1)
        return SEGML_OK;
    rc = sg_search_finish(&shared->search, shared->trial, err);
    if (rc == SEGML_OK)
        rc = sg_search_tell(&shared->search, shared->trial, 1, err);
    return rc == SEGML_OK ? next_trial(shared, err) : rc;
}

static int
begin(sg_pool *pool, void *argument, segml_error *err)
{
    sg_shared *shared = argument;
    int rc = SEGML_OK;

    shared->pool = pool;
    shared->unit = sg_alloc_zeroed(shared->groups, sizeof *shared->unit);
    shared->fitter = sg_alloc_zeroed(shared->groups, sizeof *shared->fitter);
    shared->step = sg_alloc_array(shared->groups, sizeof *shared->step);
    if (shared->unit == NULL || shared->fitter == NULL || shared->step == NULL)
        return sg_fail_nomem(err);
    for (int32_t i = 0; i < shared->groups && rc == SEGML_OK; i++) {
        shared->step[i] = (struct sg_shared_step){shared, i};
        rc = make_unit(shared, i, err);
    }
    if (rc == SEGML_OK)
        rc = begin_search(shared, err);
    return rc == SEGML_OK ? next_trial(shared, err) : rc;
}

int
sg_shared_submit(sg_shared *shared, sg_pool *pool, segml_error *err)
{
    return sg_pool_submit(pool, (sg_task){1, begin, shared}, err);
}

void
sg_shared_clear(sg_shared *shared)
{
    sg_search_clear(&shared->search);
    sg_result_clear(&shared->found);
    for (int32_t i = 0; shared->unit != NULL && i < shared->groups; i++)
        sg_unit_clear(&shared->unit[i]);
    sg_free(shared->unit);
    sg_free(shared->fitter);
    sg_free(shared->step);
}
