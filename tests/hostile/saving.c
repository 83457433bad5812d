/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For interrupted.py: saves models.
 *
 *     saving TARGET SOURCE                  once, over what is there
 *     saving TARGET SOURCE OTHER forever    SOURCE, OTHER, SOURCE, ... until it is killed
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segml/model.h"

static segml_model *
open_source(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    if (segml_model_open(&model, path, NULL, &err) == SEGML_OK)
        return model;
    fprintf(stderr, "saving: %s\n", err.message);
    exit(EXIT_FAILURE);
}

static int
save(const segml_model *model, const char *path)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    int rc;

    options.overwrite = 1;
    rc = segml_model_save(model, path, &options, &err);
    if (rc != SEGML_OK)
        fprintf(stderr, "%s %s\n", segml_status_name(rc), err.message);
    return rc;
}

int
main(int argc, char **argv)
{
    segml_model *models[2] = {NULL, NULL};
    int forever = argc == 5 && strcmp(argv[4], "forever") == 0, rc = SEGML_OK;

    if (argc != 3 && !forever) {
        fprintf(stderr, "usage: saving TARGET SOURCE [OTHER forever]\n");
        return EXIT_FAILURE;
    }
    models[0] = open_source(argv[2]);
    if (forever)
        models[1] = open_source(argv[3]);
    puts("ready");
    fflush(stdout);
    for (int i = 0; rc == SEGML_OK && (forever || i == 0); i++)
        rc = save(models[i % 2], argv[1]);
    segml_model_free(models[1]);
    segml_model_free(models[0]);
    return rc == SEGML_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
