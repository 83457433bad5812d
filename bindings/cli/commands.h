/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/*
 * The commands. Each returns SEGML_OK, a remark (SEGML_PARTIAL, SEGML_UNROUTED) or a failure,
 * the latter two with a message in err.
 */

#include "args.h"

int cli_run_train(const cli_args *args, segml_error *err);
int cli_run_compare(const cli_args *args, segml_error *err);
int cli_run_merge(const cli_args *args, segml_error *err);
int cli_run_predict(const cli_args *args, segml_error *err);
int cli_run_inspect(const cli_args *args, segml_error *err);
int cli_run_report(const cli_args *args, segml_error *err);
int cli_run_verify(const cli_args *args, segml_error *err);
int cli_run_version(const cli_args *args, segml_error *err);

/** Usage of a command; of the whole tool for CLI_HELP. */
const char *cli_help_text(int32_t command);

/** What follows it: a compiler need not take longer texts than 4,095 bytes. "" = nothing. */
const char *cli_help_more(int32_t command);

#endif
