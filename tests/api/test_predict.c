/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Routes and predictions of segml/model.h as a user gets them, from artifacts that the
 * library did not write: tests/golden/serving.py made them with Python's tar, the zstd
 * tool and XGBoost, and recorded XGBoost's predictions, which must come out bit for bit.
 */

#include <check.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "golden.h"

enum { CLASSES = 3, THREADS = 4, ROUNDS_PER_THREAD = 200 };

#define TEXT(text) SEGML_KEY_UTF8_VALUE(text, sizeof(text) - 1)
#define INT(value) SEGML_KEY_INT64_VALUE(value)
#define NONE SEGML_KEY_NULL_VALUE
#define ROUTE(kind, reason) SEGML_ROUTE_##kind, SEGML_REASON_##reason

/* A key for each recorded model, and how the library must route it. */
static const struct {
    const char *artifact, *model;
    segml_key keys[3];
    int64_t key_count;
    int32_t kind, reason;
    int64_t group;
} routed[] = {
    {"binary", "7", {INT(7)}, 1, ROUTE(EXACT, OK), 1},
    {"binary", "4711", {INT(4711)}, 1, ROUTE(EXACT, OK), 2},
    {"binary", "4711", {TEXT("04711.0")}, 1, ROUTE(EXACT, OK), 2},
    {"binary", "NULL", {NONE}, 1, ROUTE(GLOBAL, TOO_FEW_ROWS), 0},
    {"binary", "NULL", {TEXT("")}, 1, ROUTE(GLOBAL, TOO_FEW_ROWS), 0},
    {"binary", "9000", {INT(9000)}, 1, ROUTE(GLOBAL, ONE_CLASS), 3},
    {"binary", "unseen", {INT(8)}, 1, ROUTE(GLOBAL, UNSEEN), -1},
    {"binary", "unseen", {TEXT("seven")}, 1, ROUTE(GLOBAL, UNSEEN), -1},
    {"multiclass", "north", {TEXT("north"), INT(1)}, 2, ROUTE(EXACT, OK), 1},
    {"multiclass", "south", {TEXT("s\303\274d/.,"), TEXT("2")}, 2, ROUTE(EXACT, OK), 2},
    {"multiclass", "global", {TEXT("north"), NONE}, 2, ROUTE(GLOBAL, FAILED), 0},
    {"multiclass", "global", {TEXT("north"), INT(2)}, 2, ROUTE(GLOBAL, UNSEEN), -1},
    {"multiclass", "global", {TEXT("west"), NONE}, 2, ROUTE(GLOBAL, UNSEEN), -1},
    {"multiclass", "global", {NONE, INT(1)}, 2, ROUTE(GLOBAL, NULL_KEY), -1},
    {"regression", "Aalen", {TEXT("Aalen")}, 1, ROUTE(GLOBAL, OK), 0},
    {"regression", "Bonn", {TEXT("Bonn")}, 1, ROUTE(GLOBAL, OK), 1},
    {"regression", "Ulm", {TEXT("Ulm")}, 1, ROUTE(GLOBAL, OK), 2},
    {"regression", "unseen", {TEXT("ulm")}, 1, ROUTE(GLOBAL, UNSEEN), -1},
    {"regression", "unseen", {INT(7)}, 1, ROUTE(GLOBAL, UNSEEN), -1},
    {"regression", "unseen", {NONE}, 1, ROUTE(GLOBAL, NULL_KEY), -1},
    {"poisson", "-3", {INT(-3)}, 1, ROUTE(EXACT, OK), 0},
    {"constant", "1", {INT(1)}, 1, ROUTE(EXACT, OK), 0},
    {"levels", "DE,Bonn,1", {TEXT("DE"), TEXT("Bonn"), INT(1)}, 3, ROUTE(EXACT, OK), 0},
    {"levels", "DE,Bonn", {TEXT("DE"), TEXT("Bonn"), INT(2)}, 3, ROUTE(PARENT, TOO_FEW_ROWS), 1},
    {"levels", "DE,Bonn", {TEXT("DE"), TEXT("Bonn"), INT(9)}, 3, ROUTE(PARENT, UNSEEN), -1},
    {"levels", "DE,Bonn", {TEXT("DE"), TEXT("Bonn"), TEXT("x")}, 3, ROUTE(PARENT, UNSEEN), -1},
    {"levels", "DE,Bonn", {TEXT("DE"), TEXT("Bonn"), NONE}, 3, ROUTE(PARENT, NULL_KEY), -1},
    {"levels", "DE", {TEXT("DE"), TEXT("Ulm"), INT(3)}, 3, ROUTE(PARENT, ONE_CLASS), 2},
    {"levels", "DE", {TEXT("DE"), TEXT("Jena"), INT(1)}, 3, ROUTE(PARENT, UNSEEN), -1},
    {"levels", "DE", {TEXT("DE"), NONE, INT(1)}, 3, ROUTE(PARENT, UNSEEN), -1},
    {"levels", "FR,NULL,4", {TEXT("FR"), NONE, INT(4)}, 3, ROUTE(GLOBAL, FAILED), 3},
    {"levels", "unseen", {TEXT("FR"), NONE, INT(5)}, 3, ROUTE(GLOBAL, UNSEEN), -1},
    {"levels", "unseen", {TEXT("AT"), TEXT("Wien"), INT(1)}, 3, ROUTE(GLOBAL, UNSEEN), -1},
};

