/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_CLOCK_H
#define SG_BASE_CLOCK_H

/** Seconds of a clock that never goes back, from an arbitrary start. */
double sg_clock_seconds(void);

#endif
