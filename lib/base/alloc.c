/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Allocation. A choke point instead of caller-supplied allocators: the engines and
 * the packages underneath allocate on their own anyway, so a custom allocator would
 * promise more than it keeps.
 */

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#ifdef SG_FAULT_INJECTION
#include <stdatomic.h>

static atomic_llong allocations;
static atomic_llong fail_at = -1;
static atomic_int fail_forever;

int64_t
sg_alloc_inject(int64_t after, int forever)
{
    int64_t seen = atomic_exchange(&allocations, 0);

    atomic_store(&fail_forever, forever);
    atomic_store(&fail_at, after);
    return seen;
}

static int
injected_failure(void)
{
    int64_t number = atomic_fetch_add(&allocations, 1);
    int64_t at = atomic_load(&fail_at);

    return at >= 0 && (number == at || (number > at && atomic_load(&fail_forever)));
}
#else
static int
injected_failure(void)
{
    return 0;
}
#endif

/* Bytes of an array, at least 1; 0 if they cannot be addressed. */
static size_t
array_bytes(int64_t count, size_t size)
{
    if (count < 0 || (size != 0 && (uint64_t)count > (uint64_t)(PTRDIFF_MAX / 2) / size))
        return 0;
    return (size_t)count * size > 0 ? (size_t)count * size : 1;
}

void *
sg_alloc_array(int64_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);

    return bytes == 0 || injected_failure() ? NULL : malloc(bytes);
}

void *
sg_alloc_zeroed(int64_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);

    return bytes == 0 || injected_failure() ? NULL : calloc(1, bytes);
}

void *
sg_alloc_resize(void *old, int64_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);

    return bytes == 0 || injected_failure() ? NULL : realloc(old, bytes);
}

char *
sg_alloc_text(const char *text, size_t length)
{
    char *copy = length < PTRDIFF_MAX / 2 ? sg_alloc_array((int64_t)length + 1, 1) : NULL;

    if (copy != NULL) {
        if (length > 0)
            memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void *
sg_alloc_copy(const void *bytes, size_t size)
{
    void *copy = size < PTRDIFF_MAX / 2 ? sg_alloc_array((int64_t)size, 1) : NULL;

    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

void
sg_free(void *block)
{
    free(block);
}
