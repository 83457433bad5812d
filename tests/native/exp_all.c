/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exp of all floats: every kernel's against each other's and against libm's expf, and log of all
 * floats against libm's logf. Beyond +-128, where exp is 0, infinite or NaN, every 61st.
 *
 * Kernels must agree in every bit on every machine. glibc's logf has the same bits, its
 * expf on x86-64 with FMA; without FMA two of its results are rounded the other way. Another
 * library's are counted and may be anything.
 *
 * The exps are the gradients of Poisson rows of label 0.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "native/gradient.h"
#include "native/grower.h"

enum { BLOCK = 4096, ROOM = BLOCK + SG_GROW_PAD };

static const char *const kernel_names[] = {"portable", "avx2", "avx512"};
enum { KERNELS = sizeof kernel_names / sizeof *kernel_names };

static float argument[ROOM], label[ROOM], expected[ROOM], got[ROOM], unused[ROOM];

static const sg_kernel *kernels[KERNELS];
static long long tried, exp_differs[KERNELS], kernel_differs, log_differs;

/* Results of libm's expf that may differ; -1 = any number. */
static long long
exp_slack(void)
{
#if defined(__GLIBC__) && defined(__x86_64__)
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2") ? 0 : 2;
#else
    return -1;
#endif
}

static int
same(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static long long
count_differences(const float *a, const float *b, const char *what)
{
    long long count = 0;

    if (memcmp(a, b, BLOCK * sizeof *a) == 0)
        return 0;
    for (int i = 0; i < BLOCK; i++) {
        if (same(a[i], b[i]))
            continue;
        if (count++ < 3)
            printf("%s of %a: %a and %a\n", what, (double)argument[i], (double)a[i], (double)b[i]);
    }
    return count;
}

/* All kernels on the block of arguments. */
static void
try_exp(void)
{
    static float first[ROOM];
    sg_gradient_task task = {.loss = SG_LOSS_POISSON,
                             .rows = BLOCK,
                             .outputs = 1,
                             .plane = ROOM,
                             .margin = argument,
                             .label = label,
                             .gradient = got,
                             .hessian = unused};

    for (int i = 0; i < BLOCK; i++)
        expected[i] = expf(argument[i]);
    for (int k = 0; k < KERNELS; k++) {
        if (kernels[k] == NULL)
            continue;
        kernels[k]->gradient->take(&task);
        exp_differs[k] += count_differences(got, expected, kernels[k]->name);
        if (k == 0)
            memcpy(first, got, sizeof first);
        kernel_differs += count_differences(got, first, "kernels");
    }
}

static void
try_log(void)
{
    for (int i = 0; i < BLOCK; i++) {
        got[i] = sg_gradient_log(argument[i]);
        expected[i] = logf(argument[i]);
    }
    log_differs += count_differences(got, expected, "log");
}

/* Floats of both signs with the bits from first to last in steps; the last block runs over. */
static void
try_range(uint32_t first, uint32_t last, uint32_t step)
{
    for (uint64_t bits = first; bits <= last; bits += (uint64_t)BLOCK * step) {
        for (uint32_t sign = 0; sign < 2; sign++) {
            for (uint32_t i = 0; i < BLOCK; i++) {
                uint32_t b = ((uint32_t)bits + i * step) & 0x7fffffff;

                b |= sign << 31;
                memcpy(&argument[i], &b, sizeof b);
            }
            try_exp();
            if (sign == 0)
                try_log();
            tried += BLOCK;
        }
    }
}

int
main(void)
{
    const uint32_t far = 0x43000000; /* 128 */
    long long slack = exp_slack();
    int failed = 0;

    for (int k = 0; k < KERNELS; k++) {
        if (sg_kernel_find(&kernels[k], kernel_names[k], NULL) != SEGML_OK)
            kernels[k] = NULL;
    }
    try_range(0, far, 1);
    try_range(far, 0x7fffffff, 61);
    for (int k = 0; k < KERNELS; k++) {
        if (kernels[k] == NULL) {
            printf("%s: not on this machine\n", kernel_names[k]);
            continue;
        }
        printf("%s: exp differs from libm's for %lld floats\n", kernel_names[k], exp_differs[k]);
        failed |= slack >= 0 && exp_differs[k] > slack;
    }
    printf("log differs from libm's for %lld floats\n", log_differs);
    printf("%lld floats tried; kernels differ for %lld; exp may differ for %lld, -1 = all\n", tried,
           kernel_differs, slack);
    failed |= kernel_differs != 0 || (slack >= 0 && log_differs != 0);
    return failed;
}
