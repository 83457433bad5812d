/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Time, for limits in seconds alone: nothing that the library writes depends on it.
 */

#include "base/clock.h"

#include <time.h>

double
sg_clock_seconds(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
