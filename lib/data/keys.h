/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_DATA_KEYS_H
#define SG_DATA_KEYS_H

/* Key columns: their cells as keys, their types. */

#include "base/key.h"

/**
 * Checks a key column and settles its type.
 *
 * @param type    out: SEGML_KEY_INT64 or SEGML_KEY_UTF8
 * @param column  the caller's column, borrowed
 * @param name    for messages
 * @return SEGML_OK; SEGML_E_ARGUMENT (type, NULL data, offsets that fall); SEGML_E_DATA
 *         (invalid UTF-8: the message names the row)
 */
int sg_keys_check(int32_t *type, const segml_key_column *column, const char *name, int64_t rows,
                  segml_error *err);

/** One cell as it stands, NULL for a clear validity bit and for empty text. */
segml_key sg_keys_cell(const segml_key_column *column, int64_t row);

#endif
