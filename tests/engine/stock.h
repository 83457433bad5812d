/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ENGINE_STOCK_H
#define TESTS_ENGINE_STOCK_H

/*
 * XGBoost asked directly, without the code under test: a model's bytes are loaded into
 * a fresh booster by functions that the test itself looks up in the library.
 */

#include <stdint.h>

#include "boost/engine.h"

/** Makes XGBoost print all that it can on this thread. */
void stock_be_loud(void);

/** A loaded model. */
typedef struct stock_model stock_model;

/** Loads exported bytes; fails the test if XGBoost refuses them. */
stock_model *stock_load(const sg_buf *bytes);

/** A parameter, as XGBoost takes it. */
typedef struct stock_param {
    const char *name, *value;
} stock_param;

/** Dense rows of numbers. */
typedef struct stock_rows {
    const float *data, *label;
    const float *weight; /* NULL = none */
    int64_t rows, features;
} stock_rows;

/** Trains on rows, with parameters up to one without a name. */
stock_model *stock_train(const stock_rows *rows, const stock_param *params, int rounds);

void stock_free(stock_model *model);

/** Margins of the given rows: out [rows * outputs]. */
void stock_margins(const stock_model *model, const float *data, int64_t rows, int64_t features,
                   int64_t outputs, float *out);

int stock_rounds(const stock_model *model);

/** Text j of the model's feature_name or feature_type; valid until the next call. */
const char *stock_feature(const stock_model *model, const char *field, int64_t j);

/** The model as JSON; valid until the next call. */
const char *stock_json(stock_model *model);

#endif
