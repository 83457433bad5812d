/* SPDX-License-Identifier: Apache-2.0 */

/* signals: the first Ctrl-C asks, the second one kills. */

#include <check.h>
#include <signal.h>
#include <string.h>

#include "signals.h"

enum { NUMBERS = 4 };

static const int numbers[NUMBERS] = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
static struct sigaction before[NUMBERS];

static void
setup(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_DFL;
    for (int i = 0; i < NUMBERS; i++)
        ck_assert_int_eq(sigaction(numbers[i], &action, &before[i]), 0);
}

static void
teardown(void)
{
    for (int i = 0; i < NUMBERS; i++)
        sigaction(numbers[i], &before[i], NULL);
}

static int
is_handled_by(int number, void (*handler)(int))
{
    struct sigaction action;

    ck_assert_int_eq(sigaction(number, NULL, &action), 0);
    return action.sa_handler == handler;
}

START_TEST(what_the_parent_ignores_stays_ignored)
{
    signal(SIGINT, SIG_IGN);
    cli_signals_ask();
    ck_assert(is_handled_by(SIGINT, SIG_IGN));
    ck_assert(!is_handled_by(SIGTERM, SIG_IGN));
    raise(SIGINT);
    ck_assert(!cli_interrupted());
}
END_TEST

START_TEST(a_closed_pipe_is_left_to_the_write)
{
    cli_signals_install();
    ck_assert(is_handled_by(SIGPIPE, SIG_IGN));
    ck_assert(is_handled_by(SIGXFSZ, SIG_IGN));
    ck_assert(is_handled_by(SIGINT, SIG_DFL));
    ck_assert(is_handled_by(SIGTERM, SIG_DFL));
}
END_TEST

START_TEST(the_first_signal_asks_and_the_second_would_kill)
{
    segml_error err = SEGML_ERROR_INIT;

    cli_signals_ask();
    ck_assert(!is_handled_by(SIGINT, SIG_DFL));
    ck_assert_int_eq(cli_cancel(NULL), 0);
    raise(SIGINT);
    ck_assert(cli_interrupted());
    ck_assert_int_eq(cli_cancel(NULL), 1);
    ck_assert(is_handled_by(SIGINT, SIG_DFL));
    ck_assert_int_eq(cli_fail_interrupted(&err), SEGML_E_CANCELLED);
}
END_TEST

/* Last: where tests share a process, the request to stop stays. */
TCase *
signals_tests(void)
{
    TCase *tc = tcase_create("signals");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_the_parent_ignores_stays_ignored);
    tcase_add_test(tc, a_closed_pipe_is_left_to_the_write);
    tcase_add_test(tc, the_first_signal_asks_and_the_second_would_kill);
    return tc;
}
