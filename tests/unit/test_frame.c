/* SPDX-License-Identifier: Apache-2.0 */

/* pack/frame: R1 to R5 of frame.c. The tar in a frame is read back by libarchive. */

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "pack/frame.h"

enum { LARGE = 200000, ANY_SIZE = 1 << 26 };

static const int sizes[] = {0, 1, 511, 512, 513, 1024, LARGE};

/* Bytes that zstd can shorten a little. */
static unsigned char *
make_content(int size)
{
    unsigned char *content = malloc((size_t)size + 1);

    ck_assert_ptr_nonnull(content);
    for (int i = 0; i < size; i++)
        content[i] = (unsigned char)((i * 2654435761u) >> 24 & 15);
    return content;
}

START_TEST(a_frame_holds_one_tar_entry_padded_to_blocks)
{
    const int size = sizes[_i];
    unsigned char *content = make_content(size), *tar = malloc(LARGE + 2048);
    unsigned long long expected = 512 + ((unsigned)size + 511) / 512 * 512;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    sg_buf frame = {0}, unpacked = {0};

    ck_assert_int_eq(sg_frame_pack(&frame, "groups/7/model.ubj", content, (size_t)size, NULL),
                     SEGML_OK);
    ck_assert_uint_eq(ZSTD_getFrameContentSize(frame.bytes, frame.size), expected);
    ck_assert_uint_eq(ZSTD_findFrameCompressedSize(frame.bytes, frame.size), frame.size);
    ck_assert_uint_eq(frame.bytes[4] & 4, 4); /* RFC 8878 3.1.1.1.1: Content_Checksum_flag */
    ck_assert_uint_eq(ZSTD_decompress(tar, LARGE + 2048, frame.bytes, frame.size), expected);

    archive_read_support_format_tar(archive);
    ck_assert_int_eq(archive_read_open_memory(archive, tar, (size_t)expected), ARCHIVE_OK);
    ck_assert_int_eq(archive_read_next_header(archive, &entry), ARCHIVE_OK);
    ck_assert_str_eq(archive_entry_pathname(entry), "groups/7/model.ubj");
    ck_assert_int_eq(archive_entry_mode(entry), AE_IFREG | 0644);
    ck_assert_int_eq(archive_entry_uid(entry), 0);
    ck_assert_int_eq(archive_entry_gid(entry), 0);
    ck_assert_int_eq(archive_entry_mtime(entry), 0);
    ck_assert_int_eq(archive_entry_size(entry), size);
    ck_assert_mem_eq(tar + 512, content, (size_t)size);
    ck_assert_int_eq(sg_frame_unpack(&unpacked, frame.bytes, frame.size, (size_t)size, NULL),
                     SEGML_OK);
    ck_assert_uint_eq(unpacked.size, (size_t)size);
    ck_assert_mem_eq(unpacked.bytes, content, (size_t)size);
    ck_assert_uint_le(unpacked.capacity, expected + 1);
    sg_buf_clear(&unpacked);
    archive_read_free(archive);
    sg_buf_clear(&frame);
    free(tar);
    free(content);
}
END_TEST

START_TEST(the_same_content_gives_the_same_bytes)
{
    unsigned char *content = make_content(LARGE);
    sg_buf first = {0}, second = {0};

    ck_assert_int_eq(sg_frame_pack(&first, "a", content, LARGE, NULL), SEGML_OK);
    ck_assert_int_eq(sg_frame_pack(&second, "a", content, LARGE, NULL), SEGML_OK);
    ck_assert_uint_eq(first.size, second.size);
    ck_assert_mem_eq(first.bytes, second.bytes, first.size);
    ck_assert_uint_lt(first.size, LARGE * 6 / 10);
    sg_buf_clear(&second);
    sg_buf_clear(&first);
    free(content);
}
END_TEST

/* ustar splits a path of up to 255 bytes at a slash; the longest child's has 137. */
START_TEST(long_paths_fit_as_long_as_ustar_can_split_them)
{
    char path[160] = "groups/";
    sg_buf frame = {0};
    segml_error err = SEGML_ERROR_INIT;

    memset(path + 7, 'x', 120);
    strcpy(path + 127, "/model.ubj");
    ck_assert_int_eq(sg_frame_pack(&frame, path, "x", 1, &err), SEGML_OK);
    sg_buf_clear(&frame);
    memset(path, 'x', 130);
    path[130] = '\0';
    ck_assert_int_eq(sg_frame_pack(&frame, path, "x", 1, &err), SEGML_E_INTERNAL);
    ck_assert_uint_eq(frame.size, 0);
    sg_buf_clear(&frame);
}
END_TEST

