/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_DATA_CANON_H
#define SG_DATA_CANON_H

/* The canonical order of a group's rows, which depends on what they hold alone. */

#include "data/dataset.h"

/**
 * Sorts a group's rows by time, where they have one, and by the hash of their content.
 *
 * @param row      [rows] the group's row numbers, reordered in place; unchanged on failure
 * @param content  out: hash of all rows, and of their times, in canonical order
 * @return SEGML_OK; SEGML_E_NOMEM
 *
 * Thread-safety: any thread, on distinct groups.
 */
int sg_canon_sort(const segml_dataset *dataset, int32_t *row, int64_t rows, sg_hash128 *content,
                  segml_error *err);

#endif
