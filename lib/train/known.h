/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_KNOWN_H
#define SG_TRAIN_KNOWN_H

/* Jobs and their records: the record that a job leaves, and the job that a record answers. */

#include "train/job.h"
#include "train/record.h"

/** The record of a job that has ended; it borrows everything and is not cleared. */
void sg_known_describe(sg_record *record, const sg_job *job);

/** The jobs of a training, to be found by their keys. */
typedef struct sg_known {
    sg_job **job; /* [count] sorted */
    int64_t count;
} sg_known;

/**
 * Sorts the jobs.
 *
 * @param known  all zero; released with sg_known_clear()
 * @param job    [count] borrowed
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_known_sort(sg_known *known, sg_job *job, int64_t count, segml_error *err);

/** The job that a record is of; NULL if there is none, or its rows are others. */
sg_job *sg_known_find(const sg_known *known, const sg_record *record);

/**
 * Takes a record's result over as the job's; the job is SG_JOB_KNOWN then.
 *
 * @param record  its result, margins and models are used up
 * @return 1; 0 = it does not fit the job, which is unchanged; SEGML_E_NOMEM
 */
int sg_known_take(sg_job *job, sg_record *record, segml_error *err);

/** Releases what it holds. */
void sg_known_clear(sg_known *known);

#endif
