/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

/* Groups named on the command line: values separated by commas, quoted as in CSV. */

#include <stdio.h>

#include "columns.h"
#include "segml/common.h"

typedef struct cli_keys {
    segml_key *keys; /* [count * columns] */
    int64_t count;
    int64_t columns; /* of each */
    char *text;      /* what the keys point into */
} cli_keys;

/**
 * Reads keys. An empty value is NULL.
 *
 * @param keys     all zero; released with cli_keys_clear(), also after a failure
 * @param texts    of --group
 * @param path     of --groups-from, one key a line; "-" = standard input; NULL = none
 * @param columns  values that each must have; 0 = as many as the first one has
 * @return SEGML_OK; SEGML_E_ARGUMENT, SEGML_E_DATA (malformed, in texts or the file; the message
 *         names it); SEGML_E_IO; SEGML_E_NOMEM
 */
int cli_keys_read(cli_keys *keys, const cli_list *texts, const char *path, int64_t columns,
                  segml_error *err);

void cli_keys_clear(cli_keys *keys);

/** Writes a key as it is read: values separated by commas, quoted where they must be. */
void cli_keys_write(FILE *stream, const segml_key *keys, int64_t count);

#endif
