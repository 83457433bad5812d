/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writing and scanning artifacts.
 *
 * R1  File: one frame per member in the order given, a frame with the tar's end, the
 *     index as skippable frame. Nothing follows the index.
 * R2  A single member is read in three steps: the frame is copied, since the file may be
 *     mapped and change; its SHA-256 is compared; then it is unpacked. What the index says
 *     about sizes is held against the file's size before anything is allocated.
 * R3  A scan accepts regular files alone and ignores directories, which a user's tar
 *     adds. Links, devices, sparse files, absolute paths, empty, "." and ".."
 *     components, bytes outside printable ASCII and duplicate paths are refused. One
 *     leading "./" is dropped, as tar -C folder . makes it.
 * R4  Caps: members and their path and size by the constants below, unpacked bytes by
 *     the caller and by a ratio (frame.c). Sizes in headers are checked, then what is
 *     really there is counted; memory grows with it, not with the announcement.
 * R5  The file must be whole: the tar's two blocks of zeros after the last member,
 *     only zeros after them, every frame complete, nothing behind the index.
 *     libarchive alone would take a file cut between two members for a whole one.
 *
 * R6  A member has a place of its own if its frame holds its tar entry, one header block
 *     and the content, and nothing else: then the frame can be copied as it is.
 *
 * The tar reader is libarchive's, with no other format and no filter enabled, fed
 * from frame.c; nothing is extracted. Duplicates are found by 128-bit hashes of the
 * paths: two paths made to collide are refused, which harms nobody else.
 */

#include "pack/artifact.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sodium/crypto_hash_sha256.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "pack/frame.h"

enum {
    MEMBERS_MAX = 1 << 22,
    PATH_BYTES_MAX = 255,
    BLOCK = 512,
    TAR_END_BYTES = 1024,
    FIRST_SLOTS = 64
};

void
sg_artifact_digest(unsigned char digest[SG_ARTIFACT_DIGEST], const void *bytes, size_t size)
{
    crypto_hash_sha256(digest, bytes, size);
}

int
sg_packed_make(sg_packed *packed, const char *path, const void *content, size_t size,
               segml_error *err)
{
    if (size > SG_MEMBER_BYTES_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "%s: %zu bytes are more than the limit of %d", path,
                       size, (int)SG_MEMBER_BYTES_MAX);
    packed->path = sg_alloc_text(path, strlen(path));
    if (packed->path == NULL)
        return sg_fail_nomem(err);
    packed->size = (uint32_t)size;
    sg_artifact_digest(packed->digest, content, size);
    return sg_frame_pack(&packed->frame, path, content, size, err);
}

void
sg_packed_clear(sg_packed *packed)
{
    sg_free(packed->path);
    sg_buf_clear(&packed->frame);
    memset(packed, 0, sizeof *packed);
}

int
sg_artifact_to_buf(void *user, const void *bytes, size_t size, segml_error *err)
{
    return sg_buf_append(user, bytes, size, err);
}

static int
write_bytes(sg_artifact_writer *writer, const void *bytes, size_t size, segml_error *err)
{
    int rc = writer->sink(writer->user, bytes, size, err);

    if (rc == SEGML_OK)
        writer->offset += size;
    return rc;
}

int
sg_artifact_put(sg_artifact_writer *writer, const void *frame, size_t packed, size_t size,
                sg_place *place, segml_error *err)
{
    if (size > SG_MEMBER_BYTES_MAX || packed > UINT32_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "a member of %zu bytes, packed %zu, is too large", size,
                       packed);
    place->offset = writer->offset;
    place->packed = (uint32_t)packed;
    place->size = (uint32_t)size;
    sg_artifact_digest(place->digest, frame, packed);
    return write_bytes(writer, frame, packed, err);
}

int
sg_artifact_end(sg_artifact_writer *writer, sg_index_input *input, segml_error *err)
{
    sg_buf bytes = {0};
    int rc = sg_frame_pack_end(&bytes, err);

    if (rc == SEGML_OK)
        rc = write_bytes(writer, bytes.bytes, bytes.size, err);
    bytes.size = 0;
    input->offset = writer->offset;
    if (rc == SEGML_OK)
        rc = sg_index_write(&bytes, input, err);
    if (rc == SEGML_OK)
        rc = write_bytes(writer, bytes.bytes, bytes.size, err);
    sg_buf_clear(&bytes);
    return rc;
}

