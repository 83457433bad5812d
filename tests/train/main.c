/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Training through the public interface, with the engine that the environment variable
 * SEGML_TEST_ENGINE names (the default one if it is not set), and the XGBoost that
 * SEGML_TEST_XGBOOST names (the system's).
 */

#include <check.h>
#include <stdlib.h>

TCase *compare_tests(void);
TCase *engines_tests(void);
TCase *same_bytes_tests(void);
TCase *groups_of_all_kinds_tests(void);
TCase *objectives_tests(void);
TCase *parents_tests(void);
TCase *records_tests(void);
TCase *guest_tests(void);
TCase *folds_tests(void);
TCase *searches_tests(void);
TCase *search_scores_tests(void);

int
main(void)
{
    Suite *suite = suite_create("train");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, compare_tests());
    suite_add_tcase(suite, engines_tests());
    suite_add_tcase(suite, guest_tests());
    suite_add_tcase(suite, folds_tests());
    suite_add_tcase(suite, groups_of_all_kinds_tests());
    suite_add_tcase(suite, objectives_tests());
    suite_add_tcase(suite, parents_tests());
    suite_add_tcase(suite, records_tests());
    suite_add_tcase(suite, same_bytes_tests());
    suite_add_tcase(suite, searches_tests());
    suite_add_tcase(suite, search_scores_tests());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
