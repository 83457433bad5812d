/* SPDX-License-Identifier: Apache-2.0 */

/* pack/artifact: R1 to R6 of artifact.c; hostile tars are made by libarchive's writer. */

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "pack/artifact.h"
#include "pack/frame.h"

enum { MEMBERS = 4, ANY_SIZE = 1 << 26, LOG_BYTES = 4096 };

static const struct {
    const char *path, *content;
} members[MEMBERS] = {{"README", "read me"},
                      {"segml.json", "{}"},
                      {"groups.jsonl", ""},
                      {"global/model.ubj", "tree"}};

static void
pack(sg_packed packed[MEMBERS])
{
    for (int i = 0; i < MEMBERS; i++) {
        packed[i] = (sg_packed){0};
        ck_assert_int_eq(sg_packed_make(&packed[i], members[i].path, members[i].content,
                                        strlen(members[i].content), NULL),
                         SEGML_OK);
        ck_assert_uint_eq(packed[i].size, strlen(members[i].content));
    }
}

/* @return what the writer returned */
static int
assemble_to(sg_artifact_writer *writer, sg_place places[MEMBERS], segml_error *err)
{
    static const sg_manifest manifest = {.key_count = 1};
    sg_index_member listed[MEMBERS];
    sg_index_input input = {.manifest = &manifest, .members = listed, .member_count = MEMBERS};
    sg_packed packed[MEMBERS];
    int rc = SEGML_OK;

    pack(packed);
    for (int i = 0; i < MEMBERS && rc == SEGML_OK; i++) {
        rc = sg_artifact_put(writer, packed[i].frame.bytes, packed[i].frame.size, packed[i].size,
                             &places[i], err);
        listed[i] = (sg_index_member){members[i].path, places[i]};
    }
    if (rc == SEGML_OK)
        rc = sg_artifact_end(writer, &input, err);
    for (int i = 0; i < MEMBERS; i++)
        sg_packed_clear(&packed[i]);
    return rc;
}

static void
assemble(sg_buf *out)
{
    sg_artifact_writer writer = {.sink = sg_artifact_to_buf, .user = out};
    sg_place places[MEMBERS];

    ck_assert_int_eq(assemble_to(&writer, places, NULL), SEGML_OK);
    ck_assert_uint_eq(writer.offset, out->size);
}

/* What a scan delivered, as text. */
typedef struct scan_log {
    char text[LOG_BYTES];
    size_t size;
    int stop_after;
    int count;
} scan_log;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    scan_log *log = user;

    if (log->size + member->size + 300 > LOG_BYTES)
        return sg_fail(err, SEGML_E_INTERNAL, "more than was packed");
    log->size += (size_t)snprintf(log->text + log->size, LOG_BYTES - log->size, "%s=%.*s;",
                                  member->path, (int)member->size, (const char *)member->content);
    log->count++;
    return log->count == log->stop_after;
}

static int
scan(scan_log *log, const void *bytes, size_t size, segml_error *err)
{
    memset(log, 0, sizeof *log);
    return sg_artifact_scan(bytes, size, ANY_SIZE, take, log, err);
}

static const char whole[] = "README=read me;segml.json={};groups.jsonl=;global/model.ubj=tree;";

