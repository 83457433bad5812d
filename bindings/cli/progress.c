/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The bar is never wider than 79 columns and needs no terminal library: carriage return and
 * "erase to end of line" are all it uses. What is left is told from the library's estimate
 * of work, not from the number of groups, because groups differ in size by far.
 */

#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 20, LINE = 80 };

double
cli_clock(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void
cli_progress_begin(cli_progress *bar, int enabled)
{
    bar->enabled = enabled && isatty(STDERR_FILENO);
    bar->shown = 0;
    bar->start = cli_clock();
}

void
cli_format_duration(char *out, size_t capacity, double seconds)
{
    double limited = seconds < 0 ? 0 : seconds > 3.6e6 ? 3.6e6 : seconds; /* 1,000 hours */
    long whole = (long)(limited + 0.5);

    if (whole >= 3600)
        snprintf(out, capacity, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(out, capacity, "%ld:%02ld", whole / 60, whole % 60);
}

void
cli_progress_format(char *out, size_t capacity, const segml_progress *progress, double seconds)
{
    double share = progress->work_total > 0 ? progress->work_done / progress->work_total : 0;
    char bar[BAR + 1], eta[24] = "-";
    char rate[32] = "";
    int full;

    share = share < 0 ? 0 : share > 1 ? 1 : share;
    full = (int)(share * BAR);
    memset(bar, ' ', BAR);
    memset(bar, '=', (size_t)full);
    if (full < BAR)
        bar[full] = '>';
    bar[BAR] = '\0';
    if (share > 0)
        cli_format_duration(eta, sizeof eta, seconds * (1 - share) / share);
    if (seconds > 0 && progress->groups_done > 0)
        snprintf(rate, sizeof rate, "  %.3g groups/s", (double)progress->groups_done / seconds);
    snprintf(out, capacity, "[%s] %lld/%lld groups  %d %%%s  %d worker%s  ETA %s", bar,
             (long long)progress->groups_done, (long long)progress->groups_total,
             (int)(share * 100), rate, (int)progress->workers, progress->workers == 1 ? "" : "s",
             eta);
}

void
cli_progress_draw(cli_progress *bar, const segml_progress *progress)
{
    char line[LINE];

    if (!bar->enabled)
        return;
    cli_progress_format(line, sizeof line, progress, cli_clock() - bar->start);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
    bar->shown = 1;
}

void
cli_progress_clear(cli_progress *bar)
{
    if (!bar->shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    bar->shown = 0;
}
