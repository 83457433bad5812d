/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Retraining with the option reuse gives the bytes of training from nothing, and trains only
 * what has changed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 1600, MANY = 100, MANY_ROWS = 60 * MANY };

static void
listen(int32_t level, const char *message, void *user)
{
    (void)level;
    if (strncmp(message, "reused ", 7) == 0)
        snprintf(user, 256, "%s", message);
}

/* Trains the table with and without reuse, compares, and says how many were reused. */
static long long
retrain(const table *t, const segml_train_options *options, int global, const segml_model *old,
        char said[256])
{
    segml_train_options with = *options;
    segml_model *plain = train_table(t, options, global), *again;
    long long reused, models;

    with.reuse = old;
    with.log = listen;
    with.user = said;
    with.jobs = 3 - options->jobs;
    said[0] = '\0';
    again = train_table(t, &with, global);
    assert_same_artifact(plain, again);
    ck_assert_int_eq(sscanf(said, "reused %lld of %lld models", &reused, &models), 2);
    segml_model_free(plain);
    segml_model_free(again);
    return reused;
}

/* _i: segmented, global, by one search for all, in a few steps of large groups. */
START_TEST(unchanged_rows_leave_nothing_to_train)
{
    table t = table_seed(ROWS), shuffled = table_shuffle(&t, 3);
    segml_train_options options = quick_options();
    segml_model *old;
    char said[256];

    options.validation = _i == 2 ? "shared" : NULL;
    options.search_rows = _i == 3 ? 200 : 0;
    old = train_table(&t, &options, _i == 1);
    options.jobs = 1;
    ck_assert_int_eq(retrain(&shuffled, &options, _i == 1, old, said),
                     _i == 1 ? 1 : 1 + SEED_GROUPS);
    ck_assert_ptr_null(strchr(said, ';'));
    segml_model_free(old);
    table_free(&shuffled);
    table_free(&t);
}
END_TEST

static table
table_of_many(void)
{
    table t = table_make(MANY_ROWS, 2);

    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = i % MANY;
        t.x[2 * i] = (float)seed_draw(1, (uint64_t)i);
        t.x[2 * i + 1] = (float)seed_draw(2, (uint64_t)i);
        t.y[i] = t.x[2 * i] + 0.3f * (float)seed_draw(3, (uint64_t)i) > 0.6f;
    }
    return t;
}

START_TEST(one_per_cent_of_changed_groups_is_trained_and_no_other)
{
    table t = table_of_many();
    segml_train_options options = quick_options();
    segml_model *old = train_table(&t, &options, 0);
    char said[256];

    t.x[2 * 7] += 0.25f; /* a row of group 7 */
    options.jobs = 2;
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), MANY - 1);
    ck_assert_str_eq(said, "reused 99 of 101 models; the global models are trained again, because "
                           "rows have changed");
    segml_model_free(old);
    table_free(&t);
}
END_TEST

START_TEST(groups_come_and_go)
{
    table t = table_seed(ROWS), fewer;
    segml_train_options options = quick_options();
    segml_model *old, *of_fewer;
    char said[256];

    fewer = table_seed(ROWS);
    fewer.rows = 0;
    for (int64_t i = 0; i < ROWS; i++) { /* group 2 is not there yet */
        int64_t to = fewer.rows;

        if (t.key[i] == 2)
            continue;
        memcpy(fewer.x + to * t.features, t.x + i * t.features, (size_t)t.features * sizeof *t.x);
        fewer.y[to] = t.y[i];
        fewer.key[to] = t.key[i];
        fewer.rows++;
    }
    old = train_table(&t, &options, 0);
    of_fewer = train_table(&fewer, &options, 0);
    ck_assert_int_eq(retrain(&fewer, &options, 0, old, said), SEED_GROUPS - 1);
    ck_assert_int_eq(retrain(&t, &options, 0, of_fewer, said), SEED_GROUPS - 1);
    segml_model_free(old);
    segml_model_free(of_fewer);
    table_free(&fewer);
    table_free(&t);
}
END_TEST

/* Rows of weight 1 have the same content as rows without: they must be trained to the same bits. */
START_TEST(groups_of_weight_one_are_those_without_weights)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *old = train_table(&t, &options, 0);
    char said[256];

    t.weight = calloc(ROWS, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int64_t i = 0; i < ROWS; i++)
        t.weight[i] = t.key[i] == 3 ? (float)(1 + i % 3) : 1;
    options.jobs = 1;
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), SEED_GROUPS - 1);
    segml_model_free(old);
    table_free(&t);
}
END_TEST

