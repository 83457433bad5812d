/* SPDX-License-Identifier: Apache-2.0 */

/* base/clock: goes on, in seconds, and never back. */

#include "base/clock.h"

#include <check.h>
#include <time.h>

START_TEST(a_rest_of_20_ms_is_at_least_20_ms)
{
    const struct timespec rest = {0, 20000000};
    double before = sg_clock_seconds(), after;

    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL) != 0)
        continue; /* a signal came */
    after = sg_clock_seconds();
    ck_assert_double_ge(after - before, 0.02 - 1e-6); /* doubles of days are that fine */
    ck_assert_double_lt(after - before, 60);
}
END_TEST

START_TEST(it_never_goes_back)
{
    double last = sg_clock_seconds();

    for (int i = 0; i < 100000; i++) {
        double now = sg_clock_seconds();

        ck_assert_double_ge(now, last);
        last = now;
    }
}
END_TEST

TCase *
clock_tests(void)
{
    TCase *tc = tcase_create("clock");

    tcase_add_test(tc, a_rest_of_20_ms_is_at_least_20_ms);
    tcase_add_test(tc, it_never_goes_back);
    return tc;
}
