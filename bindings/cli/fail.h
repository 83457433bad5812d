/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FAIL_H
#define CLI_FAIL_H

/* Failing: statuses with a message, their exit codes, and memory that may run out. */

#include <stddef.h>
#include <stdint.h>

#include "segml/common.h"

#if defined(__GNUC__)
#define CLI_PRINTF(position, first) __attribute__((format(printf, position, first)))
#else
#define CLI_PRINTF(position, first)
#endif

enum { CLI_QUOTE = 120 }; /* room for a quoted cell, terminated */

/**
 * Writes status and message (one line, no trailing period) into err and returns the status.
 * Control characters and bytes that are no UTF-8, as a path may hold, become '?'.
 */
int cli_fail(segml_error *err, int status, const char *format, ...) CLI_PRINTF(3, 4);

/** SEGML_E_NOMEM with its message. */
int cli_fail_nomem(segml_error *err);

/** SEGML_E_IO (SEGML_E_NOMEM for ENOMEM): "path: cannot action: reason", from errno. */
int cli_fail_system(segml_error *err, const char *path, const char *action);

/** The process's exit code for a status: doc page of exit codes, segml(1). */
int cli_exit_code(int status);

/**
 * A cell as it may stand in a message: in quotes, on one line, control characters and
 * invalid UTF-8 as \xNN, long text cut. Returns out.
 */
const char *cli_quote(char out[CLI_QUOTE], const char *text, size_t length);

/** Number of bytes of the valid UTF-8 character at text, 0 if there is none. */
size_t cli_utf8_length(const char *text, size_t length);

/** Whether all bytes are valid UTF-8. */
int cli_utf8_is_valid(const char *text, size_t length);

/** count zeroed things, checked for overflow; count 0 gives a pointer that can be freed. */
void *cli_alloc(int64_t count, size_t size);

/**
 * Makes room for `needed` things in a growing array.
 *
 * @param capacity  things that array has room for; updated
 * @return the array, perhaps elsewhere; NULL when memory is out, and then it is as before
 */
void *cli_grow(void *array, size_t *capacity, size_t needed, size_t size);

#endif
