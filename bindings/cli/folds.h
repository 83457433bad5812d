/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FOLDS_H
#define CLI_FOLDS_H

/* The columns that say how rows are held out: --fold-column, --fold-group, --time. */

#include "cell.h"
#include "columns.h"

/* At most one of fold, group and time is there. */
typedef struct cli_folds {
    int32_t *fold;          /* [rows] from 0, also where the file counts from 1; NULL = none */
    int32_t count;          /* of folds, where they are given */
    double *time;           /* [rows] the numbers, or seconds since 1970; NULL = none */
    int32_t dates;          /* 1: the times are dates, not numbers */
    segml_key_column group; /* data NULL = none */
} cli_folds;

/**
 * Reads the columns that have such a role.
 *
 * @param out  all zero; released with cli_folds_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_DATA (a cell: the message names its row and column); SEGML_E_NOMEM
 */
int cli_folds_build(cli_folds *out, const cli_csv *csv, const cli_roles *roles,
                    const cli_missing *missing, segml_error *err);

/** Releases everything. */
void cli_folds_clear(cli_folds *folds);

#endif
