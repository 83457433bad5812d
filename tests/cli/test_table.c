/* SPDX-License-Identifier: Apache-2.0 */

/* table: types, codes, labels, weights, keys; the rules R1 to R5 of table.c. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static cli_csv csv;
static cli_table table;
static cli_table_options options;
static segml_error err;

static void
add_item(cli_list *list, const char *item)
{
    list->items[list->count++] = item;
}

static void
setup(void)
{
    memset(&options, 0, sizeof options);
    options.selection.target = "y";
    options.objective = "auto";
    add_item(&options.selection.group, "g");
}

static void
teardown(void)
{
    cli_table_clear(&table);
    cli_csv_clear(&csv);
}

static int
build(const char *text)
{
    int rc = cli_csv_read_memory(&csv, text, strlen(text), &err);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    return cli_table_build(&table, &csv, &options, &err);
}

static void
expect_table(const char *text)
{
    int rc = build(text);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
}

static void
expect_failure(const char *text, int status, const char *message)
{
    ck_assert_int_eq(build(text), status);
    ck_assert_str_eq(err.message, message);
}

/* One feature's values; NaN equals NaN. */
static void
expect_values(int64_t feature, const float *expected)
{
    for (int64_t i = 0; i < table.rows; i++) {
        float value = table.data[feature * table.rows + i];

        if (isnan(expected[i]))
            ck_assert(isnan(value));
        else
            ck_assert_float_eq(value, expected[i]);
    }
}

/* g,x,y with `rows` rows; cells of x are 1, 2, ... but for the last `others`, which are text. */
static char *
stray_text(int rows, int others)
{
    char *text = malloc((size_t)rows * 40 + 16);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    used += (size_t)sprintf(text, "g,x,y\n");
    for (int i = 0; i < rows; i++) {
        if (i < rows - others)
            used += (size_t)sprintf(text + used, "a,%d,%d\n", i + 1, i % 2);
        else
            used += (size_t)sprintf(text + used, "a,\"%d,5\",%d\n", i + 1, i % 2);
    }
    return text;
}

START_TEST(numbers_are_numeric_and_text_is_categorical)
{
    static const float numbers[] = {1.5f, NAN, -2.0f, NAN};
    static const float codes[] = {2.0f, 0.0f, NAN, 1.0f};

    expect_table("g,x,c,y\n1,1.5,b,0\n2,,Z,1\n3,-2,,0\n4,NA,a,1\n");
    ck_assert_int_eq(table.feature_count, 2);
    ck_assert_str_eq(table.names[0], "x");
    ck_assert_int_eq(table.types[0], SEGML_FEATURE_NUMERIC);
    expect_values(0, numbers);
    ck_assert_int_eq(table.features[0].missing, 2);
    ck_assert_int_eq(table.types[1], SEGML_FEATURE_CATEGORICAL);
    ck_assert_int_eq(table.dictionaries[1].count, 3);
    ck_assert_str_eq(table.dictionaries[1].values[0], "Z"); /* upper case before lower */
    ck_assert_str_eq(table.dictionaries[1].values[1], "a");
    ck_assert_str_eq(table.dictionaries[1].values[2], "b");
    expect_values(1, codes);
}
END_TEST

START_TEST(text_keeps_the_code_of_namibia)
{
    static const float codes[] = {1.0f, 0.0f, NAN};

    expect_table("g,c,y\n1,NA,0\n2,DE,1\n3,,0\n");
    ck_assert_int_eq(table.dictionaries[0].count, 2);
    ck_assert_str_eq(table.dictionaries[0].values[1], "NA");
    expect_values(0, codes);
}
END_TEST

START_TEST(declared_columns_keep_their_texts)
{
    static const float codes[] = {2.0f, 0.0f, 1.0f, NAN};

    add_item(&options.selection.categorical, "c");
    expect_table("g,c,y\n1,7,0\n2,07,1\n3,10,0\n4,,1\n");
    ck_assert_int_eq(table.types[0], SEGML_FEATURE_CATEGORICAL);
    ck_assert_str_eq(table.dictionaries[0].values[0], "07");
    ck_assert_str_eq(table.dictionaries[0].values[1], "10");
    expect_values(0, codes);
}
END_TEST

START_TEST(na_texts_are_missing_everywhere)
{
    static const float numbers[] = {NAN, 5.0f, 6.0f};

    options.missing = (cli_missing){{"-999", "?"}, 2};
    expect_table("g,x,c,y\n?,-999,?,0\n2,5,a,1\n3,6,b,0\n");
    expect_values(0, numbers);
    ck_assert_int_eq(table.dictionaries[1].count, 2);
    ck_assert_int_eq(table.keys[0].offsets[1], 0); /* NULL */
}
END_TEST

