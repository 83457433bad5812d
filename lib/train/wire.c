/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Little-endian bytes. Lengths and counts are compared with the bytes that are left before
 * anything is done with them, so that reading never asks for more memory than a small multiple
 * of its input.
 */

#include "train/wire.h"

#include <string.h>

static const uint64_t no_text = UINT64_MAX;

void
sg_wire_put_bytes(sg_wire_writer *w, const void *bytes, size_t size)
{
    if (w->rc == SEGML_OK && size > 0)
        w->rc = sg_buf_append(w->out, bytes, size, w->err);
}

void
sg_wire_put_number(sg_wire_writer *w, uint32_t value)
{
    unsigned char bytes[4];

    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    sg_wire_put_bytes(w, bytes, sizeof bytes);
}

void
sg_wire_put_long(sg_wire_writer *w, uint64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    sg_wire_put_bytes(w, bytes, sizeof bytes);
}

void
sg_wire_put_real(sg_wire_writer *w, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    sg_wire_put_long(w, bits);
}

void
sg_wire_put_hash(sg_wire_writer *w, sg_hash128 hash)
{
    sg_wire_put_long(w, hash.low);
    sg_wire_put_long(w, hash.high);
}

void
sg_wire_put_floats(sg_wire_writer *w, const float *values, int64_t count)
{
    if (w->rc == SEGML_OK)
        w->rc = sg_buf_reserve(w->out, (size_t)count * sizeof *values, w->err);
    for (int64_t i = 0; i < count && w->rc == SEGML_OK; i++) {
        uint32_t bits;

        memcpy(&bits, &values[i], sizeof bits);
        sg_wire_put_number(w, bits);
    }
}

void
sg_wire_put_text(sg_wire_writer *w, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;

    sg_wire_put_long(w, text != NULL ? (uint64_t)length : no_text);
    sg_wire_put_bytes(w, text, length);
}

void
sg_wire_refuse(sg_wire_reader *r)
{
    r->failed = 1;
    r->left = 0;
}

const unsigned char *
sg_wire_get_bytes(sg_wire_reader *r, uint64_t size)
{
    const unsigned char *bytes = r->bytes;

    if (size > r->left) {
        sg_wire_refuse(r);
        return NULL;
    }
    r->bytes += size;
    r->left -= (size_t)size;
    return bytes;
}

uint32_t
sg_wire_get_number(sg_wire_reader *r)
{
    const unsigned char *bytes = sg_wire_get_bytes(r, 4);
    uint32_t value = 0;

    for (int i = 0; bytes != NULL && i < 4; i++)
        value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

uint64_t
sg_wire_get_long(sg_wire_reader *r)
{
    const unsigned char *bytes = sg_wire_get_bytes(r, 8);
    uint64_t value = 0;

    for (int i = 0; bytes != NULL && i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

double
sg_wire_get_real(sg_wire_reader *r)
{
    uint64_t bits = sg_wire_get_long(r);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

sg_hash128
sg_wire_get_hash(sg_wire_reader *r)
{
    uint64_t low = sg_wire_get_long(r);

    return (sg_hash128){low, sg_wire_get_long(r)};
}

void
sg_wire_get_floats(sg_wire_reader *r, float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = sg_wire_get_number(r);

        memcpy(&values[i], &bits, sizeof bits);
    }
}

int64_t
sg_wire_get_range(sg_wire_reader *r, int64_t low, int64_t high)
{
    int64_t value = (int64_t)sg_wire_get_long(r);

    if (!r->failed && value >= low && value <= high)
        return value;
    sg_wire_refuse(r);
    return low;
}

const char *
sg_wire_get_text(sg_wire_reader *r, size_t *length)
{
    uint64_t size = sg_wire_get_long(r);
    const unsigned char *text;

    *length = 0;
    if (r->failed || size == no_text)
        return NULL;
    text = sg_wire_get_bytes(r, size);
    if (text != NULL && size > 0 && memchr(text, 0, (size_t)size) != NULL)
        sg_wire_refuse(r);
    if (r->failed)
        return NULL;
    *length = (size_t)size;
    return (const char *)text;
}

int64_t
sg_wire_get_count(sg_wire_reader *r, size_t least)
{
    uint64_t count = sg_wire_get_long(r);

    if (!r->failed && count <= r->left / least)
        return (int64_t)count;
    sg_wire_refuse(r);
    return 0;
}
