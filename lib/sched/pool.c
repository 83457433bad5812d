/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The pool: one binary heap behind one mutex.
 *
 * Work stealing with a deque per worker was rejected: a task is a whole group, or a
 * trial or fold of a large one, and lasts milliseconds at least, so the lock is taken
 * a few thousand times a second at most, and a single heap gives longest-first exactly.
 *
 * A task that fails stops the pool: tasks not begun are dropped, also those submitted
 * later, and running ones see sg_pool_stopping(). With several failures the one that
 * was first is reported.
 * Fewer threads than asked for are accepted as long as there is one.
 */

#include "sched/pool.h"

#include <stdatomic.h>
#include <time.h>

#include "base/alloc.h"
#include "base/thread.h"

enum { TICK_MILLISECONDS = 100 };

typedef struct queued {
    sg_task task;
    uint64_t number; /* in order of submission */
} queued;

/* A call that a task waits for; on that task's stack. */
typedef struct pending {
    sg_call_fn call;
    void *argument;
    segml_error *err;
    int rc, done;
    struct pending *next;
} pending;

struct sg_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;   /* for workers: a task, or the end */
    pthread_cond_t notice; /* for the caller: a wake, or the end */
    pthread_cond_t answer; /* for tasks: a call was made, or the pool stops */
    pending *calls;        /* first come, first served */
    queued *heap;
    int64_t count, capacity;
    uint64_t submitted;
    int64_t unfinished; /* queued and running */
    int32_t woken;
    atomic_int stopping;
    int status;
    segml_error error;
};

int
sg_pool_create(sg_pool **out, segml_error *err)
{
    sg_pool *pool = sg_alloc_zeroed(1, sizeof *pool);
    pthread_condattr_t monotonic;

    *out = pool;
    if (pool == NULL)
        return sg_fail_nomem(err);
    /* None of these fails on Linux with default or clock attributes. */
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->answer, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->notice, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return SEGML_OK;
}

static int
comes_before(const queued *a, const queued *b)
{
    return a->task.cost != b->task.cost ? a->task.cost > b->task.cost : a->number < b->number;
}

static void
swap(queued *a, queued *b)
{
    queued c = *a;

    *a = *b;
    *b = c;
}

int
sg_pool_submit(sg_pool *pool, sg_task task, segml_error *err)
{
    int rc = SEGML_OK;

    pthread_mutex_lock(&pool->lock);
    if (atomic_load(&pool->stopping))
        goto out;
    if (pool->count == pool->capacity) {
        int64_t capacity = pool->capacity > 0 ? 2 * pool->capacity : 64;
        queued *heap = sg_alloc_resize(pool->heap, capacity, sizeof *heap);

        if (heap == NULL) {
            rc = sg_fail_nomem(err);
            goto out;
        }
        pool->heap = heap;
        pool->capacity = capacity;
    }
    pool->heap[pool->count] = (queued){task, pool->submitted++};
    for (int64_t i = pool->count++; i > 0; i = (i - 1) / 2) {
        if (!comes_before(&pool->heap[i], &pool->heap[(i - 1) / 2]))
            break;
        swap(&pool->heap[i], &pool->heap[(i - 1) / 2]);
    }
    pool->unfinished++;
    pthread_cond_signal(&pool->work);
out:
    pthread_mutex_unlock(&pool->lock);
    return rc;
}

/* The first task; the heap is not empty and locked. */
static sg_task
pop(sg_pool *pool)
{
    sg_task first = pool->heap[0].task;
    int64_t i = 0;

    pool->heap[0] = pool->heap[--pool->count];
    for (;;) {
        int64_t child = 2 * i + 1;

        if (child + 1 < pool->count && comes_before(&pool->heap[child + 1], &pool->heap[child]))
            child++;
        if (child >= pool->count || !comes_before(&pool->heap[child], &pool->heap[i]))
            return first;
        swap(&pool->heap[child], &pool->heap[i]);
        i = child;
    }
}

/* Stops the pool for a reason, the first of which counts; locked. */
static void
stop(sg_pool *pool, int status, const segml_error *error)
{
    if (pool->status == SEGML_OK) {
        pool->status = status;
        pool->error = *error;
    }
    pool->unfinished -= pool->count;
    pool->count = 0;
    atomic_store(&pool->stopping, 1);
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->answer);
    pthread_cond_signal(&pool->notice);
}

