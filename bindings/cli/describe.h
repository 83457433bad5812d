/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

/* A model in words: a summary, a table of its groups, one JSON object. */

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "segml/model.h"

/** What the model is, what it was trained on, how good it is; a dozen lines. */
int cli_describe_summary(FILE *stream, const segml_model *model, const char *path,
                         segml_error *err);

/**
 * A line per group, then all groups together and the global model.
 *
 * @param most  0: all groups in order of their keys, then all parents; else the `most` largest
 *              groups, largest first
 * @return SEGML_OK; SEGML_E_NOMEM; what the library fails with
 */
int cli_describe_groups(FILE *stream, const segml_model *model, int64_t most, segml_error *err);

/**
 * The object of `segml inspect --json`, then a newline. Groups and parents are written one by
 * one, so that memory does not grow with their number.
 *
 * @param extra  an object whose members come first; NULL = none; borrowed
 * @return as cli_describe_groups()
 */
int cli_describe_json(FILE *stream, const segml_model *model, json_t *extra, segml_error *err);

/**
 * A text as a JSON string. JSON is UTF-8, and paths, and what names them, are any bytes: what is
 * none of it becomes U+FFFD.
 *
 * @return NULL = no memory
 */
json_t *cli_json_text(const char *bytes);

/**
 * Writes an object and a newline to standard output, and releases the object. What cannot be
 * written is left to cli_output_flush_stdout().
 *
 * @param object  NULL = there was no memory for it
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int cli_json_print(json_t *object, segml_error *err);

/** Parents that have a model. */
int64_t cli_count_parents(const segml_model *model, const segml_model_info *info);

/** "numeric" or "categorical". */
const char *cli_feature_type_name(int32_t type);

/** "int64" or "utf8". */
const char *cli_key_type_name(int32_t type);

/** "150,000" */
const char *cli_format_count(char out[32], int64_t count);

/** "3.2 MB" */
const char *cli_format_bytes(char out[32], int64_t bytes);

enum { CLI_WIDEST_KEY = 40 }; /* characters of a key in a table */

/** A group's key as text, cut to the table's width; released with free(). NULL: no memory. */
char *cli_format_key(const segml_key *keys, int64_t count);

/** Columns of a terminal that UTF-8 text takes. */
size_t cli_count_columns(const char *text);

/** Text as by cli_print_plain(), then blanks up to a width. */
void cli_print_padded(FILE *stream, const char *text, size_t width);

/** A group and its size. */
typedef struct cli_ranked {
    int64_t index, rows;
} cli_ranked;

/** Order for qsort(): largest first, then by index. */
int cli_compare_size(const void *a, const void *b);

/** Text on one line: control characters become '?'. */
void cli_print_plain(FILE *stream, const char *text, size_t length);

#endif
