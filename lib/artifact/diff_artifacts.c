/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparing two artifacts: headers by the list in header.c, records as two sorted lists.
 *
 * What counts is what the artifacts mean. How members are packed, in which order, and whether a
 * record or the header states an engine does not; models are the same if their digests are.
 */

#include <string.h>

#include "artifact/entry.h"
#include "artifact/header.h"
#include "artifact/input.h"
#include "base/key.h"
#include "base/opts.h"
#include "segml/artifact.h"

typedef struct diffing {
    const sg_manifest *first, *second;
    segml_difference_fn on_difference;
    void *user;
    int64_t count;
    int is_stopped;
} diffing;

static void
tell(diffing *d, const segml_difference *difference)
{
    if (d->is_stopped)
        return;
    d->count++;
    if (d->on_difference != NULL)
        d->is_stopped = d->on_difference(difference, d->user) != 0;
}

static int
tell_header(void *user, const sg_header_difference *difference, segml_error *err)
{
    diffing *d = user;

    (void)err;
    tell(d, &(segml_difference){.kind = SEGML_DIFFERENCE_HEADER,
                                .name = difference->name,
                                .first = difference->first,
                                .second = difference->second});
    return d->is_stopped;
}

/* Records of one group, parent or global model; one of them may be NULL. */
static void
compare_pair(diffing *d, int role, const sg_manifest_record *a, const sg_manifest_record *b)
{
    const sg_entry x = {a, d->first}, y = {b, d->second};
    const sg_manifest_record *named = a != NULL ? a : b;
    segml_difference difference = {.role = role, .keys = named->keys};
    const char *member = NULL;

    difference.key_columns = named->keys != NULL ? named->columns : 0;
    if (a == NULL || b == NULL)
        difference.kind = a != NULL ? SEGML_DIFFERENCE_REMOVED : SEGML_DIFFERENCE_ADDED;
    else if (sg_entry_compare(&x, &y, &member) == 0)
        return;
    else if (a->has_model && b->has_model && strcmp(member, "digest") == 0)
        difference.kind = SEGML_DIFFERENCE_MODEL;
    else
        difference.kind = SEGML_DIFFERENCE_RECORD;
    if (difference.kind == SEGML_DIFFERENCE_RECORD)
        difference.name = strcmp(member, "digest") == 0 ? "status" : member;
    tell(d, &difference);
}

static int
order_of(const sg_manifest_record *a, const sg_manifest_record *b)
{
    if (a->columns != b->columns)
        return a->columns < b->columns ? -1 : 1;
    return sg_key_compare(a->keys, b->keys, a->columns);
}

/* Two lists that ascend by key. */
static void
compare_lists(diffing *d, const sg_manifest_record *a, int64_t a_count, const sg_manifest_record *b,
              int64_t b_count)
{
    int64_t i = 0, j = 0;

    while ((i < a_count || j < b_count) && !d->is_stopped) {
        int order = i == a_count ? 1 : j == b_count ? -1 : order_of(&a[i], &b[j]);

        compare_pair(d, SEGML_ROLE_GROUP, order <= 0 ? &a[i] : NULL, order >= 0 ? &b[j] : NULL);
        i += order <= 0;
        j += order >= 0;
    }
}

/* A record for the model of unseen keys, which the manifest gives rounds and a digest only. */
static sg_manifest_record
record_of_unseen(const sg_manifest *m)
{
    sg_manifest_record record = {.message = "", .engine = "", .rounds = m->unseen_rounds};

    record.has_model = m->has_unseen;
    record.has_threshold = 1;
    memcpy(record.digest, m->unseen_digest, SG_DIGEST_BYTES);
    return record;
}

static void
compare_shared(diffing *d)
{
    const sg_manifest *a = d->first, *b = d->second;
    const sg_manifest_record x = record_of_unseen(a), y = record_of_unseen(b);

    if (a->has_global || b->has_global)
        compare_pair(d, SEGML_ROLE_GLOBAL, a->has_global ? &a->global : NULL,
                     b->has_global ? &b->global : NULL);
    if (a->has_unseen || b->has_unseen)
        compare_pair(d, SEGML_ROLE_UNSEEN, a->has_unseen ? &x : NULL, b->has_unseen ? &y : NULL);
    if (sg_entry_compare(&(sg_entry){&a->overall, a}, &(sg_entry){&b->overall, b}, NULL) != 0)
        tell(d, &(segml_difference){.kind = SEGML_DIFFERENCE_HEADER, .name = "overall"});
}

static int
load_diff_options(segml_diff_options *known, const segml_diff_options *given, const char *first,
                  const char *second, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_diff_options", err);

    if (rc == SEGML_OK && (first == NULL || second == NULL))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", first == NULL ? "first" : "second");
    return rc;
}

int
segml_artifact_diff(const char *first, const char *second, const segml_diff_options *options,
                    segml_error *err)
{
    segml_diff_options known;
    sg_input a = {.has_index = 0}, b = {.has_index = 0};
    diffing d = {.first = &a.catalog.manifest, .second = &b.catalog.manifest};
    int rc = load_diff_options(&known, options, first, second, err);

    if (rc < 0)
        return rc;
    d.on_difference = known.on_difference;
    d.user = known.user;
    rc = sg_input_open(&a, first, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = sg_input_open(&b, second, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = sg_header_compare(d.first, d.second, tell_header, &d, err);
    if (rc == SEGML_OK) {
        compare_shared(&d);
        compare_lists(&d, d.first->parents, d.first->parent_count, d.second->parents,
                      d.second->parent_count);
        compare_lists(&d, d.first->groups, d.first->group_count, d.second->groups,
                      d.second->group_count);
    }
    if (rc == SEGML_OK && d.count > 0)
        rc = sg_fail(err, SEGML_DIFFERENT, "%lld difference%s%s", (long long)d.count,
                     d.count == 1 ? "" : "s", d.is_stopped ? ", and perhaps more" : "");
    sg_input_close(&b);
    sg_input_close(&a);
    return rc;
}
