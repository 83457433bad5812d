/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Exact greedy trees, bit for bit those of XGBoost's tree_method=exact on one thread (1.7.4 and
 * 3.2.0 agree). The rules below state what XGBoost computes; src/ names its files.
 *
 * R1   Columns hold present values, sorted with std::sort by value alone, from row order
 *      (src/data/data.cc SortRows). -0 equals 0.
 * R2   Gradients are float; sums of them are double (src/tree/param.h GradStats).
 * R3   Rows that are not sampled are in no sum and no pass, but R7 looks at all rows.
 * R4   Level by level, at most max_depth. The sums of a node are taken in row order
 *      (src/tree/updater_colmaker.cc InitNewNode).
 * R5   Weight: 0 if H < min_child_weight or H <= 0, else -T(G) / (H + lambda) in double with T the
 *      soft threshold at alpha, clipped at max_delta_step, then float (param.h CalcWeight).
 * R6   Gain of a side: 0 if H <= 0; T(G)^2 and H + lambda rounded to float and divided in float;
 *      with max_delta_step or constraints -(2 G w + (H + lambda) w^2) in float
 *      (src/tree/split_evaluator.h). Loss: (left + right) - own gain of the node, in float.
 * R7   Features ascend. Each is passed backward, missing rows left; before that forward, missing
 *      rows right, if some row of the fold misses it and its values differ (NeedForwardSearch).
 * R8   A pass adds rows up and tries a split where the value changes, if both sides have
 *      min_child_weight and the pass's own sum is not 0 (UpdateEnumeration).
 * R9   Threshold: (reached + before) * 0.5f, or the value before if that equals the one reached.
 *      So rows can go another way than they were counted: the threshold routes.
 * R10  After a pass, all rows passed against the rest: threshold last +- (|last| + 1e-6f).
 * R11  A split replaces the best one if its loss is larger, not equal, and finite; the first must
 *      exceed 0, and a node splits only above 1e-6f (NeedReplace, FindSplit).
 * R12  Constraints (split_evaluator.h): weights are clipped to bounds; a split against its sign has
 *      loss -inf. A node's weight and own gain take its parent's bounds, its splits its
 *      own: those of the parent, cut at the middle of the two children's weights by AddSplit.
 * R13  Gradients have 24 bits, sums 53. If every g is a multiple of 2^(e-53) and all |g| together
 *      stay below 2^e, and so for h, each partial sum is exact and the order of additions is free:
 *      nearly all trees. Then sums of children come by subtraction, and splits are found by
 *      screening in float and summed exactly only where they may be the best
 *      (exact_isa.h). The few other trees keep to XGBoost's order everywhere; only they
 *      need std::sort's order of equal values.
 *
 * Layout: the rows of a node are one segment of every column, and partitions keep the order, so
 * nothing is sorted after the columns. Two copies take turns by level. Where splits are screened,
 * each entry's gradient goes along: it is looked up by row at the root alone, for looking up
 * costs more than moving. Histograms over all distinct values were rejected: groups of some
 * hundred rows have almost as many values as rows. A level takes rows * features; memory is 24
 * bytes per row and feature. Nothing is allocated by a tree but for a level or a tree larger than
 * any before, and once per grower the columns that rounded sums need.
 */

#include "native/exact.h"

#include <float.h>
#include <string.h>

#include "base/alloc.h"
#include "native/exact_sort.h"

enum { LEAST_ROOM = 64 };

static const float least_gain = 1e-6f; /* R11 */

static void
close_exact(sg_grower *grower)
{
    sg_exact *ex = (sg_exact *)grower;

    if (ex == NULL)
        return;
    sg_free(ex->child);
    for (int i = 0; i < 2; i++) {
        sg_free(ex->node_present[i]);
        sg_free(ex->queue[i]);
        sg_free(ex->carried[i]);
        sg_free(ex->entry[i]);
    }
    sg_free(ex->spill_gradient);
    sg_free(ex->spill);
    sg_free(ex->running_h);
    sg_free(ex->running_g);
    sg_free(ex->side_bits);
    sg_free(ex->side);
    sg_free(ex->active);
    sg_free(ex->hessian);
    sg_free(ex->gradient);
    sg_free(ex->constant);
    sg_free(ex->present);
    sg_free(ex->literal);
    sg_free(ex->sorted);
    sg_free(ex->number);
    sg_free(ex);
}

