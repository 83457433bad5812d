/* SPDX-License-Identifier: Apache-2.0 */

/* Folds that follow each other: a fit that holds one out has never seen it, nor later ones. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "stock.h"

enum { ROWS = 400, FEATURES = 5, ROUNDS = 10 };

/* Margins of the held-out rows after the last round. */
typedef struct seen {
    float margin[ROWS * SAMPLE_CLASSES];
    int64_t count; /* of numbers */
} seen;

static int
keep_margins(void *user, int32_t round, const float *margin, segml_error *err)
{
    seen *s = user;

    (void)err;
    if (round == ROUNDS - 1)
        memcpy(s->margin, margin, (size_t)s->count * sizeof *margin);
    return 0;
}

/* A sample without categories; folds -1 to 2, so that 3 is a fold without rows. */
static void
make_ordered(sample *s, const sample_spec *spec)
{
    sample_make(s, spec);
    s->rows.ordered = 1;
    for (int64_t i = 0; i < spec->rows; i++)
        s->fold[i]--;
}

/* XGBoost by hand: the earlier rows gathered, weights of mean 1, the parameters as texts. */
static stock_model *
train_on_earlier_rows(const sample *s, int32_t hold_out)
{
    static const char *const objectives[] = {[SG_LOSS_LOGISTIC] = "binary:logistic",
                                             [SG_LOSS_SOFTPROB] = "multi:softprob",
                                             [SG_LOSS_SQUARED] = "reg:squarederror",
                                             [SG_LOSS_POISSON] = "count:poisson"};
    int softprob = s->rows.loss == SG_LOSS_SOFTPROB;
    const stock_param params[] = {{"tree_method", sample_exact() ? "exact" : "hist"},
                                  {"objective", objectives[s->rows.loss]},
                                  {softprob ? "num_class" : "verbosity", softprob ? "3" : "0"},
                                  {"base_score", softprob ? "0.5" : "0.4"},
                                  {"nthread", "1"},
                                  {"seed", "12345"},
                                  {"seed_per_iteration", "1"},
                                  {"max_bin", "64"},
                                  {"eta", "0.1"},
                                  {"max_depth", "5"},
                                  {"subsample", sample_exact() ? "1" : "0.8"},
                                  {"colsample_bytree", sample_exact() ? "1" : "0.7"},
                                  {"max_delta_step", "0.7"},
                                  {NULL, NULL}};
    static float data[ROWS * FEATURES], label[ROWS], weight[ROWS];
    stock_rows earlier = {data, label, s->rows.weight != NULL ? weight : NULL, 0, FEATURES};
    double sum = 0;
    int64_t n = 0;

    for (int64_t i = 0; i < ROWS; i++) {
        float w = s->rows.weight != NULL ? s->weight[i] : 1.0F;

        if (s->fold[i] >= hold_out || w == 0)
            continue;
        memcpy(data + n * FEATURES, s->data + i * FEATURES, FEATURES * sizeof *data);
        label[n] = s->label[i];
        weight[n++] = w;
        sum += (double)w;
    }
    ck_assert_int_gt(n, 20);
    for (int64_t k = 0; k < n; k++)
        weight[k] = (float)((double)weight[k] * ((double)n / sum));
    earlier.rows = n;
    return stock_train(&earlier, params, ROUNDS);
}

/* _i: four losses, with and without weights, for each of the folds 0, 1, 2. */
START_TEST(a_fit_is_that_of_xgboost_on_the_earlier_rows)
{
    sample_spec spec = {ROWS, FEATURES, (sg_loss)(1 + _i % 4), 0, _i / 4 % 2, 20, 9};
    int64_t outputs = spec.loss == SG_LOSS_SOFTPROB ? SAMPLE_CLASSES : 1;
    static float expected[ROWS * SAMPLE_CLASSES], actual[ROWS * SAMPLE_CLASSES];
    sg_engine *engine = sample_open();
    sg_buf model = {0};
    seen s_seen = {{0}, 0};
    sg_fit_spec fit = {_i / 8, ROUNDS, sample_params(), keep_margins, &s_seen, &model};
    stock_model *by_hand, *loaded;
    const float *held = s_seen.margin;
    sample s;

    if (sample_exact()) /* engines sample rows and features by streams of their own */
        fit.params.subsample = fit.params.colsample_bytree = 1;
    make_ordered(&s, &spec);
    for (int64_t i = 0; i < ROWS; i++)
        s_seen.count += s.fold[i] == fit.hold_out ? outputs : 0;
    sample_fit(engine, &s, &fit);
    by_hand = train_on_earlier_rows(&s, fit.hold_out);
    loaded = stock_load(&model);
    stock_margins(by_hand, s.data, ROWS, FEATURES, outputs, expected);
    stock_margins(loaded, s.data, ROWS, FEATURES, outputs, actual);
    ck_assert_mem_eq(actual, expected, (size_t)(ROWS * outputs) * sizeof *actual);
    for (int64_t i = 0; i < ROWS; i++) {
        if (s.fold[i] != fit.hold_out)
            continue;
        ck_assert_mem_eq(held, expected + i * outputs, (size_t)outputs * sizeof *held);
        held += outputs;
    }
    stock_free(by_hand);
    stock_free(loaded);
    sg_buf_clear(&model);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_fit_on_all_rows_takes_those_that_are_never_held_out)
{
    sample_spec spec = {ROWS, FEATURES, SG_LOSS_LOGISTIC, 0, _i, 20, 9};
    sg_engine *engine = sample_open();
    sg_buf ordered = {0}, plain = {0};
    sg_fit_spec fit = {SG_FIT_ALL_ROWS, ROUNDS, sample_params(), NULL, NULL, &ordered};
    sample s;

    make_ordered(&s, &spec);
    sample_fit(engine, &s, &fit);
    s.rows.ordered = 0;
    s.rows.fold = NULL;
    fit.model = &plain;
    sample_fit(engine, &s, &fit);
    ck_assert_uint_eq(ordered.size, plain.size);
    ck_assert_mem_eq(ordered.bytes, plain.bytes, plain.size);
    sg_buf_clear(&ordered);
    sg_buf_clear(&plain);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_first_fold_without_rows_before_it_cannot_be_held_out)
{
    sample_spec spec = {ROWS, FEATURES, SG_LOSS_LOGISTIC, 0, 0, 20, 9};
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf model = {0};
    sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &model};
    sample s;

    make_ordered(&s, &spec);
    for (int64_t i = 0; i < ROWS; i++)
        s.fold[i] = s.fold[i] < 0 ? 0 : s.fold[i];
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_OK);
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), SEGML_E_DATA);
    ck_assert_str_eq(err.message, "none of 400 rows is left to train on: all are held out, come "
                                  "later or have weight 0");
    ck_assert_uint_eq(model.size, 0);
    engine->release(prepared);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

TCase *
ordered_tests(void)
{
    TCase *tc = tcase_create("ordered");

    tcase_set_timeout(tc, 120);
    if (!sample_native() || sample_exact()) /* bins are each engine's own */
        tcase_add_loop_test(tc, a_fit_is_that_of_xgboost_on_the_earlier_rows, 0, 24);
    tcase_add_loop_test(tc, a_fit_on_all_rows_takes_those_that_are_never_held_out, 0, 2);
    tcase_add_test(tc, a_first_fold_without_rows_before_it_cannot_be_held_out);
    return tc;
}
