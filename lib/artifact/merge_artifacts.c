/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Merging artifacts.
 *
 * R1  The result does not depend on the order of the inputs, nor on whether some were merged
 *     before others: every choice is the least element of a total order on what records mean, and
 *     everything that is stated once for all is the least, or what all have in common.
 * R2  Records with one key are one group. Which of them is taken, the caller says; without that
 *     only equal ones are merged. There is no "newest": artifacts hold no times, so that training
 *     twice gives the same bytes.
 * R3  All records are sorted at once, by key: for hundreds of inputs of hundreds of groups that
 *     is as fast as merging sorted lists, and needs no heap.
 */

#include <stdlib.h>
#include <string.h>

#include "artifact/merge_header.h"
#include "base/alloc.h"
#include "base/key.h"
#include "base/opts.h"

enum { INPUTS_MAX = 1024 };

static int
compare_origins(const void *a, const void *b)
{
    const sg_origin *x = a, *y = b;
    const sg_manifest_record *r = sg_catalog_record(&x->input->catalog, x->number);
    const sg_manifest_record *s = sg_catalog_record(&y->input->catalog, y->number);

    if (r->columns != s->columns) /* parents: fewer columns first */
        return r->columns < s->columns ? -1 : 1;
    return sg_key_compare(r->keys, s->keys, r->columns);
}

static const char *
find_name(const sg_merge_inputs *all, const sg_input *input)
{
    return all->names[input - all->inputs];
}

static int
fail_differing(const sg_merge_inputs *all, const sg_origin *a, const sg_origin *b,
               const sg_merge_rule *rule, segml_error *err)
{
    const sg_entry x = sg_plan_view(a), y = sg_plan_view(b);
    const char *member = NULL;
    char key[128];

    sg_entry_compare(&x, &y, &member);
    sg_key_display(key, sizeof key, x.record->keys, x.record->columns);
    return sg_fail(err, SEGML_E_MISMATCH, "%s %s is in %s and in %s, and they differ (%s); %s",
                   rule->what, key, find_name(all, a->input), find_name(all, b->input), member,
                   rule->remedy);
}

/* Of records that are equal, the one whose model's frame has the least digest. */
static int
prefer_packing(sg_origin *best, const sg_origin *other, segml_error *err)
{
    unsigned char a[SG_DIGEST_BYTES], b[SG_DIGEST_BYTES];
    int rc = sg_input_packing(best->input, SG_CATALOG_MODEL, best->number, a, err);

    if (rc == SEGML_OK)
        rc = sg_input_packing(other->input, SG_CATALOG_MODEL, other->number, b, err);
    if (rc == SEGML_OK && memcmp(b, a, sizeof a) < 0)
        *best = *other;
    return rc;
}

/* R1, R2: takes the better of two records of one key into *best. */
static int
prefer(sg_origin *best, const sg_origin *other, const sg_merge_inputs *all,
       const sg_merge_rule *rule, segml_error *err)
{
    const sg_entry x = sg_plan_view(best), y = sg_plan_view(other);
    int order =
        rule->order != 0 ? sg_entry_prefer(&x, &y, rule->order) : sg_entry_compare(&x, &y, NULL);

    if (order == 0)
        return prefer_packing(best, other, err);
    if (rule->order == 0)
        return fail_differing(all, best, other, rule, err);
    if (order > 0)
        *best = *other;
    return SEGML_OK;
}

int
sg_merge_records(sg_origin *origins, const sg_merge_inputs *all, int parents,
                 const sg_merge_rule *rule, int64_t *count, segml_error *err)
{
    int64_t collected = 0, kept = 0;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < all->count; i++) {
        const sg_manifest *m = &all->inputs[i].catalog.manifest;
        const int64_t begin = parents ? m->group_count : 0;
        const int64_t end = begin + (parents ? m->parent_count : m->group_count);

        for (int64_t number = begin; number < end; number++)
            origins[collected++] = (sg_origin){&all->inputs[i], number};
    }
    qsort(origins, (size_t)collected, sizeof *origins, compare_origins);
    for (int64_t i = 0; i < collected && rc == SEGML_OK; i++) {
        if (kept > 0 && compare_origins(&origins[kept - 1], &origins[i]) == 0)
            rc = prefer(&origins[kept - 1], &origins[i], all, rule, err);
        else
            origins[kept++] = origins[i];
    }
    *count = kept;
    return rc;
}

