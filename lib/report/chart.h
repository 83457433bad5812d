/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_CHART_H
#define SG_REPORT_CHART_H

/*
 * Charts as figures with inline SVG. Horizontal places are percentages and text keeps its
 * size, so that a chart fits a phone and a desk without a script. Labels are escaped by
 * the charts. Numbers that are not finite are left out; a chart without any number is a
 * sentence instead.
 */

#include "report/axis.h"
#include "report/html.h"

/** What stands around a chart. */
typedef struct sg_figure {
    const char *title;
    const char *reading; /* how to read it: one or two sentences */
} sg_figure;

typedef struct sg_point {
    double value;
    double low, high; /* NaN = no interval */
} sg_point;

/** Rows of points on one scale, one row per label. */
typedef struct sg_dots {
    sg_figure figure;
    int64_t rows, series;
    const char *const *labels; /* [rows] */
    const char *const *names;  /* [series] for the legend */
    const sg_point *points;    /* [rows * series], row by row */
    const int *styles;         /* [series] look of each: 0 to 3, or SG_HOLLOW; NULL = 0, 1, 2, 3 */
    int apart;                 /* each series has a line of its own in the row */
    int measured;              /* wide ranges above 0 are drawn in the logarithm */
    double reference;          /* a vertical line; NaN = none */
    const char *reference_name;
} sg_dots;

enum { SG_STYLES = 4, SG_HOLLOW = SG_STYLES };

void sg_chart_dots(sg_html *h, const sg_dots *chart);

/** Values in the cells of a table, by colour: correlations in [-1, 1]. */
typedef struct sg_heat {
    sg_figure figure;
    int64_t rows, columns;
    const char *const *row_names, *const *column_names;
    const double *values; /* [rows * columns] */
} sg_heat;

void sg_chart_heat(sg_html *h, const sg_heat *chart);

/** Bars from 0, each with its text, and optionally the span that its value is a mean of. */
typedef struct sg_bars {
    sg_figure figure;
    int64_t rows;
    const char *const *labels;
    const double *values;     /* 0 or more */
    const sg_point *spans;    /* [rows] low and high; NULL = none */
    const int *hatched;       /* [rows] 1 = hatched; NULL = none */
    const char *hatched_name; /* what a hatched bar means */
    int is_share;             /* values are shares, written in percent */
} sg_bars;

void sg_chart_bars(sg_html *h, const sg_bars *chart);

/** One search: the value of each trial, and the best so far. */
typedef struct sg_search {
    const char *name;
    const double *values; /* [trials] NaN = failed */
    int64_t trials;
    const int32_t *states; /* [trials] segml_trial_state; NULL = unknown */
    int64_t chosen;        /* -1 = unknown */
} sg_search;

void sg_chart_searches(sg_html *h, const sg_figure *figure, const sg_search *searches,
                       int64_t count);

/** One parameter: a strip with a dot per group. */
typedef struct sg_strip {
    const char *name;
    const double *values; /* [count] NaN = none */
    int64_t count;
} sg_strip;

void sg_chart_strips(sg_html *h, const sg_figure *figure, const sg_strip *strips, int64_t count);

/* For the chart modules. */

enum { SG_CHART_TEXT_PIXELS = 7, SG_CHART_PHONE_PIXELS = 326, SG_CHART_TALLEST = 640 };

/** Opens a figure with its heading and sentence; the legend comes next. */
void sg_figure_open(sg_html *h, const sg_figure *figure);

/** A sentence in the place of a chart without numbers, and the figure's end. */
void sg_figure_empty(sg_html *h);

void sg_figure_close(sg_html *h);

/**
 * Opens an SVG of full width with title; the description is written by the caller between
 * this and sg_svg_described(). A chart of many rows is several SVGs, one below the other.
 */
void sg_svg_open(sg_html *h, const char *title, int height, int min_width);
void sg_svg_described(sg_html *h);
void sg_svg_close(sg_html *h);

/** Share of the width that labels need, so that they fit on a phone. */
double sg_chart_label_share(const char *const *labels, int64_t count);

/** A point of a series. */
void sg_chart_marker(sg_html *h, int style, double x, double y);

/** One entry of a legend: an icon of a series and its name. */
void sg_legend_entry(sg_html *h, int style, const char *name);

/** Grid and numbers of a scale that spans [left, right] of the width. */
void sg_chart_axis(sg_html *h, const sg_axis *scale, double left, double right, int height);

/** Rows of one SVG, so that all SVGs of a chart are about equally tall and none is taller than
 * a printed page. */
int64_t sg_chart_rows(int64_t rows, int row_height);

#endif
