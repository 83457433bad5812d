/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Timestamps.
 *
 * A cursor goes over the text once and takes digits and marks one by one; what it does not
 * expect ends it. strptime() and mktime() were rejected: they take more than they should
 * (blanks, days that overflow into the next month), and the latter knows the host's zone.
 *
 * R1  The calendar is the Gregorian one, also before its time, for the years 0000 to 9999.
 * R2  Days are counted from 0000-03-01, so that the leap day ends a year: the months from
 *     March on have 153 days per five, (153 m + 2) / 5 of them before month m (H. Hinnant,
 *     "chrono-compatible low-level date algorithms", days_from_civil).
 * R3  All that can be exact is: days and seconds are integers until the fraction is added.
 */

#include "timestamp.h"

#include <stdint.h>

enum { FRACTION_DIGITS = 9, DAYS_TO_1970 = 719468 }; /* from 0000-03-01 */

typedef struct cursor {
    const char *at, *end;
} cursor;

/* Takes one byte if it is the expected one. */
static int
take_mark(cursor *c, char mark)
{
    if (c->at == c->end || *c->at != mark)
        return 0;
    c->at++;
    return 1;
}

/* Takes exactly `digits` digits that make a number from least to most. */
static int
take_number(cursor *c, int digits, int least, int most, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++) {
        if (c->at == c->end || *c->at < '0' || *c->at > '9')
            return 0;
        *number = 10 * *number + (*c->at++ - '0');
    }
    return *number >= least && *number <= most;
}

static int
days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* R2, with 400 years of 146,097 days more, so that January of 0000 is not below zero. */
static int64_t
count_days(int year, int month, int day)
{
    int64_t y = year + 400 - (month <= 2);
    int64_t m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 146097 -
           DAYS_TO_1970;
}

static int
take_date(cursor *c, int64_t *days)
{
    int year, month, day;

    if (!take_number(c, 4, 0, 9999, &year) || !take_mark(c, '-') ||
        !take_number(c, 2, 1, 12, &month) || !take_mark(c, '-') ||
        !take_number(c, 2, 1, days_of_month(year, month), &day))
        return 0;
    *days = count_days(year, month, day);
    return 1;
}

/* A point and at least one digit; those beyond a nanosecond are taken, but do not count. */
static int
take_fraction(cursor *c, double *fraction)
{
    int64_t value = 0, scale = 1;
    int digits = 0;

    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, digits++) {
        if (digits < FRACTION_DIGITS) {
            value = 10 * value + (*c->at - '0');
            scale *= 10;
        }
    }
    *fraction = (double)value / (double)scale;
    return digits > 0;
}

/* A zone, if there is one: the seconds that it is ahead of UTC. */
static int
take_zone(cursor *c, int64_t *ahead)
{
    int hours, minutes, sign = 1;

    *ahead = 0;
    if (c->at == c->end || take_mark(c, 'Z'))
        return 1;
    if (take_mark(c, '-'))
        sign = -1;
    else if (!take_mark(c, '+'))
        return 0;
    if (!take_number(c, 2, 0, 23, &hours) || !take_mark(c, ':') ||
        !take_number(c, 2, 0, 59, &minutes))
        return 0;
    *ahead = sign * (3600 * (int64_t)hours + 60 * (int64_t)minutes);
    return 1;
}

int
cli_timestamp_parse(double *seconds, const char *text, size_t length)
{
    cursor c = {text, text + length};
    int hours = 0, minutes = 0, whole = 0;
    int64_t days, ahead = 0;
    double fraction = 0;

    if (!take_date(&c, &days))
        return 0;
    if (c.at < c.end) {
        if (!take_mark(&c, 'T') && !take_mark(&c, ' '))
            return 0;
        if (!take_number(&c, 2, 0, 23, &hours) || !take_mark(&c, ':') ||
            !take_number(&c, 2, 0, 59, &minutes))
            return 0;
        if (take_mark(&c, ':') && (!take_number(&c, 2, 0, 59, &whole) ||
                                   (take_mark(&c, '.') && !take_fraction(&c, &fraction))))
            return 0;
        if (!take_zone(&c, &ahead) || c.at < c.end)
            return 0;
    }
    *seconds =
        (double)(86400 * days + 3600 * (int64_t)hours + 60 * (int64_t)minutes + whole - ahead) +
        fraction;
    return 1;
}
