/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trees between bins.
 *
 * R1  Gradients become integers: times the largest power of two that keeps the sum of all |g| of
 *     the fold, and that of all h, below 2^29 (at most 2^120; lambda stays below 2^40 in units
 *     of h), rounded to nearest, half to even. Those two sums are taken in double by eight
 *     accumulators, row i to number i mod 8, then ((0+4)+(2+6))+((1+5)+(3+7)). If one is not
 *     finite, all gradients count as 0. No sum of up to 2^29 rows reaches 2^30.
 * R2  Everything below starts from sums of these integers, which are exact: their order, and
 *     whether a histogram is built or is the parent's less the sibling's, cannot be seen.
 * R3  Rows that are not sampled are in no sum, and features that are masked split nothing.
 * R4  A candidate is a bin b: bins up to b go left, the others right, missing values to one
 *     side. Missing values on the right come first, then on the left if the node has any. The
 *     threshold is the cut above b.
 * R5  Its gain is (tl*tl*hr + tr*tr*hl) / (hl*hr) in float, t = max(|g| - alpha, 0), h with lambda
 *     added; each sum is rounded once, products are taken from left to right, nothing is
 *     contracted. With max_delta_step m it is the sum of both sides' t*t / h, or
 *     m * (t + t - m*h) where t > m*h. With constraints it is XGBoost's, in double, rounded
 *     to float.
 * R6  Each side needs a Hessian of at least min_child_weight, and one above 0.
 * R7  The best candidate has the largest gain; then the lowest feature, the lowest bin, missing
 *     values on the right.
 * R8  The weight of a node is -T(G) / (H + lambda) in double, T the soft threshold by alpha,
 *     clipped to max_delta_step, rounded to float, clipped to its bounds; 0 if H is below
 *     min_child_weight. A leaf's value is weight * eta in float.
 * R9  A node splits if its best candidate's loss (both gains less its own, in double, rounded to
 *     float) is above 1e-6.
 * R10 Level by level: nodes split in the order of their numbers. Best first: the largest
 *     loss splits first, among equals the lowest number, until there are max_leaves leaves.
 * R11 A child gets no histogram, and stays a leaf, if it is at max_depth, has one row, or
 *     has less Hessian than two sides need.
 * R12 A feature of fewer than max_cat_to_onehot categories in the fold splits off one
 *     category to the right, categories ascending, missing values left, then right. Others are
 *     ordered by weight (R8 without bounds), then by code; for k = 1, 2, ... below both 64 and
 *     their number, the first k go right, then the last k, missing values left. Candidates
 *     count as bins in this order. What is in no set goes left, with the many: categories that
 *     the fold has not seen too. (XGBoost has the last k on the left, and the unseen with them.)
 * R13 Monotone constraints are XGBoost's: a split whose weights are in the wrong order is none; the
 *     mean of both weights bounds what grows below.
 *
 * The rows of a node are a segment of one array. Dividing keeps their order, so every list is
 * ascending and the root's is the rows themselves. The smaller child's histogram is built, and
 * taken from the parent's to give the other, in place: there is one histogram for each node
 * that may still split.
 *
 * Rejected: float sums, whose order would have to be laid down for every kernel; comparing
 * gains as fractions, which saves the division but is not transitive once products round.
 */

#include "native/grower.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "native/hist_places.h"
#include "native/hist_search.h"

enum { LEAST_ROOM = 64, WORD_BITS = 32 };

static const float least_loss = 1e-6f;

/* A node that can split. */
typedef struct candidate {
    int32_t node;
    int32_t depth;
    int32_t first, count; /* its rows */
    int32_t place;        /* of its histogram */
    float loss;
    uint64_t sum;
    uint64_t left; /* sum of the left side of its split */
    sg_hist_bounds bounds;
    sg_hist_best split;
} candidate;

struct sg_grower {
    sg_bins bins;
    const sg_hist_kernel *kernel;
    uint64_t *sum;   /* [rows + SG_BINS_PAD] each row's gradient and Hessian */
    uint32_t *row;   /* [rows + SG_BINS_PAD] rows of all nodes, segment by segment */
    uint32_t *spare; /* the same, scratch */
    uint8_t *usable; /* [features + SG_BINS_PAD] by slot */
    uint8_t *side;   /* [categories] scratch: 1 = goes right */
    int64_t side_room;
    sg_hist_order order;
    sg_hist_places places;
    candidate *open; /* in the order of their making */
    int32_t *heap;   /* best first: their indices, the best on top */
    int32_t opened, next, heaped, open_room;
};

