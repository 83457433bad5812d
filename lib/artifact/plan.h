/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_PLAN_H
#define SG_ARTIFACT_PLAN_H

/* An artifact that is to be written of the records and models of others. */

#include "artifact/entry.h"
#include "artifact/input.h"
#include "segml/artifact.h"

/** Where a record and its model are. */
typedef struct sg_origin {
    const sg_input *input;
    int64_t number; /* of the group; groups plus that of the parent */
} sg_origin;

typedef struct sg_plan {
    sg_manifest manifest;   /* its arena owns what is new, everything else is the inputs' */
    sg_origin *groups;      /* [group_count] of the arena */
    sg_origin *parents;     /* [parent_count] of the arena */
    const sg_input *first;  /* what info is told against */
    const sg_input *global; /* whose global models are taken; NULL = none */
    int keeps_history;      /* 1: where every input has one */
    int keeps_training;     /* 1: where nothing has changed */
    int keeps_whole;        /* 1: it is the first input once more: what is of all groups together
                               stays where none has changed, and records stay as they are written */
    segml_artifact_info info;
} sg_plan;

/**
 * Begins with the header of an input, its global models and parents, and no groups.
 *
 * @param plan    all zero; released with sg_plan_clear(), also after a failure
 * @param input   outlives the plan
 * @param groups  most groups that will be added
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_plan_begin(sg_plan *plan, const sg_input *input, int64_t groups, segml_error *err);

/** The record of an origin as it is meant. */
sg_entry sg_plan_view(const sg_origin *origin);

/** Adds a group, in the order of keys; the header must be final. */
void sg_plan_add(sg_plan *plan, const sg_origin *origin);

/**
 * Writes the artifact.
 *
 * @param info  out, NULL = not wanted
 * @return SEGML_OK; SEGML_E_EXISTS; SEGML_E_IO; SEGML_E_FORMAT (an input is damaged);
 *         SEGML_E_LIMIT; SEGML_E_ABI (of info); SEGML_E_NOMEM; SEGML_E_INTERNAL
 */
int sg_plan_write(sg_plan *plan, const char *path, int overwrite, segml_artifact_info *info,
                  segml_error *err);

/** Releases what it holds; all zero again. */
void sg_plan_clear(sg_plan *plan);

#endif
