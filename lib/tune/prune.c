/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pruners.
 *
 * Median:
 * R1  From five complete trials on, a trial is given up if the best value that it has
 *     reported so far is worse than the median of what complete trials reported at this very
 *     step. NaN does not count as reported; nothing but NaN gives up.
 *
 * Halving (asynchronous successive halving):
 * R2  Rung k is at step r * 4^k. r is a hundredth of the last step of the first complete
 *     trial, at least 1; before there is one, nobody is given up.
 * R3  A trial's value at a rung is the one reported at the first step that is not before it.
 *     It is judged there, on arrival, against the values that all trials have at that rung,
 *     its own included: it goes on if it is among the best quarter of them, rounded down
 *     but at least one. So whoever comes first goes on. NaN is given up.
 *
 * Both count instead of sorting, so they need no memory and cannot fail.
 *
 * Sources: L. Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020
 * (ASHA); the details of R1 to R3 as documented for Optuna's MedianPruner and
 * SuccessiveHalvingPruner.
 */

#include "tune/prune.h"

#include <math.h>
#include <string.h>

enum { STARTUP = 5, REDUCTION = 4, RESOURCES = 100 };

static int32_t
step_of(const int32_t *step, int32_t i)
{
    return step != NULL ? step[i] : i + 1;
}

/* Index of the first step that is not before a number; steps if there is none. */
static int32_t
find_step(const int32_t *step, int32_t steps, int64_t number)
{
    int32_t low = 0, high = steps;

    while (low < high) {
        int32_t middle = low + (high - low) / 2;

        if (step_of(step, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The value of a trial at that very step; NaN if it has none. */
static double
value_at(const sg_trial *trial, int32_t step)
{
    int32_t i = find_step(trial->step, trial->steps, step);

    if (i == trial->steps || step_of(trial->step, i) != step)
        return (double)NAN;
    return trial->curve[i];
}

/*
 * Whether value is above the median of the complete trials' values at that step. Of an even
 * number of them, 2h, it is between the two in the middle exactly if h are below value; then
 * those two are the largest of the h and the smallest of the others.
 */
static int
is_above_median(const sg_prune_view *view, int32_t step, double value)
{
    double largest_below = -(double)INFINITY, smallest_other = (double)INFINITY;
    int32_t count = 0, below = 0;

    for (int32_t t = 0; t < view->count; t++) {
        double other = value_at(&view->trial[t], step);

        if (view->trial[t].state != SEGML_TRIAL_COMPLETE || isnan(other))
            continue;
        count++;
        if (other < value) {
            below++;
            largest_below = fmax(largest_below, other);
        } else {
            smallest_other = fmin(smallest_other, other);
        }
    }
    if (count % 2 == 0 && below == count / 2 && count > 0)
        return value > largest_below / 2 + smallest_other / 2;
    return below > count / 2;
}

static int
prune_by_median(const sg_prune_view *view)
{
    double best = (double)NAN;
    int32_t complete = 0;

    if (view->steps == 0)
        return 0;
    for (int32_t t = 0; t < view->count; t++)
        complete += view->trial[t].state == SEGML_TRIAL_COMPLETE;
    if (complete < STARTUP)
        return 0;
    for (int32_t i = 0; i < view->steps; i++)
        best = fmin(best, view->curve[i]);
    if (isnan(best))
        return 1;
    return is_above_median(view, step_of(view->step, view->steps - 1), best);
}

/* Step of the lowest rung; 0 = not known yet. */
static int64_t
first_rung(const sg_prune_view *view)
{
    for (int32_t t = 0; t < view->count; t++) {
        const sg_trial *trial = &view->trial[t];

        if (trial->state == SEGML_TRIAL_COMPLETE && trial->steps > 0) {
            int32_t last = step_of(trial->step, trial->steps - 1) / RESOURCES;

            return last > 1 ? last : 1;
        }
    }
    return 0;
}

/* Whether a value that has just arrived at a rung is among the best quarter there. */
static int
is_promoted(const sg_prune_view *view, int64_t rung, double value)
{
    int32_t count = 1, better = 0, promoted;

    for (int32_t t = 0; t < view->count; t++) {
        const sg_trial *trial = &view->trial[t];
        int32_t i = find_step(trial->step, trial->steps, rung);

        if (i == trial->steps || isnan(trial->curve[i]))
            continue;
        count++;
        better += trial->curve[i] < value;
    }
    promoted = count / REDUCTION > 1 ? count / REDUCTION : 1;
    return better < promoted;
}

static int
prune_by_halving(const sg_prune_view *view)
{
    int64_t rung = first_rung(view), here, before;

    if (view->steps == 0 || rung == 0)
        return 0;
    here = step_of(view->step, view->steps - 1);
    before = view->steps > 1 ? step_of(view->step, view->steps - 2) : 0;
    for (; rung <= here; rung *= REDUCTION) {
        double value = view->curve[view->steps - 1];

        if (rung > before && (isnan(value) || !is_promoted(view, rung, value)))
            return 1;
    }
    return 0;
}

const sg_pruner sg_pruner_median = {"median", prune_by_median};
const sg_pruner sg_pruner_halving = {"halving", prune_by_halving};

const sg_pruner *
sg_pruner_find(const char *name)
{
    static const sg_pruner *const pruners[] = {&sg_pruner_median, &sg_pruner_halving};

    for (size_t i = 0; i < sizeof pruners / sizeof *pruners; i++) {
        if (name != NULL && strcmp(pruners[i]->name, name) == 0)
            return pruners[i];
    }
    return NULL;
}

int
sg_pruner_known(const char *name)
{
    return name == NULL || strcmp(name, "none") == 0 || sg_pruner_find(name) != NULL;
}
