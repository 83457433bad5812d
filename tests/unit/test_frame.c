/* SPDX-License-Identifier: Apache-2.0 */

/* pack/frame: R1 to R4 of frame.c. The tar in a frame is read back by libarchive. */

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
    sg_buf frame = {0};

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
    sg_frame_reader *reader = NULL;
    segml_error err = SEGML_ERROR_INIT;
    const unsigned char *chunk = NULL;
    sg_buf file = {0};
    size_t size;

    compress(&file, "hello", 5, 0, 1);
    ck_assert_int_eq(sg_frame_pack_index(&file, "INDEX", 5, NULL), SEGML_OK);
    ck_assert_int_eq(sg_frame_open(&reader, file.bytes, file.size, ANY_SIZE, NULL), SEGML_OK);
    ck_assert_ptr_null(sg_frame_index(reader, &size));
    ck_assert_int_eq(sg_frame_read(reader, &chunk, &size, NULL), SEGML_OK);
    ck_assert_uint_eq(size, 5);
    ck_assert_int_eq(sg_frame_read(reader, &chunk, &size, NULL), SEGML_OK);
    ck_assert_uint_eq(size, 0);
    ck_assert_mem_eq(sg_frame_index(reader, &size), "INDEX", 5);
    ck_assert_uint_eq(size, 5);
    sg_frame_close(reader);

    compress(&file, "more", 4, 0, 1);
    ck_assert_int_eq(read_all(&file, ANY_SIZE, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "content after the index") != NULL, "%s", err.message);
    sg_buf_clear(&file);
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
    tcase_add_test(tc, what_is_no_frame_is_refused_with_its_place);
    tcase_add_test(tc, a_bomb_meets_the_ratio_before_it_fills_memory);
    tcase_add_test(tc, a_window_above_the_limit_is_refused);
    return tc;
}
