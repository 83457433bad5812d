/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One tar member, one zstd frame.
 *
 * R1  A frame holds a whole tar entry (header, content, padding), so that frames can
 *     be made in parallel, copied unchanged and unpacked alone, and their
 *     concatenation is a tar that `tar --zstd` reads.
 * R2  Content size and checksum are on; level, owner (0), time (0) and mode (0644)
 *     are fixed: the same content gives the same bytes with the same zstd.
 * R3  Reading takes any sequence of zstd and skippable frames, also the single frame
 *     that a user's tar makes. It ends with an error unless the last frame is whole.
 * R4  One member's frame is unpacked at once, into room of exactly its size, if it is one
 *     frame of one tar entry of the size that was promised.
 * R5  Memory is bounded by the window limit and one chunk, unpacked bytes by the
 *     caller's cap and by a ratio to the packed ones, whatever the frames announce.
 *
 * Entries are ustar, which pax restricted is wherever no pax header is needed: paths
 * here are short ASCII. libarchive's pax writer itself was rejected, because it opens
 * an iconv converter for every member. What libarchive writes goes straight into the
 * compressor, without another copy of the content, up to the tar's end, which stands
 * in a frame of its own.
 *
 * Level 9 packs children 5 to 7 % smaller than level 3, at 13 ms of one core per
 * megabyte, which is little beside their training; level 19 saves another 6 % for more
 * than twenty times that.
 *
 * Sources: POSIX.1-2008 pax (ustar interchange format), RFC 8878.
 */

#include "pack/frame.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"

enum {
    LEVEL = 9,
    BLOCK = 512,
    CHUNK_BYTES = 1 << 17,
    WINDOW_LOG_MAX = 27, /* 128 MiB: what zstd -19 and tar --zstd stay below */
    SKIPPABLE_HEADER = 8,
    AT_SIZE = 124, /* in a tar header: octal digits */
    SIZE_BYTES = 12,
    AT_TYPE = 156
};

struct sg_frame_reader {
    ZSTD_DCtx *context;
    const unsigned char *bytes;
    size_t size;
    size_t position;
    uint64_t unpacked;
    uint64_t max_unpacked;
    int max_is_ratio; /* 1: the cap is the ratio's, not the caller's */
    int inside;       /* 1: a frame has begun and not ended */
    int has_index;    /* 1: the index was met */
    sg_frame_span span;
    unsigned char chunk[CHUNK_BYTES];
};

/* A frame in the making: compresses what it is given, up to its size. */
typedef struct frame_sink {
    ZSTD_CCtx *context;
    sg_buf *out;
    size_t left; /* bytes that the frame still takes; more are dropped */
    segml_error *err;
    int rc;
} frame_sink;

static int
fail_zstd(size_t code, segml_error *err)
{
    if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation)
        return sg_fail_nomem(err);
    return sg_fail(err, SEGML_E_INTERNAL, "zstd cannot compress: %s", ZSTD_getErrorName(code));
}

