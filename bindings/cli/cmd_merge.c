/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml merge: what the files are is told by their first bytes, never by their names.
 */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "output.h"
#include "segml/train.h"
#include "signals.h"

static const char part_magic[] = "SGMLPRT1";

/* 1: a part of a training; 0: something else. */
static int
is_part(const char *path, segml_error *err)
{
    char head[sizeof part_magic - 1];
    FILE *file = fopen(path, "rb");
    int is;

    if (file == NULL)
        return cli_fail_system(err, path, "open");
    is = fread(head, 1, sizeof head, file) == sizeof head &&
         memcmp(head, part_magic, sizeof head) == 0;
    fclose(file);
    return is;
}

static void
print_written(const cli_args *args, const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char size[32];

    if (args->quiet || segml_model_get_info(model, &info, NULL) < 0)
        return;
    fprintf(stderr,
            "wrote %s (%s, %lld models, %lld of %lld groups with their own, of %lld parts)\n",
            args->output, cli_format_bytes(size, info.artifact_bytes), (long long)info.models,
            (long long)info.groups_trained, (long long)info.groups, (long long)args->input_count);
}

/* Parts of a training. */
static int
merge_parts(const cli_args *args, segml_error *err)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error late = SEGML_ERROR_INIT; /* keeps the remark of training in err */
    segml_model *model = NULL;
    int rc = segml_train_merge(&model, args->inputs, args->input_count, (int32_t)args->jobs, err);
    int later = SEGML_OK;

    options.overwrite = args->force ? 1 : 0;
    if (rc >= 0 && cli_interrupted())
        later = cli_fail_interrupted(&late);
    else if (rc >= 0)
        later = segml_model_save(model, args->output, &options, &late);
    if (rc >= 0 && later == SEGML_OK)
        print_written(args, model);
    segml_model_free(model);
    if (later < 0) {
        *err = late;
        return later;
    }
    return rc;
}

int
cli_run_merge(const cli_args *args, segml_error *err)
{
    int rc = cli_output_check(args->output, args->force, err);

    if (rc < 0)
        return rc;
    rc = is_part(args->input, err);
    if (rc > 0)
        return merge_parts(args, err);
    return rc < 0 ? rc : cli_fail(err, SEGML_E_FORMAT, "%s: not a part of a training", args->input);
}