enum { ROUTED = (int)(sizeof routed / sizeof *routed) };

START_TEST(every_route_answers_with_the_bits_of_xgboost)
{
    segml_model *model = golden_open(routed[_i].artifact);
    segml_route *route = golden_find(model, routed[_i].keys, routed[_i].key_count);
    const golden_case *e = golden_expected(routed[_i].artifact, routed[_i].model);
    int outputs = strcmp(routed[_i].artifact, "multiclass") == 0 ? CLASSES : 1;
    float values[CLASSES];

    ck_assert_int_eq(segml_route_get_kind(route), routed[_i].kind);
    ck_assert_int_eq(segml_route_get_reason(route), routed[_i].reason);
    ck_assert_int_eq(segml_route_get_group(route), routed[_i].group);
    for (int row = 0; row < GOLDEN_ROWS; row++) {
        const float *x = golden_rows + row * GOLDEN_FEATURES;

        ck_assert_int_eq(
            segml_route_predict(route, SEGML_OUTPUT_MARGIN, x, GOLDEN_FEATURES, values, outputs),
            SEGML_OK);
        ck_assert_mem_eq(values, e->margin + row * outputs, (size_t)outputs * sizeof *values);
        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, x, GOLDEN_FEATURES,
                                             values, outputs),
                         SEGML_OK);
        ck_assert_mem_eq(values, e->prediction + row * outputs, (size_t)outputs * sizeof *values);
    }
    segml_route_free(route);
    segml_model_free(model);
}
END_TEST

/* Who answers with which threshold, as tests/golden/serving.py wrote them. */
static const struct {
    const char *artifact;
    segml_key keys[3];
    int64_t key_count;
    const char *model;
    float threshold;
} deciding[] = {
    {"binary", {INT(7)}, 1, "7", 0.25f},         /* the group's own */
    {"binary", {INT(4711)}, 1, "4711", 0.375f},  /* the manifest's: the record has none */
    {"binary", {INT(9000)}, 1, "9000", 0.6875f}, /* the global model's */
    {"binary", {INT(1)}, 1, "unseen", 0.6875f},
    {"levels", {TEXT("DE"), TEXT("Bonn"), INT(1)}, 3, "DE,Bonn,1", 0.5f}, /* the manifest's */
    {"levels", {TEXT("DE"), TEXT("Bonn"), INT(2)}, 3, "DE,Bonn", 0.75f},  /* the parent's */
    {"levels", {TEXT("DE"), TEXT("Ulm"), INT(3)}, 3, "DE", 0.640625f},
    {"levels", {TEXT("FR"), NONE, INT(4)}, 3, "FR,NULL,4", 0.3125f}, /* the global model's */
};

