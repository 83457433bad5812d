/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H

/* What `segml train` and `segml compare` have in common: a CSV file becomes a dataset, what was
   inferred is printed, options become the library's, callbacks draw the progress bar. */

#include "args.h"
#include "csv_reader.h"
#include "kept.h"
#include "progress.h"
#include "segml/dataset.h"
#include "segml/train.h"
#include "search.h"
#include "table.h"

typedef struct cli_intake {
    cli_csv csv;
    cli_table table;
    segml_dataset *dataset;
    cli_search search;
    cli_kept kept; /* of --reuse */
    cli_progress bar;
    int quiet;
} cli_intake;

/** Looks for XGBoost where it is asked for by name. @return SEGML_OK; SEGML_E_BACKEND */
int cli_intake_check(const cli_args *args, segml_error *err);

/**
 * Reads, types and prints what was inferred, unless quiet.
 *
 * @param in  all zero; released with cli_intake_clear(), also after a failure
 * @return SEGML_OK; as cli_csv_read(), cli_search_read(), cli_table_build(),
 *         segml_dataset_create()
 */
int cli_intake_read(cli_intake *in, const cli_args *args, segml_error *err);

/** The training options of the command line; begins the progress bar. */
void cli_intake_options(segml_train_options *options, cli_intake *in, const cli_args *args);

/** Releases everything; the bar is gone. */
void cli_intake_clear(cli_intake *in);

#endif