/* What one search found for all groups is part of every model: the rows it saw have changed. */
START_TEST(another_shared_search_trains_all_groups_again)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *old;
    char said[256];

    options.validation = "shared";
    options.trials = 8;
    old = train_table(&t, &options, 0);
    for (int64_t i = 0; i < ROWS; i++) { /* other labels, so that another set of them wins */
        if (t.key[i] < 4)
            t.y[i] = i * 7 % 11 < 5;
    }
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), 0);
    ck_assert_ptr_nonnull(strstr(said, "the search for all groups found other parameters"));
    segml_model_free(old);
    table_free(&t);
}
END_TEST

START_TEST(options_that_no_model_depends_on_may_change)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *old = train_table(&t, &options, 0);
    char said[256];

    options.threshold = 0.3;
    options.history = -1;
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), 1 + SEED_GROUPS);
    options.fallback = -1;
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), SEED_GROUPS);
    options.min_rows = 201; /* now all groups have too few rows */
    options.fallback = 1;
    ck_assert_int_eq(retrain(&t, &options, 0, old, said), 1);
    segml_model_free(old);
    table_free(&t);
}
END_TEST

static void
assert_refused(const table *t, const segml_train_options *options, int status, const char *words)
{
    segml_dataset *dataset = table_dataset(t);
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(segml_train_segmented(&model, dataset, options, &err), status);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
    ck_assert_ptr_null(model);
    segml_dataset_free(dataset);
}

START_TEST(another_training_is_refused_with_what_differs)
{
    table t = table_seed(ROWS), wider = table_make(ROWS, SEED_FEATURES + 1);
    segml_train_options options = quick_options();
    segml_model *old = train_table(&t, &options, 0);

    options.reuse = old;
    options.seed = 4;
    assert_refused(&t, &options, SEGML_E_MISMATCH, "seed is 4 here and 0 in the model to reuse");
    options.seed = 0;
    options.trials = 3;
    assert_refused(&t, &options, SEGML_E_MISMATCH, "trials is 3 here and 2 in the model");
    options.trials = 2;
    options.positive = "0";
    assert_refused(&t, &options, SEGML_E_MISMATCH, "negative class is 1 here and 0 in the model");
    options.positive = NULL;
    for (int64_t i = 0; i < ROWS; i++) {
        wider.key[i] = t.key[i];
        wider.y[i] = t.y[i];
    }
    assert_refused(&wider, &options, SEGML_E_MISMATCH, "number of features is ");
    segml_model_free(old);
    table_free(&wider);
    table_free(&t);
}
END_TEST

START_TEST(a_model_without_what_reuse_needs_is_refused)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *old;
    size_t size;

    options.reusable = -1;
    old = train_table(&t, &options, 0);
    ck_assert_ptr_null(artifact_member(old, "training.bin", &size));
    options.reuse = old;
    assert_refused(&t, &options, SEGML_E_NOT_FOUND, "with the option reusable on");
    segml_model_free(old);
    table_free(&t);
}
END_TEST

/* Rows of two groups with a feature of texts; codes are positions in the dictionary. */
typedef struct texts {
    float x[400], y[400];
    int64_t key[400];
    const char *values[4];
    int64_t count;
} texts;

static segml_dataset *
texts_dataset(const texts *of)
{
    static const int32_t types[] = {SEGML_FEATURE_CATEGORICAL, SEGML_FEATURE_NUMERIC};
    static const char *const names[] = {"colour", "size"};
    const segml_dictionary dictionaries[] = {{of->values, of->count}, {NULL, 0}};
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset *dataset = NULL;
    segml_error err = SEGML_ERROR_INIT;

    key.name = "store";
    key.type = SEGML_KEY_INT64;
    key.data = of->key;
    input.rows = 200;
    input.features = 2;
    input.data = of->x;
    input.feature_names = names;
    input.feature_types = types;
    input.dictionaries = dictionaries;
    input.label = of->y;
    input.keys = &key;
    input.key_count = 1;
    ck_assert_msg(segml_dataset_create(&dataset, &input, &err) == SEGML_OK, "%s", err.message);
    return dataset;
}

