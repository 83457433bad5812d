/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Groups: the loss of each with its interval, of a comparison for each approach and as a paired
 * difference, and a table of all. The largest come first, because they matter most.
 */

#include <math.h>
#include <stdio.h>

#include "report/page.h"

static const sg_view_group *
shown_group(const sg_view *view, int64_t i)
{
    return &view->groups[view->largest[i]];
}

static const char **
labels_of(sg_html *h, const sg_view *view, sg_arena *arena)
{
    const char **labels = sg_page_alloc(h, arena, view->shown, sizeof *labels);

    for (int64_t i = 0; labels != NULL && i < view->shown; i++)
        labels[i] = shown_group(view, i)->label;
    return labels;
}

/* A model: own loss with its interval, and the loss of the folds that the search did not see. */
static void
put_model_loss(sg_html *h, const sg_view *view, sg_arena *arena)
{
    static const char *const names[] = {"all folds, with 95% interval",
                                        "without the fold that the search saw"};
    static const int styles[] = {0, SG_HOLLOW};
    char unsearched[40];
    sg_point *points = sg_page_alloc(h, arena, 2 * view->shown, sizeof *points);
    sg_dots chart = {.rows = view->shown,
                     .series = 2,
                     .labels = labels_of(h, view, arena),
                     .names = names,
                     .points = points,
                     .styles = styles,
                     .measured = 1,
                     .reference_name = "all groups together"};

    if (points == NULL || chart.labels == NULL)
        return;
    snprintf(unsearched, sizeof unsearched, "%s_unsearched", sg_view_loss(view->task));
    for (int64_t i = 0; i < view->shown; i++) {
        const sg_view_cell *cell = shown_group(view, i)->cells;
        segml_estimate own = sg_view_estimate(cell, sg_view_loss(view->task));
        segml_estimate rest = sg_view_estimate(cell, unsearched);

        points[2 * i] = (sg_point){own.value, own.low, own.high};
        points[2 * i + 1] = (sg_point){rest.value, NAN, NAN};
    }
    chart.reference = sg_view_estimate(view->overall.cells, sg_view_loss(view->task)).value;
    chart.figure.title = "Loss by group";
    chart.figure.reading =
        "The further left, the better; the largest group comes first. Where two intervals overlap, "
        "do not read much into the difference. A ring far from its dot means that the search "
        "flattered one of the folds.";
    sg_chart_dots(h, &chart);
}

static void
put_approach_metric(sg_html *h, const sg_view *view, sg_arena *arena, const char *metric,
                    const sg_figure *figure)
{
    sg_point *points = sg_page_alloc(h, arena, view->approaches * view->shown, sizeof *points);
    sg_dots chart = {.figure = *figure,
                     .rows = view->shown,
                     .series = view->approaches,
                     .labels = labels_of(h, view, arena),
                     .names = view->approach_names,
                     .points = points,
                     .apart = 1,
                     .measured = 1,
                     .reference = NAN};

    if (points == NULL || chart.labels == NULL)
        return;
    for (int64_t i = 0; i < view->shown; i++) {
        for (int64_t a = 0; a < view->approaches; a++) {
            segml_estimate e = sg_view_estimate(&shown_group(view, i)->cells[a], metric);

            points[i * view->approaches + a] = (sg_point){e.value, e.low, e.high};
        }
    }
    sg_chart_dots(h, &chart);
}

/* Differences of the loss to the reference approach, which itself is the line at 0. */
static void
put_differences(sg_html *h, const sg_view *view, sg_arena *arena)
{
    int64_t others = view->approaches - 1;
    sg_point *points = sg_page_alloc(h, arena, others * view->shown, sizeof *points);
    const char **names = sg_page_alloc(h, arena, others, sizeof *names);
    int *styles = sg_page_alloc(h, arena, others, sizeof *styles);
    sg_dots chart = {.rows = view->shown,
                     .series = others,
                     .labels = labels_of(h, view, arena),
                     .names = names,
                     .points = points,
                     .styles = styles,
                     .apart = 1,
                     .reference = 0};
    int64_t s = 0;

    if (points == NULL || names == NULL || styles == NULL || chart.labels == NULL || others < 1)
        return;
    chart.reference_name = view->approach_names[view->reference];
    for (int64_t a = 0; a < view->approaches; a++) {
        if (a == view->reference)
            continue;
        names[s] = view->approach_names[a];
        styles[s] = (int)(a % SG_STYLES);
        for (int64_t i = 0; i < view->shown; i++) {
            segml_estimate e =
                sg_view_estimate(&shown_group(view, i)->cells[a], sg_view_loss(view->task));

            points[i * others + s] = (sg_point){e.difference, e.difference_low, e.difference_high};
        }
        s++;
    }
    chart.figure.title = "Difference of the loss, by group";
    chart.figure.reading = "Left of the dashed line: better than the reference approach in this "
                           "group. If the interval crosses the line, chance explains the "
                           "difference.";
    sg_chart_dots(h, &chart);
}

