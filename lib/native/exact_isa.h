/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_ISA_H
#define SG_NATIVE_EXACT_ISA_H

/* Kernels of the exact grower for one set of instructions. */

#include "native/exact_measure_isa.h"
#include "native/exact_part_isa.h"
#include "native/exact_screen_isa.h"

static const sg_exact_kernel exact_kernel = {
    .measure = exact_measure,
#if SG_SIMD
    .screen = exact_screen,
#endif
    .part = exact_part,
    .sample = exact_sample,
};

#endif
