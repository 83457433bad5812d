/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tests of an engine against a real XGBoost, each in its own process. The library is
 * chosen by the variable SEGML_TEST_XGBOOST; the suite runs once per XGBoost version.
 */

#include <check.h>
#include <stdlib.h>

#define CASES(X)                                                                                   \
    X(open)                                                                                        \
    X(fit)                                                                                         \
    X(same)                                                                                        \
    X(rows)                                                                                        \
    X(ordered)                                                                                     \
    X(host)                                                                                        \
    X(memory)

#define DECLARE(name) TCase *name##_tests(void);
CASES(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("engine");
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
