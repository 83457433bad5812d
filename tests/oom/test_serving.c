/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening, routing, predicting and saving with failures: the n-th allocation
 * fails, alone or with all after it, for n = 0, 1, ... until everything succeeds; and
 * each write, fsync, rename and close of saving fails. Leaks are for the sanitizer.
 *
 * What the packages below allocate on their own is not reached by this.
 */

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "model/model.h"

enum { ATTEMPTS_MAX = 100000, ROWS = 20, FEATURES = 3, LONG_KEY = 700 };

static const char *const artifacts[] = {"binary",  "multiclass", "regression",
                                        "poisson", "constant",   "levels"};

enum { ARTIFACTS = (int)(sizeof artifacts / sizeof *artifacts) };

static void
golden_path(char path[512], int artifact)
{
    snprintf(path, 512, "%s/serving/%s.segml", GOLDEN_FOLDER, artifacts[artifact]);
}

static segml_model *
open_golden(int artifact)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    char path[512];

    golden_path(path, artifact);
    ck_assert_msg(segml_model_open(&model, path, NULL, &err) == SEGML_OK, "%s", err.message);
    return model;
}

static void
read_golden(sg_buf *out, int artifact)
{
    char path[512];

    golden_path(path, artifact);
    ck_assert_int_eq(sg_file_read(out, path, NULL), SEGML_OK);
}

/* One scenario: does all its work and releases what it made. */
typedef int (*scenario_fn)(void *user, segml_error *err);

/* @return how many allocations the scenario makes */
static int64_t
fail_each_allocation(scenario_fn run, void *user, int forever)
{
    for (int64_t n = 0; n < ATTEMPTS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, forever);
        rc = run(user, &err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_eq(err.code, SEGML_OK);
            return n;
        }
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n, rc, err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_abort_msg("it does not come to an end");
    return -1;
}

static int
open_memory(void *user, segml_error *err)
{
    const sg_buf *file = user;
    segml_model *model = (segml_model *)user;
    int rc = segml_model_open_memory(&model, file->bytes, file->size, NULL, err);

    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    if (rc == SEGML_OK)
        rc = segml_model_preload(model, 1, err);
    if (rc == SEGML_OK && sg_model_records(model, err) == NULL)
        rc = err->code;
    segml_model_free(model);
    return rc;
}

START_TEST(opening_survives_every_failed_allocation)
{
    sg_buf file = {0};

    read_golden(&file, _i / 2);
    ck_assert_int_gt(fail_each_allocation(open_memory, &file, _i % 2), 10);
    sg_buf_clear(&file);
}
END_TEST

static int
open_file(void *user, segml_error *err)
{
    segml_model *model = (segml_model *)user;
    int rc = segml_model_open(&model, user, NULL, err);

    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    segml_model_free(model);
    return rc;
}

START_TEST(opening_a_file_survives_every_failed_allocation)
{
    char path[512];

    golden_path(path, 0);
    ck_assert_int_gt(fail_each_allocation(open_file, path, 0), 10);
}
END_TEST

/* A text key that is too long for the stack, for the model whose keys are (text, integer). */
static int
find_routes(void *user, segml_error *err)
{
    static char text[LONG_KEY];
    const segml_key keys[] = {SEGML_KEY_UTF8_VALUE(text, LONG_KEY), SEGML_KEY_NULL_VALUE};
    segml_route *route = (segml_route *)user;
    int rc;

    memset(text, 'x', sizeof text);
    rc = segml_route_find(&route, user, keys, 2, err);
    ck_assert_int_eq(route != NULL, rc == SEGML_OK);
    segml_route_free(route);
    return rc;
}

START_TEST(routing_survives_every_failed_allocation)
{
    segml_model *model = open_golden(1);

    ck_assert_int_gt(fail_each_allocation(find_routes, model, 0), 10); /* the model is loaded */
    ck_assert_int_eq(fail_each_allocation(find_routes, model, 0), 2);  /* and stays */
    segml_model_free(model);
}
END_TEST

static int
predict(void *user, segml_error *err)
{
    static float data[ROWS * FEATURES];
    static int64_t ids[ROWS] = {7, 4711, 8, 9000};
    segml_key_column column = {.type = SEGML_KEY_INT64, .data = ids};
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    float values[ROWS] = {99.0f};
    int rc;

    input.rows = ROWS;
    input.features = FEATURES;
    input.data = data;
    input.keys = &column;
    input.key_count = 1;
    result.values = values;
    result.capacity = ROWS;
    rc = segml_model_predict(user, &input, SEGML_OUTPUT_PREDICTION, &result, err);
    ck_assert_int_eq(values[0] != 99.0f, rc == SEGML_OK);
    return rc;
}

START_TEST(predicting_survives_every_failed_allocation)
{
    segml_model *model = open_golden(0);

    ck_assert_int_eq(segml_model_preload(model, 1, NULL), SEGML_OK);
    ck_assert_int_eq(fail_each_allocation(predict, model, 0), 1);
    segml_model_free(model);
}
END_TEST

