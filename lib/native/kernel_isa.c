/* SPDX-License-Identifier: Apache-2.0 */

/*
 * All kernels for one set of instructions: this file is compiled once for each, with
 * SG_ISA as its name. The headers below hold static functions alone and see by the
 * compiler's macros (__AVX512F__, __AVX2__) what they may use.
 */

#include "native/kernel_isa.h"

#include "native/gradient_isa.h"
#include "native/walk_isa.h"

#define SG_ISA_JOIN(a, b) a##b
#define SG_ISA_TABLE(name) SG_ISA_JOIN(sg_kernel_, name)
#define SG_ISA_TEXT(name) #name
#define SG_ISA_NAME(name) SG_ISA_TEXT(name)

const sg_kernel SG_ISA_TABLE(SG_ISA) = {
    .name = SG_ISA_NAME(SG_ISA),
    .gradient = &gradient_kernel,
    .walk = &walk_kernel,
};
