/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sharing loaded forests between the model before and the one after a reload.
 *
 * A forest is shared if the index of the fresh model names a frame of the same SHA-256 for the
 * same key, wherever in whichever file it is, and the shape that is wanted is the same. Then
 * loading it would give an equal one. The walk is over slots, so it takes no longer than a look
 * at what is loaded, and it goes from the old model's: what nobody has used is not loaded now.
 *
 * Reading the files once more to compare bytes was rejected: the index is verified by its
 * digests, and a frame that was damaged since then harms nobody who has its forest.
 */

#include "model/share.h"

#include <string.h>

#include "model/alike.h"
#include "model/load.h"

/* The slot in the fresh model that has the role and key of an old one; -1 = none. */
static int
find_slot(const segml_model *fresh, const segml_model *old, int64_t old_slot, const sg_wanted *was,
          int64_t *slot)
{
    sg_index_group entry;

    if (was->columns > 0)
        return sg_index_find(&fresh->source.index, was->keys, was->columns, slot, &entry, NULL);
    *slot = old_slot == sg_model_slot_global(old) ? sg_model_slot_global(fresh)
                                                  : sg_model_slot_unseen(fresh);
    return SEGML_OK;
}

static int
is_same(const sg_place *a, const sg_place *b)
{
    return a->packed > 0 && a->packed == b->packed && a->size == b->size &&
           memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

/* What an index does not tell is not shared; only memory that is out is a failure. */
static int
share(segml_model *fresh, const segml_model *old, int64_t old_slot, sg_resident *child)
{
    sg_wanted was, now;
    int64_t slot = -1;
    int rc = sg_load_find(old, old_slot, &was, NULL);

    if (rc == SEGML_OK)
        rc = find_slot(fresh, old, old_slot, &was, &slot);
    if (rc == SEGML_OK && slot >= 0)
        rc = sg_load_find(fresh, slot, &now, NULL);
    if (rc < 0 || slot < 0)
        return rc == SEGML_E_NOMEM ? rc : SEGML_OK;
    if (is_same(&was.place, &now.place) &&
        sg_shape_check(child->forest, &now.shape, "", NULL) == SEGML_OK)
        sg_resident_release(sg_children_put(&fresh->children, slot, sg_resident_retain(child)));
    return SEGML_OK;
}

int
sg_share_children(segml_model *fresh, const segml_model *old, segml_error *err)
{
    sg_children *from = (sg_children *)&old->children; /* changes in a const model */
    sg_children *to = &fresh->children;
    int rc = SEGML_OK;

    if (sg_alike_check(&fresh->manifest, &old->manifest, NULL) < 0)
        return SEGML_OK;
    for (int64_t slot = 0; slot < from->count && rc == SEGML_OK; slot++) {
        sg_resident *child = sg_children_peek(from, slot);

        if (child != NULL &&
            (to->budget == 0 || atomic_load(&to->bytes) + child->bytes <= to->budget))
            rc = share(fresh, old, slot, child);
        sg_resident_release(child);
    }
    atomic_store(&to->loads, 0);
    return rc == SEGML_OK ? rc : sg_fail_nomem(err);
}