/* Reads everything; the number of bytes, or a negative status. */
static int64_t
read_all(const sg_buf *file, int64_t max_bytes, segml_error *err)
{
    sg_frame_reader *reader = NULL;
    const unsigned char *chunk;
    int64_t total = 0;
    size_t size;
    int rc = sg_frame_open(&reader, file->bytes, file->size, max_bytes, err);

    ck_assert_int_eq(rc, SEGML_OK);
    do {
        rc = sg_frame_read(reader, &chunk, &size, err);
        total += rc == SEGML_OK ? (int64_t)size : 0;
    } while (rc == SEGML_OK && size > 0);
    sg_frame_close(reader);
    return rc == SEGML_OK ? total : rc;
}

static void
compress(sg_buf *out, const void *bytes, size_t size, int window_log, int with_size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_outBuffer to;
    ZSTD_inBuffer from = {bytes, size, 0};

    ck_assert_int_eq(sg_buf_reserve(out, ZSTD_compressBound(size), NULL), SEGML_OK);
    to = (ZSTD_outBuffer){out->bytes, out->capacity, out->size};
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, with_size);
    if (!with_size)
        ck_assert_uint_ne(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush), 1);
    ck_assert_uint_eq(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0);
    out->size = to.pos;
    ZSTD_freeCCtx(context);
}

START_TEST(frames_and_skippable_frames_are_read_as_one_stream)
{
    const unsigned char skippable[] = {0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    sg_buf file = {0};

    sg_buf_append(&file, skippable, sizeof skippable, NULL);
    compress(&file, "hello", 5, 0, 1);
    compress(&file, "", 0, 0, 1);
    sg_buf_append(&file, skippable, sizeof skippable, NULL);
    compress(&file, "world!", 6, 0, 0);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, NULL), 11);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(the_index_is_found_and_nothing_may_follow_it)
{
    const unsigned char index[] = {0x57, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};
    uint64_t offset;
    size_t begin;

    compress(&file, "hello", 5, 0, 1);
    begin = file.size;
    ck_assert_int_eq(sg_frame_find_index(file.bytes, file.size, &offset), 0);
    sg_buf_append(&file, index, sizeof index, NULL);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, NULL), 5);
    ck_assert_int_eq(sg_frame_find_index(file.bytes, file.size, &offset), 1);
    ck_assert_uint_eq(offset, begin);
    ck_assert_int_eq(sg_frame_find_index(file.bytes, file.size - 1, &offset), 0);

    compress(&file, "more", 4, 0, 1);
    ck_assert_int_eq(sg_frame_find_index(file.bytes, file.size, &offset), 0);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "content after the index") != NULL, "%s", err.message);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_reader_says_which_frame_a_chunk_came_from)
{
    sg_frame_reader *reader = NULL;
    const unsigned char *chunk;
    sg_frame_span span;
    sg_buf file = {0};
    size_t first, size;

    compress(&file, "hello", 5, 0, 1);
    first = file.size;
    compress(&file, "world!", 6, 0, 0);
    ck_assert_int_eq(sg_frame_open(&reader, file.bytes, file.size, ANY_SIZE, NULL), SEGML_OK);
    ck_assert_int_eq(sg_frame_read(reader, &chunk, &size, NULL), SEGML_OK);
    span = sg_frame_current(reader);
    ck_assert_uint_eq(span.offset, 0);
    ck_assert_uint_eq(span.packed, first);
    ck_assert_uint_eq(span.begin, 0);
    ck_assert_uint_eq(span.unpacked, 5);
    ck_assert_int_eq(sg_frame_read(reader, &chunk, &size, NULL), SEGML_OK);
    span = sg_frame_current(reader);
    ck_assert_uint_eq(span.offset, first);
    ck_assert_uint_eq(span.packed, file.size - first);
    ck_assert_uint_eq(span.begin, 5);
    ck_assert_uint_eq(span.unpacked, UINT64_MAX);
    sg_frame_close(reader);
    sg_buf_clear(&file);
}
END_TEST

/* A frame of a tar header, content "hello", zeros, and one byte that is not what it should be. */
static int
unpack_changed(size_t at, unsigned char value, int with_size, segml_error *err)
{
    unsigned char tar[1024] = {0};
    sg_buf frame = {0}, content = {0};
    int rc;

    memcpy(tar, "plain", 5);
    memcpy(tar + 124, "00000000005", 11);
    tar[156] = '0';
    memcpy(tar + 512, "hello", 5);
    tar[at] = value;
    compress(&frame, tar, sizeof tar, 0, with_size);
    rc = sg_frame_unpack(&content, frame.bytes, frame.size, 5, err);
    ck_assert_uint_eq(content.size, rc == SEGML_OK ? 5 : 0);
    sg_buf_clear(&content);
    sg_buf_clear(&frame);
    return rc;
}

