/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml patch, prune, merge, split and join: model files made of others.
 *
 * What was left out because it would not be true any more is told on standard error, as remarks
 * of other commands are; the result goes to standard output.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "keys.h"
#include "output.h"
#include "parts.h"
#include "segml/artifact.h"

static const char *
fate_name(int32_t fate)
{
    static const char *const names[] = {"none", "kept", "replaced", "dropped"};

    return fate >= 0 && fate < 4 ? names[fate] : "none";
}

static int
print_json(const cli_args *args, const segml_artifact_info *info, segml_error *err)
{
    char root[65];
    json_t *object;

    for (int i = 0; i < 32; i++)
        snprintf(root + 2 * i, 3, "%02x", info->root[i]);
    object = json_pack("{so, ss, sI, sI, sI, sI, sI, sI, ss, ss, ss, ss}", "file",
                       cli_json_text(args->output), "root", root, "bytes", (json_int_t)info->bytes,
                       "groups", (json_int_t)info->groups, "models", (json_int_t)info->models,
                       "groups_added", (json_int_t)info->groups_added, "groups_changed",
                       (json_int_t)info->groups_changed, "groups_dropped",
                       (json_int_t)info->groups_dropped, "global", fate_name(info->global),
                       "overall", fate_name(info->overall), "history", fate_name(info->history),
                       "training", fate_name(info->training));
    return cli_json_print(object, err);
}

static void
print_remarks(const segml_artifact_info *info)
{
    if (info->global == SEGML_FATE_REPLACED)
        fputs("global model    it knows the groups by their numbers, which have changed: the model "
              "for unseen keys takes its place\n",
              stderr);
    if (info->global == SEGML_FATE_DROPPED)
        fputs("global model    left out: groups without own model have none to fall back to\n",
              stderr);
    if (info->overall == SEGML_FATE_DROPPED)
        fprintf(stderr, "metrics         of all groups together are left out%s\n",
                info->groups_changed + info->groups_added + info->groups_dropped > 0
                    ? ": the groups have changed"
                    : "");
    if (info->history == SEGML_FATE_DROPPED)
        fputs("history         left out\n", stderr);
    if (info->training == SEGML_FATE_DROPPED)
        fputs("training        what further training reuses is left out\n", stderr);
}

static int
tell_result(const cli_args *args, const segml_artifact_info *info, segml_error *err)
{
    char bytes[32], groups[32];

    print_remarks(info);
    if (args->json)
        return print_json(args, info, err);
    printf("wrote %s  (%s, %s groups, %lld models: %lld added, %lld changed, %lld dropped)\n",
           args->output, cli_format_bytes(bytes, info->bytes),
           cli_format_count(groups, info->groups), (long long)info->models,
           (long long)info->groups_added, (long long)info->groups_changed,
           (long long)info->groups_dropped);
    return SEGML_OK;
}

/* The groups that are named, by the number of key columns that a model file has. */
static int
read_keys(cli_keys *keys, const cli_args *args, const char *model_path, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_model *model = NULL;
    int rc;

    if (args->table.selection.group.count == 0 && args->groups_from == NULL)
        return SEGML_OK;
    rc = segml_model_open(&model, model_path, NULL, err);
    if (rc >= 0) /* references that are missing do not matter */
        rc = segml_model_get_info(model, &info, err);
    segml_model_free(model);
    if (rc < 0)
        return rc;
    return cli_keys_read(keys, &args->table.selection.group, args->groups_from, info.keys, err);
}

int
cli_run_patch(const cli_args *args, segml_error *err)
{
    segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    cli_keys keys = {NULL, 0, 0, NULL};
    int rc = cli_output_check(args->output, args->force, err);

    if (rc == SEGML_OK)
        rc = read_keys(&keys, args, args->rows, err);
    if (rc == SEGML_OK && args->groups_from != NULL && keys.count == 0)
        rc = cli_fail(err, SEGML_E_DATA, "%s: no group is named", args->groups_from);
    options.keys = keys.keys;
    options.key_count = keys.count;
    options.overwrite = args->force;
    if (rc == SEGML_OK)
        rc = segml_artifact_patch(args->output, args->input, args->rows, &options, &info, err);
    cli_keys_clear(&keys);
    return rc == SEGML_OK ? tell_result(args, &info, err) : rc;
}

