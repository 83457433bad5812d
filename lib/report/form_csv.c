/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The report as CSV (RFC 4180), long form: one line per group, approach and metric, so that any
 * tool can turn it into the table it wants. Key columns come last: their names are the data's
 * and may be anything, the columns before them always have the same places.
 */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/form.h"

/* The first failure sticks. */
typedef struct csv {
    sg_buf *out;
    segml_error *err;
    int rc;
    int has_cell; /* in this line */
} csv;

static void
put(csv *c, const char *bytes, size_t size)
{
    if (c->rc == SEGML_OK)
        c->rc = sg_buf_append(c->out, bytes, size, c->err);
}

static void
put_cell(csv *c, const char *text, size_t length)
{
    int is_plain = 1;

    if (c->has_cell)
        put(c, ",", 1);
    c->has_cell = 1;
    for (size_t i = 0; i < length; i++)
        is_plain &= strchr(",\"\r\n", text[i]) == NULL || text[i] == '\0';
    if (is_plain) {
        put(c, text, length);
        return;
    }
    put(c, "\"", 1);
    for (size_t i = 0; i < length; i++)
        put(c, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
    put(c, "\"", 1);
}

static void
put_text(csv *c, const char *text)
{
    put_cell(c, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

static void
put_integer(csv *c, int64_t value)
{
    char digits[SG_TEXT_NUMBER];
    size_t n = 0, i = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--i] = (char)('0' + rest % 10);
        rest /= 10;
        n++;
    } while (rest > 0);
    if (value < 0)
        digits[--i] = '-', n++;
    put_cell(c, digits + i, n);
}

static void
put_real(csv *c, double value)
{
    char digits[SG_TEXT_NUMBER] = "";

    if (isfinite(value))
        sg_text_double(digits, value);
    put_text(c, digits);
}

static void
end_line(csv *c)
{
    put(c, "\n", 1);
    c->has_cell = 0;
}

static void
put_head(csv *c, const sg_view *view)
{
    static const char *const names[] = {"scope", "approach",   "status",         "verdict",
                                        "rows",  "metric",     "value",          "low",
                                        "high",  "difference", "difference_low", "difference_high"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_text(c, names[i]);
    for (int64_t i = 0; i < view->keys; i++)
        put_text(c, view->key_names[i]);
    end_line(c);
}

static void
put_key(csv *c, const segml_key *key)
{
    if (key->type == SEGML_KEY_INT64)
        put_integer(c, key->integer);
    else if (key->type == SEGML_KEY_UTF8)
        put_cell(c, key->text, key->length);
    else
        put_text(c, "");
}

/* What a line tells besides its metric. */
typedef struct line {
    const char *scope, *approach;
    const sg_view_group *group;
    const sg_view_cell *cell;
} line;

static void
put_line(csv *c, const sg_view *view, const line *at, const segml_estimate *e)
{
    put_text(c, at->scope);
    put_text(c, at->approach);
    put_text(c, segml_group_status_name(at->cell->facts.status));
    put_text(c, view->is_comparison ? segml_verdict_name(at->group->verdict) : "");
    put_integer(c, at->group->rows);
    put_text(c, e->name);
    put_real(c, e->value);
    put_real(c, e->low);
    put_real(c, e->high);
    put_real(c, e->difference);
    put_real(c, e->difference_low);
    put_real(c, e->difference_high);
    for (int64_t i = 0; i < view->keys; i++) {
        if (at->group->keys != NULL)
            put_key(c, &at->group->keys[i]);
        else
            put_text(c, "");
    }
    end_line(c);
}

static int
is_estimated(const segml_comparison_cell *cell, const char *name)
{
    for (int64_t i = 0; i < cell->estimate_count; i++) {
        if (strcmp(cell->estimates[i].name, name) == 0)
            return 1;
    }
    return 0;
}

static void
put_group(csv *c, const sg_view *view, const sg_view_group *group, const char *scope)
{
    for (int64_t a = 0; a < view->approaches; a++) {
        const segml_comparison_cell *cell = &group->cells[a].facts;
        line at = {scope, view->approach_names[a], group, &group->cells[a]};

        for (int64_t i = 0; i < cell->estimate_count; i++)
            put_line(c, view, &at, &cell->estimates[i]);
        for (int64_t i = 0; i < cell->metric_count; i++) {
            segml_estimate plain = {
                cell->metrics[i].name, cell->metrics[i].value, NAN, NAN, NAN, NAN, NAN};

            if (!is_estimated(cell, plain.name) && !sg_view_is_bound(plain.name))
                put_line(c, view, &at, &plain);
        }
    }
}

int
sg_report_csv(sg_buf *out, const sg_view *view, segml_error *err)
{
    csv c = {.out = out, .err = err, .rc = SEGML_OK};

    put_head(&c, view);
    for (int64_t g = 0; g < view->group_count; g++)
        put_group(&c, view, &view->groups[g], "group");
    if (view->has_global)
        put_group(&c, view, &view->global, "global");
    put_group(&c, view, &view->overall, "overall");
    return c.rc;
}
