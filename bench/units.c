/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Units of the example data are made of its files as they are packed in the repository. Rows of
 * the diamonds are shuffled first, because the file is sorted by price. Folds are those of
 * consecutive rows in turn.
 */

#include "units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../examples/seed_groups.h"
#include "bench.h"
#include "csv_reader.h"

enum { SYNTHETIC_ROWS = 400 };

static const char *const names[UNIT_FEATURES] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

static void
die(const char *what, const char *detail)
{
    fprintf(stderr, "units: %s: %s\n", what, detail);
    exit(EXIT_FAILURE);
}

static void *
claim(int64_t count, size_t size)
{
    void *block = malloc((size_t)count * size);

    if (block == NULL)
        die("memory", "out of it");
    return block;
}

static void
start(unit *u, int64_t rows, int64_t features, sg_loss loss)
{
    u->data = claim(rows * features, sizeof *u->data);
    u->label = claim(rows, sizeof *u->label);
    u->fold = claim(rows, sizeof *u->fold);
    memset(u->categorical, 0, sizeof u->categorical);
    for (int64_t i = 0; i < rows; i++)
        u->fold[i] = (int32_t)(i % UNIT_FOLDS);
    u->rows = (sg_engine_rows){.rows = rows,
                               .features = features,
                               .data = u->data,
                               .label = u->label,
                               .categorical = u->categorical,
                               .names = names,
                               .fold = u->fold,
                               .folds = UNIT_FOLDS,
                               .loss = loss,
                               .classes = 1,
                               .method = SG_TREE_HIST};
}

/* Labels of mean 0 and variance 1. */
static void
standardise(unit *u)
{
    double rows = (double)u->rows.rows, sum = 0, squares = 0, mean, deviation;

    for (int64_t i = 0; i < u->rows.rows; i++) {
        sum += (double)u->label[i];
        squares += (double)u->label[i] * (double)u->label[i];
    }
    mean = sum / rows;
    deviation = sqrt(squares / rows - mean * mean);
    for (int64_t i = 0; i < u->rows.rows; i++)
        u->label[i] = (float)(((double)u->label[i] - mean) / deviation);
}

/* Each stream gives eight groups. */
static void
make_seed(unit *u, int number)
{
    int64_t group = number % SEED_GROUPS;
    uint64_t seed = SEED_DEFAULT + 1000 * (uint64_t)(number / SEED_GROUPS);
    int32_t millionths[SEED_FEATURES];

    start(u, SYNTHETIC_ROWS, SEED_FEATURES, SG_LOSS_LOGISTIC);
    for (int64_t i = 0; i < SYNTHETIC_ROWS; i++) {
        u->label[i] =
            (float)seed_row(seed, (uint64_t)(group * SYNTHETIC_ROWS + i), (int)group, millionths);
        for (int j = 0; j < SEED_FEATURES; j++)
            u->data[i * SEED_FEATURES + j] = (float)(millionths[j] / 1e6);
    }
}

static void
make_synthetic(unit *u, int number, sg_loss loss)
{
    uint64_t state = 1000 + (uint64_t)number;

    start(u, SYNTHETIC_ROWS, UNIT_FEATURES, loss);
    for (int64_t i = 0; i < SYNTHETIC_ROWS; i++) {
        float *x = u->data + i * UNIT_FEATURES;
        double value;

        for (int j = 0; j < UNIT_FEATURES; j++)
            x[j] = (float)bench_normal(&state);
        value = (double)(x[0] * x[1] + x[2]) + bench_normal(&state);
        u->label[i] = loss == SG_LOSS_SQUARED ? (float)value : (float)(value > 0);
        for (int j = 0; j < UNIT_FEATURES; j++) {
            if (bench_uniform(&state) < 0.1)
                x[j] = NAN;
        }
    }
    if (loss == SG_LOSS_SQUARED)
        standardise(u);
}

/* Which columns of a file become a unit. */
typedef struct plan {
    const char *file, *group, *label;
    const char *features[UNIT_FEATURES];
    int feature_count;
    int categories; /* so many of the first features */
    sg_loss loss;
    int shuffled;
    int64_t take;        /* rows of a group at once */
    int64_t least, most; /* rows of a unit; smaller and larger groups are left out */
} plan;

static const plan flights = {"flights.csv.xz",
                             "origin",
                             "late",
                             {"destination", "month", "weekday", "dep_hour", "distance"},
                             5,
                             1,
                             SG_LOSS_LOGISTIC,
                             0,
                             INT64_MAX,
                             300,
                             1000};
static const plan diamonds = {"diamonds.csv.xz",
                              "clarity",
                              "price",
                              {"cut", "color", "carat", "depth", "table", "x", "y", "z"},
                              8,
                              2,
                              SG_LOSS_SQUARED,
                              1,
                              500,
                              500,
                              500};

