/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The affinity mask is asked first, because containers and batch systems restrict it
 * while the number of online processors stays that of the machine.
 */

#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */

#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

int
sg_thread_start(pthread_t *thread, void *(*run)(void *), void *argument, segml_error *err)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* inherited by the new thread */
    failed = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return sg_fail(err, SEGML_E_NOMEM, "cannot start a thread (error %d); use fewer jobs",
                       failed);
    return SEGML_OK;
}

int32_t
sg_thread_processors(void)
{
    cpu_set_t set;
    long online;

    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (int32_t)CPU_COUNT(&set);
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int32_t)online : 1;
}