START_TEST(members_come_back_in_order)
{
    scan_log log;
    sg_buf file = {0};

    assemble(&file);
    ck_assert_int_eq(scan(&log, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_str_eq(log.text, whole);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(the_same_members_give_the_same_bytes)
{
    sg_buf first = {0}, second = {0};

    assemble(&first);
    assemble(&second);
    ck_assert_uint_eq(first.size, second.size);
    ck_assert_mem_eq(first.bytes, second.bytes, first.size);
    sg_buf_clear(&second);
    sg_buf_clear(&first);
}
END_TEST

/* FIPS 180-4's example. */
START_TEST(the_digest_is_sha_256)
{
    static const unsigned char expected[SG_ARTIFACT_DIGEST] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
        0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
        0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    unsigned char digest[SG_ARTIFACT_DIGEST];

    sg_artifact_digest(digest, "abc", 3);
    ck_assert_mem_eq(digest, expected, sizeof digest);
}
END_TEST

START_TEST(a_scan_stops_when_it_is_told)
{
    scan_log log = {.stop_after = 2};
    sg_buf file = {0};

    assemble(&file);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, ANY_SIZE, take, &log, NULL), SEGML_OK);
    ck_assert_str_eq(log.text, "README=read me;segml.json={};");
    sg_buf_clear(&file);
}
END_TEST

/* The index alone may be cut off. */
START_TEST(every_truncation_is_detected)
{
    scan_log log;
    sg_buf file = {0};
    uint64_t without_index = 0;

    assemble(&file);
    ck_assert_int_eq(sg_artifact_find_index(file.bytes, file.size, &without_index), 1);
    for (size_t size = 0; size < file.size; size++) {
        segml_error err = SEGML_ERROR_INIT;
        unsigned char *cut = malloc(size + 1); /* so that a sanitizer sees reads beyond the end */
        int rc;

        ck_assert_ptr_nonnull(cut);
        memcpy(cut, file.bytes, size);
        rc = scan(&log, cut, size, &err);
        free(cut);
        if (size == without_index)
            ck_assert_str_eq(log.text, whole);
        ck_assert_msg(rc == (size == without_index ? SEGML_OK : SEGML_E_FORMAT),
                      "%zu of %zu bytes: %d %s", size, file.size, rc, err.message);
    }
    sg_buf_clear(&file);
}
END_TEST

/*
 * Either the scan fails, or it delivers exactly what was packed. The content of the index is
 * for test_index.c.
 */
START_TEST(every_flipped_bit_is_detected_or_harmless)
{
    scan_log log;
    sg_buf file = {0};
    uint64_t index = 0;
    int harmless = 0;

    assemble(&file);
    ck_assert_int_eq(sg_artifact_find_index(file.bytes, file.size, &index), 1);
    for (size_t bit = 0; bit < 8 * file.size; bit++) {
        int rc;

        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        rc = scan(&log, file.bytes, file.size, NULL);
        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (rc == SEGML_OK) {
            ck_assert_msg(strcmp(log.text, whole) == 0, "bit %zu: %s", bit, log.text);
            harmless += bit < 8 * (index + 8);
        } else {
            ck_assert_msg(rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT, "bit %zu: %d", bit, rc);
        }
    }
    /* Bits that RFC 8878 reserves, and the number of the skippable frame: under 1 %. */
    ck_assert_int_gt(harmless, 0);
    ck_assert_uint_lt((size_t)harmless, 8 * index / 100);
    sg_buf_clear(&file);
}
END_TEST

/* Places that a scan reports, in file order. */
typedef struct place_log {
    sg_place places[MEMBERS];
    int count;
} place_log;

static int
take_place(void *user, const sg_member *member, segml_error *err)
{
    place_log *log = user;

    if (log->count == MEMBERS)
        return sg_fail(err, SEGML_E_INTERNAL, "more than was packed");
    log->places[log->count++] = member->place;
    return 0;
}

static void
check_same_place(const sg_place *a, const sg_place *b)
{
    ck_assert_uint_eq(a->offset, b->offset);
    ck_assert_uint_eq(a->packed, b->packed);
    ck_assert_uint_eq(a->size, b->size);
    ck_assert_mem_eq(a->digest, b->digest, SG_DIGEST_BYTES);
}

START_TEST(a_scan_and_the_index_know_the_places_of_the_writer)
{
    sg_place places[MEMBERS];
    place_log log = {.count = 0};
    sg_index index = {0};
    sg_buf file = {0}, content = {0};
    sg_artifact_writer writer = {.sink = sg_artifact_to_buf, .user = &file};

    ck_assert_int_eq(assemble_to(&writer, places, NULL), SEGML_OK);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, ANY_SIZE, take_place, &log, NULL),
                     SEGML_OK);
    ck_assert_int_eq(log.count, MEMBERS);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < MEMBERS; i++) {
        sg_index_member member;
        size_t length;

        check_same_place(&log.places[i], &places[i]);
        ck_assert_int_eq(sg_index_member_of(&index, members[i].path, 0, &member, &length, NULL),
                         SEGML_OK);
        check_same_place(&member.place, &places[i]);
        ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &member.place, NULL),
                         SEGML_OK);
        ck_assert_uint_eq(content.size, strlen(members[i].content));
        ck_assert_mem_eq(content.bytes, members[i].content, content.size);
    }
    sg_index_close(&index);
    sg_buf_clear(&content);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_member_is_only_read_where_it_is)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0}, content = {0};
    sg_artifact_writer writer = {.sink = sg_artifact_to_buf, .user = &file};
    sg_place places[MEMBERS], place;

    ck_assert_int_eq(assemble_to(&writer, places, NULL), SEGML_OK);
    place = places[0];
    place.digest[31] ^= 1;
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "has another digest than the index says") != NULL, "%s",
                  err.message);
    place = places[0];
    place.size++;
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_FORMAT);
    place = places[0];
    place.packed = 0;
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_FORMAT);
    place = places[0];
    place.offset = UINT64_MAX - 4;
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_FORMAT);
    place = places[0];
    place.offset = file.size - place.packed + 1;
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "a member is said to be outside of the file");
    place = places[0];
    place.size = 1 << 30; /* far more than a file of this size may unpack to */
    ck_assert_int_eq(sg_artifact_read(&content, file.bytes, file.size, &place, &err),
                     SEGML_E_LIMIT);
    ck_assert_uint_lt(content.capacity, 2000);
    sg_buf_clear(&content);
    sg_buf_clear(&file);
}
END_TEST

