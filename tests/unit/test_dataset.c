/* SPDX-License-Identifier: Apache-2.0 */

/* data/dataset: what is accepted and borrowed, bad names, cells and labels. Sizes: test_shape.c. */

#include <check.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "data/dataset.h"
#include "unit/numeric_locale.h"
#include "unit/table.h"

enum { ROWS = 4, FEATURES = 3 };

/* A good input that each test changes. */
static float data[ROWS * FEATURES], label[ROWS], weight[ROWS];
static cells room;
static segml_key_column key;
static segml_dataset_input input;
static segml_error err;

static void
make_input(void)
{
    for (int i = 0; i < ROWS * FEATURES; i++)
        data[i] = (float)i;
    for (int i = 0; i < ROWS; i++) {
        label[i] = (float)(i % 2);
        weight[i] = 1.0f;
    }
    input = table_input(&room, &key, ROWS, FEATURES, data, label);
    input.weight = weight;
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

START_TEST(a_good_input_makes_a_dataset)
{
    segml_dataset *dataset = table_dataset(&input);

    ck_assert_int_eq(segml_dataset_rows(dataset), ROWS);
    ck_assert_int_eq(segml_dataset_groups(dataset), 1);
    ck_assert_int_eq(segml_dataset_group_rows(dataset, 0), ROWS);
    ck_assert_int_eq(segml_dataset_key_type(dataset, 0), SEGML_KEY_INT64);
    ck_assert_str_eq(dataset->feature[0].name, "f0");
    ck_assert_str_eq(dataset->feature[2].name, "f2");
    ck_assert_int_eq(dataset->feature[0].type, SEGML_FEATURE_NUMERIC);
    ck_assert_str_eq(dataset->key_name[0], "key");
    ck_assert_str_eq(dataset->label_name, "label");
    for (int i = 0; i < ROWS * FEATURES; i++)
        ck_assert_float_eq(sg_dataset_cell(dataset, i / FEATURES, i % FEATURES), (float)i);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(what_does_not_exist_is_zero)
{
    segml_dataset *dataset = table_dataset(&input);

    ck_assert_int_eq(segml_dataset_group_rows(dataset, 1), 0);
    ck_assert_int_eq(segml_dataset_group_rows(dataset, -1), 0);
    ck_assert_int_eq(segml_dataset_key_type(dataset, 1), SEGML_KEY_NULL);
    ck_assert_int_eq(segml_dataset_key_type(dataset, -1), SEGML_KEY_NULL);
    segml_dataset_free(dataset);
    segml_dataset_free(NULL);
}
END_TEST

START_TEST(strides_find_columns_and_parts_of_larger_matrices)
{
    segml_dataset *dataset;

    input.row_stride = 1; /* column by column */
    input.col_stride = ROWS;
    dataset = table_dataset(&input);
    ck_assert_float_eq(sg_dataset_cell(dataset, 3, 0), 3.0f);
    ck_assert_float_eq(sg_dataset_cell(dataset, 1, 2), 9.0f);
    segml_dataset_free(dataset);
    input.features = 2; /* every row's first and third cell */
    input.row_stride = FEATURES;
    input.col_stride = 2;
    dataset = table_dataset(&input);
    ck_assert_float_eq(sg_dataset_cell(dataset, 2, 0), 6.0f);
    ck_assert_float_eq(sg_dataset_cell(dataset, 2, 1), 8.0f);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(cells_between_the_strides_are_not_looked_at)
{
    data[1] = data[4] = data[7] = data[10] = (float)INFINITY;
    input.features = 2;
    input.row_stride = FEATURES;
    input.col_stride = 2;
    segml_dataset_free(table_dataset(&input));
}
END_TEST

START_TEST(arrays_are_borrowed_and_names_are_copied)
{
    char names[FEATURES][8] = {"red", "green", "blue"}, store[8] = "store", target[8] = "target";
    char texts[2][8] = {"no", "yes"};
    const char *const given[FEATURES] = {names[0], names[1], names[2]};
    const char *const classes[2] = {texts[0], texts[1]};
    segml_dataset *dataset;

    input.feature_names = given;
    input.label_name = target;
    input.class_names = classes;
    input.class_count = 2;
    key.name = store;
    dataset = table_dataset(&input);
    memset(names, 'x', sizeof names);
    memset(texts, 'x', sizeof texts);
    memset(store, 'x', sizeof store);
    memset(target, 'x', sizeof target);
    memset(&input, 0xFF, sizeof input);
    ck_assert_str_eq(dataset->feature[1].name, "green");
    ck_assert_str_eq(dataset->key_name[0], "store");
    ck_assert_str_eq(dataset->label_name, "target");
    ck_assert_str_eq(dataset->class_names[1], "yes");
    ck_assert_ptr_eq(dataset->data, data);
    ck_assert_ptr_eq(dataset->label, label);
    ck_assert_ptr_eq(dataset->weight, weight);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(weights_default_to_one)
{
    segml_dataset *dataset;

    weight[2] = 0.5f;
    dataset = table_dataset(&input);
    ck_assert_float_eq(sg_dataset_weight(dataset, 2), 0.5f);
    segml_dataset_free(dataset);
    input.weight = NULL;
    dataset = table_dataset(&input);
    ck_assert_float_eq(sg_dataset_weight(dataset, 2), 1.0f);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(two_columns_of_one_name_are_refused)
{
    static const char *const twice[FEATURES] = {"a", "b", "a"};
    static const char *const once[FEATURES] = {"a", "b", "c"};

    input.feature_names = twice;
    assert_refused(SEGML_E_ARGUMENT, "\"a\"");
    input.feature_names = once;
    key.name = "c";
    assert_refused(SEGML_E_ARGUMENT, "\"c\"");
    input.feature_names = NULL;
    key.name = "f1";
    assert_refused(SEGML_E_ARGUMENT, "\"f1\"");
}
END_TEST

START_TEST(a_missing_name_is_refused_with_its_column)
{
    static const char *const names[FEATURES] = {"a", NULL, "c"};

    input.feature_names = names;
    assert_refused(SEGML_E_ARGUMENT, "2 is NULL");
}
END_TEST

START_TEST(names_must_be_utf_8)
{
    static const char *const names[FEATURES] = {"a", "b", "\xFF"};

    input.feature_names = names;
    assert_refused(SEGML_E_DATA, "3 is not valid UTF-8");
    input.feature_names = NULL;
    input.label_name = "\xFF";
    assert_refused(SEGML_E_DATA, "label");
}
END_TEST

START_TEST(key_columns_without_a_name_are_numbered)
{
    static cells second;
    segml_key_column keys[2] = {key, table_integers(&second, (const int64_t[ROWS]){1, 2, 3, 4}, 4)};
    segml_dataset *dataset;

    input.keys = keys;
    input.key_count = 2;
    dataset = table_dataset(&input);
    ck_assert_str_eq(dataset->key_name[0], "key");
    ck_assert_str_eq(dataset->key_name[1], "key2");
    ck_assert_int_eq(segml_dataset_groups(dataset), 4);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(missing_cells_are_fine_and_infinite_ones_are_not)
{
    data[4] = (float)NAN;
    segml_dataset_free(table_dataset(&input));
    data[7] = (float)INFINITY;
    assert_refused(SEGML_E_DATA, "row 3, feature f1: infinite");
    data[7] = -(float)INFINITY;
    assert_refused(SEGML_E_DATA, "row 3, feature f1: -infinite");
}
END_TEST

START_TEST(labels_must_be_finite)
{
    label[1] = (float)NAN;
    assert_refused(SEGML_E_DATA, "row 2: label label is missing");
    label[1] = (float)INFINITY;
    input.label_name = "price";
    assert_refused(SEGML_E_DATA, "row 2: label price is infinite");
}
END_TEST

static const struct {
    float weight;
    const char *words;
} bad_weights[] = {{-0.5f, "row 4: weight -0.5"},
                   {(float)NAN, "row 4: weight nan"},
                   {(float)INFINITY, "row 4: weight inf"}};

START_TEST(weights_must_be_finite_and_not_negative)
{
    weight[0] = 0.0f;
    segml_dataset_free(table_dataset(&input));
    weight[3] = bad_weights[_i].weight;
    assert_refused(SEGML_E_DATA, bad_weights[_i].words);
}
END_TEST

#ifdef __GLIBC__
START_TEST(messages_do_not_follow_the_locale)
{
    numeric_locale_set(",", ',');
    weight[3] = -0.5f;
    assert_refused(SEGML_E_DATA, "row 4: weight -0.5;");
    setlocale(LC_NUMERIC, "C");
}
END_TEST
#endif

static const struct {
    float code;
    const char *words;
} bad_codes[] = {{3.0f, "row 2, feature f1: 3 is"},
                 {-1.0f, "row 2, feature f1: -1 is"},
                 {0.5f, "row 2, feature f1: 0.5 is"},
                 {1234567.0f, "row 2, feature f1: 1234567 is"},
                 {(float)INFINITY, "row 2, feature f1: inf"}};

START_TEST(codes_must_be_in_their_dictionary)
{
    static const char *const values[3] = {"x", "y", "z"};
    static const int32_t types[FEATURES] = {SEGML_FEATURE_NUMERIC, SEGML_FEATURE_CATEGORICAL,
                                            SEGML_FEATURE_NUMERIC};
    static const segml_dictionary dictionaries[FEATURES] = {{NULL, 0}, {values, 3}, {NULL, 0}};
    segml_dataset *dataset;

    input.feature_types = types;
    input.dictionaries = dictionaries;
    for (int i = 0; i < ROWS; i++)
        data[FEATURES * i + 1] = i < 3 ? (float)i : (float)NAN;
    dataset = table_dataset(&input);
    ck_assert_int_eq(dataset->feature[1].categories, 3);
    ck_assert_str_eq(dataset->feature[1].values[2], "z");
    segml_dataset_free(dataset);
    data[FEATURES + 1] = bad_codes[_i].code;
    assert_refused(SEGML_E_DATA, bad_codes[_i].words);
}
END_TEST

START_TEST(codes_without_a_dictionary_count_themselves)
{
    static const int32_t types[FEATURES] = {2, 2, 2};
    segml_dataset *dataset;

    input.feature_types = types;
    dataset = table_dataset(&input);
    ck_assert_int_eq(dataset->feature[2].categories, 12);
    ck_assert_int_eq(dataset->feature[2].has_values, 0);
    segml_dataset_free(dataset);
    data[5] = 16777216.0f; /* one more than the largest code */
    assert_refused(SEGML_E_DATA, "row 2, feature f2: 16777216 is");
}
END_TEST

START_TEST(types_must_be_known)
{
    static const int32_t types[FEATURES] = {1, 3, 1};

    input.feature_types = types;
    assert_refused(SEGML_E_ARGUMENT, "feature f1: unknown type 3");
}
END_TEST

START_TEST(dictionaries_must_be_sound)
{
    static const int32_t types[FEATURES] = {2, 1, 1};
    static const char *const values[3] = {"x", "y", "x"}, *const odd[2] = {"x", "\xFF"};
    segml_dictionary dictionaries[FEATURES] = {{values, 3}};

    input.feature_types = types;
    input.dictionaries = dictionaries;
    assert_refused(SEGML_E_ARGUMENT, "f0: \"x\" occurs twice");
    dictionaries[0] = (segml_dictionary){odd, 2};
    assert_refused(SEGML_E_DATA, "f0: text 2 is not valid UTF-8");
    dictionaries[0].count = 16777217;
    assert_refused(SEGML_E_ARGUMENT, "16777217");
    dictionaries[0].count = -1;
    assert_refused(SEGML_E_ARGUMENT, "-1");
}
END_TEST

START_TEST(labels_of_classes_are_codes)
{
    static const char *const names[2] = {"no", "yes"}, *const twice[2] = {"no", "no"};

    input.class_names = names;
    input.class_count = 2;
    segml_dataset_free(table_dataset(&input));
    label[2] = 2.0f;
    assert_refused(SEGML_E_DATA, "row 3: label 2 is not a class in [0, 2)");
    label[2] = 0.5f;
    assert_refused(SEGML_E_DATA, "row 3: label 0.5");
    label[2] = 0.0f;
    input.class_names = twice;
    assert_refused(SEGML_E_ARGUMENT, "\"no\" occurs twice");
}
END_TEST

START_TEST(folds_are_counted)
{
    static const int32_t fold[ROWS] = {2, 0, 1, 2};
    segml_dataset *dataset;

    input.fold = fold;
    dataset = table_dataset(&input);
    ck_assert_int_eq(dataset->folds, 3);
    ck_assert_int_eq(dataset->fold_kind, SG_FOLD_GIVEN);
    ck_assert_ptr_eq(dataset->fold, fold);
    segml_dataset_free(dataset);
}
END_TEST

static const struct {
    int32_t fold[ROWS];
    const char *words;
} bad_folds[] = {
    {{0, 1, -1, 0}, "row 3: fold -1; folds are numbered from 0 to at most 99"},
    {{0, 100, 1, 0}, "row 2: fold 100;"},
    {{INT32_MAX, 0, 1, 0}, "row 1: fold 2147483647;"},
    {{0, 3, 1, 0}, "no row is in fold 2, but some are in fold 3; number the folds"},
    {{1, 2, 1, 1}, "no row is in fold 0"},
    {{0, 0, 0, 0}, "all rows are in fold 0; at least two folds are needed"},
};

START_TEST(folds_must_be_numbered_without_gaps)
{
    input.fold = bad_folds[_i].fold;
    assert_refused(SEGML_E_DATA, bad_folds[_i].words);
}
END_TEST

/* Equal values have equal hashes, whatever their spelling; NULL has none. */
START_TEST(values_of_a_fold_group_are_those_of_a_key_column)
{
    static cells values;
    static const char *const numbers[ROWS] = {"7", NULL, "7.0", "-8"};
    static const char *const texts[ROWS] = {"7", "", "7.0", "x"};
    segml_key_column column = table_texts(&values, SEGML_KEY_UTF8_AUTO, numbers, ROWS);
    segml_dataset *dataset;

    input.fold_group = &column;
    dataset = table_dataset(&input);
    ck_assert_int_eq(dataset->fold_kind, SG_FOLD_GROUPED);
    ck_assert_uint_eq(dataset->fold_value[0], dataset->fold_value[2]);
    ck_assert_uint_ne(dataset->fold_value[0], dataset->fold_value[3]);
    ck_assert_uint_eq(dataset->fold_value[1], 0);
    segml_dataset_free(dataset);
    column = table_texts(&values, SEGML_KEY_UTF8_AUTO, texts, ROWS);
    dataset = table_dataset(&input);
    ck_assert_uint_ne(dataset->fold_value[0], dataset->fold_value[2]);
    ck_assert_uint_eq(dataset->fold_value[1], 0);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(a_fold_group_must_be_sound)
{
    static cells values;
    static const char *const texts[ROWS] = {"a", "b", "\xFF", "d"};
    segml_key_column column = table_texts(&values, SEGML_KEY_UTF8, texts, ROWS);

    input.fold_group = &column;
    assert_refused(SEGML_E_DATA, "key column fold_group, row 3: not valid UTF-8");
    column.name = "customer";
    column.type = 9;
    assert_refused(SEGML_E_ARGUMENT, "key column customer: unknown type 9");
    column.type = SEGML_KEY_UTF8;
    column.offsets = NULL;
    assert_refused(SEGML_E_ARGUMENT, "key column customer: data or offsets are NULL");
}
END_TEST

START_TEST(times_must_be_finite)
{
    double time[ROWS] = {3, -1e300, 3, 0};

    input.time = time;
    segml_dataset_free(table_dataset(&input));
    time[1] = (double)NAN;
    assert_refused(SEGML_E_DATA, "row 2: the time is missing; every row needs one");
    time[1] = 0;
    time[3] = -(double)INFINITY;
    assert_refused(SEGML_E_DATA, "row 4: the time is infinite");
}
END_TEST

START_TEST(folds_are_made_one_way)
{
    static const int32_t fold[ROWS] = {0, 1, 0, 1};
    static const double time[ROWS] = {0, 1, 2, 3};

    for (int ways = 3; ways <= 7; ways++) {
        input.fold = (ways & 1) != 0 ? fold : NULL;
        input.fold_group = (ways & 2) != 0 ? &key : NULL;
        input.time = (ways & 4) != 0 ? time : NULL;
        if (ways != 4)
            assert_refused(SEGML_E_ARGUMENT, "more than one of fold, fold_group and time is given");
    }
}
END_TEST

TCase *
dataset_tests(void)
{
    TCase *tc = tcase_create("dataset");

    tcase_add_checked_fixture(tc, make_input, NULL);
    tcase_add_test(tc, a_good_input_makes_a_dataset);
    tcase_add_test(tc, what_does_not_exist_is_zero);
    tcase_add_test(tc, strides_find_columns_and_parts_of_larger_matrices);
    tcase_add_test(tc, cells_between_the_strides_are_not_looked_at);
    tcase_add_test(tc, arrays_are_borrowed_and_names_are_copied);
    tcase_add_test(tc, weights_default_to_one);
    tcase_add_test(tc, two_columns_of_one_name_are_refused);
    tcase_add_test(tc, a_missing_name_is_refused_with_its_column);
    tcase_add_test(tc, names_must_be_utf_8);
    tcase_add_test(tc, key_columns_without_a_name_are_numbered);
    tcase_add_test(tc, missing_cells_are_fine_and_infinite_ones_are_not);
    tcase_add_test(tc, labels_must_be_finite);
    tcase_add_loop_test(tc, weights_must_be_finite_and_not_negative, 0, 3);
#ifdef __GLIBC__
    tcase_add_test(tc, messages_do_not_follow_the_locale);
#endif
    tcase_add_loop_test(tc, codes_must_be_in_their_dictionary, 0, 5);
    tcase_add_test(tc, codes_without_a_dictionary_count_themselves);
    tcase_add_test(tc, types_must_be_known);
    tcase_add_test(tc, dictionaries_must_be_sound);
    tcase_add_test(tc, labels_of_classes_are_codes);
    tcase_add_test(tc, folds_are_counted);
    tcase_add_loop_test(tc, folds_must_be_numbered_without_gaps, 0,
                        (int)(sizeof bad_folds / sizeof *bad_folds));
    tcase_add_test(tc, values_of_a_fold_group_are_those_of_a_key_column);
    tcase_add_test(tc, a_fold_group_must_be_sound);
    tcase_add_test(tc, times_must_be_finite);
    tcase_add_test(tc, folds_are_made_one_way);
    return tc;
}
