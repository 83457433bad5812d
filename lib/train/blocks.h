/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_BLOCKS_H
#define SG_TRAIN_BLOCKS_H

/*
 * Blocks with checksums, one after the other: what journals, parts and training.bin are made of.
 *
 *     8 bytes   what the file is: SG_BLOCKS_JOURNAL, ...
 *     blocks    u64 size of the payload, u64 XXH3-64 of it, the payload: u32 kind, content
 *
 * Numbers are little-endian.
 */

#include "train/wire.h"

#define SG_BLOCKS_JOURNAL "SGMLJRN1"
#define SG_BLOCKS_PART "SGMLPRT1"
#define SG_BLOCKS_TRAINING "SGMLTRN1"

enum { SG_BLOCKS_MAGIC = 8, SG_BLOCK_HEAD = 16 };

enum {
    SG_BLOCK_SETTING = 1, /* train/setting.h: the first block */
    SG_BLOCK_UNIT,        /* train/record.h */
    SG_BLOCK_FACTS,       /* train/part.h, as the next ones: of a group's rows */
    SG_BLOCK_PROFILE,     /* of all rows */
    SG_BLOCK_END          /* nothing is missing */
};

/** Begins a block at the end of a buffer. @return where it begins, for sg_block_end() */
size_t sg_block_begin(sg_wire_writer *w, uint32_t kind);

/** Fills in size and checksum of what was written since. */
void sg_block_end(sg_wire_writer *w, size_t start);

/** Where blocks come from: a file's descriptor, or memory. */
typedef struct sg_blocks {
    const unsigned char *bytes; /* [size]; NULL = the file is read */
    int fd;
    const char *name; /* for messages */
    uint64_t size, offset;
    sg_buf block; /* the payload that was read from the file */
} sg_blocks;

/**
 * Reads what the file is; then sg_blocks_next() reads its first block.
 *
 * @param blocks  source and size set, the rest 0; released with sg_blocks_clear()
 * @return 1; 0 = it is something else; SEGML_E_IO
 */
int sg_blocks_open(sg_blocks *blocks, const char *magic, segml_error *err);

/**
 * Reads the next block.
 *
 * @param payload  out: its content, valid until the next call
 * @return its kind; 0 at the end; SEGML_E_FORMAT (damaged or cut off: offset is where it begins);
 *         SEGML_E_IO; SEGML_E_NOMEM
 */
int sg_blocks_next(sg_blocks *blocks, sg_wire_reader *payload, segml_error *err);

/** Releases the block. */
void sg_blocks_clear(sg_blocks *blocks);

#endif
