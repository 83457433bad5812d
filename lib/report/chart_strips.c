/* SPDX-License-Identifier: Apache-2.0 */

/* One strip per parameter, each on a scale of its own, with a dot per group and its median. */

#include "report/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { ROW = 34, TOP = 4 };

static const double left_edge = 0.41, right_edge = 0.68, text_edge = 0.71;

static int
compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The finite values of a strip in order. @return their number, -1 when memory is out */
static int64_t
sort_values(double **sorted, const sg_strip *strip)
{
    int64_t n = 0;

    *sorted = sg_alloc_array(strip->count, sizeof **sorted);
    if (*sorted == NULL)
        return -1;
    for (int64_t i = 0; i < strip->count; i++) {
        if (isfinite(strip->values[i]))
            (*sorted)[n++] = strip->values[i];
    }
    qsort(*sorted, (size_t)n, sizeof **sorted, compare_values);
    return n;
}

static void
put_strip(sg_html *h, const sg_strip *strip, const double *sorted, int64_t n, int row)
{
    sg_range range = {sorted[0], sorted[n - 1], (long)n};
    sg_axis scale = sg_axis_fit_wide(&range, 20);
    double y = TOP + row * ROW + ROW / 2.0, width = right_edge - left_edge, middle;

    if (!scale.is_log) {
        scale.low = range.low;
        scale.high = range.high > range.low ? range.high : range.low + 1;
    }
    middle = left_edge + width * sg_axis_at(&scale, sorted[n / 2]);
    sg_html_put(h,
                "<g><title>%s: median %v, from %v to %v</title><text class=\"label\" x=\"%p\" "
                "y=\"%f\">%c</text><line class=\"rail\" x1=\"%p\" x2=\"%p\" y1=\"%f\" "
                "y2=\"%f\"/>",
                strip->name, sorted[n / 2], range.low, range.high, left_edge - 0.03, y + 4,
                strip->name, left_edge, right_edge, y, y);
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1])
            sg_html_put(h, "<circle class=\"faint\" cx=\"%p\" cy=\"%f\" r=\"4\"/>",
                        left_edge + width * sg_axis_at(&scale, sorted[i]), y);
    }
    sg_html_put(h, "<line class=\"median\" x1=\"%p\" x2=\"%p\" y1=\"%f\" y2=\"%f\"/>", middle,
                middle, y - 9, y + 9);
    sg_html_put(h,
                "<text class=\"amount\" x=\"%p\" y=\"%f\">%v</text><text class=\"minor\" "
                "x=\"%p\" y=\"%f\">%v to %v</text></g>\n",
                text_edge, y - 2, sorted[n / 2], text_edge, y + 11, range.low, range.high);
}

void
sg_chart_strips(sg_html *h, const sg_figure *figure, const sg_strip *strips, int64_t count)
{
    sg_figure_open(h, figure);
    if (count == 0) {
        sg_figure_empty(h);
        return;
    }
    sg_svg_open(h, figure->title, TOP + (int)count * ROW + 4, 0);
    sg_html_put(h, "%l parameters.", count);
    sg_svg_described(h);
    for (int64_t i = 0; i < count && h->rc == SEGML_OK; i++) {
        double *sorted;
        int64_t n = sort_values(&sorted, &strips[i]);

        if (n < 0)
            h->rc = sg_fail_nomem(h->err);
        if (n > 0)
            put_strip(h, &strips[i], sorted, n, (int)i);
        sg_free(sorted);
    }
    sg_svg_close(h);
    sg_figure_close(h);
}
