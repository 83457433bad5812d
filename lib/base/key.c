/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Group keys.
 *
 * R1  Order: column by column; NULL first, integers by value, text by bytes.
 * R2  Encoding: (type byte, 8 bytes little-endian, text) per column, so that ("ab", "c") and
 *     ("a", "bc") differ. Hash: XXH3-128 over it. What is decoded may be hostile: an encoding
 *     that no canonical key has is refused.
 * R3  Path: bytes outside [A-Za-z0-9_-] become %XX, a dot stays unless it comes
 *     first; columns are joined by ','; NULL is %N. Beyond 120 bytes: the first 80,
 *     '~', and the key's hash in hexadecimal. Distinct keys have distinct paths,
 *     because ',' and '%' are escaped in values and '~' is.
 */

#include "base/key.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

enum {
    PATH_MAX_BYTES = 120,
    PATH_KEPT_BYTES = 80,
    SHOWN_BYTES = 200,
    STACK_BYTES = 512,
    HEAD_BYTES = 9 /* of an encoded column: type, and integer or length */
};

static int
compare_text(const segml_key *a, const segml_key *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = shorter > 0 ? memcmp(a->text, b->text, shorter) : 0;

    return order != 0 ? order : a->length < b->length ? -1 : a->length > b->length;
}

int
sg_key_compare(const segml_key *a, const segml_key *b, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        int order = 0;

        if (a[i].type != b[i].type)
            return a[i].type < b[i].type ? -1 : 1;
        if (a[i].type == SEGML_KEY_INT64)
            order = a[i].integer < b[i].integer ? -1 : a[i].integer > b[i].integer;
        else if (a[i].type == SEGML_KEY_UTF8)
            order = compare_text(&a[i], &b[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static size_t
encoded_size(const segml_key *keys, int64_t count)
{
    size_t size = 0;

    for (int64_t i = 0; i < count; i++)
        size += HEAD_BYTES + (keys[i].type == SEGML_KEY_UTF8 ? keys[i].length : 0);
    return size;
}

static unsigned char *
encode(unsigned char *out, const segml_key *key)
{
    uint64_t number = key->type == SEGML_KEY_UTF8    ? (uint64_t)key->length
                      : key->type == SEGML_KEY_INT64 ? (uint64_t)key->integer
                                                     : 0;

    *out++ = (unsigned char)key->type;
    for (int i = 0; i < 8; i++)
        *out++ = (unsigned char)(number >> (8 * i));
    if (key->type == SEGML_KEY_UTF8) {
        memcpy(out, key->text, key->length);
        out += key->length;
    }
    return out;
}

int
sg_key_encode(sg_buf *out, const segml_key *keys, int64_t count, segml_error *err)
{
    size_t size = encoded_size(keys, count);
    int rc = sg_buf_reserve(out, size, err);
    unsigned char *end;

    if (rc < 0)
        return rc;
    end = out->bytes + out->size;
    for (int64_t i = 0; i < count; i++)
        end = encode(end, &keys[i]);
    out->size += size;
    return SEGML_OK;
}

/* Reads one column; the bytes that it takes, or 0 if they are none of a canonical key. */
static size_t
decode(segml_key *key, const unsigned char *bytes, size_t size)
{
    static const segml_key null = SEGML_KEY_NULL_VALUE;
    uint64_t number = 0;

    *key = null;
    if (size < HEAD_BYTES)
        return 0;
    for (int i = 8; i > 0; i--)
        number = number << 8 | bytes[i];
    key->type = bytes[0];
    if (key->type == SEGML_KEY_NULL)
        return number == 0 ? HEAD_BYTES : 0;
    if (key->type == SEGML_KEY_INT64) {
        memcpy(&key->integer, &number, sizeof number);
        return HEAD_BYTES;
    }
    if (key->type != SEGML_KEY_UTF8 || number == 0 || number > size - HEAD_BYTES)
        return 0;
    key->text = (const char *)bytes + HEAD_BYTES;
    key->length = (size_t)number;
    return sg_text_is_utf8(key->text, key->length) ? HEAD_BYTES + key->length : 0;
}

int
sg_key_decode(segml_key *keys, int64_t count, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (int64_t i = 0; i < count; i++) {
        size_t taken = decode(&keys[i], at, size);

        if (taken == 0)
            return 0;
        at += taken;
        size -= taken;
    }
    return size == 0;
}

int
sg_key_hash(sg_hash128 *hash, const segml_key *keys, int64_t count, segml_error *err)
{
    unsigned char stack[STACK_BYTES];
    sg_buf heap = {0};
    unsigned char *bytes = stack, *end;
    size_t size = encoded_size(keys, count);

    if (size > sizeof stack) {
        int rc = sg_buf_reserve(&heap, size, err);

        if (rc < 0)
            return rc;
        bytes = heap.bytes;
    }
    end = bytes;
    for (int64_t i = 0; i < count; i++)
        end = encode(end, &keys[i]);
    *hash = sg_hash_128(bytes, size);
    sg_buf_clear(&heap);
    return SEGML_OK;
}

/* The zeros of "4711.0", and a bare trailing point. */
static int
is_zero_fraction(const char *text, size_t length)
{
    if (length == 0)
        return 1;
    if (text[0] != '.')
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (text[i] != '0')
            return 0;
    }
    return 1;
}

int
sg_key_parse(int64_t *value, const char *text, size_t length, int canonical)
{
    const uint64_t largest = (uint64_t)INT64_MAX;
    uint64_t magnitude = 0;
    size_t i = 0, first;
    int negative = 0;

    if (length > 0 && (text[0] == '-' || (text[0] == '+' && !canonical))) {
        negative = text[0] == '-';
        i = 1;
    }
    first = i;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');

        if (magnitude > (largest + (uint64_t)negative - digit) / 10)
            return 0;
        magnitude = magnitude * 10 + digit;
    }
    if (i == first || !is_zero_fraction(text + i, length - i))
        return 0;
    if (canonical && text[first] == '0' && (i - first > 1 || negative))
        return 0;
    *value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return 1;
}

int
sg_key_is_valid(const segml_key *key)
{
    if (key->type == SEGML_KEY_UTF8)
        return key->length == 0 || (key->text != NULL && sg_text_is_utf8(key->text, key->length));
    return key->type == SEGML_KEY_NULL || key->type == SEGML_KEY_INT64;
}

int
sg_key_convert(segml_key *out, const segml_key *key, int32_t type, char digits[24])
{
    static const segml_key null = SEGML_KEY_NULL_VALUE;

    *out = null;
    if (key->type == SEGML_KEY_NULL || (key->type == SEGML_KEY_UTF8 && key->length == 0))
        return 1;
    out->type = type;
    if (key->type == type) {
        out->integer = type == SEGML_KEY_INT64 ? key->integer : 0;
        out->text = type == SEGML_KEY_UTF8 ? key->text : NULL;
        out->length = type == SEGML_KEY_UTF8 ? key->length : 0;
        return 1;
    }
    if (type == SEGML_KEY_INT64)
        return sg_key_parse(&out->integer, key->text, key->length, 0);
    out->length = (size_t)snprintf(digits, 24, "%" PRId64, key->integer);
    out->text = digits;
    return 1;
}

static int
escape(sg_buf *out, const segml_key *key, segml_error *err)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    int rc = SEGML_OK;

    if (key->type == SEGML_KEY_NULL)
        return sg_buf_append(out, "%N", 2, err);
    if (key->type == SEGML_KEY_INT64)
        return sg_buf_print(out, err, "%" PRId64, key->integer);
    for (size_t i = 0; i < key->length && rc == SEGML_OK; i++) {
        unsigned char c = (unsigned char)key->text[i];
        const char code[3] = {'%', hex[c >> 4], hex[c & 15]};

        if ((c != 0 && strchr(plain, c) != NULL) || (c == '.' && out->size > 0))
            rc = sg_buf_append(out, &c, 1, err);
        else
            rc = sg_buf_append(out, code, 3, err);
    }
    return rc;
}

