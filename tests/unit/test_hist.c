/* SPDX-License-Identifier: Apache-2.0 */

/*
 * native/hist: the rules at the top of hist.c, by trees that are calculated by hand and by a search
 * in double (hist_fixture.c).
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "hist_fixture.h"

/* Cuts at 1.5 and 2.5: G 3 | -1 | -4 with H 2 | 1 | 2, lambda 1. The cut at 1.5 gains 9/3 + 25/4 -
 * 4/6 = 8.583; that at 2.5 gains 4/4 + 16/3 - 4/6 = 5.667. Left: -3/3 = -1; right: 5/4. */
START_TEST(small_tree_is_the_calculated_one)
{
    static const float value[] = {1, 2, 3, 1, 3}, gradient[] = {1, -1, -2, 2, -2};

    memcpy(hist.data, value, sizeof value);
    memcpy(hist.gradient, gradient, sizeof gradient);
    hist.params.max_depth = 1;
    hist_open(5, 1, NULL);
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 3);
    ck_assert_float_eq(hist.tree.node[0].value, 1.5f);
    ck_assert_int_eq(hist.tree.node[0].missing_left, 0);
    ck_assert_float_eq_tol(hist.tree.node[0].gain, 9.0f / 3 + 25.0f / 4 - 4.0f / 6, 1e-6f);
    ck_assert_float_eq(hist.tree.node[0].hessian, 5);
    ck_assert_float_eq_tol(hist.tree.node[0].weight, 2.0f / 6, 1e-7f);
    ck_assert_float_eq(hist.tree.node[1].value, -0.5f);
    ck_assert_float_eq(hist.tree.node[2].value, 0.625f);
    ck_assert_int_eq(hist.leaf[0], 1);
    ck_assert_int_eq(hist.leaf[1], 2);
    ck_assert_int_eq(hist.leaf[3], 1);
}
END_TEST

/* G and H of categories 0 to 3: 10 and 10 | -8 and 1 | 8 and 1 | -10 and 10, lambda 1. Those of H 1
 * are below min_child_weight, so they count as 0 and stay together between the others, as in
 * XGBoost (CalcWeight in its param.h): 0 | 1 2 3 gains 100/11 + 100/13. By their own weights the
 * best would have been 0 2 | 1 3, of gain 54. */
START_TEST(rare_categories_are_neutral)
{
    static const float gradient[] = {-8, 8};

    for (int i = 0; i < 22; i++) {
        hist.data[i] = i < 10 ? 0 : i < 20 ? 3 : (float)(i - 19);
        hist.gradient[i] = i < 10 ? 1 : i < 20 ? -1 : gradient[i - 20];
    }
    hist.categorical[0] = 1;
    hist.params.max_depth = 1;
    hist.params.min_child_weight = 5;
    hist_open(22, 1, NULL);
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 3);
    ck_assert_float_eq_tol(hist.tree.node[0].gain, 100.0f / 11 + 100.0f / 13, 1e-5f);
    ck_assert_int_eq(hist.leaf[20], hist.leaf[21]);
    ck_assert_int_eq(hist.leaf[20], hist.leaf[19]);
    ck_assert_int_ne(hist.leaf[20], hist.leaf[0]);
}
END_TEST

/* One of five categories differs, the first or the last in order: it is the set, and what the
 * fold has not seen stays with the others. */
START_TEST(few_categories_go_right_and_unseen_ones_left)
{
    for (int i = 0; i < 50; i++) {
        hist.data[i] = (float)(2 * (i % 5));
        hist.gradient[i] = (i % 5 == 3) == (_i == 0) ? 1 : -1;
    }
    hist.categorical[0] = 1;
    hist.params.max_depth = 1;
    hist_open(50, 1, NULL);
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 3);
    ck_assert_int_eq(hist.tree.node[0].missing_left, 1);
    ck_assert_int_eq(hist.tree.node[0].set, 0);
    ck_assert_int_eq(hist.tree.words, 2);
    ck_assert_uint_eq(hist.tree.word[0], 1);
    ck_assert_uint_eq(hist.tree.word[1], 1u << 6);
}
END_TEST

