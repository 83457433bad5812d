/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Dot charts: one row per group, one mark per series, whiskers for intervals. Series lie on one
 * line, joined by a stroke, or, where their intervals would cover each other, apart. Bars were
 * rejected: a loss has no natural zero, and intervals matter more than lengths.
 */

#include "report/chart.h"

#include <math.h>

enum { ROW = 26, APART = 13, TOP = 22, BOTTOM = 6 };

static const double right_edge = 0.955;

typedef struct layout {
    const sg_dots *chart;
    sg_axis scale;
    double left;
    int row_height, height;
    int64_t first, count; /* rows of the picture at hand */
} layout;

static double
place(const layout *at, double value)
{
    return at->left + (right_edge - at->left) * sg_axis_at(&at->scale, value);
}

static int
style_of(const sg_dots *chart, int64_t series)
{
    return chart->styles != NULL ? chart->styles[series] : (int)(series % SG_STYLES);
}

static void
put_value_text(sg_html *h, const sg_point *point)
{
    sg_html_put(h, "%v", point->value);
    if (isfinite(point->low) && isfinite(point->high))
        sg_html_put(h, " (%v to %v)", point->low, point->high);
}

/* Lowest and highest mark, for those who do not see the chart. */
static void
describe(sg_html *h, const layout *at)
{
    const sg_dots *chart = at->chart;

    for (int64_t s = 0; s < chart->series; s++) {
        int64_t least = -1, most = -1;

        for (int64_t r = at->first; r < at->first + at->count; r++) {
            double value = chart->points[r * chart->series + s].value;

            if (!isfinite(value))
                continue;
            if (least < 0 || value < chart->points[least * chart->series + s].value)
                least = r;
            if (most < 0 || value > chart->points[most * chart->series + s].value)
                most = r;
        }
        if (least >= 0)
            sg_html_put(h, "%s%s: from %v (%s) to %v (%s).", s > 0 ? " " : "", chart->names[s],
                        chart->points[least * chart->series + s].value, chart->labels[least],
                        chart->points[most * chart->series + s].value, chart->labels[most]);
    }
}

/* The stroke that joins the marks of a row. */
static void
put_join(sg_html *h, const layout *at, const sg_point *points, double y)
{
    sg_range range = sg_range_empty();

    for (int64_t s = 0; s < at->chart->series; s++)
        sg_range_add(&range, points[s].value);
    if (range.count > 1)
        sg_html_put(h, "<line class=\"join\" x1=\"%p\" x2=\"%p\" y1=\"%f\" y2=\"%f\"/>",
                    place(at, range.low), place(at, range.high), y, y);
}

static void
put_row(sg_html *h, const layout *at, int64_t r)
{
    const sg_dots *chart = at->chart;
    const sg_point *points = chart->points + r * chart->series;
    double top = TOP + (double)(r - at->first) * at->row_height,
           middle = top + at->row_height / 2.0;

    if (r % 2 == 0)
        sg_html_put(h, "<rect class=\"band\" y=\"%f\" width=\"100%%\" height=\"%d\"/>", top,
                    at->row_height);
    sg_html_put(h, "<g><title>%s", chart->labels[r]);
    for (int64_t s = 0; s < chart->series; s++) {
        sg_html_put(h, "%s%s ", s > 0 ? "; " : ": ", chart->names[s]);
        put_value_text(h, &points[s]);
    }
    sg_html_put(h, "</title><text class=\"label\" x=\"%p\" y=\"%f\">%c</text>", at->left - 0.02,
                middle + 4, chart->labels[r]);
    if (!chart->apart && chart->series > 1)
        put_join(h, at, points, middle);
    for (int64_t s = chart->series - 1; s >= 0; s--) {
        double y = middle;

        if (chart->apart)
            y += ((double)s - (double)(chart->series - 1) / 2) * APART;
        if (!isfinite(points[s].value))
            continue;
        if (isfinite(points[s].low) && isfinite(points[s].high))
            sg_html_put(h, "<line class=\"span s%d\" x1=\"%p\" x2=\"%p\" y1=\"%f\" y2=\"%f\"/>",
                        style_of(chart, s), place(at, points[s].low), place(at, points[s].high), y,
                        y);
        sg_chart_marker(h, style_of(chart, s), place(at, points[s].value), y);
    }
    sg_html_put(h, "</g>\n");
}

static void
put_legend(sg_html *h, const sg_dots *chart)
{
    sg_html_put(h, "<ul class=\"legend\">");
    for (int64_t s = 0; s < chart->series; s++)
        sg_legend_entry(h, style_of(chart, s), chart->names[s]);
    if (isfinite(chart->reference))
        sg_html_put(h,
                    "<li><svg xmlns=\"http://www.w3.org/2000/svg\" aria-hidden=\"true\" "
                    "width=\"16\" height=\"16\"><line class=\"ref\" x1=\"8\" x2=\"8\" y1=\"1\" "
                    "y2=\"15\"/></svg> %s</li>",
                    chart->reference_name);
    sg_html_put(h, "</ul>\n");
}

/* The rows [first, first + count). */
static void
put_picture(sg_html *h, layout *at)
{
    const sg_dots *chart = at->chart;

    at->height = (int)at->count * at->row_height + TOP + BOTTOM;
    sg_svg_open(h, chart->figure.title, at->height, 0);
    describe(h, at);
    sg_svg_described(h);
    sg_chart_axis(h, &at->scale, at->left, right_edge, at->height);
    for (int64_t r = at->first; r < at->first + at->count; r++)
        put_row(h, at, r);
    if (isfinite(chart->reference))
        sg_html_put(h, "<line class=\"ref\" x1=\"%p\" x2=\"%p\" y1=\"18\" y2=\"%d\"/>\n",
                    place(at, chart->reference), place(at, chart->reference), at->height - 2);
    sg_svg_close(h);
}

void
sg_chart_dots(sg_html *h, const sg_dots *chart)
{
    sg_range range = sg_range_empty();
    layout at = {.chart = chart};
    int64_t points = chart->rows * chart->series, step;

    for (int64_t i = 0; i < points; i++) {
        sg_range_add(&range, chart->points[i].value);
        if (isfinite(chart->points[i].value)) {
            sg_range_add(&range, chart->points[i].low);
            sg_range_add(&range, chart->points[i].high);
        }
    }
    sg_figure_open(h, &chart->figure);
    if (range.count == 0) {
        sg_figure_empty(h);
        return;
    }
    sg_range_add(&range, chart->reference);
    at.scale = chart->measured ? sg_axis_fit_wide(&range, 50) : sg_axis_fit(&range);
    at.left = sg_chart_label_share(chart->labels, chart->rows) + 0.03;
    at.row_height = chart->apart ? (int)chart->series * APART + 9 : ROW;
    step = sg_chart_rows(chart->rows, at.row_height);
    put_legend(h, chart);
    for (at.first = 0; at.first < chart->rows; at.first += step) {
        at.count = chart->rows - at.first < step ? chart->rows - at.first : step;
        put_picture(h, &at);
    }
    sg_figure_close(h);
}
