/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_ARTIFACT_H
#define SG_PACK_ARTIFACT_H

/*
 * The artifact: members of a tar, each in a zstd frame of its own, and an index.
 * doc/artifact-format.md is its specification.
 */

#include "base/buf.h"
#include "pack/index.h"

enum { SG_ARTIFACT_DIGEST = 32 };

/** SHA-256. */
void sg_artifact_digest(unsigned char digest[SG_ARTIFACT_DIGEST], const void *bytes, size_t size);

/** One member, packed: what workers make in parallel and the writer strings together. */
typedef struct sg_packed {
    char *path;                               /* owned */
    sg_buf frame;                             /* a zstd frame that holds the tar entry */
    uint32_t size;                            /* of the member's content */
    unsigned char digest[SG_ARTIFACT_DIGEST]; /* of the member's content */
} sg_packed;

/**
 * Packs one member; the same bytes for the same content, always.
 *
 * @param packed  all zero; released with sg_packed_clear(), also after a failure
 * @param path    as sg_artifact_scan() accepts it; for a model, see pack/build.h
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (larger than a reader accepts);
 *         SEGML_E_INTERNAL (libarchive or zstd failed)
 *
 * Thread-safety: a pure function.
 */
int sg_packed_make(sg_packed *packed, const char *path, const void *content, size_t size,
                   segml_error *err);

/** Releases what it holds; it is all zero again. */
void sg_packed_clear(sg_packed *packed);

/** Takes the bytes of an artifact in the making. @return SEGML_OK, or a failure that ends it */
typedef int (*sg_artifact_sink)(void *user, const void *bytes, size_t size, segml_error *err);

/** Appends to the sg_buf that user is: the sink of an artifact in memory. */
int sg_artifact_to_buf(void *user, const void *bytes, size_t size, segml_error *err);

/** An artifact in the making: members one after the other, then the end. */
typedef struct sg_artifact_writer {
    sg_artifact_sink sink;
    void *user;
    uint64_t offset; /* bytes written */
} sg_artifact_writer;

/**
 * Writes one member's frame, new or copied from another artifact.
 *
 * @param size   of the member's content
 * @param place  out: where it is
 * @return SEGML_OK; what the sink returned
 */
int sg_artifact_put(sg_artifact_writer *writer, const void *frame, size_t packed, size_t size,
                    sg_place *place, segml_error *err);

/**
 * Writes the tar's end and the index.
 *
 * @param input  complete but for its offset, which is set
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT; SEGML_E_INTERNAL; what the sink returned
 */
int sg_artifact_end(sg_artifact_writer *writer, sg_index_input *input, segml_error *err);

/**
 * Reads one member where the index says it is: compares the frame's digest before anything
 * unpacks it, and takes the content out of its tar entry.
 *
 * @param content  out: replaced
 * @param bytes    [size] the artifact
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM. Thread-safety: any thread
 */
int sg_artifact_read(sg_buf *content, const void *bytes, size_t size, const sg_place *place,
                     segml_error *err);

/** One member as a scan finds it; valid during the call. */
typedef struct sg_member {
    const char *path; /* relative, printable ASCII, without "." and "..", unique in the file */
    const unsigned char *content;
    size_t size;
    unsigned char digest[SG_ARTIFACT_DIGEST]; /* of the content, computed */
    sg_place place; /* of its frame; packed is 0 where it shares one with other members */
} sg_member;

/**
 * Takes one member in scanning.
 *
 * @return 0 to go on, 1 to stop scanning with success, negative to fail with that status
 */
typedef int (*sg_member_fn)(void *user, const sg_member *member, segml_error *err);

/**
 * Reads all members of an artifact in file order, with or without index, also one that a
 * user packed again with tar --zstd. Nothing is trusted: see the caps in artifact.c.
 *
 * What a scan that was not stopped has delivered is complete: the tar is ended, and nothing but
 * the index follows it. Whether the index, if there is one, is that of the members, the caller
 * finds out: by making it again of what the scan gave.
 *
 * @param max_bytes  cap on the unpacked size of all members together, at least 1
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM; what on_member returned
 */
int sg_artifact_scan(const void *bytes, size_t size, int64_t max_bytes, sg_member_fn on_member,
                     void *user, segml_error *err);

/**
 * The skippable frame that a file's index is in, whatever it holds, of a file that was scanned
 * to its end.
 *
 * @param offset  out: of the frame; the index goes from there to the file's end
 * @return 1; 0 if the file has none
 */
int sg_artifact_find_index(const void *bytes, size_t size, uint64_t *offset);

#endif
