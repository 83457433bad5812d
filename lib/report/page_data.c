/* SPDX-License-Identifier: Apache-2.0 */

/* Features and groups: how large groups are, how their features go with the target, and what
 * the models use. */

#include <math.h>
#include <stdlib.h>

#include "report/page.h"

enum { COLUMNS_MAX = 16, BARS_MAX = 20 };

/* A feature and how much it matters; sorted with the feature's position as the last word. */
typedef struct weighed {
    double weight;
    int64_t position;
} weighed;

static int
compare_weighed(const void *left, const void *right)
{
    const weighed *a = left, *b = right;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

static void
put_sizes(sg_html *h, const sg_view *view, sg_arena *arena)
{
    int64_t rows = view->shown < BARS_MAX ? view->shown : BARS_MAX;
    const char **labels = sg_page_alloc(h, arena, rows, sizeof *labels);
    double *values = sg_page_alloc(h, arena, rows, sizeof *values);
    int *hatched = sg_page_alloc(h, arena, rows, sizeof *hatched);
    sg_bars chart = {.rows = rows,
                     .labels = labels,
                     .values = values,
                     .hatched = hatched,
                     .hatched_name = "no model of its own"};

    if (labels == NULL || values == NULL || hatched == NULL)
        return;
    for (int64_t i = 0; i < rows; i++) {
        const sg_view_group *group = &view->groups[view->largest[i]];

        labels[i] = group->label;
        values[i] = (double)group->rows;
        hatched[i] = view->mode != SEGML_MODE_GLOBAL &&
                     !sg_view_has_model(&group->cells[view->approaches - 1]);
    }
    chart.figure.title = "Rows by group";
    chart.figure.reading = rows < view->group_count
                               ? "The largest groups. The longer the bar, the more rows a group "
                                 "has, and the more its figures can be trusted."
                               : "The longer the bar, the more rows a group has, and the more its "
                                 "figures can be trusted.";
    sg_chart_bars(h, &chart);
}

/* The features whose correlations are the strongest on average, in the order of the data. */
static int64_t
choose_features(weighed *order, const sg_view *view)
{
    int64_t count = view->features < COLUMNS_MAX ? view->features : COLUMNS_MAX;

    for (int64_t f = 0; f < view->features; f++) {
        order[f] = (weighed){0, f};
        for (int64_t g = 0; g < view->group_count; g++) {
            const double *r = view->groups[g].correlations;

            if (r != NULL && isfinite(r[f]))
                order[f].weight += fabs(r[f]) * (double)view->groups[g].rows;
        }
    }
    qsort(order, (size_t)view->features, sizeof *order, compare_weighed);
    for (int64_t i = 0; i < count; i++)
        order[i].weight = -(double)order[i].position;
    qsort(order, (size_t)count, sizeof *order, compare_weighed);
    return count;
}

static void
put_heat(sg_html *h, const sg_view *view, sg_arena *arena)
{
    const double *all = view->has_global ? view->global.correlations : view->overall.correlations;
    int64_t extra = all != NULL, rows = view->shown + extra;
    weighed *order = sg_page_alloc(h, arena, view->features, sizeof *order);
    int64_t columns = order != NULL ? choose_features(order, view) : 0;
    double *values = sg_page_alloc(h, arena, rows * columns, sizeof *values);
    const char **labels = sg_page_alloc(h, arena, rows, sizeof *labels);
    const char **names = sg_page_alloc(h, arena, columns, sizeof *names);
    sg_heat chart = {.rows = rows,
                     .columns = columns,
                     .row_names = labels,
                     .column_names = names,
                     .values = values};

    if (values == NULL || labels == NULL || names == NULL || columns == 0)
        return;
    for (int64_t c = 0; c < columns; c++)
        names[c] = view->feature_names[order[c].position];
    for (int64_t r = 0; r < rows; r++) {
        const sg_view_group *group = r < extra ? NULL : &view->groups[view->largest[r - extra]];
        const double *own = group != NULL ? group->correlations : all;

        labels[r] = group != NULL ? group->label : "all groups";
        for (int64_t c = 0; c < columns; c++)
            values[r * columns + c] = own != NULL ? own[order[c].position] : NAN;
    }
    chart.figure.title = "Correlation of each feature with the target";
    chart.figure.reading =
        "Blue: the target rises with the feature in this group; orange: it falls. A column that "
        "changes its colour from group to group is what one model for all finds hard. Categories "
        "have no direction: their strength is drawn as positive. A dot: not defined.";
    sg_chart_heat(h, &chart);
    if (columns < view->features)
        sg_html_put(h,
                    "<p class=\"note\">The %l features with the strongest correlations, of %l."
                    "</p>\n",
                    columns, view->features);
}

/* Mean, least and largest share of gain of each feature over the groups' own models. */
static int
weigh_importance(weighed *order, sg_point *spans, const sg_view *view)
{
    double rows = 0;

    for (int64_t f = 0; f < view->features; f++) {
        order[f] = (weighed){0, f};
        spans[f] = (sg_point){0, INFINITY, 0};
    }
    for (int64_t g = 0; g < view->group_count; g++) {
        const double *share = view->groups[g].cells[0].importance;

        if (share == NULL)
            continue;
        rows += (double)view->groups[g].rows;
        for (int64_t f = 0; f < view->features; f++) {
            order[f].weight += share[f] * (double)view->groups[g].rows;
            spans[f].low = fmin(spans[f].low, share[f]);
            spans[f].high = fmax(spans[f].high, share[f]);
        }
    }
    for (int64_t f = 0; f < view->features && rows > 0; f++)
        order[f].weight /= rows;
    qsort(order, (size_t)view->features, sizeof *order, compare_weighed);
    return rows > 0;
}

/* Without own models: the global model's. Its key columns are left out. */
static int
weigh_global(weighed *order, sg_point *spans, const sg_view *view)
{
    const double *share = view->has_global ? view->global.cells[0].importance : NULL;

    if (share == NULL)
        return 0;
    for (int64_t f = 0; f < view->features; f++) {
        order[f] = (weighed){share[f], f};
        spans[f] = (sg_point){share[f], NAN, NAN};
    }
    qsort(order, (size_t)view->features, sizeof *order, compare_weighed);
    return 1;
}

static void
put_importance(sg_html *h, const sg_view *view, sg_arena *arena)
{
    weighed *order = sg_page_alloc(h, arena, view->features, sizeof *order);
    sg_point *spans = sg_page_alloc(h, arena, view->features, sizeof *spans);
    int64_t rows = view->features < BARS_MAX ? view->features : BARS_MAX;
    const char **labels = sg_page_alloc(h, arena, rows, sizeof *labels);
    double *values = sg_page_alloc(h, arena, rows, sizeof *values);
    sg_point *shown = sg_page_alloc(h, arena, rows, sizeof *shown);
    sg_bars chart = {
        .rows = rows, .labels = labels, .values = values, .spans = shown, .is_share = 1};
    int own;

    if (order == NULL || spans == NULL || labels == NULL || values == NULL || shown == NULL)
        return;
    own = weigh_importance(order, spans, view);
    if (!own && !weigh_global(order, spans, view))
        return;
    for (int64_t i = 0; i < rows; i++) {
        labels[i] = view->feature_names[order[i].position];
        values[i] = order[i].weight;
        shown[i] = spans[order[i].position];
    }
    chart.figure.title = "What the models use";
    chart.figure.reading =
        own ? "Each feature's share of the gain of all splits, averaged over the groups' own "
              "models "
              "by their rows; the thin line spans the groups from the least to the largest share."
            : "Each feature's share of the gain of all splits of the global model.";
    sg_chart_bars(h, &chart);
}

void
sg_section_data(sg_html *h, const sg_view *view, sg_arena *arena)
{
    int has_correlations = view->overall.correlations != NULL;

    for (int64_t g = 0; g < view->group_count; g++)
        has_correlations |= view->groups[g].correlations != NULL;
    sg_section_open(h, "data", "Groups and features");
    put_sizes(h, view, arena);
    if (has_correlations)
        put_heat(h, view, arena);
    if (!view->is_comparison)
        put_importance(h, view, arena);
    sg_section_close(h);
}
