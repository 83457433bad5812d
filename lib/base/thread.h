/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_THREAD_H
#define SG_BASE_THREAD_H

/* Threads that are good guests: they block all signals and are always joined. */

#include <pthread.h>

#include "base/status.h"

/** Starts a thread that blocks all signals. @return SEGML_OK; SEGML_E_NOMEM (no thread) */
int sg_thread_start(pthread_t *thread, void *(*run)(void *), void *argument, segml_error *err);

/** Processors that this process may use, at least 1: affinity, then what is online. */
int32_t sg_thread_processors(void);

#endif
