/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Options are one table: name, who knows it, what it holds, where that goes. getopt_long()
 * finds them (abbreviations, "--name=value", "--"); its own messages are off, because ours
 * name the command as well.
 *
 * Ranges are checked here as far as they can be without data, so that a typing error is
 * told before a gigabyte is read.
 */

#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

typedef enum option_kind {
    KIND_FLAG,     /* int32_t */
    KIND_TEXT,     /* const char * */
    KIND_LIST,     /* cli_list */
    KIND_COUNT,    /* int64_t from the entry's minimum */
    KIND_REAL,     /* double above 0, at most the entry's maximum */
    KIND_SEED,     /* uint64_t */
    KIND_PARAM,    /* k=v, into params */
    KIND_MONOTONE, /* k=v, into monotone */
    KIND_MISSING,  /* into table.missing */
    KIND_SHARD,    /* i/n, into shard and shards */
    KIND_HELP
} option_kind;

typedef struct option_entry {
    const char *name;
    char letter; /* 0 = none */
    option_kind kind;
    int32_t commands;
    size_t offset;
    int64_t least, most; /* of a count; most also of a real */
} option_entry;

#define DATA (CLI_TRAIN | CLI_COMPARE)
/* Write a model file of others. */
#define CHANGE (CLI_PATCH | CLI_PRUNE | CLI_MERGE | CLI_SPLIT | CLI_JOIN)
#define ALL                                                                                        \
    (DATA | CHANGE | CLI_PREDICT | CLI_INSPECT | CLI_VERIFY | CLI_VERSION | CLI_HELP |             \
     CLI_REPORT | CLI_EXTRACT | CLI_DIFF | CLI_SIGN)
#define WRITING (DATA | CHANGE | CLI_PREDICT | CLI_REPORT | CLI_EXTRACT | CLI_SIGN)
#define AT(member) offsetof(cli_args, member)
#define COUNTED(member, least, most) AT(member), least, most

