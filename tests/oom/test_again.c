/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Journals, reuse and parts while the n-th allocation, or the n-th call of the file system,
 * fails: always the right status, no model, no half part; and what was in a journal stays in it.
 * Leaks are for the sanitizer.
 */

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "segml/segml.h"

enum { ROWS = 66, FEATURES = 2, PARTS = 2, ATTEMPTS_MAX = 100000, CALLS_MAX = 1000 };

static const char journal[] = "oom-journal.tmp", part[] = "oom-part.tmp";
static const char *const parts[PARTS] = {"oom-part-1.tmp", "oom-part-2.tmp"};

static float x[ROWS * FEATURES], y[ROWS];
static int64_t store[ROWS], region[ROWS];
static segml_dataset *dataset;
static segml_model *old; /* of one row less than the data */

static segml_dataset *
make_dataset(void)
{
    segml_dataset_input in = SEGML_DATASET_INPUT_INIT;
    segml_key_column keys[2] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT};
    segml_dataset *made = NULL;

    keys[0].type = keys[1].type = SEGML_KEY_INT64;
    keys[0].data = region;
    keys[1].data = store;
    in.rows = ROWS;
    in.features = FEATURES;
    in.data = x;
    in.label = y;
    in.keys = keys;
    in.key_count = 2;
    ck_assert_int_eq(segml_dataset_create(&made, &in, NULL), SEGML_OK);
    return made;
}

static segml_train_options
make_options(void)
{
    static const segml_value few_rounds = {"rounds", 2};
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;

    options.trials = 2;
    options.folds = 2;
    options.min_rows = 20;
    options.jobs = 1;
    options.params = &few_rounds;
    options.param_count = 1;
    options.validation = "shared";
    options.parents = 1;
    return options;
}

static void
set_up(void)
{
    segml_train_options options = make_options();

    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++)
            x[i * FEATURES + j] = (float)((i * 7 + j * 5) % 11);
        y[i] = (float)(i % 4 / 2);
        store[i] = i * 3 / ROWS;
        region[i] = store[i] / 2;
    }
    y[0] = 1 - y[0];
    dataset = make_dataset();
    ck_assert_int_eq(segml_train_segmented(&old, dataset, &options, NULL), SEGML_OK);
    segml_dataset_free(dataset);
    y[0] = 1 - y[0];
    dataset = make_dataset();
}

static void
tear_down(void)
{
    segml_model_free(old);
    segml_dataset_free(dataset);
    unlink(journal);
    unlink(part);
    for (int p = 0; p < PARTS; p++)
        unlink(parts[p]);
}

static int
train_shard(int32_t shard, const char *path, const segml_train_options *options, segml_error *err)
{
    segml_shard_options of = SEGML_SHARD_OPTIONS_INIT;

    of.shard = shard;
    of.shards = PARTS;
    of.overwrite = 1;
    return segml_train_shard(path, dataset, options, &of, err);
}

/* What is tried with failures; its failures are E_NOMEM, or of the file system. */
typedef int (*scene)(segml_error *err);

static int
train_with(const segml_train_options *options, segml_error *err)
{
    segml_model *model = (segml_model *)(void *)x;
    int rc = segml_train_segmented(&model, dataset, options, err);

    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    segml_model_free(model);
    return rc;
}

static int
resume(segml_error *err)
{
    segml_train_options options = make_options();

    options.journal = journal;
    return train_with(&options, err);
}

static int
begin_anew(segml_error *err)
{
    unlink(journal);
    return resume(err);
}

static int
reuse(segml_error *err)
{
    segml_train_options options = make_options();

    options.reuse = old;
    return train_with(&options, err);
}

static int
share(segml_error *err)
{
    segml_train_options options = make_options();

    options.reuse = old; /* so that most of it is there already */
    return train_shard(1, part, &options, err);
}

