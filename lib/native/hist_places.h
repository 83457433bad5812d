/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_HIST_PLACES_H
#define SG_NATIVE_HIST_PLACES_H

/*
 * Memory for the histograms of a tree's open nodes: places that are given back and used again,
 * so that a round allocates only what no tree before it needed.
 */

#include "base/status.h"

typedef struct sg_hist_places {
    uint64_t **hist; /* [count] on borders of cache lines */
    void **block;    /* [count] what is allocated */
    int32_t *free;   /* [count] stack of the free places */
    int32_t count, room, frees;
    int64_t entries; /* of each histogram */
} sg_hist_places;

/** Makes places that are made from now on, and all that are there, large enough. */
void sg_hist_places_size(sg_hist_places *places, int64_t entries);

/** Takes a free place, made if there is none. @return SEGML_OK; SEGML_E_NOMEM */
int sg_hist_places_take(sg_hist_places *places, int32_t *out, segml_error *err);

/** Gives a place back. */
void sg_hist_places_give(sg_hist_places *places, int32_t place);

/** Gives all places back, of a tree that is finished or was given up. */
void sg_hist_places_give_all(sg_hist_places *places);

/** Releases everything; all zero again. */
void sg_hist_places_clear(sg_hist_places *places);

#endif
