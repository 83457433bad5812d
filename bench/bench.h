/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

/*
 * What benchmarks share: clocks, random numbers with a fixed seed, least and median,
 * and one line of JSON per figure. Shares between programs, peers and runs are compared
 * in one run, interleaved; a ratio to a peer is the metric x_<peer>, larger is better.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double
bench_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** Seconds since some moment. */
static inline double
bench_wall(void)
{
    return bench_clock(CLOCK_MONOTONIC);
}

/** Processor seconds of all threads of the process. */
static inline double
bench_cpu(void)
{
    return bench_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/** Random bits (splitmix64); state is the seed. */
static inline uint64_t
bench_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/** Uniform in [0, 1). */
static inline double
bench_uniform(uint64_t *state)
{
    return (double)(bench_random(state) >> 11) * 0x1p-53;
}

/** Of the standard normal distribution. */
static inline double
bench_normal(uint64_t *state)
{
    double radius = sqrt(-2 * log(1 - bench_uniform(state)));

    return radius * cos(6.283185307179586 * bench_uniform(state));
}

static inline int
bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/** Sorts count values; the least is then the first. @return the median */
static inline double
bench_sort(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, bench_compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/** One figure as a line of JSON; the texts need no escapes. NaN becomes null. */
static inline void
bench_print(const char *bench, const char *name, const char *metric, double value,
            const char *unit_name)
{
    char number[40] = "null";

    if (isfinite(value))
        snprintf(number, sizeof number, "%.6g", value);
    printf("{\"bench\":\"%s\",\"case\":\"%s\",\"metric\":\"%s\",\"value\":%s,\"unit\":\"%s\"}\n",
           bench, name, metric, number, unit_name);
    fflush(stdout);
}

#endif
