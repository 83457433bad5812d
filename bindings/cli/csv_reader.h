/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CSV_READER_H
#define CLI_CSV_READER_H

/*
 * A CSV file as cells of text: RFC 4180 with a header, also with LF or CR line ends, a byte
 * order mark, and without a last newline. Blanks belong to cells; empty lines are skipped.
 * Rows are data rows, counted from 0 here and from 1 in messages.
 */

#include <stddef.h>
#include <stdint.h>

#include "segml/common.h"

enum { CLI_CSV_MAX_CELL = 16 * 1024 * 1024 }; /* bytes of one cell */

typedef struct cli_csv {
    char *text;      /* all cells, each terminated, row by row, the header first */
    size_t *offsets; /* [(rows + 1) * columns + 1] where each cell begins in text */
    int64_t rows;    /* at least 1 */
    int64_t columns; /* at least 1, of distinct names that are not empty */
} cli_csv;

/**
 * Reads a file, or standard input for "-", also packed (see source.h).
 *
 * @param out  all zero; on failure it is so again. Released with cli_csv_clear()
 * @return SEGML_OK; SEGML_E_DATA (what is wrong, and in which row); SEGML_E_LIMIT (too many
 *         rows, a cell too long); SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_NOMEM; SEGML_E_CANCELLED
 */
int cli_csv_read(cli_csv *out, const char *path, segml_error *err);

/** As cli_csv_read(), from memory, never packed. */
int cli_csv_read_memory(cli_csv *out, const void *bytes, size_t size, segml_error *err);

/** Releases everything; the struct is all zero again. */
void cli_csv_clear(cli_csv *csv);

/** A cell's terminated text without NUL bytes inside; row -1 is the header. */
const char *cli_csv_cell(const cli_csv *csv, int64_t row, int64_t column, size_t *length);

/** A column's name. */
const char *cli_csv_name(const cli_csv *csv, int64_t column);

/** Column of that name, -1 if there is none. */
int64_t cli_csv_find(const cli_csv *csv, const char *name);

/** SEGML_E_DATA: "row 3, column 'price': '12,5' problem". */
int cli_csv_fail_cell(segml_error *err, const cli_csv *csv, int64_t row, int64_t column,
                      const char *problem);

/** SEGML_E_DATA: "row 3, column 'price': the what is missing". */
int cli_csv_fail_missing(segml_error *err, const cli_csv *csv, int64_t row, int64_t column,
                         const char *what);

#endif
