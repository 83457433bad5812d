/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One model.
 *
 * R1  Search: every trial trains on folds 1 .. K-1 and is scored after every round on
 *     fold 0; its loss is that of the best round, found by early stopping. Where no row
 *     of fold 0 counts, the first fold that has one takes its place.
 * R2  Where fewer than 40 rows are validated there is no early stopping: 10 / learning
 *     rate rounds, at most 300, and the loss after the last.
 * R3  Cross-validation: every fold trains for half as many rounds again as the search
 *     took, and longer by the square root of the rows' ratio if that was on a sample:
 *     more rows carry more rounds. The length is fixed beforehand, because stopping a
 *     fold by its own curve would let its labels choose its rounds. The curves are
 *     summed row by row; the deployed model's rounds are where that sum is lowest,
 *     times 1.1 because the refit has K / (K - 1) as many rows.
 * R4  Fold f is predicted at the rounds that the other folds choose, so no fold's score
 *     has seen its own labels. Prefixes are evaluated by the library's own trees; the
 *     margins of all rounds are never kept.
 * R5  The refit is never stopped early.
 *
 * Rounds are read off the sum of the curves; the mean of the folds' own best rounds
 * was rejected: it is unstable where few rows are validated.
 */

#include "train/child.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "metric/metric.h"
#include "train/curve.h"
#include "tree/predict.h"

enum { MOST_ROUNDS = 1000, MOST_FIXED_ROUNDS = 300, ROWS_TO_STOP_ON = 40 };

const sg_unit *
sg_child_search_unit(const sg_child *child)
{
    return child->sample.data != NULL ? &child->sample : &child->unit;
}

static int
fix_parameters(sg_space *space, const segml_train_options *options, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < options->param_count && rc == SEGML_OK; i++)
        rc = sg_space_fix(space, options->params[i].name, options->params[i].value, err);
    return rc;
}

static int
make_units(sg_child *child, const sg_child_spec *spec, segml_error *err)
{
    const sg_run *run = child->run;
    sg_unit_spec sample = spec->rows;
    int32_t *position;
    int rc = sg_unit_make(&child->unit, run, &spec->rows, err);

    if (rc < 0 || child->unit.counted <= run->options.search_rows)
        return rc;
    sample.rows = run->options.search_rows;
    position = sg_alloc_array(sample.rows, sizeof *position);
    if (position == NULL)
        return sg_fail_nomem(err);
    rc = sg_unit_sample(run, spec->rows.first, spec->rows.rows, sample.rows, position, err);
    sample.position = position;
    if (rc == SEGML_OK)
        rc = sg_unit_make(&child->sample, run, &sample, err);
    sg_free(position);
    return rc;
}

int
sg_child_begin(sg_child *child, const sg_run *run, sg_pool *pool, const sg_child_spec *spec,
               segml_error *err)
{
    sg_space_facts facts = {.task = run->target.task};
    const sg_unit *unit;
    int rc;

    child->run = run;
    child->pool = pool;
    child->key = spec->key;
    child->one_hot = spec->one_hot;
    rc = make_units(child, spec, err);
    if (rc < 0)
        return rc;
    unit = sg_child_search_unit(child);
    facts.rows = unit->counted;
    facts.features = unit->rows.features;
    sg_unit_hessian(unit, &facts.mean_hessian, &facts.minority);
    child->study.sampler = run->sampler;
    child->study.seed = run->options.seed;
    child->study.group = spec->key;
    sg_space_default(&child->study.space, &facts);
    rc = fix_parameters(&child->study.space, &run->options, err);
    if (rc < 0)
        return rc;
    child->unit.rows.max_bin = (int32_t)child->study.space.fixed.value[SG_PARAM_MAX_BIN];
    child->sample.rows.max_bin = child->unit.rows.max_bin;
    child->fixed_rounds = child->study.space.fixed.value[SG_PARAM_ROUNDS] > 0 ||
                          unit->counted / unit->rows.folds < ROWS_TO_STOP_ON;
    return sg_study_begin(&child->study, run->options.trials, err);
}

/* Most rounds of a fit; the exact number where they are not read off the curve. */
static int32_t
round_limit(const sg_child *child, const sg_params *params)
{
    double fixed = params->value[SG_PARAM_ROUNDS];

    if (fixed > 0)
        return (int32_t)fixed;
    if (!child->fixed_rounds)
        return MOST_ROUNDS;
    return (int32_t)fmin(ceil(10 / params->value[SG_PARAM_LEARNING_RATE]), MOST_FIXED_ROUNDS);
}

