/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A good guest: callbacks on the caller's thread, cancel within a round, no thread left
 * behind, errors that name the value.
 */

#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "fixture.h"

typedef struct visitor {
    pthread_t caller;
    int calls, elsewhere, backwards, lines;
    double done, total;
    int32_t cancel_after; /* calls of progress; 0 = never */
    int64_t groups_done;
} visitor;

static void
on_progress(const segml_progress *progress, void *user)
{
    visitor *v = user;

    v->calls++;
    v->elsewhere += !pthread_equal(v->caller, pthread_self());
    v->backwards += progress->work_done < v->done;
    v->done = progress->work_done;
    v->total = progress->work_total;
    v->groups_done = progress->groups_done;
}

static void
on_log(int32_t level, const char *message, void *user)
{
    visitor *v = user;

    v->elsewhere += !pthread_equal(v->caller, pthread_self());
    v->lines += level == SEGML_LOG_INFO && strchr(message, '\n') == NULL;
}

static int32_t
on_cancel(void *user)
{
    visitor *v = user;

    v->elsewhere += !pthread_equal(v->caller, pthread_self());
    return v->cancel_after > 0 && v->calls >= v->cancel_after;
}

static int
count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    ck_assert_ptr_nonnull(tasks);
    while (readdir(tasks) != NULL)
        count++;
    closedir(tasks);
    return count;
}

/* Trains the seed's table; the status is the caller's to judge. */
static int
train_status(const segml_train_options *options, segml_model **model, segml_error *err)
{
    table t = table_seed(3200);
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_dataset *dataset = NULL;
    int rc;

    key.type = SEGML_KEY_INT64;
    key.data = t.key;
    input.rows = t.rows;
    input.features = t.features;
    input.data = t.x;
    input.label = t.y;
    input.keys = &key;
    input.key_count = 1;
    ck_assert_int_eq(segml_dataset_create(&dataset, &input, err), SEGML_OK);
    rc = segml_train_segmented(model, dataset, options, err);
    segml_dataset_free(dataset);
    table_free(&t);
    return rc;
}

START_TEST(callbacks_run_on_the_calling_thread_and_progress_ends_at_its_total)
{
    visitor v = {.caller = pthread_self()};
    segml_train_options options = quick_options();
    segml_model *model = NULL;
    int threads = count_threads();

    options.progress = on_progress;
    options.log = on_log;
    options.cancel = on_cancel;
    options.user = &v;
    ck_assert_int_eq(train_status(&options, &model, NULL), SEGML_OK);
    ck_assert_int_gt(v.calls, 8);
    ck_assert_int_ge(v.lines, 2);
    ck_assert_int_eq(v.elsewhere, 0);
    ck_assert_int_eq(v.backwards, 0);
    ck_assert_double_eq_tol(v.done, v.total, 1);
    ck_assert_int_eq(v.groups_done, 8);
    ck_assert_int_eq(count_threads(), threads);
    segml_model_free(model);
}
END_TEST

START_TEST(cancelling_gives_no_model_and_leaves_no_thread)
{
    visitor v = {.caller = pthread_self(), .cancel_after = 3};
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&v;
    int threads = count_threads();

    options.progress = on_progress;
    options.cancel = on_cancel;
    options.user = &v;
    ck_assert_int_eq(train_status(&options, &model, &err), SEGML_E_CANCELLED);
    ck_assert_ptr_null(model);
    ck_assert_int_eq(err.code, SEGML_E_CANCELLED);
    ck_assert_int_eq(count_threads(), threads);
}
END_TEST

static void
assert_refused(segml_train_options options, int status, const char *words)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    ck_assert_int_eq(train_status(&options, &model, &err), status);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" lacks \"%s\"", err.message, words);
}

START_TEST(bad_options_are_refused_with_their_value)
{
    static const segml_value unknown = {"max_dept", 3}, out_of_range = {"max_depth", 99};
    static const segml_value not_whole = {"max_depth", 2.5}, not_a_number = {"gamma", NAN};
    static const segml_value twice[3] = {{"rounds", 9}, {"gamma", 0}, {"rounds", 9}};
    segml_train_options options = quick_options();

    options.trials = -1;
    assert_refused(options, SEGML_E_ARGUMENT, "trials is -1");
    options = quick_options();
    options.folds = 1;
    assert_refused(options, SEGML_E_ARGUMENT, "folds is 1");
    options = quick_options();
    options.min_rows = 3;
    assert_refused(options, SEGML_E_ARGUMENT, "min_rows is 3");
    options = quick_options();
    options.objective = "binray";
    assert_refused(options, SEGML_E_ARGUMENT, "\"binray\"");
    options = quick_options();
    options.positive = "2";
    assert_refused(options, SEGML_E_ARGUMENT, "\"2\"");
    options = quick_options();
    options.param_count = 1;
    options.params = &unknown;
    assert_refused(options, SEGML_E_ARGUMENT, "max_dept");
    options.params = &out_of_range;
    assert_refused(options, SEGML_E_ARGUMENT, "99");
    options.params = &not_whole;
    assert_refused(options, SEGML_E_ARGUMENT, "2.5");
    options.params = &not_a_number;
    assert_refused(options, SEGML_E_ARGUMENT, "nan");
    options.params = twice;
    options.param_count = 3;
    assert_refused(options, SEGML_E_ARGUMENT, "rounds is given twice");
}
END_TEST

START_TEST(a_missing_xgboost_says_what_to_install)
{
    segml_train_options options = quick_options();

    options.engine = "xgboost";
    options.xgboost_path = "/nonexistent/libxgboost.so";
#if SG_XGBOOST_LINKED
    assert_refused(options, SEGML_E_UNSUPPORTED, "linked");
#else
    assert_refused(options, SEGML_E_BACKEND, "/nonexistent/libxgboost.so");
    assert_refused(options, SEGML_E_BACKEND, "install");
#endif
}
END_TEST

TCase *
guest_tests(void)
{
    TCase *tc = tcase_create("guest");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, callbacks_run_on_the_calling_thread_and_progress_ends_at_its_total);
    tcase_add_test(tc, cancelling_gives_no_model_and_leaves_no_thread);
    tcase_add_test(tc, bad_options_are_refused_with_their_value);
    tcase_add_test(tc, a_missing_xgboost_says_what_to_install);
    return tc;
}
