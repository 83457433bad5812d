/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rows at the edge of what exact trees take: the largest unit, one label, columns without values,
 * the largest floats. Each must give XGBoost's model, bit for bit, with every kernel.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sample.h"
#include "engine/stock.h"
#include "native/columns.h"
#include "native/native_engine.h"
#include "trained.h"
#include "xgb/xgb_engine.h"

enum { ROUNDS = 5 };

static sample_spec
spec_of(int which, int64_t rows, int64_t features)
{
    return (sample_spec){.rows = rows,
                         .features = features,
                         .loss = (sg_loss)(1 + which % 4),
                         .missing = 50,
                         .seed = (uint64_t)which};
}

static sg_fit_params
params_of_exact(void)
{
    sg_fit_params params = sample_params();

    params.subsample = params.colsample_bytree = 1;
    return params;
}

static void
train(trained *out, sg_engine *engine, const sample *s, const sg_fit_spec *fit)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_prepared *prepared = NULL;

    ck_assert_msg(engine->prepare(engine, &prepared, &s->rows, &err) == SEGML_OK, "%s",
                  err.message);
    trained_fit(out, engine, prepared, &s->rows, fit);
    engine->release(prepared);
    ck_assert_msg(out->status == SEGML_OK, "%s: %s", engine->name, out->err.message);
}

/* Trains without a fold and on all rows, and compares with XGBoost. */
static void
assert_equals_xgboost(sample *s, const sg_fit_params *params, int32_t rounds)
{
    sg_engine *engine[TRAINED_KERNELS], *xgboost = NULL;
    segml_error err = SEGML_ERROR_INIT;
    char where[300];

    s->rows.method = SG_TREE_EXACT;
    ck_assert_msg(sg_xgb_engine_open(&xgboost, trained_xgboost(), &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert(trained_open_kernels(engine));
    for (int32_t fold = SG_FIT_ALL_ROWS; fold <= 0; fold++) {
        const sg_fit_spec fit = {.hold_out = fold, .rounds = rounds, .params = *params};
        trained expected, actual;

        train(&expected, xgboost, s, &fit);
        for (int k = 0; k < TRAINED_KERNELS; k++) {
            if (engine[k] == NULL)
                continue;
            train(&actual, engine[k], s, &fit);
            ck_assert_msg(trained_same(&actual, &expected, where, sizeof where),
                          "%s, without fold %d: native and XGBoost: %s", trained_kernels[k],
                          (int)fold, where);
            trained_free(&actual);
        }
        trained_free(&expected);
    }
    trained_close_kernels(engine);
    xgboost->close(xgboost);
}

START_TEST(the_largest_unit_is_that_of_xgboost)
{
    sample_spec spec = spec_of(_i, SG_COLUMN_ROWS, 2);
    sg_fit_params params = params_of_exact();
    sample s;

    params.max_depth = 3;
    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.data[2 * i] = (float)(i * 40503 % 65537); /* all values differ, none is missing */
    assert_equals_xgboost(&s, &params, 2);
    sample_free(&s);
}
END_TEST

START_TEST(one_label_is_that_of_xgboost)
{
    sample_spec spec = spec_of(_i, 90, 4);
    sg_fit_params params = params_of_exact();
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.label[i] = _i < 4 ? 1 : 0;
    assert_equals_xgboost(&s, &params, 20);
    sample_free(&s);
}
END_TEST

START_TEST(columns_without_values_are_those_of_xgboost)
{
    sample_spec spec = spec_of(_i, 150, 5);
    sg_fit_params params = params_of_exact();
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows * spec.features; i++) {
        int64_t f = i % spec.features;

        if (_i >= 4 || f == 0 || f == 3) /* in the second half, no column has any */
            s.data[i] = NAN;
        else if (f == 1)
            s.data[i] = i / spec.features == 70 ? 5.0f : NAN; /* one value alone */
    }
    assert_equals_xgboost(&s, &params, 10);
    sample_free(&s);
}
END_TEST

/* Halves of sums that overflow, thresholds between neighbours, zeros of both signs. */
START_TEST(odd_floats_are_those_of_xgboost)
{
    static const float odd[] = {3.4e38f, 3.3e38f,       -3.4e38f,      -3.3e38f,    0.0f,
                                -0.0f,   0x1p-149f,     0x2p-149f,     -0x1p-149f,  0x1p-126f,
                                1.0f,    0x1.000002p0f, 0x1.000004p0f, 16777216.0f, 16777218.0f,
                                -1.0f,   -0x1.000002p0f};
    sample_spec spec = spec_of(_i, 260, 3);
    sg_fit_params params = params_of_exact();
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows * spec.features; i++) {
        if (!isnan(s.data[i]) || _i >= 4)
            s.data[i] = odd[(i * 7 + i / 11) % (int64_t)(sizeof odd / sizeof *odd)];
    }
    params.min_child_weight = 0.01;
    params.max_depth = 8;
    assert_equals_xgboost(&s, &params, 10);
    sample_free(&s);
}
END_TEST

