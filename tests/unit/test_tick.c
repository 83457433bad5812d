/* SPDX-License-Identifier: Apache-2.0 */

/* sched/pool: ticks, waking, cancelling, which thread runs what. */

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "sched/pool.h"

enum { PATIENCE_SECONDS = 20 };

static sg_pool *pool;
static segml_error err;
static atomic_int ticks;
static atomic_int cancel_at; /* tick that cancels, 0 = none */

static void
make_pool(void)
{
    memset(&err, 0, sizeof err);
    atomic_store(&ticks, 0);
    atomic_store(&cancel_at, 0);
    ck_assert_int_eq(sg_pool_create(&pool, NULL), SEGML_OK);
}

static void
free_pool(void)
{
    sg_pool_free(pool);
    pool = NULL;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void
rest(void)
{
    const struct timespec millisecond = {0, 1000000};

    nanosleep(&millisecond, NULL);
}

static int
count_tick(void *user)
{
    int tick = atomic_fetch_add(&ticks, 1) + 1;

    (void)user;
    return atomic_load(&cancel_at) != 0 && tick >= atomic_load(&cancel_at);
}

static void
submit(double cost, sg_task_fn run, void *argument)
{
    ck_assert_int_eq(sg_pool_submit(pool, (sg_task){cost, run, argument}, NULL), SEGML_OK);
}

static int
run_pool(int32_t workers)
{
    return sg_pool_run(pool, workers, count_tick, NULL, &err);
}

static int numbers[4] = {0, 1, 2, 3};

static int
run_until_stop(sg_pool *p, void *argument, segml_error *e)
{
    double start = now();

    (void)argument;
    while (!sg_pool_stopping(p)) {
        if (now() - start > PATIENCE_SECONDS)
            return sg_fail(e, SEGML_E_INTERNAL, "no stop");
        rest();
    }
    return SEGML_OK;
}

/* The shortest of several tries counts, so that a busy machine does not matter. */
START_TEST(cancelling_takes_effect_within_200_milliseconds)
{
    double shortest = PATIENCE_SECONDS;

    for (int try = 0; try < 20 && shortest > 0.2; try++) {
        double start = now();

        free_pool();
        make_pool();
        atomic_store(&cancel_at, 1);
        for (int i = 0; i < 5; i++)
            submit(1, run_until_stop, NULL);
        ck_assert_int_eq(run_pool(2), SEGML_E_CANCELLED);
        ck_assert_int_eq(err.code, SEGML_E_CANCELLED);
        ck_assert_str_eq(err.message, "cancelled");
        shortest = now() - start < shortest ? now() - start : shortest;
    }
    ck_assert_double_le(shortest, 0.2);
}
END_TEST

START_TEST(a_tick_that_cancels_is_the_last)
{
    atomic_store(&cancel_at, 2);
    submit(1, run_until_stop, NULL);
    ck_assert_int_eq(run_pool(1), SEGML_E_CANCELLED);
    ck_assert_int_eq(atomic_load(&ticks), 2);
}
END_TEST

static int
wait_for_ticks(sg_pool *p, void *argument, segml_error *e)
{
    int wanted = atomic_load(&ticks) + *(int *)argument;
    double start = now();

    (void)p;
    while (atomic_load(&ticks) < wanted) {
        if (now() - start > PATIENCE_SECONDS)
            return sg_fail(e, SEGML_E_INTERNAL, "no tick");
        rest();
    }
    return SEGML_OK;
}

START_TEST(ticks_come_without_being_asked)
{
    submit(1, wait_for_ticks, &numbers[3]);
    ck_assert_int_eq(run_pool(1), SEGML_OK);
}
END_TEST

static int
wake_for_ticks(sg_pool *p, void *argument, segml_error *e)
{
    int rc = SEGML_OK;

    for (int i = 0; i < 20 && rc == SEGML_OK; i++) {
        sg_pool_wake(p);
        rc = wait_for_ticks(p, argument, e);
    }
    return rc;
}

/* Twenty ticks would take two seconds without waking; again, the shortest try counts. */
START_TEST(a_wake_brings_a_tick_soon)
{
    double shortest = PATIENCE_SECONDS;

    for (int try = 0; try < 5 && shortest > 1; try++) {
        double start = now();

        free_pool();
        make_pool();
        submit(1, wake_for_ticks, &numbers[1]);
        ck_assert_int_eq(run_pool(1), SEGML_OK);
        shortest = now() - start < shortest ? now() - start : shortest;
    }
    ck_assert_double_le(shortest, 1);
}
END_TEST

typedef struct threads {
    pthread_t caller;
    atomic_int tick_elsewhere, task_on_caller, open_signals;
} threads;

static int
note_tick_thread(void *user)
{
    threads *t = user;

    atomic_fetch_add(&ticks, 1);
    if (!pthread_equal(pthread_self(), t->caller))
        atomic_store(&t->tick_elsewhere, 1);
    return 0;
}

static int
note_task_thread(sg_pool *p, void *argument, segml_error *e)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD, SIGPIPE};
    threads *t = argument;
    sigset_t mask;

    (void)e;
    if (pthread_equal(pthread_self(), t->caller))
        atomic_store(&t->task_on_caller, 1);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigismember(&mask, signals[i]) != 1)
            atomic_fetch_add(&t->open_signals, 1);
    }
    sg_pool_wake(p);
    return SEGML_OK;
}

START_TEST(ticks_run_on_the_calling_thread_and_tasks_on_workers_without_signals)
{
    threads t = {pthread_self(), 0, 0, 0};

    for (int i = 0; i < 50; i++)
        submit(i, note_task_thread, &t);
    submit(-1, wait_for_ticks, &numbers[1]);
    ck_assert_int_eq(sg_pool_run(pool, _i, note_tick_thread, &t, NULL), SEGML_OK);
    ck_assert_int_gt(atomic_load(&ticks), 0);
    ck_assert_int_eq(atomic_load(&t.tick_elsewhere), 0);
    ck_assert_int_eq(atomic_load(&t.task_on_caller), 0);
    ck_assert_int_eq(atomic_load(&t.open_signals), 0);
}
END_TEST

TCase *
tick_tests(void)
{
    TCase *tc = tcase_create("tick");

    tcase_set_timeout(tc, 3 * PATIENCE_SECONDS);
    tcase_add_checked_fixture(tc, make_pool, free_pool);
    tcase_add_test(tc, cancelling_takes_effect_within_200_milliseconds);
    tcase_add_test(tc, a_tick_that_cancels_is_the_last);
    tcase_add_test(tc, ticks_come_without_being_asked);
    tcase_add_test(tc, a_wake_brings_a_tick_soon);
    tcase_add_loop_test(tc, ticks_run_on_the_calling_thread_and_tasks_on_workers_without_signals, 1,
                        4);
    return tc;
}
