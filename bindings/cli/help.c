/* SPDX-License-Identifier: Apache-2.0 */

/* What --help prints. The manual page, segml(1), says the same at length. */

#include "commands.h"

static const char tool_text[] =
    "usage: segml COMMAND ...\n"
    "\n"
    "  train     train one model per group, or one for all, from a CSV file\n"
    "  predict   predict the rows of a CSV file\n"
    "  compare   one model for all, or one per group: which is better, how sure is it\n"
    "  inspect   show what a model is and how good it is\n"
    "  report    write a report of a model or a comparison\n"
    "  verify    check a model file\n"
    "  extract   take one model out, for XGBoost\n"
    "  patch     replace or add groups\n"
    "  prune     drop groups\n"
    "  merge     bring the groups of several model files together\n"
    "  split     move the models of groups to files of their own\n"
    "  join      take models in other files into one\n"
    "  diff      tell how two model files differ\n"
    "  sign      sign a model file\n"
    "  version   show versions, engines, and which XGBoost is found\n"
    "  help      show this, or the help of a command\n"
    "\n"
    "segml COMMAND --help shows a command's options; the manual page is segml(1).\n";

static const char train_text[] =
    "usage: segml train DATA.csv --group COL[,COL] --target COL -o MODEL.segml\n"
    "                   [options]\n"
    "\n"
    "DATA.csv may be packed (.gz, .xz, .zst), or - for standard input.\n"
    "\n"
    "  -g, --group COL[,COL]     columns that tell the groups apart\n"
    "  -t, --target COL          column to predict\n"
    "  -o, --output FILE         model file to write\n"
    "  -f, --force               replace an existing file\n"
    "      --mode MODE           segmented (default): a model per group; global: one\n"
    "                            for all\n"
    "      --objective NAME      auto (default), binary, multiclass, regression,\n"
    "                            poisson\n"
    "      --positive VALUE      the class of a binary target that is predicted\n"
    "  -w, --weight COL          column of row weights\n"
    "      --features A,B,..     only these features (default: all other columns)\n"
    "      --drop A,B,..         without these\n"
    "      --categorical A,B,..  columns whose cells are texts, also where they are\n"
    "                            numbers\n"
    "      --text-key            keys are texts, also where they are integers\n"
    "      --na TEXT             a cell that means missing, beside the empty one;\n"
    "                            repeatable\n"
    "      --min-rows N          a smaller group gets no model of its own (50)\n"
    "      --no-fallback         no global models: unknown and small groups get no\n"
    "                            prediction\n"
    "      --parents             of several group columns: a model also for all\n"
    "                            groups that share the first one, first two, ...\n"
    "      --fallback-policy L   who answers for unknown and small groups: none, or\n"
    "                            some of parent,global,constant (all that is trained)\n"
    "\n"
    "Folds:\n"
    "      --folds K             folds of the cross-validation (5)\n"
    "      --fold-column COL     the fold of each row; without it folds are dealt\n"
    "      --fold-group COL      rows of one value stay in one fold\n"
    "      --time COL            folds follow each other in time\n"
    "\n"
    "Search:\n"
    "      --trials N            parameter sets tried per model (50); 1: no search\n"
    "      --validation HOW      what trials are scored on: holdout (default): one\n"
    "                            fold; kfold: all; shared: one parameter set for all\n"
    "                            groups, scored on all of them\n"
    "      --search-folds N      folds a trial is scored on (1; of kfold all)\n"
    "      --sampler NAME        tpe (default), tpe-univariate, random, grid\n"
    "      --metric NAME         what is searched for: loss (default), f1, mae, ...\n"
    "      --pruner NAME         gives trials up: none (default), median, halving\n"
    "      --space FILE.json     the search space, instead of the default one\n"
    "      --points FILE.json    parameter sets to try first; as many as --trials: a\n"
    "                            fixed list\n"
    "      --param NAME=VALUE    fixes a parameter that would be searched; repeatable\n"
    "      --max-rounds N        most boosting rounds of a fit (1,000; of models of\n"
    "                            fewer than 1,000 rows 400)\n"
    "      --no-history          no history of the searches in the file\n";

