/* SPDX-License-Identifier: Apache-2.0 */

/* segml inspect and version: what only looks. */

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "opening.h"
#include "segml/model.h"
#include "segml/version.h"

int
cli_run_inspect(const cli_args *args, segml_error *err)
{
    segml_model *model = NULL;
    int rc = cli_model_open(&model, args, NULL, err);

    if (rc == SEGML_OK && args->json)
        rc = cli_describe_json(stdout, model, NULL, err);
    else if (rc == SEGML_OK && args->groups)
        rc = cli_describe_groups(stdout, model, 0, err);
    else if (rc == SEGML_OK)
        rc = cli_describe_summary(stdout, model, args->input, err);
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
