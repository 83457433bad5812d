/* SPDX-License-Identifier: Apache-2.0 */

/* Fits: margins of every round, the exported model, stopping and giving up. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "stock.h"

enum { ROWS = 240, FEATURES = 6, ROUNDS = 12 };

static const sg_loss losses[] = {SG_LOSS_LOGISTIC, SG_LOSS_SOFTPROB, SG_LOSS_SQUARED,
                                 SG_LOSS_POISSON};

/* Keeps the margins of the last round and answers as told. */
typedef struct recorder {
    float margin[ROWS * SAMPLE_CLASSES];
    int64_t values;  /* that a round's margins have */
    int32_t rounds;  /* calls so far */
    int32_t stop_at; /* round at which answer is given, -1 = never */
    int answer;
    int without; /* calls without margins */
} recorder;

static int
record(void *user, int32_t round, const float *margin, segml_error *err)
{
    recorder *r = user;

    ck_assert_int_eq(round, r->rounds);
    r->rounds++;
    if (margin == NULL)
        r->without++;
    else
        memcpy(r->margin, margin, (size_t)r->values * sizeof *margin);
    if (round != r->stop_at)
        return 0;
    return r->answer < 0 ? sg_fail(err, r->answer, "given up in round %d", (int)round) : r->answer;
}

/* Held-out rows one after the other; returns their number. */
static int64_t
held_out(const sample *s, int32_t fold, float *data)
{
    size_t width = (size_t)s->rows.features;
    int64_t n = 0;

    for (int64_t i = 0; i < s->rows.rows; i++) {
        if (s->fold[i] == fold)
            memcpy(data + (size_t)n++ * width, s->data + (size_t)i * width, width * sizeof *data);
    }
    return n;
}

static sample_spec
spec_of(int which)
{
    return (sample_spec){.rows = ROWS,
                         .features = FEATURES,
                         .loss = losses[which % 4],
                         .categories = which & 4 ? 20 : 0,
                         .weighted = (which & 8) != 0,
                         .missing = 80,
                         .seed = (uint64_t)which};
}

