/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Markup.
 *
 * R1  What comes from data is escaped: & < > " ' as references, which XML knows too.
 * R2  Control characters, which XML forbids even as references, become the pictures of Unicode
 *     (U+2400...); C1 controls, noncharacters and invalid bytes become U+FFFD. Overrides of the
 *     writing direction become U+FFFD as well: a name must not turn its neighbours around.
 * R3  Numbers are put together from integers: printf's decimal point belongs to the host's locale.
 *
 * A format of our own was chosen over sg_buf_print(): with %s escaping, the short form is the
 * safe one.
 */

#include "report/html.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char minus_sign[] = "\xE2\x88\x92";
static const char ellipsis[] = "\xE2\x80\xA6";

static void
put(sg_html *h, const char *bytes, size_t size)
{
    if (h->rc == SEGML_OK)
        h->rc = sg_buf_append(h->out, bytes, size, h->err);
}

/* Decodes one character; an invalid byte is one character U+FFFD. */
static uint32_t
next_character(const char *text, size_t length, size_t *size)
{
    static const unsigned char first_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    uint32_t code;

    *size = 1;
    if (n > length || !sg_text_is_utf8(text, n))
        return 0xFFFD;
    code = s[0] & first_mask[n];
    for (size_t k = 1; k < n; k++)
        code = code << 6 | (s[k] & 0x3Fu);
    *size = n;
    return code;
}

static int
is_harmful(uint32_t code)
{
    return (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029 ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

/* Width in tenths of a column, as sans-serif fonts have it, rather too much than too little. */
static int
width_of(uint32_t code)
{
    if ((code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
        (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) ||
        (code >= 0xFF00 && code < 0xFF61) || (code >= 0x1F000 && code < 0x40000))
        return 20;
    if (code >= 0x80)
        return 12;
    if (code != 0 && strchr("MWmw@%<>=+~#&", (int)code) != NULL)
        return 16;
    if (code != 0 && strchr("fijlrt .,:;!'|()[]/", (int)code) != NULL)
        return 7;
    return code >= 'A' && code <= 'Z' ? 12 : 10;
}

static void
put_character(sg_html *h, uint32_t code, const char *bytes, size_t size)
{
    char picture[4] = {'\xE2', '\x90', 0, 0};

    if (code == '&')
        put(h, "&amp;", 5);
    else if (code == '<')
        put(h, "&lt;", 4);
    else if (code == '>')
        put(h, "&gt;", 4);
    else if (code == '"')
        put(h, "&quot;", 6);
    else if (code == '\'')
        put(h, "&#39;", 5);
    else if (code < 0x20) {
        picture[2] = (char)(0x80 + code);
        put(h, picture, 3);
    } else if (code == 0xFFFD || is_harmful(code))
        put(h, "\xEF\xBF\xBD", 3);
    else
        put(h, bytes, size);
}

/* most: tenths of columns, 0 = no limit */
static void
put_text(sg_html *h, const char *text, size_t length, int most)
{
    int written = 0;
    size_t i = 0;

    while (i < length) {
        size_t size;
        uint32_t code = next_character(text + i, length - i, &size);

        written += width_of(code);
        if (most > 0 && written > (i + size < length ? most - 10 : most)) {
            put(h, ellipsis, 3);
            return;
        }
        put_character(h, code, text + i, size);
        i += size;
    }
}

void
sg_html_text(sg_html *h, const char *text, size_t length)
{
    put_text(h, text, length, 0);
}

int
sg_html_columns(const char *text)
{
    size_t length = strlen(text), i = 0;
    int tenths = 0;

    while (i < length && tenths < 10 * SG_HTML_LABEL) {
        size_t size;

        tenths += width_of(next_character(text + i, length - i, &size));
        i += size;
    }
    return tenths < 10 * SG_HTML_LABEL ? (tenths + 9) / 10 : SG_HTML_LABEL;
}

/* Digits with commas. */
static size_t
print_grouped(char *out, uint64_t value)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t n = 0;

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = digits[i];
    }
    out[n] = '\0';
    return n;
}

void
sg_html_fixed(char out[SG_HTML_NUMBER], double value, int decimals)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double largest = 9e15; /* whole numbers are exact up to here */
    double scaled = floor(fabs(value) * tens[decimals] + 0.5);
    uint64_t whole, part;
    size_t n = 0;

    if (isnan(value)) {
        snprintf(out, SG_HTML_NUMBER, "n/a");
        return;
    }
    if (scaled > largest) {
        sg_text_double(out, value);
        return;
    }
    whole = (uint64_t)scaled / (uint64_t)tens[decimals];
    part = (uint64_t)scaled % (uint64_t)tens[decimals];
    if (value < 0 && scaled > 0)
        n = (size_t)snprintf(out, SG_HTML_NUMBER, "%s", minus_sign);
    n += print_grouped(out + n, whole);
    if (decimals > 0)
        out[n++] = '.';
    for (int i = decimals - 1; i >= 0; i--)
        out[n++] = (char)('0' + part / (uint64_t)tens[i] % 10);
    out[n] = '\0';
}

