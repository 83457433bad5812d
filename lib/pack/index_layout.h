/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_INDEX_LAYOUT_H
#define SG_PACK_INDEX_LAYOUT_H

/*
 * Where what is in the bytes of an index: doc/artifact-format.md, section 2, for those who
 * write and those who read them. Numbers are composed of bytes, so that neither the byte
 * order of the machine nor the place of the index in a file matters.
 */

#include "pack/index.h"

/* Bytes of the parts. */
enum {
    SG_INDEX_FRAME_HEADER = 8,
    SG_INDEX_HEADER = 128,
    SG_INDEX_MEMBER = 64,
    SG_INDEX_ENTRY = 104,
    SG_INDEX_PLACE = 48,
    SG_INDEX_SLOT = 4,
    SG_INDEX_CODE = 4,
    SG_INDEX_END = 16,
    SG_INDEX_PATH_MAX = 255
};

/* How far from the slot of its hash an entry may stand. */
enum { SG_INDEX_PROBES_MAX = 1023 };

/* In the header. */
enum {
    SG_INDEX_AT_VERSION = 8,
    SG_INDEX_AT_FLAGS = 12,
    SG_INDEX_AT_ROOT = 16,
    SG_INDEX_AT_OFFSET = 48,
    SG_INDEX_AT_SIZE = 56,
    SG_INDEX_AT_MEMBERS = 64,
    SG_INDEX_AT_GROUPS = 72,
    SG_INDEX_AT_PARENTS = 80,
    SG_INDEX_AT_SLOTS = 88,
    SG_INDEX_AT_HEAP = 96,
    SG_INDEX_AT_KEYS = 104,
    SG_INDEX_AT_RESERVED = 108
};

/* In a place. */
enum {
    SG_PLACE_AT_OFFSET = 0,
    SG_PLACE_AT_PACKED = 8,
    SG_PLACE_AT_SIZE = 12,
    SG_PLACE_AT_DIGEST = 16
};

/* In a member. */
enum { SG_MEMBER_AT_PATH = 48, SG_MEMBER_AT_LENGTH = 52, SG_MEMBER_AT_RESERVED = 56 };

/* In an entry: a group, or a parent. */
enum {
    SG_ENTRY_AT_HASH = 0,
    SG_ENTRY_AT_PLACE = 16,
    SG_ENTRY_AT_KEY = 64,
    SG_ENTRY_AT_LENGTH = 72,
    SG_ENTRY_AT_ROUNDS = 76,
    SG_ENTRY_AT_ROWS = 80,
    SG_ENTRY_AT_THRESHOLD = 88,
    SG_ENTRY_AT_STATUS = 96,
    SG_ENTRY_AT_COLUMNS = 97,
    SG_ENTRY_AT_RESERVED = 98
};

enum { SG_INDEX_FLAG_CODES = 1 };

#define SG_INDEX_MAGIC "SEGMLIDX"
#define SG_INDEX_END_MAGIC "SEGMLEND"
#define SG_INDEX_NO_THRESHOLD UINT64_C(0x7FF8000000000000)

static inline uint32_t
sg_index_load32(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static inline uint64_t
sg_index_load64(const unsigned char *from)
{
    return (uint64_t)sg_index_load32(from) | (uint64_t)sg_index_load32(from + 4) << 32;
}

static inline void
sg_index_store32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

static inline void
sg_index_store64(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

/** Bytes of the body: members to heap. */
static inline uint64_t
sg_index_body(const sg_index *index)
{
    return index->heap_at + index->heap_size - index->members_at;
}

/** Bytes of a page. */
static inline size_t
sg_index_page(const sg_index *index, uint64_t page)
{
    uint64_t left = sg_index_body(index) - page * SG_INDEX_PAGE;

    return left < SG_INDEX_PAGE ? (size_t)left : SG_INDEX_PAGE;
}

/** Number of pages. */
static inline uint64_t
sg_index_pages(const sg_index *index)
{
    return (sg_index_body(index) + SG_INDEX_PAGE - 1) / SG_INDEX_PAGE;
}

/**
 * Lays the parts out: number of slots, offsets and size follow from the counts, has_codes and
 * heap_size.
 *
 * @return 1; 0 if the index would be too large for its frame
 */
int sg_index_lay_out(sg_index *index);

/** The root digest, of the header and the digests of the pages that stand in content. */
void sg_index_sum(const sg_index *index, const unsigned char *header, const unsigned char *content,
                  unsigned char root[SG_DIGEST_BYTES]);

#endif
