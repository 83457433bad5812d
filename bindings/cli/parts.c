/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Parts of a training: what a file is is told by its first bytes, never by its name. As in
 * training, results are printed before the model is saved, so that a failing standard output
 * leaves no file behind.
 */

#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "fail.h"
#include "output.h"
#include "segml/train.h"

static const char part_magic[] = "SGMLPRT1";

int
cli_parts_are(const char *path, segml_error *err)
{
    char head[sizeof part_magic - 1];
    FILE *file = fopen(path, "rb");
    int are;

    if (file == NULL)
        return cli_fail_system(err, path, "open");
    are = fread(head, 1, sizeof head, file) == sizeof head &&
          memcmp(head, part_magic, sizeof head) == 0;
    fclose(file);
    return are;
}

/* The model as JSON on standard output. */
static int
print_json(const segml_model *model, segml_error *err)
{
    int rc = cli_describe_json(stdout, model, NULL, err);

    return rc < 0 ? rc : cli_output_flush_stdout(err);
}

static void
print_written(const cli_args *args, const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char size[32];

    if (segml_model_get_info(model, &info, NULL) < 0)
        return;
    fprintf(stderr, "wrote %s (%s, %lld models, %lld of %lld groups with their own, %lld parts)\n",
            args->output, cli_format_bytes(size, info.artifact_bytes), (long long)info.models,
            (long long)info.groups_trained, (long long)info.groups, (long long)args->file_count);
}

int
cli_parts_merge(const cli_args *args, segml_error *err)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error late = SEGML_ERROR_INIT; /* keeps the remark of training in err */
    segml_model *model = NULL;
    int later = SEGML_OK;
    int rc;

    if (args->duplicates != NULL || args->global != NULL || args->any_options)
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "%s is a part of a training; --duplicates, --global and --any-options are "
                        "of model files",
                        args->input);
    rc = segml_train_merge(&model, args->files, args->file_count, (int32_t)args->jobs, err);
    options.overwrite = args->force ? 1 : 0;
    if (rc >= 0 && args->json)
        later = print_json(model, &late);
    if (rc >= 0 && later == SEGML_OK)
        later = segml_model_save(model, args->output, &options, &late);
    if (rc >= 0 && later == SEGML_OK && !args->json)
        print_written(args, model);
    segml_model_free(model);
    if (later < 0) {
        *err = late;
        return later;
    }
    return rc;
}
