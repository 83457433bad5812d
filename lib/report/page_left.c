/* SPDX-License-Identifier: Apache-2.0 */

/* Groups without a model of their own, with the reason; and how the report's subject was made. */

#include "report/page.h"

enum { LISTED_MAX = 200 };

static int
is_left_out(const sg_view *view, const sg_view_group *group)
{
    int32_t status = group->cells[view->approaches - 1].facts.status;

    return status != SEGML_GROUP_TRAINED && status != SEGML_GROUP_GLOBAL;
}

static void
put_statuses(sg_html *h, const sg_view *view)
{
    enum { FIRST = SEGML_GROUP_TRAINED, LAST = SEGML_GROUP_GLOBAL };
    const char *labels[LAST];
    double values[LAST];
    sg_bars chart = {.labels = labels, .values = values};

    for (int32_t status = FIRST; status <= LAST; status++) {
        double count = 0;

        for (int64_t g = 0; g < view->group_count; g++)
            count += view->groups[g].cells[view->approaches - 1].facts.status == status;
        if (count == 0)
            continue;
        labels[chart.rows] = sg_page_status(status);
        values[chart.rows++] = count;
    }
    chart.figure.title = "What became of the groups";
    chart.figure.reading = "Number of groups: with a model of their own, or why they have none.";
    sg_chart_bars(h, &chart);
}

static void
put_list(sg_html *h, const sg_view *view, int64_t count)
{
    int64_t listed = 0;

    sg_table_open(h, "Groups without a model of their own");
    sg_html_put(
        h,
        "<span>%s%m</span></caption>\n<thead><tr><th scope=\"col\">Group</th><th scope=\"col\">Rows"
        "</th><th scope=\"col\" class=\"text\">Why</th><th scope=\"col\" class=\"text\">"
        "In detail</th></tr></thead>\n<tbody>\n",
        view->answer != NULL ? view->answer : "They get no prediction: no other model answers.",
        count > LISTED_MAX ? " The first ones in the order of their keys." : "");
    for (int64_t g = 0; g < view->group_count && listed < LISTED_MAX; g++) {
        const sg_view_group *group = &view->groups[g];
        const segml_comparison_cell *cell = &group->cells[view->approaches - 1].facts;

        if (!is_left_out(view, group))
            continue;
        listed++;
        sg_html_put(h,
                    "<tr><th scope=\"row\"><bdi>%s</bdi></th><td>%l</td><td class=\"text\">%m</td>"
                    "<td class=\"text long\"><bdi>%s</bdi></td></tr>\n",
                    group->label, group->rows, sg_page_status(cell->status),
                    cell->message != NULL ? cell->message : "");
    }
    sg_table_close(h);
    if (count > listed)
        sg_html_put(h, "<p class=\"note\">%l more are in the report's JSON and CSV forms.</p>\n",
                    count - listed);
}

void
sg_section_left_out(sg_html *h, const sg_view *view, sg_arena *arena)
{
    int64_t count = 0;

    (void)arena;
    for (int64_t g = 0; g < view->group_count; g++)
        count += is_left_out(view, &view->groups[g]);
    sg_section_open(h, "left", "Fallbacks");
    if (count == 0 && view->mode == SEGML_MODE_GLOBAL)
        sg_html_put(h, "<p>The mode is global: one model answers for all groups.</p>\n");
    else if (count == 0)
        sg_html_put(h, "<p>Every group has a model of its own.</p>\n");
    if (count > 0) {
        put_statuses(h, view);
        put_list(h, view, count);
    }
    sg_section_close(h);
}

void
sg_section_made(sg_html *h, const sg_view *view)
{
    sg_section_open(h, "made", "How it was made");
    sg_html_put(h, "<dl class=\"facts\">\n");
    for (int64_t i = 0; i < view->fact_count; i++)
        sg_html_put(h, "<dt>%s</dt><dd>%s</dd>\n", view->facts[i].name, view->facts[i].text);
    for (int64_t i = 0; i < view->option_count; i++)
        sg_html_put(h, "<dt>%s</dt><dd>%v</dd>\n", view->options[i].name, view->options[i].value);
    sg_html_put(h, "</dl>\n");
    sg_section_close(h);
}
