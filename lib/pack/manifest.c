/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What writing (manifest_write.c) and reading (manifest_read.c) share, and the codes
 * of the groups' keys, which training and serving must compute alike.
 *
 * Codes: the distinct keys of each column are numbered in their order. Sorting
 * (value, group) pairs per column is O(groups log groups) and needs one copy of the
 * column; a hash table would save the logarithm and cost the order.
 */

#include "pack/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/names.h"

const char *
sg_manifest_objective(int32_t task)
{
    return sg_names_objective(task);
}

int64_t
sg_manifest_outputs(const sg_manifest *manifest)
{
    return manifest->task == SEGML_TASK_MULTICLASS ? manifest->class_count : 1;
}

typedef struct cell {
    segml_key key;
    int64_t group;
} cell;

static int
compare_cells(const void *a, const void *b)
{
    return sg_key_compare(&((const cell *)a)->key, &((const cell *)b)->key, 1);
}

int
sg_manifest_key_codes(const sg_manifest *manifest, float *codes, segml_error *err)
{
    const int64_t groups = manifest->group_count, columns = manifest->key_count;
    cell *cells = sg_alloc_array(groups, sizeof *cells);

    if (cells == NULL)
        return sg_fail_nomem(err);
    for (int64_t column = 0; column < columns; column++) {
        int64_t code = 0;

        for (int64_t g = 0; g < groups; g++)
            cells[g] = (cell){manifest->groups[g].keys[column], g};
        qsort(cells, (size_t)groups, sizeof *cells, compare_cells);
        for (int64_t i = 0; i < groups; i++) {
            code += i > 0 && compare_cells(&cells[i - 1], &cells[i]) != 0;
            codes[cells[i].group * columns + column] = (float)code;
        }
    }
    sg_free(cells);
    return SEGML_OK;
}

void
sg_manifest_clear(sg_manifest *manifest)
{
    sg_arena_clear(&manifest->arena);
    memset(manifest, 0, sizeof *manifest);
}
