/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Signals set a flag that the long loops and the library's cancel callback look at, so
 * that temporary files are removed and nothing half written stays. A handler works once
 * (SA_RESETHAND): whoever does not want to wait presses Ctrl-C again. System calls are
 * not restarted, so that a read that waits for a pipe ends too. What the parent ignores
 * stays ignored: that is how shells keep Ctrl-C from jobs in the background. Writing to a
 * pipe that nobody reads, or beyond a limit of file sizes, is an error like any other.
 */

#include "signals.h"

#include <signal.h>
#include <string.h>

#include "fail.h"

static volatile sig_atomic_t interrupted;

static void
note_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static void
handle(int number)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
        return;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(number, &action, NULL);
}

void
cli_signals_ask(void)
{
    handle(SIGINT);
    handle(SIGTERM);
}

void
cli_signals_install(void)
{
    struct sigaction ignore;

    memset(&ignore, 0, sizeof ignore);
    sigemptyset(&ignore.sa_mask);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

int
cli_interrupted(void)
{
    return interrupted != 0;
}

int32_t
cli_cancel(void *user)
{
    (void)user;
    return cli_interrupted();
}

int
cli_fail_interrupted(segml_error *err)
{
    return cli_fail(err, SEGML_E_CANCELLED, "interrupted: nothing was written");
}