/* R2: what the index says, against the file. */
static int
check_place(const sg_place *place, size_t size, segml_error *err)
{
    if (place->packed == 0 || place->offset > size || place->packed > size - place->offset)
        return sg_fail(err, SEGML_E_FORMAT, "a member is said to be outside of the file");
    if (place->size > SG_MEMBER_BYTES_MAX ||
        place->size > SG_FRAME_RATIO_FREE + (uint64_t)SG_FRAME_RATIO_MAX * size)
        return sg_fail(err, SEGML_E_LIMIT, "a member is said to unpack to %lu bytes",
                       (unsigned long)place->size);
    return SEGML_OK;
}

int
sg_artifact_read(sg_buf *content, const void *bytes, size_t size, const sg_place *place,
                 segml_error *err)
{
    unsigned char digest[SG_ARTIFACT_DIGEST];
    unsigned char *frame;
    int rc = check_place(place, size, err);

    content->size = 0;
    if (rc < 0)
        return rc;
    frame = sg_alloc_copy((const unsigned char *)bytes + place->offset, place->packed);
    if (frame == NULL)
        return sg_fail_nomem(err);
    sg_artifact_digest(digest, frame, place->packed);
    rc = memcmp(digest, place->digest, sizeof digest) == 0
             ? sg_frame_unpack(content, frame, place->packed, place->size, err)
             : sg_fail(err, SEGML_E_FORMAT,
                       "byte %llu: damaged: the member's frame has another "
                       "digest than the index says",
                       (unsigned long long)place->offset);
    sg_free(frame);
    return rc;
}

/* Paths met so far: open addressing, at most half full; an all-zero slot is free. */
typedef struct path_set {
    sg_hash128 *slots;
    uint64_t mask;
    int64_t count;
} path_set;

typedef struct scan {
    struct archive *archive;
    sg_frame_reader *reader;
    int read_status;      /* of the last read from the reader */
    uint64_t nonzero_end; /* tar bytes up to and including the last that is not 0 */
    uint64_t tar_bytes;
    uint64_t entry_end; /* tar bytes up to the end of the last entry */
    path_set paths;
    const unsigned char *bytes; /* of the file */
    sg_buf content;
    sg_member_fn on_member;
    void *user;
    segml_error *err;
    segml_error read_error;
} scan;

static int
is_free(sg_hash128 slot)
{
    return (slot.low | slot.high) == 0;
}

/* @return 1 if it was there already */
static int
insert_hash(path_set *set, sg_hash128 hash)
{
    uint64_t i = hash.low & set->mask;

    while (!is_free(set->slots[i])) {
        if (sg_hash_compare(set->slots[i], hash) == 0)
            return 1;
        i = (i + 1) & set->mask;
    }
    set->slots[i] = hash;
    return 0;
}

static int
make_paths(path_set *set, uint64_t slots, segml_error *err)
{
    *set = (path_set){sg_alloc_zeroed((int64_t)slots, sizeof *set->slots), slots - 1, 0};
    return set->slots != NULL ? SEGML_OK : sg_fail_nomem(err);
}

static int
grow_paths(path_set *set, segml_error *err)
{
    path_set larger;
    int rc = make_paths(&larger, 2 * (set->mask + 1), err);

    if (rc < 0)
        return rc;
    larger.count = set->count;
    for (uint64_t i = 0; i <= set->mask; i++) {
        if (!is_free(set->slots[i]))
            insert_hash(&larger, set->slots[i]);
    }
    sg_free(set->slots);
    *set = larger;
    return SEGML_OK;
}

