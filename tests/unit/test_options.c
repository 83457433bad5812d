/* SPDX-License-Identifier: Apache-2.0 */

/* train/options: defaults, ranges, refusals with name and value. */

#include <check.h>
#include <math.h>
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
    ck_assert_str_eq(o->sampler, "tpe");
    ck_assert_str_eq(o->validation, "holdout");
    ck_assert_str_eq(o->metric, "loss");
    ck_assert_str_eq(o->pruner, "none");
    ck_assert_str_eq(o->threshold_metric, "f1");
    ck_assert_str_eq(o->engine, "auto");
    ck_assert_str_eq(o->tree_method, "hist");
    ck_assert_int_eq(o->monotone_count, 0);
    ck_assert_int_eq(o->search_folds, 1);
    ck_assert_int_eq(o->stop_folds, 1);
    ck_assert_int_eq(o->history, 1);
    ck_assert_int_eq(o->parents, -1);
    ck_assert_ptr_null(o->fallback_policy);
    ck_assert_int_eq(o->total_trials, 0);
    ck_assert_int_eq(o->group_rounds, 0);
    ck_assert_int_eq(o->total_rounds, 0);
    ck_assert_double_eq(o->group_seconds, 0);
    ck_assert_double_eq(o->total_seconds, 0);
    ck_assert_double_eq(o->threshold, 0);
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
    static const segml_dimension dimension = SEGML_DIMENSION_INIT;
    static const segml_param_set point = {params, 1};
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
    given.sampler = "grid";
    given.validation = "kfold";
    given.metric = "mae";
    given.pruner = "none";
    given.search_folds = 1;
    given.stop_folds = -1;
    given.max_rounds = 100000;
    given.history = -1;
    given.space = &dimension;
    given.space_count = 1;
    given.points = &point;
    given.point_count = 1;
    given.total_trials = INT64_MAX;
    given.group_rounds = 1;
    given.total_rounds = 2;
    given.group_seconds = 1e9;
    given.total_seconds = 0.001;
    given.threshold = 1;
    given.threshold_metric = "mcc";
    given.engine = "native:portable";
    given.tree_method = "exact";
    given.monotone = params;
    given.monotone_count = 1;
    given.parents = 1;
    given.reusable = -1;
    given.fallback_policy = "parent,constant";
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

static void
assert_refused(const segml_train_options *given, const char *words)
{
    segml_train_options out;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_options_load(&out, given, &err), SEGML_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" lacks \"%s\"", err.message, words);
}

/* A number out of its range in every option of the search. */
START_TEST(a_bad_number_of_the_search_is_refused_by_name_and_value)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;
    segml_train_options given = none;

    given.search_folds = 6;
    assert_refused(&given, "search_folds is 6: 1 to 5 is needed");
    given.search_folds = -1;
    assert_refused(&given, "search_folds is -1");
    given = none;
    given.stop_folds = 2;
    assert_refused(&given, "stop_folds is 2");
    given = none;
    given.max_rounds = 100001;
    assert_refused(&given, "max_rounds is 100001");
    given.max_rounds = -1;
    assert_refused(&given, "max_rounds is -1");
    given = none;
    given.history = -2;
    assert_refused(&given, "history is -2");
    given = none;
    given.total_trials = -1;
    assert_refused(&given, "total_trials is -1");
    given = none;
    given.group_rounds = -7;
    assert_refused(&given, "group_rounds is -7");
    given = none;
    given.total_rounds = INT64_MIN;
    assert_refused(&given, "total_rounds is -9223372036854775808");
    given = none;
    given.group_seconds = -0.5;
    assert_refused(&given, "group_seconds is -0.5");
    given.group_seconds = NAN;
    assert_refused(&given, "group_seconds is nan");
    given = none;
    given.total_seconds = INFINITY;
    assert_refused(&given, "total_seconds is inf");
    given = none;
    given.threshold = 1.5;
    assert_refused(&given, "threshold is 1.5");
}
END_TEST

START_TEST(an_unknown_name_is_refused_with_those_that_are_known)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;
    segml_train_options given = none;

    given.sampler = "tp";
    assert_refused(&given, "sampler is \"tp\"; known are tpe, tpe-univariate, random, grid");
    given = none;
    given.validation = "cv";
    assert_refused(&given, "validation is \"cv\"; known are holdout, kfold, shared");
    given = none;
    given.pruner = "hyperband";
    assert_refused(&given, "pruner is \"hyperband\"; known are none, median, halving");
    given = none;
    given.threshold_metric = "";
    assert_refused(&given, "threshold_metric is \"\"; known are f1, mcc");
}
END_TEST

