/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_ARENA_H
#define SG_BASE_ARENA_H

/* Many small things with one lifetime: the texts and records of a manifest, say. */

#include <stddef.h>
#include <stdint.h>

typedef struct sg_arena {
    struct sg_arena_block *last; /* NULL in an empty arena, which needs no set-up */
} sg_arena;

/** Zeroed memory for count things, aligned for any type; NULL when memory is out. */
void *sg_arena_alloc(sg_arena *arena, int64_t count, size_t size);

/** A terminated copy of length bytes. */
char *sg_arena_text(sg_arena *arena, const char *text, size_t length);

/** Releases everything; the arena is empty again. */
void sg_arena_clear(sg_arena *arena);

#endif
