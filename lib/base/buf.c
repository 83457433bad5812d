/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Growable bytes: capacity doubles, so appending costs amortised constant time. There is
 * always room for one byte behind the reserved ones, so that a terminator, which does not
 * count, fits even at the cap.
 */

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { FIRST_CAPACITY = 256 };

int
sg_buf_reserve(sg_buf *buf, size_t more, segml_error *err)
{
    size_t need, capacity;
    unsigned char *bytes;

    if (more > PTRDIFF_MAX / 4 || buf->size > PTRDIFF_MAX / 4)
        return sg_fail_nomem(err);
    need = buf->size + more;
    if (buf->max != 0 && need > buf->max)
        return sg_fail(err, SEGML_E_LIMIT, "%zu bytes are more than the limit of %zu", need,
                       buf->max);
    if (need < buf->capacity)
        return SEGML_OK;
    capacity = buf->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : 2 * buf->capacity;
    capacity = capacity <= need ? need + 1 : capacity;
    bytes = sg_alloc_resize(buf->bytes, (int64_t)capacity, 1);
    if (bytes == NULL)
        return sg_fail_nomem(err);
    buf->bytes = bytes;
    buf->capacity = capacity;
    return SEGML_OK;
}

int
sg_buf_append(sg_buf *buf, const void *bytes, size_t size, segml_error *err)
{
    int rc = sg_buf_reserve(buf, size, err);

    if (rc == SEGML_OK && size > 0) {
        memcpy(buf->bytes + buf->size, bytes, size);
        buf->size += size;
    }
    return rc;
}

int
sg_buf_print(sg_buf *buf, segml_error *err, const char *format, ...)
{
    va_list arguments;
    int length, rc;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return sg_fail(err, SEGML_E_INTERNAL, "cannot format \"%s\"", format);
    rc = sg_buf_reserve(buf, (size_t)length, err);
    if (rc < 0)
        return rc;
    va_start(arguments, format);
    vsnprintf((char *)buf->bytes + buf->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buf->size += (size_t)length;
    return SEGML_OK;
}

int
sg_buf_terminate(sg_buf *buf, segml_error *err)
{
    int rc = sg_buf_reserve(buf, 0, err);

    if (rc == SEGML_OK)
        buf->bytes[buf->size] = 0;
    return rc;
}

void
sg_buf_clear(sg_buf *buf)
{
    sg_free(buf->bytes);
    buf->bytes = NULL;
    buf->size = 0;
    buf->capacity = 0;
}
