/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The same rows and parameters give the same bytes: again, whatever else the thread
 * trains, on any thread, and with any number of threads inside the engine.
 */

#include <check.h>
#include <string.h>

#include "base/thread.h"
#include "sample.h"

enum { ROUNDS = 10 };

static sample_spec
spec_of(int which)
{
    return (sample_spec){.rows = 500 + which,
                         .features = 7,
                         .loss = (sg_loss)(1 + which % 4),
                         .categories = which & 4 ? 60 : 0,
                         .weighted = (which & 8) != 0,
                         .missing = 50,
                         .seed = (uint64_t)which};
}

static void
assert_equal(const sg_buf *a, const sg_buf *b)
{
    ck_assert_uint_gt(a->size, 0);
    ck_assert_uint_eq(a->size, b->size);
    ck_assert_mem_eq(a->bytes, b->bytes, a->size);
}

START_TEST(threads_inside_the_engine_change_nothing)
{
    static const int32_t threads[3] = {1, 2, 8};
    sample_spec spec = spec_of(_i % 16);
    sg_engine *engine = sample_open();
    sg_buf model[3] = {{0}, {0}, {0}};
    sample s;

    sample_make(&s, &spec);
    for (int t = 0; t < 3; t++) {
        sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &model[t]};

        fit.params.threads = threads[t];
        if (_i >= 16) {
            fit.params.max_leaves = 10;
            fit.params.max_depth = 0;
        }
        sample_fit(engine, &s, &fit);
        assert_equal(&model[0], &model[t]);
    }
    for (int t = 0; t < 3; t++)
        sg_buf_clear(&model[t]);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

START_TEST(a_second_fit_gives_the_same_bytes)
{
    sample_spec spec = spec_of(_i);
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    sg_buf first = {0}, second = {0}, fresh = {0};
    sg_fit_spec fit = {2, ROUNDS, sample_params(), NULL, NULL, &first};
    sample s;

    sample_make(&s, &spec);
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, NULL), SEGML_OK);
    ck_assert_int_eq(engine->fit(prepared, &fit, NULL), SEGML_OK);
    fit.model = &second;
    ck_assert_int_eq(engine->fit(prepared, &fit, NULL), SEGML_OK);
    engine->release(prepared);
    fit.model = &fresh;
    sample_fit(engine, &s, &fit);
    assert_equal(&first, &second);
    assert_equal(&first, &fresh);
    sg_buf_clear(&first);
    sg_buf_clear(&second);
    sg_buf_clear(&fresh);
    sample_free(&s);
    engine->close(engine);
}
END_TEST

/* A fit that trains one round of another one after each of its own. */
typedef struct intruder {
    sg_prepared *prepared;
    const sg_engine *engine;
    int32_t seed;
} intruder;

static int
intrude(void *user, int32_t round, const float *margin, segml_error *err)
{
    intruder *in = user;
    sg_fit_spec fit = {0, 1 + round % 3, sample_params(), NULL, NULL, NULL};

    (void)margin;
    fit.params.seed = (uint32_t)(in->seed + round);
    return in->engine->fit(in->prepared, &fit, err);
}

START_TEST(fits_within_a_fit_change_nothing)
{
    sample_spec spec = spec_of(_i), other_spec = spec_of(_i + 5);
    sg_engine *engine = sample_open();
    sg_prepared *prepared = NULL;
    sg_buf alone = {0}, disturbed = {0};
    sg_fit_spec fit = {1, ROUNDS, sample_params(), NULL, NULL, &alone};
    intruder in = {NULL, engine, _i};
    sample s, other;

    sample_make(&s, &spec);
    sample_make(&other, &other_spec);
    sample_fit(engine, &s, &fit);
    ck_assert_int_eq(engine->prepare(engine, &in.prepared, &other.rows, NULL), SEGML_OK);
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, NULL), SEGML_OK);
    fit.on_round = intrude;
    fit.user = &in;
    fit.model = &disturbed;
    ck_assert_int_eq(engine->fit(prepared, &fit, NULL), SEGML_OK);
    assert_equal(&alone, &disturbed);
    engine->release(prepared);
    engine->release(in.prepared);
    sg_buf_clear(&alone);
    sg_buf_clear(&disturbed);
    sample_free(&s);
    sample_free(&other);
    engine->close(engine);
}
END_TEST

/* Fits of several samples on one thread, in an order of its own. */
typedef struct worker {
    sg_engine *engine;
    const sample *samples;
    sg_buf model[8];
    int first;
    int failed;
} worker;

static void *
run_worker(void *argument)
{
    worker *w = argument;

    for (int k = 0; k < 8 && !w->failed; k++) {
        int which = (w->first + k) % 8;
        sg_fit_spec fit = {0, ROUNDS, sample_params(), NULL, NULL, &w->model[which]};
        sg_prepared *prepared = NULL;

        w->failed |= w->engine->prepare(w->engine, &prepared, &w->samples[which].rows, NULL) != 0;
        w->failed |= w->failed || w->engine->fit(prepared, &fit, NULL) != 0;
        w->engine->release(prepared);
    }
    return NULL;
}

START_TEST(every_thread_gives_the_same_bytes)
{
    sg_engine *engine = sample_open();
    sample samples[8];
    worker w[4] = {{0}};
    pthread_t thread[4];

    for (int k = 0; k < 8; k++) {
        sample_spec spec = spec_of(k + 8);

        sample_make(&samples[k], &spec);
    }
    for (int t = 0; t < 4; t++) {
        w[t].engine = engine;
        w[t].samples = samples;
        w[t].first = 3 * t;
        ck_assert_int_eq(sg_thread_start(&thread[t], run_worker, &w[t], NULL), SEGML_OK);
    }
    for (int t = 0; t < 4; t++) {
        pthread_join(thread[t], NULL);
        ck_assert_int_eq(w[t].failed, 0);
    }
    for (int k = 0; k < 8; k++) {
        for (int t = 0; t < 4; t++)
            assert_equal(&w[0].model[k], &w[t].model[k]);
    }
    for (int k = 0; k < 8; k++) {
        for (int t = 0; t < 4; t++)
            sg_buf_clear(&w[t].model[k]);
        sample_free(&samples[k]);
    }
    engine->close(engine);
}
END_TEST

TCase *
same_tests(void)
{
    TCase *tc = tcase_create("same");

    tcase_set_timeout(tc, 300);
    /* The upper half grows the best leaf first, which exact trees do not. */
    tcase_add_loop_test(tc, threads_inside_the_engine_change_nothing, 0, sample_exact() ? 16 : 32);
    tcase_add_loop_test(tc, a_second_fit_gives_the_same_bytes, 0, 8);
    tcase_add_loop_test(tc, fits_within_a_fit_change_nothing, 0, 8);
    tcase_add_test(tc, every_thread_gives_the_same_bytes);
    return tc;
}
