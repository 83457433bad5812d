/* SPDX-License-Identifier: Apache-2.0 */

/* sched/pool: order, tasks out of tasks, failures. Ticks and cancelling: test_tick.c. */

#include <check.h>
#include <dirent.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "sched/pool.h"

enum { MANY = 20000, PATIENCE_SECONDS = 20 };

static sg_pool *pool;
static segml_error err;
static atomic_int runs, order[16];

static void
make_pool(void)
{
    memset(&err, 0, sizeof err);
    atomic_store(&runs, 0);
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
go_on(void *user)
{
    (void)user;
    return 0;
}

static void
submit(double cost, sg_task_fn run, void *argument)
{
    ck_assert_int_eq(sg_pool_submit(pool, (sg_task){cost, run, argument}, NULL), SEGML_OK);
}

static int
run_pool(int32_t workers)
{
    return sg_pool_run(pool, workers, go_on, NULL, &err);
}

static int numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static int
note_order(sg_pool *p, void *argument, segml_error *e)
{
    (void)p;
    (void)e;
    atomic_store(&order[atomic_fetch_add(&runs, 1)], *(int *)argument);
    return SEGML_OK;
}

static void
assert_order(const int *expected, int count)
{
    ck_assert_int_eq(atomic_load(&runs), count);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(atomic_load(&order[i]), expected[i]);
}

START_TEST(the_longest_comes_first_and_equals_in_their_order)
{
    static const double costs[] = {1, 5, 2, 5, 0, 9, 2, 5, -1, 3};
    static const int expected[] = {5, 1, 3, 7, 9, 2, 6, 0, 4, 8};

    for (int i = 0; i < 10; i++)
        submit(costs[i], note_order, &numbers[i]);
    ck_assert_int_eq(run_pool(1), SEGML_OK);
    assert_order(expected, 10);
}
END_TEST

static int
submit_three(sg_pool *p, void *argument, segml_error *e)
{
    static const double costs[] = {1, 5, 3};
    int rc = note_order(p, argument, e);

    for (int i = 0; i < 3 && rc == SEGML_OK; i++)
        rc = sg_pool_submit(p, (sg_task){costs[i], note_order, &numbers[i + 1]}, e);
    return rc;
}

START_TEST(tasks_of_tasks_are_put_in_order_too)
{
    static const int expected[] = {0, 2, 4, 3, 1};

    submit(10, submit_three, &numbers[0]);
    submit(4, note_order, &numbers[4]);
    ck_assert_int_eq(run_pool(1), SEGML_OK);
    assert_order(expected, 5);
}
END_TEST

static int
split(sg_pool *p, void *argument, segml_error *e)
{
    int depth = *(int *)argument, rc = SEGML_OK;

    atomic_fetch_add(&runs, 1);
    for (int i = 0; i < 2 && depth > 0 && rc == SEGML_OK; i++)
        rc = sg_pool_submit(p, (sg_task){depth, split, &numbers[depth - 1]}, e);
    return rc;
}

START_TEST(tasks_of_tasks_are_all_run_before_the_end)
{
    submit(1, split, &numbers[12]);
    ck_assert_int_eq(run_pool(_i), SEGML_OK);
    ck_assert_int_eq(atomic_load(&runs), (1 << 13) - 1);
}
END_TEST

static atomic_int seen[MANY];

static int
note_seen(sg_pool *p, void *argument, segml_error *e)
{
    (void)p;
    (void)e;
    atomic_fetch_add((atomic_int *)argument, 1);
    return SEGML_OK;
}

START_TEST(many_tasks_on_many_workers_are_each_run_once)
{
    for (int i = 0; i < MANY; i++)
        submit(i % 17, note_seen, &seen[i]);
    ck_assert_int_eq(run_pool(8), SEGML_OK);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(atomic_exchange(&seen[i], 0), 1);
}
END_TEST

START_TEST(an_empty_pool_ends_at_once)
{
    ck_assert_int_eq(run_pool(_i), SEGML_OK);
    ck_assert_int_eq(err.code, 0);
}
END_TEST

static int
fail_with_number(sg_pool *p, void *argument, segml_error *e)
{
    (void)p;
    atomic_fetch_add(&runs, 1);
    return sg_fail(e, *(int *)argument == 1 ? SEGML_E_BACKEND : SEGML_E_DATA, "failure %d",
                   *(int *)argument);
}

START_TEST(a_failure_drops_the_tasks_that_have_not_begun)
{
    submit(10, fail_with_number, &numbers[1]);
    for (int i = 0; i < 1000; i++)
        submit(5, fail_with_number, &numbers[2]);
    ck_assert_int_eq(run_pool(1), SEGML_E_BACKEND);
    ck_assert_int_eq(err.code, SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "failure 1");
    ck_assert_int_eq(atomic_load(&runs), 1);
    ck_assert_int_ne(sg_pool_stopping(pool), 0);
}
END_TEST

/* Waits for the pool to stop; SEGML_E_INTERNAL if it never does. */
static int
wait_for_stop(sg_pool *p)
{
    double start = now();

    while (!sg_pool_stopping(p)) {
        if (now() - start > PATIENCE_SECONDS)
            return SEGML_E_INTERNAL;
        rest();
    }
    return SEGML_OK;
}

static int
fail_after_stop(sg_pool *p, void *argument, segml_error *e)
{
    int rc = wait_for_stop(p);

    return rc < 0 ? rc : fail_with_number(p, argument, e);
}

START_TEST(the_first_of_several_failures_is_reported)
{
    submit(10, fail_after_stop, &numbers[2]);
    submit(10, fail_after_stop, &numbers[3]);
    submit(5, fail_with_number, &numbers[1]);
    ck_assert_int_eq(run_pool(3), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "failure 1");
    ck_assert_int_eq(atomic_load(&runs), 3);
}
END_TEST

static int
submit_after_stop(sg_pool *p, void *argument, segml_error *e)
{
    int rc = wait_for_stop(p);

    return rc < 0 ? rc : sg_pool_submit(p, (sg_task){99, note_order, argument}, e);
}

START_TEST(no_task_begins_after_a_stop)
{
    submit(10, submit_after_stop, &numbers[0]);
    submit(5, fail_with_number, &numbers[1]);
    ck_assert_int_eq(run_pool(2), SEGML_E_BACKEND);
    ck_assert_int_eq(atomic_load(&runs), 1); /* the failing task itself */
}
END_TEST

static int
remark(sg_pool *p, void *argument, segml_error *e)
{
    note_order(p, argument, e);
    return SEGML_PARTIAL;
}

START_TEST(a_positive_return_is_no_failure)
{
    submit(2, remark, &numbers[0]);
    submit(1, note_order, &numbers[1]);
    ck_assert_int_eq(run_pool(1), SEGML_OK);
    ck_assert_int_eq(atomic_load(&runs), 2);
}
END_TEST

static int
count_threads(void)
{
    DIR *dir = opendir("/proc/self/task");
    int count = -2;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/*
 * The kernel may list a thread a moment longer than it can be joined. The run before is for
 * ThreadSanitizer, which adds a thread of its own to the first.
 */
START_TEST(no_worker_outlives_the_run)
{
    double start = now();
    int before;

    ck_assert_int_eq(run_pool(1), SEGML_OK);
    free_pool();
    make_pool();
    before = count_threads();
    submit(1, split, &numbers[3]);
    ck_assert_int_eq(run_pool(8), SEGML_OK);
    while (count_threads() > before && now() - start < PATIENCE_SECONDS)
        rest();
    ck_assert_int_le(count_threads(), before);
}
END_TEST

TCase *
pool_tests(void)
{
    TCase *tc = tcase_create("pool");

    tcase_set_timeout(tc, 3 * PATIENCE_SECONDS);
    tcase_add_checked_fixture(tc, make_pool, free_pool);
    tcase_add_test(tc, the_longest_comes_first_and_equals_in_their_order);
    tcase_add_test(tc, tasks_of_tasks_are_put_in_order_too);
    tcase_add_loop_test(tc, tasks_of_tasks_are_all_run_before_the_end, 1, 9);
    tcase_add_test(tc, many_tasks_on_many_workers_are_each_run_once);
    tcase_add_loop_test(tc, an_empty_pool_ends_at_once, 1, 4);
    tcase_add_test(tc, a_failure_drops_the_tasks_that_have_not_begun);
    tcase_add_test(tc, the_first_of_several_failures_is_reported);
    tcase_add_test(tc, no_task_begins_after_a_stop);
    tcase_add_test(tc, a_positive_return_is_no_failure);
    tcase_add_test(tc, no_worker_outlives_the_run);
    return tc;
}
