/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fits.
 *
 * R1  The curve of a fit is the sum of the weighted losses of its held-out rows after
 *     every round; rounds are read off its moving average (train/curve.h).
 * R2  Where fewer than 40 rows would be validated there is no early stopping: 10 / learning
 *     rate rounds, at most 300, and the loss after the last.
 * R3  Margins at the best round are those of the very round, not of the average: the last
 *     few rounds' margins are kept until the average around them is known.
 */

#include "train/fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "metric/loss.h"
#include "train/curve.h"

enum {
    MOST_ROUNDS = 1000,
    MOST_ROUNDS_OF_SMALL = 400, /* of fewer rows than: */
    ROWS_OF_SMALL = 1000,
    MOST_FIXED_ROUNDS = 300,
    RING = 3 /* half width of the average, and one */
};

/* What is in units of Hessians grows with counts, without end; engines take floats. */
static double
as_float(double in_hessians)
{
    return fmin(in_hessians, (double)FLT_MAX);
}

void
sg_fit_fill(sg_fit_params *fit, const sg_fitter *fitter, const sg_unit *unit,
            const sg_params *params, int32_t trial, int32_t hold_out)
{
    const double *value = params->value;
    uint64_t seed = fitter->run->options.seed;
    sg_rng rng = sg_rng_stream(seed, fitter->key, "booster", (uint64_t)trial);
    int lossguide = value[SG_PARAM_GROW_POLICY] > 0;

    *fit = (sg_fit_params){.learning_rate = value[SG_PARAM_LEARNING_RATE],
                           .min_child_weight = as_float(value[SG_PARAM_MIN_CHILD_WEIGHT]),
                           .subsample = value[SG_PARAM_SUBSAMPLE],
                           .colsample_bytree = value[SG_PARAM_COLSAMPLE_BYTREE],
                           .reg_lambda = as_float(value[SG_PARAM_REG_LAMBDA]),
                           .reg_alpha = value[SG_PARAM_REG_ALPHA],
                           .gamma = value[SG_PARAM_GAMMA],
                           .max_delta_step = value[SG_PARAM_MAX_DELTA_STEP],
                           .scale_pos_weight = value[SG_PARAM_SCALE_POS_WEIGHT],
                           .base_score = sg_unit_base(unit, hold_out),
                           .max_depth = (int32_t)value[SG_PARAM_MAX_DEPTH],
                           .max_leaves = lossguide ? (int32_t)value[SG_PARAM_MAX_LEAVES] : 0,
                           .max_cat_to_onehot = fitter->one_hot,
                           .threads = 1,
                           .seed = (uint32_t)(sg_rng_next(&rng) >> 33)};
}

void
sg_fit_rescale(sg_params *params, const sg_fitter *fitter, const sg_unit *unit, double mean_hessian)
{
    static const sg_param in_hessians[] = {SG_PARAM_MIN_CHILD_WEIGHT, SG_PARAM_REG_LAMBDA};
    const segml_train_options *options = &fitter->run->options;
    double own, minority;

    sg_unit_hessian(unit, &own, &minority);
    for (size_t k = 0; k < sizeof in_hessians / sizeof *in_hessians; k++) {
        const char *name = sg_params_name(in_hessians[k]);
        int fixed = 0;

        for (int64_t i = 0; i < options->param_count && !fixed; i++)
            fixed = strcmp(options->params[i].name, name) == 0;
        if (!fixed)
            params->value[in_hessians[k]] *= own / mean_hessian;
    }
}

int32_t
sg_fit_most_rounds(const sg_fitter *fitter, const sg_unit *unit)
{
    int32_t given = fitter->run->options.max_rounds;

    return given > 0 ? given : unit->counted < ROWS_OF_SMALL ? MOST_ROUNDS_OF_SMALL : MOST_ROUNDS;
}

/* Rows that a trial is scored on; where folds are dealt evenly, what each has at least. */
static int64_t
searched_on(const sg_fitter *fitter, const sg_unit *unit)
{
    int32_t fold;

    if (fitter->run->dataset->fold_kind == SG_FOLD_DEALT)
        return unit->counted / unit->rows.folds;
    return sg_unit_search_folds(unit, 1, &fold) > 0 ? sg_unit_validated(unit, fold) : 0;
}

int32_t
sg_fit_rounds(const sg_fitter *fitter, const sg_unit *unit, const sg_params *params,
              int *early_stop)
{
    int32_t most = sg_fit_most_rounds(fitter, unit);
    double fixed = params->value[SG_PARAM_ROUNDS];
    double rounds = fixed > 0 ? fixed : ceil(10 / params->value[SG_PARAM_LEARNING_RATE]);

    *early_stop = !(fixed > 0) && searched_on(fitter, unit) >= SG_FIT_ROWS_TO_STOP_ON;
    if (fixed > 0)
        return (int32_t)fixed;
    if (*early_stop)
        return most;
    rounds = fmin(rounds, MOST_FIXED_ROUNDS);
    return rounds < most ? (int32_t)rounds : most;
}

void
sg_fit_add_work(const sg_fitter *fitter, const sg_unit *unit, double fits)
{
    sg_run *run = (sg_run *)fitter->run; /* progress alone is written while tasks run */

    atomic_fetch_add(&run->work_done, (long long)((double)unit->rows.rows * fits));
    sg_pool_wake(fitter->pool);
}