START_TEST(dictionaries_may_grow_at_their_end_alone)
{
    static const char *const grown[] = {"blue", "red", "white"};
    static const char *const others[] = {"blue", "green", "red"};
    texts of = {.values = {"blue", "red"}, .count = 2};
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset;
    segml_model *old = NULL, *plain = NULL, *again = NULL;
    char said[256];

    for (int i = 0; i < 200; i++) {
        of.key[i] = i / 100;
        of.x[2 * i] = (float)(i * 7 % 2);
        of.x[2 * i + 1] = (float)(i * 13 % 31);
        of.y[i] = (of.x[2 * i] > 0) == (i % 9 > 1);
    }
    dataset = texts_dataset(&of);
    ck_assert_int_eq(segml_train_segmented(&old, dataset, &options, &err), SEGML_OK);
    segml_dataset_free(dataset);
    memcpy(of.values, grown, sizeof grown);
    of.count = 3;
    for (int i = 100; i < 200; i += 3)
        of.x[2 * i] = 2; /* only the second store has white things */
    dataset = texts_dataset(&of);
    ck_assert_int_eq(segml_train_segmented(&plain, dataset, &options, &err), SEGML_OK);
    options.reuse = old;
    options.log = listen;
    options.user = said;
    ck_assert_int_eq(segml_train_segmented(&again, dataset, &options, &err), SEGML_OK);
    assert_same_artifact(plain, again);
    ck_assert_int_eq(strncmp(said, "reused 1 of 3 models", 20), 0);
    segml_model_free(again);
    segml_dataset_free(dataset);
    memcpy(of.values, others, sizeof others);
    dataset = texts_dataset(&of);
    ck_assert_int_eq(segml_train_segmented(&again, dataset, &options, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "value 1 of feature colour is green here and red in the "
                                      "model to reuse") != NULL,
                  "%s", err.message);
    segml_dataset_free(dataset);
    segml_model_free(old);
    segml_model_free(plain);
}
END_TEST

/* A journal first, then reuse; the parent of the store that changed is trained again. */
START_TEST(parents_are_taken_as_groups_are)
{
    static const char journal[] = "test-journal.tmp";
    static int64_t region[ROWS];
    table t = table_seed(ROWS);
    segml_dataset *dataset = table_levels(&t, region);
    segml_train_options options = quick_options();
    segml_model *old = NULL, *plain = NULL, *again = NULL;
    segml_error err = SEGML_ERROR_INIT;
    char said[256];

    options.parents = 1;
    options.journal = journal;
    remove(journal);
    ck_assert_int_eq(segml_train_segmented(&old, dataset, &options, &err), SEGML_OK);
    ck_assert_int_eq(segml_train_segmented(&again, dataset, &options, &err), SEGML_OK);
    assert_same_artifact(old, again);
    remove(journal);
    segml_model_free(again);
    segml_dataset_free(dataset);
    options.journal = NULL;
    for (int64_t i = 0; i < ROWS; i++) /* rows of store 4, which is in region 1 of 0, 1, 2 */
        t.y[i] = t.key[i] == 4 && i % 20 == 0 ? 1 - t.y[i] : t.y[i];
    dataset = table_levels(&t, region);
    ck_assert_int_eq(segml_train_segmented(&plain, dataset, &options, &err), SEGML_OK);
    options.reuse = old;
    options.log = listen;
    options.user = said;
    ck_assert_int_eq(segml_train_segmented(&again, dataset, &options, &err), SEGML_OK);
    assert_same_artifact(plain, again);
    ck_assert_int_eq(strncmp(said, "reused 9 of 12 models", 21), 0);
    segml_model_free(again);
    segml_model_free(plain);
    segml_model_free(old);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

TCase *
reuse_tests(void)
{
    TCase *tc = tcase_create("reuse");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, unchanged_rows_leave_nothing_to_train, 0, 4);
    tcase_add_test(tc, one_per_cent_of_changed_groups_is_trained_and_no_other);
    tcase_add_test(tc, groups_come_and_go);
    tcase_add_test(tc, groups_of_weight_one_are_those_without_weights);
    tcase_add_test(tc, another_shared_search_trains_all_groups_again);
    tcase_add_test(tc, options_that_no_model_depends_on_may_change);
    tcase_add_test(tc, another_training_is_refused_with_what_differs);
    tcase_add_test(tc, a_model_without_what_reuse_needs_is_refused);
    tcase_add_test(tc, dictionaries_may_grow_at_their_end_alone);
    tcase_add_test(tc, parents_are_taken_as_groups_are);
    return tc;
}
