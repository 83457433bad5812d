/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trains one model per group from arrays in memory, predicts from memory, saves.
 *
 *     cc train.c -o train $(pkg-config --cflags --libs libsegml)
 *     ./train shops.segml
 *
 * Three shops sell something if the price is right, but what is right differs: the first
 * sells what is cheap, the second what is dear, the third does not care.
 */

#include <segml/segml.h>
#include <stdio.h>

enum { ROWS = 1200, FEATURES = 2 };

static float cells[ROWS * FEATURES];
static float sold[ROWS];
static int64_t shop_of[ROWS];

/* A reproducible number in [0, 1). */
static float
next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 16777216.0f;
}

static void
fill(void)
{
    uint32_t state = 1;

    for (int i = 0; i < ROWS; i++) {
        float price = next_number(&state);
        float weekday = (float)(i % 7);
        float noise = next_number(&state);
        float wish = i % 3 == 0 ? 1.0f - price : i % 3 == 1 ? price : 0.5f;

        cells[i * FEATURES] = price;
        cells[i * FEATURES + 1] = weekday;
        sold[i] = 0.8f * wish + 0.2f * noise > 0.5f;
        shop_of[i] = 101 + i % 3;
    }
}

static int
make_dataset(segml_dataset **out, segml_error *err)
{
    static const char *const names[FEATURES] = {"price", "weekday"};
    segml_key_column shop = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    shop.name = "shop";
    shop.type = SEGML_KEY_INT64;
    shop.data = shop_of;
    input.rows = ROWS;
    input.features = FEATURES;
    input.data = cells;
    input.feature_names = names;
    input.label = sold;
    input.label_name = "sold";
    input.keys = &shop;
    input.key_count = 1;
    return segml_dataset_create(out, &input, err);
}

/* What each shop says to the same cheap and dear offers; shop 999 was never seen. */
static int
show_predictions(const segml_model *model, segml_error *err)
{
    static const int64_t shops[] = {101, 102, 103, 999};
    static const float cheap[FEATURES] = {0.1f, 2.0f}, dear[FEATURES] = {0.9f, 2.0f};
    int rc = SEGML_OK;

    printf("shop  cheap  dear   model\n");
    for (int i = 0; i < 4 && rc >= 0; i++) {
        segml_key key = SEGML_KEY_INT64_VALUE(shops[i]);
        segml_route *route = NULL;
        float p = 0, q = 0;

        rc = segml_route_find(&route, model, &key, 1, err);
        if (rc >= 0)
            rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, cheap, FEATURES, &p, 1);
        if (rc >= 0)
            rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, dear, FEATURES, &q, 1);
        if (rc >= 0)
            printf("%4d  %.3f  %.3f  %s, %s\n", (int)shops[i], (double)p, (double)q,
                   segml_route_kind_name(segml_route_get_kind(route)),
                   segml_route_reason_name(segml_route_get_reason(route)));
        segml_route_free(route);
    }
    return rc;
}

int
main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "shops.segml";
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_save_options saving = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;
    segml_model *model = NULL;
    int rc;

    fill();
    options.trials = 10;
    saving.overwrite = 1;
    rc = make_dataset(&dataset, &err);
    if (rc >= 0)
        rc = segml_train_segmented(&model, dataset, &options, &err);
    if (rc >= 0)
        rc = show_predictions(model, &err);
    if (rc >= 0)
        rc = segml_model_save(model, path, &saving, &err);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", segml_status_name(rc), err.message);
    else
        printf("wrote %s\n", path);
    segml_model_free(model);
    segml_dataset_free(dataset);
    return rc < 0;
}
