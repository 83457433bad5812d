/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

/* A CSV file's columns as training needs them: typed, encoded, checked. */

#include "cell.h"
#include "columns.h"
#include "dict.h"
#include "folds.h"
#include "segml/dataset.h"

enum {
    CLI_MAX_CATEGORIES = 1024, /* texts of a feature that is not declared categorical */
    CLI_MAX_CLASSES = 100      /* texts of a target whose task is inferred */
};

typedef struct cli_table_options {
    cli_selection selection;
    cli_missing missing;
    int text_key;          /* 1: keys are text, also integers */
    const char *objective; /* as in segml_train_options, never NULL */
    const struct cli_kept *kept; /* the model whose columns these are to be; NULL = none */
} cli_table_options;

/* A column that became a feature, or would have. */
typedef struct cli_feature {
    int64_t column;  /* of the file */
    int32_t type;    /* segml_feature_type */
    int32_t dropped; /* 1: text of too many values, not a feature */
    int64_t missing; /* cells */
    cli_dict dict;   /* of categorical features, sorted by bytes; borrows from the file */
} cli_feature;

typedef struct cli_table {
    cli_roles roles;
    int64_t rows;
    int64_t feature_count;
    cli_feature *features; /* [considered] kept ones first, in order of the file */
    int64_t considered;
    float *data; /* [feature_count * rows] column by column */
    float *label;
    cli_dict classes; /* of a target of text, sorted by bytes; empty: the label is a number */
    float *weight;    /* NULL = none */
    segml_key_column *keys;
    int64_t key_count;
    cli_folds folds;
    /* What segml_dataset_input points to, [feature_count]. */
    const char **names;
    int32_t *types;
    segml_dictionary *dictionaries;
} cli_table;

/**
 * Types and encodes a file's columns: segml(1), "Data".
 *
 * @param out  all zero; released with cli_table_clear(), also after a failure
 * @param csv  must stay until then
 * @return SEGML_OK; SEGML_E_ARGUMENT (a column with two roles, no features); SEGML_E_NOT_FOUND
 *         (no such column, or none for a feature of the kept model); SEGML_E_DATA (a cell: the
 *         message names its row and column); SEGML_E_NOMEM; SEGML_E_CANCELLED
 */
int cli_table_build(cli_table *out, const cli_csv *csv, const cli_table_options *options,
                    segml_error *err);

/** Describes the table to the library; everything in *input points into the table. */
void cli_table_input(segml_dataset_input *input, const cli_table *table, const cli_csv *csv);

/** Releases everything. */
void cli_table_clear(cli_table *table);

/**
 * A column of the file as a column of keys of text.
 *
 * @param out   data and offsets are released with cli_key_column_clear(); name is borrowed
 * @param type  SEGML_KEY_UTF8 or SEGML_KEY_UTF8_AUTO
 * @return SEGML_OK; SEGML_E_DATA (invalid UTF-8); SEGML_E_NOMEM
 */
int cli_key_column_build(segml_key_column *out, const cli_csv *csv, int64_t column, int32_t type,
                         const cli_missing *missing, segml_error *err);

/** Releases data and offsets of a column of keys. */
void cli_key_column_clear(segml_key_column *column);

#endif
