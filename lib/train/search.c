/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A search.
 *
 * R1  A trial of one part is scored by that fit's own curve. The curves of several parts
 *     are added, each by its weight, and the lowest point of the sum gives the trial's
 *     rounds and loss; a part that stopped early keeps its last loss.
 * R2  With another objective than the loss, rounds follow the loss all the same, and the
 *     trial's value is the objective of the margins there (of several parts: at each
 *     part's own best round, over the rows of those that were scored).
 * R3  With several folds, a trial ends early when the rows so far are worse than those of
 *     the best trial told before (one-sided Wilcoxon signed-rank test on the rows' losses,
 *     p < 0.1); it counts as pruned, with the folds done as its step.
 * R4  Limits are looked at before a trial is asked. Trial 0 is always made.
 * R5  The first trials are sets given or well tried; what of them lies outside the space is
 *     tried as it is and shown to the sampler at the nearest point. The robust default of a
 *     caller's own space is tried at that point: nothing outside it was asked for.
 *
 * Margins of all trials are kept for the correction of the winner's optimism, as long as
 * they take no more than 64 MiB; where they do, only what R2 and R3 look at.
 */

#include "train/search.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "metric/interval.h"
#include "metric/metric.h"
#include "metric/optimism.h"
#include "train/curve.h"

enum { MOST_MARGINS = 16 << 20 };
static const double stop_level = 0.1;

static int32_t
limit_of(const sg_run *run)
{
    const segml_train_options *options = &run->options;
    int64_t limit = options->trials;

    if (options->total_trials > 0 && options->total_trials / run->searches < limit)
        limit = options->total_trials / run->searches;
    return limit < 1 ? 1 : (int32_t)limit;
}

static int64_t
rounds_of(const sg_run *run)
{
    const segml_train_options *options = &run->options;
    int64_t limit = options->group_rounds;

    if (options->total_rounds > 0) {
        int64_t share = options->total_rounds / run->searches;

        share = share < 1 ? 1 : share;
        limit = limit == 0 || share < limit ? share : limit;
    }
    return limit;
}

static double
deadline_of(const sg_run *run)
{
    double seconds = run->options.group_seconds;
    double own = seconds > 0 ? sg_clock_seconds() + seconds : 0;

    if (run->deadline > 0 && (!(own > 0) || run->deadline < own))
        return run->deadline;
    return own;
}

/* Copies the parts and their validated rows. */
static int
take_parts(sg_search *search, const sg_search_spec *spec, segml_error *err)
{
    int64_t outputs = spec->run->target.outputs;

    search->parts = spec->parts;
    search->part = sg_alloc_copy(spec->part, (size_t)spec->parts * sizeof *spec->part);
    search->start = sg_alloc_zeroed((int64_t)spec->parts + 1, sizeof *search->start);
    if (search->part == NULL || search->start == NULL)
        return sg_fail_nomem(err);
    for (int32_t p = 0; p < spec->parts; p++)
        search->start[p + 1] =
            search->start[p] + sg_unit_held(search->part[p].unit, search->part[p].fold);
    search->rows = search->start[spec->parts];
    search->keep_all = search->limit * search->rows * outputs <= MOST_MARGINS;
    search->keep =
        search->keep_all || strcmp(spec->run->options.metric, "loss") != 0 || spec->stop_folds;
    search->label = sg_alloc_array(search->rows, sizeof *search->label);
    search->weight = sg_alloc_array(search->rows, sizeof *search->weight);
    if (search->label == NULL || search->weight == NULL)
        return sg_fail_nomem(err);
    for (int32_t p = 0; p < spec->parts; p++) {
        const sg_unit *unit = search->part[p].unit;
        int64_t from = unit->fold_start[search->part[p].fold], to = search->start[p];

        for (int64_t i = 0; i < search->start[p + 1] - to; i++) {
            search->label[to + i] = unit->fold_label[from + i];
            search->weight[to + i] = unit->fold_weight != NULL ? unit->fold_weight[from + i] : 1;
        }
    }
    return SEGML_OK;
}