static int
add_path(scan *s, const char *path)
{
    path_set *set = &s->paths;
    int rc = SEGML_OK;

    if (set->count >= MEMBERS_MAX)
        return sg_fail(s->err, SEGML_E_LIMIT, "it has more than %d members", (int)MEMBERS_MAX);
    if (2 * (uint64_t)set->count >= set->mask)
        rc = grow_paths(set, s->err);
    if (rc == SEGML_OK && insert_hash(set, sg_hash_128(path, strlen(path))))
        rc = sg_fail(s->err, SEGML_E_FORMAT, "member %s occurs twice", path);
    set->count++;
    return rc;
}

/* What libarchive reads from. */
static la_ssize_t
read_tar(struct archive *archive, void *user, const void **bytes)
{
    scan *s = user;
    const unsigned char *chunk = NULL;
    size_t size = 0;

    s->read_status = sg_frame_read(s->reader, &chunk, &size, &s->read_error);
    if (s->read_status < 0) {
        archive_set_error(archive, EIO, "cannot be unpacked");
        return -1;
    }
    for (size_t i = size; i > 0; i--) {
        if (chunk[i - 1] != 0) {
            s->nonzero_end = s->tar_bytes + i;
            break;
        }
    }
    s->tar_bytes += size;
    *bytes = chunk;
    return (la_ssize_t)size;
}

static int
fail_tar(scan *s)
{
    const char *reason = archive_error_string(s->archive);

    if (s->read_status < 0)
        return sg_fail(s->err, s->read_error.code, "%s", s->read_error.message);
    if (archive_errno(s->archive) == ENOMEM)
        return sg_fail_nomem(s->err);
    return sg_fail(s->err, SEGML_E_FORMAT, "the tar is damaged: %s",
                   reason != NULL ? reason : "unknown reason");
}

/* R3 for the characters and components of a path without its leading "./". */
static int
is_safe_path(const char *path)
{
    const char *component = path;

    if (*path == '\0' || strlen(path) > PATH_BYTES_MAX)
        return 0;
    for (const char *c = path;; c++) {
        if (*c == '/' || *c == '\0') {
            size_t length = (size_t)(c - component);

            if (length == 0 || (length == 1 && component[0] == '.') ||
                (length == 2 && component[0] == '.' && component[1] == '.'))
                return 0;
            component = c + 1;
        }
        if (*c == '\0')
            return 1;
        if (*c < 0x20 || *c > 0x7E)
            return 0;
    }
}

/* A path without its leading "./"; "" for one that cannot be shown in the thread's locale. */
static const char *
entry_path(struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);

    if (path == NULL)
        return "";
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

static int
check_entry(const scan *s, struct archive_entry *entry, const char *path)
{
    const int64_t size = archive_entry_size(entry);

    if (!is_safe_path(path))
        return sg_fail(s->err, SEGML_E_FORMAT, "member path \"%.100s\" is not allowed", path);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL)
        return sg_fail(s->err, SEGML_E_FORMAT, "member %s is not a regular file", path);
    if (archive_entry_sparse_count(entry) > 0)
        return sg_fail(s->err, SEGML_E_FORMAT, "member %s is a sparse file", path);
    if (size < 0 || size > SG_MEMBER_BYTES_MAX)
        return sg_fail(s->err, SEGML_E_LIMIT, "member %s has %lld bytes, the limit is %d", path,
                       (long long)size, (int)SG_MEMBER_BYTES_MAX);
    return SEGML_OK;
}

static int
read_content(scan *s, const char *path, int64_t size)
{
    const void *block;
    size_t length;
    la_int64_t offset; /* not needed: a file with holes has less content than its size */
    int rc = SEGML_OK, status;

    s->content.size = 0;
    while ((status = archive_read_data_block(s->archive, &block, &length, &offset)) == ARCHIVE_OK) {
        rc = sg_buf_append(&s->content, block, length, s->err);
        if (rc < 0)
            return rc;
    }
    if (status != ARCHIVE_EOF)
        return fail_tar(s);
    if ((int64_t)s->content.size != size)
        return sg_fail(s->err, SEGML_E_FORMAT, "member %s has %zu bytes instead of %lld", path,
                       s->content.size, (long long)size);
    return SEGML_OK;
}