START_TEST(one_row_and_two_are_those_of_xgboost)
{
    sample_spec spec = spec_of(_i, 1 + _i / 4, 3);
    sg_fit_params params = params_of_exact();
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++) {
        s.fold[i] = 1; /* so that fold 0 holds out none */
        s.label[i] = (float)i;
    }
    params.min_child_weight = 0;
    assert_equals_xgboost(&s, &params, ROUNDS);
    sample_free(&s);
}
END_TEST

START_TEST(deep_trees_are_those_of_xgboost)
{
    sample_spec spec = spec_of(_i, 400, 1);
    sg_fit_params params = params_of_exact();
    sample s;

    sample_make(&s, &spec);
    params.max_depth = 20;
    params.min_child_weight = params.reg_lambda = 0;
    assert_equals_xgboost(&s, &params, ROUNDS);
    sample_free(&s);
}
END_TEST

/* The gains of the first tree, one after the other as gamma: a gain of just gamma is kept. */
START_TEST(a_gain_of_just_gamma_is_that_of_xgboost)
{
    sample_spec spec = spec_of(_i, 120, 3);
    sg_fit_params params = params_of_exact();
    sg_fit_spec fit = {.hold_out = SG_FIT_ALL_ROWS, .rounds = 1};
    sg_engine *xgboost = NULL;
    stock_model *stock;
    const char *gains;
    int tried = 0;
    trained t;
    sample s;

    params.max_depth = 4;
    fit.params = params;
    sample_make(&s, &spec);
    s.rows.method = SG_TREE_EXACT;
    ck_assert_int_eq(sg_xgb_engine_open(&xgboost, trained_xgboost(), NULL), SEGML_OK);
    train(&t, xgboost, &s, &fit);
    stock = stock_load(&t.model);
    gains = strstr(stock_json(stock), "\"loss_changes\":[");
    ck_assert_ptr_nonnull(gains);
    for (gains = strchr(gains, '['); *gains != ']';) {
        params.gamma = (double)strtof(gains + 1, (char **)&gains);
        if (params.gamma > 1e-6) {
            assert_equals_xgboost(&s, &params, 1);
            tried++;
        }
    }
    ck_assert_int_ge(tried, 3);
    stock_free(stock);
    trained_free(&t);
    xgboost->close(xgboost);
    sample_free(&s);
}
END_TEST

START_TEST(hist_takes_more_rows_than_exact)
{
    sample_spec spec = spec_of(0, SG_COLUMN_ROWS + 1, 1);
    sg_engine *engine = NULL;
    const sg_fit_spec fit = {.hold_out = 0, .rounds = 1, .params = sample_params()};
    trained t;
    sample s;

    sample_make(&s, &spec);
    s.rows.method = SG_TREE_HIST;
    ck_assert_int_eq(sg_native_engine_open(&engine, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_native_engine_covers(&s.rows, 1, NULL), SEGML_OK);
    train(&t, engine, &s, &fit);
    ck_assert_int_eq(t.rounds, 1);
    trained_free(&t);
    engine->close(engine);
    sample_free(&s);
}
END_TEST

TCase *
limits_tests(void)
{
    TCase *tc = tcase_create("limits");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, the_largest_unit_is_that_of_xgboost, 2, 4);
    tcase_add_loop_test(tc, one_label_is_that_of_xgboost, 0, 8);
    tcase_add_loop_test(tc, columns_without_values_are_those_of_xgboost, 0, 8);
    tcase_add_loop_test(tc, odd_floats_are_those_of_xgboost, 0, 8);
    tcase_add_loop_test(tc, one_row_and_two_are_those_of_xgboost, 0, 8);
    tcase_add_loop_test(tc, deep_trees_are_those_of_xgboost, 0, 4);
    tcase_add_loop_test(tc, a_gain_of_just_gamma_is_that_of_xgboost, 0, 4);
    tcase_add_test(tc, hist_takes_more_rows_than_exact);
    return tc;
}