START_TEST(every_split_is_the_best_one)
{
    int64_t features = _i % 2 ? 3 : 11;

    if (_i % 3 == 0)
        hist.categorical[1] = hist.categorical[2] = 1;
    if (_i % 5 == 1) {
        hist.params.alpha = 0.5f;
        hist.params.max_delta_step = _i % 2 ? 0.25f : 0;
    }
    if (_i % 5 == 2) {
        hist.monotone[0] = -1;
        hist.monotone[features - 1] = !hist.categorical[features - 1];
        hist.params.monotone = hist.monotone;
    }
    hist.params.lambda = _i % 4 == 3 ? 0 : 1;
    hist.params.min_child_weight = _i % 4 == 2 ? 5 : 0;
    hist.params.max_depth = 1 + _i % 6;
    hist.params.max_leaves = _i % 7 == 5 ? 9 : 0;
    hist_fill((uint64_t)_i, 300, features);
    hist_open(300, features, _i % 2 ? NULL : "portable");
    if (_i % 3 == 1) {
        hist_sample();
        hist.task.column = hist.column;
    }
    for (int again = 0; again < 2; again++) {
        hist_grow();
        ck_assert_int_gt(hist.tree.nodes, 1);
        hist_check();
    }
}
END_TEST

enum { KERNELS = 3 };

static const char *const kernels[KERNELS] = {"portable", "avx2", "avx512"};

/* Opens with one of the kernels. @return 0: this machine does not have it */
static int
open_with(int kernel, int64_t rows, int64_t features)
{
    const sg_kernel *found;

    if (sg_kernel_find(&found, kernels[kernel], NULL) != SEGML_OK)
        return 0;
    hist_open(rows, features, kernels[kernel]);
    return 1;
}

/* Trees of all kernels of this machine, by the bytes of nodes, sets and leaves. */
START_TEST(all_kernels_grow_the_same_trees)
{
    static const int64_t sizes[] = {3, 15, 16, 17, 100, 333, 700};
    static const int64_t widths[] = {1, 2, 3, 4, 5, 8, 9, 16, 17, 20};
    static const int32_t bins[] = {2, 3, 16, 17, 32, 64, 100, 256};
    sg_rng rng = sg_rng_stream((uint64_t)_i, 1, "test", 0);
    int64_t rows = sizes[_i % 7], features = widths[_i % 10];
    sg_grown first = {0};
    int32_t leaf[MOST_ROWS];

    hist.categorical[0] = _i % 4 == 3;
    hist_fill((uint64_t)_i, rows, features);
    hist.task.column = _i % 5 == 3 ? hist.column : NULL;
    for (int64_t i = 0; i < rows; i++) {
        hist.gradient[i] = (float)sg_rng_uniform(&rng) - 0.4f;
        hist.hessian[i] = (float)sg_rng_uniform(&rng);
        for (int64_t j = 0; j < features; j += 1 + _i % 2) {
            if (!isnan(hist.data[i * features + j]) && !hist.categorical[j])
                hist.data[i * features + j] = (float)sg_rng_uniform(&rng);
        }
    }
    hist.rows.max_bin = bins[_i % 8];
    hist.params.lambda = _i % 3 ? 0.37f : 0;
    hist.params.alpha = _i % 6 > 3 ? 0.21f : 0;
    hist.params.max_delta_step = _i % 11 > 7 ? 0.3f : 0;
    hist.params.min_child_weight = _i % 4 ? 0.1f : 0;
    hist.params.max_depth = 2 + _i % 7;
    hist.params.max_leaves = _i % 9 == 8 ? 12 : 0;
    hist_open(rows, features, "portable");
    if (_i % 3 == 1)
        hist_sample();
    hist_grow();
    first = hist.tree;
    hist.tree = (sg_grown){0};
    memcpy(leaf, hist.leaf, sizeof leaf);
    for (int k = 1; k < KERNELS; k++) {
        int32_t sampled = hist.task.sampled;

        if (!open_with(k, rows, features))
            continue;
        memset(hist.leaf, 0, sizeof hist.leaf);
        hist.task.sampled = sampled;
        hist_grow();
        ck_assert_int_eq(hist.tree.nodes, first.nodes);
        ck_assert_mem_eq(hist.tree.node, first.node, (size_t)first.nodes * sizeof *first.node);
        ck_assert_int_eq(hist.tree.words, first.words);
        if (first.words > 0)
            ck_assert_mem_eq(hist.tree.word, first.word, (size_t)first.words * sizeof *first.word);
        ck_assert_mem_eq(hist.leaf, leaf, (size_t)rows * sizeof *leaf);
    }
    sg_grown_clear(&first);
}
END_TEST

