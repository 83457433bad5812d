/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exported models, of every objective and every kind of tree: stock XGBoost and lib/tree load
 * them and predict the margins that the engine reported, bit for bit; every kernel writes the
 * same bytes.
 */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sample.h"
#include "engine/stock.h"
#include "trained.h"
#include "tree/predict.h"

enum { ROWS = 300, FEATURES = 6, ROUNDS = 12, OUTPUTS = SAMPLE_CLASSES, HELD = 1 };

/* A kind of training; the tests take each with all four objectives. */
typedef struct variant {
    const char *name;
    sg_tree_method method;
    int32_t categories, max_cat_to_onehot;
    int32_t max_leaves, max_depth;
    int32_t missing; /* per mille */
    int32_t weighted, monotone;
    double gamma, subsample;
} variant;

static const variant variants[] = {
    {"hist", SG_TREE_HIST, 0, 4, 0, 5, 0, 0, 0, 0, 1},
    {"few categories", SG_TREE_HIST, 4, 8, 0, 5, 60, 0, 0, 0, 0.8},
    {"many categories", SG_TREE_HIST, 70, 1, 0, 6, 60, 1, 0, 0, 0.8},
    {"monotone", SG_TREE_HIST, 0, 4, 0, 4, 80, 0, 1, 0, 1},
    {"best leaf first", SG_TREE_HIST, 30, 4, 11, 0, 80, 1, 0, 0, 0.9},
    {"best leaf first, to a depth", SG_TREE_HIST, 0, 4, 20, 4, 0, 0, 1, 0.1, 1},
    {"pruned", SG_TREE_HIST, 8, 4, 0, 6, 100, 1, 0, 1.5, 1},
    {"mostly missing", SG_TREE_HIST, 0, 4, 0, 5, 800, 0, 0, 0, 1},
    {"exact", SG_TREE_EXACT, 0, 4, 0, 5, 0, 0, 0, 0, 1},
    {"exact, sampled", SG_TREE_EXACT, 0, 4, 0, 5, 80, 1, 0, 0, 0.7},
    {"exact, monotone", SG_TREE_EXACT, 0, 4, 0, 6, 80, 0, 1, 0, 1},
    {"exact, pruned", SG_TREE_EXACT, 0, 4, 0, 7, 300, 1, 0, 1.5, 1},
};

enum { VARIANTS = sizeof variants / sizeof *variants, LOOPS = 4 * VARIANTS };

static const int8_t directions[FEATURES] = {1, -1, 0, 1, 0, -1};

/* Rows and parameters number i. */
static const variant *
draw(sample *s, sg_fit_spec *fit, int i)
{
    const variant *v = &variants[i / 4];
    sample_spec spec = {.rows = ROWS,
                        .features = FEATURES,
                        .loss = (sg_loss)(1 + i % 4),
                        .categories = v->categories,
                        .weighted = v->weighted,
                        .missing = v->missing,
                        .seed = (uint64_t)i};

    sample_make(s, &spec);
    s->rows.method = v->method;
    if (v->monotone)
        s->rows.monotone = directions;
    *fit = (sg_fit_spec){.hold_out = HELD, .rounds = ROUNDS, .params = sample_params()};
    fit->params.max_cat_to_onehot = v->max_cat_to_onehot;
    fit->params.max_leaves = v->max_leaves;
    fit->params.max_depth = v->max_depth;
    fit->params.gamma = v->gamma;
    fit->params.subsample = v->subsample;
    fit->params.min_child_weight = 0.5;
    return v;
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
    ck_assert_msg(out->status == SEGML_OK, "%s", out->err.message);
    ck_assert_int_eq(out->rounds, fit->rounds);
}

/* The margins that the engine reported in the last round against those of all rows. */
static void
assert_reported(const trained *t, const sample *s, const float *margin, const char *of,
                const char *name)
{
    const size_t outputs = (size_t)s->rows.classes;
    const float *last = t->margin + (t->rounds - 1) * t->values;

    for (int64_t i = 0; i < ROWS; i++) {
        if (s->fold[i] != HELD)
            continue;
        ck_assert_msg(memcmp(last, margin + (size_t)i * outputs, outputs * sizeof *last) == 0,
                      "%s: row %lld has %a, %s says %a", name, (long long)i, (double)last[0], of,
                      (double)margin[(size_t)i * outputs]);
        last += outputs;
    }
}

START_TEST(stock_xgboost_predicts_the_reported_margins)
{
    static float margin[ROWS * OUTPUTS];
    sg_engine *engine[TRAINED_KERNELS];
    sg_fit_spec fit;
    stock_model *stock;
    const variant *v;
    trained t;
    sample s;

    v = draw(&s, &fit, _i);
    ck_assert(trained_open_kernels(engine));
    train(&t, engine[0], &s, &fit);
    stock = stock_load(&t.model);
    ck_assert_int_eq(stock_rounds(stock), ROUNDS);
    stock_margins(stock, s.data, ROWS, FEATURES, s.rows.classes, margin);
    assert_reported(&t, &s, margin, "XGBoost", v->name);
    for (int64_t j = 0; j < FEATURES; j++) {
        ck_assert_str_eq(stock_feature(stock, "feature_name", j), s.names[j]);
        ck_assert_str_eq(stock_feature(stock, "feature_type", j), s.categorical[j] ? "c" : "float");
    }
    stock_free(stock);
    trained_free(&t);
    trained_close_kernels(engine);
    sample_free(&s);
}
END_TEST

