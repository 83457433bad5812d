/* SPDX-License-Identifier: Apache-2.0 */

/* sched/pool: calls that tasks have made on the thread that runs the pool. */

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "sched/pool.h"

enum { TASKS = 500, CALLS = 20, PATIENCE_SECONDS = 20 };

static sg_pool *pool;
static segml_error err;
static pthread_t runner;
static int made, elsewhere, inside; /* by calls, which never run side by side: no atomics */
static atomic_int begun, calling, cancelled, cancel;

static void
make_pool(void)
{
    memset(&err, 0, sizeof err);
    made = elsewhere = inside = 0;
    atomic_store(&begun, 0);
    atomic_store(&calling, 0);
    atomic_store(&cancelled, 0);
    atomic_store(&cancel, 0);
    runner = pthread_self();
    ck_assert_int_eq(sg_pool_create(&pool, NULL), SEGML_OK);
}

static void
free_pool(void)
{
    sg_pool_free(pool);
    pool = NULL;
}

static void
rest(void)
{
    const struct timespec millisecond = {0, 1000000};

    nanosleep(&millisecond, NULL);
}

static int
tick(void *user)
{
    (void)user;
    return atomic_load(&cancel);
}

static void
submit(sg_task_fn run, void *argument)
{
    ck_assert_int_eq(sg_pool_submit(pool, (sg_task){1, run, argument}, NULL), SEGML_OK);
}

static int
run_pool(int32_t workers)
{
    return sg_pool_run(pool, workers, tick, NULL, &err);
}

/* Adds one to what it is handed. */
static int
add_one(void *argument, segml_error *e)
{
    (void)e;
    elsewhere += !pthread_equal(pthread_self(), runner);
    elsewhere += inside++ != 0; /* one inside another, or at the same time */
    made++;
    ++*(int *)argument;
    inside--;
    return SEGML_OK;
}

static int
call_often(sg_pool *p, void *argument, segml_error *e)
{
    int rc = SEGML_OK, mine = 0;

    (void)argument;
    for (int i = 0; i < CALLS && rc == SEGML_OK; i++)
        rc = sg_pool_call(p, add_one, &mine, e);
    return rc == SEGML_OK && mine != CALLS ? sg_fail(e, SEGML_E_INTERNAL, "%d calls", mine) : rc;
}

