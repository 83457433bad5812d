/* SPDX-License-Identifier: Apache-2.0 */

/* tune/study: what is asked first, which trial is the best, searches with nothing to search. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "segml/model.h"
#include "tune/study.h"

static sg_study study;

static void
make_study(void)
{
    const sg_space_facts facts = {400, 10, SEGML_TASK_BINARY, 0.25, 0.5};

    memset(&study, 0, sizeof study);
    study.sampler = &sg_sampler_random;
    study.seed = 3;
    study.group = 4;
    sg_space_default(&study.space, &facts);
}

static void
clear_study(void)
{
    sg_study_clear(&study);
}

static void
begin(int32_t count)
{
    ck_assert_int_eq(sg_study_begin(&study, count, NULL), SEGML_OK);
}

START_TEST(the_first_trial_is_the_robust_default)
{
    sg_params params;

    begin(5);
    sg_study_ask(&study, 0, 0, &params);
    ck_assert_mem_eq(&params, &study.space.fixed, sizeof params);
}
END_TEST

START_TEST(later_trials_are_the_samplers)
{
    sg_params asked, sampled;
    sg_sampler_view view = {&study.space, NULL, 0, 3, 4};

    begin(5);
    for (int32_t t = 1; t < 5; t++) {
        sg_study_ask(&study, t, 0, &asked);
        sg_sampler_random.ask(&view, t, &sampled);
        ck_assert_mem_eq(&asked, &sampled, sizeof asked);
    }
}
END_TEST

/* Losses in trial order, and the best of them. */
static const struct {
    double loss[5];
    int32_t best;
} told[] = {
    {{0.5, 0.4, 0.3, 0.2, 0.1}, 4},  {{0.1, 0.4, 0.3, 0.2, 0.5}, 0},
    {{0.5, 0.3, 0.4, 0.3, 0.3}, 1}, /* the first of equals */
    {{NAN, 0.4, NAN, 0.3, NAN}, 3}, /* a failed trial is never the best */
    {{NAN, NAN, NAN, NAN, 9e99}, 4}, {{INFINITY, NAN, 7, INFINITY, 8}, 2},
    {{-0.5, -0.7, 0, NAN, 1}, 1},    {{NAN, NAN, NAN, NAN, NAN}, -1},
};

START_TEST(the_best_trial_is_the_first_of_the_lowest)
{
    begin(5);
    for (int t = 0; t < 5; t++)
        study.trials[t].loss = told[_i].loss[t];
    ck_assert_int_eq(sg_study_best(&study), told[_i].best);
}
END_TEST

START_TEST(a_trial_that_was_not_told_has_failed)
{
    begin(3);
    ck_assert_int_eq(study.count, 3);
    ck_assert_int_eq(sg_study_best(&study), -1);
    study.trials[1].loss = 5;
    ck_assert_int_eq(sg_study_best(&study), 1);
}
END_TEST

START_TEST(a_single_trial_is_made_where_everything_is_fixed)
{
    sg_params params;

    for (int p = 0; p < SG_PARAM_COUNT; p++)
        ck_assert_int_eq(sg_space_fix(&study.space, sg_space_name((sg_param)p),
                                      p == SG_PARAM_MAX_BIN ? 64 : 1, NULL),
                         SEGML_OK);
    begin(50);
    ck_assert_int_eq(study.count, 1);
    sg_study_ask(&study, 0, 0, &params);
    ck_assert_double_eq(params.value[SG_PARAM_MAX_BIN], 64);
    ck_assert_double_eq(params.value[SG_PARAM_ROUNDS], 1);
}
END_TEST

START_TEST(a_cleared_study_is_empty)
{
    begin(3);
    sg_study_clear(&study);
    ck_assert_ptr_null(study.trials);
    ck_assert_int_eq(sg_study_best(&study), -1);
    sg_study_clear(&study);
}
END_TEST

TCase *
study_tests(void)
{
    TCase *tc = tcase_create("study");

    tcase_add_checked_fixture(tc, make_study, clear_study);
    tcase_add_test(tc, the_first_trial_is_the_robust_default);
    tcase_add_test(tc, later_trials_are_the_samplers);
    tcase_add_loop_test(tc, the_best_trial_is_the_first_of_the_lowest, 0,
                        (int)(sizeof told / sizeof *told));
    tcase_add_test(tc, a_trial_that_was_not_told_has_failed);
    tcase_add_test(tc, a_single_trial_is_made_where_everything_is_fixed);
    tcase_add_test(tc, a_cleared_study_is_empty);
    return tc;
}
