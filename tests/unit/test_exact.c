/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exact: small trees worked out by hand from XGBoost's rules, with every kernel, and the order of
 * equal values against what std::sort of GCC 12 gave. Whole models are compared with
 * XGBoost's elsewhere.
 */

#include <check.h>
#include <math.h>
#include <string.h>

#include "native/exact_sort.h"
#include "native/grower.h"

enum { MOST = 64 };

static const char *const kernels[] = {"portable", "avx2", "avx512"};

/* One tree on up to MOST rows. */
typedef struct planting {
    sg_engine_rows rows;
    sg_grow_params params;
    float gradient[MOST + SG_GROW_PAD], hessian[MOST + SG_GROW_PAD];
    uint8_t in[MOST + SG_GROW_PAD];
    int32_t row[MOST], leaf[MOST + SG_GROW_PAD];
    int32_t count, sampled;
    const uint8_t *column;
    sg_grown tree;
} planting;

static planting p;

/* Rows with all h = 1, lambda 1, min_child_weight 1, eta 0.5, depth 1. */
static void
prepare(const float *data, const float *gradient, int32_t rows, int32_t features)
{
    sg_grown_clear(&p.tree);
    memset(&p, 0, sizeof p);
    p.rows = (sg_engine_rows){
        .rows = rows, .features = features, .data = data, .classes = 1, .method = SG_TREE_EXACT};
    p.params =
        (sg_grow_params){.eta = 0.5f, .lambda = 1.0f, .min_child_weight = 1.0f, .max_depth = 1};
    for (int32_t i = 0; i < rows; i++) {
        p.row[i] = i;
        p.gradient[i] = gradient[i];
        p.hessian[i] = 1.0f;
        p.in[i] = 1;
        p.leaf[i] = 77;
    }
    p.count = p.sampled = rows;
}

/* Grows the tree; 0 = this machine lacks the kernel. */
static int
grow(const char *name)
{
    segml_error err = SEGML_ERROR_INIT;
    const sg_kernel *kernel;
    sg_columns columns = {0};
    sg_grower *grower;
    int rc = sg_kernel_find(&kernel, name, &err);
    sg_grow_task task = {.params = &p.params,
                         .gradient = p.gradient,
                         .hessian = p.hessian,
                         .in = p.sampled < p.count ? p.in : NULL,
                         .sampled = p.sampled,
                         .column = p.column,
                         .tree = &p.tree,
                         .leaf = p.leaf};

    if (rc == SEGML_E_UNSUPPORTED && strcmp(name, "portable") != 0)
        return 0;
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_eq(sg_columns_make(&columns, &p.rows, &err), SEGML_OK);
    ck_assert_int_eq(sg_exact_grower.open(&grower, &columns, kernel, &err), SEGML_OK);
    ck_assert_int_eq(sg_exact_grower.turn(grower, p.row, p.count, &err), SEGML_OK);
    ck_assert_int_eq(sg_exact_grower.grow(grower, &task, &err), SEGML_OK);
    sg_exact_grower.close(grower);
    sg_columns_clear(&columns);
    return 1;
}

static void
tear_down(void)
{
    sg_grown_clear(&p.tree);
}

#define ck_bits_eq(a, b) ck_assert_msg((a) == (b), "%.9g is not %.9g", (double)(a), (double)(b))

START_TEST(best_split_lies_between_the_classes)
{
    static const float x[] = {4, 1, 3, 2}, g[] = {1, -1, 1, -1};

    prepare(x, g, 4, 1);
    if (!grow(kernels[_i]))
        return;
    /* GL = -2, HL = 2: 4 / 3 on both sides; 1 / 2 + 1 / 4 elsewhere; nothing at the root. */
    ck_assert_int_eq(p.tree.nodes, 3);
    ck_assert_int_eq(p.tree.node[0].feature, 0);
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, 4.0f / 3.0f + 4.0f / 3.0f);
    ck_bits_eq(p.tree.node[0].hessian, 4.0f);
    ck_bits_eq(p.tree.node[0].weight, 0.0f);
    ck_bits_eq(p.tree.node[1].weight, (float)(2.0 / 3.0));
    ck_bits_eq(p.tree.node[1].value, (float)(2.0 / 3.0) * 0.5f);
    ck_bits_eq(p.tree.node[1].hessian, 2.0f);
    ck_bits_eq(p.tree.node[2].weight, (float)(-2.0 / 3.0));
    ck_assert_int_eq(p.leaf[0], 2);
    ck_assert_int_eq(p.leaf[1], 1);
    ck_assert_int_eq(p.leaf[2], 2);
    ck_assert_int_eq(p.leaf[3], 1);
}
END_TEST

