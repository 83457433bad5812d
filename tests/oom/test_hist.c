/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trees between bins while the n-th allocation fails: out of memory, nothing lost, and the same
 * tree from the same grower once there is memory again.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "native/grower.h"

enum { ROWS = 400, FEATURES = 6, ATTEMPTS_MAX = 1000 };

static float data[ROWS * FEATURES], gradient[ROWS + SG_GROW_PAD], hessian[ROWS + SG_GROW_PAD];
static uint8_t categorical[FEATURES] = {[4] = 1, [5] = 1};
static int32_t all[ROWS], leaf[ROWS + SG_GROW_PAD];

static void
fill(void)
{
    for (int32_t i = 0; i < ROWS; i++) {
        all[i] = i;
        gradient[i] = (float)(i * 37 % 101 - 50) / 64;
        hessian[i] = 1;
        for (int32_t j = 0; j < FEATURES; j++)
            data[i * FEATURES + j] = i % 13 == j ? NAN : (float)(i * (j + 3) % 97);
    }
}

/* Folds of some rows, then of all; a tree level by level, then one best leaf first. */
static int
run(sg_grower *grower, sg_grow_task *task, sg_grow_params *params, segml_error *err)
{
    int rc = sg_hist_grower.turn(grower, all, ROWS / 2, err);

    task->sampled = ROWS / 2;
    params->max_leaves = 0;
    params->max_depth = 6;
    if (rc == SEGML_OK)
        rc = sg_hist_grower.grow(grower, task, err);
    if (rc == SEGML_OK)
        rc = sg_hist_grower.turn(grower, all, ROWS, err);
    task->sampled = ROWS;
    params->max_leaves = 200;
    params->max_depth = 0;
    return rc == SEGML_OK ? sg_hist_grower.grow(grower, task, err) : rc;
}

START_TEST(growing_survives_failing_allocations)
{
    sg_engine_rows rows = {.rows = ROWS,
                           .features = FEATURES,
                           .data = data,
                           .categorical = categorical,
                           .max_bin = 32};
    sg_grow_params params = {.eta = 1, .lambda = 1, .max_cat_to_onehot = 4};
    sg_grown tree = {0};
    sg_grow_task task = {
        .params = &params, .gradient = gradient, .hessian = hessian, .tree = &tree, .leaf = leaf};
    sg_columns columns = {0};
    const sg_kernel *kernel = NULL;
    int32_t nodes = 0;
    int rc = SEGML_E_NOMEM, failed = 0;

    fill();
    ck_assert_int_eq(sg_kernel_find(&kernel, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&columns, &rows, NULL), SEGML_OK);
    for (int n = 0; rc != SEGML_OK && n < ATTEMPTS_MAX; n++) {
        sg_grower *grower = (sg_grower *)&rows;

        sg_alloc_inject(n, 0);
        rc = sg_hist_grower.open(&grower, &columns, kernel, NULL);
        if (rc < 0)
            ck_assert_ptr_null(grower);
        else
            rc = run(grower, &task, &params, NULL);
        sg_alloc_inject(-1, 0);
        ck_assert(rc == SEGML_OK || rc == SEGML_E_NOMEM);
        failed += rc != SEGML_OK;
        if (grower != NULL) {
            ck_assert_int_eq(run(grower, &task, &params, NULL), SEGML_OK);
            ck_assert(nodes == 0 || nodes == tree.nodes);
            nodes = tree.nodes;
        }
        sg_hist_grower.close(grower);
        sg_grown_clear(&tree);
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_gt(failed, 20);
    ck_assert_int_gt(nodes, 64);
    sg_columns_clear(&columns);
}
END_TEST

TCase *
hist_tests(void)
{
    TCase *tcase = tcase_create("hist");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, growing_survives_failing_allocations);
    return tcase;
}