/* Takes some bytes, then the disk is full. */
static int
take_some(void *user, const void *bytes, size_t size, segml_error *err)
{
    size_t *room = user;

    (void)bytes;
    if (size > *room)
        return sg_fail(err, SEGML_E_IO, "no room");
    *room -= size;
    return SEGML_OK;
}

START_TEST(a_failing_sink_ends_the_writing)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_place places[MEMBERS];
    sg_buf file = {0};
    size_t room;

    assemble(&file);
    for (size_t size = 0; size <= file.size; size += file.size / 9) {
        sg_artifact_writer writer = {.sink = take_some, .user = &room};

        room = size;
        ck_assert_int_eq(assemble_to(&writer, places, &err), SEGML_E_IO);
        ck_assert_str_eq(err.message, "no room");
        ck_assert_uint_eq(writer.offset + room, size);
    }
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_member_beyond_the_limits_is_not_written)
{
    sg_artifact_writer writer = {.sink = take_some};
    sg_place place;

    ck_assert_int_eq(sg_artifact_put(&writer, "", 0, ((size_t)1 << 30) + 1, &place, NULL),
                     SEGML_E_LIMIT);
    ck_assert_int_eq(sg_artifact_put(&writer, "", (size_t)1 << 32, 1, &place, NULL), SEGML_E_LIMIT);
}
END_TEST

/* A tar of one entry that somebody else might make. */
typedef struct odd_entry {
    const char *path;
    int type;
    const char *hard_link, *symbolic_link;
    int64_t hole_at; /* more than 0: a sparse file of twice that size */
    int32_t status;
    const char *message;
} odd_entry;

