/* SPDX-License-Identifier: Apache-2.0 */

/* base/text: numbers in every locale, UTF-8. */

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "numeric_locale.h"

static const struct {
    float value;
    const char *text;
} floats[] = {
    {0.0f, "0"},
    {-0.0f, "-0"},
    {1.0f, "1"},
    {10.0f, "10"},
    {100000.0f, "100000"},
    {-2.5f, "-2.5"},
    {0.1f, "0.1"},
    {16777216.0f, "16777216"},
    {16777215.0f, "16777215"},
    {0x1.555556p-2f, "0.33333334"},
    {3.4028234663852886e38f, "3.4028235e+38"},
    {1.1754943508222875e-38f, "1.1754944e-38"},
    {1e-7f, "1e-07"},
    {(float)INFINITY, "inf"},
    {-(float)INFINITY, "-inf"},
    {(float)NAN, "nan"},
    {-(float)NAN, "nan"},
};
enum { FLOATS = (int)(sizeof floats / sizeof *floats) };

static const struct {
    double value;
    const char *text;
} doubles[] = {
    {0.0, "0"},
    {0.1, "0.1"},
    {-1234.5, "-1234.5"},
    {1e15, "1e+15"},
    {123456789012345.0, "123456789012345"},
    {1.0 / 3, "0.33333333333333331"},
    {9007199254740993.0, "9007199254740992"},
    {0x1.fffffffffffffp1023, "1.7976931348623157e+308"},
    {0x1p-1074, "4.94065645841247e-324"},
    {INFINITY, "inf"},
    {-INFINITY, "-inf"},
    {NAN, "nan"},
};
enum { DOUBLES = (int)(sizeof doubles / sizeof *doubles) };

static const struct {
    const char *text;
    int is_number;
    float value;
} parsed[] = {
    {"0", 1, 0.0f},
    {"-0", 1, -0.0f},
    {"1", 1, 1.0f},
    {"+1", 1, 1.0f},
    {"007", 1, 7.0f},
    {"-12.5", 1, -12.5f},
    {"1.25E-1", 1, 0.125f},
    {"1e3", 1, 1000.0f},
    {"1e+03", 1, 1000.0f},
    {"1.", 0, 0.0f},
    {".5", 0, 0.0f},
    {"", 0, 0.0f},
    {"+", 0, 0.0f},
    {"--1", 0, 0.0f},
    {"1e", 0, 0.0f},
    {"1e+", 0, 0.0f},
    {" 1", 0, 0.0f},
    {"1 ", 0, 0.0f},
    {"1,5", 0, 0.0f},
    {"1.5.2", 0, 0.0f},
    {"1x", 0, 0.0f},
    {"0x10", 0, 0.0f},
    {"inf", 0, 0.0f},
    {"nan", 0, 0.0f},
    /* Ties between two floats go to the even one; a digit far behind breaks them. */
    {"16777217", 1, 16777216.0f},
    {"16777219", 1, 16777220.0f},
    {"1.000000059604644775390625", 1, 1.0f},
    {"1.0000000596046447753906250000000000001", 1, 0x1.000002p0f},
    {"3.4028235e38", 1, 3.4028234663852886e38f},
    {"3.4028236e38", 0, 0.0f},
    {"1e39", 0, 0.0f},
    {"1e99999999999999999999", 0, 0.0f},
    {"-1e-99999999999999999999", 1, -0.0f},
    {"1e-45", 1, 0x1p-149f},
    {"0.0000000000000000000000000000000000000001e40", 0, 0.0f}, /* 41 digits */
    {"0.000000000000000000000000000000000000001e40", 1, 10.0f},
};
enum { PARSED = (int)(sizeof parsed / sizeof *parsed) };