/* Sets that are tried first, as many as trials, without those that come twice. */
static int
take_first(sg_search *search, const sg_search_spec *spec, segml_error *err)
{
    const segml_train_options *options = &spec->run->options;
    int64_t most = options->points != NULL ? options->point_count : SG_PARAM_SETS;
    int64_t count;
    int32_t kept = 0;

    search->first = sg_alloc_array(most, sizeof *search->first);
    if (search->first == NULL)
        return sg_fail_nomem(err);
    count = sg_params_first(search->first, &search->space, options, &spec->facts, err);
    for (int64_t i = 0; i < count && kept < search->limit; i++) {
        int twice = 0;

        for (int32_t k = 0; k < kept && !twice; k++)
            twice = memcmp(&search->first[k], &search->first[i], sizeof *search->first) == 0;
        if (!twice)
            search->first[kept++] = search->first[i];
    }
    search->first_count = kept;
    return count < 0 ? (int)count : SEGML_OK;
}

static int
begin_study(sg_search *search, const sg_search_spec *spec, segml_error *err)
{
    const segml_train_options *options = &spec->run->options;
    sg_study_spec study = {.dimensions = search->space.dimension,
                           .dimension_count = search->space.dimensions,
                           .sampler = spec->run->sampler,
                           .pruner = spec->run->pruner,
                           .seed = options->seed,
                           .group = spec->key,
                           .sample = options->sample,
                           .user = options->user};

    if (search->space.dimensions == 0) { /* nothing to search: only the sets given */
        if (search->limit > search->first_count)
            search->limit = search->first_count;
        return SEGML_OK;
    }
    return sg_study_begin(&search->study, &study, err);
}

int
sg_search_begin(sg_search *search, const sg_search_spec *spec, segml_error *err)
{
    int rc;

    search->run = spec->run;
    search->pool = spec->pool;
    search->stop_folds = spec->stop_folds;
    search->limit = limit_of(spec->run);
    search->most_rounds = rounds_of(spec->run);
    search->deadline = deadline_of(spec->run);
    search->chosen = -1;
    rc = sg_params_space(&search->space, &spec->run->options, &spec->facts, err);
    if (rc == SEGML_OK)
        rc = take_first(search, spec, err);
    if (rc == SEGML_OK)
        rc = begin_study(search, spec, err);
    if (rc == SEGML_OK)
        rc = take_parts(search, spec, err);
    if (rc < 0)
        return rc;
    search->attempt = sg_alloc_zeroed(search->limit, sizeof *search->attempt);
    return search->attempt != NULL ? SEGML_OK : sg_fail_nomem(err);
}

/* Whether a limit ends the search before its next trial. */
static int
is_over(sg_search *search)
{
    if (search->count >= search->limit)
        return 1;
    if (search->count == 0)
        return 0;
    if (search->most_rounds > 0 && search->spent >= search->most_rounds)
        return 1;
    if (search->deadline > 0 && sg_clock_seconds() >= search->deadline)
        search->cut = 1;
    return search->cut;
}

/* One question to the study, on whichever thread it has to be asked. */
typedef struct question {
    sg_study *study;
    int32_t trial;
} question;

static int
ask_study(void *argument, segml_error *err)
{
    question *q = argument;

    return sg_study_ask(q->study, &q->trial, err);
}

/* One of the sets that are tried first: R5. */
static int
first_point(sg_search *search, sg_attempt *attempt, segml_error *err)
{
    const segml_train_options *options = &search->run->options;
    double point[SG_SPACE_MAX];
    int rc;

    attempt->params = search->first[search->count];
    if (search->space.dimensions == 0)
        return SEGML_OK;
    sg_params_to_point(point, &search->space, &attempt->params);
    rc = sg_study_enqueue(&search->study, point, err);
    if (rc == SEGML_OK && options->space != NULL && options->points == NULL)
        sg_params_of_point(&attempt->params, &search->space,
                           search->study.trial[search->count].point);
    return rc;
}

