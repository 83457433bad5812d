/* SPDX-License-Identifier: Apache-2.0 */

/*
 * LightGBM behind the engine contract, so that a benchmark treats it as any other peer.
 *
 * Its trees are held to the same limits: as many leaves as the depth allows, the same lambda
 * and least Hessian, no least number of rows, margins that begin at 0. Histograms are made
 * column by column: by rows they were within 4 % of it from 100 x 3 to 1,000 x 50.
 *
 * The functions are found one by one in the opened library: its header is not needed.
 */

#include "light_engine.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* X(name, parameters): functions of LightGBM's C interface; they return 0, or -1. */
#define LIGHT_SYMBOLS(X)                                                                           \
    X(LGBM_DatasetCreateFromMat, (const void *data, int type, int32_t rows, int32_t columns,       \
                                  int by_row, const char *parameters, void *like, void **out))     \
    X(LGBM_DatasetSetField,                                                                        \
      (void *dataset, const char *field, const void *data, int count, int type))                   \
    X(LGBM_DatasetFree, (void *dataset))                                                           \
    X(LGBM_BoosterCreate, (void *dataset, const char *parameters, void **out))                     \
    X(LGBM_BoosterUpdateOneIter, (void *booster, int *finished))                                   \
    X(LGBM_BoosterFree, (void *booster))

typedef struct light_engine {
    sg_engine base; /* first: the table's functions cast back */
    void *library;
#define LIGHT_MEMBER(name, parameters) int(*name) parameters;
    LIGHT_SYMBOLS(LIGHT_MEMBER)
#undef LIGHT_MEMBER
} light_engine;

struct sg_prepared {
    const light_engine *light;
    sg_engine_rows rows;
    void *dataset;
};

enum { LIGHT_FLOAT32 = 0, LIGHT_TEXT = 512 };

static int
fail(const char *doing, segml_error *err)
{
    return sg_fail(err, SEGML_E_BACKEND, "LightGBM could not %s", doing);
}

static void
release(sg_prepared *prepared)
{
    if (prepared == NULL)
        return;
    if (prepared->dataset != NULL)
        prepared->light->LGBM_DatasetFree(prepared->dataset);
    free(prepared);
}

static int
prepare(sg_engine *engine, sg_prepared **out, const sg_engine_rows *rows, segml_error *err)
{
    const light_engine *light = (light_engine *)engine;
    sg_prepared *prepared = NULL;
    char text[LIGHT_TEXT];
    int rc = SEGML_OK;

    *out = NULL;
    if (rows->method != SG_TREE_HIST || rows->fold != NULL || rows->weight != NULL ||
        (rows->loss != SG_LOSS_LOGISTIC && rows->loss != SG_LOSS_SQUARED))
        return sg_fail(err, SEGML_E_UNSUPPORTED, "this benchmark does not ask LightGBM for that");
    prepared = calloc(1, sizeof *prepared);
    if (prepared == NULL)
        return sg_fail_nomem(err);
    prepared->light = light;
    prepared->rows = *rows;
    snprintf(text, sizeof text, "max_bin=%d feature_pre_filter=false num_threads=1 verbosity=-1",
             (int)rows->max_bin);
    if (light->LGBM_DatasetCreateFromMat(rows->data, LIGHT_FLOAT32, (int32_t)rows->rows,
                                         (int32_t)rows->features, 1, text, NULL,
                                         &prepared->dataset) != 0) {
        prepared->dataset = NULL;
        rc = fail("take the rows", err);
    } else if (light->LGBM_DatasetSetField(prepared->dataset, "label", rows->label, (int)rows->rows,
                                           LIGHT_FLOAT32) != 0) {
        rc = fail("take the labels", err);
    }
    if (rc < 0) {
        release(prepared);
        prepared = NULL;
    }
    *out = prepared;
    return rc;
}

static int
make_booster(void **out, const sg_prepared *prepared, const sg_fit_params *params, segml_error *err)
{
    char eta[SG_TEXT_NUMBER], lambda[SG_TEXT_NUMBER], least[SG_TEXT_NUMBER], text[LIGHT_TEXT];

    if (params->subsample < 1 || params->colsample_bytree < 1 || params->max_depth < 1 ||
        params->max_depth > 16)
        return sg_fail(err, SEGML_E_UNSUPPORTED, "this benchmark does not ask LightGBM for that");
    sg_text_float(eta, (float)params->learning_rate);
    sg_text_float(lambda, (float)params->reg_lambda);
    sg_text_float(least, (float)params->min_child_weight);
    snprintf(text, sizeof text,
             "objective=%s boost_from_average=false learning_rate=%s max_depth=%d num_leaves=%d "
             "lambda_l2=%s min_sum_hessian_in_leaf=%s min_data_in_leaf=1 max_bin=%d "
             "feature_pre_filter=false deterministic=true force_col_wise=true num_threads=1 "
             "verbosity=-1",
             prepared->rows.loss == SG_LOSS_LOGISTIC ? "binary" : "regression", eta,
             (int)params->max_depth, 1 << params->max_depth, lambda, least,
             (int)prepared->rows.max_bin);
    if (prepared->light->LGBM_BoosterCreate(prepared->dataset, text, out) != 0) {
        *out = NULL;
        return fail("make a booster", err);
    }
    return SEGML_OK;
}

static int
fit(sg_prepared *prepared, const sg_fit_spec *spec, segml_error *err)
{
    const light_engine *light = prepared->light;
    void *booster = NULL;
    int finished = 0;
    int rc = make_booster(&booster, prepared, &spec->params, err);

    for (int32_t round = 0; round < spec->rounds && rc == SEGML_OK; round++) {
        if (light->LGBM_BoosterUpdateOneIter(booster, &finished) != 0)
            rc = fail("train a round", err);
        else if (spec->on_round != NULL)
            rc = spec->on_round(spec->user, round, NULL, err);
    }
    if (booster != NULL)
        light->LGBM_BoosterFree(booster);
    return rc < 0 ? rc : SEGML_OK;
}

static void
close_engine(sg_engine *engine)
{
    free(engine);
}

static int
find(void *slot, void *library, const char *name, segml_error *err)
{
    void *address = dlsym(library, name);

    if (address == NULL)
        return sg_fail(err, SEGML_E_BACKEND, "LightGBM has no function %s", name);
    memcpy(slot, &address, sizeof address);
    return SEGML_OK;
}

int
light_engine_open(sg_engine **out, const char *path, segml_error *err)
{
    static const sg_engine functions = {.name = "lightgbm",
                                        .version = "",
                                        .prepare = prepare,
                                        .fit = fit,
                                        .release = release,
                                        .close = close_engine};
    light_engine *light;
    int rc = SEGML_OK;

    *out = NULL;
    light = calloc(1, sizeof *light);
    if (light == NULL)
        return sg_fail_nomem(err);
    light->base = functions;
    light->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (light->library == NULL)
        rc = sg_fail(err, SEGML_E_BACKEND, "%s", dlerror());
#define LIGHT_FIND(name, parameters)                                                               \
    if (rc == SEGML_OK)                                                                            \
        rc = find(&light->name, light->library, #name, err);
    LIGHT_SYMBOLS(LIGHT_FIND)
#undef LIGHT_FIND
    if (rc < 0) {
        free(light);
        return rc;
    }
    *out = &light->base;
    return SEGML_OK;
}
