/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Replacing groups: a merge of two sorted lists of records, in which the donor's win.
 *
 * Everything that is not of one group stays the base's, so that groups which are not named
 * predict after it what they did before. The one exception is a dictionary that has become
 * longer: a text that the base did not know has a code now, as after training that appends to it.
 */

#include <string.h>

#include "artifact/header.h"
#include "artifact/plan.h"
#include "artifact/selection.h"
#include "base/alloc.h"
#include "base/key.h"
#include "base/opts.h"

static int
check_patch_options(segml_patch_options *known, const segml_patch_options *given, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_patch_options", err);

    if (rc == SEGML_OK && known->keys == NULL && known->key_count != 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT, "keys is NULL, and %lld groups are named",
                     (long long)known->key_count);
    if (rc == SEGML_OK && known->keys != NULL && known->key_count < 1)
        rc = sg_fail(err, SEGML_E_ARGUMENT, "no group is named; keys NULL means all");
    return rc;
}

static int
has_own_model(const sg_manifest_record *record)
{
    return record->has_model || record->reference != NULL;
}

/* Marks the donor's groups that are taken. */
static int
choose(unsigned char *marks, const sg_manifest *donor, const segml_patch_options *options,
       segml_error *err)
{
    char shown[128];
    int rc = SEGML_OK;

    if (options->keys == NULL) {
        for (int64_t g = 0; g < donor->group_count; g++)
            marks[g] = (unsigned char)has_own_model(&donor->groups[g]);
        return SEGML_OK;
    }
    rc = sg_selection_mark(marks, donor, options->keys, options->key_count, err);
    for (int64_t g = 0; g < donor->group_count && rc == SEGML_OK; g++) {
        if (!marks[g] || has_own_model(&donor->groups[g]))
            continue;
        sg_key_display(shown, sizeof shown, donor->groups[g].keys, donor->key_count);
        rc = sg_fail(err, SEGML_E_NOT_FOUND, "group %s has no model of its own there: %s", shown,
                     segml_group_status_name(donor->groups[g].status));
    }
    return rc;
}

static void
merge_groups(sg_plan *plan, const sg_input *base, const sg_input *donor, const unsigned char *marks)
{
    const sg_manifest *b = &base->catalog.manifest, *d = &donor->catalog.manifest;
    int64_t i = 0, j = 0;

    for (;;) {
        int order;

        while (j < d->group_count && !marks[j])
            j++;
        if (i == b->group_count && j == d->group_count)
            return;
        order = i == b->group_count ? 1
                : j == d->group_count
                    ? -1
                    : sg_key_compare(b->groups[i].keys, d->groups[j].keys, b->key_count);
        sg_plan_add(plan, &(sg_origin){order < 0 ? base : donor, order < 0 ? i : j});
        i += order <= 0;
        j += order >= 0;
    }
}

static int
make_patch(sg_plan *plan, const sg_input *base, const sg_input *donor,
           const segml_patch_options *options, segml_error *err)
{
    const sg_manifest *d = &donor->catalog.manifest;
    unsigned char *marks = sg_alloc_zeroed(d->group_count, 1);
    int rc = marks != NULL ? choose(marks, d, options, err) : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        rc = sg_plan_begin(plan, base, base->catalog.manifest.group_count + d->group_count, err);
    if (rc == SEGML_OK)
        rc = sg_header_join(&plan->manifest, d, err);
    if (rc == SEGML_OK)
        merge_groups(plan, base, donor, marks);
    sg_free(marks);
    return rc;
}

int
segml_artifact_patch(const char *path, const char *base, const char *donor,
                     const segml_patch_options *options, segml_artifact_info *info,
                     segml_error *err)
{
    segml_patch_options known;
    sg_input first = {.has_index = 0}, second = {.has_index = 0};
    sg_plan plan = {.first = NULL};
    int rc;

    if (path == NULL || base == NULL || donor == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path, base or donor is NULL");
    rc = check_patch_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_input_open(&first, base, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = sg_input_open(&second, donor, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = sg_header_fit(&first.catalog.manifest, &second.catalog.manifest, 0, base, donor, err);
    if (rc == SEGML_OK)
        rc = make_patch(&plan, &first, &second, &known, err);
    if (rc == SEGML_OK)
        rc = sg_plan_write(&plan, path, known.overwrite > 0, info, err);
    sg_plan_clear(&plan);
    sg_input_close(&second);
    sg_input_close(&first);
    return rc;
}
