/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Predictions go through a matrix without feature types, one row after the other in one
 * block, and all trees at once: another way than the engine's matrices and its cache.
 */

#include "stock.h"

#include <check.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

typedef int (*config_fn)(const char *config);
typedef int (*create_fn)(void *const *matrices, uint64_t count, void **out);
typedef int (*free_fn)(void *handle);
typedef int (*load_fn)(void *booster, const void *bytes, uint64_t size);
typedef int (*param_fn)(void *booster, const char *name, const char *value);
typedef int (*matrix_fn)(const char *data, const char *config, void **out);
typedef int (*predict_fn)(void *booster, void *matrix, const char *config, const uint64_t **shape,
                          uint64_t *dimensions, const float **values);
typedef int (*info_fn)(void *matrix, const char *field, const float *values, uint64_t count);
typedef int (*update_fn)(void *booster, int round, void *matrix);
typedef int (*rounds_fn)(void *booster, int *rounds);
typedef int (*feature_fn)(void *booster, const char *field, uint64_t *count, const char ***values);
typedef int (*save_fn)(void *booster, const char *config, uint64_t *size, const char **bytes);
typedef const char *(*error_fn)(void);

struct stock_model {
    void *library;
    void *booster;
    char *json;
};

/* Puts the address of a function into a pointer of its type. */
static void
find(void *library, const char *name, void *pointer)
{
    void *address = dlsym(library, name);

    ck_assert_msg(address != NULL, "%s is missing", name);
    memcpy(pointer, &address, sizeof address);
}

static void
check(void *library, int failed, const char *what)
{
    error_fn last_error;

    find(library, "XGBGetLastError", &last_error);
    ck_assert_msg(failed == 0, "%s: %s", what, last_error());
}

static void *
open_library(void)
{
    const char *path = sample_library() != NULL ? sample_library() : "libxgboost.so.0";
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    ck_assert_msg(library != NULL, "%s", dlerror());
    return library;
}

void
stock_be_loud(void)
{
    void *library = open_library();
    config_fn set;

    find(library, "XGBSetGlobalConfig", &set);
    check(library, set("{\"verbosity\":3}"), "verbosity");
}

stock_model *
stock_load(const sg_buf *bytes)
{
    stock_model *model = calloc(1, sizeof *model);
    create_fn create;
    load_fn load;
    param_fn set;

    model->library = open_library();
    find(model->library, "XGBoosterCreate", &create);
    find(model->library, "XGBoosterSetParam", &set);
    find(model->library, "XGBoosterLoadModelFromBuffer", &load);
    check(model->library, create(NULL, 0, &model->booster), "create");
    check(model->library, set(model->booster, "nthread", "1"), "nthread");
    check(model->library, load(model->booster, bytes->bytes, bytes->size), "load");
    return model;
}

/* A matrix of dense rows. */
static void *
make_matrix(void *library, const float *data, int64_t rows, int64_t features)
{
    char array[200];
    matrix_fn create;
    void *matrix;

    find(library, "XGDMatrixCreateFromDense", &create);
    snprintf(array, sizeof array,
             "{\"data\":[%" PRIuPTR ",true],\"shape\":[%" PRId64 ",%" PRId64
             "],\"typestr\":\"<f4\",\"version\":3}",
             (uintptr_t)data, rows, features);
    check(library, create(array, "{\"missing\":NaN,\"nthread\":1}", &matrix), "matrix");
    return matrix;
}

stock_model *
stock_train(const stock_rows *rows, const stock_param *params, int rounds)
{
    stock_model *model = calloc(1, sizeof *model);
    uint64_t count = (uint64_t)rows->rows;
    void *matrix;
    create_fn create;
    param_fn set;
    info_fn set_info;
    update_fn update;
    free_fn release;

    model->library = open_library();
    find(model->library, "XGBoosterCreate", &create);
    find(model->library, "XGBoosterSetParam", &set);
    find(model->library, "XGDMatrixSetFloatInfo", &set_info);
    find(model->library, "XGBoosterUpdateOneIter", &update);
    find(model->library, "XGDMatrixFree", &release);
    matrix = make_matrix(model->library, rows->data, rows->rows, rows->features);
    check(model->library, set_info(matrix, "label", rows->label, count), "labels");
    if (rows->weight != NULL)
        check(model->library, set_info(matrix, "weight", rows->weight, count), "weights");
    check(model->library, create(&matrix, 1, &model->booster), "create");
    for (; params->name != NULL; params++)
        check(model->library, set(model->booster, params->name, params->value), params->name);
    for (int round = 0; round < rounds; round++)
        check(model->library, update(model->booster, round, matrix), "update");
    check(model->library, release(matrix), "free");
    return model;
}

void
stock_free(stock_model *model)
{
    free_fn release;

    find(model->library, "XGBoosterFree", &release);
    check(model->library, release(model->booster), "free");
    free(model->json);
    free(model);
}

void
stock_margins(const stock_model *model, const float *data, int64_t rows, int64_t features,
              int64_t outputs, float *out)
{
    static const char config[] = "{\"type\":1,\"training\":false,\"iteration_begin\":0,"
                                 "\"iteration_end\":0,\"strict_shape\":false}";
    const uint64_t *shape;
    uint64_t dimensions, count = 1;
    const float *values;
    void *matrix = make_matrix(model->library, data, rows, features);
    predict_fn predict;
    free_fn release;

    find(model->library, "XGBoosterPredictFromDMatrix", &predict);
    find(model->library, "XGDMatrixFree", &release);
    check(model->library, predict(model->booster, matrix, config, &shape, &dimensions, &values),
          "predict");
    for (uint64_t d = 0; d < dimensions; d++)
        count *= shape[d];
    ck_assert_int_eq((int64_t)count, rows * outputs);
    memcpy(out, values, (size_t)count * sizeof *out);
    check(model->library, release(matrix), "free");
}

int
stock_rounds(const stock_model *model)
{
    rounds_fn boosted;
    int rounds = -1;

    find(model->library, "XGBoosterBoostedRounds", &boosted);
    check(model->library, boosted(model->booster, &rounds), "rounds");
    return rounds;
}

const char *
stock_feature(const stock_model *model, const char *field, int64_t j)
{
    feature_fn get;
    uint64_t count = 0;
    const char **values = NULL;

    find(model->library, "XGBoosterGetStrFeatureInfo", &get);
    check(model->library, get(model->booster, field, &count, &values), field);
    ck_assert_int_lt(j, (int64_t)count);
    return values[j];
}

const char *
stock_json(stock_model *model)
{
    save_fn save;
    uint64_t size = 0;
    const char *bytes = NULL;

    find(model->library, "XGBoosterSaveModelToBuffer", &save);
    check(model->library, save(model->booster, "{\"format\":\"json\"}", &size, &bytes), "json");
    free(model->json);
    model->json = calloc(size + 1, 1); /* XGBoost does not always terminate it */
    memcpy(model->json, bytes, size);
    return model->json;
}