/* One call of grow. */
typedef struct growth {
    sg_grower *grower;
    const sg_grow_task *task;
    sg_hist_rule rule;
    int32_t leaves;
    segml_error *err;
} growth;

static void
close_grower(sg_grower *grower)
{
    if (grower == NULL)
        return;
    sg_hist_places_clear(&grower->places);
    sg_free(grower->heap);
    sg_free(grower->open);
    sg_hist_order_clear(&grower->order);
    sg_free(grower->side);
    sg_free(grower->usable);
    sg_free(grower->spare);
    sg_free(grower->row);
    sg_free(grower->sum);
    sg_bins_clear(&grower->bins);
    sg_free(grower);
}

static int
open_grower(sg_grower **out, const sg_columns *columns, const sg_kernel *kernel, segml_error *err)
{
    sg_grower *grower = sg_alloc_zeroed(1, sizeof *grower);
    int64_t room = columns->rows->rows + SG_BINS_PAD;
    int rc;

    *out = NULL;
    if (grower == NULL)
        return sg_fail_nomem(err);
    grower->kernel = kernel->hist;
    rc = sg_bins_open(&grower->bins, columns, err);
    if (rc < 0)
        goto out;
    grower->sum = sg_alloc_zeroed(room, sizeof *grower->sum);
    grower->row = sg_alloc_zeroed(room, sizeof *grower->row);
    grower->spare = sg_alloc_zeroed(room, sizeof *grower->spare);
    grower->usable = sg_alloc_zeroed(columns->rows->features + SG_BINS_PAD, 1);
    if (grower->sum == NULL || grower->row == NULL || grower->spare == NULL ||
        grower->usable == NULL)
        rc = sg_fail_nomem(err);
out:
    if (rc < 0)
        close_grower(grower);
    else
        *out = grower;
    return rc;
}

static int
turn_grower(sg_grower *grower, const int32_t *row, int32_t count, segml_error *err)
{
    sg_bins *bins = &grower->bins;
    int64_t categories = 0;
    int rc = sg_bins_make(bins, row, count, err);

    if (rc < 0)
        return rc;
    sg_hist_places_size(&grower->places, bins->entries);
    for (int32_t s = bins->numeric; s < bins->features; s++)
        categories = bins->slot[s].bins > categories ? bins->slot[s].bins : categories;
    if (categories + 1 > grower->side_room) {
        sg_free(grower->side);
        grower->side_room = 0;
        grower->side = sg_alloc_zeroed(categories + 1, sizeof *grower->side);
        if (grower->side == NULL)
            return sg_fail_nomem(err);
        grower->side_room = categories + 1;
    }
    return sg_hist_order_reserve(&grower->order, categories, err);
}

/* R10: whether a splits before b. */
static int
goes_first(const candidate *a, const candidate *b)
{
    return a->loss != b->loss ? a->loss > b->loss : a->node < b->node;
}

static int
push(growth *g, const candidate *one)
{
    sg_grower *grower = g->grower;
    int32_t at;

    if (grower->opened == grower->open_room) {
        int64_t room = grower->open_room > 0 ? 2 * (int64_t)grower->open_room : LEAST_ROOM;
        candidate *open = sg_alloc_resize(grower->open, room, sizeof *open);
        int32_t *heap;

        if (open == NULL)
            return sg_fail_nomem(g->err);
        grower->open = open;
        heap = sg_alloc_resize(grower->heap, room, sizeof *heap);
        if (heap == NULL)
            return sg_fail_nomem(g->err);
        grower->heap = heap;
        grower->open_room = (int32_t)room;
    }
    grower->open[grower->opened] = *one;
    at = grower->heaped++;
    for (; at > 0 && g->task->params->max_leaves > 0; at = (at - 1) / 2) {
        int32_t above = grower->heap[(at - 1) / 2];

        if (!goes_first(one, &grower->open[above]))
            break;
        grower->heap[at] = above;
    }
    grower->heap[at] = grower->opened++;
    return SEGML_OK;
}

/* Takes the top off the heap. */
static int32_t
pop_best(sg_grower *grower)
{
    int32_t top = grower->heap[0], last = grower->heap[--grower->heaped], at = 0;

    for (;;) {
        int32_t child = 2 * at + 1;

        if (child >= grower->heaped)
            break;
        child += child + 1 < grower->heaped && goes_first(&grower->open[grower->heap[child + 1]],
                                                          &grower->open[grower->heap[child]]);
        if (goes_first(&grower->open[last], &grower->open[grower->heap[child]]))
            break;
        grower->heap[at] = grower->heap[child];
        at = child;
    }
    grower->heap[at] = last;
    return top;
}

