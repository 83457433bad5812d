/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

/* What each column of a CSV file is for, from the names that options give. */

#include "csv_reader.h"

enum { CLI_MAX_LIST = 1024 }; /* times one option may be given */

/* The values of a repeatable option, as given. */
typedef struct cli_list {
    const char *items[CLI_MAX_LIST];
    int count;
} cli_list;

/* Which columns to train on: the options of `segml train` that name columns. */
typedef struct cli_selection {
    const char *target;
    const char *weight;   /* NULL = none, as of the next three, of which one at most is given */
    const char *fold;
    const char *fold_group;
    const char *time;
    cli_list group;       /* the key columns, in this order */
    cli_list features;    /* empty = every column without another role */
    cli_list drop;        /* not features */
    cli_list categorical; /* features, or the target, whose cells are texts whatever they hold */
} cli_selection;

typedef enum cli_role {
    CLI_ROLE_NONE,
    CLI_ROLE_FEATURE,
    CLI_ROLE_GROUP,
    CLI_ROLE_TARGET,
    CLI_ROLE_WEIGHT,
    CLI_ROLE_FOLD,
    CLI_ROLE_FOLD_GROUP,
    CLI_ROLE_TIME
} cli_role;

typedef struct cli_roles {
    int32_t *role;     /* [columns] cli_role */
    unsigned char *declared; /* [columns] 1: named by --categorical */
    int64_t *group;    /* [group_count] columns */
    int64_t group_count;
    int64_t target;
    int64_t weight; /* -1 = none, as of the next three */
    int64_t fold;
    int64_t fold_group;
    int64_t time;
    int64_t feature_count;
} cli_roles;

/**
 * Finds the columns that a list names. An item is a column's name, or several names with
 * commas between them.
 *
 * @param columns  out: [*count], released with free(); NULL on failure
 * @param option   "--group", for messages
 * @return SEGML_OK; SEGML_E_NOT_FOUND (no such column); SEGML_E_ARGUMENT (one named twice);
 *         SEGML_E_NOMEM
 */
int cli_columns_find(int64_t **columns, int64_t *count, const cli_csv *csv, const cli_list *list,
                     const char *option, segml_error *err);

/**
 * Gives every column its role.
 *
 * @param out  all zero; released with cli_roles_clear(), also after a failure
 * @return as cli_columns_find(); SEGML_E_ARGUMENT also for a column with two roles
 */
int cli_roles_assign(cli_roles *out, const cli_csv *csv, const cli_selection *selection,
                     segml_error *err);

/** Releases everything. */
void cli_roles_clear(cli_roles *roles);

#endif
