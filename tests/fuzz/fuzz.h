/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** What a harness defines: tries one input, and aborts if a promise does not hold. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
