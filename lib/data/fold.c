/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Folds of one group, made in one of four ways.
 *
 * Dealt, stratified (the default):
 * R1  Fold sizes differ by at most one row.
 * R2  Within each stratum, the rows per fold differ by at most one.
 * R3  The map depends on rows, strata, K, seed and group alone: not on other
 *     groups, threads, machine or C library.
 * R4  Over many groups, every fold gets its share of the odd rows.
 *
 * The rows are shuffled (stream "fold"), brought into stratum order by a stable counting sort,
 * and the folds dealt round-robin along that sequence. A stratum is a
 * contiguous run of it, so R2 holds; the deal goes on from one stratum to the
 * next instead of starting anew, so R1 holds too; it begins at fold
 * group mod K, so R4 does. Drawing folds at random per row was rejected: a
 * class of six rows then misses at least one of five folds in nearly nine maps
 * of ten.
 *
 * O(rows + strata) time, 8 bytes per row and per stratum. With fewer rows of a class than
 * folds, R2 leaves some folds without it; the trainer warns of that.
 *
 * Given by the caller:
 * R5  They are taken as they are, 0 .. K - 1 over the whole data set. A group may lack
 *     some; with rows that count in a single one it gets no model of its own.
 *
 * Grouped by a value:
 * R6  A value's fold depends on (seed, value) alone: it is the first draw of the value's
 *     own stream. So rows of equal value are in one fold in every group, and in the
 *     union that the global model is trained on. Rows without a value are dealt as above.
 *     Dealing the values of each group evenly was rejected: a value of two groups would
 *     be trained on and held out at once by the global model. The price: folds are less
 *     even, the more so the fewer values there are, and they are not stratified.
 *
 * Ordered in time (forward chaining):
 * R7  In order of time the rows are cut into K + 1 blocks with equal numbers of rows that
 *     count, as far as R8 allows. Block 0 is never held out (SG_FOLD_NEVER), block f + 1
 *     is fold f; a fit that holds out fold f trains on the blocks before it alone.
 * R8  Rows of equal time are in one block: the one in which their middle lies. That
 *     moves every cut by the least it can be moved.
 * R9  Where there are no ties, the blocks' sizes differ by at most one.
 */

#include "data/fold.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "base/status.h"

static int
check_spec(int64_t rows, const sg_fold_spec *spec, segml_error *err)
{
    if (spec->folds < 2)
        return sg_fail(err, SEGML_E_ARGUMENT, "%d folds: at least 2 are needed", (int)spec->folds);
    if (spec->stratum == NULL)
        return SEGML_OK;
    for (int64_t i = 0; i < rows; i++) {
        if (spec->stratum[i] < 0 || spec->stratum[i] >= spec->strata)
            return sg_fail(err, SEGML_E_DATA, "row %lld: stratum %d is not in [0, %d)",
                           (long long)i, (int)spec->stratum[i], (int)spec->strata);
    }
    return SEGML_OK;
}

/* Fisher-Yates from the inside out: fills and shuffles in one pass. */
static void
shuffle(int64_t *order, int64_t rows, const sg_fold_spec *spec)
{
    sg_rng rng = sg_rng_stream(spec->seed, spec->group, "fold", 0);

    for (int64_t i = 0; i < rows; i++) {
        int64_t j = (int64_t)sg_rng_below(&rng, (uint64_t)i + 1);

        if (j != i)
            order[i] = order[j];
        order[j] = i;
    }
}

/* Position of each stratum's first row in stratum order: an exclusive prefix sum. */
static void
count_starts(int64_t *start, int64_t rows, const sg_fold_spec *spec)
{
    int64_t sum = 0;

    for (int64_t i = 0; i < rows; i++)
        start[spec->stratum[i]]++;
    for (int32_t s = 0; s < spec->strata; s++) {
        int64_t count = start[s];

        start[s] = sum;
        sum += count;
    }
}

int
sg_fold_assign(int32_t *map, int64_t rows, const sg_fold_spec *spec, segml_error *err)
{
    int64_t *order = NULL, *next = NULL;
    uint64_t first;
    int rc = check_spec(rows, spec, err);

    if (rc < 0)
        goto out;
    order = sg_alloc_array(rows, sizeof *order);
    next = sg_alloc_zeroed(spec->stratum != NULL ? spec->strata : 1, sizeof *next);
    if (order == NULL || next == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }

    first = spec->group % (uint64_t)spec->folds;
    shuffle(order, rows, spec);
    if (spec->stratum != NULL)
        count_starts(next, rows, spec);
    for (int64_t i = 0; i < rows; i++) {
        int32_t s = spec->stratum != NULL ? spec->stratum[order[i]] : 0;

        map[order[i]] = (int32_t)((first + (uint64_t)next[s]++) % (uint64_t)spec->folds);
    }
out:
    sg_free(next);
    sg_free(order);
    return rc;
}

int32_t
sg_fold_of_value(uint64_t seed, uint64_t value, int32_t folds)
{
    sg_rng rng = sg_rng_stream(seed, value, "fold group", 0);

    return (int32_t)sg_rng_below(&rng, (uint64_t)folds);
}

void
sg_fold_in_time(int32_t *map, int64_t rows, int32_t folds, const double *time,
                const uint8_t *counts)
{
    int64_t total = 0, before = 0;

    for (int64_t i = 0; i < rows; i++)
        total += counts[i] != 0;
    for (int64_t i = 0, end; i < rows; i = end) {
        int64_t tied = 0, block = 0;

        for (end = i; end < rows && !(time[end] > time[i]); end++)
            tied += counts[end] != 0;
        if (total > 0)
            block = (2 * before + tied) * (folds + 1) / (2 * total); /* of the middle, R8 */
        block = block < folds ? block : folds; /* rows of weight 0 after all others */
        for (int64_t k = i; k < end; k++)
            map[k] = (int32_t)block - 1;
        before += tied;
    }
}