/* The node that splits next; -1 = none. */
static int32_t
pop(growth *g)
{
    sg_grower *grower = g->grower;

    if (g->task->params->max_leaves == 0)
        return grower->next < grower->opened ? grower->next++ : -1;
    if (grower->heaped == 0 || g->leaves >= g->task->params->max_leaves)
        return -1;
    return pop_best(grower);
}

static sg_hist_node
node_of(growth *g, const candidate *one)
{
    sg_grower *grower = g->grower;

    return (sg_hist_node){.bins = &grower->bins,
                          .rule = &g->rule,
                          .kernel = grower->kernel,
                          .hist = grower->places.hist[one->place],
                          .usable = grower->usable,
                          .whole = one->sum,
                          .bounds = one->bounds,
                          .order = &grower->order};
}

/* Marks the rows of a leaf. */
static void
mark(growth *g, int32_t node, int32_t first, int32_t count)
{
    const uint32_t *row = g->grower->row + first;

    for (int32_t i = 0; i < count; i++)
        g->task->leaf[row[i]] = node;
}

/* R9: keeps a node that can split, whose histogram is there; else it is a leaf. */
static int
consider(growth *g, candidate *one)
{
    sg_hist_node node = node_of(g, one);

    one->split = sg_hist_find(&node);
    if (one->split.slot >= 0) {
        one->left = sg_hist_left(&node, &one->split);
        one->loss = sg_hist_loss(&g->rule, one->bounds, one->left, one->sum);
        if (one->loss > least_loss)
            return push(g, one);
    }
    sg_hist_places_give(&g->grower->places, one->place);
    mark(g, one->node, one->first, one->count);
    return SEGML_OK;
}

/* R11, but for the number of rows. */
static int
may_split(const growth *g, int32_t depth, uint64_t sum)
{
    const sg_grow_params *p = g->task->params;

    return (p->max_depth == 0 || depth < p->max_depth) &&
           (p->max_leaves == 0 || g->leaves < p->max_leaves) && sg_hist_h(sum) / 2 >= g->rule.least;
}

/* Writes the categories that go right into the tree, and their sides into side. */
static int
make_set(growth *g, const candidate *one, int32_t *set)
{
    sg_grower *grower = g->grower;
    sg_hist_node node = node_of(g, one);
    const sg_bins *bins = &grower->bins;
    const int32_t *name =
        bins->name + (one->split.slot - bins->numeric) * bins->columns->rows->rows;
    const int32_t *chosen;
    int32_t count = sg_hist_chosen(&node, &one->split, &chosen), most = 0, words, rc;
    uint32_t *word;

    memset(grower->side, 0, (size_t)bins->slot[one->split.slot].bins);
    grower->side[bins->slot[one->split.slot].bins] = !one->split.missing_left;
    for (int32_t i = 0; i < count; i++) {
        int32_t c = chosen[i];

        grower->side[c] = 1;
        most = name[c] > most ? name[c] : most;
    }
    words = most / WORD_BITS + 1;
    *set = g->task->tree->words;
    rc = sg_grown_reserve(g->task->tree, 0, (int64_t)*set + 1 + words, g->err);
    if (rc < 0)
        return rc;
    word = g->task->tree->word + *set;
    memset(word, 0, (size_t)(1 + words) * sizeof *word);
    word[0] = (uint32_t)words;
    for (int32_t i = 0; i < count; i++) {
        int32_t code = name[chosen[i]];

        word[1 + code / WORD_BITS] |= (uint32_t)1 << code % WORD_BITS;
    }
    g->task->tree->words += 1 + words;
    return SEGML_OK;
}

/* Divides the rows by a set of categories. */
static int32_t
part_by_set(sg_grower *grower, const candidate *one)
{
    const uint32_t *category = sg_bins_category(&grower->bins, one->split.slot);
    uint32_t *row = grower->row + one->first, *spare = grower->spare;
    int32_t left = 0, right = 0;

    for (int32_t i = 0; i < one->count; i++) {
        uint32_t here = row[i];
        int goes_right = grower->side[category[here]];

        row[left] = here;
        spare[right] = here;
        left += !goes_right;
        right += goes_right;
    }
    memcpy(row + left, spare, (size_t)right * sizeof *row);
    return left;
}

