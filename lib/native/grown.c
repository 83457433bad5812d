/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trees under construction. Children have larger numbers than their parents, so one pass
 * from the last node to the first prunes from the bottom up.
 */

#include "native/grown.h"

#include <string.h>

#include "base/alloc.h"

enum { LEAST_ROOM = 64 };

void
sg_grown_clear(sg_grown *tree)
{
    sg_free(tree->node);
    sg_free(tree->word);
    *tree = (sg_grown){0};
}

/* At least needed, and at least twice what there was. */
static int64_t
grow_to(int64_t room, int64_t needed)
{
    int64_t twice = room > 0 ? 2 * room : LEAST_ROOM;

    return needed > twice ? needed : twice;
}

int
sg_grown_reserve(sg_grown *tree, int64_t nodes, int64_t words, segml_error *err)
{
    if (nodes > INT32_MAX / 2 || words > INT32_MAX / 2)
        return sg_fail_nomem(err);
    if (nodes > tree->node_room) {
        int64_t room = grow_to(tree->node_room, nodes);
        sg_grown_node *node = sg_alloc_resize(tree->node, room, sizeof *node);

        if (node == NULL)
            return sg_fail_nomem(err);
        tree->node = node;
        tree->node_room = (int32_t)room;
    }
    if (words > tree->word_room) {
        int64_t room = grow_to(tree->word_room, words);
        uint32_t *word = sg_alloc_resize(tree->word, room, sizeof *word);

        if (word == NULL)
            return sg_fail_nomem(err);
        tree->word = word;
        tree->word_room = (int32_t)room;
    }
    return SEGML_OK;
}

static sg_grown_node
leaf_below(int32_t parent)
{
    return (sg_grown_node){
        .left = SG_GROWN_LEAF, .right = SG_GROWN_LEAF, .parent = parent, .set = -1};
}

void
sg_grown_begin(sg_grown *tree)
{
    tree->nodes = 1;
    tree->words = 0;
    tree->node[0] = leaf_below(-1);
}

int32_t
sg_grown_split(sg_grown *tree, int32_t node)
{
    int32_t left = tree->nodes;

    tree->nodes += 2;
    tree->node[node].left = left;
    tree->node[node].right = left + 1;
    tree->node[left] = leaf_below(node);
    tree->node[left + 1] = leaf_below(node);
    return left;
}

void
sg_grown_prune(sg_grown *tree, float gamma, float rate)
{
    for (int32_t i = tree->nodes - 1; i >= 0; i--) {
        sg_grown_node *node = &tree->node[i];

        if (node->left == SG_GROWN_LEAF || tree->node[node->left].left != SG_GROWN_LEAF ||
            tree->node[node->right].left != SG_GROWN_LEAF || !(node->gain < gamma))
            continue;
        tree->node[node->left].removed = 1;
        tree->node[node->right].removed = 1;
        node->left = node->right = SG_GROWN_LEAF;
        node->set = -1;
        node->value = rate * node->weight;
    }
}
