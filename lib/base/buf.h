/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_BUF_H
#define SG_BASE_BUF_H

/* Growable bytes with a cap. An all-zero sg_buf is empty and has no cap. */

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct sg_buf {
    unsigned char *bytes;
    size_t size;
    size_t capacity;
    size_t max; /* largest size, 0 = no cap */
} sg_buf;

/** Makes room for more bytes after size. @return SEGML_OK, SEGML_E_NOMEM, SEGML_E_LIMIT */
int sg_buf_reserve(sg_buf *buf, size_t more, segml_error *err);

/** Appends. @return as sg_buf_reserve() */
int sg_buf_append(sg_buf *buf, const void *bytes, size_t size, segml_error *err);

/** Appends formatted text without its terminator. @return as sg_buf_reserve() */
int sg_buf_print(sg_buf *buf, segml_error *err, const char *format, ...) SG_PRINTF(3, 4);

/** Appends a byte 0 that does not count, so that bytes can be read as text. */
int sg_buf_terminate(sg_buf *buf, segml_error *err);

/** Releases the bytes; the buffer is empty again, its cap stays. */
void sg_buf_clear(sg_buf *buf);

#endif