static float
float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t
bits_of_float(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void
check_tables(void)
{
    char text[SG_TEXT_NUMBER];

    for (int i = 0; i < FLOATS; i++) {
        sg_text_float(text, floats[i].value);
        ck_assert_str_eq(text, floats[i].text);
    }
    for (int i = 0; i < DOUBLES; i++) {
        sg_text_double(text, doubles[i].value);
        ck_assert_str_eq(text, doubles[i].text);
    }
    for (int i = 0; i < PARSED; i++) {
        float value = 77.0f;

        ck_assert_msg(sg_text_parse_float(&value, parsed[i].text, strlen(parsed[i].text)) ==
                          parsed[i].is_number,
                      "\"%s\"", parsed[i].text);
        if (parsed[i].is_number)
            ck_assert_msg(bits_of_float(value) == bits_of_float(parsed[i].value), "\"%s\" is %a",
                          parsed[i].text, (double)value);
    }
}

/* Every finite bit pattern reads back as itself, by our reader and by the C library's. */
static void
check_round_trips(int with_c_library)
{
    sg_rng rng = sg_rng_stream(1, 2, "bit patterns", 0);
    char text[SG_TEXT_NUMBER];

    for (int i = 0; i < 20000; i++) {
        float value = float_of_bits((uint32_t)sg_rng_next(&rng)), back = 77.0f;

        if (!isfinite(value))
            continue;
        sg_text_float(text, value);
        if (text[strspn(text, "+-.0123456789e")] != '\0')
            ck_abort_msg("%a as %s", (double)value, text);
        if (!sg_text_parse_float(&back, text, strlen(text)) ||
            bits_of_float(back) != bits_of_float(value))
            ck_abort_msg("%a as %s reads as %a", (double)value, text, (double)back);
        if (with_c_library && bits_of_float(strtof(text, NULL)) != bits_of_float(value))
            ck_abort_msg("%a as %s", (double)value, text);
    }
}

static void
check_double_round_trips(void)
{
    sg_rng rng = sg_rng_stream(1, 2, "bit patterns", 1);
    char text[SG_TEXT_NUMBER];

    for (int i = 0; i < 20000; i++) {
        uint64_t bits = sg_rng_next(&rng);
        double value;

        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        sg_text_double(text, value);
        if (strtod(text, NULL) != value)
            ck_abort_msg("%a as %s", value, text);
    }
}

START_TEST(numbers_are_written_and_read_as_documented)
{
    check_tables();
}
END_TEST

START_TEST(numbers_read_back_as_themselves)
{
    check_round_trips(1);
    check_double_round_trips();
}
END_TEST

#ifdef __GLIBC__
static const struct {
    const char *point;
    unsigned wide;
    const char *half;
} points[] = {{",", ',', "0,5"}, {"\xD9\xAB", 0x66B, "0\xD9\xAB\x35"}};

START_TEST(a_locale_with_another_decimal_point_changes_nothing)
{
    char text[8];

    numeric_locale_set(points[_i].point, points[_i].wide);
    snprintf(text, sizeof text, "%.1f", 0.5);
    ck_assert_str_eq(text, points[_i].half);
    check_tables();
    check_round_trips(0);
    setlocale(LC_NUMERIC, "C");
}
END_TEST
#endif

static const struct {
    const char *bytes;
    int size;
    int is_valid;
} texts[] = {
    {"", 0, 1},
    {"plain", 5, 1},
    {"a\0b", 3, 1},
    {"\x7F", 1, 1},
    {"\xC2\x80", 2, 1},         /* U+0080, the first of two bytes */
    {"\xDF\xBF", 2, 1},         /* U+07FF, the last */
    {"\xE0\xA0\x80", 3, 1},     /* U+0800 */
    {"\xED\x9F\xBF", 3, 1},     /* U+D7FF, the last before the surrogates */
    {"\xEE\x80\x80", 3, 1},     /* U+E000, the first behind them */
    {"\xEF\xBF\xBF", 3, 1},     /* U+FFFF */
    {"\xF0\x90\x80\x80", 4, 1}, /* U+10000 */
    {"\xF4\x8F\xBF\xBF", 4, 1}, /* U+10FFFF, the last of all */
    {"\x80", 1, 0},             /* a continuation alone */
    {"a\xBF", 2, 0},
    {"\xC0\x80", 2, 0},         /* overlong U+0000 */
    {"\xC1\xBF", 2, 0},         /* overlong U+007F */
    {"\xE0\x9F\xBF", 3, 0},     /* overlong U+07FF */
    {"\xF0\x8F\xBF\xBF", 4, 0}, /* overlong U+FFFF */
    {"\xED\xA0\x80", 3, 0},     /* U+D800, a surrogate */
    {"\xED\xBF\xBF", 3, 0},     /* U+DFFF */
    {"\xF4\x90\x80\x80", 4, 0}, /* U+110000 */
    {"\xF5\x80\x80\x80", 4, 0},
    {"\xF8\x88\x80\x80\x80", 5, 0},
    {"\xFE", 1, 0},
    {"\xFF", 1, 0},
    {"\xC3", 1, 0}, /* cut short */
    {"\xE2\x82", 2, 0},
    {"\xF0\x9F\x98", 3, 0},
    {"\xC3(", 2, 0}, /* a continuation is missing */
    {"\xE2(\xAC", 3, 0},
    {"\xE2\x82(", 3, 0},
    {"\xF0\x9F\x98(", 4, 0},
    {"\xE4", 1, 0}, /* Latin-1 */
    {"gr\xFC\xDF", 4, 0},
};

START_TEST(utf_8_is_told_from_other_bytes)
{
    ck_assert_int_eq(sg_text_is_utf8(texts[_i].bytes, (size_t)texts[_i].size), texts[_i].is_valid);
}
END_TEST

TCase *
text_tests(void)
{
    TCase *tc = tcase_create("text");

    tcase_add_test(tc, numbers_are_written_and_read_as_documented);
    tcase_add_test(tc, numbers_read_back_as_themselves);
#ifdef __GLIBC__
    tcase_add_loop_test(tc, a_locale_with_another_decimal_point_changes_nothing, 0, 2);
#endif
    tcase_add_loop_test(tc, utf_8_is_told_from_other_bytes, 0, (int)(sizeof texts / sizeof *texts));
    return tc;
}