/* Everything that depends on the unit alone; levels have room as they need it. */
static int
allocate(sg_exact *ex)
{
    int64_t all = ex->features * ex->stride;
    int ok;

    ex->number = sg_alloc_array(ex->stride, sizeof *ex->number);
    ex->sorted = sg_alloc_zeroed(all, sizeof *ex->sorted);
    ex->present = sg_alloc_zeroed(ex->features, sizeof *ex->present);
    ex->constant = sg_alloc_zeroed(ex->features, sizeof *ex->constant);
    ex->gradient = sg_alloc_zeroed(ex->stride, sizeof *ex->gradient);
    ex->hessian = sg_alloc_zeroed(ex->stride, sizeof *ex->hessian);
    ex->active = sg_alloc_zeroed(ex->features, sizeof *ex->active);
    ex->side = sg_alloc_zeroed(ex->stride + 32, sizeof *ex->side);
    ex->side_bits = sg_alloc_zeroed((SG_COLUMN_ROWS + 1) / 32, sizeof *ex->side_bits);
    ex->running_g = sg_alloc_zeroed(ex->stride, sizeof *ex->running_g);
    ex->running_h = sg_alloc_zeroed(ex->stride, sizeof *ex->running_h);
    ex->spill = sg_alloc_zeroed(ex->stride, sizeof *ex->spill);
    ex->spill_gradient = sg_alloc_zeroed(ex->stride, sizeof *ex->spill_gradient);
    ok = ex->number != NULL && ex->sorted != NULL && ex->present != NULL && ex->constant != NULL &&
         ex->gradient != NULL && ex->hessian != NULL && ex->active != NULL && ex->side != NULL &&
         ex->side_bits != NULL && ex->running_g != NULL && ex->running_h != NULL &&
         ex->spill != NULL && ex->spill_gradient != NULL;
    for (int i = 0; i < 2; i++) {
        ex->entry[i] = sg_alloc_zeroed(all, sizeof *ex->entry[i]);
        ok = ok && ex->entry[i] != NULL;
        if (ex->kernel->screen != NULL) {
            ex->carried[i] = sg_alloc_zeroed(all, sizeof *ex->carried[i]);
            ok = ok && ex->carried[i] != NULL;
        }
    }
    return ok;
}

static void
list_lanes(sg_exact *ex)
{
    for (int bits = 0; bits < 256; bits++) {
        int shift = 0;

        for (uint64_t lane = 0; lane < 8; lane++) {
            if (bits >> lane & 1) {
                ex->lanes[bits] |= lane << shift;
                shift += 8;
            }
        }
    }
}

static int
open_exact(sg_grower **out, const sg_columns *columns, const sg_kernel *kernel, segml_error *err)
{
    sg_exact *ex;

    *out = NULL;
    if (columns->entry == NULL)
        return sg_fail(err, SEGML_E_UNSUPPORTED, "%lld rows: exact trees take at most %d; use hist",
                       (long long)columns->rows->rows, SG_COLUMN_ROWS);
    ex = sg_alloc_zeroed(1, sizeof *ex);
    if (ex == NULL)
        return sg_fail_nomem(err);
    ex->columns = columns;
    ex->kernel = kernel->exact;
    ex->features = columns->rows->features;
    ex->stride = columns->stride;
    list_lanes(ex);
    if (!allocate(ex)) {
        close_exact((sg_grower *)ex);
        return sg_fail_nomem(err);
    }
    *out = (sg_grower *)ex;
    return SEGML_OK;
}

/* Kernels read whole vectors: what stands behind the rows must be rows, too. */
static void
clear_pads(sg_exact *ex)
{
    for (int64_t f = 0; f < ex->features; f++) {
        int64_t end = f * ex->stride + ex->rows;

        for (int64_t i = end; i < end - ex->rows + ex->stride; i++) {
            ex->sorted[i] = 0;
            ex->entry[0][i] = ex->entry[1][i] = 0;
        }
    }
}