static void
fit_params(const sg_child *child, const sg_unit *unit, int32_t trial, const sg_params *params,
           int32_t hold_out, sg_fit_params *fit)
{
    const double *value = params->value;
    sg_rng rng = sg_rng_stream(child->run->options.seed, child->key, "booster", (uint64_t)trial);

    *fit = (sg_fit_params){.learning_rate = value[SG_PARAM_LEARNING_RATE],
                           .min_child_weight = value[SG_PARAM_MIN_CHILD_WEIGHT],
                           .subsample = value[SG_PARAM_SUBSAMPLE],
                           .colsample_bytree = value[SG_PARAM_COLSAMPLE_BYTREE],
                           .reg_lambda = value[SG_PARAM_REG_LAMBDA],
                           .reg_alpha = value[SG_PARAM_REG_ALPHA],
                           .gamma = value[SG_PARAM_GAMMA],
                           .max_delta_step = value[SG_PARAM_MAX_DELTA_STEP],
                           .base_score = sg_unit_base(unit, hold_out),
                           .max_depth = (int32_t)value[SG_PARAM_MAX_DEPTH],
                           .max_leaves = (int32_t)value[SG_PARAM_MAX_LEAVES],
                           .max_cat_to_onehot = child->one_hot,
                           .threads = 1,
                           .seed = (uint32_t)(sg_rng_next(&rng) >> 33)};
}

void
sg_child_params(const sg_child *child, const sg_unit *unit, sg_fit_params *params, int32_t hold_out)
{
    fit_params(child, unit, child->chosen, &child->study.trials[child->chosen].params, hold_out,
               params);
}

/* A fit that is watched: the loss of its held-out rows after every round. */
typedef struct watch {
    const sg_child *child;
    const sg_unit *unit;
    int32_t fold;
    sg_curve *curve; /* of a trial; NULL in cross-validation */
    double *sums;    /* of cross-validation: sum of the weighted losses per round */
    int stop_early;
} watch;

static double
held_out_loss(const watch *w, const float *margin)
{
    const sg_unit *unit = w->unit;
    int64_t start = unit->fold_start[w->fold], rows = sg_unit_held(unit, w->fold);
    int64_t outputs = unit->rows.classes;
    double sum = 0;

    for (int64_t i = 0; i < rows; i++) {
        double weight = unit->fold_weight != NULL ? (double)unit->fold_weight[start + i] : 1.0;

        if (weight > 0)
            sum += weight * sg_metric_row_loss(w->child->run->target.task, margin + i * outputs,
                                               outputs, unit->fold_label[start + i]);
    }
    return sum;
}

static int
on_round(void *user, int32_t round, const float *margin, segml_error *err)
{
    watch *w = user;
    double sum;

    if (sg_pool_stopping(w->child->pool))
        return sg_fail(err, SEGML_E_CANCELLED, "cancelled");
    if (margin == NULL)
        return 0;
    sum = held_out_loss(w, margin);
    if (w->curve == NULL) {
        w->sums[round] = sum;
        return 0;
    }
    return sg_curve_add(w->curve, sum / w->unit->weight_sum[w->fold]) && w->stop_early;
}

static void
add_work(const sg_child *child, const sg_unit *unit)
{
    sg_run *run = (sg_run *)child->run; /* progress alone is written while tasks run */

    atomic_fetch_add(&run->work_done, (long long)unit->rows.rows);
    sg_pool_wake(child->pool);
}

/* The fold that trials are scored on: 0, or the first with a row that counts. */
static int32_t
search_fold(const sg_unit *unit)
{
    int32_t fold = 0;

    while (fold < unit->rows.folds - 1 && !(unit->weight_sum[fold] > 0))
        fold++;
    return fold;
}

/* Rows of a fold that count. */
static int64_t
validated(const sg_unit *unit, int32_t fold)
{
    int64_t rows = 0;

    if (unit->fold_weight == NULL)
        return sg_unit_held(unit, fold);
    for (int64_t k = unit->fold_start[fold]; k < unit->fold_start[fold + 1]; k++)
        rows += unit->fold_weight[k] > 0;
    return rows;
}

int
sg_child_trial(sg_child *child, sg_prepared *prepared, int32_t trial, int32_t told,
               segml_error *err)
{
    const sg_unit *unit = sg_child_search_unit(child);
    sg_trial *result = &child->study.trials[trial];
    sg_curve curve;
    int32_t fold = search_fold(unit);
    watch w = {child, unit, fold, &curve, NULL, !child->fixed_rounds};
    sg_fit_spec fit = {.hold_out = fold, .on_round = on_round, .user = &w};
    double *loss;
    int rc;

    sg_study_ask(&child->study, trial, told, &result->params);
    fit.rounds = round_limit(child, &result->params);
    fit_params(child, unit, trial, &result->params, fold, &fit.params);
    loss = sg_alloc_array(fit.rounds, sizeof *loss);
    if (loss == NULL)
        return sg_fail_nomem(err);
    curve = sg_curve_begin(loss, validated(unit, fold));
    rc = child->run->engine->fit(prepared, &fit, err);
    if (rc >= 0 && curve.rounds > 0) {
        int at_end = child->fixed_rounds || curve.best_at == 0;

        result->rounds = at_end ? curve.rounds : curve.best_at;
        result->loss = at_end ? loss[curve.rounds - 1] : curve.best;
    }
    add_work(child, unit);
    sg_free(loss);
    return rc;
}

