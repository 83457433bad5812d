/* SPDX-License-Identifier: Apache-2.0 */

/*
 * XGBoost as an engine.
 *
 * A prepared set keeps the matrices of every fold that was asked for; they are made at
 * the first fit that needs them and used by all later ones, because making them and
 * binning their values costs as much as many boosting rounds. Each fit is a fresh booster
 * whose cache holds both matrices: then the margins of the held-out rows after a round
 * cost one tree, not all trees so far. Evaluation by XGBoosterEvalOneIter was rejected: it
 * gives text of a few digits, and one number instead of the margins.
 *
 * R1  A booster and a matrix are created, used and freed on one thread: XGBoost keeps
 *     their caches per thread, and freeing them elsewhere leaks and mixes them up.
 * R2  The same rows and parameters give the same model: every parameter whose default
 *     has changed between versions, or may, is set; all are set before the first round.
 * R3  Other boosters on the thread change nothing: random numbers are seeded per round.
 * R4  XGBoost prints nothing: verbosity and log callback are set on each thread that
 *     prepares rows, since XGBoost keeps both per thread.
 */

#include "xgb/xgb_engine.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/text.h"
#include "xgb/xgb_dmatrix.h"
#include "xgb/xgb_symbols.h"

typedef struct xgb_engine {
    sg_engine base; /* first: the table's functions cast back */
    sg_xgb_symbols xgb;
} xgb_engine;

struct sg_prepared {
    sg_xgb_source source;
    const char **types; /* [features] of source */
    sg_buf monotone;    /* "(1,0,-1)", terminated; no bytes = no constraints */
    int32_t folds;
    sg_xgb_fold *fold; /* [folds + 1] made on first use; the last one is of all rows */
};

/* Sets parameters one after the other; after a failure the rest does nothing. */
typedef struct setter {
    const sg_xgb_symbols *xgb;
    sg_xgb_handle booster;
    int rc;
    segml_error *err;
} setter;

static void
set_text(setter *to, const char *name, const char *value)
{
    if (to->rc == SEGML_OK && to->xgb->XGBoosterSetParam(to->booster, name, value) != 0)
        to->rc = sg_xgb_symbols_fail(to->xgb, "take a parameter", to->err);
}

static void
set_integer(setter *to, const char *name, int64_t value)
{
    char text[SG_TEXT_NUMBER];

    snprintf(text, sizeof text, "%lld", (long long)value);
    set_text(to, name, text);
}

/* XGBoost's own parameters are floats; it refuses those too small for a normal one. */
static void
set_real(setter *to, const char *name, double value)
{
    char text[SG_TEXT_NUMBER];

    sg_text_float(text, fabs(value) < (double)FLT_MIN ? 0.0f : (float)value);
    set_text(to, name, text);
}

static const char *
objective_name(sg_loss loss)
{
    switch (loss) {
    case SG_LOSS_LOGISTIC:
        return "binary:logistic";
    case SG_LOSS_SOFTPROB:
        return "multi:softprob";
    case SG_LOSS_SQUARED:
        return "reg:squarederror";
    case SG_LOSS_POISSON:
        return "count:poisson";
    }
    return "unknown";
}

