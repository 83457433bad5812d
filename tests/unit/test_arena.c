/* SPDX-License-Identifier: Apache-2.0 */

/* base/arena: aligned, zeroed, apart from each other, released together. */

#include <check.h>
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

enum { THINGS = 3000 };

/* How many bytes differ from a value. */
static int
count_others(const unsigned char *bytes, size_t size, int value)
{
    int others = 0;

    for (size_t i = 0; i < size; i++)
        others += bytes[i] != value;
    return others;
}

START_TEST(memory_is_zeroed_and_aligned_for_any_type)
{
    sg_arena arena = {0};

    for (int i = 0; i < THINGS; i++) {
        size_t size = (size_t)(i * 7 % 53) + 1;
        unsigned char *thing = sg_arena_alloc(&arena, 1, size);

        ck_assert_ptr_nonnull(thing);
        ck_assert_uint_eq((uintptr_t)thing % alignof(max_align_t), 0);
        ck_assert_int_eq(count_others(thing, size, 0), 0);
        memset(thing, 0xAA, size);
    }
    sg_arena_clear(&arena);
}
END_TEST

START_TEST(things_do_not_overlap)
{
    sg_arena arena = {0};
    unsigned char *things[THINGS];

    for (int i = 0; i < THINGS; i++) {
        things[i] = sg_arena_alloc(&arena, i % 97 + 1, 3);
        ck_assert_ptr_nonnull(things[i]);
        memset(things[i], i % 251, (size_t)(i % 97 + 1) * 3);
    }
    for (int i = 0; i < THINGS; i++)
        ck_assert_int_eq(count_others(things[i], (size_t)(i % 97 + 1) * 3, i % 251), 0);
    sg_arena_clear(&arena);
}
END_TEST

START_TEST(a_thing_may_be_larger_than_a_block)
{
    sg_arena arena = {0};
    char *small = sg_arena_text(&arena, "small", 5);
    unsigned char *large = sg_arena_alloc(&arena, 3, 1 << 20);
    char *after = sg_arena_text(&arena, "after", 5);

    ck_assert_ptr_nonnull(large);
    memset(large, 0xFF, 3 << 20);
    ck_assert_str_eq(small, "small");
    ck_assert_str_eq(after, "after");
    sg_arena_clear(&arena);
}
END_TEST

START_TEST(texts_are_terminated_and_may_hold_a_zero)
{
    sg_arena arena = {0};
    char *part = sg_arena_text(&arena, "abcdef", 3);
    char *inner = sg_arena_text(&arena, "a\0b", 3);
    char *empty = sg_arena_text(&arena, NULL, 0);

    ck_assert_str_eq(part, "abc");
    ck_assert_mem_eq(inner, "a\0b", 4);
    ck_assert_str_eq(empty, "");
    sg_arena_clear(&arena);
}
END_TEST

START_TEST(a_count_that_cannot_be_addressed_gives_null)
{
    sg_arena arena = {0};

    ck_assert_ptr_null(sg_arena_alloc(&arena, -1, 8));
    ck_assert_ptr_null(sg_arena_alloc(&arena, INT64_MAX, 8));
    ck_assert_ptr_null(sg_arena_alloc(&arena, 2, SIZE_MAX));
    ck_assert_ptr_null(sg_arena_text(&arena, "", SIZE_MAX));
    sg_arena_clear(&arena);
}
END_TEST

START_TEST(a_cleared_arena_is_empty_and_can_be_used_again)
{
    sg_arena arena = {0};

    sg_arena_clear(&arena);
    ck_assert_ptr_nonnull(sg_arena_alloc(&arena, 10, 10));
    sg_arena_clear(&arena);
    ck_assert_ptr_null(arena.last);
    ck_assert_str_eq(sg_arena_text(&arena, "again", 5), "again");
    sg_arena_clear(&arena);
}
END_TEST

TCase *
arena_tests(void)
{
    TCase *tc = tcase_create("arena");

    tcase_add_test(tc, memory_is_zeroed_and_aligned_for_any_type);
    tcase_add_test(tc, things_do_not_overlap);
    tcase_add_test(tc, a_thing_may_be_larger_than_a_block);
    tcase_add_test(tc, texts_are_terminated_and_may_hold_a_zero);
    tcase_add_test(tc, a_count_that_cannot_be_addressed_gives_null);
    tcase_add_test(tc, a_cleared_arena_is_empty_and_can_be_used_again);
    return tc;
}
