/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The command-line tool: picks the command, prints its error, makes its exit code.
 *
 * It uses the library as any program does, through the public headers. Results go to
 * standard output, everything else to standard error. setlocale() is never called: numbers
 * are read and written the same way everywhere.
 */

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "commands.h"
#include "fail.h"
#include "output.h"
#include "signals.h"

/* Whether a command looks for signals while it works. */
static int
can_be_asked(int command)
{
    return command == CLI_TRAIN || command == CLI_PREDICT || command == CLI_COMPARE ||
           command == CLI_DIFF || command == CLI_VERIFY;
}

static int
run(const cli_args *args, segml_error *err)
{
    char quoted[CLI_QUOTE];

    if (can_be_asked(args->command))
        cli_signals_ask();
    if (args->help) {
        cli_help_print(stdout, args->command);
        return SEGML_OK;
    }
    switch (args->command) {
    case CLI_TRAIN:
        return cli_run_train(args, err);
    case CLI_PREDICT:
        return cli_run_predict(args, err);
    case CLI_COMPARE:
        return cli_run_compare(args, err);
    case CLI_INSPECT:
        return cli_run_inspect(args, err);
    case CLI_REPORT:
        return cli_run_report(args, err);
    case CLI_VERIFY:
        return cli_run_verify(args, err);
    case CLI_EXTRACT:
        return cli_run_extract(args, err);
    case CLI_PATCH:
        return cli_run_patch(args, err);
    case CLI_PRUNE:
        return cli_run_prune(args, err);
    case CLI_MERGE:
        return cli_run_merge(args, err);
    case CLI_DIFF:
        return cli_run_diff(args, err);
    case CLI_SPLIT:
        return cli_run_split(args, err);
    case CLI_JOIN:
        return cli_run_join(args, err);
    case CLI_SIGN:
        return cli_run_sign(args, err);
    case CLI_VERSION:
        return cli_run_version(args, err);
    default:
        break;
    }
    if (args->topic != NULL && cli_find_command(args->topic) == 0)
        return cli_fail(err, SEGML_E_ARGUMENT, "unknown command %s",
                        cli_quote(quoted, args->topic, strlen(args->topic)));
    cli_help_print(stdout, args->topic != NULL ? cli_find_command(args->topic) : CLI_HELP);
    return SEGML_OK;
}

int
main(int argc, char **argv)
{
    static cli_args args; /* large: room for every repeatable option */
    segml_error err = SEGML_ERROR_INIT;
    segml_error late = SEGML_ERROR_INIT;
    const char *command;
    int rc, usage;

    cli_signals_install();
    rc = cli_args_parse(&args, argc, argv, &err);
    usage = rc == SEGML_E_ARGUMENT;
    command = cli_command_name(args.command);
    if (rc == SEGML_OK)
        rc = run(&args, &err);
    if (rc >= 0 && cli_output_flush_stdout(&late) < 0) {
        rc = late.code;
        err = late;
    }
    if (rc != SEGML_OK)
        fprintf(stderr, "segml%s%s: %s\n", command[0] != '\0' ? " " : "", command, err.message);
    if (usage)
        fprintf(stderr, "usage: segml %s%s--help\n", command, command[0] != '\0' ? " " : "");
    cli_args_clear(&args);
    return cli_exit_code(rc);
}
