/* SPDX-License-Identifier: Apache-2.0 */

/* Reports with failures: the n-th allocation, alone or with all after it; nothing appears. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "segml/report.h"

enum { ATTEMPTS_MAX = 100000, FORMATS = 3 };

static char folder[64], path[80];

static void
setup(void)
{
    strcpy(folder, "/tmp/segml-oom-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report", folder);
}

static void
teardown(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* What is reported: exactly one of them. */
typedef struct subject {
    segml_model *model;
    segml_comparison *comparison;
} subject;

static int
report(const subject *of, int32_t format, segml_error *err)
{
    segml_report_options options = SEGML_REPORT_OPTIONS_INIT;

    options.format = format;
    return of->model != NULL ? segml_report_model(of->model, path, &options, err)
                             : segml_report_comparison(of->comparison, path, &options, err);
}

static void
fail_each_allocation(const subject *of, int32_t format, int forever)
{
    for (int64_t n = 0; n < ATTEMPTS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, forever);
        rc = report(of, format, &err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK) {
            ck_assert_int_gt(n, 5);
            ck_assert_int_eq(unlink(path), 0);
            return;
        }
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n, rc, err.message);
        ck_assert_int_ne(access(path, F_OK), 0);
    }
    ck_abort_msg("it does not come to an end");
}

START_TEST(reports_of_models_survive_every_failed_allocation)
{
    static const char *const names[] = {"binary", "multiclass"};
    subject of = {NULL, NULL};
    char file[512];

    snprintf(file, sizeof file, "%s/serving/%s.segml", GOLDEN_FOLDER, names[_i / 2]);
    ck_assert_int_eq(segml_model_open(&of.model, file, NULL, NULL), SEGML_OK);
    for (int32_t format = 1; format <= FORMATS; format++)
        fail_each_allocation(&of, format, _i % 2);
    segml_model_free(of.model);
}
END_TEST

START_TEST(reports_of_comparisons_survive_every_failed_allocation)
{
    subject of = {NULL, NULL};
    char file[512];

    snprintf(file, sizeof file, "%s/comparison/binary.json", GOLDEN_FOLDER);
    ck_assert_int_eq(segml_comparison_open(&of.comparison, file, NULL), SEGML_OK);
    for (int32_t format = 1; format <= FORMATS; format++)
        fail_each_allocation(&of, format, _i);
    segml_comparison_free(of.comparison);
}
END_TEST

TCase *
report_tests(void)
{
    TCase *tc = tcase_create("report");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, reports_of_models_survive_every_failed_allocation, 0, 4);
    tcase_add_loop_test(tc, reports_of_comparisons_survive_every_failed_allocation, 0, 2);
    tcase_set_timeout(tc, 300);
    return tc;
}