static int
turn(sg_grower *grower, const int32_t *row, int32_t count, segml_error *err)
{
    sg_exact *ex = (sg_exact *)grower;

    (void)err;
    ex->rows = count;
    ex->literal_made = 0;
    for (int64_t i = 0; i < ex->columns->rows->rows; i++)
        ex->number[i] = 0xffff;
    for (int32_t i = 0; i < count; i++)
        ex->number[row[i]] = (uint16_t)i;
    for (int64_t f = 0; f < ex->features; f++) {
        uint32_t *entry = ex->sorted + f * ex->stride;
        int32_t present = sg_columns_of_fold(entry, ex->columns, f, ex->number);

        ex->present[f] = present;
        ex->constant[f] = present == 0 || entry[0] >> 16 == entry[present - 1] >> 16;
    }
    clear_pads(ex);
    return SEGML_OK;
}

/* Puts the entries of a column in std::sort's order (R1): first by row, then as it goes. */
static int
make_literal(sg_exact *ex, segml_error *err)
{
    if (ex->literal_made)
        return SEGML_OK;
    if (ex->literal == NULL)
        ex->literal = sg_alloc_zeroed(ex->features * ex->stride, sizeof *ex->literal);
    if (ex->literal == NULL)
        return sg_fail_nomem(err);
    for (int64_t f = 0; f < ex->features; f++) {
        const uint32_t *from = ex->sorted + f * ex->stride;
        uint32_t *to = ex->literal + f * ex->stride, *by_row = ex->spill;
        int32_t present = 0;

        for (int32_t i = 0; i < ex->rows; i++)
            by_row[from[i] & 0xffff] = from[i];
        for (int32_t i = 0; i < ex->rows; i++) {
            if (by_row[i] >> 16 != SG_COLUMN_MISSING)
                to[present++] = by_row[i];
        }
        sg_exact_sort(to, present);
        memcpy(to + present, from + present, (size_t)(ex->stride - present) * sizeof *to);
    }
    ex->literal_made = 1;
    return SEGML_OK;
}

/* Room for the nodes of a level and, before that, for the sums of their parents' children. */
static int
reserve_level(sg_exact *ex, int64_t nodes, segml_error *err)
{
    int64_t room = ex->room > 0 ? 2 * ex->room : LEAST_ROOM;
    sg_exact_sum *child;

    if (nodes <= ex->room)
        return SEGML_OK;
    if (nodes > room)
        room = nodes;
    for (int i = 0; i < 2; i++) {
        sg_exact_node *queue = sg_alloc_resize(ex->queue[i], room, sizeof *queue);
        uint16_t *present;

        if (queue == NULL)
            return sg_fail_nomem(err);
        ex->queue[i] = queue;
        present = sg_alloc_resize(ex->node_present[i], room * ex->features, sizeof *present);
        if (present == NULL)
            return sg_fail_nomem(err);
        ex->node_present[i] = present;
    }
    child = sg_alloc_resize(ex->child, 2 * room, sizeof *child);
    if (child == NULL)
        return sg_fail_nomem(err);
    ex->child = child;
    ex->room = (int32_t)room;
    return SEGML_OK;
}

/* Features that may split. A column of one value cannot where sums are exact, unless constraints
 * give its two sides other weights than the node. */
static void
choose_active(sg_exact *ex, const sg_grow_task *task)
{
    int all = !ex->facts.lattice || ex->params->monotone != NULL;

    ex->actives = 0;
    for (int32_t f = 0; f < ex->features; f++) {
        int idle = ex->constant[f] && (ex->present[f] == 0 || !sg_exact_has_missing(ex, f));

        if ((task->column == NULL || task->column[f]) && (all || !idle))
            ex->active[ex->actives++] = f;
    }
}

/* R3: the root's columns. */
static void
place_root(sg_exact *ex, const sg_grow_task *task, sg_exact_level *level)
{
    const uint32_t *all = ex->facts.lattice ? ex->sorted : ex->literal;
    uint16_t *present = ex->node_present[0];

    level->from = all;
    level->present = present;
    if (task->in == NULL) {
        for (int64_t f = 0; f < ex->features; f++)
            present[f] = (uint16_t)ex->present[f];
        return;
    }
    for (int32_t i = 0; i < ex->rows; i++)
        ex->side[i] = !task->in[i];
    ex->kernel->sample(ex, ex->entry[1], all, present);
    level->from = ex->entry[1];
}