/* Of train too: compilers need not know longer texts in one piece. */
static const char train_more[] =
    "\n"
    "Engine:\n"
    "      --engine NAME         auto (default): native, and xgboost for models that\n"
    "                            it does not cover; native; xgboost\n"
    "      --tree-method NAME    hist (default), exact\n"
    "      --monotone COL=D      predictions never fall (1) or rise (-1) where the\n"
    "                            column rises; repeatable\n"
    "      --xgboost PATH        XGBoost's shared library\n"
    "\n"
    "Budgets; a search that meets one ends with what it has:\n"
    "      --total-trials N      trials of all models together\n"
    "      --group-rounds N      boosting rounds of one model's search\n"
    "      --total-rounds N      boosting rounds of all searches together\n"
    "      --group-seconds S     time of one model's search\n"
    "      --total-seconds S     time after which no trial begins\n"
    "\n"
    "Training again, and training in parts:\n"
    "      --resume              keep finished models in FILE.journal, and go on from\n"
    "                            there if it exists\n"
    "      --reuse OLD.segml     take models of groups whose rows have not changed\n"
    "      --no-reusable         leave out of the file what --reuse needs\n"
    "      --shard I/N           train part I of N; -o is the part, for segml merge\n"
    "\n"
    "Threshold of a binary target:\n"
    "      --threshold P         from this probability on a row is positive (chosen)\n"
    "      --threshold-metric M  what it is chosen by: f1 (default), mcc\n"
    "\n"
    "      --seed S              of all randomness (0)\n"
    "  -j, --jobs N              threads (all processors)\n"
    "      --json                results as JSON on standard output\n"
    "  -q, --quiet               no progress, remarks and table\n";

static const char predict_text[] =
    "usage: segml predict MODEL.segml NEW.csv [-o OUT.csv] [options]\n"
    "\n"
    "NEW.csv may be packed (.gz, .xz, .zst), or - for standard input.\n"
    "\n"
    "  -o, --output FILE  file to write (default: standard output)\n"
    "  -f, --force        replace an existing file\n"
    "      --margin       raw margins instead of predictions\n"
    "      --append       the input's columns before the output's\n"
    "      --fallback L   who answers for groups without a model: none, or some of\n"
    "                     parent,global,constant (as trained)\n"
    "      --strict       rows without a model are an error (exit code 3)\n"
    "      --na TEXT      a cell that means missing, beside the empty one; repeatable\n"
    "      --key FILE     public key: only a model that it has signed is used\n"
    "      --signature FILE\n"
    "                     the signature (MODEL.segml.sig)\n"
    "  -q, --quiet        no remarks\n";

static const char compare_text[] =
    "usage: segml compare DATA.csv --group COL[,COL] --target COL [-o RUN.json]\n"
    "                     [options]\n"
    "\n"
    "Trains one model for all groups, and one per group: with XGBoost's defaults,\n"
    "untuned, and tuned. DATA.csv and the options that say what its columns are, how\n"
    "rows are held out and how parameters are searched are those of train:\n"
    "\n"
    "  -g, -t, -w, --features, --drop, --categorical, --text-key, --na, --objective,\n"
    "  --positive, --min-rows, all of folds, search, engine, budgets and threshold,\n"
    "  --seed, -j\n"
    "\n"
    "      --honest            nested evaluation: outer folds that search, training\n"
    "                          and thresholds do not see; as many times the work\n"
    "      --outer-folds K     with --honest: outer folds (5)\n"
    "      --outer-used N      with --honest: only so many of them (all); 1: one\n"
    "                          held-out part\n"
    "  -o, --output FILE       comparison to write, JSON\n"
    "      --predictions FILE  CSV to write: each row's predictions by each approach\n"
    "  -f, --force             replace existing files\n"
    "      --groups            a line per group (default: the 20 largest)\n"
    "      --json              the comparison as JSON on standard output\n"
    "  -q, --quiet             no progress, remarks and table\n";

static const char inspect_text[] = "usage: segml inspect MODEL.segml [--groups] [--json]\n"
                                   "\n"
                                   "      --groups  a line per group and parent\n"
                                   "      --json    everything as one JSON object\n";

static const char verify_text[] =
    "usage: segml verify MODEL.segml [--key PUBLIC.pem [--signature FILE]] [--json]\n"
    "\n"
    "Reads and checks everything in the file. Exit code 0: sound; 3: not signed with\n"
    "that key; 4: damaged.\n"
    "\n"
    "      --key FILE        public key that must have signed it\n"
    "      --signature FILE  the signature (MODEL.segml.sig)\n"
    "      --json            what was checked, as one JSON object\n";

static const char extract_text[] =
    "usage: segml extract MODEL.segml -o FILE (--group KEY | --role ROLE) [options]\n"
    "\n"
    "Writes one model as a file that XGBoost loads.\n"
    "\n"
    "  -g, --group KEY      of this group: one value per key column, separated by\n"
    "                       commas; of a parent: the first ones\n"
    "      --role ROLE      global: that of all groups; unseen: that for unseen keys\n"
    "      --format FORMAT  ubj, json (json for a FILE.json, else ubj)\n"
    "  -o, --output FILE    file to write\n"
    "  -f, --force          replace an existing file\n";

static const char patch_text[] =
    "usage: segml patch BASE.segml DONOR.segml -o MODEL.segml [options]\n"
    "\n"
    "Writes BASE with groups of DONOR in the place of its own, or added. MODEL may be\n"
    "BASE, with --force.\n"
    "\n"
    "  -g, --group KEY         this group; repeatable (default: all with a model)\n"
    "      --groups-from FILE  groups, one key a line\n"
    "  -o, --output FILE       model file to write\n"
    "  -f, --force             replace an existing file\n"
    "      --json              what was written, as one JSON object\n";

