/* SPDX-License-Identifier: Apache-2.0 */

/* Commands look into models in part as well as into whole ones; they only say so. */

#include "opening.h"

#include <stdio.h>

int
cli_model_open(segml_model **out, const cli_args *args, const segml_open_options *options,
               segml_error *err)
{
    segml_error remark = SEGML_ERROR_INIT;
    int rc = segml_model_open(out, args->input, options, &remark);

    if (rc == SEGML_PARTIAL) {
        fprintf(stderr, "segml %s: warning: %s\n", cli_command_name(args->command),
                remark.message);
        return SEGML_OK;
    }
    if (rc < 0)
        *err = remark;
    return rc;
}
