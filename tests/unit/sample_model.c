/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writes models as XGBoost's UBJWriter does, member for member. The writer knows nothing
 * of the reader under test.
 */

#include "unit/sample_model.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static void
put(sg_buf *out, const void *bytes, size_t size)
{
    ck_assert_int_eq(sg_buf_append(out, bytes, size, NULL), SEGML_OK);
}

static void
put_big_endian(sg_buf *out, uint64_t bits, int size)
{
    for (int i = size - 1; i >= 0; i--) {
        unsigned char byte = (unsigned char)(bits >> 8 * i);

        put(out, &byte, 1);
    }
}

static void
put_counted(sg_buf *out, const char *text)
{
    put(out, "L", 1);
    put_big_endian(out, strlen(text), 8);
    put(out, text, strlen(text));
}

static void
put_text(sg_buf *out, const char *key, const char *text)
{
    put_counted(out, key);
    put(out, "S", 1);
    put_counted(out, text);
}

static void
put_integer(sg_buf *out, int64_t value)
{
    put(out, "l", 1);
    put_big_endian(out, (uint64_t)value, 4);
}

/* A count as text, unless another text is given. */
static void
put_number(sg_buf *out, const char *key, const char *text, int number)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%d", number);
    put_text(out, key, text != NULL ? text : digits);
}

static void
put_integers(sg_buf *out, const char *key, const int *values, int count)
{
    put_counted(out, key);
    put(out, "[#L", 3);
    put_big_endian(out, (uint64_t)count, 8);
    for (int i = 0; i < count; i++)
        put_integer(out, values[i]);
}

/* An array of a tree, unless it shall be missing; twice if it shall be doubled. */
static void
put_array(sg_buf *out, const sample_tree *tree, const char *key, char type, const void *values,
          int count)
{
    const int size = type == 'U' ? 1 : type == 'L' ? 8 : 4;
    int times = 1;

    if (tree->missing != NULL && strcmp(tree->missing, key) == 0)
        times = 0;
    if (tree->doubled != NULL && strcmp(tree->doubled, key) == 0)
        times = 2;
    for (int t = 0; t < times; t++) {
        put_counted(out, key);
        put(out, "[$", 2);
        put(out, &type, 1);
        put(out, "#L", 2);
        put_big_endian(out, (uint64_t)count, 8);
        for (int i = 0; i < count; i++) {
            uint64_t wide = 0;
            uint32_t narrow;

            if (size == 8) {
                memcpy(&wide, (const int64_t *)values + i, 8);
            } else if (size == 4) {
                memcpy(&narrow, (const int32_t *)values + i, 4);
                wide = narrow;
            } else {
                wide = ((const uint8_t *)values)[i];
            }
            put_big_endian(out, wide, size);
        }
    }
}

static void
put_tree(sg_buf *out, const sample_tree *tree)
{
    static const float zeros[SAMPLE_NODES];
    const int n = tree->nodes;

    put(out, "{", 1);
    put_array(out, tree, "base_weights", 'd', zeros, n);
    put_array(out, tree, "categories", 'l', tree->category, tree->categories);
    put_array(out, tree, "categories_nodes", 'l', tree->set_node, tree->sets);
    put_array(out, tree, "categories_segments", 'L', tree->set_begin, tree->sets);
    put_array(out, tree, "categories_sizes", 'L', tree->set_size, tree->sets);
    put_array(out, tree, "default_left", 'U', tree->default_left, n);
    put_counted(out, "id");
    put_integer(out, tree->id);
    put_array(out, tree, "left_children", 'l', tree->left, n);
    put_array(out, tree, "loss_changes", 'd', tree->gain, n);
    put_array(out, tree, "parents", 'l', tree->parent, n);
    put_array(out, tree, "right_children", 'l', tree->right, n);
    put_array(out, tree, "split_conditions", 'd', tree->condition, n);
    put_array(out, tree, "split_indices", 'l', tree->feature, n);
    put_array(out, tree, "split_type", 'U', tree->categorical, n);
    put_array(out, tree, "sum_hessian", 'd', zeros, n);
    put_counted(out, "tree_param");
    put(out, "{", 1);
    put_text(out, "num_deleted", "0");
    put_number(out, "num_nodes", tree->num_nodes, n);
    put_text(out, "size_leaf_vector", tree->leaf_size);
    put(out, "}}", 2);
}

static int
has(const sample_model *model, const char *key)
{
    return model->missing == NULL || strcmp(model->missing, key) != 0;
}

