/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every function of segml/artifact.h with failures: the n-th allocation fails, alone or with all
 * after it, for n = 0, 1, ... until everything succeeds; and each write, fsync, rename and close.
 * Leaks are for the sanitizer. What zstd, libarchive and jansson allocate is not reached by this.
 */

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "artifact/made.h"
#include "base/alloc.h"
#include "base/file.h"

#define GOLDEN(name) GOLDEN_FOLDER "/serving/" name ".segml"

enum { ATTEMPTS_MAX = 100000 };

static const made one = {.groups = {{1, 100, 1, .5, 0, NULL},
                                    {2, 90, 2, .25, .3, NULL},
                                    {3, 10, 0, .5, 0, NULL},
                                    {4, 80, 3, .5, 0, "xgboost 1.7.4"}},
                         .global = 1,
                         .unseen = 2,
                         .global_rows = 280,
                         .training = 1};
static const made two = {.groups = {{2, 95, 3, .125, 0, NULL}, {8, 60, 2, .5, 0, NULL}},
                         .values = 4,
                         .trials = 30,
                         .global = 3,
                         .global_rows = 250};

/* The files of a scenario; a is packed without index too. */
static const char *a, *b, *plain, *out;

static void
write_plain(void)
{
    sg_buf file = {0};
    uint64_t size = 0;

    made_read(&file, a);
    /* The last 16 bytes of an artifact: the size of the index's frame, and a word. */
    for (int i = 0; i < 8; i++)
        size |= (uint64_t)file.bytes[file.size - 16 + (size_t)i] << 8 * i;
    file.size -= size;
    plain = made_path("plain.segml");
    made_replace(plain, &file);
    sg_buf_clear(&file);
}

static void
enter(void)
{
    made_enter();
    a = made_write("a.segml", &one);
    b = made_write("b.segml", &two);
    out = made_path("out.segml");
    write_plain();
}

static int
run_extract(segml_error *err)
{
    static const segml_key key = SEGML_KEY_INT64_VALUE(4);
    segml_extract_options options = SEGML_EXTRACT_OPTIONS_INIT;

    options.keys = &key;
    options.key_count = 1;
    options.form = SEGML_MODEL_JSON;
    options.overwrite = 1;
    return segml_artifact_extract(out, a, &options, err);
}

static int
run_patch(segml_error *err)
{
    segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;

    options.overwrite = 1;
    return segml_artifact_patch(out, a, b, &options, NULL, err);
}

static int
run_prune(segml_error *err)
{
    static const segml_key key = SEGML_KEY_INT64_VALUE(4);
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;

    options.keys = &key;
    options.key_count = 1;
    options.overwrite = 1;
    return segml_artifact_prune(out, plain, &options, NULL, err);
}

static int
run_merge(segml_error *err)
{
    const char *const paths[] = {a, b, a};
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;

    options.choice = SEGML_MERGE_BEST;
    options.global = SEGML_GLOBAL_ROWS;
    options.any_options = 1;
    options.overwrite = 1;
    return segml_artifact_merge(out, paths, 3, &options, NULL, err);
}

static int
run_levels(segml_error *err)
{
    const char *const paths[] = {GOLDEN("levels"), GOLDEN("levels")};
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;

    options.overwrite = 1;
    return segml_artifact_merge(out, paths, 2, &options, NULL, err);
}

static int
run_diff(segml_error *err)
{
    segml_error found = SEGML_ERROR_INIT;
    int rc = segml_artifact_diff(a, plain, NULL, &found);

    if (rc < 0 && err != NULL)
        *err = found;
    return rc < 0 ? rc : SEGML_OK;
}

static int
run_verify(segml_error *err)
{
    int rc = segml_artifact_verify(NULL, GOLDEN("levels"), NULL, err);

    return rc == SEGML_OK ? segml_artifact_verify(NULL, plain, NULL, err) : rc;
}

