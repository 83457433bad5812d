/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_INDEX_H
#define SG_PACK_INDEX_H

/*
 * The index at an artifact's end: where each member is, and what serving needs of each group,
 * usable as it stands in a memory map. doc/artifact-format.md is its specification.
 *
 * Nothing in it is trusted: its pages are compared with their digests on first use, and every
 * number is checked whenever it is read.
 */

#include <stdatomic.h>

#include "base/buf.h"
#include "base/hash.h"
#include "pack/manifest.h"

enum { SG_INDEX_VERSION = 1, SG_INDEX_PAGE = 16384, SG_MEMBER_BYTES_MAX = 1 << 30 };

/** Where a member is in the file. */
typedef struct sg_place {
    uint64_t offset;                       /* of its zstd frame */
    uint32_t packed;                       /* bytes of the frame; 0 = no such member */
    uint32_t size;                         /* bytes of its content */
    unsigned char digest[SG_DIGEST_BYTES]; /* SHA-256 of the frame */
} sg_place;

/** A member that is no group's model. */
typedef struct sg_index_member {
    const char *path; /* printable ASCII, 1 to 255 bytes */
    sg_place place;
} sg_index_member;

/** What an index is made of. */
typedef struct sg_index_input {
    const sg_manifest *manifest;    /* whole, with groups and parents */
    const sg_index_member *members; /* [member_count] in file order */
    int64_t member_count;
    const sg_place *groups;  /* [manifest's groups]; NULL = all without place */
    const sg_place *parents; /* [manifest's parents]; NULL = all without place */
    uint64_t offset;         /* of the frame that will hold the index: the bytes before it */
} sg_index_input;

/**
 * Appends the skippable frame that holds the index. Same input, same bytes.
 *
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (more than 4 GiB; keys made to collide)
 */
int sg_index_write(sg_buf *out, const sg_index_input *input, segml_error *err);

/** An index that is read. Any number of threads may use it at once. */
typedef struct sg_index {
    const unsigned char *bytes; /* [size] content of the frame; borrowed */
    uint64_t size;
    uint64_t offset; /* of the frame in the file */
    uint64_t file_size; /* 0: of a frame in memory */
    int64_t member_count, group_count, parent_count;
    int64_t key_count; /* key columns */
    int32_t has_codes;
    uint64_t slot_count, heap_size;
    uint64_t pages_at, members_at, groups_at, slots_at, codes_at, heap_at; /* in bytes */
    unsigned char root[SG_DIGEST_BYTES];
    _Atomic uint64_t *verified; /* bit per page; owned */
} sg_index;

/** A group, or behind the groups a parent, as the index knows it. */
typedef struct sg_index_group {
    sg_hash128 hash;
    sg_place place;  /* of its model */
    int32_t columns; /* of its key; of a parent fewer than there are */
    int32_t status;  /* segml_group_status */
    int32_t rounds;
    int64_t rows;
    double threshold;         /* NaN = none of its own */
    const unsigned char *key; /* [key_size] as sg_key_encode() */
    size_t key_size;
} sg_index_group;

/**
 * Looks for the index at a file's end and checks its header and the digests of its pages.
 *
 * @param index  all zero; released with sg_index_close(), also after a failure
 * @param file   [size] borrowed until then
 * @return SEGML_OK; 1 (there is no index: the file must be scanned); SEGML_E_FORMAT;
 *         SEGML_E_UNSUPPORTED (a newer version); SEGML_E_NOMEM
 */
int sg_index_open(sg_index *index, const void *file, size_t size, segml_error *err);

/**
 * The same for a frame that sg_index_write() made in memory, of a file without index; no place in
 * it is looked at.
 */
int sg_index_open_frame(sg_index *index, const void *frame, size_t size, segml_error *err);

/** Releases what it holds; all zero again. */
void sg_index_close(sg_index *index);

/** SHA-256 over the header and the digests of all pages: what a signature signs. */
const unsigned char *sg_index_root(const sg_index *index);

/**
 * Reads an entry.
 *
 * @param number  in [0, group_count + parent_count): groups by key, then parents by number of
 *                columns and key
 * @return SEGML_OK; SEGML_E_FORMAT. Thread-safety: any thread
 */
int sg_index_get(const sg_index *index, int64_t number, sg_index_group *group, segml_error *err);

/**
 * Looks up a canonical key.
 *
 * @param columns  of the key: all, or of a parent fewer
 * @param number   out: of the entry; -1 if there is none
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM (only for long keys). Thread-safety: any thread
 */
int sg_index_find(const sg_index *index, const segml_key *keys, int64_t columns, int64_t *number,
                  sg_index_group *group, segml_error *err);

/**
 * Codes of a group's key in the features that the global model appends.
 *
 * @param codes  out [key_count]; only of an index that has_codes
 * @return SEGML_OK; SEGML_E_FORMAT. Thread-safety: any thread
 */
int sg_index_codes(const sg_index *index, int64_t group, float *codes, segml_error *err);

/**
 * The member of that path, or of that number.
 *
 * @param path    NULL: member number `number`, in file order
 * @param member  out: all zero if there is none; the path is not terminated: length is in *length
 * @return SEGML_OK; SEGML_E_FORMAT. Thread-safety: any thread
 */
int sg_index_member_of(const sg_index *index, const char *path, int64_t number,
                       sg_index_member *member, size_t *length, segml_error *err);

#endif
