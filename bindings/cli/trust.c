/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A signature is a file of its own, 64 bytes as they are, beside the model it signs. Which key is
 * trusted says the command line alone.
 */

#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "segml/artifact.h"

char *
cli_trust_path(const char *model)
{
    size_t length = strlen(model);
    char *path = cli_alloc((int64_t)length + 5, 1);

    if (path != NULL) {
        memcpy(path, model, length);
        memcpy(path + length, ".sig", 5);
    }
    return path;
}

static int
read_signature(unsigned char signature[64], const char *path, segml_error *err)
{
    unsigned char bytes[65];
    FILE *file = fopen(path, "rb");
    size_t size;
    int rc = SEGML_OK;

    if (file == NULL)
        return cli_fail_system(err, path, "open");
    size = fread(bytes, 1, sizeof bytes, file);
    if (ferror(file))
        rc = cli_fail_system(err, path, "read");
    else if (size != 64)
        rc = cli_fail(err, SEGML_E_FORMAT, "%s: not a signature, which has 64 bytes", path);
    else
        memcpy(signature, bytes, 64);
    fclose(file);
    return rc;
}

int
cli_trust_read(cli_trust *trust, const cli_args *args, segml_error *err)
{
    char *beside = NULL;
    int rc;

    memset(trust, 0, sizeof *trust);
    if (args->key == NULL)
        return SEGML_OK;
    rc = segml_public_key_read(trust->public_key, args->key, err);
    if (rc < 0)
        return rc;
    if (args->signature == NULL) {
        beside = cli_trust_path(args->input);
        if (beside == NULL)
            return cli_fail_nomem(err);
    }
    rc = read_signature(trust->signature, args->signature != NULL ? args->signature : beside, err);
    trust->has_key = rc == SEGML_OK;
    free(beside);
    return rc;
}
