/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every histogram is a block of its own. One array for all was rejected: it would move when it
 * grows, in the middle of a tree. They begin on cache lines: a vector that straddles two
 * costs two loads, and histograms are mostly read in vectors.
 */

#include "native/hist_places.h"

#include "base/alloc.h"

enum { LINE = 64, LEAST_ROOM = 64 };

static void
release_blocks(sg_hist_places *places)
{
    for (int32_t i = 0; i < places->count; i++)
        sg_free(places->block[i]);
    places->count = places->frees = 0;
}

void
sg_hist_places_clear(sg_hist_places *places)
{
    release_blocks(places);
    sg_free(places->free);
    sg_free(places->block);
    sg_free(places->hist);
    *places = (sg_hist_places){0};
}

void
sg_hist_places_size(sg_hist_places *places, int64_t entries)
{
    if (entries <= places->entries)
        return;
    release_blocks(places);
    places->entries = entries;
}

/* Room for one more; arrays that did grow stay when a later one cannot. */
static int
reserve(sg_hist_places *places, segml_error *err)
{
    int64_t room = places->room > 0 ? 2 * (int64_t)places->room : LEAST_ROOM;
    uint64_t **hist;
    int32_t *stack;
    void **block;

    if (places->count < places->room)
        return SEGML_OK;
    hist = sg_alloc_resize(places->hist, room, sizeof *hist);
    if (hist == NULL)
        return sg_fail_nomem(err);
    places->hist = hist;
    block = sg_alloc_resize(places->block, room, sizeof *block);
    if (block == NULL)
        return sg_fail_nomem(err);
    places->block = block;
    stack = sg_alloc_resize(places->free, room, sizeof *stack);
    if (stack == NULL)
        return sg_fail_nomem(err);
    places->free = stack;
    places->room = (int32_t)room;
    return SEGML_OK;
}

static int
make_place(sg_hist_places *places, segml_error *err)
{
    int rc = reserve(places, err);
    uintptr_t start;
    void *block;

    if (rc < 0)
        return rc;
    block = sg_alloc_array(places->entries * (int64_t)sizeof **places->hist + LINE, 1);
    if (block == NULL)
        return sg_fail_nomem(err);
    start = ((uintptr_t)block + LINE - 1) / LINE * LINE;
    places->block[places->count] = block;
    places->hist[places->count] = (uint64_t *)start;
    sg_hist_places_give(places, places->count++);
    return SEGML_OK;
}

int
sg_hist_places_take(sg_hist_places *places, int32_t *out, segml_error *err)
{
    int rc = places->frees > 0 ? SEGML_OK : make_place(places, err);

    if (rc == SEGML_OK)
        *out = places->free[--places->frees];
    return rc;
}

void
sg_hist_places_give(sg_hist_places *places, int32_t place)
{
    places->free[places->frees++] = place;
}

void
sg_hist_places_give_all(sg_hist_places *places)
{
    places->frees = 0;
    while (places->frees < places->count)
        sg_hist_places_give(places, places->count - 1 - places->frees);
}