START_TEST(levels_go_on_until_nothing_is_gained)
{
    /* Pairs of rows; after 2.5 the left side splits at 1.5, the right side is pure. */
    static const float x[] = {1, 1, 2, 2, 3, 3, 4, 4}, g[] = {-4, -4, 0, 0, 4, 4, 4, 4};

    prepare(x, g, 8, 1);
    p.params.max_depth = 5;
    if (!grow(kernels[_i]))
        return;
    /* G = 8, H = 8: 64 / 9. At 1.5: 64 / 3 + 256 / 7 = 57.9; at 2.5: 64 / 5 + 256 / 5 = 64. */
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, (64.0f / 5.0f + 256.0f / 5.0f) - 64.0f / 9.0f);
    /* 64 / 3 + 0 - 64 / 5 */
    ck_bits_eq(p.tree.node[1].value, 1.5f);
    ck_bits_eq(p.tree.node[1].gain, (64.0f / 3.0f + 0.0f) - 64.0f / 5.0f);
    /* 64 / 3 + 64 / 3 - 256 / 5 is below 0. */
    ck_assert_int_eq(p.tree.node[2].left, SG_GROWN_LEAF);
    ck_bits_eq(p.tree.node[2].gain, 0.0f);
    ck_assert_int_eq(p.tree.nodes, 5);
    ck_assert_int_eq(p.leaf[1], 3);
    ck_assert_int_eq(p.leaf[2], 4);
    ck_assert_int_eq(p.leaf[7], 2);
}
END_TEST

START_TEST(larger_threshold_wins_among_equals)
{
    static const float x[] = {1, 2, 3}, g[] = {1, -2, 1};

    prepare(x, g, 3, 1);
    if (!grow(kernels[_i]))
        return;
    /* 1 / 2 + 1 / 3 at both places: backward passes see the upper one first. */
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, 1.0f / 3.0f + 1.0f / 2.0f);
    ck_assert_int_eq(p.tree.node[0].missing_left, 1);
}
END_TEST

START_TEST(smaller_threshold_wins_where_the_fold_has_missing_values)
{
    static const float x[] = {1, NAN, 2, 3}, g[] = {1, 9, -2, 1};

    prepare(x, g, 4, 1);
    p.in[1] = 0; /* not sampled, and yet the column has a missing value */
    p.sampled = 3;
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].value, 1.5f);
    ck_bits_eq(p.tree.node[0].gain, 1.0f / 2.0f + 1.0f / 3.0f);
    ck_bits_eq(p.tree.node[0].hessian, 3.0f);
    ck_assert_int_eq(p.tree.node[0].missing_left, 0);
    ck_assert_int_eq(p.leaf[0], 1);
    ck_assert_int_eq(p.leaf[3], 2);
}
END_TEST

START_TEST(missing_rows_alone_go_right_of_all_values)
{
    static const float x[] = {1, 2, NAN, NAN}, g[] = {-1, -1, 1, 1};

    prepare(x, g, 4, 1);
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].value, 2.0f + (2.0f + 1e-6f));
    ck_bits_eq(p.tree.node[0].gain, 4.0f / 3.0f + 4.0f / 3.0f);
    ck_assert_int_eq(p.tree.node[0].missing_left, 0);
    ck_assert_int_eq(p.leaf[1], 1);
    ck_assert_int_eq(p.leaf[2], 2);
}
END_TEST

START_TEST(missing_rows_alone_go_left_of_one_value)
{
    static const float x[] = {1, 1, NAN, NAN}, g[] = {-1, -1, 1, 1};

    prepare(x, g, 4, 1);
    if (!grow(kernels[_i]))
        return;
    /* One value: no forward pass. */
    ck_bits_eq(p.tree.node[0].value, 1.0f - (1.0f + 1e-6f));
    ck_assert_int_eq(p.tree.node[0].missing_left, 1);
    ck_assert_int_eq(p.leaf[1], 2);
    ck_assert_int_eq(p.leaf[2], 1);
}
END_TEST

START_TEST(threshold_on_a_value_sends_its_rows_right)
{
    /* Nothing lies between the two values: the middle rounds to the lower one. */
    const float upper = 1.0f + 0x1p-23f;
    const float x[] = {1, upper, 1, upper, NAN}, g[] = {-1, 1, -1, 1, 0};

    prepare(x, g, 5, 1);
    p.in[4] = 0;
    p.sampled = 4;
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].gain, 4.0f / 3.0f + 4.0f / 3.0f); /* as it was counted */
    ck_bits_eq(p.tree.node[0].value, 1.0f);
    ck_bits_eq(p.tree.node[1].hessian, 0.0f); /* as it is */
    ck_bits_eq(p.tree.node[2].hessian, 4.0f);
    ck_assert_int_eq(p.leaf[0], 2);
    ck_assert_int_eq(p.leaf[1], 2);
}
END_TEST

