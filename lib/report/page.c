/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The page.
 *
 * R1  One file: no script, no font, image or style from elsewhere. A content security policy says
 *     so too, so that nothing runs even if some text escaped its escaping.
 * R2  Valid as HTML and well-formed as XML.
 * R3  Same view, same bytes: no time stamp, no random id.
 * R4  Sections, tables and charts have names; headings go down one level at a time; what can be
 *     scrolled can be reached by keyboard.
 */

#include "report/page.h"

#include <math.h>

void
sg_section_open(sg_html *h, const char *id, const char *title)
{
    sg_html_put(h, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, title);
}

void
sg_section_close(sg_html *h)
{
    sg_html_put(h, "</section>\n");
}

void
sg_table_open(sg_html *h, const char *caption)
{
    h->figure++;
    sg_html_put(h,
                "<div class=\"table scroll\" role=\"region\" tabindex=\"0\" "
                "aria-labelledby=\"f%d\">\n<table>\n<caption><b id=\"f%d\">%s</b>",
                h->figure, h->figure, caption);
}

void
sg_table_close(sg_html *h)
{
    sg_html_put(h, "</tbody>\n</table>\n</div>\n");
}

/* A number and its interval with as many decimals as the largest of them asks for. */
static void
put_interval(sg_html *h, double value, double low, double high, int is_signed)
{
    int has_interval = isfinite(low) && isfinite(high), decimals;
    double size = fabs(value);
    char number[SG_HTML_NUMBER];

    if (!isfinite(value)) {
        sg_html_put(h, "<td>n/a</td>");
        return;
    }
    if (!has_interval && !is_signed) {
        sg_html_put(h, "<td>%v</td>", value);
        return;
    }
    if (has_interval)
        size = fmax(size, fmax(fabs(low), fabs(high)));
    decimals = sg_html_decimals(size);
    sg_html_fixed(number, value, decimals);
    sg_html_put(h, "<td>%m%m", is_signed && value > 0 ? "+" : "", number);
    if (has_interval) {
        sg_html_fixed(number, low, decimals);
        sg_html_put(h, "<small>%m to ", number);
        sg_html_fixed(number, high, decimals);
        sg_html_put(h, "%m</small>", number);
    }
    sg_html_put(h, "</td>");
}

void
sg_table_number(sg_html *h, double value, double low, double high)
{
    put_interval(h, value, low, high, 0);
}

void
sg_table_difference(sg_html *h, double value, double low, double high)
{
    put_interval(h, value, low, high, 1);
}

void *
sg_page_alloc(sg_html *h, sg_arena *arena, int64_t count, size_t size)
{
    void *block = h->rc == SEGML_OK ? sg_arena_alloc(arena, count, size) : NULL;

    if (block == NULL && h->rc == SEGML_OK)
        h->rc = sg_fail_nomem(h->err);
    return block;
}

const char *
sg_page_status(int32_t status)
{
    switch (status) {
    case SEGML_GROUP_TRAINED:
        return "own model";
    case SEGML_GROUP_TOO_FEW_ROWS:
        return "too few rows";
    case SEGML_GROUP_ONE_CLASS:
        return "one class only";
    case SEGML_GROUP_CONSTANT_LABEL:
        return "constant target";
    case SEGML_GROUP_FAILED:
        return "training failed";
    case SEGML_GROUP_GLOBAL:
        return "global model";
    default:
        return "";
    }
}

const char *
sg_page_verdict(int32_t verdict)
{
    switch (verdict) {
    case SEGML_VERDICT_GLOBAL:
        return "global model is better";
    case SEGML_VERDICT_UNCLEAR:
        return "cannot be told apart";
    case SEGML_VERDICT_UNTUNED:
        return "own model is better";
    case SEGML_VERDICT_TUNED:
        return "own tuned model is better";
    default:
        return "no own model";
    }
}

void
sg_page_note_shown(sg_html *h, const sg_view *view)
{
    int64_t shown = 0;

    if (view->shown == view->group_count)
        return;
    for (int64_t i = 0; i < view->shown; i++)
        shown += view->groups[view->largest[i]].rows;
    sg_html_put(h,
                "<p class=\"note\">Charts and tables show the %l largest of %l groups: %l of %l "
                "rows. The other %l groups are in the figures of all groups together, and in the "
                "report's JSON and CSV forms.</p>\n",
                view->shown, view->group_count, shown, view->rows, view->group_count - view->shown);
}

static int64_t
count_models(const sg_view *view)
{
    int64_t count = 0;

    for (int64_t g = 0; g < view->group_count; g++)
        count += sg_view_has_model(&view->groups[g].cells[view->approaches - 1]);
    return count;
}

