/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_UNITS_H
#define BENCH_UNITS_H

/*
 * Small sets of rows as engines train on them, from generators and from the example data.
 * What fails ends the program with a message.
 */

#include "boost/engine.h"

typedef enum unit_kind {
    UNIT_SEED,     /* the experiment's groups: 400 rows, 3 features */
    UNIT_MISSING,  /* 400 rows, 10 features of which a tenth is missing */
    UNIT_FLIGHTS,  /* flights of one airport: 300 to 1,000 rows, one of 5 features a category */
    UNIT_PRODUCTS, /* as UNIT_MISSING, but a number is predicted */
    UNIT_DIAMONDS  /* 500 diamonds of one clarity, two of 8 features categories: price predicted */
} unit_kind;

enum { UNIT_FOLDS = 5, UNIT_FEATURES = 10 };

/** Labels are 0 and 1, or numbers of mean 0 and variance 1. */
typedef struct unit {
    sg_engine_rows rows;
    float *data, *label;
    int32_t *fold;
    uint8_t categorical[UNIT_FEATURES];
} unit;

/**
 * Makes units; the same in every run.
 *
 * @param out     [count]; released with units_free()
 * @param folder  of the example data
 * @return how many there are, at most count
 */
int units_make(unit *out, int count, unit_kind kind, const char *folder);

void units_free(unit *units, int count);

#endif