static int
merge_groups(sg_plan *plan, const sg_merge_inputs *all, int64_t most,
             const segml_merge_options *options, segml_error *err)
{
    const sg_merge_rule rule = {options->choice == SEGML_MERGE_BEST   ? SG_ENTRY_BEST
                                : options->choice == SEGML_MERGE_ROWS ? SG_ENTRY_ROWS
                                                                      : 0,
                                "group", "choose one: best, or that of most rows"};
    sg_origin *origins = sg_alloc_array(most, sizeof *origins);
    int64_t count = 0;
    int rc = origins != NULL ? sg_merge_records(origins, all, 0, &rule, &count, err)
                             : sg_fail_nomem(err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        sg_plan_add(plan, &origins[i]);
    sg_free(origins);
    return rc;
}

static int
merge_inputs(const char *path, const sg_merge_inputs *all, const segml_merge_options *options,
             segml_artifact_info *info, segml_error *err)
{
    sg_plan plan = {.first = NULL};
    int64_t most = 0;
    int rc;

    for (int64_t i = 0; i < all->count; i++)
        most += all->inputs[i].catalog.manifest.group_count;
    rc = sg_plan_begin(&plan, &all->inputs[0], most, err);
    plan.keeps_training = 0;
    plan.keeps_whole = 0;
    if (rc == SEGML_OK)
        rc = sg_merge_header(&plan, all, options, err);
    if (rc == SEGML_OK)
        rc = merge_groups(&plan, all, most, options, err);
    if (rc == SEGML_OK)
        rc = sg_plan_write(&plan, path, options->overwrite > 0, info, err);
    sg_plan_clear(&plan);
    return rc;
}

static int
load_merge_options(segml_merge_options *known, const segml_merge_options *given, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_merge_options", err);

    if (rc < 0)
        return rc;
    known->choice = known->choice != 0 ? known->choice : SEGML_MERGE_EQUAL;
    known->global = known->global != 0 ? known->global : SEGML_GLOBAL_EQUAL;
    if (known->choice < SEGML_MERGE_EQUAL || known->choice > SEGML_MERGE_ROWS)
        return sg_fail(err, SEGML_E_ARGUMENT, "choice %d is none", (int)known->choice);
    if (known->global < SEGML_GLOBAL_EQUAL || known->global > SEGML_GLOBAL_NONE)
        return sg_fail(err, SEGML_E_ARGUMENT, "global %d is none", (int)known->global);
    return SEGML_OK;
}

int
segml_artifact_merge(const char *path, const char *const *artifacts, int64_t count,
                     const segml_merge_options *options, segml_artifact_info *info,
                     segml_error *err)
{
    segml_merge_options known;
    sg_input *inputs;
    int rc;

    if (path == NULL || artifacts == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path or artifacts is NULL");
    if (count < 1 || count > INPUTS_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "%lld artifacts: 1 to %d are merged at once; of more merge some first",
                       (long long)count, (int)INPUTS_MAX);
    rc = load_merge_options(&known, options, err);
    if (rc < 0)
        return rc;
    inputs = sg_alloc_zeroed(count, sizeof *inputs);
    if (inputs == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        rc = artifacts[i] != NULL
                 ? sg_input_open(&inputs[i], artifacts[i], known.max_bytes, err)
                 : sg_fail(err, SEGML_E_ARGUMENT, "artifact %lld is NULL", (long long)i);
    if (rc == SEGML_OK)
        rc = merge_inputs(path, &(sg_merge_inputs){inputs, artifacts, count}, &known, info, err);
    for (int64_t i = 0; i < count; i++)
        sg_input_close(&inputs[i]);
    sg_free(inputs);
    return rc;
}
