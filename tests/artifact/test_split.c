/* SPDX-License-Identifier: Apache-2.0 */

/* Splitting and joining: the same answers, the same bytes again, and what is refused. */

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artifact/made.h"
#include "base/alloc.h"
#include "base/file.h"

#define GOLDEN(name) GOLDEN_FOLDER "/serving/" name ".segml"

static const float row[3] = {0.5f, 0.0f, -1.0f};
static segml_error err;

/* Thresholds: none, its own, and its own that is the header's. */
static const made whole = {.groups = {{1, 100, 1, .5, 0, NULL},
                                      {2, 90, 2, .25, .3, NULL},
                                      {3, 10, 0, .5, 0, NULL},
                                      {4, 80, 3, .5, .4, "xgboost 1.7.4"}},
                           .threshold = .4,
                           .global = 1,
                           .unseen = 2,
                           .global_rows = 280,
                           .training = 1};

static void
split(const char *path, const char *artifact, int floating)
{
    segml_split_options options = SEGML_SPLIT_OPTIONS_INIT;
    int rc;

    options.floating = floating;
    rc = segml_artifact_split(path, ".", artifact, &options, NULL, &err);
    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
}

static void
join(const char *path, const char *artifact)
{
    int rc = segml_artifact_join(path, artifact, NULL, NULL, &err);

    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
}

