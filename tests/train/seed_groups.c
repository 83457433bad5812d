/* SPDX-License-Identifier: Apache-2.0 */

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

static double
seed_score(int group, double a, double b, double c)
{
    double a2 = a * a - 1.0 / 3, b2 = b * b - 1.0 / 3, c2 = c * c - 1.0 / 3;

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
        return .34 * a + .8 * b + .8 * c + 4 * (a * a * a - .6 * a);
    case 5:
        return -.10 + .35 * a + .5 * c - 2.2 * b * c;
    case 6:
        return .05 + .60 * a - .9 * b + 1.8 * a2;
    default:
        return .53 * a - .6 * c - 1.2 * b2 + 3 * a * b * c;
    }
}

void
seed_fill(float *x, float *y, int64_t *group, int64_t rows)
{
    for (int64_t r = 0; r < rows; r++) {
        int64_t g = r * SEED_GROUPS / rows;
        double v[SEED_FEATURES];

        for (int k = 0; k < SEED_FEATURES; k++) {
            v[k] = floor(seed_draw(20260037, (uint64_t)(4 * r + k + 1)) * 2e6) / 1e6 - 1;
            x[r * SEED_FEATURES + k] = (float)v[k];
        }
        y[r] = seed_draw(20260037, (uint64_t)(4 * r + 4)) <
               1 / (1 + exp(-4 * seed_score((int)g, v[0], v[1], v[2])));
        group[r] = g;
    }
}
