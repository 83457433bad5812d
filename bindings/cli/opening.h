/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPENING_H
#define CLI_OPENING_H

/* Opening the model that a command uses. */

#include "args.h"
#include "segml/model.h"

/**
 * Opens the command's first operand. References that are not resolved are a warning on standard
 * error, not a failure: their groups fall back.
 *
 * @return as segml_model_open(), without SEGML_PARTIAL
 */
int cli_model_open(segml_model **out, const cli_args *args, const segml_open_options *options,
                   segml_error *err);

#endif