static const option_entry entries[] = {
    {"any-options", 0, KIND_FLAG, CLI_MERGE, AT(any_options), 0, 0},
    {"append", 0, KIND_FLAG, CLI_PREDICT, AT(append), 0, 0},
    {"by", 0, KIND_TEXT, CLI_SPLIT, AT(by), 0, 0},
    {"categorical", 0, KIND_LIST, DATA, AT(table.selection.categorical), 0, 0},
    {"children", 0, KIND_TEXT, CLI_SPLIT, AT(children), 0, 0},
    {"drop", 0, KIND_LIST, DATA, AT(table.selection.drop), 0, 0},
    {"drop-history", 0, KIND_FLAG, CLI_PRUNE, AT(drop_history), 0, 0},
    {"drop-training", 0, KIND_FLAG, CLI_PRUNE, AT(drop_training), 0, 0},
    {"duplicates", 0, KIND_TEXT, CLI_MERGE, AT(duplicates), 0, 0},
    {"engine", 0, KIND_TEXT, DATA, AT(engine), 0, 0},
    {"fallback", 0, KIND_TEXT, CLI_PREDICT, AT(fallback), 0, 0},
    {"fallback-policy", 0, KIND_TEXT, CLI_TRAIN, AT(fallback_policy), 0, 0},
    {"features", 0, KIND_LIST, DATA, AT(table.selection.features), 0, 0},
    {"float", 0, KIND_FLAG, CLI_SPLIT, AT(floating), 0, 0},
    {"fold-column", 0, KIND_TEXT, DATA, AT(table.selection.fold), 0, 0},
    {"fold-group", 0, KIND_TEXT, DATA, AT(table.selection.fold_group), 0, 0},
    {"folds", 0, KIND_COUNT, DATA, COUNTED(folds, 2, 100)},
    {"force", 'f', KIND_FLAG, WRITING, AT(force), 0, 0},
    {"format", 0, KIND_TEXT, CLI_REPORT | CLI_EXTRACT, AT(format), 0, 0},
    {"global", 0, KIND_TEXT, CLI_MERGE, AT(global), 0, 0},
    {"group", 'g', KIND_LIST, DATA | CLI_EXTRACT | CLI_PATCH | CLI_PRUNE, AT(table.selection.group),
     0, 0},
    {"group-rounds", 0, KIND_COUNT, DATA, COUNTED(group_rounds, 1, INT64_MAX)},
    {"group-seconds", 0, KIND_REAL, DATA, AT(group_seconds), 0, 1000000000},
    {"groups", 0, KIND_FLAG, CLI_COMPARE | CLI_INSPECT, AT(groups), 0, 0},
    {"groups-from", 0, KIND_TEXT, CLI_PATCH | CLI_PRUNE, AT(groups_from), 0, 0},
    {"help", 'h', KIND_HELP, ALL, AT(help), 0, 0},
    {"honest", 0, KIND_FLAG, CLI_COMPARE, AT(honest), 0, 0},
    {"jobs", 'j', KIND_COUNT, DATA | CLI_MERGE, COUNTED(jobs, 1, 4096)},
    {"json", 0, KIND_FLAG, DATA | CHANGE | CLI_DIFF | CLI_INSPECT | CLI_VERIFY, AT(json), 0, 0},
    {"keep", 0, KIND_FLAG, CLI_PRUNE, AT(keep), 0, 0},
    {"key", 0, KIND_TEXT, CLI_PREDICT | CLI_SIGN | CLI_VERIFY, AT(key), 0, 0},
    {"margin", 0, KIND_FLAG, CLI_PREDICT, AT(margin), 0, 0},
    {"max-groups", 0, KIND_COUNT, CLI_REPORT, COUNTED(max_groups, 1, 100000)},
    {"max-rounds", 0, KIND_COUNT, DATA, COUNTED(max_rounds, 1, 100000)},
    {"metric", 0, KIND_TEXT, DATA, AT(metric), 0, 0},
    {"min-rows", 0, KIND_COUNT, DATA, COUNTED(min_rows, 1, INT64_MAX)},
    {"mode", 0, KIND_TEXT, CLI_TRAIN, AT(mode), 0, 0},
    {"monotone", 0, KIND_MONOTONE, DATA, AT(monotone), 0, 0},
    {"na", 0, KIND_MISSING, DATA | CLI_PREDICT, AT(table.missing), 0, 0},
    {"no-fallback", 0, KIND_FLAG, CLI_TRAIN, AT(no_fallback), 0, 0},
    {"no-history", 0, KIND_FLAG, CLI_TRAIN, AT(no_history), 0, 0},
    {"no-reusable", 0, KIND_FLAG, CLI_TRAIN, AT(no_reusable), 0, 0},
    {"objective", 0, KIND_TEXT, DATA, AT(table.objective), 0, 0},
    {"outer-folds", 0, KIND_COUNT, CLI_COMPARE, COUNTED(outer_folds, 2, 100)},
    {"outer-used", 0, KIND_COUNT, CLI_COMPARE, COUNTED(outer_used, 1, 100)},
    {"output", 'o', KIND_TEXT, WRITING, AT(output), 0, 0},
    {"param", 0, KIND_PARAM, DATA, AT(params), 0, 0},
    {"parents", 0, KIND_FLAG, CLI_TRAIN, AT(parents), 0, 0},
    {"points", 0, KIND_TEXT, DATA, AT(points), 0, 0},
    {"positive", 0, KIND_TEXT, DATA, AT(positive), 0, 0},
    {"predictions", 0, KIND_TEXT, CLI_COMPARE, AT(predictions), 0, 0},
    {"pruner", 0, KIND_TEXT, DATA, AT(pruner), 0, 0},
    {"quiet", 'q', KIND_FLAG, DATA | CLI_PREDICT, AT(quiet), 0, 0},
    {"resume", 0, KIND_FLAG, CLI_TRAIN, AT(resume), 0, 0},
    {"reuse", 0, KIND_TEXT, CLI_TRAIN, AT(reuse), 0, 0},
    {"role", 0, KIND_TEXT, CLI_EXTRACT, AT(role), 0, 0},
    {"sampler", 0, KIND_TEXT, DATA, AT(sampler), 0, 0},
    {"search-folds", 0, KIND_COUNT, DATA, COUNTED(search_folds, 1, 100)},
    {"seed", 0, KIND_SEED, DATA, AT(seed), 0, 0},
    {"shard", 0, KIND_SHARD, CLI_TRAIN, AT(shard), 0, 0},
    {"signature", 0, KIND_TEXT, CLI_PREDICT | CLI_VERIFY, AT(signature), 0, 0},
    {"space", 0, KIND_TEXT, DATA, AT(space), 0, 0},
    {"strict", 0, KIND_FLAG, CLI_PREDICT, AT(strict), 0, 0},
    {"target", 't', KIND_TEXT, DATA, AT(table.selection.target), 0, 0},
    {"text-key", 0, KIND_FLAG, DATA, AT(table.text_key), 0, 0},
    {"threshold", 0, KIND_REAL, DATA, AT(threshold), 0, 1},
    {"threshold-metric", 0, KIND_TEXT, DATA, AT(threshold_metric), 0, 0},
    {"time", 0, KIND_TEXT, DATA, AT(table.selection.time), 0, 0},
    {"title", 0, KIND_TEXT, CLI_REPORT, AT(title), 0, 0},
    {"total-rounds", 0, KIND_COUNT, DATA, COUNTED(total_rounds, 1, INT64_MAX)},
    {"total-seconds", 0, KIND_REAL, DATA, AT(total_seconds), 0, 1000000000},
    {"total-trials", 0, KIND_COUNT, DATA, COUNTED(total_trials, 1, INT64_MAX)},
    {"tree-method", 0, KIND_TEXT, DATA, AT(tree_method), 0, 0},
    {"trials", 0, KIND_COUNT, DATA, COUNTED(trials, 1, 100000)},
    {"validation", 0, KIND_TEXT, DATA, AT(validation), 0, 0},
    {"weight", 'w', KIND_TEXT, DATA, AT(table.selection.weight), 0, 0},
    {"xgboost", 0, KIND_TEXT, DATA | CLI_VERSION, AT(xgboost), 0, 0},
};