START_TEST(one_stray_cell_among_numbers_is_refused)
{
    char *text = stray_text(20, 1); /* 95 % are numbers */

    expect_failure(text, SEGML_E_DATA,
                   "row 20, column 'x': '20,5' is not a number, but 19 of the column's 20 cells "
                   "are; correct it, name it with --na, or declare the column with --categorical");
    free(text);
}
END_TEST

START_TEST(below_95_percent_numbers_it_is_text)
{
    char *text = stray_text(19, 1); /* 94.7 % */

    expect_table(text);
    ck_assert_int_eq(table.types[0], SEGML_FEATURE_CATEGORICAL);
    ck_assert_int_eq(table.dictionaries[0].count, 19);
    free(text);
}
END_TEST

/* g,c,y with that many rows, each with its own text in c. */
static char *
texts_of(int count)
{
    char *text = malloc((size_t)count * 24 + 16);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    used += (size_t)sprintf(text, "g,c,x,y\n");
    for (int i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "a,t%d,1,%d\n", i, i % 2);
    return text;
}

START_TEST(text_of_too_many_values_is_left_out)
{
    char *text = texts_of(1025);

    expect_table(text);
    ck_assert_int_eq(table.feature_count, 1);
    ck_assert_str_eq(table.names[0], "x");
    ck_assert_int_eq(table.considered, 2);
    ck_assert_int_eq(table.features[1].dropped, 1);
    ck_assert_int_eq(table.features[1].column, 1);
    free(text);
}
END_TEST

START_TEST(text_of_1024_values_or_declared_is_kept)
{
    char *text = texts_of(_i == 0 ? 1024 : 1025);

    if (_i == 1)
        add_item(&options.selection.categorical, "c");
    expect_table(text);
    ck_assert_int_eq(table.feature_count, 2);
    ck_assert_int_eq(table.dictionaries[0].count, _i == 0 ? 1024 : 1025);
    free(text);
}
END_TEST

START_TEST(infinities_are_refused_with_their_row)
{
    expect_failure("g,x,y\n1,1,0\n2,-inf,1\n", SEGML_E_DATA,
                   "row 2, column 'x': '-inf' is infinite, or too large for a float; name it with "
                   "--na if it means missing");
}
END_TEST

START_TEST(a_target_of_numbers_is_a_label)
{
    expect_table("g,x,y\n1,1,0.5\n2,2,-3\n");
    ck_assert_float_eq(table.label[0], 0.5f);
    ck_assert_float_eq(table.label[1], -3.0f);
    ck_assert_int_eq(table.classes.count, 0);
}
END_TEST

START_TEST(a_target_of_text_has_classes_in_byte_order)
{
    expect_table("g,x,y\n1,1,yes\n2,2,no\n3,3,maybe\n4,4,no\n");
    ck_assert_int_eq(table.classes.count, 3);
    ck_assert_str_eq(table.classes.values[0], "maybe");
    ck_assert_str_eq(table.classes.values[2], "yes");
    ck_assert_float_eq(table.label[0], 2.0f);
    ck_assert_float_eq(table.label[3], 1.0f);
}
END_TEST

START_TEST(a_declared_target_of_numbers_has_classes)
{
    add_item(&options.selection.categorical, "y");
    expect_table("g,x,y\n1,1,10\n2,2,9\n3,3,10\n");
    ck_assert_int_eq(table.classes.count, 2);
    ck_assert_str_eq(table.classes.values[0], "10");
    ck_assert_float_eq(table.label[1], 1.0f);
}
END_TEST

START_TEST(a_missing_label_is_refused_with_its_row)
{
    static const char *const texts[] = {"g,x,y\n1,1,0\n2,2,\n3,3,1\n",
                                        "g,x,y\n1,1,0\n2,2,NA\n3,3,1\n",
                                        "g,x,y\n1,1,no\n2,2,\n3,3,yes\n"};

    expect_failure(texts[_i], SEGML_E_DATA, "row 2, column 'y': the label is missing");
}
END_TEST

START_TEST(a_label_outside_its_domain_is_refused)
{
    options.objective = "regression";
    expect_failure("g,x,y\n1,1,5\n2,2,high\n", SEGML_E_DATA,
                   "row 2, column 'y': 'high' is not a number, as --objective regression needs it");
}
END_TEST

START_TEST(an_infinite_label_is_refused)
{
    expect_failure("g,x,y\n1,1,5\n2,2,inf\n3,3,4\n", SEGML_E_DATA,
                   "row 2, column 'y': 'inf' is infinite, or too large for a float; name it with "
                   "--na if it means missing");
}
END_TEST