static const odd_entry odd_entries[] = {
    {"plain", AE_IFREG, NULL, NULL, 0, SEGML_OK, ""},
    {"./plain", AE_IFREG, NULL, NULL, 0, SEGML_OK, ""},
    {"a b/~c", AE_IFREG, NULL, NULL, 0, SEGML_OK, ""},
    {"..hidden", AE_IFREG, NULL, NULL, 0, SEGML_OK, ""},
    {"/etc/passwd", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "\"/etc/passwd\" is not allowed"},
    {"../up", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a/../b", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a/..", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a/./b", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"././b", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a//b", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a\nb", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "\"a?b\" is not allowed"},
    {"a\x7F", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "is not allowed"},
    {"a\xC3\xA4", AE_IFREG, NULL, NULL, 0, SEGML_E_FORMAT, "not"},
    {"folder", AE_IFDIR, NULL, NULL, 0, SEGML_OK, ""},
    {"link", AE_IFLNK, NULL, "/etc/passwd", 0, SEGML_E_FORMAT, "link is not a regular file"},
    {"link", AE_IFREG, "plain", NULL, 0, SEGML_E_FORMAT, "link is not a regular file"},
    {"pipe", AE_IFIFO, NULL, NULL, 0, SEGML_E_FORMAT, "pipe is not a regular file"},
    {"device", AE_IFCHR, NULL, NULL, 0, SEGML_E_FORMAT, "device is not a regular file"},
    {"block", AE_IFBLK, NULL, NULL, 0, SEGML_E_FORMAT, "block is not a regular file"},
    {"sparse", AE_IFREG, NULL, NULL, 4096, SEGML_E_FORMAT, "sparse"},
};

static void
write_entry(struct archive *archive, const odd_entry *odd)
{
    static const char zeros[8192];
    struct archive_entry *entry = archive_entry_new();
    int64_t size = odd->hole_at > 0 ? 2 * odd->hole_at : 4;
    int has_content = odd->type == AE_IFREG && odd->hard_link == NULL;

    archive_entry_set_pathname(entry, odd->path);
    archive_entry_set_filetype(entry, (unsigned)odd->type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, has_content ? size : 0);
    if (odd->hard_link != NULL)
        archive_entry_set_hardlink(entry, odd->hard_link);
    if (odd->symbolic_link != NULL)
        archive_entry_set_symlink(entry, odd->symbolic_link);
    if (odd->hole_at > 0)
        archive_entry_sparse_add_entry(entry, odd->hole_at, 4);
    ck_assert_int_ge(archive_write_header(archive, entry), ARCHIVE_WARN);
    if (has_content)
        ck_assert_int_eq(
            archive_write_data(archive, odd->hole_at > 0 ? zeros : "tree", (size_t)size), size);
    archive_entry_free(entry);
}

/* Compresses a tar as one frame, as tar --zstd does. */
static void
compress_tar(sg_buf *file, const void *tar, size_t size)
{
    ck_assert_int_eq(sg_buf_reserve(file, ZSTD_compressBound(size), NULL), SEGML_OK);
    file->size = ZSTD_compress(file->bytes, file->capacity, tar, size, 3);
    ck_assert(!ZSTD_isError(file->size));
}

static int
scan_entries(scan_log *log, const odd_entry *entries, int count, segml_error *err)
{
    struct archive *archive = archive_write_new();
    unsigned char *tar = malloc(1 << 17);
    sg_buf file = {0};
    size_t size;
    int rc;

    ck_assert_ptr_nonnull(tar);
    archive_write_set_format_pax(archive);
    archive_write_set_options(archive, "hdrcharset=BINARY");
    archive_write_add_filter_none(archive);
    ck_assert_int_eq(archive_write_open_memory(archive, tar, 1 << 17, &size), ARCHIVE_OK);
    for (int i = 0; i < count; i++)
        write_entry(archive, &entries[i]);
    ck_assert_int_eq(archive_write_free(archive), ARCHIVE_OK);
    compress_tar(&file, tar, size);
    rc = scan(log, file.bytes, file.size, err);
    sg_buf_clear(&file);
    free(tar);
    return rc;
}

START_TEST(only_regular_files_with_harmless_paths_are_taken)
{
    segml_error err = SEGML_ERROR_INIT;
    scan_log log;

    ck_assert_msg(scan_entries(&log, &odd_entries[_i], 1, &err) == odd_entries[_i].status, "%s: %s",
                  odd_entries[_i].path, err.message);
    ck_assert_msg(strstr(err.message, odd_entries[_i].message) != NULL, "%s", err.message);
    ck_assert_int_eq(log.count,
                     odd_entries[_i].status == SEGML_OK && odd_entries[_i].type == AE_IFREG);
}
END_TEST

