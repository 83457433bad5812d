/* SPDX-License-Identifier: Apache-2.0 */

/* Golden artifacts: opened, read, and what XGBoost predicted for them. */

#include "golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
golden_path(char path[512], const char *artifact)
{
    snprintf(path, 512, "%s/serving/%s.segml", GOLDEN_FOLDER, artifact);
}

segml_model *
golden_open(const char *artifact)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    char path[512];

    golden_path(path, artifact);
    ck_assert_msg(segml_model_open(&model, path, NULL, &err) == SEGML_OK, "%s", err.message);
    return model;
}

unsigned char *
golden_read(const char *artifact, size_t *size)
{
    unsigned char *bytes = malloc(1 << 20);
    char path[512];
    FILE *file;

    golden_path(path, artifact);
    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(bytes);
    ck_assert_ptr_nonnull(file);
    *size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

segml_route *
golden_find(const segml_model *model, const segml_key *keys, int64_t count)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;

    ck_assert_msg(segml_route_find(&route, model, keys, count, &err) == SEGML_OK, "%s",
                  err.message);
    return route;
}

const golden_case *
golden_expected(const char *artifact, const char *model)
{
    for (int i = 0; i < GOLDEN_CASES; i++) {
        if (strcmp(golden_cases[i].artifact, artifact) == 0 &&
            strcmp(golden_cases[i].model, model) == 0)
            return &golden_cases[i];
    }
    ck_abort_msg("%s of %s was not recorded", model, artifact);
    return NULL;
}