static void
put_verdicts(sg_html *h, const sg_view *view)
{
    static const int32_t order[] = {SEGML_VERDICT_TUNED, SEGML_VERDICT_UNTUNED,
                                    SEGML_VERDICT_UNCLEAR, SEGML_VERDICT_GLOBAL,
                                    SEGML_VERDICT_NONE};
    enum { VERDICTS = sizeof order / sizeof *order };
    static const char *const labels[VERDICTS] = {"own, tuned", "own", "unclear", "global",
                                                 "no own model"};
    double values[VERDICTS] = {0};
    sg_bars chart = {.rows = VERDICTS, .labels = labels, .values = values};

    for (int64_t g = 0; g < view->group_count; g++) {
        for (int v = 0; v < VERDICTS; v++)
            values[v] += view->groups[g].verdict == order[v];
    }
    chart.figure.title = "Which model is better, in how many groups";
    chart.figure.reading =
        "Better means that the 95% interval of the paired difference excludes 0. With many "
        "groups, about one in forty on each side does so by chance alone.";
    sg_chart_bars(h, &chart);
}

static void
put_heads(sg_html *h, const sg_view *view)
{
    const char *const *names = sg_view_headlines(view->task);

    sg_html_put(h,
                "</caption>\n<thead><tr><th scope=\"col\">Group</th><th scope=\"col\">Rows</th>"
                "<th scope=\"col\" class=\"text\">%m</th>",
                view->is_comparison ? "Verdict" : "Model");
    for (int64_t a = 0; a < view->approaches && view->is_comparison; a++)
        sg_html_put(h, "<th scope=\"col\">%s</th>", view->approach_names[a]);
    if (!view->is_comparison)
        sg_html_put(h, "<th scope=\"col\">Rounds</th>");
    for (int i = 0; names[i] != NULL && !view->is_comparison; i++)
        sg_html_put(h, "<th scope=\"col\">%s</th>", sg_view_metric_title(names[i]));
    if (view->task == SEGML_TASK_BINARY)
        sg_html_put(h, "<th scope=\"col\">Threshold</th>");
    sg_html_put(h, "</tr></thead>\n<tbody>\n");
}

/* The middle of a model's row. */
static void
put_metrics(sg_html *h, const sg_view *view, const sg_view_cell *cell, int is_total)
{
    const char *const *names = sg_view_headlines(view->task);

    sg_html_put(h, "<td class=\"text\">%m</td>",
                is_total ? "" : sg_page_status(cell->facts.status));
    if (cell->facts.rounds > 0)
        sg_html_put(h, "<td>%l</td>", (int64_t)cell->facts.rounds);
    else
        sg_html_put(h, "<td></td>");
    for (int i = 0; names[i] != NULL; i++) {
        segml_estimate e = sg_view_estimate(cell, names[i]);

        sg_table_number(h, e.value, e.low, e.high);
    }
}

static void
put_losses(sg_html *h, const sg_view *view, const sg_view_group *group)
{
    sg_html_put(h, "<td class=\"text\">%m</td>", sg_page_verdict(group->verdict));
    for (int64_t a = 0; a < view->approaches; a++) {
        segml_estimate e = sg_view_estimate(&group->cells[a], sg_view_loss(view->task));

        sg_table_number(h, e.value, e.low, e.high);
    }
}

static void
put_row(sg_html *h, const sg_view *view, const sg_view_group *group, int is_total)
{
    const sg_view_cell *last = &group->cells[view->approaches - 1];

    sg_html_put(h, "<tr%m><th scope=\"row\"><bdi>%s</bdi></th><td>%l</td>",
                is_total ? " class=\"total\"" : "", group->label, group->rows);
    if (view->is_comparison)
        put_losses(h, view, group);
    else
        put_metrics(h, view, last, is_total);
    if (view->task == SEGML_TASK_BINARY)
        sg_table_number(h, last->facts.threshold, NAN, NAN);
    sg_html_put(h, "</tr>\n");
}

static void
put_table(sg_html *h, const sg_view *view)
{
    sg_table_open(h, view->is_comparison ? "Groups: loss of each approach" : "Groups: metrics");
    sg_html_put(h,
                "<span>The largest group comes first. Values with 95%% intervals where they have "
                "one.</span>");
    put_heads(h, view);
    for (int64_t i = 0; i < view->shown; i++)
        put_row(h, view, shown_group(view, i), 0);
    put_row(h, view, &view->overall, 1);
    sg_table_close(h);
}

void
sg_section_groups(sg_html *h, const sg_view *view, sg_arena *arena)
{
    const char *metric = sg_view_headlines(view->task)[1];
    char title[80];
    sg_figure quality = {title, "The same for a second metric, after the loss: the further right, "
                                "the better."};

    snprintf(title, sizeof title, "%s of each approach, by group", sg_view_metric_title(metric));
    if (view->task == SEGML_TASK_REGRESSION || view->task == SEGML_TASK_POISSON)
        quality.reading = "The same for a second metric, after the loss: the further left, the "
                          "better.";
    sg_section_open(h, "groups", "By group");
    sg_page_note_shown(h, view);
    if (view->is_comparison) {
        static const sg_figure loss = {
            "Loss of each approach, by group",
            "The further left, the better. Each approach has its own line in the group's band, "
            "with its 95% interval; the largest group comes first."};
        put_verdicts(h, view);
        put_differences(h, view, arena);
        put_approach_metric(h, view, arena, sg_view_loss(view->task), &loss);
        put_approach_metric(h, view, arena, metric, &quality);
    } else {
        put_model_loss(h, view, arena);
    }
    put_table(h, view);
    sg_section_close(h);
}
