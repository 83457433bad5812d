/* SPDX-License-Identifier: Apache-2.0 */

/* train/target: R1 to R3 of target.c, and each refusal with its value. */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "train/target.h"
#include "unit/table.h"

enum { MOST_ROWS = 130 };

static segml_dataset *dataset;
static sg_target target;
static segml_error err;
static float labels[MOST_ROWS];

static void
clear_all(void)
{
    sg_target_clear(&target);
    segml_dataset_free(dataset);
    dataset = NULL;
}

/* A dataset of these labels: numbers, or codes into class names. */
static void
make(const float *label, int64_t rows, const char *const *names, int64_t count)
{
    static const int64_t one_key[MOST_ROWS];
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    memcpy(labels, label, (size_t)rows * sizeof *label);
    key.type = SEGML_KEY_INT64;
    key.data = one_key;
    input.rows = rows;
    input.features = 1;
    input.data = labels;
    input.label = labels;
    input.label_name = "price";
    input.class_names = names;
    input.class_count = count;
    input.keys = &key;
    input.key_count = 1;
    memset(&err, 0, sizeof err);
    clear_all();
    dataset = table_dataset(&input);
}

/* rows labels 0 .. count - 1 times step, again and again. */
static void
make_counted(int64_t rows, int count, float step)
{
    float label[MOST_ROWS];

    for (int64_t i = 0; i < rows; i++)
        label[i] = (float)(i % count) * step;
    make(label, rows, NULL, 0);
}

/* count classes named "c0", "c1", ... */
static void
make_named(int count)
{
    static char names[MOST_ROWS][16];
    const char *given[MOST_ROWS];
    float label[MOST_ROWS];

    for (int i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        given[i] = names[i];
        label[i] = (float)(count - 1 - i);
    }
    make(label, count, given, count);
}

static void
assert_resolved(const char *objective, const char *positive, int32_t task, int64_t outputs)
{
    int rc = sg_target_resolve(&target, dataset, objective, positive, &err);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(target.task, task);
    ck_assert_int_eq(target.outputs, outputs);
}

static void
assert_refused(const char *objective, const char *positive, int status, const char *words)
{
    ck_assert_int_eq(sg_target_resolve(&target, dataset, objective, positive, &err), status);
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" is not in \"%s\"", words,
                  err.message);
    sg_target_clear(&target);
}

START_TEST(two_values_are_binary)
{
    static const float two[4] = {7, 7.5f, 7.5f, 7};
    static const char *const names[2] = {"no", "yes"};
    static const float code[3] = {0, 1, 1};

    make(two, 4, NULL, 0);
    assert_resolved(NULL, NULL, SEGML_TASK_BINARY, 1);
    sg_target_clear(&target);
    assert_resolved("auto", NULL, SEGML_TASK_BINARY, 1);
    make(code, 3, names, 2);
    assert_resolved("auto", NULL, SEGML_TASK_BINARY, 1);
}
END_TEST

START_TEST(three_to_a_hundred_texts_are_multiclass)
{
    make_named(_i);
    assert_resolved("auto", NULL, SEGML_TASK_MULTICLASS, _i);
    ck_assert_int_eq(target.class_count, _i);
    ck_assert_str_eq(target.class_names[_i - 1], _i == 3 ? "c2" : "c99");
}
END_TEST

START_TEST(more_texts_are_refused_with_the_first_cell)
{
    make_named(101);
    assert_refused("auto", NULL, SEGML_E_DATA, "\"c100\" in row 1");
    ck_assert_ptr_nonnull(strstr(err.message, "price"));
}
END_TEST

START_TEST(three_to_twenty_integers_are_ambiguous)
{
    make_counted(60, _i, 2);
    assert_refused("auto", NULL, SEGML_E_ARGUMENT, "multiclass, regression or poisson");
    ck_assert_ptr_nonnull(strstr(err.message, "label price has "));
    assert_resolved("multiclass", NULL, SEGML_TASK_MULTICLASS, _i);
    sg_target_clear(&target);
    assert_resolved("regression", NULL, SEGML_TASK_REGRESSION, 1);
    sg_target_clear(&target);
    assert_resolved("poisson", NULL, SEGML_TASK_POISSON, 1);
}
END_TEST

START_TEST(other_numbers_are_regression)
{
    static const float fractions[4] = {1, 2, 3, 3.5f};

    make_counted(60, 21, 1);
    assert_resolved("auto", NULL, SEGML_TASK_REGRESSION, 1);
    make(fractions, 4, NULL, 0);
    assert_resolved("auto", NULL, SEGML_TASK_REGRESSION, 1);
    make_counted(130, 130, 1);
    assert_resolved("auto", NULL, SEGML_TASK_REGRESSION, 1);
    ck_assert_float_eq(target.label[129], 129.0f);
    ck_assert_int_eq(target.class_count, 0);
}
END_TEST

