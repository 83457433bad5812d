/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Columns of folds, fold groups and times.
 *
 * R1  Folds are numbered 0 .. K - 1 or 1 .. K, K from 2 to 100; each has a row. Any other
 *     numbers are an error: a fold that is missing is more often a wrong column, or rows
 *     that were lost, than it is meant.
 * R2  Values of a fold group are those of a key column: integers if every cell is one, else
 *     texts. A missing cell is no value; such rows are dealt one by one.
 * R3  Times are numbers, or dates and times of ISO 8601: what the first row is, all are.
 *     Guessing that 20240131 is a date was rejected: as a number it is in the right order.
 */

#include "folds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "table.h"
#include "timestamp.h"

enum { MAX_FOLDS = 100 };

/* One number per row, and the first row of each. */
typedef struct numbering {
    int64_t first_row[MAX_FOLDS + 1]; /* -1: none */
    int32_t highest;
} numbering;

static int
read_folds(int32_t *fold, numbering *found, const cli_csv *csv, int64_t column,
           const cli_missing *missing, segml_error *err)
{
    found->highest = 0;
    for (int32_t f = 0; f <= MAX_FOLDS; f++)
        found->first_row[f] = -1;
    for (int64_t i = 0; i < csv->rows; i++) {
        double value;
        size_t length;
        cli_cell_kind kind = cli_cell_real(&value, cli_csv_cell(csv, i, column, &length), missing);

        if (kind == CLI_CELL_MISSING)
            return cli_csv_fail_missing(err, csv, i, column, "fold");
        if (kind != CLI_CELL_NUMBER || value != floor(value) || value < 0 || value > MAX_FOLDS)
            return cli_csv_fail_cell(err, csv, i, column,
                                     "is not a fold; folds are numbered 0 to K - 1 or 1 to K, and "
                                     "K is at most 100");
        fold[i] = (int32_t)value;
        if (found->first_row[fold[i]] < 0)
            found->first_row[fold[i]] = i;
        if (fold[i] > found->highest)
            found->highest = fold[i];
    }
    return SEGML_OK;
}

/* R1 */
static int
build_given(cli_folds *out, const cli_csv *csv, int64_t column, const cli_missing *missing,
            segml_error *err)
{
    numbering found;
    char problem[120];
    int32_t lowest;
    int rc;

    out->fold = cli_alloc(csv->rows, sizeof *out->fold);
    if (out->fold == NULL)
        return cli_fail_nomem(err);
    rc = read_folds(out->fold, &found, csv, column, missing, err);
    if (rc < 0)
        return rc;
    lowest = found.first_row[0] < 0;
    for (int32_t f = lowest; f < found.highest; f++) {
        if (found.first_row[f] >= 0)
            continue;
        snprintf(problem, sizeof problem,
                 "is a fold, but no row is in fold %d; folds are numbered 0 to K - 1 or 1 to K",
                 (int)f);
        return cli_csv_fail_cell(err, csv, found.first_row[found.highest], column, problem);
    }
    out->count = found.highest - lowest + 1;
    if (out->count < 2)
        return cli_csv_fail_cell(err, csv, 0, column,
                                 "is the fold of all rows; at least two folds are needed");
    if (out->count > MAX_FOLDS)
        return cli_csv_fail_cell(err, csv, found.first_row[found.highest], column,
                                 "is a fold too many, counted from 0; K is at most 100");
    for (int64_t i = 0; i < csv->rows; i++)
        out->fold[i] -= lowest;
    return SEGML_OK;
}

/* A column of times, and whether they have to be dates. */
typedef struct clock_column {
    const cli_csv *csv;
    int64_t column;
    const cli_missing *missing;
    int dates;
} clock_column;

/* R3: one cell. */
static int
read_time(double *time, const clock_column *from, int64_t row, segml_error *err)
{
    const cli_csv *csv = from->csv;
    int64_t column = from->column;
    size_t length;
    const char *text = cli_csv_cell(csv, row, column, &length);
    cli_cell_kind kind = cli_cell_real(time, text, from->missing);
    int is_date = kind == CLI_CELL_TEXT && cli_timestamp_parse(time, text, length);

    if (kind == CLI_CELL_MISSING)
        return cli_csv_fail_missing(err, csv, row, column, "time");
    if (kind == CLI_CELL_INFINITE)
        return cli_csv_fail_cell(err, csv, row, column, "is infinite");
    if (kind == CLI_CELL_TEXT && !is_date)
        return cli_csv_fail_cell(err, csv, row, column,
                                 "is neither a number nor a date or time as 2024-01-31 or "
                                 "2024-01-31T23:59:59.5+01:00");
    if (is_date != from->dates)
        return cli_csv_fail_cell(err, csv, row, column,
                                 is_date ? "is a date, but row 1 holds a number"
                                         : "is a number, but row 1 holds a date");
    return SEGML_OK;
}

static int
build_times(cli_folds *out, const cli_csv *csv, int64_t column, const cli_missing *missing,
            segml_error *err)
{
    size_t length;
    const char *first = cli_csv_cell(csv, 0, column, &length);
    double ignored;
    const clock_column from = {csv, column, missing, cli_timestamp_parse(&ignored, first, length)};
    int rc = SEGML_OK;

    out->time = cli_alloc(csv->rows, sizeof *out->time);
    if (out->time == NULL)
        return cli_fail_nomem(err);
    out->dates = from.dates;
    for (int64_t i = 0; i < csv->rows && rc == SEGML_OK; i++)
        rc = read_time(&out->time[i], &from, i, err);
    return rc;
}

int
cli_folds_build(cli_folds *out, const cli_csv *csv, const cli_roles *roles,
                const cli_missing *missing, segml_error *err)
{
    if (roles->fold >= 0)
        return build_given(out, csv, roles->fold, missing, err);
    if (roles->fold_group >= 0)
        return cli_key_column_build(&out->group, csv, roles->fold_group, SEGML_KEY_UTF8_AUTO,
                                    missing, err);
    return roles->time >= 0 ? build_times(out, csv, roles->time, missing, err) : SEGML_OK;
}

void
cli_folds_clear(cli_folds *folds)
{
    cli_key_column_clear(&folds->group);
    free(folds->time);
    free(folds->fold);
    memset(folds, 0, sizeof *folds);
}
