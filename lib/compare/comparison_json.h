/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_COMPARISON_JSON_H
#define SG_COMPARE_COMPARISON_JSON_H

/* Comparisons as JSON: doc/comparison-format.md. */

#include "base/buf.h"
#include "compare/comparison.h"

enum { SG_COMPARISON_FORMAT = 0, SG_COMPARISON_BYTES_MAX = 256 << 20 };

/** Appends a comparison. @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT; SEGML_E_INTERNAL */
int sg_comparison_write(sg_buf *json, const segml_comparison *comparison, segml_error *err);

/**
 * Reads one and checks everything.
 *
 * @param comparison  all zero; on failure the caller frees it
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED (a newer format);
 *         SEGML_E_NOMEM
 */
int sg_comparison_read(segml_comparison *comparison, const void *json, size_t size,
                       segml_error *err);

#endif
