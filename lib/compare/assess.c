/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scoring.
 *
 * R1  All approaches are scored on the same rows: those of positive weight that the reference has
 *     a prediction for. Where an approach lacks one of them it has no figures in that group, nor
 *     overall.
 * R2  A group's intervals come from its rows. Overall, the interval of the difference of the
 *     losses counts every group as one observation, with Student's t: what is true of most rows,
 *     because they are of two large groups, is not certain for a third. With a single group it
 *     comes from the rows as well.
 * R3  All intervals are widened by the factor of the evaluation, since the models of the folds
 *     share training rows (Nadeau, Bengio 2003).
 * R4  A group's figures depend on its rows, seed and key alone; groups are scored in parallel.
 * R5  Verdicts need certainty: without an interval that excludes 0 there is none. They are not
 *     corrected for the number of groups: of a hundred groups without any difference, a few get
 *     one.
 */

#include "compare/assess.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "metric/binary.h"
#include "metric/interval.h"
#include "sched/pool.h"

enum { METRICS_MAX = SG_METRIC_MAX + SG_METRIC_GROUPS_MAX + 2 };

/* Figures of one approach in one group, until they are copied into the cell. */
typedef struct figures {
    sg_interval value[SG_INTERVAL_MAX], difference[SG_INTERVAL_MAX];
    segml_value metric[METRICS_MAX];
    int64_t metrics;
} figures;

/* What all groups are scored with, by position. */
typedef struct panel {
    sg_contest *contest;
    double widen;
    float *label;
    float *weight;      /* 0 for rows that are not scored */
    float *unsearched;  /* 0 also for the folds that searches were scored on; NULL = nested */
    int8_t *incomplete; /* [approaches * (groups + 1)] R1 */
    figures *made;      /* [(groups + 1) * approaches] as the cells */
    sg_interval *tuned_global; /* [(groups + 1) * SG_INTERVAL_MAX] differences of these two */
} panel;

/* Rows that are scored together: a group, or all. */
typedef struct span {
    int64_t group; /* groups = all */
    int64_t first, rows;
} span;

static span
span_of(const sg_contest *contest, int64_t group)
{
    const sg_groups *groups = &contest->dataset->groups;

    if (group == groups->count)
        return (span){group, 0, contest->dataset->rows};
    return (span){group, groups->start[group], sg_groups_rows(groups, group)};
}

static int
is_predicted(const sg_contest *contest, int32_t approach, int64_t position)
{
    return !isnan(contest->predicted[approach].margin[position * contest->base.target.outputs]);
}

static int
make_panel(panel *p, sg_contest *contest, double widen, segml_error *err)
{
    const sg_interval nothing = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    int64_t rows = contest->dataset->rows, groups = contest->dataset->groups.count;

    p->contest = contest;
    p->widen = widen;
    p->label = sg_alloc_array(rows, sizeof *p->label);
    p->weight = sg_alloc_array(rows, sizeof *p->weight);
    p->incomplete = sg_alloc_zeroed(SG_APPROACHES * (groups + 1), sizeof *p->incomplete);
    p->made = sg_alloc_zeroed(SG_APPROACHES * (groups + 1), sizeof *p->made);
    p->tuned_global = sg_alloc_array(SG_INTERVAL_MAX * (groups + 1), sizeof *p->tuned_global);
    if (p->label == NULL || p->weight == NULL || p->incomplete == NULL || p->made == NULL ||
        p->tuned_global == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < SG_INTERVAL_MAX * (groups + 1); i++)
        p->tuned_global[i] = nothing;
    for (int64_t i = 0; i < SG_APPROACHES * (groups + 1); i++) {
        for (int k = 0; k < SG_INTERVAL_MAX; k++)
            p->made[i].value[k] = p->made[i].difference[k] = nothing;
    }
    for (int64_t i = 0; i < rows; i++) {
        int32_t row = contest->base.row[i];

        p->label[i] = contest->base.target.label[row];
        p->weight[i] = is_predicted(contest, SG_APPROACH_UNTUNED, i)
                           ? sg_dataset_weight(contest->dataset, row)
                           : 0;
        contest->made->info.scored += p->weight[i] > 0;
    }
    return SEGML_OK;
}

