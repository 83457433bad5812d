/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml train.
 *
 * What can fail without data (the output's place, XGBoost) is tried before data is read, and
 * what can fail without training before training: a night of work must not end with "exists
 * already". Results are printed before the model is saved, so that a failing standard output
 * leaves no file behind.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "intake.h"
#include "output.h"
#include "signals.h"

enum { TABLE_ROWS = 20 }; /* groups in the table at the end */

/* Before any work: the model could be written, and XGBoost is there if it is asked for. */
static int
check_surroundings(const cli_args *args, segml_error *err)
{
    int rc;

    rc = cli_output_check(args->output, args->force, err);
    return rc < 0 ? rc : cli_intake_check(args, err);
}

static int
is_global(const cli_args *args)
{
    return strcmp(args->mode, "global") == 0;
}

/* One part, which is written at once. */
static int
make_part(const cli_args *args, const cli_intake *in, const segml_train_options *options,
          segml_error *err)
{
    segml_shard_options shard = SEGML_SHARD_OPTIONS_INIT;

    shard.mode = is_global(args) ? SEGML_MODE_GLOBAL : SEGML_MODE_SEGMENTED;
    shard.shard = (int32_t)args->shard;
    shard.shards = (int32_t)args->shards;
    shard.overwrite = args->force ? 1 : 0;
    return segml_train_shard(args->output, in->dataset, options, &shard, err);
}

/* Reads, types and trains: everything up to a model in memory, or a part in its file. */
static int
make_model(segml_model **model, const cli_args *args, const char *journal, segml_error *err)
{
    cli_intake in = {.quiet = 0};
    segml_train_options options;
    int rc = cli_intake_read(&in, args, err);

    if (rc == SEGML_OK) {
        cli_intake_options(&options, &in, args);
        options.journal = journal;
        if (args->shards > 0)
            rc = make_part(args, &in, &options, err);
        else if (is_global(args))
            rc = segml_train_global(model, in.dataset, &options, err);
        else
            rc = segml_train_segmented(model, in.dataset, &options, err);
    }
    cli_intake_clear(&in);
    return rc;
}

/* "OUT.journal"; NULL unless it is asked for. */
static int
name_journal(char **journal, const cli_args *args, segml_error *err)
{
    size_t size = strlen(args->output) + sizeof ".journal";

    *journal = NULL;
    if (!args->resume)
        return SEGML_OK;
    *journal = cli_alloc((int64_t)size, 1);
    if (*journal == NULL)
        return cli_fail_nomem(err);
    snprintf(*journal, size, "%s.journal", args->output);
    return SEGML_OK;
}

/* The results on standard output. */
static int
print_results(const cli_args *args, const segml_model *model, double seconds, segml_error *err)
{
    json_t *extra = NULL;
    int rc = SEGML_OK;

    if (args->json) {
        extra = json_pack("{so, sf}", "output", cli_json_text(args->output), "seconds", seconds);
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
    char size[32], time[32], parents[64] = "";

    cli_format_duration(time, sizeof time, seconds);
    if (!args->quiet && args->shards > 0)
        fprintf(stderr, "wrote %s (part %lld of %lld, %s); segml merge makes the model of all\n",
                args->output, (long long)args->shard, (long long)args->shards, time);
    if (args->quiet || args->shards > 0 || segml_model_get_info(model, &info, NULL) < 0)
        return;
    if (info.parents > 0)
        snprintf(parents, sizeof parents, ", %lld of %lld parents",
                 (long long)cli_count_parents(model, &info), (long long)info.parents);
    fprintf(stderr, "wrote %s (%s, %lld models, %lld of %lld groups with their own%s, %s)\n",
            args->output, cli_format_bytes(size, info.artifact_bytes), (long long)info.models,
            (long long)info.groups_trained, (long long)info.groups, parents, time);
}

/* What was finished is kept when training did not come to its end. */
static void
print_kept(const cli_args *args, const char *journal)
{
    if (!args->quiet && journal != NULL && access(journal, F_OK) == 0)
        fprintf(stderr, "finished models are kept in %s; the same command goes on from there\n",
                journal);
}

int
cli_run_train(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    segml_error late = SEGML_ERROR_INIT; /* keeps the remark of training in err */
    char *journal = NULL;
    double start = cli_clock();
    int rc = check_surroundings(args, err);
    int later = SEGML_OK;

    if (rc == SEGML_OK)
        rc = name_journal(&journal, args, err);
    if (rc == SEGML_OK)
        rc = make_model(&model, args, journal, err);
    if (rc == SEGML_E_CANCELLED)
        print_kept(args, journal);
    if (rc >= 0 && model != NULL)
        later = print_results(args, model, cli_clock() - start, &late);
    if (rc >= 0 && model != NULL && later == SEGML_OK)
        later = save(args, model, &late);
    if (rc >= 0 && later == SEGML_OK) {
        print_written(args, model, cli_clock() - start);
        if (journal != NULL)
            unlink(journal); /* it has done its work */
    }
    free(journal);
    segml_model_free(model);
    if (later < 0) {
        *err = late;
        return later;
    }
    return rc;
}