START_TEST(a_binary_class_is_one_from_the_threshold_of_who_answers)
{
    segml_model *model = golden_open(deciding[_i].artifact);
    segml_route *route = golden_find(model, deciding[_i].keys, deciding[_i].key_count);
    const golden_case *e = golden_expected(deciding[_i].artifact, deciding[_i].model);
    int ones = 0;

    for (int row = 0; row < GOLDEN_ROWS; row++) {
        float value = -1.0f;

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_CLASS,
                                             golden_rows + row * GOLDEN_FEATURES, GOLDEN_FEATURES,
                                             &value, 1),
                         SEGML_OK);
        ck_assert_float_eq(value, e->prediction[row] >= deciding[_i].threshold ? 1.0f : 0.0f);
        ones += value == 1.0f;
    }
    ck_assert_int_gt(ones, 0);
    ck_assert_int_lt(ones, GOLDEN_ROWS);
    segml_route_free(route);
    segml_model_free(model);
}
END_TEST

START_TEST(a_multiclass_class_is_the_most_probable)
{
    segml_model *model = golden_open("multiclass");
    const segml_key keys[] = {TEXT("north"), SEGML_KEY_INT64_VALUE(1)};
    segml_route *route = golden_find(model, keys, 2);
    /* Read off expected.h by hand: the largest of each three. */
    const float classes[GOLDEN_ROWS] = {1, 0, 2, 2, 1, 0};

    for (int row = 0; row < GOLDEN_ROWS; row++) {
        float value = -1.0f;

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_CLASS,
                                             golden_rows + row * GOLDEN_FEATURES, GOLDEN_FEATURES,
                                             &value, 1),
                         SEGML_OK);
        ck_assert_float_eq(value, classes[row]);
    }
    segml_route_free(route);
    segml_model_free(model);
}
END_TEST

/* 1 / (1 + exp(-0.75)) is 0.6791787 (bc). */
START_TEST(without_a_global_model_the_constant_answers)
{
    segml_model *model = golden_open("constant");
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(2), SEGML_KEY_INT64_VALUE(3)};
    const int32_t reasons[] = {SEGML_REASON_TOO_FEW_ROWS, SEGML_REASON_UNSEEN};

    for (int i = 0; i < 2; i++) {
        segml_route *route = golden_find(model, &keys[i], 1);
        float value;

        ck_assert_int_eq(segml_route_get_kind(route), SEGML_ROUTE_CONSTANT);
        ck_assert_int_eq(segml_route_get_reason(route), reasons[i]);
        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, golden_rows,
                                             GOLDEN_FEATURES, &value, 1),
                         SEGML_OK);
        ck_assert_float_eq(value, 0.75f);
        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, golden_rows,
                                             GOLDEN_FEATURES, &value, 1),
                         SEGML_OK);
        ck_assert_float_eq_tol(value, 0.6791787f, 1e-6f);
        segml_route_free(route);
    }
    segml_model_free(model);
}
END_TEST

START_TEST(without_fallback_other_groups_are_not_found)
{
    segml_model *model = golden_open("poisson");
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(5), SEGML_KEY_INT64_VALUE(6),
                              SEGML_KEY_NULL_VALUE};
    const char *const messages[] = {
        "group 5 has no model (constant_label), and nothing may answer for it (fallback none)",
        "group 6 has no model (unseen), and nothing may answer for it (fallback none)",
        "group NULL has no model (null_key), and nothing may answer for it (fallback none)"};

    for (int i = 0; i < 3; i++) {
        segml_error err = SEGML_ERROR_INIT;
        segml_route *route = (segml_route *)&err;

        ck_assert_int_eq(segml_route_find(&route, model, &keys[i], 1, &err), SEGML_E_NOT_FOUND);
        ck_assert_ptr_null(route);
        ck_assert_int_eq(err.code, SEGML_E_NOT_FOUND);
        ck_assert_str_eq(err.message, messages[i]);
    }
    segml_model_free(model);
}
END_TEST

