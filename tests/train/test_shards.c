/* SPDX-License-Identifier: Apache-2.0 */

/* Parts of a training, merged in any order, are the bytes of training at once. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 1600, SHARDS = 16, ORDERS = 3 };

static int64_t region[ROWS];

/* A training to be shared out: _i of the loop tests. */
static const struct scene {
    const char *name;
    int32_t mode; /* segml_mode */
    int regression, weighted, folds, degenerate, failing, bare, levels;
    const char *validation;
} scenes[] = {
    {"segmented", SEGML_MODE_SEGMENTED, 0, 0, 0, 0, 0, 0, 0, NULL},
    {"global", SEGML_MODE_GLOBAL, 0, 0, 0, 0, 0, 0, 0, NULL},
    {"regression", SEGML_MODE_SEGMENTED, 1, 1, 0, 0, 0, 0, 0, NULL},
    {"global regression", SEGML_MODE_GLOBAL, 1, 0, 1, 0, 0, 0, 0, NULL},
    {"shared", SEGML_MODE_SEGMENTED, 0, 0, 0, 1, 0, 0, 0, "shared"},
    {"shared regression", SEGML_MODE_SEGMENTED, 1, 1, 1, 0, 0, 0, 0, "shared"},
    {"small groups", SEGML_MODE_SEGMENTED, 0, 1, 1, 1, 0, 0, 0, NULL},
#if !SG_XGBOOST_LINKED /* it takes no other XGBoost, and that does not fail */
    {"failing groups", SEGML_MODE_SEGMENTED, 0, 0, 0, 1, 1, 0, 0, NULL},
#endif
    {"bare", SEGML_MODE_SEGMENTED, 0, 0, 0, 1, 0, 1, 0, NULL},
    {"parents", SEGML_MODE_SEGMENTED, 0, 0, 0, 1, 0, 0, 1, NULL},
    {"parents, shared", SEGML_MODE_SEGMENTED, 0, 1, 0, 0, 0, 0, 1, "shared"},
};

enum { SCENES = sizeof scenes / sizeof *scenes };

static table
make_table(const struct scene *scene)
{
    table t = table_seed(ROWS);

    for (int64_t i = 0; i < ROWS; i++) {
        if (scene->regression)
            t.y[i] = t.x[i * t.features] * 3 + t.y[i] + (float)seed_draw(4, (uint64_t)i);
        if (scene->degenerate && t.key[i] == 3)
            t.y[i] = 0;
        if (scene->degenerate && t.key[i] == 5 && i % 5 > 0)
            t.key_valid[i / 8] &= (uint8_t) ~(1u << i % 8); /* 40 rows stay, the others are NULL */
        if (scene->degenerate && t.key[i] == 6 && i % 10 > 2)
            t.key[i] = 7; /* 60 rows stay */
    }
    if (scene->weighted) {
        t.weight = calloc(ROWS, sizeof *t.weight);
        ck_assert_ptr_nonnull(t.weight);
        for (int64_t i = 0; i < ROWS; i++)
            t.weight[i] = (float)(i % 7) / 3;
    }
    if (scene->folds) {
        t.fold = calloc(ROWS, sizeof *t.fold);
        ck_assert_ptr_nonnull(t.fold);
        for (int64_t i = 0; i < ROWS; i++)
            t.fold[i] = (int32_t)(i * 11 % 4);
    }
    return t;
}

static segml_train_options
make_options(const struct scene *scene)
{
    segml_train_options options = quick_options();

    options.validation = scene->validation;
    options.parents = scene->levels;
    if (scene->failing) {
        options.engine = "xgboost";
        options.xgboost_path = FAILING_XGBOOST;
        setenv("SEGML_TEST_FAIL_BELOW", "60", 1); /* the group of 60 rows is one of them */
    }
    if (scene->bare) {
        options.history = -1;
        options.reusable = -1;
        options.fallback = -1;
    }
    return options;
}

static void
name_part(char path[64], int shard)
{
    snprintf(path, 64, "test-part-%d.tmp", shard);
}

