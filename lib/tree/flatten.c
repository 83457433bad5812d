/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From XGBoost's arrays to nodes level by level.
 *
 * Checked, so that neither a kernel nor XGBoost itself can be led astray by the file:
 *
 * R1  Every array has one element per node, each of the type XGBoost takes.
 * R2  A leaf has no children; an inner node has two, neighbours, behind it and inside
 *     the tree. A child names its parent, and a node has but one, so that each node
 *     is reached once at most: there are no cycles.
 * R3  Features are in range, leaves finite, thresholds numbers (infinity is one).
 * R4  Each categorical node has its own set of codes in [0, 2^24), not empty. The sets
 *     follow each other in the file's array of categories, so that reading them all
 *     is linear in the file.
 * R5  At most MAX_DEPTH steps from root to leaf.
 *
 * XGBoost keeps deleted nodes in its arrays. They must not lead XGBoost astray
 * either (their parents are checked), but only what the root reaches is laid out.
 * Breadth first instead of depth first, because siblings must be neighbours, and
 * because the levels that every row visits then share cache lines.
 *
 * O(nodes + bits of the category sets).
 */

#include "tree/flatten.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "tree/fields.h"

enum {
    MAX_DEPTH = 512,
    MAX_CATEGORY = (1 << 24) - 1, /* XGBoost treats codes from 2^24 as no category */
    ROOT_PARENT = 0x7FFFFFFF
};

/* The members of a tree, in the order of XGBoost's files. */
enum {
    BASE_WEIGHTS,
    CATEGORIES,
    CATEGORY_NODES,
    CATEGORY_SEGMENTS,
    CATEGORY_SIZES,
    DEFAULT_LEFT,
    ID,
    LEFT,
    GAIN,
    PARENT,
    RIGHT,
    CONDITION,
    SPLIT_INDEX,
    SPLIT_TYPE,
    HESSIAN,
    PARAM,
    TREE_FIELDS
};

enum { NUM_NODES, LEAF_SIZE, PARAM_FIELDS };

static const sg_field tree_fields[TREE_FIELDS] = {
    [BASE_WEIGHTS] = {.name = "base_weights", .type = SG_UBJ_TYPED, .element = 'd'},
    [CATEGORIES] = {.name = "categories", .type = SG_UBJ_TYPED, .element = 'l'},
    [CATEGORY_NODES] = {.name = "categories_nodes", .type = SG_UBJ_TYPED, .element = 'l'},
    [CATEGORY_SEGMENTS] = {.name = "categories_segments", .type = SG_UBJ_TYPED, .element = 'L'},
    [CATEGORY_SIZES] = {.name = "categories_sizes", .type = SG_UBJ_TYPED, .element = 'L'},
    [DEFAULT_LEFT] = {.name = "default_left", .type = SG_UBJ_TYPED, .element = 'U'},
    [ID] = {.name = "id", .type = SG_UBJ_INTEGER},
    [LEFT] = {.name = "left_children", .type = SG_UBJ_TYPED, .element = 'l'},
    [GAIN] = {.name = "loss_changes", .type = SG_UBJ_TYPED, .element = 'd'},
    [PARENT] = {.name = "parents", .type = SG_UBJ_TYPED, .element = 'l'},
    [RIGHT] = {.name = "right_children", .type = SG_UBJ_TYPED, .element = 'l'},
    [CONDITION] = {.name = "split_conditions", .type = SG_UBJ_TYPED, .element = 'd'},
    [SPLIT_INDEX] = {.name = "split_indices", .type = SG_UBJ_TYPED, .element = 'l'},
    [SPLIT_TYPE] = {.name = "split_type", .type = SG_UBJ_TYPED, .element = 'U'},
    [HESSIAN] = {.name = "sum_hessian", .type = SG_UBJ_TYPED, .element = 'd'},
    [PARAM] = {.name = "tree_param", .type = SG_UBJ_OBJECT, .count = PARAM_FIELDS},
};

static const sg_field param_fields[PARAM_FIELDS] = {
    [NUM_NODES] = {.name = "num_nodes", .type = SG_UBJ_TEXT},
    [LEAF_SIZE] = {.name = "size_leaf_vector", .type = SG_UBJ_TEXT, .optional = 1},
};

