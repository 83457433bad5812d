/* SPDX-License-Identifier: Apache-2.0 */

/* The samplers by name. A new one is a file of its own and a row here. */

#include "tune/sampler.h"

#include <string.h>

const sg_sampler *
sg_sampler_find(const char *name)
{
    static const sg_sampler *const samplers[] = {&sg_sampler_tpe, &sg_sampler_tpe_univariate,
                                                 &sg_sampler_random, &sg_sampler_grid};

    if (name == NULL)
        return &sg_sampler_tpe;
    for (size_t i = 0; i < sizeof samplers / sizeof *samplers; i++) {
        if (strcmp(samplers[i]->name, name) == 0)
            return samplers[i];
    }
    return NULL;
}
