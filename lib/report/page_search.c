/* SPDX-License-Identifier: Apache-2.0 */

/* The search: how good it believed to be, how it went, and what it chose. */

#include <math.h>
#include <string.h>

#include "report/page.h"

enum { PANELS_MAX = 12, STRIPS_MAX = 24 };

/* A score that the search believed in, and what became of it. */
typedef struct optimism {
    sg_figure figure;
    const char *metric; /* out of fold */
    const char *search, *corrected;
    int is_squared; /* searches minimise the mean of squared errors; the metric is its root */
} optimism;

static sg_point
searched(const optimism *of, const sg_view_cell *cell, const char *name)
{
    double value = sg_view_estimate(cell, name).value;

    return (sg_point){of->is_squared ? sqrt(value) : value, NAN, NAN};
}

/* Searches that kept no predictions have no corrected score: two points per row are left. */
static void
leave_out_corrected(sg_dots *chart, sg_point *points)
{
    static const char *const names[] = {"out of fold", "search"};
    static const int styles[] = {0, SG_HOLLOW};

    chart->series = 2;
    chart->names = names;
    chart->styles = styles;
    for (int64_t i = 0; i < chart->rows; i++) {
        points[2 * i] = points[3 * i];
        points[2 * i + 1] = points[3 * i + 2];
    }
}

static void
put_optimism(sg_html *h, const sg_view *view, const optimism *of, sg_arena *arena)
{
    static const char *const names[] = {"out of fold", "search, corrected", "search"};
    static const int styles[] = {0, 2, SG_HOLLOW};
    const char **labels = sg_page_alloc(h, arena, view->shown, sizeof *labels);
    sg_point *points = sg_page_alloc(h, arena, 3 * view->shown, sizeof *points);
    sg_dots chart = {.figure = of->figure,
                     .series = 3,
                     .labels = labels,
                     .names = names,
                     .points = points,
                     .styles = styles,
                     .measured = 1,
                     .reference = NAN};
    int any_corrected = 0;

    if (labels == NULL || points == NULL)
        return;
    for (int64_t i = 0; i < view->shown; i++) {
        const sg_view_group *group = &view->groups[view->largest[i]];
        const sg_view_cell *cell = &group->cells[view->approaches - 1];
        sg_point *row = points + 3 * chart.rows;

        if (!isfinite(sg_view_estimate(cell, of->search).value))
            continue;
        labels[chart.rows++] = group->label;
        row[0] = (sg_point){sg_view_estimate(cell, of->metric).value, NAN, NAN};
        row[1] = searched(of, cell, of->corrected);
        row[2] = searched(of, cell, of->search);
        any_corrected |= isfinite(row[1].value);
    }
    if (chart.rows == 0)
        return;
    if (!any_corrected)
        leave_out_corrected(&chart, points);
    sg_chart_dots(h, &chart);
}

static void
put_optimisms(sg_html *h, const sg_view *view, sg_arena *arena)
{
    const optimism loss = {
        {"Optimism of the search, by group",
         "A search picks the trial that looked best, so its own score (ring) flatters it. The "
         "corrected score (diamond) takes the choice among trials into account; the dot is the "
         "loss to expect. The longer the line, the more the search deceived itself."},
        sg_view_loss(view->task),
        "search_loss",
        "search_loss_corrected",
        view->task == SEGML_TASK_REGRESSION};
    const optimism f1 = {
        {"Optimism of the search in F1, by group",
         "The same trials, scored by F1: here the search deceives itself to the right."},
        view->task == SEGML_TASK_MULTICLASS ? "f1_macro" : "f1",
        "search_f1",
        "search_f1_corrected",
        0};

    put_optimism(h, view, &loss, arena);
    put_optimism(h, view, &f1, arena);
}

static void
add_search(sg_search *searches, int64_t *count, const char *name, const sg_view_cell *cell)
{
    if (*count < PANELS_MAX && cell->facts.trial_count > 1)
        searches[(*count)++] = (sg_search){name, cell->facts.trials, cell->facts.trial_count,
                                           cell->states, cell->chosen};
}

static int64_t
put_searches(sg_html *h, const sg_view *view)
{
    static const sg_figure figure = {
        "How the searches went",
        "Each dot is a trial, in the order in which they were made: the lower, the better. The "
        "line "
        "is the best trial so far. A line that still falls at the right end asks for more trials; "
        "trials that were much worse stand at the upper edge, and rings were given up early."};
    sg_search searches[PANELS_MAX];
    int64_t count = 0;

    for (int64_t a = 0; a < view->approaches; a++)
        add_search(searches, &count,
                   view->is_comparison ? view->approach_names[a] : view->overall.label,
                   &view->overall.cells[a]);
    if (view->has_global)
        add_search(searches, &count, view->global.label, &view->global.cells[0]);
    for (int64_t i = 0; i < view->shown; i++) {
        const sg_view_group *group = &view->groups[view->largest[i]];

        add_search(searches, &count, group->label, &group->cells[view->approaches - 1]);
    }
    if (count > 0)
        sg_chart_searches(h, &figure, searches, count);
    return count;
}

