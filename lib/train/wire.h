/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_WIRE_H
#define SG_TRAIN_WIRE_H

/*
 * Numbers and texts as little-endian bytes, written and read in order. The first failure sticks:
 * later calls do nothing and give 0, NULL or nothing, so that code reads like the format.
 */

#include "base/buf.h"
#include "base/hash.h"

typedef struct sg_wire_writer {
    sg_buf *out;
    segml_error *err;
    int rc; /* SEGML_OK, or the first failure */
} sg_wire_writer;

void sg_wire_put_bytes(sg_wire_writer *w, const void *bytes, size_t size);
void sg_wire_put_number(sg_wire_writer *w, uint32_t value);
void sg_wire_put_long(sg_wire_writer *w, uint64_t value);
void sg_wire_put_real(sg_wire_writer *w, double value);
void sg_wire_put_hash(sg_wire_writer *w, sg_hash128 hash);
void sg_wire_put_floats(sg_wire_writer *w, const float *values, int64_t count);

/** Its length and its bytes; NULL stays NULL. */
void sg_wire_put_text(sg_wire_writer *w, const char *text);

/** Bytes that are read, which may be anything. */
typedef struct sg_wire_reader {
    const unsigned char *bytes; /* [left] */
    size_t left;
    int failed; /* 1: they ended too early, or a value was refused */
} sg_wire_reader;

/** The next bytes, as they stand there; NULL if there are fewer. */
const unsigned char *sg_wire_get_bytes(sg_wire_reader *r, uint64_t size);
uint32_t sg_wire_get_number(sg_wire_reader *r);
uint64_t sg_wire_get_long(sg_wire_reader *r);
double sg_wire_get_real(sg_wire_reader *r);
sg_hash128 sg_wire_get_hash(sg_wire_reader *r);

/** @param values  out [count] */
void sg_wire_get_floats(sg_wire_reader *r, float *values, int64_t count);

/** A number in [low, high]; low where it is not. */
int64_t sg_wire_get_range(sg_wire_reader *r, int64_t low, int64_t high);

/**
 * A text without byte 0, as it stands there: not terminated.
 *
 * @param length  out
 * @return NULL for none, with length 0
 */
const char *sg_wire_get_text(sg_wire_reader *r, size_t *length);

/** A number of things that take at least so many bytes each; 0 where fewer bytes are left. */
int64_t sg_wire_get_count(sg_wire_reader *r, size_t least);

/** Refuses what was read. */
void sg_wire_refuse(sg_wire_reader *r);

#endif