START_TEST(small_sides_are_no_splits)
{
    static const float x[] = {1, 2, 3, 4, 5, 6}, g[] = {-9, 1, 1, 1, 1, 1};

    prepare(x, g, 6, 1);
    p.params.min_child_weight = 2.0f;
    if (!grow(kernels[_i]))
        return;
    /* 81 / 2 at 1.5 is out of reach; GL = -8, HL = 2 and GR = 4, HR = 4 next to it. */
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, (64.0f / 3.0f + 16.0f / 5.0f) - 16.0f / 7.0f);
}
END_TEST

START_TEST(features_that_may_not_split_do_not)
{
    static const float x[] = {1, 7, 2, 5, 3, 8, 4, 6}, g[] = {-1, -1, 1, 1};
    static const uint8_t second[] = {0, 1};

    prepare(x, g, 4, 2);
    p.column = second;
    if (!grow(kernels[_i]))
        return;
    /* Values 5, 6, 7, 8 with g -1, 1, -1, 1: 1 / 2 + 1 / 4 at both ends. */
    ck_assert_int_eq(p.tree.node[0].feature, 1);
    ck_bits_eq(p.tree.node[0].value, 7.5f);
    ck_bits_eq(p.tree.node[0].gain, 1.0f / 4.0f + 1.0f / 2.0f);
}
END_TEST

START_TEST(constraints_forbid_splits_against_their_sign)
{
    static const float x[] = {1, 2, 3, 4}, g[] = {-1, -1, 1, 1};
    static const int8_t rising[] = {1}, falling[] = {-1};
    const float w = (float)(2.0 / 3.0);

    prepare(x, g, 4, 1);
    p.params.monotone = rising;
    if (!grow(kernels[_i]))
        return;
    ck_assert_int_eq(p.tree.nodes, 1);
    ck_assert_int_eq(p.leaf[3], 0);
    p.params.monotone = falling;
    grow(kernels[_i]);
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, 2.0f * -(2.0f * -2.0f * w + 3.0f * (w * w)));
}
END_TEST

START_TEST(children_stay_on_their_side_of_the_middle)
{
    static const float x[] = {1, 0, 1, 1, 2, 0, 2, 1}, g[] = {-6, -6, 10, -4};
    static const int8_t falling[] = {-1, 0};

    prepare(x, g, 4, 2);
    p.params.monotone = falling;
    p.params.max_depth = 2;
    if (!grow(kernels[_i]))
        return;
    /* First feature: 48 + 12, second: 16 / 3 + 100 / 3. Weights 4 and -2 meet at 1. */
    ck_assert_int_eq(p.tree.node[0].feature, 0);
    ck_bits_eq(p.tree.node[1].weight, 4.0f);
    ck_bits_eq(p.tree.node[2].weight, -2.0f);
    /* The last row would have weight 2; with 1 its gain is 6: 50 + 6 - 12. */
    ck_assert_int_eq(p.tree.node[2].feature, 1);
    ck_bits_eq(p.tree.node[2].gain, 44.0f);
    ck_bits_eq(p.tree.node[3].weight, -5.0f);
    ck_bits_eq(p.tree.node[4].weight, 1.0f);
    ck_assert_int_eq(p.tree.nodes, 5);
}
END_TEST

START_TEST(weights_are_shrunk_and_clipped)
{
    static const float x[] = {1, 1, 1}, g[] = {-1, -1, -1};

    prepare(x, g, 3, 1);
    p.params.alpha = 1.0f;
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].weight, 0.5f); /* (3 - 1) / (3 + 1) */
    ck_bits_eq(p.tree.node[0].value, 0.25f);
    p.params.max_delta_step = 0.25f;
    grow(kernels[_i]);
    ck_bits_eq(p.tree.node[0].weight, 0.25f);
    p.params.min_child_weight = 4.0f;
    grow(kernels[_i]);
    ck_bits_eq(p.tree.node[0].weight, 0.0f);
}
END_TEST

START_TEST(sums_that_round_are_taken_in_row_order)
{
    static const float x[] = {3, 1, 2}, g[] = {0x1p40f, 0x1p-40f, -0x1p40f};

    prepare(x, g, 3, 1);
    p.params.min_child_weight = 3.0f;
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].weight, 0.0f); /* 2^-40 is lost between the two */
    p.gradient[1] = -0x1p40f;
    p.gradient[2] = 0x1p-40f;
    grow(kernels[_i]);
    ck_bits_eq(p.tree.node[0].weight, -0x1p-42f);
}
END_TEST

