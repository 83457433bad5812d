/* SPDX-License-Identifier: Apache-2.0 */

/* Runs every scenario with its allocations and system calls failing one after the other. */

#include <check.h>
#include <stdlib.h>

#if SG_TRAINING
#define SCENARIOS(X)                                                                               \
    X(again) X(build) X(comparison) X(dataset) X(dynamic) X(hist) X(index) X(metric) X(report)     \
    X(serving) X(study) X(training)
#else
#define SCENARIOS(X) X(build) X(comparison) X(dataset) X(dynamic) X(index) X(report) X(serving)
#endif

#define DECLARE(scenario) TCase *scenario##_tests(void);
SCENARIOS(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("oom");
    SRunner *runner;
    int failed;

#define ADD(scenario) suite_add_tcase(suite, scenario##_tests());
    SCENARIOS(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