/* R2, R3: what no fit chooses. */
static void
set_constants(setter *to)
{
    static const char *const pairs[][2] = {
        {"booster", "gbtree"},
        {"process_type", "default"},
        {"verbosity", "0"},
        {"validate_parameters", "0"},
        {"disable_default_eval_metric", "1"},
        {"seed_per_iteration", "1"},
        {"sampling_method", "uniform"},
        {"colsample_bylevel", "1"},
        {"colsample_bynode", "1"},
        {"num_parallel_tree", "1"},
        {"max_cat_threshold", "64"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        set_text(to, pairs[i][0], pairs[i][1]);
}

static int
set_params(const sg_prepared *prepared, sg_xgb_handle booster, const sg_fit_params *params,
           segml_error *err)
{
    const sg_xgb_source *source = &prepared->source;
    int softprob = source->rows.loss == SG_LOSS_SOFTPROB;
    setter to = {source->xgb, booster, SEGML_OK, err};

    set_constants(&to);
    set_text(&to, "objective", objective_name(source->rows.loss));
    if (softprob)
        set_integer(&to, "num_class", source->rows.classes);
    set_real(&to, "base_score", softprob ? 0.5 : params->base_score);
    set_integer(&to, "nthread", params->threads);
    set_integer(&to, "seed", (int64_t)params->seed);
    set_text(&to, "tree_method", source->rows.method == SG_TREE_EXACT ? "exact" : "hist");
    set_integer(&to, "max_bin", source->rows.max_bin);
    if (prepared->monotone.bytes != NULL)
        set_text(&to, "monotone_constraints", (const char *)prepared->monotone.bytes);
    set_real(&to, "eta", params->learning_rate);
    set_integer(&to, "max_depth", params->max_depth);
    set_integer(&to, "max_leaves", params->max_leaves);
    set_text(&to, "grow_policy", params->max_leaves > 0 ? "lossguide" : "depthwise");
    set_real(&to, "min_child_weight", params->min_child_weight);
    set_real(&to, "subsample", params->subsample);
    set_real(&to, "colsample_bytree", params->colsample_bytree);
    set_real(&to, "lambda", params->reg_lambda);
    set_real(&to, "alpha", params->reg_alpha);
    set_real(&to, "gamma", params->gamma);
    set_real(&to, "max_delta_step", params->max_delta_step);
    if (source->rows.loss == SG_LOSS_LOGISTIC)
        set_real(&to, "scale_pos_weight", params->scale_pos_weight);
    set_integer(&to, "max_cat_to_onehot", params->max_cat_to_onehot);
    return to.rc;
}

/* Margins of the held-out rows; *margin belongs to the booster until its next call. */
static int
read_margins(const sg_xgb_source *source, sg_xgb_handle booster, const sg_xgb_fold *fold,
             const float **margin, segml_error *err)
{
    static const char config[] = "{\"type\":1,\"training\":false,\"iteration_begin\":0,"
                                 "\"iteration_end\":0,\"strict_shape\":true}";
    static const float nothing[1] = {0};
    const sg_xgb_symbols *xgb = source->xgb;
    uint64_t expected = (uint64_t)fold->held_out * (uint64_t)source->rows.classes;
    const uint64_t *shape = NULL;
    uint64_t dimensions = 0, count = 1;

    *margin = nothing;
    if (fold->valid == NULL)
        return SEGML_OK;
    if (xgb->XGBoosterPredictFromDMatrix(booster, fold->valid, config, &shape, &dimensions,
                                         margin) != 0)
        return sg_xgb_symbols_fail(xgb, "predict the held-out rows", err);
    for (uint64_t d = 0; d < dimensions; d++)
        count *= shape[d];
    if (count != expected)
        return sg_fail(err, SEGML_E_BACKEND, "XGBoost gave %llu margins instead of %llu",
                       (unsigned long long)count, (unsigned long long)expected);
    return SEGML_OK;
}

/* Trains round after round; *trained is the number of rounds in the booster. */
static int
run_rounds(const sg_xgb_source *source, sg_xgb_handle booster, const sg_xgb_fold *fold,
           const sg_fit_spec *spec, int32_t *trained, segml_error *err)
{
    int rc = SEGML_OK;

    while (*trained < spec->rounds && rc == SEGML_OK) {
        const float *margin = NULL;
        int32_t round = *trained;

        if (source->xgb->XGBoosterUpdateOneIter(booster, round, fold->train) != 0)
            return sg_xgb_symbols_fail(source->xgb, "train a round", err);
        *trained = round + 1;
        if (spec->on_round == NULL)
            continue;
        if (spec->hold_out != SG_FIT_ALL_ROWS)
            rc = read_margins(source, booster, fold, &margin, err);
        if (rc == SEGML_OK)
            rc = spec->on_round(spec->user, round, margin, err);
    }
    return rc < 0 ? rc : SEGML_OK;
}

/* Stock XGBoost finds the features' names and types in the model; training ignores the names. */
static int
name_features(const sg_xgb_source *source, sg_xgb_handle booster, segml_error *err)
{
    const sg_xgb_symbols *xgb = source->xgb;
    uint64_t features = (uint64_t)source->rows.features;

    if (xgb->XGBoosterSetStrFeatureInfo(booster, "feature_name", source->rows.names, features) !=
            0 ||
        xgb->XGBoosterSetStrFeatureInfo(booster, "feature_type", source->types, features) != 0)
        return sg_xgb_symbols_fail(xgb, "take the names of the features", err);
    return SEGML_OK;
}

static int
export_model(const sg_xgb_source *source, sg_xgb_handle booster, int32_t trained, sg_buf *model,
             segml_error *err)
{
    const sg_xgb_symbols *xgb = source->xgb;
    const char *bytes = NULL;
    uint64_t size = 0;
    int rounds = 0;
    int rc;

    if (xgb->XGBoosterBoostedRounds(booster, &rounds) != 0)
        return sg_xgb_symbols_fail(xgb, "count its rounds", err);
    if (rounds != trained)
        return sg_fail(err, SEGML_E_BACKEND, "XGBoost's model has %d rounds instead of %d", rounds,
                       (int)trained);
    rc = name_features(source, booster, err);
    if (rc < 0)
        return rc;
    if (xgb->XGBoosterSaveModelToBuffer(booster, "{\"format\":\"ubj\"}", &size, &bytes) != 0)
        return sg_xgb_symbols_fail(xgb, "export the model", err);
    return sg_buf_append(model, bytes, (size_t)size, err);
}

static int
fit(sg_prepared *prepared, const sg_fit_spec *spec, segml_error *err)
{
    const sg_xgb_source *source = &prepared->source;
    int32_t slot = spec->hold_out == SG_FIT_ALL_ROWS ? prepared->folds : spec->hold_out;
    sg_xgb_fold *fold = &prepared->fold[slot];
    sg_xgb_handle booster = NULL;
    sg_xgb_handle cached[2];
    int32_t trained = 0;
    int rc = SEGML_OK;

    if (fold->train == NULL)
        rc = sg_xgb_dmatrix_make_fold(fold, source, spec->hold_out, err);
    if (rc < 0)
        goto out;
    cached[0] = fold->train;
    cached[1] = fold->valid;
    if (source->xgb->XGBoosterCreate(cached, fold->valid != NULL ? 2 : 1, &booster) != 0) {
        booster = NULL;
        rc = sg_xgb_symbols_fail(source->xgb, "make a booster", err);
        goto out;
    }
    rc = set_params(prepared, booster, &spec->params, err);
    if (rc == SEGML_OK)
        rc = run_rounds(source, booster, fold, spec, &trained, err);
    if (rc == SEGML_OK && spec->model != NULL)
        rc = export_model(source, booster, trained, spec->model, err);
out:
    if (booster != NULL)
        source->xgb->XGBoosterFree(booster);
    return rc;
}

static void
release(sg_prepared *prepared)
{
    if (prepared == NULL)
        return;
    for (int32_t f = 0; prepared->fold != NULL && f <= prepared->folds; f++)
        sg_xgb_dmatrix_free_fold(&prepared->fold[f], prepared->source.xgb);
    sg_free(prepared->fold);
    sg_buf_clear(&prepared->monotone);
    sg_free(prepared->types);
    sg_free(prepared);
}

static void
discard_log(const char *text)
{
    (void)text;
}

/* XGBoost's text of the constraints. */
static int
describe_monotone(sg_buf *out, const sg_engine_rows *rows, segml_error *err)
{
    int rc = SEGML_OK;

    if (rows->monotone == NULL)
        return SEGML_OK;
    for (int64_t j = 0; j < rows->features && rc == SEGML_OK; j++)
        rc = sg_buf_print(out, err, "%s%d", j > 0 ? "," : "(", rows->monotone[j]);
    if (rc == SEGML_OK)
        rc = sg_buf_append(out, ")", 1, err);
    return rc == SEGML_OK ? sg_buf_terminate(out, err) : rc;
}

static int
prepare(sg_engine *engine, sg_prepared **out, const sg_engine_rows *rows, segml_error *err)
{
    const sg_xgb_symbols *xgb = &((xgb_engine *)engine)->xgb;
    sg_prepared *prepared = NULL;
    int rc = SEGML_OK;

    if (xgb->XGBRegisterLogCallback(discard_log) != 0 ||
        xgb->XGBSetGlobalConfig("{\"verbosity\":0}") != 0) { /* R4 */
        rc = sg_xgb_symbols_fail(xgb, "be silenced", err);
        goto out;
    }
    prepared = sg_alloc_zeroed(1, sizeof *prepared);
    if (prepared == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    prepared->folds = rows->fold != NULL ? rows->folds : 0;
    prepared->fold = sg_alloc_zeroed((int64_t)prepared->folds + 1, sizeof *prepared->fold);
    prepared->types = sg_alloc_array(rows->features, sizeof *prepared->types);
    if (prepared->fold == NULL || prepared->types == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t j = 0; j < rows->features; j++)
        prepared->types[j] = rows->categorical[j] ? "c" : "float";
    prepared->source = (sg_xgb_source){xgb, *rows, prepared->types};
    rc = describe_monotone(&prepared->monotone, rows, err);
out:
    if (rc < 0) {
        release(prepared);
        prepared = NULL;
    }
    *out = prepared;
    return rc;
}

static void
close_engine(sg_engine *engine)
{
    sg_xgb_symbols_close(&((xgb_engine *)engine)->xgb);
    sg_free(engine);
}

int
sg_xgb_engine_open(sg_engine **out, const char *path, segml_error *err)
{
    static const sg_engine functions = {
        .name = "xgboost",
        .prepare = prepare,
        .fit = fit,
        .release = release,
        .close = close_engine,
    };
    xgb_engine *engine = NULL;
    int rc;

    *out = NULL;
    engine = sg_alloc_zeroed(1, sizeof *engine);
    if (engine == NULL)
        return sg_fail_nomem(err);
    rc = sg_xgb_symbols_open(&engine->xgb, path, err);
    if (rc < 0) {
        sg_free(engine);
        return rc;
    }
    engine->base = functions;
    engine->base.version = engine->xgb.version;
    *out = &engine->base;
    return SEGML_OK;
}