enum { ENTRIES = sizeof entries / sizeof *entries, FIRST_LONG = 256 };

static const struct command_name {
    int32_t command;
    const char *name;
} commands[] = {
    {CLI_TRAIN, "train"},     {CLI_PREDICT, "predict"}, {CLI_COMPARE, "compare"},
    {CLI_INSPECT, "inspect"}, {CLI_VERIFY, "verify"},   {CLI_VERSION, "version"},
    {CLI_HELP, "help"},       {CLI_REPORT, "report"},   {CLI_EXTRACT, "extract"},
    {CLI_PATCH, "patch"},     {CLI_PRUNE, "prune"},     {CLI_MERGE, "merge"},
    {CLI_DIFF, "diff"},       {CLI_SIGN, "sign"},       {CLI_SPLIT, "split"},
    {CLI_JOIN, "join"},
};

const char *
cli_command_name(int32_t command)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].command == command)
            return commands[i].name;
    }
    return "";
}

int32_t
cli_find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].command;
    }
    return 0;
}

/* Decimal digits only: strtoull() alone would take "-1" and leading blanks. */
static int
parse_unsigned(uint64_t *value, const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || text[digits] != '\0')
        return -1;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0 ? 0 : -1;
}

static int
take_count(int64_t *value, const option_entry *entry, const char *text, segml_error *err)
{
    uint64_t number = 0;
    char quoted[CLI_QUOTE];

    if (parse_unsigned(&number, text) != 0 || number > (uint64_t)entry->most ||
        number < (uint64_t)entry->least) {
        cli_quote(quoted, text, strlen(text));
        if (entry->most == INT64_MAX)
            return cli_fail(err, SEGML_E_ARGUMENT, "--%s %s: a whole number from %lld is needed",
                            entry->name, quoted, (long long)entry->least);
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "--%s %s: a whole number from %lld to %lld is needed", entry->name, quoted,
                        (long long)entry->least, (long long)entry->most);
    }
    *value = (int64_t)number;
    return SEGML_OK;
}

