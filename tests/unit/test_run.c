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
static const float *weights; /* NULL = none, as of the next three */
static const int32_t *fold_ids;
static const segml_key_column *fold_group;
static const double *times;
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
    fold_ids = NULL;
    fold_group = NULL;
    times = NULL;
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
    input.fold = fold_ids;
    input.fold_group = fold_group;
    input.time = times;
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

START_TEST(given_folds_are_kept)
{
    static int32_t fold[ROWS];

    for (int i = 0; i < ROWS; i++)
        fold[i] = i * 7 % 11 % FOLDS;
    fold_ids = fold;
    prepare(ROWS, "binary", 3);
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(run.fold[i], fold[run.row[i]]);
}
END_TEST

/* Customers of all groups in each other's way; every 16th row has none. */
static int64_t customers[ROWS];
static uint8_t known[(ROWS + 7) / 8];
static segml_key_column customer = SEGML_KEY_COLUMN_INIT;

static void
make_customers(int count)
{
    memset(known, 0xFF, sizeof known);
    for (int i = 0; i < ROWS; i++) {
        customers[i] = i * 31 % count;
        if (i % 16 == 5)
            known[i / 8] &= (uint8_t) ~(1u << (i % 8));
    }
    customer.type = SEGML_KEY_INT64;
    customer.data = customers;
    customer.validity = known;
    fold_group = &customer;
}

static int
is_known(int row)
{
    return known[row / 8] >> (row % 8) & 1;
}

START_TEST(rows_of_one_value_are_in_one_fold_in_all_groups)
{
    int32_t fold_of[40];
    int used = 0;

    make_customers(40);
    memset(fold_of, 0xFF, sizeof fold_of);
    prepare(ROWS, _i ? "regression" : "binary", 5);
    for (int i = 0; i < ROWS; i++) {
        int32_t *fold = &fold_of[customers[run.row[i]]];

        if (!is_known(run.row[i]))
            continue;
        ck_assert(*fold < 0 || *fold == run.fold[i]);
        *fold = run.fold[i];
        used |= 1 << run.fold[i];
    }
    ck_assert_int_eq(used, (1 << FOLDS) - 1);
}
END_TEST

START_TEST(a_value_keeps_its_fold_whatever_the_other_rows_are)
{
    int32_t fold_of[ROWS];
    float order[ROWS];

    make_customers(40);
    prepare(ROWS, "binary", 5);
    note_maps(fold_of, order);
    prepare(100, "binary", 5);
    for (int i = 0; i < 100; i++) {
        if (is_known(run.row[i]))
            ck_assert_int_eq(run.fold[i], fold_of[run.row[i]]);
    }
    prepare(ROWS, "binary", 6);
    for (int i = 0; i < ROWS; i++) {
        if (is_known(run.row[i]) && run.fold[i] != fold_of[run.row[i]])
            return;
    }
    ck_abort_msg("another seed changes nothing");
}
END_TEST

/* Without any value rows are dealt as ever, but in another order: contents differ. */
START_TEST(rows_without_a_value_are_dealt_evenly)
{
    make_customers(40);
    memset(known, 0, sizeof known);
    prepare(ROWS, "binary", 5);
    for (int64_t g = 0; g < GROUPS; g++) {
        for (int class = -1; class < 2; class ++)
            ck_assert_int_le(fold_spread(g, class), 1);
    }
}
END_TEST

/* Per group: folds do not fall with time, and no time is on both sides of a cut. */
static void
assert_in_time(void)
{
    for (int64_t i = 1; i < ROWS; i++) {
        if (run.group[i] != run.group[i - 1])
            continue;
        ck_assert_double_ge(times[run.row[i]], times[run.row[i - 1]]);
        ck_assert_int_ge(run.fold[i], run.fold[i - 1]);
        if (times[run.row[i]] == times[run.row[i - 1]])
            ck_assert_int_eq(run.fold[i], run.fold[i - 1]);
    }
}

START_TEST(folds_follow_each_other_in_time)
{
    static double time[ROWS];
    int32_t before[ROWS], shifted[ROWS];
    float order[ROWS], order_shifted[ROWS];

    for (int i = 0; i < ROWS; i++)
        time[i] = (double)(i * 127 % ROWS / (_i ? 4 : 1));
    times = time;
    prepare(ROWS, "binary", 1);
    assert_in_time();
    for (int64_t g = 0; g < GROUPS; g++) {
        int64_t start = dataset->groups.start[g], rows = segml_dataset_group_rows(dataset, g);
        int count[FOLDS + 1] = {0};

        for (int64_t i = start; i < start + rows; i++)
            count[run.fold[i] + 1]++;
        for (int b = 0; b <= FOLDS; b++) { /* ties move a cut by two rows at most */
            ck_assert_int_ge(count[b], rows / (FOLDS + 1) - (_i ? 4 : 0));
            ck_assert_int_le(count[b], rows / (FOLDS + 1) + 1 + (_i ? 4 : 0));
        }
    }
    note_maps(before, order);
    for (int i = 0; i < ROWS; i++)
        time[i] = 60 * time[i] - 1e6;
    prepare(ROWS, "binary", 2); /* neither seed nor unit matter */
    note_maps(shifted, order_shifted);
    ck_assert_mem_eq(before, shifted, sizeof before);
    ck_assert_mem_eq(order, order_shifted, sizeof order);
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
    tcase_add_test(tc, given_folds_are_kept);
    tcase_add_loop_test(tc, rows_of_one_value_are_in_one_fold_in_all_groups, 0, 2);
    tcase_add_test(tc, a_value_keeps_its_fold_whatever_the_other_rows_are);
    tcase_add_test(tc, rows_without_a_value_are_dealt_evenly);
    tcase_add_loop_test(tc, folds_follow_each_other_in_time, 0, 2);
    tcase_add_test(tc, key_codes_are_positions_among_the_values_of_their_column);
    return tc;
}