static int
next_point(sg_search *search, sg_attempt *attempt, segml_error *err)
{
    question q = {&search->study, 0};
    int rc;

    if (search->count < search->first_count)
        return first_point(search, attempt, err);
    rc = search->run->options.sample != NULL ? sg_pool_call(search->pool, ask_study, &q, err)
                                             : ask_study(&q, err);
    if (rc == SEGML_OK)
        sg_params_of_point(&attempt->params, &search->space, search->study.trial[q.trial].point);
    return rc;
}

int32_t
sg_search_ask(sg_search *search, int32_t width, int32_t *first, segml_error *err)
{
    *first = search->count;
    while (search->count < *first + width && !is_over(search)) {
        sg_attempt *attempt = &search->attempt[search->count];
        int rc = next_point(search, attempt, err);

        if (rc == SEGML_E_NOT_FOUND) { /* a grid has no more points */
            search->limit = search->count;
            break;
        }
        if (rc < 0)
            return rc;
        attempt->part = sg_alloc_zeroed(search->parts, sizeof *attempt->part);
        if (attempt->part == NULL)
            return sg_fail_nomem(err);
        search->count++;
    }
    return search->count - *first;
}

int
sg_search_run_part(sg_search *search, sg_prepared *prepared, int32_t trial, int32_t part,
                   segml_error *err)
{
    const sg_part *of = &search->part[part];
    sg_attempt *attempt = &search->attempt[trial];
    sg_validation *v = &attempt->part[part];
    sg_params params = attempt->params;
    sg_fit_params fit;
    int early_stop, rc;

    if (search->hessian > 0)
        sg_fit_rescale(&params, of->fitter, of->unit, search->hessian);
    v->fold = of->fold;
    v->keep = search->keep;
    v->limit = sg_fit_rounds(of->fitter, of->unit, &params, &early_stop);
    v->early_stop = early_stop;
    v->pruner = search->study.pruner != NULL ? &search->study : NULL;
    sg_fit_fill(&fit, of->fitter, of->unit, &params, trial, of->fold);
    rc = sg_validation_run(v, of->fitter, of->unit, prepared, &fit, err);
    if (rc < 0) {
        sg_validation_clear(v);
        v->rounds = 0; /* what came before the failure is no score */
    }
    return rc;
}

/* The sum of the parts' curves, as means: R1. */
static void
add_curves(const sg_search *search, const sg_attempt *attempt, double *curve, int32_t rounds)
{
    double total = 0;

    memset(curve, 0, (size_t)rounds * sizeof *curve);
    for (int32_t p = 0; p < search->parts; p++) {
        const sg_part *of = &search->part[p];
        const sg_validation *v = &attempt->part[p];
        double scale = of->weight / of->unit->weight_sum[of->fold];

        if (v->rounds == 0)
            continue;
        total += of->weight;
        for (int32_t r = 0; r < rounds; r++)
            curve[r] += scale * v->sum[r < v->rounds ? r : v->rounds - 1];
    }
    for (int32_t r = 0; r < rounds; r++)
        curve[r] /= total;
}

/* Rounds and loss of a trial of several parts. */
static int
settle_parts(const sg_search *search, sg_attempt *attempt, segml_error *err)
{
    int32_t most = 0, stopped = 0, at;
    int64_t validated = 0;
    double *curve;

    for (int32_t p = 0; p < search->parts; p++) {
        const sg_validation *v = &attempt->part[p];

        most = v->rounds > most ? v->rounds : most;
        stopped |= v->early_stop;
        if (v->rounds > 0)
            validated += sg_unit_validated(search->part[p].unit, v->fold);
    }
    if (most == 0)
        return SEGML_OK;
    curve = sg_alloc_array(most, sizeof *curve);
    if (curve == NULL)
        return sg_fail_nomem(err);
    add_curves(search, attempt, curve, most);
    at = stopped ? sg_curve_lowest(curve, most, validated) : most;
    attempt->rounds = at;
    attempt->loss = curve[at - 1];
    sg_free(curve);
    return SEGML_OK;
}

