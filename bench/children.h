/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_CHILDREN_H
#define BENCH_CHILDREN_H

/*
 * Any number of trained models of which no two are equal: the boosters of the experiment's
 * groups, trained once, and in each child every leaf changed a little. What fails ends the
 * program with a message.
 */

#include <stddef.h>
#include <stdint.h>

enum { CHILDREN_ROUNDS = 100, CHILDREN_ROWS = 400 };

typedef struct children {
    int count;           /* of trained boosters */
    unsigned char **ubj; /* [count] */
    size_t *size;        /* [count] */
    size_t largest;
    unsigned char *json; /* [json_size] segml.json of their artifact */
    size_t json_size;
} children;

/** Trains the boosters: the same on every machine. Released with children_free(). */
children children_train(void);

void children_free(children *c);

/**
 * Child number i.
 *
 * @param ubj  out [children.largest] an XGBoost model as UBJSON
 * @return bytes of it
 */
size_t children_make(const children *c, int64_t i, unsigned char *ubj);

/** Key of child number i: ascending, with gaps that no group has. */
static inline int64_t
children_key(int64_t i)
{
    return 1000000 + 37 * i;
}

/** Whether group i has a model where so many of the groups do: they are evenly spread. */
static inline int
children_has_model(int64_t i, int64_t models, int64_t groups)
{
    return (i + 1) * models / groups > i * models / groups;
}

#endif
