/* SPDX-License-Identifier: Apache-2.0 */

/* args: what a command line means, and what is wrong with it. */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "args.h"

enum { MOST = 48 };

static cli_args args;
static segml_error err;

static void
teardown(void)
{
    cli_args_clear(&args);
}

/* The words of a command line, separated by single blanks. */
static int
parse(const char *line)
{
    static char words[512];
    static char *argv[MOST + 1];
    int argc = 0;

    ck_assert_uint_lt(strlen(line), sizeof words);
    strcpy(words, line);
    for (char *word = words; word != NULL && argc < MOST; argc++) {
        char *blank = strchr(word, ' ');

        argv[argc] = word;
        if (blank != NULL)
            *blank++ = '\0';
        word = blank;
    }
    argv[argc] = NULL;
    cli_args_clear(&args);
    return cli_args_parse(&args, argc, argv, &err);
}

START_TEST(train_has_its_defaults)
{
    ck_assert_int_eq(parse("segml train d.csv -g store -t sold -o m.segml"), SEGML_OK);
    ck_assert_int_eq(args.command, CLI_TRAIN);
    ck_assert_str_eq(args.input, "d.csv");
    ck_assert_str_eq(args.table.selection.group.items[0], "store");
    ck_assert_str_eq(args.table.selection.target, "sold");
    ck_assert_str_eq(args.output, "m.segml");
    ck_assert_str_eq(args.mode, "segmented");
    ck_assert_str_eq(args.table.objective, "auto");
    ck_assert_int_eq(args.trials, 0);
    ck_assert_uint_eq(args.seed, 0);
    ck_assert_ptr_null(args.xgboost);
}
END_TEST

START_TEST(options_may_stand_anywhere_and_be_repeated)
{
    ck_assert_int_eq(parse("segml train --group a --group=b,c -t y --trials 7 --seed "
                           "18446744073709551615 --param eta=.25 --param max_depth=4 --na ? --na "
                           "-999 -fq -j2 -o m d.csv"),
                     SEGML_OK);
    ck_assert_int_eq(args.table.selection.group.count, 2);
    ck_assert_str_eq(args.table.selection.group.items[1], "b,c");
    ck_assert_int_eq(args.trials, 7);
    ck_assert_uint_eq(args.seed, UINT64_MAX);
    ck_assert_int_eq(args.param_count, 2);
    ck_assert_str_eq(args.params[0].name, "eta");
    ck_assert_double_eq(args.params[0].value, 0.25);
    ck_assert_double_eq(args.params[1].value, 4.0);
    ck_assert_int_eq(args.table.missing.count, 2);
    ck_assert_str_eq(args.table.missing.texts[1], "-999");
    ck_assert(args.force && args.quiet);
    ck_assert_int_eq(args.jobs, 2);
    ck_assert_str_eq(args.input, "d.csv");
}
END_TEST

START_TEST(engines_have_their_options_in_train_and_compare)
{
    static const char *const commands[] = {"train d.csv -o m", "compare d.csv"};
    char line[256];

    snprintf(line, sizeof line,
             "segml %s -g a -t y --engine native:avx2 --tree-method exact --monotone a=b=-1 "
             "--monotone income=1",
             commands[_i]);
    ck_assert_int_eq(parse(line), SEGML_OK);
    ck_assert_str_eq(args.engine, "native:avx2");
    ck_assert_str_eq(args.tree_method, "exact");
    ck_assert_int_eq(args.monotone_count, 2);
    ck_assert_str_eq(args.monotone[0].name, "a=b");
    ck_assert_double_eq(args.monotone[0].value, -1);
    ck_assert_str_eq(args.monotone[1].name, "income");
    ck_assert_double_eq(args.monotone[1].value, 1);
}
END_TEST

START_TEST(the_search_has_its_options_in_train_and_compare)
{
    static const char *const commands[] = {"train d.csv -o m", "compare d.csv"};
    char line[512];

    snprintf(line, sizeof line,
             "segml %s -g a -t y --sampler tpe-univariate --validation kfold --search-folds 3 "
             "--metric roc_auc --pruner none --space s.json --points p.json --max-rounds 300 "
             "--total-trials 1000 --group-rounds 5000 --total-rounds 9223372036854775807 "
             "--group-seconds 1.5 --total-seconds 1e3 --threshold .25 --threshold-metric mcc",
             commands[_i]);
    ck_assert_int_eq(parse(line), SEGML_OK);
    ck_assert_str_eq(args.sampler, "tpe-univariate");
    ck_assert_str_eq(args.validation, "kfold");
    ck_assert_int_eq(args.search_folds, 3);
    ck_assert_str_eq(args.metric, "roc_auc");
    ck_assert_str_eq(args.pruner, "none");
    ck_assert_str_eq(args.space, "s.json");
    ck_assert_str_eq(args.points, "p.json");
    ck_assert_int_eq(args.max_rounds, 300);
    ck_assert_int_eq(args.total_trials, 1000);
    ck_assert_int_eq(args.group_rounds, 5000);
    ck_assert_int_eq(args.total_rounds, INT64_MAX);
    ck_assert_double_eq(args.group_seconds, 1.5);
    ck_assert_double_eq(args.total_seconds, 1000);
    ck_assert_double_eq(args.threshold, 0.25);
    ck_assert_str_eq(args.threshold_metric, "mcc");
    ck_assert(!args.no_history);
}
END_TEST

