/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_API_GOLDEN_H
#define TESTS_API_GOLDEN_H

/* Golden artifacts of tests/golden/serving.py, and XGBoost's predictions for their rows. */

#include "golden/serving/expected.h"
#include "segml/model.h"

/** Path of an artifact: "binary" and so on. */
void golden_path(char path[512], const char *artifact);

/** Opens one, or fails the test. */
segml_model *golden_open(const char *artifact);

/** The whole file; the caller frees it. */
unsigned char *golden_read(const char *artifact, size_t *size);

/** Finds a route, or fails the test. */
segml_route *golden_find(const segml_model *model, const segml_key *keys, int64_t count);

/** What was recorded of one model inside an artifact. */
const golden_case *golden_expected(const char *artifact, const char *model);

#endif