/* Room for the whole frame is made at once, so that compressing only fails if zstd does. */
static int
open_sink(frame_sink *sink, sg_buf *out, size_t size, segml_error *err)
{
    *sink = (frame_sink){.out = out, .left = size, .err = err, .context = ZSTD_createCCtx()};
    if (sink->context == NULL)
        return sg_fail_nomem(err);
    ZSTD_CCtx_setParameter(sink->context, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(sink->context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setPledgedSrcSize(sink->context, size);
    return sg_buf_reserve(out, ZSTD_compressBound(size), err);
}

/* The last byte ends the frame. */
static int
put_bytes(frame_sink *sink, const void *bytes, size_t size)
{
    ZSTD_outBuffer to = {sink->out->bytes, sink->out->capacity, sink->out->size};
    ZSTD_inBuffer from = {bytes, size < sink->left ? size : sink->left, 0};
    ZSTD_EndDirective directive = from.size == sink->left ? ZSTD_e_end : ZSTD_e_continue;
    size_t code = 0;

    if (from.size == 0)
        return SEGML_OK;
    do {
        size_t before = to.pos + from.pos;

        code = ZSTD_compressStream2(sink->context, &to, &from, directive);
        if (ZSTD_isError(code))
            return fail_zstd(code, sink->err);
        if (to.pos + from.pos == before && (from.pos < from.size || code != 0))
            return sg_fail(sink->err, SEGML_E_INTERNAL, "zstd needs more room than it said");
    } while (from.pos < from.size || (directive == ZSTD_e_end && code != 0));
    sink->left -= from.size;
    sink->out->size = to.pos;
    return SEGML_OK;
}

/* What libarchive writes to. */
static la_ssize_t
take_tar(struct archive *archive, void *user, const void *bytes, size_t size)
{
    frame_sink *sink = user;

    sink->rc = put_bytes(sink, bytes, size);
    if (sink->rc < 0) {
        archive_set_error(archive, EIO, "cannot be compressed");
        return -1;
    }
    return (la_ssize_t)size;
}

static struct archive_entry *
make_entry(const char *path, size_t size)
{
    struct archive_entry *entry = archive_entry_new();

    if (entry != NULL) {
        archive_entry_set_pathname(entry, path);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, 0, 0);
        archive_entry_set_size(entry, (la_int64_t)size);
    }
    return entry;
}

static int
write_tar(frame_sink *sink, struct archive *archive, struct archive_entry *entry,
          const void *content)
{
    const la_ssize_t size = (la_ssize_t)archive_entry_size(entry);
    const char *reason;

    /* Not buffered: every write reaches the sink at once. */
    if (archive_write_set_format_ustar(archive) == ARCHIVE_OK &&
        archive_write_add_filter_none(archive) == ARCHIVE_OK &&
        archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
        archive_write_open(archive, sink, NULL, take_tar, NULL) == ARCHIVE_OK &&
        archive_write_header(archive, entry) == ARCHIVE_OK &&
        archive_write_data(archive, content, (size_t)size) == size &&
        archive_write_close(archive) == ARCHIVE_OK && sink->left == 0)
        return SEGML_OK;
    if (sink->rc < 0)
        return sink->rc;
    reason = archive_error_string(archive);
    return sg_fail(sink->err, SEGML_E_INTERNAL, "%s: libarchive cannot write it: %s",
                   archive_entry_pathname(entry), reason != NULL ? reason : "unknown reason");
}

int
sg_frame_pack(sg_buf *out, const char *path, const void *content, size_t size, segml_error *err)
{
    const size_t before = out->size;
    struct archive_entry *entry = NULL;
    struct archive *archive = NULL;
    frame_sink sink;
    int rc = open_sink(&sink, out, BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK, err);

    if (rc < 0)
        goto out;
    archive = archive_write_new();
    entry = make_entry(path, size);
    rc = archive != NULL && entry != NULL ? write_tar(&sink, archive, entry, content)
                                          : sg_fail_nomem(err);
out:
    archive_entry_free(entry);
    if (archive != NULL)
        archive_write_free(archive);
    ZSTD_freeCCtx(sink.context);
    out->size = rc == SEGML_OK ? out->size : before;
    return rc;
}

int
sg_frame_pack_end(sg_buf *out, segml_error *err)
{
    static const unsigned char zeros[2 * BLOCK] = {0};
    frame_sink sink;
    int rc = open_sink(&sink, out, sizeof zeros, err);

    if (rc == SEGML_OK)
        rc = put_bytes(&sink, zeros, sizeof zeros);
    ZSTD_freeCCtx(sink.context);
    return rc;
}

static uint32_t
get_u32(const unsigned char *from)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value |= (uint32_t)from[i] << (8 * i);
    return value;
}

static int
fail_frame(segml_error *err, const char *what)
{
    return sg_fail(err, SEGML_E_FORMAT, "a member's frame is damaged: %s", what);
}

/* Whether a tar header is that of a regular file of so many bytes. */
static int
is_header_of(const unsigned char *header, size_t size)
{
    const unsigned char type = header[AT_TYPE];
    uint64_t value = 0;
    int i = AT_SIZE;

    for (; i < AT_SIZE + SIZE_BYTES && header[i] == ' '; i++)
        ;
    for (; i < AT_SIZE + SIZE_BYTES && header[i] >= '0' && header[i] <= '7'; i++)
        value = value * 8 + (uint64_t)(header[i] - '0');
    return value == size && (type == '0' || type == '\0' || type == '7');
}

