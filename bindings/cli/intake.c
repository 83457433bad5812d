/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From a file to a dataset. What is printed stands on standard error, where it is not in the way
 * of results; people check it before they believe a result.
 */

#include "intake.h"

#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "segml/version.h"
#include "signals.h"

static void
take_log(int32_t level, const char *message, void *user)
{
    cli_intake *in = user;

    if (in->quiet && level != SEGML_LOG_WARNING)
        return;
    cli_progress_clear(&in->bar);
    fprintf(stderr, "%s%s\n", level == SEGML_LOG_WARNING ? "warning: " : "", message);
}

static void
take_progress(const segml_progress *progress, void *user)
{
    cli_intake *in = user;

    cli_progress_draw(&in->bar, progress);
}

static void
print_groups(const segml_dataset *dataset, const cli_table *table, int64_t min_rows)
{
    int64_t groups = segml_dataset_groups(dataset);
    int64_t small = 0;
    char count[32], few[32];

    for (int64_t i = 0; i < groups; i++)
        small += segml_dataset_group_rows(dataset, i) < min_rows;
    fputs("group     ", stderr);
    for (int64_t k = 0; k < table->key_count; k++) {
        const char *name = table->keys[k].name;

        fputs(k > 0 ? ", " : "", stderr);
        cli_print_plain(stderr, name, strlen(name));
        fprintf(stderr, " (%s)",
                segml_dataset_key_type(dataset, k) == SEGML_KEY_INT64 ? "integers" : "text");
    }
    fprintf(stderr, ": %s distinct, %s of fewer than %lld rows\n", cli_format_count(count, groups),
            cli_format_count(few, small), (long long)min_rows);
}

static void
print_feature(const cli_feature *feature, const cli_csv *csv)
{
    const char *name = cli_csv_name(csv, feature->column);
    char count[32];

    cli_print_plain(stderr, name, strlen(name));
    if (feature->dropped)
        return;
    fprintf(stderr, " (%s", cli_feature_type_name(feature->type));
    if (feature->type == SEGML_FEATURE_CATEGORICAL)
        fprintf(stderr, ", %s values", cli_format_count(count, feature->dict.count));
    if (feature->missing > 0)
        fprintf(stderr, ", %s missing", cli_format_count(count, feature->missing));
    putc(')', stderr);
}

/* How rows are held out, where a column says so. */
static void
print_folds(const cli_csv *csv, const cli_table *table)
{
    const cli_roles *roles = &table->roles;
    int64_t column = roles->fold >= 0         ? roles->fold
                     : roles->fold_group >= 0 ? roles->fold_group
                                              : roles->time;
    const char *name;

    if (column < 0)
        return;
    name = cli_csv_name(csv, column);
    fprintf(stderr, "%-10s", "folds");
    cli_print_plain(stderr, name, strlen(name));
    if (roles->fold >= 0)
        fprintf(stderr, " (%d folds)\n", (int)table->folds.count);
    else if (roles->fold_group >= 0)
        fputs(" (one fold per value)\n", stderr);
    else
        fprintf(stderr, " (in order of time, %s)\n", table->folds.dates ? "dates" : "numbers");
}

static void
print_line(const char *label, const char *text)
{
    fprintf(stderr, "%-10s", label);
    cli_print_plain(stderr, text, strlen(text));
    putc('\n', stderr);
}

/* What was inferred from the file. */
static void
print_inferred(const cli_args *args, const cli_csv *csv, const cli_table *table,
               const segml_dataset *dataset)
{
    const char *target = cli_csv_name(csv, table->roles.target);
    int64_t min_rows = args->min_rows > 0 ? args->min_rows : 50;
    char count[32];

    fprintf(stderr, "%-10s", "data");
    cli_print_plain(stderr, args->input, strlen(args->input));
    fprintf(stderr, ", %s rows\n", cli_format_count(count, table->rows));
    print_groups(dataset, table, min_rows);
    fprintf(stderr, "%-10s", "target");
    cli_print_plain(stderr, target, strlen(target));
    if (table->classes.count > 0)
        fprintf(stderr, " (text, %lld classes)\n", (long long)table->classes.count);
    else
        fputs(" (numbers)\n", stderr);
    if (table->weight != NULL)
        print_line("weight", cli_csv_name(csv, table->roles.weight));
    print_folds(csv, table);
    for (int64_t i = 0; i < table->considered; i++) {
        if (i == table->feature_count)
            fprintf(stderr, "\nleft out  text of more than %d values (--categorical keeps it): ",
                    CLI_MAX_CATEGORIES);
        else
            fputs(i == 0 ? "features  " : ", ", stderr);
        print_feature(&table->features[i], csv);
    }
    putc('\n', stderr);
}

