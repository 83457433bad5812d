/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading cells. strtod() rounds correctly and is right for one more reason: the tool
 * never calls setlocale(), so that the locale is "C" whatever the environment says. What
 * strtod() takes beyond plain decimals (hexadecimal, "nan(...)") is refused before it.
 */

#include "cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int
cli_cell_is_missing(const char *text, const cli_missing *missing)
{
    if (text[0] == '\0')
        return 1;
    for (int i = 0; i < missing->count; i++) {
        if (strcmp(text, missing->texts[i]) == 0)
            return 1;
    }
    return 0;
}

static int
is_one_of(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, list[i]) == 0)
            return 1;
    }
    return 0;
}

static int
is_infinity(const char *text)
{
    static const char *const names[] = {"inf", "Inf", "INF", "infinity", "Infinity", "INFINITY"};
    const char *unsigned_text = text + (text[0] == '-' || text[0] == '+');

    return is_one_of(unsigned_text, names, sizeof names / sizeof *names);
}

cli_cell_kind
cli_cell_real(double *value, const char *text, const cli_missing *missing)
{
    static const char *const missing_names[] = {"NA", "NaN", "nan", "null", "NULL"};
    const char *start = text + strspn(text, " \t");
    size_t digits = strspn(start, "+-.0123456789eE");
    char *end = NULL;

    *value = NAN;
    if (cli_cell_is_missing(text, missing))
        return CLI_CELL_MISSING;
    if (digits == 0 || start[digits + strspn(start + digits, " \t")] != '\0') {
        if (is_one_of(text, missing_names, sizeof missing_names / sizeof *missing_names))
            return CLI_CELL_MISSING;
        if (!is_infinity(text))
            return CLI_CELL_TEXT;
        *value = text[0] == '-' ? -INFINITY : INFINITY;
        return CLI_CELL_INFINITE;
    }
    *value = strtod(start, &end);
    if (end != start + digits) {
        *value = NAN;
        return CLI_CELL_TEXT;
    }
    return isfinite(*value) ? CLI_CELL_NUMBER : CLI_CELL_INFINITE;
}

cli_cell_kind
cli_cell_number(float *value, const char *text, const cli_missing *missing)
{
    double number;
    cli_cell_kind kind = cli_cell_real(&number, text, missing);

    *value = (float)number;
    return kind == CLI_CELL_NUMBER && !isfinite(*value) ? CLI_CELL_INFINITE : kind;
}
