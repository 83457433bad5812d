/* SPDX-License-Identifier: Apache-2.0 */

/* grown: numbers of nodes, pruning, and walks along a tree, with every kernel. */

#include <check.h>
#include <math.h>
#include <string.h>

#include "native/walk.h"

static const char *const kernels[] = {"portable", "avx2", "avx512"};

/* A kernel of this machine, or NULL: others are tested where they run. */
static const sg_kernel *
kernel_of(int which)
{
    segml_error err = SEGML_ERROR_INIT;
    const sg_kernel *kernel = NULL;
    int rc = sg_kernel_find(&kernel, kernels[which], &err);

    if (rc == SEGML_E_UNSUPPORTED && which > 0)
        return NULL;
    ck_assert_int_eq(rc, SEGML_OK);
    return kernel;
}

static void
split_at(sg_grown *tree, int32_t node, int32_t feature, float value, float gain)
{
    sg_grown_split(tree, node);
    tree->node[node].feature = feature;
    tree->node[node].value = value;
    tree->node[node].gain = gain;
}

/*
 *        0: x0 < 1 (gain 5)
 *      1: x1 < 2 (gain .5)    2
 *    3: x0 < -3 (gain 2)  4
 *   5  6
 */
static void
make(sg_grown *tree)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_grown_reserve(tree, 7, 0, &err), SEGML_OK);
    sg_grown_begin(tree);
    split_at(tree, 0, 0, 1, 5);
    split_at(tree, 1, 1, 2, 0.5f);
    split_at(tree, 3, 0, -3, 2);
    tree->node[1].missing_left = 1;
    for (int32_t i = 0; i < tree->nodes; i++) {
        tree->node[i].weight = (float)i * 10;
        if (tree->node[i].left == SG_GROWN_LEAF)
            tree->node[i].value = (float)i;
    }
}

START_TEST(children_get_the_next_two_numbers)
{
    sg_grown tree = {0};

    make(&tree);
    ck_assert_int_eq(tree.nodes, 7);
    ck_assert_int_eq(tree.node[0].left, 1);
    ck_assert_int_eq(tree.node[0].right, 2);
    ck_assert_int_eq(tree.node[3].left, 5);
    ck_assert_int_eq(tree.node[6].parent, 3);
    ck_assert_int_eq(tree.node[0].parent, -1);
    sg_grown_clear(&tree);
}
END_TEST

/* The split of node 1 has too little gain, but stands while the split of 3 below it stands. */
START_TEST(pruning_goes_from_the_bottom_up)
{
    sg_grown tree = {0};

    make(&tree);
    sg_grown_prune(&tree, 1, 0.5f);
    ck_assert_int_eq(tree.node[1].left, 3);
    ck_assert_int_eq(tree.node[3].left, 5);
    sg_grown_prune(&tree, 3, 0.5f);
    ck_assert_int_eq(tree.node[3].left, SG_GROWN_LEAF);
    ck_assert_int_eq(tree.node[1].left, SG_GROWN_LEAF);
    ck_assert_int_eq(tree.node[0].left, 1);
    ck_assert_float_eq(tree.node[1].value, 5); /* .5 * weight 10 */
    ck_assert_int_eq(tree.node[5].removed + tree.node[6].removed + tree.node[3].removed +
                         tree.node[4].removed,
                     4);
    ck_assert_int_eq(tree.nodes, 7);
    sg_grown_clear(&tree);
}
END_TEST

