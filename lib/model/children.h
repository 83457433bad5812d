/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_CHILDREN_H
#define SG_MODEL_CHILDREN_H

/*
 * The forests of a model that are loaded, each in a slot of its own. A forest is counted: by the
 * slots that hold it, of two models after a reload, and by everyone who uses it. It is freed by
 * the last of them, so that dropping one never hurts a user.
 */

#include <stdatomic.h>

#include "base/status.h"
#include "tree/forest.h"

/** A loaded forest. Immutable but for its count. */
typedef struct sg_resident {
    atomic_llong references;
    sg_forest *forest;
    int64_t bytes;
} sg_resident;

/** Takes a forest over, counted once. @return NULL when memory is out; the forest is freed then */
sg_resident *sg_resident_make(sg_forest *forest);

/** Counts one more user. */
sg_resident *sg_resident_retain(sg_resident *child);

/** Ends one use; NULL is allowed. */
void sg_resident_release(sg_resident *child);

enum { SG_CHILDREN_STRIPES = 8 };

/* Hits of some slots, on a cache line of their own: threads count side by side. */
typedef struct sg_children_hits {
    atomic_llong count;
    char apart[56];
} sg_children_hits;

/* Neighbours of a slot in the order of use, + 1; 0 = none. */
typedef struct sg_children_link {
    int64_t older, newer;
} sg_children_link;

typedef struct sg_children {
    _Atomic(sg_resident *) *slot; /* [count] NULL = not loaded */
    int64_t count;
    int64_t budget;         /* bytes; 0 = no limit */
    atomic_int holder;      /* process that holds the lock of slots and links, 0 = none; only
                               where there is a budget */
    sg_children_link *link; /* [count] where there is a budget */
    int64_t oldest, newest; /* + 1; 0 = none */
    atomic_llong loaded, bytes, loads, dropped;
    sg_children_hits *hits; /* [SG_CHILDREN_STRIPES] */
} sg_children;

/**
 * Makes empty slots.
 *
 * @param children  all zero; released with sg_children_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_children_make(sg_children *children, int64_t count, int64_t budget, segml_error *err);

/**
 * The child in a slot, counted for the caller; NULL if it is not loaded. Drops others if there is
 * more than the budget.
 * Thread-safety: any thread.
 */
sg_resident *sg_children_take(sg_children *children, int64_t slot);

/** The same for who only looks: no hit, no use. Thread-safety: any thread. */
sg_resident *sg_children_peek(sg_children *children, int64_t slot);

/**
 * Puts a child into a slot and drops others for the budget.
 *
 * @param fresh  taken over; released where another thread was first
 * @return the slot's child, counted for the caller. Thread-safety: any thread
 */
sg_resident *sg_children_put(sg_children *children, int64_t slot, sg_resident *fresh);

/** Look-ups that found their child loaded. Thread-safety: any thread. */
int64_t sg_children_count_hits(const sg_children *children);

/** Releases everything; all zero again. */
void sg_children_clear(sg_children *children);

#endif
