/* SPDX-License-Identifier: Apache-2.0 */

/* Runs the test cases of the command-line tool's parts. Signals are last: they ask to stop. */

#include <check.h>
#include <stdlib.h>

#define PARTS(X)                                                                                   \
    X(args)                                                                                        \
    X(cell)                                                                                        \
    X(csv)                                                                                         \
    X(fail)                                                                                        \
    X(folds)                                                                                       \
    X(keys)                                                                                        \
    X(output)                                                                                      \
    X(progress)                                                                                    \
    X(search)                                                                                      \
    X(table)                                                                                       \
    X(timestamp)                                                                                   \
    X(signals)

#define DECLARE(part) TCase *part##_tests(void);
PARTS(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("cli");
    SRunner *runner;
    int failed;

#define ADD(part) suite_add_tcase(suite, part##_tests());
    PARTS(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
