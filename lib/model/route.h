/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_ROUTE_H
#define SG_MODEL_ROUTE_H

/*
 * From a key to what answers for it, in two steps: a key has a place (its group, or one of the
 * places of keys that training did not see), and a place has a target.
 */

#include "model/model.h"

/** What answers for a place. */
typedef struct sg_route_target {
    int32_t kind;       /* segml_route_kind */
    int32_t reason;     /* segml_route_reason */
    int64_t group;      /* -1 for an unseen key */
    sg_resident *child; /* counted; NULL of SEGML_ROUTE_CONSTANT and SEGML_ROUTE_NONE */
    int32_t has_tail;   /* 1: features that follow the row's */
    float threshold;    /* of a binary task: probability from which a row is positive */
    float tail[SG_KEY_COLUMNS_MAX];
} sg_route_target;

struct segml_route {
    const segml_model *model; /* counted */
    sg_route_target target;   /* never SEGML_ROUTE_NONE */
};

/** Number of places. */
int64_t sg_route_places(const segml_model *model);

/**
 * Finds a key's place.
 *
 * @param keys   [key_count] well formed, of any type
 * @param place  out: in [0, sg_route_places())
 * @return SEGML_OK; SEGML_E_FORMAT (the index is damaged); SEGML_E_NOMEM (only for long keys)
 *
 * Thread-safety: any thread.
 */
int sg_route_place(const segml_model *model, const segml_key *keys, int64_t *place,
                   segml_error *err);

/**
 * Finds the parent that answers for a key without own model.
 *
 * @param keys    [columns] canonical
 * @param parent  out: its number; -1 if none answers
 * @return as sg_route_place()
 */
int sg_route_parent(const segml_model *model, const segml_key *keys, int64_t columns,
                    int64_t *parent, segml_error *err);

/**
 * What answers for a place; its forest is loaded if it is not.
 *
 * @param target  out: released with sg_route_target_clear(), also after a failure
 * @return as sg_model_take(). Thread-safety: any thread
 */
int sg_route_find_target(const segml_model *model, int64_t place, sg_route_target *target,
                         segml_error *err);

/** Ends the use of its forest. */
void sg_route_target_clear(sg_route_target *target);

#endif
