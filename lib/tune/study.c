/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A search: asks a sampler for points, is told their values, knows the best.
 *
 * R1  Inside, lower is better. A public study that maximises turns every value at its
 *     border, so that maximising f and minimising -f are the same search, bit for bit.
 * R2  The caller's own points are the first trials, in their order; equal ones are tried
 *     once. They are trials like any other: samplers learn from them.
 * R3  A failed call changes nothing: the trial that could not be asked has no number.
 * R4  A trial is told once, and nothing is reported after that.
 *
 * Every trial's point is a block of its own, so that it stays where it is while trials are
 * added: callers and parallel workers hold on to it.
 */

#include "tune/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"
#include "base/status.h"

enum { GRID_POINTS = 5, GRID_POINTS_MAX = 1000, POINTS_MAX = 10000, CONTEXT_MAX = 64 };

static int
same_point(const double *a, const double *b, int32_t dimensions)
{
    for (int32_t d = 0; d < dimensions; d++) {
        if (a[d] != b[d] && !(isnan(a[d]) && isnan(b[d])))
            return 0;
    }
    return 1;
}

/* Takes a point over behind the others, unless there is an equal one. */
static void
add_point(sg_study *study, const double *point)
{
    int32_t dimensions = study->space.count;

    for (int32_t p = 0; p < study->point_count; p++) {
        if (same_point(study->points + (int64_t)p * dimensions, point, dimensions))
            return;
    }
    memmove(study->points + (int64_t)study->point_count * dimensions, point,
            (size_t)dimensions * sizeof *point);
    study->point_count++;
}

static int
take_points(sg_study *study, const sg_study_spec *spec, segml_error *err)
{
    int64_t dimensions = study->space.count;
    char context[CONTEXT_MAX];
    int rc;

    if (spec->point_count > 0 && spec->points == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "points to try first are NULL; there should be %lld",
                       (long long)spec->point_count);
    if (spec->point_count < 0 || spec->point_count > POINTS_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld points to try first; 0 to %d are allowed",
                       (long long)spec->point_count, POINTS_MAX);
    study->points = sg_alloc_array(spec->point_count * dimensions, sizeof *study->points);
    if (study->points == NULL)
        return sg_fail_nomem(err);
    for (int64_t p = 0; p < spec->point_count; p++) {
        double *point = study->points + p * dimensions; /* not before the next free place */

        memcpy(point, spec->points + p * dimensions, (size_t)dimensions * sizeof *point);
        rc = sg_space_check_point(&study->space, point, !spec->exact_points, err);
        if (rc < 0) {
            snprintf(context, sizeof context, "point %d to try first", (int)p);
            sg_fail_within(err, context);
            return rc;
        }
        add_point(study, point);
    }
    return SEGML_OK;
}

static sg_trials
history_of(const sg_study *study)
{
    return (sg_trials){.space = &study->space,
                        .trial = study->trial,
                        .count = study->count,
                        .first = study->point_count + study->enqueued,
                        .seed = study->seed,
                        .group = study->group,
                        .grid_points = study->grid_points};
}

int
sg_study_begin(sg_study *study, const sg_study_spec *spec, segml_error *err)
{
    int rc = sg_space_make(&study->space, spec->dimensions, spec->dimension_count, err);
    sg_trials history;

    if (rc < 0)
        return rc;
    if (spec->grid_points < 0 || spec->grid_points > GRID_POINTS_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "grid_points is %d; 1 to %d are allowed",
                       (int)spec->grid_points, GRID_POINTS_MAX);
    study->sampler = spec->sampler != NULL ? spec->sampler : &sg_sampler_tpe;
    study->pruner = spec->pruner;
    study->seed = spec->seed;
    study->group = spec->group;
    study->grid_points = spec->grid_points > 0 ? spec->grid_points : GRID_POINTS;
    study->sample = spec->sample;
    study->user = spec->user;
    rc = take_points(study, spec, err);
    if (rc < 0 || study->sample != NULL || study->sampler->check == NULL)
        return rc;
    history = history_of(study);
    return study->sampler->check(&history, err);
}

