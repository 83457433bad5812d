/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_TRAINING_H
#define SG_TRAIN_TRAINING_H

/*
 * One training from data to results: models, statuses, out-of-fold margins. Training calls
 * export them, comparisons look at them.
 */

#include "train/job.h"
#include "train/journal.h"
#include "train/outcome.h"
#include "train/shared.h"

typedef struct sg_training {
    sg_run run;
    int32_t mode; /* segml_mode */
    sg_pool *pool;
    sg_result *result; /* [groups] */
    sg_result global;  /* status SEGML_GROUP_TRAINED = there is one */
    sg_packed unseen;
    sg_parents parents; /* none unless they were asked for */
    sg_job *job; /* [jobs] the global one first, then the groups', then the parents' */
    int64_t jobs;
    sg_shared common;                    /* of validation "shared"; groups 0 = not used */
    int64_t validated[SG_SHARED_GROUPS]; /* its groups */
    char **path;   /* [groups] of the members; NULL where nothing is trained */
    float *own;    /* [rows * outputs] by position: out-of-fold margins of groups' own models;
                          NULL in mode global */
    float *shared; /* [rows * outputs] of the global model; NULL = none */
    const double *correlations; /* [(groups + 1) * features] of merged parts; NULL = computed */
    double work_total;
    int32_t shard, shards; /* this part of so many; 0 = not shared out */
    int64_t elsewhere;     /* groups whose models other shards train */
    /* What was there already: train/again.h. */
    sg_setting setting;
    sg_known known;
    sg_journal journal;
    int64_t resumed; /* models of the journal */
    int64_t reused;  /* models of the option reuse */
    sg_buf old;      /* its training.bin, until they are taken */
    struct sg_old_model *old_model; /* [old_models] by path, likewise: if it has no index */
    int64_t old_models;
    sg_given old_given;
} sg_training;

/**
 * Trains.
 *
 * @param training  all zero; released with sg_training_clear(), also after a failure
 * @param given     NULL = defaults
 * @return SEGML_OK; as segml_train_segmented(), but a failed group is only in its result
 */
int sg_training_run(sg_training *training, const segml_dataset *dataset,
                    const segml_train_options *given, int32_t mode, segml_error *err);

/** Plans: statuses, jobs, budgets. What sg_training_run() does first; merging parts does the rest
 * otherwise. @return SEGML_OK; SEGML_E_NOMEM */
int sg_training_plan(sg_training *training, segml_error *err);

/** Warns of failed models. @return SEGML_OK; SEGML_PARTIAL with the first one if there are any */
int sg_training_report(const sg_training *training, segml_error *err);

/** What it left, which it keeps. */
sg_outcome sg_training_outcome(sg_training *training);

/**
 * Makes the model; the margins are used up.
 *
 * @return SEGML_OK; SEGML_PARTIAL (groups failed); SEGML_E_BACKEND or SEGML_E_DATA (mode global,
 *         and no global model); SEGML_E_NOMEM; SEGML_E_INTERNAL
 */
int sg_training_export(segml_model **out, sg_training *training, segml_error *err);

/** Releases everything. */
void sg_training_clear(sg_training *training);

#endif
