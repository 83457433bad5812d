/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/* Ctrl-C: the first asks to stop, the second kills. */

#include <stdint.h>

#include "segml/common.h"

/**
 * From now on SIGINT and SIGTERM ask to stop, once each, and a closed pipe is an error of
 * the write instead of the end of the process.
 */
void cli_signals_install(void);

/** Whether a signal asked to stop. */
int cli_interrupted(void);

/** As cli_interrupted(), as the library asks it. */
int32_t cli_cancel(void *user);

/** SEGML_E_CANCELLED with its message. */
int cli_fail_interrupted(segml_error *err);

#endif
