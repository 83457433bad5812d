/* SPDX-License-Identifier: Apache-2.0 */

/* Rows that are not ordinary: categories, names, missing columns, weights 0, one class, one row. */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "stock.h"

enum { ROUNDS = 10, VALUES = 20000 };

/* Fits one fold of a sample and loads the model into stock XGBoost. */
static stock_model *
fit_and_load(const sample *s, int32_t hold_out, const sg_fit_params *params)
{
    sg_engine *engine = sample_open();
    sg_buf model = {0};
    sg_fit_spec fit = {hold_out, ROUNDS, *params, NULL, NULL, &model};
    stock_model *stock;

    sample_fit(engine, s, &fit);
    stock = stock_load(&model);
    sg_buf_clear(&model);
    engine->close(engine);
    return stock;
}

/* All numbers of all arrays of one name in the model's JSON; returns how many. */
static int
numbers_of(stock_model *stock, const char *array, long *out)
{
    char head[40] = "\"";
    const char *at = stock_json(stock);
    int n = 0;

    strcat(strcat(head, array), "\":[");
    for (at = strstr(at, head); at != NULL; at = strstr(at, head)) {
        at += strlen(head);
        while (*at != ']') {
            char *end;

            ck_assert_int_lt(n, VALUES);
            out[n++] = strtol(at, &end, 10);
            at = *end == ',' ? end + 1 : end;
        }
    }
    return n;
}

START_TEST(a_thousand_categories_are_split_as_asked)
{
    static long size[VALUES];
    sample_spec spec = {3000, 3, (sg_loss)(1 + _i % 4), 1000, 0, 20, 5};
    sg_fit_params params = sample_params();
    int one_hot = _i >= 4, several = 0, splits;
    stock_model *stock;
    sample s;

    params.max_cat_to_onehot = one_hot ? 1001 : 1;
    params.min_child_weight = 0.1;
    sample_make(&s, &spec);
    stock = fit_and_load(&s, SG_FIT_ALL_ROWS, &params);
    splits = numbers_of(stock, "categories_sizes", size);
    ck_assert_int_gt(splits, 0);
    for (int k = 0; k < splits; k++)
        several += size[k] > 1;
    if (one_hot)
        ck_assert_int_eq(several, 0);
    else
        ck_assert_int_gt(several, 0);
    stock_free(stock);
    sample_free(&s);
}
END_TEST

START_TEST(odd_names_come_back_from_the_model)
{
    static const char *const names[] = {
        "a\"b", "back\\slash", "sp ace", "gr\xc3\xb6\xc3\x9f\x65", "x[1]", "a<b", "tab\there",
        "two\nlines", "", "\xf0\x9f\x98\x80", "{\"x\":[1,", "'; --"};
    enum { COUNT = sizeof names / sizeof names[0] };
    sample_spec spec = {100, COUNT, SG_LOSS_LOGISTIC, 9, 0, 0, 1};
    sg_fit_params params = sample_params();
    stock_model *stock;
    sample s;

    sample_make(&s, &spec);
    s.rows.names = names;
    stock = fit_and_load(&s, SG_FIT_ALL_ROWS, &params);
    for (int64_t j = 0; j < COUNT; j++) {
        ck_assert_str_eq(stock_feature(stock, "feature_name", j), names[j]);
        ck_assert_str_eq(stock_feature(stock, "feature_type", j),
                         j == COUNT - 1 && !sample_exact() ? "c" : "float");
    }
    stock_free(stock);
    sample_free(&s);
}
END_TEST

START_TEST(a_column_without_values_is_never_split)
{
    static long index[VALUES];
    enum { EMPTY = 2 };
    sample_spec spec = {300, 4, (sg_loss)(1 + _i), 0, 0, 50, 3};
    sg_fit_params params = sample_params();
    stock_model *stock;
    sample s;
    int nodes;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.data[i * spec.features + EMPTY] = NAN;
    stock = fit_and_load(&s, 0, &params);
    nodes = numbers_of(stock, "split_indices", index);
    ck_assert_int_gt(nodes, ROUNDS);
    for (int k = 0; k < nodes; k++)
        ck_assert_int_ne(index[k], EMPTY);
    stock_free(stock);
    sample_free(&s);
}
END_TEST

