/* SPDX-License-Identifier: Apache-2.0 */

/* The engine as a guest in somebody's program: it starts no threads and prints nothing. */

#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "sample.h"
#include "stock.h"

static int
threads_now(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    int threads = -1;

    ck_assert_ptr_nonnull(file);
    while (threads < 0 && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "Threads: %d", &threads) != 1)
            threads = -1;
    }
    fclose(file);
    return threads;
}

/* Every kind of fit once, with one that the engine refuses. */
static void
fit_much(sg_engine *engine)
{
    sample_spec spec = {700, 6, SG_LOSS_LOGISTIC, 30, 1, 60, 1};
    sg_prepared *prepared = NULL;
    sg_buf model = {0};
    sample s;

    sample_make(&s, &spec);
    ck_assert_int_eq(engine->prepare(engine, &prepared, &s.rows, NULL), SEGML_OK);
    for (int32_t f = SG_FIT_ALL_ROWS; f < SAMPLE_FOLDS; f++) {
        sg_fit_spec fit = {f, 5, sample_params(), NULL, NULL, &model};

        ck_assert_int_eq(engine->fit(prepared, &fit, NULL), SEGML_OK);
        fit.params.subsample = -1;
        ck_assert_int_eq(engine->fit(prepared, &fit, NULL), sample_refusal());
    }
    engine->release(prepared);
    sg_buf_clear(&model);
    sample_free(&s);
}

START_TEST(one_thread_stays_one_thread)
{
    int before = threads_now();
    sg_engine *engine = sample_open();

    fit_much(engine);
    ck_assert_int_eq(threads_now(), before);
    engine->close(engine);
}
END_TEST

START_TEST(nothing_is_printed_even_if_xgboost_was_loud)
{
    sg_engine *engine = sample_open();
    FILE *caught = tmpfile();
    int out = dup(1), err = dup(2);
    long printed;

    ck_assert_ptr_nonnull(caught);
    stock_be_loud();
    fflush(NULL);
    dup2(fileno(caught), 1);
    dup2(fileno(caught), 2);
    fit_much(engine);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    printed = lseek(fileno(caught), 0, SEEK_END);
    ck_assert_int_eq(printed, 0);
    fclose(caught);
    engine->close(engine);
}
END_TEST

TCase *
host_tests(void)
{
    TCase *tc = tcase_create("host");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, one_thread_stays_one_thread);
    tcase_add_test(tc, nothing_is_printed_even_if_xgboost_was_loud);
    return tc;
}