/* The margins of all parts in one array. */
static int
join_margins(const sg_search *search, sg_attempt *attempt, segml_error *err)
{
    int64_t outputs = search->run->target.outputs;

    if (search->parts == 1) {
        attempt->margin = attempt->part[0].margin;
        attempt->part[0].margin = NULL;
        return SEGML_OK;
    }
    attempt->margin = sg_alloc_zeroed(search->rows * outputs, sizeof *attempt->margin);
    if (attempt->margin == NULL)
        return sg_fail_nomem(err);
    for (int32_t p = 0; p < search->parts; p++) {
        int64_t rows = search->start[p + 1] - search->start[p];

        if (attempt->part[p].margin != NULL)
            memcpy(attempt->margin + search->start[p] * outputs, attempt->part[p].margin,
                   (size_t)(rows * outputs) * sizeof *attempt->margin);
    }
    return SEGML_OK;
}

static sg_scored
scored_rows(const sg_search *search, const sg_attempt *attempt)
{
    const sg_target *target = &search->run->target;

    return (sg_scored){.task = target->task,
                       .rows = search->rows,
                       .classes = target->outputs,
                       .margin = attempt != NULL ? attempt->margin : NULL,
                       .label = search->label,
                       .weight = search->weight,
                       .threshold = 0.5};
}

/* The objective of a trial over the rows of the parts that it was scored on: R2. */
static int
score_margins(const sg_search *search, sg_attempt *attempt, segml_error *err)
{
    sg_scored scored = scored_rows(search, attempt);
    float *weight = sg_alloc_copy(search->weight, (size_t)search->rows * sizeof *weight);
    int rc;

    if (weight == NULL)
        return sg_fail_nomem(err);
    for (int32_t p = 0; p < search->parts; p++) {
        for (int64_t i = search->start[p]; i < search->start[p + 1]; i++)
            weight[i] = attempt->part[p].rounds > 0 ? weight[i] : 0;
    }
    scored.weight = weight;
    rc = sg_metric_objective(search->run->options.metric, &scored, &attempt->value, err);
    sg_free(weight);
    return rc;
}

int
sg_search_finish(sg_search *search, int32_t trial, segml_error *err)
{
    sg_attempt *attempt = &search->attempt[trial];
    int rc = SEGML_OK;

    attempt->loss = attempt->value = (double)NAN;
    for (int32_t p = 0; p < search->parts; p++)
        attempt->spent += attempt->part[p].rounds;
    if (attempt->state == SEGML_TRIAL_FAILED)
        return SEGML_OK;
    if (search->parts == 1 && attempt->part[0].rounds > 0) {
        attempt->rounds = attempt->part[0].best_at;
        attempt->loss = attempt->part[0].best;
    } else if (search->parts > 1) {
        rc = settle_parts(search, attempt, err);
    }
    if (rc == SEGML_OK && search->keep && attempt->rounds > 0)
        rc = join_margins(search, attempt, err);
    attempt->value = attempt->loss;
    if (rc == SEGML_OK && attempt->margin != NULL &&
        strcmp(search->run->options.metric, "loss") != 0)
        rc = score_margins(search, attempt, err);
    if (attempt->state == SEGML_TRIAL_RUNNING)
        attempt->state = isnan(attempt->value)     ? SEGML_TRIAL_FAILED
                         : attempt->part[0].pruned ? SEGML_TRIAL_PRUNED
                                                   : SEGML_TRIAL_COMPLETE;
    return rc;
}

