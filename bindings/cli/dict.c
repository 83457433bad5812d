/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A hash table of borrowed texts: FNV-1a, open addressing with linear steps, at most half
 * full. Sorting all cells of a column instead would need no table, but takes twenty times
 * as long on a column of few texts and many rows, which is the usual one.
 */

#include "dict.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

static uint64_t
hash_text(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 32);
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t
find_slot(const cli_dict *dict, const char *text, size_t length)
{
    size_t slot = (size_t)hash_text(text, length) & (dict->slot_count - 1);

    while (dict->slots[slot] != 0) {
        uint32_t number = dict->slots[slot] - 1;

        if (dict->lengths[number] == length && memcmp(dict->values[number], text, length) == 0)
            break;
        slot = (slot + 1) & (dict->slot_count - 1);
    }
    return slot;
}

static int
grow_slots(cli_dict *dict)
{
    size_t count = dict->slot_count == 0 ? 64 : dict->slot_count * 2;
    uint32_t *slots = cli_alloc((int64_t)count, sizeof *slots);

    if (slots == NULL)
        return -1;
    free(dict->slots);
    dict->slots = slots;
    dict->slot_count = count;
    for (int64_t i = 0; i < dict->count; i++)
        slots[find_slot(dict, dict->values[i], dict->lengths[i])] = (uint32_t)i + 1;
    return 0;
}

static int
grow_values(cli_dict *dict)
{
    size_t needed = (size_t)dict->count + 1;
    const char **values =
        cli_grow(dict->values, &dict->value_capacity, needed, sizeof *dict->values);
    size_t *lengths;

    if (values == NULL)
        return -1;
    dict->values = values;
    lengths = cli_grow(dict->lengths, &dict->length_capacity, needed, sizeof *dict->lengths);
    if (lengths == NULL)
        return -1;
    dict->lengths = lengths;
    return 0;
}

int
cli_dict_add(cli_dict *dict, const char *text, size_t length, int64_t *number)
{
    size_t count = (size_t)dict->count;
    size_t slot;

    if (count >= INT32_MAX || (count * 2 >= dict->slot_count && grow_slots(dict) != 0))
        return -1;
    slot = find_slot(dict, text, length);
    if (dict->slots[slot] == 0) {
        if (grow_values(dict) != 0)
            return -1;
        dict->values[count] = text;
        dict->lengths[count] = length;
        dict->slots[slot] = (uint32_t)count + 1;
        dict->count++;
    }
    *number = (int64_t)dict->slots[slot] - 1;
    return 0;
}

typedef struct entry {
    const char *text;
    size_t length;
    int64_t number;
} entry;

static int
compare_entries(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->text, ((const entry *)b)->text);
}

int
cli_dict_sort(cli_dict *dict, int64_t first, int64_t *rank)
{
    entry *entries = cli_alloc(dict->count, sizeof *entries);

    if (entries == NULL)
        return -1;
    for (int64_t i = 0; i < dict->count; i++)
        entries[i] = (entry){dict->values[i], dict->lengths[i], i};
    if (dict->count - first > 1)
        qsort(entries + first, (size_t)(dict->count - first), sizeof *entries, compare_entries);
    for (int64_t i = 0; i < dict->count; i++) {
        dict->values[i] = entries[i].text;
        dict->lengths[i] = entries[i].length;
        rank[entries[i].number] = i;
    }
    free(entries);
    free(dict->slots);
    dict->slots = NULL;
    dict->slot_count = 0;
    return 0;
}

void
cli_dict_clear(cli_dict *dict)
{
    free(dict->slots);
    free(dict->lengths);
    free(dict->values);
    memset(dict, 0, sizeof *dict);
}
