/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An older model says what its columns were, so that a file with fewer or other texts does not
 * change the meaning of the codes that the models to reuse were trained on: a text keeps its
 * code, and new ones get the codes behind them.
 */

#include "kept.h"

#include <string.h>

#include "fail.h"

int
cli_kept_open(cli_kept *kept, const char *path, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    int rc = segml_model_open(&kept->model, path, NULL, err);

    kept->path = path;
    if (rc >= 0)
        rc = segml_model_get_info(kept->model, &info, err);
    kept->features = info.features;
    kept->task = info.task;
    return rc;
}

void
cli_kept_apply(const cli_kept *kept, cli_table_options *options)
{
    options->kept = kept;
    if (strcmp(options->objective, "auto") == 0)
        options->objective = segml_task_name(kept->task);
}

const char *
cli_kept_positive(const cli_kept *kept)
{
    return kept->task == SEGML_TASK_BINARY ? segml_model_class_name(kept->model, 1) : NULL;
}

int
cli_kept_texts(const cli_kept *kept, int64_t feature, cli_dict *dict, segml_error *err)
{
    const char *text;
    int64_t number;

    while ((text = segml_model_feature_value(kept->model, feature, dict->count)) != NULL) {
        if (cli_dict_add(dict, text, strlen(text), &number) != 0)
            return cli_fail_nomem(err);
    }
    return SEGML_OK;
}

void
cli_kept_clear(cli_kept *kept)
{
    segml_model_free(kept->model);
    kept->model = NULL;
}