/* Statistics of a node that has just been made. */
static void
fill_node(const sg_exact *ex, sg_grown_node *node, sg_exact_sum sum, float weight)
{
    node->hessian = (float)sum.h;
    node->weight = weight;
    node->value = weight * ex->params->eta;
    node->gain = 0.0f;
}

static int
begin(sg_exact *ex, const sg_grow_task *task, sg_exact_level *level, segml_error *err)
{
    const sg_exact_bounds open = {-FLT_MAX, FLT_MAX};
    sg_exact_sum sum = {0.0, 0.0};
    sg_grown_node *root;
    int rc = SEGML_OK;

    ex->params = task->params;
    ex->kernel->measure(ex, task);
    if (!ex->facts.lattice) {
        rc = make_literal(ex, err);
        memset(task->leaf, 0, (size_t)ex->rows * sizeof *task->leaf);
    }
    if (rc == SEGML_OK)
        rc = sg_grown_reserve(task->tree, 1, 0, err);
    if (rc == SEGML_OK)
        rc = reserve_level(ex, 1, err);
    if (rc != SEGML_OK)
        return rc;
    for (int32_t i = 0; i < ex->rows && !ex->facts.lattice; i++) {
        sum.g += ex->gradient[i];
        sum.h += ex->hessian[i];
    }
    if (ex->facts.lattice)
        sum = ex->facts.sum;
    choose_active(ex, task);
    sg_grown_begin(task->tree);
    root = task->tree->node;
    fill_node(ex, root, sum, sg_exact_weight(ex->params, sum)); /* R12: no bounds above the root */
    level->node = ex->queue[0];
    level->nodes = 1;
    level->root = 1;
    level->gradient = ex->carried[1];
    level->node[0] = (sg_exact_node){.hi = task->sampled,
                                     .sum = sum,
                                     .gain = sg_exact_gain(ex->params, sum, root->weight),
                                     .bounds = open};
    level->screen = ex->kernel->screen != NULL && ex->facts.lattice && ex->params->alpha == 0.0f &&
                    ex->params->max_delta_step == 0.0f && ex->params->monotone == NULL;
    place_root(ex, task, level);
    return SEGML_OK;
}

/* The entries of the column that a node splits at. */
static const uint32_t *
split_entries(const sg_exact *ex, const sg_exact_level *level, const sg_exact_node *node)
{
    return level->from + node->best.feature * ex->stride + node->lo;
}

/* R9: makes the split of a node, and finds where its threshold cuts the column. */
static void
split_node(const sg_exact *ex, const sg_exact_level *level, int32_t k, sg_grown *tree)
{
    sg_exact_node *node = &level->node[k];
    const sg_exact_best *best = &node->best;
    sg_grown_node *grown = &tree->node[node->id];
    const uint32_t *entry = split_entries(ex, level, node);
    const float *value = sg_exact_values(ex, best->feature);
    int32_t present = sg_exact_present(ex, level, k, best->feature), cut = best->below;

    while (cut > 0 && !(value[entry[cut - 1] >> 16] < best->value))
        cut--;
    while (cut < present && value[entry[cut] >> 16] < best->value)
        cut++;
    node->cut = cut;
    node->left_rows = cut + (best->missing_left ? node->hi - node->lo - present : 0);
    grown->feature = best->feature;
    grown->value = best->value;
    grown->missing_left = best->missing_left;
    grown->set = -1;
    node->child = sg_grown_split(tree, node->id);
}

/* R4 where sums round: marks the rows of all children, then adds up in row order. */
static void
sum_literally(const sg_exact *ex, const sg_exact_level *level, const sg_grow_task *task,
              int32_t first)
{
    const int32_t last = task->tree->nodes;

    for (int32_t k = 0; k < level->nodes; k++) {
        const sg_exact_node *node = &level->node[k];
        const uint32_t *entry = split_entries(ex, level, node);
        int32_t size = node->hi - node->lo;
        int32_t present = node->child ? sg_exact_present(ex, level, k, node->best.feature) : 0;

        for (int32_t i = 0; i < size && node->child; i++) {
            int right = i < present ? i >= node->cut : !node->best.missing_left;

            task->leaf[entry[i] & 0xffff] = node->child + right;
        }
    }
    memset(ex->child, 0, (size_t)(last - first) * sizeof *ex->child);
    for (int32_t i = 0; i < ex->rows; i++) {
        int32_t id = task->in != NULL && !task->in[i] ? 0 : task->leaf[i];

        if (id >= first) {
            ex->child[id - first].g += ex->gradient[i];
            ex->child[id - first].h += ex->hessian[i];
        }
    }
}

