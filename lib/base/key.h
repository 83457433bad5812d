/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_KEY_H
#define SG_BASE_KEY_H

/*
 * Group keys: order, hash, conversion, and the path of a child (segml_key is in
 * segml/common.h). A canonical key has the types of its columns, and NULL for
 * empty text.
 */

#include "base/buf.h"
#include "base/hash.h"

/** Typed order, column by column: NULL, then integers by value, then text by bytes. */
int sg_key_compare(const segml_key *a, const segml_key *b, int64_t count);

/**
 * Appends a key's encoding, of which equal keys, and no others, have the same.
 *
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (as of the buffer)
 */
int sg_key_encode(sg_buf *out, const segml_key *keys, int64_t count, segml_error *err);

/**
 * Reads an encoding back; texts are views into it.
 *
 * @param keys  out [count]
 * @return 1; 0 if the bytes are not the encoding of a canonical key of so many columns
 */
int sg_key_decode(segml_key *keys, int64_t count, const void *bytes, size_t size);

/**
 * 128-bit XXH3 over the encoding: per column a type byte, then 8 bytes little-endian
 * (an integer, or a text's length), then the text's bytes.
 *
 * @return SEGML_OK; SEGML_E_NOMEM (only for keys longer than 512 bytes)
 */
int sg_key_hash(sg_hash128 *hash, const segml_key *keys, int64_t count, segml_error *err);

/**
 * Reads an integer: optional sign, digits, optionally a point and zeros.
 *
 * @param canonical  1: leading zeros and a plus sign are refused, as training does
 * @return 1 if the whole text is an integer of 64 bits
 */
int sg_key_parse(int64_t *value, const char *text, size_t length, int canonical);

/**
 * Converts one column's value to a column's type (integer text to an integer and back).
 *
 * @param out      the canonical value; may borrow key's text or point into digits
 * @param digits   room for an integer's text
 * @return 1; 0 if the value cannot occur in a column of that type
 */
int sg_key_convert(segml_key *out, const segml_key *key, int32_t type, char digits[24]);

/** Whether a key is well formed: known type, valid text. */
int sg_key_is_valid(const segml_key *key);

/** Appends a child's path: escaped columns joined by ',', shortened beyond 120 bytes. */
int sg_key_path(sg_buf *out, const segml_key *keys, int64_t count, segml_error *err);

/**
 * Codes of keys as categories: per column the position of each value among the column's
 * distinct values in order. Training and serving must compute them alike.
 *
 * @param codes  out [count * columns], key by key
 * @param keys   [count] each points to the columns of one key
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_key_codes(float *codes, const segml_key *const *keys, int64_t count, int64_t columns,
                 segml_error *err);

/** Terminated text for messages: values joined by ',', "NULL"; cut to capacity. */
void sg_key_display(char *out, size_t capacity, const segml_key *keys, int64_t count);

#endif
