/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What writing (manifest_write.c) and reading (manifest_read.c, manifest_lines.c) share.
 */

#include "pack/manifest.h"

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

int
sg_manifest_key_codes(const sg_manifest *manifest, float *codes, segml_error *err)
{
    const segml_key **keys = sg_alloc_array(manifest->group_count, sizeof *keys);
    int rc;

    if (keys == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < manifest->group_count; g++)
        keys[g] = manifest->groups[g].keys;
    rc = sg_key_codes(codes, keys, manifest->group_count, manifest->key_count, err);
    sg_free(keys);
    return rc;
}

void
sg_manifest_lines_clear(sg_manifest_lines *lines)
{
    sg_arena_clear(&lines->arena);
    memset(lines, 0, sizeof *lines);
}

void
sg_manifest_clear(sg_manifest *manifest)
{
    sg_arena_clear(&manifest->arena);
    memset(manifest, 0, sizeof *manifest);
}