/* Without lambda, 1 | 0 | -1 gains 1 + 1/2 at both cuts, in both copies of the feature. */
START_TEST(lowest_feature_and_bin_win_among_equals)
{
    for (int features = 1; features <= 20; features += 3) {
        for (int64_t j = 0; j < features; j++) {
            for (int64_t i = 0; i < 3; i++)
                hist.data[i * features + j] = (float)i;
        }
        memcpy(hist.gradient, (float[]){1, 0, -1}, 3 * sizeof(float));
        hist.params.lambda = 0;
        hist.params.max_depth = 1;
        if (!open_with(_i, 3, features))
            return;
        hist_grow();
        ck_assert_int_eq(hist.tree.node[0].feature, 0);
        ck_assert_float_eq(hist.tree.node[0].value, 0.5f);
    }
}
END_TEST

/* The missing row has no gradient: on either side it takes the same from the gain. */
START_TEST(missing_values_go_right_among_equals)
{
    for (int features = 1; features <= 20; features += 3) {
        for (int64_t j = 0; j < features; j++) {
            for (int64_t i = 0; i < 3; i++)
                hist.data[i * features + j] = i == 1 ? NAN : (float)i;
        }
        memcpy(hist.gradient, (float[]){1, 0, -1}, 3 * sizeof(float));
        hist.params.lambda = 0;
        hist.params.max_depth = 1;
        if (!open_with(_i, 3, features))
            return;
        hist_grow();
        ck_assert_int_eq(hist.tree.node[0].feature, 0);
        ck_assert_int_eq(hist.tree.node[0].missing_left, 0);
        ck_assert_float_eq(hist.tree.node[0].value, 1.0f);
    }
}
END_TEST

/* Sums G of four values 4, 3, -8, -16, H 4 each: 2|2 splits the root (gain 78.1), then the right
 * half gains 8, the left one 0.125. */
START_TEST(best_leaf_splits_first)
{
    static const float gradient[] = {1, 0.75f, -2, -4};

    for (int i = 0; i < 16; i++) {
        hist.data[i] = (float)(i % 4);
        hist.gradient[i] = gradient[i % 4];
    }
    hist.params.lambda = 0;
    hist.params.max_depth = 0;
    hist.params.max_leaves = 3;
    hist_open(16, 1, NULL);
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 5);
    ck_assert_int_eq(hist.tree.node[1].left, SG_GROWN_LEAF);
    ck_assert_int_eq(hist.tree.node[2].left, 3);
    ck_assert_float_eq_tol(hist.tree.node[2].gain, 8, 1e-5f);
    ck_assert_int_eq(hist.leaf[0], 1);
    ck_assert_int_eq(hist.leaf[2], 3);
    hist.params.max_leaves = 10;
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 7);
    ck_assert_int_eq(hist.tree.node[1].left, 5);
    ck_assert_float_eq_tol(hist.tree.node[1].gain, 0.125f, 1e-5f);
    hist_check();
}
END_TEST

START_TEST(levels_are_numbered_one_after_the_other)
{
    int32_t depth[1 << 8];

    hist.params.max_depth = 6;
    hist_fill(5, 600, 4);
    hist_open(600, 4, NULL);
    hist_grow();
    ck_assert_int_gt(hist.tree.nodes, 40);
    depth[0] = 0;
    for (int32_t i = 1; i < hist.tree.nodes; i++) {
        depth[i] = depth[hist.tree.node[i].parent] + 1;
        ck_assert_int_ge(depth[i], depth[i - 1]);
        ck_assert_int_ge(hist.tree.node[i].parent, hist.tree.node[i - 1].parent);
        ck_assert_int_le(depth[i], 6);
    }
}
END_TEST

/* 200 categories, many more than a set may choose; the codes need words up to 199,000 / 32. */
START_TEST(sets_of_many_categories_are_the_best_ones)
{
    sg_rng rng = sg_rng_stream((uint64_t)_i, 2, "test", 0);

    hist.categorical[0] = 1;
    for (int i = 0; i < 600; i++) {
        hist.data[i] = i % 31 == 0 ? NAN : (float)(i % 200 * 1000);
        hist.gradient[i] = (float)((int)sg_rng_below(&rng, 129) - (_i ? 90 : 50)) / 64;
    }
    hist.params.max_depth = 5;
    hist_open(600, 1, NULL);
    hist_grow();
    ck_assert_int_gt(hist.tree.words, 0);
    hist_check();
}
END_TEST

