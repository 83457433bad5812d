/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Evaluating a forest, bit for bit as XGBoost's CPU predictor does:
 *
 * R1  Margins start from the intercept's margin, and trees add their leaf in ascending
 *     order, one rounding to float32 each. No partial sums: float addition is not
 *     associative.
 * R2  NaN is missing and takes the default direction. Otherwise less than the
 *     threshold is left: equal goes right, -0 equals 0, infinities are ordinary.
 * R3  A category is the value's whole part. In the node's set is right; negative, from
 *     2^24 on, or beyond the set is left.
 *
 * One tree is a chain of dependent loads and a branch that nobody can predict, so LANES
 * trees are walked together, without branches, until all are in a leaf; their leaves
 * are added afterwards, in order. What makes the steps short is the row's form, the
 * slots of forest_layout.h, filled once per row: missing is +infinity where that means
 * right and -infinity where it means left, +infinity itself is made finite, and leaves
 * read -infinity, which is less than any leaf, so that they stay where they are.
 * Gathering lanes with vector instructions was rejected: on the processors measured it is
 * slower than scalar loads.
 *
 * Where that form does not hold (thresholds that are not finite) or does not fit (MAX_USED)
 * trees are walked one by one, straight from the rules.
 */

#include "tree/predict.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "tree/forest_layout.h"

enum { LANES = 8, MAX_USED = 512, FIRST_LEVELS = 6, MORE_LEVELS = 3 };

/* A row in two parts. */
typedef struct parts {
    const float *head; /* [split] */
    const float *tail;
    int64_t split;
} parts;

static float
feature_of(const parts *row, int64_t feature)
{
    return feature < row->split ? row->head[feature] : row->tail[feature - row->split];
}

/* R3 */
static uint32_t
is_in_set(const uint32_t *set, float value)
{
    uint32_t code;

    if (!(value >= 0.0f && value < 16777216.0f))
        return 0;
    code = (uint32_t)value;
    return code / 32 < set[0] ? set[1 + code / 32] >> code % 32 & 1 : 0;
}

/* The leaf of one tree, by the rules. */
static float
walk(const sg_forest *forest, const sg_tree *tree, const parts *row)
{
    const sg_node *root = &forest->nodes[tree->root], *node = root;
    uint32_t slot = sg_link_slot(forest, node->link);

    while (slot != sg_leaf_slot(forest)) {
        float value = feature_of(row, forest->feature[slot / 2]);
        uint32_t right;

        if (isnan(value))
            right = slot % 2 == 0;
        else if (sg_link_categorical(forest, node->link))
            right = is_in_set(&forest->words[node->value.set], value);
        else
            right = !(value < node->value.threshold);
        node = root + sg_link_child(forest, node->link) + right;
        slot = sg_link_slot(forest, node->link);
    }
    return node->value.leaf;
}

static void
fill_slots(const sg_forest *forest, const parts *row, float *slots)
{
    for (int32_t i = 0; i < forest->used; i++) {
        float value = feature_of(row, forest->feature[i]);

        value = value > FLT_MAX ? FLT_MAX : value; /* no finite threshold tells them apart */
        slots[2 * i] = isnan(value) ? INFINITY : value;
        slots[2 * i + 1] = isnan(value) ? -INFINITY : value;
    }
    slots[2 * forest->used] = -INFINITY;
}

/*
 * One step from a node, or none from a leaf. `categorical` is a constant at every call, so
 * that plain trees run through no code for the rest.
 */
static inline uint32_t
step(const sg_forest *forest, const sg_node *node, const float *slots, int categorical)
{
    const float value = slots[sg_link_slot(forest, node->link)];
    uint32_t right = value >= node->value.threshold;

    if (categorical && sg_link_categorical(forest, node->link))
        right = value > FLT_MAX || is_in_set(&forest->words[node->value.set], value);
    return sg_link_child(forest, node->link) + right;
}

static inline int
are_leaves(const sg_forest *forest, const sg_node *const *root, const uint32_t *place)
{
    int inner = 0;

    for (int i = 0; i < LANES; i++)
        inner |= sg_link_slot(forest, root[i][place[i]].link) != sg_leaf_slot(forest);
    return !inner;
}

