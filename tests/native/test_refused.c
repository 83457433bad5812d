/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the native engine cannot train: an error that says why, in one line, with nothing
 * appended to the model and the prepared set still good.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sample.h"
#include "native/columns.h"
#include "native/native_engine.h"
#include "trained.h"

enum { ROWS = 80, FEATURES = 3, ROUNDS = 3 };

static sg_engine *
open_native(void)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = NULL;

    ck_assert_msg(sg_native_engine_open(&engine, NULL, &err) == SEGML_OK, "%s", err.message);
    ck_assert_str_eq(engine->name, "native");
    ck_assert_str_eq(engine->version, SG_NATIVE_VERSION);
    return engine;
}

static sample_spec
spec_of(int which)
{
    return (sample_spec){.rows = ROWS,
                         .features = FEATURES,
                         .loss = (sg_loss)(1 + which % 4),
                         .missing = 30,
                         .seed = (uint64_t)which};
}

static void
assert_tells(const segml_error *err, int status, const char *part)
{
    ck_assert_msg(err->code == status, "%d, not %d: %s", err->code, status, err->message);
    ck_assert_msg(strstr(err->message, part) != NULL, "\"%s\" lacks \"%s\"", err->message, part);
    ck_assert_ptr_null(strchr(err->message, '\n'));
    ck_assert_int_ne(err->message[strlen(err->message) - 1], '.');
}

/* Rows that neither sg_native_engine_covers() nor prepare() takes. */
static void
assert_not_covered(const sg_engine_rows *rows, const char *part)
{
    segml_error covers = SEGML_ERROR_INIT, err = SEGML_ERROR_INIT;
    sg_engine *engine = open_native();
    sg_prepared *prepared = (sg_prepared *)&err; /* must be overwritten */

    ck_assert_int_eq(sg_native_engine_covers(rows, 0, &covers), SEGML_E_UNSUPPORTED);
    assert_tells(&covers, SEGML_E_UNSUPPORTED, part);
    ck_assert_int_eq(engine->prepare(engine, &prepared, rows, &err), SEGML_E_UNSUPPORTED);
    assert_tells(&err, SEGML_E_UNSUPPORTED, part);
    ck_assert_ptr_null(prepared);
    engine->close(engine);
}

START_TEST(rows_without_features_are_refused)
{
    sample_spec spec = spec_of(0);
    sample s;

    sample_make(&s, &spec);
    s.rows.method = _i ? SG_TREE_EXACT : SG_TREE_HIST;
    s.rows.features = 0;
    assert_not_covered(&s.rows, "feature");
    s.rows.features = FEATURES;
    sample_free(&s);
}
END_TEST

START_TEST(exact_trees_of_too_many_rows_are_refused)
{
    sample_spec spec = spec_of(0);
    sample s;

    spec.rows = SG_COLUMN_ROWS + 1;
    spec.features = 1;
    sample_make(&s, &spec);
    s.rows.method = SG_TREE_EXACT;
    assert_not_covered(&s.rows, "65536");
    sample_free(&s);
}
END_TEST

START_TEST(exact_trees_of_categories_are_refused)
{
    sample_spec spec = spec_of(0);
    sample s;

    spec.categories = 5;
    sample_make(&s, &spec);
    s.rows.method = SG_TREE_EXACT;
    assert_not_covered(&s.rows, "feature 2");
    sample_free(&s);
}
END_TEST

START_TEST(numbers_of_bins_that_it_lacks_are_refused)
{
    static const int32_t bins[] = {-1, 0, 1, 257, 100000};
    sample_spec spec = spec_of(0);
    sample s;

    sample_make(&s, &spec);
    s.rows.method = SG_TREE_HIST;
    s.rows.max_bin = bins[_i];
    assert_not_covered(&s.rows, "max_bin");
    sample_free(&s);
}
END_TEST

