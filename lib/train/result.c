/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Statuses. A group is looked at before anything is trained: too few rows, then a
 * single label, then too few rows of the second most frequent class, then too few folds
 * to score on, in that order, so that a status never depends on the engine. Rows of
 * weight 0 do not count.
 *
 * Two folds are needed because the rounds that a fold is scored at are chosen by others.
 */

#include "train/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { ROWS_OF_SECOND_CLASS = 5 };

int
sg_result_set(sg_result *result, int32_t status, const char *message, segml_error *err)
{
    sg_free(result->message);
    result->status = status;
    result->message = sg_alloc_text(message, strlen(message));
    return result->message != NULL ? SEGML_OK : sg_fail_nomem(err);
}

typedef struct label_facts {
    int64_t rows;        /* of positive weight */
    int64_t first_class; /* rows of the most frequent class, and of the second */
    int64_t second_class;
    int64_t rarest; /* rows of the rarest class that occurs */
    int constant;   /* 1: one label */
} label_facts;

static int
count_labels(label_facts *facts, const sg_run *run, int64_t first, int64_t rows, segml_error *err)
{
    int64_t classes = run->target.class_count;
    int64_t *count = sg_alloc_zeroed(classes + 1, sizeof *count);
    float label = 0;

    if (count == NULL)
        return sg_fail_nomem(err);
    *facts = (label_facts){.constant = 1};
    for (int64_t i = first; i < first + rows; i++) {
        int64_t row = run->row[i];

        if (!(sg_dataset_weight(run->dataset, row) > 0))
            continue;
        facts->constant = facts->constant && (facts->rows == 0 || run->target.label[row] == label);
        label = run->target.label[row];
        facts->rows++;
        count[classes > 0 ? (int64_t)label : 0]++;
    }
    for (int64_t c = 0; c < classes; c++) {
        if (count[c] > 0 && (facts->rarest == 0 || count[c] < facts->rarest))
            facts->rarest = count[c];
        if (count[c] > facts->first_class) {
            facts->second_class = facts->first_class;
            facts->first_class = count[c];
        } else if (count[c] > facts->second_class) {
            facts->second_class = count[c];
        }
    }
    sg_free(count);
    return SEGML_OK;
}

/* Folds that rows which count are held out in, after others to train on. */
static int
count_folds(int32_t *scored, const sg_run *run, int64_t first, int64_t rows, segml_error *err)
{
    int32_t folds = run->options.folds;
    int ordered = run->dataset->fold_kind == SG_FOLD_ORDERED;
    int64_t *count = sg_alloc_zeroed((int64_t)folds + 1, sizeof *count);
    int64_t before = 0;

    if (count == NULL)
        return sg_fail_nomem(err);
    for (int64_t i = first; i < first + rows; i++)
        count[run->fold[i] + 1] += sg_dataset_weight(run->dataset, run->row[i]) > 0;
    *scored = 0;
    for (int32_t f = 0; f <= folds; f++) { /* 0 stands for SG_FOLD_NEVER */
        *scored += f > 0 && count[f] > 0 && (!ordered || before > 0);
        before += count[f];
    }
    sg_free(count);
    return SEGML_OK;
}

/* The last test: the rows must be of two folds at least. */
static int
check_folds(sg_result *result, const sg_run *run, int64_t first, int64_t rows, segml_error *err)
{
    int32_t scored = 0;
    int rc = count_folds(&scored, run, first, rows, err);

    if (rc < 0 || scored >= 2)
        return rc;
    return sg_result_set(result, SEGML_GROUP_TOO_FEW_ROWS,
                         run->dataset->fold_kind == SG_FOLD_ORDERED
                             ? "rows of too few different times for two folds after others"
                             : "all rows are in one fold, and cross-validation needs two",
                         err);
}

int
sg_result_check(sg_result *result, const sg_run *run, int64_t first, int64_t rows, segml_error *err)
{
    char message[128];
    label_facts facts = {.rows = 0};
    int rc = count_labels(&facts, run, first, rows, err);

    if (rc < 0)
        return rc;
    if (facts.rows < run->options.min_rows) {
        snprintf(message, sizeof message, "%lld rows, fewer than %lld", (long long)facts.rows,
                 (long long)run->options.min_rows);
        return sg_result_set(result, SEGML_GROUP_TOO_FEW_ROWS, message, err);
    }
    if (facts.constant) {
        int classes = run->target.class_count > 0;

        snprintf(message, sizeof message, "all %lld labels are %s", (long long)facts.rows,
                 classes ? "of one class" : "equal");
        return sg_result_set(result, classes ? SEGML_GROUP_ONE_CLASS : SEGML_GROUP_CONSTANT_LABEL,
                             message, err);
    }
    if (run->target.class_count > 0 && facts.second_class < ROWS_OF_SECOND_CLASS) {
        snprintf(message, sizeof message,
                 "%lld rows of the second most frequent class, fewer than %d",
                 (long long)facts.second_class, (int)ROWS_OF_SECOND_CLASS);
        return sg_result_set(result, SEGML_GROUP_TOO_FEW_ROWS, message, err);
    }
    result->status = SEGML_GROUP_TRAINED;
    result->rarest = facts.rarest;
    result->search_loss = result->search_loss_corrected = (double)NAN; /* until it is searched */
    result->search_f1 = result->search_f1_corrected = (double)NAN;
    return check_folds(result, run, first, rows, err);
}

int
sg_result_copy_log(sg_result *result, const sg_search_log *log, segml_error *err)
{
    size_t trials = (size_t)log->trials;

    result->search = *log;
    result->search.value = sg_alloc_copy(log->value, trials * sizeof *log->value);
    result->search.rounds = sg_alloc_copy(log->rounds, trials * sizeof *log->rounds);
    result->search.state = sg_alloc_copy(log->state, trials * sizeof *log->state);
    return result->search.value != NULL && result->search.rounds != NULL &&
                   result->search.state != NULL
               ? SEGML_OK
               : sg_fail_nomem(err);
}

int
sg_result_searched(const sg_result *result, int32_t fold)
{
    return fold >= 0 && (result->searched[fold / 64] >> (fold % 64) & 1) != 0;
}

void
sg_result_clear(sg_result *result)
{
    sg_free(result->message);
    result->message = NULL;
    sg_packed_clear(&result->packed);
    sg_free(result->search.value);
    sg_free(result->search.rounds);
    sg_free(result->search.state);
    result->search = (sg_search_log){0, 0, 0, NULL, NULL, NULL};
}
