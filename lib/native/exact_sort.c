/* SPDX-License-Identifier: Apache-2.0 */

/*
 * std::sort of libstdc++ in C. XGBoost sorts its columns by value with std::sort
 * (src/data/data.cc, SortRows), and where sums round the order of equal values shows in
 * its trees. That order is no contract of the C++ library, but it has been the same in every
 * release since GCC 4.8: introsort with the median of second, middle and last as the
 * pivot, an end at 16 entries, heap sort below depth 2 * log2(count), and one insertion sort over
 * all.
 *
 * A stable order of our own would be simpler; it gives other trees in about one round of a
 * thousand.
 *
 * Source: libstdc++-v3/include/bits/stl_algo.h (__introsort_loop, __move_median_to_first,
 * __unguarded_partition, __final_insertion_sort) and stl_heap.h (__adjust_heap, __push_heap).
 */

#include "native/exact_sort.h"

#include <string.h>

enum { SMALL = 16 };

static int
below(uint32_t a, uint32_t b)
{
    return a >> 16 < b >> 16;
}

static void
swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Swaps the median of three entries with the first. */
static void
median_to_first(uint32_t *first, uint32_t *a, uint32_t *b, uint32_t *c)
{
    if (below(*a, *b)) {
        if (below(*b, *c))
            swap(first, b);
        else
            swap(first, below(*a, *c) ? c : a);
    } else if (below(*a, *c)) {
        swap(first, a);
    } else {
        swap(first, below(*b, *c) ? c : b);
    }
}

/* Divides by the pivot that stands in front of low; returns the start of the upper part. */
static uint32_t *
partition(uint32_t *low, uint32_t *high, uint32_t pivot)
{
    for (;;) {
        while (below(*low, pivot))
            low++;
        high--;
        while (below(pivot, *high))
            high--;
        if (!(low < high))
            return low;
        swap(low, high);
        low++;
    }
}

/* Lets the hole sink to a leaf along the larger children, then puts the value in from there. */
static void
adjust_heap(uint32_t *heap, int64_t hole, int64_t length, uint32_t value)
{
    int64_t top = hole, child = hole;

    while (child < (length - 1) / 2) {
        child = 2 * (child + 1);
        if (below(heap[child], heap[child - 1]))
            child--;
        heap[hole] = heap[child];
        hole = child;
    }
    if (length % 2 == 0 && child == (length - 2) / 2) {
        child = 2 * child + 1;
        heap[hole] = heap[child];
        hole = child;
    }
    while (hole > top && below(heap[(hole - 1) / 2], value)) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = value;
}

static void
heap_sort(uint32_t *entry, int64_t count)
{
    for (int64_t parent = (count - 2) / 2; count >= 2 && parent >= 0; parent--)
        adjust_heap(entry, parent, count, entry[parent]);
    for (int64_t last = count - 1; last > 0; last--) {
        uint32_t value = entry[last];

        entry[last] = entry[0];
        adjust_heap(entry, 0, last, value);
    }
}

static void
introsort(uint32_t *first, uint32_t *end, int depth)
{
    while (end - first > SMALL) {
        uint32_t *cut;

        if (depth == 0) {
            heap_sort(first, end - first);
            return;
        }
        depth--;
        median_to_first(first, first + 1, first + (end - first) / 2, end - 1);
        cut = partition(first + 1, end, *first);
        introsort(cut, end, depth);
        end = cut;
    }
}

/* Insertion from the right; a value that is below no entry of the start stops it. */
static void
insert_unguarded(uint32_t *place)
{
    uint32_t value = *place;

    while (below(value, place[-1])) {
        *place = place[-1];
        place--;
    }
    *place = value;
}

static void
insertion_sort(uint32_t *entry, int64_t count)
{
    for (int64_t i = 1; i < count; i++) {
        uint32_t value = entry[i];

        if (below(value, entry[0])) {
            memmove(entry + 1, entry, (size_t)i * sizeof *entry);
            entry[0] = value;
        } else {
            insert_unguarded(entry + i);
        }
    }
}

void
sg_exact_sort(uint32_t *entry, int32_t count)
{
    int log = 0;

    if (count < 2)
        return;
    while (count >> (log + 1) != 0)
        log++;
    introsort(entry, entry + count, 2 * log);
    insertion_sort(entry, count < SMALL ? count : SMALL);
    for (int64_t i = SMALL; i < count; i++)
        insert_unguarded(entry + i);
}