static int
take_real(double *value, const option_entry *entry, const char *text, segml_error *err)
{
    static const cli_missing none = {{NULL}, 0};
    char quoted[CLI_QUOTE];
    double number;

    if (cli_cell_real(&number, text, &none) != CLI_CELL_NUMBER || !(number > 0) ||
        number > (double)entry->most)
        return cli_fail(err, SEGML_E_ARGUMENT, "--%s %s: a number above 0 and up to %lld is needed",
                        entry->name, cli_quote(quoted, text, strlen(text)), (long long)entry->most);
    *value = number;
    return SEGML_OK;
}

/* NAME=VALUE of an option that may be repeated; the name is a copy. */
static int
take_value(segml_value *values, int64_t *count, const char *option, const char *text,
           segml_error *err)
{
    static const cli_missing none = {{NULL}, 0};
    const char *equals = strrchr(text, '='); /* numbers have none, names of columns may */
    size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    char quoted[CLI_QUOTE];
    char *name;
    double number;

    cli_quote(quoted, text, strlen(text));
    if (length == 0 || cli_cell_real(&number, equals + 1, &none) != CLI_CELL_NUMBER)
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "--%s %s: a name, '=' and a number are needed, as in %s", option, quoted,
                        strcmp(option, "param") == 0 ? "max_depth=4" : "income=1");
    if (*count == CLI_MAX_PARAMS)
        return cli_fail(err, SEGML_E_ARGUMENT, "--%s %s: more than %d", option, quoted,
                        CLI_MAX_PARAMS);
    name = cli_alloc((int64_t)length + 1, 1);
    if (name == NULL)
        return cli_fail_nomem(err);
    memcpy(name, text, length);
    values[*count].name = name;
    values[*count].value = number;
    ++*count;
    return SEGML_OK;
}

/* "3/16" */
static int
take_shard(cli_args *args, const char *text, segml_error *err)
{
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : 0;
    uint64_t shard = 0, shards = 0;
    char quoted[CLI_QUOTE], number[8];

    if (length > 0 && length < sizeof number) {
        memcpy(number, text, length);
        number[length] = '\0';
    }
    if (length == 0 || length >= sizeof number || parse_unsigned(&shard, number) != 0 ||
        parse_unsigned(&shards, slash + 1) != 0 || shards < 1 || shards > 65536 || shard < 1 ||
        shard > shards)
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "--shard %s: a part and the number of parts are needed, as in 3/16",
                        cli_quote(quoted, text, strlen(text)));
    args->shard = (int64_t)shard;
    args->shards = (int64_t)shards;
    return SEGML_OK;
}

static int
take_option(cli_args *args, const option_entry *entry, const char *value, segml_error *err)
{
    char *member = (char *)args + entry->offset;
    char quoted[CLI_QUOTE];

    switch (entry->kind) {
    case KIND_FLAG:
    case KIND_HELP:
        *(int32_t *)(void *)member = 1;
        return SEGML_OK;
    case KIND_TEXT:
        *(const char **)(void *)member = value;
        return SEGML_OK;
    case KIND_LIST: {
        cli_list *list = (cli_list *)(void *)member;

        if (list->count == CLI_MAX_LIST)
            return cli_fail(err, SEGML_E_ARGUMENT, "--%s: given more than %d times", entry->name,
                            CLI_MAX_LIST);
        list->items[list->count++] = value;
        return SEGML_OK;
    }
    case KIND_COUNT:
        return take_count((int64_t *)(void *)member, entry, value, err);
    case KIND_REAL:
        return take_real((double *)(void *)member, entry, value, err);
    case KIND_SEED:
        if (parse_unsigned((uint64_t *)(void *)member, value) != 0)
            return cli_fail(err, SEGML_E_ARGUMENT,
                            "--seed %s: a whole number from 0 to 2^64 - 1 is needed",
                            cli_quote(quoted, value, strlen(value)));
        return SEGML_OK;
    case KIND_PARAM:
        return take_value(args->params, &args->param_count, entry->name, value, err);
    case KIND_MONOTONE:
        return take_value(args->monotone, &args->monotone_count, entry->name, value, err);
    case KIND_SHARD:
        return take_shard(args, value, err);
    case KIND_MISSING:
        if (args->table.missing.count == CLI_MAX_NA)
            return cli_fail(err, SEGML_E_ARGUMENT, "--na: given more than %d times", CLI_MAX_NA);
        args->table.missing.texts[args->table.missing.count++] = value;
        return SEGML_OK;
    }
    return SEGML_OK;
}

