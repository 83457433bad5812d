/* SPDX-License-Identifier: Apache-2.0 */

/* Bars from 0, largest values by the caller's order; hatched where they mean something else. */

#include "report/chart.h"

#include <math.h>

enum { ROW = 24, TOP = 4, PAD = 5 };

static const double right_edge = 0.82; /* the bars' texts follow */

static void
put_amount(sg_html *h, const sg_bars *chart, double value)
{
    if (chart->is_share) {
        char number[SG_HTML_NUMBER];

        sg_html_fixed(number, 100 * value, 1);
        sg_html_put(h, "%m%%", number);
    } else {
        char number[SG_HTML_NUMBER];

        sg_html_fixed(number, value, 0);
        sg_html_put(h, "%m", number);
    }
}

static void
put_row(sg_html *h, const sg_bars *chart, int64_t r, double left, double most)
{
    double value = chart->values[r], y = TOP + (double)r * ROW, end = left;
    int is_hatched = chart->hatched != NULL && chart->hatched[r];

    sg_html_put(h, "<g><title>%s: ", chart->labels[r]);
    put_amount(h, chart, value);
    if (is_hatched)
        sg_html_put(h, " (%s)", chart->hatched_name);
    sg_html_put(h, "</title><text class=\"label\" x=\"%p\" y=\"%f\">%c</text>", left - 0.015,
                y + ROW / 2.0 + 4, chart->labels[r]);
    if (isfinite(value) && most > 0) {
        double width = (right_edge - left) * value / most;

        end = left + width;
        sg_html_put(h, "<rect class=\"bar%m\" x=\"%p\" y=\"%f\" width=\"%p\" height=\"%d\"",
                    chart->spans != NULL ? " soft" : "", left, y + PAD, width, ROW - 2 * PAD);
        if (is_hatched)
            sg_html_put(h, " style=\"fill:url(#p%d)\"", h->svg);
        sg_html_put(h, "/>");
    }
    if (chart->spans != NULL && isfinite(chart->spans[r].low)) {
        double low = left + (right_edge - left) * chart->spans[r].low / most;
        double high = left + (right_edge - left) * chart->spans[r].high / most;

        sg_html_put(h, "<line class=\"whisker\" x1=\"%p\" x2=\"%p\" y1=\"%f\" y2=\"%f\"/>", low,
                    high, y + ROW / 2.0, y + ROW / 2.0);
        end = fmax(end, high);
    }
    sg_html_put(h, "<text class=\"amount\" x=\"%p\" y=\"%f\">", end + 0.01, y + ROW / 2.0 + 4);
    put_amount(h, chart, value);
    sg_html_put(h, "</text></g>\n");
}

static void
put_legend(sg_html *h, const sg_bars *chart)
{
    sg_html_put(h,
                "<ul class=\"legend\"><li><svg xmlns=\"http://www.w3.org/2000/svg\" "
                "aria-hidden=\"true\" width=\"16\" height=\"16\"><rect class=\"bar\" y=\"3\" "
                "width=\"16\" height=\"10\" style=\"fill:url(#p%d)\"/></svg> %s</li></ul>\n",
                h->svg + 1, chart->hatched_name);
}

void
sg_chart_bars(sg_html *h, const sg_bars *chart)
{
    double left = sg_chart_label_share(chart->labels, chart->rows) + 0.02, most = 0;
    int any_hatched = 0;
    int64_t best = 0;

    sg_figure_open(h, &chart->figure);
    for (int64_t r = 0; r < chart->rows; r++) {
        most = fmax(most, chart->values[r]);
        if (chart->spans != NULL)
            most = fmax(most, chart->spans[r].high);
        if (chart->values[r] > chart->values[best])
            best = r;
        any_hatched |= chart->hatched != NULL && chart->hatched[r];
    }
    if (chart->rows == 0) {
        sg_figure_empty(h);
        return;
    }
    if (any_hatched)
        put_legend(h, chart);
    sg_svg_open(h, chart->figure.title, TOP + (int)chart->rows * ROW + 4, 0);
    sg_html_put(h, "%l bars; the longest: %s, ", chart->rows, chart->labels[best]);
    put_amount(h, chart, chart->values[best]);
    sg_html_put(h, ".");
    sg_svg_described(h);
    if (any_hatched)
        sg_html_put(h,
                    "<defs><pattern id=\"p%d\" width=\"5\" height=\"5\" "
                    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect "
                    "class=\"hatch\" width=\"2\" height=\"5\"/></pattern></defs>\n",
                    h->svg);
    for (int64_t r = 0; r < chart->rows; r++)
        put_row(h, chart, r, left, most);
    sg_svg_close(h);
    sg_figure_close(h);
}