/* A tree as the file has it. */
typedef struct source {
    int32_t index;
    int64_t nodes;
    sg_field param[PARAM_FIELDS];
    sg_field field[TREE_FIELDS];
} source;

static int32_t
int32_of(const source *from, int field, int64_t node)
{
    return sg_ubj_int32_at(&from->field[field].value, node);
}

static float
float_of(const source *from, int field, int64_t node)
{
    return sg_ubj_float_at(&from->field[field].value, node);
}

static int
byte_of(const source *from, int field, int64_t node)
{
    return from->field[field].value.bytes[node];
}

static int
fail_node(const source *from, segml_error *err, int64_t node, const char *what)
{
    return sg_fail(err, SEGML_E_FORMAT, "model: tree %d: node %lld: %s", (int)from->index,
                   (long long)node, what);
}

static int
read_source(source *from, sg_ubj *reader, segml_error *err)
{
    int64_t leaf_size;
    char where[24];
    int rc;

    memcpy(from->field, tree_fields, sizeof tree_fields);
    memcpy(from->param, param_fields, sizeof param_fields);
    from->field[PARAM].members = from->param;
    rc = sg_fields_read(reader, from->field, TREE_FIELDS, err);
    if (rc >= 0)
        rc = sg_field_integer(&leaf_size, &from->param[LEAF_SIZE], 0, INT32_MAX, 0, err);
    if (rc < 0)
        return rc;
    if (leaf_size > 1)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "model: tree %d: leaves with %lld values: train one output per tree",
                       (int)from->index, (long long)leaf_size);
    snprintf(where, sizeof where, "tree %d", (int)from->index);
    rc = sg_fields_require(from->field, TREE_FIELDS, where, err);
    if (rc >= 0)
        rc = sg_fields_require(from->param, PARAM_FIELDS, "tree_param", err);
    if (rc >= 0)
        rc = sg_field_integer(&from->nodes, &from->param[NUM_NODES], 1, INT32_MAX, 0, err);
    if (rc >= 0 && from->field[ID].value.integer != from->index)
        rc = sg_fail(err, SEGML_E_FORMAT, "model: tree %d has the id %lld", (int)from->index,
                     (long long)from->field[ID].value.integer);
    return rc;
}

/* R1, and what holds for all nodes, reached or not. */
static int
check_arrays(const source *from, segml_error *err)
{
    static const int per_node[] = {BASE_WEIGHTS, DEFAULT_LEFT, LEFT,        GAIN,       PARENT,
                                   RIGHT,        CONDITION,    SPLIT_INDEX, SPLIT_TYPE, HESSIAN};

    for (size_t i = 0; i < sizeof per_node / sizeof *per_node; i++) {
        const sg_field *field = &from->field[per_node[i]];

        if (field->value.count != from->nodes)
            return sg_fail(err, SEGML_E_FORMAT, "model: tree %d: %lld nodes, but %lld %s",
                           (int)from->index, (long long)from->nodes, (long long)field->value.count,
                           field->name);
    }
    for (int64_t node = 0; node < from->nodes; node++) {
        int32_t parent = int32_of(from, PARENT, node);

        if (node == 0 ? parent != ROOT_PARENT && parent != -1 : parent < 0 || parent >= from->nodes)
            return fail_node(from, err, node, "its parent is out of range");
        if (byte_of(from, DEFAULT_LEFT, node) > 1 || byte_of(from, SPLIT_TYPE, node) > 1)
            return fail_node(from, err, node, "a flag is neither 0 nor 1");
    }
    return SEGML_OK;
}

/* R4 of one entry of the list of categorical nodes, whose set begins where the last ended. */
static int
check_set(const source *from, int64_t entry, int64_t last_end, segml_error *err)
{
    const sg_ubj_value *categories = &from->field[CATEGORIES].value;
    int64_t begin = sg_ubj_integer_at(&from->field[CATEGORY_SEGMENTS].value, entry);
    int64_t size = sg_ubj_integer_at(&from->field[CATEGORY_SIZES].value, entry);
    int32_t node = int32_of(from, CATEGORY_NODES, entry);

    if (node < 0 || node >= from->nodes || !byte_of(from, SPLIT_TYPE, node))
        return fail_node(from, err, node, "it has categories, but is no categorical node");
    if (entry > 0 && node <= int32_of(from, CATEGORY_NODES, entry - 1))
        return fail_node(from, err, node, "categorical nodes are not in ascending order");
    if (begin != last_end || size < 1 || size > categories->count - begin)
        return fail_node(from, err, node, "its categories are out of range");
    for (int64_t i = begin; i < begin + size; i++) {
        int32_t code = sg_ubj_int32_at(categories, i);

        if (code < 0 || code > MAX_CATEGORY)
            return fail_node(from, err, node, "a category is not in [0, 2^24)");
    }
    return SEGML_OK;
}