/* Takes a member's content out of its tar entry, which is all that the buffer holds. */
static int
take_content(sg_buf *entry, size_t size, segml_error *err)
{
    if (!is_header_of(entry->bytes, size))
        return fail_frame(err, "its tar header is that of something else");
    for (size_t i = BLOCK + size; i < entry->size; i++) {
        if (entry->bytes[i] != 0)
            return fail_frame(err, "content follows the member");
    }
    memmove(entry->bytes, entry->bytes + BLOCK, size);
    entry->size = size;
    return SEGML_OK;
}

int
sg_frame_unpack(sg_buf *content, const void *frame, size_t packed, size_t size, segml_error *err)
{
    const size_t expected = BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    ZSTD_DCtx *context;
    size_t unpacked;
    int rc;

    content->size = 0;
    if (packed < 4 || get_u32(frame) != ZSTD_MAGICNUMBER ||
        ZSTD_findFrameCompressedSize(frame, packed) != packed ||
        ZSTD_getFrameContentSize(frame, packed) != expected)
        return fail_frame(err, "it is not one frame of one member of its size");
    rc = sg_buf_reserve(content, expected, err);
    if (rc < 0)
        return rc;
    context = ZSTD_createDCtx();
    if (context == NULL)
        return sg_fail_nomem(err);
    unpacked = ZSTD_decompressDCtx(context, content->bytes, expected, frame, packed);
    ZSTD_freeDCtx(context);
    if (ZSTD_getErrorCode(unpacked) == ZSTD_error_memory_allocation)
        return sg_fail_nomem(err);
    if (unpacked != expected)
        return fail_frame(err, ZSTD_isError(unpacked) ? ZSTD_getErrorName(unpacked)
                                                      : "it has another size than it says");
    content->size = expected;
    rc = take_content(content, size, err);
    content->size = rc == SEGML_OK ? content->size : 0;
    return rc;
}

int
sg_frame_open(sg_frame_reader **out, const void *bytes, size_t size, int64_t max_bytes,
              segml_error *err)
{
    sg_frame_reader *reader = sg_alloc_zeroed(1, sizeof *reader);
    uint64_t ratio_limit = SG_FRAME_RATIO_FREE + (uint64_t)SG_FRAME_RATIO_MAX * size;

    *out = NULL;
    if (reader == NULL)
        return sg_fail_nomem(err);
    reader->context = ZSTD_createDCtx();
    if (reader->context == NULL) {
        sg_free(reader);
        return sg_fail_nomem(err);
    }
    ZSTD_DCtx_setParameter(reader->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    reader->bytes = bytes;
    reader->size = size;
    reader->max_is_ratio = ratio_limit < (uint64_t)max_bytes;
    reader->max_unpacked = reader->max_is_ratio ? ratio_limit : (uint64_t)max_bytes;
    *out = reader;
    return SEGML_OK;
}

/* A frame begins: what it says about itself, which is found out in reading it. */
static void
note_span(sg_frame_reader *reader)
{
    const unsigned char *at = reader->bytes + reader->position;
    const size_t left = reader->size - reader->position;
    const size_t packed = ZSTD_findFrameCompressedSize(at, left);
    const unsigned long long unpacked = ZSTD_getFrameContentSize(at, left);
    const int is_known = unpacked != ZSTD_CONTENTSIZE_UNKNOWN && unpacked != ZSTD_CONTENTSIZE_ERROR;

    reader->span = (sg_frame_span){.offset = reader->position,
                                   .packed = ZSTD_isError(packed) ? 0 : packed,
                                   .begin = reader->unpacked,
                                   .unpacked = is_known ? unpacked : UINT64_MAX};
}

static const char no_artifact[] = ": it is another kind of file, not an artifact";

/* Skips skippable frames up to the next frame of zstd, or the end. */
static int
find_frame(sg_frame_reader *reader, segml_error *err)
{
    while (reader->position < reader->size) {
        const unsigned char *at = reader->bytes + reader->position;
        size_t left = reader->size - reader->position;
        uint32_t magic = left >= 4 ? get_u32(at) : 0;

        if (reader->has_index)
            return sg_fail(err, SEGML_E_FORMAT, "byte %zu: content after the index",
                           reader->position);
        if (magic == ZSTD_MAGICNUMBER) {
            note_span(reader);
            return SEGML_OK;
        }
        if ((magic & ZSTD_MAGIC_SKIPPABLE_MASK) != ZSTD_MAGIC_SKIPPABLE_START)
            return sg_fail(err, SEGML_E_FORMAT, "byte %zu: no zstd frame begins here%s",
                           reader->position, reader->position == 0 ? no_artifact : "");
        if (left < SKIPPABLE_HEADER || get_u32(at + 4) > left - SKIPPABLE_HEADER)
            return sg_fail(err, SEGML_E_FORMAT, "byte %zu: the frame is truncated",
                           reader->position);
        reader->has_index = magic == SG_FRAME_INDEX_MAGIC;
        reader->position += SKIPPABLE_HEADER + get_u32(at + 4);
    }
    return SEGML_OK;
}

static int
fail_unpack(const sg_frame_reader *reader, size_t code, segml_error *err)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation:
        return sg_fail_nomem(err);
    case ZSTD_error_frameParameter_windowTooLarge:
        return sg_fail(err, SEGML_E_LIMIT, "byte %zu: the frame's window is above 128 MiB",
                       reader->position);
    default:
        return sg_fail(err, SEGML_E_FORMAT, "byte %zu: damaged: %s", reader->position,
                       ZSTD_getErrorName(code));
    }
}

