/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Searching in a build without training (-Dtraining=disabled): the functions stay, so that
 * a program links with either build, and each says what is missing. There is never a study,
 * so whoever gets one handed to it says the same.
 */

#include "base/status.h"
#include "segml/search.h"

static int
fail_unsearched(segml_error *err)
{
    return sg_fail(err, SEGML_E_UNSUPPORTED,
                   "this libsegml was built without training; build it with -Dtraining=enabled");
}

int
segml_study_create(segml_study **out, const segml_study_options *options, segml_error *err)
{
    (void)options;
    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "nowhere to put the study: out is NULL");
    *out = NULL;
    return fail_unsearched(err);
}

int
segml_study_ask(segml_study *study, int64_t *trial, double *point, int64_t capacity,
                segml_error *err)
{
    (void)study;
    (void)point;
    (void)capacity;
    if (trial != NULL)
        *trial = -1;
    return fail_unsearched(err);
}

int
segml_study_report(segml_study *study, int64_t trial, int32_t step, double value, int32_t *prune,
                   segml_error *err)
{
    (void)study;
    (void)trial;
    (void)step;
    (void)value;
    if (prune != NULL)
        *prune = 0;
    return fail_unsearched(err);
}

int
segml_study_tell(segml_study *study, int64_t trial, double value, segml_error *err)
{
    (void)study;
    (void)trial;
    (void)value;
    return fail_unsearched(err);
}

int
segml_study_prune(segml_study *study, int64_t trial, segml_error *err)
{
    (void)study;
    (void)trial;
    return fail_unsearched(err);
}

int64_t
segml_study_count(const segml_study *study)
{
    (void)study;
    return 0;
}

int64_t
segml_study_best(const segml_study *study)
{
    (void)study;
    return -1;
}

int
segml_study_get_trial(const segml_study *study, int64_t trial, segml_trial_info *info,
                      segml_error *err)
{
    (void)study;
    (void)trial;
    (void)info;
    return fail_unsearched(err);
}

void
segml_study_free(segml_study *study)
{
    (void)study;
}
