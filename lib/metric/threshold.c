/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Thresholds of binary predictions.
 *
 * R1  Candidates lie halfway between neighbouring probabilities, 0 and 1 counting as neighbours of
 *     the outermost: a row near the threshold keeps its class when its probability is computed
 *     in single precision. Where no double lies between two probabilities it is the upper one.
 * R2  Rows of one probability are never parted, so no value depends on the order of rows.
 * R3  Of equals the nearest to 0.5; of those two, the higher.
 *
 * A threshold of a small group is drawn towards that of all rows: maximising F1 over 100 rows
 * finds the noise of 100 rows. The penalty of 40 / sqrt(rows) makes a move by 0.1 cost 0.02 of F1
 * at 400 rows, which is the sampling error of F1 there, and it falls with the rows as that does.
 * For calibrated probabilities the best threshold for F1 is half the best F1 (Lipton, Elkan,
 * Narayanaswamy 2014), a good check of what comes out here, but not used: a group's probabilities
 * need not be calibrated.
 *
 * One pass over the ranked rows, O(n log n). A grid of thresholds was rejected: rare classes
 * have all their probabilities between two points of it.
 */

#include "metric/threshold.h"

#include "base/alloc.h"
#include "metric/binary.h"
#include "metric/ranking.h"
#include "metric/rows.h"

/* The best candidate so far. */
typedef struct choice {
    double threshold, value; /* value NaN: none yet */
} choice;

static void
consider(choice *best, const sg_threshold_spec *spec, const double *sums, double threshold)
{
    double value = spec->goal == SG_THRESHOLD_MCC ? sg_binary_mcc(sums, 1) : sg_binary_f1(sums, 1);
    double off = threshold - spec->toward;

    if (isnan(value))
        return;
    if (spec->penalty > 0)
        value -= spec->penalty * off * off;
    if (value < best->value)
        return;
    if (isnan(best->value) || value > best->value ||
        fabs(threshold - 0.5) < fabs(best->threshold - 0.5))
        *best = (choice){threshold, value};
}

/* Above low, at most high. */
static double
halfway(double low, double high)
{
    double middle = low + (high - low) / 2;

    return middle > low ? middle : high;
}

static void
fill_cells(double *sums, double tp, double fp, const sg_areas *all)
{
    double *cell = sums + SG_SUM_CELLS; /* in the order of 2 label + prediction */

    cell[0] = all->negatives - fp;
    cell[1] = fp;
    cell[2] = all->positives - tp;
    cell[3] = tp;
}

static void
sweep(choice *best, const sg_ranked *row, int64_t count, const sg_threshold_spec *spec)
{
    double sums[SG_SUM_SINGLE] = {0}, tp = 0, fp = 0, p = 1, next;
    sg_areas all = {.positives = 0};

    for (int64_t i = 0; i < count; i++)
        *(row[i].positive ? &all.positives : &all.negatives) += row[i].weight;
    next = count > 0 ? sg_rows_sigmoid((double)row[0].score) : p;
    fill_cells(sums, 0, 0, &all);
    if (next < p)
        consider(best, spec, sums, halfway(next, p));
    for (int64_t i = 0; i < count;) {
        p = next;
        for (; i < count && !(next < p); i++) {
            *(row[i].positive ? &tp : &fp) += row[i].weight;
            next = i + 1 < count ? sg_rows_sigmoid((double)row[i + 1].score) : 0;
        }
        fill_cells(sums, tp, fp, &all);
        consider(best, spec, sums, halfway(next, p));
    }
}

int
sg_threshold_choose(const sg_scored *scored, const sg_threshold_spec *spec, double *threshold,
                    segml_error *err)
{
    choice best = {spec->penalty > 0 ? spec->toward : 0.5, (double)NAN};
    sg_ranked *ranked;
    int64_t count;
    int rc = sg_ranking_make(&ranked, &count, scored, err);

    if (rc < 0)
        return rc;
    sweep(&best, ranked, count, spec);
    *threshold = best.threshold;
    sg_free(ranked);
    return SEGML_OK;
}

int
sg_threshold_cross_fit(const sg_scored *scored, const int32_t *fold, int32_t folds,
                       const sg_threshold_spec *spec, double *thresholds, segml_error *err)
{
    sg_ranked *ranked = NULL, *others = NULL;
    int64_t count;
    int rc = sg_ranking_make(&ranked, &count, scored, err);

    if (rc < 0)
        return rc;
    others = sg_alloc_array(count, sizeof *others);
    if (others == NULL)
        rc = sg_fail_nomem(err);
    for (int32_t f = 0; f < folds && rc == SEGML_OK; f++) { /* sorted once for all */
        choice best = {spec->penalty > 0 ? spec->toward : 0.5, (double)NAN};
        int64_t n = 0;

        for (int64_t i = 0; i < count; i++) {
            if (fold[ranked[i].place] != f)
                others[n++] = ranked[i];
        }
        sweep(&best, others, n, spec);
        thresholds[f] = best.threshold;
    }
    sg_free(others);
    sg_free(ranked);
    return rc;
}

double
sg_threshold_penalty(int64_t rows)
{
    return 40 / sqrt((double)(rows > 0 ? rows : 1));
}
