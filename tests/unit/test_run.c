/* SPDX-License-Identifier: Apache-2.0 */

/* train/run: order, folds and key codes that depend on the group alone. */

#include <check.h>
#include <string.h>

#include "base/rng.h"
#include "data/canon.h"
#include "train/options.h"
#include "train/run.h"
#include "unit/table.h"

enum { ROWS = 300, GROUPS = 3, FOLDS = 5 };

/* A table whose rows can be told apart by their feature, which is 0 .. ROWS - 1. */
static float feature[ROWS], label[ROWS];
static const float *weights; /* NULL = none */
static int64_t key_cell[ROWS];
static segml_dataset *dataset;
static sg_run run;

static void
make_table(void)
{
    sg_rng rng = sg_rng_stream(4, 4, "table", 0);

    for (int i = 0; i < ROWS; i++) {
        feature[i] = (float)i;
        label[i] = sg_rng_uniform(&rng) < 0.3 ? 1.0f : 0.0f;
        key_cell[i] = 10 * (int64_t)sg_rng_below(&rng, GROUPS);
    }
    memset(&run, 0, sizeof run);
    dataset = NULL;
    weights = NULL;
}

static void
clear_run(void)
{
    sg_run_clear(&run);
    segml_dataset_free(dataset);
    memset(&run, 0, sizeof run);
    dataset = NULL;
}

static void
prepare(int64_t rows, const char *objective, uint64_t seed)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    key.type = SEGML_KEY_INT64;
    key.data = key_cell;
    input.rows = rows;
    input.features = 1;
    input.data = feature;
    input.label = label;
    input.weight = weights;
    input.keys = &key;
    input.key_count = 1;
    clear_run();
    dataset = table_dataset(&input);
    options.seed = seed;
    options.folds = FOLDS;
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, objective, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
}

/* Fold of each row by its feature, and the features in the run's order. */
static void
note_maps(int32_t fold[ROWS], float order[ROWS])
{
    for (int64_t i = 0; i < dataset->rows; i++) {
        order[i] = feature[run.row[i]];
        fold[(int)order[i]] = run.fold[i];
    }
}

START_TEST(rows_are_in_group_order_and_canonical_within)
{
    prepare(ROWS, "binary", 1);
    for (int64_t g = 0; g < GROUPS; g++) {
        int64_t start = dataset->groups.start[g], rows = segml_dataset_group_rows(dataset, g);
        int32_t expected[ROWS];
        sg_hash128 content;

        memcpy(expected, dataset->groups.row + start, (size_t)rows * sizeof *expected);
        ck_assert_int_eq(sg_canon_sort(dataset, expected, rows, &content, NULL), SEGML_OK);
        ck_assert_mem_eq(run.row + start, expected, (size_t)rows * sizeof *expected);
        ck_assert_int_eq(sg_hash_compare(run.content[g], content), 0);
        for (int64_t i = start; i < start + rows; i++) {
            ck_assert_int_eq(run.group[i], (int)g);
            ck_assert_int_eq(key_cell[run.row[i]], 10 * g);
        }
    }
}
END_TEST

START_TEST(folds_do_not_depend_on_the_order_of_rows)
{
    int32_t before[ROWS], after[ROWS];
    float order_before[ROWS], order_after[ROWS];

    prepare(ROWS, _i ? "regression" : "binary", 1);
    note_maps(before, order_before);
    for (int i = 0; i < ROWS / 2; i++) { /* the table upside down */
        float f = feature[i], l = label[i];
        int64_t k = key_cell[i];

        feature[i] = feature[ROWS - 1 - i];
        label[i] = label[ROWS - 1 - i];
        key_cell[i] = key_cell[ROWS - 1 - i];
        feature[ROWS - 1 - i] = f;
        label[ROWS - 1 - i] = l;
        key_cell[ROWS - 1 - i] = k;
    }
    prepare(ROWS, _i ? "regression" : "binary", 1);
    note_maps(after, order_after);
    ck_assert_mem_eq(before, after, sizeof before);
    ck_assert_mem_eq(order_before, order_after, sizeof order_before);
}
END_TEST

START_TEST(a_group_does_not_depend_on_others)
{
    int32_t among[ROWS], alone[ROWS];
    float order[ROWS];
    sg_hash128 content;
    int64_t rows = 0;

    prepare(ROWS, "binary", 1);
    note_maps(among, order);
    content = run.content[1];
    for (int i = 0; i < ROWS; i++) {
        if (key_cell[i] == 10) {
            feature[rows] = feature[i];
            label[rows] = label[i];
            key_cell[rows++] = 10;
        }
    }
    prepare(rows, "binary", 1);
    note_maps(alone, order);
    ck_assert_int_eq(sg_hash_compare(run.content[0], content), 0);
    for (int64_t i = 0; i < rows; i++)
        ck_assert_int_eq(alone[(int)feature[i]], among[(int)feature[i]]);
}
END_TEST

START_TEST(another_seed_deals_other_folds)
{
    int32_t one[ROWS], two[ROWS];
    float order_one[ROWS], order_two[ROWS];

    prepare(ROWS, "binary", 1);
    note_maps(one, order_one);
    prepare(ROWS, "binary", 2);
    note_maps(two, order_two);
    ck_assert_int_ne(memcmp(one, two, sizeof one), 0);
    ck_assert_mem_eq(order_one, order_two, sizeof order_one);
}
END_TEST