/* Number of rows that go left. */
static int32_t
part(sg_grower *grower, const candidate *one)
{
    sg_hist_part task;

    if (one->split.slot >= grower->bins.numeric)
        return part_by_set(grower, one);
    task = (sg_hist_part){.code = sg_bins_code(&grower->bins, one->split.slot),
                          .shift = (uint8_t)one->split.missing_left,
                          .bound = (uint8_t)(one->split.place + one->split.missing_left),
                          .row = grower->row + one->first,
                          .spare = grower->spare,
                          .count = one->count};
    return grower->kernel->part(&task);
}

static void
build(growth *g, const candidate *one)
{
    sg_grower *grower = g->grower;

    grower->kernel->build(grower->places.hist[one->place], &grower->bins, grower->sum,
                          grower->row + one->first, one->count);
}

/* Histograms of those children that may split, out of the parent's. */
static int
make_histograms(growth *g, int32_t parent, candidate *child, const int *splits)
{
    sg_grower *grower = g->grower;
    candidate *small = &child[child[1].count < child[0].count];
    candidate *large = &child[child[1].count >= child[0].count];
    int small_splits = splits[small - child], large_splits = splits[large - child];
    int rc;

    if (!large_splits) {
        small->place = parent;
        build(g, small);
        return SEGML_OK;
    }
    rc = sg_hist_places_take(&grower->places, &small->place, g->err);
    if (rc < 0)
        return rc;
    large->place = parent;
    build(g, small);
    grower->kernel->subtract(grower->places.hist[parent], grower->places.hist[small->place],
                             grower->bins.entries);
    if (!small_splits)
        sg_hist_places_give(&grower->places, small->place);
    return SEGML_OK;
}

/* Marks the rows of two leaves as their split sends them. */
static void
mark_sides(growth *g, const candidate *one, int32_t left)
{
    const sg_bins *bins = &g->grower->bins;
    const uint32_t *row = g->grower->row + one->first;
    int32_t *leaf = g->task->leaf, slot = one->split.slot;

    if (slot >= bins->numeric) {
        const uint32_t *category = sg_bins_category(bins, slot);

        for (int32_t i = 0; i < one->count; i++)
            leaf[row[i]] = left + g->grower->side[category[row[i]]];
    } else {
        const uint8_t *code = sg_bins_code(bins, slot);
        int32_t shift = one->split.missing_left, bound = one->split.place + shift;

        for (int32_t i = 0; i < one->count; i++)
            leaf[row[i]] = left + ((uint8_t)(code[row[i]] + shift) > bound);
    }
}

/* R8 */
static float
settle(growth *g, int32_t node, sg_hist_bounds bounds, uint64_t sum)
{
    sg_grown_node *to = &g->task->tree->node[node];

    to->weight = sg_hist_weight(&g->rule, bounds, sum);
    to->value = to->weight * g->task->params->eta;
    to->hessian = (float)(sg_hist_h(sum) * g->rule.unit_h);
    return to->weight;
}

/* Makes the two nodes in the tree and what is known of them without rows. */
static int
make_children(growth *g, const candidate *one, candidate *child)
{
    sg_grown *tree = g->task->tree;
    const sg_bins *bins = &g->grower->bins;
    const int8_t *monotone = g->task->params->monotone;
    int32_t slot = one->split.slot, set = -1, left;
    float weight[2], middle;
    int rc = sg_grown_reserve(tree, (int64_t)tree->nodes + 2, 0, g->err);

    if (rc == SEGML_OK && slot >= bins->numeric)
        rc = make_set(g, one, &set);
    if (rc < 0)
        return rc;
    left = sg_grown_split(tree, one->node);
    tree->node[one->node].feature = bins->slot[slot].feature;
    tree->node[one->node].set = set;
    tree->node[one->node].missing_left = (uint8_t)one->split.missing_left;
    tree->node[one->node].gain = one->loss;
    tree->node[one->node].value =
        set < 0 ? bins->cut[(int64_t)slot * SG_BINS_MOST + one->split.place] : 0.0f;
    for (int k = 0; k < 2; k++) {
        child[k] = (candidate){.node = left + k,
                               .depth = one->depth + 1,
                               .sum = k ? one->sum - one->left : one->left,
                               .bounds = one->bounds};
        weight[k] = settle(g, left + k, one->bounds, child[k].sum);
    }
    if (monotone != NULL && set < 0 && monotone[bins->slot[slot].feature] != 0) { /* R13 */
        middle = (weight[0] + weight[1]) / 2;
        if (monotone[bins->slot[slot].feature] > 0)
            child[0].bounds.upper = child[1].bounds.lower = middle;
        else
            child[0].bounds.lower = child[1].bounds.upper = middle;
    }
    g->leaves++;
    return SEGML_OK;
}

