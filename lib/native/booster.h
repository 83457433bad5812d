/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_BOOSTER_H
#define SG_NATIVE_BOOSTER_H

/* The trees of one fit, and their export as the UBJSON that stock XGBoost loads. */

#include "base/buf.h"
#include "boost/engine.h"
#include "native/grown.h"

typedef struct sg_booster {
    sg_grown all;   /* the nodes of all trees; numbers count from a tree's first node */
    int32_t *first; /* [trees + 1] its first node */
    int32_t *word;  /* [trees + 1] its first word of sets */
    int32_t trees, room;
} sg_booster;

/** Releases everything; all zero again. */
void sg_booster_clear(sg_booster *booster);

/** Appends a copy of a tree. @return SEGML_OK; SEGML_E_NOMEM */
int sg_booster_add(sg_booster *booster, const sg_grown *tree, segml_error *err);

/** What the model says besides its trees. */
typedef struct sg_booster_facts {
    const sg_engine_rows *rows; /* objective, features' names and types */
    float base_score;           /* in prediction space */
    float max_delta_step;       /* of Poisson */
    float scale_pos_weight;     /* of logistic */
} sg_booster_facts;

/** Appends the model. @return SEGML_OK; SEGML_E_NOMEM */
int sg_booster_export(const sg_booster *booster, const sg_booster_facts *facts, sg_buf *out,
                      segml_error *err);

#endif
