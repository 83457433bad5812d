/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXPF_H
#define SG_NATIVE_EXPF_H

/*
 * exp of a float: what portable C and the vectors of gradient_isa.h share.
 *
 * With N = 32: x N / ln 2 = k + r, k an integer and |r| <= 1/2 (E1), so that
 *
 *     exp(x) = 2^(k/N) 2^(r/N) = s (C0 r^3 + C1 r^2 + C2 r + 1)
 *
 * where s = 2^(k/N) comes from a table of 2^(i/N) whose bits lack i << 47, so that adding
 * k << 47 sets the exponent.
 *
 * E1  k is rounded by adding 1.5 * 2^52, whose low bits then hold it.
 * E2  Every product that is added to something is one operation with it, fma: IEEE defines
 *     its bits, hence every machine and every kernel has the same.
 * E3  Everything is double until s (...) is rounded to float, which alone makes denormals,
 *     0 and infinity of it. Arguments beyond +-EXPF_FAR are taken as that.
 * E4  The bits are those of glibc's expf on x86-64 processors that have FMA, for all floats.
 *     Without FMA glibc rounds products first, which gives another float for a few arguments.
 * E5  NaN gives NaN.
 *
 * Source: expf.c and exp2f_data.c of Arm's optimized routines, which glibc and musl took too;
 * Copyright (c) 2017-2025, Arm Limited; MIT OR Apache-2.0 WITH LLVM-exception. Theirs tells
 * arguments beyond 88 apart; clamping them gives the same and needs no branch.
 */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define EXPF_FAR 200.0f
#define EXPF_SHIFT 0x1.8p+52
#define EXPF_N_BY_LN2 (0x1.71547652b82fep+0 * 32)
#define EXPF_C0 (0x1.c6af84b912394p-5 / 32 / 32 / 32)
#define EXPF_C1 (0x1.ebfce50fac4f3p-3 / 32 / 32)
#define EXPF_C2 (0x1.62e42ff0c52d6p-1 / 32)

/* Bits of 2^(i/32), less i << 47. */
static const uint64_t sg_expf_table[32] = {
    0x3ff0000000000000, 0x3fefd9b0d3158574, 0x3fefb5586cf9890f, 0x3fef9301d0125b51,
    0x3fef72b83c7d517b, 0x3fef54873168b9aa, 0x3fef387a6e756238, 0x3fef1e9df51fdee1,
    0x3fef06fe0a31b715, 0x3feef1a7373aa9cb, 0x3feedea64c123422, 0x3feece086061892d,
    0x3feebfdad5362a27, 0x3feeb42b569d4f82, 0x3feeab07dd485429, 0x3feea47eb03a5585,
    0x3feea09e667f3bcd, 0x3fee9f75e8ec5f74, 0x3feea11473eb0187, 0x3feea589994cce13,
    0x3feeace5422aa0db, 0x3feeb737b0cdc5e5, 0x3feec49182a3f090, 0x3feed503b23e255d,
    0x3feee89f995ad3ad, 0x3feeff76f2fb5e47, 0x3fef199bdd85529c, 0x3fef3720dcef9069,
    0x3fef5818dcfba487, 0x3fef7c97337b9b5f, 0x3fefa4afa2a490da, 0x3fefd0765b6e4540,
};

/** exp(x), value by value. */
static inline float
sg_expf(float x)
{
    double clamped, shifted, r, s, high, low;
    uint64_t k, bits;

    clamped = x > EXPF_FAR ? (double)EXPF_FAR : (double)x;
    clamped = x < -EXPF_FAR ? (double)-EXPF_FAR : clamped;
    shifted = fma(EXPF_N_BY_LN2, clamped, EXPF_SHIFT);
    memcpy(&k, &shifted, sizeof k);
    r = fma(EXPF_N_BY_LN2, clamped, -(shifted - EXPF_SHIFT));
    bits = sg_expf_table[k % 32] + (k << 47);
    memcpy(&s, &bits, sizeof s);
    high = fma(EXPF_C0, r, EXPF_C1);
    low = fma(EXPF_C2, r, 1);
    return (float)(fma(high, r * r, low) * s);
}

#endif