int
sg_pool_call(sg_pool *pool, sg_call_fn call, void *argument, segml_error *err)
{
    pending mine = {call, argument, err, SEGML_OK, 0, NULL};
    pending **last = &pool->calls;

    pthread_mutex_lock(&pool->lock);
    while (*last != NULL)
        last = &(*last)->next;
    *last = &mine;
    pool->woken = 1;
    pthread_cond_signal(&pool->notice);
    while (mine.done == 0 && !atomic_load(&pool->stopping))
        pthread_cond_wait(&pool->answer, &pool->lock);
    while (mine.done == 1) /* being made: its result is still wanted, and it uses this stack */
        pthread_cond_wait(&pool->answer, &pool->lock);
    for (last = &pool->calls; *last != NULL && mine.done == 0; last = &(*last)->next) {
        if (*last == &mine) {
            *last = mine.next;
            break;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return mine.done == 2 ? mine.rc : sg_fail(err, SEGML_E_CANCELLED, "cancelled");
}

/* Makes the calls that wait; locked before and after, not during a call. */
static void
make_calls(sg_pool *pool)
{
    while (pool->calls != NULL && !atomic_load(&pool->stopping)) {
        pending *first = pool->calls;

        pool->calls = first->next;
        first->done = 1;
        pthread_mutex_unlock(&pool->lock);
        first->rc = first->call(first->argument, first->err);
        pthread_mutex_lock(&pool->lock);
        first->done = 2;
        pthread_cond_broadcast(&pool->answer);
    }
}

static void *
work(void *argument)
{
    sg_pool *pool = argument;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        segml_error error = SEGML_ERROR_INIT;
        sg_task task;
        int rc;

        while (pool->count == 0 && pool->unfinished > 0)
            pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->count == 0)
            break;
        task = pop(pool);
        pthread_mutex_unlock(&pool->lock);
        rc = task.run(pool, task.argument, &error);
        pthread_mutex_lock(&pool->lock);
        pool->unfinished--;
        pool->woken = 1;
        if (rc < 0)
            stop(pool, rc, &error);
        if (pool->unfinished == 0)
            pthread_cond_broadcast(&pool->work);
        pthread_cond_signal(&pool->notice);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Waits for the end, running ticks; unlocked before and after. */
static void
wait_for_end(sg_pool *pool, sg_tick_fn tick, void *user)
{
    const segml_error cancelled = {SEGML_E_CANCELLED, "cancelled"};

    pthread_mutex_lock(&pool->lock);
    while (pool->unfinished > 0) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MILLISECONDS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        while (pool->unfinished > 0 && !pool->woken &&
               pthread_cond_timedwait(&pool->notice, &pool->lock, &until) == 0)
            continue;
        pool->woken = 0;
        make_calls(pool);
        if (atomic_load(&pool->stopping))
            continue;
        pthread_mutex_unlock(&pool->lock);
        if (tick(user) != 0) {
            pthread_mutex_lock(&pool->lock);
            stop(pool, SEGML_E_CANCELLED, &cancelled);
        } else {
            pthread_mutex_lock(&pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
}

int
sg_pool_run(sg_pool *pool, int32_t workers, sg_tick_fn tick, void *user, segml_error *err)
{
    pthread_t *thread = sg_alloc_array(workers, sizeof *thread);
    segml_error refused = SEGML_ERROR_INIT;
    int32_t started = 0;
    int rc = SEGML_OK;

    if (thread == NULL)
        return sg_fail_nomem(err);
    while (started < workers && rc == SEGML_OK) {
        rc = sg_thread_start(&thread[started], work, pool, &refused);
        started += rc == SEGML_OK;
    }
    if (started == 0) {
        sg_fail(err, rc, "%s", refused.message);
    } else {
        wait_for_end(pool, tick, user);
        for (int32_t i = 0; i < started; i++)
            pthread_join(thread[i], NULL);
        rc = pool->status;
        if (rc < 0)
            sg_fail(err, rc, "%s", pool->error.message);
    }
    sg_free(thread);
    return rc;
}

void
sg_pool_wake(sg_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->woken = 1;
    pthread_cond_signal(&pool->notice);
    pthread_mutex_unlock(&pool->lock);
}

int
sg_pool_stopping(const sg_pool *pool)
{
    return atomic_load(&pool->stopping);
}

void
sg_pool_free(sg_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_cond_destroy(&pool->notice);
    pthread_cond_destroy(&pool->answer);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    sg_free(pool->heap);
    sg_free(pool);
}