static void
keep_weighted(sample *s)
{
    size_t width = (size_t)s->rows.features, n = 0;

    for (int64_t i = 0; i < s->rows.rows; i++) {
        if (s->weight[i] == 0)
            continue;
        memmove(s->data + n * width, s->data + (size_t)i * width, width * sizeof *s->data);
        s->label[n] = s->label[i];
        s->fold[n] = s->fold[i];
        s->weight[n++] = s->weight[i];
    }
    ck_assert_int_lt((int64_t)n, s->rows.rows);
    s->rows.rows = (int64_t)n;
}

START_TEST(rows_of_weight_0_do_not_train)
{
    sample_spec spec = {400, 5, (sg_loss)(1 + _i % 4), 8, 1, 40, 11};
    int32_t hold_out = _i < 4 ? 1 : SG_FIT_ALL_ROWS;
    sg_engine *engine = sample_open();
    sg_buf with = {0}, without = {0};
    sg_fit_spec fit = {hold_out, ROUNDS, sample_params(), NULL, NULL, &with};
    sample s;

    sample_make(&s, &spec);
    sample_fit(engine, &s, &fit);
    keep_weighted(&s);
    fit.model = &without;
    sample_fit(engine, &s, &fit);
    ck_assert_uint_eq(with.size, without.size);
    ck_assert_mem_eq(with.bytes, without.bytes, with.size);
    sg_buf_clear(&with);
    sg_buf_clear(&without);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

/* By a power of two, so that scaling is exact. */
START_TEST(the_unit_of_the_weights_does_not_matter)
{
    sample_spec spec = {300, 4, (sg_loss)(1 + _i % 4), 0, 1, 20, 6};
    int32_t hold_out = _i < 4 ? 1 : SG_FIT_ALL_ROWS;
    sg_engine *engine = sample_open();
    sg_buf ones = {0}, thousands = {0};
    sg_fit_spec fit = {hold_out, ROUNDS, sample_params(), NULL, NULL, &ones};
    sample s;

    sample_make(&s, &spec);
    sample_fit(engine, &s, &fit);
    for (int64_t i = 0; i < spec.rows; i++)
        s.weight[i] *= 1024;
    fit.model = &thousands;
    sample_fit(engine, &s, &fit);
    ck_assert_uint_eq(ones.size, thousands.size);
    ck_assert_mem_eq(ones.bytes, thousands.bytes, ones.size);
    sg_buf_clear(&ones);
    sg_buf_clear(&thousands);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(weights_change_the_model)
{
    sample_spec spec = {200, 4, SG_LOSS_LOGISTIC, 0, 1, 0, 2};
    sg_engine *engine = sample_open();
    sg_buf weighted = {0}, plain = {0};
    sg_fit_spec fit = {SG_FIT_ALL_ROWS, ROUNDS, sample_params(), NULL, NULL, &weighted};
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.weight[i] += 1;
    sample_fit(engine, &s, &fit);
    s.rows.weight = NULL;
    fit.model = &plain;
    sample_fit(engine, &s, &fit);
    ck_assert_msg(weighted.size != plain.size ||
                      memcmp(weighted.bytes, plain.bytes, plain.size) != 0,
                  "weights change nothing");
    sg_buf_clear(&weighted);
    sg_buf_clear(&plain);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

/* Hand calculation: without sampling and with lambda 0, a single leaf moves to the mean. */
START_TEST(one_class_gives_finite_margins_of_its_side)
{
    sample_spec spec = {60, 3, (sg_loss)(1 + _i), 0, 0, 0, 4};
    sg_fit_params params = sample_params();
    int64_t outputs = spec.loss == SG_LOSS_SOFTPROB ? SAMPLE_CLASSES : 1;
    float margin[60 * SAMPLE_CLASSES];
    stock_model *stock;
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.label[i] = 1;
    stock = fit_and_load(&s, 0, &params);
    stock_margins(stock, s.data, spec.rows, spec.features, outputs, margin);
    for (int64_t i = 0; i < spec.rows; i++) {
        const float *m = margin + i * outputs;

        ck_assert(isfinite(m[0]));
        if (spec.loss == SG_LOSS_SOFTPROB)
            ck_assert_msg(m[1] > m[0] && m[1] > m[2], "%g %g %g", m[0], m[1], m[2]);
        else if (spec.loss == SG_LOSS_LOGISTIC)
            ck_assert_msg(m[0] > 0, "%g", m[0]); /* base score .4 is below 0 */
        else if (spec.loss == SG_LOSS_SQUARED)
            ck_assert_msg(m[0] > 0.7F && m[0] < 1.0F, "%g", m[0]); /* .4 + .6 (1 - .9^10) = .79 */
    }
    stock_free(stock);
    sample_free(&s);
}
END_TEST

START_TEST(one_row_trains_and_cannot_be_held_out)
{
    sample_spec spec = {1, 3, (sg_loss)(1 + _i), 0, 0, 0, 6};
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf model = {0};
    sg_fit_spec fit = {SG_FIT_ALL_ROWS, ROUNDS, sample_params(), NULL, NULL, &model};
    stock_model *stock;
    sample s;

    sample_make(&s, &spec);
    s.label[0] = 1;
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_OK);
    ck_assert_msg(engine->fit(prepared, &fit, &err) == SEGML_OK, "%s", err.message);
    stock = stock_load(&model);
    ck_assert_int_eq(stock_rounds(stock), ROUNDS);
    fit.hold_out = s.fold[0];
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), SEGML_E_DATA);
    ck_assert_str_eq(err.message,
                     "none of 1 rows is left to train on: all are held out or have weight 0");
    stock_free(stock);
    engine->release(prepared);
    sg_buf_clear(&model);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

static int
count_margins(void *user, int32_t round, const float *margin, segml_error *err)
{
    (void)round;
    (void)err;
    *(int *)user += margin != NULL;
    return 0;
}

START_TEST(a_fold_that_holds_out_no_row_trains_on_all)
{
    sample_spec spec = {50, 3, SG_LOSS_LOGISTIC, 0, 0, 0, 8};
    sg_engine *engine = sample_open();
    sg_buf empty = {0}, all = {0};
    int margins = 0;
    sg_fit_spec fit = {2, ROUNDS, sample_params(), count_margins, &margins, &empty};
    sample s;

    sample_make(&s, &spec);
    for (int64_t i = 0; i < spec.rows; i++)
        s.fold[i] = s.fold[i] == 2 ? 1 : s.fold[i];
    sample_fit(engine, &s, &fit);
    fit = (sg_fit_spec){SG_FIT_ALL_ROWS, ROUNDS, sample_params(), NULL, NULL, &all};
    sample_fit(engine, &s, &fit);
    ck_assert_int_eq(margins, ROUNDS);
    ck_assert_uint_eq(empty.size, all.size);
    ck_assert_mem_eq(empty.bytes, all.bytes, all.size);
    sg_buf_clear(&empty);
    sg_buf_clear(&all);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

TCase *
rows_tests(void)
{
    TCase *tc = tcase_create("rows");

    tcase_set_timeout(tc, 120);
    if (!sample_exact())
        tcase_add_loop_test(tc, a_thousand_categories_are_split_as_asked, 0, 8);
    tcase_add_test(tc, odd_names_come_back_from_the_model);
    tcase_add_loop_test(tc, a_column_without_values_is_never_split, 0, 4);
    tcase_add_loop_test(tc, rows_of_weight_0_do_not_train, 0, 8);
    tcase_add_loop_test(tc, the_unit_of_the_weights_does_not_matter, 0, 8);
    tcase_add_test(tc, weights_change_the_model);
    tcase_add_loop_test(tc, one_class_gives_finite_margins_of_its_side, 0, 4);
    tcase_add_loop_test(tc, one_row_trains_and_cannot_be_held_out, 0, 4);
    tcase_add_test(tc, a_fold_that_holds_out_no_row_trains_on_all);
    return tc;
}
