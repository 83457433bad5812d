/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/*
 * The commands. Each returns SEGML_OK, a remark (SEGML_PARTIAL, SEGML_DIFFERENT, ...) or a failure,
 * the latter two with a message in err.
 */

#include <stdio.h>

#include "args.h"

int cli_run_train(const cli_args *args, segml_error *err);
int cli_run_compare(const cli_args *args, segml_error *err);
int cli_run_predict(const cli_args *args, segml_error *err);
int cli_run_inspect(const cli_args *args, segml_error *err);
int cli_run_report(const cli_args *args, segml_error *err);
int cli_run_verify(const cli_args *args, segml_error *err);
int cli_run_extract(const cli_args *args, segml_error *err);
int cli_run_patch(const cli_args *args, segml_error *err);
int cli_run_prune(const cli_args *args, segml_error *err);
int cli_run_merge(const cli_args *args, segml_error *err);
int cli_run_diff(const cli_args *args, segml_error *err);
int cli_run_split(const cli_args *args, segml_error *err);
int cli_run_join(const cli_args *args, segml_error *err);
int cli_run_sign(const cli_args *args, segml_error *err);
int cli_run_version(const cli_args *args, segml_error *err);

/** Prints the usage of a command; of the whole tool for CLI_HELP. */
void cli_help_print(FILE *stream, int32_t command);

#endif
