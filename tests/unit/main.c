/* SPDX-License-Identifier: Apache-2.0 */

/* Runs every test case of the modules; a module adds its line to the list. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#if SG_TRAINING
#include "native/kernel.h"
#endif

#define MODULES(X)                                                                                 \
    X(alloc)                                                                                       \
    X(append)                                                                                      \
    X(arena)                                                                                       \
    X(artifact)                                                                                    \
    X(axis)                                                                                        \
    X(buf)                                                                                         \
    X(build)                                                                                       \
    X(canon)                                                                                       \
    X(children)                                                                                    \
    X(comparison)                                                                                  \
    X(clock)                                                                                       \
    X(dataset)                                                                                     \
    X(file)                                                                                        \
    X(fold)                                                                                        \
    X(forest)                                                                                      \
    X(frame)                                                                                       \
    X(groups)                                                                                      \
    X(hash)                                                                                        \
    X(history)                                                                                     \
    X(html)                                                                                        \
    X(index)                                                                                       \
    X(index_damage)                                                                                \
    X(infer)                                                                                       \
    X(key)                                                                                         \
    X(keys)                                                                                        \
    X(load)                                                                                        \
    X(manifest)                                                                                    \
    X(map)                                                                                         \
    X(opts)                                                                                        \
    X(predict)                                                                                     \
    X(report)                                                                                      \
    X(rng)                                                                                         \
    X(route)                                                                                       \
    X(shape)                                                                                       \
    X(status)                                                                                      \
    X(text)                                                                                        \
    X(thread)                                                                                      \
    X(ubj)

#if SG_TRAINING
#define TRAINING_MODULES(X)                                                                        \
    X(bins)                                                                                        \
    X(columns)                                                                                     \
    X(exact)                                                                                       \
    X(hist)                                                                                        \
    X(grown)                                                                                       \
    X(sample)                                                                                      \
    X(assess)                                                                                      \
    X(call)                                                                                        \
    X(curve)                                                                                       \
    X(decision)                                                                                    \
    X(gradient)                                                                                    \
    X(interval)                                                                                    \
    X(metric)                                                                                      \
    X(optimism)                                                                                    \
    X(grid)                                                                                        \
    X(options)                                                                                     \
    X(params)                                                                                      \
    X(parents)                                                                                     \
    X(parzen)                                                                                      \
    X(pool)                                                                                        \
    X(prune)                                                                                       \
    X(profile)                                                                                     \
    X(random)                                                                                      \
    X(result)                                                                                      \
    X(run)                                                                                         \
    X(score)                                                                                       \
    X(search)                                                                                      \
    X(setting)                                                                                     \
    X(shared)                                                                                      \
    X(space)                                                                                       \
    X(study)                                                                                       \
    X(target)                                                                                      \
    X(threshold)                                                                                   \
    X(tick)                                                                                        \
    X(tpe)                                                                                         \
    X(unit)
#else
#define TRAINING_MODULES(X)
#endif

#define DECLARE(module) TCase *module##_tests(void);
MODULES(DECLARE)
TRAINING_MODULES(DECLARE)
#undef DECLARE

#if SG_TRAINING
/* Tests of kernels take those that this machine has: what they leave out is told. */
static void
tell_missing_kernels(void)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        segml_error err = SEGML_ERROR_INIT;
        const sg_kernel *kernel = NULL;

        if (sg_kernel_find(&kernel, names[i], &err) != SEGML_OK)
            printf("not run: %s\n", err.message);
    }
}
#endif

int
main(void)
{
    Suite *suite = suite_create("unit");
    SRunner *runner;
    int failed;

#define ADD(module) suite_add_tcase(suite, module##_tests());
    MODULES(ADD)
    TRAINING_MODULES(ADD)
#undef ADD
#if SG_TRAINING
    tell_missing_kernels();
#endif
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