/* The same where sums are exact: as the split was found, unless its threshold moved rows. */
static void
sum_by_difference(const sg_exact *ex, const sg_exact_level *level, int32_t k, int32_t first)
{
    const sg_exact_node *node = &level->node[k];
    const uint32_t *entry = split_entries(ex, level, node);
    sg_exact_sum *child = ex->child + (node->child - first);
    int32_t size = node->hi - node->lo;
    int32_t present = sg_exact_present(ex, level, k, node->best.feature);

    child[0] = node->best.left;
    if (node->cut != node->best.below) {
        child[0] = (sg_exact_sum){0.0, 0.0};
        for (int32_t i = 0; i < size; i++) {
            int left = i < present ? i < node->cut : node->best.missing_left;
            uint32_t row = entry[i] & 0xffff;

            child[0].g += left ? ex->gradient[row] : 0.0f;
            child[0].h += left ? ex->hessian[row] : 0.0f;
        }
    }
    child[1] = (sg_exact_sum){node->sum.g - child[0].g, node->sum.h - child[0].h};
}

/* Whether a child can split in its turn; exactly so, which is why rounded sums do not ask. */
static int
can_split(const sg_exact *ex, sg_exact_sum sum, int32_t rows)
{
    if (!ex->facts.lattice || ex->params->monotone != NULL)
        return rows > 0;
    return rows > 1 && sum.h >= 2.0 * (double)ex->params->min_child_weight;
}

/* R5, R12: the children of a node; those that can split join the next level. */
static int32_t
add_children(sg_exact *ex, sg_exact_node *node, const sg_exact_sum *sum, sg_grown *tree,
             sg_exact_node *next, int last)
{
    const sg_grow_params *p = ex->params;
    const sg_exact_bounds *bounds = p->monotone != NULL ? &node->bounds : NULL;
    sg_exact_bounds own[2] = {node->bounds, node->bounds};
    float weight[2];
    int32_t added = 0;

    for (int c = 0; c < 2; c++) {
        weight[c] = sg_exact_bounded_weight(p, bounds, sum[c]);
        fill_node(ex, &tree->node[node->child + c], sum[c], weight[c]);
    }
    if (p->monotone != NULL && p->monotone[node->best.feature] != 0) {
        int rising = p->monotone[node->best.feature] > 0;
        float middle = (weight[0] + weight[1]) / 2;

        *(rising ? &own[0].upper : &own[0].lower) = middle;
        *(rising ? &own[1].lower : &own[1].upper) = middle;
    }
    node->kept = 0;
    for (int c = 0; c < 2 && !last; c++) {
        int32_t lo = c ? node->lo + node->left_rows : node->lo;
        int32_t hi = c ? node->hi : node->lo + node->left_rows;

        if (!can_split(ex, sum[c], hi - lo))
            continue;
        next[added++] = (sg_exact_node){.id = node->child + c,
                                        .lo = lo,
                                        .hi = hi,
                                        .gain = sg_exact_gain(p, sum[c], weight[c]),
                                        .sum = sum[c],
                                        .bounds = own[c]};
        node->kept |= 1 << c;
    }
    return added;
}

static void
mark_leaf(const uint32_t *entry, int32_t from, int32_t to, int32_t id, int32_t *leaf)
{
    for (int32_t i = from; i < to; i++)
        leaf[entry[i] & 0xffff] = id;
}

static void
mark_right(const uint32_t *entry, int32_t from, int32_t to, uint8_t *side)
{
    for (int32_t i = from; i < to; i++)
        side[entry[i] & 0xffff] = 1;
}