static void
put_lede(sg_html *h, const sg_view *view)
{
    if (view->is_comparison) {
        static const char *const sentences[] = {
            "No verdict: too few groups can have a model of their own.",
            "On these data one global model is the better choice: its loss is lower than that of "
            "models per group, and by more than chance explains.",
            "On these data one global model and models per group cannot be told apart: the "
            "difference is within what chance explains.",
            "On these data a model per group is the better choice; tuning each of them adds "
            "nothing that is certain.",
            "On these data a tuned model per group is the better choice: its loss is lower than "
            "that of one global model and of untuned ones, by more than chance explains."};
        int32_t verdict = view->overall.verdict;

        sg_html_put(h, "<p class=\"lede\">%s</p>\n",
                    sentences[verdict >= 0 && verdict <= SEGML_VERDICT_TUNED ? verdict : 0]);
        sg_html_put(h,
                    "<p class=\"how\">%l of %l rows are scored, each by models that did not see "
                    "it in training%m.</p>\n",
                    view->scored, view->rows,
                    view->evaluation == SEGML_EVALUATION_NESTED
                        ? ", nor in the search, nor when thresholds were chosen"
                        : "; the search has seen one of the folds");
        return;
    }
    if (view->mode == SEGML_MODE_GLOBAL)
        sg_html_put(h, "<p class=\"lede\">One model for all groups predicts <bdi>%s</bdi>. ",
                    view->label_name);
    else
        sg_html_put(h,
                    "<p class=\"lede\">%l of %l groups have a model of their own that predicts "
                    "<bdi>%s</bdi>. ",
                    count_models(view), view->group_count, view->label_name);
    sg_html_put(h, "All figures are out of fold: each row is scored by a model that did not see it "
                   "in training.</p>\n");
}

static void
put_estimate_tile(sg_html *h, const char *title, const segml_estimate *estimate, const char *what)
{
    if (!isfinite(estimate->value))
        return;
    sg_html_put(h, "<div><dt>%s</dt><dd>%v<small>", title, estimate->value);
    if (what != NULL)
        sg_html_put(h, "%s", what);
    else if (isfinite(estimate->low))
        sg_html_put(h, "%v to %v", estimate->low, estimate->high);
    else
        sg_html_put(h, "all groups");
    sg_html_put(h, "</small></dd></div>\n");
}

static void
put_tiles(sg_html *h, const sg_view *view)
{
    const char *const *names = sg_view_headlines(view->task);
    int64_t approach = view->is_comparison ? view->best : 0;

    sg_html_put(h,
                "<dl class=\"tiles\">\n<div><dt>Rows</dt><dd>%l<small>target: "
                "<bdi>%s</bdi></small></dd></div>\n<div><dt>Groups</dt><dd>%l<small>by ",
                view->rows, view->label_name, view->group_count);
    for (int64_t i = 0; i < view->keys; i++)
        sg_html_put(h, "%s<bdi>%s</bdi>", i > 0 ? ", " : "", view->key_names[i]);
    sg_html_put(h, "</small></dd></div>\n");
    if (view->mode != SEGML_MODE_GLOBAL)
        sg_html_put(h, "<div><dt>With own model</dt><dd>%l<small>of %l groups</small></dd></div>\n",
                    count_models(view), view->group_count);
    for (int i = 0; i < 2 && approach >= 0; i++) {
        segml_estimate estimate = sg_view_estimate(&view->overall.cells[approach], names[i]);

        put_estimate_tile(h, sg_view_metric_title(names[i]), &estimate,
                          view->is_comparison ? view->approach_names[approach] : NULL);
    }
    sg_html_put(h, "</dl>\n");
}

static void
put_head(sg_html *h, const sg_view *view)
{
    sg_html_put(
        h,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
        "style-src &#39;unsafe-inline&#39;\"/>\n"
        "<meta name=\"generator\" content=\"libsegml\"/>\n<title>%s</title>\n<style>\n",
        view->title);
    sg_page_style(h);
    sg_html_put(h, "</style>\n</head>\n<body>\n<header>\n<h1><bdi>%s</bdi></h1>\n", view->title);
    put_lede(h, view);
    put_tiles(h, view);
    sg_html_put(h,
                "<nav aria-label=\"Sections\"><ul><li><a href=\"#overall\">Overall</a></li>"
                "<li><a href=\"#groups\">By group</a></li><li><a href=\"#data\">Features</a></li>"
                "<li><a href=\"#search\">Search</a></li><li><a href=\"#left\">Fallbacks</a></li>"
                "<li><a href=\"#made\">How it was made</a></li></ul></nav>\n</header>\n<main>\n");
}

int
sg_page_write(sg_buf *out, const sg_view *view, segml_error *err)
{
    sg_html h = {.out = out, .err = err, .rc = SEGML_OK};
    sg_arena arena = {NULL};

    put_head(&h, view);
    sg_section_overall(&h, view, &arena);
    sg_section_groups(&h, view, &arena);
    sg_section_data(&h, view, &arena);
    sg_section_search(&h, view, &arena);
    sg_section_left_out(&h, view, &arena);
    sg_section_made(&h, view);
    sg_html_put(&h, "</main>\n<footer><p>Made by libsegml.</p></footer>\n</body>\n</html>\n");
    sg_arena_clear(&arena);
    return h.rc;
}
