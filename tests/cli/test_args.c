/* SPDX-License-Identifier: Apache-2.0 */

/* args: what a command line means, and what is wrong with it. */

#include <check.h>
#include <string.h>

#include "args.h"

enum { MOST = 24 };

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
    static char words[256];
    char *argv[MOST + 1] = {NULL};
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

START_TEST(predict_takes_a_model_and_rows)
{
    ck_assert_int_eq(parse("segml predict m.segml - --margin --append --strict"), SEGML_OK);
    ck_assert_str_eq(args.input, "m.segml");
    ck_assert_str_eq(args.rows, "-");
    ck_assert_ptr_null(args.output);
    ck_assert(args.margin && args.append && args.strict);
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

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
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
        {"segml train d --trials 0", "--trials '0': a whole number from 1 to 1000000 is needed"},
        {"segml train d --folds 1", "--folds '1': a whole number from 2 to 100 is needed"},
        {"segml train d --min-rows -5", "--min-rows '-5': a whole number from 1 is needed"},
        {"segml train d --jobs two", "--jobs 'two': a whole number from 1 to 4096 is needed"},
        {"segml train d --seed 18446744073709551616",
         "--seed '18446744073709551616': a whole number from 0 to 2^64 - 1 is needed"},
        {"segml train d --param eta",
         "--param 'eta': a name, '=' and a number are needed, as in max_depth=4"},
        {"segml train d --param eta=x",
         "--param 'eta=x': a name, '=' and a number are needed, as in max_depth=4"},
        {"segml train d -g a -t y -o m --mode both",
         "--mode 'both': it is one of segmented, global"},
        {"segml train d -g a -t y -o m --objective f1",
         "--objective 'f1': it is one of auto, binary, multiclass, regression, poisson"},
        {"segml train d -g a -t y -o m --time d --fold-column f",
         "only one of --fold-column, --fold-group and --time can be given"},
        {"segml train d -g a -t y -o m --fold-group c --fold-column f",
         "only one of --fold-column, --fold-group and --time can be given"},
        {"segml predict m", "predict needs a model file and a CSV file"},
        {"segml inspect", "inspect needs a model file"},
        {"segml verify m --groups", "'--groups' is no option of verify"},
    };

    ck_assert_int_eq(parse(cases[_i].line), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, cases[_i].message);
}
END_TEST

TCase *
args_tests(void)
{
    TCase *tc = tcase_create("args");

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_test(tc, train_has_its_defaults);
    tcase_add_test(tc, options_may_stand_anywhere_and_be_repeated);
    tcase_add_test(tc, predict_takes_a_model_and_rows);
    tcase_add_loop_test(tc, help_needs_nothing_else, 0, 5);
    tcase_add_loop_test(tc, what_is_wrong_is_named, 0, 26);
    return tc;
}