/* Whether the first parts of a trial are surely worse than the best one's: R3. */
static int
is_behind(const sg_search *search, const sg_attempt *attempt, int32_t parts, int *behind,
          segml_error *err)
{
    int64_t rows = search->start[parts], outputs = search->run->target.outputs, n = 0;
    int32_t task = search->run->target.task;
    const sg_attempt *best = search->chosen >= 0 ? &search->attempt[search->chosen] : NULL;
    double *own, *other, p = 1;
    int rc = SEGML_OK;

    *behind = 0;
    if (best == NULL || best->margin == NULL)
        return SEGML_OK;
    own = sg_alloc_array(rows, sizeof *own);
    other = sg_alloc_array(rows, sizeof *other);
    if (own == NULL || other == NULL)
        rc = sg_fail_nomem(err);
    for (int32_t k = 0; k < parts && rc == SEGML_OK; k++) {
        for (int64_t i = search->start[k]; i < search->start[k + 1]; i++) {
            const float *margin = attempt->part[k].margin + (i - search->start[k]) * outputs;

            if (!(search->weight[i] > 0))
                continue;
            own[n] = sg_metric_row_loss(task, margin, outputs, search->label[i]);
            other[n++] =
                sg_metric_row_loss(task, best->margin + i * outputs, outputs, search->label[i]);
        }
    }
    if (rc == SEGML_OK)
        rc = sg_interval_wilcoxon(own, other, n, &p, err);
    *behind = rc == SEGML_OK && p < stop_level;
    sg_free(own);
    sg_free(other);
    return rc;
}

static int
is_fatal(int rc)
{
    return rc == SEGML_E_NOMEM || rc == SEGML_E_CANCELLED || rc == SEGML_E_INTERNAL;
}

int
sg_search_run(sg_search *search, sg_prepared *prepared, int32_t trial, segml_error *err)
{
    sg_attempt *attempt = &search->attempt[trial];
    int failed = SEGML_OK, behind = 0, rc;

    for (int32_t p = 0; p < search->parts && !behind && failed == SEGML_OK; p++) {
        failed = sg_search_run_part(search, prepared, trial, p, err);
        if (is_fatal(failed))
            return failed;
        if (failed == SEGML_OK && search->stop_folds && p + 1 < search->parts) {
            rc = is_behind(search, attempt, p + 1, &behind, err);
            if (rc < 0)
                return rc;
        }
    }
    if (failed < 0)
        attempt->state = SEGML_TRIAL_FAILED;
    else if (behind)
        attempt->state = SEGML_TRIAL_PRUNED;
    rc = sg_search_finish(search, trial, err);
    return rc < 0 ? rc : failed;
}

/* Intermediate values for pruners and for the order of pruned trials. */
static int
keep_curve(sg_search *search, int32_t trial, segml_error *err)
{
    const sg_attempt *attempt = &search->attempt[trial];
    const sg_validation *v = &attempt->part[0];
    double *curve;
    int32_t done = 0;
    int rc;

    if (search->parts > 1) {
        for (int32_t p = 0; p < search->parts; p++)
            done += attempt->part[p].rounds > 0;
        return attempt->state == SEGML_TRIAL_PRUNED
                   ? sg_study_keep_curve(&search->study, trial, &done, &attempt->value, 1, err)
                   : SEGML_OK;
    }
    if (search->study.pruner == NULL || v->rounds == 0)
        return SEGML_OK;
    curve = sg_alloc_array(v->rounds, sizeof *curve);
    if (curve == NULL)
        return sg_fail_nomem(err);
    for (int32_t r = 0; r < v->rounds; r++)
        curve[r] = v->sum[r] / search->part[0].unit->weight_sum[v->fold];
    rc = sg_study_keep_curve(&search->study, trial, NULL, curve, v->rounds, err);
    sg_free(curve);
    return rc;
}

static void
clear_parts(const sg_search *search, sg_attempt *attempt)
{
    for (int32_t p = 0; attempt->part != NULL && p < search->parts; p++)
        sg_validation_clear(&attempt->part[p]);
    sg_free(attempt->part);
    attempt->part = NULL;
}

/* The best trial so far, and the margins that are wanted no longer. */
static void
keep_best(sg_search *search, int32_t trial)
{
    const sg_attempt *attempt = &search->attempt[trial];
    int32_t loser = trial;

    if (attempt->state == SEGML_TRIAL_COMPLETE &&
        (search->chosen < 0 || attempt->value < search->attempt[search->chosen].value)) {
        loser = search->chosen;
        search->chosen = trial;
    }
    if (search->keep_all || loser < 0)
        return;
    sg_free(search->attempt[loser].margin);
    search->attempt[loser].margin = NULL;
}

