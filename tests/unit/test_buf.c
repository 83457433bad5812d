/* SPDX-License-Identifier: Apache-2.0 */

/* base/buf: growth, the cap, printing. */

#include <check.h>
#include <string.h>

#include "base/buf.h"

START_TEST(appended_bytes_follow_each_other)
{
    sg_buf buf = {0};

    ck_assert_int_eq(sg_buf_append(&buf, "abc", 3, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_append(&buf, NULL, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_append(&buf, "\0d", 2, NULL), SEGML_OK);
    ck_assert_uint_eq(buf.size, 5);
    ck_assert_mem_eq(buf.bytes, "abc\0d", 5);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(capacity_doubles)
{
    sg_buf buf = {0};
    size_t before = 0;
    int moves = 0, failures = 0;

    for (int i = 0; i < 1000000; i++) {
        unsigned char byte = (unsigned char)(i % 251);

        failures += sg_buf_append(&buf, &byte, 1, NULL) != SEGML_OK;
        if (buf.capacity != before) {
            ck_assert_uint_ge(buf.capacity, 2 * before);
            before = buf.capacity;
            moves++;
        }
    }
    ck_assert_int_eq(failures, 0);
    ck_assert_int_le(moves, 20);
    for (int i = 0; i < 1000000; i += 997)
        ck_assert_int_eq(buf.bytes[i], i % 251);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(a_buffer_can_be_filled_to_its_cap_and_no_further)
{
    sg_buf buf = {.max = 1000};
    segml_error err = SEGML_ERROR_INIT;
    char bytes[1000];

    memset(bytes, 'x', sizeof bytes);
    ck_assert_int_eq(sg_buf_append(&buf, bytes, 999, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_append(&buf, bytes, 1, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_append(&buf, bytes, 1, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "1001 bytes are more than the limit of 1000");
    ck_assert_uint_eq(buf.size, 1000);
    ck_assert_mem_eq(buf.bytes, bytes, 1000);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(the_terminator_does_not_count)
{
    sg_buf buf = {.max = 3}, empty = {0};

    ck_assert_int_eq(sg_buf_append(&buf, "abc", 3, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&buf, NULL), SEGML_OK);
    ck_assert_str_eq((char *)buf.bytes, "abc");
    ck_assert_uint_eq(buf.size, 3);
    ck_assert_int_eq(sg_buf_terminate(&empty, NULL), SEGML_OK);
    ck_assert_str_eq((char *)empty.bytes, "");
    sg_buf_clear(&empty);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(text_can_be_printed_up_to_the_cap)
{
    sg_buf buf = {.max = 8};

    ck_assert_int_eq(sg_buf_print(&buf, NULL, "%s=%d", "abc", 1), SEGML_OK);
    ck_assert_int_eq(sg_buf_print(&buf, NULL, "%03d", 7), SEGML_OK);
    ck_assert_uint_eq(buf.size, 8);
    ck_assert_mem_eq(buf.bytes, "abc=1007", 8);
    ck_assert_int_eq(sg_buf_print(&buf, NULL, "%s", ""), SEGML_OK);
    ck_assert_int_eq(sg_buf_print(&buf, NULL, "%c", 'x'), SEGML_E_LIMIT);
    ck_assert_uint_eq(buf.size, 8);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(printed_text_may_be_long)
{
    sg_buf buf = {0};

    ck_assert_int_eq(sg_buf_print(&buf, NULL, "%5000d", 42), SEGML_OK);
    ck_assert_uint_eq(buf.size, 5000);
    ck_assert_mem_eq(buf.bytes + 4997, " 42", 3);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(more_than_can_be_addressed_is_out_of_memory)
{
    sg_buf buf = {0};
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_buf_append(&buf, "abc", 3, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_reserve(&buf, SIZE_MAX, &err), SEGML_E_NOMEM);
    ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    ck_assert_uint_eq(buf.size, 3);
    ck_assert_mem_eq(buf.bytes, "abc", 3);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(reserved_room_needs_no_move)
{
    static const char part[2469];
    sg_buf buf = {0};
    unsigned char *bytes;

    ck_assert_int_eq(sg_buf_reserve(&buf, 5 * sizeof part, NULL), SEGML_OK);
    ck_assert_uint_eq(buf.size, 0);
    bytes = buf.bytes;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(sg_buf_append(&buf, part, sizeof part, NULL), SEGML_OK);
    ck_assert_ptr_eq(buf.bytes, bytes);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(a_cleared_buffer_is_empty_and_keeps_its_cap)
{
    sg_buf buf = {.max = 4};

    ck_assert_int_eq(sg_buf_append(&buf, "abcd", 4, NULL), SEGML_OK);
    sg_buf_clear(&buf);
    ck_assert_uint_eq(buf.size, 0);
    ck_assert_ptr_null(buf.bytes);
    ck_assert_int_eq(sg_buf_append(&buf, "abcde", 5, NULL), SEGML_E_LIMIT);
    ck_assert_int_eq(sg_buf_append(&buf, "abcd", 4, NULL), SEGML_OK);
    sg_buf_clear(&buf);
}
END_TEST

TCase *
buf_tests(void)
{
    TCase *tc = tcase_create("buf");

    tcase_add_test(tc, appended_bytes_follow_each_other);
    tcase_add_test(tc, capacity_doubles);
    tcase_add_test(tc, a_buffer_can_be_filled_to_its_cap_and_no_further);
    tcase_add_test(tc, the_terminator_does_not_count);
    tcase_add_test(tc, text_can_be_printed_up_to_the_cap);
    tcase_add_test(tc, printed_text_may_be_long);
    tcase_add_test(tc, more_than_can_be_addressed_is_out_of_memory);
    tcase_add_test(tc, reserved_room_needs_no_move);
    tcase_add_test(tc, a_cleared_buffer_is_empty_and_keeps_its_cap);
    return tc;
}