static void
print_scientific(char out[SG_HTML_NUMBER], double value)
{
    int exponent = (int)floor(log10(fabs(value)));
    size_t n;

    sg_html_fixed(out, value / pow(10, exponent), 1);
    n = strlen(out);
    snprintf(out + n, SG_HTML_NUMBER - n, "e%s%d", exponent < 0 ? minus_sign : "", abs(exponent));
}

int
sg_html_decimals(double size)
{
    size = fabs(size);
    return size >= 1000    ? 0
           : size >= 100   ? 1
           : size >= 10    ? 2
           : size >= 0.1   ? 3
           : size >= 0.001 ? 4
                           : 6;
}

void
sg_html_number(char out[SG_HTML_NUMBER], double value)
{
    double size = fabs(value);

    if (value == floor(value) && size < 1e15)
        sg_html_fixed(out, value, 0);
    else if (isfinite(value) && size > 0 && (size < 1e-4 || size >= 1e9))
        print_scientific(out, value);
    else
        sg_html_fixed(out, value, sg_html_decimals(value));
}

static void
put_signed(sg_html *h, int64_t value)
{
    char digits[SG_HTML_NUMBER];
    size_t n;

    if (value < 0)
        put(h, minus_sign, 3);
    n = print_grouped(digits, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    put(h, digits, n);
}

/* Coordinates: plain digits, a point, at most `decimals` decimals, no trailing zeros. */
static void
put_coordinate(sg_html *h, double value, int decimals)
{
    const int64_t unit = decimals == 2 ? 100 : 10;
    int64_t scaled = isfinite(value) ? llround(value * (double)unit) : 0;
    int64_t size = scaled < 0 ? -scaled : scaled;
    char digits[SG_HTML_NUMBER];
    int n = snprintf(digits, sizeof digits, "%s%" PRId64, scaled < 0 ? "-" : "", size / unit);

    if (size % unit != 0) {
        n += snprintf(digits + n, sizeof digits - (size_t)n, ".%0*" PRId64, decimals, size % unit);
        while (digits[n - 1] == '0')
            n--;
    }
    put(h, digits, (size_t)n);
}

static void
put_value(sg_html *h, char kind, va_list *values)
{
    char number[SG_HTML_NUMBER];
    const char *text;

    switch (kind) {
    case 's':
    case 'c':
        text = va_arg(*values, const char *);
        put_text(h, text, strlen(text), kind == 'c' ? 10 * SG_HTML_LABEL : 0);
        break;
    case 'm':
        text = va_arg(*values, const char *);
        put(h, text, strlen(text));
        break;
    case 'd':
        snprintf(number, sizeof number, "%d", va_arg(*values, int));
        put(h, number, strlen(number));
        break;
    case 'l':
        put_signed(h, va_arg(*values, int64_t));
        break;
    case 'v':
        sg_html_number(number, va_arg(*values, double));
        put(h, number, strlen(number));
        break;
    case 'p':
        put_coordinate(h, 100 * va_arg(*values, double), 2);
        put(h, "%", 1);
        break;
    case 'f':
        put_coordinate(h, va_arg(*values, double), 1);
        break;
    default:
        put(h, &kind, 1);
        break;
    }
}

void
sg_html_put(sg_html *h, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    while (*format != '\0' && h->rc == SEGML_OK) {
        size_t plain = strcspn(format, "%");

        put(h, format, plain);
        format += plain;
        if (*format == '\0')
            break;
        put_value(h, format[1], &values);
        format += 2;
    }
    va_end(values);
}
