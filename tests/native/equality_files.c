/* SPDX-License-Identifier: Apache-2.0 */

/*
 * As equality.c, on real rows: models of the groups of the files in examples/data.
 *
 *     equality_files FOLDER
 *
 * Real columns have what drawn ones lack: prices with ties, hours with fractions, counts. Text
 * is coded by first appearance, as numbers, since exact trees know no categories; cells that are
 * neither are missing. Of each file so many groups of at least FEWEST rows are taken, in the order
 * of the file, of each at most its first MOST rows: those of the suite's number of data sets
 * (SEGML_TEST_EQUALITY) divided by ten.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "contest.h"
#include "csv_reader.h"

enum { SETS = 60, FEWEST = 40, MOST = 1500, FOLDS = 5, FITS = 3, TEXTS = 400 };

/* What is learnt from a file. */
typedef struct task {
    const char *file, *group, *target;
    sg_loss loss;
} task;

static const task tasks[] = {
    {"flights.csv.xz", "origin", "late", SG_LOSS_LOGISTIC},
    {"mlc_churn.csv.xz", "state", "churn", SG_LOSS_LOGISTIC},
    {"mlc_churn.csv.xz", "state", "number_customer_service_calls", SG_LOSS_POISSON},
    {"diamonds.csv.xz", "clarity", "price", SG_LOSS_SQUARED},
    {"diamonds.csv.xz", "clarity", "cut", SG_LOSS_SOFTPROB},
};

/* A file as numbers, column by column. */
typedef struct table {
    cli_csv csv;
    float *value;  /* [columns * rows] */
    int32_t *code; /* [columns] texts of a column of text, 0 = numbers */
} table;

/* Code of a text: place among those seen so far. */
static int32_t
code_of(const char **seen, int32_t *count, const char *text)
{
    for (int32_t k = 0; k < *count; k++) {
        if (strcmp(seen[k], text) == 0)
            return k;
    }
    if (*count == TEXTS)
        return -1;
    seen[*count] = text;
    return (*count)++;
}

static void
convert_column(table *t, int64_t column)
{
    float *value = t->value + column * t->csv.rows;
    const char *seen[TEXTS];
    int text = 0;

    for (int64_t i = 0; i < t->csv.rows; i++) {
        size_t length;
        const char *cell = cli_csv_cell(&t->csv, i, column, &length);

        value[i] = NAN;
        if (!sg_text_parse_float(&value[i], cell, length) && length > 0)
            text = 1;
    }
    for (int64_t i = 0; i < t->csv.rows && text; i++) {
        size_t length;
        int32_t code = code_of(seen, &t->code[column], cli_csv_cell(&t->csv, i, column, &length));

        value[i] = code < 0 ? NAN : (float)code;
    }
}

/* @return 1; 0 after a message */
static int
read_table(table *t, const char *folder, const char *file)
{
    segml_error err = SEGML_ERROR_INIT;
    char path[1000];

    memset(t, 0, sizeof *t);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (cli_csv_read(&t->csv, path, &err) < 0) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        return 0;
    }
    t->value = calloc((size_t)(t->csv.columns * t->csv.rows), sizeof *t->value);
    t->code = calloc((size_t)t->csv.columns, sizeof *t->code);
    for (int64_t column = 0; column < t->csv.columns; column++)
        convert_column(t, column);
    return 1;
}

static void
free_table(table *t)
{
    free(t->code);
    free(t->value);
    cli_csv_clear(&t->csv);
}

/* Rows of one group, with all columns but the group and the target as features. */
typedef struct group {
    sg_engine_rows rows;
    float data[MOST * 40], label[MOST];
    int32_t fold[MOST];
    uint8_t categorical[40];
    const char *names[40];
} group;

static void
add_row(group *g, const table *t, const int64_t *feature, int64_t target, int64_t row)
{
    int64_t n = g->rows.rows++;

    for (int64_t f = 0; f < g->rows.features; f++)
        g->data[n * g->rows.features + f] = t->value[feature[f] * t->csv.rows + row];
    g->label[n] = t->value[target * t->csv.rows + row];
    g->fold[n] = (int32_t)(n % FOLDS);
}

