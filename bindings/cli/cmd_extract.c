/* SPDX-License-Identifier: Apache-2.0 */

/* segml extract: one model of a model file, as a file for XGBoost. */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "fail.h"
#include "keys.h"
#include "output.h"
#include "segml/artifact.h"

/* What is asked for; else what the file's name ends with. */
static int32_t
choose_form(const cli_args *args)
{
    const char *ending = strrchr(args->output, '.');
    const char *asked = args->format != NULL ? args->format : ending != NULL ? ending + 1 : "";

    return strcmp(asked, "json") == 0 ? SEGML_MODEL_JSON : SEGML_MODEL_UBJ;
}

int
cli_run_extract(const cli_args *args, segml_error *err)
{
    segml_extract_options options = SEGML_EXTRACT_OPTIONS_INIT;
    cli_keys keys = {NULL, 0, 0, NULL};
    int rc = cli_output_check(args->output, args->force, err);

    if (rc == SEGML_OK)
        rc = cli_keys_read(&keys, &args->table.selection.group, NULL, 0, err);
    options.role = args->role == NULL                  ? SEGML_ROLE_GROUP
                   : strcmp(args->role, "global") == 0 ? SEGML_ROLE_GLOBAL
                                                       : SEGML_ROLE_UNSEEN;
    options.form = choose_form(args);
    options.keys = keys.keys;
    options.key_count = keys.columns;
    options.overwrite = args->force;
    if (rc == SEGML_OK)
        rc = segml_artifact_extract(args->output, args->input, &options, err);
    cli_keys_clear(&keys);
    return rc;
}
