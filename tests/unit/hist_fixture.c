/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The search is in double and written from the rules at the top of hist.c: at every node it goes
 * over all thresholds and sets of categories of the node's own rows. Gradients are small
 * multiples of 1/64, so the grower's integers stand for them exactly.
 */

#include "hist_fixture.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"

hist_fixture hist;

void
hist_set_up(void)
{
    memset(&hist, 0, sizeof hist);
    hist.params = (sg_grow_params){.eta = 0.5f,
                                   .lambda = 1.0f,
                                   .min_child_weight = 1.0f,
                                   .max_depth = 3,
                                   .max_cat_to_onehot = 4};
    hist.rows =
        (sg_engine_rows){.data = hist.data, .categorical = hist.categorical, .max_bin = 256};
    for (int i = 0; i < MOST_ROWS; i++) {
        hist.row[i] = i;
        hist.hessian[i] = 1.0f;
    }
    hist.task = (sg_grow_task){.params = &hist.params,
                               .gradient = hist.gradient,
                               .hessian = hist.hessian,
                               .tree = &hist.tree,
                               .leaf = hist.leaf};
}

static void
close_fixture(void)
{
    sg_hist_grower.close(hist.grower);
    hist.grower = NULL;
    sg_columns_clear(&hist.columns);
}

void
hist_tear_down(void)
{
    close_fixture();
    sg_grown_clear(&hist.tree);
}

void
hist_open(int64_t rows, int64_t features, const char *kernel)
{
    const sg_kernel *found = NULL;

    close_fixture();
    hist.rows.rows = rows;
    hist.rows.features = features;
    hist.task.sampled = (int32_t)rows;
    ck_assert_int_eq(sg_kernel_find(&found, kernel, NULL), SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&hist.columns, &hist.rows, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.open(&hist.grower, &hist.columns, found, NULL), SEGML_OK);
    ck_assert_int_eq(sg_hist_grower.turn(hist.grower, hist.row, (int32_t)rows, NULL), SEGML_OK);
}

void
hist_grow(void)
{
    ck_assert_int_eq(sg_hist_grower.grow(hist.grower, &hist.task, NULL), SEGML_OK);
}

static float
cell(int32_t row, int32_t feature)
{
    return hist.data[row * hist.rows.features + feature];
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
    return g > (double)hist.params.alpha    ? g - (double)hist.params.alpha
           : g < -(double)hist.params.alpha ? g + (double)hist.params.alpha
                                            : 0;
}

static float
weight_of(sums s, bounds b)
{
    double w = -shrink(s.g) / (s.h + (double)hist.params.lambda);

    if (hist.params.max_delta_step > 0)
        w = fmin(fmax(w, -(double)hist.params.max_delta_step), (double)hist.params.max_delta_step);
    return fminf(fmaxf((float)w, b.lower), b.upper);
}

static double
gain_of(sums s, bounds b)
{
    double w = (double)weight_of(s, b);

    return -(2 * s.g * w + (s.h + (double)hist.params.lambda) * w * w +
             2 * (double)hist.params.alpha * fabs(w));
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

    if (left.h <= 0 || right.h <= 0 || left.h < (double)hist.params.min_child_weight ||
        right.h < (double)hist.params.min_child_weight)
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

    for (int32_t i = 0; i < hist.rows.rows; i++) {
        float x = feature < 0 ? 0 : cell(i, feature);

        if (mark[i] != node)
            continue;
        if (feature < 0 || (equal < 0 ? isnan(x) : equal ? x == value : x <= value)) {
            s.g += (double)hist.gradient[i];
            s.h += (double)hist.hessian[i];
        }
    }
    return s;
}

