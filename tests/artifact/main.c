/* SPDX-License-Identifier: Apache-2.0 */

/* Runs the tests of the life cycle of artifacts. */

#include <check.h>
#include <stdlib.h>

#define MODULES(X) X(change) X(failing) X(look) X(merge) X(signature) X(ubj_json)

#define DECLARE(module) TCase *module##_tests(void);
MODULES(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("artifact");
    SRunner *runner;
    int failed;

#define ADD(module) suite_add_tcase(suite, module##_tests());
    MODULES(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
