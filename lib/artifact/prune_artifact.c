/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Dropping groups and what serving does not need: the artifact once more, with fewer records.
 *
 * Parents stay, also those whose groups are all gone: they answer for groups that training did
 * not see. Their models, and the global ones, have seen rows of dropped groups; who must forget
 * those has to train again.
 */

#include "artifact/plan.h"
#include "artifact/selection.h"
#include "base/alloc.h"
#include "base/opts.h"

static int
check_prune_options(segml_prune_options *known, const segml_prune_options *given, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_prune_options", err);

    if (rc == SEGML_OK && (known->key_count < 0 || (known->key_count > 0 && known->keys == NULL)))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "keys is NULL, and %lld groups are named",
                     (long long)known->key_count);
    if (rc == SEGML_OK && known->keep > 0 && known->key_count == 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT, "no group is named that is to be kept");
    return rc;
}

static int
select_groups(sg_plan *plan, const sg_input *input, const segml_prune_options *options,
              segml_error *err)
{
    const sg_manifest *m = &input->catalog.manifest;
    unsigned char *marks = sg_alloc_zeroed(m->group_count, 1);
    int rc = marks != NULL ? sg_selection_mark(marks, m, options->keys, options->key_count, err)
                           : sg_fail_nomem(err);

    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++) {
        const sg_origin origin = {input, g};

        if ((marks[g] != 0) == (options->keep > 0))
            sg_plan_add(plan, &origin);
    }
    sg_free(marks);
    return rc;
}

int
segml_artifact_prune(const char *path, const char *artifact, const segml_prune_options *options,
                     segml_artifact_info *info, segml_error *err)
{
    segml_prune_options known;
    sg_input input = {.has_index = 0};
    sg_plan plan = {.first = NULL};
    int rc;

    if (path == NULL || artifact == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", path == NULL ? "path" : "artifact");
    rc = check_prune_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_input_open(&input, artifact, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = sg_plan_begin(&plan, &input, input.catalog.manifest.group_count, err);
    if (rc == SEGML_OK)
        rc = select_groups(&plan, &input, &known, err);
    plan.keeps_history = known.drop_history <= 0;
    plan.keeps_training = known.drop_training <= 0;
    if (rc == SEGML_OK)
        rc = sg_plan_write(&plan, path, known.overwrite > 0, info, err);
    sg_plan_clear(&plan);
    sg_input_close(&input);
    return rc;
}
