/* SPDX-License-Identifier: Apache-2.0 */

/* Comparing: one model for all against one per group. */

#include "compare/comparison.h"

int
segml_compare(segml_comparison **out, const segml_dataset *dataset,
              const segml_compare_options *options, segml_error *err)
{
    (void)dataset;
    (void)options;
    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    return sg_fail(err, SEGML_E_UNSUPPORTED, "this build does not compare yet");
}