static int
merge(segml_error *err)
{
    segml_model *model = (segml_model *)(void *)x;
    int rc = segml_train_merge(&model, parts, PARTS, 1, err);

    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    segml_model_free(model);
    return rc;
}

static void
fail_each_allocation(scene run, int64_t step)
{
    for (int64_t n = 0; n < ATTEMPTS_MAX; n += step) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, 0);
        rc = run(&err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_gt(n, 50);
            return;
        }
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s: %s", (long long)n,
                      segml_status_name(rc), err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_abort_msg("it does not come to an end");
}

static void
make_parts(void)
{
    segml_train_options options = make_options();

    for (int32_t p = 0; p < PARTS; p++)
        ck_assert_int_eq(train_shard(p + 1, parts[p], &options, NULL), SEGML_OK);
}

/* The journal is whole, then every model of it is taken. */
START_TEST(a_journal_survives_every_failed_allocation)
{
    ck_assert_int_eq(resume(NULL), SEGML_OK);
    fail_each_allocation(resume, 1);
    unlink(journal);
    fail_each_allocation(resume, 5); /* ever more of it is there */
}
END_TEST

START_TEST(reuse_survives_every_failed_allocation)
{
    fail_each_allocation(reuse, 2);
}
END_TEST

START_TEST(parts_survive_every_failed_allocation)
{
    fail_each_allocation(share, 3);
    make_parts();
    fail_each_allocation(merge, 1);
}
END_TEST

static int64_t
size_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    int64_t size;

    if (file == NULL)
        return -1;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    fclose(file);
    return size;
}

/* _i: no space left, or a broken disk. Number of calls that were failed. */
static int
fail_each_call(scene run, int reason)
{
    static const int codes[] = {ENOSPC, EIO};

    for (int n = 0; n < CALLS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int64_t before = size_of(journal);
        int rc;

        sg_file_inject(n, codes[reason]);
        rc = run(&err);
        sg_file_inject(-1, 0);
        if (rc == SEGML_OK)
            return n;
        ck_assert_msg(rc == SEGML_E_IO, "call %d: %s: %s", n, segml_status_name(rc), err.message);
        ck_assert_ptr_nonnull(strstr(err.message, "oom-"));
        ck_assert_int_ge(size_of(journal), run == resume ? before : -1);
    }
    ck_abort_msg("it does not come to an end");
    return 0;
}

START_TEST(a_journal_that_cannot_be_written_keeps_what_it_has)
{
    ck_assert_int_gt(fail_each_call(begin_anew, _i), 5);
    ck_assert_int_eq(resume(NULL), SEGML_OK);
    ck_assert_int_ge(fail_each_call(resume, _i), 1); /* its opening, and the flush at the end */
}
END_TEST

START_TEST(a_part_that_cannot_be_written_is_not_there)
{
    for (int n = 0; n < CALLS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_file_inject(n, _i == 0 ? ENOSPC : EIO);
        rc = share(&err);
        sg_file_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_ge(n, 3);
            return;
        }
        ck_assert_int_eq(rc, SEGML_E_IO);
        ck_assert_ptr_nonnull(strstr(err.message, part));
        if (strstr(err.message, "flush the folder") == NULL) /* else it has its name already */
            ck_assert_int_eq(access(part, F_OK), -1);
        unlink(part);
    }
    ck_abort_msg("it does not come to an end");
}
END_TEST

TCase *
again_tests(void)
{
    TCase *tc = tcase_create("again");

    tcase_set_timeout(tc, 900);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_journal_survives_every_failed_allocation);
    tcase_add_test(tc, reuse_survives_every_failed_allocation);
    tcase_add_test(tc, parts_survive_every_failed_allocation);
    tcase_add_loop_test(tc, a_journal_that_cannot_be_written_keeps_what_it_has, 0, 2);
    tcase_add_loop_test(tc, a_part_that_cannot_be_written_is_not_there, 0, 2);
    return tc;
}
