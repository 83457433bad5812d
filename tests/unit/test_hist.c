/* SPDX-License-Identifier: Apache-2.0 */

/*
 * native/hist: the rules at the top of hist.c. Trees are held against a search in double that is
 * written here from those rules: at every node it goes over all thresholds and sets of
 * categories of the node's own rows. Gradients are small multiples of 1/64, so the grower's
 * integers stand for them exactly.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "native/grower.h"

enum { MOST_ROWS = 700, MOST_FEATURES = 20, SET_MOST = 64 };

typedef struct fixture {
    float data[MOST_ROWS * MOST_FEATURES];
    uint8_t categorical[MOST_FEATURES];
    float gradient[MOST_ROWS + SG_GROW_PAD], hessian[MOST_ROWS + SG_GROW_PAD];
    uint8_t in[MOST_ROWS + SG_GROW_PAD], column[MOST_FEATURES];
    int32_t row[MOST_ROWS], leaf[MOST_ROWS + SG_GROW_PAD];
    int8_t monotone[MOST_FEATURES];
    sg_engine_rows rows;
    sg_columns columns;
    sg_grow_params params;
    sg_grow_task task;
    sg_grown tree;
    sg_grower *grower;
} fixture;

static fixture f;

static void
set_up(void)
{
    memset(&f, 0, sizeof f);
    f.params = (sg_grow_params){.eta = 0.5f,
                                .lambda = 1.0f,
                                .min_child_weight = 1.0f,
                                .max_depth = 3,
                                .max_cat_to_onehot = 4};
    f.rows = (sg_engine_rows){.data = f.data, .categorical = f.categorical, .max_bin = 256};
    for (int i = 0; i < MOST_ROWS; i++) {
        f.row[i] = i;
        f.hessian[i] = 1.0f;
    }
    f.task = (sg_grow_task){.params = &f.params,
                            .gradient = f.gradient,
                            .hessian = f.hessian,
                            .tree = &f.tree,
                            .leaf = f.leaf};
}

static void
close_fixture(void)
{
    sg_hist_grower.close(f.grower);
    f.grower = NULL;
    sg_columns_clear(&f.columns);
}

static void
tear_down(void)
{
    close_fixture();
    sg_grown_clear(&f.tree);
}

/* Makes a grower for the first so many rows and features, on all rows. */
static void
open_fixture(int64_t rows, int64_t features, const char *kernel)
{
    const sg_kernel *found = NULL;

    close_fixture();
    f.rows.rows = rows;
    f.rows.features = features;
    f.task.sampled = (int32_t)rows;
    ck_assert_int_eq(sg_kernel_find(&found, kernel, NULL), SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&f.columns, &f.rows, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.open(&f.grower, &f.columns, found, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.turn(f.grower, f.row, (int32_t)rows, NULL), SEGML_OK);
}

static void
grow(void)
{
    ck_assert_int_eq(sg_hist_grower.grow(f.grower, &f.task, NULL), SEGML_OK);
}

static float
cell(int32_t row, int32_t feature)
{
    return f.data[row * f.rows.features + feature];
}

/* ---- the search in double ---- */

typedef struct sums {
    double g, h;
} sums;

/* Weights are floats, and so are the bounds that come from them. */
typedef struct bounds {
    float lower, upper;
} bounds;

static double
shrink(double g)
{
    return g > (double)f.params.alpha    ? g - (double)f.params.alpha
           : g < -(double)f.params.alpha ? g + (double)f.params.alpha
                                         : 0;
}

static float
weight_of(sums s, bounds b)
{
    double w = -shrink(s.g) / (s.h + (double)f.params.lambda);

    if (f.params.max_delta_step > 0)
        w = fmin(fmax(w, -(double)f.params.max_delta_step), (double)f.params.max_delta_step);
    return fminf(fmaxf((float)w, b.lower), b.upper);
}

static double
gain_of(sums s, bounds b)
{
    double w = (double)weight_of(s, b);

    return -(2 * s.g * w + (s.h + (double)f.params.lambda) * w * w +
             2 * (double)f.params.alpha * fabs(w));
}

static sums
less(sums a, sums b)
{
    return (sums){a.g - b.g, a.h - b.h};
}

static double
loss_of(sums left, sums whole, bounds b, int constraint)
{
    sums right = less(whole, left);
    float l, r;

    if (left.h <= 0 || right.h <= 0 || left.h < (double)f.params.min_child_weight ||
        right.h < (double)f.params.min_child_weight)
        return -INFINITY;
    l = weight_of(left, b);
    r = weight_of(right, b);
    if ((constraint > 0 && l > r) || (constraint < 0 && l < r))
        return -INFINITY;
    return gain_of(left, b) + gain_of(right, b) - gain_of(whole, b);
}

/* Rows of a node whose mark is its number. */
static int32_t mark[MOST_ROWS];

static sums
sum_where(int32_t node, int32_t feature, float value, int equal)
{
    sums s = {0, 0};

    for (int32_t i = 0; i < f.rows.rows; i++) {
        float x = feature < 0 ? 0 : cell(i, feature);

        if (mark[i] != node)
            continue;
        if (feature < 0 || (equal < 0 ? isnan(x) : equal ? x == value : x <= value)) {
            s.g += (double)f.gradient[i];
            s.h += (double)f.hessian[i];
        }
    }
    return s;
}

static int32_t
distinct_values(float *value, int32_t feature)
{
    int32_t count = 0;

    for (int32_t i = 0; i < f.rows.rows; i++) {
        float x = cell(i, feature);
        int32_t k = 0;

        while (k < count && value[k] < x)
            k++;
        if (isnan(x) || (k < count && value[k] == x))
            continue;
        memmove(value + k + 1, value + k, (size_t)(count - k) * sizeof *value);
        value[k] = x;
        count++;
    }
    return count;
}

/* What categories are ordered by: those too small for a side of their own are neutral. */
static float
weight_in_order(sums s)
{
    return s.h < (double)f.params.min_child_weight ? 0
                                                   : weight_of(s, (bounds){-INFINITY, INFINITY});
}

static double
best_of_categories(int32_t node, int32_t feature, sums whole, bounds b)
{
    float value[MOST_ROWS];
    sums of[MOST_ROWS], missing = sum_where(node, feature, 0, -1), set;
    int32_t count = distinct_values(value, feature);
    int32_t most = count < SET_MOST ? count : SET_MOST;
    double best = -INFINITY;

    for (int32_t c = 0; c < count; c++) {
        sums here = sum_where(node, feature, value[c], 1);
        float w = weight_in_order(here);
        int32_t k = c;

        if (count < f.params.max_cat_to_onehot) {
            best = fmax(best, loss_of(less(whole, here), whole, b, 0));
            best = fmax(best, loss_of(less(less(whole, here), missing), whole, b, 0));
        }
        for (; k > 0 && weight_in_order(of[k - 1]) > w; k--)
            of[k] = of[k - 1];
        of[k] = here;
    }
    if (count < f.params.max_cat_to_onehot)
        return best;
    for (int last = 0; last < 2; last++) {
        set = (sums){0, 0};
        for (int32_t k = 1; k < most; k++) {
            sums one = of[last ? count - k : k - 1];

            set = (sums){set.g + one.g, set.h + one.h};
            best = fmax(best, loss_of(last ? set : less(whole, set), whole, b, 0));
        }
    }
    return best;
}

static double
best_of(int32_t node, bounds b)
{
    sums whole = sum_where(node, -1, 0, 0);
    double best = -INFINITY;

    for (int32_t j = 0; j < f.rows.features; j++) {
        float value[MOST_ROWS];
        sums missing = sum_where(node, j, 0, -1);
        int constraint = f.params.monotone != NULL ? f.params.monotone[j] : 0;
        int32_t count;

        if (f.task.column != NULL && !f.task.column[j])
            continue;
        if (f.categorical[j]) {
            best = fmax(best, best_of_categories(node, j, whole, b));
            continue;
        }
        count = distinct_values(value, j);
        for (int32_t k = 0; k < count; k++) {
            sums left = sum_where(node, j, value[k], 0);

            best = fmax(best, loss_of(left, whole, b, constraint));
            left = (sums){left.g + missing.g, left.h + missing.h};
            best = fmax(best, loss_of(left, whole, b, constraint));
        }
    }
    return best;
}

static int
goes_left(const sg_grown_node *node, int32_t row)
{
    float x = cell(row, node->feature);
    const uint32_t *set;

    if (isnan(x))
        return node->missing_left;
    if (node->set < 0)
        return x < node->value;
    set = f.tree.word + node->set;
    return !((uint32_t)x / 32 < set[0] && set[1 + (uint32_t)x / 32] >> (uint32_t)x % 32 & 1);
}

/* Holds a node, whose rows are marked, and all below it against the search. */
static void
check_node(int32_t number, int32_t depth, bounds b)
{
    const sg_grown_node *node = &f.tree.node[number];
    sums whole = sum_where(number, -1, 0, 0), left;
    float weight = whole.h < (double)f.params.min_child_weight ? 0 : weight_of(whole, b);
    double best;
    bounds below[2] = {b, b};
    int constraint;

    ck_assert_double_eq_tol((double)node->hessian, whole.h, 1e-5 * whole.h);
    ck_assert_float_eq(node->weight, weight);
    best = depth == f.params.max_depth && depth > 0 ? -INFINITY : best_of(number, b);
    if (node->left == SG_GROWN_LEAF) {
        ck_assert_float_eq(node->value, node->weight * f.params.eta);
        if (f.params.max_leaves == 0)
            ck_assert_double_lt(best, 1.1e-6);
        for (int32_t i = 0; i < f.rows.rows; i++)
            ck_assert(mark[i] != number || f.leaf[i] == number);
        return;
    }
    ck_assert(f.task.column == NULL || f.task.column[node->feature]);
    for (int32_t i = 0; i < f.rows.rows; i++) {
        if (mark[i] == number)
            mark[i] = goes_left(node, i) ? node->left : node->right;
    }
    left = sum_where(node->left, -1, 0, 0);
    constraint = f.params.monotone != NULL ? f.params.monotone[node->feature] : 0;
    ck_assert_double_eq_tol((double)node->gain, loss_of(left, whole, b, constraint),
                            1e-6 * (1 + best));
    ck_assert_double_ge((double)node->gain, best - 1e-6 * (1 + fabs(gain_of(whole, b)) + best));
    if (constraint != 0) {
        float middle = (weight_of(left, b) + weight_of(less(whole, left), b)) / 2;

        *(constraint > 0 ? &below[0].upper : &below[0].lower) = middle;
        *(constraint > 0 ? &below[1].lower : &below[1].upper) = middle;
    }
    check_node(node->left, depth + 1, below[0]);
    check_node(node->right, depth + 1, below[1]);
}

static void
check_tree(void)
{
    for (int32_t i = 0; i < f.rows.rows; i++)
        mark[i] = f.task.in == NULL || f.task.in[i] ? 0 : -1;
    check_node(0, 0, (bounds){-INFINITY, INFINITY});
}

/* Random rows: features of few values, some missing, some categorical; gradients in 64ths. */
static void
fill(uint64_t seed, int64_t rows, int64_t features)
{
    sg_rng rng = sg_rng_stream(seed, 0, "test", 0);

    for (int64_t j = 0; j < features; j++) {
        uint64_t kinds = 2 + sg_rng_below(&rng, 30), missing = sg_rng_below(&rng, 3);

        for (int64_t i = 0; i < rows; i++) {
            float x = (float)sg_rng_below(&rng, kinds);

            if (!f.categorical[j])
                x = x * 0.375f - 3;
            f.data[i * features + j] = sg_rng_below(&rng, 10) < missing ? NAN : x;
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        float x = f.data[i * features];

        f.gradient[i] = (float)((int)sg_rng_below(&rng, 129) - 64) / 64;
        f.gradient[i] += isnan(x) ? 0.5f : 0.5f * x;
        f.hessian[i] = (float)(1 + sg_rng_below(&rng, 64)) / 64;
        f.in[i] = sg_rng_below(&rng, 10) < 7;
    }
    for (int64_t j = 0; j < features; j++)
        f.column[j] = j == 0 || sg_rng_below(&rng, 2);
}

static void
sample(void)
{
    f.task.in = f.in;
    f.task.sampled = 0;
    for (int64_t i = 0; i < f.rows.rows; i++)
        f.task.sampled += f.in[i];
}

/* Cuts at 1.5 and 2.5: G 3 | -1 | -4 with H 2 | 1 | 2, lambda 1. The cut at 1.5 gains 9/3 + 25/4 -
 * 4/6 = 8.583; that at 2.5 gains 4/4 + 16/3 - 4/6 = 5.667. Left: -3/3 = -1; right: 5/4. */
START_TEST(small_tree_is_the_calculated_one)
{
    static const float value[] = {1, 2, 3, 1, 3}, gradient[] = {1, -1, -2, 2, -2};

    memcpy(f.data, value, sizeof value);
    memcpy(f.gradient, gradient, sizeof gradient);
    f.params.max_depth = 1;
    open_fixture(5, 1, NULL);
    grow();
    ck_assert_int_eq(f.tree.nodes, 3);
    ck_assert_float_eq(f.tree.node[0].value, 1.5f);
    ck_assert_int_eq(f.tree.node[0].missing_left, 0);
    ck_assert_float_eq_tol(f.tree.node[0].gain, 9.0f / 3 + 25.0f / 4 - 4.0f / 6, 1e-6f);
    ck_assert_float_eq(f.tree.node[0].hessian, 5);
    ck_assert_float_eq_tol(f.tree.node[0].weight, 2.0f / 6, 1e-7f);
    ck_assert_float_eq(f.tree.node[1].value, -0.5f);
    ck_assert_float_eq(f.tree.node[2].value, 0.625f);
    ck_assert_int_eq(f.leaf[0], 1);
    ck_assert_int_eq(f.leaf[1], 2);
    ck_assert_int_eq(f.leaf[3], 1);
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
        f.data[i] = i < 10 ? 0 : i < 20 ? 3 : (float)(i - 19);
        f.gradient[i] = i < 10 ? 1 : i < 20 ? -1 : gradient[i - 20];
    }
    f.categorical[0] = 1;
    f.params.max_depth = 1;
    f.params.min_child_weight = 5;
    open_fixture(22, 1, NULL);
    grow();
    ck_assert_int_eq(f.tree.nodes, 3);
    ck_assert_float_eq_tol(f.tree.node[0].gain, 100.0f / 11 + 100.0f / 13, 1e-5f);
    ck_assert_int_eq(f.leaf[20], f.leaf[21]);
    ck_assert_int_eq(f.leaf[20], f.leaf[19]);
    ck_assert_int_ne(f.leaf[20], f.leaf[0]);
}
END_TEST

START_TEST(every_split_is_the_best_one)
{
    int64_t features = _i % 2 ? 3 : 11;

    if (_i % 3 == 0)
        f.categorical[1] = f.categorical[2] = 1;
    if (_i % 5 == 1) {
        f.params.alpha = 0.5f;
        f.params.max_delta_step = _i % 2 ? 0.25f : 0;
    }
    if (_i % 5 == 2) {
        f.monotone[0] = -1;
        f.monotone[features - 1] = !f.categorical[features - 1];
        f.params.monotone = f.monotone;
    }
    f.params.lambda = _i % 4 == 3 ? 0 : 1;
    f.params.min_child_weight = _i % 4 == 2 ? 5 : 0;
    f.params.max_depth = 1 + _i % 6;
    f.params.max_leaves = _i % 7 == 5 ? 9 : 0;
    fill((uint64_t)_i, 300, features);
    open_fixture(300, features, _i % 2 ? NULL : "portable");
    if (_i % 3 == 1) {
        sample();
        f.task.column = f.column;
    }
    for (int again = 0; again < 2; again++) {
        grow();
        ck_assert_int_gt(f.tree.nodes, 1);
        check_tree();
    }
}
END_TEST

/* Trees of all kernels of this machine, by the bytes of nodes, sets and leaves. */
START_TEST(all_kernels_grow_the_same_trees)
{
    static const char *const names[] = {"avx2", "avx512"};
    static const int64_t sizes[] = {3, 15, 16, 17, 100, 333, 700};
    static const int64_t widths[] = {1, 2, 3, 4, 5, 8, 9, 16, 17, 20};
    static const int32_t bins[] = {2, 3, 16, 17, 32, 64, 100, 256};
    sg_rng rng = sg_rng_stream((uint64_t)_i, 1, "test", 0);
    int64_t rows = sizes[_i % 7], features = widths[_i % 10];
    sg_grown first = {0};
    int32_t leaf[MOST_ROWS];

    fill((uint64_t)_i, rows, features);
    for (int64_t i = 0; i < rows; i++) {
        f.gradient[i] = (float)sg_rng_uniform(&rng) - 0.4f;
        f.hessian[i] = (float)sg_rng_uniform(&rng);
        for (int64_t j = 0; j < features; j += 1 + _i % 2) {
            if (!isnan(f.data[i * features + j]))
                f.data[i * features + j] = (float)sg_rng_uniform(&rng);
        }
    }
    f.rows.max_bin = bins[_i % 8];
    f.params.lambda = _i % 3 ? 0.37f : 0;
    f.params.min_child_weight = _i % 4 ? 0.1f : 0;
    f.params.max_depth = 2 + _i % 7;
    f.params.max_leaves = _i % 9 == 8 ? 12 : 0;
    open_fixture(rows, features, "portable");
    if (_i % 3 == 1)
        sample();
    grow();
    first = f.tree;
    f.tree = (sg_grown){0};
    memcpy(leaf, f.leaf, sizeof leaf);
    for (int k = 0; k < 2; k++) {
        const sg_kernel *kernel;
        int32_t sampled = f.task.sampled;

        if (sg_kernel_find(&kernel, names[k], NULL) != SEGML_OK)
            continue;
        memset(f.leaf, 0, sizeof f.leaf);
        open_fixture(rows, features, names[k]);
        f.task.sampled = sampled;
        grow();
        ck_assert_int_eq(f.tree.nodes, first.nodes);
        ck_assert_mem_eq(f.tree.node, first.node, (size_t)first.nodes * sizeof *first.node);
        ck_assert_mem_eq(f.leaf, leaf, (size_t)rows * sizeof *leaf);
    }
    sg_grown_clear(&first);
}
END_TEST

static const char *const kernels[] = {"portable", "avx2", "avx512"};

/* Opens with one of the kernels. @return 0: this machine does not have it */
static int
open_with(int kernel, int64_t rows, int64_t features)
{
    const sg_kernel *found;

    if (sg_kernel_find(&found, kernels[kernel], NULL) != SEGML_OK)
        return 0;
    open_fixture(rows, features, kernels[kernel]);
    return 1;
}

/* Without lambda, 1 | 0 | -1 gains 1 + 1/2 at both cuts, in both copies of the feature. */
START_TEST(lowest_feature_and_bin_win_among_equals)
{
    for (int features = 1; features <= 20; features += 3) {
        for (int64_t j = 0; j < features; j++) {
            for (int64_t i = 0; i < 3; i++)
                f.data[i * features + j] = (float)i;
        }
        memcpy(f.gradient, (float[]){1, 0, -1}, 3 * sizeof(float));
        f.params.lambda = 0;
        f.params.max_depth = 1;
        if (!open_with(_i, 3, features))
            return;
        grow();
        ck_assert_int_eq(f.tree.node[0].feature, 0);
        ck_assert_float_eq(f.tree.node[0].value, 0.5f);
    }
}
END_TEST

/* The missing row has no gradient: on either side it takes the same from the gain. */
START_TEST(missing_values_go_right_among_equals)
{
    for (int features = 1; features <= 20; features += 3) {
        for (int64_t j = 0; j < features; j++) {
            for (int64_t i = 0; i < 3; i++)
                f.data[i * features + j] = i == 1 ? NAN : (float)i;
        }
        memcpy(f.gradient, (float[]){1, 0, -1}, 3 * sizeof(float));
        f.params.lambda = 0;
        f.params.max_depth = 1;
        if (!open_with(_i, 3, features))
            return;
        grow();
        ck_assert_int_eq(f.tree.node[0].feature, 0);
        ck_assert_int_eq(f.tree.node[0].missing_left, 0);
        ck_assert_float_eq(f.tree.node[0].value, 1.0f);
    }
}
END_TEST

/* Sums G of four values 4, 3, -8, -16, H 4 each: 2|2 splits the root (gain 78.1), then the right
 * half gains 8, the left one 0.125. */
START_TEST(best_leaf_splits_first)
{
    static const float gradient[] = {1, 0.75f, -2, -4};

    for (int i = 0; i < 16; i++) {
        f.data[i] = (float)(i % 4);
        f.gradient[i] = gradient[i % 4];
    }
    f.params.lambda = 0;
    f.params.max_depth = 0;
    f.params.max_leaves = 3;
    open_fixture(16, 1, NULL);
    grow();
    ck_assert_int_eq(f.tree.nodes, 5);
    ck_assert_int_eq(f.tree.node[1].left, SG_GROWN_LEAF);
    ck_assert_int_eq(f.tree.node[2].left, 3);
    ck_assert_float_eq_tol(f.tree.node[2].gain, 8, 1e-5f);
    ck_assert_int_eq(f.leaf[0], 1);
    ck_assert_int_eq(f.leaf[2], 3);
    f.params.max_leaves = 10;
    grow();
    ck_assert_int_eq(f.tree.nodes, 7);
    ck_assert_int_eq(f.tree.node[1].left, 5);
    ck_assert_float_eq_tol(f.tree.node[1].gain, 0.125f, 1e-5f);
    check_tree();
}
END_TEST

START_TEST(levels_are_numbered_one_after_the_other)
{
    int32_t depth[1 << 8];

    f.params.max_depth = 6;
    fill(5, 600, 4);
    open_fixture(600, 4, NULL);
    grow();
    ck_assert_int_gt(f.tree.nodes, 40);
    depth[0] = 0;
    for (int32_t i = 1; i < f.tree.nodes; i++) {
        depth[i] = depth[f.tree.node[i].parent] + 1;
        ck_assert_int_ge(depth[i], depth[i - 1]);
        ck_assert_int_ge(f.tree.node[i].parent, f.tree.node[i - 1].parent);
        ck_assert_int_le(depth[i], 6);
    }
}
END_TEST

/* 200 categories, many more than a set may choose; the codes need words up to 199,000 / 32. */
START_TEST(sets_of_many_categories_are_the_best_ones)
{
    sg_rng rng = sg_rng_stream((uint64_t)_i, 2, "test", 0);

    f.categorical[0] = 1;
    for (int i = 0; i < 600; i++) {
        f.data[i] = i % 31 == 0 ? NAN : (float)(i % 200 * 1000);
        f.gradient[i] = (float)((int)sg_rng_below(&rng, 129) - (_i ? 90 : 50)) / 64;
    }
    f.params.max_depth = 5;
    open_fixture(600, 1, NULL);
    grow();
    ck_assert_int_gt(f.tree.words, 0);
    check_tree();
}
END_TEST

START_TEST(tree_of_a_fold_is_that_of_its_rows_alone)
{
    sg_grown first;
    int32_t even[300], leaf[300];

    f.categorical[2] = 1;
    fill(11, 600, 7);
    open_fixture(600, 7, NULL);
    grow();
    for (int i = 0; i < 300; i++) {
        even[i] = 2 * i;
        f.gradient[i] = f.gradient[2 * i];
        f.hessian[i] = f.hessian[2 * i];
    }
    ck_assert_int_eq(sg_hist_grower.turn(f.grower, even, 300, NULL), SEGML_OK);
    f.task.sampled = 300;
    grow();
    first = f.tree;
    f.tree = (sg_grown){0};
    memcpy(leaf, f.leaf, sizeof leaf);
    for (int i = 0; i < 300; i++)
        memmove(f.data + i * 7, f.data + 2 * i * 7, 7 * sizeof *f.data);
    open_fixture(300, 7, NULL);
    grow();
    check_tree();
    ck_assert_int_eq(f.tree.nodes, first.nodes);
    ck_assert_int_eq(f.tree.words, first.words);
    ck_assert_mem_eq(f.tree.node, first.node, (size_t)first.nodes * sizeof *first.node);
    ck_assert_mem_eq(f.tree.word, first.word, (size_t)first.words * sizeof *first.word);
    ck_assert_mem_eq(f.leaf, leaf, sizeof leaf);
    sg_grown_clear(&first);
}
END_TEST

/* Powers of two change no rounding: structure stays, weights have the quotient's scale. */
START_TEST(scale_of_gradients_changes_nothing_but_scale)
{
    static const int scale[][2] = {{60, 0}, {10, 3}, {40, 60}, {-10, -30}};
    sg_grown first;

    f.params.lambda = 0;
    f.params.min_child_weight = 0;
    f.params.eta = 1;
    fill(3, 200, 6);
    open_fixture(200, 6, NULL);
    grow();
    first = f.tree;
    f.tree = (sg_grown){0};
    for (int i = 0; i < 200; i++) {
        f.gradient[i] = ldexpf(f.gradient[i], scale[_i][0]);
        f.hessian[i] = ldexpf(f.hessian[i], scale[_i][1]);
    }
    grow();
    ck_assert_int_eq(f.tree.nodes, first.nodes);
    for (int32_t i = 0; i < first.nodes; i++) {
        ck_assert_int_eq(f.tree.node[i].left, first.node[i].left);
        ck_assert_int_eq(f.tree.node[i].feature, first.node[i].feature);
        ck_assert_float_eq(f.tree.node[i].weight,
                           ldexpf(first.node[i].weight, scale[_i][0] - scale[_i][1]));
    }
    sg_grown_clear(&first);
}
END_TEST

START_TEST(gradients_that_are_not_finite_grow_a_leaf_of_zero)
{
    fill(1, 50, 2);
    f.gradient[20] = _i ? INFINITY : NAN;
    open_fixture(50, 2, NULL);
    grow();
    ck_assert_int_eq(f.tree.nodes, 1);
    ck_assert_float_eq(f.tree.node[0].value, 0);
    ck_assert_int_eq(f.leaf[49], 0);
}
END_TEST

static float
predict(const float *row)
{
    int32_t at = 0;

    while (f.tree.node[at].left != SG_GROWN_LEAF) {
        const sg_grown_node *node = &f.tree.node[at];
        float x = row[node->feature];

        at = (isnan(x) ? node->missing_left : x < node->value) ? node->left : node->right;
    }
    return f.tree.node[at].value;
}

/* Squared error, 20 rounds; the label falls with feature 0 although it must not. */
START_TEST(constrained_predictions_never_fall)
{
    enum { ROWS = 300, GRID = 40, ROUNDS = 20 };
    static float label[ROWS], margin[ROWS], line[ROWS][GRID];
    sg_rng rng = sg_rng_stream((uint64_t)_i, 3, "test", 0);

    memset(margin, 0, sizeof margin);
    memset(line, 0, sizeof line);
    f.monotone[0] = 1;
    f.params.monotone = f.monotone;
    f.params.max_depth = 4;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < 3; j++)
            f.data[i * 3 + j] = (float)sg_rng_uniform(&rng);
        label[i] = sinf(9 * f.data[i * 3]) - f.data[i * 3] * f.data[i * 3 + 1] +
                   (float)sg_rng_uniform(&rng);
    }
    open_fixture(ROWS, 3, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < ROWS; i++)
            f.gradient[i] = margin[i] - label[i];
        grow();
        for (int i = 0; i < ROWS; i++) {
            float row[3] = {0, f.data[i * 3 + 1], f.data[i * 3 + 2]};

            margin[i] += f.tree.node[f.leaf[i]].value;
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
    sg_engine_rows rows = f.rows;
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
    f.categorical[1] = 1;
    f.task.column = (const uint8_t[]){1, 0};
    rows.data = data;
    rows.rows = ROWS;
    rows.features = 2;
    f.rows = rows;
    f.params.max_depth = 2;
    f.task.gradient = gradient;
    f.task.hessian = hessian;
    f.task.leaf = leaf;
    f.task.sampled = ROWS;
    ck_assert_int_eq(sg_kernel_find(&kernel, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&f.columns, &f.rows, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.open(&f.grower, &f.columns, kernel, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.turn(f.grower, row, ROWS, NULL), SEGML_OK);
    grow();
    ck_assert_int_gt(f.tree.nodes, 3);
    ck_assert_float_eq_tol(f.tree.node[0].value, 500, 2);
    ck_assert_float_eq(f.tree.node[0].hessian, ROWS);
    for (int32_t i = 0; i < ROWS; i++)
        wrong += predict(data + 2 * i) != f.tree.node[leaf[i]].value;
    ck_assert_int_eq(wrong, 0);
    f.task.column = (const uint8_t[]){0, 1};
    f.params.max_depth = 1;
    grow();
    ck_assert_int_eq(f.tree.nodes, 3);
    ck_assert_float_eq(f.tree.node[2].hessian, SET_MOST - 1);
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

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, small_tree_is_the_calculated_one);
    tcase_add_test(tcase, rare_categories_are_neutral);
    tcase_add_loop_test(tcase, every_split_is_the_best_one, 0, 42);
    tcase_add_loop_test(tcase, all_kernels_grow_the_same_trees, 0, 140);
    tcase_add_loop_test(tcase, lowest_feature_and_bin_win_among_equals, 0, 3);
    tcase_add_loop_test(tcase, missing_values_go_right_among_equals, 0, 3);
    tcase_add_test(tcase, best_leaf_splits_first);
    tcase_add_test(tcase, levels_are_numbered_one_after_the_other);
    tcase_add_loop_test(tcase, sets_of_many_categories_are_the_best_ones, 0, 2);
    tcase_add_test(tcase, tree_of_a_fold_is_that_of_its_rows_alone);
    tcase_add_loop_test(tcase, scale_of_gradients_changes_nothing_but_scale, 0, 4);
    tcase_add_loop_test(tcase, gradients_that_are_not_finite_grow_a_leaf_of_zero, 0, 2);
    tcase_add_loop_test(tcase, constrained_predictions_never_fall, 0, 3);
    tcase_add_test(tcase, large_units_grow_too);
    return tcase;
}