/* A fit that is watched. */
typedef struct watch {
    const sg_fitter *fitter;
    const sg_unit *unit;
    sg_validation *validation; /* NULL: all rows are trained on */
    sg_curve curve;
    double *loss;  /* [limit] mean losses, what the curve averages */
    float *recent; /* [RING * held-out rows * outputs]; NULL = margins are not wanted */
} watch;

static double
held_out_loss(const watch *w, const float *margin)
{
    const sg_unit *unit = w->unit;
    int32_t fold = w->validation->fold;
    int64_t start = unit->fold_start[fold];
    sg_scored held = {.task = w->fitter->run->target.task,
                      .rows = sg_unit_held(unit, fold),
                      .classes = unit->rows.classes,
                      .margin = margin,
                      .label = unit->fold_label + start,
                      .weight = unit->fold_weight != NULL ? unit->fold_weight + start : NULL};

    return sg_loss_sum(&held);
}

/* Keeps the margins of the last rounds, and of the best one once it is known. */
static void
keep_margins(watch *w, int32_t best_before, const float *margin)
{
    sg_validation *v = w->validation;
    int64_t count = sg_unit_held(w->unit, v->fold) * w->unit->rows.classes;
    size_t size = (size_t)count * sizeof *margin;

    memcpy(w->recent + (v->rounds - 1) % RING * count, margin, size);
    if (w->curve.best_at != best_before)
        memcpy(v->margin, w->recent + (w->curve.best_at - 1) % RING * count, size);
}

static int
on_round(void *user, int32_t round, const float *margin, segml_error *err)
{
    watch *w = user;
    sg_validation *v = w->validation;
    int32_t best_before = w->curve.best_at;
    int stop;

    if (sg_pool_stopping(w->fitter->pool))
        return sg_fail(err, SEGML_E_CANCELLED, "cancelled");
    if (v == NULL)
        return 0;
    v->sum[round] = held_out_loss(w, margin);
    v->rounds = round + 1;
    stop = sg_curve_add(&w->curve, v->sum[round] / w->unit->weight_sum[v->fold]);
    if (w->recent != NULL)
        keep_margins(w, best_before, margin);
    if (v->pruner != NULL && sg_study_should_prune(v->pruner, NULL, w->loss, v->rounds))
        v->pruned = 1;
    return v->pruned || (stop && v->early_stop);
}

/* Reads the best round off the curve. */
static void
settle(watch *w)
{
    sg_validation *v = w->validation;
    int64_t count = sg_unit_held(w->unit, v->fold) * w->unit->rows.classes;

    if (v->rounds == 0)
        return;
    v->best_at = w->curve.best_at;
    v->best = w->curve.best;
    if (v->early_stop && v->best_at > 0)
        return;
    v->best_at = v->rounds;
    v->best = w->loss[v->rounds - 1];
    if (w->recent != NULL)
        memcpy(v->margin, w->recent + (v->rounds - 1) % RING * count,
               (size_t)count * sizeof *v->margin);
}

int
sg_validation_run(sg_validation *validation, const sg_fitter *fitter, const sg_unit *unit,
                  sg_prepared *prepared, const sg_fit_params *params, segml_error *err)
{
    sg_validation *v = validation;
    watch w = {.fitter = fitter, .unit = unit, .validation = v};
    sg_fit_spec fit = {.hold_out = v->fold,
                       .rounds = v->limit,
                       .params = *params,
                       .on_round = on_round,
                       .user = &w,
                       .model = v->model};
    int64_t count = sg_unit_held(unit, v->fold) * unit->rows.classes;
    int rc = SEGML_OK;

    w.loss = sg_alloc_array(v->limit, sizeof *w.loss);
    v->sum = sg_alloc_array(v->limit, sizeof *v->sum);
    if (v->keep) {
        w.recent = sg_alloc_array(RING * count, sizeof *w.recent);
        v->margin = sg_alloc_zeroed(count, sizeof *v->margin);
    }
    if (w.loss == NULL || v->sum == NULL || (v->keep && (w.recent == NULL || v->margin == NULL)))
        rc = sg_fail_nomem(err);
    if (rc == SEGML_OK) {
        w.curve = sg_curve_begin(w.loss, sg_unit_validated(unit, v->fold));
        rc = unit->engine->fit(prepared, &fit, err);
    }
    if (rc == SEGML_OK)
        settle(&w);
    sg_free(w.loss);
    sg_free(w.recent);
    sg_fit_add_work(fitter, unit, 1);
    return rc;
}

void
sg_validation_clear(sg_validation *validation)
{
    sg_free(validation->sum);
    sg_free(validation->margin);
    validation->sum = NULL;
    validation->margin = NULL;
}

int
sg_fit_all(const sg_fitter *fitter, const sg_unit *unit, sg_prepared *prepared, sg_fit_spec *fit,
           segml_error *err)
{
    watch w = {.fitter = fitter, .unit = unit};

    fit->hold_out = SG_FIT_ALL_ROWS;
    fit->on_round = on_round;
    fit->user = &w;
    return unit->engine->fit(prepared, fit, err);
}