START_TEST(an_unknown_kernel_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = (sg_engine *)&err; /* must be overwritten */

    ck_assert_int_eq(sg_native_engine_open(&engine, "sse9", &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(engine);
    assert_tells(&err, SEGML_E_ARGUMENT, "sse9");
}
END_TEST

/* A fit that must fail, with a good one before and after it. */
static void
assert_refused(const sg_engine_rows *rows, const sg_fit_spec *bad, int status, const char *part)
{
    sg_engine *engine = open_native();
    sg_prepared *prepared = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_fit_spec good = {.hold_out = 0, .rounds = ROUNDS, .params = sample_params()};
    sg_fit_spec refused = *bad;
    sg_buf model = {0};
    trained before, after;

    refused.model = &model;
    ck_assert_msg(engine->prepare(engine, &prepared, rows, &err) == SEGML_OK, "%s", err.message);
    trained_fit(&before, engine, prepared, rows, &good);
    ck_assert_int_eq(engine->fit(prepared, &refused, &err), status);
    assert_tells(&err, status, part);
    ck_assert_uint_eq(model.size, 0);
    trained_fit(&after, engine, prepared, rows, &good);
    ck_assert_int_eq(before.status, SEGML_OK);
    ck_assert_int_eq(after.status, SEGML_OK);
    ck_assert_uint_eq(before.model.size, after.model.size);
    ck_assert_mem_eq(before.model.bytes, after.model.bytes, after.model.size);
    trained_free(&before);
    trained_free(&after);
    engine->release(prepared);
    engine->close(engine);
}

/* One parameter and values that it cannot have. */
typedef struct bad_value {
    const char *name;
    size_t offset; /* in sg_fit_params, of a double */
    double value;
} bad_value;

#define BAD(member, value)                                                                         \
    {                                                                                              \
#member, offsetof(sg_fit_params, member), value                                            \
    }
#define BAD_ALWAYS(member) BAD(member, NAN), BAD(member, INFINITY), BAD(member, -INFINITY)

static const bad_value bad_values[] = {
    BAD_ALWAYS(learning_rate),
    BAD(learning_rate, -0.1),
    BAD(learning_rate, 1e39),
    BAD_ALWAYS(min_child_weight),
    BAD(min_child_weight, -1),
    BAD_ALWAYS(subsample),
    BAD(subsample, 0),
    BAD(subsample, -0.5),
    BAD(subsample, 1.5),
    BAD_ALWAYS(colsample_bytree),
    BAD(colsample_bytree, 0),
    BAD(colsample_bytree, -0.5),
    BAD(colsample_bytree, 1.5),
    BAD_ALWAYS(reg_lambda),
    BAD(reg_lambda, -1),
    BAD_ALWAYS(reg_alpha),
    BAD(reg_alpha, -1),
    BAD_ALWAYS(gamma),
    BAD(gamma, -1),
    BAD_ALWAYS(max_delta_step),
    BAD(max_delta_step, -1),
    BAD_ALWAYS(scale_pos_weight),
    BAD(scale_pos_weight, -1),
    BAD_ALWAYS(base_score),
    BAD(base_score, 0),
    BAD(base_score, 1),
    BAD(base_score, -0.5),
    BAD(base_score, 2),
    BAD(min_child_weight, 1e39),
    BAD(reg_lambda, 1e39),
};

enum { BAD_VALUES = sizeof bad_values / sizeof *bad_values };

START_TEST(real_parameters_out_of_range_are_refused)
{
    const bad_value *bad = &bad_values[_i / 2];
    sample_spec spec = spec_of(0); /* logistic, which has all parameters */
    sg_fit_spec fit = {.hold_out = 0, .rounds = ROUNDS, .params = sample_params()};
    sample s;

    sample_make(&s, &spec);
    s.rows.method = _i % 2 ? SG_TREE_EXACT : SG_TREE_HIST;
    memcpy((char *)&fit.params + bad->offset, &bad->value, sizeof bad->value);
    assert_refused(&s.rows, &fit, SEGML_E_ARGUMENT, bad->name);
    sample_free(&s);
}
END_TEST

START_TEST(a_depth_of_0_is_refused)
{
    sample_spec spec = spec_of(_i);
    sg_fit_spec fit = {.hold_out = 0, .rounds = ROUNDS, .params = sample_params()};
    sample s;

    sample_make(&s, &spec);
    s.rows.method = _i < 4 ? SG_TREE_EXACT : SG_TREE_HIST;
    fit.params.max_depth = 0;
    assert_refused(&s.rows, &fit, SEGML_E_ARGUMENT, "max_depth 0");
    sample_free(&s);
}
END_TEST

START_TEST(whole_parameters_out_of_range_are_refused)
{
    static const struct {
        int32_t depth, leaves, rounds;
        const char *part;
    } bad[] = {{-1, 0, 3, "max_depth -1"},
               {5, -1, 3, "max_leaves -1"},
               {5, 0, 0, "rounds 0"},
               {5, 0, -4, "rounds -4"}};
    sample_spec spec = spec_of(0);
    sg_fit_spec fit = {.hold_out = 0, .rounds = bad[_i].rounds, .params = sample_params()};
    sample s;

    sample_make(&s, &spec);
    s.rows.method = SG_TREE_HIST;
    fit.params.max_depth = bad[_i].depth;
    fit.params.max_leaves = bad[_i].leaves;
    assert_refused(&s.rows, &fit, SEGML_E_ARGUMENT, bad[_i].part);
    sample_free(&s);
}
END_TEST

START_TEST(exact_trees_of_the_best_leaf_first_are_refused)
{
    sample_spec spec = spec_of(0);
    sg_fit_spec fit = {.hold_out = 0, .rounds = ROUNDS, .params = sample_params()};
    segml_error err = SEGML_ERROR_INIT;
    sample s;

    sample_make(&s, &spec);
    s.rows.method = SG_TREE_EXACT;
    fit.params.max_leaves = 8;
    ck_assert_int_eq(sg_native_engine_covers(&s.rows, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_native_engine_covers(&s.rows, 1, &err), SEGML_E_UNSUPPORTED);
    assert_tells(&err, SEGML_E_UNSUPPORTED, "max_leaves");
    assert_refused(&s.rows, &fit, SEGML_E_UNSUPPORTED, "max_leaves");
    sample_free(&s);
}
END_TEST

START_TEST(rows_that_all_weigh_0_are_refused)
{
    sample_spec spec = spec_of(_i);
    sg_engine *engine = open_native();
    sg_prepared *prepared = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf model = {0};
    sg_fit_spec fit = {
        .hold_out = SG_FIT_ALL_ROWS, .rounds = ROUNDS, .params = sample_params(), .model = &model};
    sample s;

    spec.weighted = 1;
    sample_make(&s, &spec);
    s.rows.method = _i < 4 ? SG_TREE_EXACT : SG_TREE_HIST;
    for (int64_t i = 0; i < ROWS; i++)
        s.weight[i] = 0;
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_OK);
    ck_assert_int_eq(engine->fit(prepared, &fit, &err), SEGML_E_DATA);
    assert_tells(&err, SEGML_E_DATA, "none of 80 rows is left to train on");
    ck_assert_uint_eq(model.size, 0);
    engine->release(prepared);
    engine->close(engine);
    sample_free(&s);
}
END_TEST

/* Fits with every kernel: the same answer, and a model if and only if that was good. */
static void
assert_no_harm(const sg_engine_rows *rows)
{
    const sg_fit_spec fit = {.hold_out = 0, .rounds = ROUNDS, .params = sample_params()};
    sg_engine *engine[TRAINED_KERNELS];
    int first = SEGML_OK;

    ck_assert(trained_open_kernels(engine));
    for (int k = 0; k < TRAINED_KERNELS; k++) {
        segml_error err = SEGML_ERROR_INIT;
        sg_prepared *prepared = NULL;
        trained t = {0};

        if (engine[k] == NULL)
            continue;
        t.status = engine[k]->prepare(engine[k], &prepared, rows, &err);
        if (t.status == SEGML_OK)
            trained_fit(&t, engine[k], prepared, rows, &fit);
        engine[k]->release(prepared);
        first = k == 0 ? t.status : first;
        ck_assert_int_eq(t.status, first);
        ck_assert_int_eq(t.status == SEGML_OK, t.model.size > 0);
        trained_free(&t);
    }
    trained_close_kernels(engine);
}

/* Labels are coded before they come to an engine; they are finite. */
/* What each objective cannot have: in the order of sg_loss. */
START_TEST(labels_outside_the_domain_are_refused)
{
    static const float labels[4][5] = {{-1, 1.5f, NAN, INFINITY, -INFINITY},
                                       {-1, 0.5f, 3, NAN, INFINITY},
                                       {NAN, INFINITY, -INFINITY, NAN, NAN},
                                       {-1, NAN, INFINITY, -INFINITY, -1e-6f}};
    sample_spec spec = spec_of(_i % 4);
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = open_native();
    sg_prepared *prepared = (sg_prepared *)&err; /* must be overwritten */
    sample s;

    sample_make(&s, &spec);
    s.rows.method = _i / 4 % 2 ? SG_TREE_EXACT : SG_TREE_HIST;
    s.label[ROWS - 1] = labels[_i % 4][_i / 8];
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, &err), SEGML_E_DATA);
    assert_tells(&err, SEGML_E_DATA, "label");
    ck_assert_ptr_null(prepared);
    engine->close(engine);
    sample_free(&s);
}
END_TEST

