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
} replay;

static sg_scored
trial_of(const replay *b, int32_t t)
{
    sg_scored scored = *b->spec->rows;

    scored.margin = b->spec->margin[t];
    return scored;
}

static void
clear_bench(replay *b)
{
    sg_free(b->times);
    sg_free(b->weight);
    sg_free(b->drawn);
    sg_free(b->ranked);
    sg_free(b->sums);
    sg_free(b->place);
    sg_free(b->row);
}

static int
allocate(replay *b, segml_error *err)
{
    int64_t cells = b->rows * b->spec->trials;

    b->row = sg_alloc_array(cells, sizeof *b->row);
    b->place = sg_alloc_array(b->rows, sizeof *b->place);
    b->sums = sg_alloc_array(sg_sums_width(b->classes), sizeof *b->sums);
    b->times = sg_alloc_array(b->rows, sizeof *b->times);
    if (b->row == NULL || b->place == NULL || b->sums == NULL || b->times == NULL)
        return sg_fail_nomem(err);
    if (b->objective->of_ranking != NULL) {
        b->ranked = sg_alloc_array(cells, sizeof *b->ranked);
        b->drawn = sg_alloc_array(b->rows, sizeof *b->drawn);
        if (b->ranked == NULL || b->drawn == NULL)
            return sg_fail_nomem(err);
    } else if (b->objective->of_sums == NULL) {
        b->weight = sg_alloc_zeroed(b->spec->rows->rows, sizeof *b->weight);
        if (b->weight == NULL)
            return sg_fail_nomem(err);
    }
    return SEGML_OK;
}

static void
fill(replay *b)
{
    int64_t n = 0;

    for (int64_t i = 0; i < b->spec->rows->rows; i++) {
        if (sg_rows_weight(b->spec->rows, i) > 0)
            b->place[n++] = i;
    }
    for (int32_t t = 0; t < b->spec->trials; t++) {
        sg_scored scored = trial_of(b, t);
        sg_sums_row *row = b->row + t * b->rows;
        sg_ranked *ranked = b->ranked + (b->ranked != NULL ? t * b->rows : 0);

        for (int64_t i = 0; i < b->rows; i++)
            row[i] = sg_sums_look(&scored, b->place[i], scored.threshold);
        for (int64_t i = 0; i < b->rows && b->ranked != NULL; i++)
            ranked[i] = (sg_ranked){scored.margin[b->place[i]], row[i].label, row[i].weight, i};
        if (b->ranked != NULL)
            sg_ranking_sort(ranked, b->rows);
    }
}

/* Sums of a trial's rows that are drawn, or of those that are not. */
static void
add_up(replay *b, int32_t trial, int drawn)
{
    const sg_sums_row *row = b->row + trial * b->rows;

    memset(b->sums, 0, (size_t)sg_sums_width(b->classes) * sizeof *b->sums);
    for (int64_t i = 0; i < b->rows; i++) {
        if ((b->times[i] > 0) == drawn)
            sg_sums_add(b->sums, &row[i], b->classes, drawn ? b->times[i] : 1);
    }
}

static double
rank_drawn(replay *b, int32_t trial)
{
    const sg_ranked *ranked = b->ranked + trial * b->rows;
    int64_t n = 0;

    for (int64_t i = 0; i < b->rows; i++) {
        int32_t times = b->times[ranked[i].place];

        b->drawn[n] = ranked[i];
        b->drawn[n].weight *= times;
        n += times > 0;
    }
    return b->objective->of_ranking(b->drawn, n);
}

/* What the search would have minimised on the rows that are drawn. */
static int
drawn_loss(replay *b, int32_t trial, double *loss, segml_error *err)
{
    sg_scored scored = trial_of(b, trial);

    if (b->objective->of_sums != NULL) {
        add_up(b, trial, 1);
        *loss = sg_objective_loss(b->objective, b->objective->of_sums(b->sums, b->classes));
        return SEGML_OK;
    }
    if (b->objective->of_ranking != NULL) {
        *loss = sg_objective_loss(b->objective, rank_drawn(b, trial));
        return SEGML_OK;
    }
    for (int64_t i = 0; i < b->rows; i++)
        b->weight[b->place[i]] = (float)(b->row[i].weight * b->times[i]);
    scored.weight = b->weight;
    return sg_metric_objective(b->objective->name, &scored, loss, err);
}

/* The trial that a search on the drawn rows ends with; -1: none. */
static int
choose(replay *b, int32_t *best, segml_error *err)
{
    double least = (double)NAN, loss;

    *best = -1;
    for (int32_t t = 0; t < b->spec->trials; t++) {
        int rc = drawn_loss(b, t, &loss, err);

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
f1_of(const replay *b)
{
    switch (b->spec->rows->task) {
    case SEGML_TASK_BINARY:
        return sg_binary_f1(b->sums, b->classes);
    case SEGML_TASK_MULTICLASS:
        return sg_multiclass_f1_macro(b->sums, b->classes);
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
correct(replay *b, sg_optimism *out, segml_error *err)
{
    sg_rng rng = sg_rng_stream(b->spec->seed, b->spec->group, "optimism", 0);
    running_mean loss = {0, 0}, f1 = {0, 0};
    int32_t best;

    for (int d = 0; d < SG_OPTIMISM_DRAWS; d++) {
        int rc;

        memset(b->times, 0, (size_t)b->rows * sizeof *b->times);
        for (int64_t i = 0; i < b->rows; i++)
            b->times[sg_rng_below(&rng, (uint64_t)b->rows)]++;
        rc = choose(b, &best, err);
        if (rc < 0)
            return rc;
        if (best < 0)
            continue;
        add_up(b, best, 0);
        put(&loss, sg_sums_loss(b->sums, b->classes));
        put(&f1, f1_of(b));
    }
    out->loss = sg_rows_ratio(loss.sum, loss.count);
    out->f1 = sg_rows_ratio(f1.sum, f1.count);
    return SEGML_OK;
}

static int
score_naively(replay *b, sg_optimism *out, segml_error *err)
{
    int32_t best;
    int rc;

    for (int64_t i = 0; i < b->rows; i++)
        b->times[i] = 1;
    rc = choose(b, &best, err);
    if (rc < 0 || best < 0)
        return rc;
    add_up(b, best, 1);
    out->naive_loss = sg_sums_loss(b->sums, b->classes);
    out->naive_f1 = f1_of(b);
    return SEGML_OK;
}

int
sg_optimism_correct(const sg_optimism_spec *spec, sg_optimism *out, segml_error *err)
{
    replay b = {.spec = spec,
                .objective = sg_objective_find(spec->objective, spec->rows->task),
                .classes = spec->rows->classes};
    int rc;

    *out = (sg_optimism){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (b.objective == NULL)
        return sg_metric_check_objective(spec->objective, spec->rows->task, err);
    for (int64_t i = 0; i < spec->rows->rows; i++)
        b.rows += sg_rows_weight(spec->rows, i) > 0;
    rc = allocate(&b, err);
    if (rc == SEGML_OK) {
        fill(&b);
        rc = score_naively(&b, out, err);
    }
    if (rc == SEGML_OK && b.rows > 1)
        rc = correct(&b, out, err);
    clear_bench(&b);
    return rc;
}
