/* SPDX-License-Identifier: Apache-2.0 */

/* A build without training: its functions are there and say so. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "segml/segml.h"

static void
assert_untrained(int rc, const segml_error *err)
{
    ck_assert_int_eq(rc, SEGML_E_UNSUPPORTED);
    ck_assert_int_eq(err->code, SEGML_E_UNSUPPORTED);
    ck_assert_str_eq(err->message, "this libsegml was built without training; build it with "
                                   "-Dtraining=enabled");
}

START_TEST(training_is_unsupported)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&err; /* must be overwritten */

    assert_untrained(segml_train_segmented(&model, NULL, NULL, &err), &err);
    ck_assert_ptr_null(model);
    model = (segml_model *)&err;
    assert_untrained(segml_train_global(&model, NULL, NULL, &err), &err);
    ck_assert_ptr_null(model);
    model = (segml_model *)&err;
    assert_untrained(segml_train_merge(&model, NULL, 0, 0, &err), &err);
    ck_assert_ptr_null(model);
    assert_untrained(segml_train_shard("part", NULL, NULL, NULL, &err), &err);
    ck_assert_int_eq(segml_train_global(NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(comparing_is_unsupported)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_comparison *comparison = (segml_comparison *)&err; /* must be overwritten */

    assert_untrained(segml_compare(&comparison, NULL, NULL, &err), &err);
    ck_assert_ptr_null(comparison);
    ck_assert_int_eq(segml_compare(NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(there_is_no_engine)
{
    segml_error err = SEGML_ERROR_INIT;
    char text[20] = "old";

    assert_untrained(segml_engine_version(text, sizeof text, NULL, &err), &err);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(segml_engine_version(text, 0, NULL, &err), SEGML_E_ARGUMENT);
    assert_untrained(segml_native_engine_version(text, sizeof text, &err), &err);
    ck_assert_int_eq(segml_native_engine_version(NULL, 9, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(searching_is_unsupported)
{
    segml_dimension dimension = SEGML_DIMENSION_INIT;
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    segml_trial_info info = SEGML_TRIAL_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_study *study = (segml_study *)&err; /* must be overwritten */
    double point;
    int64_t trial = 0;
    int32_t prune = 1;

    dimension.name = "x";
    dimension.high = 1;
    options.dimensions = &dimension;
    options.dimension_count = 1;
    assert_untrained(segml_study_create(&study, &options, &err), &err);
    ck_assert_ptr_null(study);
    ck_assert_int_eq(segml_study_create(NULL, &options, &err), SEGML_E_ARGUMENT);
    assert_untrained(segml_study_ask(NULL, &trial, &point, 1, &err), &err);
    ck_assert_int_eq(trial, -1);
    assert_untrained(segml_study_report(NULL, 0, 1, 1, &prune, &err), &err);
    ck_assert_int_eq(prune, 0);
    assert_untrained(segml_study_tell(NULL, 0, 1, &err), &err);
    assert_untrained(segml_study_prune(NULL, 0, &err), &err);
    assert_untrained(segml_study_get_trial(NULL, 0, &info, &err), &err);
    ck_assert_int_eq(segml_study_count(NULL), 0);
    ck_assert_int_eq(segml_study_best(NULL), -1);
    segml_study_free(NULL);
}
END_TEST

START_TEST(the_build_says_so)
{
    ck_assert_ptr_nonnull(strstr(segml_build_info(), "training=off"));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), "xgboost=off"));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), "native=off"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("untrained");
    TCase *tc = tcase_create("untrained");
    SRunner *runner;
    int failed;

    tcase_add_test(tc, training_is_unsupported);
    tcase_add_test(tc, comparing_is_unsupported);
    tcase_add_test(tc, there_is_no_engine);
    tcase_add_test(tc, searching_is_unsupported);
    tcase_add_test(tc, the_build_says_so);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
