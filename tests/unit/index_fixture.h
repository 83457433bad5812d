/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_FIXTURE_H
#define INDEX_FIXTURE_H

/* Indexes of groups that were never trained: the ones of golden/index_bytes.py, and others. */

#include "pack/index.h"

enum {
    INDEX_OFFSET = 1000, /* of every index's frame */
    INDEX_SMALL_GROUPS = 5,
    INDEX_SMALL_PARENTS = 2,
    INDEX_SMALL_ENTRIES = 7,
    INDEX_LARGE_GROUPS = 400
};

/** What the small index says of its groups and parents. */
typedef struct index_facts {
    int32_t status, rounds;
    int64_t rows;
    double threshold;
    uint64_t offset;
    uint32_t packed, size;
} index_facts;

extern const segml_key index_small_keys[INDEX_SMALL_ENTRIES][2];
extern const index_facts index_small_facts[INDEX_SMALL_ENTRIES];

/** A place with the digest that golden/index_bytes.py makes up. */
sg_place index_place(uint64_t offset, uint32_t packed, uint32_t size);

/** Appends the small index's frame. @return as sg_index_write() */
int index_write_small(sg_buf *out, segml_error *err);

/** Groups of one integer column, all trained. */
typedef struct index_groups {
    segml_key *keys;
    sg_manifest_record *records;
    sg_place *places;
    sg_manifest manifest;
} index_groups;

/** Makes groups with those keys; released with index_clear_groups(). */
void index_make_groups(index_groups *groups, const int64_t *numbers, int64_t count);

/** Releases them. */
void index_clear_groups(index_groups *groups);

/** Appends the frame of an index of groups with those keys. @return as sg_index_write() */
int index_write_groups(sg_buf *out, const int64_t *numbers, int64_t count, segml_error *err);

/** Key of a group of the large index. */
int64_t index_large_number(int64_t i);

/** Appends the large index's frame: four pages. */
void index_write_large(sg_buf *out);

/** What stands in a file before the index, which does not matter to it. */
void index_make_file(sg_buf *file);

/** Files with the small and the large index. */
void index_make_small_file(sg_buf *file);
void index_make_large_file(sg_buf *file);

#endif