START_TEST(fold_leaves_the_other_rows_out)
{
    static const float x[] = {1, 100, 2, 3, -5, 4}, g[] = {-1, -1, 1, 1};

    prepare(x, g, 4, 1);
    p.rows.rows = 6;
    p.row[1] = 2;
    p.row[2] = 3;
    p.row[3] = 5;
    if (!grow(kernels[_i]))
        return;
    ck_bits_eq(p.tree.node[0].value, 2.5f);
    ck_bits_eq(p.tree.node[0].gain, 4.0f / 3.0f + 4.0f / 3.0f);
    ck_assert_int_eq(p.leaf[1], 1);
    ck_assert_int_eq(p.leaf[2], 2);
}
END_TEST

START_TEST(nothing_splits_where_all_features_are_constant)
{
    static const float x[] = {3, 3, 3, 3}, g[] = {-1, -1, 1, 1};

    prepare(x, g, 4, 1);
    if (!grow(kernels[_i]))
        return;
    ck_assert_int_eq(p.tree.nodes, 1);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(p.leaf[i], 0);
}
END_TEST

/* FNV-1a over the rows of entries. */
static uint64_t
hash_of(const uint32_t *entry, int32_t count)
{
    uint64_t hash = 14695981039346656037u;

    for (int32_t i = 0; i < count; i++)
        hash = (hash ^ (entry[i] & 0xffff)) * 1099511628211u;
    return hash;
}

START_TEST(equal_values_stand_as_std_sort_leaves_them)
{
    static const uint32_t few[] = {18, 3, 15, 6, 12, 9, 0,  10, 19, 16,
                                   13, 7, 4,  1, 11, 8, 14, 5,  17, 2};
    uint32_t entry[1000], state = 1;

    for (uint32_t i = 0; i < 20; i++)
        entry[i] = (i * 7 % 3) << 16 | i;
    sg_exact_sort(entry, 20);
    for (int i = 0; i < 20; i++)
        ck_assert_uint_eq(entry[i] & 0xffff, few[i]);
    for (uint32_t i = 0; i < 1000; i++) {
        state = state * 1103515245u + 12345u;
        entry[i] = (state >> 16) % 7 << 16 | i;
    }
    sg_exact_sort(entry, 1000);
    ck_assert_msg(hash_of(entry, 1000) == 18019311184333032353u, "another order");
}
END_TEST

START_TEST(killer_of_the_median_ends_in_the_heap_as_in_std_sort)
{
    uint32_t value[1000], entry[1000];

    /* Musser's sequence, three rows a value. */
    for (uint32_t i = 1; i <= 500; i++) {
        if (i % 2 == 1) {
            value[i - 1] = i;
            value[i] = 500 + i;
        }
        value[500 + i - 1] = 2 * i;
    }
    for (uint32_t i = 0; i < 1000; i++)
        entry[i] = value[i] / 3 << 16 | i;
    sg_exact_sort(entry, 1000);
    ck_assert_msg(hash_of(entry, 1000) == 18160535880998567253u, "another order");
}
END_TEST

TCase *
exact_tests(void)
{
    TCase *tests = tcase_create("exact");

    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, best_split_lies_between_the_classes, 0, 3);
    tcase_add_loop_test(tests, levels_go_on_until_nothing_is_gained, 0, 3);
    tcase_add_loop_test(tests, larger_threshold_wins_among_equals, 0, 3);
    tcase_add_loop_test(tests, smaller_threshold_wins_where_the_fold_has_missing_values, 0, 3);
    tcase_add_loop_test(tests, missing_rows_alone_go_right_of_all_values, 0, 3);
    tcase_add_loop_test(tests, missing_rows_alone_go_left_of_one_value, 0, 3);
    tcase_add_loop_test(tests, threshold_on_a_value_sends_its_rows_right, 0, 3);
    tcase_add_loop_test(tests, small_sides_are_no_splits, 0, 3);
    tcase_add_loop_test(tests, features_that_may_not_split_do_not, 0, 3);
    tcase_add_loop_test(tests, constraints_forbid_splits_against_their_sign, 0, 3);
    tcase_add_loop_test(tests, children_stay_on_their_side_of_the_middle, 0, 3);
    tcase_add_loop_test(tests, weights_are_shrunk_and_clipped, 0, 3);
    tcase_add_loop_test(tests, sums_that_round_are_taken_in_row_order, 0, 3);
    tcase_add_loop_test(tests, fold_leaves_the_other_rows_out, 0, 3);
    tcase_add_loop_test(tests, nothing_splits_where_all_features_are_constant, 0, 3);
    tcase_add_test(tests, equal_values_stand_as_std_sort_leaves_them);
    tcase_add_test(tests, killer_of_the_median_ends_in_the_heap_as_in_std_sort);
    return tests;
}