/* Most and fewest rows of a group in any fold, among those with the given class (-1: all). */
static int
fold_spread(int64_t group, int class)
{
    int count[FOLDS] = {0}, fewest, most;

    for (int64_t i = 0; i < ROWS; i++) {
        if (run.group[i] == group && (class < 0 || run.target.label[run.row[i]] == (float)class))
            count[run.fold[i]]++;
    }
    fewest = most = count[0];
    for (int f = 1; f < FOLDS; f++) {
        fewest = count[f] < fewest ? count[f] : fewest;
        most = count[f] > most ? count[f] : most;
    }
    return most - fewest;
}

START_TEST(folds_hold_equal_shares_of_each_class)
{
    prepare(ROWS, "binary", (uint64_t)_i);
    for (int64_t g = 0; g < GROUPS; g++) {
        for (int class = -1; class < 2; class ++)
            ck_assert_int_le(fold_spread(g, class), 1);
    }
}
END_TEST

/* 100 rows, five folds: ten bins of ten rows by rank, two rows of each in every fold. */
START_TEST(folds_hold_equal_shares_of_each_range_of_numbers)
{
    int count[10][FOLDS] = {{0}};

    for (int i = 0; i < 100; i++) {
        label[i] = (float)(i * 37 % 100) * 0.5f; /* ranks 0 .. 99 in no order */
        key_cell[i] = 5;
    }
    prepare(100, "regression", (uint64_t)_i);
    for (int i = 0; i < 100; i++)
        count[(int)(label[run.row[i]] * 2) / 10][run.fold[i]]++;
    for (int bin = 0; bin < 10; bin++) {
        for (int f = 0; f < FOLDS; f++)
            ck_assert_int_eq(count[bin][f], 2);
    }
}
END_TEST

/* Most of the rows weigh nothing; the 20 of each group that count are dealt on their own. */
START_TEST(rows_that_count_are_dealt_evenly)
{
    static float weight[ROWS];
    int count[GROUPS][FOLDS] = {{0}};

    for (int i = 0; i < ROWS; i++) {
        key_cell[i] = i % GROUPS;
        weight[i] = i < 20 * GROUPS ? 1.0f : 0.0f;
    }
    weights = weight;
    prepare(ROWS, _i ? "regression" : "binary", 3);
    for (int i = 0; i < ROWS; i++)
        count[run.group[i]][run.fold[i]] += weight[run.row[i]] > 0;
    for (int g = 0; g < GROUPS; g++) {
        for (int f = 0; f < FOLDS; f++)
            ck_assert_int_eq(count[g][f], 4);
        ck_assert_int_le(fold_spread(g, -1), 1);
    }
}
END_TEST

START_TEST(key_codes_are_positions_among_the_values_of_their_column)
{
    static cells first, second;
    static const char *const texts[] = {"b", "a", "b", NULL, "a", "c"};
    static const int64_t integers[] = {7, 7, -1, 7, -1, 7};
    static const struct {
        float text, integer;
    } expected[] = {{0, 1}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {3, 1}};
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_key_column keys[2] = {table_texts(&first, SEGML_KEY_UTF8, texts, 6),
                                table_integers(&second, integers, 6)};
    segml_key_column unused;
    segml_dataset_input input = table_input(&first, &unused, 6, 1, feature, label);

    keys[0] = table_texts(&first, SEGML_KEY_UTF8, texts, 6);
    input.keys = keys;
    input.key_count = 2;
    label[0] = 0;
    label[1] = 1;
    dataset = table_dataset(&input);
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "binary", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    ck_assert_int_eq(segml_dataset_groups(dataset), 6);
    for (int g = 0; g < 6; g++) {
        ck_assert_float_eq(run.key_code[2 * g], expected[g].text);
        ck_assert_float_eq(run.key_code[2 * g + 1], expected[g].integer);
    }
    ck_assert_int_eq(run.largest_key, 4);
    ck_assert_str_eq(run.schema.names[0], "f0");
    ck_assert_str_eq(run.schema.names[2], "key2");
    ck_assert_int_eq(run.schema.categorical[0], 0);
    ck_assert_int_eq(run.schema.categorical[1], 1);
}
END_TEST

TCase *
run_tests(void)
{
    TCase *tc = tcase_create("run");

    tcase_add_checked_fixture(tc, make_table, clear_run);
    tcase_add_test(tc, rows_are_in_group_order_and_canonical_within);
    tcase_add_loop_test(tc, folds_do_not_depend_on_the_order_of_rows, 0, 2);
    tcase_add_test(tc, a_group_does_not_depend_on_others);
    tcase_add_test(tc, another_seed_deals_other_folds);
    tcase_add_loop_test(tc, folds_hold_equal_shares_of_each_class, 0, 3);
    tcase_add_loop_test(tc, folds_hold_equal_shares_of_each_range_of_numbers, 0, 3);
    tcase_add_loop_test(tc, rows_that_count_are_dealt_evenly, 0, 2);
    tcase_add_test(tc, key_codes_are_positions_among_the_values_of_their_column);
    return tc;
}
