/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_KERNEL_H
#define SG_NATIVE_KERNEL_H

/*
 * Loops that have a version for each set of instructions. kernel_isa.c is compiled once for
 * each, with the compiler's flags for it, and gives one table; the table is chosen once per
 * engine by what the machine has. All versions give the same bits: elementwise IEEE operations
 * without contraction, sums in a stated order or exact.
 */

#include "base/status.h"

struct sg_exact_kernel;
struct sg_hist_kernel;
struct sg_gradient_kernel;
struct sg_walk_kernel;

typedef struct sg_kernel {
    const char *name; /* "portable", "avx2", "avx512" */
    const struct sg_exact_kernel *exact;
    const struct sg_hist_kernel *hist;
    const struct sg_gradient_kernel *gradient;
    const struct sg_walk_kernel *walk;
} sg_kernel;

/**
 * A kernel of this machine.
 *
 * @param name  NULL = the best one
 * @return SEGML_OK; SEGML_E_UNSUPPORTED; SEGML_E_ARGUMENT (unknown name)
 */
int sg_kernel_find(const sg_kernel **out, const char *name, segml_error *err);

#endif