START_TEST(a_split_artifact_answers_as_before)
{
    const char *a = made_write("whole.segml", &whole), *b = made_path("parent.segml");
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_verify_info verified = SEGML_VERIFY_INFO_INIT;
    segml_model *before = NULL, *after = NULL;

    ck_assert_msg(segml_artifact_split(b, ".", a, NULL, &info, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_int_eq(info.groups, 4);
    ck_assert_int_eq(info.models, 2); /* the global ones */
    ck_assert_int_eq(info.groups_changed, 3);
    ck_assert_int_eq(info.groups_dropped + info.groups_added, 0);
    ck_assert_int_eq(info.global, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.overall, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.history, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.training, SEGML_FATE_KEPT);
    made_assert_files(5);
    ck_assert_int_eq(segml_artifact_verify(&verified, b, NULL, &err), SEGML_OK);
    ck_assert_int_eq(verified.references, 3);
    ck_assert_mem_eq(verified.root, info.root, 32);
    ck_assert_int_eq(segml_model_open(&before, a, NULL, NULL), SEGML_OK);
    ck_assert_msg(segml_model_open(&after, b, NULL, &err) == SEGML_OK, "%s", err.message);
    for (int64_t g = 0; g < 4; g++) {
        segml_group_info x = SEGML_GROUP_INFO_INIT, y = SEGML_GROUP_INFO_INIT;
        int32_t kind_before, kind_after;
        float margin = made_margin(a, g + 1, row, &kind_before);

        ck_assert_float_eq(made_margin(b, g + 1, row, &kind_after), margin);
        ck_assert_int_eq(kind_after, kind_before);
        ck_assert_int_eq(segml_model_get_group(before, g, &x, NULL), SEGML_OK);
        ck_assert_int_eq(segml_model_get_group(after, g, &y, NULL), SEGML_OK);
        ck_assert_int_eq(x.rows, y.rows);
        ck_assert_int_eq(x.rounds, y.rounds);
        ck_assert_double_eq(x.threshold, y.threshold);
        ck_assert_int_eq(x.metric_count, y.metric_count);
    }
    segml_model_free(before);
    segml_model_free(after);
}
END_TEST

START_TEST(a_child_is_an_artifact_of_its_group)
{
    const char *a = made_write("whole.segml", &whole);
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_model *model = NULL;
    int32_t kind;

    split(made_path("parent.segml"), a, 1);
    ck_assert_int_eq(segml_artifact_verify(NULL, made_path("4.segml"), NULL, &err), SEGML_OK);
    ck_assert_int_eq(segml_model_open(&model, made_path("4.segml"), NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.groups, 1);
    ck_assert_int_eq(info.models, 1);
    ck_assert_int_eq(info.rows, 80);
    ck_assert_str_eq(info.fallback_policy, "none");
    ck_assert_double_eq(info.threshold, .4);
    ck_assert_int_eq(segml_model_get_group(model, 0, &group, NULL), SEGML_OK);
    ck_assert_str_eq(group.engine, "xgboost 1.7.4");
    segml_model_free(model);
    ck_assert_float_eq(made_margin(made_path("4.segml"), 4, row, &kind),
                       made_margin(a, 4, row, &kind));
    made_margin(made_path("4.segml"), 1, row, &kind);
    ck_assert_int_eq(kind, SEGML_ROUTE_NONE);
}
END_TEST

START_TEST(split_and_joined_it_is_the_same_bytes)
{
    const char *a = made_write("whole.segml", &whole);

    split(made_path("parent.segml"), a, _i);
    join(made_path("joined.segml"), made_path("parent.segml"));
    made_assert_same(made_path("joined.segml"), a);
}
END_TEST

static const char *const goldens[] = {GOLDEN("binary"), GOLDEN("multiclass"), GOLDEN("poisson"),
                                      GOLDEN("constant"), GOLDEN("levels")};

/* Those of another writer hold their manifests in other words. */
START_TEST(artifacts_of_another_writer_say_and_hold_the_same)
{
    const char *parent = made_path("parent.segml"), *joined = made_path("joined.segml");

    split(parent, goldens[_i], 0);
    ck_assert_int_eq(segml_artifact_diff(goldens[_i], parent, NULL, &err), SEGML_DIFFERENT);
    join(joined, parent);
    ck_assert_int_eq(segml_artifact_verify(NULL, joined, NULL, &err), SEGML_OK);
    ck_assert_msg(segml_artifact_diff(goldens[_i], joined, NULL, &err) == SEGML_OK, "%s",
                  err.message);
}
END_TEST

START_TEST(children_are_named_by_their_first_key_columns)
{
    segml_split_options options = SEGML_SPLIT_OPTIONS_INIT;
    const char *parent = made_path("parent.segml");
    segml_model *model = NULL;

    options.columns = 1;
    ck_assert_int_eq(segml_artifact_split(parent, ".", GOLDEN("levels"), &options, NULL, &err),
                     SEGML_OK);
    ck_assert_int_eq(access(made_path("DE.segml"), R_OK), 0);
    made_assert_files(2); /* no group of FR has a model */
    options.columns = 2;
    options.overwrite = 1;
    ck_assert_int_eq(segml_artifact_split(parent, ".", GOLDEN("levels"), &options, NULL, &err),
                     SEGML_OK);
    ck_assert_int_eq(access(made_path("DE,Bonn.segml"), R_OK), 0);
    ck_assert_int_eq(segml_model_open(&model, parent, NULL, NULL), SEGML_OK);
    segml_model_free(model);
    options.columns = 4;
    ck_assert_int_eq(segml_artifact_split(parent, ".", GOLDEN("levels"), &options, NULL, &err),
                     SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(folders_are_made_and_references_lead_into_them)
{
    const char *a = made_write("whole.segml", &whole), *parent = made_path("parent.segml");
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_model *model = NULL;

    ck_assert_int_eq(segml_artifact_split(parent, "models/of stores", a, NULL, NULL, &err),
                     SEGML_OK);
    ck_assert_msg(segml_model_open(&model, parent, NULL, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_model_get_group(model, 1, &group, NULL), SEGML_OK);
    ck_assert_str_eq(group.reference, "file:models/of stores/2.segml");
    segml_model_free(model);
    ck_assert_int_eq(unlink(made_path("models/of stores/1.segml")), 0);
    ck_assert_int_eq(unlink(made_path("models/of stores/2.segml")), 0);
    ck_assert_int_eq(unlink(made_path("models/of stores/4.segml")), 0);
    ck_assert_int_eq(rmdir(made_path("models/of stores")), 0);
    ck_assert_int_eq(rmdir(made_path("models")), 0);
}
END_TEST

/* Group 4 as somebody trains it again, with another header. */
static void
train_again(void)
{
    const made again = {.groups = {{4, 85, 1, .125, 0, NULL}},
                        .threshold = .6,
                        .engine = "another",
                        .no_history = 1};

    made_write("4.segml", &again);
}

START_TEST(a_child_that_was_trained_again_is_joined_as_it_is_now)
{
    const char *a = made_write("whole.segml", &whole), *joined = made_path("joined.segml");
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_model *model = NULL;
    int32_t kind;

    split(made_path("parent.segml"), a, 1);
    train_again();
    ck_assert_msg(segml_artifact_join(joined, made_path("parent.segml"), NULL, &info, &err) ==
                      SEGML_OK,
                  "%s", err.message);
    ck_assert_int_eq(segml_artifact_verify(NULL, joined, NULL, &err), SEGML_OK);
    ck_assert_int_eq(info.models, 5);
    ck_assert_int_eq(info.global, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.overall, SEGML_FATE_DROPPED);
    ck_assert_int_eq(info.history, SEGML_FATE_DROPPED);
    ck_assert_int_eq(info.training, SEGML_FATE_DROPPED);
    ck_assert_int_eq(segml_model_open(&model, joined, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_get_group(model, 3, &group, NULL), SEGML_OK);
    ck_assert_int_eq(group.status, SEGML_GROUP_TRAINED);
    ck_assert_int_eq(group.rows, 85);
    ck_assert_str_eq(group.engine, "another");
    ck_assert_double_eq(group.threshold, .6);
    segml_model_free(model);
    ck_assert_float_eq(made_margin(joined, 4, row, &kind), made_margin(a, 1, row, &kind));
}
END_TEST

START_TEST(what_cannot_be_resolved_cannot_be_joined)
{
    const char *a = made_write("whole.segml", &whole), *joined = made_path("joined.segml");

    split(made_path("parent.segml"), a, 0);
    train_again();
    ck_assert_int_eq(segml_artifact_join(joined, made_path("parent.segml"), NULL, NULL, &err),
                     SEGML_E_MISMATCH);
    ck_assert_ptr_nonnull(strstr(err.message, "group 4 (file:4.segml)"));
    ck_assert_int_eq(unlink(made_path("2.segml")), 0);
    ck_assert_int_eq(segml_artifact_join(joined, made_path("parent.segml"), NULL, NULL, &err),
                     SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "group 2 (file:2.segml)"));
    ck_assert_int_ne(access(joined, F_OK), 0);
}
END_TEST

START_TEST(joining_an_artifact_without_references_writes_it_again)
{
    const char *a = made_write("whole.segml", &whole);

    join(made_path("joined.segml"), a);
    made_assert_same(made_path("joined.segml"), a);
}
END_TEST

START_TEST(files_are_not_replaced_unless_told)
{
    const char *a = made_write("whole.segml", &whole), *parent = made_path("parent.segml");
    segml_split_options again = SEGML_SPLIT_OPTIONS_INIT;
    segml_join_options over = SEGML_JOIN_OPTIONS_INIT;

    made_write("2.segml", &whole);
    ck_assert_int_eq(segml_artifact_split(parent, ".", a, NULL, NULL, &err), SEGML_E_EXISTS);
    ck_assert_int_ne(access(parent, F_OK), 0);
    again.overwrite = 1;
    ck_assert_int_eq(segml_artifact_split(parent, ".", a, &again, NULL, &err), SEGML_OK);
    ck_assert_int_eq(segml_artifact_join(parent, parent, NULL, NULL, &err), SEGML_E_EXISTS);
    over.overwrite = 1;
    ck_assert_int_eq(segml_artifact_join(parent, parent, &over, NULL, &err), SEGML_OK);
    made_assert_same(parent, a);
}
END_TEST

static const char *const bad_folders[] = {"", "/tmp", "..", "../x", "a/../b", "a/..", "a\xff"};

START_TEST(children_stay_below_the_parent)
{
    const char *a = made_write("whole.segml", &whole), *parent = made_path("parent.segml");

    ck_assert_int_eq(segml_artifact_split(parent, bad_folders[_i], a, NULL, NULL, &err),
                     SEGML_E_ARGUMENT);
    made_assert_files(1);
}
END_TEST

START_TEST(links_do_not_lead_the_children_elsewhere)
{
    const char *a = made_write("whole.segml", &whole), *out = made_path("serving/out");

    ck_assert_int_eq(mkdir(made_path("serving"), 0777), 0);
    ck_assert_int_eq(symlink("..", out), 0);
    ck_assert_int_eq(
        segml_artifact_split(made_path("serving/parent.segml"), "out", a, NULL, NULL, &err),
        SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "links lead to"));
    made_assert_files(2); /* the file and the folder */
    ck_assert_int_eq(unlink(out), 0);
    ck_assert_int_eq(rmdir(made_path("serving")), 0);
}
END_TEST

static const char *const same_folders[] = {".", "./", "./.", "loop", "loop/./"};

/* Group 2 would be written over what has all of them, or over the parent that refers to it. */
START_TEST(no_child_takes_the_place_of_another_file)
{
    const char *a = made_write("2.segml", &whole), *b = made_write("copy.segml", &whole);
    segml_split_options over = SEGML_SPLIT_OPTIONS_INIT;

    over.overwrite = 1;
    ck_assert_int_eq(symlink(".", made_path("loop")), 0);
    ck_assert_int_eq(
        segml_artifact_split(made_path("parent.segml"), same_folders[_i], a, &over, NULL, &err),
        SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "it is split, and has the name of a child"));
    ck_assert_int_eq(segml_artifact_split(a, same_folders[_i], b, &over, NULL, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "has the name of a child"));
    made_assert_same(a, b);
    made_assert_files(3);
}
END_TEST

START_TEST(what_cannot_be_split_is_refused)
{
    const char *a = made_write("whole.segml", &whole), *parent = made_path("parent.segml");

    ck_assert_int_eq(segml_artifact_split(made_path("2.segml"), ".", a, NULL, NULL, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "has the name of a child"));
    made_assert_files(1);
    ck_assert_int_eq(segml_artifact_split(parent, ".", GOLDEN("regression"), NULL, NULL, &err),
                     SEGML_E_MISMATCH);
    ck_assert_ptr_nonnull(strstr(err.message, "no models of groups"));
    split(parent, a, 0);
    ck_assert_int_eq(segml_artifact_split(made_path("b.segml"), ".", parent, NULL, NULL, &err),
                     SEGML_E_MISMATCH);
    ck_assert_ptr_nonnull(strstr(err.message, "references already"));
    ck_assert_int_eq(segml_artifact_split(NULL, ".", a, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_split(parent, NULL, a, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_split(parent, ".", NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_join(NULL, a, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_join(parent, NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
}
END_TEST

/* Files of the scenarios below. */
static const char *the_whole, *the_parent, *the_joined;

static int
run_split(segml_error *error)
{
    segml_split_options options = SEGML_SPLIT_OPTIONS_INIT;

    options.overwrite = 1;
    return segml_artifact_split(the_parent, ".", the_whole, &options, NULL, error);
}

static int
run_join(segml_error *error)
{
    segml_join_options options = SEGML_JOIN_OPTIONS_INIT;

    options.overwrite = 1;
    return segml_artifact_join(the_joined, the_parent, &options, NULL, error);
}

static int (*const runs[])(segml_error *error) = {run_split, run_join};

static void
prepare(void)
{
    the_whole = made_write("whole.segml", &whole);
    the_parent = made_path("parent.segml");
    the_joined = made_path("joined.segml");
    ck_assert_int_eq(run_split(NULL), SEGML_OK);
    ck_assert_int_eq(run_join(NULL), SEGML_OK);
}

/* No file is half, whatever failed: everything opens and joins to what it was. */
static void
assert_whole(void)
{
    made_assert_files(6);
    ck_assert_msg(run_join(&err) == SEGML_OK, "%s", err.message);
    made_assert_same(the_joined, the_whole);
}

START_TEST(every_failed_allocation_is_survived)
{
    int rc = SEGML_E_NOMEM;
    int64_t n = 0;

    prepare();
    for (; rc != SEGML_OK; n++) {
        sg_alloc_inject(n, _i % 2);
        rc = runs[_i / 2](&err);
        sg_alloc_inject(-1, 0);
        ck_assert_msg(rc == SEGML_OK || rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n,
                      rc, err.message);
    }
    ck_assert_int_gt(n, 50);
    assert_whole();
}
END_TEST

START_TEST(every_failed_write_leaves_whole_files)
{
    int calls;

    prepare();
    sg_file_inject(-1, 0);
    ck_assert_int_eq(runs[_i](NULL), SEGML_OK);
    calls = sg_file_inject(-1, 0);
    for (int n = 0; n < calls; n++) {
        sg_file_inject(n, ENOSPC);
        ck_assert_int_eq(runs[_i](&err), SEGML_E_IO);
        sg_file_inject(-1, 0);
        assert_whole();
    }
    ck_assert_int_ge(calls, 5);
}
END_TEST

TCase *
split_tests(void)
{
    TCase *tc = tcase_create("split");

    tcase_add_checked_fixture(tc, made_enter, made_leave);
    tcase_add_test(tc, a_split_artifact_answers_as_before);
    tcase_add_test(tc, a_child_is_an_artifact_of_its_group);
    tcase_add_loop_test(tc, split_and_joined_it_is_the_same_bytes, 0, 2);
    tcase_add_loop_test(tc, artifacts_of_another_writer_say_and_hold_the_same, 0,
                        sizeof goldens / sizeof *goldens);
    tcase_add_test(tc, children_are_named_by_their_first_key_columns);
    tcase_add_test(tc, folders_are_made_and_references_lead_into_them);
    tcase_add_test(tc, a_child_that_was_trained_again_is_joined_as_it_is_now);
    tcase_add_test(tc, what_cannot_be_resolved_cannot_be_joined);
    tcase_add_test(tc, joining_an_artifact_without_references_writes_it_again);
    tcase_add_test(tc, files_are_not_replaced_unless_told);
    tcase_add_loop_test(tc, children_stay_below_the_parent, 0,
                        sizeof bad_folders / sizeof *bad_folders);
    tcase_add_test(tc, links_do_not_lead_the_children_elsewhere);
    tcase_add_loop_test(tc, no_child_takes_the_place_of_another_file, 0,
                        sizeof same_folders / sizeof *same_folders);
    tcase_add_test(tc, what_cannot_be_split_is_refused);
    tcase_add_loop_test(tc, every_failed_allocation_is_survived, 0, 4);
    tcase_add_loop_test(tc, every_failed_write_leaves_whole_files, 0, 2);
    tcase_set_timeout(tc, 300);
    return tc;
}