START_TEST(infinite_cells_do_no_harm)
{
    sample_spec spec = spec_of(_i % 4);
    sample s;

    sample_make(&s, &spec);
    s.rows.method = _i / 4 ? SG_TREE_EXACT : SG_TREE_HIST;
    for (int64_t i = 0; i < ROWS * FEATURES; i += 7)
        s.data[i] = i % 2 ? INFINITY : -INFINITY;
    assert_no_harm(&s.rows);
    sample_free(&s);
}
END_TEST

TCase *
refused_tests(void)
{
    TCase *tc = tcase_create("refused");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, rows_without_features_are_refused, 0, 2);
    tcase_add_test(tc, exact_trees_of_too_many_rows_are_refused);
    tcase_add_test(tc, exact_trees_of_categories_are_refused);
    tcase_add_loop_test(tc, numbers_of_bins_that_it_lacks_are_refused, 0, 5);
    tcase_add_test(tc, an_unknown_kernel_is_refused);
    tcase_add_loop_test(tc, real_parameters_out_of_range_are_refused, 0, 2 * BAD_VALUES);
    tcase_add_loop_test(tc, a_depth_of_0_is_refused, 0, 8);
    tcase_add_loop_test(tc, whole_parameters_out_of_range_are_refused, 0, 4);
    tcase_add_test(tc, exact_trees_of_the_best_leaf_first_are_refused);
    tcase_add_loop_test(tc, rows_that_all_weigh_0_are_refused, 0, 8);
    tcase_add_loop_test(tc, labels_outside_the_domain_are_refused, 0, 40);
    tcase_add_loop_test(tc, infinite_cells_do_no_harm, 0, 8);
    return tc;
}
