/* SPDX-License-Identifier: Apache-2.0 */

/* progress: what the bar says. */

#include <check.h>
#include <string.h>

#include "progress.h"

static segml_progress
state(double done, int64_t groups, int32_t workers)
{
    segml_progress progress = {sizeof progress, groups, 227, done, 1000.0, workers, 0};

    return progress;
}

START_TEST(the_bar_tells_share_rate_workers_and_time_left)
{
    char line[80];
    segml_progress progress = state(250.0, 90, 2);

    cli_progress_format(line, sizeof line, &progress, 60.0);
    ck_assert_str_eq(
        line, "[=====>              ] 90/227 groups  25 %  1.5 groups/s  2 workers  ETA 3:00");
}
END_TEST

START_TEST(at_the_start_the_time_left_is_unknown)
{
    char line[80];
    segml_progress progress = state(0.0, 0, 1);

    cli_progress_format(line, sizeof line, &progress, 0.0);
    ck_assert_str_eq(line, "[>                   ] 0/227 groups  0 %  1 worker  ETA -");
}
END_TEST

START_TEST(at_the_end_the_bar_is_full)
{
    char line[80];
    segml_progress progress = state(1000.0, 227, 8);

    cli_progress_format(line, sizeof line, &progress, 22.7);
    ck_assert_str_eq(
        line, "[====================] 227/227 groups  100 %  10 groups/s  8 workers  ETA 0:00");
}
END_TEST

START_TEST(durations_are_minutes_or_hours)
{
    char text[32];

    cli_format_duration(text, sizeof text, 250.2);
    ck_assert_str_eq(text, "4:10");
    cli_format_duration(text, sizeof text, 59.7);
    ck_assert_str_eq(text, "1:00");
    cli_format_duration(text, sizeof text, 3723.0);
    ck_assert_str_eq(text, "1:02:03");
}
END_TEST

TCase *
progress_tests(void)
{
    TCase *tc = tcase_create("progress");

    tcase_add_test(tc, the_bar_tells_share_rate_workers_and_time_left);
    tcase_add_test(tc, at_the_start_the_time_left_is_unknown);
    tcase_add_test(tc, at_the_end_the_bar_is_full);
    tcase_add_test(tc, durations_are_minutes_or_hours);
    return tc;
}
