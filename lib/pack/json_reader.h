/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_JSON_READER_H
#define SG_PACK_JSON_READER_H

/*
 * JSON that may be damaged or hostile, read member by member. The first failure sticks in the
 * reader and the accessors then do nothing, so that the code that uses them reads like the format.
 */

#include <jansson.h>

#include "base/arena.h"
#include "base/status.h"

typedef struct sg_json_reader {
    sg_arena *arena; /* of texts and arrays that are read */
    segml_error *err;
    int rc;         /* SEGML_OK, or the first failure */
    char where[48]; /* for messages: "groups.jsonl: line 7" */
} sg_json_reader;

/** Fails with SEGML_E_FORMAT: where: "name" reason. */
void sg_json_refuse(sg_json_reader *r, const char *name, const char *reason);

/** Memory of the arena; NULL after a failure. */
void *sg_json_take(sg_json_reader *r, int64_t count, size_t size);

/**
 * Parses one JSON text; names that occur twice in an object are refused. Numbers are read in the
 * calling thread's locale, which must be C.
 *
 * @return the caller's, for json_decref(); NULL after a failure
 */
json_t *sg_json_parse(sg_json_reader *r, const void *text, size_t size);

/** A member that must be there. @return NULL after a failure */
const json_t *sg_json_get(sg_json_reader *r, const json_t *object, const char *name);

/** One that is an array. @return NULL after a failure */
const json_t *sg_json_get_array(sg_json_reader *r, const json_t *object, const char *name);

/** An integer in [0, max]; 0 after a failure. */
int64_t sg_json_get_integer(sg_json_reader *r, const json_t *object, const char *name, int64_t max);

/** A text without NUL, copied; NULL after a failure. */
const char *sg_json_get_text(sg_json_reader *r, const json_t *object, const char *name);

/** The number of a name, see sg_names_find(); 0 after a failure. */
int32_t sg_json_get_name(sg_json_reader *r, const json_t *object, const char *name,
                         const char *(*name_of)(int32_t));

/** An unsigned number as text: digits without leading zeros. */
uint64_t sg_json_get_seed(sg_json_reader *r, const json_t *object, const char *name);

/** A finite number, or null = NaN where that is allowed. */
double sg_json_number(sg_json_reader *r, const json_t *value, const char *name, int allow_null);

/** An array of texts, copied. @param count out; 0 after a failure */
const char *const *sg_json_get_texts(sg_json_reader *r, const json_t *object, const char *name,
                                     int64_t *count);

/** An object of numbers, in its order; null as sg_json_number(). @param count out; 0 on failure */
const segml_value *sg_json_get_values(sg_json_reader *r, const json_t *object, const char *name,
                                      int allow_null, int64_t *count);

/** An array of numbers, null = NaN. @param count out; 0 after a failure */
const double *sg_json_get_reals(sg_json_reader *r, const json_t *object, const char *name,
                                int64_t *count);

/** One value of a group's key: null, an integer or a text that is not empty, by the type. */
void sg_json_read_key(sg_json_reader *r, const json_t *value, int32_t type, segml_key *key);

#endif
