/* SPDX-License-Identifier: Apache-2.0 */

#include "searching.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "seed_groups.h"

const segml_value listed[4][2] = {{{"max_depth", 1}, {"learning_rate", 0.3}},
                                  {{"max_depth", 4}, {"learning_rate", 0.1}},
                                  {{"max_depth", 2}, {"learning_rate", 0.02}},
                                  {{"max_depth", 3}, {"learning_rate", 0.2}}};
const segml_param_set list[4] = {{listed[0], 2}, {listed[1], 2}, {listed[2], 2}, {listed[3], 2}};

const way ways[WAYS] = {
    {"holdout", 0, GROUPS}, {"holdout", 400, GROUPS}, {"kfold", 0, GROUPS}, {"shared", 0, 1}};

table
three_groups(void)
{
    table t = table_seed(SEED_GROUPS * GROUP_ROWS);

    t.rows = ROWS;
    return t;
}

segml_train_options
search_options(void)
{
    segml_train_options options = quick_options();

    options.fallback = -1;
    options.trials = TRIALS;
    options.max_rounds = 20;
    return options;
}

static const segml_value undrawn[2] = {{"subsample", 1}, {"colsample_bytree", 1}};

segml_train_options
undrawn_options(void)
{
    segml_train_options options = search_options();

    options.params = undrawn;
    options.param_count = 2;
    return options;
}

int
try_to_train(const table *t, const segml_train_options *options, segml_model **model,
             segml_error *err)
{
    segml_dataset *dataset = table_dataset(t);
    int rc = segml_train_segmented(model, dataset, options, err);

    segml_dataset_free(dataset);
    return rc;
}

segml_group_info
group_of(const segml_model *model, int64_t group)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    return info;
}

double
param_of(const segml_model *model, int64_t group, const char *name)
{
    segml_group_info info = group_of(model, group);

    for (int64_t i = 0; i < info.param_count; i++) {
        if (strcmp(info.params[i].name, name) == 0)
            return info.params[i].value;
    }
    return (double)NAN;
}

segml_history *
history_of(const segml_model *model)
{
    segml_history *history = NULL;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_history_open(&history, model, &err) == SEGML_OK, "%s", err.message);
    return history;
}

segml_history_info
search_of(const segml_history *history, int64_t group)
{
    segml_history_info info = SEGML_HISTORY_INFO_INIT;

    ck_assert_int_eq(segml_history_get(history, group, &info, NULL), SEGML_OK);
    return info;
}

double
option_of(const segml_model *model, const char *name)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_count; i++) {
        if (strcmp(info.options[i].name, name) == 0)
            return info.options[i].value;
    }
    return 0;
}