START_TEST(a_target_of_too_many_texts_is_refused)
{
    char *text = malloc(4096);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    used += (size_t)sprintf(text, "g,x,y\n");
    for (int i = 0; i < 101; i++)
        used += (size_t)sprintf(text + used, "a,1,class%d\n", i);
    expect_failure(text, SEGML_E_DATA,
                   "row 1, column 'y': 'class0' is text, and the target has more than 100 distinct "
                   "ones; a target is numbers, or text of at most 100 classes");
    free(text);
}
END_TEST

START_TEST(weights_are_checked)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"g,w,x,y\n1,1,1,0\n2,-0.5,2,1\n",
         "row 2, column 'w': '-0.5' is negative; a weight is 0 or more"},
        {"g,w,x,y\n1,1,1,0\n2,,2,1\n", "row 2, column 'w': the weight is missing"},
        {"g,w,x,y\n1,1,1,0\n2,much,2,1\n", "row 2, column 'w': 'much' is not a number"},
        {"g,w,x,y\n1,inf,1,0\n2,1,2,1\n", "row 1, column 'w': 'inf' is infinite"},
    };

    options.selection.weight = "w";
    expect_failure(cases[_i].text, SEGML_E_DATA, cases[_i].message);
}
END_TEST

START_TEST(keys_are_the_cells_texts)
{
    add_item(&options.selection.group, "h");
    expect_table("g,h,x,y\n12,\"a,b\",1,0\n,c,2,1\n");
    ck_assert_int_eq(table.key_count, 2);
    ck_assert_str_eq(table.keys[1].name, "h");
    ck_assert_int_eq(table.keys[0].type, SEGML_KEY_UTF8_AUTO);
    ck_assert_int_eq(table.keys[0].offsets[1], 2);
    ck_assert_int_eq(table.keys[0].offsets[2], 2); /* the empty cell is NULL */
    ck_assert_mem_eq(table.keys[1].data, "a,bc", 4);
    ck_assert_int_eq(table.keys[1].offsets[2], 4);
}
END_TEST

START_TEST(text_keys_stay_text)
{
    options.text_key = 1;
    expect_table("g,x,y\n7,1,0\n07,2,1\n");
    ck_assert_int_eq(table.keys[0].type, SEGML_KEY_UTF8);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_refused_with_its_row)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"g,x,y\na,1,0\n\xE4,2,1\n", "row 2, column 'g': '\\xE4' is not UTF-8"},
        {"g,x,y\na,k,0\nb,\xE4,1\n", "row 2, column 'x': '\\xE4' is not UTF-8"},
        {"g,x,y\na,1,b\nb,2,\xE4\n", "row 2, column 'y': '\\xE4' is not UTF-8"},
    };

    expect_failure(cases[_i].text, SEGML_E_DATA, cases[_i].message);
}
END_TEST

START_TEST(the_features_option_limits_and_drop_removes)
{
    add_item(&options.selection.features, "b,c");
    add_item(&options.selection.features, "d");
    add_item(&options.selection.drop, "c");
    expect_table("a,b,c,d,g,y\n1,2,3,4,5,0\n1,2,3,4,5,1\n");
    ck_assert_int_eq(table.feature_count, 2);
    ck_assert_str_eq(table.names[0], "b");
    ck_assert_str_eq(table.names[1], "d");
}
END_TEST

START_TEST(a_name_with_a_comma_is_one_item)
{
    add_item(&options.selection.features, "City, State");
    expect_table("g,\"City, State\",x,y\n1,a,2,0\n1,b,3,1\n");
    ck_assert_int_eq(table.feature_count, 1);
    ck_assert_str_eq(table.names[0], "City, State");
}
END_TEST

START_TEST(columns_that_are_not_there_are_named)
{
    add_item(&options.selection.drop, "a,zzz");
    expect_failure("a,g,y\n1,2,0\n1,2,1\n", SEGML_E_NOT_FOUND,
                   "--drop: no column 'zzz'; the columns are a, g, y");
}
END_TEST

