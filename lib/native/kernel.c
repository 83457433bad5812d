/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Choice of the kernel. Builds for x86-64 have three; the processor is asked for every
 * extension that the compiler was allowed to use. Elsewhere the portable one is compiled with
 * the instructions that the compiler's target always has.
 */

#include "native/kernel.h"

#include <string.h>

#include "native/kernel_isa.h"

#if SG_NATIVE_X86
static int
has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("fma");
}

static int
has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
}
#endif

static int
always(void)
{
    return 1;
}

typedef struct choice {
    const sg_kernel *kernel;
    int (*runs)(void);
} choice;

/* Best first. */
static const choice choices[] = {
#if SG_NATIVE_X86
    {&sg_kernel_avx512, has_avx512},
    {&sg_kernel_avx2, has_avx2},
#endif
    {&sg_kernel_portable, always},
};

static int
fail_missing(const char *name, segml_error *err)
{
    static const char *const known[] = {"portable", "avx2", "avx512"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0)
            return sg_fail(err, SEGML_E_UNSUPPORTED, "this machine has no kernel \"%s\"", name);
    }
    return sg_fail(err, SEGML_E_ARGUMENT, "unknown kernel \"%s\"; known are portable, avx2, avx512",
                   name);
}

int
sg_kernel_find(const sg_kernel **out, const char *name, segml_error *err)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        if (choices[i].runs() && (name == NULL || strcmp(name, choices[i].kernel->name) == 0)) {
            *out = choices[i].kernel;
            return SEGML_OK;
        }
    }
    return fail_missing(name, err);
}
