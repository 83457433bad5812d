/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

/* The command line as one struct. Texts, and the array of operands, are borrowed from argv. */

#include "segml/common.h"
#include "segml/train.h"
#include "table.h"

enum { CLI_MAX_PARAMS = 64 };

typedef enum cli_command {
    CLI_TRAIN = 1,
    CLI_PREDICT = 2,
    CLI_INSPECT = 4,
    CLI_VERIFY = 8,
    CLI_VERSION = 16,
    CLI_HELP = 32,
    CLI_REPORT = 64,
    CLI_COMPARE = 128,
    CLI_EXTRACT = 256,
    CLI_PATCH = 512,
    CLI_PRUNE = 1024,
    CLI_MERGE = 2048,
    CLI_DIFF = 4096,
    CLI_SIGN = 8192,
    CLI_SPLIT = 16384,
    CLI_JOIN = 32768
} cli_command;

/* Options of all commands; what a command does not know is 0 or NULL. */
typedef struct cli_args {
    int32_t command;   /* cli_command */
    int32_t help;      /* --help: of the command; alone: of the tool */
    const char *input; /* the first operand: data of train and compare, else the model
                          (or, of report, the comparison) */
    const char *rows;  /* the second operand: data of predict, donor of patch, other of diff */
    const char *const *files; /* [file_count] all operands */
    int64_t file_count;
    const char *topic; /* of `segml help` */
    const char *output;
    const char *predictions; /* of compare: where each approach's go */
    cli_table_options table;
    const char *mode; /* "segmented" or "global" */
    const char *positive;
    const char *xgboost, *engine, *tree_method;
    /* As in segml_train_options; space and points are files. */
    const char *sampler, *validation, *metric, *pruner, *threshold_metric, *space, *points;
    int64_t search_folds, max_rounds, total_trials, group_rounds, total_rounds;
    double group_seconds, total_seconds, threshold;
    int32_t no_history, no_reusable, resume;
    const char *reuse;     /* of train: an older model */
    int64_t shard, shards; /* of train: --shard 3/16; 0 = not given */
    const char *format, *title; /* of report; format also of extract */
    const char *role, *groups_from, *duplicates, *global, *key, *signature;
    const char *children, *by; /* of split */
    int32_t any_options, keep, drop_history, drop_training, floating;
    int64_t trials, folds, jobs, min_rows; /* 0 = default */
    int64_t outer_folds, outer_used;       /* 0 = default */
    int64_t max_groups;                    /* 0 = default */
    uint64_t seed;
    segml_value params[CLI_MAX_PARAMS]; /* names are released with cli_args_clear() */
    int64_t param_count;
    segml_value monotone[CLI_MAX_PARAMS]; /* as params */
    int64_t monotone_count;
    const char *fallback_policy, *fallback; /* of train; of predict; NULL = default */
    int32_t no_fallback, parents, force, quiet, json, strict, margin, append, groups, honest;
} cli_args;

/**
 * Reads the command line.
 *
 * @param args  all zero; released with cli_args_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_ARGUMENT (the message names the option); SEGML_E_NOMEM
 */
int cli_args_parse(cli_args *args, int argc, char **argv, segml_error *err);

void cli_args_clear(cli_args *args);

/** Name of a command, "train"; "" for none. */
const char *cli_command_name(int32_t command);

/** The command of that name, 0 for none. */
int32_t cli_find_command(const char *name);

#endif
