/* SPDX-License-Identifier: Apache-2.0 */

/* Nothing stays behind: memory after many fits, and after many threads. */

#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "base/thread.h"
#include "sample.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { WARM = 15, MORE = 120, LEAK = 4 << 20 };

#ifdef SANITIZED
/* Of the sanitizer; its header is not always installed. */
size_t __sanitizer_get_current_allocated_bytes(void);

/* The sanitizer keeps freed memory for a while: count what is live instead. */
static long
used_bytes(void)
{
    return (long)__sanitizer_get_current_allocated_bytes();
}
#else
static long
used_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size = 0, resident = 0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}
#endif

typedef struct job {
    sg_engine *engine;
    sample s;
    int failed;
} job;

/* One prepared set, all its folds and all its rows once: about 3 MB of matrices and bins. */
static void *
fit_all(void *argument)
{
    job *j = argument;
    sg_prepared *prepared = NULL;

    j->failed |= j->engine->prepare(j->engine, &prepared, &j->s.rows, NULL) != SEGML_OK;
    for (int32_t f = SG_FIT_ALL_ROWS; f < SAMPLE_FOLDS && !j->failed; f++) {
        sg_buf model = {0};
        sg_fit_spec fit = {f, 3, sample_params(), NULL, NULL, &model};

        j->failed |= j->engine->fit(prepared, &fit, NULL) != SEGML_OK;
        sg_buf_clear(&model);
    }
    j->engine->release(prepared);
    return NULL;
}

static void
run(job *j, int threads)
{
    pthread_t thread;

    if (!threads) {
        fit_all(j);
    } else {
        ck_assert_int_eq(sg_thread_start(&thread, fit_all, j, NULL), SEGML_OK);
        pthread_join(thread, NULL);
    }
    ck_assert_int_eq(j->failed, 0);
}

/* A leaked matrix of each set would show as 120 times at least 150 kB. */
START_TEST(memory_stays_flat)
{
    sample_spec spec = {2000, 10, SG_LOSS_LOGISTIC, 12, 1, 20, 1};
    job j = {.engine = sample_open()};
    long before;

    sample_make(&j.s, &spec);
    for (int k = 0; k < WARM; k++)
        run(&j, _i);
    before = used_bytes();
    for (int k = 0; k < MORE; k++)
        run(&j, _i);
    ck_assert_int_lt(used_bytes() - before, LEAK);
    sample_free(&j.s);
    j.engine->close(j.engine);
}
END_TEST

TCase *
memory_tests(void)
{
    TCase *tc = tcase_create("memory");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, memory_stays_flat, 0, 2); /* on one thread; on a new one each time */
    return tc;
}
