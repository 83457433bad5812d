/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Predicts with the model that train.c has saved; needs no XGBoost.
 *
 *     cc predict.c -o predict $(pkg-config --cflags --libs libsegml)
 *     ./predict shops.segml
 *
 * First one row at a time, the way a service does: find the route of a group once, keep
 * it, predict often. Then a batch of mixed groups in one call.
 */

#include <segml/segml.h>
#include <stdio.h>

enum { FEATURES = 2, BATCH = 5 };

static int
predict_row(const segml_model *model, segml_error *err)
{
    segml_key key = SEGML_KEY_INT64_VALUE(102);
    const float row[FEATURES] = {0.9f, 2.0f};
    segml_route *route = NULL;
    float p = 0;
    int rc = segml_route_find(&route, model, &key, 1, err);

    if (rc >= 0)
        rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, FEATURES, &p, 1);
    if (rc >= 0)
        printf("shop 102: %.3f\n", (double)p);
    segml_route_free(route);
    return rc;
}

static int
predict_batch(const segml_model *model, segml_error *err)
{
    /* Keys as text in one buffer: "101" "102" "103" "999", and an empty one, which is NULL. */
    static const char text[] = "101102103999";
    static const int64_t offsets[BATCH + 1] = {0, 3, 6, 9, 12, 12};
    static const float rows[BATCH * FEATURES] = {
        0.1f, 2.0f, 0.1f, 2.0f, 0.1f, 2.0f, 0.1f, 2.0f, 0.1f, 2.0f,
    };
    float values[BATCH];
    int32_t kinds[BATCH], reasons[BATCH];
    segml_key_column shop = SEGML_KEY_COLUMN_INIT;
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    int rc;

    shop.name = "shop";
    shop.type = SEGML_KEY_UTF8;
    shop.data = text;
    shop.offsets = offsets;
    input.rows = BATCH;
    input.features = FEATURES;
    input.data = rows;
    input.keys = &shop;
    input.key_count = 1;
    result.values = values;
    result.capacity = BATCH;
    result.route = kinds;
    result.reason = reasons;
    rc = segml_model_predict(model, &input, SEGML_OUTPUT_PREDICTION, &result, err);
    for (int i = 0; i < BATCH && rc >= 0; i++)
        printf("row %d: %.3f  %s, %s\n", i + 1, (double)values[i], segml_route_kind_name(kinds[i]),
               segml_route_reason_name(reasons[i]));
    return rc;
}

int
main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "shops.segml";
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_model_open(&model, path, NULL, &err);

    if (rc >= 0)
        rc = predict_row(model, &err);
    if (rc >= 0)
        rc = predict_batch(model, &err);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", segml_status_name(rc), err.message);
    segml_model_free(model);
    return rc < 0;
}
