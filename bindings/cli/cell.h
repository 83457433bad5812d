/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CELL_H
#define CLI_CELL_H

/* What one cell's text is: missing, a number, or other text. */

#include <stddef.h>

enum { CLI_MAX_NA = 64 }; /* texts of --na */

/* Texts that mean "missing" beside the empty cell. All zero: none. */
typedef struct cli_missing {
    const char *texts[CLI_MAX_NA];
    int count;
} cli_missing;

typedef enum cli_cell_kind {
    CLI_CELL_MISSING, /* empty, one of --na; as a number also NA, NaN, nan, null, NULL */
    CLI_CELL_NUMBER,  /* finite as float32 */
    CLI_CELL_INFINITE, /* "inf", "-Infinity", or beyond float32 */
    CLI_CELL_TEXT
} cli_cell_kind;

/** Whether a cell of text (a key, a category, a class) is missing: empty, or one of --na. */
int cli_cell_is_missing(const char *text, const cli_missing *missing);

/**
 * Reads a cell of a numeric column: decimal digits with an optional sign, point and
 * exponent, and nothing else but blanks around them; no hexadecimal, no thousands marks.
 * The value is rounded to double, then to float.
 *
 * @param text   terminated
 * @param value  out: the number, NaN for a missing cell, an infinity; NaN for text
 */
cli_cell_kind cli_cell_number(float *value, const char *text, const cli_missing *missing);

/** The same in double precision: CLI_CELL_NUMBER is finite as a double. */
cli_cell_kind cli_cell_real(double *value, const char *text, const cli_missing *missing);

#endif