/* getopt's view of the table: letters, and long names whose value is FIRST_LONG + index. */
static void
describe_options(struct option *longs, char *letters)
{
    *letters++ = ':'; /* a missing value is ':', not '?' */
    for (int i = 0; i < ENTRIES; i++) {
        int has_value = entries[i].kind != KIND_FLAG && entries[i].kind != KIND_HELP;

        longs[i] = (struct option){entries[i].name, has_value ? required_argument : no_argument,
                                   NULL, FIRST_LONG + i};
        if (entries[i].letter == 0)
            continue;
        *letters++ = entries[i].letter;
        if (has_value)
            *letters++ = ':';
    }
    longs[ENTRIES] = (struct option){NULL, 0, NULL, 0};
    *letters = '\0';
}

static const option_entry *
find_entry(int code)
{
    for (int i = 0; i < ENTRIES; i++) {
        if (code == FIRST_LONG + i || (code != 0 && code == entries[i].letter))
            return &entries[i];
    }
    return NULL;
}

static int
parse_options(cli_args *args, int argc, char **argv, segml_error *err)
{
    struct option longs[ENTRIES + 1];
    char letters[2 * ENTRIES + 2];
    int rc = SEGML_OK;

    describe_options(longs, letters);
    opterr = 0;
    optind = 1;
    while (rc == SEGML_OK) {
        int code = getopt_long(argc, argv, letters, longs, NULL);
        const option_entry *entry = code > 0 ? find_entry(code) : NULL;
        char quoted[CLI_QUOTE];
        const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";

        if (code == -1)
            break;
        if (code == ':')
            rc = cli_fail(err, SEGML_E_ARGUMENT, "%s needs a value", word);
        else if (entry == NULL && optopt > 0 && optopt < FIRST_LONG)
            rc = cli_fail(err, SEGML_E_ARGUMENT, "unknown option '-%c'", optopt);
        else if (entry == NULL)
            rc = cli_fail(err, SEGML_E_ARGUMENT, "%s option %s",
                          optopt >= FIRST_LONG ? "a value that is not needed in" : "unknown",
                          cli_quote(quoted, word, strlen(word)));
        else if ((entry->commands & args->command) == 0)
            rc = cli_fail(err, SEGML_E_ARGUMENT, "'--%s' is no option of %s", entry->name,
                          cli_command_name(args->command));
        else
            rc = take_option(args, entry, optarg, err);
    }
    return rc;
}

/* How many operands a command takes, and what they are. */
static const struct operands {
    int32_t commands;
    int least, most; /* most 0 = any number */
    const char *what;
} operand_rules[] = {
    {CLI_TRAIN | CLI_COMPARE, 1, 1, "a CSV file"},
    {CLI_PREDICT, 2, 2, "a model file and a CSV file"},
    {CLI_REPORT, 1, 1, "a model file or a comparison"},
    {CLI_INSPECT | CLI_VERIFY | CLI_EXTRACT | CLI_PRUNE | CLI_SIGN | CLI_SPLIT | CLI_JOIN, 1, 1,
     "a model file"},
    {CLI_PATCH | CLI_DIFF, 2, 2, "two model files"},
    {CLI_MERGE, 1, 0, "model files, or the parts of a training"},
    {CLI_VERSION, 0, -1, ""},
    {CLI_HELP, 0, 1, ""},
};