static void
make_group(group *g, const table *t, const task *what, float code)
{
    int64_t key = cli_csv_find(&t->csv, what->group), target = cli_csv_find(&t->csv, what->target);
    int64_t feature[40];

    memset(g, 0, sizeof *g);
    for (int64_t c = 0; c < t->csv.columns && g->rows.features < 40; c++) {
        if (c == key || c == target)
            continue;
        g->names[g->rows.features] = cli_csv_name(&t->csv, c);
        feature[g->rows.features++] = c;
    }
    for (int64_t i = 0; i < t->csv.rows && g->rows.rows < MOST; i++) {
        if (t->value[key * t->csv.rows + i] == code)
            add_row(g, t, feature, target, i);
    }
    g->rows.data = g->data;
    g->rows.label = g->label;
    g->rows.fold = g->fold;
    g->rows.folds = FOLDS;
    g->rows.categorical = g->categorical;
    g->rows.names = g->names;
    g->rows.loss = what->loss;
    g->rows.classes = what->loss == SG_LOSS_SOFTPROB ? t->code[target] : 1;
    g->rows.method = SG_TREE_EXACT;
    g->rows.max_bin = 64;
}

/* A deep and eager fit, a careful one, and one on all rows that is pruned. */
static void
run_group(contest *c, const group *g, const char *name)
{
    const sg_fit_params plain = {.learning_rate = 0.3,
                                 .min_child_weight = 1,
                                 .subsample = 1,
                                 .colsample_bytree = 1,
                                 .reg_lambda = 1,
                                 .scale_pos_weight = 1,
                                 .base_score = 0.5,
                                 .max_depth = 6,
                                 .max_delta_step = g->rows.loss == SG_LOSS_POISSON ? 0.7 : 0,
                                 .max_cat_to_onehot = 4,
                                 .threads = 1,
                                 .seed = 1};
    int32_t rounds = g->rows.loss == SG_LOSS_SOFTPROB ? 8 : 20;
    sg_fit_spec spec[FITS] = {
        {.hold_out = 0, .rounds = rounds, .params = plain},
        {.hold_out = 1, .rounds = rounds, .params = plain},
        {.hold_out = SG_FIT_ALL_ROWS, .rounds = rounds, .params = plain},
    };

    spec[0].params.reg_lambda = spec[0].params.min_child_weight = 0;
    spec[1].params.max_depth = 3;
    spec[1].params.learning_rate = 0.1;
    spec[2].params.gamma = 0.5;
    contest_run(c, name, &g->rows, spec, FITS, NULL);
}

/* @return 1; 0 after a message */
static int
run_task(contest *c, const char *folder, const task *what, long groups)
{
    group *g = malloc(sizeof *g);
    char name[100];
    int64_t key;
    table t;

    if (!read_table(&t, folder, what->file)) {
        free(g);
        return 0;
    }
    key = cli_csv_find(&t.csv, what->group);
    for (int32_t code = 0; code < t.code[key] && groups > 0; code++) {
        make_group(g, &t, what, (float)code);
        if (g->rows.rows < FEWEST)
            continue;
        snprintf(name, sizeof name, "%s, %s number %d, %s", what->file, what->group, (int)code,
                 what->target);
        run_group(c, g, name);
        groups--;
    }
    free_table(&t);
    free(g);
    return 1;
}

int
main(int argc, char **argv)
{
    const char *sets = getenv("SEGML_TEST_EQUALITY");
    long groups = (sets != NULL && sets[0] != '\0' ? strtol(sets, NULL, 10) : SETS) / 10;
    contest c;
    int good = 1;

    if (argc != 2) {
        fprintf(stderr, "usage: equality_files FOLDER\n");
        return EXIT_FAILURE;
    }
    if (!contest_open(&c))
        return EXIT_FAILURE;
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        good &= run_task(&c, argv[1], &tasks[i], groups > 0 ? groups : 1);
    good &= contest_print(&c);
    contest_close(&c);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
