/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

/* A search space and a list of parameter sets, as JSON: segml(1), "Search space". */

#include <jansson.h>

#include "segml/train.h"

typedef struct cli_search {
    json_t *space, *points; /* what the names below point into; NULL = not given */
    segml_dimension *dimensions;
    int64_t dimension_count;
    double *choices; /* of all dimensions, one after the other */
    segml_param_set *sets;
    int64_t set_count;
    segml_value *values; /* of all sets, one after the other */
} cli_search;

enum { CLI_SEARCH_BYTES = 1 << 20 };

/**
 * Reads a space: an object of dimensions by parameter.
 *
 * @param search  all zero, or with points; released with cli_search_clear(), also after a failure
 * @param from    names the source in messages
 * @return SEGML_OK; SEGML_E_DATA (no JSON, or not a space: the message says where);
 *         SEGML_E_NOMEM
 */
int cli_search_parse_space(cli_search *search, const void *bytes, size_t size, const char *from,
                           segml_error *err);

/** Reads parameter sets: an array of objects of numbers. @return as cli_search_parse_space() */
int cli_search_parse_points(cli_search *search, const void *bytes, size_t size, const char *from,
                            segml_error *err);

/**
 * Reads both from files; a path NULL = not given.
 *
 * @return as above; SEGML_E_IO; SEGML_E_LIMIT (a file of more than 1 MiB)
 */
int cli_search_read(cli_search *search, const char *space_path, const char *points_path,
                    segml_error *err);

/** Releases everything. */
void cli_search_clear(cli_search *search);

#endif
