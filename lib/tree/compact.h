/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TREE_COMPACT_H
#define SG_TREE_COMPACT_H

/* The last step of loading: from flat nodes to the layout that kernels walk. */

#include "tree/flatten.h"

/**
 * Fills in what the forest still lacks: used, slot_bits, feature, gain, nodes, words and bytes.
 *
 * @param forest   with its features, outputs, rounds and trees; owns what it is given also
 *                 on failure
 * @return SEGML_OK; SEGML_E_LIMIT (a tree too large for so many features); SEGML_E_NOMEM
 */
int sg_compact_forest(sg_forest *forest, const sg_flatten *flatten, segml_error *err);

#endif