static const char *
cell(const cli_csv *csv, int64_t row, const char *column)
{
    int64_t found = cli_csv_find(csv, column);
    size_t length;

    if (found < 0)
        die("no such column", column);
    return cli_csv_cell(csv, row, found, &length);
}

/* Codes of a column's texts: numbers in the order in which they come. */
static void
code_column(unit *u, const cli_csv *csv, const int64_t *row, int feature, const char *column)
{
    const char **seen = claim(u->rows.rows, sizeof *seen);
    int count = 0;

    for (int64_t i = 0; i < u->rows.rows; i++) {
        const char *text = cell(csv, row[i], column);
        int code = 0;

        while (code < count && strcmp(seen[code], text) != 0)
            code++;
        if (code == count)
            seen[count++] = text;
        u->data[i * u->rows.features + feature] = (float)code;
    }
    u->categorical[feature] = 1;
    free(seen);
}

static void
make_from_rows(unit *u, const plan *p, const cli_csv *csv, const int64_t *row, int64_t rows)
{
    start(u, rows, p->feature_count, p->loss);
    for (int j = 0; j < p->feature_count; j++) {
        if (j < p->categories) {
            code_column(u, csv, row, j, p->features[j]);
            continue;
        }
        for (int64_t i = 0; i < rows; i++)
            u->data[i * p->feature_count + j] = strtof(cell(csv, row[i], p->features[j]), NULL);
    }
    for (int64_t i = 0; i < rows; i++) {
        u->label[i] = strtof(cell(csv, row[i], p->label), NULL);
        if (p->loss == SG_LOSS_SQUARED)
            u->label[i] = logf(u->label[i]);
    }
    if (p->loss == SG_LOSS_SQUARED)
        standardise(u);
}

static void
shuffle(int64_t *row, int64_t count)
{
    uint64_t state = 1;

    for (int64_t i = count - 1; i > 0; i--) {
        int64_t j = (int64_t)(bench_random(&state) % (uint64_t)(i + 1)), other = row[j];

        row[j] = row[i];
        row[i] = other;
    }
}

/* A file's rows in the order in which units take them. */
typedef struct pile {
    cli_csv csv;
    int64_t *row; /* [csv.rows] */
    char *taken;  /* [csv.rows] */
} pile;

static void
open_pile(pile *all, const plan *p, const char *folder)
{
    segml_error err = SEGML_ERROR_INIT;
    char path[4096];

    *all = (pile){.row = NULL};
    snprintf(path, sizeof path, "%s/%s", folder, p->file);
    if (cli_csv_read(&all->csv, path, &err) != SEGML_OK)
        die(path, err.message);
    all->row = claim(all->csv.rows, sizeof *all->row);
    all->taken = claim(all->csv.rows, sizeof *all->taken);
    for (int64_t i = 0; i < all->csv.rows; i++) {
        all->row[i] = i;
        all->taken[i] = 0;
    }
}

/* Rows of the group that row number first belongs to, at most so many of them. */
static int64_t
take_group(int64_t *out, pile *all, const plan *p, int64_t first, int64_t most)
{
    const char *group = cell(&all->csv, all->row[first], p->group);
    int64_t count = 0;

    for (int64_t i = first; i < all->csv.rows && count < most; i++) {
        if (all->taken[i] || strcmp(cell(&all->csv, all->row[i], p->group), group) != 0)
            continue;
        out[count++] = all->row[i];
        all->taken[i] = 1;
    }
    return count;
}

/* Groups in the order of their first rows. */
static int
make_from_file(unit *out, int count, const plan *p, const char *folder)
{
    pile all;
    int64_t *row;
    int made = 0;

    open_pile(&all, p, folder);
    row = claim(all.csv.rows, sizeof *row);
    if (p->shuffled)
        shuffle(all.row, all.csv.rows);
    for (int64_t first = 0; first < all.csv.rows && made < count; first++) {
        int64_t rows = all.taken[first] ? 0 : take_group(row, &all, p, first, p->take);

        if (rows >= p->least && rows <= p->most)
            make_from_rows(&out[made++], p, &all.csv, row, rows);
    }
    free(row);
    free(all.row);
    free(all.taken);
    cli_csv_clear(&all.csv);
    return made;
}

int
units_make(unit *out, int count, unit_kind kind, const char *folder)
{
    if (kind == UNIT_FLIGHTS || kind == UNIT_DIAMONDS)
        return make_from_file(out, count, kind == UNIT_FLIGHTS ? &flights : &diamonds, folder);
    for (int k = 0; k < count; k++) {
        if (kind == UNIT_SEED)
            make_seed(&out[k], k);
        else
            make_synthetic(&out[k], k, kind == UNIT_PRODUCTS ? SG_LOSS_SQUARED : SG_LOSS_LOGISTIC);
    }
    return count;
}

void
units_free(unit *units, int count)
{
    for (int k = 0; k < count; k++) {
        free(units[k].data);
        free(units[k].label);
        free(units[k].fold);
    }
}
