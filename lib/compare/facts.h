/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_COMPARE_FACTS_H
#define SG_COMPARE_FACTS_H

/* What a training tells about an approach, copied into the comparison's cells. */

#include "compare/approach.h"

/** Status, rounds, message, parameters and trials of all groups and overall. */
int sg_facts_take(sg_contest *contest, int32_t approach, const sg_training *training,
                  segml_error *err);

/** The chosen thresholds. @param group [groups] */
void sg_facts_thresholds(sg_contest *contest, int32_t approach, const double *group,
                         double overall);

/** Correlations of the features with the label. @return SEGML_OK; SEGML_E_NOMEM */
int sg_facts_correlate(sg_contest *contest, segml_error *err);

#endif
