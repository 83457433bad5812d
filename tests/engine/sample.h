/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ENGINE_SAMPLE_H
#define TESTS_ENGINE_SAMPLE_H

/* Random rows for the tests of engines, and short ways to prepare and fit them. */

#include "boost/engine.h"

enum { SAMPLE_FOLDS = 4, SAMPLE_CLASSES = 3, SAMPLE_NAME = 32 };

/** What to draw. */
typedef struct sample_spec {
    int64_t rows;
    int64_t features;
    sg_loss loss;
    int32_t categories; /* > 0: the last feature has codes below this */
    int32_t weighted;   /* 1: weights 0, 1, 2 at random */
    int32_t missing;    /* per mille of the cells */
    uint64_t seed;
} sample_spec;

/** Rows that own their memory. */
typedef struct sample {
    sg_engine_rows rows;
    float *data, *label, *weight;
    uint8_t *categorical;
    int32_t *fold;
    char **names;
} sample;

/** Draws rows whose label depends on the features; released with sample_free(). */
void sample_make(sample *out, const sample_spec *spec);

void sample_free(sample *s);

/** Middling parameters with row and column sampling, one thread. */
sg_fit_params sample_params(void);

/** The library that the tests are run with, NULL = the usual one. */
const char *sample_library(void);

/** The variable SEGML_TEST_ENGINE: 1 for "native". */
int sample_native(void);

/** The variable SEGML_TEST_METHOD: 1 for "exact"; then samples have no categories. */
int sample_exact(void);

/** Opens the engine that the tests are run with. @param out  NULL on failure */
int sample_engine(sg_engine **out, segml_error *err);

/** What the engine says to a parameter that it cannot take. */
int sample_refusal(void);

/** Opens the engine; fails the test if that fails. */
sg_engine *sample_open(void);

/** Prepares, fits once and releases; the model is appended. Fails the test if that fails. */
void sample_fit(sg_engine *engine, const sample *s, const sg_fit_spec *spec);

#endif
