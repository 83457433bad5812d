/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NATIVE_TRAINED_H
#define TESTS_NATIVE_TRAINED_H

/* What an engine makes of rows: the model, and the margins of every round. */

#include "boost/engine.h"

enum { TRAINED_KERNELS = 3 };

/** The result of one fit, released with trained_free(). */
typedef struct trained {
    int status;
    segml_error err;
    sg_buf model;
    float *margin;  /* [rounds * values] */
    int64_t values; /* margins of one round; 0 if no row is held out */
    int32_t rounds; /* that reported */
} trained;

/** Trains; spec's on_round, user and model are set here. */
void trained_fit(trained *out, sg_engine *engine, sg_prepared *prepared, const sg_engine_rows *rows,
                 const sg_fit_spec *spec);

void trained_free(trained *t);

/**
 * Looks for the first difference between two fits of the same rows.
 *
 * @return 1 if they are the same: status, model, and all margins bit by bit (NaN equals NaN)
 */
int trained_same(const trained *a, const trained *b, char *where, size_t size);

/** Names of the kernels, "portable" first. */
extern const char *const trained_kernels[TRAINED_KERNELS];

/**
 * Opens the native engine with each kernel: NULL for those that this machine lacks.
 *
 * @return 1; 0 after a message on standard error
 */
int trained_open_kernels(sg_engine *engine[TRAINED_KERNELS]);

/** Closes those that were opened. */
void trained_close_kernels(sg_engine *const engine[TRAINED_KERNELS]);

/** The variable SEGML_TEST_XGBOOST: a library, NULL = the usual one. */
const char *trained_xgboost(void);

#endif
