/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_LIGHT_ENGINE_H
#define BENCH_LIGHT_ENGINE_H

#include "boost/engine.h"

/**
 * Opens LightGBM as an engine, as far as benchmarks need it: numeric features, all rows,
 * logistic or squared error, no sampling, no export. What has no counterpart there fails.
 *
 * @param out   released with (*out)->close(*out)
 * @param path  lib_lightgbm.so
 * @return SEGML_OK; SEGML_E_BACKEND; SEGML_E_NOMEM
 */
int light_engine_open(sg_engine **out, const char *path, segml_error *err);

#endif