static void
clear_panel(panel *p)
{
    sg_free(p->tuned_global);
    sg_free(p->made);
    sg_free(p->incomplete);
    sg_free(p->weight);
    sg_free(p->label);
}

/* Where an approach lacks predictions; what is lacking becomes a number that no sort trips over. */
static void
find_incomplete(panel *p, int32_t approach)
{
    sg_contest *contest = p->contest;
    int64_t outputs = contest->base.target.outputs, groups = contest->dataset->groups.count;
    float *margin = contest->predicted[approach].margin;
    float *unsearched = contest->predicted[approach].unsearched;
    int8_t *incomplete = p->incomplete + approach * (groups + 1);

    for (int64_t i = 0; i < contest->dataset->rows; i++) {
        if (unsearched != NULL && !(p->weight[i] > 0))
            unsearched[i] = 0;
        if (is_predicted(contest, approach, i))
            continue;
        if (p->weight[i] > 0)
            incomplete[contest->base.group[i]] = incomplete[groups] = 1;
        for (int64_t k = 0; k < outputs; k++)
            margin[i * outputs + k] = 0;
    }
}

static sg_scored
scored_of(const panel *p, int32_t approach, span of)
{
    const sg_target *target = &p->contest->base.target;
    const sg_predicted *predicted = &p->contest->predicted[approach];

    return (sg_scored){.task = target->task,
                       .rows = of.rows,
                       .classes = target->outputs,
                       .margin = predicted->margin + of.first * target->outputs,
                       .label = p->label + of.first,
                       .weight = p->weight + of.first,
                       .threshold = 0.5};
}

/* Thresholds of the rows of a span; NULL without any. */
static const double *
thresholds_of(const panel *p, int32_t approach, span of)
{
    const double *threshold = p->contest->predicted[approach].threshold;

    return threshold != NULL ? threshold + of.first : NULL;
}

static sg_interval_spec
spec_of(const panel *p, int32_t approach, span of)
{
    const sg_groups *groups = &p->contest->dataset->groups;

    return (sg_interval_spec){.seed = p->contest->train.seed,
                              .group = of.group < groups->count ? groups->hashes[of.group].low : 0,
                              .widen = p->widen,
                              .row_threshold = thresholds_of(p, approach, of)};
}

static figures *
figures_of(const panel *p, int32_t approach, int64_t group)
{
    return &p->made[group * SG_APPROACHES + approach];
}

static int
has_figures(const panel *p, int32_t approach, int64_t group)
{
    return !p->incomplete[approach * (p->contest->dataset->groups.count + 1) + group];
}

/* Paired differences of two approaches. */
static int
compare_two(const panel *p, int32_t a, int32_t b, span of, sg_interval *out, segml_error *err)
{
    sg_scored x = scored_of(p, a, of), y = scored_of(p, b, of);
    sg_interval_spec spec = spec_of(p, a, of), spec_b = spec_of(p, b, of);

    return sg_interval_paired(&x, &y, &spec, &spec_b, out, err);
}