START_TEST(a_single_value_is_refused)
{
    static const float same[3] = {2.5f, 2.5f, 2.5f};

    make(same, 3, NULL, 0);
    assert_refused("auto", NULL, SEGML_E_DATA, "2.5");
    make_named(1);
    assert_refused("auto", NULL, SEGML_E_DATA, "\"c0\"");
}
END_TEST

/* Two labels in the order of the data; which one is positive. */
static const struct {
    float label[2];
    const char *negative, *positive;
} numbers[] = {
    {{0, 1}, "0", "1"},
    {{1, 0}, "0", "1"},
    {{2, 1}, "1", "2"},
    {{-1, 1}, "-1", "1"},
    {{0, -1}, "-1", "0"},
    {{-0.0f, 1}, "0", "1"},
    {{0.5f, 0.25f}, "0.25", "0.5"},
    {{100, 7}, "7", "100"},
    {{2000000, 1000000}, "1000000", "2000000"},
};

START_TEST(of_two_numbers_the_larger_is_positive)
{
    float larger =
        numbers[_i].label[0] > numbers[_i].label[1] ? numbers[_i].label[0] : numbers[_i].label[1];

    make(numbers[_i].label, 2, NULL, 0);
    assert_resolved("binary", NULL, SEGML_TASK_BINARY, 1);
    ck_assert_int_eq(target.class_count, 2);
    ck_assert_str_eq(target.class_names[0], numbers[_i].negative);
    ck_assert_str_eq(target.class_names[1], numbers[_i].positive);
    for (int i = 0; i < 2; i++)
        ck_assert_float_eq(target.label[i], (float)(numbers[_i].label[i] == larger));
}
END_TEST

static const struct {
    const char *names[2];
    int positive;
} texts[] = {
    {{"0", "1"}, 1},      {{"1", "0"}, 0},      {{"false", "true"}, 1}, {{"TRUE", "FALSE"}, 0},
    {{"t", "f"}, 0},      {{"Yes", "No"}, 0},   {{"no", "yes"}, 1},     {{"Y", "n"}, 0},
    {{"ham", "spam"}, 1}, {{"spam", "ham"}, 0}, {{"a", "B"}, 0},        {{"yes", "zzz"}, 1},
    {{"no", "n"}, 0},     {{"true", "yes"}, 1}, {{"\xC3\xA4", "z"}, 0},
};

START_TEST(of_two_texts_yes_or_else_the_last_is_positive)
{
    static const float code[3] = {0, 1, 0};
    int yes = texts[_i].positive;

    make(code, 3, texts[_i].names, 2);
    assert_resolved("auto", NULL, SEGML_TASK_BINARY, 1);
    ck_assert_str_eq(target.class_names[0], texts[_i].names[1 - yes]);
    ck_assert_str_eq(target.class_names[1], texts[_i].names[yes]);
    for (int i = 0; i < 3; i++)
        ck_assert_float_eq(target.label[i], (float)((int)code[i] == yes));
}
END_TEST

START_TEST(the_positive_class_can_be_chosen)
{
    static const float two[3] = {3, 5, 3}, code[2] = {0, 1};
    static const char *const names[2] = {"no", "yes"};

    make(two, 3, NULL, 0);
    assert_resolved("auto", "3", SEGML_TASK_BINARY, 1);
    ck_assert_str_eq(target.class_names[0], "5");
    ck_assert_str_eq(target.class_names[1], "3");
    ck_assert_float_eq(target.label[0], 1.0f);
    ck_assert_float_eq(target.label[1], 0.0f);
    sg_target_clear(&target);
    assert_refused("auto", "4", SEGML_E_ARGUMENT, "\"4\" is neither \"3\" nor \"5\"");
    make(code, 2, names, 2);
    assert_resolved("binary", "no", SEGML_TASK_BINARY, 1);
    ck_assert_str_eq(target.class_names[1], "no");
    ck_assert_float_eq(target.label[0], 1.0f);
}
END_TEST

START_TEST(a_positive_class_needs_a_binary_task)
{
    make_counted(60, 21, 1);
    assert_refused("regression", "1", SEGML_E_ARGUMENT, "\"1\"");
    ck_assert_ptr_nonnull(strstr(err.message, "regression"));
}
END_TEST

START_TEST(one_class_of_zero_and_one_is_binary_when_asked)
{
    static const float ones[3] = {1, 1, 1}, zeros[2] = {0, 0};

    make(ones, 3, NULL, 0);
    assert_resolved("binary", NULL, SEGML_TASK_BINARY, 1);
    ck_assert_float_eq(target.label[2], 1.0f);
    make(zeros, 2, NULL, 0);
    assert_resolved("binary", NULL, SEGML_TASK_BINARY, 1);
    ck_assert_float_eq(target.label[1], 0.0f);
    ck_assert_str_eq(target.class_names[1], "1");
}
END_TEST

