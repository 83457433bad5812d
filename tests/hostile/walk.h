/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HOSTILE_WALK_H
#define TESTS_HOSTILE_WALK_H

/*
 * Everything that a model answers, as a list of items: facts, names, records, routes,
 * predictions, importances, histories. Two models are alike if all their items are.
 */

#include "base/buf.h"
#include "segml/model.h"

/** One answer: a status, and if there is one, the bytes. */
typedef struct walk_item {
    int rc;
    size_t begin, end; /* in the walk's bytes */
    char what[48];
    char message[512]; /* of a failure */
} walk_item;

typedef struct walk {
    walk_item *items; /* [count] */
    int count, capacity;
    sg_buf bytes;
    segml_key *keys; /* [key_count * key_columns] that are looked up, copies */
    int64_t key_count, key_columns;
    char *texts;     /* of the keys */
    segml_error err; /* of the call under way */
} walk;

/** Takes the keys to look up from a sound model: its groups' and some that it has not. */
void walk_keys(walk *w, const segml_model *model);

/** Asks a model everything, with keys of walk_keys(); earlier answers are forgotten. */
void walk_model(walk *w, const segml_model *model);

enum { WALK_SAME, WALK_REFUSED, WALK_WRONG };

/**
 * Compares what a model answered with what a sound one did.
 *
 * @param item  out: the first that was refused or, before those, that is wrong; may be NULL
 * @return WALK_SAME; WALK_REFUSED (what differs are calls that failed with the status of a
 *         damaged file); WALK_WRONG (another answer)
 */
int walk_compare(const walk *sound, const walk *other, const walk_item **item);

/** Whether a call may fail so because of what is in a file. */
int walk_is_refusal(int rc);

void walk_clear(walk *w);

#endif
