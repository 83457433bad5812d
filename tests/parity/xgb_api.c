/* SPDX-License-Identifier: Apache-2.0 */

/* The reference library, opened by path, so that one program compares with any version. */

#include "parity/xgb_api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
resolve(const xgb_api *api, void *function, const char *name)
{
    void *symbol = dlsym(api->library, name);

    if (symbol == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    memcpy(function, &symbol, sizeof symbol); /* ISO C has no cast from object to function */
}

void
xgb_open(xgb_api *api, const char *path)
{
    api->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (api->library == NULL) {
        fprintf(stderr, "%s: install XGBoost's library or give its path\n", dlerror());
        exit(EXIT_FAILURE);
    }
#define XGB_API_RESOLVE(result, name, parameters) resolve(api, &api->name, #name);
    XGB_API_LIST(XGB_API_RESOLVE)
#undef XGB_API_RESOLVE
    xgb_check(api, api->XGBSetGlobalConfig("{\"verbosity\": 0}"));
}

void
xgb_check(const xgb_api *api, int result)
{
    if (result == 0)
        return;
    fprintf(stderr, "XGBoost failed: %s\n", api->XGBGetLastError());
    exit(EXIT_FAILURE);
}

void
xgb_interface(char *out, size_t capacity, const float *data, int64_t rows, int64_t columns)
{
    snprintf(
        out, capacity,
        "{\"data\": [%zu, true], \"shape\": [%lld, %lld], \"typestr\": \"<f4\", \"version\": 3}",
        (size_t)data, (long long)rows, (long long)columns);
}

xgb_handle
xgb_matrix(const xgb_api *api, const float *data, int64_t rows, int64_t columns, const char **types,
           const float *label)
{
    xgb_handle matrix = NULL;
    char interface[160];

    xgb_interface(interface, sizeof interface, data, rows, columns);
    xgb_check(api, api->XGDMatrixCreateFromDense(interface, "{\"missing\": NaN, \"nthread\": 1}",
                                                 &matrix));
    if (types != NULL)
        xgb_check(
            api, api->XGDMatrixSetStrFeatureInfo(matrix, "feature_type", types, (uint64_t)columns));
    xgb_check(api, api->XGDMatrixSetFloatInfo(matrix, "label", label, (uint64_t)rows));
    return matrix;
}