int
cli_intake_check(const cli_args *args, segml_error *err)
{
    char text[256];

    if (args->engine == NULL || strcmp(args->engine, "xgboost") != 0)
        return SEGML_OK;
    return segml_engine_version(text, sizeof text, args->xgboost, err);
}

int
cli_intake_read(cli_intake *in, const cli_args *args, segml_error *err)
{
    cli_table_options options = args->table;
    segml_dataset_input input;
    int rc = cli_search_read(&in->search, args->space, args->points, err);

    in->quiet = args->quiet;
    if (rc == SEGML_OK && args->reuse != NULL) {
        rc = cli_kept_open(&in->kept, args->reuse, err);
        if (rc >= 0)
            cli_kept_apply(&in->kept, &options);
        rc = rc > 0 ? SEGML_OK : rc;
    }
    if (rc == SEGML_OK)
        rc = cli_csv_read(&in->csv, args->input, err);
    if (rc == SEGML_OK)
        rc = cli_table_build(&in->table, &in->csv, &options, err);
    if (rc == SEGML_OK) {
        cli_table_input(&input, &in->table, &in->csv);
        rc = segml_dataset_create(&in->dataset, &input, err);
    }
    if (rc == SEGML_OK && !args->quiet)
        print_inferred(args, &in->csv, &in->table, in->dataset);
    return rc;
}

void
cli_intake_options(segml_train_options *options, cli_intake *in, const cli_args *args)
{
    *options = (segml_train_options)SEGML_TRAIN_OPTIONS_INIT;
    options->objective = args->table.objective;
    options->positive = args->positive;
    options->reuse = in->kept.model;
    options->reusable = args->no_reusable ? -1 : 0;
    if (in->kept.model != NULL && strcmp(options->objective, "auto") == 0)
        options->objective = segml_task_name(in->kept.task);
    if (in->kept.model != NULL && options->positive == NULL)
        options->positive = cli_kept_positive(&in->kept);
    options->seed = args->seed;
    options->trials = (int32_t)args->trials;
    options->folds = (int32_t)args->folds;
    options->jobs = (int32_t)args->jobs;
    options->fallback = args->no_fallback ? -1 : 0;
    options->parents = args->parents;
    options->fallback_policy = args->fallback_policy;
    options->min_rows = args->min_rows;
    options->params = args->param_count > 0 ? args->params : NULL;
    options->param_count = args->param_count;
    options->xgboost_path = args->xgboost;
    options->engine = args->engine;
    options->tree_method = args->tree_method;
    options->monotone = args->monotone_count > 0 ? args->monotone : NULL;
    options->monotone_count = args->monotone_count;
    options->sampler = args->sampler;
    options->validation = args->validation;
    options->metric = args->metric;
    options->pruner = args->pruner;
    options->search_folds = (int32_t)args->search_folds;
    options->max_rounds = (int32_t)args->max_rounds;
    options->history = args->no_history ? -1 : 0;
    options->space = in->search.dimensions;
    options->space_count = in->search.dimension_count;
    options->points = in->search.sets;
    options->point_count = in->search.set_count;
    options->total_trials = args->total_trials;
    options->group_rounds = args->group_rounds;
    options->total_rounds = args->total_rounds;
    options->group_seconds = args->group_seconds;
    options->total_seconds = args->total_seconds;
    options->threshold = args->threshold;
    options->threshold_metric = args->threshold_metric;
    options->log = take_log;
    options->progress = take_progress;
    options->cancel = cli_cancel;
    options->user = in;
    cli_progress_begin(&in->bar, !args->quiet);
}

void
cli_intake_clear(cli_intake *in)
{
    cli_progress_clear(&in->bar);
    segml_dataset_free(in->dataset);
    cli_table_clear(&in->table);
    cli_csv_clear(&in->csv);
    cli_search_clear(&in->search);
    cli_kept_clear(&in->kept);
    in->dataset = NULL;
}
