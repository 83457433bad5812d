/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

/* The progress bar: one line on standard error that is drawn over again. */

#include <stddef.h>
#include <stdint.h>

#include "segml/common.h"

typedef struct cli_progress {
    int enabled; /* 0: nothing is ever drawn */
    int shown;   /* a bar stands on the current line */
    double start;
} cli_progress;

/** Seconds of a clock that only goes forward. */
double cli_clock(void);

/** Begins now. Draws only where `enabled` and standard error is a terminal. */
void cli_progress_begin(cli_progress *bar, int enabled);

/** Draws the bar. */
void cli_progress_draw(cli_progress *bar, const segml_progress *progress);

/** Removes the bar, so that a line can be printed. */
void cli_progress_clear(cli_progress *bar);

/** "[====>   ] 131/227 groups  68 %  1.3 groups/s  2 workers  ETA 2:41", for that line. */
void cli_progress_format(char *out, size_t capacity, const segml_progress *progress,
                         double seconds);

/** "4:10", "1:02:03". */
void cli_format_duration(char *out, size_t capacity, double seconds);

#endif