static int
read_history(void *user, segml_error *err)
{
    segml_history *history = (segml_history *)user;
    int rc = segml_history_open(&history, user, err);

    ck_assert_int_eq(history != NULL, rc == SEGML_OK);
    segml_history_free(history);
    return rc;
}

START_TEST(reading_a_history_survives_every_failed_allocation)
{
    segml_model *model = open_golden(0);

    ck_assert_int_gt(fail_each_allocation(read_history, model, _i), 3);
    segml_model_free(model);
}
END_TEST

/* A folder with one old file to be replaced. */
typedef struct saving {
    const segml_model *model;
    sg_buf old_bytes, new_bytes;
    char folder[64];
    char path[128];
} saving;

static void
make_saving(saving *s, const segml_model *model)
{
    *s = (saving){.model = model};
    strcpy(s->folder, "/tmp/segml-oom-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(s->folder));
    snprintf(s->path, sizeof s->path, "%s/model.segml", s->folder);
    read_golden(&s->old_bytes, 3);
    read_golden(&s->new_bytes, 0);
}

static void
put_old(const saving *s)
{
    ck_assert_int_eq(sg_file_replace(s->path, s->old_bytes.bytes, s->old_bytes.size, 1, NULL),
                     SEGML_OK);
}

/* The folder holds that file and nothing else, or nothing at all. */
static void
assert_folder_holds(const saving *s, const sg_buf *expected)
{
    DIR *entries = opendir(s->folder);
    sg_buf found = {0};
    int count = 0;

    ck_assert_ptr_nonnull(entries);
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries))
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(entries);
    ck_assert_int_eq(count, expected != NULL);
    if (expected != NULL) {
        ck_assert_int_eq(sg_file_read(&found, s->path, NULL), SEGML_OK);
        ck_assert_uint_eq(found.size, expected->size);
        ck_assert_mem_eq(found.bytes, expected->bytes, expected->size);
    }
    sg_buf_clear(&found);
}

static void
clear_saving(saving *s)
{
    unlink(s->path);
    ck_assert_int_eq(rmdir(s->folder), 0);
    sg_buf_clear(&s->new_bytes);
    sg_buf_clear(&s->old_bytes);
}

static int
save(void *user, segml_error *err)
{
    const saving *s = user;
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;

    options.overwrite = 1;
    return segml_model_save(s->model, s->path, &options, err);
}

START_TEST(saving_survives_every_failed_allocation)
{
    segml_model *model = open_golden(0);
    segml_error err = SEGML_ERROR_INIT;
    saving s;

    make_saving(&s, model);
    put_old(&s);
    sg_alloc_inject(0, 0);
    ck_assert_int_eq(save(&s, &err), SEGML_E_NOMEM);
    sg_alloc_inject(-1, 0);
    assert_folder_holds(&s, &s.old_bytes);
    ck_assert_int_gt(fail_each_allocation(save, &s, 0), 0);
    assert_folder_holds(&s, &s.new_bytes);
    clear_saving(&s);
    segml_model_free(model);
}
END_TEST

static const int reasons[] = {ENOSPC, EIO};

/*
 * The last call flushes the folder. When that fails the new file is there, whole, but
 * might be gone after a power cut: an error, though nothing is lost.
 */
static void
fail_each_call(saving *s, int has_old, int reason)
{
    int calls;

    sg_file_inject(-1, 0);
    ck_assert_int_eq(save(s, NULL), SEGML_OK);
    calls = sg_file_inject(-1, 0);
    ck_assert_int_ge(calls, 5);
    for (int n = 0; n < calls; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        if (has_old)
            put_old(s);
        else
            ck_assert_int_eq(unlink(s->path), 0);
        sg_file_inject(n, reason);
        rc = save(s, &err);
        sg_file_inject(-1, 0);
        ck_assert_msg(rc == SEGML_E_IO, "call %d: %d %s", n, rc, err.message);
        ck_assert_msg(strstr(err.message, s->path) != NULL, "%s", err.message);
        assert_folder_holds(s, n == calls - 1 ? &s->new_bytes : has_old ? &s->old_bytes : NULL);
        ck_assert_int_eq(save(s, NULL), SEGML_OK);
    }
}

START_TEST(a_failed_save_leaves_the_old_file_or_none)
{
    segml_model *model = open_golden(0);
    saving s;

    make_saving(&s, model);
    put_old(&s);
    fail_each_call(&s, _i % 2, reasons[_i / 2]);
    clear_saving(&s);
    segml_model_free(model);
}
END_TEST

TCase *
serving_tests(void)
{
    TCase *tc = tcase_create("serving");

    tcase_add_loop_test(tc, opening_survives_every_failed_allocation, 0, 2 * ARTIFACTS);
    tcase_add_test(tc, opening_a_file_survives_every_failed_allocation);
    tcase_add_test(tc, routing_survives_every_failed_allocation);
    tcase_add_test(tc, predicting_survives_every_failed_allocation);
    tcase_add_loop_test(tc, reading_a_history_survives_every_failed_allocation, 0, 2);
    tcase_add_test(tc, saving_survives_every_failed_allocation);
    tcase_add_loop_test(tc, a_failed_save_leaves_the_old_file_or_none, 0, 4);
    tcase_set_timeout(tc, 300);
    return tc;
}
