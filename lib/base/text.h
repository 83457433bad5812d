/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_TEXT_H
#define SG_BASE_TEXT_H

/* Text that does not depend on the host program's locale. */

#include <stddef.h>
#include <stdint.h>

enum { SG_TEXT_NUMBER = 40 }; /* room for any number, terminated */

/** Shortest of %.9g that reads back to the same float; "nan", "inf", "-inf". */
void sg_text_float(char out[SG_TEXT_NUMBER], float value);

/** %.17g, shortened to %.15g where that reads back to the same double. */
void sg_text_double(char out[SG_TEXT_NUMBER], double value);

/**
 * Reads a decimal number, correctly rounded: [+-]digits[.digits][E[+-]digits], at most 40
 * digits, nothing around it.
 *
 * @return 1; 0 if the text is something else or the number is too large
 */
int sg_text_parse_float(float *value, const char *text, size_t length);

/** Whether bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
int sg_text_is_utf8(const char *bytes, size_t size);

#endif