START_TEST(every_documented_name_is_known)
{
    static const char *const samplers[] = {"tpe", "tpe-univariate", "random", "grid"};
    static const char *const validations[] = {"holdout", "kfold", "shared"};
    static const char *const pruners[] = {"none", "median", "halving"};
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    for (int s = 0; s < 4; s++) {
        given.sampler = samplers[s];
        ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
    }
    for (int p = 0; p < 3; p++) {
        given.pruner = pruners[p];
        ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
    }
    given.pruner = NULL;
    for (int v = 0; v < 3; v++) {
        given.validation = validations[v];
        ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
        ck_assert_int_eq(out.search_folds, v == 1 ? 5 : 1);
    }
}
END_TEST

/* A pruner looks at one curve, so there must be one. */
START_TEST(a_pruner_of_several_curves_is_refused)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    given.pruner = "median";
    given.validation = "kfold";
    assert_refused(&given, "pruner median");
    given.validation = "shared";
    assert_refused(&given, "validation is shared");
    given.validation = NULL;
    given.search_folds = 2;
    assert_refused(&given, "holdout with 2");
    given.search_folds = 1;
    ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
}
END_TEST

START_TEST(spaces_and_points_that_do_not_fit_their_numbers_are_refused)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;
    static const segml_dimension dimension = SEGML_DIMENSION_INIT;
    static const segml_param_set point = {NULL, 0};
    segml_train_options given = none;

    given.space = &dimension;
    assert_refused(&given, "the space has no dimension");
    given.space_count = 65;
    assert_refused(&given, "space_count is 65: at most 64");
    given.space_count = -1;
    assert_refused(&given, "space_count is -1");
    given.space = NULL;
    given.space_count = 1;
    assert_refused(&given, "space_count is 1, which does not fit: the array is NULL");
    given = none;
    given.points = &point;
    assert_refused(&given, "point_count is 0");
    given.points = NULL;
    given.point_count = 3;
    assert_refused(&given, "point_count is 3");
    given.points = &point;
    given.point_count = 10001;
    assert_refused(&given, "point_count is 10001: at most 10000");
}
END_TEST

/* What is trained, what is asked for, what answers: bits 1 parent, 2 global, 4 constant. */
static const struct {
    int32_t parents, fallback;
    const char *policy;
    int32_t mask;
} policies[] = {
    {0, 0, NULL, 6},
    {1, 0, NULL, 7},
    {1, -1, NULL, 1},
    {0, -1, NULL, 0},
    {1, 1, "none", 0},
    {1, 0, "parent", 1},
    {1, 0, "global", 2},
    {1, 0, "parent,global", 3},
    {0, -1, "constant", 4},
    {1, -1, "parent,constant", 5},
    {0, 0, "global,constant", 6},
    {1, 0, "constant,global,parent", 7},
};

START_TEST(a_policy_is_what_is_trained_or_a_part_of_it)
{
    segml_train_options out, given = SEGML_TRAIN_OPTIONS_INIT;

    given.parents = policies[_i].parents;
    given.fallback = policies[_i].fallback;
    given.fallback_policy = policies[_i].policy;
    ck_assert_int_eq(sg_options_load(&out, &given, NULL), SEGML_OK);
    ck_assert_int_eq(sg_options_policy(&out), policies[_i].mask);
}
END_TEST

START_TEST(a_policy_of_what_is_not_trained_is_refused_with_the_remedy)
{
    static const segml_train_options none = SEGML_TRAIN_OPTIONS_INIT;
    static const char *const unknown[] = {"",       "parents",        "parent,",
                                          "Global", "parent, global", "none,global"};
    segml_train_options given = none;

    given.fallback_policy = "parent,global";
    assert_refused(&given, "\"parent,global\", but no parents are trained; switch on the option "
                           "parents, or leave out parent");
    given.parents = 1;
    given.reusable = -1;
    given.fallback = -1;
    assert_refused(&given, "no global models are trained; switch on the option fallback, or leave "
                           "out global");
    given.fallback = 0;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        given.fallback_policy = unknown[i];
        assert_refused(&given, unknown[i]);
        assert_refused(&given, "parent, global, constant");
    }
    given = none;
    given.parents = 2;
    assert_refused(&given, "parents is 2");
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
    tcase_add_test(tc, a_bad_number_of_the_search_is_refused_by_name_and_value);
    tcase_add_test(tc, an_unknown_name_is_refused_with_those_that_are_known);
    tcase_add_test(tc, every_documented_name_is_known);
    tcase_add_test(tc, a_pruner_of_several_curves_is_refused);
    tcase_add_test(tc, spaces_and_points_that_do_not_fit_their_numbers_are_refused);
    tcase_add_loop_test(tc, a_policy_is_what_is_trained_or_a_part_of_it, 0,
                        (int)(sizeof policies / sizeof *policies));
    tcase_add_test(tc, a_policy_of_what_is_not_trained_is_refused_with_the_remedy);
    tcase_add_test(tc, options_without_their_size_are_refused);
    tcase_add_test(tc, folds_of_the_data_are_the_default_and_the_only_choice);
    return tc;
}