/* Walks up to LANES trees together and adds their leaves in order. */
static inline void
add_block(const sg_forest *forest, const sg_tree *trees, int count, const float *slots,
          float *margin, int categorical)
{
    const sg_node *root[LANES];
    uint32_t place[LANES] = {0};
    int depth = 0;

    for (int i = 0; i < LANES; i++) { /* lanes without a tree repeat the first one */
        const sg_tree *tree = &trees[i < count ? i : 0];

        root[i] = &forest->nodes[tree->root];
        depth = tree->depth > depth ? tree->depth : depth;
    }
    /* Few rows go the whole depth of an unbalanced tree. */
    for (int d = 0, stop = FIRST_LEVELS; d < depth; stop += MORE_LEVELS) {
        for (; d < depth && d < stop; d++) {
            for (int i = 0; i < LANES; i++)
                place[i] = step(forest, &root[i][place[i]], slots, categorical);
        }
        if (d < depth && are_leaves(forest, root, place))
            break;
    }
    for (int i = 0; i < count; i++)
        margin[trees[i].output] += root[i][place[i]].value.leaf;
}

/* Trees one by one. */
static void
add_walks(const sg_forest *forest, const sg_tree *trees, int64_t count, const parts *row,
          float *margin)
{
    for (int64_t t = 0; t < count; t++)
        margin[trees[t].output] += walk(forest, &trees[t], row);
}

static void
add_trees(const sg_forest *forest, int64_t trees, const parts *row, float *margin)
{
    float slots[2 * MAX_USED + 1];

    fill_slots(forest, row, slots);
    for (int64_t first = 0; first < trees; first += LANES) {
        const sg_tree *block = &forest->trees[first];
        const int count = trees - first < LANES ? (int)(trees - first) : LANES;
        int categorical = 0, infinite = 0;

        for (int i = 0; i < count; i++) {
            categorical |= block[i].categorical;
            infinite |= block[i].infinite;
        }
        if (infinite)
            add_walks(forest, block, count, row, margin);
        else if (categorical)
            add_block(forest, block, count, slots, margin, 1);
        else
            add_block(forest, block, count, slots, margin, 0);
    }
}

void
sg_predict_margin(const sg_forest *forest, int32_t rounds, const float *row, int64_t head,
                  const float *tail, float *margin)
{
    const parts both = {row, tail, head};
    int64_t trees;

    if (rounds <= 0 || rounds > forest->rounds)
        rounds = forest->rounds;
    trees = (int64_t)rounds * forest->outputs;
    memcpy(margin, forest->margin, (size_t)forest->outputs * sizeof *margin);
    if (forest->used > MAX_USED)
        add_walks(forest, forest->trees, trees, &both, margin);
    else
        add_trees(forest, trees, &both, margin);
}

/* 88.7 keeps the exponential finite; 1e-16 is XGBoost's, though it rounds away. */
static float
sigmoid(float margin)
{
    float x = -margin;

    x = 88.7f < x ? 88.7f : x;
    return 1.0f / (expf(x) + 1.0f + 1e-16f);
}

static void
softmax(float *values, int32_t outputs)
{
    float most = values[0];
    double sum = 0.0;

    for (int32_t i = 1; i < outputs; i++)
        most = fmaxf(values[i], most);
    for (int32_t i = 0; i < outputs; i++) {
        values[i] = expf(values[i] - most);
        sum += (double)values[i];
    }
    for (int32_t i = 0; i < outputs; i++)
        values[i] /= (float)sum;
}

void
sg_predict_transform(sg_objective objective, float *values, int32_t outputs)
{
    switch (objective) {
    case SG_OBJECTIVE_LOGISTIC:
        values[0] = sigmoid(values[0]);
        break;
    case SG_OBJECTIVE_SOFTPROB:
        softmax(values, outputs);
        break;
    case SG_OBJECTIVE_EXP:
        values[0] = expf(values[0]);
        break;
    case SG_OBJECTIVE_IDENTITY:
        break;
    }
}
