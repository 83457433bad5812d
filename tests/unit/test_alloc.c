/* SPDX-License-Identifier: Apache-2.0 */

/* base/alloc: sizes that cannot be, copies, blocks of no size. */

#include <check.h>
#include <string.h>

#include "base/alloc.h"

START_TEST(a_size_of_zero_gives_a_block_that_can_be_freed)
{
    void *blocks[] = {sg_alloc_array(0, 8), sg_alloc_array(8, 0), sg_alloc_zeroed(0, 8),
                      sg_alloc_resize(NULL, 0, 8), sg_alloc_copy(NULL, 0)};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        ck_assert_ptr_nonnull(blocks[i]);
        sg_free(blocks[i]);
    }
    sg_free(NULL);
}
END_TEST

static const struct {
    int64_t count;
    size_t size;
} impossible[] = {{-1, 1}, {INT64_MIN, 8}, {INT64_MAX, 8}, {INT64_MAX / 4, 8}, {2, SIZE_MAX}};

START_TEST(a_count_that_cannot_be_addressed_gives_null)
{
    int64_t count = impossible[_i].count;
    size_t size = impossible[_i].size;

    ck_assert_ptr_null(sg_alloc_array(count, size));
    ck_assert_ptr_null(sg_alloc_zeroed(count, size));
    ck_assert_ptr_null(sg_alloc_resize(NULL, count, size));
}
END_TEST

START_TEST(a_failed_resize_keeps_the_old_block)
{
    char *block = sg_alloc_copy("kept", 5);

    ck_assert_ptr_nonnull(block);
    ck_assert_ptr_null(sg_alloc_resize(block, -1, 1));
    ck_assert_str_eq(block, "kept");
    block = sg_alloc_resize(block, 100000, 1);
    ck_assert_ptr_nonnull(block);
    ck_assert_str_eq(block, "kept");
    sg_free(block);
}
END_TEST

START_TEST(zeroed_memory_is_zero)
{
    unsigned char *block = sg_alloc_zeroed(1000, 8);

    int others = 0;

    ck_assert_ptr_nonnull(block);
    for (int i = 0; i < 8000; i++)
        others += block[i] != 0;
    ck_assert_int_eq(others, 0);
    sg_free(block);
}
END_TEST

START_TEST(a_text_is_copied_with_a_terminator)
{
    char *text = sg_alloc_text("abcdef", 3), *empty = sg_alloc_text(NULL, 0);

    ck_assert_str_eq(text, "abc");
    ck_assert_str_eq(empty, "");
    sg_free(empty);
    sg_free(text);
}
END_TEST

TCase *
alloc_tests(void)
{
    TCase *tc = tcase_create("alloc");

    tcase_add_test(tc, a_size_of_zero_gives_a_block_that_can_be_freed);
    tcase_add_loop_test(tc, a_count_that_cannot_be_addressed_gives_null, 0,
                        (int)(sizeof impossible / sizeof *impossible));
    tcase_add_test(tc, a_failed_resize_keeps_the_old_block);
    tcase_add_test(tc, zeroed_memory_is_zero);
    tcase_add_test(tc, a_text_is_copied_with_a_terminator);
    return tc;
}
