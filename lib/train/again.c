/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Not training again. All jobs are planned first, as if none of their models were known: budgets
 * are shared out, engines are chosen and statuses are settled as in a training from nothing.
 * Then the jobs whose records are at hand take them over, and the others are trained; so the
 * result has the same bytes wherever its models come from.
 */

#include "train/again.h"

#include <stdio.h>

#include "base/alloc.h"
#include "train/part.h"
#include "train/reuse.h"

/* Hash of the groups that the search for all groups is validated on. */
static int
hash_validated(sg_hash128 *hash, const sg_training *t, segml_error *err)
{
    sg_buf bytes = {0};
    sg_wire_writer w = {.out = &bytes, .err = err};

    for (int32_t i = 0; i < t->common.groups && w.rc == SEGML_OK; i++) {
        sg_hash128 group = {0, 0};
        int rc = sg_setting_hash(&group, &t->run, t->common.group[i], 1, err);

        sg_wire_put_hash(&w, group);
        w.rc = rc < 0 ? rc : w.rc;
    }
    *hash = sg_hash_128(bytes.bytes, bytes.size);
    sg_buf_clear(&bytes);
    return w.rc;
}

int
sg_again_describe_shared(sg_record *record, const sg_training *t, segml_error *err)
{
    *record = (sg_record){.kind = SG_RECORD_SHARED,
                          .outputs = 1,
                          .given = t->common.given,
                          .result = {.search = t->common.found.search}};
    return hash_validated(&record->content, t, err);
}

int
sg_again_take_shared(sg_training *t, sg_record *record, segml_error *err)
{
    sg_hash128 wanted;
    int rc;

    if (!sg_again_must_search(t))
        return SEGML_OK;
    rc = hash_validated(&wanted, t, err);
    if (rc < 0 || sg_hash_compare(wanted, record->content) != 0)
        return rc;
    t->common.found.search = record->result.search;
    record->result.search = (sg_search_log){0, 0, 0, NULL, NULL, NULL};
    t->common.given = record->given;
    t->common.given.log = &t->common.found.search;
    return SEGML_OK;
}

int
sg_again_check(const sg_training *t, segml_error *err)
{
    const segml_train_options *options = &t->run.options;

    return options->cancel != NULL && options->cancel(options->user) != 0
               ? sg_fail(err, SEGML_E_CANCELLED, "cancelled")
               : SEGML_OK;
}

static int
take_from_journal(void *user, sg_record *record, segml_error *err)
{
    sg_training *t = user;
    sg_job *job;
    int rc;

    rc = sg_again_check(t, err);
    if (rc < 0)
        return rc;
    if (record->kind == SG_RECORD_SHARED)
        return sg_again_take_shared(t, record, err);
    job = sg_known_find(&t->known, record);
    rc = job != NULL ? sg_known_take(job, record, err) : 0;
    t->resumed += rc > 0;
    return rc < 0 ? rc : SEGML_OK;
}

static void
say_resumed(const sg_training *t)
{
    const segml_train_options *options = &t->run.options;
    char line[512];
    int64_t here = 0;

    if (options->log == NULL)
        return;
    if (t->journal.damaged > 0) {
        snprintf(line, sizeof line,
                 "journal %.200s: its last %lld bytes are not whole and were cut off",
                 options->journal, (long long)t->journal.damaged);
        options->log(SEGML_LOG_WARNING, line, options->user);
    }
    if (t->resumed == 0)
        return;
    for (int64_t j = 0; j < t->jobs; j++)
        here += t->job[j].fate != SG_JOB_ELSEWHERE;
    snprintf(line, sizeof line, "journal %.200s: %lld of %lld models are finished already",
             options->journal, (long long)t->resumed, (long long)here);
    options->log(SEGML_LOG_INFO, line, options->user);
}

/* Jobs that are another shard's. */
static int
share_out(sg_training *t, segml_error *err)
{
    int rc = SEGML_OK;

    t->setting.shard = t->shard;
    t->setting.shards = t->shards;
    for (int64_t j = 0; t->shards > 0 && j < t->jobs && rc == SEGML_OK; j++) {
        sg_job *job = &t->job[j];
        int32_t owner = 0;

        rc = sg_part_owner(&owner, job->kind, job->key, job->columns, t->shards, err);
        if (owner == t->shard)
            continue;
        job->fate = SG_JOB_ELSEWHERE;
        t->work_total -= sg_job_work(job);
        t->elsewhere += job->counts;
    }
    return rc;
}

int
sg_again_must_search(const sg_training *t)
{
    return t->common.groups > 0 && t->common.given.log == NULL;
}

int
sg_again_begin(sg_training *t, segml_error *err)
{
    const char *path = t->run.options.journal;
    int rc = sg_setting_make(&t->setting, &t->run, t->mode, err);

    if (rc == SEGML_OK)
        rc = share_out(t, err);
    if (rc == SEGML_OK)
        rc = sg_known_sort(&t->known, t->job, t->jobs, err);
    if (rc == SEGML_OK && path != NULL) {
        rc = sg_journal_open(&t->journal, path, &t->setting, take_from_journal, t, err);
        t->run.journal = &t->journal;
    }
    if (rc == SEGML_OK)
        say_resumed(t);
    return rc == SEGML_OK ? sg_reuse_begin(t, err) : rc;
}

int
sg_again_searched(sg_training *t, int searched, segml_error *err)
{
    sg_record record;
    int rc = SEGML_OK;

    if (searched && t->run.journal != NULL) {
        rc = sg_again_describe_shared(&record, t, err);
        if (rc == SEGML_OK)
            rc = sg_journal_add(t->run.journal, &record, err);
    }
    return rc == SEGML_OK ? sg_reuse_take(t, err) : rc;
}

int
sg_again_end(sg_training *t, segml_error *err)
{
    return t->run.journal != NULL ? sg_journal_flush(t->run.journal, err) : SEGML_OK;
}
