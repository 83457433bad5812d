/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What people read about a comparison: two tables that fit into 100 columns. The first one says how
 * good the approaches are over all rows, the second where a model of its own is worth it. Losses
 * come with their intervals, because without them they cannot be compared.
 */

#include "describe_comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "fail.h"

enum { NUMBER = 32 };

/* Headings of a task. */
static const struct task_headings {
    int32_t task;
    int digits; /* of the loss after the point; 0: %.5g */
    const char *loss, *second, *third;
    const char *second_metric, *third_metric;
} headings[] = {
    {SEGML_TASK_BINARY, 4, "log loss", "F1", "F1 at .5", "f1", "f1_at_half"},
    {SEGML_TASK_MULTICLASS, 4, "log loss", "macro F1", "accuracy", "f1_macro", "accuracy"},
    {SEGML_TASK_REGRESSION, 0, "RMSE", "R2", "MAE", "r2", "mae"},
    {SEGML_TASK_POISSON, 4, "deviance", "D2", "MAE", "d2", "mae"},
};

static const struct task_headings *
headings_of(int32_t task)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (headings[i].task == task)
            return &headings[i];
    }
    return &headings[0];
}

static void
format_number(char out[NUMBER], double value, int digits, int sign)
{
    if (isnan(value))
        snprintf(out, NUMBER, "-");
    else if (digits > 0)
        snprintf(out, NUMBER, sign ? "%+.*f" : "%.*f", digits, value);
    else
        snprintf(out, NUMBER, sign ? "%+.5g" : "%.5g", value);
}

/* "-0.0042 (-0.0080 to -0.0004)" */
static void
format_difference(char out[4 * NUMBER], const segml_estimate *e, int digits)
{
    char value[NUMBER], low[NUMBER], high[NUMBER];

    format_number(value, e->difference, digits, 1);
    format_number(low, e->difference_low, digits, 1);
    format_number(high, e->difference_high, digits, 1);
    if (isnan(e->difference_low))
        snprintf(out, 4 * NUMBER, "%s", value);
    else
        snprintf(out, 4 * NUMBER, "%s (%s to %s)", value, low, high);
}

static double
metric_of(const segml_comparison_cell *cell, const char *name)
{
    for (int64_t i = 0; i < cell->metric_count; i++) {
        if (strcmp(cell->metrics[i].name, name) == 0)
            return cell->metrics[i].value;
    }
    return (double)NAN;
}

/* The loss of a cell, all NaN where it has no figures. */
static segml_estimate
loss_of(const segml_comparison_cell *cell)
{
    const double nan = (double)NAN;

    return cell->estimate_count > 0 ? cell->estimates[0]
                                    : (segml_estimate){"", nan, nan, nan, nan, nan, nan};
}

static int
print_approach(FILE *stream, const segml_comparison *comparison, const segml_comparison_info *info,
               int64_t approach, segml_error *err)
{
    const struct task_headings *of = headings_of(info->task);
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    char loss[NUMBER], low[NUMBER], high[NUMBER], second[NUMBER], third[NUMBER];
    char interval[4 * NUMBER] = "-", difference[4 * NUMBER];
    segml_estimate e;
    int rc = segml_comparison_get(comparison, approach, SEGML_GROUP_INDEX_OVERALL, &cell, err);

    if (rc < 0)
        return rc;
    e = loss_of(&cell);
    format_number(loss, e.value, of->digits, 0);
    format_number(low, e.low, of->digits, 0);
    format_number(high, e.high, of->digits, 0);
    if (!isnan(e.low))
        snprintf(interval, sizeof interval, "%s to %s", low, high);
    format_number(second, metric_of(&cell, of->second_metric), 3, 0);
    format_number(third, metric_of(&cell, of->third_metric),
                  of->task == SEGML_TASK_REGRESSION || of->task == SEGML_TASK_POISSON ? 0 : 3, 0);
    format_difference(difference, &e, of->digits);
    if (approach == info->reference)
        snprintf(difference, sizeof difference, "reference");
    fprintf(stream, "%-17s  %9s  %18s  %8s  %8s  %s\n",
            segml_comparison_approach(comparison, approach), loss, interval, second, third,
            difference);
    return SEGML_OK;
}

static int
print_approaches(FILE *stream, const segml_comparison *comparison,
                 const segml_comparison_info *info, segml_error *err)
{
    const struct task_headings *of = headings_of(info->task);
    char rows[32], scored[32];
    int rc = SEGML_OK;

    cli_format_count(rows, info->rows);
    cli_format_count(scored, info->scored);
    if (info->evaluation == SEGML_EVALUATION_NESTED)
        fprintf(stream, "%s of %s rows, predicted by nested evaluation: %d of %d outer folds\n\n",
                scored, rows, (int)info->outer_used, (int)info->outer_folds);
    else
        fprintf(stream,
                "%s of %s rows, predicted out of fold; of %d folds the search saw one or more\n\n",
                scored, rows, (int)info->folds);
    fprintf(stream, "%-17s  %9s  %18s  %8s  %8s  %s\n", "approach", of->loss, "95 % interval",
            of->second, of->third, "difference to the reference");
    for (int64_t a = 0; a < info->approaches && rc == SEGML_OK; a++)
        rc = print_approach(stream, comparison, info, a, err);
    return rc;
}

/* An approach as the heading of its column of losses: "global", "untuned". */
static void
format_heading(char out[NUMBER], const char *approach)
{
    const char *dash = strchr(approach, '-');
    int segmented = strncmp(approach, "segmented-", 10) == 0;

    snprintf(out, NUMBER, "%.*s", segmented || dash == NULL ? 8 : (int)(dash - approach),
             segmented ? dash + 1 : approach);
}

