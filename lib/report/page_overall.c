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

static int
is_listed(const char *name)
{
    return strncmp(name, "search_", 7) != 0 && !sg_view_is_bound(name);
}

/* A metric's title; what its name's end means is said in words. */
static void
put_title(sg_html *h, const sg_view *view, const char *name)
{
    static const char *const ends[][2] = {
        {"_unsearched", ", folds not searched"},       {"_macro", ", mean over groups"},
        {"_weighted", ", mean over groups by weight"}, {"_worst", ", worst group"},
        {"_q10", ", worst tenth of groups"},           {"_undefined", ", groups where undefined"}};
    int is_of_classes = view->task == SEGML_TASK_MULTICLASS;
    const char *end = strrchr(name, '_');
    char base[64];

    for (size_t i = 0; end != NULL && i < sizeof ends / sizeof *ends; i++) {
        if (strcmp(end, ends[i][0]) != 0 || (size_t)(end - name) >= sizeof base)
            continue;
        memcpy(base, name, (size_t)(end - name));
        base[end - name] = '\0';
        if (is_of_classes && sg_view_metric_title(name) != name)
            continue; /* macro F1: a mean over classes */
        sg_html_put(h, "%s%m", sg_view_metric_title(base), ends[i][1]);
        return;
    }
    sg_html_put(h, "%s", sg_view_metric_title(name));
}

static void
put_metric_head(sg_html *h, const sg_view *view)
{
    sg_table_open(h, view->is_comparison ? "All metrics, all groups together"
                                         : "Metrics, all groups together");
    if (view->is_comparison)
        sg_html_put(h, "<span>Groups without a model of their own are answered by the global "
                       "one.</span></caption>\n");
    else
        sg_html_put(h, "<span>As routed: each group is answered by its own model, or as the model "
                       "says if it has none. Beside it, the global model on all "
                       "rows.</span></caption>\n");
    sg_html_put(h, "<thead><tr><th scope=\"col\">Metric</th>");
    for (int64_t a = 0; a < view->approaches; a++)
        sg_html_put(h, "<th scope=\"col\">%s</th>",
                    view->is_comparison ? view->approach_names[a] : "As routed");
    if (view->has_global)
        sg_html_put(h, "<th scope=\"col\">Global model</th>");
    sg_html_put(h, "</tr></thead>\n<tbody>\n");
}

static void
put_metric(sg_html *h, const sg_view_cell *cell, const char *name)
{
    segml_estimate e = sg_view_estimate(cell, name);

    sg_table_number(h, e.value, e.low, e.high);
}

static void
put_metric_table(sg_html *h, const sg_view *view)
{
    const segml_comparison_cell *first = &view->overall.cells[0].facts;

    put_metric_head(h, view);
    for (int64_t i = 0; i < first->metric_count; i++) {
        const char *name = first->metrics[i].name;

        if (!is_listed(name))
            continue;
        sg_html_put(h, "<tr><th scope=\"row\"><bdi>");
        put_title(h, view, name);
        sg_html_put(h, "</bdi></th>");
        for (int64_t a = 0; a < view->approaches; a++)
            put_metric(h, &view->overall.cells[a], name);
        if (view->has_global)
            put_metric(h, &view->global.cells[0], name);
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
    }
    put_metric_table(h, view);
    sg_section_close(h);
}