static int
take_operands(cli_args *args, int argc, char **argv, segml_error *err)
{
    const struct operands *rule = operand_rules;
    const int count = argc - optind;
    char quoted[CLI_QUOTE];
    int most;

    while ((rule->commands & args->command) == 0)
        rule++;
    most = rule->most > 0 ? rule->most : 0;
    if (count < rule->least)
        return cli_fail(err, SEGML_E_ARGUMENT, "%s needs %s", cli_command_name(args->command),
                        rule->what);
    if (count > most && rule->most != 0)
        return cli_fail(err, SEGML_E_ARGUMENT, "%s is one argument too many",
                        cli_quote(quoted, argv[optind + most], strlen(argv[optind + most])));
    args->files = (const char *const *)argv + optind;
    args->file_count = count;
    args->topic = args->command == CLI_HELP && count == 1 ? argv[optind] : NULL;
    args->input = rule->least > 0 ? argv[optind] : NULL;
    args->rows = rule->least > 1 ? argv[optind + 1] : NULL;
    return SEGML_OK;
}

/* Whether a list "one, two" has a word. */
static int
is_listed(const char *word, const char *list)
{
    size_t length = strlen(word);

    for (;;) {
        size_t item = strcspn(list, ",");

        if (item == length && memcmp(list, word, length) == 0)
            return 1;
        if (list[item] == '\0')
            return 0;
        list += item + strlen(", ");
    }
}

/* Options that take one of a few names. */
static int
check_choices(const cli_args *args, segml_error *err)
{
    const struct {
        const char *option, *value, *names;
    } choices[] = {
        {"mode", args->mode, "segmented, global"},
        {"objective", args->table.objective, "auto, binary, multiclass, regression, poisson"},
        {"sampler", args->sampler, "tpe, tpe-univariate, random, grid"},
        {"validation", args->validation, "holdout, kfold, shared"},
        {"pruner", args->pruner, "none, median, halving"},
        {"engine", args->engine,
         "auto, native, xgboost, native:portable, native:avx2, native:avx512"},
        {"tree-method", args->tree_method, "auto, hist, exact"},
        {"threshold-metric", args->threshold_metric, "f1, mcc"},
        {"format", args->format, args->command == CLI_EXTRACT ? "ubj, json" : "html, json, csv"},
        {"role", args->role, "global, unseen"},
        {"duplicates", args->duplicates, "equal, best, rows"},
        {"global", args->global, "equal, rows, none"},
    };
    char quoted[CLI_QUOTE];

    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        const char *value = choices[i].value;

        if (value != NULL && !is_listed(value, choices[i].names))
            return cli_fail(err, SEGML_E_ARGUMENT, "--%s %s: it is one of %s", choices[i].option,
                            cli_quote(quoted, value, strlen(value)), choices[i].names);
    }
    return SEGML_OK;
}

/* What train and compare need. */
static int
check_data(cli_args *args, segml_error *err)
{
    const cli_selection *selection = &args->table.selection;
    int rc;

    if (args->mode == NULL)
        args->mode = "segmented";
    if (args->table.objective == NULL)
        args->table.objective = "auto";
    rc = check_choices(args, err);
    if (rc == SEGML_OK && selection->group.count == 0)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "--group is missing: the column of the groups");
    if (rc == SEGML_OK && selection->target == NULL)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "--target is missing: the column to predict");
    if (rc == SEGML_OK &&
        (selection->fold != NULL) + (selection->fold_group != NULL) + (selection->time != NULL) > 1)
        rc = cli_fail(err, SEGML_E_ARGUMENT,
                      "only one of --fold-column, --fold-group and --time can be given");
    if (rc == SEGML_OK && args->output == NULL && args->command == CLI_TRAIN)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "-o is missing: the model file to write");
    if (rc == SEGML_OK && args->shards > 0 && args->json)
        rc = cli_fail(err, SEGML_E_ARGUMENT,
                      "--json is of a model, and --shard makes a part of one");
    if (rc == SEGML_OK && !args->honest && (args->outer_folds > 0 || args->outer_used > 0))
        rc = cli_fail(err, SEGML_E_ARGUMENT,
                      "--outer-folds and --outer-used belong to --honest, which is missing");
    return rc;
}