double
sg_assess_student(int64_t freedom)
{
    static const double first[] = {12.706204736174694, 4.302652729749462, 3.1824463052837078,
                                   2.7764451051977934};
    const double z = 1.959963984540054, z2 = z * z, n = (double)freedom;

    if (freedom < 1)
        return INFINITY;
    if (freedom <= (int64_t)(sizeof first / sizeof *first))
        return first[freedom - 1];
    /* Cornish and Fisher's expansion (Abramowitz, Stegun 26.7.5). */
    return z +
           z *
               ((z2 + 1) / 4 + ((5 * z2 + 16) * z2 + 3) / 96 / n +
                (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384 / (n * n) +
                ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160 / (n * n * n)) /
               n;
}

/* Groups that have a row that is scored. */
static int64_t
scored_groups(const panel *p)
{
    const sg_groups *groups = &p->contest->dataset->groups;
    int64_t count = 0;

    for (int64_t g = 0; g < groups->count; g++) {
        int64_t i = groups->start[g];

        while (i < groups->start[g + 1] && !(p->weight[i] > 0))
            i++;
        count += i < groups->start[g + 1];
    }
    return count;
}

/* R2: the difference of the losses over all rows, in the unit of the first metric. */
static int
compare_clustered(const panel *p, int32_t a, int32_t b, sg_interval *out, segml_error *err)
{
    span all = span_of(p->contest, p->contest->dataset->groups.count);
    sg_scored x = scored_of(p, a, all), y = scored_of(p, b, all);
    int64_t clusters = scored_groups(p);
    double mean, error, scale = 1, reach;
    int rc = sg_interval_loss_difference(&x, &y, clusters > 1 ? p->contest->base.group : NULL,
                                         &mean, &error, err);

    if (rc < 0)
        return rc;
    if (x.task == SEGML_TASK_REGRESSION) { /* squares: (x^2 - y^2) / (x + y) = x - y */
        scale = sqrt(sg_metric_loss(&x)) + sqrt(sg_metric_loss(&y));
        scale = scale > 0 ? 1 / scale : 0;
    }
    mean *= scale;
    error *= scale * p->widen;
    reach =
        error * sg_assess_student((clusters > 1 ? clusters : p->contest->made->info.scored) - 1);
    *out = (sg_interval){mean, mean - reach, mean + reach, error};
    return SEGML_OK;
}

/* Differences of two approaches in a group or overall. */
static int
find_differences(const panel *p, int32_t a, int32_t b, span of, sg_interval *out, segml_error *err)
{
    int rc = compare_two(p, a, b, of, out, err);

    if (rc == SEGML_OK && of.group == p->contest->dataset->groups.count)
        rc = compare_clustered(p, a, b, &out[0], err);
    return rc;
}

/* The loss without the folds that searches were scored on. */
static void
add_unsearched_loss(const panel *p, int32_t approach, span of, figures *f)
{
    const float *unsearched = p->contest->predicted[approach].unsearched;
    sg_scored unseen = scored_of(p, approach, of);
    double loss;

    if (unsearched == NULL)
        return;
    unseen.weight = unsearched + of.first;
    loss = sg_metric_loss(&unseen);
    f->metric[f->metrics++] =
        unseen.task == SEGML_TASK_REGRESSION ? (segml_value){"rmse_unsearched", sqrt(loss)}
        : unseen.task == SEGML_TASK_POISSON  ? (segml_value){"deviance_unsearched", loss}
                                             : (segml_value){"log_loss_unsearched", loss};
}

static int
find_metrics(const panel *p, int32_t approach, span of, figures *f, segml_error *err)
{
    const sg_groups *groups = &p->contest->dataset->groups;
    sg_scored scored = scored_of(p, approach, of);
    const double *threshold = thresholds_of(p, approach, of);
    sg_metric_groups over = {&scored, groups->start, groups->count, threshold};
    double sums[SG_SUM_SINGLE];
    int64_t more = 0;
    int rc = sg_metric_all_at(&scored, threshold, f->metric, &f->metrics, err);

    if (rc < 0)
        return rc;
    add_unsearched_loss(p, approach, of, f);
    if (scored.task == SEGML_TASK_BINARY) {
        sg_sums_all(&scored, NULL, sums);
        f->metric[f->metrics++] = (segml_value){"f1_at_half", sg_binary_f1(sums, 1)};
    }
    if (of.group == groups->count)
        rc = sg_metric_over_groups(&over, f->metric + f->metrics, &more, err);
    f->metrics += more;
    return rc;
}

static int
find_figures(const panel *p, int32_t approach, span of, figures *f, segml_error *err)
{
    sg_scored scored = scored_of(p, approach, of);
    sg_interval_spec spec = spec_of(p, approach, of);
    int rc = find_metrics(p, approach, of, f, err);

    if (rc == SEGML_OK)
        rc = sg_interval_all(&scored, &spec, f->value, err);
    if (rc == SEGML_OK && approach != SG_APPROACH_UNTUNED &&
        has_figures(p, SG_APPROACH_UNTUNED, of.group))
        rc = find_differences(p, approach, SG_APPROACH_UNTUNED, of, f->difference, err);
    for (int k = 0; approach == SG_APPROACH_UNTUNED && k < SG_INTERVAL_MAX; k++) {
        if (!isnan(f->value[k].value))
            f->difference[k] = (sg_interval){0, 0, 0, 0};
    }
    return rc;
}

/* A task of the pool: one approach in one group; or, for SG_APPROACHES, tuned against global. */
typedef struct assignment {
    panel *p;
    int32_t approach;
    int64_t group;
} assignment;

static int
run_assignment(sg_pool *pool, void *argument, segml_error *err)
{
    const assignment *task = argument;
    const panel *p = task->p;
    span of = span_of(p->contest, task->group);

    (void)pool;
    if (task->approach < SG_APPROACHES)
        return has_figures(p, task->approach, task->group)
                   ? find_figures(p, task->approach, of, figures_of(p, task->approach, task->group),
                                  err)
                   : SEGML_OK;
    if (!has_figures(p, SG_APPROACH_GLOBAL, task->group) ||
        !has_figures(p, SG_APPROACH_TUNED, task->group))
        return SEGML_OK;
    return find_differences(p, SG_APPROACH_TUNED, SG_APPROACH_GLOBAL, of,
                            p->tuned_global + task->group * SG_INTERVAL_MAX, err);
}

static int
is_cancelled(void *user)
{
    const segml_train_options *options = user;

    return options->cancel != NULL && options->cancel(options->user) != 0;
}

static int
run_assignments(panel *p, segml_error *err)
{
    int64_t groups = p->contest->dataset->groups.count, count = 0;
    assignment *tasks = sg_alloc_array((SG_APPROACHES + 1) * (groups + 1), sizeof *tasks);
    sg_pool *pool = NULL;
    int rc = tasks != NULL ? sg_pool_create(&pool, err) : sg_fail_nomem(err);

    for (int64_t g = 0; g <= groups && rc == SEGML_OK; g++) {
        double rows = (double)span_of(p->contest, g).rows;

        for (int32_t a = 0; a <= SG_APPROACHES && rc == SEGML_OK; a++) {
            tasks[count] = (assignment){p, a, g};
            rc = sg_pool_submit(pool, (sg_task){rows, run_assignment, &tasks[count]}, err);
            count++;
        }
    }
    if (rc == SEGML_OK)
        rc = sg_pool_run(pool, p->contest->train.jobs, is_cancelled, &p->contest->train, err);
    sg_pool_free(pool);
    sg_free(tasks);
    return rc;
}

static int
fill_cell(const panel *p, int32_t approach, int64_t group, segml_error *err)
{
    segml_comparison *made = p->contest->made;
    segml_comparison_cell *cell = sg_comparison_cell(made, approach, group);
    const figures *f = figures_of(p, approach, group);
    const char *const *names;
    int64_t count = sg_interval_names(p->contest->base.target.task, &names);
    segml_estimate *estimates;
    segml_value *metrics;

    if (!has_figures(p, approach, group))
        return SEGML_OK;
    estimates = sg_arena_alloc(&made->arena, count, sizeof *estimates);
    metrics = sg_arena_alloc(&made->arena, f->metrics + cell->metric_count, sizeof *metrics);
    if (estimates == NULL || metrics == NULL)
        return sg_fail_nomem(err);
    memcpy(metrics, f->metric, (size_t)f->metrics * sizeof *metrics);
    if (cell->metric_count > 0) /* of the search */
        memcpy(metrics + f->metrics, cell->metrics, (size_t)cell->metric_count * sizeof *metrics);
    for (int64_t k = 0; k < count; k++)
        estimates[k] = (segml_estimate){names[k],
                                        f->value[k].value,
                                        f->value[k].low,
                                        f->value[k].high,
                                        f->difference[k].value,
                                        f->difference[k].low,
                                        f->difference[k].high};
    cell->estimates = estimates;
    cell->estimate_count = count;
    cell->metrics = metrics;
    cell->metric_count += f->metrics;
    return SEGML_OK;
}

int32_t
sg_assess_verdict(const double global_untuned[2], const double tuned_untuned[2],
                  const double tuned_global[2])
{
    /* Negative differences favour the first; comparisons with NaN are false. */
    if (tuned_untuned[1] < 0 && tuned_global[1] < 0)
        return SEGML_VERDICT_TUNED;
    if (global_untuned[0] > 0 && !(tuned_untuned[1] < 0))
        return SEGML_VERDICT_UNTUNED;
    if (global_untuned[1] < 0 && tuned_global[0] > 0)
        return SEGML_VERDICT_GLOBAL;
    return SEGML_VERDICT_UNCLEAR;
}

static int
has_own_model(const segml_comparison *made, int64_t group)
{
    return sg_comparison_cell(made, SG_APPROACH_UNTUNED, group)->status == SEGML_GROUP_TRAINED ||
           sg_comparison_cell(made, SG_APPROACH_TUNED, group)->status == SEGML_GROUP_TRAINED;
}

static void
find_verdict(const panel *p, int64_t group)
{
    segml_comparison *made = p->contest->made;
    const sg_interval *global = figures_of(p, SG_APPROACH_GLOBAL, group)->difference;
    const sg_interval *tuned = figures_of(p, SG_APPROACH_TUNED, group)->difference;
    const sg_interval *versus = p->tuned_global + group * SG_INTERVAL_MAX;
    int own = group < made->info.groups && has_own_model(made, group);

    for (int64_t g = 0; group == made->info.groups && g < group && !own; g++)
        own = has_own_model(made, g);
    made->group[group].verdict = own ? sg_assess_verdict((double[2]){global->low, global->high},
                                                         (double[2]){tuned->low, tuned->high},
                                                         (double[2]){versus->low, versus->high})
                                     : SEGML_VERDICT_NONE;
}

static void
find_best(const panel *p)
{
    segml_comparison_info *info = &p->contest->made->info;
    double lowest = INFINITY;

    info->best = -1;
    for (int32_t a = 0; a < SG_APPROACHES; a++) {
        double loss = figures_of(p, a, info->groups)->value[0].value;

        if (has_figures(p, a, info->groups) && loss < lowest) {
            lowest = loss;
            info->best = a;
        }
    }
}

int
sg_assess(sg_contest *contest, double widen, segml_error *err)
{
    int64_t groups = contest->dataset->groups.count;
    panel p = {.contest = contest};
    int rc = make_panel(&p, contest, widen, err);

    for (int32_t a = 0; a < SG_APPROACHES && rc == SEGML_OK; a++)
        find_incomplete(&p, a);
    if (rc == SEGML_OK)
        rc = run_assignments(&p, err);
    for (int64_t g = 0; g <= groups && rc == SEGML_OK; g++) {
        for (int32_t a = 0; a < SG_APPROACHES && rc == SEGML_OK; a++)
            rc = fill_cell(&p, a, g, err);
        find_verdict(&p, g);
    }
    if (rc == SEGML_OK)
        find_best(&p);
    clear_panel(&p);
    return rc;
}
