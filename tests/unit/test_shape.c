/* SPDX-License-Identifier: Apache-2.0 */

/* data/dataset: inputs whose sizes, strides or pointers cannot be. */

#include <check.h>
#include <string.h>

#include "unit/table.h"

enum { ROWS = 4, FEATURES = 3 };

/* A good input that each test changes. */
static float data[ROWS * FEATURES], label[ROWS];
static cells room;
static segml_key_column key;
static segml_dataset_input input;
static segml_error err;

static void
make_input(void)
{
    input = table_input(&room, &key, ROWS, FEATURES, data, label);
    memset(&err, 0, sizeof err);
}

/* Refused with this status and these words, and without a dataset. */
static void
assert_refused(int status, const char *words)
{
    segml_dataset *dataset = (segml_dataset *)&input;

    ck_assert_int_eq(segml_dataset_create(&dataset, &input, &err), status);
    ck_assert_ptr_null(dataset);
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" is not in \"%s\"", words,
                  err.message);
}

START_TEST(nulls_are_refused_and_leave_null)
{
    segml_dataset *dataset = (segml_dataset *)&input;

    ck_assert_int_eq(segml_dataset_create(NULL, &input, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_dataset_create(&dataset, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(dataset);
    input.data = NULL;
    assert_refused(SEGML_E_ARGUMENT, "data is NULL");
    make_input();
    input.label = NULL;
    assert_refused(SEGML_E_ARGUMENT, "label is NULL");
    make_input();
    input.keys = NULL;
    assert_refused(SEGML_E_ARGUMENT, "key");
    make_input();
    key.data = NULL;
    assert_refused(SEGML_E_ARGUMENT, "key");
}
END_TEST

static const struct {
    int64_t rows, features, row_stride, col_stride, keys, classes;
    const char *words;
} shapes[] = {
    {0, 3, 0, 0, 1, 0, "0 rows"},
    {-1, 3, 0, 0, 1, 0, "-1 rows"},
    {4, 0, 0, 0, 1, 0, "0 features"},
    {4, -7, 0, 0, 1, 0, "-7 features"},
    {INT64_C(2147483648), 1, 0, 0, 1, 0, "2147483648"},
    {1, INT64_C(2147483648), 0, 0, 1, 0, "2147483648"},
    {INT64_MAX, INT64_MAX, 0, 0, 1, 0, "9223372036854775807"},
    {INT32_MAX, INT32_MAX, 0, 0, 1, 0, "2147483647"},
    {4, 3, -3, 0, 1, 0, "-3"},
    {4, 3, 0, -1, 1, 0, "-1"},
    {4, 3, INT64_MAX, 1, 1, 0, "9223372036854775807"},
    {4, 3, 3, INT64_MAX / 2, 1, 0, "4611686018427387903"},
    {4, 3, 0, 0, 0, 0, "0 key columns"},
    {4, 3, 0, 0, -1, 0, "-1 key columns"},
    {4, 3, 0, 0, 17, 0, "17 key columns"},
    {4, 3, 0, 0, 1, 2, "class_count (2)"},
};

START_TEST(sizes_that_cannot_be_are_refused_with_their_value)
{
    input.rows = shapes[_i].rows;
    input.features = shapes[_i].features;
    input.row_stride = shapes[_i].row_stride;
    input.col_stride = shapes[_i].col_stride;
    input.key_count = shapes[_i].keys;
    input.class_count = shapes[_i].classes;
    assert_refused(SEGML_E_ARGUMENT, shapes[_i].words);
}
END_TEST

START_TEST(an_input_without_its_size_is_refused)
{
    input.struct_size = 0;
    assert_refused(SEGML_E_ABI, "segml_dataset_input");
}
END_TEST

START_TEST(a_reserved_member_is_refused)
{
    key.reserved = 1;
    assert_refused(SEGML_E_ABI, "key");
    key.reserved = 0;
    key.reserved2[1] = &key;
    assert_refused(SEGML_E_ABI, "key");
}
END_TEST

TCase *
shape_tests(void)
{
    TCase *tc = tcase_create("shape");

    tcase_add_checked_fixture(tc, make_input, NULL);
    tcase_add_test(tc, nulls_are_refused_and_leave_null);
    tcase_add_loop_test(tc, sizes_that_cannot_be_are_refused_with_their_value, 0,
                        (int)(sizeof shapes / sizeof *shapes));
    tcase_add_test(tc, an_input_without_its_size_is_refused);
    tcase_add_test(tc, a_reserved_member_is_refused);
    return tc;
}
