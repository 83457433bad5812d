/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_NATIVE_ENGINE_H
#define SG_NATIVE_NATIVE_ENGINE_H

/*
 * The library's own engine: no XGBoost in the process, made for units of a hundred to a
 * hundred thousand rows. Its exact trees are those of XGBoost's tree_method exact, bit for
 * bit; its histogram trees are of equal quality, and the same on every machine.
 */

#include "boost/engine.h"

/** Version of what the engine computes: it changes when the same input gives another model. */
#define SG_NATIVE_VERSION "1"

/**
 * Opens the engine.
 *
 * @param out     released with (*out)->close(*out); may be used by many threads
 * @param kernel  "portable", "avx2", "avx512": the instructions to use; NULL = the best of this
 *                machine. All give the same models
 * @return SEGML_OK; SEGML_E_UNSUPPORTED (this machine or build lacks the kernel);
 *         SEGML_E_ARGUMENT (unknown kernel); SEGML_E_NOMEM
 */
int sg_native_engine_open(sg_engine **out, const char *kernel, segml_error *err);

/**
 * Whether the engine can train a unit: what it cannot, its prepare() and fit() refuse too.
 *
 * @param max_leaves  1: fits may ask for max_leaves
 * @return SEGML_OK; SEGML_E_UNSUPPORTED, the message says what is not covered
 */
int sg_native_engine_covers(const sg_engine_rows *rows, int max_leaves, segml_error *err);

#endif