/* Room for one more trial. */
static int
reserve_trial(sg_study *study, segml_error *err)
{
    int32_t capacity = study->capacity > 0 ? study->capacity : 8;
    sg_trial *grown;

    if (study->count < study->capacity)
        return SEGML_OK;
    if (study->capacity > INT32_MAX / 2)
        return sg_fail(err, SEGML_E_LIMIT, "too many trials: %d", (int)study->count);
    capacity *= study->capacity > 0 ? 2 : 1;
    grown = sg_alloc_resize(study->trial, capacity, sizeof *grown);
    if (grown == NULL)
        return sg_fail_nomem(err);
    study->trial = grown;
    study->capacity = capacity;
    return SEGML_OK;
}

static int
sample_by_caller(const sg_study *study, double *point, segml_error *err)
{
    char context[CONTEXT_MAX];
    int32_t answer;
    int rc;

    for (int32_t d = 0; d < study->space.count; d++)
        point[d] = (double)NAN;
    answer = study->sample(study, study->count, point, study->user);
    if (answer != 0)
        return sg_fail(err, SEGML_E_CANCELLED,
                       "trial %d: cancelled by the sampler, which returned %d", (int)study->count,
                       (int)answer);
    rc = sg_space_check_point(&study->space, point, 0, err);
    if (rc < 0) {
        snprintf(context, sizeof context, "the sampler's point for trial %d", (int)study->count);
        sg_fail_within(err, context);
    }
    return rc;
}

static int
make_point(const sg_study *study, double *point, segml_error *err)
{
    sg_trials history = history_of(study);

    if (study->count < study->point_count) {
        memcpy(point, study->points + (int64_t)study->count * study->space.count,
               (size_t)study->space.count * sizeof *point);
        return SEGML_OK;
    }
    if (study->sample != NULL)
        return sample_by_caller(study, point, err);
    return study->sampler->ask(&history, point, err);
}

/* Takes over the point; there is room for the trial. */
static int32_t
begin_trial(sg_study *study, double *point)
{
    study->trial[study->count] =
        (sg_trial){.state = SEGML_TRIAL_RUNNING, .value = (double)NAN, .point = point};
    return study->count++;
}

int
sg_study_enqueue(sg_study *study, const double *point, segml_error *err)
{
    double *copy = sg_alloc_copy(point, (size_t)study->space.count * sizeof *point);
    int rc = copy != NULL ? reserve_trial(study, err) : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = sg_space_check_point(&study->space, copy, 1, err);
    if (rc < 0) {
        sg_free(copy);
        return rc;
    }
    begin_trial(study, copy);
    study->enqueued++;
    return SEGML_OK;
}

int
sg_study_ask(sg_study *study, int32_t *trial, segml_error *err)
{
    double *point = sg_alloc_array(study->space.count, sizeof *point);
    int rc = point != NULL ? reserve_trial(study, err) : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = make_point(study, point, err);
    if (rc < 0) {
        sg_free(point);
        return rc;
    }
    *trial = begin_trial(study, point);
    return SEGML_OK;
}

void
sg_study_tell(sg_study *study, int32_t trial, int32_t state, double value)
{
    sg_trial *t = &study->trial[trial];

    t->state = state == SEGML_TRIAL_COMPLETE && isnan(value) ? SEGML_TRIAL_FAILED : state;
    t->value = t->state == SEGML_TRIAL_FAILED ? (double)NAN : value;
}

int
sg_study_keep_curve(sg_study *study, int32_t trial, const int32_t *step, const double *curve,
                    int32_t steps, segml_error *err)
{
    sg_trial *t = &study->trial[trial];
    int32_t *kept_step = sg_alloc_array(steps, sizeof *kept_step);
    double *kept_curve = sg_alloc_array(steps, sizeof *kept_curve);

    if (kept_step == NULL || kept_curve == NULL) {
        sg_free(kept_step);
        sg_free(kept_curve);
        return sg_fail_nomem(err);
    }
    for (int32_t i = 0; i < steps; i++) {
        kept_step[i] = step != NULL ? step[i] : i + 1;
        kept_curve[i] = curve[i];
    }
    sg_free(t->step);
    sg_free(t->curve);
    t->step = kept_step;
    t->curve = kept_curve;
    t->steps = steps;
    return SEGML_OK;
}