int
cli_run_prune(const cli_args *args, segml_error *err)
{
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    cli_keys keys = {NULL, 0, 0, NULL};
    int rc = cli_output_check(args->output, args->force, err);

    if (rc == SEGML_OK)
        rc = read_keys(&keys, args, args->input, err);
    options.keys = keys.keys;
    options.key_count = keys.count;
    options.keep = args->keep;
    options.drop_history = args->drop_history;
    options.drop_training = args->drop_training;
    options.overwrite = args->force;
    if (rc == SEGML_OK)
        rc = segml_artifact_prune(args->output, args->input, &options, &info, err);
    cli_keys_clear(&keys);
    return rc == SEGML_OK ? tell_result(args, &info, err) : rc;
}

static int32_t
choice_of(const char *word, const char *second, const char *third)
{
    return word == NULL ? 0 : strcmp(word, second) == 0 ? 2 : strcmp(word, third) == 0 ? 3 : 1;
}

/* Model files; parts of one training, which are another kind of file, have a way of their own. */
static int
merge_models(const cli_args *args, segml_error *err)
{
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    int rc;

    options.choice = choice_of(args->duplicates, "best", "rows");
    options.global = choice_of(args->global, "rows", "none");
    options.any_options = args->any_options;
    options.overwrite = args->force;
    rc = segml_artifact_merge(args->output, args->files, args->file_count, &options, &info, err);
    return rc == SEGML_OK ? tell_result(args, &info, err) : rc;
}

int
cli_run_merge(const cli_args *args, segml_error *err)
{
    int rc = cli_output_check(args->output, args->force, err);

    if (rc == SEGML_OK)
        rc = cli_parts_are(args->input, err);
    if (rc == SEGML_OK)
        return merge_models(args, err);
    return rc > 0 ? cli_parts_merge(args, err) : rc;
}

/* The key column of that name, counted from 1. */
static int
find_column(int32_t *columns, const char *model_path, const char *name, segml_error *err)
{
    char quoted[CLI_QUOTE];
    segml_model *model = NULL;
    int rc = segml_model_open(&model, model_path, NULL, err);

    for (int32_t k = 0; rc >= 0 && *columns == 0; k++) {
        const char *key = segml_model_key_name(model, k);

        if (key == NULL)
            rc =
                cli_fail(err, SEGML_E_ARGUMENT, "--by %s: the model has no key column of that name",
                         cli_quote(quoted, name, strlen(name)));
        else if (strcmp(key, name) == 0)
            *columns = k + 1;
    }
    segml_model_free(model);
    return rc < 0 ? rc : SEGML_OK;
}

int
cli_run_split(const cli_args *args, segml_error *err)
{
    segml_split_options options = SEGML_SPLIT_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    int rc = cli_output_check(args->output, args->force, err);

    if (rc == SEGML_OK && args->by != NULL)
        rc = find_column(&options.columns, args->input, args->by, err);
    options.floating = args->floating;
    options.overwrite = args->force;
    if (rc == SEGML_OK)
        rc = segml_artifact_split(args->output, args->children, args->input, &options, &info, err);
    return rc == SEGML_OK ? tell_result(args, &info, err) : rc;
}

int
cli_run_join(const cli_args *args, segml_error *err)
{
    segml_join_options options = SEGML_JOIN_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    int rc = cli_output_check(args->output, args->force, err);

    options.overwrite = args->force;
    if (rc == SEGML_OK)
        rc = segml_artifact_join(args->output, args->input, &options, &info, err);
    return rc == SEGML_OK ? tell_result(args, &info, err) : rc;
}
