/* SPDX-License-Identifier: Apache-2.0 */

/* timestamp: which texts are times, and which seconds they are. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timestamp.h"

/* Expected: Python's datetime, and for the year 0 the 366 days before the year 1. */
static const struct {
    const char *text;
    double seconds;
} times[] = {
    {"1970-01-01", 0},
    {"1970-01-01T00:00", 0},
    {"1970-01-01 00:00:01Z", 1},
    {"1969-12-31T23:59:59.5", -0.5},
    {"2000-02-29", 951782400},
    {"2000-03-01T12:30", 951913800},
    {"1900-03-01", -2203891200},
    {"2024-02-29T23:59:59+00:00", 1709251199},
    {"2024-02-29 23:59:59.125-05:30", 1709270999.125},
    {"2024-03-01T00:00+14:00", 1709200800},
    {"0001-01-01", -62135596800},
    {"0000-01-01", -719528.0 * 86400},
    {"9999-12-31T23:59:59.999Z", 253402300799.999},
    {"2038-01-19T03:14:08Z", 2147483648},
    {"1582-10-04", -12220243200},
    {"2100-02-28", 4107456000},
    {"2016-12-31T23:59:59", 1483228799},
    {"1999-12-31T23:59-23:59", 946771080},
    {"1970-01-01T00:00:00.000000001", 1e-9},
    {"1970-01-01T00:00:00.25000000000000000000000000000000", 0.25},
};

START_TEST(times_are_seconds_since_1970)
{
    double seconds = -1;

    ck_assert_int_eq(cli_timestamp_parse(&seconds, times[_i].text, strlen(times[_i].text)), 1);
    ck_assert_double_eq(seconds, times[_i].seconds);
}
END_TEST

static const char *const others[] = {"",
                                     "2024",
                                     "2024-01",
                                     "2024-1-01",
                                     "2024-01-1",
                                     "24-01-01",
                                     "12024-01-01",
                                     "+2024-01-01",
                                     "-2024-01-01",
                                     "2024/01/01",
                                     "20240101",
                                     "2024-00-01",
                                     "2024-13-01",
                                     "2024-01-00",
                                     "2024-01-32",
                                     "2024-04-31",
                                     "2023-02-29",
                                     "1900-02-29",
                                     "2100-02-29",
                                     "2024-02-30",
                                     " 2024-01-01",
                                     "2024-01-01 ",
                                     "2024-01-01T",
                                     "2024-01-01T1:00",
                                     "2024-01-01T10",
                                     "2024-01-01T10:",
                                     "2024-01-01T10:0",
                                     "2024-01-01T24:00",
                                     "2024-01-01T10:60",
                                     "2024-01-01T10:00:60",
                                     "2024-01-01T10:00:",
                                     "2024-01-01T10:00:5",
                                     "2024-01-01T10:00:05.",
                                     "2024-01-01T10:00:05,5",
                                     "2024-01-01T10:00:05.5.5",
                                     "2024-01-01T10:00.5",
                                     "2024-01-01t10:00",
                                     "2024-01-01  10:00",
                                     "2024-01-01\t10:00",
                                     "2024-01-01T10:00z",
                                     "2024-01-01T10:00 Z",
                                     "2024-01-01Z",
                                     "2024-01-01+01:00",
                                     "2024-01-01T10:00ZZ",
                                     "2024-01-01T10:00+0100",
                                     "2024-01-01T10:00+01",
                                     "2024-01-01T10:00+24:00",
                                     "2024-01-01T10:00+01:60",
                                     "2024-01-01T10:00+-1:00",
                                     "2024-01-01T10:00\xE2\x88\x92"
                                     "01:00",
                                     "2024-01-01T10:00Europe/Berlin",
                                     "2024-W01-1",
                                     "2024-001",
                                     "\xD9\xA2"
                                     "024-01-01",
                                     "nan",
                                     "1e9",
                                     "now"};

START_TEST(other_texts_are_no_times)
{
    double seconds = -1;

    ck_assert_msg(cli_timestamp_parse(&seconds, others[_i], strlen(others[_i])) == 0, "%s",
                  others[_i]);
    ck_assert_double_eq(seconds, -1);
}
END_TEST

/* The length is what counts: a longer text is cut, and nothing behind it is read. */
START_TEST(every_beginning_of_a_time_is_one_or_none)
{
    static const char text[] = "2024-02-29T23:59:59.125+01:30";
    static const int is_time[] = {10, 16, 19, 21, 22, 23, 29};
    size_t n = 0;

    for (size_t length = 0; length < sizeof text; length++) {
        char *exact = malloc(length + 1); /* a sanitizer sees what is read behind it */
        double seconds;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, length);
        exact[length] = '9';
        if (n < sizeof is_time / sizeof *is_time && length == (size_t)is_time[n]) {
            ck_assert_int_eq(cli_timestamp_parse(&seconds, exact, length), 1);
            n++;
        } else {
            ck_assert_msg(cli_timestamp_parse(&seconds, exact, length) == 0, "%zu", length);
        }
        free(exact);
    }
    ck_assert_uint_eq(n, sizeof is_time / sizeof *is_time);
}
END_TEST

START_TEST(a_nul_byte_ends_no_time)
{
    double seconds;

    ck_assert_int_eq(cli_timestamp_parse(&seconds, "2024-01-01\0", 11), 0);
    ck_assert_int_eq(cli_timestamp_parse(&seconds, "2024-01-01\0T10:00", 17), 0);
}
END_TEST

/* Every day of ten thousand years follows the one before it; all that is between is no day. */
START_TEST(days_follow_each_other)
{
    static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    double last = -719529.0 * 86400, seconds;
    char text[32];
    int days = 0;

    for (int year = 0; year < 10000; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= longest[month - 1] + 1; day++) {
                int length = snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);

                if (!cli_timestamp_parse(&seconds, text, (size_t)length)) {
                    ck_assert_msg(day == longest[month - 1] + 1 || (month == 2 && day == 29), "%s",
                                  text);
                    continue;
                }
                ck_assert_msg(seconds == last + 86400, "%s", text);
                last = seconds;
                days++;
            }
        }
    }
    ck_assert_int_eq(days, 3652425); /* 25 times 146,097 */
}
END_TEST

TCase *
timestamp_tests(void)
{
    TCase *tc = tcase_create("timestamp");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, times_are_seconds_since_1970, 0, (int)(sizeof times / sizeof *times));
    tcase_add_loop_test(tc, other_texts_are_no_times, 0, (int)(sizeof others / sizeof *others));
    tcase_add_test(tc, every_beginning_of_a_time_is_one_or_none);
    tcase_add_test(tc, a_nul_byte_ends_no_time);
    tcase_add_test(tc, days_follow_each_other);
    return tc;
}
