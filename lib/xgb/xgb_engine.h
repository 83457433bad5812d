/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_XGB_XGB_ENGINE_H
#define SG_XGB_XGB_ENGINE_H

#include "boost/engine.h"

/**
 * Opens XGBoost.
 *
 * @param out   released with (*out)->close(*out); may be used by many threads
 * @param path  library, or NULL for libxgboost.so, libxgboost.so.0
 * @return SEGML_OK; SEGML_E_BACKEND (missing or older than 1.7); SEGML_E_UNSUPPORTED (a path,
 *         but this build is linked with XGBoost); SEGML_E_NOMEM
 */
int sg_xgb_engine_open(sg_engine **out, const char *path, segml_error *err);

#endif
