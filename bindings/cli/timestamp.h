/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TIMESTAMP_H
#define CLI_TIMESTAMP_H

/* Dates and times of ISO 8601 as numbers that are in the order of time. */

#include <stddef.h>

/**
 * Reads YYYY-MM-DD, alone or followed by 'T' or a blank and HH:MM[:SS[.fraction]][Z|+hh:mm|-hh:mm].
 * Nothing else is taken: no blanks around, no weeks, no 24:00, no leap second, no day that the
 * month does not have. Without a zone the time is taken as UTC.
 *
 * @param seconds  out: since 1970-01-01T00:00Z, to a microsecond or better in this age; unchanged
 *                 unless 1 is returned
 * @param text     length bytes, need not be terminated
 * @return 1; 0 if the text is none
 */
int cli_timestamp_parse(double *seconds, const char *text, size_t length);

#endif
