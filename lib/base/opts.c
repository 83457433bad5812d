/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sized structs. A larger struct comes from a newer header: it is accepted as long as
 * the part that this library does not know is zero, that is, default.
 */

#include "base/opts.h"

#include <string.h>

static int
check_size(const void *given, size_t *given_size, const char *name, segml_error *err)
{
    memcpy(given_size, given, sizeof *given_size);
    if (*given_size < sizeof(size_t) || *given_size > 65536)
        return sg_fail(err, SEGML_E_ABI, "%s: struct_size is %zu; start from its _INIT macro", name,
                       *given_size);
    return SEGML_OK;
}

int
sg_opts_load(void *known, size_t size, const void *given, const char *name, segml_error *err)
{
    const unsigned char *bytes = given;
    size_t given_size;
    int rc;

    memset(known, 0, size);
    if (given == NULL)
        return SEGML_OK;
    rc = check_size(given, &given_size, name, err);
    if (rc < 0)
        return rc;
    for (size_t i = size; i < given_size; i++) {
        if (bytes[i] != 0)
            return sg_fail(err, SEGML_E_ABI,
                           "%s: byte %zu is set, but this library knows only %zu; "
                           "a newer libsegml is needed",
                           name, i, size);
    }
    memcpy(known, given, given_size < size ? given_size : size);
    return SEGML_OK;
}

int
sg_opts_store(void *given, const void *known, size_t size, const char *name, segml_error *err)
{
    size_t given_size;
    int rc;

    if (given == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", name);
    rc = check_size(given, &given_size, name, err);
    if (rc < 0)
        return rc;
    memcpy((unsigned char *)given + sizeof given_size,
           (const unsigned char *)known + sizeof given_size,
           (given_size < size ? given_size : size) - sizeof given_size);
    return SEGML_OK;
}
