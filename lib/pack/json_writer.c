/* SPDX-License-Identifier: Apache-2.0 */

/*
 * JSON text (RFC 8259). Jansson, which reads it, was rejected for writing: it prints
 * 0.1 as 0.10000000000000001, would hold every group as a tree of small allocations,
 * and its choice of bytes is not ours to keep stable.
 *
 * Characters that JSON does not demand to be escaped are written as they are.
 */

#include "pack/json_writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void
put(sg_json_writer *w, const char *bytes, size_t size)
{
    if (w->rc == SEGML_OK)
        w->rc = sg_buf_append(w->out, bytes, size, w->err);
}

static void
put_text(sg_json_writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void
put_line_break(sg_json_writer *w)
{
    put_text(w, "\n");
    for (int i = 0; i < w->depth; i++)
        put_text(w, "  ");
}

/* What separates a member from the one before. */
static void
begin_member(sg_json_writer *w)
{
    if (w->after_name) {
        w->after_name = 0;
        return;
    }
    if (w->has_member)
        put_text(w, w->depth > w->break_depth && w->break_depth > 0 ? ", " : ",");
    if (w->depth > 0 && w->depth <= w->break_depth)
        put_line_break(w);
    w->has_member = 1;
}

void
sg_json_open(sg_json_writer *w, char bracket)
{
    begin_member(w);
    put(w, &bracket, 1);
    w->depth++;
    w->has_member = 0;
}

void
sg_json_close(sg_json_writer *w, char bracket)
{
    int breaks = w->has_member && w->depth <= w->break_depth;

    w->depth--;
    if (breaks)
        put_line_break(w);
    put(w, &bracket, 1);
    w->has_member = 1;
}

static void
put_quoted(sg_json_writer *w, const char *text, size_t length)
{
    size_t done = 0;

    put_text(w, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char escape[8];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        snprintf(escape, sizeof escape, c < 0x20 ? "\\u%04x" : "\\%c", c);
        put(w, text + done, i - done);
        put_text(w, escape);
        done = i + 1;
    }
    if (length > done)
        put(w, text + done, length - done);
    put_text(w, "\"");
}

void
sg_json_name(sg_json_writer *w, const char *name)
{
    begin_member(w);
    put_quoted(w, name, strlen(name));
    put_text(w, w->break_depth > 0 ? ": " : ":");
    w->after_name = 1;
}

void
sg_json_text(sg_json_writer *w, const char *text, size_t length)
{
    begin_member(w);
    put_quoted(w, text, length);
}

void
sg_json_integer(sg_json_writer *w, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, value);
    begin_member(w);
    put_text(w, digits);
}

void
sg_json_real(sg_json_writer *w, double value)
{
    char digits[SG_TEXT_NUMBER];

    sg_text_double(digits, value);
    begin_member(w);
    put_text(w, isfinite(value) ? digits : "null");
    if (value == 0 && signbit(value))
        put_text(w, ".0"); /* readers take "-0" for the integer 0 */
}

void
sg_json_boolean(sg_json_writer *w, int value)
{
    begin_member(w);
    put_text(w, value ? "true" : "false");
}

void
sg_json_null(sg_json_writer *w)
{
    begin_member(w);
    put_text(w, "null");
}

void
sg_json_key(sg_json_writer *w, const segml_key *key)
{
    if (key->type == SEGML_KEY_INT64)
        sg_json_integer(w, key->integer);
    else if (key->type == SEGML_KEY_UTF8)
        sg_json_text(w, key->text, key->length);
    else
        sg_json_null(w);
}

void
sg_json_put_text(sg_json_writer *w, const char *name, const char *text)
{
    sg_json_name(w, name);
    if (text != NULL)
        sg_json_text(w, text, strlen(text));
    else
        sg_json_null(w);
}

void
sg_json_put_integer(sg_json_writer *w, const char *name, int64_t value)
{
    sg_json_name(w, name);
    sg_json_integer(w, value);
}

void
sg_json_put_real(sg_json_writer *w, const char *name, double value)
{
    sg_json_name(w, name);
    sg_json_real(w, value);
}

void
sg_json_put_texts(sg_json_writer *w, const char *name, const char *const *texts, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '[');
    for (int64_t i = 0; i < count; i++)
        sg_json_text(w, texts[i], strlen(texts[i]));
    sg_json_close(w, ']');
}

void
sg_json_put_reals(sg_json_writer *w, const char *name, const double *values, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '[');
    for (int64_t i = 0; values != NULL && i < count; i++)
        sg_json_real(w, values[i]);
    sg_json_close(w, ']');
}

void
sg_json_put_values(sg_json_writer *w, const char *name, const segml_value *values, int64_t count)
{
    sg_json_name(w, name);
    sg_json_open(w, '{');
    for (int64_t i = 0; i < count; i++)
        sg_json_put_real(w, values[i].name, values[i].value);
    sg_json_close(w, '}');
}
