/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_ROUTE_H
#define SG_MODEL_ROUTE_H

/*
 * From a key to what answers for it, in two steps: a key has a place (the group's
 * index, or one of two places for keys that training did not see), and a place has a
 * target.
 */

#include "model/model.h"

/** What answers for a place. */
typedef struct sg_route_target {
    int32_t kind;            /* segml_route_kind */
    int32_t reason;          /* segml_route_reason */
    int64_t group;           /* -1 for an unseen key */
    const sg_forest *forest; /* NULL of SEGML_ROUTE_CONSTANT and SEGML_ROUTE_NONE */
    const float *tail;       /* features that follow the row's; NULL if there are none */
    float threshold;         /* of a binary task: probability from which a row is positive */
} sg_route_target;

struct segml_route {
    const segml_model *model; /* counted */
    sg_route_target target;   /* never SEGML_ROUTE_NONE */
};

/** Number of places: groups, unseen, NULL unseen. */
int64_t sg_route_places(const segml_model *model);

/**
 * Finds a key's place.
 *
 * @param keys   [key_count] well formed, of any type
 * @param place  out: in [0, sg_route_places())
 * @return SEGML_OK; SEGML_E_NOMEM (only for long keys)
 *
 * Thread-safety: any thread.
 */
int sg_route_place(const segml_model *model, const segml_key *keys, int64_t *place,
                   segml_error *err);

/** What answers for a place. Thread-safety: any thread. */
sg_route_target sg_route_find_target(const segml_model *model, int64_t place);

#endif