static int
check_sets(const source *from, segml_error *err)
{
    int64_t entries = from->field[CATEGORY_NODES].value.count, categorical = 0, end = 0;

    for (int64_t node = 0; node < from->nodes; node++)
        categorical += byte_of(from, SPLIT_TYPE, node);
    if (categorical != entries || entries != from->field[CATEGORY_SEGMENTS].value.count ||
        entries != from->field[CATEGORY_SIZES].value.count)
        return sg_fail(err, SEGML_E_FORMAT,
                       "model: tree %d: %lld categorical nodes, but %lld sets of categories",
                       (int)from->index, (long long)categorical, (long long)entries);
    for (int64_t entry = 0; entry < entries; entry++) {
        int rc = check_set(from, entry, end, err);

        if (rc < 0)
            return rc;
        end += sg_ubj_integer_at(&from->field[CATEGORY_SIZES].value, entry);
    }
    return SEGML_OK;
}

/* R2 and R3 of a node that the root reaches. */
static int
check_node(const source *from, int64_t features, int64_t node, segml_error *err)
{
    int32_t left = int32_of(from, LEFT, node), right = int32_of(from, RIGHT, node);
    int32_t feature = int32_of(from, SPLIT_INDEX, node);
    float condition = float_of(from, CONDITION, node);

    if (left == -1) {
        if (right != -1)
            return fail_node(from, err, node, "it has a right child, but no left one");
        if (!isfinite(condition))
            return fail_node(from, err, node, "its leaf value is not finite");
        return SEGML_OK;
    }
    if (left <= node || left >= from->nodes - 1 || right != left + 1)
        return fail_node(from, err, node, "its children are not two neighbours behind it");
    if (int32_of(from, PARENT, left) != node || int32_of(from, PARENT, right) != node)
        return fail_node(from, err, node, "its children name another parent");
    if (feature < 0 || feature >= features)
        return fail_node(from, err, node, "its feature is out of range");
    if (!byte_of(from, SPLIT_TYPE, node) && isnan(condition))
        return fail_node(from, err, node, "its threshold is NaN");
    return SEGML_OK;
}

/* Appends the set of a categorical node: the number of words, then their bits. */
static int
append_set(sg_flatten *to, const source *from, int64_t node, uint32_t *place, segml_error *err)
{
    const sg_ubj_value *categories = &from->field[CATEGORIES].value;
    int64_t low = 0, high = from->field[CATEGORY_NODES].value.count - 1, begin, size;
    uint32_t *words, count = 0;
    int rc;

    while (low < high) { /* the entry of the node: check_sets() saw that there is one */
        int64_t middle = (low + high) / 2;

        if (int32_of(from, CATEGORY_NODES, middle) < node)
            low = middle + 1;
        else
            high = middle;
    }
    begin = sg_ubj_integer_at(&from->field[CATEGORY_SEGMENTS].value, low);
    size = sg_ubj_integer_at(&from->field[CATEGORY_SIZES].value, low);
    for (int64_t i = begin; i < begin + size; i++) {
        uint32_t needed = (uint32_t)sg_ubj_int32_at(categories, i) / 32 + 1;

        count = needed > count ? needed : count;
    }
    rc = sg_buf_reserve(&to->words, ((size_t)count + 1) * sizeof *words, err);
    if (rc < 0)
        return rc;
    *place = (uint32_t)(to->words.size / sizeof *words);
    words = (uint32_t *)(void *)(to->words.bytes + to->words.size);
    to->words.size += ((size_t)count + 1) * sizeof *words;
    words[0] = count;
    memset(words + 1, 0, count * sizeof *words);
    for (int64_t i = begin; i < begin + size; i++) {
        uint32_t code = (uint32_t)sg_ubj_int32_at(categories, i);

        words[1 + code / 32] |= (uint32_t)1 << code % 32;
    }
    return SEGML_OK;
}

