/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_SEAL_H
#define INDEX_SEAL_H

/* Makes the digests of a changed index right again, so that a test gets behind them. */

#include <string.h>

#include "pack/artifact.h"

/**
 * Writes the digests of all pages and the root digest into an index in its frame; whatever
 * else is wrong stays so.
 *
 * @param frame  [size] from its magic number to "SEGMLEND"
 */
static inline void
index_seal(uint8_t *frame, size_t size)
{
    enum { FRAME_HEADER = 8, HEADER = 128, ROOT = 16, DIGEST = 32, END = 16, PAGE = 16384 };
    const size_t least = FRAME_HEADER + HEADER + END, step = PAGE + DIGEST;
    const size_t body_and_digests = size < least ? 0 : size - least;
    const size_t pages = (body_and_digests + step - 1) / step;
    uint8_t *content = frame + FRAME_HEADER;
    uint8_t *digests = content + HEADER;

    /* No index has a size at which the last page would be empty or less. */
    if (pages == 0 ? size < least : body_and_digests <= pages * DIGEST + (pages - 1) * PAGE)
        return;
    for (size_t page = 0; page < pages; page++) {
        const uint8_t *begin = digests + pages * DIGEST + page * PAGE;
        size_t left = (size_t)(frame + size - END - begin);

        sg_artifact_digest(digests + page * DIGEST, begin, left < PAGE ? left : PAGE);
    }
    for (size_t i = 0; i < DIGEST; i++)
        content[ROOT + i] = 0;
    sg_artifact_digest(content + ROOT, content, HEADER + pages * DIGEST);
}

/** The same for an index that stands at a file's end. @param file  [size] */
static inline void
index_seal_end(uint8_t *file, size_t size)
{
    uint64_t frame = 0;

    if (size < 16 || memcmp(file + size - 8, "SEGMLEND", 8) != 0)
        return;
    for (size_t i = 0; i < 8; i++)
        frame |= (uint64_t)file[size - 16 + i] << (8 * i);
    if (frame <= size)
        index_seal(file + size - frame, (size_t)frame);
}

#endif