/* Trains all parts, by one worker and by two. */
static void
train_parts(const segml_dataset *dataset, const segml_train_options *options, int32_t mode,
            int32_t shards)
{
    for (int32_t s = 1; s <= shards; s++) {
        segml_shard_options shard = SEGML_SHARD_OPTIONS_INIT;
        segml_train_options with = *options;
        segml_error err = SEGML_ERROR_INIT;
        char path[64];
        int rc;

        shard.mode = mode;
        shard.shard = s;
        shard.shards = shards;
        shard.overwrite = 1;
        with.jobs = 1 + s % 2;
        name_part(path, s);
        rc = segml_train_shard(path, dataset, &with, &shard, &err);
        ck_assert_msg(rc == SEGML_OK || rc == SEGML_PARTIAL, "part %d: %s", (int)s, err.message);
    }
}

static void
remove_parts(int32_t shards)
{
    char path[64];

    for (int32_t s = 1; s <= shards; s++) {
        name_part(path, s);
        unlink(path);
    }
}

/* Merges parts in a shuffled order. */
static int
merge_parts(segml_model **out, int32_t shards, uint64_t seed, int32_t jobs, segml_error *err)
{
    static char name[SHARDS][64];
    const char *paths[SHARDS];

    for (int32_t s = 0; s < shards; s++) {
        int32_t j = (int32_t)(seed_draw(seed, (uint64_t)s) * (double)(s + 1));

        name_part(name[s], s + 1);
        paths[s] = paths[j];
        paths[j] = name[s];
    }
    return segml_train_merge(out, paths, shards, jobs, err);
}

static segml_dataset *
start(table *t, segml_train_options *options, int scene)
{
    *t = make_table(&scenes[scene]);
    *options = make_options(&scenes[scene]);
    return scenes[scene].levels ? table_levels(t, region) : table_dataset(t);
}

START_TEST(parts_in_any_order_are_the_whole)
{
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, _i);
    const struct scene *scene = &scenes[_i];
    segml_model *whole = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc = (scene->mode == SEGML_MODE_GLOBAL ? segml_train_global : segml_train_segmented)(
        &whole, dataset, &options, &err);

    ck_assert_msg(rc == (scene->failing ? SEGML_PARTIAL : SEGML_OK), "%s: %s", scene->name,
                  err.message);
    train_parts(dataset, &options, scene->mode, SHARDS);
    for (int i = 0; i < ORDERS; i++) {
        segml_model *merged = NULL;

        ck_assert_msg(merge_parts(&merged, SHARDS, (uint64_t)i + 1, 1 + i % 2, &err) == rc,
                      "%s: %s", scene->name, err.message);
        assert_same_artifact(whole, merged);
        segml_model_free(merged);
    }
    remove_parts(SHARDS);
    segml_model_free(whole);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

/* Any number of parts; of eight groups and a global model some of 16 parts train nothing. */
START_TEST(any_number_of_parts_gives_the_same)
{
    static const int32_t numbers[] = {1, 2, 5};
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_model *whole = train_table(&t, &options, 0);
    segml_error err = SEGML_ERROR_INIT;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        segml_model *merged = NULL;

        train_parts(dataset, &options, SEGML_MODE_SEGMENTED, numbers[i]);
        ck_assert_msg(merge_parts(&merged, numbers[i], 1, 2, &err) == SEGML_OK, "%s", err.message);
        assert_same_artifact(whole, merged);
        segml_model_free(merged);
        remove_parts(numbers[i]);
    }
    segml_model_free(whole);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

/* A merged model can be retrained: it has what reuse needs. */
START_TEST(a_merged_model_can_be_reused)
{
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_model *merged = NULL, *plain, *again;
    segml_error err = SEGML_ERROR_INIT;

    train_parts(dataset, &options, SEGML_MODE_SEGMENTED, 3);
    ck_assert_msg(merge_parts(&merged, 3, 1, 2, &err) == SEGML_OK, "%s", err.message);
    t.y[0] = 1 - t.y[0];
    plain = train_table(&t, &options, 0);
    options.reuse = merged;
    again = train_table(&t, &options, 0);
    assert_same_artifact(plain, again);
    remove_parts(3);
    segml_model_free(merged);
    segml_model_free(plain);
    segml_model_free(again);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

static void
assert_refused(const char *const *paths, int64_t count, int status, const char *words)
{
    segml_model *model = (segml_model *)(void *)&status;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(segml_train_merge(&model, paths, count, 1, &err), status);
    ck_assert_int_eq(err.code, status);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" is not in: %s", words, err.message);
}