START_TEST(a_leading_dot_is_dropped_and_duplicates_are_refused)
{
    const odd_entry twice[] = {odd_entries[0], odd_entries[1]};
    segml_error err = SEGML_ERROR_INIT;
    scan_log log;

    ck_assert_int_eq(scan_entries(&log, &odd_entries[1], 1, &err), SEGML_OK);
    ck_assert_str_eq(log.text, "plain=tree;");
    ck_assert_int_eq(scan_entries(&log, twice, 2, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "member plain occurs twice");
}
END_TEST

/* Frames that begin in the first entry, in the second, and anywhere. */
START_TEST(members_that_share_a_frame_have_no_place)
{
    sg_packed packed[MEMBERS];
    unsigned char *tar = malloc(8192);
    size_t size = 0;

    ck_assert_ptr_nonnull(tar);
    pack(packed);
    for (int i = 0; i < MEMBERS; i++)
        size +=
            ZSTD_decompress(tar + size, 8192 - size, packed[i].frame.bytes, packed[i].frame.size);
    memset(tar + size, 0, 1024);
    size += 1024;
    for (size_t cut = 256; cut < size; cut += 256) {
        place_log log = {.count = 0};
        sg_buf file = {0}, second = {0};

        compress_tar(&file, tar, cut);
        compress_tar(&second, tar + cut, size - cut);
        ck_assert_int_eq(sg_buf_append(&file, second.bytes, second.size, NULL), SEGML_OK);
        ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, ANY_SIZE, take_place, &log, NULL),
                         SEGML_OK);
        /* README takes two blocks: cut behind them, it has a frame of its own. */
        for (int i = 0; i < MEMBERS; i++)
            ck_assert_int_eq(log.places[i].packed > 0, i == 0 && cut == 1024);
        sg_buf_clear(&second);
        sg_buf_clear(&file);
    }
    for (int i = 0; i < MEMBERS; i++)
        sg_packed_clear(&packed[i]);
    free(tar);
}
END_TEST

static int
count_member(void *user, const sg_member *member, segml_error *err)
{
    (void)member;
    (void)err;
    ++*(int *)user;
    return 0;
}

/* The table of paths has grown several times by then. */
START_TEST(a_thousand_members_are_told_apart_from_the_one_that_repeats)
{
    segml_error err = SEGML_ERROR_INIT;
    struct archive *archive = archive_write_new();
    unsigned char *tar = malloc(1 << 21);
    sg_buf file = {0};
    size_t size;
    int count = 0;

    ck_assert_ptr_nonnull(tar);
    archive_write_set_format_ustar(archive);
    archive_write_add_filter_none(archive);
    ck_assert_int_eq(archive_write_open_memory(archive, tar, 1 << 21, &size), ARCHIVE_OK);
    for (int i = 0; i <= 1000; i++) {
        char path[16];
        const odd_entry entry = {.path = path, .type = AE_IFREG};

        snprintf(path, sizeof path, "g/%d", i == 1000 ? 17 : i);
        write_entry(archive, &entry);
    }
    ck_assert_int_eq(archive_write_free(archive), ARCHIVE_OK);
    compress_tar(&file, tar, size);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, ANY_SIZE, count_member, &count, &err),
                     SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "member g/17 occurs twice");
    ck_assert_int_eq(count, 1000);
    sg_buf_clear(&file);
    free(tar);
}
END_TEST

