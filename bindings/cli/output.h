/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

/* Where results go: standard output, or a file that appears whole or not at all. */

#include <stdint.h>
#include <stdio.h>

#include "segml/common.h"

typedef struct cli_output {
    FILE *stream;
    const char *path; /* NULL = standard output */
    char *temporary;
    int overwrite;
} cli_output;

/**
 * Whether a file could be written, before work is spent on its content: it does not exist,
 * or may be replaced and is a regular file, and its folder can be written.
 *
 * @return SEGML_OK; SEGML_E_EXISTS; SEGML_E_IO; SEGML_E_NOMEM
 */
int cli_output_check(const char *path, int overwrite, segml_error *err);

/**
 * Begins a file under a temporary name in the same folder.
 *
 * @param out   all zero
 * @param path  borrowed; NULL or "-" = standard output
 * @return as cli_output_check()
 */
int cli_output_begin(cli_output *out, const char *path, int overwrite, segml_error *err);

/**
 * Finishes: flushes to disk, gives the file its name. Releases *out whatever happens; on
 * failure the temporary file is gone.
 *
 * @return SEGML_OK; SEGML_E_EXISTS (appeared meanwhile); SEGML_E_IO
 */
int cli_output_commit(cli_output *out, segml_error *err);

/** Gives up: removes the temporary file. Harmless after a commit. */
void cli_output_abandon(cli_output *out);

/** Standard output so far is with its reader. @return SEGML_OK; SEGML_E_IO */
int cli_output_flush_stdout(segml_error *err);

/** A CSV cell, quoted if it must be (RFC 4180). */
void cli_write_cell(FILE *stream, const char *text, size_t length);

/** A number that reads back to the same float (%.9g); nothing for NaN, a missing cell. */
void cli_write_float(FILE *stream, float value);

#endif
