/* SPDX-License-Identifier: Apache-2.0 */

/* train/shared: which groups a search for all of them runs on, and what it finds. */

#include "train/shared.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "train/options.h"
#include "unit/scripted_engine.h"
#include "unit/table.h"

enum { MOST_GROUPS = 60, MOST_ROWS = 8000 };

static float cell[MOST_ROWS], label[MOST_ROWS], weight[MOST_ROWS];
static int32_t fold[MOST_ROWS];
static int64_t key_cell[MOST_ROWS];
static segml_dataset *dataset;
static segml_train_options options;
static sg_run run;
static sg_result result[MOST_GROUPS];
static sg_shared shared;
static int64_t chosen[SG_SHARED_GROUPS];
static scripted_engine engine;
static segml_error err;

/* Off by gamma. */
static double
off_by_gamma(const scripted_row *at)
{
    return at->params->gamma;
}

static void
set_up(void)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;

    options = none;
    engine = scripted_engine_make(off_by_gamma);
    memset(&run, 0, sizeof run);
    memset(&shared, 0, sizeof shared);
    memset(result, 0, sizeof result);
    memset(&err, 0, sizeof err);
    for (int g = 0; g < MOST_GROUPS; g++)
        result[g].status = SEGML_GROUP_TRAINED;
}

static void
tear_down(void)
{
    sg_shared_clear(&shared);
    sg_run_clear(&run);
    segml_dataset_free(dataset);
    dataset = NULL;
}

