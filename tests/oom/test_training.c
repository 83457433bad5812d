/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Making a data set and training two groups with two trials each, while the n-th
 * allocation fails, alone or with all after it: always out of memory, no model, no crash.
 * XGBoost's and OpenMP's own allocations are not reached by this. Leaks are for the
 * sanitizer.
 */

#include <check.h>
#include <math.h>

#include "base/alloc.h"
#include "segml/segml.h"

enum { ROWS = 44, FEATURES = 3, ATTEMPTS_MAX = 100000 };

typedef struct scene {
    float x[ROWS * FEATURES], y[ROWS], weight[ROWS];
    int64_t offset[ROWS + 1];
    char text[4 * ROWS];
    int64_t customer[ROWS];
    double time[ROWS];
    int32_t jobs;
    int32_t global;
    int32_t grouped, ordered; /* 1: folds are made so */
    const char *validation, *metric;
    const char *engine;
    int32_t exact;   /* 1: exact trees, and no categories */
    int32_t sampled; /* 1: a space and a sampler of the caller's */
    int32_t parents; /* 1: a second key column, and models of the first */
} scene;

static void
set_scene(scene *s)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++)
            s->x[i * FEATURES + j] = j == 0 ? (float)(i % 3) : (float)((i * 7 + j * 5) % 11);
        s->y[i] = (float)(i % 4 / 2);
        s->weight[i] = 1 + (float)(i % 2);
        s->customer[i] = i % 13;
        s->time[i] = i * 5 % ROWS;
        s->offset[i] = 4 * i;
        for (int k = 0; k < 4; k++)
            s->text[4 * i + k] = (char)('a' + i * 2 / ROWS);
    }
    s->offset[ROWS] = 4 * ROWS;
}

/* A sampler of the caller's. */
static int32_t
sample(const segml_study *study, int64_t trial, double *point, void *user)
{
    (void)study;
    (void)user;
    point[0] = 0.1 * (double)(trial + 1);
    return 0;
}

static void
set_search(const scene *s, segml_dimension *rate, segml_train_options *options)
{
    options->validation = s->validation;
    options->metric = s->metric;
    if (!s->sampled)
        return;
    rate->name = "learning_rate";
    rate->low = 0.1;
    rate->high = 1;
    options->space = rate;
    options->space_count = 1;
    options->sample = sample;
}

static int
train(scene *s, segml_error *err)
{
    static const char *const texts[] = {"red", "green", "blue"};
    static const segml_dictionary dictionaries[FEATURES] = {{texts, 3}, {NULL, 0}, {NULL, 0}};
    static const int32_t types[FEATURES] = {SEGML_FEATURE_CATEGORICAL, SEGML_FEATURE_NUMERIC,
                                            SEGML_FEATURE_NUMERIC};
    static const segml_value few_rounds = {"rounds", 2}, rising = {"f1", 1};
    segml_dataset_input in = SEGML_DATASET_INPUT_INIT;
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_key_column key[2] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT};
    segml_key_column customer = SEGML_KEY_COLUMN_INIT;
    segml_dimension rate = SEGML_DIMENSION_INIT;
    segml_dataset *dataset = (segml_dataset *)s;
    segml_model *model = (segml_model *)s;
    int rc;

    key[0].type = SEGML_KEY_UTF8;
    key[0].data = s->text;
    key[0].offsets = s->offset;
    key[1].type = SEGML_KEY_INT64;
    key[1].data = s->customer;
    in.rows = ROWS;
    in.features = FEATURES;
    in.data = s->x;
    in.feature_types = s->exact ? NULL : types;
    in.dictionaries = s->exact ? NULL : dictionaries;
    in.label = s->y;
    in.weight = s->weight;
    in.keys = key;
    in.key_count = s->parents ? 2 : 1;
    customer.type = SEGML_KEY_INT64;
    customer.data = s->customer;
    in.fold_group = s->grouped ? &customer : NULL;
    in.time = s->ordered ? s->time : NULL;
    options.trials = 2;
    options.folds = 2;
    options.min_rows = 20;
    options.parents = s->parents;
    options.jobs = s->jobs;
    options.params = &few_rounds;
    options.param_count = 1;
    options.engine = s->engine;
    options.tree_method = s->exact ? "exact" : NULL;
    options.monotone = &rising;
    options.monotone_count = 1;
    set_search(s, &rate, &options);
    rc = segml_dataset_create(&dataset, &in, err);
    ck_assert_int_eq(dataset != NULL, rc == SEGML_OK);
    if (rc < 0)
        return rc;
    rc = (s->global ? segml_train_global : segml_train_segmented)(&model, dataset, &options, err);
    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    segml_model_free(model);
    segml_dataset_free(dataset);
    return rc;
}

/* Fails one allocation after the other, taking steps of the given size. */
static void
fail_each(scene *s, int64_t step, int forever)
{
    for (int64_t n = 0; n < ATTEMPTS_MAX; n += step) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, forever);
        rc = train(s, &err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_gt(n, 100);
            return;
        }
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s: %s", (long long)n,
                      segml_status_name(rc), err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_abort_msg("it does not come to an end");
}

START_TEST(segmented_training_survives_every_failed_allocation)
{
    scene s = {.jobs = 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

START_TEST(global_training_survives_every_failed_allocation)
{
    scene s = {.jobs = 1, .global = 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

START_TEST(parents_survive_every_failed_allocation)
{
    scene s = {.jobs = 1, .parents = 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

/* _i: XGBoost; exact trees of the native engine. */
START_TEST(other_engines_survive_every_failed_allocation)
{
    scene s = {.jobs = 1, .engine = _i == 0 ? "xgboost" : "native", .exact = _i == 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

/* _i: folds grouped by a value, or ordered in time. */
START_TEST(other_folds_survive_every_failed_allocation)
{
    scene s = {.jobs = 1, .grouped = _i == 0, .ordered = _i == 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

START_TEST(every_validation_survives_every_failed_allocation)
{
    static const char *const validations[] = {"kfold", "shared"};
    scene s = {.jobs = 1, .validation = validations[_i], .metric = "f1"};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

START_TEST(a_callers_sampler_survives_every_failed_allocation)
{
    scene s = {.jobs = 1, .sampled = 1};

    set_scene(&s);
    fail_each(&s, 1, 0);
}
END_TEST

START_TEST(a_shared_search_survives_when_memory_is_gone_for_good)
{
    scene s = {.jobs = 2, .validation = "shared", .sampled = 1};

    set_scene(&s);
    fail_each(&s, 7, 1);
}
END_TEST

START_TEST(training_survives_when_memory_is_gone_for_good)
{
    scene s = {.jobs = 2};

    set_scene(&s);
    fail_each(&s, 7, 1);
}
END_TEST

TCase *
training_tests(void)
{
    TCase *tc = tcase_create("training");

    tcase_set_timeout(tc, 900);
    tcase_add_test(tc, segmented_training_survives_every_failed_allocation);
    tcase_add_test(tc, global_training_survives_every_failed_allocation);
    tcase_add_test(tc, parents_survive_every_failed_allocation);
    tcase_add_loop_test(tc, other_engines_survive_every_failed_allocation, 0, 2);
    tcase_add_loop_test(tc, other_folds_survive_every_failed_allocation, 0, 2);
    tcase_add_loop_test(tc, every_validation_survives_every_failed_allocation, 0, 2);
    tcase_add_test(tc, a_callers_sampler_survives_every_failed_allocation);
    tcase_add_test(tc, a_shared_search_survives_when_memory_is_gone_for_good);
    tcase_add_test(tc, training_survives_when_memory_is_gone_for_good);
    return tc;
}
