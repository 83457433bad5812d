/* SPDX-License-Identifier: Apache-2.0 */

/* Artifacts whose models are in other artifacts, and reloading. */

#include <check.h>
#include <stdlib.h>

TCase *references_tests(void);
TCase *reload_tests(void);
TCase *resolve_tests(void);

int
main(void)
{
    Suite *suite = suite_create("dynamic");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, resolve_tests());
    suite_add_tcase(suite, references_tests());
    suite_add_tcase(suite, reload_tests());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