START_TEST(wrong_arguments_of_a_look_up_are_refused)
{
    segml_model *model = golden_open("binary");
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(7), SEGML_KEY_INT64_VALUE(7)};
    const segml_key bad_text = TEXT("\xFF");
    segml_key bad_type = SEGML_KEY_NULL_VALUE;

    bad_type.type = SEGML_KEY_UTF8_AUTO;
    ck_assert_int_eq(segml_route_find(NULL, model, keys, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_find(&route, NULL, keys, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_find(&route, model, NULL, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_find(&route, model, &bad_text, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_find(&route, model, &bad_type, 1, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_find(&route, model, keys, 2, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "2 keys: the model has 1 key columns");
    ck_assert_ptr_null(route);
    segml_model_free(model);
}
END_TEST

START_TEST(wrong_arguments_of_a_prediction_are_refused)
{
    segml_model *model = golden_open("binary"), *other = golden_open("regression");
    const segml_key key = SEGML_KEY_INT64_VALUE(7), ulm = TEXT("Ulm");
    segml_route *route = golden_find(model, &key, 1), *regression = golden_find(other, &ulm, 1);
    const float *x = golden_rows;
    float v;

    ck_assert_int_eq(segml_route_predict(NULL, SEGML_OUTPUT_MARGIN, x, 3, &v, 1), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, NULL, 3, &v, 1),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, x, 2, &v, 1),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, x, 3, NULL, 1),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, x, 3, &v, 0),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, 0, x, 3, &v, 1), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(route, 4, x, 3, &v, 1), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_route_predict(regression, SEGML_OUTPUT_CLASS, x, 3, &v, 1),
                     SEGML_E_ARGUMENT);
    segml_route_free(regression);
    segml_route_free(route);
    segml_model_free(other);
    segml_model_free(model);
}
END_TEST

START_TEST(a_route_outlives_its_model)
{
    segml_model *model = golden_open("binary");
    const segml_key key = SEGML_KEY_INT64_VALUE(7);
    segml_route *first = golden_find(model, &key, 1), *second = golden_find(model, &key, 1);
    float value;

    segml_model_free(model);
    segml_route_free(first);
    ck_assert_int_eq(
        segml_route_predict(second, SEGML_OUTPUT_MARGIN, golden_rows, GOLDEN_FEATURES, &value, 1),
        SEGML_OK);
    ck_assert_mem_eq(&value, golden_expected("binary", "7")->margin, sizeof value);
    segml_route_free(second);
}
END_TEST

/* Rows of several groups, unordered, with one key of every kind. */
static const int64_t batch_store[] = {7, 9000, 4711, 0, 8, 7};
static const uint8_t batch_valid[] = {0x37}; /* row 3 is NULL */
static const char *const batch_model[] = {"7", "9000", "4711", "NULL", "unseen", "7"};
static const int32_t batch_kind[] = {SEGML_ROUTE_EXACT,  SEGML_ROUTE_GLOBAL, SEGML_ROUTE_EXACT,
                                     SEGML_ROUTE_GLOBAL, SEGML_ROUTE_GLOBAL, SEGML_ROUTE_EXACT};
static const int32_t batch_reason[] = {SEGML_REASON_OK,     SEGML_REASON_ONE_CLASS,
                                       SEGML_REASON_OK,     SEGML_REASON_TOO_FEW_ROWS,
                                       SEGML_REASON_UNSEEN, SEGML_REASON_OK};

static segml_key_column
store_column(void)
{
    segml_key_column column = SEGML_KEY_COLUMN_INIT;

    column.name = "store";
    column.type = SEGML_KEY_INT64;
    column.data = batch_store;
    column.validity = batch_valid;
    return column;
}

static segml_predict_input
batch_input(const segml_key_column *column)
{
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;

    input.rows = GOLDEN_ROWS;
    input.features = GOLDEN_FEATURES;
    input.data = golden_rows;
    input.keys = column;
    input.key_count = 1;
    return input;
}

