/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Searches as small multiples: a dot per trial, a step line for the best so far.
 *
 * Bad trials would press the good ones into a line: the scale ends at four times the distance
 * from the best to the median, and what lies above stands at the upper edge. Of more than
 * DOTS_MAX trials only every so many-th is drawn, never the steps of the line.
 */

#include "report/chart.h"

#include <math.h>
#include <stdlib.h>

#include "segml/search.h"

enum { HEIGHT = 132, TOP = 12, PLOT = 96, DOTS_MAX = 200, MEDIAN_MAX = 4096 };

static const double left_edge = 0.17, right_edge = 0.97;

typedef struct panel {
    const sg_search *search;
    double low, high; /* of the scale */
    int64_t best;
    int64_t stride;
} panel;

static int
compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Median of the finite values; of the first MEDIAN_MAX of them. */
static double
median_of(const sg_search *search)
{
    double sorted[MEDIAN_MAX];
    size_t n = 0;

    for (int64_t i = 0; i < search->trials && n < MEDIAN_MAX; i++) {
        if (isfinite(search->values[i]))
            sorted[n++] = search->values[i];
    }
    if (n == 0)
        return NAN;
    qsort(sorted, n, sizeof *sorted, compare_values);
    return sorted[n / 2];
}

static int
is_complete(const sg_search *search, int64_t i)
{
    return isfinite(search->values[i]) &&
           (search->states == NULL || search->states[i] == SEGML_TRIAL_COMPLETE);
}

static void
fit(panel *p, const sg_search *search)
{
    sg_range range = sg_range_empty();
    double median = median_of(search), cap, pad;

    *p = (panel){.search = search, .best = -1, .stride = search->trials / DOTS_MAX + 1};
    for (int64_t i = 0; i < search->trials; i++) {
        sg_range_add(&range, search->values[i]);
        if (is_complete(search, i) && (p->best < 0 || search->values[i] < search->values[p->best]))
            p->best = i;
    }
    cap = median > range.low ? range.low + 4 * (median - range.low) : range.high;
    p->low = range.low;
    p->high = fmin(range.high, cap);
    pad = (p->high - p->low) * 0.06;
    if (!(pad > 0))
        pad = range.low != 0 ? fabs(range.low) * 0.05 : 1;
    p->low -= pad;
    p->high += pad;
}

static double
across(const panel *p, int64_t trial)
{
    return p->search->trials > 1 ? (double)trial / (double)(p->search->trials - 1) : 0.5;
}

/* Share of the height, from the top. */
static double
down(const panel *p, double value)
{
    double share = (p->high - value) / (p->high - p->low);

    return share < 0 ? 0 : share > 1 ? 1 : share;
}

static void
put_dots(sg_html *h, const panel *p)
{
    for (int64_t i = 0; i < p->search->trials; i++) {
        double value = p->search->values[i];
        const char *look = is_complete(p->search, i) ? "trial" : "trial pruned";

        if (!isfinite(value) || (i % p->stride != 0 && i != p->best))
            continue;
        sg_html_put(h, "<circle class=\"%m\" cx=\"%p\" cy=\"%f\" r=\"2.5\"/>", look,
                    left_edge + (right_edge - left_edge) * across(p, i),
                    TOP + PLOT * down(p, value));
    }
    sg_html_put(h, "\n");
}

/* Best so far, as one path in thousandths of the plot. */
static void
put_line(sg_html *h, const panel *p)
{
    double best = INFINITY;

    sg_html_put(h,
                "<svg x=\"%p\" y=\"%d\" width=\"%p\" height=\"%d\" viewBox=\"0 0 1000 1000\" "
                "preserveAspectRatio=\"none\" overflow=\"visible\"><path class=\"best\" d=\"",
                left_edge, TOP, right_edge - left_edge, PLOT);
    for (int64_t i = 0; i < p->search->trials; i++) {
        double value = p->search->values[i];

        if (!is_complete(p->search, i) || value >= best)
            continue;
        if (isinf(best))
            sg_html_put(h, "M%f %f", 1000 * across(p, i), 1000 * down(p, value));
        else
            sg_html_put(h, "H%fV%f", 1000 * across(p, i), 1000 * down(p, value));
        best = value;
    }
    sg_html_put(h, "%m\"/></svg>\n", isinf(best) ? "M0 0" : "H1000");
}

static void
put_panel(sg_html *h, const sg_search *search)
{
    int64_t last = search->trials;
    panel p;

    fit(&p, search);
    sg_html_put(h, "<li><p class=\"panel\"><bdi>%s</bdi></p>\n", search->name);
    if (p.best < 0) {
        sg_html_put(h, "<p class=\"none\">No trial succeeded.</p></li>\n");
        return;
    }
    sg_svg_open(h, search->name, HEIGHT, 0);
    sg_html_put(h, "%l trials; best: %v, in trial %l.", search->trials, search->values[p.best],
                p.best + 1);
    sg_svg_described(h);
    sg_html_put(h,
                "<line class=\"grid\" x1=\"%p\" x2=\"%p\" y1=\"%f\" y2=\"%f\"/>"
                "<line class=\"grid\" x1=\"%p\" x2=\"%p\" y1=\"%d\" y2=\"%d\"/>\n",
                left_edge, right_edge, TOP + PLOT * down(&p, search->values[p.best]),
                TOP + PLOT * down(&p, search->values[p.best]), left_edge, right_edge, TOP + PLOT,
                TOP + PLOT);
    sg_html_put(h, "<text class=\"side\" x=\"%p\" y=\"%f\">%v</text>", left_edge - 0.02,
                TOP + PLOT * down(&p, search->values[p.best]) + 4, search->values[p.best]);
    sg_html_put(h, "<text class=\"tick\" x=\"%p\" y=\"%d\">%m1</text>",
                left_edge + (right_edge - left_edge) * across(&p, 0), HEIGHT - 8,
                last > 1 ? "" : "trial ");
    if (last > 1)
        sg_html_put(h, "<text class=\"tick end\" x=\"%p\" y=\"%d\">trial %l</text>", right_edge,
                    HEIGHT - 8, last);
    put_line(h, &p);
    put_dots(h, &p);
    sg_svg_close(h);
    sg_html_put(h, "</li>\n");
}

void
sg_chart_searches(sg_html *h, const sg_figure *figure, const sg_search *searches, int64_t count)
{
    sg_figure_open(h, figure);
    sg_html_put(h, "<ul class=\"panels\">\n");
    for (int64_t i = 0; i < count; i++)
        put_panel(h, &searches[i]);
    sg_html_put(h, "</ul>\n");
    sg_figure_close(h);
}
