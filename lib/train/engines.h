/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_ENGINES_H
#define SG_TRAIN_ENGINES_H

/* The engines of one training, and which of them trains a unit. */

#include "boost/engine.h"
#include "segml/train.h"

/** Engines that are open. Read-only while jobs run. */
typedef struct sg_engines {
    sg_engine *native;  /* NULL = not chosen by the options */
    sg_engine *xgboost; /* NULL = not chosen by the options, or not needed so far */
} sg_engines;

enum { SG_ENGINE_TEXT = 64 };

/**
 * Opens the engine that the options ask for; of "auto" the native one.
 *
 * @param engines  all zero; released with sg_engines_close(), also after a failure
 * @param options  with defaults filled in
 * @return SEGML_OK; SEGML_E_BACKEND (XGBoost missing or older than 1.7); SEGML_E_UNSUPPORTED (the
 *         kernel is not of this machine); SEGML_E_NOMEM
 */
int sg_engines_open(sg_engines *engines, const segml_train_options *options, segml_error *err);

/**
 * Makes sure that a unit can be trained; opens XGBoost where it alone can. Before the jobs, on
 * the calling thread.
 *
 * @param rows  facts of the unit; no array but categorical and names is looked at
 * @return SEGML_OK; SEGML_E_BACKEND (XGBoost is needed and missing); SEGML_E_UNSUPPORTED (the
 *         options leave out the engine that could); SEGML_E_NOMEM. The message says what the
 *         native engine does not cover
 */
int sg_engines_require(sg_engines *engines, const segml_train_options *options,
                       const sg_engine_rows *rows, segml_error *err);

/**
 * The engine of a unit: the native one if it is open and covers the unit, else XGBoost.
 *
 * @param rows  as of sg_engines_require(), which has accepted them
 * @return never NULL. Thread-safety: any thread
 */
sg_engine *sg_engines_choose(const sg_engines *engines, const sg_engine_rows *rows);

/** "native 1 (hist)": what a model's record says; the kernel, which changes nothing, is not in it.
 * @param text  out [SG_ENGINE_TEXT] */
void sg_engines_describe(char *text, const sg_engine *engine, sg_tree_method method);

/** Closes them; all zero again. */
void sg_engines_close(sg_engines *engines);

#endif
