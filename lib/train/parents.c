/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Parents of groups.
 *
 * R1  Groups are sorted by key, column by column: those that share their first columns follow
 *     each other, and so do their rows. A parent is a span of groups.
 * R2  A parent is a model like any other: its rows are those of its groups, in their order and in
 *     their folds; its status is found by the same tests; its random streams have the hash of its
 *     key. It has no feature that its groups do not have: it also answers for groups that training
 *     did not see, of which it would know nothing.
 * R3  So a parent is the model that training by its key columns alone, on the same folds, would
 *     give; to the bit where its rows are in the same order.
 * R4  A parent of one group is trained too, although the group has the same rows and folds: it
 *     answers for unseen groups, and its streams, and so its member, must not depend on how many
 *     groups it happens to have. Models stay independent of each other: any of them can be
 *     trained, kept and taken up again without another.
 * R5  Of a search for all groups together (validation "shared") parents take nothing: they are
 *     larger. On flights by pairs of airports their log loss was 0.449 with its parameters and
 *     0.445 with those of a search of their own.
 *
 * One model of all levels with the level as a feature was rejected: that is the global model.
 */

#include "train/parents.h"

#include "base/alloc.h"
#include "pack/build.h"
#include "train/record.h"

enum { XGBOOST_ONE_HOT = 4 };

/* Whether a group is the first of its parent. */
static int
begins_parent(const sg_groups *groups, int64_t g, int64_t columns)
{
    const segml_key *key = groups->keys + g * groups->columns;

    return g == 0 || sg_key_compare(key - groups->columns, key, columns) != 0;
}

/* Parents without their models, level by level; only counted where parents is NULL. */
static int64_t
find_spans(sg_parent *parents, const sg_groups *groups)
{
    int64_t count = 0;

    for (int64_t columns = 1; columns < groups->columns; columns++) {
        for (int64_t g = 0; g < groups->count; g++) {
            int begins = begins_parent(groups, g, columns);
            sg_parent *parent;

            count += begins;
            if (parents == NULL)
                continue;
            parent = &parents[count - 1];
            if (begins) {
                parent->keys = groups->keys + g * groups->columns;
                parent->columns = (int32_t)columns;
                parent->group = g;
                parent->first = groups->start[g];
            }
            parent->groups++;
            parent->rows += sg_groups_rows(groups, g);
        }
    }
    return count;
}

/* Status, and where it can be trained, room for what comes of that. */
static int
settle(sg_parent *parent, const sg_run *run, segml_error *err)
{
    sg_buf path = {0};
    int rc = sg_key_hash(&parent->hash, parent->keys, parent->columns, err);

    parent->content =
        sg_hash_128(run->content + parent->group, (size_t)parent->groups * sizeof *run->content);
    if (rc == SEGML_OK)
        rc = sg_result_check(&parent->result, run, parent->first, parent->rows, err);
    if (rc < 0 || parent->result.status != SEGML_GROUP_TRAINED)
        return rc;
    parent->margin = sg_alloc_array(parent->rows * run->target.outputs, sizeof *parent->margin);
    if (parent->margin == NULL)
        return sg_fail_nomem(err);
    rc = sg_build_parent_path(&path, parent->keys, parent->columns, err);
    parent->path = (char *)path.bytes; /* handed over, also after a failure */
    return rc;
}

int
sg_parents_find(sg_parents *parents, const sg_run *run, segml_error *err)
{
    const sg_groups *groups = &run->dataset->groups;
    int64_t count = find_spans(NULL, groups);
    int rc = SEGML_OK;

    parents->parent = sg_alloc_zeroed(count, sizeof *parents->parent);
    if (parents->parent == NULL)
        return sg_fail_nomem(err);
    parents->count = find_spans(parents->parent, groups);
    for (int64_t p = 0; p < count && rc == SEGML_OK; p++)
        rc = settle(&parents->parent[p], run, err);
    return rc;
}

/* What trains a parent, for its record: the groups' rows, and their keys, which deal the folds. */
static sg_hash128
identify(const sg_parent *parent, const sg_run *run)
{
    const sg_groups *groups = &run->dataset->groups;
    const sg_hash128 both[] = {
        sg_hash_128(groups->hashes + parent->group,
                    (size_t)parent->groups * sizeof *groups->hashes),
        parent->content};

    return sg_hash_128(both, sizeof both);
}

int64_t
sg_parents_jobs(sg_parents *parents, sg_run *run, sg_job *job)
{
    int64_t jobs = 0;

    for (int64_t p = 0; p < parents->count; p++) {
        sg_parent *parent = &parents->parent[p];

        if (parent->result.status != SEGML_GROUP_TRAINED)
            continue;
        job[jobs++] = (sg_job){.run = run,
                               .kind = SG_RECORD_PARENT,
                               .columns = parent->columns,
                               .key = parent->keys,
                               .content = identify(parent, run),
                               .spec = {.rows = {.first = parent->first, .rows = parent->rows},
                                        .key = parent->hash.low,
                                        .one_hot = XGBOOST_ONE_HOT},
                               .path = parent->path,
                               .result = &parent->result,
                               .margin = parent->margin};
    }
    return jobs;
}

void
sg_parents_route(const sg_parents *parents, int64_t groups, int64_t *parent_of)
{
    for (int64_t g = 0; g < groups; g++)
        parent_of[g] = -1;
    for (int64_t p = 0; p < parents->count; p++) { /* those of more columns come later */
        const sg_parent *parent = &parents->parent[p];

        if (parent->result.status != SEGML_GROUP_TRAINED)
            continue;
        for (int64_t g = parent->group; g < parent->group + parent->groups; g++)
            parent_of[g] = p;
    }
}

void
sg_parents_clear(sg_parents *parents)
{
    for (int64_t p = 0; p < parents->count; p++) {
        sg_result_clear(&parents->parent[p].result);
        sg_free(parents->parent[p].path);
        sg_free(parents->parent[p].margin);
    }
    sg_free(parents->parent);
    *parents = (sg_parents){.parent = NULL};
}
