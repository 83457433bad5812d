/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Search outside the kernels. Slots that are not categorical go to the kernel if none is constrained;
 * else they are gone through here, with the same candidates in the same order. Categories
 * are always searched here (R12): how many there are differs from feature to feature, and
 * ordering them costs more than their gains.
 *
 * A split by categories is kept as a number of the order of R12 instead of a list: the node's
 * histogram is still there when it is divided, and ordering again gives the same list.
 */

#include "native/hist_search.h"

#include <math.h>

#include "base/alloc.h"
#include "native/radix.h"

/* max_cat_threshold of XGBoost */
enum { SET_MOST = 64 };

int
sg_hist_order_reserve(sg_hist_order *order, int64_t categories, segml_error *err)
{
    if (categories <= order->room)
        return SEGML_OK;
    sg_hist_order_clear(order);
    order->key = sg_alloc_array(categories, sizeof *order->key);
    order->spare = sg_alloc_array(categories, sizeof *order->spare);
    order->rank = sg_alloc_array(categories, sizeof *order->rank);
    if (order->key == NULL || order->spare == NULL || order->rank == NULL) {
        sg_hist_order_clear(order);
        return sg_fail_nomem(err);
    }
    order->room = categories;
    return SEGML_OK;
}

void
sg_hist_order_clear(sg_hist_order *order)
{
    sg_free(order->key);
    sg_free(order->rank);
    sg_free(order->spare);
    *order = (sg_hist_order){0};
}

static void
try_split(sg_hist_best *best, const sg_hist_node *node, uint64_t left, sg_hist_best split)
{
    const sg_bins *bins = node->bins;
    const int8_t *monotone = node->rule->params->monotone;
    int constraint = 0;

    if (!sg_hist_allowed(left, node->whole, node->rule->least))
        return;
    if (monotone != NULL && split.slot < bins->numeric)
        constraint = monotone[bins->slot[split.slot].feature];
    split.gain = sg_hist_rule_gain(node->rule, node->bounds, constraint, left, node->whole);
    if (split.gain > best->gain)
        *best = split;
}

static void
search_bins(sg_hist_best *best, const sg_hist_node *node, int32_t slot)
{
    const sg_bins_slot *of = &node->bins->slot[slot];
    const uint64_t *entry = node->hist + of->first;
    uint64_t missing = node->hist[of->last], left = 0;

    for (int32_t b = 0; b < of->bins; b++) {
        sg_hist_best split = {.slot = slot, .place = b};

        left += entry[b * node->bins->step];
        try_split(best, node, left, split);
        split.missing_left = 1;
        if (missing != 0)
            try_split(best, node, left + missing, split);
    }
}

static int
one_by_one(const sg_hist_node *node, int32_t slot)
{
    return node->bins->slot[slot].bins < node->rule->params->max_cat_to_onehot;
}

/* Ranks the categories by weight without bounds, then by number. */
static void
order_categories(const sg_hist_node *node, int32_t slot)
{
    const sg_hist_rule *rule = node->rule;
    const uint64_t *entry = node->hist + node->bins->slot[slot].first;
    int32_t count = node->bins->slot[slot].bins;
    uint64_t *key = node->order->key;

    for (int32_t c = 0; c < count; c++) {
        float weight = sg_hist_weight_of_category(rule, entry[c]);

        key[c] = (uint64_t)sg_radix_bits(weight) << 32 | (uint32_t)c;
    }
    sg_radix_sort(key, node->order->spare, count);
    for (int32_t i = 0; i < count; i++)
        node->order->rank[i] = (int32_t)(uint32_t)key[i];
}

static void
search_each(sg_hist_best *best, const sg_hist_node *node, int32_t slot)
{
    const sg_bins_slot *of = &node->bins->slot[slot];
    uint64_t missing = node->hist[of->last];

    for (int32_t c = 0; c < of->bins; c++) {
        sg_hist_best split = {.slot = slot, .place = c, .missing_left = 1};
        uint64_t right = node->hist[of->first + c];

        try_split(best, node, node->whole - right, split);
        split.missing_left = 0;
        if (missing != 0)
            try_split(best, node, node->whole - right - missing, split);
    }
}

/*
 * Small sets come first, from both ends: the first k and all but the last k divide the rows in
 * the same way unless some have no category, and then the smaller set is kept.
 */
static void
search_sets(sg_hist_best *best, const sg_hist_node *node, int32_t slot)
{
    const sg_bins_slot *of = &node->bins->slot[slot];
    const uint64_t *entry = node->hist + of->first;
    const int32_t *rank = node->order->rank;
    int32_t count = of->bins, most = node->hist[of->last] != 0 ? count - 1 : count / 2;
    uint64_t first = 0, last = 0;

    order_categories(node, slot);
    for (int32_t k = 1; k <= most && k < SET_MOST; k++) {
        first += entry[rank[k - 1]];
        try_split(best, node, node->whole - first,
                  (sg_hist_best){.slot = slot, .place = k, .missing_left = 1});
        last += entry[rank[count - k]];
        try_split(best, node, node->whole - last,
                  (sg_hist_best){.slot = slot, .place = -k, .missing_left = 1});
    }
}

sg_hist_best
sg_hist_find(const sg_hist_node *node)
{
    const sg_bins *bins = node->bins;
    sg_hist_best best = {.gain = -INFINITY, .slot = -1};

    if (!node->rule->constrained && bins->numeric > 0) {
        sg_hist_search task = {.bins = bins,
                               .hist = node->hist,
                               .usable = node->usable,
                               .whole = node->whole,
                               .least = node->rule->least,
                               .terms = node->rule->terms};

        best = node->kernel->search(&task);
    }
    for (int32_t s = 0; node->rule->constrained && s < bins->numeric; s++) {
        if (node->usable[s])
            search_bins(&best, node, s);
    }
    for (int32_t s = bins->numeric; s < bins->features; s++) {
        sg_hist_best here = {.gain = -INFINITY, .slot = -1};

        if (!node->usable[s])
            continue;
        if (one_by_one(node, s))
            search_each(&here, node, s);
        else
            search_sets(&here, node, s);
        if (here.slot < 0)
            continue;
        if (best.slot < 0 || here.gain > best.gain ||
            (here.gain == best.gain && bins->slot[s].feature < bins->slot[best.slot].feature))
            best = here;
    }
    return best;
}

uint64_t
sg_hist_left(const sg_hist_node *node, const sg_hist_best *split)
{
    const sg_bins *bins = node->bins;
    const sg_bins_slot *of = &bins->slot[split->slot];
    const uint64_t *entry = node->hist + of->first;
    uint64_t missing = node->hist[of->last], sum = 0;
    const int32_t *chosen;
    int32_t count;

    if (split->slot < bins->numeric) {
        for (int32_t b = 0; b <= split->place; b++)
            sum += entry[b * bins->step];
        return split->missing_left ? sum + missing : sum;
    }
    count = sg_hist_chosen(node, split, &chosen);
    for (int32_t i = 0; i < count; i++)
        sum += entry[chosen[i]];
    return node->whole - sum - (split->missing_left ? 0 : missing);
}

int32_t
sg_hist_chosen(const sg_hist_node *node, const sg_hist_best *split, const int32_t **chosen)
{
    const int32_t *rank = node->order->rank;

    *chosen = rank;
    if (one_by_one(node, split->slot)) {
        node->order->rank[0] = split->place;
        return 1;
    }
    order_categories(node, split->slot);
    if (split->place > 0)
        return split->place;
    *chosen = rank + node->bins->slot[split->slot].bins + split->place;
    return -split->place;
}
