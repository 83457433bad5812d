/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_INTERCEPT_H
#define SG_TREE_INTERCEPT_H

/* base_score, XGBoost's name for the intercept: from a model's text to margins. */

#include "tree/forest.h"
#include "tree/ubj.h"

/** Version 3.2 as one number that can be compared. */
#define SG_XGBOOST_VERSION(major, minor) ((major)*1000 + (minor))

/**
 * Reads base_score and applies the objective's link function as the version of XGBoost
 * did that wrote it.
 *
 * @param margin   out [outputs]
 * @param text     "5E-1" before 3.1, "[5E-1]" or "[5E-1,2E-1]" from 3.1; one number stands
 *                 for all outputs
 * @param version  SG_XGBOOST_VERSION()
 * @return SEGML_OK; SEGML_E_FORMAT
 *
 * Thread-safety: a pure function.
 */
int sg_intercept_read(float *margin, int32_t outputs, sg_ubj_text text, sg_objective objective,
                      int32_t version, segml_error *err);

#endif