START_TEST(the_message_lists_as_many_columns_as_fit)
{
    char text[1200] = "g,y";
    size_t length = strlen(text);

    for (int j = 0; j < 60; j++)
        length += (size_t)sprintf(text + length, ",long_name_%d", j);
    length += (size_t)sprintf(text + length, "\n1,0");
    for (int j = 0; j < 60; j++)
        length += (size_t)sprintf(text + length, ",1");
    options.selection.target = "nothing";
    ck_assert_int_eq(build(text), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(
        strncmp(err.message, "--target: no column 'nothing'; the columns are g, y, ", 53), 0);
    ck_assert_str_eq(err.message + strlen(err.message) - 5, ", ...");
}
END_TEST

START_TEST(a_column_has_one_role)
{
    static const struct {
        const char *features, *drop, *categorical, *weight, *group, *message;
    } cases[] = {
        {"x,y", NULL, NULL, NULL, NULL, "column 'y' is the target and cannot be a feature as well"},
        {"g", NULL, NULL, NULL, NULL,
         "column 'g' is a group column and cannot be a feature as well"},
        {NULL, NULL, NULL, "y", NULL, "column 'y' is the target and cannot be the weight as well"},
        {NULL, NULL, NULL, NULL, "y",
         "column 'y' is the target and cannot be a group column as well"},
        {NULL, NULL, NULL, NULL, "g", "--group names column 'g' twice"},
        {NULL, "y", NULL, NULL, NULL, "--drop: column 'y' is the target"},
        {NULL, NULL, "g", NULL, NULL,
         "--categorical: column 'g' is a group column, not a feature; --text-key makes its keys "
         "text"},
        {NULL, "x", NULL, NULL, NULL, "no column is left to be a feature"},
        {"x,x", NULL, NULL, NULL, NULL, "--features names column 'x' twice"},
    };

    if (cases[_i].features != NULL)
        add_item(&options.selection.features, cases[_i].features);
    if (cases[_i].drop != NULL)
        add_item(&options.selection.drop, cases[_i].drop);
    if (cases[_i].categorical != NULL)
        add_item(&options.selection.categorical, cases[_i].categorical);
    if (cases[_i].group != NULL)
        add_item(&options.selection.group, cases[_i].group);
    options.selection.weight = cases[_i].weight;
    expect_failure("g,x,y\n1,1,0\n2,2,1\n", SEGML_E_ARGUMENT, cases[_i].message);
}
END_TEST

START_TEST(the_library_takes_the_table)
{
    segml_dataset_input input;
    segml_dataset *dataset = NULL;
    int rc;

    options.selection.weight = "w";
    add_item(&options.selection.categorical, "none");
    expect_table("g,w,x,c,none,y\n4,1,1,a,,no\n5,2,2,b,,yes\n4,0,3,,,no\n");
    cli_table_input(&input, &table, &csv);
    rc = segml_dataset_create(&dataset, &input, &err);
    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_dataset_rows(dataset), 3);
    ck_assert_int_eq(segml_dataset_groups(dataset), 2);
    ck_assert_int_eq(segml_dataset_key_type(dataset, 0), SEGML_KEY_INT64);
    segml_dataset_free(dataset);
}
END_TEST

TCase *
table_tests(void)
{
    TCase *tc = tcase_create("table");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, numbers_are_numeric_and_text_is_categorical);
    tcase_add_test(tc, text_keeps_the_code_of_namibia);
    tcase_add_test(tc, declared_columns_keep_their_texts);
    tcase_add_test(tc, na_texts_are_missing_everywhere);
    tcase_add_test(tc, one_stray_cell_among_numbers_is_refused);
    tcase_add_test(tc, below_95_percent_numbers_it_is_text);
    tcase_add_test(tc, text_of_too_many_values_is_left_out);
    tcase_add_loop_test(tc, text_of_1024_values_or_declared_is_kept, 0, 2);
    tcase_add_test(tc, infinities_are_refused_with_their_row);
    tcase_add_test(tc, a_target_of_numbers_is_a_label);
    tcase_add_test(tc, a_target_of_text_has_classes_in_byte_order);
    tcase_add_test(tc, a_declared_target_of_numbers_has_classes);
    tcase_add_loop_test(tc, a_missing_label_is_refused_with_its_row, 0, 3);
    tcase_add_test(tc, a_label_outside_its_domain_is_refused);
    tcase_add_test(tc, an_infinite_label_is_refused);
    tcase_add_test(tc, a_target_of_too_many_texts_is_refused);
    tcase_add_loop_test(tc, weights_are_checked, 0, 4);
    tcase_add_test(tc, keys_are_the_cells_texts);
    tcase_add_test(tc, text_keys_stay_text);
    tcase_add_loop_test(tc, text_that_is_not_utf8_is_refused_with_its_row, 0, 3);
    tcase_add_test(tc, the_features_option_limits_and_drop_removes);
    tcase_add_test(tc, a_name_with_a_comma_is_one_item);
    tcase_add_test(tc, columns_that_are_not_there_are_named);
    tcase_add_test(tc, the_message_lists_as_many_columns_as_fit);
    tcase_add_loop_test(tc, a_column_has_one_role, 0, 9);
    tcase_add_test(tc, the_library_takes_the_table);
    return tc;
}
