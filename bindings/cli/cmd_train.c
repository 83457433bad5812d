/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml train.
 *
 * What can fail without data (the output's place, XGBoost) is tried before data is read, and
 * what can fail without training before training: a night of work must not end with "exists
 * already". Results are printed before the model is saved, so that a failing standard output
 * leaves no file behind.
 */

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "output.h"
#include "progress.h"
#include "segml/train.h"
#include "segml/version.h"
#include "signals.h"

enum { TABLE_ROWS = 20 }; /* groups in the table at the end */

typedef struct context {
    cli_progress bar;
    int quiet;
} context;

static void
take_log(int32_t level, const char *message, void *user)
{
    context *c = user;

    if (c->quiet && level != SEGML_LOG_WARNING)
        return;
    cli_progress_clear(&c->bar);
    fprintf(stderr, "%s%s\n", level == SEGML_LOG_WARNING ? "warning: " : "", message);
}

static void
take_progress(const segml_progress *progress, void *user)
{
    context *c = user;

    cli_progress_draw(&c->bar, progress);
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

/* What was inferred from the file. */
static void
print_inferred(const cli_args *args, const cli_csv *csv, const cli_table *table,
               const segml_dataset *dataset)
{
    const char *target = cli_csv_name(csv, table->roles.target);
    int64_t min_rows = args->min_rows > 0 ? args->min_rows : 50;
    char count[32];

    fprintf(stderr, "%-10s%s, %s rows\n", "data", args->input,
            cli_format_count(count, table->rows));
    print_groups(dataset, table, min_rows);
    fprintf(stderr, "%-10s", "target");
    cli_print_plain(stderr, target, strlen(target));
    if (table->classes.count > 0)
        fprintf(stderr, " (text, %lld classes)\n", (long long)table->classes.count);
    else
        fputs(" (numbers)\n", stderr);
    if (table->weight != NULL)
        fprintf(stderr, "%-10s%s\n", "weight", cli_csv_name(csv, table->roles.weight));
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

/* Before any work: the model could be written, and XGBoost is there. */
static int
check_surroundings(const cli_args *args, segml_error *err)
{
    char text[256];
    int rc;

    if (strcmp(args->output, "-") == 0)
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "-o -: a model is written to a file, not to standard output");
    rc = cli_output_check(args->output, args->force, err);
    return rc < 0 ? rc : segml_engine_version(text, sizeof text, args->xgboost, err);
}

static void
fill_options(segml_train_options *options, const cli_args *args, context *c)
{
    *options = (segml_train_options)SEGML_TRAIN_OPTIONS_INIT;
    options->objective = args->table.objective;
    options->positive = args->positive;
    options->seed = args->seed;
    options->trials = (int32_t)args->trials;
    options->folds = (int32_t)args->folds;
    options->jobs = (int32_t)args->jobs;
    options->fallback = args->no_fallback ? -1 : 0;
    options->min_rows = args->min_rows;
    options->params = args->param_count > 0 ? args->params : NULL;
    options->param_count = args->param_count;
    options->xgboost_path = args->xgboost;
    options->log = take_log;
    options->progress = take_progress;
    options->cancel = cli_cancel;
    options->user = c;
}

/* Reads, types and trains: everything up to a model in memory. */
static int
make_model(segml_model **model, const cli_args *args, segml_error *err)
{
    cli_csv csv = {0};
    cli_table table = {0};
    segml_dataset_input input;
    segml_dataset *dataset = NULL;
    segml_train_options options;
    context c = {{0, 0, 0}, args->quiet};
    int rc = cli_csv_read(&csv, args->input, err);

    if (rc == SEGML_OK)
        rc = cli_table_build(&table, &csv, &args->table, err);
    if (rc == SEGML_OK) {
        cli_table_input(&input, &table, &csv);
        rc = segml_dataset_create(&dataset, &input, err);
    }
    if (rc == SEGML_OK) {
        if (!args->quiet)
            print_inferred(args, &csv, &table, dataset);
        cli_progress_begin(&c.bar, !args->quiet);
        fill_options(&options, args, &c);
        rc = strcmp(args->mode, "global") == 0
                 ? segml_train_global(model, dataset, &options, err)
                 : segml_train_segmented(model, dataset, &options, err);
        cli_progress_clear(&c.bar);
    }
    segml_dataset_free(dataset);
    cli_table_clear(&table);
    cli_csv_clear(&csv);
    return rc;
}

/* The results on standard output. */
static int
print_results(const cli_args *args, const segml_model *model, double seconds, segml_error *err)
{
    json_t *extra = NULL;
    int rc = SEGML_OK;

    if (args->json) {
        extra = json_pack("{ss, sf}", "output", args->output, "seconds", seconds);
        rc = extra != NULL ? cli_describe_json(stdout, model, extra, err) : cli_fail_nomem(err);
        json_decref(extra);
    } else if (!args->quiet) {
        rc = cli_describe_groups(stdout, model, TABLE_ROWS, err);
    }
    return rc < 0 ? rc : cli_output_flush_stdout(err);
}

static int
save(const cli_args *args, const segml_model *model, segml_error *err)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;

    if (cli_interrupted())
        return cli_fail_interrupted(err);
    options.overwrite = args->force ? 1 : 0;
    return segml_model_save(model, args->output, &options, err);
}

static void
print_written(const cli_args *args, const segml_model *model, double seconds)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char size[32], time[32];

    if (args->quiet || segml_model_get_info(model, &info, NULL) < 0)
        return;
    cli_format_duration(time, sizeof time, seconds);
    fprintf(stderr, "wrote %s (%s, %lld models, %lld of %lld groups with their own, %s)\n",
            args->output, cli_format_bytes(size, info.artifact_bytes), (long long)info.models,
            (long long)info.groups_trained, (long long)info.groups, time);
}

int
cli_run_train(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    segml_error late = SEGML_ERROR_INIT; /* keeps the remark of training in err */
    double start = cli_clock();
    int rc = check_surroundings(args, err);
    int later = SEGML_OK;

    if (rc == SEGML_OK)
        rc = make_model(&model, args, err);
    if (rc >= 0)
        later = print_results(args, model, cli_clock() - start, &late);
    if (rc >= 0 && later == SEGML_OK)
        later = save(args, model, &late);
    if (rc >= 0 && later == SEGML_OK)
        print_written(args, model, cli_clock() - start);
    segml_model_free(model);
    if (later < 0) {
        *err = late;
        return later;
    }
    return rc;
}
