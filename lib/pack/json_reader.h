/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_JSON_READER_H
#define SG_PACK_JSON_READER_H

/*
 * Reading JSON that may be damaged or hostile. The first failure sticks in the reader; after
 * it every accessor does nothing and gives 0 or NULL, so that code reads like the format.
 */

#include <jansson.h>
#include <locale.h>

#include "base/arena.h"
#include "base/status.h"

enum { SG_JSON_WHERE = 48 };

typedef struct sg_json_reader {
    sg_arena *arena; /* owns what is read */
    segml_error *err;
    int rc;                    /* SEGML_OK, or the first failure */
    char where[SG_JSON_WHERE]; /* for messages: "segml.json", "groups.jsonl: line 7" */
    locale_t c_locale, former;
} sg_json_reader;

/**
 * Begins reading: this thread reads numbers in the C locale until sg_json_end().
 *
 * @param r  arena and err set, the rest 0; a failure (SEGML_E_NOMEM) is in rc
 */
void sg_json_begin(sg_json_reader *r);

/** Ends reading, also after a failure. */
void sg_json_end(sg_json_reader *r);

/** Fails with SEGML_E_FORMAT: `where: "name" reason`. */
void sg_json_refuse(sg_json_reader *r, const char *name, const char *reason);

/** Zeroed memory of the arena. */
void *sg_json_take(sg_json_reader *r, int64_t count, size_t size);

/** Parses one text; released with json_decref(). A name that occurs twice is refused. */
json_t *sg_json_parse(sg_json_reader *r, const char *text, size_t size);

/** A member of an object. */
const json_t *sg_json_get(sg_json_reader *r, const json_t *object, const char *name);

const json_t *sg_json_get_array(sg_json_reader *r, const json_t *object, const char *name);

/** In [0, max]. */
int64_t sg_json_get_integer(sg_json_reader *r, const json_t *object, const char *name, int64_t max);

int32_t sg_json_get_boolean(sg_json_reader *r, const json_t *object, const char *name);

/** A text without U+0000. */
const char *sg_json_get_text(sg_json_reader *r, const json_t *object, const char *name);

/** The enumerator of a name, see sg_names_find(). */
int32_t sg_json_get_name(sg_json_reader *r, const json_t *object, const char *name,
                         const char *(*name_of)(int32_t));

/** size bytes from lower-case hexadecimal digits. */
void sg_json_get_hex(sg_json_reader *r, const json_t *object, const char *name, unsigned char *out,
                     int size);

/** Distinct texts. */
const char *const *sg_json_get_texts(sg_json_reader *r, const json_t *object, const char *name,
                                     int64_t *count);

/** Named numbers; with allow_null, null stands for NaN. */
const segml_value *sg_json_get_values(sg_json_reader *r, const json_t *object, const char *name,
                                      int allow_null, int64_t *count);

/** Named texts. */
const segml_text *sg_json_get_named_texts(sg_json_reader *r, const json_t *object, const char *name,
                                          int64_t *count);

/** A finite number; name is that of the member it stands in. */
double sg_json_to_number(sg_json_reader *r, const json_t *value, const char *name);

/** Decimal digits of an unsigned number, as text without leading zeros. */
uint64_t sg_json_get_seed(sg_json_reader *r, const json_t *object, const char *name);

/** One column of a group's key: null, or an integer or a text that is not empty, by the type. */
void sg_json_to_key(sg_json_reader *r, const json_t *value, int32_t type, segml_key *key);

/** Refuses a text that stands twice in a member. */
void sg_json_check_distinct(sg_json_reader *r, const char *const *texts, int64_t count,
                            const char *name);

/** Number of lines. */
int64_t sg_json_count_lines(const char *lines, size_t size);

/** Takes the object of one line; numbered from 0. */
typedef void (*sg_json_line_fn)(sg_json_reader *r, void *user, int64_t number,
                                const json_t *object);

/** Lines with a JSON value each, of a member of an artifact. */
typedef struct sg_json_lines {
    const char *member; /* "groups.jsonl" */
    const char *text;   /* [size]; may be NULL if that is 0 */
    size_t size;
    size_t longest; /* that a line may be; more is SEGML_E_LIMIT */
} sg_json_lines;

/** Reads line by line; only one is parsed at a time. */
void sg_json_read_lines(sg_json_reader *r, const sg_json_lines *lines, sg_json_line_fn on_line,
                        void *user);

#endif