int
sg_key_path(sg_buf *out, const segml_key *keys, int64_t count, segml_error *err)
{
    sg_buf path = {0};
    int rc = SEGML_OK;

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        if (i > 0)
            rc = sg_buf_append(&path, ",", 1, err);
        if (rc == SEGML_OK)
            rc = escape(&path, &keys[i], err);
    }
    if (rc == SEGML_OK && path.size > PATH_MAX_BYTES) {
        sg_hash128 hash;
        char digits[33];

        rc = sg_key_hash(&hash, keys, count, err);
        if (rc == SEGML_OK) {
            sg_hash_hex(digits, hash);
            path.size = PATH_KEPT_BYTES;
            rc = sg_buf_print(&path, err, "~%s", digits);
        }
    }
    if (rc == SEGML_OK)
        rc = sg_buf_append(out, path.bytes, path.size, err);
    sg_buf_clear(&path);
    return rc;
}

/* Bytes of a text that are shown in so much room; no character is cut in two. */
static int
shown_bytes(const segml_key *key, size_t room)
{
    size_t bytes = room < SHOWN_BYTES ? room : SHOWN_BYTES;

    if (key->length <= bytes)
        return (int)key->length;
    while (bytes > 0 && ((unsigned char)key->text[bytes] & 0xC0) == 0x80)
        bytes--;
    return (int)bytes;
}

/* One column's value of one key. */
typedef struct cell {
    const segml_key *value;
    int64_t key;
} cell;

static int
compare_cells(const void *a, const void *b)
{
    return sg_key_compare(((const cell *)a)->value, ((const cell *)b)->value, 1);
}

int
sg_key_codes(float *codes, const segml_key *const *keys, int64_t count, int64_t columns,
             segml_error *err)
{
    cell *cells = sg_alloc_array(count, sizeof *cells);

    if (cells == NULL)
        return sg_fail_nomem(err);
    for (int64_t column = 0; column < columns; column++) {
        int64_t code = 0;

        for (int64_t k = 0; k < count; k++)
            cells[k] = (cell){&keys[k][column], k};
        qsort(cells, (size_t)count, sizeof *cells, compare_cells);
        for (int64_t i = 0; i < count; i++) {
            code += i > 0 && compare_cells(&cells[i - 1], &cells[i]) != 0;
            codes[cells[i].key * columns + column] = (float)code;
        }
    }
    sg_free(cells);
    return SEGML_OK;
}

void
sg_key_display(char *out, size_t capacity, const segml_key *keys, int64_t count)
{
    size_t used = 0;

    out[0] = '\0';
    for (int64_t i = 0; i < count && used + 1 < capacity; i++) {
        const char *comma = i > 0 ? "," : "";
        size_t room = capacity - used;
        int length;

        if (keys[i].type == SEGML_KEY_NULL)
            length = snprintf(out + used, room, "%sNULL", comma);
        else if (keys[i].type == SEGML_KEY_INT64)
            length = snprintf(out + used, room, "%s%" PRId64, comma, keys[i].integer);
        else
            length = snprintf(out + used, room, "%s%.*s", comma,
                              shown_bytes(&keys[i], room - 1 - strlen(comma)), keys[i].text);
        used += length > 0 ? (size_t)length : 0;
    }
}