static int
check_unpacked(const sg_frame_reader *reader, segml_error *err)
{
    if (reader->unpacked <= reader->max_unpacked)
        return SEGML_OK;
    if (reader->max_is_ratio)
        return sg_fail(err, SEGML_E_LIMIT, "it unpacks to more than %d times its %zu bytes",
                       (int)SG_FRAME_RATIO_MAX, reader->size);
    return sg_fail(err, SEGML_E_LIMIT, "it unpacks to more than %llu bytes; allow more max_bytes",
                   (unsigned long long)reader->max_unpacked);
}

int
sg_frame_read(sg_frame_reader *reader, const unsigned char **chunk, size_t *size, segml_error *err)
{
    ZSTD_outBuffer to = {reader->chunk, sizeof reader->chunk, 0};
    int rc = SEGML_OK;

    *size = 0;
    while (to.pos == 0 && rc == SEGML_OK) {
        ZSTD_inBuffer from = {reader->bytes, reader->size, 0};
        size_t code;

        rc = reader->inside ? SEGML_OK : find_frame(reader, err);
        if (rc < 0 || (!reader->inside && reader->position == reader->size))
            break;
        from.pos = reader->position;
        code = ZSTD_decompressStream(reader->context, &to, &from);
        if (ZSTD_isError(code))
            return fail_unpack(reader, code, err);
        if (to.pos == 0 && from.pos == reader->position && code != 0)
            return sg_fail(err, SEGML_E_FORMAT, "byte %zu: the last frame is truncated", from.pos);
        reader->position = from.pos;
        reader->inside = code != 0;
        reader->unpacked += to.pos;
        rc = check_unpacked(reader, err);
    }
    if (rc == SEGML_OK) {
        *chunk = reader->chunk;
        *size = to.pos;
    }
    return rc;
}

sg_frame_span
sg_frame_current(const sg_frame_reader *reader)
{
    return reader->span;
}

int
sg_frame_find_index(const void *bytes, size_t size, uint64_t *offset)
{
    const unsigned char *at = bytes;
    size_t position = 0, last = 0;

    while (position < size) {
        size_t packed = ZSTD_findFrameCompressedSize(at + position, size - position);

        if (ZSTD_isError(packed) || packed == 0)
            return 0;
        last = position;
        position += packed;
    }
    *offset = last;
    return size - last >= SKIPPABLE_HEADER && get_u32(at + last) == SG_FRAME_INDEX_MAGIC;
}

void
sg_frame_close(sg_frame_reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDCtx(reader->context);
    sg_free(reader);
}
