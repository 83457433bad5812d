/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Compacting is apart from reading, because the width of a link's parts depends on how
 * many features all trees together split on. Only those get slots: a small model over a
 * wide table costs a row no more than the features that it looks at.
 */

#include "tree/compact.h"

#include "base/alloc.h"

/* Bits of a link that a slot leaves, less one for the flag. */
enum { LINK_BITS = 31 };

/* Lists the features in use with their gains, and gives each its place in the list. */
static int
list_features(sg_forest *forest, int32_t *place, const sg_flatten *flatten, segml_error *err)
{
    const sg_flat_node *nodes = (const sg_flat_node *)(const void *)flatten->nodes.bytes;
    const int64_t count = (int64_t)(flatten->nodes.size / sizeof *nodes);
    int32_t used = 0;

    for (int64_t i = 0; i < count; i++) {
        if (nodes[i].feature >= 0)
            place[nodes[i].feature] = 1;
    }
    for (int64_t f = 0; f < forest->features; f++)
        used += place[f];
    forest->used = used;
    while (sg_leaf_slot(forest) >> forest->slot_bits != 0)
        forest->slot_bits++;
    forest->feature = sg_alloc_array(used, sizeof *forest->feature);
    forest->gain = sg_alloc_array(used, sizeof *forest->gain);
    if (forest->feature == NULL || forest->gain == NULL)
        return sg_fail_nomem(err);
    used = 0;
    for (int64_t f = 0; f < forest->features; f++) {
        if (place[f]) {
            forest->feature[used] = (int32_t)f;
            forest->gain[used] = flatten->gain[f];
            place[f] = used++;
        }
    }
    return SEGML_OK;
}

static uint32_t
make_link(const sg_forest *forest, const sg_flat_node *node, const int32_t *place)
{
    uint32_t slot = sg_leaf_slot(forest);

    if (node->feature >= 0)
        slot = 2 * (uint32_t)place[node->feature] + node->default_left;
    return (node->child << 1 | node->categorical) << forest->slot_bits | slot;
}

/* Whether the largest tree fits: its places must fit in what slots leave of a link. */
static int
check_places(const sg_forest *forest, int64_t nodes, segml_error *err)
{
    const int64_t most = (int64_t)1 << (LINK_BITS - forest->slot_bits);
    const int64_t trees = (int64_t)forest->rounds * forest->outputs;

    for (int64_t t = 0; t < trees; t++) {
        const int64_t end = t + 1 < trees ? forest->trees[t + 1].root : nodes;

        if (end - forest->trees[t].root > most)
            return sg_fail(err, SEGML_E_LIMIT,
                           "model: tree %lld has %lld nodes: at most %lld with %d features in use",
                           (long long)t, (long long)(end - forest->trees[t].root), (long long)most,
                           (int)forest->used);
    }
    return SEGML_OK;
}

int
sg_compact_forest(sg_forest *forest, const sg_flatten *flatten, segml_error *err)
{
    const sg_flat_node *nodes = (const sg_flat_node *)(const void *)flatten->nodes.bytes;
    const int64_t count = (int64_t)(flatten->nodes.size / sizeof *nodes);
    int32_t *place = sg_alloc_zeroed(forest->features, sizeof *place);
    int rc = SEGML_OK;

    forest->nodes = sg_alloc_array(count, sizeof *forest->nodes);
    forest->words = sg_alloc_copy(flatten->words.bytes, flatten->words.size);
    if (place == NULL || forest->nodes == NULL || forest->words == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    rc = list_features(forest, place, flatten, err);
    if (rc >= 0)
        rc = check_places(forest, count, err);
    if (rc < 0)
        goto out;
    for (int64_t i = 0; i < count; i++) {
        forest->nodes[i].value = nodes[i].value;
        forest->nodes[i].link = make_link(forest, &nodes[i], place);
    }
    forest->bytes = sizeof *forest + (size_t)forest->outputs * sizeof *forest->margin +
                    (size_t)forest->used * (sizeof *forest->feature + sizeof *forest->gain) +
                    (size_t)forest->rounds * (size_t)forest->outputs * sizeof *forest->trees +
                    (size_t)count * sizeof *forest->nodes + flatten->words.size;
out:
    sg_free(place);
    return rc;
}
