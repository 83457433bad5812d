/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Training that was stopped, is shared out, or is done again. It does not depend on the engine, so
 * it is a program of its own, which runs with the default one alone.
 */

#include <check.h>
#include <stdlib.h>

TCase *journal_tests(void);
TCase *reuse_tests(void);
TCase *shards_tests(void);

int
main(void)
{
    Suite *suite = suite_create("train-again");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, journal_tests());
    suite_add_tcase(suite, reuse_tests());
    suite_add_tcase(suite, shards_tests());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
