/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The generator of seed_groups.h.
 *
 * R1  Draw j (1, 2, ...) of a stream is the j-th output of SplitMix64 with that seed; its
 *     upper 53 bits are a number u in [0, 1).
 * R2  Row r (0, 1, ...) uses draws 4r + 1 to 4r + 4. Feature k is floor(2e6 u_k) - 1e6
 *     millionths, so that six decimals in a text file are exactly the feature.
 * R3  The label is 1 where u_4 < 1 / (1 + exp(-4 s)), s being the group's polynomial.
 *
 * A row's draws are found by its number, without those before it: the rows can be made in
 * any order. The factor 4 sets the noise: the best possible rule has a log loss of .342
 * and is right for 85 of 100 rows.
 */

#include "seed_groups.h"

#include <math.h>

double
seed_draw(uint64_t seed, uint64_t number)
{
    uint64_t z = seed + number * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* Squares and the cube are taken less what makes them uncorrelated with lower powers. */
static double
score(int group, double a, double b, double c)
{
    double a2 = a * a - 1.0 / 3, b2 = b * b - 1.0 / 3, c2 = c * c - 1.0 / 3;
    double a3 = a * a * a - .6 * a;

    switch (group) {
    case 0:
        return .09 - .86 * a + b + 1.5 * c2;
    case 1:
        return -.57 * a + .6 * c + 2.2 * a * b;
    case 2:
        return -.15 - .21 * a - .9 * c + 2.2 * b2;
    case 3:
        return -.03 - .10 * a - .7 * b + 2.2 * a * c;
    case 4:
        return .34 * a + .8 * b + .8 * c + 4 * a3;
    case 5:
        return -.10 + .35 * a + .5 * c - 2.2 * b * c;
    case 6:
        return .05 + .60 * a - .9 * b + 1.8 * a2;
    default:
        return .53 * a - .6 * c - 1.2 * b2 + 3 * a * b * c;
    }
}

int
seed_row(uint64_t seed, uint64_t row, int group, int32_t *millionths)
{
    double v[SEED_FEATURES];

    for (int k = 0; k < SEED_FEATURES; k++) {
        double u = seed_draw(seed, 4 * row + (uint64_t)k + 1);

        millionths[k] = (int32_t)floor(u * 2e6) - 1000000;
        v[k] = millionths[k] / 1e6;
    }
    return seed_draw(seed, 4 * row + 4) < 1 / (1 + exp(-4 * score(group, v[0], v[1], v[2])));
}

void
seed_fill(float *x, float *y, int64_t *group, uint64_t seed, int64_t rows)
{
    for (int64_t r = 0; r < SEED_GROUPS * rows; r++) {
        int32_t millionths[SEED_FEATURES];

        group[r] = r / rows;
        y[r] = (float)seed_row(seed, (uint64_t)r, (int)group[r], millionths);
        for (int k = 0; k < SEED_FEATURES; k++)
            x[r * SEED_FEATURES + k] = (float)(millionths[k] / 1e6);
    }
}
