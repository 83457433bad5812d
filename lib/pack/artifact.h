/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_ARTIFACT_H
#define SG_PACK_ARTIFACT_H

/*
 * The artifact: members of a tar, each in a zstd frame of its own, and an index.
 * doc/artifact-format.md is its specification.
 */

#include "base/buf.h"

enum { SG_ARTIFACT_DIGEST = 32 };

/** SHA-256. */
void sg_artifact_digest(unsigned char digest[SG_ARTIFACT_DIGEST], const void *bytes, size_t size);

/** One member, packed: what workers make in parallel and the writer strings together. */
typedef struct sg_packed {
    char *path;                               /* owned */
    sg_buf frame;                             /* a zstd frame that holds the tar entry */
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

/**
 * Strings members together in the order given and ends the file with the index frame.
 *
 * @param out  artifact appended
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL
 */
int sg_artifact_assemble(sg_buf *out, const sg_packed *const *members, int64_t count,
                         segml_error *err);

/** One member as a scan finds it; valid during the call. */
typedef struct sg_member {
    const char *path; /* relative, printable ASCII, without "." and "..", unique in the file */
    const unsigned char *content;
    size_t size;
    unsigned char digest[SG_ARTIFACT_DIGEST]; /* of the content, computed */
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
 * What a scan that was not stopped has delivered is complete: the tar is ended, nothing
 * follows it, and the index, if there is one, has the digest of all members.
 *
 * @param max_bytes  cap on the unpacked size of all members together, at least 1
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM; what on_member returned
 */
int sg_artifact_scan(const void *bytes, size_t size, int64_t max_bytes, sg_member_fn on_member,
                     void *user, segml_error *err);

#endif