START_TEST(a_file_without_history_is_asked_for)
{
    ck_assert_int_eq(parse("segml train d -g a -t y -o m --no-history"), SEGML_OK);
    ck_assert(args.no_history);
}
END_TEST

START_TEST(predict_takes_a_model_and_rows)
{
    ck_assert_int_eq(parse("segml predict m.segml - --margin --append --strict"), SEGML_OK);
    ck_assert_str_eq(args.input, "m.segml");
    ck_assert_str_eq(args.rows, "-");
    ck_assert_ptr_null(args.output);
    ck_assert(args.margin && args.append && args.strict);
}
END_TEST

START_TEST(merge_takes_any_number_of_files)
{
    ck_assert_int_eq(parse("segml merge a b c -o x --global none --any-options"), SEGML_OK);
    ck_assert_int_eq(args.file_count, 3);
    ck_assert_str_eq(args.files[2], "c");
    ck_assert_str_eq(args.global, "none");
    ck_assert(args.any_options);
    ck_assert_int_eq(parse("segml patch a b -g 1,2 -g 3,4 -o x"), SEGML_OK);
    ck_assert_str_eq(args.rows, "b");
    ck_assert_int_eq(args.table.selection.group.count, 2);
    ck_assert_str_eq(args.table.selection.group.items[0], "1,2");
}
END_TEST

START_TEST(report_takes_what_it_reports)
{
    ck_assert_int_eq(parse("segml report m.segml -o r.html"), SEGML_OK);
    ck_assert_int_eq(args.command, CLI_REPORT);
    ck_assert_str_eq(args.input, "m.segml");
    ck_assert_str_eq(args.output, "r.html");
    ck_assert_str_eq(args.format, "html");
    ck_assert_ptr_null(args.title);
    ck_assert_int_eq(parse("segml report c.json -fo r --format csv --title T --max-groups 7"),
                     SEGML_OK);
    ck_assert_str_eq(args.format, "csv");
    ck_assert_str_eq(args.title, "T");
    ck_assert_int_eq(args.max_groups, 7);
    ck_assert(args.force);
}
END_TEST

START_TEST(help_needs_nothing_else)
{
    static const char *const lines[] = {"segml --help", "segml help", "segml help train",
                                        "segml train --help", "segml predict -h"};

    ck_assert_int_eq(parse(lines[_i]), SEGML_OK);
    ck_assert(args.help || args.command == CLI_HELP);
}
END_TEST

