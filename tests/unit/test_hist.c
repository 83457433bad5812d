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

enum { MOST_ROWS = 700, MOST_FEATURES = 20, PLAIN = 5, SET_MOST = 64 };

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

static double
best_of_categories(int32_t node, int32_t feature, sums whole, bounds b)
{
    float value[MOST_ROWS];
    sums of[MOST_ROWS], missing = sum_where(node, feature, 0, -1), set;
    int32_t count = distinct_values(value, feature);
    int32_t most = count < SET_MOST ? count : SET_MOST;
    bounds none = {-INFINITY, INFINITY};
    double best = -INFINITY;

    for (int32_t c = 0; c < count; c++) {
        sums here = sum_where(node, feature, value[c], 1);
        float w = weight_of(here, none);
        int32_t k = c;

        if (count < f.params.max_cat_to_onehot) {
            best = fmax(best, loss_of(less(whole, here), whole, b, 0));
            best = fmax(best, loss_of(less(less(whole, here), missing), whole, b, 0));
        }
        for (; k > 0 && weight_of(of[k - 1], none) > w; k--)
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

TCase *
hist_tests(void)
{
    TCase *tcase = tcase_create("hist");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, small_tree_is_the_calculated_one);
    tcase_add_loop_test(tcase, every_split_is_the_best_one, 0, 42);
    tcase_add_loop_test(tcase, all_kernels_grow_the_same_trees, 0, 140);
    return tcase;
}
