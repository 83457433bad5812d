/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_STATUS_H
#define SG_BASE_STATUS_H

/* Failing with a status and a message: the one way errors are made. */

#include "segml/common.h"

#if defined(__GNUC__)
#define SG_PRINTF(position, first) __attribute__((format(printf, position, first)))
#else
#define SG_PRINTF(position, first)
#endif

/**
 * Writes status and message into err and returns the status.
 *
 * @param err     NULL is allowed
 * @param format  one line without a trailing period: the value, and what to do
 */
int sg_fail(segml_error *err, int status, const char *format, ...) SG_PRINTF(3, 4);

/** SEGML_E_NOMEM with its message. */
int sg_fail_nomem(segml_error *err);

/** Puts "context: " before err's message and returns its code; err must hold an error. */
int sg_fail_within(segml_error *err, const char *context);

#endif