START_TEST(sets_that_are_no_whole_are_refused)
{
    static const char *const paths[] = {"test-part-4.tmp", "test-part-1.tmp", "test-part-3.tmp",
                                        "test-part-1.tmp"};
    static const char *const none[] = {"test-part-9.tmp"};
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;

    train_parts(dataset, &options, SEGML_MODE_SEGMENTED, 5);
    assert_refused(paths, 3, SEGML_E_MISMATCH, "missing of 5 parts: 2, 5");
    assert_refused(paths, 4, SEGML_E_MISMATCH, "part 1 of 5 is also test-part-1.tmp");
    assert_refused(none, 1, SEGML_E_IO, "test-part-9.tmp");
    assert_refused(none, 0, SEGML_E_ARGUMENT, "count 0");
    ck_assert_int_eq(merge_parts(&model, 5, 1, -1, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(model);
    ck_assert_str_eq(err.message, "jobs is -1: 1 to 4096 is needed");
    remove_parts(5);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

/* The second part of another training in place of its own. */
START_TEST(parts_of_other_trainings_are_refused_with_what_differs)
{
    static const char *const paths[] = {"test-part-1.tmp", "test-part-2.tmp"};
    table t;
    segml_train_options options, others;
    segml_dataset *dataset = start(&t, &options, 0), *other;

    train_parts(dataset, &options, SEGML_MODE_SEGMENTED, 2);
    ck_assert_int_eq(rename("test-part-1.tmp", "test-part-kept.tmp"), 0);
    others = options;
    others.trials = 3;
    train_parts(dataset, &others, SEGML_MODE_SEGMENTED, 2);
    ck_assert_int_eq(rename("test-part-kept.tmp", "test-part-1.tmp"), 0);
    assert_refused(paths, 2, SEGML_E_MISMATCH,
                   "test-part-2.tmp: trials is 3 here and 2 in test-part-1.tmp");
    ck_assert_int_eq(rename("test-part-1.tmp", "test-part-kept.tmp"), 0);
    train_parts(dataset, &options, SEGML_MODE_SEGMENTED, 3);
    ck_assert_int_eq(rename("test-part-kept.tmp", "test-part-1.tmp"), 0);
    assert_refused(paths, 2, SEGML_E_MISMATCH, "number of shards is 3 here and 2 in");
    ck_assert_int_eq(rename("test-part-1.tmp", "test-part-kept.tmp"), 0);
    t.x[5] += 1;
    other = table_dataset(&t);
    train_parts(other, &options, SEGML_MODE_SEGMENTED, 2);
    ck_assert_int_eq(rename("test-part-kept.tmp", "test-part-1.tmp"), 0);
    assert_refused(paths, 2, SEGML_E_MISMATCH, "the rows are not those of test-part-1.tmp");
    remove_parts(3);
    segml_dataset_free(other);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

static long
size_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size;

    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    fclose(file);
    return size;
}

START_TEST(a_damaged_part_is_refused_by_name)
{
    enum { TRIES = 60 };
    static const char *const paths[] = {"test-part-1.tmp", "test-part-2.tmp"};
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    long size;

    train_parts(dataset, &options, SEGML_MODE_SEGMENTED, 2);
    size = size_of(paths[1]);
    for (int i = 0; i < TRIES; i++) {
        long at = (long)(seed_draw(9, (uint64_t)i) * (double)size);
        FILE *file = fopen(paths[1], "r+b");
        int byte;

        ck_assert_ptr_nonnull(file);
        fseek(file, at, SEEK_SET);
        byte = fgetc(file) ^ 1 << i % 8;
        fseek(file, at, SEEK_SET);
        fputc(byte, file);
        fclose(file);
        assert_refused(paths, 2, SEGML_E_FORMAT, paths[1]);
        file = fopen(paths[1], "r+b");
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 1 << i % 8, file);
        fclose(file);
    }
    for (int i = 0; i < TRIES; i++) {
        ck_assert_int_eq(truncate(paths[1], (off_t)(size - 1 - i * (size - 1) / TRIES)), 0);
        assert_refused(paths, 2, SEGML_E_FORMAT, paths[1]);
    }
    remove_parts(2);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

START_TEST(a_shard_out_of_range_is_refused)
{
    static const struct {
        int32_t mode, shard, shards;
        const char *words;
    } wrong[] = {{0, 0, 4, "shard is 0: 1 to 4"},
                 {0, 5, 4, "shard is 5: 1 to 4"},
                 {0, 1, 0, "shards is 0"},
                 {0, 1, 65537, "shards is 65537: 1 to 65536"},
                 {9, 1, 1, "mode is 9"}};
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_error err = SEGML_ERROR_INIT;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        segml_shard_options shard = SEGML_SHARD_OPTIONS_INIT;

        shard.mode = wrong[i].mode;
        shard.shard = wrong[i].shard;
        shard.shards = wrong[i].shards;
        ck_assert_int_eq(segml_train_shard("test-part.tmp", dataset, &options, &shard, &err),
                         SEGML_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, wrong[i].words) != NULL, "%s", err.message);
        ck_assert_int_ne(access("test-part.tmp", F_OK), 0);
    }
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

static void
count_lines(int32_t level, const char *message, void *user)
{
    (void)level;
    (void)message;
    ++*(int *)user;
}

START_TEST(a_part_that_cannot_be_written_is_refused_before_training)
{
    static const struct {
        const char *path;
        int status;
    } wrong[] = {{"test-part.tmp", SEGML_E_EXISTS}, {"test-no-folder/part.tmp", SEGML_E_IO}};
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_shard_options shard = SEGML_SHARD_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    FILE *file = fopen(wrong[0].path, "wb");
    int lines = 0;

    ck_assert_ptr_nonnull(file);
    fputs("something", file);
    fclose(file);
    shard.shard = shard.shards = 1;
    options.log = count_lines;
    options.user = &lines;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(segml_train_shard(wrong[i].path, dataset, &options, &shard, &err),
                         wrong[i].status);
        ck_assert_msg(strstr(err.message, wrong[i].path) != NULL, "%s", err.message);
        ck_assert_int_eq(lines, 0);
    }
    ck_assert_int_eq(size_of(wrong[0].path), 9);
    unlink(wrong[0].path);
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

START_TEST(a_shared_search_with_a_limit_in_seconds_is_refused_in_parts)
{
    table t;
    segml_train_options options;
    segml_dataset *dataset = start(&t, &options, 0);
    segml_shard_options shard = SEGML_SHARD_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;

    options.validation = "shared";
    options.trials = 2;
    options.total_seconds = 600;
    shard.shard = 1;
    shard.shards = 2;
    ck_assert_int_eq(segml_train_shard("test-part.tmp", dataset, &options, &shard, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, "600 seconds") != NULL, "%s", err.message);
    ck_assert_int_ne(access("test-part.tmp", F_OK), 0);
    shard.shards = 1;
    ck_assert_int_eq(segml_train_shard("test-part.tmp", dataset, &options, &shard, &err), SEGML_OK);
    unlink("test-part.tmp");
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

TCase *
shards_tests(void)
{
    TCase *tc = tcase_create("shards");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, parts_in_any_order_are_the_whole, 0, SCENES);
    tcase_add_test(tc, any_number_of_parts_gives_the_same);
    tcase_add_test(tc, a_merged_model_can_be_reused);
    tcase_add_test(tc, sets_that_are_no_whole_are_refused);
    tcase_add_test(tc, parts_of_other_trainings_are_refused_with_what_differs);
    tcase_add_test(tc, a_damaged_part_is_refused_by_name);
    tcase_add_test(tc, a_shard_out_of_range_is_refused);
    tcase_add_test(tc, a_part_that_cannot_be_written_is_refused_before_training);
    tcase_add_test(tc, a_shared_search_with_a_limit_in_seconds_is_refused_in_parts);
    return tc;
}
