/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml inspect, verify and version: what only looks.
 *
 * Verify opens the file, which checks it, and then asks every group for its model's
 * importance, so that a member which is read late is read too.
 */

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "segml/model.h"
#include "segml/version.h"
#include "signals.h"

int
cli_run_inspect(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    int rc = segml_model_open(&model, args->input, NULL, err);

    if (rc == SEGML_OK && args->json)
        rc = cli_describe_json(stdout, model, NULL, err);
    else if (rc == SEGML_OK && args->groups)
        rc = cli_describe_groups(stdout, model, 0, err);
    else if (rc == SEGML_OK)
        rc = cli_describe_summary(stdout, model, args->input, err);
    segml_model_free(model);
    return rc;
}

static int
read_every_model(const segml_model *model, const segml_model_info *info, segml_error *err)
{
    int64_t count = info->features + info->keys;
    double *gain = cli_alloc(count, sizeof *gain);
    int rc = gain != NULL ? SEGML_OK : cli_fail_nomem(err);

    for (int64_t i = SEGML_GROUP_INDEX_GLOBAL; i < info->groups && rc == SEGML_OK; i++) {
        rc = segml_model_importance(model, i, gain, count, err);
        if (rc == SEGML_E_NOT_FOUND) /* a group without its own model */
            rc = SEGML_OK;
        if (rc == SEGML_OK && cli_interrupted())
            rc = cli_fail_interrupted(err);
    }
    free(gain);
    return rc;
}

static int
print_verdict_json(const char *path, const segml_model_info *info, int status, const char *message)
{
    json_t *verdict =
        status == SEGML_OK
            ? json_pack("{ss, sb, ss, si, s{sI, sI, sI, sI, sI}}", "file", path, "ok", 1, "status",
                        "SEGML_OK", "format", (int)info->format, "counts", "rows",
                        (json_int_t)info->rows, "groups", (json_int_t)info->groups,
                        "groups_trained", (json_int_t)info->groups_trained, "groups_failed",
                        (json_int_t)info->groups_failed, "models", (json_int_t)info->models)
            : json_pack("{ss, sb, ss, ss}", "file", path, "ok", 0, "status",
                        segml_status_name(status), "message", message);
    int failed = verdict == NULL || json_dumpf(verdict, stdout, JSON_COMPACT) != 0;

    putchar('\n');
    json_decref(verdict);
    return failed ? -1 : 0;
}

int
cli_run_verify(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_error found = SEGML_ERROR_INIT;
    int rc = segml_model_open(&model, args->input, NULL, &found);

    if (rc == SEGML_OK)
        rc = segml_model_get_info(model, &info, &found);
    if (rc == SEGML_OK)
        rc = read_every_model(model, &info, &found);
    if (args->json) {
        if (print_verdict_json(args->input, &info, rc, found.message) != 0 && rc == SEGML_OK)
            rc = cli_fail_nomem(&found);
    } else if (rc == SEGML_OK) {
        printf("%s: OK, %lld models, %lld groups, %lld bytes\n", args->input,
               (long long)info.models, (long long)info.groups, (long long)info.artifact_bytes);
    }
    if (rc != SEGML_OK)
        *err = found;
    segml_model_free(model);
    return rc;
}

int
cli_run_version(const cli_args *args, segml_error *err)
{
    char engine[512];
    segml_error missing = SEGML_ERROR_INIT;

    (void)err;
    printf("segml %s\n%s\n", segml_version(), segml_build_info());
    if (segml_native_engine_version(engine, sizeof engine, &missing) == SEGML_OK)
        printf("native engine %s: hist of at most 256 bins; exact of at most 65,535 rows, without "
               "categorical features\n",
               engine);
    else
        printf("native engine: %s\n", missing.message);
    if (segml_engine_version(engine, sizeof engine, args->xgboost, &missing) == SEGML_OK)
        printf("XGBoost %s\n", engine);
    else
        printf("XGBoost: %s\n", missing.message);
    return SEGML_OK;
}
