/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_HISTORY_H
#define SG_PACK_HISTORY_H

/*
 * What training keeps for reports: history.jsonl, one line per group in the order of
 * groups.jsonl, then one for the global model if there is one.
 */

#include "base/arena.h"
#include "base/buf.h"

/* A search, and how features go with the label. */
typedef struct sg_history_record {
    int32_t chosen;             /* trial; -1 = none */
    int64_t trials;
    const double *values;       /* [trials] NaN = failed */
    const int32_t *rounds;      /* [trials] */
    const int32_t *states;      /* [trials] segml_trial_state */
    const double *correlations; /* [features] in [-1, 1], or NaN */
} sg_history_record;

/* What is read; all of it belongs to the arena. */
typedef struct sg_history {
    sg_arena arena;
    sg_history_record *records; /* [count] */
    int64_t count;
} sg_history;

/**
 * Appends one line. Same record, same bytes; numbers read back to the same double.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_history_write(sg_buf *lines, const sg_history_record *record, int64_t features,
                     segml_error *err);

/**
 * Reads history.jsonl and checks everything: the number of lines, lengths, ranges.
 *
 * @param history  all zero; on failure it is cleared
 * @param count    of lines
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_history_read(sg_history *history, const void *lines, size_t size, int64_t count,
                    int64_t features, segml_error *err);

/** Releases everything; all zero again. */
void sg_history_clear(sg_history *history);

#endif
