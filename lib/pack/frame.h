/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_FRAME_H
#define SG_PACK_FRAME_H

/* Tar members in zstd frames: packing one, unpacking one, and reading the tar as a stream. */

#include "base/buf.h"

/** Number of the skippable frame that holds the index: 0x184D2A50 + 7. */
enum { SG_FRAME_INDEX_MAGIC = 0x184D2A57 };

/** Unpacked to packed bytes of a file, beyond the free ones: what a reader accepts. */
enum { SG_FRAME_RATIO_MAX = 256, SG_FRAME_RATIO_FREE = 1 << 24 };

/**
 * Appends one regular file as tar entry in a zstd frame of its own.
 *
 * @param path  printable ASCII, relative, at most 255 bytes
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL (libarchive or zstd failed)
 *
 * Thread-safety: a pure function.
 */
int sg_frame_pack(sg_buf *out, const char *path, const void *content, size_t size,
                  segml_error *err);

/** Appends the frame that holds the tar's end, two blocks of zeros. @return as sg_frame_pack() */
int sg_frame_pack_end(sg_buf *out, segml_error *err);

/**
 * Unpacks the frame of one member, as sg_frame_pack() makes it: exactly one header block, the
 * content, zeros up to a block.
 *
 * @param content  out: replaced; nothing larger than the tar entry is allocated
 * @param frame    [packed] must not change meanwhile
 * @param size     of the content; the frame must say the same
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM. Thread-safety: a pure function
 */
int sg_frame_unpack(sg_buf *content, const void *frame, size_t packed, size_t size,
                    segml_error *err);

/** Reads the tar out of its frames, chunk by chunk. */
typedef struct sg_frame_reader sg_frame_reader;

/**
 * Begins reading.
 *
 * @param out        released with sg_frame_close(); NULL on failure
 * @param bytes      [size] borrowed until then
 * @param max_bytes  cap on the unpacked bytes
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_frame_open(sg_frame_reader **out, const void *bytes, size_t size, int64_t max_bytes,
                  segml_error *err);

/**
 * Unpacks some more.
 *
 * @param chunk  out: the bytes, valid until the next call; unchanged at the end
 * @param size   out: their number; 0 = the end
 * @return SEGML_OK; SEGML_E_FORMAT (no zstd frame, damaged, truncated); SEGML_E_LIMIT;
 *         SEGML_E_NOMEM
 */
int sg_frame_read(sg_frame_reader *reader, const unsigned char **chunk, size_t *size,
                  segml_error *err);

/** A frame of zstd, as it announces itself; what it holds is checked in reading it. */
typedef struct sg_frame_span {
    uint64_t offset;   /* in the file */
    uint64_t packed;   /* its bytes; 0 = its end was not found */
    uint64_t begin;    /* in the tar */
    uint64_t unpacked; /* bytes of the tar that it holds; UINT64_MAX = it does not say */
} sg_frame_span;

/** The frame that the last chunk came from. */
sg_frame_span sg_frame_current(const sg_frame_reader *reader);

/**
 * Looks for a file's index: the skippable frame of its number, the last of all frames.
 *
 * @param offset  out: where it begins; it goes to the file's end
 * @return 1; 0 if there is none, or something that is no frame
 */
int sg_frame_find_index(const void *bytes, size_t size, uint64_t *offset);

/** Releases a reader; NULL is allowed. */
void sg_frame_close(sg_frame_reader *reader);

#endif
