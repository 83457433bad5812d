/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DESCRIBE_COMPARISON_H
#define CLI_DESCRIBE_COMPARISON_H

/* A comparison as tables of text. */

#include <stdio.h>

#include "segml/compare.h"

/**
 * A line per approach over all rows, then one per group with its verdict.
 *
 * @param most  0: all groups in order of their keys; else the `most` largest, largest first
 * @return SEGML_OK; SEGML_E_NOMEM; what the library fails with
 */
int cli_describe_comparison(FILE *stream, const segml_comparison *comparison, int64_t most,
                            segml_error *err);

#endif