int
sg_search_tell(sg_search *search, int32_t first, int32_t count, segml_error *err)
{
    for (int32_t t = first; t < first + count; t++) {
        sg_attempt *attempt = &search->attempt[t];
        int rc = SEGML_OK;

        if (search->space.dimensions > 0) {
            rc = keep_curve(search, t, err);
            sg_study_tell(&search->study, t, attempt->state, attempt->value);
        }
        if (rc < 0)
            return rc;
        search->spent += attempt->spent;
        clear_parts(search, attempt);
        keep_best(search, t);
    }
    return SEGML_OK;
}

int
sg_search_choose(sg_search *search, segml_error *err)
{
    if (search->chosen >= 0)
        return SEGML_OK;
    for (int32_t t = 0; t < search->count; t++) {
        if (!isnan(search->attempt[t].loss))
            return sg_fail(err, SEGML_E_DATA,
                           "the metric %s is undefined on the %lld rows that trials are scored on",
                           search->run->options.metric, (long long)search->rows);
    }
    return sg_fail(err, SEGML_E_BACKEND, "all %d trials failed", (int)search->count);
}

/* What the winner's score is worth: of trials that were scored on all rows. */
static int
correct_optimism(const sg_search *search, sg_result *result, segml_error *err)
{
    const float **margin = sg_alloc_array(search->count, sizeof *margin);
    sg_scored rows = scored_rows(search, NULL);
    sg_optimism_spec spec = {.rows = &rows,
                             .margin = margin,
                             .objective = search->run->options.metric,
                             .seed = search->run->options.seed,
                             .group = search->part[0].fitter->key};
    sg_optimism found;
    int rc = SEGML_OK;

    if (margin == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < search->count; t++) {
        if (search->attempt[t].state == SEGML_TRIAL_COMPLETE && search->attempt[t].margin != NULL)
            margin[spec.trials++] = search->attempt[t].margin;
    }
    if (spec.trials > 0) {
        rc = sg_optimism_correct(&spec, &found, err);
        if (rc == SEGML_OK) {
            result->search_loss_corrected = found.loss;
            result->search_f1 = found.naive_f1;
            result->search_f1_corrected = found.f1;
        }
    }
    sg_free(margin);
    return rc;
}

int
sg_search_log_into(const sg_search *search, sg_result *result, segml_error *err)
{
    sg_search_log *log = &result->search;

    log->trials = search->count;
    log->chosen = search->chosen;
    log->cut = search->cut;
    log->value = sg_alloc_array(search->count, sizeof *log->value);
    log->rounds = sg_alloc_array(search->count, sizeof *log->rounds);
    log->state = sg_alloc_array(search->count, sizeof *log->state);
    if (log->value == NULL || log->rounds == NULL || log->state == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < search->count; t++) {
        log->value[t] = search->attempt[t].value;
        log->rounds[t] = search->attempt[t].rounds;
        log->state[t] = search->attempt[t].state;
    }
    result->search_loss = search->attempt[search->chosen].loss;
    result->search_loss_corrected = (double)NAN;
    result->search_f1 = result->search_f1_corrected = (double)NAN;
    return search->keep_all ? correct_optimism(search, result, err) : SEGML_OK;
}

void
sg_search_clear(sg_search *search)
{
    static const sg_search empty;

    for (int32_t t = 0; search->attempt != NULL && t < search->limit; t++) {
        clear_parts(search, &search->attempt[t]);
        sg_free(search->attempt[t].margin);
    }
    sg_free(search->attempt);
    sg_free(search->part);
    sg_free(search->start);
    sg_free(search->label);
    sg_free(search->weight);
    sg_free(search->first);
    sg_study_clear(&search->study);
    *search = empty;
}
