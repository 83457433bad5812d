/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_MERGE_HEADER_H
#define SG_ARTIFACT_MERGE_HEADER_H

/* The header of a merged artifact, and its models that are no group's. */

#include "artifact/plan.h"

/** Artifacts that are merged. */
typedef struct sg_merge_inputs {
    const sg_input *inputs; /* [count] */
    const char *const *names;
    int64_t count;
} sg_merge_inputs;

/** Which records of equal key are taken: by an order of sg_entry_prefer(), 0 = only equal ones. */
typedef struct sg_merge_rule {
    int order;
    const char *what, *remedy; /* for the message where they differ */
} sg_merge_rule;

/**
 * Fills the plan's header, global models and parents.
 *
 * @param plan     begun with the first input
 * @param options  nothing left to default
 * @return SEGML_OK; SEGML_E_MISMATCH (they do not fit: the message says what differs and what
 *         can be done); SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int sg_merge_header(sg_plan *plan, const sg_merge_inputs *all, const segml_merge_options *options,
                    segml_error *err);

/**
 * Collects records of all inputs by key, of equal keys one each, whatever order the inputs are in.
 *
 * @param origins  out [sum of all groups, or of all parents]
 * @param parents  1: of parents
 * @param count    out: how many there are
 * @return as sg_merge_header()
 */
int sg_merge_records(sg_origin *origins, const sg_merge_inputs *all, int parents,
                     const sg_merge_rule *rule, int64_t *count, segml_error *err);

#endif
