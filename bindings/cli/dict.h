/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DICT_H
#define CLI_DICT_H

/* Distinct texts, numbered in the order in which they came, then by bytes. */

#include <stddef.h>
#include <stdint.h>

/* All zero is an empty dictionary. */
typedef struct cli_dict {
    const char **values; /* [count] terminated texts, borrowed */
    size_t *lengths;     /* [count] */
    int64_t count;
    size_t value_capacity, length_capacity;
    uint32_t *slots;     /* open addressing: number + 1, 0 = free */
    size_t slot_count;   /* a power of two, 0 before the first text */
} cli_dict;

/**
 * The number of a text, which is new or was there.
 *
 * @param text    terminated, length bytes, borrowed until cli_dict_clear()
 * @param number  out: in [0, count)
 * @return 0; -1 when memory is out or there are 2^31 texts
 */
int cli_dict_add(cli_dict *dict, const char *text, size_t length, int64_t *number);

/**
 * Sorts the texts by bytes, but for the first ones, which stay. After it no more can be added.
 *
 * @param first  texts that stay
 * @param rank   out [count]: new number of each old number
 * @return 0; -1 when memory is out
 */
int cli_dict_sort(cli_dict *dict, int64_t first, int64_t *rank);

/** Releases everything; the dictionary is empty again. */
void cli_dict_clear(cli_dict *dict);

#endif
