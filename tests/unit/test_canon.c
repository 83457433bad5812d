/* SPDX-License-Identifier: Apache-2.0 */

/* data/canon: R1 to R3 of canon.c. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "data/canon.h"
#include "unit/table.h"

enum { ROWS = 6, FEATURES = 3 };

/* The table of tests/golden/canon_hash.py. Rows 0 and 4 are equal. */
static const char *const colours[3] = {"red", "green", "blue"};
static const char *const classes[3] = {"no", "perhaps", "yes"};
static const int32_t types[FEATURES] = {SEGML_FEATURE_NUMERIC, SEGML_FEATURE_CATEGORICAL,
                                        SEGML_FEATURE_CATEGORICAL};
static const segml_dictionary colour_dictionary[FEATURES] = {{NULL, 0}, {colours, 3}, {NULL, 0}};

static float data[ROWS * FEATURES], label[ROWS], weight[ROWS];
static cells room;
static segml_key_column key;
static segml_dataset_input input;

static void
make_input(void)
{
    const float nan = (float)NAN;
    const float cell[ROWS * FEATURES] = {1.5f,  0,   4, -0.0f, 2, 0, nan,    1, nan,
                                         3.25f, nan, 1, 1.5f,  0, 4, -1e30f, 2, 2};
    const float labels[ROWS] = {1, 0, 2, 0, 1, 2};
    const float weights[ROWS] = {1, 0, 2.5f, 1, 1, 0.125f};

    memcpy(data, cell, sizeof data);
    memcpy(label, labels, sizeof label);
    memcpy(weight, weights, sizeof weight);
    input = table_input(&room, &key, ROWS, FEATURES, data, label);
    input.weight = weight;
    input.feature_types = types;
    input.dictionaries = colour_dictionary;
}

/* Canonical order of the input's rows, and their content. */
static sg_hash128
sort_rows(int32_t order[ROWS])
{
    segml_dataset *dataset = table_dataset(&input);
    sg_hash128 content;

    for (int32_t i = 0; i < ROWS; i++)
        order[i] = i;
    ck_assert_int_eq(sg_canon_sort(dataset, order, ROWS, &content, NULL), SEGML_OK);
    segml_dataset_free(dataset);
    return content;
}

static void
assert_sorted(const int32_t expected[ROWS], const char *expected_content)
{
    int32_t order[ROWS];
    char hex[33];

    sg_hash_hex(hex, sort_rows(order));
    ck_assert_str_eq(hex, expected_content);
    ck_assert_mem_eq(order, expected, sizeof order);
}

static const int32_t recorded_order[ROWS] = {3, 1, 2, 5, 0, 4};
static const char recorded_content[] = "cd95cbfb4ef2f5ccda515c72a5fb6bb8";

START_TEST(order_and_content_are_the_recorded_ones)
{
    assert_sorted(recorded_order, recorded_content);
}
END_TEST

START_TEST(classes_count_by_their_text_and_missing_weights_as_one)
{
    static const int32_t expected[ROWS] = {3, 0, 4, 2, 5, 1};

    input.class_names = classes;
    input.class_count = 3;
    input.weight = NULL;
    assert_sorted(expected, "284060474f5edf73acdb9b1567c2b448");
    for (int i = 0; i < ROWS; i++)
        weight[i] = 1.0f;
    input.weight = weight;
    assert_sorted(expected, "284060474f5edf73acdb9b1567c2b448");
}
END_TEST

/* Row numbers change with the order, contents do not; equal rows keep the caller's order. */
START_TEST(content_does_not_depend_on_the_order_of_rows)
{
    static const int32_t shuffles[3][ROWS] = {
        {5, 4, 3, 2, 1, 0}, {2, 0, 1, 5, 3, 4}, {1, 2, 3, 4, 5, 0}};
    float new_data[ROWS * FEATURES], new_label[ROWS], new_weight[ROWS];
    int32_t order[ROWS];
    char hex[33];

    for (int i = 0; i < ROWS; i++) {
        int32_t from = shuffles[_i][i];

        memcpy(new_data + FEATURES * i, data + FEATURES * from, FEATURES * sizeof *data);
        new_label[i] = label[from];
        new_weight[i] = weight[from];
    }
    input.data = new_data;
    input.label = new_label;
    input.weight = new_weight;
    sg_hash_hex(hex, sort_rows(order));
    ck_assert_str_eq(hex, recorded_content);
    for (int i = 0; i < ROWS; i++) {
        int32_t here = shuffles[_i][order[i]], expected = recorded_order[i];

        ck_assert_int_eq(here == 4 ? 0 : here, expected == 4 ? 0 : expected);
        if (i > 0 && (here == 4 || here == 0) && shuffles[_i][order[i - 1]] % 4 == 0)
            ck_assert_int_lt(order[i - 1], order[i]);
    }
}
END_TEST

START_TEST(content_does_not_depend_on_the_codes_of_texts)
{
    static const char *const other_colours[5] = {"blue", "amber", "red", "white", "green"};
    static const segml_dictionary other[FEATURES] = {{NULL, 0}, {other_colours, 5}, {NULL, 0}};
    static const float new_code[3] = {2, 4, 0};

    for (int i = 0; i < ROWS; i++) {
        float *code = &data[FEATURES * i + 1];

        *code = isnan(*code) ? *code : new_code[(int)*code];
    }
    input.dictionaries = other;
    assert_sorted(recorded_order, recorded_content);
}
END_TEST