START_TEST(tree_of_a_fold_is_that_of_its_rows_alone)
{
    sg_grown first;
    int32_t even[300], leaf[300];

    hist.categorical[2] = 1;
    hist_fill(11, 600, 7);
    hist_open(600, 7, NULL);
    hist_grow();
    for (int i = 0; i < 300; i++) {
        even[i] = 2 * i;
        hist.gradient[i] = hist.gradient[2 * i];
        hist.hessian[i] = hist.hessian[2 * i];
    }
    ck_assert_int_eq(sg_hist_grower.turn(hist.grower, even, 300, NULL), SEGML_OK);
    hist.task.sampled = 300;
    hist_grow();
    first = hist.tree;
    hist.tree = (sg_grown){0};
    memcpy(leaf, hist.leaf, sizeof leaf);
    for (int i = 0; i < 300; i++)
        memmove(hist.data + i * 7, hist.data + 2 * i * 7, 7 * sizeof *hist.data);
    hist_open(300, 7, NULL);
    hist_grow();
    hist_check();
    ck_assert_int_eq(hist.tree.nodes, first.nodes);
    ck_assert_int_eq(hist.tree.words, first.words);
    ck_assert_mem_eq(hist.tree.node, first.node, (size_t)first.nodes * sizeof *first.node);
    ck_assert_mem_eq(hist.tree.word, first.word, (size_t)first.words * sizeof *first.word);
    ck_assert_mem_eq(hist.leaf, leaf, sizeof leaf);
    sg_grown_clear(&first);
}
END_TEST

/* Powers of two change no rounding: structure stays, weights have the quotient's scale. */
START_TEST(scale_of_gradients_changes_nothing_but_scale)
{
    static const int scale[][2] = {{60, 0}, {10, 3}, {40, 60}, {-10, -30}, {0, -80}};
    sg_grown first;

    hist.params.lambda = 0;
    hist.params.min_child_weight = 0;
    hist.params.eta = 1;
    hist_fill(3, 200, 6);
    hist_open(200, 6, NULL);
    hist_grow();
    first = hist.tree;
    hist.tree = (sg_grown){0};
    for (int i = 0; i < 200; i++) {
        hist.gradient[i] = ldexpf(hist.gradient[i], scale[_i][0]);
        hist.hessian[i] = ldexpf(hist.hessian[i], scale[_i][1]);
    }
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, first.nodes);
    for (int32_t i = 0; i < first.nodes; i++) {
        ck_assert_int_eq(hist.tree.node[i].left, first.node[i].left);
        ck_assert_int_eq(hist.tree.node[i].feature, first.node[i].feature);
        ck_assert_float_eq(hist.tree.node[i].weight,
                           ldexpf(first.node[i].weight, scale[_i][0] - scale[_i][1]));
    }
    sg_grown_clear(&first);
}
END_TEST

START_TEST(gradients_that_are_not_finite_grow_a_leaf_of_zero)
{
    hist_fill(1, 50, 2);
    hist.gradient[20] = _i ? INFINITY : NAN;
    hist_open(50, 2, NULL);
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 1);
    ck_assert_float_eq(hist.tree.node[0].value, 0);
    ck_assert_int_eq(hist.leaf[49], 0);
}
END_TEST

static float
predict(const float *row)
{
    int32_t at = 0;

    while (hist.tree.node[at].left != SG_GROWN_LEAF) {
        const sg_grown_node *node = &hist.tree.node[at];
        float x = row[node->feature];

        at = (isnan(x) ? node->missing_left : x < node->value) ? node->left : node->right;
    }
    return hist.tree.node[at].value;
}

/* Squared error, 20 rounds; the label falls with feature 0 although it must not. */
START_TEST(constrained_predictions_never_fall)
{
    enum { ROWS = 300, GRID = 40, ROUNDS = 20 };
    static float label[ROWS], margin[ROWS], line[ROWS][GRID];
    sg_rng rng = sg_rng_stream((uint64_t)_i, 3, "test", 0);

    memset(margin, 0, sizeof margin);
    memset(line, 0, sizeof line);
    hist.monotone[0] = 1;
    hist.params.monotone = hist.monotone;
    hist.params.max_depth = 4;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < 3; j++)
            hist.data[i * 3 + j] = (float)sg_rng_uniform(&rng);
        label[i] = sinf(9 * hist.data[i * 3]) - hist.data[i * 3] * hist.data[i * 3 + 1] +
                   (float)sg_rng_uniform(&rng);
    }
    hist_open(ROWS, 3, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < ROWS; i++)
            hist.gradient[i] = margin[i] - label[i];
        hist_grow();
        for (int i = 0; i < ROWS; i++) {
            float row[3] = {0, hist.data[i * 3 + 1], hist.data[i * 3 + 2]};

            margin[i] += hist.tree.node[hist.leaf[i]].value;
            for (int k = 0; k < GRID; k++) {
                row[0] = (float)k / (GRID - 1);
                line[i][k] += predict(row);
            }
        }
    }
    for (int i = 0; i < ROWS; i++) {
        for (int k = 1; k < GRID; k++)
            ck_assert_float_ge(line[i][k], line[i][k - 1] - 1e-6f);
    }
    ck_assert_float_gt(line[0][GRID - 1], line[0][0]);
}
END_TEST

