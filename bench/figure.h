/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

/* Figures of a benchmark: a table of numbers as a drawing of dots and as text. */

/** Rows from top to bottom; in each row one dot per series. Everything is borrowed. */
typedef struct figure {
    const char *title;              /* texts without <, > and & */
    double low, high, tick;         /* of the horizontal axis */
    int rows, series;               /* at most FIGURE_SERIES series */
    const char *const *row_name;    /* [rows] */
    const char *const *series_name; /* [series] */
    const double *value;            /* [rows * series]; NaN = no dot */
} figure;

enum { FIGURE_SERIES = 6 };

/**
 * Writes FOLDER/NAME.svg and FOLDER/NAME.csv.
 *
 * @return 0; -1 if a file cannot be written, errno says why
 */
int figure_write(const figure *f, const char *folder, const char *name);

#endif
