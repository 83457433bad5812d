/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_BINS_H
#define SG_NATIVE_BINS_H

/*
 * The training rows of a fold as numbers of bins: what histograms are made of. Features that are
 * not categorical come first, in slots 0, 1, ...; categorical ones follow. The rules are in the
 * source.
 */

#include "native/columns.h"

enum {
    SG_BINS_MOST = 256,    /* bins of a feature that is not categorical, missing included */
    SG_BINS_MISSING = 255, /* code of a missing value, where there is one */
    SG_BINS_LANES = 8,     /* histograms are whole vectors of so many entries */
    SG_BINS_PAD = 16       /* slots and rows behind the last that kernels may read */
};

/** One feature, in the order of slots. */
typedef struct sg_bins_slot {
    int32_t feature; /* its number in the unit */
    int32_t bins;    /* of values, or categories of the fold */
    int32_t missing; /* 1: the fold has missing values of it */
    int64_t first;   /* entry of its first bin in a histogram */
    int64_t last;    /* entry of missing values */
} sg_bins_slot;

typedef struct sg_bins {
    const sg_columns *columns; /* not owned */
    int32_t features;
    int32_t numeric;    /* slots that are not categorical */
    int32_t rows;       /* training rows of the fold */
    int32_t most;       /* bins of values of the feature that has most of them */
    sg_bins_slot *slot; /* [features + SG_BINS_PAD] */
    int64_t step;       /* entries from one bin to the next of slots that are not categorical */
    int64_t entries;    /* of a histogram */
    int64_t span;       /* offsets of a row: features and what fills the last word */
    uint16_t *near;     /* [rows * span] entry of each slot's bin; NULL if they need 32 bits */
    uint32_t *far;      /* the same in 32 bits; NULL if near is there */
    uint8_t *code;      /* [numeric * stride] bin of each row */
    uint32_t *category; /* [categorical * stride] number of each row's category in the fold,
                           bins = missing */
    int64_t stride;     /* from one slot's codes to the next */
    float *cut;         /* [numeric * SG_BINS_MOST] less than this is in the bin or below it */
    int32_t *name;      /* [categorical * rows of the unit] code of each category, ascending */

    void *offsets; /* near or far */
    int64_t offset_bytes;
    uint16_t *number; /* [rows of the unit] in the fold */
    uint32_t *entry;  /* scratch of one column: entries of the fold */
    uint32_t *order;  /* its rows by value */
    float *value;     /* and their values */
    uint64_t *key, *spare;
} sg_bins;

/**
 * Allocates for the rows of a unit.
 *
 * @param bins  all zero; released with sg_bins_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_bins_open(sg_bins *bins, const sg_columns *columns, segml_error *err);

/**
 * Makes the bins of a fold.
 *
 * @param row  [count] its training rows, ascending
 * @return SEGML_OK; SEGML_E_NOMEM: the bins are to be made again before they are used
 */
int sg_bins_make(sg_bins *bins, const int32_t *row, int32_t count, segml_error *err);

/** Releases everything; all zero again. */
void sg_bins_clear(sg_bins *bins);

/** Codes of a slot that is not categorical. */
static inline const uint8_t *
sg_bins_code(const sg_bins *bins, int32_t slot)
{
    return bins->code + slot * bins->stride;
}

/** Numbers of the categories of a categorical slot's rows. */
static inline const uint32_t *
sg_bins_category(const sg_bins *bins, int32_t slot)
{
    return bins->category + (slot - bins->numeric) * bins->stride;
}

#endif
