/* SPDX-License-Identifier: Apache-2.0 */

/* Degenerate groups get a status and a fallback and never stop the others. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { GOOD = 10, ONE_ROW, FEW_ROWS, ONE_CLASS, FEW_OF_SECOND, NO_VALUES, NO_WEIGHT, LAST };

typedef struct kind {
    int64_t key;
    int64_t rows;
    int32_t status;
    int32_t reason;
    const char *message;
} kind;

static const kind kinds[] = {
    {GOOD, 300, SEGML_GROUP_TRAINED, SEGML_REASON_OK, ""},
    {ONE_ROW, 1, SEGML_GROUP_TOO_FEW_ROWS, SEGML_REASON_TOO_FEW_ROWS, "1 rows, fewer than 50"},
    {FEW_ROWS, 49, SEGML_GROUP_TOO_FEW_ROWS, SEGML_REASON_TOO_FEW_ROWS, "49 rows, fewer than 50"},
    {ONE_CLASS, 80, SEGML_GROUP_ONE_CLASS, SEGML_REASON_ONE_CLASS,
     "all 80 labels are of one class"},
    {FEW_OF_SECOND, 80, SEGML_GROUP_TOO_FEW_ROWS, SEGML_REASON_TOO_FEW_ROWS,
     "4 rows of the second most frequent class, fewer than 5"},
    {NO_VALUES, 100, SEGML_GROUP_TRAINED, SEGML_REASON_OK, ""},
    {NO_WEIGHT, 100, SEGML_GROUP_TOO_FEW_ROWS, SEGML_REASON_TOO_FEW_ROWS, "0 rows, fewer than 50"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void
fill_row(table *t, int64_t i, const kind *k, int64_t number)
{
    float *x = t->x + i * t->features;

    for (int64_t j = 0; j < t->features; j++)
        x[j] = k->key == NO_VALUES ? NAN : (float)seed_draw(5, (uint64_t)(i * 3 + j + 1)) - 0.5f;
    t->key[i] = k->key;
    t->weight[i] = k->key == NO_WEIGHT ? 0 : 1;
    t->y[i] = k->key == ONE_CLASS       ? 1
              : k->key == FEW_OF_SECOND ? number < 4
              : k->key == NO_VALUES     ? (float)(number % 2)
                                        : x[0] + x[1] > 0;
}

static table
all_kinds(void)
{
    int64_t rows = 0, i = 0;
    table t;

    for (int k = 0; k < KINDS; k++)
        rows += kinds[k].rows;
    t = table_make(rows, 3);
    t.weight = calloc((size_t)rows, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int k = 0; k < KINDS; k++) {
        for (int64_t n = 0; n < kinds[k].rows; n++)
            fill_row(&t, i++, &kinds[k], n);
    }
    return t;
}

START_TEST(each_kind_of_group_gets_its_status_and_route)
{
    static const float row[3] = {0.2f, -0.1f, 0.3f};
    table t = all_kinds();
    segml_train_options options = quick_options();
    segml_model *model = train_table(&t, &options, 0);

    for (int k = 0; k < KINDS; k++) {
        const segml_key key = SEGML_KEY_INT64_VALUE(kinds[k].key);
        segml_route *route = NULL;
        const char *message;
        float p = -1;

        ck_assert_int_eq(status_of(model, k, &message), kinds[k].status);
        ck_assert_str_eq(message, kinds[k].message);
        ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
        ck_assert_int_eq(segml_route_get_reason(route), kinds[k].reason);
        ck_assert_int_eq(segml_route_get_kind(route), kinds[k].status == SEGML_GROUP_TRAINED
                                                          ? SEGML_ROUTE_EXACT
                                                          : SEGML_ROUTE_GLOBAL);
        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, 3, &p, 1),
                         SEGML_OK);
        ck_assert(p > 0 && p < 1);
        segml_route_free(route);
    }
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(without_fallback_such_groups_have_no_model)
{
    const segml_key few = SEGML_KEY_INT64_VALUE(FEW_ROWS), unseen = SEGML_KEY_INT64_VALUE(4711);
    table t = all_kinds();
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;
    segml_model *model;

    options.fallback = -1;
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(segml_route_find(&route, model, &few, 1, &err), SEGML_E_NOT_FOUND);
    ck_assert_ptr_null(route);
    ck_assert_int_eq(segml_route_find(&route, model, &unseen, 1, &err), SEGML_E_NOT_FOUND);
    ck_assert_msg(strstr(err.message, "4711") != NULL, "%s", err.message);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(without_a_global_model_the_constant_answers)
{
    static const float row[3] = {0, 0, 0};
    const segml_key unseen = SEGML_KEY_INT64_VALUE(4711);
    table t = table_make(40, 3); /* fewer than min_rows, so nothing is trained */
    segml_train_options options = quick_options();
    segml_route *route = NULL;
    segml_model *model;
    float p = -1;

    for (int64_t i = 0; i < 40; i++)
        t.y[i] = i % 4 == 0;
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(segml_route_find(&route, model, &unseen, 1, NULL), SEGML_OK);
    ck_assert_int_eq(segml_route_get_kind(route), SEGML_ROUTE_CONSTANT);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, 3, &p, 1), SEGML_OK);
    ck_assert_float_eq_tol(p, 11.0f / 42.0f, 1e-6f); /* (10 + 1) / (40 + 2) */
    segml_route_free(route);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_constant_number_is_a_status_of_its_own)
{
    table t = table_make(300, 2);
    segml_train_options options = quick_options();
    segml_model *model;
    const char *message;

    options.objective = "regression";
    for (int64_t i = 0; i < 300; i++) {
        t.key[i] = i % 2;
        t.x[2 * i] = (float)seed_draw(1, (uint64_t)i + 1);
        t.y[i] = i % 2 == 0 ? 7.5f : t.x[2 * i];
    }
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(status_of(model, 0, &message), SEGML_GROUP_CONSTANT_LABEL);
    ck_assert_str_eq(message, "all 150 labels are equal");
    ck_assert_int_eq(status_of(model, 1, &message), SEGML_GROUP_TRAINED);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(null_keys_are_a_group_of_their_own)
{
    const segml_key null = SEGML_KEY_NULL_VALUE;
    table t = table_seed(1600);
    segml_train_options options = quick_options();
    segml_route *route = NULL;
    segml_model *model;

    for (int64_t i = 0; i < 200; i++)
        t.key_valid[i / 8] &= (uint8_t) ~(1u << (i % 8));
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(segml_route_find(&route, model, &null, 1, NULL), SEGML_OK);
    ck_assert_int_eq(segml_route_get_kind(route), SEGML_ROUTE_EXACT);
    ck_assert_int_eq(segml_route_get_group(route), 0);
    segml_route_free(route);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Twelve groups of one row, none of which is dealt to fold 0 of 5: the search takes fold 1. */
START_TEST(the_search_needs_no_row_in_the_first_fold)
{
    static const int64_t keys[12] = {0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13};
    table t = table_make(12, 2);
    segml_train_options options = quick_options();
    segml_model *model;

    options.min_rows = 10;
    for (int64_t i = 0; i < 12; i++) {
        t.key[i] = keys[i];
        t.x[2 * i] = (float)i;
        t.y[i] = (float)(i % 2);
    }
    model = train_table(&t, &options, 1);
    ck_assert_int_eq(status_of(model, SEGML_GROUP_INDEX_GLOBAL, NULL), SEGML_GROUP_TRAINED);
    ck_assert(metric_of(model, SEGML_GROUP_INDEX_GLOBAL, "search_loss") > 0);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

#if !SG_XGBOOST_LINKED
/*
 * Three groups, one after the other: two trials, two folds and a refit of ten rounds each, so
 * the calls from 50 on are those of the second group. Trains with some of them failing.
 */
static segml_model *
train_with_failures(const char *window, segml_error *err)
{
    static const segml_value rounds = {"rounds", 10};
    table t = table_make(300, 2);
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_train_options options = quick_options();
    segml_dataset *dataset = NULL;
    segml_model *model = NULL;

    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = i % 3;
        t.x[2 * i] = (float)seed_draw(9, (uint64_t)i + 1);
        t.y[i] = t.x[2 * i] > .5f;
    }
    key.type = SEGML_KEY_INT64;
    key.data = t.key;
    input.rows = t.rows;
    input.features = t.features;
    input.data = t.x;
    input.label = t.y;
    input.keys = &key;
    input.key_count = 1;
    options.engine = "xgboost";
    options.xgboost_path = FAILING_XGBOOST;
    options.jobs = 1;
    options.folds = 2;
    options.fallback = -1;
    options.params = &rounds;
    options.param_count = 1;
    setenv("SEGML_TEST_FAIL", window, 1);
    ck_assert_int_eq(segml_dataset_create(&dataset, &input, NULL), SEGML_OK);
    ck_assert_int_ge(segml_train_segmented(&model, dataset, &options, err), 0);
    segml_dataset_free(dataset);
    table_free(&t);
    return model;
}

START_TEST(a_group_that_fails_is_told_and_stops_no_other)
{
    /* both trials; the first fold; the refit */
    static const char *const windows[] = {"50-51", "70-70", "90-90"};
    const segml_key second = SEGML_KEY_INT64_VALUE(1);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = train_with_failures(windows[_i], &err);
    segml_route *route = NULL;
    const char *message;

    ck_assert_int_eq(err.code, SEGML_PARTIAL);
    ck_assert_msg(strncmp(err.message, "1 of 3 models failed; group 1 failed: ", 38) == 0, "%s",
                  err.message);
    ck_assert_int_eq(status_of(model, 0, NULL), SEGML_GROUP_TRAINED);
    ck_assert_int_eq(status_of(model, 1, &message), SEGML_GROUP_FAILED);
    ck_assert_msg(strstr(message, "made to fail") != NULL, "%s", message);
    ck_assert_int_eq(status_of(model, 2, NULL), SEGML_GROUP_TRAINED);
    ck_assert_int_eq(segml_route_find(&route, model, &second, 1, NULL), SEGML_E_NOT_FOUND);
    segml_model_free(model);
}
END_TEST

START_TEST(a_trial_that_fails_does_not_fail_its_group)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = train_with_failures("55-55", &err);

    ck_assert_int_eq(err.code, SEGML_OK);
    ck_assert_int_eq(status_of(model, 1, NULL), SEGML_GROUP_TRAINED);
    segml_model_free(model);
}
END_TEST
#endif

TCase *
groups_of_all_kinds_tests(void)
{
    TCase *tc = tcase_create("groups of all kinds");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, each_kind_of_group_gets_its_status_and_route);
    tcase_add_test(tc, without_fallback_such_groups_have_no_model);
    tcase_add_test(tc, without_a_global_model_the_constant_answers);
    tcase_add_test(tc, a_constant_number_is_a_status_of_its_own);
    tcase_add_test(tc, null_keys_are_a_group_of_their_own);
#if !SG_XGBOOST_LINKED
    tcase_add_loop_test(tc, a_group_that_fails_is_told_and_stops_no_other, 0, 3);
    tcase_add_test(tc, a_trial_that_fails_does_not_fail_its_group);
#endif
    tcase_add_test(tc, the_search_needs_no_row_in_the_first_fold);
    return tc;
}
