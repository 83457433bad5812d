/* SPDX-License-Identifier: Apache-2.0 */

/*
 * predict_one MODEL KEY NUMBER TEXT: one row's prediction by the C interface, as the bits of a
 * float, for a model of one key column, a numeric and a categorical feature. An empty NUMBER
 * is missing.
 */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segml/segml.h"

int
main(int argc, char **argv)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    segml_route *route = NULL;
    float row[2], value;
    uint32_t bits;
    int rc;

    if (argc != 5)
        return 2;
    segml_key key = SEGML_KEY_UTF8_VALUE(argv[2], strlen(argv[2]));
    row[0] = argv[3][0] != '\0' ? strtof(argv[3], NULL) : NAN;
    rc = segml_model_open(&model, argv[1], NULL, &err);
    if (rc == SEGML_OK)
        rc = segml_model_encode(model, 1, argv[4], strlen(argv[4]), &row[1]);
    if (rc == SEGML_OK)
        rc = segml_route_find(&route, model, &key, 1, &err);
    if (rc == SEGML_OK)
        rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, 2, &value, 1);
    if (rc == SEGML_OK) {
        memcpy(&bits, &value, sizeof bits);
        printf("%08" PRIx32 "\n", bits);
    } else {
        fprintf(stderr, "%s: %s\n", segml_status_name(rc), err.message);
    }
    segml_route_free(route);
    segml_model_free(model);
    return rc == SEGML_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
