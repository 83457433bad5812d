/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whole studies while the n-th allocation fails, alone or with all after it: out of memory,
 * no study, no trial, no crash. And a failed ask that is tried again: the search goes on as if
 * nothing had happened and has the same points.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "segml/segml.h"

enum { TRIALS = 14, DIMENSIONS = 3, STEPS = 3, ATTEMPTS_MAX = 10000 };

static const char *const samplers[] = {"tpe", "tpe-univariate", "random", "grid"};

static double searched[TRIALS][DIMENSIONS];

static int
create(segml_study **study, int32_t variant, segml_error *err)
{
    static const double choices[] = {1, 2};
    static const double first[DIMENSIONS] = {0.5, 2, 3};
    segml_dimension dimensions[DIMENSIONS] = {SEGML_DIMENSION_INIT, SEGML_DIMENSION_INIT,
                                              SEGML_DIMENSION_INIT};
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    int rc;

    dimensions[0].name = "x";
    dimensions[0].high = 1;
    dimensions[1].name = "kind";
    dimensions[1].kind = SEGML_DIMENSION_CATEGORICAL;
    dimensions[1].choices = choices;
    dimensions[1].choice_count = 2;
    dimensions[2].name = "n";
    dimensions[2].kind = SEGML_DIMENSION_INT;
    dimensions[2].low = 1;
    dimensions[2].high = 9;
    dimensions[2].parent = "kind";
    dimensions[2].parent_low = dimensions[2].parent_high = 2;
    options.dimensions = dimensions;
    options.dimension_count = DIMENSIONS;
    options.sampler = samplers[variant];
    options.pruner = "median";
    options.points = first;
    options.point_count = 1;
    *study = (segml_study *)dimensions;
    rc = segml_study_create(study, &options, err);
    ck_assert_int_eq(*study != NULL, rc == SEGML_OK);
    return rc;
}

/* One trial with its reports. @return the first failure */
static int
try_one(segml_study *study, double *point, segml_error *err)
{
    int64_t trial, before = segml_study_count(study);
    int32_t prune = 0;
    int rc = segml_study_ask(study, &trial, point, DIMENSIONS, err), again;

    ck_assert_int_eq(segml_study_count(study), before + (rc == SEGML_OK));
    if (rc < 0)
        return rc;
    for (int32_t step = 1; step <= STEPS && rc == SEGML_OK; step++)
        rc = segml_study_report(study, trial, step, point[0] + 1.0 / step, &prune, err);
    again = prune ? segml_study_prune(study, trial, NULL)
                  : segml_study_tell(study, trial, point[0], NULL);
    ck_assert_int_eq(again, SEGML_OK);
    return rc;
}

static int
search(int32_t variant, segml_error *err)
{
    segml_study *study;
    int rc = create(&study, variant, err);

    for (int t = 0; t < TRIALS && rc == SEGML_OK; t++) {
        double point[DIMENSIONS];

        rc = try_one(study, point, err);
        if (rc == SEGML_OK)
            memcpy(searched[t], point, sizeof point);
    }
    segml_study_free(study);
    return rc;
}

/* _i: the sampler, and whether memory stays out. */
START_TEST(a_study_survives_every_failed_allocation)
{
    int64_t n = 0;
    int rc = SEGML_E_NOMEM;

    for (; n < ATTEMPTS_MAX && rc != SEGML_OK; n++) {
        segml_error err = SEGML_ERROR_INIT;

        sg_alloc_inject(n, _i / 4);
        rc = search(_i % 4, &err);
        sg_alloc_inject(-1, 0);
        if (rc != SEGML_OK) {
            ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s", (long long)n, err.message);
            ck_assert_int_eq(err.code, SEGML_E_NOMEM);
        }
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_gt(n, 2 * TRIALS);
}
END_TEST

START_TEST(a_failed_ask_can_be_repeated)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_study *study;
    int failures = 0;

    ck_assert_int_eq(search(_i, &err), SEGML_OK);
    ck_assert_int_eq(create(&study, _i, &err), SEGML_OK);
    for (int t = 0; t < TRIALS; t++) {
        double point[DIMENSIONS];
        int64_t trial;
        int rc = SEGML_E_NOMEM;

        for (int64_t n = 0; rc != SEGML_OK; n++) {
            sg_alloc_inject(n, 0);
            rc = segml_study_ask(study, &trial, point, DIMENSIONS, &err);
            sg_alloc_inject(-1, 0);
            ck_assert_msg(rc == SEGML_OK || rc == SEGML_E_NOMEM, "%s", err.message);
            failures += rc != SEGML_OK;
        }
        ck_assert_int_eq(trial, t);
        for (int d = 0; d < DIMENSIONS; d++)
            ck_assert(point[d] == searched[t][d] || (isnan(point[d]) && isnan(searched[t][d])));
        for (int32_t step = 1, prune = 0; step <= STEPS; step++) {
            rc = segml_study_report(study, trial, step, point[0] + 1.0 / step, &prune, &err);
            ck_assert_int_eq(rc, SEGML_OK);
            if (prune && step == STEPS)
                ck_assert_int_eq(segml_study_prune(study, trial, &err), SEGML_OK);
            else if (step == STEPS)
                ck_assert_int_eq(segml_study_tell(study, trial, point[0], &err), SEGML_OK);
        }
    }
    ck_assert_int_ge(failures, TRIALS);
    segml_study_free(study);
}
END_TEST

TCase *
study_tests(void)
{
    TCase *tc = tcase_create("study");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, a_study_survives_every_failed_allocation, 0, 8);
    tcase_add_loop_test(tc, a_failed_ask_can_be_repeated, 0, 4);
    return tc;
}
