/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tree-structured Parzen estimator.
 *
 * R1  A trial is finished if it is complete or pruned. Failed trials do not exist. Before
 *     ten have finished, points are random.
 * R2  Of n finished trials the best ceil(n / 10), at most 25, are good, the others bad.
 * R3  Complete trials come before pruned ones, and are ordered by value. Pruned ones are
 *     ordered by their last step, the latest first, then by the value there, NaN being the
 *     worst; without a step they come last. Equal trials are ordered by number.
 * R4  Running trials are bad, wherever they are: trials side by side spread.
 * R5  One density is made of the good points and one of the bad ones (tune/parzen.h), both in
 *     the order of the trials' numbers. 24 candidates are drawn from the good density; the
 *     one at which the good density is largest relative to the bad one is taken, the first
 *     of equals.
 * R6  "tpe" does this once, jointly for the dimensions that are active in all finished
 *     trials; then for every other one by itself, with the trials in which it is active.
 *     "tpe-univariate" does every dimension by itself.
 * R7  A dimension that is not active in the point being made gets no value; one with a
 *     single value has that.
 * R8  All draws of a trial come from one stream of its own, which the random trials of R1 do
 *     not share.
 *
 * The joint rule is the default because a product kernel follows valleys that are not
 * along an axis; it was better than or equal to the univariate one on every function tried.
 * What makes the search global is the prior: with one good trial it is half of the density.
 *
 * Time per point is O(24 * trials * dimensions), and a sort of the trials.
 *
 * Sources: J. Bergstra, R. Bardenet, Y. Bengio, B. Kegl, Algorithms for Hyper-Parameter
 * Optimization, NIPS 2011; R2 to R6 as documented for Optuna 5.0 (joint) and 4.9.
 */

#include "tune/tpe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "tune/parzen.h"
#include "tune/scale.h"

enum { STARTUP = 10, GOOD_MAX = 25, CANDIDATES = 24 };

typedef struct ranked {
    int32_t number;
    int32_t pruned;
    int32_t step; /* last one of a pruned trial, 0 = none */
    double value; /* not NaN */
} ranked;

static int
is_finished(const sg_trial *trial)
{
    return trial->state == SEGML_TRIAL_COMPLETE || trial->state == SEGML_TRIAL_PRUNED;
}

static int
compare_trials(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->pruned != y->pruned)
        return x->pruned - y->pruned;
    if (x->step != y->step)
        return x->step > y->step ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static int
