/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A chain of blocks, each twice as large as the last up to a megabyte; freed as a
 * whole. Records of a manifest point at each other and at their texts, so freeing
 * them one by one would need as much code as reading them.
 */

#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/alloc.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct sg_arena_block {
    struct sg_arena_block *previous;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct sg_arena_block *
add_block(sg_arena *arena, size_t bytes)
{
    size_t size = arena->last != NULL ? 2 * arena->last->size : FIRST_BLOCK;
    struct sg_arena_block *block;

    size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < bytes ? bytes : size;
    block = sg_alloc_array((int64_t)(sizeof *block + size), 1);
    if (block == NULL)
        return NULL;
    block->previous = arena->last;
    block->used = 0;
    block->size = size;
    arena->last = block;
    return block;
}

void *
sg_arena_alloc(sg_arena *arena, int64_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct sg_arena_block *block = arena->last;
    size_t bytes;
    void *result;

    if (count < 0 || (size != 0 && (uint64_t)count > (uint64_t)(PTRDIFF_MAX / 4) / size))
        return NULL;
    bytes = ((size_t)count * size + align - 1) / align * align;
    if (block == NULL || block->size - block->used < bytes)
        block = add_block(arena, bytes);
    if (block == NULL)
        return NULL;
    result = block->bytes + block->used;
    block->used += bytes;
    memset(result, 0, bytes);
    return result;
}

char *
sg_arena_text(sg_arena *arena, const char *text, size_t length)
{
    char *copy = length < PTRDIFF_MAX / 4 ? sg_arena_alloc(arena, (int64_t)length + 1, 1) : NULL;

    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

void
sg_arena_clear(sg_arena *arena)
{
    while (arena->last != NULL) {
        struct sg_arena_block *block = arena->last;

        arena->last = block->previous;
        sg_free(block);
    }
}