START_TEST(margins_are_predictions_of_the_exported_model)
{
    sample_spec spec = spec_of(_i);
    sg_engine *engine = sample_open();
    sg_buf model = {0};
    recorder r = {.stop_at = -1};
    sg_fit_spec fit = {1, ROUNDS, sample_params(), record, &r, &model};
    float data[ROWS * FEATURES], expected[ROWS * SAMPLE_CLASSES];
    stock_model *stock;
    sample s;
    int64_t rows;

    sample_make(&s, &spec);
    rows = held_out(&s, 1, data);
    r.values = rows * s.rows.classes;
    sample_fit(engine, &s, &fit);
    stock = stock_load(&model);
    stock_margins(stock, data, rows, FEATURES, s.rows.classes, expected);
    ck_assert_int_eq(r.rounds, ROUNDS);
    ck_assert_int_eq(stock_rounds(stock), ROUNDS);
    ck_assert_mem_eq(r.margin, expected, (size_t)r.values * sizeof *expected);
    stock_free(stock);
    sg_buf_clear(&model);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_fit_on_all_rows_reports_no_margins)
{
    sample_spec spec = spec_of(0);
    sg_engine *engine = sample_open();
    sg_buf model = {0};
    recorder r = {.stop_at = -1};
    sg_fit_spec fit = {SG_FIT_ALL_ROWS, ROUNDS, sample_params(), record, &r, &model};
    sample s;

    sample_make(&s, &spec);
    s.rows.fold = NULL;
    s.rows.folds = 0;
    sample_fit(engine, &s, &fit);
    ck_assert_int_eq(r.rounds, ROUNDS);
    ck_assert_int_eq(r.without, ROUNDS);
    ck_assert_uint_gt(model.size, 0);
    sg_buf_clear(&model);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_stop_keeps_the_rounds_so_far)
{
    sample_spec spec = spec_of(2);
    sg_engine *engine = sample_open();
    sg_buf stopped = {0}, whole = {0};
    recorder r = {.stop_at = 4, .answer = 1};
    sg_fit_spec fit = {0, ROUNDS, sample_params(), record, &r, &stopped};
    sg_fit_spec five = {0, 5, sample_params(), NULL, NULL, &whole};
    float data[ROWS * FEATURES];
    stock_model *stock;
    sample s;

    sample_make(&s, &spec);
    r.values = held_out(&s, 0, data);
    sample_fit(engine, &s, &fit);
    sample_fit(engine, &s, &five);
    stock = stock_load(&stopped);
    ck_assert_int_eq(r.rounds, 5);
    ck_assert_int_eq(stock_rounds(stock), 5);
    ck_assert_uint_eq(stopped.size, whole.size);
    ck_assert_mem_eq(stopped.bytes, whole.bytes, whole.size);
    stock_free(stock);
    sg_buf_clear(&stopped);
    sg_buf_clear(&whole);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_negative_answer_is_handed_on)
{
    sample_spec spec = spec_of(0);
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    sg_buf model = {0};
    segml_error err = SEGML_ERROR_INIT;
    recorder r = {.stop_at = 3, .answer = SEGML_E_CANCELLED};
    sg_fit_spec fit = {0, ROUNDS, sample_params(), record, &r, &model};
    float data[ROWS * FEATURES];
    sample s;

    sample_make(&s, &spec);
    r.values = held_out(&s, 0, data);
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_OK);
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), SEGML_E_CANCELLED);
    ck_assert_str_eq(err.message, "given up in round 3");
    ck_assert_int_eq(r.rounds, 4);
    ck_assert_uint_eq(model.size, 0);
    r = (recorder){.stop_at = -1, .values = r.values};
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), SEGML_OK); /* the set is still good */
    engine->release(prepared);
    sg_buf_clear(&model);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(models_are_appended)
{
    sample_spec spec = spec_of(0);
    sg_engine *engine = sample_open();
    sg_buf one = {0}, two = {0};
    sg_fit_spec first = {0, ROUNDS, sample_params(), NULL, NULL, &one};
    sg_fit_spec second = {0, ROUNDS, sample_params(), NULL, NULL, &two};
    sample s;

    sample_make(&s, &spec);
    sample_fit(engine, &s, &first);
    sample_fit(engine, &s, &second);
    sample_fit(engine, &s, &second);
    ck_assert_uint_eq(two.size, 2 * one.size);
    ck_assert_mem_eq(two.bytes, one.bytes, one.size);
    ck_assert_mem_eq(two.bytes + one.size, one.bytes, one.size);
    sg_buf_clear(&one);
    sg_buf_clear(&two);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

/* The last ones are of method hist alone. */
enum { PARAMETERS = 14, OF_HIST = 11 };

/* Changes one of the parameters that are the engine's to hand on. */
static void
change(sg_fit_params *p, sg_engine_rows *rows, int which)
{
    struct {
        double *at;
        double value;
    } real[] = {
        {&p->learning_rate, 0.2}, {&p->min_child_weight, 9},
        {&p->subsample, 0.6},     {&p->colsample_bytree, 0.4},
        {&p->reg_lambda, 8},      {&p->reg_alpha, 3},
        {&p->gamma, 4},           {&p->max_delta_step, 0.1},
        {&p->base_score, 0.7},
    };
    struct {
        int32_t *at;
        int32_t value;
    } whole[] = {
        {&p->max_depth, 2},
        {&p->max_leaves, 5},
        {&p->max_cat_to_onehot, 100},
        {&rows->max_bin, 8},
    };
    int reals = sizeof real / sizeof real[0];

    if (which < reals)
        *real[which].at = real[which].value;
    else if (which == reals)
        p->seed = 99;
    else
        *whole[which - reals - 1].at = whole[which - reals - 1].value;
}

START_TEST(every_parameter_changes_the_model)
{
    sample_spec spec = spec_of(4);
    sg_engine *engine = sample_open();
    sg_buf plain = {0}, other = {0};
    sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &plain};
    sample s;

    sample_make(&s, &spec);
    sample_fit(engine, &s, &fit);
    change(&fit.params, &s.rows, _i);
    fit.model = &other;
    sample_fit(engine, &s, &fit);
    ck_assert_msg(plain.size != other.size || memcmp(plain.bytes, other.bytes, plain.size) != 0,
                  "parameter %d changes nothing", _i);
    sg_buf_clear(&plain);
    sg_buf_clear(&other);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_refused_parameter_is_told_in_one_line)
{
    sample_spec spec = spec_of(0);
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    sg_buf model = {0};
    segml_error err = SEGML_ERROR_INIT;
    sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &model};
    sample s;

    sample_make(&s, &spec);
    fit.params.subsample = 7;
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_OK);
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), sample_refusal());
    ck_assert_msg(strstr(err.message, "subsample") != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "Stack trace") == NULL, "%s", err.message);
    ck_assert_ptr_null(strchr(err.message, '\n'));
    ck_assert_uint_eq(model.size, 0);
    engine->release(prepared);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

/* XGBoost's reader refuses numbers below the smallest normal float. */
START_TEST(parameters_below_the_normal_floats_are_zero)
{
    sample_spec spec = spec_of(2); /* squared error */
    sg_engine *engine = sample_open();
    sg_buf zero = {0}, tiny = {0};
    sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &zero};
    sample s;

    sample_make(&s, &spec);
    fit.params.base_score = 0;
    fit.params.reg_alpha = 0;
    sample_fit(engine, &s, &fit);
    fit.params.base_score = -1e-40;
    fit.params.reg_alpha = 1e-300;
    fit.model = &tiny;
    sample_fit(engine, &s, &fit);
    ck_assert_uint_eq(zero.size, tiny.size);
    ck_assert_mem_eq(zero.bytes, tiny.bytes, zero.size);
    sg_buf_clear(&zero);
    sg_buf_clear(&tiny);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

TCase *
fit_tests(void)
{
    TCase *tc = tcase_create("fit");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, margins_are_predictions_of_the_exported_model, 0, 16);
    tcase_add_test(tc, a_fit_on_all_rows_reports_no_margins);
    tcase_add_test(tc, a_stop_keeps_the_rounds_so_far);
    tcase_add_test(tc, a_negative_answer_is_handed_on);
    tcase_add_test(tc, models_are_appended);
    tcase_add_loop_test(tc, every_parameter_changes_the_model, 0, OF_HIST);
    if (!sample_exact())
        tcase_add_loop_test(tc, every_parameter_changes_the_model, OF_HIST, PARAMETERS);
    tcase_add_test(tc, a_refused_parameter_is_told_in_one_line);
    tcase_add_test(tc, parameters_below_the_normal_floats_are_zero);
    return tc;
}
