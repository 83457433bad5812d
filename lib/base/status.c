/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Errors. A message is cut at the end of a UTF-8 character when it does not fit,
 * and control characters from user data (a newline in a column name, say) and bytes
 * that are no UTF-8 (a path of any file) are shown as '?', so that a message is always
 * one printable line.
 */

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

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

/* Bytes of the printable character that a text begins with; 0 if it is another one or none. */
static size_t
printable_bytes(const char *text, size_t length)
{
    const unsigned char first = (unsigned char)text[0];
    const size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    if (first < 0x20 || first == 0x7F || bytes > length || !sg_text_is_utf8(text, bytes))
        return 0;
    return first == 0xC2 && (unsigned char)text[1] < 0xA0 ? 0 : bytes; /* C1 controls */
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
    for (size_t i = 0, bytes; i < length; i += bytes) {
        bytes = printable_bytes(text + i, length - i);
        if (bytes == 0) {
            text[i] = '?';
            bytes = 1;
        }
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