int
sg_study_should_prune(const sg_study *study, const int32_t *step, const double *curve,
                      int32_t steps)
{
    sg_prune_view view = {study->trial, study->count, step, curve, steps};

    return study->pruner != NULL && study->pruner->should_prune(&view);
}

int32_t
sg_study_best(const sg_study *study)
{
    int32_t best = -1;

    for (int32_t t = 0; t < study->count; t++) {
        if (study->trial[t].state == SEGML_TRIAL_COMPLETE &&
            (best < 0 || study->trial[t].value < study->trial[best].value))
            best = t;
    }
    return best;
}

void
sg_study_clear(sg_study *study)
{
    for (int32_t t = 0; t < study->count; t++) {
        sg_free(study->trial[t].point);
        sg_free(study->trial[t].step);
        sg_free(study->trial[t].curve);
    }
    sg_free(study->trial);
    sg_free(study->points);
    sg_space_clear(&study->space);
    memset(study, 0, sizeof *study);
}

/* Public studies. */

/* A value at the border: R1. */
static double
turn(const segml_study *study, double value)
{
    return study->maximise ? -value : value;
}

static int
read_options(sg_study_spec *spec, const segml_study_options *given, segml_error *err)
{
    *spec = (sg_study_spec){.dimensions = given->dimensions,
                            .dimension_count = given->dimension_count,
                            .sampler = sg_sampler_find(given->sampler),
                            .pruner = sg_pruner_find(given->pruner),
                            .seed = given->seed,
                            .grid_points = given->grid_points,
                            .points = given->points,
                            .point_count = given->point_count,
                            .exact_points = 1,
                            .sample = given->sample,
                            .user = given->user};
    if (spec->sampler == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "unknown sampler %s; there are tpe, tpe-univariate, random and grid",
                       given->sampler);
    if (!sg_pruner_known(given->pruner))
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "unknown pruner %s; there are none, median and halving", given->pruner);
    if (given->maximise < -1 || given->maximise > 1)
        return sg_fail(err, SEGML_E_ARGUMENT, "maximise is %d; a switch is -1, 0 or 1",
                       (int)given->maximise);
    return SEGML_OK;
}

int
segml_study_create(segml_study **out, const segml_study_options *options, segml_error *err)
{
    segml_study_options known;
    sg_study_spec spec;
    segml_study *study;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "nowhere to put the study: out is NULL");
    *out = NULL;
    if (options == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "options are NULL; the dimensions have no default");
    rc = sg_opts_load(&known, sizeof known, options, "segml_study_options", err);
    if (rc == SEGML_OK)
        rc = read_options(&spec, &known, err);
    if (rc < 0)
        return rc;
    study = sg_alloc_zeroed(1, sizeof *study);
    if (study == NULL)
        return sg_fail_nomem(err);
    rc = sg_study_begin(study, &spec, err);
    if (rc < 0) {
        segml_study_free(study);
        return rc;
    }
    study->maximise = known.maximise == 1;
    *out = study;
    return SEGML_OK;
}

int
segml_study_ask(segml_study *study, int64_t *trial, double *point, int64_t capacity,
                segml_error *err)
{
    int32_t number;
    int rc;

    if (trial != NULL)
        *trial = -1;
    if (study == NULL || trial == NULL || point == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "study, trial or point is NULL");
    if (capacity < study->space.count)
        return sg_fail(err, SEGML_E_ARGUMENT, "room for %lld values; a point has %d",
                       (long long)capacity, (int)study->space.count);
    rc = sg_study_ask(study, &number, err);
    if (rc < 0)
        return rc;
    memcpy(point, study->trial[number].point, (size_t)study->space.count * sizeof *point);
    *trial = number;
    return SEGML_OK;
}

