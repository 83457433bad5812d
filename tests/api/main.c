/* SPDX-License-Identifier: Apache-2.0 */

/* Tests of the public interface, linked to the shared library alone, as a user does. */

#include <check.h>
#include <stdlib.h>

#if SG_TRAINING
#define NOUNS(X)                                                                                   \
    X(dynamic)                                                                                     \
    X(lazy)                                                                                        \
    X(live)                                                                                        \
    X(model)                                                                                       \
    X(predict)                                                                                     \
    X(study)
#else
#define NOUNS(X)                                                                                   \
    X(dynamic)                                                                                     \
    X(lazy)                                                                                        \
    X(live)                                                                                        \
    X(model)                                                                                       \
    X(predict)
#endif

#define DECLARE(noun) TCase *noun##_tests(void);
NOUNS(DECLARE)
#undef DECLARE

int
main(void)
{
    Suite *suite = suite_create("api");
    SRunner *runner;
    int failed;

#define ADD(noun) suite_add_tcase(suite, noun##_tests());
    NOUNS(ADD)
#undef ADD
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
