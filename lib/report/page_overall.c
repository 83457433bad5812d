/* SPDX-License-Identifier: Apache-2.0 */

/* All groups together: a table of metrics, and of a comparison the approaches side by side. */

#include <math.h>
#include <string.h>

#include "report/page.h"

/* Approaches as rows: those with a loss. */
static void
put_approach_chart(sg_html *h, const sg_view *view, sg_arena *arena)
{
    const char *loss = sg_view_loss(view->task);
    sg_point *points = sg_page_alloc(h, arena, view->approaches, sizeof *points);
    const char *name = "value with 95% interval";
    sg_dots chart = {.rows = view->approaches,
                     .series = 1,
                     .labels = view->approach_names,
                     .names = &name,
                     .points = points,
                     .reference = NAN};

    if (points == NULL)
        return;
    for (int64_t a = 0; a < view->approaches; a++) {
        segml_estimate e = sg_view_estimate(&view->overall.cells[a], loss);

        points[a] = (sg_point){e.value, e.low, e.high};
    }
    chart.figure.title = "Loss of each approach, all groups together";
    chart.figure.reading = "The further left, the better. The line is the 95% interval: two "
                           "approaches are best compared by their difference, in the table below, "
                           "because they were scored on the same rows.";
    sg_chart_dots(h, &chart);
}

static void
put_approach_table(sg_html *h, const sg_view *view)
{
    const char *const *names = sg_view_headlines(view->task);
    const char *reference = view->approach_names[view->reference];

    sg_table_open(h, "Approaches, all groups together");
    sg_html_put(
        h,
        "<span>Values with their 95%% intervals. Differences are to %s, on the same rows: if "
        "the interval excludes 0, chance does not explain the difference.</span></caption>\n"
        "<thead><tr><th scope=\"col\">Approach</th>",
        reference);
    for (int i = 0; names[i] != NULL; i++) {
        sg_html_put(h, "<th scope=\"col\">%s</th>", sg_view_metric_title(names[i]));
        if (i < 2)
            sg_html_put(h, "<th scope=\"col\">difference</th>");
    }
    sg_html_put(h, "</tr></thead>\n<tbody>\n");
    for (int64_t a = 0; a < view->approaches; a++) {
        sg_html_put(h, "<tr><th scope=\"row\"><bdi>%s</bdi>%m</th>", view->approach_names[a],
                    a == view->best ? " <small>lowest loss</small>" : "");
        for (int i = 0; names[i] != NULL; i++) {
            segml_estimate e = sg_view_estimate(&view->overall.cells[a], names[i]);

            sg_table_number(h, e.value, e.low, e.high);
            if (i < 2 && a == view->reference)
                sg_html_put(h, "<td>reference</td>");
            else if (i < 2)
                sg_table_difference(h, e.difference, e.difference_low, e.difference_high);
        }
        sg_html_put(h, "</tr>\n");
    }
    sg_table_close(h);
}

/* Every metric of a cell but those that are about another one. */
static int
is_listed(const char *name)
{
    const char *end = strrchr(name, '_');

    return strncmp(name, "search_", 7) != 0 && (end == NULL || strcmp(end, "_se") != 0);
}

static void
put_metric_table(sg_html *h, const sg_view *view)
{
    const sg_view_cell *overall = &view->overall.cells[0];

    sg_table_open(h, "Metrics, all groups together");
    sg_html_put(
        h, "<span>As routed: each group is answered by its own model, or by the global one if it "
           "has none. Beside it, the global model on all rows.</span></caption>\n<thead><tr>"
           "<th scope=\"col\">Metric</th><th scope=\"col\">As routed</th>");
    if (view->has_global)
        sg_html_put(h, "<th scope=\"col\">Global model</th>");
    sg_html_put(h, "</tr></thead>\n<tbody>\n");
    for (int64_t i = 0; i < overall->facts.metric_count; i++) {
        const char *name = overall->facts.metrics[i].name;
        segml_estimate own = sg_view_estimate(overall, name);

        if (!is_listed(name))
            continue;
        sg_html_put(h, "<tr><th scope=\"row\"><bdi>%s</bdi></th>", sg_view_metric_title(name));
        sg_table_number(h, own.value, own.low, own.high);
        if (view->has_global) {
            segml_estimate other = sg_view_estimate(&view->global.cells[0], name);

            sg_table_number(h, other.value, other.low, other.high);
        }
        sg_html_put(h, "</tr>\n");
    }
    sg_table_close(h);
}

void
sg_section_overall(sg_html *h, const sg_view *view, sg_arena *arena)
{
    sg_section_open(h, "overall", "Overall");
    if (view->is_comparison) {
        put_approach_chart(h, view, arena);
        put_approach_table(h, view);
    } else {
        put_metric_table(h, view);
    }
    sg_section_close(h);
}