/* Values of one parameter over the groups' own models. @return how many differ from the first */
static int64_t
collect_strip(sg_strip *strip, const sg_view *view, const char *name)
{
    double *values = (double *)strip->values;
    double first = NAN;
    int64_t differ = 0;

    strip->name = name;
    strip->count = 0;
    for (int64_t g = 0; g < view->group_count; g++) {
        const segml_comparison_cell *cell = &view->groups[g].cells[view->approaches - 1].facts;

        for (int64_t p = 0; p < cell->param_count; p++) {
            double value = cell->params[p].value;

            if (strcmp(cell->params[p].name, name) != 0)
                continue;
            values[strip->count++] = value;
            if (isnan(first))
                first = value;
            differ += !isnan(value) && value != first;
        }
    }
    return differ;
}

/* What no search chooses. */
static int
is_chosen(const char *name)
{
    return strcmp(name, "seed") != 0 && strcmp(name, "base_score") != 0;
}

static const segml_comparison_cell *
first_with_params(const sg_view *view)
{
    for (int64_t g = 0; g < view->group_count; g++) {
        const segml_comparison_cell *cell = &view->groups[g].cells[view->approaches - 1].facts;

        if (cell->param_count > 0)
            return cell;
    }
    return view->has_global ? &view->global.cells[0].facts : NULL;
}

static void
put_same(sg_html *h, const sg_strip *same, int64_t count)
{
    if (count == 0)
        return;
    sg_html_put(h, "<p class=\"note\">The same in all groups: ");
    for (int64_t i = 0; i < count; i++)
        sg_html_put(h, "%m%s %v", i > 0 ? ", " : "", same[i].name, same[i].values[0]);
    sg_html_put(h, ".</p>\n");
}

static void
put_params(sg_html *h, const sg_view *view, sg_arena *arena)
{
    static const sg_figure figure = {
        "Chosen parameters",
        "A dot for each value that some group's model has, and a bar at the median; the range is "
        "written at the right. Parameters that differ much between groups are those that tuning "
        "per group is for."};
    const segml_comparison_cell *model = first_with_params(view);
    sg_strip strips[STRIPS_MAX], same[STRIPS_MAX];
    int64_t count = 0, same_count = 0;

    for (int64_t p = 0; model != NULL && p < model->param_count; p++) {
        sg_strip strip = {.values = sg_page_alloc(h, arena, view->group_count + 1, sizeof(double))};

        if (strip.values == NULL)
            return;
        if (!is_chosen(model->params[p].name))
            continue;
        if (collect_strip(&strip, view, model->params[p].name) > 0 && count < STRIPS_MAX)
            strips[count++] = strip;
        else if (strip.count > 0 && same_count < STRIPS_MAX)
            same[same_count++] = strip;
    }
    if (count > 0)
        sg_chart_strips(h, &figure, strips, count);
    put_same(h, same, same_count);
}

/* Of a model whose groups have none of their own: the global model's parameters. */
static void
put_global_params(sg_html *h, const sg_view *view)
{
    const segml_comparison_cell *cell = &view->global.cells[0].facts;

    sg_table_open(h, "Parameters of the global model");
    sg_html_put(
        h,
        "<span>Boosting rounds: %l.</span></caption>\n<thead><tr><th scope=\"col\">Parameter</th>"
        "<th scope=\"col\">Value</th></tr></thead>\n<tbody>\n",
        (int64_t)cell->rounds);
    for (int64_t p = 0; p < cell->param_count; p++)
        sg_html_put(h, "<tr><th scope=\"row\"><bdi>%s</bdi></th><td>%v</td></tr>\n",
                    cell->params[p].name, cell->params[p].value);
    sg_table_close(h);
}

void
sg_section_search(sg_html *h, const sg_view *view, sg_arena *arena)
{
    sg_section_open(h, "search", "Search");
    put_optimisms(h, view, arena);
    if (put_searches(h, view) == 0)
        sg_html_put(h, "<p class=\"none\">The history of the search is not kept here, or nothing "
                       "was searched.</p>\n");
    put_params(h, view, arena);
    if (view->has_global && view->global.cells[0].facts.param_count > 0)
        put_global_params(h, view);
    sg_section_close(h);
}
