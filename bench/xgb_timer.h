/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_XGB_TIMER_H
#define BENCH_XGB_TIMER_H

/* What the timing module tells; looked up in it with dlsym(). */

#include <stdint.h>

/** Processor nanoseconds of all threads inside XGBoost so far, and the number of calls. */
void xgb_timer_read(int64_t *nanoseconds, int64_t *calls);

#endif