static int
check_report(cli_args *args, segml_error *err)
{
    if (args->format == NULL)
        args->format = "html";
    if (args->output == NULL)
        return cli_fail(err, SEGML_E_ARGUMENT, "-o is missing: the report file to write");
    return check_choices(args, err);
}

/* What the commands need that write a model file, or a part of one. */
static int
check_change(cli_args *args, segml_error *err)
{
    const int names = args->table.selection.group.count > 0 || args->groups_from != NULL;

    if (args->output == NULL && args->command != CLI_SIGN)
        return cli_fail(err, SEGML_E_ARGUMENT, "-o is missing: the model file to write");
    if (args->command == CLI_EXTRACT &&
        (args->table.selection.group.count != 0) + (args->role != NULL) != 1)
        return cli_fail(err, SEGML_E_ARGUMENT,
                        "one of --group KEY, --role global and --role unseen is needed, once");
    if (args->command == CLI_EXTRACT && args->table.selection.group.count > 1)
        return cli_fail(err, SEGML_E_ARGUMENT, "--group: one model is extracted at a time");
    if (args->command == CLI_PRUNE && args->keep && !names)
        return cli_fail(err, SEGML_E_ARGUMENT, "--keep needs --group or --groups-from");
    if (args->command == CLI_SPLIT && args->children == NULL)
        return cli_fail(err, SEGML_E_ARGUMENT, "--children is missing: the folder of the children");
    if (args->command == CLI_SIGN && args->key == NULL)
        return cli_fail(err, SEGML_E_ARGUMENT, "--key is missing: the file of the secret key");
    return check_choices(args, err);
}

int
cli_args_parse(cli_args *args, int argc, char **argv, segml_error *err)
{
    char quoted[CLI_QUOTE];
    int rc;

    if (argc < 2)
        return cli_fail(err, SEGML_E_ARGUMENT, "a command is missing");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        args->command = CLI_HELP;
    else if (strcmp(argv[1], "--version") == 0)
        args->command = CLI_VERSION;
    else
        args->command = cli_find_command(argv[1]);
    if (args->command == 0)
        return cli_fail(err, SEGML_E_ARGUMENT, "unknown command %s",
                        cli_quote(quoted, argv[1], strlen(argv[1])));
    rc = parse_options(args, argc - 1, argv + 1, err);
    if (rc < 0 || args->help)
        return rc;
    rc = take_operands(args, argc - 1, argv + 1, err);
    if (rc == SEGML_OK && (args->command & DATA) != 0)
        rc = check_data(args, err);
    if (rc == SEGML_OK && args->command == CLI_REPORT)
        rc = check_report(args, err);
    if (rc == SEGML_OK && (args->command & (CHANGE | CLI_EXTRACT | CLI_SIGN)) != 0)
        rc = check_change(args, err);
    if (rc == SEGML_OK && args->output != NULL && strcmp(args->output, "-") == 0 &&
        (args->command & (CLI_PREDICT | CLI_COMPARE)) == 0)
        rc = cli_fail(err, SEGML_E_ARGUMENT,
                      "-o -: it is written to a file, not to standard output");
    if (rc == SEGML_OK && args->signature != NULL && args->key == NULL)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "--signature needs --key, the public key");
    return rc;
}

void
cli_args_clear(cli_args *args)
{
    for (int64_t i = 0; i < args->param_count; i++)
        free((void *)args->params[i].name);
    for (int64_t i = 0; i < args->monotone_count; i++)
        free((void *)args->monotone[i].name);
    memset(args, 0, sizeof *args);
}