/* Two blocks of ustar by hand: a header that announces a size, and what really follows. */
static int
scan_typed(char type, int64_t announced, size_t real, const char *end, size_t end_size,
           segml_error *err)
{
    unsigned char *tar = calloc(1, 512 + real + end_size);
    unsigned sum = 0;
    scan_log log;
    sg_buf file = {0};
    int rc;

    ck_assert_ptr_nonnull(tar);
    snprintf((char *)tar, 100, "big");
    snprintf((char *)tar + 100, 8, "0000644");
    snprintf((char *)tar + 124, 13, "%012llo", (unsigned long long)announced);
    snprintf((char *)tar + 136, 12, "00000000000");
    memset(tar + 148, ' ', 8);
    tar[156] = (unsigned char)type;
    if (type != '0')
        memcpy(tar + 157, "README", 6);
    memcpy(tar + 257, "ustar\00000", 8);
    for (int i = 0; i < 512; i++)
        sum += tar[i];
    snprintf((char *)tar + 148, 8, "%06o", sum);
    memcpy(tar + 512 + real, end, end_size);
    compress_tar(&file, tar, 512 + real + end_size);
    rc = scan(&log, file.bytes, file.size, err);
    sg_buf_clear(&file);
    free(tar);
    return rc;
}

static int
scan_announced(int64_t announced, size_t real, const char *end, size_t end_size, segml_error *err)
{
    return scan_typed('0', announced, real, end, end_size, err);
}

/* POSIX lets a hard link have content of its own. */
START_TEST(links_with_content_are_refused)
{
    static const char zeros[1024];
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(scan_typed('1', 4, 512, zeros, 1024, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "member big is not a regular file");
    ck_assert_int_eq(scan_typed('2', 4, 512, zeros, 1024, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "member big is not a regular file");
}
END_TEST

START_TEST(sizes_are_checked_against_what_is_there)
{
    static const char zeros[2048];
    static const char followed[1536] = {[1024] = 'x'};
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(scan_announced(4, 512, zeros, 1024, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(scan_announced(4, 512, zeros, 2048, &err), SEGML_OK);
    ck_assert_int_eq(scan_announced(1 << 20, 512, zeros, 1024, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(scan_announced(((int64_t)1 << 30) + 1, 512, zeros, 1024, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "member big has 1073741825 bytes, the limit is 1073741824");
    ck_assert_int_eq(scan_announced(4, 512, zeros, 512, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "it is truncated: the tar has no end");
    ck_assert_int_eq(scan_announced(4, 512, zeros, 0, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(scan_announced(2048, 2048, zeros, 0, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "it is truncated: the tar has no end");
    ck_assert_int_eq(scan_announced(4, 512, followed, 1536, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "content follows the end of the tar");
}
END_TEST

START_TEST(other_formats_are_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    scan_log log;
    sg_buf file = {0};

    compress_tar(&file, "PK\3\4 is not a tar", 17);
    ck_assert_int_eq(scan(&log, file.bytes, file.size, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "the tar is damaged: ") == err.message, "%s", err.message);
    sg_buf_clear(&file);
}
END_TEST

TCase *
artifact_tests(void)
{
    TCase *tc = tcase_create("artifact");

    tcase_add_test(tc, members_come_back_in_order);
    tcase_add_test(tc, the_same_members_give_the_same_bytes);
    tcase_add_test(tc, the_digest_is_sha_256);
    tcase_add_test(tc, a_scan_stops_when_it_is_told);
    tcase_add_test(tc, every_truncation_is_detected);
    tcase_add_test(tc, every_flipped_bit_is_detected_or_harmless);
    tcase_add_test(tc, a_scan_and_the_index_know_the_places_of_the_writer);
    tcase_add_test(tc, a_member_is_only_read_where_it_is);
    tcase_add_test(tc, a_failing_sink_ends_the_writing);
    tcase_add_test(tc, a_member_beyond_the_limits_is_not_written);
    tcase_add_test(tc, members_that_share_a_frame_have_no_place);
    tcase_add_loop_test(tc, only_regular_files_with_harmless_paths_are_taken, 0,
                        (int)(sizeof odd_entries / sizeof *odd_entries));
    tcase_add_test(tc, a_leading_dot_is_dropped_and_duplicates_are_refused);
    tcase_add_test(tc, a_thousand_members_are_told_apart_from_the_one_that_repeats);
    tcase_add_test(tc, links_with_content_are_refused);
    tcase_add_test(tc, sizes_are_checked_against_what_is_there);
    tcase_add_test(tc, other_formats_are_refused);
    tcase_set_timeout(tc, 120);
    return tc;
}
