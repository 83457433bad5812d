/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Names of enumerators, one table each, indexed by the enumerator. They are part of
 * the artifact's format: a name never changes, new ones are appended.
 */

#include "pack/names.h"

#include <stddef.h>
#include <string.h>

#define NAME_AT(names, index)                                                                      \
    ((index) >= 0 && (size_t)(index) < sizeof(names) / sizeof *(names) ? (names)[index] : NULL)

static const char *const tasks[] = {NULL, "binary", "multiclass", "regression", "poisson"};
static const char *const objectives[] = {NULL, "binary:logistic", "multi:softprob",
                                         "reg:squarederror", "count:poisson"};
static const char *const modes[] = {NULL, "segmented", "global"};
static const char *const statuses[] = {NULL,        "trained",        "too_few_rows",
                                       "one_class", "constant_label", "failed",
                                       "global",    "reference"};
static const char *const feature_types[] = {NULL, "numeric", "categorical"};
static const char *const key_types[] = {NULL, "int64", "utf8"};
static const char *const fallbacks[] = {NULL, "parent", "global", "constant"};

const char *
segml_task_name(int32_t task)
{
    return NAME_AT(tasks, task);
}

const char *
segml_mode_name(int32_t mode)
{
    return NAME_AT(modes, mode);
}

const char *
segml_group_status_name(int32_t status)
{
    return NAME_AT(statuses, status);
}

const char *
sg_names_objective(int32_t task)
{
    return NAME_AT(objectives, task);
}

const char *
sg_names_feature_type(int32_t type)
{
    return NAME_AT(feature_types, type);
}

const char *
sg_names_key_type(int32_t type)
{
    return NAME_AT(key_types, type);
}

const char *
sg_names_fallback(int32_t number)
{
    return NAME_AT(fallbacks, number);
}

int32_t
sg_names_find(const char *(*name_of)(int32_t), const char *name)
{
    for (int32_t i = 1; name_of(i) != NULL; i++) {
        if (strcmp(name_of(i), name) == 0)
            return i;
    }
    return 0;
}
