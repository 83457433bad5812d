/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Labels follow a smooth rule with an interaction and noise, so that trees find real
 * splits at every depth; a sample without structure would leave most code untouched.
 */

#include "sample.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "native/native_engine.h"
#include "xgb/xgb_engine.h"

static void
draw_cells(sample *s, const sample_spec *spec, sg_rng *rng)
{
    for (int64_t i = 0; i < spec->rows * spec->features; i++) {
        int last = i % spec->features == spec->features - 1;
        double u = sg_rng_uniform(rng);

        s->data[i] = (float)(u * 4 - 2);
        if (last && spec->categories > 0)
            s->data[i] = (float)floor(u * spec->categories);
        if (sg_rng_below(rng, 1000) < (uint64_t)spec->missing)
            s->data[i] = NAN;
    }
}

static double
score(const sample *s, const sample_spec *spec, int64_t row)
{
    const float *x = s->data + row * spec->features;
    double a = isnan(x[0]) ? 0.3 : (double)x[0];
    double b = spec->features < 2 || isnan(x[1]) ? -0.2 : (double)x[1];
    double c = (double)x[spec->features - 1];

    if (isnan(c))
        c = 0.1;
    else if (spec->categories > 0)
        c = fmod(c * 7, 5) / 2 - 1; /* no order in the codes */
    return a * b + a + 0.5 * c;
}

static float
draw_label(const sample_spec *spec, double value, sg_rng *rng)
{
    double noisy = value + sg_rng_uniform(rng) - 0.5;

    switch (spec->loss) {
    case SG_LOSS_LOGISTIC:
        return noisy > 0 ? 1.0F : 0.0F;
    case SG_LOSS_SOFTPROB:
        return noisy < -0.5 ? 0.0F : noisy < 0.8 ? 1.0F : 2.0F;
    case SG_LOSS_SQUARED:
        return (float)noisy;
    case SG_LOSS_POISSON:
        return (float)floor(exp(noisy));
    }
    return 0;
}

void
sample_make(sample *out, const sample_spec *wanted)
{
    sg_rng rng = sg_rng_stream(wanted->seed, 0, "sample", 0);
    size_t rows = (size_t)wanted->rows, features = (size_t)wanted->features;
    sample_spec kept = *wanted;
    const sample_spec *spec = &kept;

    if (sample_exact())
        kept.categories = 0;
    out->data = calloc(rows * features, sizeof *out->data);
    out->label = calloc(rows, sizeof *out->label);
    out->weight = calloc(rows, sizeof *out->weight);
    out->fold = calloc(rows, sizeof *out->fold);
    out->categorical = calloc(features, 1);
    out->names = calloc(features, sizeof *out->names);
    draw_cells(out, spec, &rng);
    for (size_t i = 0; i < rows; i++) {
        out->label[i] = draw_label(spec, score(out, spec, (int64_t)i), &rng);
        out->weight[i] = (float)sg_rng_below(&rng, 3);
        out->fold[i] = (int32_t)sg_rng_below(&rng, SAMPLE_FOLDS);
    }
    for (size_t j = 0; j < features; j++) {
        out->names[j] = malloc(SAMPLE_NAME);
        snprintf(out->names[j], SAMPLE_NAME, "feature %zu", j);
    }
    out->categorical[features - 1] = spec->categories > 0;
    out->rows = (sg_engine_rows){
        .rows = spec->rows,
        .features = spec->features,
        .data = out->data,
        .label = out->label,
        .weight = spec->weighted ? out->weight : NULL,
        .categorical = out->categorical,
        .names = (const char *const *)out->names,
        .fold = out->fold,
        .folds = SAMPLE_FOLDS,
        .loss = spec->loss,
        .classes = spec->loss == SG_LOSS_SOFTPROB ? SAMPLE_CLASSES : 1,
        .method = sample_exact() ? SG_TREE_EXACT : SG_TREE_HIST,
        .max_bin = 64,
    };
}

void
sample_free(sample *s)
{
    for (int64_t j = 0; j < s->rows.features; j++)
        free(s->names[j]);
    free(s->names);
    free(s->categorical);
    free(s->fold);
    free(s->weight);
    free(s->label);
    free(s->data);
}

sg_fit_params
sample_params(void)
{
    return (sg_fit_params){
        .scale_pos_weight = 1,
        .learning_rate = 0.1,
        .min_child_weight = 1,
        .subsample = 0.8,
        .colsample_bytree = 0.7,
        .reg_lambda = 1,
        .base_score = 0.4,
        .max_delta_step = 0.7,
        .max_depth = 5,
        .max_cat_to_onehot = 4,
        .threads = 1,
        .seed = 12345,
    };
}

const char *
sample_library(void)
{
    const char *path = getenv("SEGML_TEST_XGBOOST");

    return path != NULL && path[0] != '\0' ? path : NULL;
}

static int
is_set(const char *variable, const char *value)
{
    const char *text = getenv(variable);

    return text != NULL && strcmp(text, value) == 0;
}

int
sample_native(void)
{
    return is_set("SEGML_TEST_ENGINE", "native");
}

int
sample_exact(void)
{
    return is_set("SEGML_TEST_METHOD", "exact");
}

int
sample_engine(sg_engine **out, segml_error *err)
{
    return sample_native() ? sg_native_engine_open(out, NULL, err)
                           : sg_xgb_engine_open(out, sample_library(), err);
}

int
sample_refusal(void)
{
    return sample_native() ? SEGML_E_ARGUMENT : SEGML_E_BACKEND;
}

sg_engine *
sample_open(void)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = NULL;
    int rc = sample_engine(&engine, &err);

    ck_assert_msg(rc == SEGML_OK, "open: %d, %s", rc, err.message);
    return engine;
}

void
sample_fit(sg_engine *engine, const sample *s, const sg_fit_spec *spec)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_prepared *prepared = NULL;
    int rc = engine->prepare(engine, &prepared, &s->rows, &err);

    ck_assert_msg(rc == SEGML_OK, "prepare: %d, %s", rc, err.message);
    rc = engine->fit(prepared, spec, &err);
    engine->release(prepared);
    ck_assert_msg(rc == SEGML_OK, "fit: %d, %s", rc, err.message);
}