static void
assert_batch(const segml_model *model, const segml_predict_input *input)
{
    float values[GOLDEN_ROWS];
    int32_t route[GOLDEN_ROWS], reason[GOLDEN_ROWS];
    segml_error err = SEGML_ERROR_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;

    result.values = values;
    result.capacity = GOLDEN_ROWS;
    result.route = route;
    result.reason = reason;
    ck_assert_msg(segml_model_predict(model, input, SEGML_OUTPUT_PREDICTION, &result, &err) ==
                      SEGML_OK,
                  "%s", err.message);
    for (int row = 0; row < GOLDEN_ROWS; row++) {
        const golden_case *e = golden_expected("binary", batch_model[row]);

        ck_assert_mem_eq(&values[row], &e->prediction[row], sizeof *values);
        ck_assert_int_eq(route[row], batch_kind[row]);
        ck_assert_int_eq(reason[row], batch_reason[row]);
    }
}

START_TEST(a_batch_of_mixed_groups_gives_each_row_its_models_bits)
{
    segml_model *model = golden_open("binary");
    segml_key_column column = store_column();
    segml_predict_input input = batch_input(&column);

    assert_batch(model, &input);
    column.name = NULL;
    assert_batch(model, &input);
    segml_model_free(model);
}
END_TEST

START_TEST(a_batch_reads_matrices_of_any_strides)
{
    segml_model *model = golden_open("binary");
    segml_key_column column = store_column();
    segml_predict_input input = batch_input(&column);
    float by_column[GOLDEN_ROWS * GOLDEN_FEATURES], padded[GOLDEN_ROWS * 5];

    for (int i = 0; i < GOLDEN_ROWS; i++) {
        for (int j = 0; j < GOLDEN_FEATURES; j++)
            by_column[j * GOLDEN_ROWS + i] = padded[i * 5 + j] =
                golden_rows[i * GOLDEN_FEATURES + j];
    }
    input.data = by_column;
    input.row_stride = 1;
    input.col_stride = GOLDEN_ROWS;
    assert_batch(model, &input);
    input.data = padded;
    input.row_stride = 5;
    input.col_stride = 0;
    assert_batch(model, &input);
    segml_model_free(model);
}
END_TEST

START_TEST(a_batch_reads_keys_as_text)
{
    segml_model *model = golden_open("binary");
    const char cells[] = "0079000.04711x8+7";
    const int64_t offsets[] = {0, 3, 9, 13, 13, 15, 17};
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_predict_input input = batch_input(&column);

    column.name = "store";
    column.type = SEGML_KEY_UTF8;
    column.data = cells;
    column.offsets = offsets;
    assert_batch(model, &input);
    column.type = SEGML_KEY_UTF8_AUTO;
    assert_batch(model, &input);
    segml_model_free(model);
}
END_TEST

START_TEST(key_columns_are_matched_by_name_where_all_have_one)
{
    segml_model *model = golden_open("multiclass");
    const char regions[] = "north";
    const int64_t offsets[] = {0, 5}, store = 1;
    segml_key_column columns[2] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT};
    segml_predict_input input = batch_input(columns);
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_error err = SEGML_ERROR_INIT;
    float values[CLASSES];

    columns[0] = (segml_key_column){.name = "store", .type = SEGML_KEY_INT64, .data = &store};
    columns[1] = (segml_key_column){
        .name = "region", .type = SEGML_KEY_UTF8, .data = regions, .offsets = offsets};
    input.rows = 1;
    input.key_count = 2;
    result.values = values;
    result.capacity = CLASSES;
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_MARGIN, &result, &err),
                     SEGML_OK);
    ck_assert_mem_eq(values, golden_expected("multiclass", "north")->margin, sizeof values);

    columns[1].name = "Region";
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_MARGIN, &result, &err),
                     SEGML_E_MISMATCH);
    ck_assert_str_eq(err.message, "no key column is named region, as the model's is");
    segml_model_free(model);
}
END_TEST

