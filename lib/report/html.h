/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_HTML_H
#define SG_REPORT_HTML_H

/*
 * Markup, written in order, that HTML and XML parsers read alike. The first failure sticks:
 * later calls do nothing, and rc tells at the end.
 */

#include "base/buf.h"

enum { SG_HTML_NUMBER = 48 }; /* room for any number as people read it, terminated */

typedef struct sg_html {
    sg_buf *out;
    segml_error *err;
    int rc;     /* SEGML_OK, or the first failure */
    int figure; /* numbers of the last figure and picture, for ids */
    int svg;
} sg_html;

/**
 * Writes markup with values in it. In the format:
 *
 *     %s  const char *  escaped text
 *     %c  const char *  escaped text, cut to SG_HTML_LABEL columns
 *     %m  const char *  markup, as it is
 *     %d  int           digits
 *     %l  int64_t       digits with commas, 12,345
 *     %v  double        number for people, see sg_html_number()
 *     %p  double        a share in [0, 1] as "12.34%"
 *     %f  double        a coordinate, at most one decimal
 *     %%                a percent sign
 */
void sg_html_put(sg_html *h, const char *format, ...);

/** Text: characters of markup are escaped, control characters become visible symbols, bytes
 * that are not UTF-8 become U+FFFD. */
void sg_html_text(sg_html *h, const char *text, size_t length);

enum { SG_HTML_LABEL = 17 }; /* columns of a label in a chart */

/** Columns that text takes up when cut to SG_HTML_LABEL: a column is an average letter. */
int sg_html_columns(const char *text);

/**
 * A number as people read it: true minus sign, commas, and as many decimals as its size asks
 * for; "n/a" for NaN.
 */
void sg_html_number(char out[SG_HTML_NUMBER], double value);

/** Decimals that sg_html_number() gives a number of that size, 0 to 6. */
int sg_html_decimals(double size);

/** The same with a given number of decimals, 0 to 9. */
void sg_html_fixed(char out[SG_HTML_NUMBER], double value, int decimals);

#endif