int
sg_child_choose(sg_child *child, segml_error *err)
{
    int32_t folds = child->unit.rows.folds;
    double searched = (double)sg_child_search_unit(child)->counted;
    double growth = sqrt((double)child->unit.counted / searched);
    const sg_trial *best;

    child->chosen = sg_study_best(&child->study);
    if (child->chosen < 0)
        return sg_fail(err, SEGML_E_BACKEND, "all %d trials failed", (int)child->study.count);
    best = &child->study.trials[child->chosen];
    child->cv_rounds = best->rounds;
    if (!child->fixed_rounds)
        child->cv_rounds = (int32_t)fmin(ceil(1.5 * growth * best->rounds) + 20, MOST_ROUNDS);
    child->curve = sg_alloc_zeroed((int64_t)folds * child->cv_rounds, sizeof *child->curve);
    child->forest = sg_alloc_zeroed(folds, sizeof(sg_forest *));
    return child->curve != NULL && child->forest != NULL ? SEGML_OK : sg_fail_nomem(err);
}

int
sg_child_fold(sg_child *child, sg_prepared *prepared, int32_t fold, segml_error *err)
{
    sg_buf model = {0};
    watch w = {child, &child->unit, fold, NULL, child->curve + (int64_t)fold * child->cv_rounds, 0};
    sg_fit_spec fit = {.hold_out = fold,
                       .rounds = child->cv_rounds,
                       .on_round = on_round,
                       .user = &w,
                       .model = &model};
    int rc;

    sg_child_params(child, &child->unit, &fit.params, fold);
    rc = child->run->engine->fit(prepared, &fit, err);
    if (rc == SEGML_OK)
        rc = sg_forest_load(&child->forest[fold], model.bytes, model.size, err);
    sg_buf_clear(&model);
    add_work(child, &child->unit);
    return rc;
}

/* Round at which the curve of all folds but one is lowest; -1 leaves none out. */
static int32_t
best_without(const sg_child *child, double *sum, int32_t left_out)
{
    int64_t rows = child->unit.counted;

    memset(sum, 0, (size_t)child->cv_rounds * sizeof *sum);
    for (int32_t f = 0; f < child->unit.rows.folds; f++) {
        const double *curve = child->curve + (int64_t)f * child->cv_rounds;

        for (int32_t r = 0; f != left_out && r < child->cv_rounds; r++)
            sum[r] += curve[r];
    }
    return child->fixed_rounds ? child->cv_rounds : sg_curve_lowest(sum, child->cv_rounds, rows);
}

static void
predict_fold(const sg_child *child, int32_t fold, int32_t rounds, float *margin)
{
    const sg_unit *unit = &child->unit;
    int64_t features = unit->rows.features, outputs = unit->rows.classes;

    for (int64_t i = unit->fold_start[fold]; i < unit->fold_start[fold + 1]; i++) {
        int64_t row = unit->fold_row[i];

        sg_predict_margin(child->forest[fold], rounds, unit->data + row * features, features, NULL,
                          margin + row * outputs);
    }
}

int
sg_child_settle(sg_child *child, float *margin, segml_error *err)
{
    double *sum = sg_alloc_array(child->cv_rounds, sizeof *sum);
    int32_t best;

    if (sum == NULL)
        return sg_fail_nomem(err);
    for (int32_t f = 0; f < child->unit.rows.folds; f++)
        predict_fold(child, f, best_without(child, sum, f), margin);
    best = best_without(child, sum, -1);
    child->rounds = child->fixed_rounds ? best : (int32_t)lround(1.1 * best);
    sg_free(sum);
    return SEGML_OK;
}

int
sg_child_refit(sg_child *child, const sg_unit *unit, sg_prepared *prepared, sg_buf *model,
               segml_error *err)
{
    watch w = {.child = child, .unit = unit};
    sg_fit_spec fit = {.hold_out = SG_FIT_ALL_ROWS,
                       .rounds = child->rounds,
                       .on_round = on_round,
                       .user = &w,
                       .model = model};
    int rc;

    sg_child_params(child, unit, &fit.params, SG_FIT_ALL_ROWS);
    rc = child->run->engine->fit(prepared, &fit, err);
    add_work(child, unit);
    return rc;
}

void
sg_child_clear(sg_child *child)
{
    static const sg_child empty;

    for (int32_t f = 0; child->forest != NULL && f < child->unit.rows.folds; f++)
        sg_forest_free(child->forest[f]);
    sg_free(child->forest);
    sg_free(child->curve);
    sg_study_clear(&child->study);
    sg_unit_clear(&child->unit);
    sg_unit_clear(&child->sample);
    *child = empty;
}
