/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_JOURNAL_H
#define SG_TRAIN_JOURNAL_H

/*
 * The journal of a training: its setting, then the record of every model as soon as it is
 * finished. A training that is begun again takes them from it.
 */

#include <pthread.h>

#include "base/append.h"
#include "train/known.h"
#include "train/setting.h"

typedef struct sg_journal {
    sg_append file;
    pthread_mutex_t lock; /* of what follows, and of the file */
    int is_open;          /* 1: the lock was made */
    double flushed;       /* by sg_clock_seconds() */
    int64_t damaged;      /* bytes at the end that were cut off */
} sg_journal;

/** Takes a record that was read, which it may use up. @return SEGML_OK; a failure ends it */
typedef int (*sg_journal_fn)(void *user, sg_record *record, segml_error *err);

/**
 * Opens a journal and reads what it holds; a new one gets its setting.
 *
 * @param journal  all zero; released with sg_journal_close(), also after a failure
 * @param take     called for each record, in the order in which they were written
 * @return SEGML_OK; SEGML_E_MISMATCH (of other data, options or versions: the message says which);
 *         SEGML_E_FORMAT (not a journal); SEGML_E_EXISTS (in use, not a regular file); SEGML_E_IO;
 *         SEGML_E_NOMEM; what take returned
 */
int sg_journal_open(sg_journal *journal, const char *path, const sg_setting *setting,
                    sg_journal_fn take, void *user, segml_error *err);

/**
 * Appends a record; on the disk after about a second.
 *
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_NOMEM. Thread-safety: any thread
 */
int sg_journal_add(sg_journal *journal, const sg_record *record, segml_error *err);

/** The same of a job that has ended. */
int sg_journal_add_job(sg_journal *journal, const sg_job *job, segml_error *err);

/** Has everything on the disk. @return SEGML_OK; SEGML_E_IO */
int sg_journal_flush(sg_journal *journal, segml_error *err);

/** Unlocks and releases; the file stays. */
void sg_journal_close(sg_journal *journal);

#endif