static int
check_trial(const segml_study *study, int64_t trial, segml_error *err)
{
    if (study == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "study is NULL");
    if (trial < 0 || trial >= study->count)
        return sg_fail(err, SEGML_E_ARGUMENT, "trial %lld: the study has asked %d",
                       (long long)trial, (int)study->count);
    return SEGML_OK;
}

static int
check_running(const segml_study *study, int64_t trial, segml_error *err)
{
    int rc = check_trial(study, trial, err);

    if (rc == SEGML_OK && study->trial[trial].state != SEGML_TRIAL_RUNNING)
        return sg_fail(err, SEGML_E_ARGUMENT, "trial %lld has ended already", (long long)trial);
    return rc;
}

/* Room for one more reported value; there is room for the next power of two always. */
static int
reserve_step(sg_trial *trial, segml_error *err)
{
    int64_t capacity = trial->steps > 0 ? 2 * (int64_t)trial->steps : 1;
    int32_t *step;
    double *curve;

    if ((trial->steps & (trial->steps - 1)) != 0)
        return SEGML_OK;
    step = sg_alloc_resize(trial->step, capacity, sizeof *step);
    if (step == NULL)
        return sg_fail_nomem(err);
    trial->step = step;
    curve = sg_alloc_resize(trial->curve, capacity, sizeof *curve);
    if (curve == NULL)
        return sg_fail_nomem(err);
    trial->curve = curve;
    return SEGML_OK;
}

int
segml_study_report(segml_study *study, int64_t trial, int32_t step, double value, int32_t *prune,
                   segml_error *err)
{
    sg_trial *t;
    int32_t last;
    int rc = check_running(study, trial, err);

    if (rc < 0)
        return rc;
    if (prune == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "prune is NULL");
    *prune = 0;
    t = &study->trial[trial];
    last = t->steps > 0 ? t->step[t->steps - 1] : 0;
    if (step <= last)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "trial %lld: step %d after step %d; steps rise from 1", (long long)trial,
                       (int)step, (int)last);
    rc = reserve_step(t, err);
    if (rc < 0)
        return rc;
    t->step[t->steps] = step;
    t->curve[t->steps] = turn(study, value);
    /* The new value counts as the trial's only afterwards: a pruner sees it once. */
    *prune = sg_study_should_prune(study, t->step, t->curve, t->steps + 1);
    t->steps++;
    return SEGML_OK;
}

int
segml_study_tell(segml_study *study, int64_t trial, double value, segml_error *err)
{
    int rc = check_running(study, trial, err);

    if (rc == SEGML_OK)
        sg_study_tell(study, (int32_t)trial, SEGML_TRIAL_COMPLETE, turn(study, value));
    return rc;
}

int
segml_study_prune(segml_study *study, int64_t trial, segml_error *err)
{
    const sg_trial *t;
    int rc = check_running(study, trial, err);

    if (rc < 0)
        return rc;
    t = &study->trial[trial];
    sg_study_tell(study, (int32_t)trial, SEGML_TRIAL_PRUNED,
                  t->steps > 0 ? t->curve[t->steps - 1] : (double)NAN);
    return SEGML_OK;
}

int64_t
segml_study_count(const segml_study *study)
{
    return study != NULL ? study->count : 0;
}

int64_t
segml_study_best(const segml_study *study)
{
    return study != NULL ? sg_study_best(study) : -1;
}

int
segml_study_get_trial(const segml_study *study, int64_t trial, segml_trial_info *info,
                      segml_error *err)
{
    segml_trial_info known = SEGML_TRIAL_INFO_INIT;
    int rc = check_trial(study, trial, err);

    if (rc < 0)
        return rc;
    known.state = study->trial[trial].state;
    known.steps = study->trial[trial].steps;
    known.value = turn(study, study->trial[trial].value);
    known.point = study->trial[trial].point;
    return sg_opts_store(info, &known, sizeof known, "segml_trial_info", err);
}

void
segml_study_free(segml_study *study)
{
    if (study == NULL)
        return;
    sg_study_clear(study);
    sg_free(study);
}
