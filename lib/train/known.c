/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Jobs and records. A record answers a job of the same key, whose rows have the same hash; that
 * options and versions are the same is the caller's to see to (train/setting.h).
 */

#include "train/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/build.h"

void
sg_known_describe(sg_record *record, const sg_job *job)
{
    *record = (sg_record){.kind = job->kind,
                          .columns = job->columns,
                          .content = job->content,
                          .rows = job->spec.rows.rows,
                          .outputs = (int32_t)job->run->target.outputs,
                          .result = *job->result,
                          .shared_log = job->spec.given != NULL,
                          .margin = job->margin};
    for (int32_t c = 0; c < job->columns; c++)
        record->key[c] = job->key[c];
    if (job->unseen != NULL && job->result->status == SEGML_GROUP_TRAINED) {
        record->has_unseen = 1;
        record->unseen = *job->unseen;
    }
}

static int
compare(int32_t kind, int32_t columns, const segml_key *key, const sg_job *job)
{
    if (kind != job->kind)
        return kind < job->kind ? -1 : 1;
    if (columns != job->columns)
        return columns < job->columns ? -1 : 1;
    return sg_key_compare(key, job->key, columns);
}

static int
compare_jobs(const void *a, const void *b)
{
    const sg_job *x = *(sg_job *const *)a;

    return compare(x->kind, x->columns, x->key, *(sg_job *const *)b);
}

static int
compare_record(const void *record, const void *job)
{
    const sg_record *wanted = record;

    return compare(wanted->kind, wanted->columns, wanted->key, *(sg_job *const *)job);
}

int
sg_known_sort(sg_known *known, sg_job *job, int64_t count, segml_error *err)
{
    known->job = sg_alloc_array(count, sizeof *known->job);
    if (known->job == NULL)
        return sg_fail_nomem(err);
    known->count = count;
    for (int64_t j = 0; j < count; j++)
        known->job[j] = &job[j];
    qsort(known->job, (size_t)count, sizeof *known->job, compare_jobs);
    return SEGML_OK;
}

sg_job *
sg_known_find(const sg_known *known, const sg_record *record)
{
    sg_job **found = NULL;

    if (known->count > 0)
        found =
            bsearch(record, known->job, (size_t)known->count, sizeof *known->job, compare_record);
    return found != NULL && (*found)->fate == SG_JOB_HERE &&
                   sg_hash_compare((*found)->content, record->content) == 0 &&
                   (*found)->spec.rows.rows == record->rows &&
                   (*found)->run->target.outputs == record->outputs
               ? *found
               : NULL;
}

static int
name_packed(sg_packed *packed, const char *path, segml_error *err)
{
    sg_free(packed->path);
    packed->path = sg_alloc_text(path, strlen(path));
    return packed->path != NULL ? SEGML_OK : sg_fail_nomem(err);
}

static int
take_model(sg_job *job, sg_record *record, segml_error *err)
{
    int64_t margins = record->rows * record->outputs;
    sg_result *result = &record->result;
    int rc = name_packed(&result->packed, job->path, err);

    if (rc == SEGML_OK && record->shared_log)
        rc = sg_result_copy_log(result, job->spec.given->log, err);
    if (rc == SEGML_OK && record->has_unseen)
        rc = name_packed(&record->unseen, SG_MEMBER_UNSEEN, err);
    if (rc < 0)
        return rc;
    memcpy(job->margin, record->margin, (size_t)margins * sizeof *job->margin);
    if (record->has_unseen) {
        *job->unseen = record->unseen;
        record->unseen = (sg_packed){0};
    }
    return SEGML_OK;
}

int
sg_known_take(sg_job *job, sg_record *record, segml_error *err)
{
    int64_t rarest = job->result->rarest;
    int trained = record->result.status == SEGML_GROUP_TRAINED;
    int rc = SEGML_OK;

    if (trained &&
        (record->shared_log != (job->spec.given != NULL) ||
         (record->shared_log && job->spec.given->log == NULL) ||
         record->has_unseen != (job->unseen != NULL) || record->result.packed.frame.size == 0))
        return 0;
    if (trained)
        rc = take_model(job, record, err);
    if (rc < 0)
        return rc;
    sg_result_clear(job->result);
    *job->result = record->result;
    job->result->rarest = rarest;
    memset(&record->result, 0, sizeof record->result);
    job->fate = SG_JOB_KNOWN;
    atomic_fetch_add(&job->run->work_done, (long long)sg_job_work(job));
    atomic_fetch_add(&job->run->groups_done, job->counts);
    return 1;
}

void
sg_known_clear(sg_known *known)
{
    sg_free(known->job);
    *known = (sg_known){NULL, 0};
}