/* Gains are floats of XGBoost's that may have overflowed: they must not spoil a sum. */
static double
bounded_gain(float gain)
{
    return isnan(gain) ? 0.0 : fmin(fmax((double)gain, -(double)FLT_MAX), (double)FLT_MAX);
}

/* Lays out the node at one place; its children get the places from `child` on. */
static int
lay_node(sg_flatten *to, sg_tree *tree, const source *from, uint32_t place, uint32_t child,
         segml_error *err)
{
    const int32_t node = to->order[place];
    sg_flat_node *laid = (sg_flat_node *)(void *)(to->nodes.bytes + to->nodes.size);

    memset(laid, 0, sizeof *laid);
    to->nodes.size += sizeof *laid; /* make_room() has reserved it */
    if (int32_of(from, LEFT, node) == -1) {
        laid->value.leaf = float_of(from, CONDITION, node);
        laid->child = place;
        laid->feature = -1;
        return SEGML_OK;
    }
    laid->child = child;
    laid->feature = int32_of(from, SPLIT_INDEX, node);
    laid->default_left = (uint8_t)byte_of(from, DEFAULT_LEFT, node);
    to->gain[laid->feature] += bounded_gain(float_of(from, GAIN, node));
    if (byte_of(from, SPLIT_TYPE, node)) {
        laid->categorical = tree->categorical = 1;
        return append_set(to, from, node, &laid->value.set, err);
    }
    laid->value.threshold = float_of(from, CONDITION, node);
    if (isinf(laid->value.threshold))
        tree->infinite = 1;
    return SEGML_OK;
}

/* Visits the nodes level by level, checking each before it is laid out. */
static int
lay_tree(sg_flatten *to, sg_tree *tree, const source *from, segml_error *err)
{
    int64_t count = 1, level_end = 1;

    to->order[0] = 0;
    for (int64_t place = 0; place < count; place++) {
        const int32_t node = to->order[place], left = int32_of(from, LEFT, node);
        const int64_t child = count;
        int rc = check_node(from, to->features, node, err);

        if (rc >= 0 && left != -1) {
            to->order[count++] = left;
            to->order[count++] = left + 1;
        }
        if (rc >= 0)
            rc = lay_node(to, tree, from, (uint32_t)place, (uint32_t)child, err);
        if (rc < 0)
            return rc;
        if (place + 1 == level_end && count > level_end) {
            level_end = count;
            if (++tree->depth > MAX_DEPTH)
                return sg_fail(err, SEGML_E_LIMIT, "model: tree %d is deeper than %d",
                               (int)from->index, MAX_DEPTH);
        }
    }
    return SEGML_OK;
}

/* Room for as many nodes as can be reached. */
static int
make_room(sg_flatten *flatten, int64_t nodes, segml_error *err)
{
    int32_t *order;

    if (nodes > flatten->capacity) {
        order = sg_alloc_resize(flatten->order, nodes, sizeof *order);
        if (order == NULL)
            return sg_fail_nomem(err);
        flatten->order = order;
        flatten->capacity = nodes;
    }
    return sg_buf_reserve(&flatten->nodes, (size_t)nodes * sizeof(sg_flat_node), err);
}

int
sg_flatten_tree(sg_flatten *flatten, sg_tree *tree, sg_ubj *reader, int32_t index, segml_error *err)
{
    source from = {.index = index};
    int rc = read_source(&from, reader, err);

    memset(tree, 0, sizeof *tree);
    tree->root = (uint32_t)(flatten->nodes.size / sizeof(sg_flat_node));
    if (rc >= 0)
        rc = check_arrays(&from, err);
    if (rc >= 0)
        rc = check_sets(&from, err);
    if (rc >= 0)
        rc = make_room(flatten, from.nodes, err);
    if (rc >= 0)
        rc = lay_tree(flatten, tree, &from, err);
    return rc;
}

void
sg_flatten_clear(sg_flatten *flatten)
{
    sg_free(flatten->order);
    sg_buf_clear(&flatten->words);
    sg_buf_clear(&flatten->nodes);
}
