/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_ALLOC_H
#define SG_BASE_ALLOC_H

/*
 * The one place that allocates. Sizes are checked for overflow; a size of 0 gives
 * a pointer that can be freed. Every function returns NULL when memory is out, and
 * in a build with fault injection when a test says so.
 */

#include <stddef.h>
#include <stdint.h>

/** count * size bytes; NULL also for a negative count or an overflow. */
void *sg_alloc_array(int64_t count, size_t size);

/** As sg_alloc_array(), all bytes 0. */
void *sg_alloc_zeroed(int64_t count, size_t size);

/** Resizes; on failure the old block stays. old may be NULL. */
void *sg_alloc_resize(void *old, int64_t count, size_t size);

/** A terminated copy of length bytes. */
char *sg_alloc_text(const char *text, size_t length);

/** A copy of size bytes. */
void *sg_alloc_copy(const void *bytes, size_t size);

/** Releases; NULL is allowed. */
void sg_free(void *block);

#ifdef SG_FAULT_INJECTION
/**
 * Test builds only: the next allocations succeed `after` times, then one fails, or with
 * `forever` all. A negative `after` switches injection off. Returns the number of allocations
 * since the last call. Affects all threads.
 */
int64_t sg_alloc_inject(int64_t after, int forever);
#endif

#endif