/* Splits a node and looks at its children. */
static int
expand(growth *g, const candidate *one)
{
    candidate child[2];
    int splits[2], rc = make_children(g, one, child);

    if (rc < 0)
        return rc;
    for (int k = 0; k < 2; k++)
        splits[k] = may_split(g, child[k].depth, child[k].sum);
    if (!splits[0] && !splits[1]) {
        mark_sides(g, one, child[0].node);
        sg_hist_places_give(&g->grower->places, one->place);
        return SEGML_OK;
    }
    child[0].first = one->first;
    child[0].count = part(g->grower, one);
    child[1].first = one->first + child[0].count;
    child[1].count = one->count - child[0].count;
    for (int k = 0; k < 2; k++) {
        splits[k] = splits[k] && child[k].count > 1;
        if (!splits[k])
            mark(g, child[k].node, child[k].first, child[k].count);
    }
    if (!splits[0] && !splits[1]) {
        sg_hist_places_give(&g->grower->places, one->place);
        return SEGML_OK;
    }
    rc = make_histograms(g, one->place, child, splits);
    for (int k = 0; rc == SEGML_OK && k < 2; k++) {
        if (splits[k])
            rc = consider(g, &child[k]);
    }
    return rc;
}

/* R1, R3: integers of all rows, the list of those that are in. */
static uint64_t
take_gradients(growth *g)
{
    sg_grower *grower = g->grower;
    const sg_grow_task *task = g->task;
    int32_t rows = grower->bins.rows, count = 0;
    double sum[2];
    sg_hist_pack pack;

    grower->kernel->measure(sum, task->gradient, task->hessian, rows);
    sg_hist_rule_make(&g->rule, task->params, grower->bins.features, sum);
    pack = (sg_hist_pack){.gradient = task->gradient,
                          .hessian = task->hessian,
                          .in = task->in,
                          .rows = rows,
                          .scale_g = g->rule.scale_g,
                          .scale_h = g->rule.scale_h,
                          .sum = grower->sum};
    for (int32_t i = 0; task->in == NULL && i < rows; i++)
        grower->row[i] = (uint32_t)i;
    for (int32_t i = 0; task->in != NULL && i < rows; i++) {
        grower->row[count] = (uint32_t)i;
        count += task->in[i];
    }
    if (isfinite(sum[0]) && isfinite(sum[1]))
        return grower->kernel->pack(&pack);
    memset(grower->sum, 0, (size_t)rows * sizeof *grower->sum);
    return 0;
}

/* R3: slots that may split. */
static void
choose_slots(growth *g)
{
    const sg_bins *bins = &g->grower->bins;

    for (int32_t s = 0; s < bins->features; s++) {
        const sg_bins_slot *of = &bins->slot[s];

        g->grower->usable[s] = (g->task->column == NULL || g->task->column[of->feature]) &&
                               of->bins + of->missing > 1 && of->bins > 0;
    }
}

static int
grow_tree(sg_grower *grower, const sg_grow_task *task, segml_error *err)
{
    growth g = {.grower = grower, .task = task, .leaves = 1, .err = err};
    candidate root = {.count = task->sampled, .bounds = {-FLT_MAX, FLT_MAX}};
    int32_t at;
    int rc = sg_grown_reserve(task->tree, 1, 0, err);

    if (rc < 0)
        return rc;
    sg_grown_begin(task->tree);
    grower->opened = grower->next = grower->heaped = 0;
    sg_hist_places_give_all(&grower->places);
    choose_slots(&g);
    root.sum = take_gradients(&g);
    settle(&g, 0, root.bounds, root.sum);
    if (root.count < 2 || !may_split(&g, 0, root.sum)) {
        mark(&g, 0, 0, root.count);
        return SEGML_OK;
    }
    rc = sg_hist_places_take(&grower->places, &root.place, err);
    if (rc < 0)
        return rc;
    build(&g, &root);
    rc = consider(&g, &root);
    for (at = pop(&g); rc == SEGML_OK && at >= 0; at = pop(&g)) {
        candidate one = grower->open[at];

        rc = expand(&g, &one);
    }
    /* Candidates that max_leaves left over. */
    for (int32_t i = 0; rc == SEGML_OK && task->params->max_leaves > 0 && i < grower->heaped; i++) {
        const candidate *one = &grower->open[grower->heap[i]];

        mark(&g, one->node, one->first, one->count);
    }
    return rc;
}

const sg_grower_kind sg_hist_grower = {
    .open = open_grower,
    .turn = turn_grower,
    .grow = grow_tree,
    .close = close_grower,
};