START_TEST(labels_that_cannot_be_binary_are_refused_with_their_row)
{
    static const float three[4] = {1, 0, 0.5f, 1};

    make(three, 4, NULL, 0);
    assert_refused("binary", NULL, SEGML_E_DATA, "row 3: label 0.5");
    make_named(3);
    assert_refused("binary", NULL, SEGML_E_DATA, "price has 3 classes");
}
END_TEST

START_TEST(numeric_classes_are_sorted_by_value)
{
    static const float label[6] = {10, -2, 7, 10, 7, -2}, expected[6] = {2, 0, 1, 2, 1, 0};

    make(label, 6, NULL, 0);
    assert_resolved("multiclass", NULL, SEGML_TASK_MULTICLASS, 3);
    ck_assert_mem_eq(target.label, expected, sizeof expected);
    ck_assert_int_eq(target.class_count, 3);
    ck_assert_str_eq(target.class_names[0], "-2");
    ck_assert_str_eq(target.class_names[1], "7");
    ck_assert_str_eq(target.class_names[2], "10");
}
END_TEST

START_TEST(named_classes_keep_their_numbers_also_without_rows)
{
    static const char *const names[4] = {"d", "b", "a", "c"};
    static const float code[3] = {3, 1, 3};

    make(code, 3, names, 4);
    assert_resolved("auto", NULL, SEGML_TASK_MULTICLASS, 4);
    ck_assert_mem_eq(target.label, code, sizeof code);
    for (int c = 0; c < 4; c++)
        ck_assert_str_eq(target.class_names[c], names[c]);
}
END_TEST

START_TEST(classes_must_be_a_hundred_integers_at_most)
{
    static const float fractions[4] = {1, 2, 2.5f, 3};

    make(fractions, 4, NULL, 0);
    assert_refused("multiclass", NULL, SEGML_E_DATA, "row 3: label 2.5");
    make_counted(130, 101, 1);
    assert_refused("multiclass", NULL, SEGML_E_DATA, "100");
    make_counted(5, 1, 1);
    assert_refused("multiclass", NULL, SEGML_E_DATA, "price");
}
END_TEST

START_TEST(numbers_are_needed_for_regression_and_counts)
{
    static const float negative[4] = {0, 2, -0.5f, 1};

    make_named(3);
    assert_refused("regression", NULL, SEGML_E_DATA, "\"c2\" in row 1");
    assert_refused("poisson", NULL, SEGML_E_DATA, "\"c2\" in row 1");
    make(negative, 4, NULL, 0);
    assert_refused("poisson", NULL, SEGML_E_DATA, "row 3: label -0.5");
    assert_resolved("regression", NULL, SEGML_TASK_REGRESSION, 1);
}
END_TEST

START_TEST(an_unknown_objective_is_refused_with_the_known_ones)
{
    make_counted(60, 21, 1);
    assert_refused("logistic", NULL, SEGML_E_ARGUMENT,
                   "unknown objective \"logistic\"; known are auto, binary, multiclass");
}
END_TEST

TCase *
target_tests(void)
{
    TCase *tc = tcase_create("target");

    tcase_add_checked_fixture(tc, NULL, clear_all);
    tcase_add_test(tc, two_values_are_binary);
    tcase_add_loop_test(tc, three_to_a_hundred_texts_are_multiclass, 3, 4);
    tcase_add_loop_test(tc, three_to_a_hundred_texts_are_multiclass, 100, 101);
    tcase_add_test(tc, more_texts_are_refused_with_the_first_cell);
    tcase_add_loop_test(tc, three_to_twenty_integers_are_ambiguous, 3, 4);
    tcase_add_loop_test(tc, three_to_twenty_integers_are_ambiguous, 20, 21);
    tcase_add_test(tc, other_numbers_are_regression);
    tcase_add_test(tc, a_single_value_is_refused);
    tcase_add_loop_test(tc, of_two_numbers_the_larger_is_positive, 0,
                        (int)(sizeof numbers / sizeof *numbers));
    tcase_add_loop_test(tc, of_two_texts_yes_or_else_the_last_is_positive, 0,
                        (int)(sizeof texts / sizeof *texts));
    tcase_add_test(tc, the_positive_class_can_be_chosen);
    tcase_add_test(tc, a_positive_class_needs_a_binary_task);
    tcase_add_test(tc, one_class_of_zero_and_one_is_binary_when_asked);
    tcase_add_test(tc, labels_that_cannot_be_binary_are_refused_with_their_row);
    tcase_add_test(tc, numeric_classes_are_sorted_by_value);
    tcase_add_test(tc, named_classes_keep_their_numbers_also_without_rows);
    tcase_add_test(tc, classes_must_be_a_hundred_integers_at_most);
    tcase_add_test(tc, numbers_are_needed_for_regression_and_counts);
    tcase_add_test(tc, an_unknown_objective_is_refused_with_the_known_ones);
    return tc;
}
