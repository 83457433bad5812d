/* SPDX-License-Identifier: Apache-2.0 */

/* A project of its own that uses an installed libsegml; see README.md beside it. */

#include <segml/segml.h>
#include <stdio.h>

int
main(void)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_model_open(&model, "missing.segml", NULL, &err);

    printf("libsegml %s (headers %s)\n", segml_version(), SEGML_VERSION);
    printf("opening a file that is not there: %s, %s\n", segml_status_name(rc), err.message);
    segml_model_free(model);
    return rc != SEGML_E_IO || segml_version_number() != SEGML_VERSION_NUMBER;
}
