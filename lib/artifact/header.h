/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_HEADER_H
#define SG_ARTIFACT_HEADER_H

/* Headers of artifacts, what all groups share: how two differ, and whether they fit. */

#include "pack/manifest.h"

/* What a difference means. */
enum {
    SG_HEADER_SCHEMA = 1, /* models of one do not fit the other's rows, labels or keys */
    SG_HEADER_OPTION,     /* of training */
    SG_HEADER_LENGTH,     /* one dictionary is the beginning of the other */
    SG_HEADER_OTHER /* what answers for groups without model, who trained, what else is there */
};

enum { SG_HEADER_NAME = 200 }; /* of a longer name only so many bytes are told */

typedef struct sg_header_difference {
    int kind;
    const char *name;  /* "task", "option trials", "type of feature price" */
    const char *first; /* texts; NULL = there is none, or it is long */
    const char *second;
} sg_header_difference;

/** Takes a difference, valid during the call. @return 0 to go on; 1 to stop; a failure */
typedef int (*sg_header_fn)(void *user, const sg_header_difference *difference, segml_error *err);

/** Tells every difference. @return SEGML_OK, also if it was stopped; the callback's failure */
int sg_header_compare(const sg_manifest *a, const sg_manifest *b, sg_header_fn on_difference,
                      void *user, segml_error *err);

/**
 * Whether groups of both can be in one artifact.
 *
 * @param with_options  1: options of training must be equal too
 * @param a_name        of the artifacts, for the message
 * @return SEGML_OK; SEGML_E_MISMATCH (the message says what differs, and how)
 */
int sg_header_fit(const sg_manifest *a, const sg_manifest *b, int with_options, const char *a_name,
                  const char *b_name, segml_error *err);

/**
 * Takes over the dictionaries of another header that are longer; the headers fit.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_header_join(sg_manifest *header, const sg_manifest *other, segml_error *err);

#endif
