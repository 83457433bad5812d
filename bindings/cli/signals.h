/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * Ctrl-C: where a command asks for it, the first asks to stop and the second kills; elsewhere the
 * first kills, and files appear whole or not at all.
 */

#include <stdint.h>

#include "segml/common.h"

/**
 * From now on a closed pipe and a limit of file sizes are errors of the write instead of the end
 * of the process.
 */
void cli_signals_install(void);

/**
 * From now on SIGINT and SIGTERM ask to stop, once each: for commands that look at
 * cli_interrupted() while they work.
 */
void cli_signals_ask(void);

/** Whether a signal asked to stop. */
int cli_interrupted(void);

/** As cli_interrupted(), as the library asks it. */
int32_t cli_cancel(void *user);

/** SEGML_E_CANCELLED with its message. */
int cli_fail_interrupted(segml_error *err);

#endif