static const struct {
    const char *line, *message;
} mistakes[] = {
    {"segml", "a command is missing"},
    {"segml fly", "unknown command 'fly'"},
    {"segml train -g a -t y -o m", "train needs a CSV file"},
    {"segml train d -t y -o m", "--group is missing: the column of the groups"},
    {"segml train d -g a -o m", "--target is missing: the column to predict"},
    {"segml train d -g a -t y", "-o is missing: the model file to write"},
    {"segml train d e -g a -t y -o m", "'e' is one argument too many"},
    {"segml train d --frobnicate", "unknown option '--frobnicate'"},
    {"segml train d -X", "unknown option '-X'"},
    {"segml train d --force=1", "a value that is not needed in option '--force=1'"},
    {"segml train d --group", "--group needs a value"},
    {"segml train d --margin", "'--margin' is no option of train"},
    {"segml train d --trials 0", "--trials '0': a whole number from 1 to 100000 is needed"},
    {"segml train d --folds 1", "--folds '1': a whole number from 2 to 100 is needed"},
    {"segml train d --min-rows -5", "--min-rows '-5': a whole number from 1 is needed"},
    {"segml train d --jobs two", "--jobs 'two': a whole number from 1 to 4096 is needed"},
    {"segml train d --seed 18446744073709551616",
     "--seed '18446744073709551616': a whole number from 0 to 2^64 - 1 is needed"},
    {"segml train d --param eta",
     "--param 'eta': a name, '=' and a number are needed, as in max_depth=4"},
    {"segml train d --monotone size",
     "--monotone 'size': a name, '=' and a number are needed, as in income=1"},
    {"segml train d -g s -t y -o m --engine lightgbm",
     "--engine 'lightgbm': it is one of auto, native, xgboost, native:portable, native:avx2, "
     "native:avx512"},
    {"segml train d -g s -t y -o m --tree-method approx",
     "--tree-method 'approx': it is one of auto, hist, exact"},
    {"segml train d --param eta=x",
     "--param 'eta=x': a name, '=' and a number are needed, as in max_depth=4"},
    {"segml train d -g a -t y -o m --mode both", "--mode 'both': it is one of segmented, global"},
    {"segml train d -g a -t y -o m --objective f1",
     "--objective 'f1': it is one of auto, binary, multiclass, regression, poisson"},
    {"segml train d -g a -t y -o m --sampler tp",
     "--sampler 'tp': it is one of tpe, tpe-univariate, random, grid"},
    {"segml train d -g a -t y -o m --sampler random,",
     "--sampler 'random,': it is one of tpe, tpe-univariate, random, grid"},
    {"segml compare d -g a -t y --validation cv",
     "--validation 'cv': it is one of holdout, kfold, shared"},
    {"segml compare d -g a -t y --validation= --json",
     "--validation '': it is one of holdout, kfold, shared"},
    {"segml train d -g a -t y -o m --pruner hyperband",
     "--pruner 'hyperband': it is one of none, median, halving"},
    {"segml train d -g a -t y -o m --threshold-metric F1",
     "--threshold-metric 'F1': it is one of f1, mcc"},
    {"segml train d --search-folds 101",
     "--search-folds '101': a whole number from 1 to 100 is needed"},
    {"segml train d --max-rounds 0", "--max-rounds '0': a whole number from 1 to 100000 is needed"},
    {"segml train d --total-trials 1.5", "--total-trials '1.5': a whole number from 1 is needed"},
    {"segml train d --group-rounds -1", "--group-rounds '-1': a whole number from 1 is needed"},
    {"segml train d --total-rounds 9223372036854775808",
     "--total-rounds '9223372036854775808': a whole number from 1 is needed"},
    {"segml train d --group-seconds 0",
     "--group-seconds '0': a number above 0 and up to 1000000000 is needed"},
    {"segml train d --total-seconds 1e10",
     "--total-seconds '1e10': a number above 0 and up to 1000000000 is needed"},
    {"segml train d --total-seconds nan",
     "--total-seconds 'nan': a number above 0 and up to 1000000000 is needed"},
    {"segml train d --threshold 0,5", "--threshold '0,5': a number above 0 and up to 1 is needed"},
    {"segml train d --threshold 1.01",
     "--threshold '1.01': a number above 0 and up to 1 is needed"},
    {"segml train d --threshold 0x.8p0",
     "--threshold '0x.8p0': a number above 0 and up to 1 is needed"},
    {"segml train d --space", "--space needs a value"},
    {"segml compare d --no-history", "'--no-history' is no option of compare"},
    {"segml predict m d --threshold .5", "'--threshold' is no option of predict"},
    {"segml compare d --mode global", "'--mode' is no option of compare"},
    {"segml compare d -g a -t y --outer-folds 3",
     "--outer-folds and --outer-used belong to --honest, which is missing"},
    {"segml train d -g a -t y -o m --time d --fold-column f",
     "only one of --fold-column, --fold-group and --time can be given"},
    {"segml train d -g a -t y -o m --fold-group c --fold-column f",
     "only one of --fold-column, --fold-group and --time can be given"},
    {"segml predict m", "predict needs a model file and a CSV file"},
    {"segml inspect", "inspect needs a model file"},
    {"segml report", "report needs a model file or a comparison"},
    {"segml report m", "-o is missing: the report file to write"},
    {"segml report m -o r --format pdf", "--format 'pdf': it is one of html, json, csv"},
    {"segml report m -o r --max-groups 0",
     "--max-groups '0': a whole number from 1 to 100000 is needed"},
    {"segml report m -o r --seed 1", "'--seed' is no option of report"},
    {"segml verify m --groups", "'--groups' is no option of verify"},
    {"segml verify m --signature s", "--signature needs --key, the public key"},
    {"segml extract m -o x", "one of --group KEY, --role global and --role unseen is needed, once"},
    {"segml prune m -o x --keep", "--keep needs --group or --groups-from"},
    {"segml merge a b -o x --duplicates newest",
     "--duplicates 'newest': it is one of equal, best, rows"},
    {"segml diff a", "diff needs two model files"},
    {"segml sign m", "--key is missing: the file of the secret key"},
};

START_TEST(what_is_wrong_is_named)
{
    ck_assert_int_eq(parse(mistakes[_i].line), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, mistakes[_i].message);
}
END_TEST

TCase *
args_tests(void)
{
    TCase *tc = tcase_create("args");

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_test(tc, train_has_its_defaults);
    tcase_add_test(tc, options_may_stand_anywhere_and_be_repeated);
    tcase_add_loop_test(tc, engines_have_their_options_in_train_and_compare, 0, 2);
    tcase_add_loop_test(tc, the_search_has_its_options_in_train_and_compare, 0, 2);
    tcase_add_test(tc, a_file_without_history_is_asked_for);
    tcase_add_test(tc, predict_takes_a_model_and_rows);
    tcase_add_test(tc, merge_takes_any_number_of_files);
    tcase_add_test(tc, report_takes_what_it_reports);
    tcase_add_loop_test(tc, help_needs_nothing_else, 0, 5);
    tcase_add_loop_test(tc, what_is_wrong_is_named, 0, sizeof mistakes / sizeof *mistakes);
    return tc;
}