START_TEST(rows_without_a_model_hold_nan_and_say_so)
{
    segml_model *model = golden_open("poisson");
    const int64_t lines[] = {-3, 6, 5, -3, 6, -3};
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_predict_input input = batch_input(&column);
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_error err = SEGML_ERROR_INIT;
    float values[GOLDEN_ROWS];
    int32_t route[GOLDEN_ROWS], reason[GOLDEN_ROWS];

    column.type = SEGML_KEY_INT64;
    column.data = lines;
    result.values = values;
    result.capacity = GOLDEN_ROWS;
    result.route = route;
    result.reason = reason;
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_PREDICTION, &result, &err),
                     SEGML_UNROUTED);
    ck_assert_int_eq(err.code, SEGML_UNROUTED);
    ck_assert_str_eq(err.message, "3 of 6 rows have no model, the first is row 2");
    for (int row = 0; row < GOLDEN_ROWS; row++) {
        int is_exact = lines[row] == -3;

        ck_assert_int_eq(route[row], is_exact ? SEGML_ROUTE_EXACT : SEGML_ROUTE_NONE);
        ck_assert_int_eq(isnan(values[row]) != 0, !is_exact);
    }
    ck_assert_int_eq(reason[1], SEGML_REASON_UNSEEN);
    ck_assert_int_eq(reason[2], SEGML_REASON_CONSTANT_LABEL);
    segml_model_free(model);
}
END_TEST

START_TEST(zero_rows_are_fine)
{
    segml_model *model = golden_open("binary");
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_predict_input input = batch_input(&column);
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;

    column.type = SEGML_KEY_INT64;
    input.rows = 0;
    input.data = NULL;
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_CLASS, &result, NULL),
                     SEGML_OK);
    segml_model_free(model);
}
END_TEST

/* One broken member of the input or output each, its status and a part of its message. */
static const struct {
    const char *name;
    int32_t status;
    const char *message;
} broken[] = {
    {"features", SEGML_E_MISMATCH, "2 features: the model has 3"},
    {"key_count", SEGML_E_MISMATCH, "2 key columns: the model has 1"},
    {"rows", SEGML_E_ARGUMENT, "-1 rows"},
    {"data", SEGML_E_ARGUMENT, "data is NULL"},
    {"keys", SEGML_E_ARGUMENT, "keys is NULL"},
    {"values", SEGML_E_ARGUMENT, "values is NULL"},
    {"capacity", SEGML_E_ARGUMENT, "room for 5 values: 6 rows of 1 are needed"},
    {"output", SEGML_E_ARGUMENT, "output 9"},
    {"type", SEGML_E_ARGUMENT, "key column store: unknown type 0"},
    {"key data", SEGML_E_ARGUMENT, "key column store: data is NULL"},
    {"offsets", SEGML_E_ARGUMENT, "key column store: offsets is NULL"},
    {"falling offsets", SEGML_E_ARGUMENT, "key column store, row 2: bad offsets"},
    {"no integer", SEGML_E_MISMATCH,
     "key column store: no cell is an integer (the first is \"ab\")"},
    {"struct_size", SEGML_E_ABI, "segml_predict_input: struct_size is 0"},
    {"result struct_size", SEGML_E_ABI, "segml_predict_output: struct_size is 0"},
};

