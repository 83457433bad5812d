/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

/* The bytes of an input file, unpacked if it is .gz, .xz or .zst. */

#include <stddef.h>

#include "segml/common.h"

typedef struct cli_source cli_source;

/**
 * Opens a file, or standard input for "-". Packing is told by content, not by name.
 *
 * @param out   released with cli_source_close(); NULL on failure
 * @param path  borrowed until then
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_NOMEM; SEGML_E_CANCELLED
 */
int cli_source_open(cli_source **out, const char *path, segml_error *err);

/**
 * The next bytes.
 *
 * @param bytes  out: valid until the next call
 * @param size   out: 0 at the end
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_FORMAT (packed data that is damaged); SEGML_E_NOMEM;
 *         SEGML_E_CANCELLED
 */
int cli_source_next(cli_source *source, const void **bytes, size_t *size, segml_error *err);

/** Releases; NULL is allowed. */
void cli_source_close(cli_source *source);

#endif
