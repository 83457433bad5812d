/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tests of an engine against a real XGBoost, each in its own process. The suite runs once for each
 * of them: SEGML_TEST_XGBOOST names XGBoost's library, SEGML_TEST_ENGINE=native takes the native
 * engine instead (models are still loaded by XGBoost), SEGML_TEST_METHOD=exact exact trees. What
 * an engine or a method does not have is left out by the files themselves.
 */

#include <check.h>
#include <stdlib.h>

#include "sample.h"

#define CASES(X)                                                                                   \
    X(fit)                                                                                         \
    X(same)                                                                                        \
    X(rows)                                                                                        \
    X(ordered)                                                                                     \
    X(host)                                                                                        \
    X(memory)

#define DECLARE(name) TCase *name##_tests(void);
CASES(DECLARE)
#undef DECLARE
TCase *open_tests(void); /* of XGBoost alone */

int
main(void)
{
    Suite *suite = suite_create("engine");
    SRunner *runner;
    int failed;

    if (!sample_native())
        suite_add_tcase(suite, open_tests());
#define ADD(name) suite_add_tcase(suite, name##_tests());
    CASES(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