/* Groups 0, 1, ... of so many rows each, in five folds. */
static void
make_groups(const int64_t *rows, int groups)
{
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    int64_t n = 0;

    for (int g = 0; g < groups; g++) {
        for (int64_t i = 0; i < rows[g]; i++, n++) {
            ck_assert_int_lt(n, MOST_ROWS);
            key_cell[n] = g;
            cell[n] = (float)i;
            label[n] = (float)(i % 7);
            weight[n] = g % 2 == 0 || i % 2 == 0; /* half of the odd groups' rows count */
            fold[n] = (int32_t)(i / 2 % 5);
        }
    }
    key.type = SEGML_KEY_INT64;
    key.data = key_cell;
    input.rows = n;
    input.features = 1;
    input.data = cell;
    input.label = label;
    input.weight = weight;
    input.keys = &key;
    input.key_count = 1;
    input.fold = fold;
    dataset = table_dataset(&input);
    run.dataset = dataset;
    ck_assert_msg(sg_options_load(&run.options, &options, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "regression", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    run.engines.xgboost = &engine.table;
    run.sampler = sg_sampler_find(run.options.sampler);
    run.searches = 1;
}

START_TEST(groups_of_at_least_100_rows_that_count_are_searched_on)
{
    static const int64_t rows[6] = {100, 100, 99, 200, 198, 150};

    make_groups(rows, 6);
    result[5].status = SEGML_GROUP_ONE_CLASS;
    ck_assert_int_eq(sg_shared_groups(&run, result, chosen), 3);
    ck_assert_int_eq(chosen[0], 0);
    ck_assert_int_eq(chosen[1], 3);
    ck_assert_int_eq(chosen[2], 4);
}
END_TEST

START_TEST(where_all_are_small_all_are_searched_on)
{
    static const int64_t rows[4] = {99, 60, 50, 80};

    make_groups(rows, 4);
    result[2].status = SEGML_GROUP_TOO_FEW_ROWS;
    ck_assert_int_eq(sg_shared_groups(&run, result, chosen), 3);
    ck_assert_int_eq(chosen[1], 1);
    ck_assert_int_eq(chosen[2], 3);
    for (int g = 0; g < 4; g++)
        result[g].status = SEGML_GROUP_ONE_CLASS;
    ck_assert_int_eq(sg_shared_groups(&run, result, chosen), 0);
}
END_TEST

START_TEST(of_many_groups_32_are_drawn_by_the_seed)
{
    int64_t rows[MOST_GROUPS], first[SG_SHARED_GROUPS];
    int late = 0;

    for (int g = 0; g < MOST_GROUPS; g++)
        rows[g] = g % 2 == 0 ? 101 : 10;
    rows[1] = rows[3] = rows[5] = rows[7] = 210;
    for (int g = 0; g < 4; g++)
        rows[9 + 2 * g] = 202;
    make_groups(rows, MOST_GROUPS); /* 30 + 8 large enough */
    ck_assert_int_eq(sg_shared_groups(&run, result, first), 32);
    for (int i = 0; i < 32; i++) {
        ck_assert(i == 0 || first[i] > first[i - 1]);
        ck_assert(first[i] % 2 == 0 || first[i] <= 15);
        late += first[i] > 47; /* after the first 32 of the 38 */
    }
    ck_assert_int_gt(late, 0);
    ck_assert_int_eq(sg_shared_groups(&run, result, chosen), 32);
    ck_assert_mem_eq(chosen, first, sizeof first);
    run.options.seed = 1;
    ck_assert_int_eq(sg_shared_groups(&run, result, chosen), 32);
    ck_assert_mem_ne(chosen, first, sizeof first);
}
END_TEST

static int
go_on(void *user)
{
    (void)user;
    return 0;
}

/* Searches on all groups. */
static int
search_on(int32_t groups, int32_t workers)
{
    sg_pool *pool = NULL;
    int rc;

    shared.run = &run;
    shared.group = chosen;
    shared.groups = groups;
    for (int32_t g = 0; g < groups; g++)
        chosen[g] = g;
    ck_assert_int_eq(sg_pool_create(&pool, NULL), SEGML_OK);
    ck_assert_int_eq(sg_shared_submit(&shared, pool, &err), SEGML_OK);
    rc = sg_pool_run(pool, workers, go_on, NULL, &err);
    sg_pool_free(pool);
    return rc;
}

static const segml_value gammas[3] = {{"gamma", 3}, {"gamma", 1}, {"gamma", 2}};
static const segml_param_set points[3] = {{&gammas[0], 1}, {&gammas[1], 1}, {&gammas[2], 1}};

static void
try_points(int count)
{
    options.points = points;
    options.point_count = options.trials = count;
}

START_TEST(the_best_set_of_all_groups_is_found)
{
    static const int64_t rows[4] = {100, 200, 120, 100};

    try_points(3);
    make_groups(rows, 4);
    ck_assert_msg(search_on(4, _i) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(shared.given.trial, 1);
    ck_assert_double_eq(shared.given.params.value[SG_PARAM_GAMMA], 1);
    ck_assert_double_eq(shared.given.mean_hessian, 0); /* a list is taken as it is */
    ck_assert_double_eq(shared.given.rows, 100);
    ck_assert_int_eq(shared.given.log->cut, 0);
    ck_assert_double_eq_tol(shared.search.attempt[2].loss, 4, 1e-5);
    ck_assert_int_eq(atomic_load(&engine.fits), 12);
}
END_TEST

/*
 * By rows, gamma 3 (loss 1 in the large group, 2 in the small ones) would beat gamma 1 (1.3 and
 * 1.1): 1.17 < 1.27. But the large group counts as four times the median, so that 1.33 > 1.23.
 */
static double
by_size(const scripted_row *at)
{
    static const double loss[2][2] = {{1.1, 2}, {1.3, 1}}; /* small, large; gamma 1, 3 */

    return sqrt(loss[at->rows->rows > 500][at->params->gamma > 2]);
}

START_TEST(a_large_group_counts_as_four_of_median_size)
{
    static const int64_t rows[3] = {100, 200, 1000};

    try_points(2);
    engine.error = by_size;
    make_groups(rows, 3);
    ck_assert_msg(search_on(3, 2) == SEGML_OK, "%s", err.message);
    ck_assert_double_eq_tol(shared.search.attempt[0].loss, 8 / 6.0, 1e-5);
    ck_assert_double_eq_tol(shared.search.attempt[1].loss, 7.4 / 6.0, 1e-5);
    ck_assert_int_eq(shared.given.trial, 1);
}
END_TEST

/* In the group of 120 rows, in the middle of every fit. */
static int
fails_of_120(const scripted_row *at)
{
    return at->rows->rows == 120 && at->round == 4;
}

START_TEST(a_group_that_always_fails_is_left_out)
{
    static const int64_t rows[3] = {100, 200, 120};

    try_points(3);
    options.metric = _i == 0 ? "loss" : "mae";
    engine.fails = fails_of_120;
    make_groups(rows, 3);
    ck_assert_msg(search_on(3, 2) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(shared.given.trial, 1);
    ck_assert_double_eq_tol(shared.search.attempt[0].loss, 9, 1e-5);
    ck_assert_double_eq_tol(shared.search.attempt[0].value, _i == 0 ? 9 : 3, 1e-5);
}
END_TEST

static int
fails_always(const scripted_row *at)
{
    return at->round == 2;
}

START_TEST(where_all_fail_the_first_failure_is_told)
{
    static const int64_t rows[2] = {100, 200};

    engine.fails = fails_always;
    options.trials = 3;
    make_groups(rows, 2);
    ck_assert_int_eq(search_on(2, 2), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "scripted to fail in round 2");
}
END_TEST

START_TEST(a_default_search_hands_its_mean_hessian_on)
{
    static const int64_t rows[2] = {100, 200};

    options.trials = 2;
    options.group_seconds = 1e-9;
    make_groups(rows, 2);
    ck_assert_int_eq(search_on(2, 1), SEGML_OK);
    ck_assert_double_eq(shared.given.mean_hessian, 1); /* of squared errors */
    ck_assert_int_eq(shared.given.log->cut, 1);
    ck_assert_int_eq(shared.search.count, 1);
}
END_TEST

TCase *
shared_tests(void)
{
    TCase *tc = tcase_create("shared");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, groups_of_at_least_100_rows_that_count_are_searched_on);
    tcase_add_test(tc, where_all_are_small_all_are_searched_on);
    tcase_add_test(tc, of_many_groups_32_are_drawn_by_the_seed);
    tcase_add_loop_test(tc, the_best_set_of_all_groups_is_found, 1, 4);
    tcase_add_test(tc, a_large_group_counts_as_four_of_median_size);
    tcase_add_loop_test(tc, a_group_that_always_fails_is_left_out, 0, 2);
    tcase_add_test(tc, where_all_fail_the_first_failure_is_told);
    tcase_add_test(tc, a_default_search_hands_its_mean_hessian_on);
    return tc;
}
