/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the native engine promises beside its speed: exported models are XGBoost's, and what it
 * cannot train it refuses. SEGML_TEST_XGBOOST names the library that models are loaded by.
 */

#include <check.h>
#include <stdlib.h>

#define CASES(X)                                                                                   \
    X(same_model)                                                                                  \
    X(exported)                                                                                    \
    X(limits)                                                                                      \
    X(refused)

#define DECLARE(name) TCase *name##_tests(void);
CASES(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("native");
    SRunner *runner;
    int failed;

#define ADD(name) suite_add_tcase(suite, name##_tests());
    CASES(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
