/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sampling of rows and features.
 *
 * R1  Rows are drawn once per boosting round, for all outputs alike. Each is in by itself: if 16
 *     bits of the stream "rows" of the fit's seed and the round, four rows to a draw, low bits
 *     first, are below 65,536 * rate, rounded. Where none is in, the row of one further draw is.
 * R2  Features are drawn per tree: the first max(1, floor(rate * features)) of a partial shuffle
 *     (Fisher, Yates) by the stream "features" of the seed and the tree's number.
 *
 * XGBoost's own streams cannot be had: they run through all threads of a process and differ
 * between its versions. A fixed number of rows per round was rejected: it takes a draw of its
 * own for each row, which is a tenth of a small round.
 */

#include "native/sample.h"

#include "base/rng.h"

int32_t
sg_sample_rows(uint8_t *in, int32_t rows, double rate, uint32_t seed, int32_t round)
{
    sg_rng rng = sg_rng_stream(seed, 0, "rows", (uint64_t)round);
    uint32_t limit = (uint32_t)(rate * 65536 + 0.5);
    int32_t sampled = 0;
    uint64_t bits = 0;

    for (int32_t i = 0; i < rows; i++) {
        if (i % 4 == 0)
            bits = sg_rng_next(&rng);
        in[i] = (bits & 0xffff) < limit;
        bits >>= 16;
        sampled += in[i];
    }
    if (sampled == 0) {
        in[sg_rng_below(&rng, (uint64_t)rows)] = 1;
        sampled = 1;
    }
    return sampled;
}

void
sg_sample_features(uint8_t *in, int32_t *order, int64_t features, double rate, uint32_t seed,
                   int32_t tree)
{
    sg_rng rng = sg_rng_stream(seed, 0, "features", (uint64_t)tree);
    int64_t wanted = (int64_t)(rate * (double)features);

    wanted = wanted < 1 ? 1 : wanted;
    for (int64_t j = 0; j < features; j++) {
        order[j] = (int32_t)j;
        in[j] = 0;
    }
    for (int64_t k = 0; k < wanted; k++) {
        int64_t other = k + (int64_t)sg_rng_below(&rng, (uint64_t)(features - k));
        int32_t drawn = order[other];

        order[other] = order[k];
        in[drawn] = 1;
    }
}
