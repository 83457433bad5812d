/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Callbacks of a comparison. Every training counts its work from 0 in its own unit, which is known
 * only once it is planned; the relay scales it to the share that was estimated before. So the
 * total stands from the first call on and what is done never falls.
 *
 * What a training says about data and search passes from the first one only, which is searched.
 * Warnings pass from all, with the training's name before them.
 */

#include "compare/relay.h"

#include <stdio.h>

static void
relay_progress(const segml_progress *progress, void *user)
{
    const sg_relay *relay = user;
    segml_progress whole = *progress;

    whole.groups_done = relay->groups_done + progress->groups_done;
    whole.groups_total = relay->groups_total;
    whole.work_done = relay->done + relay->share * progress->work_done / progress->work_total;
    whole.work_done = whole.work_done < relay->total ? whole.work_done : relay->total;
    whole.work_total = relay->total;
    relay->given->progress(&whole, relay->given->user);
}

static void
relay_log(int32_t level, const char *message, void *user)
{
    const sg_relay *relay = user;
    char line[560];

    if (level < SEGML_LOG_WARNING) {
        if (relay->done == 0)
            relay->given->log(level, message, relay->given->user);
        return;
    }
    snprintf(line, sizeof line, "%s: %s", relay->training, message);
    relay->given->log(level, line, relay->given->user);
}

static int32_t
relay_cancel(void *user)
{
    const sg_relay *relay = user;

    return relay->given->cancel(relay->given->user);
}

static int32_t
relay_sample(const segml_study *study, int64_t trial, double *point, void *user)
{
    const sg_relay *relay = user;

    return relay->given->sample(study, trial, point, relay->given->user);
}

void
sg_relay_install(sg_relay *relay, segml_train_options *options)
{
    options->progress = relay->given->progress != NULL ? relay_progress : NULL;
    options->log = relay->given->log != NULL ? relay_log : NULL;
    options->cancel = relay->given->cancel != NULL ? relay_cancel : NULL;
    options->sample = options->sample != NULL ? relay_sample : NULL;
    options->user = relay;
}

void
sg_relay_next(sg_relay *relay, const char *training, double share, int64_t groups)
{
    if (relay->training != NULL) {
        relay->done += relay->share;
        relay->groups_done += groups;
    }
    relay->training = training;
    relay->share = share;
}
