/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_JSON_WRITER_H
#define SG_PACK_JSON_WRITER_H

/*
 * JSON text, written in order. The first failure sticks: later calls do nothing, and
 * rc tells at the end.
 */

#include "base/buf.h"

typedef struct sg_json_writer {
    sg_buf *out;
    segml_error *err;
    int rc;          /* SEGML_OK, or the first failure */
    int depth;       /* of open objects and arrays */
    int break_depth; /* down to this depth every member starts a line; 0 = one line */
    int has_member;  /* the open object or array has one */
    int after_name;
} sg_json_writer;

/** Opens an object '{' or an array '['. */
void sg_json_open(sg_json_writer *w, char bracket);

/** Closes it with '}' or ']'. */
void sg_json_close(sg_json_writer *w, char bracket);

/** Name of the next value. */
void sg_json_name(sg_json_writer *w, const char *name);

/** Text: length bytes of valid UTF-8, which may hold any character. */
void sg_json_text(sg_json_writer *w, const char *text, size_t length);

void sg_json_integer(sg_json_writer *w, int64_t value);

/** Reads back to the same double; null if not finite. */
void sg_json_real(sg_json_writer *w, double value);

void sg_json_boolean(sg_json_writer *w, int value);

void sg_json_null(sg_json_writer *w);

/* Members of an object: the name, and the value. */

/** NULL = null. */
void sg_json_put_text(sg_json_writer *w, const char *name, const char *text);

void sg_json_put_integer(sg_json_writer *w, const char *name, int64_t value);

void sg_json_put_real(sg_json_writer *w, const char *name, double value);

void sg_json_put_texts(sg_json_writer *w, const char *name, const char *const *texts,
                       int64_t count);

/** NULL = an empty array. */
void sg_json_put_reals(sg_json_writer *w, const char *name, const double *values, int64_t count);

/** An object of numbers. */
void sg_json_put_values(sg_json_writer *w, const char *name, const segml_value *values,
                        int64_t count);

/** One column of a group's key: null, an integer or a text. */
void sg_json_key(sg_json_writer *w, const segml_key *key);

#endif
