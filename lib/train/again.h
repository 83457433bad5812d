/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_AGAIN_H
#define SG_TRAIN_AGAIN_H

/* What a training need not do again: models from its journal, and from an older artifact. */

#include "train/training.h"

/**
 * Before anything is trained: settles which jobs are this shard's, opens the journal, and takes
 * the models that are in it, the search for all groups too. Opens what the option reuse names.
 *
 * @param training  its jobs are planned
 * @return SEGML_OK; as sg_journal_open() and sg_reuse_begin()
 */
int sg_again_begin(sg_training *training, segml_error *err);

/**
 * After the search for all groups, if there is one: journals it, and takes models of the option
 * reuse.
 *
 * @param searched  1: it was made now
 * @return SEGML_OK; SEGML_E_IO; as sg_reuse_take()
 */
int sg_again_searched(sg_training *training, int searched, segml_error *err);

/** Whether the search for all groups is to be made. */
int sg_again_must_search(const sg_training *training);

/** The record of the search for all groups; it borrows its log. @return SEGML_OK; SEGML_E_NOMEM */
int sg_again_describe_shared(sg_record *record, const sg_training *training, segml_error *err);

/** Takes such a record if it was validated on the same rows. @return SEGML_OK; SEGML_E_NOMEM */
int sg_again_take_shared(sg_training *training, sg_record *record, segml_error *err);

/** Whether the caller cancels. @return SEGML_OK; SEGML_E_CANCELLED */
int sg_again_check(const sg_training *training, segml_error *err);

/** Has the journal on the disk, if there is one. @return SEGML_OK; SEGML_E_IO */
int sg_again_end(sg_training *training, segml_error *err);

#endif