START_TEST(calls_of_many_tasks_are_all_made_on_the_thread_that_runs_the_pool)
{
    for (int i = 0; i < TASKS; i++)
        submit(call_often, NULL);
    ck_assert_msg(run_pool(_i) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(made, TASKS * CALLS);
    ck_assert_int_eq(elsewhere, 0);
}
END_TEST

static int
refuse(void *argument, segml_error *e)
{
    made++;
    return sg_fail(e, SEGML_E_DATA, "not %d", *(int *)argument);
}

static int
remark(void *argument, segml_error *e)
{
    (void)argument;
    (void)e;
    return SEGML_PARTIAL;
}

/* Takes the failure of one call, and goes on. */
static int
call_and_look(sg_pool *p, void *argument, segml_error *e)
{
    segml_error why = SEGML_ERROR_INIT;
    int seven = 7;

    (void)argument;
    if (sg_pool_call(p, refuse, &seven, &why) != SEGML_E_DATA || why.code != SEGML_E_DATA ||
        strcmp(why.message, "not 7") != 0)
        return sg_fail(e, SEGML_E_INTERNAL, "another failure: %s", why.message);
    if (sg_pool_call(p, remark, NULL, &why) != SEGML_PARTIAL)
        return sg_fail(e, SEGML_E_INTERNAL, "the remark is lost");
    return sg_pool_call(p, add_one, &seven, e);
}

START_TEST(a_calls_failure_is_handed_on_and_stops_nothing)
{
    for (int i = 0; i < 10; i++)
        submit(call_and_look, NULL);
    ck_assert_msg(run_pool(2) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(made, 20);
}
END_TEST

static int
call_and_fail(sg_pool *p, void *argument, segml_error *e)
{
    return sg_pool_call(p, refuse, argument, e);
}

START_TEST(a_task_that_fails_with_its_call_stops_the_pool_with_the_calls_message)
{
    int nine = 9;

    submit(call_and_fail, &nine);
    ck_assert_int_eq(run_pool(1), SEGML_E_DATA);
    ck_assert_str_eq(err.message, "not 9");
}
END_TEST

/* Waits until the pool stops, then calls. */
static int
call_after_stop(sg_pool *p, void *argument, segml_error *e)
{
    int rc, count = 0;

    (void)argument;
    atomic_fetch_add(&begun, 1);
    while (!sg_pool_stopping(p) && count++ < 1000 * PATIENCE_SECONDS)
        rest();
    rc = sg_pool_call(p, add_one, &count, e);
    atomic_fetch_add(&cancelled, rc == SEGML_E_CANCELLED);
    return rc;
}

static int
fail_when_two_have_begun(sg_pool *p, void *argument, segml_error *e)
{
    (void)p;
    (void)argument;
    for (int i = 0; i < 1000 * PATIENCE_SECONDS && atomic_load(&begun) < 2; i++)
        rest();
    return sg_fail(e, SEGML_E_BACKEND, "the first failure");
}

START_TEST(a_call_to_a_pool_that_stops_is_not_made)
{
    submit(call_after_stop, NULL);
    submit(call_after_stop, NULL);
    submit(fail_when_two_have_begun, NULL);
    ck_assert_int_eq(run_pool(3), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "the first failure");
    ck_assert_int_eq(atomic_load(&cancelled), 2);
    ck_assert_int_eq(made, 0);
}
END_TEST

/* Lets all other tasks queue up behind it, then asks for the end. */
static int
hold_up(void *argument, segml_error *e)
{
    (void)argument;
    (void)e;
    for (int i = 0; i < 1000 * PATIENCE_SECONDS && atomic_load(&begun) < 3; i++)
        rest();
    made++;
    atomic_store(&cancel, 1);
    return SEGML_OK;
}

static int
call_and_count(sg_pool *p, void *argument, segml_error *e)
{
    int rc, mine = 0;

    (void)argument;
    atomic_fetch_add(&begun, 1);
    rc = sg_pool_call(p, hold_up, &mine, e);
    atomic_fetch_add(&cancelled, rc == SEGML_E_CANCELLED);
    return rc;
}

/* The first call is made to its end, those behind it too or not at all; nobody waits for ever. */
START_TEST(cancelling_during_a_call_lets_it_end_and_frees_those_that_wait)
{
    for (int i = 0; i < 3; i++)
        submit(call_and_count, NULL);
    run_pool(3);
    ck_assert_int_ge(made, 1);
    ck_assert_int_eq(made + atomic_load(&cancelled), 3);
}
END_TEST

static int
fail_outside(sg_pool *p, void *argument, segml_error *e)
{
    (void)p;
    (void)argument;
    for (int i = 0; i < 1000 * PATIENCE_SECONDS && atomic_load(&begun) + atomic_load(&calling) < 4;
         i++)
        rest();
    return sg_fail(e, SEGML_E_BACKEND, "meanwhile");
}

/* The call that is being made when a task fails. */
static int
wait_for_failure(void *argument, segml_error *e)
{
    (void)e;
    atomic_store(&calling, 1);
    for (int i = 0; i < 1000 * PATIENCE_SECONDS && !sg_pool_stopping(pool); i++)
        rest();
    made++;
    *(int *)argument = 5;
    return SEGML_OK;
}

static int
call_while_failing(sg_pool *p, void *argument, segml_error *e)
{
    int rc, mine = 0;

    (void)argument;
    atomic_fetch_add(&begun, 1);
    rc = sg_pool_call(p, wait_for_failure, &mine, e);
    atomic_fetch_add(&cancelled, rc == SEGML_E_CANCELLED && mine == 0);
    return rc == SEGML_OK && mine != 5 ? sg_fail(e, SEGML_E_INTERNAL, "left too early") : rc;
}

START_TEST(a_failure_during_a_call_waits_for_its_end_and_drops_those_behind_it)
{
    for (int i = 0; i < 3; i++)
        submit(call_while_failing, NULL);
    submit(fail_outside, NULL);
    ck_assert_int_eq(run_pool(4), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "meanwhile");
    ck_assert_int_eq(made, 1);
    ck_assert_int_eq(atomic_load(&cancelled), 2);
}
END_TEST

TCase *
call_tests(void)
{
    TCase *tc = tcase_create("call");

    tcase_set_timeout(tc, 3 * PATIENCE_SECONDS);
    tcase_add_checked_fixture(tc, make_pool, free_pool);
    tcase_add_loop_test(tc, calls_of_many_tasks_are_all_made_on_the_thread_that_runs_the_pool, 1,
                        5);
    tcase_add_test(tc, a_calls_failure_is_handed_on_and_stops_nothing);
    tcase_add_test(tc, a_task_that_fails_with_its_call_stops_the_pool_with_the_calls_message);
    tcase_add_test(tc, a_call_to_a_pool_that_stops_is_not_made);
    tcase_add_test(tc, cancelling_during_a_call_lets_it_end_and_frees_those_that_wait);
    tcase_add_test(tc, a_failure_during_a_call_waits_for_its_end_and_drops_those_behind_it);
    return tc;
}