static int
run_sign(segml_error *err)
{
    static const unsigned char secret[32] = {1, 2, 3};
    unsigned char signature[64];

    return segml_artifact_sign(signature, a, secret, err);
}

static int (*const scenarios[])(segml_error *err) = {run_extract, run_patch, run_prune,  run_merge,
                                                     run_levels,  run_diff,  run_verify, run_sign};

enum { SCENARIOS = (int)(sizeof scenarios / sizeof *scenarios), WRITING = 5 };

START_TEST(every_failed_allocation_is_survived)
{
    int (*run)(segml_error *) = scenarios[_i / 2];
    int64_t n = 0;

    for (;; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        ck_assert_int_lt(n, ATTEMPTS_MAX);
        sg_alloc_inject(n, _i % 2);
        rc = run(&err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK)
            break;
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n, rc, err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_assert_int_gt(n, 0);
    made_assert_files(_i / 2 < WRITING ? 4 : 3);
}
END_TEST

static const int reasons[] = {ENOSPC, EIO};

/*
 * The last call flushes the folder. When that fails the new file is there, whole, but might be
 * gone after a power cut: an error, though nothing is lost.
 */
START_TEST(a_failed_write_leaves_the_old_file)
{
    int (*run)(segml_error *) = scenarios[_i / 2];
    sg_buf old = {0}, new = {0}, found = {0};
    int calls;

    sg_file_inject(-1, 0);
    ck_assert_int_eq(run(NULL), SEGML_OK);
    calls = sg_file_inject(-1, 0);
    made_read(&new, out);
    ck_assert_int_eq(sg_buf_append(&old, "old", 3, NULL), SEGML_OK);
    for (int n = 0; n < calls; n++) {
        const sg_buf *expected = n == calls - 1 ? &new : &old;
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        made_replace(out, &old);
        sg_file_inject(n, reasons[_i % 2]);
        rc = run(&err);
        sg_file_inject(-1, 0);
        ck_assert_msg(rc == SEGML_E_IO, "call %d of %d: %d %s", n, calls, rc, err.message);
        ck_assert_msg(strstr(err.message, out) != NULL, "%s", err.message);
        made_read(&found, out);
        ck_assert_uint_eq(found.size, expected->size);
        ck_assert_mem_eq(found.bytes, expected->bytes, found.size);
        made_assert_files(4);
    }
    ck_assert_int_ge(calls, 5);
    sg_buf_clear(&found);
    sg_buf_clear(&new);
    sg_buf_clear(&old);
}
END_TEST

START_TEST(an_artifact_without_index_gives_what_one_with_index_gives)
{
    const char *again = made_path("again.segml");
    unsigned char signature[64];
    segml_error err = SEGML_ERROR_INIT;
    segml_verify_info info = SEGML_VERIFY_INFO_INIT;

    ck_assert_msg(segml_artifact_verify(&info, plain, NULL, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(info.has_index, 0);
    ck_assert_int_eq(info.models, 5);
    ck_assert_int_eq(segml_artifact_diff(a, plain, NULL, &err), SEGML_OK);
    ck_assert_int_eq(segml_artifact_prune(again, plain, NULL, NULL, &err), SEGML_OK);
    made_assert_same(again, a);
    ck_assert_int_eq(segml_artifact_sign(signature, plain, signature, &err), SEGML_E_UNSUPPORTED);
    ck_assert_msg(strstr(err.message, "no index") != NULL, "%s", err.message);
}
END_TEST

TCase *
failing_tests(void)
{
    TCase *tc = tcase_create("failing");

    tcase_add_checked_fixture(tc, enter, made_leave);
    tcase_add_loop_test(tc, every_failed_allocation_is_survived, 0, 2 * SCENARIOS);
    tcase_add_loop_test(tc, a_failed_write_leaves_the_old_file, 0, 2 * WRITING);
    tcase_add_test(tc, an_artifact_without_index_gives_what_one_with_index_gives);
    tcase_set_timeout(tc, 300);
    return tc;
}
