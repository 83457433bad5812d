/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_LOOKUP_H
#define SG_MODEL_LOOKUP_H

/*
 * A hash table from 64-bit hashes to numbers, filled once. It keeps hashes, not keys:
 * who looks up compares the keys of the few candidates it is given.
 *
 *     size_t probe = 0;
 *     while ((i = sg_lookup_next(&table, hash, &probe)) >= 0 && !is_same(i, key))
 *         continue;
 */

#include "base/status.h"

typedef struct sg_lookup_slot {
    uint64_t hash;
    int64_t value; /* -1 = free */
} sg_lookup_slot;

typedef struct sg_lookup {
    sg_lookup_slot *slots; /* NULL in a table that was not made: it holds nothing */
    uint64_t mask;
} sg_lookup;

/**
 * Makes an empty table.
 *
 * @param table  all zero; released with sg_lookup_clear()
 * @param count  numbers that will be added at most
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_lookup_make(sg_lookup *table, int64_t count, segml_error *err);

/**
 * Adds a number, not negative.
 *
 * @return SEGML_OK; SEGML_E_LIMIT (so many equal hashes that look-ups would be slow: keys made
 *         to collide)
 */
int sg_lookup_add(sg_lookup *table, uint64_t hash, int64_t value, segml_error *err);

/**
 * Next number that was added with this hash.
 *
 * @param probe  0 to begin with
 * @return a number; -1 if there is none any more. Thread-safety: any thread
 */
int64_t sg_lookup_next(const sg_lookup *table, uint64_t hash, size_t *probe);

/** Releases a table; it is all zero again. */
void sg_lookup_clear(sg_lookup *table);

#endif