START_TEST(a_batch_that_does_not_fit_writes_nothing)
{
    static const int64_t falling[] = {0, 1, 0, 1, 1, 1, 1}, words[] = {0, 2, 3, 3, 3, 3, 3};
    segml_model *model = golden_open("binary");
    segml_key_column column = store_column();
    segml_predict_input input = batch_input(&column);
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_error err = SEGML_ERROR_INIT;
    float values[GOLDEN_ROWS] = {99.0f};
    int32_t output = SEGML_OUTPUT_PREDICTION;
    const char *name = broken[_i].name;

    result.values = values;
    result.capacity = GOLDEN_ROWS;
    input.features = strcmp(name, "features") == 0 ? 2 : input.features;
    input.key_count = strcmp(name, "key_count") == 0 ? 2 : 1;
    input.rows = strcmp(name, "rows") == 0 ? -1 : input.rows;
    input.data = strcmp(name, "data") == 0 ? NULL : input.data;
    input.keys = strcmp(name, "keys") == 0 ? NULL : input.keys;
    result.values = strcmp(name, "values") == 0 ? NULL : values;
    result.capacity = strcmp(name, "capacity") == 0 ? GOLDEN_ROWS - 1 : GOLDEN_ROWS;
    output = strcmp(name, "output") == 0 ? 9 : output;
    column.type = strcmp(name, "type") == 0 ? SEGML_KEY_NULL : column.type;
    column.data = strcmp(name, "key data") == 0 ? NULL : column.data;
    if (strcmp(name, "offsets") == 0 || strcmp(name, "falling offsets") == 0 ||
        strcmp(name, "no integer") == 0) {
        column.type = SEGML_KEY_UTF8;
        column.data = "abc";
        column.offsets = name[0] == 'o' ? NULL : name[0] == 'f' ? falling : words;
    }
    input.struct_size = strcmp(name, "struct_size") == 0 ? 0 : input.struct_size;
    result.struct_size = strcmp(name, "result struct_size") == 0 ? 0 : result.struct_size;

    ck_assert_int_eq(segml_model_predict(model, &input, output, &result, &err), broken[_i].status);
    ck_assert_msg(strstr(err.message, broken[_i].message) != NULL, "%s", err.message);
    ck_assert_float_eq(values[0], 99.0f);
    segml_model_free(model);
}
END_TEST

static void *
use_model(void *argument)
{
    const segml_model *model = argument;
    const segml_key key = SEGML_KEY_INT64_VALUE(4711);
    const golden_case *e = golden_expected("binary", "4711");
    int wrong = 0;

    for (int i = 0; i < ROUNDS_PER_THREAD; i++) {
        segml_route *route = NULL;
        int row = i % GOLDEN_ROWS;
        float value = 0.0f;

        if (segml_route_find(&route, model, &key, 1, NULL) != SEGML_OK)
            wrong++;
        else if (segml_route_predict(route, SEGML_OUTPUT_PREDICTION,
                                     golden_rows + row * GOLDEN_FEATURES, GOLDEN_FEATURES, &value,
                                     1) != SEGML_OK ||
                 memcmp(&value, &e->prediction[row], sizeof value) != 0)
            wrong++;
        segml_route_free(route);
    }
    return wrong == 0 ? NULL : argument;
}

START_TEST(many_threads_share_a_model)
{
    segml_model *model = golden_open("binary");
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_model, model), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    segml_model_free(model);
}
END_TEST

TCase *
predict_tests(void)
{
    TCase *tc = tcase_create("predict");

    tcase_add_loop_test(tc, every_route_answers_with_the_bits_of_xgboost, 0, ROUTED);
    tcase_add_loop_test(tc, a_binary_class_is_one_from_the_threshold_of_who_answers, 0,
                        (int)(sizeof deciding / sizeof *deciding));
    tcase_add_test(tc, a_multiclass_class_is_the_most_probable);
    tcase_add_test(tc, without_a_global_model_the_constant_answers);
    tcase_add_test(tc, without_fallback_other_groups_are_not_found);
    tcase_add_test(tc, wrong_arguments_of_a_look_up_are_refused);
    tcase_add_test(tc, wrong_arguments_of_a_prediction_are_refused);
    tcase_add_test(tc, a_route_outlives_its_model);
    tcase_add_test(tc, a_batch_of_mixed_groups_gives_each_row_its_models_bits);
    tcase_add_test(tc, a_batch_reads_matrices_of_any_strides);
    tcase_add_test(tc, a_batch_reads_keys_as_text);
    tcase_add_test(tc, key_columns_are_matched_by_name_where_all_have_one);
    tcase_add_test(tc, rows_without_a_model_hold_nan_and_say_so);
    tcase_add_test(tc, zero_rows_are_fine);
    tcase_add_loop_test(tc, a_batch_that_does_not_fit_writes_nothing, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(tc, many_threads_share_a_model);
    return tc;
}
