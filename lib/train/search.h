/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SEARCH_H
#define SG_TRAIN_SEARCH_H

/*
 * A search for parameters: trials of parameter sets, each scored on one or more parts. A
 * part is a unit with a fold held out: one for hold-out validation, several folds for
 * k-fold, a fold of every group where one set is sought for all groups.
 *
 *     begin -> (ask -> run or (run_part * parts -> finish), tell) * -> choose -> log
 *
 * ask, tell and choose are for one thread at a time; trials that were asked together may
 * run side by side, each on one thread at a time.
 */

#include "train/fit.h"
#include "train/result.h"

typedef struct sg_part {
    const sg_unit *unit;
    const sg_fitter *fitter;
    int32_t fold;
    double weight; /* of its mean loss among the parts */
} sg_part;

/** A trial and what came of it. */
typedef struct sg_attempt {
    sg_params params;
    int32_t state;       /* segml_trial_state */
    int32_t rounds;      /* at which the loss was lowest */
    int64_t spent;       /* rounds trained */
    double loss;         /* of the task, at those rounds */
    double value;        /* what the search minimises */
    sg_validation *part; /* [parts] until it is told */
    float *margin;       /* [rows * outputs] part after part; NULL = not kept */
} sg_attempt;

typedef struct sg_search {
    const sg_run *run;
    sg_pool *pool;
    sg_part *part; /* [parts] */
    int32_t parts;
    int32_t stop_folds; /* 1: a trial may end after any of its parts */
    sg_param_space space;
    sg_study study;   /* empty where nothing is searched */
    sg_params *first; /* [first_count] tried first */
    int32_t first_count;
    sg_attempt *attempt; /* [limit] */
    int32_t count, limit;
    int64_t spent, most_rounds; /* rounds of all trials; 0 = no limit */
    double deadline;            /* 0 = none */
    int32_t cut;                /* 1: the deadline ended it */
    double hessian;             /* mean one that parameters are meant for; each part scales them to
                                   its own; 0 = they are taken as they are */
    /* The validated rows, part after part. */
    int64_t rows;
    int64_t *start; /* [parts + 1] */
    float *label, *weight;
    int keep;     /* 1: margins are wanted until a trial is told, the chosen one's for longer */
    int keep_all; /* 1: those of all trials are kept to the end */
    int32_t chosen;
} sg_search;

typedef struct sg_search_spec {
    const sg_run *run;
    sg_pool *pool;
    const sg_part *part; /* [parts] copied; their units and fitters are borrowed */
    int32_t parts;
    int32_t stop_folds;
    uint64_t key;         /* of the sampler's random stream */
    sg_param_facts facts; /* of the rows searched on */
} sg_search_spec;

/**
 * Begins a search by the run's options.
 *
 * @param search  all zero; released with sg_search_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_NOMEM
 */
int sg_search_begin(sg_search *search, const sg_search_spec *spec, segml_error *err);

/**
 * Begins up to width trials: numbers *first .. *first + the return - 1.
 *
 * @return number of trials, 0 = the search is over; negative as sg_study_ask() fails
 */
int32_t sg_search_ask(sg_search *search, int32_t width, int32_t *first, segml_error *err);

/**
 * Trains and scores one part of a trial. A failure of the engine is the part's alone.
 *
 * @return SEGML_OK; SEGML_E_CANCELLED; SEGML_E_NOMEM; SEGML_E_BACKEND, SEGML_E_DATA (for the
 *         caller to remember: the trial can go on without the part)
 */
int sg_search_run_part(sg_search *search, sg_prepared *prepared, int32_t trial, int32_t part,
                       segml_error *err);

/** Puts the parts of a trial together. @return SEGML_OK; SEGML_E_NOMEM */
int sg_search_finish(sg_search *search, int32_t trial, segml_error *err);

/**
 * All parts of a trial, which are of one unit, and the finish. Without one of them the trial has
 * failed: its loss would be that of other rows.
 *
 * @return as both
 */
int sg_search_run(sg_search *search, sg_prepared *prepared, int32_t trial, segml_error *err);

/** Ends the trials first .. first + count - 1. @return SEGML_OK; SEGML_E_NOMEM */
int sg_search_tell(sg_search *search, int32_t first, int32_t count, segml_error *err);

/**
 * Picks the best trial: search->chosen.
 *
 * @return SEGML_OK; SEGML_E_DATA (the metric is undefined on the rows); SEGML_E_BACKEND (all
 *         failed)
 */
int sg_search_choose(sg_search *search, segml_error *err);

/** Writes what the search found into a result. @return SEGML_OK; SEGML_E_NOMEM */
int sg_search_log_into(const sg_search *search, sg_result *result, segml_error *err);

/** Releases everything; all zero again. */
void sg_search_clear(sg_search *search);

#endif
