/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_UBJ_JSON_H
#define SG_TREE_UBJ_JSON_H

/* XGBoost's two forms of a model: UBJSON, which artifacts hold, into JSON, which people read. */

#include "base/buf.h"

/**
 * Appends a UBJSON value as JSON on one line, without a line feed at its end. Numbers read back
 * to the same bits, single precision from at most nine digits.
 *
 * @param out  on failure holds what was written so far
 * @param ubj  [size] one value and nothing behind it
 * @return SEGML_OK; SEGML_E_FORMAT (damaged, or text that is no UTF-8: the message says where);
 *         SEGML_E_LIMIT (nested deeper than 32; more than out's cap); SEGML_E_NOMEM
 *
 * Thread-safety: a pure function.
 */
int sg_ubj_json(sg_buf *out, const void *ubj, size_t size, segml_error *err);

#endif