START_TEST(only_a_frame_of_one_regular_file_is_unpacked)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(unpack_changed(0, 'x', 1, NULL), SEGML_OK);
    ck_assert_int_eq(unpack_changed(156, '\0', 1, NULL), SEGML_OK); /* as before POSIX */
    ck_assert_int_eq(unpack_changed(124, ' ', 1, NULL), SEGML_OK);
    ck_assert_int_eq(unpack_changed(156, '2', 1, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "that of something else") != NULL, "%s", err.message);
    ck_assert_int_eq(unpack_changed(134, '6', 1, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(unpack_changed(124, '1', 1, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(unpack_changed(517, 'x', 1, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "content follows") != NULL, "%s", err.message);
    ck_assert_int_eq(unpack_changed(1023, 'x', 1, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(unpack_changed(0, 'p', 0, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "not one frame of one member of its size") != NULL, "%s",
                  err.message);
}
END_TEST

static int
unpack_exactly(const void *bytes, size_t packed, size_t size)
{
    unsigned char *copy = malloc(packed + 1);
    sg_buf content = {0};
    int rc;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, packed);
    rc = sg_frame_unpack(&content, copy, packed, size, NULL);
    if (rc == SEGML_OK)
        ck_assert_mem_eq(content.bytes, "hello", 5);
    sg_buf_clear(&content);
    free(copy);
    return rc;
}

START_TEST(a_damaged_member_is_refused_or_unchanged)
{
    sg_buf frame = {0};
    size_t size;

    ck_assert_int_eq(sg_frame_pack(&frame, "a", "hello", 5, NULL), SEGML_OK);
    size = frame.size;
    ck_assert_int_eq(unpack_exactly(frame.bytes, size, 5), SEGML_OK);
    for (size_t other = 0; other < 600; other++)
        ck_assert_int_eq(unpack_exactly(frame.bytes, size, other) == SEGML_OK, other == 5);
    ck_assert_int_eq(unpack_exactly(frame.bytes, size, 1 << 30), SEGML_E_FORMAT);
    for (size_t cut = 0; cut < size; cut++)
        ck_assert_int_eq(unpack_exactly(frame.bytes, cut, 5), SEGML_E_FORMAT);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        int rc;

        frame.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        rc = unpack_exactly(frame.bytes, size, 5);
        ck_assert_msg(rc == SEGML_OK || rc == SEGML_E_FORMAT, "bit %zu: %d", bit, rc);
        frame.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert_int_eq(sg_frame_pack(&frame, "b", "hello", 5, NULL), SEGML_OK);
    ck_assert_int_eq(unpack_exactly(frame.bytes, frame.size, 5), SEGML_E_FORMAT);
    ck_assert_int_eq(unpack_exactly(frame.bytes, size + 1, 5), SEGML_E_FORMAT);
    sg_buf_clear(&frame);
}
END_TEST

START_TEST(what_is_no_frame_is_refused_with_its_place)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};
    size_t good;

    compress(&file, "hello", 5, 0, 1);
    good = file.size;
    sg_buf_append(&file, "xyz", 3, NULL);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "byte 14: no zstd frame begins here");
    file.size = good - 1;
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "byte 13: the last frame is truncated");
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_bomb_meets_the_ratio_before_it_fills_memory)
{
    unsigned char *zeros = calloc(1, 100 << 20);
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};

    ck_assert_ptr_nonnull(zeros);
    compress(&file, zeros, 100 << 20, 0, 1);
    ck_assert_uint_lt(file.size, 10000);
    ck_assert_int_eq(read_all(&file, (int64_t)1 << 34, &err), SEGML_E_LIMIT);
    ck_assert_msg(strstr(err.message, "it unpacks to more than 256 times") != NULL, "%s",
                  err.message);
    ck_assert_int_eq(read_all(&file, 1 << 20, &err), SEGML_E_LIMIT);
    ck_assert_msg(strstr(err.message, "more than 1048576 bytes; allow more max_bytes") != NULL,
                  "%s", err.message);
    sg_buf_clear(&file);
    free(zeros);
}
END_TEST

START_TEST(a_window_above_the_limit_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};

    compress(&file, "hello", 5, 28, 0);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), SEGML_E_LIMIT);
    ck_assert_msg(strstr(err.message, "window") != NULL, "%s", err.message);
    file.size = 0;
    compress(&file, "hello", 5, 27, 0);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), 5);
    sg_buf_clear(&file);
}
END_TEST

TCase *
frame_tests(void)
{
    TCase *tc = tcase_create("frame");

    tcase_add_loop_test(tc, a_frame_holds_one_tar_entry_padded_to_blocks, 0,
                        (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(tc, the_same_content_gives_the_same_bytes);
    tcase_add_test(tc, long_paths_fit_as_long_as_ustar_can_split_them);
    tcase_add_test(tc, frames_and_skippable_frames_are_read_as_one_stream);
    tcase_add_test(tc, the_index_is_found_and_nothing_may_follow_it);
    tcase_add_test(tc, a_reader_says_which_frame_a_chunk_came_from);
    tcase_add_test(tc, only_a_frame_of_one_regular_file_is_unpacked);
    tcase_add_test(tc, a_damaged_member_is_refused_or_unchanged);
    tcase_add_test(tc, what_is_no_frame_is_refused_with_its_place);
    tcase_add_test(tc, a_bomb_meets_the_ratio_before_it_fills_memory);
    tcase_add_test(tc, a_window_above_the_limit_is_refused);
    return tc;
}
