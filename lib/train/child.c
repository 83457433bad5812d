/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One model.
 *
 * R1  Search (train/search.c): every trial trains without a fold and is scored on it, fold
 *     0 unless the options say otherwise. Where no row of that fold counts, the first fold
 *     that has one takes its place. Of ordered folds it is the last that has one, and
 *     trials train on the folds before it.
 * R2  Where fewer than 40 rows are validated there is no early stopping (train/fit.c).
 * R3  Cross-validation: every fold trains for half as many rounds again as the search
 *     took, and longer by the square root of the rows' ratio if that was on fewer rows:
 *     more rows carry more rounds. The length is fixed beforehand, because stopping a
 *     fold by its own curve would let its labels choose its rounds. The curves are
 *     summed row by row; the deployed model's rounds are where that sum is lowest,
 *     times 1.1 because the refit has K / (K - 1) as many rows, up to the cap on rounds.
 * R4  Fold f is predicted at the rounds that the other folds choose, so no fold's score
 *     has seen its own labels. Prefixes are evaluated by the library's own trees; the
 *     margins of all rounds are never kept.
 * R5  The refit is never stopped early.
 * R6  Parameters that were found on other rows keep the rows per leaf and the shrinkage:
 *     min_child_weight and reg_lambda are scaled by the ratio of the mean Hessians.
 * R7  Rows that are never held out, and those of a fold that has nothing to train on
 *     before it, have no out-of-fold margin: NaN.
 *
 * Rounds are read off the sum of the curves; the mean of the folds' own best rounds
 * was rejected: it is unstable where few rows are validated.
 */

#include "train/child.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "train/curve.h"
#include "tree/predict.h"

const sg_unit *
sg_child_search_unit(const sg_child *child)
{
    return child->sample.data != NULL ? &child->sample : &child->unit;
}

static int
make_units(sg_child *child, const sg_child_spec *spec, segml_error *err)
{
    const sg_run *run = child->fitter.run;
    sg_unit_spec sample = spec->rows;
    int32_t *position, fold;
    int rc = sg_unit_make(&child->unit, run, &spec->rows, err);

    if (rc < 0 || spec->given != NULL || child->unit.counted <= run->options.search_rows)
        return rc;
    sample.rows = run->options.search_rows;
    position = sg_alloc_array(sample.rows, sizeof *position);
    if (position == NULL)
        return sg_fail_nomem(err);
    rc = sg_unit_sample(run, spec->rows.first, spec->rows.rows, sample.rows, position, err);
    sample.position = position;
    if (rc == SEGML_OK)
        rc = sg_unit_make(&child->sample, run, &sample, err);
    if (rc == SEGML_OK && sg_unit_search_folds(&child->sample, 1, &fold) == 0)
        sg_unit_clear(&child->sample); /* given folds can be so uneven that none is in it */
    sg_free(position);
    return rc;
}

sg_param_facts
sg_child_facts(const sg_run *run, const sg_unit *unit)
{
    sg_param_facts facts = {.rows = unit->counted,
                            .features = unit->rows.features,
                            .task = run->target.task,
                            .keys = unit->rows.features - run->dataset->features};

    sg_unit_hessian(unit, &facts.mean_hessian, &facts.minority);
    return facts;
}

static int
begin_search(sg_child *child, const sg_child_spec *spec, segml_error *err)
{
    const sg_run *run = child->fitter.run;
    const sg_unit *unit = sg_child_search_unit(child);
    int32_t most = run->options.search_folds, fold[SG_CHILD_FOLDS];
    int32_t folds = sg_unit_search_folds(unit, most, fold);
    sg_part *part = sg_alloc_array(most, sizeof *part);
    sg_search_spec search = {.run = run,
                             .pool = child->fitter.pool,
                             .part = part,
                             .stop_folds = folds > 1 && run->options.stop_folds > 0,
                             .key = spec->key,
                             .facts = sg_child_facts(run, unit)};
    int32_t max_bin;
    int rc;

    if (part == NULL)
        return sg_fail_nomem(err);
    for (int32_t p = 0; p < folds; p++)
        part[p] = (sg_part){unit, &child->fitter, fold[p], unit->weight_sum[fold[p]]};
    search.parts = folds;
    rc = folds > 0 ? sg_search_begin(&child->search, &search, err)
                   : sg_fail(err, SEGML_E_DATA, "no fold has rows to validate a search on");
    sg_free(part);
    if (rc < 0)
        return rc;
    max_bin = (int32_t)child->search.space.base.value[SG_PARAM_MAX_BIN];
    sg_unit_settle(&child->unit, run, max_bin);
    if (child->sample.data != NULL)
        sg_unit_settle(&child->sample, run, max_bin);
    return SEGML_OK;
}

/* Parameters found elsewhere: R6. */
static void
take_given(sg_child *child, const sg_given *given)
{
    child->params = given->params;
    child->trial = given->trial;
    child->found = given->rounds;
    child->searched = given->rows;
    sg_unit_settle(&child->unit, child->fitter.run,
                   (int32_t)given->params.value[SG_PARAM_MAX_BIN]);
    if (given->mean_hessian > 0)
        sg_fit_rescale(&child->params, &child->fitter, &child->unit, given->mean_hessian);
}

