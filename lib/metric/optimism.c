/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bias-corrected score of a search's winner.
 *
 * R1  A draw takes as many rows as count, with replacement. The trial that is best on them, by the
 *     search's own objective and its own rule (the first of equals; undefined is never best), is
 *     scored on the rows that were not drawn. The mean over the draws is the corrected score.
 * R2  Draws without a best trial, and those whose score is undefined, take no part.
 * R3  The draws depend on seed, group and number of rows alone.
 *
 * Rows not drawn had no part in the choice, so their score is honest about it; that only 63 % of
 * the rows choose makes the choice a little worse than the search's, and the score a little
 * pessimistic (Tsamardinos et al. 2018). A nested cross-validation was rejected as the default:
 * it trains everything again.
 *
 * Rows are looked at once per trial; a draw then is a pass over sums or over ready rankings:
 * O(draws * trials * rows). An objective that is neither (medians, R2) is computed anew each time.
 */

#include "metric/optimism.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "metric/binary.h"
#include "metric/multiclass.h"
#include "metric/objective.h"
#include "metric/rows.h"

typedef struct replay {
    const sg_optimism_spec *spec;
    const sg_objective *objective;
    int64_t rows; /* that count */
    int64_t classes;
    sg_sums_row *row;  /* [trials][rows] */
    int64_t *place;    /* [rows] of the caller's; places of rankings are ours */
    double *sums;      /* of a trial in a draw */
    sg_ranked *ranked; /* [trials][rows] if the objective is of rankings, else NULL */
    sg_ranked *drawn;  /* [rows] of it that are in a draw */
    float *weight;     /* [the caller's rows] if it is computed anew, else NULL */
    int32_t *times;    /* [rows] that each was drawn */
    /* The rows that are drawn, then those that are not, each in their order. */
    int64_t *which; /* [rows] */
    double *factor; /* [rows] times drawn, or 1 */
    int64_t some;   /* rows that are drawn */
} replay;

static sg_scored
trial_of(const replay *r, int32_t t)
{
    sg_scored scored = *r->spec->rows;

    scored.margin = r->spec->margin[t];
    return scored;
}

static void
clear(replay *r)
{
    sg_free(r->factor);
    sg_free(r->which);
    sg_free(r->times);
    sg_free(r->weight);
    sg_free(r->drawn);
    sg_free(r->ranked);
    sg_free(r->sums);
    sg_free(r->place);
    sg_free(r->row);
}

static int
allocate(replay *r, segml_error *err)
{
    int64_t cells = r->rows * r->spec->trials;

    r->row = sg_alloc_array(cells, sizeof *r->row);
    r->place = sg_alloc_array(r->rows, sizeof *r->place);
    r->sums = sg_alloc_array(sg_sums_width(r->classes), sizeof *r->sums);
    r->times = sg_alloc_array(r->rows, sizeof *r->times);
    r->which = sg_alloc_array(r->rows, sizeof *r->which);
    r->factor = sg_alloc_array(r->rows, sizeof *r->factor);
    if (r->row == NULL || r->place == NULL || r->sums == NULL || r->times == NULL ||
        r->which == NULL || r->factor == NULL)
        return sg_fail_nomem(err);
    if (r->objective->of_ranking != NULL) {
        r->ranked = sg_alloc_array(cells, sizeof *r->ranked);
        r->drawn = sg_alloc_array(r->rows, sizeof *r->drawn);
        if (r->ranked == NULL || r->drawn == NULL)
            return sg_fail_nomem(err);
    } else if (r->objective->of_sums == NULL) {
        r->weight = sg_alloc_zeroed(r->spec->rows->rows, sizeof *r->weight);
        if (r->weight == NULL)
            return sg_fail_nomem(err);
    }
    return SEGML_OK;
}

static void
fill_trial(replay *r, int32_t trial)
{
    sg_scored scored = trial_of(r, trial);
    sg_sums_row *row = r->row + trial * r->rows;
    sg_ranked *ranked;

    for (int64_t i = 0; i < r->rows; i++)
        row[i] = sg_sums_look(&scored, r->place[i], scored.threshold);
    if (r->ranked == NULL)
        return;
    ranked = r->ranked + trial * r->rows;
    for (int64_t i = 0; i < r->rows; i++)
        ranked[i] = (sg_ranked){scored.margin[r->place[i]], row[i].label, row[i].weight, i};
    sg_ranking_sort(ranked, r->rows);
}

static void
fill(replay *r)
{
    int64_t n = 0;

    for (int64_t i = 0; i < r->spec->rows->rows; i++) {
        if (sg_rows_weight(r->spec->rows, i) > 0)
            r->place[n++] = i;
    }
    for (int32_t t = 0; t < r->spec->trials; t++)
        fill_trial(r, t);
}

/* Lists the rows of a draw once for all trials. */
static void
part(replay *r)
{
    int64_t n = 0;

    for (int drawn = 1; drawn >= 0; drawn--) {
        for (int64_t i = 0; i < r->rows; i++) {
            if ((r->times[i] > 0) != drawn)
                continue;
            r->which[n] = i;
            r->factor[n++] = drawn ? r->times[i] : 1;
        }
        if (drawn)
            r->some = n;
    }
}

