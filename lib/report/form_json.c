/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The report as one JSON object: everything that the page shows, of all groups. What is
 * undefined is null. Features are told by position, in the order of "features": their names
 * need not be distinct texts of JSON objects.
 */

#include <math.h>
#include <string.h>

#include "pack/json_writer.h"
#include "report/form.h"
#include "segml/search.h"

enum { FORMAT = 0 };

static void
put_estimates(sg_json_writer *w, const segml_comparison_cell *cell)
{
    sg_json_name(w, "estimates");
    sg_json_open(w, '{');
    for (int64_t i = 0; i < cell->estimate_count; i++) {
        const segml_estimate *e = &cell->estimates[i];

        sg_json_name(w, e->name);
        sg_json_open(w, '{');
        sg_json_put_real(w, "value", e->value);
        sg_json_put_real(w, "low", e->low);
        sg_json_put_real(w, "high", e->high);
        sg_json_put_real(w, "difference", e->difference);
        sg_json_put_real(w, "difference_low", e->difference_low);
        sg_json_put_real(w, "difference_high", e->difference_high);
        sg_json_close(w, '}');
    }
    sg_json_close(w, '}');
}

static void
put_states(sg_json_writer *w, const sg_view_cell *cell)
{
    static const char *const names[] = {"running", "complete", "pruned", "failed"};

    sg_json_name(w, "states");
    sg_json_open(w, '[');
    for (int64_t i = 0; cell->states != NULL && i < cell->facts.trial_count; i++) {
        int32_t state = cell->states[i];
        const char *name =
            names[state >= 0 && state <= SEGML_TRIAL_FAILED ? state : SEGML_TRIAL_FAILED];

        sg_json_text(w, name, strlen(name));
    }
    sg_json_close(w, ']');
}

static void
put_cell(sg_json_writer *w, const sg_view *view, const sg_view_cell *cell, const char *approach)
{
    const segml_comparison_cell *facts = &cell->facts;

    sg_json_open(w, '{');
    sg_json_put_text(w, "approach", approach);
    sg_json_put_text(w, "status", segml_group_status_name(facts->status));
    sg_json_put_text(w, "message", facts->message != NULL ? facts->message : "");
    sg_json_put_integer(w, "rounds", facts->rounds);
    sg_json_put_real(w, "threshold", view->task == SEGML_TASK_BINARY ? facts->threshold : NAN);
    put_estimates(w, facts);
    sg_json_put_values(w, "metrics", facts->metrics, facts->metric_count);
    sg_json_put_values(w, "params", facts->params, facts->param_count);
    sg_json_put_reals(w, "trials", facts->trials, facts->trial_count);
    put_states(w, cell);
    sg_json_name(w, "chosen");
    if (cell->chosen >= 0)
        sg_json_integer(w, cell->chosen);
    else
        sg_json_null(w);
    sg_json_put_reals(w, "importance", cell->importance, view->features);
    sg_json_close(w, '}');
}

static void
put_key(sg_json_writer *w, const segml_key *keys, int64_t count)
{
    sg_json_name(w, "key");
    sg_json_open(w, '[');
    for (int64_t i = 0; i < count; i++) {
        if (keys[i].type == SEGML_KEY_INT64)
            sg_json_integer(w, keys[i].integer);
        else if (keys[i].type == SEGML_KEY_UTF8 && keys[i].length > 0)
            sg_json_text(w, keys[i].text, keys[i].length);
        else
            sg_json_null(w);
    }
    sg_json_close(w, ']');
}

static void
put_group(sg_json_writer *w, const sg_view *view, const sg_view_group *group)
{
    sg_json_open(w, '{');
    if (group->keys != NULL)
        put_key(w, group->keys, view->keys);
    sg_json_put_integer(w, "rows", group->rows);
    if (view->is_comparison)
        sg_json_put_text(w, "verdict", segml_verdict_name(group->verdict));
    sg_json_put_reals(w, "correlations", group->correlations, view->features);
    sg_json_name(w, "approaches");
    sg_json_open(w, '[');
    for (int64_t a = 0; a < view->approaches; a++)
        put_cell(w, view, &group->cells[a], view->approach_names[a]);
    sg_json_close(w, ']');
    sg_json_close(w, '}');
}

static void
put_facts(sg_json_writer *w, const sg_view *view)
{
    sg_json_name(w, "made");
    sg_json_open(w, '{');
    for (int64_t i = 0; i < view->fact_count; i++)
        sg_json_put_text(w, view->facts[i].name, view->facts[i].text);
    sg_json_close(w, '}');
    sg_json_put_values(w, "options", view->options, view->option_count);
}

static void
put_approach_name(sg_json_writer *w, const sg_view *view, const char *name, int64_t approach)
{
    sg_json_put_text(w, name, approach >= 0 ? view->approach_names[approach] : NULL);
}

int
sg_report_json(sg_buf *out, const sg_view *view, segml_error *err)
{
    sg_json_writer w = {.out = out, .err = err, .break_depth = 2};

    sg_json_open(&w, '{');
    sg_json_put_integer(&w, "format", FORMAT);
    sg_json_put_text(&w, "kind", view->is_comparison ? "comparison-report" : "model-report");
    sg_json_put_text(&w, "title", view->title);
    sg_json_put_text(&w, "task", segml_task_name(view->task));
    sg_json_put_text(&w, "target", view->label_name);
    sg_json_put_texts(&w, "keys", view->key_names, view->keys);
    sg_json_put_texts(&w, "features", view->feature_names, view->features);
    sg_json_put_texts(&w, "approaches", view->approach_names, view->approaches);
    put_approach_name(&w, view, "reference", view->reference);
    put_approach_name(&w, view, "best", view->best);
    sg_json_put_integer(&w, "rows", view->rows);
    sg_json_put_integer(&w, "scored", view->scored);
    put_facts(&w, view);
    sg_json_name(&w, "overall");
    put_group(&w, view, &view->overall);
    sg_json_name(&w, "global");
    if (view->has_global)
        put_group(&w, view, &view->global);
    else
        sg_json_null(&w);
    sg_json_name(&w, "groups");
    sg_json_open(&w, '[');
    for (int64_t g = 0; g < view->group_count; g++)
        put_group(&w, view, &view->groups[g]);
    sg_json_close(&w, ']');
    sg_json_close(&w, '}');
    return w.rc == SEGML_OK ? sg_buf_append(out, "\n", 1, err) : w.rc;
}
