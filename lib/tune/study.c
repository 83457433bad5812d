/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A search. Without a dimension to search (everything fixed) a single trial is made:
 * the others would repeat it.
 */

#include "tune/study.h"

#include <math.h>

#include "base/alloc.h"

int
sg_study_begin(sg_study *study, int32_t count, segml_error *err)
{
    study->count = study->space.dimensions > 0 ? count : 1;
    study->trials = sg_alloc_zeroed(study->count, sizeof *study->trials);
    if (study->trials == NULL)
        return sg_fail_nomem(err);
    for (int32_t t = 0; t < study->count; t++)
        study->trials[t].loss = (double)NAN;
    return SEGML_OK;
}

void
sg_study_ask(const sg_study *study, int32_t trial, int32_t told, sg_params *params)
{
    sg_sampler_view view = {&study->space, study->trials, told, study->seed, study->group};

    if (trial == 0)
        *params = study->space.fixed;
    else
        study->sampler->ask(&view, trial, params);
}

int32_t
sg_study_best(const sg_study *study)
{
    int32_t best = -1;

    for (int32_t t = 0; t < study->count; t++) {
        if (!isnan(study->trials[t].loss) &&
            (best < 0 || study->trials[t].loss < study->trials[best].loss))
            best = t;
    }
    return best;
}

void
sg_study_clear(sg_study *study)
{
    sg_free(study->trials);
    study->trials = NULL;
    study->count = 0;
}
