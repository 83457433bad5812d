/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_GOLDEN_SERVING_EXPECTED_H
#define TESTS_GOLDEN_SERVING_EXPECTED_H

/* What XGBoost predicts for six rows by each model of the artifacts in this folder. */

enum { GOLDEN_ROWS = 6, GOLDEN_FEATURES = 3, GOLDEN_CASES = 19, GOLDEN_OUTPUTS_MAX = 3 };

extern const float golden_rows[GOLDEN_ROWS * GOLDEN_FEATURES];

typedef struct golden_case {
    const char *artifact; /* name of the file, without ".segml" */
    const char *model;
    float margin[GOLDEN_OUTPUTS_MAX * GOLDEN_ROWS]; /* row by row, three per row if multiclass */
    float prediction[GOLDEN_OUTPUTS_MAX * GOLDEN_ROWS];
    double importance[GOLDEN_FEATURES + 3]; /* total_gain, normalised; then the key columns */
} golden_case;

extern const golden_case golden_cases[GOLDEN_CASES];

#endif