/* By hand: the leaf of each row, in blocks that are full and not. */
START_TEST(rows_walk_to_their_leaves)
{
    static const float rows[][2] = {{1, 0},      {0.5f, 2}, {0.5f, 1.5f}, {-3, NAN},
                                    {-3.5f, -9}, {NAN, 0},  {-3.5f, 2},   {NAN, NAN}};
    static const float leaf[] = {2, 4, 6, 6, 5, 2, 4, 2};
    enum { DISTINCT = 8, COUNT = 130, STRIDE = 3 * SG_WALK_BLOCK };
    float plane[2 * STRIDE];
    uint8_t skip[STRIDE] = {0};
    sg_walk_stop stack[7];
    const sg_kernel *kernel = kernel_of(_i);
    sg_grown tree = {0};

    make(&tree);
    for (int i = 0; i < STRIDE; i++) {
        plane[i] = rows[i * 3 % DISTINCT][0];
        plane[STRIDE + i] = rows[i * 3 % DISTINCT][1];
        skip[i] = i % 5 == 0;
    }
    for (int64_t count = 0; kernel != NULL && count <= COUNT; count++) {
        float margin[STRIDE] = {0}, some[STRIDE] = {0};
        sg_walk_task task = {&tree, plane, STRIDE, count, NULL, margin, stack};

        kernel->walk->add(&task);
        task.skip = skip;
        task.margin = some;
        kernel->walk->add(&task);
        for (int64_t i = 0; i < STRIDE; i++) {
            float expected = i < count ? leaf[i * 3 % DISTINCT] : 0;

            ck_assert_float_eq(margin[i], expected);
            ck_assert_float_eq(some[i], skip[i] ? 0 : expected);
        }
    }
    sg_grown_clear(&tree);
}
END_TEST

/* Categories 1 and 33 go right; what is no category and what is beyond the set goes left. */
START_TEST(sets_of_categories_go_right)
{
    enum { COUNT = 9 };
    static const float rows[SG_WALK_BLOCK] = {0, 1, 33, 32, 65, -1, 1e9f, NAN, 1.5f};
    static const float leaf[COUNT] = {1, 2, 2, 1, 1, 1, 1, 2, 2};
    const sg_kernel *kernel = kernel_of(_i);
    segml_error err = SEGML_ERROR_INIT;
    sg_grown tree = {0};
    float margin[SG_WALK_BLOCK] = {0};
    sg_walk_stop stack[3];
    sg_walk_task task = {&tree, rows, SG_WALK_BLOCK, COUNT, NULL, margin, stack};

    ck_assert_int_eq(sg_grown_reserve(&tree, 3, 3, &err), SEGML_OK);
    sg_grown_begin(&tree);
    sg_grown_split(&tree, 0);
    tree.word[0] = 2;
    tree.word[1] = tree.word[2] = 2;
    tree.words = 3;
    tree.node[0].set = 0;
    tree.node[1].value = 1;
    tree.node[2].value = 2;
    if (kernel != NULL)
        kernel->walk->add(&task);
    for (int i = 0; kernel != NULL && i < COUNT; i++)
        ck_assert_float_eq(margin[i], leaf[i]);
    sg_grown_clear(&tree);
}
END_TEST

START_TEST(margins_of_sampled_rows_move)
{
    static const int32_t leaf[] = {2, 0, 1};
    static const float value[] = {10, 20, 30};
    static const uint8_t in[] = {1, 0, 1};
    float margin[] = {1, 2, 3};
    const sg_kernel *kernel = kernel_of(_i);

    if (kernel == NULL)
        return;
    kernel->walk->settle(margin, leaf, value, in, 3);
    ck_assert_float_eq(margin[0], 31);
    ck_assert_float_eq(margin[1], 2);
    ck_assert_float_eq(margin[2], 23);
    kernel->walk->settle(margin, leaf, value, NULL, 3);
    ck_assert_float_eq(margin[1], 12);
}
END_TEST

START_TEST(kernels_that_do_not_exist_are_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    const sg_kernel *kernel = NULL;

    ck_assert_int_eq(sg_kernel_find(&kernel, "sse9", &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "\"sse9\""));
    ck_assert_int_eq(sg_kernel_find(&kernel, NULL, &err), SEGML_OK);
    ck_assert_ptr_nonnull(kernel);
}
END_TEST

TCase *
grown_tests(void)
{
    TCase *tc = tcase_create("grown");

    tcase_add_test(tc, children_get_the_next_two_numbers);
    tcase_add_test(tc, pruning_goes_from_the_bottom_up);
    tcase_add_loop_test(tc, rows_walk_to_their_leaves, 0, 3);
    tcase_add_loop_test(tc, sets_of_categories_go_right, 0, 3);
    tcase_add_loop_test(tc, margins_of_sampled_rows_move, 0, 3);
    tcase_add_test(tc, kernels_that_do_not_exist_are_refused);
    return tc;
}
