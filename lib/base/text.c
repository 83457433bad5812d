/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Numbers are printed by snprintf, whose decimal point follows the locale of the
 * host program; whatever it is, it becomes '.' here. They are read by strtof, which
 * is given no decimal point at all: 1.25E-1 as 125e-3. Setting the locale around the
 * call was rejected: it would change it under the host's feet.
 */

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_number(char out[SG_TEXT_NUMBER], double value, int digits)
{
    char raw[SG_TEXT_NUMBER];
    size_t n = 0;

    snprintf(raw, sizeof raw, "%.*g", digits, value);
    for (const char *c = raw; *c != '\0'; c++) {
        if (strchr("+-0123456789einfa", *c) != NULL)
            out[n++] = *c;
        else if (n == 0 || out[n - 1] != '.')
            out[n++] = '.'; /* a point may be several bytes long */
    }
    out[n] = '\0';
}

static int
print_special(char out[SG_TEXT_NUMBER], double value)
{
    if (isfinite(value))
        return 0;
    snprintf(out, SG_TEXT_NUMBER, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return 1;
}

void
sg_text_float(char out[SG_TEXT_NUMBER], float value)
{
    char raw[SG_TEXT_NUMBER];

    if (print_special(out, (double)value))
        return;
    for (int digits = 6; digits <= 9; digits++) {
        print_number(out, (double)value, digits);
        snprintf(raw, sizeof raw, "%.*g", digits, (double)value);
        if (strtof(raw, NULL) == value) /* printed and read in one locale */
            return;
    }
}

void
sg_text_double(char out[SG_TEXT_NUMBER], double value)
{
    char raw[SG_TEXT_NUMBER];

    if (print_special(out, value))
        return;
    print_number(out, value, 15);
    snprintf(raw, sizeof raw, "%.15g", value);
    if (strtod(raw, NULL) != value)
        print_number(out, value, 17);
}

enum { MAX_DIGITS = SG_TEXT_NUMBER, MAX_EXPONENT = 9999 };

/* Appends the digits at *at to digits; 0 if there are none or too many. */
static int
take_digits(const char **at, const char *end, char digits[MAX_DIGITS], int *count)
{
    const int before = *count;

    while (*at < end && **at >= '0' && **at <= '9') {
        if (*count == MAX_DIGITS)
            return 0;
        digits[(*count)++] = *(*at)++;
    }
    return *count > before;
}

/* Whether a sign stands at *at and is a minus. */
static int
take_minus(const char **at, const char *end)
{
    int is_minus = *at < end && **at == '-';

    *at += is_minus || (*at < end && **at == '+');
    return is_minus;
}

/* Adds [E[+-]digits] to the exponent; 0 if it is malformed. */
static int
take_exponent(const char **at, const char *end, int *exponent)
{
    char digits[MAX_DIGITS];
    int count = 0, number = 0, is_negative;

    if (*at == end || (**at != 'E' && **at != 'e'))
        return 1;
    (*at)++;
    is_negative = take_minus(at, end);
    if (!take_digits(at, end, digits, &count))
        return 0;
    for (int i = 0; i < count; i++)
        number = number < MAX_EXPONENT ? 10 * number + (digits[i] - '0') : number;
    *exponent += is_negative ? -number : number;
    return 1;
}

int
sg_text_parse_float(float *value, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    char digits[MAX_DIGITS], raw[MAX_DIGITS + 24];
    int is_negative = take_minus(&at, end), count = 0, exponent = 0, whole;

    if (!take_digits(&at, end, digits, &count))
        return 0;
    whole = count;
    if (at < end && *at == '.') {
        at++;
        if (!take_digits(&at, end, digits, &count))
            return 0;
    }
    exponent = whole - count;
    if (!take_exponent(&at, end, &exponent) || at != end)
        return 0;
    snprintf(raw, sizeof raw, "%s%.*se%d", is_negative ? "-" : "", count, digits, exponent);
    *value = strtof(raw, NULL);
    return isfinite(*value);
}

int
sg_text_is_utf8(const char *bytes, size_t size)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t i = 0;

    while (i < size) {
        unsigned char c = s[i];
        int more = c < 0x80 ? 0 : c < 0xC2 ? -1 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF5 ? 3 : -1;

        if (more < 0 || (size_t)more >= size - i)
            return 0;
        for (int k = 1; k <= more; k++) {
            if ((s[i + (size_t)k] & 0xC0) != 0x80)
                return 0;
        }
        if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] > 0x9F) ||
            (c == 0xF0 && s[i + 1] < 0x90) || (c == 0xF4 && s[i + 1] > 0x8F))
            return 0;
        i += (size_t)more + 1;
    }
    return 1;
}
