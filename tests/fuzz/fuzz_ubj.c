/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the model loader: whatever the bytes are, loading them neither crashes nor
 * leaks, and what was accepted can be evaluated for any row.
 */

#include <math.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "tree/predict.h"

/* More features or outputs are possible, but only cost the fuzzer time. */
enum { MAX_FEATURES = 4096, MAX_OUTPUTS = 4096 };

static void
evaluate(const sg_forest *forest)
{
    static const float cells[] = {0.0f,  -1.5f,     3.0f,   NAN,           INFINITY,
                                  1e30f, -INFINITY, 0.001f, 2147483648.0f, 33.0f};
    enum { CELLS = sizeof cells / sizeof *cells };
    const int64_t features = sg_forest_features(forest);
    const int32_t outputs = sg_forest_outputs(forest);
    float *row = malloc((size_t)features * sizeof *row);
    float *margin = malloc((size_t)outputs * sizeof *margin);
    double *gain = malloc((size_t)features * sizeof *gain);

    if (row == NULL || margin == NULL || gain == NULL)
        abort();
    for (int start = 0; start < CELLS; start++) {
        /* Rows of one value, and rows that mix them; the parts meet in different places. */
        const int64_t head = features * start / CELLS;

        for (int64_t f = 0; f < features; f++)
            row[f] = cells[(start + (start % 2 != 0 ? f : 0)) % CELLS];
        sg_predict_margin(forest, 0, row, features, NULL, margin);
        sg_predict_margin(forest, 1 + start, row, head, row + head, margin);
        sg_predict_transform(sg_forest_objective(forest), margin, outputs);
    }
    sg_forest_gain(forest, gain);
    free(gain);
    free(margin);
    free(row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_forest *forest = NULL;
    int rc = sg_forest_load(&forest, data, size, &err);

    if ((rc == SEGML_OK) != (forest != NULL) || rc != err.code)
        abort(); /* a status that does not fit the result */
    if (forest != NULL && sg_forest_features(forest) <= MAX_FEATURES &&
        sg_forest_outputs(forest) <= MAX_OUTPUTS)
        evaluate(forest);
    sg_forest_free(forest);
    return 0;
}
