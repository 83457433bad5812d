/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Group-by of the key columns.
 *
 * An open-addressing table from key hash to a provisional id in order of first
 * occurrence; the distinct keys are then sorted and the ids renumbered, and the rows
 * dealt to their groups by a counting sort, which keeps them ascending. Sorting all
 * rows by key was rejected: rows outnumber groups, often a thousandfold.
 *
 * Two keys are the same when all columns compare equal, never by their hash alone.
 * O(rows + groups log groups) time, 12 bytes per row.
 */

#include "data/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/keys.h"

typedef struct group_entry {
    const segml_key *key; /* [columns] */
    sg_hash128 hash;
    int64_t columns;
    int64_t rows;
    int64_t id; /* in order of first occurrence */
} group_entry;

typedef struct group_table {
    int32_t *slot; /* [slots] entry + 1, 0 = free */
    int64_t slots; /* a power of two */
    group_entry *entry;
    int64_t count, capacity;
} group_table;

static int
grow(group_table *table, segml_error *err)
{
    int64_t capacity = table->capacity > 0 ? 2 * table->capacity : 64;
    int64_t slots = 2 * capacity;
    group_entry *entry = sg_alloc_resize(table->entry, capacity, sizeof *entry);
    int32_t *slot;

    if (entry == NULL)
        return sg_fail_nomem(err);
    table->entry = entry;
    slot = sg_alloc_zeroed(slots, sizeof *slot);
    if (slot == NULL)
        return sg_fail_nomem(err);
    for (int64_t e = 0; e < table->count; e++) {
        int64_t s = (int64_t)(table->entry[e].hash.low & (uint64_t)(slots - 1));

        while (slot[s] != 0)
            s = (s + 1) & (slots - 1);
        slot[s] = (int32_t)e + 1;
    }
    sg_free(table->slot);
    table->slot = slot;
    table->slots = slots;
    table->capacity = capacity;
    return SEGML_OK;
}

static const segml_key *
copy_key(sg_arena *arena, const segml_key *key, int64_t columns)
{
    segml_key *copy = sg_arena_alloc(arena, columns, sizeof *copy);

    for (int64_t c = 0; copy != NULL && c < columns; c++) {
        copy[c] = key[c];
        if (key[c].type == SEGML_KEY_UTF8) {
            copy[c].text = sg_arena_text(arena, key[c].text, key[c].length);
            if (copy[c].text == NULL)
                return NULL;
        }
    }
    return copy;
}

/* Id of a key, which is added if it is new. */
static int
find_or_add(int32_t *id, group_table *table, sg_groups *groups, const segml_key *key,
            segml_error *err)
{
    group_entry *entry;
    sg_hash128 hash;
    int64_t s;
    int rc = sg_key_hash(&hash, key, groups->columns, err);

    if (rc == SEGML_OK && table->count == table->capacity)
        rc = grow(table, err);
    if (rc < 0)
        return rc;
    s = (int64_t)(hash.low & (uint64_t)(table->slots - 1));
    for (; table->slot[s] != 0; s = (s + 1) & (table->slots - 1)) {
        entry = &table->entry[table->slot[s] - 1];
        if (sg_hash_compare(entry->hash, hash) == 0 &&
            sg_key_compare(entry->key, key, groups->columns) == 0) {
            entry->rows++;
            *id = table->slot[s] - 1;
            return SEGML_OK;
        }
    }
    entry = &table->entry[table->count];
    *entry = (group_entry){copy_key(&groups->arena, key, groups->columns), hash, groups->columns, 1,
                           table->count};
    if (entry->key == NULL)
        return sg_fail_nomem(err);
    *id = (int32_t)table->count++;
    table->slot[s] = *id + 1;
    return SEGML_OK;
}

static int
compare_entries(const void *a, const void *b)
{
    const group_entry *x = a, *y = b;

    return sg_key_compare(x->key, y->key, x->columns);
}

/* Sorted keys and row slices out of the table and each row's provisional id. */
static int
deal_rows(sg_groups *groups, group_table *table, const int32_t *id, int64_t rows, segml_error *err)
{
    int64_t *next = sg_alloc_array(table->count, sizeof *next);
    int64_t sum = 0;
    int rc = SEGML_OK;

    groups->count = table->count;
    groups->keys = sg_alloc_array(table->count * groups->columns, sizeof *groups->keys);
    groups->hashes = sg_alloc_array(table->count, sizeof *groups->hashes);
    groups->start = sg_alloc_array(table->count + 1, sizeof *groups->start);
    groups->row = sg_alloc_array(rows, sizeof *groups->row);
    if (next == NULL || groups->keys == NULL || groups->hashes == NULL || groups->start == NULL ||
        groups->row == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    qsort(table->entry, (size_t)table->count, sizeof *table->entry, compare_entries);
    for (int64_t g = 0; g < table->count; g++) {
        const group_entry *entry = &table->entry[g];

        memcpy(groups->keys + g * groups->columns, entry->key,
               (size_t)groups->columns * sizeof *groups->keys);
        groups->hashes[g] = entry->hash;
        groups->start[g] = sum;
        next[entry->id] = sum;
        sum += entry->rows;
    }
    groups->start[table->count] = sum;
    for (int64_t i = 0; i < rows; i++)
        groups->row[next[id[i]]++] = (int32_t)i;
out:
    sg_free(next);
    return rc;
}

int
sg_groups_find(sg_groups *groups, const segml_key_column *columns, const int32_t *types,
               int64_t count, int64_t rows, segml_error *err)
{
    group_table table = {0};
    int32_t *id = sg_alloc_array(rows, sizeof *id);
    segml_key *key = sg_alloc_array(count, sizeof *key);
    char(*digits)[24] = sg_alloc_array(count, sizeof *digits);
    int rc = SEGML_OK;

    groups->columns = count;
    if (id == NULL || key == NULL || digits == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int64_t i = 0; i < rows && rc == SEGML_OK; i++) {
        for (int64_t c = 0; c < count; c++) {
            segml_key cell = sg_keys_cell(&columns[c], i);

            sg_key_convert(&key[c], &cell, types[c], digits[c]);
        }
        rc = find_or_add(&id[i], &table, groups, key, err);
    }
    if (rc == SEGML_OK)
        rc = deal_rows(groups, &table, id, rows, err);
out:
    sg_free(table.slot);
    sg_free(table.entry);
    sg_free(digits);
    sg_free(key);
    sg_free(id);
    return rc;
}

void
sg_groups_clear(sg_groups *groups)
{
    static const sg_groups empty;

    sg_free(groups->keys);
    sg_free(groups->hashes);
    sg_free(groups->start);
    sg_free(groups->row);
    sg_arena_clear(&groups->arena);
    *groups = empty;
}

int64_t
sg_groups_rows(const sg_groups *groups, int64_t group)
{
    return groups->start[group + 1] - groups->start[group];
}