/* R6. The reader has not gone on beyond the frame that the content's last bytes came from. */
static void
note_place(const scan *s, sg_member *member)
{
    const sg_frame_span span = sg_frame_current(s->reader);
    const uint64_t entry = BLOCK + (member->size + BLOCK - 1) / BLOCK * BLOCK;

    if (span.begin != (uint64_t)archive_read_header_position(s->archive) ||
        span.unpacked != entry || span.packed > UINT32_MAX || span.packed == 0)
        return;
    member->place.offset = span.offset;
    member->place.packed = (uint32_t)span.packed;
    member->place.size = (uint32_t)member->size;
    sg_artifact_digest(member->place.digest, s->bytes + span.offset, (size_t)span.packed);
}

/* @return 1 if the receiver stopped the scan */
static int
take_file(scan *s, struct archive_entry *entry)
{
    sg_member member = {.path = entry_path(entry)};
    int rc = check_entry(s, entry, member.path);

    if (rc == SEGML_OK)
        rc = add_path(s, member.path);
    if (rc == SEGML_OK)
        rc = read_content(s, member.path, archive_entry_size(entry));
    if (rc < 0)
        return rc;
    member.content = s->content.bytes != NULL ? s->content.bytes : (const unsigned char *)"";
    member.size = s->content.size;
    sg_artifact_digest(member.digest, member.content, member.size);
    note_place(s, &member);
    return s->on_member(s->user, &member, s->err);
}

/* R5 behind the last entry. */
static int
check_end(scan *s)
{
    uint64_t stopped = (uint64_t)archive_filter_bytes(s->archive, 0);
    const void *rest;
    la_ssize_t size;

    do
        size = read_tar(s->archive, s, &rest);
    while (size > 0);
    if (size < 0)
        return fail_tar(s);
    if (stopped < s->entry_end + TAR_END_BYTES)
        return sg_fail(s->err, SEGML_E_FORMAT, "it is truncated: the tar has no end");
    if (s->nonzero_end > stopped)
        return sg_fail(s->err, SEGML_E_FORMAT, "content follows the end of the tar");
    return SEGML_OK;
}

static int
scan_entries(scan *s)
{
    struct archive_entry *entry;
    int rc = SEGML_OK, status = ARCHIVE_OK;

    while (rc == SEGML_OK) {
        status = archive_read_next_header(s->archive, &entry);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            break;
        if (archive_entry_filetype(entry) != AE_IFDIR)
            rc = take_file(s, entry);
        else if (archive_read_data_skip(s->archive) != ARCHIVE_OK)
            rc = fail_tar(s);
        s->entry_end = (uint64_t)archive_filter_bytes(s->archive, 0);
    }
    if (rc != SEGML_OK)
        return rc;
    if (status != ARCHIVE_EOF)
        return fail_tar(s);
    return check_end(s);
}

int
sg_artifact_scan(const void *bytes, size_t size, int64_t max_bytes, sg_member_fn on_member,
                 void *user, segml_error *err)
{
    scan s = {.on_member = on_member, .user = user, .err = err, .bytes = bytes};
    int rc;

    s.content.max = SG_MEMBER_BYTES_MAX;
    rc = make_paths(&s.paths, FIRST_SLOTS, err);
    if (rc == SEGML_OK && size == 0)
        rc = sg_fail(err, SEGML_E_FORMAT, "there are no bytes: it is not an artifact");
    if (rc == SEGML_OK)
        rc = sg_frame_open(&s.reader, bytes, size, max_bytes, err);
    if (rc < 0)
        goto out;
    s.archive = archive_read_new();
    if (s.archive == NULL || archive_read_support_format_tar(s.archive) != ARCHIVE_OK) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    rc = archive_read_open(s.archive, &s, NULL, read_tar, NULL) == ARCHIVE_OK ? scan_entries(&s)
                                                                              : fail_tar(&s);
    rc = rc > 0 ? SEGML_OK : rc;
out:
    if (s.archive != NULL)
        archive_read_free(s.archive);
    sg_buf_clear(&s.content);
    sg_free(s.paths.slots);
    sg_frame_close(s.reader);
    return rc;
}

int
sg_artifact_find_index(const void *bytes, size_t size, uint64_t *offset)
{
    return sg_frame_find_index(bytes, size, offset);
}
