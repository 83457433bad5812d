/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_KERNEL_ISA_H
#define SG_NATIVE_KERNEL_ISA_H

/* The tables that kernel_isa.c makes, one per set of instructions. */

#include "native/kernel.h"

extern const sg_kernel sg_kernel_portable;
#if SG_NATIVE_X86
extern const sg_kernel sg_kernel_avx2;
extern const sg_kernel sg_kernel_avx512;
#endif

#endif
