/* SPDX-License-Identifier: Apache-2.0 */

/* base/thread: threads that take no signals, and the processors there are. */

#define _GNU_SOURCE /* sched_setaffinity, CPU_SET */

#include <check.h>
#include <sched.h>
#include <signal.h>

#include "base/thread.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD, SIGPIPE, SIGPROF};
enum { SIGNALS = (int)(sizeof signals / sizeof *signals) };

static void *
read_mask(void *argument)
{
    pthread_sigmask(SIG_BLOCK, NULL, argument);
    return argument;
}

START_TEST(a_thread_blocks_all_signals)
{
    sigset_t mask;
    pthread_t thread;
    void *result = NULL;

    sigemptyset(&mask);
    ck_assert_int_eq(sg_thread_start(&thread, read_mask, &mask, NULL), SEGML_OK);
    ck_assert_int_eq(pthread_join(thread, &result), 0);
    ck_assert_ptr_eq(result, &mask);
    for (int i = 0; i < SIGNALS; i++)
        ck_assert_msg(sigismember(&mask, signals[i]) == 1, "signal %d is open", signals[i]);
}
END_TEST

START_TEST(the_starting_thread_keeps_its_mask)
{
    sigset_t before, mask, after;
    pthread_t thread;

    sigemptyset(&before);
    sigaddset(&before, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &before, &mask);
    ck_assert_int_eq(sg_thread_start(&thread, read_mask, &after, NULL), SEGML_OK);
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &mask, &after);
    ck_assert_int_eq(sigismember(&after, SIGUSR2), 1);
    for (int i = 0; i < SIGNALS; i++)
        ck_assert_msg(sigismember(&after, signals[i]) == 0, "signal %d is blocked", signals[i]);
}
END_TEST

START_TEST(processors_are_those_of_the_affinity_mask)
{
    cpu_set_t before, one;
    int first = 0;

    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    ck_assert_int_eq(sg_thread_processors(), CPU_COUNT(&before));
    while (!CPU_ISSET(first, &before))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_int_eq(sg_thread_processors(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof before, &before), 0);
}
END_TEST

TCase *
thread_tests(void)
{
    TCase *tc = tcase_create("thread");

    tcase_add_test(tc, a_thread_blocks_all_signals);
    tcase_add_test(tc, the_starting_thread_keeps_its_mask);
    tcase_add_test(tc, processors_are_those_of_the_affinity_mask);
    return tc;
}