/* More rows than sorted columns hold, and a categorical feature that needs wide offsets. */
START_TEST(large_units_grow_too)
{
    enum { ROWS = SG_COLUMN_ROWS + 100 };
    sg_engine_rows rows = hist.rows;
    float *data = sg_alloc_array(ROWS * 2, sizeof *data);
    float *gradient = sg_alloc_array(ROWS + SG_GROW_PAD, sizeof *gradient);
    float *hessian = sg_alloc_array(ROWS + SG_GROW_PAD, sizeof *hessian);
    int32_t *row = sg_alloc_array(ROWS, sizeof *row);
    int32_t *leaf = sg_alloc_array(ROWS + SG_GROW_PAD, sizeof *leaf);
    const sg_kernel *kernel = NULL;
    int64_t wrong = 0;

    for (int32_t i = 0; i < ROWS; i++) {
        row[i] = i;
        data[2 * i] = (float)(i % 1000);
        data[2 * i + 1] = (float)i;
        gradient[i] = i % 1000 < 250 ? 2 : i % 1000 < 500 ? 1 : -1;
        hessian[i] = 1;
    }
    hist.categorical[1] = 1;
    hist.task.column = (const uint8_t[]){1, 0};
    rows.data = data;
    rows.rows = ROWS;
    rows.features = 2;
    hist.rows = rows;
    hist.params.max_depth = 2;
    hist.task.gradient = gradient;
    hist.task.hessian = hessian;
    hist.task.leaf = leaf;
    hist.task.sampled = ROWS;
    ck_assert_int_eq(sg_kernel_find(&kernel, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&hist.columns, &hist.rows, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.open(&hist.grower, &hist.columns, kernel, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.turn(hist.grower, row, ROWS, NULL), SEGML_OK);
    hist_grow();
    ck_assert_int_gt(hist.tree.nodes, 3);
    ck_assert_float_eq_tol(hist.tree.node[0].value, 500, 2);
    ck_assert_float_eq(hist.tree.node[0].hessian, ROWS);
    for (int32_t i = 0; i < ROWS; i++)
        wrong += predict(data + 2 * i) != hist.tree.node[leaf[i]].value;
    ck_assert_int_eq(wrong, 0);
    hist.task.column = (const uint8_t[]){0, 1};
    hist.params.max_depth = 1;
    hist_grow();
    ck_assert_int_eq(hist.tree.nodes, 3);
    ck_assert_float_eq(hist.tree.node[2].hessian, SET_MOST - 1);
    sg_free(leaf);
    sg_free(row);
    sg_free(hessian);
    sg_free(gradient);
    sg_free(data);
}
END_TEST

TCase *
hist_tests(void)
{
    TCase *tcase = tcase_create("hist");

    tcase_add_checked_fixture(tcase, hist_set_up, hist_tear_down);
    tcase_add_test(tcase, small_tree_is_the_calculated_one);
    tcase_add_test(tcase, rare_categories_are_neutral);
    tcase_add_loop_test(tcase, few_categories_go_right_and_unseen_ones_left, 0, 2);
    tcase_add_loop_test(tcase, every_split_is_the_best_one, 0, 42);
    tcase_add_loop_test(tcase, all_kernels_grow_the_same_trees, 0, 140);
    tcase_add_loop_test(tcase, lowest_feature_and_bin_win_among_equals, 0, KERNELS);
    tcase_add_loop_test(tcase, missing_values_go_right_among_equals, 0, KERNELS);
    tcase_add_test(tcase, best_leaf_splits_first);
    tcase_add_test(tcase, levels_are_numbered_one_after_the_other);
    tcase_add_loop_test(tcase, sets_of_many_categories_are_the_best_ones, 0, 2);
    tcase_add_test(tcase, tree_of_a_fold_is_that_of_its_rows_alone);
    tcase_add_loop_test(tcase, scale_of_gradients_changes_nothing_but_scale, 0, 5);
    tcase_add_loop_test(tcase, gradients_that_are_not_finite_grow_a_leaf_of_zero, 0, 2);
    tcase_add_loop_test(tcase, constrained_predictions_never_fall, 0, 3);
    tcase_add_test(tcase, large_units_grow_too);
    return tcase;
}