static void
print_headings(FILE *stream, const segml_comparison *comparison, const segml_comparison_info *info,
               size_t width)
{
    char name[NUMBER], first[NUMBER] = "", reference[NUMBER], difference[4 * NUMBER];

    cli_print_padded(stream, "group", width);
    fprintf(stream, "  %9s", "rows");
    for (int64_t a = 0; a < info->approaches; a++) {
        format_heading(name, segml_comparison_approach(comparison, a));
        fprintf(stream, "  %8s", name);
        if (a == 0)
            memcpy(first, name, sizeof first);
    }
    format_heading(reference, segml_comparison_approach(comparison, info->reference));
    snprintf(difference, sizeof difference, "%s - %s", first, reference);
    fprintf(stream, "  %-28s  verdict\n", difference);
}

/* Why a group has no model of its own, after its verdict. */
static void
print_reason(FILE *stream, const segml_comparison_cell *reference)
{
    if (reference->status != SEGML_GROUP_TRAINED)
        fprintf(stream, " (%s)", segml_group_status_name(reference->status));
}

static int
print_group(FILE *stream, const segml_comparison *comparison, const segml_comparison_info *info,
            int64_t group, size_t width, segml_error *err)
{
    int digits = headings_of(info->task)->digits;
    segml_comparison_group facts = SEGML_COMPARISON_GROUP_INIT;
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    char text[4 * NUMBER] = "", difference[4 * NUMBER] = "";
    char *key;
    int rc = segml_comparison_get_group(comparison, group, &facts, err);

    if (rc < 0)
        return rc;
    key = cli_format_key(facts.keys, info->keys);
    if (key == NULL)
        return cli_fail_nomem(err);
    cli_print_padded(stream, key, width);
    free(key);
    fprintf(stream, "  %9s", cli_format_count(text, facts.rows));
    for (int64_t a = 0; a < info->approaches && rc == SEGML_OK; a++) {
        segml_estimate e;

        rc = segml_comparison_get(comparison, a, group, &cell, err);
        e = loss_of(&cell);
        format_number(text, e.value, digits, 0);
        fprintf(stream, "  %8s", text);
        if (a == 0)
            format_difference(difference, &e, digits);
    }
    if (rc == SEGML_OK)
        rc = segml_comparison_get(comparison, info->reference, group, &cell, err);
    fprintf(stream, "  %-28s  %s", difference, segml_verdict_name(facts.verdict));
    print_reason(stream, &cell);
    putc('\n', stream);
    return rc;
}

/* Which groups are printed, in order: *out[*count], released with free(); and the widest key. */
static int
choose_groups(cli_ranked **out, int64_t *count, size_t *width, const segml_comparison *comparison,
              int64_t most, segml_error *err)
{
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;
    int rc = segml_comparison_get_info(comparison, &info, err);

    *out = cli_alloc(info.groups, sizeof **out);
    if (*out == NULL)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < info.groups && rc == SEGML_OK; i++) {
        rc = segml_comparison_get_group(comparison, i, &group, err);
        (*out)[i] = (cli_ranked){i, group.rows};
    }
    if (rc == SEGML_OK && most > 0 && info.groups > 1)
        qsort(*out, (size_t)info.groups, sizeof **out, cli_compare_size);
    *count = most > 0 && most < info.groups ? most : info.groups;
    *width = strlen("group");
    for (int64_t i = 0; i < *count && rc == SEGML_OK; i++) {
        char *key = NULL;

        rc = segml_comparison_get_group(comparison, (*out)[i].index, &group, err);
        if (rc == SEGML_OK)
            key = cli_format_key(group.keys, info.keys);
        if (rc == SEGML_OK && key == NULL)
            rc = cli_fail_nomem(err);
        if (key != NULL && cli_count_characters(key) > *width)
            *width = cli_count_characters(key);
        free(key);
    }
    return rc;
}

/* How many groups have which verdict. */
static void
print_verdicts(FILE *stream, const segml_comparison *comparison, int64_t groups)
{
    int64_t count[SEGML_VERDICT_TUNED + 1] = {0};
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;
    int printed = 0;

    for (int64_t i = 0; i < groups; i++) {
        if (segml_comparison_get_group(comparison, i, &group, NULL) == SEGML_OK)
            count[group.verdict]++;
    }
    fputs("\nverdicts: ", stream);
    for (int32_t v = SEGML_VERDICT_TUNED; v >= 0; v--) {
        if (count[v] > 0)
            fprintf(stream, "%s%lld %s", printed++ > 0 ? ", " : "", (long long)count[v],
                    segml_verdict_name(v));
    }
    if (segml_comparison_get_group(comparison, SEGML_GROUP_INDEX_OVERALL, &group, NULL) == SEGML_OK)
        fprintf(stream, "; all rows together: %s", segml_verdict_name(group.verdict));
    putc('\n', stream);
}

int
cli_describe_comparison(FILE *stream, const segml_comparison *comparison, int64_t most,
                        segml_error *err)
{
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    cli_ranked *chosen = NULL;
    int64_t count = 0;
    size_t width = 0;
    int rc = segml_comparison_get_info(comparison, &info, err);

    if (rc == SEGML_OK)
        rc = print_approaches(stream, comparison, &info, err);
    if (rc == SEGML_OK)
        rc = choose_groups(&chosen, &count, &width, comparison, most, err);
    if (rc == SEGML_OK) {
        putc('\n', stream);
        print_headings(stream, comparison, &info, width);
    }
    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        rc = print_group(stream, comparison, &info, chosen[i].index, width, err);
    if (rc == SEGML_OK && count < info.groups)
        fprintf(stream, "... %lld more: --groups\n", (long long)(info.groups - count));
    if (rc == SEGML_OK)
        print_verdicts(stream, comparison, info.groups);
    free(chosen);
    return rc;
}