static int32_t
distinct_values(float *value, int32_t feature)
{
    int32_t count = 0;

    for (int32_t i = 0; i < hist.rows.rows; i++) {
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
    return s.h < (double)hist.params.min_child_weight
               ? 0
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

        if (count < hist.params.max_cat_to_onehot) {
            best = fmax(best, loss_of(less(whole, here), whole, b, 0));
            best = fmax(best, loss_of(less(less(whole, here), missing), whole, b, 0));
        }
        for (; k > 0 && weight_in_order(of[k - 1]) > w; k--)
            of[k] = of[k - 1];
        of[k] = here;
    }
    if (count < hist.params.max_cat_to_onehot)
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

    for (int32_t j = 0; j < hist.rows.features; j++) {
        float value[MOST_ROWS];
        sums missing = sum_where(node, j, 0, -1);
        int constraint = hist.params.monotone != NULL ? hist.params.monotone[j] : 0;
        int32_t count;

        if (hist.task.column != NULL && !hist.task.column[j])
            continue;
        if (hist.categorical[j]) {
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
    set = hist.tree.word + node->set;
    return !((uint32_t)x / 32 < set[0] && set[1 + (uint32_t)x / 32] >> (uint32_t)x % 32 & 1);
}

/* Holds a node, whose rows are marked, and all below it against the search. */
static void
check_node(int32_t number, int32_t depth, bounds b)
{
    const sg_grown_node *node = &hist.tree.node[number];
    sums whole = sum_where(number, -1, 0, 0), left;
    float weight = whole.h < (double)hist.params.min_child_weight ? 0 : weight_of(whole, b);
    double best;
    bounds below[2] = {b, b};
    int constraint;

    ck_assert_double_eq_tol((double)node->hessian, whole.h, 1e-5 * whole.h);
    ck_assert_float_eq(node->weight, weight);
    best = depth == hist.params.max_depth && depth > 0 ? -INFINITY : best_of(number, b);
    if (node->left == SG_GROWN_LEAF) {
        ck_assert_float_eq(node->value, node->weight * hist.params.eta);
        if (hist.params.max_leaves == 0)
            ck_assert_double_lt(best, 1.1e-6);
        for (int32_t i = 0; i < hist.rows.rows; i++)
            ck_assert(mark[i] != number || hist.leaf[i] == number);
        return;
    }
    ck_assert(hist.task.column == NULL || hist.task.column[node->feature]);
    for (int32_t i = 0; i < hist.rows.rows; i++) {
        if (mark[i] == number)
            mark[i] = goes_left(node, i) ? node->left : node->right;
    }
    left = sum_where(node->left, -1, 0, 0);
    constraint = hist.params.monotone != NULL ? hist.params.monotone[node->feature] : 0;
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

void
hist_check(void)
{
    for (int32_t i = 0; i < hist.rows.rows; i++)
        mark[i] = hist.task.in == NULL || hist.task.in[i] ? 0 : -1;
    check_node(0, 0, (bounds){-INFINITY, INFINITY});
}

void
hist_fill(uint64_t seed, int64_t rows, int64_t features)
{
    sg_rng rng = sg_rng_stream(seed, 0, "test", 0);

    for (int64_t j = 0; j < features; j++) {
        uint64_t kinds = 2 + sg_rng_below(&rng, 30), missing = sg_rng_below(&rng, 3);

        for (int64_t i = 0; i < rows; i++) {
            float x = (float)sg_rng_below(&rng, kinds);

            if (!hist.categorical[j])
                x = x * 0.375f - 3;
            hist.data[i * features + j] = sg_rng_below(&rng, 10) < missing ? NAN : x;
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        float x = hist.data[i * features];

        hist.gradient[i] = (float)((int)sg_rng_below(&rng, 129) - 64) / 64;
        hist.gradient[i] += isnan(x) ? 0.5f : 0.5f * x;
        hist.hessian[i] = (float)(1 + sg_rng_below(&rng, 64)) / 64;
        hist.in[i] = sg_rng_below(&rng, 10) < 7;
    }
    for (int64_t j = 0; j < features; j++)
        hist.column[j] = j == 0 || sg_rng_below(&rng, 2);
}

void
hist_sample(void)
{
    hist.task.in = hist.in;
    hist.task.sampled = 0;
    for (int64_t i = 0; i < hist.rows.rows; i++)
        hist.task.sampled += hist.in[i];
}