static const char prune_text[] = "usage: segml prune MODEL.segml -o NEW.segml [options]\n"
                                 "\n"
                                 "Writes the file without some groups, or with some only.\n"
                                 "\n"
                                 "  -g, --group KEY         this group is dropped; repeatable\n"
                                 "      --groups-from FILE  groups, one key a line\n"
                                 "      --keep              they are kept, all others are dropped\n"
                                 "      --drop-history      without the history of the searches\n"
                                 "      --drop-training     without what further training reuses\n"
                                 "  -o, --output FILE       model file to write\n"
                                 "  -f, --force             replace an existing file\n"
                                 "      --json              what was written, as one JSON object\n";

static const char merge_text[] =
    "usage: segml merge A.segml B.segml ... -o MODEL.segml [options]\n"
    "\n"
    "Brings the groups of several model files together, or makes the model of all\n"
    "parts of a training (segml help train). The order does not matter.\n"
    "\n"
    "      --duplicates WHICH  a group that several have: equal (default): they must\n"
    "                          be the same; best: least loss; rows: most rows\n"
    "      --global WHICH      global models: equal (default): they must be the same;\n"
    "                          rows: that of most rows; none\n"
    "      --any-options       options of training may differ\n"
    "  -j, --jobs N            of parts: threads (all processors)\n"
    "  -o, --output FILE       model file to write\n"
    "  -f, --force             replace an existing file\n"
    "      --json              what was written, as one JSON object\n";

static const char split_text[] =
    "usage: segml split MODEL.segml -o PARENT.segml --children DIR [options]\n"
    "\n"
    "Moves the models of groups to files of their own, the children, which can be\n"
    "replaced one by one. PARENT keeps everything else and refers to them.\n"
    "\n"
    "      --children DIR  folder of the children: relative to PARENT's, and below it\n"
    "      --by COLUMN     a file for each value of this key column, and of those before\n"
    "                      it (default: a file for each group)\n"
    "      --float         take whatever is in a child's place (default: nothing but what\n"
    "                      is put there now)\n"
    "  -o, --output FILE   model file to write\n"
    "  -f, --force         replace existing files\n"
    "      --json          what was written, as one JSON object\n";

static const char join_text[] =
    "usage: segml join PARENT.segml -o MODEL.segml [options]\n"
    "\n"
    "Takes the models in other files that PARENT refers to into one file.\n"
    "\n"
    "  -o, --output FILE  model file to write\n"
    "  -f, --force        replace an existing file\n"
    "      --json         what was written, as one JSON object\n";

static const char diff_text[] =
    "usage: segml diff A.segml B.segml [--json]\n"
    "\n"
    "A line for each difference. Exit code 0: there is none; 1: there are some.\n"
    "\n"
    "      --json  a JSON object a line\n";

static const char sign_text[] =
    "usage: segml sign MODEL.segml --key SECRET.pem [-o FILE] [-f]\n"
    "\n"
    "      --key FILE     secret key: openssl genpkey -algorithm ed25519\n"
    "  -o, --output FILE  signature to write (MODEL.segml.sig)\n"
    "  -f, --force        replace an existing file\n";

static const char report_text[] =
    "usage: segml report MODEL.segml|COMPARISON.json -o REPORT [options]\n"
    "\n"
    "  -o, --output FILE    report file to write\n"
    "  -f, --force          replace an existing file\n"
    "      --format FORMAT  html (default): one page; json, csv: the same as data\n"
    "      --title TEXT     title of the page (default: made of target and keys)\n"
    "      --max-groups N   groups that the page shows, the largest first (60)\n";

static const char version_text[] = "usage: segml version [--xgboost PATH]\n";

static const char *
text_of(int32_t command)
{
    switch (command) {
    case CLI_TRAIN:
        return train_text;
    case CLI_PREDICT:
        return predict_text;
    case CLI_COMPARE:
        return compare_text;
    case CLI_INSPECT:
        return inspect_text;
    case CLI_REPORT:
        return report_text;
    case CLI_VERIFY:
        return verify_text;
    case CLI_EXTRACT:
        return extract_text;
    case CLI_PATCH:
        return patch_text;
    case CLI_PRUNE:
        return prune_text;
    case CLI_MERGE:
        return merge_text;
    case CLI_DIFF:
        return diff_text;
    case CLI_SPLIT:
        return split_text;
    case CLI_JOIN:
        return join_text;
    case CLI_SIGN:
        return sign_text;
    case CLI_VERSION:
        return version_text;
    default:
        return tool_text;
    }
}

void
cli_help_print(FILE *stream, int32_t command)
{
    fputs(text_of(command), stream);
    if (command == CLI_TRAIN)
        fputs(train_more, stream);
}