compare_numbers(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static ranked
rank_of(const sg_trial *trial, int32_t number)
{
    ranked rank = {number, trial->state == SEGML_TRIAL_PRUNED, 0, trial->value};

    if (rank.pruned && trial->steps > 0) {
        rank.step = trial->step[trial->steps - 1];
        rank.value = trial->curve[trial->steps - 1];
    }
    if (isnan(rank.value))
        rank.value = (double)INFINITY;
    return rank;
}

int
sg_tpe_split_make(sg_tpe_split *split, const sg_trials *history, segml_error *err)
{
    ranked *rank = sg_alloc_array((int64_t)history->count + 1, sizeof *rank);
    int rc = SEGML_OK;

    memset(split, 0, sizeof *split);
    split->good = sg_alloc_array(GOOD_MAX, sizeof *split->good);
    split->bad = sg_alloc_array((int64_t)history->count + 1, sizeof *split->bad);
    if (rank == NULL || split->good == NULL || split->bad == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    for (int32_t t = 0; t < history->count; t++) {
        if (is_finished(&history->trial[t]))
            rank[split->finished++] = rank_of(&history->trial[t], t);
        else if (history->trial[t].state == SEGML_TRIAL_RUNNING)
            split->bad[split->bad_count++] = t;
    }
    qsort(rank, (size_t)split->finished, sizeof *rank, compare_trials);
    for (int32_t r = 0; r < split->finished; r++) {
        if (r < (split->finished + 9) / 10 && r < GOOD_MAX)
            split->good[split->good_count++] = rank[r].number;
        else
            split->bad[split->bad_count++] = rank[r].number;
    }
    qsort(split->good, (size_t)split->good_count, sizeof *split->good, compare_numbers);
    qsort(split->bad, (size_t)split->bad_count, sizeof *split->bad, compare_numbers);
out:
    sg_free(rank);
    return rc;
}

void
sg_tpe_split_clear(sg_tpe_split *split)
{
    sg_free(split->bad);
    sg_free(split->good);
    memset(split, 0, sizeof *split);
}

/* Dimensions that are modelled together. */
typedef struct block {
    const sg_dimension *dimension[SG_SPACE_MAX];
    int32_t number[SG_SPACE_MAX];
    int32_t count;
} block;

static void
add_to_block(block *b, const sg_space *space, int32_t d)
{
    b->dimension[b->count] = &space->dimension[d];
    b->number[b->count++] = d;
}

static int
has_values(const block *b, const double *point)
{
    for (int32_t k = 0; k < b->count; k++) {
        if (isnan(point[b->number[k]]))
            return 0;
    }
    return 1;
}

/* The density of a block in those of the trials that have values for all of it. */
static int
make_density(sg_parzen *parzen, const sg_trials *history, const block *b, const int32_t *trial,
             int32_t trials, segml_error *err)
{
    double *observation = sg_alloc_array((int64_t)b->count * trials, sizeof *observation);
    int32_t count = 0, row = 0;
    int rc;

    if (observation == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < trials; t++)
        count += has_values(b, history->trial[trial[t]].point);
    for (int32_t t = 0; t < trials; t++) {
        const double *point = history->trial[trial[t]].point;

        if (!has_values(b, point))
            continue;
        for (int32_t k = 0; k < b->count; k++)
            observation[(int64_t)k * count + row] = point[b->number[k]];
        row++;
    }
    rc = sg_parzen_make(parzen, b->dimension, b->count, observation, count, err);
    sg_free(observation);
    return rc;
}

/* Sets the block's values in point: the candidate that is best by R5. */
static int
suggest(const sg_trials *history, const sg_tpe_split *split, const block *b, sg_rng *rng,
        double *point, segml_error *err)
{
    sg_parzen good = {0}, bad = {0};
    double good_density[CANDIDATES], bad_density[CANDIDATES];
    double *candidate = sg_alloc_array((int64_t)CANDIDATES * b->count, sizeof *candidate);
    int32_t best = 0;
    int rc = candidate != NULL ? SEGML_OK : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = make_density(&good, history, b, split->good, split->good_count, err);
    if (rc == SEGML_OK)
        rc = make_density(&bad, history, b, split->bad, split->bad_count, err);
    if (rc < 0)
        goto out;
    for (int32_t c = 0; c < CANDIDATES; c++)
        sg_parzen_draw(&good, rng, candidate + (int64_t)c * b->count);
    rc = sg_parzen_log_density(&good, good_density, candidate, CANDIDATES, err);
    if (rc == SEGML_OK)
        rc = sg_parzen_log_density(&bad, bad_density, candidate, CANDIDATES, err);
    if (rc < 0)
        goto out;
    for (int32_t c = 1; c < CANDIDATES; c++) {
        if (good_density[c] - bad_density[c] > good_density[best] - bad_density[best])
            best = c;
    }
    for (int32_t k = 0; k < b->count; k++)
        point[b->number[k]] = candidate[(int64_t)best * b->count + k];
out:
    sg_parzen_clear(&bad);
    sg_parzen_clear(&good);
    sg_free(candidate);
    return rc;
}

/* Dimensions to be searched that are active in all finished trials. */
static void
find_common(block *b, const sg_trials *history)
{
    for (int32_t d = 0; d < history->space->count; d++) {
        int common = !sg_scale_is_fixed(&history->space->dimension[d]);

        for (int32_t t = 0; t < history->count && common; t++)
            common = !is_finished(&history->trial[t]) || !isnan(history->trial[t].point[d]);
        if (common)
            add_to_block(b, history->space, d);
    }
}

/* Completes a point whose joint dimensions, if any, are set: R6 and R7. */
static int
suggest_others(const sg_trials *history, const sg_tpe_split *split, sg_rng *rng, double *point,
               segml_error *err)
{
    const sg_space *space = history->space;
    int rc = SEGML_OK;

    for (int32_t d = 0; d < space->count && rc == SEGML_OK; d++) {
        block single = {.count = 0};

        if (!sg_space_active(space, point, d)) {
            point[d] = (double)NAN;
        } else if (sg_scale_is_fixed(&space->dimension[d])) {
            point[d] = sg_scale_step_value(&space->dimension[d], 0);
        } else if (isnan(point[d])) {
            add_to_block(&single, space, d);
            rc = suggest(history, split, &single, rng, point, err);
        }
    }
    return rc;
}

static int
ask(const sg_trials *history, int joint, double *point, segml_error *err)
{
    sg_rng rng =
        sg_rng_stream(history->seed, history->group, "tpe sampler", (uint64_t)history->count);
    sg_tpe_split split;
    block common = {.count = 0};
    int rc = sg_tpe_split_make(&split, history, err);

    if (rc < 0)
        goto out;
    if (split.finished < STARTUP) {
        rc = sg_sampler_random.ask(history, point, err);
        goto out;
    }
    for (int32_t d = 0; d < history->space->count; d++)
        point[d] = (double)NAN;
    if (joint)
        find_common(&common, history);
    if (common.count > 0)
        rc = suggest(history, &split, &common, &rng, point, err);
    if (rc == SEGML_OK)
        rc = suggest_others(history, &split, &rng, point, err);
out:
    sg_tpe_split_clear(&split);
    return rc;
}

static int
ask_jointly(const sg_trials *history, double *point, segml_error *err)
{
    return ask(history, 1, point, err);
}

static int
ask_one_by_one(const sg_trials *history, double *point, segml_error *err)
{
    return ask(history, 0, point, err);
}

const sg_sampler sg_sampler_tpe = {"tpe", NULL, ask_jointly};
const sg_sampler sg_sampler_tpe_univariate = {"tpe-univariate", NULL, ask_one_by_one};
