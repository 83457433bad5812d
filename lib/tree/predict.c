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
 * are added afterwards, in order. Leaves loop to themselves (forest_layout.h), which is
 * what lets shallow trees wait for deep ones. Gathering lanes with vector
 * instructions was rejected: on the processors measured it is slower than scalar loads.
 *
 * A row in two parts is joined on the stack first, up to JOINED features; wider rows pay
 * a comparison per node instead.
 */

#include "tree/predict.h"

#include <math.h>
#include <string.h>

#include "tree/forest_layout.h"

enum { LANES = 8, JOINED = 1024 };

/* How much a kernel must be able to do; each one includes those before. */
typedef enum kernel { PLAIN, CATEGORICAL, SPLIT_ROW } kernel;

/* A row as the kernels read it. */
typedef struct features {
    const float *head; /* [split] */
    const float *tail;
    int64_t split; /* first feature of tail */
} features;

/* R3 */
static uint32_t
category_goes_right(const uint32_t *set, float value)
{
    uint32_t code;

    if (!(value >= 0.0f && value < 16777216.0f))
        return 0;
    code = (uint32_t)value;
    return code / 32 < set[0] ? set[1 + code / 32] >> code % 32 & 1 : 0;
}

/*
 * One step from a node, or none from a leaf. The kernel is a constant at every call, so
 * that plain forests run through no code for the rest.
 */
static inline uint32_t
step(const sg_forest *forest, const sg_node *root, uint32_t place, const features *row, kernel kind)
{
    const sg_node *node = &root[place];
    const int bits = forest->feature_bits;
    uint32_t link = node->link;
    uint32_t feature = link >> SG_NODE_FLAG_BITS & (((uint32_t)1 << bits) - 1);
    float value = kind == SPLIT_ROW && (int64_t)feature >= row->split
                      ? row->tail[feature - row->split]
                      : row->head[feature];
    uint32_t missing = value != value;
    uint32_t right;

    if (kind != PLAIN && (link & SG_NODE_CATEGORICAL) != 0)
        right = missing | category_goes_right(&forest->words[node->value.set], value);
    else
        right = !(value < node->value.threshold); /* also if missing */
    right &= ~(missing & (link / SG_NODE_DEFAULT_LEFT));
    right &= link / SG_NODE_INNER;
    return (link >> SG_NODE_FLAG_BITS >> bits) + right;
}

/* Walks up to LANES trees together and adds their leaves in order. */
static inline void
add_block(const sg_forest *forest, const sg_tree *trees, int count, const features *row,
          float *margin, kernel kind)
{
    const sg_node *root[LANES];
    uint32_t place[LANES] = {0};
    int depth = 0;

    for (int i = 0; i < LANES; i++) { /* lanes without a tree repeat the first one */
        const sg_tree *tree = &trees[i < count ? i : 0];

        root[i] = &forest->nodes[tree->root];
        depth = tree->depth > depth ? tree->depth : depth;
    }
    for (int d = 0; d < depth; d++) {
        for (int i = 0; i < LANES; i++)
            place[i] = step(forest, root[i], place[i], row, kind);
    }
    for (int i = 0; i < count; i++)
        margin[trees[i].output] += root[i][place[i]].value.leaf;
}

static void
add_trees(const sg_forest *forest, int64_t trees, const features *row, float *margin)
{
    for (int64_t first = 0; first < trees; first += LANES) {
        const sg_tree *block = &forest->trees[first];
        int count = trees - first < LANES ? (int)(trees - first) : LANES;
        int categorical = 0;

        for (int i = 0; i < count; i++)
            categorical |= block[i].categorical;
        if (row->tail != NULL)
            add_block(forest, block, count, row, margin, SPLIT_ROW);
        else if (categorical)
            add_block(forest, block, count, row, margin, CATEGORICAL);
        else
            add_block(forest, block, count, row, margin, PLAIN);
    }
}

void
sg_predict_margin(const sg_forest *forest, int32_t rounds, const float *row, int64_t head,
                  const float *tail, float *margin)
{
    float joined[JOINED];
    features parts = {row, NULL, forest->features};

    if (head < forest->features && forest->features <= JOINED) {
        if (head > 0)
            memcpy(joined, row, (size_t)head * sizeof *row);
        memcpy(joined + head, tail, (size_t)(forest->features - head) * sizeof *tail);
        parts.head = joined;
    } else if (head < forest->features) {
        parts.tail = tail;
        parts.split = head;
    }
    if (rounds <= 0 || rounds > forest->rounds)
        rounds = forest->rounds;
    memcpy(margin, forest->margin, (size_t)forest->outputs * sizeof *margin);
    add_trees(forest, (int64_t)rounds * forest->outputs, &parts, margin);
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
