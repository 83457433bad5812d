/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Heat maps of correlations. Cells hold their number as text, so that colour only helps the eye;
 * eleven steps of colour, finer near 0 where most correlations are, the same in every report, so
 * that two pages can be compared. Orange against blue is told apart by colour-blind eyes.
 */

#include "report/chart.h"

#include <math.h>

enum { ROW = 26, COLUMN_LEAST = 38 };

static const double steps[] = {0.05, 0.1, 0.2, 0.35, 0.55};

enum { STEPS = sizeof steps / sizeof *steps };

/* Where the cells of a picture are. */
typedef struct grid {
    double left, width; /* shares: of the labels, of a column */
    int head;           /* pixels of the columns' names */
    int min_width;      /* pixels, 0 = fits everywhere */
    int64_t first, count;
} grid;

/* -5 to 5 */
static int
step_of(double value)
{
    int step = 0;

    while (step < STEPS && fabs(value) >= steps[step])
        step++;
    return value < 0 ? -step : step;
}

static void
put_class(sg_html *h, int step)
{
    sg_html_put(h, "%m%d", step < 0 ? "n" : "p", step < 0 ? -step : step);
}

/* Two decimals without the zero before the point: ".31". */
static void
put_short(sg_html *h, double value)
{
    char number[SG_HTML_NUMBER];
    const char *shown = number;

    sg_html_fixed(number, fabs(value), 2);
    if (number[0] == '0' && number[1] == '.')
        shown++;
    if (value < 0 && fabs(value) >= 0.005)
        sg_html_put(h, "\xE2\x88\x92");
    sg_html_put(h, "%m", shown);
}

static void
put_legend(sg_html *h)
{
    sg_html_put(h, "<ul class=\"legend ramp\"><li>negative</li>");
    for (int step = -STEPS; step <= STEPS; step++) {
        sg_html_put(h, "<li class=\"sw ");
        put_class(h, step);
        sg_html_put(h, "\"></li>");
    }
    sg_html_put(h, "<li>positive</li></ul>\n");
}

static void
describe(sg_html *h, const sg_heat *chart, int64_t first, int64_t count)
{
    int64_t least = -1, most = -1, end = (first + count) * chart->columns;

    for (int64_t i = first * chart->columns; i < end; i++) {
        if (!isfinite(chart->values[i]))
            continue;
        if (least < 0 || chart->values[i] < chart->values[least])
            least = i;
        if (most < 0 || chart->values[i] > chart->values[most])
            most = i;
    }
    if (least < 0)
        return;
    sg_html_put(
        h, "%l rows, %l features. Lowest: %v, %s of %s. Highest: %v, %s of %s.", chart->rows,
        chart->columns, chart->values[least], chart->column_names[least % chart->columns],
        chart->row_names[least / chart->columns], chart->values[most],
        chart->column_names[most % chart->columns], chart->row_names[most / chart->columns]);
}

static void
put_heads(sg_html *h, const sg_heat *chart, const grid *at)
{
    for (int64_t c = 0; c < chart->columns; c++)
        sg_html_put(h,
                    "<svg x=\"%p\" y=\"%d\" width=\"1\" height=\"1\" overflow=\"visible\">"
                    "<text class=\"head\" transform=\"rotate(-55)\">%c</text></svg>",
                    at->left + at->width * ((double)c + 0.5), at->head - 6, chart->column_names[c]);
    sg_html_put(h, "\n");
}

static void
put_row(sg_html *h, const sg_heat *chart, int64_t r, const grid *at)
{
    double y = at->head + (double)(r - at->first) * ROW, left = at->left, width = at->width;

    sg_html_put(h, "<g><title>%s</title><text class=\"label\" x=\"%p\" y=\"%f\">%c</text></g>",
                chart->row_names[r], left - 0.015, y + ROW / 2.0 + 4, chart->row_names[r]);
    for (int64_t c = 0; c < chart->columns; c++) {
        double value = chart->values[r * chart->columns + c], x = left + width * (double)c;

        if (!isfinite(value)) {
            sg_html_put(h, "<text class=\"cell\" x=\"%p\" y=\"%f\">\xC2\xB7</text>", x + width / 2,
                        y + ROW / 2.0 + 4);
            continue;
        }
        sg_html_put(h, "<g class=\"cell ");
        put_class(h, step_of(value));
        sg_html_put(h,
                    "\"><title>%s, %s: %v</title><rect x=\"%p\" y=\"%f\" width=\"%p\" "
                    "height=\"%d\"/><text x=\"%p\" y=\"%f\">",
                    chart->row_names[r], chart->column_names[c], value, x, y, width, ROW,
                    x + width / 2, y + ROW / 2.0 + 4);
        put_short(h, value);
        sg_html_put(h, "</text></g>");
    }
    sg_html_put(h, "\n");
}

static void
put_picture(sg_html *h, const sg_heat *chart, const grid *at)
{
    sg_svg_open(h, chart->figure.title, at->head + (int)at->count * ROW + 4, at->min_width);
    describe(h, chart, at->first, at->count);
    sg_svg_described(h);
    put_heads(h, chart, at);
    for (int64_t r = at->first; r < at->first + at->count; r++)
        put_row(h, chart, r, at);
    sg_svg_close(h);
}

/* Pixels that the slanted names need: above the cells, and right of the last one. */
static void
measure_names(const sg_heat *chart, int *above, int *beside)
{
    static const double sine = 0.82, cosine = 0.58; /* of 55 degrees */

    *above = *beside = 0;
    for (int64_t c = 0; c < chart->columns; c++) {
        double length = sg_html_columns(chart->column_names[c]) * SG_CHART_TEXT_PIXELS + 6.0;
        double over = length * cosine - ((double)(chart->columns - c) - 0.5) * COLUMN_LEAST;

        *above = (int)fmax(*above, length * sine + 14);
        *beside = (int)fmax(*beside, over + 8);
    }
}

void
sg_chart_heat(sg_html *h, const sg_heat *chart)
{
    sg_range range = sg_range_empty();
    grid at = {.left = sg_chart_label_share(chart->row_names, chart->rows)};
    int wanted = (int)(at.left * SG_CHART_PHONE_PIXELS) + (int)chart->columns * COLUMN_LEAST;
    int beside;
    int64_t step = sg_chart_rows(chart->rows, ROW);

    for (int64_t i = 0; i < chart->rows * chart->columns; i++)
        sg_range_add(&range, chart->values[i]);
    sg_figure_open(h, &chart->figure);
    if (range.count == 0) {
        sg_figure_empty(h);
        return;
    }
    measure_names(chart, &at.head, &beside);
    wanted += beside;
    if (wanted > SG_CHART_PHONE_PIXELS) { /* the labels' share is of a wider picture */
        at.min_width = wanted;
        at.left *= (double)SG_CHART_PHONE_PIXELS / wanted;
    }
    at.width =
        (1 - (double)beside / (at.min_width > 0 ? at.min_width : SG_CHART_PHONE_PIXELS) - at.left) /
        (double)(chart->columns < 4 ? 4 : chart->columns);
    put_legend(h);
    sg_html_put(h,
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                "aria-labelledby=\"f%d\">\n",
                h->figure);
    for (at.first = 0; at.first < chart->rows; at.first += step) {
        at.count = chart->rows - at.first < step ? chart->rows - at.first : step;
        put_picture(h, chart, &at);
    }
    sg_html_put(h, "</div>\n");
    sg_figure_close(h);
}
