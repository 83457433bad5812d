/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_SCHED_POOL_H
#define SG_SCHED_POOL_H

/*
 * A pool of workers that lives inside one call: tasks go in, also from tasks, the
 * longest is taken first, and when none is left all threads are gone.
 */

#include "base/status.h"

typedef struct sg_pool sg_pool;

/**
 * A task. A negative return stops the whole pool with that status: a failure that
 * concerns one group alone is not one.
 */
typedef int (*sg_task_fn)(sg_pool *pool, void *argument, segml_error *err);

typedef struct sg_task {
    double cost; /* tasks of higher cost are taken first, equals in the order submitted */
    sg_task_fn run;
    void *argument;
} sg_task;

/** Makes an empty pool. @return SEGML_OK; SEGML_E_NOMEM */
int sg_pool_create(sg_pool **out, segml_error *err);

/**
 * Adds a task; from any thread, before or during the run. A pool that stops drops it.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_pool_submit(sg_pool *pool, sg_task task, segml_error *err);

/**
 * Called on the thread that runs the pool, after sg_pool_wake() and at least every 100 ms.
 *
 * @return 0 to go on, anything else to cancel
 */
typedef int (*sg_tick_fn)(void *user);

/**
 * Runs all tasks and those they add, then joins the workers.
 *
 * @param workers  at least 1
 * @return SEGML_OK; what the first failing task returned; SEGML_E_CANCELLED;
 *         SEGML_E_NOMEM (not one thread could be started)
 */
int sg_pool_run(sg_pool *pool, int32_t workers, sg_tick_fn tick, void *user, segml_error *err);

/** Has the caller's tick run soon; from any thread. */
void sg_pool_wake(sg_pool *pool);

/** A call for the thread that runs the pool. */
typedef int (*sg_call_fn)(void *argument, segml_error *err);

/**
 * Has the thread that runs the pool make a call and waits for it; from a task.
 *
 * @return what the call returned; SEGML_E_CANCELLED (the pool stops: the call is not made)
 */
int sg_pool_call(sg_pool *pool, sg_call_fn call, void *argument, segml_error *err);

/** Whether tasks should give up. */
int sg_pool_stopping(const sg_pool *pool);

/** Releases the pool, which must not be running; NULL is allowed. */
void sg_pool_free(sg_pool *pool);

#endif
