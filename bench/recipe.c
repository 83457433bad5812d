/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What bench/recipe.py does in Python, done by libsegml: 50 trials per group, 5-fold
 * cross-validation, a model per group on all rows; no fallback models, as the recipe has
 * none. Prints one line of JSON with the names of recipe.py; bench/recipe.sh runs both.
 *
 * libsegml scores trials by log loss, finds the number of rounds by early stopping, and
 * here gives up trials whose validation curve is below the median's (pruner "median"; any
 * other by name). With a fixed number of rounds everything is made equal instead: the
 * space, the metric (F1), 256 bins, no pruner, and so the number and size of all fits.
 *
 * usage: recipe XGBOOST [TRIALS [JOBS [FIXED_ROUNDS [PRUNER [ENGINE]]]]]
 */

#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "groups.h"

static segml_model *
train(const segml_dataset *dataset, const segml_train_options *options)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    if (segml_train_segmented(&model, dataset, options, &err) != SEGML_OK)
        groups_die("training", err.message);
    return model;
}

static void
print(const segml_model *model, const segml_train_options *options, double wall, double cpu)
{
    groups fresh = groups_make(SEED_DEFAULT + GROUPS_FRESH_SEED, GROUPS_FRESH_ROWS);
    groups_score score = groups_score_model(model, &fresh);
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    segml_model_get_info(model, &info, NULL);
    printf("{\"side\": \"libsegml %s, %s\", \"jobs\": %d, \"trials\": %d, \"wall_s\": %.6f, "
           "\"cpu_s\": %.6f, \"rounds\": %.3f, \"fresh_f1\": %.6f, \"fresh_f1_chosen\": %.6f, "
           "\"fresh_log_loss\": %.6f}\n",
           info.library, info.engine, (int)options->jobs, (int)options->trials, wall, cpu,
           groups_mean_rounds(model), score.f1, score.f1_chosen, score.log_loss);
    groups_free(&fresh);
}

int
main(int argc, char **argv)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_dimension space[GROUPS_SPACE];
    segml_value fixed[2] = {{"rounds", 0}, {"max_bin", 256}};
    groups rows = groups_make(SEED_DEFAULT, SEED_DEFAULT_ROWS);
    double wall = bench_wall(), cpu = bench_cpu();
    segml_dataset *dataset = groups_dataset(&rows);
    segml_model *model;

    if (argc < 2)
        groups_die("usage", "recipe XGBOOST [TRIALS [JOBS [FIXED_ROUNDS [PRUNER [ENGINE]]]]]");
    options.objective = "binary";
    options.fallback = -1;
    options.xgboost_path = argv[1];
    options.trials = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 50;
    options.jobs = argc > 3 ? (int32_t)strtol(argv[3], NULL, 10) : 2;
    fixed[0].value = argc > 4 ? strtod(argv[4], NULL) : 0;
    options.pruner = argc > 5 ? argv[5] : "median";
    options.engine = argc > 6 ? argv[6] : NULL;
    if (fixed[0].value > 0) {
        groups_recipe_space(space);
        options.space = space;
        options.space_count = GROUPS_SPACE - 1; /* without the rounds */
        options.params = fixed;
        options.param_count = 2;
        options.metric = "f1";
        options.pruner = NULL;
    }
    model = train(dataset, &options);
    print(model, &options, bench_wall() - wall, bench_cpu() - cpu);
    segml_model_free(model);
    segml_dataset_free(dataset);
    groups_free(&rows);
    return EXIT_SUCCESS;
}
