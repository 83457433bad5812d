/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What all charts share: figures, axes, markers.
 *
 * Horizontal coordinates are percentages of the SVG's width, vertical ones pixels. A viewBox
 * that scales the whole picture was rejected: on a phone it shrinks the text below what can be
 * read. Shapes that percentages cannot place (paths) sit in a nested SVG of one pixel.
 *
 * Series differ in shape as well as in colour. Colours come from the page's variables, so that
 * dark mode and print need nothing of the charts.
 */

#include "report/chart.h"

void
sg_figure_open(sg_html *h, const sg_figure *figure)
{
    h->figure++;
    sg_html_put(h,
                "<figure aria-labelledby=\"f%d\">\n<h3 id=\"f%d\">%s</h3>\n"
                "<p class=\"how\">%s</p>\n",
                h->figure, h->figure, figure->title, figure->reading);
}

void
sg_figure_empty(sg_html *h)
{
    sg_html_put(h, "<p class=\"none\">There are no numbers to draw.</p>\n</figure>\n");
}

void
sg_figure_close(sg_html *h)
{
    sg_html_put(h, "</figure>\n");
}

void
sg_svg_open(sg_html *h, const char *title, int height, int min_width)
{
    h->svg++;
    sg_html_put(h,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"100%%\" "
                "height=\"%d\" aria-labelledby=\"t%d d%d\"",
                height, h->svg, h->svg);
    if (min_width > 0)
        sg_html_put(h, " style=\"min-width:%dpx\"", min_width);
    sg_html_put(h, "><title id=\"t%d\">%s</title><desc id=\"d%d\">", h->svg, title, h->svg);
}

void
sg_svg_described(sg_html *h)
{
    sg_html_put(h, "</desc>\n");
}

void
sg_svg_close(sg_html *h)
{
    sg_html_put(h, "</svg>\n");
}

double
sg_chart_label_share(const char *const *labels, int64_t count)
{
    int columns = 4;

    for (int64_t i = 0; i < count; i++) {
        int own = sg_html_columns(labels[i]);

        columns = own > columns ? own : columns;
    }
    return (columns * SG_CHART_TEXT_PIXELS + 10.0) / SG_CHART_PHONE_PIXELS;
}

/* Paths around (0, 0): square, diamond, triangle. Style 0 and the hollow one are circles. */
static const char *const shapes[SG_STYLES] = {"", "M-4-4H4V4H-4Z", "M0-5.5L5.5 0 0 5.5-5.5 0Z",
                                              "M0-5L5 4H-5Z"};

void
sg_chart_marker(sg_html *h, int style, double x, double y)
{
    if (style == SG_HOLLOW)
        sg_html_put(h, "<circle class=\"ho\" cx=\"%p\" cy=\"%f\" r=\"4\"/>", x, y);
    else if (style == 0)
        sg_html_put(h, "<circle class=\"s0\" cx=\"%p\" cy=\"%f\" r=\"4.5\"/>", x, y);
    else
        sg_html_put(h,
                    "<svg x=\"%p\" y=\"%f\" width=\"1\" height=\"1\" overflow=\"visible\">"
                    "<path class=\"s%d\" d=\"%m\"/></svg>",
                    x, y, style, shapes[style]);
}

void
sg_legend_entry(sg_html *h, int style, const char *name)
{
    sg_html_put(h, "<li><svg xmlns=\"http://www.w3.org/2000/svg\" aria-hidden=\"true\" "
                   "width=\"16\" height=\"16\">");
    sg_chart_marker(h, style, 0.5, 8);
    sg_html_put(h, "</svg> %s</li>", name);
}

static void
put_tick(sg_html *h, const sg_axis *scale, int i, double x, double y)
{
    char number[SG_HTML_NUMBER];

    if (scale->decimals < 0)
        sg_html_number(number, scale->tick[i]);
    else
        sg_html_fixed(number, scale->tick[i], scale->decimals);
    sg_html_put(h, "<text class=\"tick\" x=\"%p\" y=\"%f\">%m</text>", x, y, number);
}

int64_t
sg_chart_rows(int64_t rows, int row_height)
{
    int64_t most = SG_CHART_TALLEST / row_height, parts = (rows + most - 1) / most;

    return parts > 1 ? (rows + parts - 1) / parts : rows;
}

void
sg_chart_axis(sg_html *h, const sg_axis *scale, double left, double right, int height)
{
    for (int i = 0; i < scale->ticks; i++) {
        double x = left + (right - left) * sg_axis_at(scale, scale->tick[i]);

        sg_html_put(h, "<line class=\"grid\" x1=\"%p\" x2=\"%p\" y1=\"18\" y2=\"%d\"/>", x, x,
                    height - 2);
        put_tick(h, scale, i, x, 12);
    }
    sg_html_put(h, "\n");
}
