/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_FRAME_H
#define SG_PACK_FRAME_H

/* Tar members in zstd frames: packing one, and reading the tar back as a stream. */

#include "base/buf.h"

/** Number of the skippable frame that holds the index: 0x184D2A50 + 7. */
enum { SG_FRAME_INDEX_MAGIC = 0x184D2A57 };

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

/** Appends the skippable frame of the index. @return SEGML_OK; SEGML_E_NOMEM */
int sg_frame_pack_index(sg_buf *out, const void *index, uint32_t size, segml_error *err);

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

/** Content of the file's last skippable frame numbered as index, met so far; NULL without one. */
const unsigned char *sg_frame_index(const sg_frame_reader *reader, size_t *size);

/** Releases a reader; NULL is allowed. */
void sg_frame_close(sg_frame_reader *reader);

#endif
