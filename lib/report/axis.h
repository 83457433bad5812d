/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_AXIS_H
#define SG_REPORT_AXIS_H

/* Scales of charts: from values to shares of a width, and the ticks between. */

enum { SG_AXIS_TICKS = 12 };

/** The finite values seen so far; empty when made by sg_range_empty(). */
typedef struct sg_range {
    double low, high;
    long count;
} sg_range;

sg_range sg_range_empty(void);

/** Widens the range; what is not finite does not count. */
void sg_range_add(sg_range *range, double value);

typedef struct sg_axis {
    double low, high;
    int is_log;
    int ticks;
    int decimals; /* of the ticks; -1 = as many as each needs */
    double tick[SG_AXIS_TICKS];
} sg_axis;

/** A scale of round numbers around a range that is not empty. */
sg_axis sg_axis_fit(const sg_range *range);

/** The same; in the logarithm where all values are above 0 and the largest is at least
 * `ratio` times the smallest. */
sg_axis sg_axis_fit_wide(const sg_range *range, double ratio);

/** Share in [0, 1] of the way from low to high; values outside are moved to the edge. */
double sg_axis_at(const sg_axis *scale, double value);

#endif
