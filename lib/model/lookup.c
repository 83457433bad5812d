/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Open addressing with linear probing, at most half full, so that a look-up touches
 * one or two cache lines.
 *
 * R1  A look-up takes at most PROBES_MAX steps. At half load the longest run among
 *     millions of honest keys is below a hundred; a longer one comes from keys that
 *     were made to collide, and adding them fails.
 *
 * Binary search in the sorted keys needs no table and cannot be attacked, but takes
 * seventeen cache misses among 100,000 groups where this takes one or two.
 */

#include "model/lookup.h"

#include <string.h>

#include "base/alloc.h"

enum { PROBES_MAX = 1024 };

int
sg_lookup_make(sg_lookup *table, int64_t count, segml_error *err)
{
    uint64_t capacity = 2;

    while (capacity < 2 * (uint64_t)count)
        capacity *= 2;
    table->slots = sg_alloc_array((int64_t)capacity, sizeof *table->slots);
    if (table->slots == NULL)
        return sg_fail_nomem(err);
    table->mask = capacity - 1;
    for (uint64_t i = 0; i < capacity; i++)
        table->slots[i] = (sg_lookup_slot){0, -1};
    return SEGML_OK;
}

int
sg_lookup_add(sg_lookup *table, uint64_t hash, int64_t value, segml_error *err)
{
    for (uint64_t probe = 0; probe < PROBES_MAX && probe <= table->mask; probe++) {
        sg_lookup_slot *slot = &table->slots[(hash + probe) & table->mask];

        if (slot->value < 0) {
            *slot = (sg_lookup_slot){hash, value};
            return SEGML_OK;
        }
    }
    return sg_fail(err, SEGML_E_LIMIT, "more than %d keys have the same place in a hash table",
                   (int)PROBES_MAX);
}

int64_t
sg_lookup_next(const sg_lookup *table, uint64_t hash, size_t *probe)
{
    while (table->slots != NULL && *probe <= table->mask) {
        const sg_lookup_slot *slot = &table->slots[(hash + *probe) & table->mask];

        ++*probe;
        if (slot->value < 0)
            return -1;
        if (slot->hash == hash)
            return slot->value;
    }
    return -1;
}

void
sg_lookup_clear(sg_lookup *table)
{
    sg_free(table->slots);
    memset(table, 0, sizeof *table);
}
