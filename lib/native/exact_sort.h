/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_SORT_H
#define SG_NATIVE_EXACT_SORT_H

/* The order in which libstdc++'s std::sort leaves equal values. */

#include <stdint.h>

/**
 * Sorts entries (rank << 16 | row, see columns.h) by rank alone, with the steps of libstdc++'s
 * std::sort, so that equal ranks end in its order.
 */
void sg_exact_sort(uint32_t *entry, int32_t count);

#endif
