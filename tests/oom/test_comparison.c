/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening, saving and making comparisons while the n-th allocation fails: always out of memory,
 * no comparison, no crash. Jansson's own allocations and XGBoost's are not reached by this. Leaks
 * are for the sanitizer.
 */

#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "segml/segml.h"

enum { ROWS = 66, FEATURES = 3, ATTEMPTS_MAX = 100000 };

/* One scenario: does all its work and releases what it made. */
typedef int (*scenario_fn)(void *user, segml_error *err);

static void
fail_each(scenario_fn run, void *user, int64_t step, int forever)
{
    for (int64_t n = 0; n < ATTEMPTS_MAX; n += step) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, forever);
        rc = run(user, &err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_gt(n, 5);
            return;
        }
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s: %s", (long long)n,
                      segml_status_name(rc), err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_abort_msg("it does not come to an end");
}

static int
open_and_save(void *user, segml_error *err)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_comparison *comparison = user;
    size_t size = 0;
    int rc;

    options.overwrite = 1;
    rc = segml_comparison_open(&comparison, user, err);
    ck_assert_int_eq(comparison != NULL, rc == SEGML_OK);
    if (rc == SEGML_OK)
        rc = segml_comparison_save(comparison, "test-oom-comparison.json", &options, err);
    if (rc == SEGML_OK)
        rc = segml_comparison_save_memory(comparison, NULL, 0, &size, err);
    segml_comparison_free(comparison);
    return rc;
}

START_TEST(opening_and_saving_survive_every_failed_allocation)
{
    char path[512];

    snprintf(path, sizeof path, "%s/comparison/multiclass.json", GOLDEN_FOLDER);
    fail_each(open_and_save, path, 1, _i);
    unlink("test-oom-comparison.json");
}
END_TEST

#if SG_TRAINING
typedef struct scene {
    float x[ROWS * FEATURES], y[ROWS];
    int64_t key[ROWS];
    segml_dataset *dataset;
    int32_t honest;
} scene;

/* Two groups of 33 rows. */
static void
set_scene(scene *s)
{
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input in = SEGML_DATASET_INPUT_INIT;

    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++)
            s->x[i * FEATURES + j] = (float)((i * 7 + j * 5) % 11);
        s->y[i] = (float)(i % 4 / 2);
        s->key[i] = i * 2 / ROWS;
    }
    key.type = SEGML_KEY_INT64;
    key.data = s->key;
    in.rows = ROWS;
    in.features = FEATURES;
    in.data = s->x;
    in.label = s->y;
    in.keys = &key;
    in.key_count = 1;
    ck_assert_int_eq(segml_dataset_create(&s->dataset, &in, NULL), SEGML_OK);
}

static int
compare(void *user, segml_error *err)
{
    static const segml_value few_rounds = {"rounds", 2};
    scene *s = user;
    segml_train_options train = SEGML_TRAIN_OPTIONS_INIT;
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_comparison *comparison = user;
    int rc;

    train.trials = 2;
    train.folds = 2;
    train.min_rows = 16;
    train.jobs = 1;
    train.params = &few_rounds;
    train.param_count = 1;
    options.train = &train;
    options.honest = s->honest;
    options.outer_folds = s->honest ? 2 : 0;
    options.outer_used = s->honest;
    rc = segml_compare(&comparison, s->dataset, &options, err);
    ck_assert_int_eq(comparison != NULL, rc == SEGML_OK);
    segml_comparison_free(comparison);
    return rc;
}

START_TEST(comparing_survives_failed_allocations)
{
    scene s = {.honest = _i};

    set_scene(&s);
    fail_each(compare, &s, _i == 0 ? 7 : 13, 0);
    fail_each(compare, &s, 61, 1);
    segml_dataset_free(s.dataset);
}
END_TEST
#endif

TCase *comparison_tests(void);

TCase *
comparison_tests(void)
{
    TCase *tc = tcase_create("comparison");

    tcase_set_timeout(tc, 900);
    tcase_add_loop_test(tc, opening_and_saving_survive_every_failed_allocation, 0, 2);
#if SG_TRAINING
    tcase_add_loop_test(tc, comparing_survives_failed_allocations, 0, 2);
#endif
    return tc;
}
