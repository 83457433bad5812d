/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Errors. A message is cut at the end of a UTF-8 character when it does not fit,
 * and control characters from user data (a newline in a column name, say) are
 * shown as '?', so that a message is always one printable line.
 */

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct status_entry {
    int32_t code;
    const char *name;
    const char *text;
} status_entry;

#define STATUS_ENTRY(name, value, text) {value, #name, text},
static const status_entry statuses[] = {SEGML_STATUS_LIST(STATUS_ENTRY)};
#undef STATUS_ENTRY

static const status_entry *
find_status(int32_t code)
{
    const status_entry *internal = NULL;

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].code == code)
            return &statuses[i];
        if (statuses[i].code == SEGML_E_INTERNAL)
            internal = &statuses[i];
    }
    return internal;
}

static void
make_printable_line(char *text, int is_cut)
{
    size_t length = strlen(text);

    if (is_cut) {
        while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
            length--;
        if (length > 0 && ((unsigned char)text[length - 1] & 0x80) != 0)
            length--;
        text[length] = '\0';
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7F)
            text[i] = '?';
    }
}

int
sg_fail(segml_error *err, int status, const char *format, ...)
{
    va_list arguments;
    int length;

    if (err == NULL)
        return status;
    err->code = status;
    va_start(arguments, format);
    length = vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    make_printable_line(err->message, length >= (int)sizeof err->message);
    return status;
}

int
sg_fail_nomem(segml_error *err)
{
    return sg_fail(err, SEGML_E_NOMEM, "out of memory");
}

int
sg_fail_within(segml_error *err, const char *context)
{
    segml_error inner;

    if (err == NULL)
        return SEGML_E_INTERNAL;
    inner = *err;
    return sg_fail(err, inner.code, "%s: %s", context, inner.message);
}

const char *
segml_status_name(int32_t status)
{
    return find_status(status)->name;
}

const char *
segml_status_text(int32_t status)
{
    return find_status(status)->text;
}
