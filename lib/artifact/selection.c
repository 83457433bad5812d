/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Finding groups by key: a binary search in the records, which are sorted. A hash table would be
 * faster for many keys, and costs more than it saves for a few.
 */

#include "artifact/selection.h"

#include "base/key.h"

/* The group of a canonical key; -1 if there is none. */
static int64_t
find_group_of(const sg_manifest *m, const segml_key *keys)
{
    int64_t low = 0, high = m->group_count;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (sg_key_compare(m->groups[middle].keys, keys, m->key_count) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == m->group_count || sg_key_compare(m->groups[low].keys, keys, m->key_count) != 0)
        return -1;
    return low;
}

static int
mark_one(unsigned char *marks, const sg_manifest *m, const segml_key *given, segml_error *err)
{
    segml_key keys[SG_KEY_COLUMNS_MAX];
    char digits[SG_KEY_COLUMNS_MAX][24], shown[128];
    int64_t group = -1;
    int is_known = 1;

    for (int64_t k = 0; k < m->key_count; k++) {
        if (!sg_key_is_valid(&given[k]))
            return sg_fail(err, SEGML_E_ARGUMENT, "a key is malformed: type %d",
                           (int)given[k].type);
        is_known &= sg_key_convert(&keys[k], &given[k], m->keys[k].type, digits[k]);
    }
    if (is_known)
        group = find_group_of(m, keys);
    if (group < 0) {
        sg_key_display(shown, sizeof shown, given, m->key_count);
        return sg_fail(err, SEGML_E_NOT_FOUND, "no group %s in the artifact", shown);
    }
    marks[group] = 1;
    return SEGML_OK;
}

int
sg_selection_mark(unsigned char *marks, const sg_manifest *manifest, const segml_key *keys,
                  int64_t count, segml_error *err)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        rc = mark_one(marks, manifest, keys + i * manifest->key_count, err);
    return rc;
}