/* Rows of a node: which way those go that go on, and the leaf of those that have come to one. */
static void
mark_rows(const sg_exact *ex, const sg_exact_level *level, int32_t k, int32_t *leaf)
{
    const sg_exact_node *node = &level->node[k];
    const uint32_t *entry = split_entries(ex, level, node);
    int32_t size = node->hi - node->lo, cut = node->cut, present, missing_from, missing_to;

    if (!node->child) {
        mark_leaf(level->from + ex->active[0] * ex->stride + node->lo, 0, size, node->id, leaf);
        return;
    }
    present = sg_exact_present(ex, level, k, node->best.feature);
    if (!(node->kept & 1)) {
        mark_leaf(entry, 0, cut, node->child, leaf);
        if (node->best.missing_left)
            mark_leaf(entry, present, size, node->child, leaf);
    }
    missing_from = node->best.missing_left ? size : present;
    missing_to = size;
    if (!(node->kept & 2)) {
        mark_leaf(entry, cut, present, node->child + 1, leaf);
        mark_leaf(entry, missing_from, missing_to, node->child + 1, leaf);
    }
    if (node->kept) {
        mark_right(entry, cut, present, ex->side);
        mark_right(entry, missing_from, missing_to, ex->side);
    }
}

/* Splits the nodes of a level; returns how many make up the next one. */
static int32_t
split_level(sg_exact *ex, const sg_exact_level *level, const sg_grow_task *task,
            sg_exact_node *next, int last)
{
    const int32_t first = task->tree->nodes;
    int32_t added = 0;

    for (int32_t k = 0; k < level->nodes; k++) {
        sg_exact_node *node = &level->node[k];

        task->tree->node[node->id].gain = node->best.gain;
        node->kept = node->child = 0;
        if (node->best.gain > least_gain)
            split_node(ex, level, k, task->tree);
    }
    if (!ex->facts.lattice)
        sum_literally(ex, level, task, first);
    if (!last)
        memset(ex->side, 0, (size_t)ex->rows);
    for (int32_t k = 0; k < level->nodes; k++) {
        sg_exact_node *node = &level->node[k];

        if (node->child) {
            if (ex->facts.lattice)
                sum_by_difference(ex, level, k, first);
            added += add_children(ex, node, ex->child + (node->child - first), task->tree,
                                  next + added, last);
        }
        mark_rows(ex, level, k, task->leaf);
    }
    return added;
}

static int
grow_level(sg_exact *ex, sg_exact_level *level, const sg_grow_task *task, int32_t depth,
           segml_error *err)
{
    const int last = depth + 1 == task->params->max_depth;
    const int odd = (depth + 1) & 1;
    int32_t added;
    int rc;

    for (int32_t k = 0; k < level->nodes; k++) {
        if (!level->screen || !ex->kernel->screen(ex, level, k))
            sg_exact_search(ex, level, k);
    }
    rc = sg_grown_reserve(task->tree, task->tree->nodes + 2 * (int64_t)level->nodes, 0, err);
    if (rc == SEGML_OK)
        rc = reserve_level(ex, 2 * (int64_t)level->nodes, err);
    if (rc != SEGML_OK)
        return rc;
    level->node = ex->queue[!odd];
    level->present = ex->node_present[!odd];
    level->next_present = ex->node_present[odd];
    level->to = ex->entry[!odd];
    level->next_gradient = ex->carried[!odd];
    added = split_level(ex, level, task, ex->queue[odd], last);
    if (added > 0)
        ex->kernel->part(ex, level);
    *level = (sg_exact_level){.from = level->to,
                              .gradient = level->next_gradient,
                              .present = level->next_present,
                              .node = ex->queue[odd],
                              .nodes = added,
                              .screen = level->screen};
    return SEGML_OK;
}

static int
grow(sg_grower *grower, const sg_grow_task *task, segml_error *err)
{
    sg_exact *ex = (sg_exact *)grower;
    sg_exact_level level = {0};
    int rc = begin(ex, task, &level, err);

    if (rc == SEGML_OK && ex->actives == 0) {
        for (int32_t i = 0; i < ex->rows; i++)
            task->leaf[i] = 0;
        return SEGML_OK;
    }
    for (int32_t d = 0; rc == SEGML_OK && d < task->params->max_depth && level.nodes > 0; d++)
        rc = grow_level(ex, &level, task, d, err);
    return rc;
}

const sg_grower_kind sg_exact_grower = {
    .open = open_exact,
    .turn = turn,
    .grow = grow,
    .close = close_exact,
};
