/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Errors of the command-line tool have the library's form, a status and one line of text,
 * so that a command passes its own and the library's errors to main() the same way, and
 * one function turns them into the exit code.
 *
 * The tool uses public headers only, so the few helpers that the library keeps to itself
 * (overflow-checked memory, UTF-8) are written again here, smaller.
 */

#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * One line that a terminal takes as text, whatever a path or a name holds, and wherever
 * vsnprintf() has cut it.
 */
static void
make_printable_line(char *text)
{
    size_t length = strlen(text);
    size_t i = 0;

    while (i < length) {
        size_t size = cli_utf8_length(text + i, length - i);

        if (size == 0 || (unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            text[i] = '?';
        i += size > 0 ? size : 1;
    }
}

int
cli_fail(segml_error *err, int status, const char *format, ...)
{
    va_list arguments;

    if (err == NULL)
        return status;
    err->code = status;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    make_printable_line(err->message);
    return status;
}

int
cli_fail_nomem(segml_error *err)
{
    return cli_fail(err, SEGML_E_NOMEM, "out of memory");
}

int
cli_fail_system(segml_error *err, const char *path, const char *action)
{
    int code = errno;

    return cli_fail(err, code == ENOMEM ? SEGML_E_NOMEM : SEGML_E_IO, "%s: cannot %s: %s", path,
                    action, strerror(code));
}

int
cli_exit_code(int status)
{
    if (status == SEGML_OK)
        return 0;
    if (status > 0)
        return 1;
    switch (status) {
    case SEGML_E_ARGUMENT:
    case SEGML_E_ABI:
        return 2;
    case SEGML_E_DATA:
    case SEGML_E_MISMATCH:
    case SEGML_E_NOT_FOUND:
        return 3;
    case SEGML_E_FORMAT:
    case SEGML_E_LIMIT:
        return 4;
    case SEGML_E_IO:
    case SEGML_E_EXISTS:
        return 5;
    case SEGML_E_BACKEND:
    case SEGML_E_UNSUPPORTED:
        return 6;
    case SEGML_E_NOMEM:
        return 7;
    case SEGML_E_CANCELLED:
        return 130;
    default:
        return 70;
    }
}

size_t
cli_utf8_length(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t size;

    if (length == 0)
        return 0;
    size = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] > 0xF4 || size > length)
        return 0;
    for (size_t k = 1; k < size; k++) {
        if ((s[k] & 0xC0) != 0x80)
            return 0;
    }
    /* Overlong forms, surrogates, beyond U+10FFFF (RFC 3629). */
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return size;
}

int
cli_utf8_is_valid(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length) {
        size_t size = cli_utf8_length(text + i, length - i);

        if (size == 0)
            return 0;
        i += size;
    }
    return 1;
}

const char *
cli_quote(char out[CLI_QUOTE], const char *text, size_t length)
{
    const size_t room = CLI_QUOTE - sizeof "...'"; /* for the end, whatever comes */
    size_t used = 1;
    size_t i = 0;

    out[0] = '\'';
    while (i < length) {
        size_t size = cli_utf8_length(text + i, length - i);
        int plain = size > 1 || (size == 1 && (unsigned char)text[i] >= 0x20 && text[i] != 0x7F);

        if (used + (plain ? size : 4) > room)
            break;
        if (plain) {
            memcpy(out + used, text + i, size);
            used += size;
            i += size;
        } else {
            snprintf(out + used, 5, "\\x%02X", (unsigned)(unsigned char)text[i]);
            used += 4;
            i++;
        }
    }
    memcpy(out + used, i < length ? "...'" : "'", i < length ? sizeof "...'" : sizeof "'");
    return out;
}

void *
cli_alloc(int64_t count, size_t size)
{
    if (count < 0 || (uint64_t)count > (size_t)PTRDIFF_MAX / size)
        return NULL;
    return calloc(count > 0 ? (size_t)count : 1, size);
}

void *
cli_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
    size_t bigger = *capacity < 64 ? 64 : *capacity;
    void *block;

    if (needed <= *capacity)
        return array;
    while (bigger < needed) {
        if (bigger > SIZE_MAX / 2)
            return NULL;
        bigger *= 2;
    }
    if (bigger > (size_t)PTRDIFF_MAX / size)
        return NULL;
    block = realloc(array, bigger * size);
    if (block != NULL)
        *capacity = bigger;
    return block;
}
