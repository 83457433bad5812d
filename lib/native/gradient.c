/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What boosting starts from, with a logarithm of our own, so that a model does not
 * depend on the machine's C library.
 *
 * log of a float: x = 2^k z with z in [0.7, 1.4), a table of 16 values c near z with
 * log(c) and 1/c, and r = z/c - 1:
 *
 *     log(x) = k ln 2 + log(c) + r + A2 r^2 + A1 r^3 + A0 r^4
 *
 * in double. Whether products are rounded before something is added changes no result: the
 * bits are those of glibc's logf for all floats, with and without FMA.
 *
 * Source: logf.c and logf_data.c of Arm's optimized routines, which glibc and musl took too;
 * Copyright (c) 2017-2025, Arm Limited; MIT OR Apache-2.0 WITH LLVM-exception. exp is in expf.h.
 */

#include "native/gradient.h"

#include <math.h>
#include <string.h>

/* 1/c and log(c). */
static const struct {
    double inverse, log;
} log_table[16] = {
    {0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2}, {0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2},
    {0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2},  {0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3},
    {0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3}, {0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4}, {0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4},
    {0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5}, {0x1p+0, 0x0p+0},
    {0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5},  {0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4},
    {0x1.b2036576afce6p-1, 0x1.526e57720db08p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3},
    {0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2},  {0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2},
};

/* Of a positive finite number that is not denormal. */
static float
log_of_normal(uint32_t bits, int32_t exponent)
{
    const double a0 = -0x1.00ea348b88334p-2, a1 = 0x1.5575b0be00b6ap-2, a2 = -0x1.ffffef20a4123p-2,
                 ln2 = 0x1.62e42fefa39efp-1;
    const uint32_t start = 0x3f330000; /* 0.7 */
    uint32_t from_start = bits - start, z_bits;
    int32_t k = (int32_t)(from_start >> 23);
    uint32_t i = from_start >> 19 & 15;
    double r, r2, y;
    float z;

    k -= k >= 256 ? 512 : 0;
    z_bits = bits - (from_start & 0xff800000);
    memcpy(&z, &z_bits, sizeof z);
    r = (double)z * log_table[i].inverse - 1;
    r2 = r * r;
    y = a0 * r2 + (a1 * r + a2);
    return (float)(y * r2 + ((log_table[i].log + (k + exponent) * ln2) + r));
}

float
sg_gradient_log(float x)
{
    uint32_t bits;

    if (!(x > 0))
        return x == 0 ? -HUGE_VALF : NAN;
    if (isinf(x))
        return x;
    if (x < 0x1p-126f) {
        x *= 0x1p23f;
        memcpy(&bits, &x, sizeof bits);
        return log_of_normal(bits, -23);
    }
    memcpy(&bits, &x, sizeof bits);
    return log_of_normal(bits, 0);
}

float
sg_gradient_base_margin(sg_loss loss, float base_score)
{
    switch (loss) {
    case SG_LOSS_LOGISTIC:
        return -sg_gradient_log(1.0f / base_score - 1.0f);
    case SG_LOSS_POISSON:
        return sg_gradient_log(base_score);
    case SG_LOSS_SOFTPROB:
    case SG_LOSS_SQUARED:
        break;
    }
    return base_score;
}
