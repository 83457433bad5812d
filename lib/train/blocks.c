/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Blocks. The checksum covers the kind, and a size that is wrong ends somewhere else, where the
 * checksum does not fit; so nothing in front of a block needs one of its own. A size beyond the
 * end of the file is refused before memory is asked for. A file is read block by block: what is
 * kept of it is at most one.
 */

#include "train/blocks.h"

#include <string.h>

#include "base/append.h"

static void
put_at(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

size_t
sg_block_begin(sg_wire_writer *w, uint32_t kind)
{
    static const unsigned char head[SG_BLOCK_HEAD] = {0};
    size_t start = w->out->size;

    sg_wire_put_bytes(w, head, sizeof head);
    sg_wire_put_number(w, kind);
    return start;
}

void
sg_block_end(sg_wire_writer *w, size_t start)
{
    const unsigned char *payload;
    size_t size;

    if (w->rc < 0)
        return;
    payload = w->out->bytes + start + SG_BLOCK_HEAD;
    size = w->out->size - start - SG_BLOCK_HEAD;
    put_at(w->out->bytes + start, size);
    put_at(w->out->bytes + start + 8, sg_hash_64(payload, size));
}

/* Bytes of the source; the file's go to where the caller says. */
static int
take(const sg_blocks *blocks, uint64_t offset, void *to, size_t size, segml_error *err)
{
    if (blocks->bytes == NULL)
        return sg_append_read_at(blocks->fd, blocks->name, offset, to, size, err);
    memcpy(to, blocks->bytes + offset, size);
    return SEGML_OK;
}

int
sg_blocks_open(sg_blocks *blocks, const char *magic, segml_error *err)
{
    char found[SG_BLOCKS_MAGIC];
    int rc;

    if (blocks->size < sizeof found)
        return 0;
    rc = take(blocks, 0, found, sizeof found, err);
    if (rc < 0)
        return rc;
    blocks->offset = sizeof found;
    return memcmp(found, magic, sizeof found) == 0;
}

static int
fail_damaged(const sg_blocks *blocks, segml_error *err)
{
    return sg_fail(err, SEGML_E_FORMAT, "%s: damaged or cut off at byte %llu", blocks->name,
                   (unsigned long long)blocks->offset);
}

int
sg_blocks_next(sg_blocks *blocks, sg_wire_reader *payload, segml_error *err)
{
    unsigned char head[SG_BLOCK_HEAD];
    sg_wire_reader numbers = {head, sizeof head, 0};
    uint64_t left = blocks->size - blocks->offset, size, hash;
    const unsigned char *bytes;
    int rc = SEGML_OK;

    if (left == 0)
        return 0;
    if (left < sizeof head)
        return fail_damaged(blocks, err);
    rc = take(blocks, blocks->offset, head, sizeof head, err);
    if (rc < 0)
        return rc;
    size = sg_wire_get_long(&numbers);
    hash = sg_wire_get_long(&numbers);
    if (size > left - sizeof head || size < 4)
        return fail_damaged(blocks, err);
    if (blocks->bytes == NULL) {
        blocks->block.size = 0;
        rc = sg_buf_reserve(&blocks->block, (size_t)size, err);
        if (rc == SEGML_OK)
            rc = take(blocks, blocks->offset + sizeof head, blocks->block.bytes, (size_t)size, err);
        if (rc < 0)
            return rc;
        bytes = blocks->block.bytes;
    } else {
        bytes = blocks->bytes + blocks->offset + sizeof head;
    }
    if (sg_hash_64(bytes, (size_t)size) != hash)
        return fail_damaged(blocks, err);
    *payload = (sg_wire_reader){bytes, (size_t)size, 0};
    rc = (int)sg_wire_get_number(payload);
    if (rc <= 0)
        return fail_damaged(blocks, err);
    blocks->offset += sizeof head + size;
    return rc;
}

void
sg_blocks_clear(sg_blocks *blocks)
{
    sg_buf_clear(&blocks->block);
}
