/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCRIPTED_ENGINE_H
#define TESTS_UNIT_SCRIPTED_ENGINE_H

/*
 * An engine that learns nothing: a test says how far off its predictions are, by the fit's
 * parameters, fold and round, so that every loss is known beforehand.
 */

#include <stdatomic.h>

#include "boost/engine.h"

/** What a script is asked about; row is its position in the prepared set. */
typedef struct scripted_row {
    const sg_engine_rows *rows;
    const sg_fit_params *params;
    int32_t fold, round; /* round counted from 1 */
    int64_t row;
} scripted_row;

typedef struct scripted_engine {
    sg_engine table;
    /** Prediction minus label. */
    double (*error)(const scripted_row *row);
    /** Whether the engine fails before a round, of row 0; NULL = never. */
    int (*fails)(const scripted_row *row);
    atomic_int fits; /* asked for */
} scripted_engine;

/** An engine by a script; closing it does nothing. */
scripted_engine scripted_engine_make(double (*error)(const scripted_row *row));

#endif