START_TEST(content_does_not_depend_on_the_codes_of_classes)
{
    static const char *const other_classes[3] = {"yes", "no", "perhaps"};
    static const float new_code[3] = {1, 2, 0};
    int32_t before[ROWS], after[ROWS];
    sg_hash128 content;

    input.class_names = classes;
    input.class_count = 3;
    content = sort_rows(before);
    for (int i = 0; i < ROWS; i++)
        label[i] = new_code[(int)label[i]];
    input.class_names = other_classes;
    ck_assert_int_eq(sg_hash_compare(sort_rows(after), content), 0);
    ck_assert_mem_eq(after, before, sizeof after);
}
END_TEST

START_TEST(there_is_one_nan_and_one_zero)
{
    static const uint32_t other_nan = 0xFFC12345;

    data[FEATURES] = 0.0f;      /* was -0 */
    data[FEATURES + 2] = -0.0f; /* was 0 */
    memcpy(&data[2 * FEATURES], &other_nan, sizeof other_nan);
    label[1] = -0.0f;
    weight[1] = -0.0f;
    assert_sorted(recorded_order, recorded_content);
}
END_TEST

START_TEST(every_cell_label_and_weight_counts)
{
    int32_t order[ROWS];
    sg_hash128 content = sort_rows(order);

    for (int k = 0; k < ROWS * (FEATURES + 2); k++) {
        make_input();
        if (k < ROWS * FEATURES)
            data[k] = k % FEATURES == 0 ? 77.0f : data[k] == 1.0f ? 0.0f : 1.0f;
        else if (k < ROWS * FEATURES + ROWS)
            label[k - ROWS * FEATURES] = 77.0f;
        else
            weight[k - ROWS * FEATURES - ROWS] = 77.0f;
        ck_assert_msg(sg_hash_compare(sort_rows(order), content) != 0, "change %d", k);
    }
}
END_TEST

/* The folds, customers and times of tests/golden/canon_hash.py. */
START_TEST(folds_count_where_they_are_given)
{
    static const int32_t fold[ROWS] = {1, 0, 1, 0, 0, 1};
    static const int32_t expected[ROWS] = {2, 5, 0, 1, 3, 4};

    input.fold = fold;
    assert_sorted(expected, "82c41730c07afed86bc7e0155925d8e2");
}
END_TEST

START_TEST(values_of_the_fold_group_count)
{
    static cells customers;
    static const int64_t customer[ROWS] = {-3, 12, INT64_MIN, 12, 12, 7};
    static const int32_t expected[ROWS] = {3, 0, 2, 5, 4, 1};
    const segml_key_column column = table_integers(&customers, customer, ROWS);

    input.fold_group = &column;
    assert_sorted(expected, "522be0008ece6f4f0079069bd8b77598");
}
END_TEST

START_TEST(time_comes_before_content)
{
    static const double time[ROWS] = {2.5, -0.0, 1e9, 0.0, -7.25, 2.5};
    static const int32_t expected[ROWS] = {4, 3, 1, 5, 0, 2};

    input.time = time;
    assert_sorted(expected, "a69295c1a1ac5c96cddffb25232fa8c5");
}
END_TEST

START_TEST(times_counted_from_another_day_give_the_same_order_but_not_the_same_content)
{
    static const double time[2][ROWS] = {{3, 1, 1, 2, 3, 1}, {103, 101, 101, 102, 103, 101}};
    int32_t order[2][ROWS];
    sg_hash128 content[2];

    for (int k = 0; k < 2; k++) {
        input.time = time[k];
        content[k] = sort_rows(order[k]);
    }
    ck_assert_mem_eq(order[0], order[1], sizeof order[0]);
    ck_assert_int_ne(sg_hash_compare(content[0], content[1]), 0);
}
END_TEST

START_TEST(a_part_of_the_rows_can_be_sorted)
{
    segml_dataset *dataset = table_dataset(&input);
    int32_t some[3] = {5, 1, 3}, same[3] = {3, 5, 1};
    sg_hash128 content, again;

    ck_assert_int_eq(sg_canon_sort(dataset, some, 3, &content, NULL), SEGML_OK);
    ck_assert_int_eq(sg_canon_sort(dataset, same, 3, &again, NULL), SEGML_OK);
    ck_assert_mem_eq(some, same, sizeof some);
    ck_assert_int_eq(some[0] + some[1] + some[2], 9);
    ck_assert_int_eq(sg_hash_compare(content, again), 0);
    segml_dataset_free(dataset);
}
END_TEST

TCase *
canon_tests(void)
{
    TCase *tc = tcase_create("canon");

    tcase_add_checked_fixture(tc, make_input, NULL);
    tcase_add_test(tc, order_and_content_are_the_recorded_ones);
    tcase_add_test(tc, classes_count_by_their_text_and_missing_weights_as_one);
    tcase_add_loop_test(tc, content_does_not_depend_on_the_order_of_rows, 0, 3);
    tcase_add_test(tc, content_does_not_depend_on_the_codes_of_texts);
    tcase_add_test(tc, content_does_not_depend_on_the_codes_of_classes);
    tcase_add_test(tc, there_is_one_nan_and_one_zero);
    tcase_add_test(tc, every_cell_label_and_weight_counts);
    tcase_add_test(tc, folds_count_where_they_are_given);
    tcase_add_test(tc, values_of_the_fold_group_count);
    tcase_add_test(tc, time_comes_before_content);
    tcase_add_test(tc, times_counted_from_another_day_give_the_same_order_but_not_the_same_content);
    tcase_add_test(tc, a_part_of_the_rows_can_be_sorted);
    return tc;
}
