/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_VIEW_H
#define SG_REPORT_VIEW_H

/*
 * What a report tells, of a model and of a comparison alike: groups, and in each of them one
 * cell per approach. A model is a view with one approach. Page, JSON and CSV are made of views
 * alone; they know neither models nor comparisons.
 */

#include "base/arena.h"
#include "segml/report.h"

enum { SG_VIEW_DEFAULT_GROUPS = 60 };

/** One approach in one group. */
typedef struct sg_view_cell {
    segml_comparison_cell facts;
    int32_t chosen;           /* trial that was chosen; -1 = unknown, or no search */
    const int32_t *states;    /* [trials] segml_trial_state; NULL = unknown */
    const double *importance; /* [features] shares of gain; NULL = none */
} sg_view_cell;

/** A group; also all rows together, and a model's global model. */
typedef struct sg_view_group {
    const char *label;     /* "ATL", "DE / bikes", "NULL" */
    const segml_key *keys; /* [keys]; NULL of records that are no group */
    int64_t rows;
    int32_t verdict;            /* segml_verdict; 0 in models */
    const double *correlations; /* [features]; NULL = none */
    sg_view_cell *cells;        /* [approaches] */
} sg_view_group;

/** A line of "How it was made". */
typedef struct sg_view_fact {
    const char *name;
    const char *text;
} sg_view_fact;

typedef struct sg_view {
    sg_arena arena;
    segml_history *history; /* owned; NULL = none */
    int is_comparison;
    const char *answer; /* who answers for groups without a model, a sentence; NULL = nobody */
    int32_t task, mode, evaluation;
    const char *title, *label_name;
    int64_t rows, scored, features, keys, approaches, reference, best;
    const char **feature_names, **key_names, **approach_names;
    sg_view_group *groups; /* [group_count] sorted by key */
    int64_t group_count;
    int64_t *largest; /* [shown] positions in groups, by rows, the largest first */
    int64_t shown;
    sg_view_group overall, global;
    int has_global;
    sg_view_fact *facts;
    int64_t fact_count;
    const segml_value *options; /* [option_count] of a model */
    int64_t option_count;
} sg_view;

/**
 * Collects what a model tells, and its history where it has one.
 *
 * @param view  all zero; released with sg_view_clear(), also after a failure. It borrows from
 *              the model
 * @return SEGML_OK; SEGML_E_FORMAT (a damaged history); SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_view_of_model(sg_view *view, const segml_model *model, segml_error *err);

/** The same of a comparison. @return SEGML_OK; SEGML_E_NOMEM */
int sg_view_of_comparison(sg_view *view, const segml_comparison *comparison, segml_error *err);

/** Title and the groups that are shown. @return SEGML_OK; SEGML_E_NOMEM */
int sg_view_finish(sg_view *view, const char *title, int64_t max_groups, segml_error *err);

/** Text of a group's key. @return text of the arena; NULL when memory is out */
const char *sg_view_label(sg_arena *arena, const segml_key *keys, int64_t count);

/** Adds a fact; its text is copied. Room must have been made. @return SEGML_OK; SEGML_E_NOMEM */
int sg_view_add_fact(sg_view *view, const char *name, const char *text, segml_error *err);

void sg_view_clear(sg_view *view);

/** A metric by name, estimates before plain metrics: the interval is NaN where there is none. */
segml_estimate sg_view_estimate(const sg_view_cell *cell, const char *name);

/** Name of the loss of a task: "log_loss", "rmse", "deviance". */
const char *sg_view_loss(int32_t task);

/** The metrics of tables, the loss first; ends with NULL. */
const char *const *sg_view_headlines(int32_t task);

/** A metric as people call it, "ROC AUC"; the name itself where it has no other. */
const char *sg_view_metric_title(const char *name);

/** Whether a metric is an error or a bound of another one: log_loss_se, f1_low. */
int sg_view_is_bound(const char *name);

/** Whether the cell has a model of its own. */
int sg_view_has_model(const sg_view_cell *cell);

#endif