static void
put_model(sg_buf *out, const sample_model *model)
{
    put_counted(out, "model");
    put(out, "{", 1);
    if (model->dictionaries >= 0) {
        put_counted(out, "cats");
        put(out, "{", 1);
        put_integers(out, "enc", model->info, model->dictionaries);
        put(out, "}", 1);
    }
    put_counted(out, "gbtree_model_param");
    put(out, "{", 1);
    put_text(out, "num_parallel_tree", model->num_parallel_tree);
    put_number(out, "num_trees", model->num_trees, model->trees);
    put(out, "}", 1);
    if (model->rounds > 0)
        put_integers(out, "iteration_indptr", model->round, model->rounds);
    if (has(model, "tree_info"))
        put_integers(out, "tree_info", model->info, model->infos);
    if (has(model, "trees")) {
        put_counted(out, "trees");
        put(out, "[#L", 3);
        put_big_endian(out, (uint64_t)model->trees, 8);
        for (int i = 0; i < model->trees; i++)
            put_tree(out, &model->tree[i]);
    }
    if (model->weights > 0) {
        put_counted(out, "weight_drop");
        put(out, "[", 1);
        for (int i = 0; i < model->weights; i++)
            put(out, "d\x3F\x80\x00\x00", 5); /* 1.0 */
        put(out, "]", 1);
    }
    put(out, "}", 1);
}

static void
put_learner(sg_buf *out, const sample_model *model)
{
    put_counted(out, "learner");
    put(out, "{", 1);
    put_counted(out, "attributes");
    put(out, "{}", 2);
    put_counted(out, "gradient_booster");
    put(out, "{", 1);
    put_model(out, model);
    put_text(out, "name", model->booster);
    put(out, "}", 1);
    put_counted(out, "learner_model_param");
    put(out, "{", 1);
    if (has(model, "base_score"))
        put_text(out, "base_score", model->base_score);
    put_text(out, "num_class", model->num_class);
    put_text(out, "num_feature", model->num_feature);
    put_text(out, "num_target", model->num_target);
    put(out, "}", 1);
    put_counted(out, "objective");
    put(out, "{", 1);
    put_text(out, "name", model->objective);
    if (model->softmax_classes != NULL) {
        put_counted(out, "softmax_multiclass_param");
        put(out, "{", 1);
        put_text(out, "num_class", model->softmax_classes);
        put(out, "}", 1);
    }
    put(out, "}}", 2);
}

void
sample_model_write(sg_buf *out, const sample_model *model)
{
    const int version[3] = {model->version[0], model->version[1], 0};

    sg_buf_clear(out);
    put(out, "{", 1);
    if (has(model, "learner"))
        put_learner(out, model);
    if (has(model, "version"))
        put_integers(out, "version", version, 3);
    put(out, "}", 1);
    if (model->after != NULL)
        put(out, model->after, strlen(model->after));
}

void
sample_leaf(sample_tree *tree, int node, float value)
{
    tree->left[node] = tree->right[node] = -1;
    tree->condition[node] = value;
}

void
sample_split(sample_tree *tree, int node, int left, int32_t feature, float threshold)
{
    tree->left[node] = left;
    tree->right[node] = left + 1;
    tree->parent[left] = tree->parent[left + 1] = node;
    tree->feature[node] = feature;
    tree->condition[node] = threshold;
}

void
sample_constant(sample_tree *tree, int64_t id, float value)
{
    memset(tree, 0, sizeof *tree);
    tree->id = id;
    tree->nodes = 1;
    tree->leaf_size = "1";
    tree->parent[0] = INT32_MAX;
    sample_leaf(tree, 0, value);
}

void
sample_chain(sample_tree *tree, int64_t id, int depth)
{
    sample_constant(tree, id, 0.0f);
    tree->nodes = 2 * depth + 1;
    for (int i = 0; i < depth; i++) {
        int node = 2 * i;

        sample_split(tree, node, node + 1, 0, 0.0f);
        sample_leaf(tree, node + 1, (float)i);
    }
    sample_leaf(tree, 2 * depth, (float)depth);
}

void
sample_model_init(sample_model *model)
{
    sample_tree *first = &model->tree[0], *second = &model->tree[1];

    *model = (sample_model){.version = {3, 2},
                            .booster = "gbtree",
                            .objective = "reg:squarederror",
                            .base_score = "[5E-1]",
                            .num_class = "0",
                            .num_feature = "2",
                            .num_target = "1",
                            .num_parallel_tree = "1",
                            .trees = 2,
                            .infos = 2,
                            .rounds = 3,
                            .round = {0, 1, 2}};
    sample_constant(first, 0, 0.0f);
    first->nodes = 5;
    sample_split(first, 0, 1, 0, 1.5f);
    first->default_left[0] = 1;
    first->gain[0] = 10.0f;
    sample_leaf(first, 1, 0.25f);
    sample_split(first, 2, 3, 1, 0.0f);
    first->default_left[2] = 1;
    first->gain[2] = 3.0f;
    first->categorical[2] = 1;
    first->sets = 1;
    first->set_node[0] = 2;
    first->set_size[0] = 2;
    first->categories = 2;
    first->category[0] = 1;
    first->category[1] = 33;
    sample_leaf(first, 3, -0.5f);
    sample_leaf(first, 4, 1.0f);
    sample_constant(second, 1, 0.0f);
    second->nodes = 3;
    sample_split(second, 0, 1, 0, 0.0f);
    second->gain[0] = 0.5f;
    sample_leaf(second, 1, -2.0f);
    sample_leaf(second, 2, 4.0f);
}
