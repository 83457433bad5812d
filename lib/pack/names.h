/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_NAMES_H
#define SG_PACK_NAMES_H

/* Names that an artifact uses for enumerators; those of segml/model.h are public. */

#include "segml/dataset.h"
#include "segml/model.h"

/** XGBoost's name of a task's objective, "binary:logistic"; NULL for none. */
const char *sg_names_objective(int32_t task);

/** Name of a feature type, "numeric"; NULL for none. */
const char *sg_names_feature_type(int32_t type);

/** Name of a key column's type, "int64"; NULL for none. */
const char *sg_names_key_type(int32_t type);

/**
 * Name of a model that may answer for another, "parent": number 1, 2, ... in the order in which
 * they are tried, whose bit of SG_FALLBACK_* is 1 << (number - 1); NULL for none.
 */
const char *sg_names_fallback(int32_t number);

/**
 * Looks a name up: counts 1, 2, ... until name_of() gives NULL.
 *
 * @return the enumerator; 0 if no enumerator from 1 on has that name
 */
int32_t sg_names_find(const char *(*name_of)(int32_t), const char *name);

#endif