int
sg_child_begin(sg_child *child, const sg_run *run, sg_pool *pool, const sg_child_spec *spec,
               segml_error *err)
{
    int rc;

    child->fitter = (sg_fitter){run, pool, spec->key, spec->one_hot};
    rc = make_units(child, spec, err);
    if (rc < 0 || spec->given == NULL)
        return rc == SEGML_OK ? begin_search(child, spec, err) : rc;
    take_given(child, spec->given);
    return SEGML_OK;
}

void
sg_child_params(const sg_child *child, const sg_unit *unit, sg_fit_params *params, int32_t hold_out)
{
    sg_fit_fill(params, &child->fitter, unit, &child->params, child->trial, hold_out);
}

/* Rounds of every fold: R3. */
static int32_t
fold_rounds(sg_child *child)
{
    double growth = sqrt(fmax(1, (double)child->unit.counted / child->searched));
    int32_t exact, most = sg_fit_most_rounds(&child->fitter, &child->unit);

    exact = sg_fit_rounds(&child->fitter, &child->unit, &child->params, &child->early_stop);
    if (!child->early_stop)
        return exact;
    return (int32_t)fmin(ceil(1.5 * growth * child->found) + 20, most);
}

int
sg_child_choose(sg_child *child, segml_error *err)
{
    int32_t folds = child->unit.rows.folds;

    if (child->search.attempt != NULL) {
        const sg_attempt *best;
        int rc = sg_search_choose(&child->search, err);

        if (rc < 0)
            return rc;
        best = &child->search.attempt[child->search.chosen];
        child->params = best->params;
        child->trial = child->search.chosen;
        child->found = best->rounds;
        child->searched = (double)sg_child_search_unit(child)->counted;
    }
    child->cv_rounds = fold_rounds(child);
    child->curve = sg_alloc_zeroed((int64_t)folds * child->cv_rounds, sizeof *child->curve);
    child->forest = sg_alloc_zeroed(folds, sizeof(sg_forest *));
    return child->curve != NULL && child->forest != NULL ? SEGML_OK : sg_fail_nomem(err);
}

int
sg_child_fold(sg_child *child, sg_prepared *prepared, int32_t fold, segml_error *err)
{
    sg_buf model = {0};
    sg_validation v = {.fold = fold, .limit = child->cv_rounds, .model = &model};
    sg_fit_params params;
    int rc;

    if (!sg_unit_trains(&child->unit, fold)) { /* R7 */
        sg_fit_add_work(&child->fitter, &child->unit, 1);
        return SEGML_OK;
    }
    sg_child_params(child, &child->unit, &params, fold);
    rc = sg_validation_run(&v, &child->fitter, &child->unit, prepared, &params, err);
    if (rc == SEGML_OK)
        memcpy(child->curve + (int64_t)fold * child->cv_rounds, v.sum,
               (size_t)child->cv_rounds * sizeof *v.sum);
    if (rc == SEGML_OK)
        rc = sg_forest_load(&child->forest[fold], model.bytes, model.size, err);
    sg_validation_clear(&v);
    sg_buf_clear(&model);
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
    return child->early_stop ? sg_curve_lowest(sum, child->cv_rounds, rows) : child->cv_rounds;
}

static void
predict_fold(const sg_child *child, int32_t fold, int32_t rounds, float *margin)
{
    const sg_unit *unit = &child->unit;
    int64_t features = unit->rows.features, outputs = unit->rows.classes;

    for (int64_t i = unit->fold_start[fold]; i < unit->fold_start[fold + 1]; i++) {
        int64_t row = unit->fold_row[i];

        if (child->forest[fold] != NULL)
            sg_predict_margin(child->forest[fold], rounds, unit->data + row * features, features,
                              NULL, margin + row * outputs);
    }
}

int
sg_child_settle(sg_child *child, float *margin, segml_error *err)
{
    double *sum = sg_alloc_array(child->cv_rounds, sizeof *sum);
    int32_t best, most = sg_fit_most_rounds(&child->fitter, &child->unit);

    if (sum == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < child->unit.rows.rows * child->unit.rows.classes; i++)
        margin[i] = (float)NAN; /* R7 */
    for (int32_t f = 0; f < child->unit.rows.folds; f++)
        predict_fold(child, f, best_without(child, sum, f), margin);
    best = best_without(child, sum, -1);
    child->rounds = child->early_stop ? (int32_t)fmin(round(1.1 * best), most) : best;
    sg_free(sum);
    return SEGML_OK;
}

int
sg_child_refit(sg_child *child, const sg_unit *unit, sg_prepared *prepared, sg_buf *model,
               segml_error *err)
{
    sg_fit_spec fit = {.rounds = child->rounds, .model = model};
    int rc;

    sg_child_params(child, unit, &fit.params, SG_FIT_ALL_ROWS);
    rc = sg_fit_all(&child->fitter, unit, prepared, &fit, err);
    sg_fit_add_work(&child->fitter, unit, 1);
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
    sg_search_clear(&child->search);
    sg_unit_clear(&child->unit);
    sg_unit_clear(&child->sample);
    *child = empty;
}