/* Sums of a trial's rows that are drawn, or of those that are not. */
static void
add_up(replay *r, int32_t trial, int drawn)
{
    const sg_sums_row *row = r->row + trial * r->rows;
    int64_t first = drawn ? 0 : r->some, count = drawn ? r->some : r->rows - r->some;

    sg_sums_of(r->sums, row, r->classes, r->which + first, r->factor + first, count);
}

static double
rank_drawn(replay *r, int32_t trial)
{
    const sg_ranked *ranked = r->ranked + trial * r->rows;
    int64_t n = 0;

    for (int64_t i = 0; i < r->rows; i++) {
        int32_t times = r->times[ranked[i].place];

        r->drawn[n] = ranked[i];
        r->drawn[n].weight *= times;
        n += times > 0;
    }
    return r->objective->of_ranking(r->drawn, n);
}

/* What the search would have minimised on the rows that are drawn. */
static int
drawn_loss(replay *r, int32_t trial, double *loss, segml_error *err)
{
    sg_scored scored = trial_of(r, trial);

    if (r->objective->of_sums != NULL) {
        add_up(r, trial, 1);
        *loss = sg_objective_loss(r->objective, r->objective->of_sums(r->sums, r->classes));
        return SEGML_OK;
    }
    if (r->objective->of_ranking != NULL) {
        *loss = sg_objective_loss(r->objective, rank_drawn(r, trial));
        return SEGML_OK;
    }
    for (int64_t i = 0; i < r->rows; i++)
        r->weight[r->place[i]] = (float)(r->row[i].weight * r->times[i]);
    scored.weight = r->weight;
    return sg_metric_objective(r->objective->name, &scored, loss, err);
}

/* The trial that a search on the drawn rows ends with; -1: none. */
static int
choose(replay *r, int32_t *best, segml_error *err)
{
    double least = (double)NAN, loss;

    *best = -1;
    for (int32_t t = 0; t < r->spec->trials; t++) {
        int rc = drawn_loss(r, t, &loss, err);

        if (rc < 0)
            return rc;
        if (!isnan(loss) && (*best < 0 || loss < least)) {
            *best = t;
            least = loss;
        }
    }
    return SEGML_OK;
}

static double
f1_of(const replay *r)
{
    switch (r->spec->rows->task) {
    case SEGML_TASK_BINARY:
        return sg_binary_f1(r->sums, r->classes);
    case SEGML_TASK_MULTICLASS:
        return sg_multiclass_f1_macro(r->sums, r->classes);
    default:
        return (double)NAN;
    }
}

/* A mean of what is defined. */
typedef struct running_mean {
    double sum, count;
} running_mean;

static void
put(running_mean *mean, double value)
{
    mean->sum += isnan(value) ? 0 : value;
    mean->count += !isnan(value);
}

static int
correct(replay *r, sg_optimism *out, segml_error *err)
{
    sg_rng rng = sg_rng_stream(r->spec->seed, r->spec->group, "optimism", 0);
    running_mean loss = {0, 0}, f1 = {0, 0};
    int32_t best;

    for (int d = 0; d < SG_OPTIMISM_DRAWS; d++) {
        int rc;

        memset(r->times, 0, (size_t)r->rows * sizeof *r->times);
        for (int64_t i = 0; i < r->rows; i++)
            r->times[sg_rng_below(&rng, (uint64_t)r->rows)]++;
        part(r);
        rc = choose(r, &best, err);
        if (rc < 0)
            return rc;
        if (best < 0)
            continue;
        add_up(r, best, 0);
        put(&loss, sg_sums_loss(r->sums, r->classes));
        put(&f1, f1_of(r));
    }
    out->loss = sg_rows_ratio(loss.sum, loss.count);
    out->f1 = sg_rows_ratio(f1.sum, f1.count);
    return SEGML_OK;
}

static int
score_naively(replay *r, sg_optimism *out, segml_error *err)
{
    int32_t best;
    int rc;

    for (int64_t i = 0; i < r->rows; i++)
        r->times[i] = 1;
    part(r);
    rc = choose(r, &best, err);
    if (rc < 0 || best < 0)
        return rc;
    add_up(r, best, 1);
    out->naive_loss = sg_sums_loss(r->sums, r->classes);
    out->naive_f1 = f1_of(r);
    return SEGML_OK;
}

int
sg_optimism_correct(const sg_optimism_spec *spec, sg_optimism *out, segml_error *err)
{
    replay r = {.spec = spec,
                .objective = sg_objective_find(spec->objective, spec->rows->task),
                .classes = spec->rows->classes};
    int rc;

    *out = (sg_optimism){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (r.objective == NULL)
        return sg_metric_check_objective(spec->objective, spec->rows->task, err);
    for (int64_t i = 0; i < spec->rows->rows; i++)
        r.rows += sg_rows_weight(spec->rows, i) > 0;
    rc = allocate(&r, err);
    if (rc == SEGML_OK) {
        fill(&r);
        rc = score_naively(&r, out, err);
    }
    if (rc == SEGML_OK && r.rows > 1)
        rc = correct(&r, out, err);
    clear(&r);
    return rc;
}
