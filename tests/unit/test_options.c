/* SPDX-License-Identifier: Apache-2.0 */

/* train/options: defaults, ranges, refusals with name and value. */

#include <check.h>
#include <string.h>

#include "base/thread.h"
#include "train/options.h"

static void
assert_defaults(const segml_train_options *o)
{
    ck_assert_int_eq(o->trials, 50);
    ck_assert_int_eq(o->folds, 5);
    ck_assert_int_eq(o->jobs, sg_thread_processors());
    ck_assert_int_eq(o->min_rows, 50);
    ck_assert_int_eq(o->search_rows, 20000);
    ck_assert_int_eq(o->fallback, 1);
    ck_assert_uint_eq(o->seed, 0);
    ck_assert_int_eq(o->param_count, 0);
    ck_assert_ptr_null(o->objective);
}

START_TEST(null_and_zeros_are_the_defaults)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    ck_assert_int_eq(sg_options_load(&out, NULL, NULL), SEGML_OK);
    assert_defaults(&out);
    ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
    assert_defaults(&out);
}
END_TEST

START_TEST(what_is_given_is_kept)
{
    static const segml_value params[1] = {{"max_depth", 3}};
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    given.objective = "poisson";
    given.positive = "yes";
    given.seed = UINT64_MAX;
    given.trials = 1;
    given.folds = 2;
    given.jobs = 3;
    given.fallback = -1;
    given.min_rows = 20;
    given.search_rows = 1000;
    given.params = params;
    given.param_count = 1;
    given.xgboost_path = "libxgboost.so";
    given.user = &out;
    ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
    ck_assert_mem_eq(&out, &given, sizeof out);
}
END_TEST

/* Every number of folds that the header allows works with the default of min_rows. */
START_TEST(all_documented_numbers_of_folds_are_accepted)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    for (given.folds = 2; given.folds <= 100; given.folds++) {
        ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
        ck_assert_int_eq(out.folds, given.folds);
        ck_assert_int_ge(out.min_rows, 50);
    }
}
END_TEST

static const struct {
    int32_t trials, folds, jobs, fallback;
    int64_t min_rows, search_rows, param_count;
    const char *name, *value;
} refused[] = {
    {-1, 0, 0, 0, 0, 0, 0, "trials", "-1"},      {0, -5, 0, 0, 0, 0, 0, "folds", "-5"},
    {0, 1, 0, 0, 0, 0, 0, "folds", "1"},         {0, 101, 0, 0, 0, 0, 0, "folds", "101"},
    {0, 0, -2, 0, 0, 0, 0, "jobs", "-2"},        {0, 0, 0, 2, 0, 0, 0, "fallback", "2"},
    {0, 0, 0, -2, 0, 0, 0, "fallback", "-2"},    {0, 0, 0, 0, -1, 0, 0, "min_rows", "-1"},
    {0, 5, 0, 0, 9, 0, 0, "min_rows", "9"}, /* fewer than two rows per fold */
    {0, 0, 0, 0, 0, -1, 0, "search_rows", "-1"}, {0, 0, 0, 0, 0, 0, -1, "param_count", "-1"},
    {0, 0, 0, 0, 0, 0, 3, "param_count", "3"}, /* params is NULL */
};

START_TEST(a_value_out_of_range_is_refused_by_name_and_value)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;

    given.trials = refused[_i].trials;
    given.folds = refused[_i].folds;
    given.jobs = refused[_i].jobs;
    given.fallback = refused[_i].fallback;
    given.min_rows = refused[_i].min_rows;
    given.search_rows = refused[_i].search_rows;
    given.param_count = refused[_i].param_count;
    ck_assert_int_eq(sg_options_load(&out, &given, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(err.code, SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, refused[_i].name) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, refused[_i].value) != NULL, "%s", err.message);
}
END_TEST

START_TEST(options_without_their_size_are_refused)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;

    given.struct_size = 0;
    ck_assert_int_eq(sg_options_load(&out, &given, &err), SEGML_E_ABI);
    ck_assert_ptr_nonnull(strstr(err.message, "segml_train_options"));
}
END_TEST

START_TEST(folds_of_the_data_are_the_default_and_the_only_choice)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_options_load_for(&out, NULL, 3, NULL), SEGML_OK);
    ck_assert_int_eq(out.folds, 3);
    ck_assert_int_eq(sg_options_load_for(&out, NULL, 40, NULL), SEGML_OK);
    ck_assert_int_eq(out.min_rows, 80);
    given.folds = 3;
    given.trials = 7;
    ck_assert_int_eq(sg_options_load_for(&out, &given, 3, NULL), SEGML_OK);
    ck_assert_int_eq(out.folds, 3);
    ck_assert_int_eq(out.trials, 7);
    ck_assert_int_eq(sg_options_load_for(&out, &given, 4, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "folds is 3, but the data are in 4 folds; leave folds at 0");
    ck_assert_int_eq(sg_options_load_for(&out, &given, 0, NULL), SEGML_OK);
    ck_assert_int_eq(out.folds, 3);
    given.struct_size = 0;
    ck_assert_int_eq(sg_options_load_for(&out, &given, 3, &err), SEGML_E_ABI);
}
END_TEST

TCase *
options_tests(void)
{
    TCase *tc = tcase_create("options");

    tcase_add_test(tc, null_and_zeros_are_the_defaults);
    tcase_add_test(tc, what_is_given_is_kept);
    tcase_add_test(tc, all_documented_numbers_of_folds_are_accepted);
    tcase_add_loop_test(tc, a_value_out_of_range_is_refused_by_name_and_value, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tc, options_without_their_size_are_refused);
    tcase_add_test(tc, folds_of_the_data_are_the_default_and_the_only_choice);
    return tc;
}