START_TEST(lib_tree_predicts_the_reported_margins)
{
    static float margin[ROWS * OUTPUTS];
    static const sg_objective objectives[] = {[SG_LOSS_LOGISTIC] = SG_OBJECTIVE_LOGISTIC,
                                              [SG_LOSS_SOFTPROB] = SG_OBJECTIVE_SOFTPROB,
                                              [SG_LOSS_SQUARED] = SG_OBJECTIVE_IDENTITY,
                                              [SG_LOSS_POISSON] = SG_OBJECTIVE_EXP};
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine[TRAINED_KERNELS];
    sg_forest *forest = NULL;
    sg_fit_spec fit;
    const variant *v;
    trained t;
    sample s;

    v = draw(&s, &fit, _i);
    ck_assert(trained_open_kernels(engine));
    train(&t, engine[0], &s, &fit);
    ck_assert_msg(sg_forest_load(&forest, t.model.bytes, t.model.size, &err) == SEGML_OK, "%s: %s",
                  v->name, err.message);
    ck_assert_int_eq(sg_forest_rounds(forest), ROUNDS);
    ck_assert_int_eq(sg_forest_outputs(forest), s.rows.classes);
    ck_assert_int_eq(sg_forest_features(forest), FEATURES);
    ck_assert_int_eq(sg_forest_objective(forest), objectives[s.rows.loss]);
    for (int64_t i = 0; i < ROWS; i++)
        sg_predict_margin(forest, 0, s.data + i * FEATURES, FEATURES, NULL,
                          margin + i * s.rows.classes);
    assert_reported(&t, &s, margin, "lib/tree", v->name);
    sg_forest_free(forest);
    trained_free(&t);
    trained_close_kernels(engine);
    sample_free(&s);
}
END_TEST

START_TEST(all_kernels_give_the_same_bytes)
{
    sg_engine *engine[TRAINED_KERNELS];
    trained first, other;
    sg_fit_spec fit;
    const variant *v;
    char where[300];
    sample s;

    v = draw(&s, &fit, _i);
    ck_assert(trained_open_kernels(engine));
    train(&first, engine[0], &s, &fit);
    for (int k = 1; k < TRAINED_KERNELS; k++) {
        if (engine[k] == NULL) /* not of this machine */
            continue;
        train(&other, engine[k], &s, &fit);
        ck_assert_msg(trained_same(&first, &other, where, sizeof where), "%s, %s: %s", v->name,
                      trained_kernels[k], where);
        ck_assert_uint_eq(first.model.size, other.model.size);
        ck_assert_mem_eq(first.model.bytes, other.model.bytes, first.model.size);
        trained_free(&other);
    }
    trained_free(&first);
    trained_close_kernels(engine);
    sample_free(&s);
}
END_TEST

/* Constraints, seen from outside: predictions never move against a feature's direction. */
START_TEST(predictions_obey_the_constraints)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine[TRAINED_KERNELS];
    sg_forest *forest = NULL;
    sg_fit_spec fit;
    trained t;
    sample s;

    draw(&s, &fit, _i);
    s.rows.monotone = directions;
    fit.hold_out = SG_FIT_ALL_ROWS;
    ck_assert(trained_open_kernels(engine));
    train(&t, engine[0], &s, &fit);
    ck_assert_msg(sg_forest_load(&forest, t.model.bytes, t.model.size, &err) == SEGML_OK, "%s",
                  err.message);
    for (int64_t i = 0; i < ROWS * FEATURES; i++) {
        int64_t f = i % FEATURES;
        float row[FEATURES], margin[OUTPUTS], before = 0;

        memcpy(row, s.data + i - f, sizeof row);
        for (int step = 0; step <= 16 && directions[f] != 0; step++) {
            row[f] = (float)step / 4 - 2;
            sg_predict_margin(forest, 0, row, FEATURES, NULL, margin);
            if (step > 0)
                ck_assert_msg((margin[0] - before) * (float)directions[f] >= 0,
                              "row %lld, feature %lld: %g after %g", (long long)(i / FEATURES),
                              (long long)f, (double)margin[0], (double)before);
            before = margin[0];
        }
    }
    sg_forest_free(forest);
    trained_free(&t);
    trained_close_kernels(engine);
    sample_free(&s);
}
END_TEST

TCase *
exported_tests(void)
{
    TCase *tc = tcase_create("exported");
    int monotone = 0;

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, stock_xgboost_predicts_the_reported_margins, 0, LOOPS);
    tcase_add_loop_test(tc, lib_tree_predicts_the_reported_margins, 0, LOOPS);
    tcase_add_loop_test(tc, all_kernels_give_the_same_bytes, 0, LOOPS);
    for (; monotone < VARIANTS; monotone++) {
        if (variants[monotone].monotone) /* of one output, the squared error */
            tcase_add_loop_test(tc, predictions_obey_the_constraints, 4 * monotone + 2,
                                4 * monotone + 3);
    }
    return tc;
}
