/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_ARTIFACT_H
#define SG_PACK_ARTIFACT_H

/* The artifact: members of a tar, each in a zstd frame of its own, and an index. */

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
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL (libarchive or zstd failed)
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

/**
 * Takes one member in scanning.
 *
 * @param path  checked: relative, no "..", unique among the members is the caller's business
 * @return 0 to go on, 1 to stop scanning with success, negative to fail with that status
 */
typedef int (*sg_member_fn)(void *user, const char *path, const unsigned char *content, size_t size,
                            segml_error *err);

/**
 * Reads all members of an artifact in file order, with or without index, also one that a
 * user packed again with tar --zstd. Nothing is trusted: see the caps in artifact.c.
 *
 * @param max_bytes  cap on the unpacked size of all members together
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM; what on_member returned
 */
int sg_artifact_scan(const void *bytes, size_t size, int64_t max_bytes, sg_member_fn on_member,
                     void *user, segml_error *err);

#endif
