/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KEPT_H
#define CLI_KEPT_H

/* What `segml train --reuse` takes over from an older model: columns, types, texts, target. */

#include "segml/model.h"
#include "table.h"

typedef struct cli_kept {
    segml_model *model;
    const char *path;
    int64_t features;
    int32_t task; /* segml_task */
} cli_kept;

/**
 * Opens the model.
 *
 * @param kept  all zero; released with cli_kept_clear(), also after a failure
 * @param path  borrowed until then
 * @return as segml_model_open(); SEGML_PARTIAL is a success
 */
int cli_kept_open(cli_kept *kept, const char *path, segml_error *err);

/** Has a table built as the model's was: its features alone, their types and texts, its task. */
void cli_kept_apply(const cli_kept *kept, cli_table_options *options);

/** The class that the model predicts; NULL unless its task is binary. */
const char *cli_kept_positive(const cli_kept *kept);

/**
 * Adds the texts of a feature of the model to an empty dictionary, in its order.
 *
 * @param dict  borrows them until cli_kept_clear()
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int cli_kept_texts(const cli_kept *kept, int64_t feature, cli_dict *dict, segml_error *err);

/** Releases everything. */
void cli_kept_clear(cli_kept *kept);

#endif
