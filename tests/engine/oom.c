/* SPDX-License-Identifier: Apache-2.0 */

/* Every allocation of the engine fails once: no crash, no leak, SEGML_E_NOMEM, NULL. */

#include <check.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "sample.h"

static int
train_one(const sample *s, sg_buf *model)
{
    sg_engine *engine = (sg_engine *)model; /* must be overwritten */
    sg_prepared *prepared = (sg_prepared *)model;
    sg_fit_spec fit = {1, 2, sample_params(), NULL, NULL, model};
    segml_error err = SEGML_ERROR_INIT;
    int rc = sample_engine(&engine, &err);

    if (rc < 0) {
        ck_assert_ptr_null(engine);
        return rc;
    }
    rc = engine->prepare(engine, &prepared, &s->rows, &err);
    if (rc < 0)
        ck_assert_ptr_null(prepared);
    else
        rc = engine->fit(prepared, &fit, &err);
    if (rc < 0) {
        ck_assert_int_eq(err.code, rc);
        ck_assert_uint_eq(model->size, 0);
    }
    engine->release(prepared);
    engine->close(engine);
    return rc;
}

START_TEST(every_failed_allocation_is_reported)
{
    sample_spec spec = {60, 3, SG_LOSS_LOGISTIC, 5, 1, 20, 1};
    sg_buf model = {0};
    int rc = SEGML_E_NOMEM, failures = 0;
    sample s;

    sample_make(&s, &spec);
    while (rc < 0) {
        sg_alloc_inject(failures, 0);
        rc = train_one(&s, &model);
        sg_alloc_inject(-1, 0);
        if (rc < 0) {
            ck_assert_int_eq(rc, SEGML_E_NOMEM);
            failures++;
        }
        ck_assert_int_lt(failures, 1000);
    }
    ck_assert_int_ge(failures, 10); /* engine, set, folds, types, scratch, texts, model */
    ck_assert_uint_gt(model.size, 0);
    sg_buf_clear(&model);
    sample_free(&s);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("engine-oom");
    TCase *tc = tcase_create("oom");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, every_failed_allocation_is_reported);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
