/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Names to columns. A name that the file does not have, or a column that would be two
 * things at once, is an error before any cell is looked at: a target that slips in among
 * the features gives a model that looks perfect and is worthless.
 */

#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static int
fail_unknown(segml_error *err, const cli_csv *csv, const char *option, const char *name,
             size_t length)
{
    char quoted[CLI_QUOTE];
    char known[240] = "";
    size_t used = 0;

    for (int64_t j = 0; j < csv->columns; j++) {
        const char *next = cli_csv_name(csv, j);
        int room = (int)(sizeof known - used);
        int size = snprintf(known + used, (size_t)room, "%s%s", j > 0 ? ", " : "", next);

        if (size + 5 >= room) {
            memcpy(known + used, ", ...", sizeof ", ...");
            break;
        }
        used += (size_t)size;
    }
    for (char *c = known; *c != '\0'; c++)
        *c = (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c;
    return cli_fail(err, SEGML_E_NOT_FOUND, "%s: no column %s; the columns are %s", option,
                    cli_quote(quoted, name, length), known);
}

/* The column whose name is length bytes long, -1 if there is none. */
static int64_t
find_name(const cli_csv *csv, const char *name, size_t length)
{
    for (int64_t j = 0; j < csv->columns; j++) {
        const char *known = cli_csv_name(csv, j);

        if (strncmp(known, name, length) == 0 && known[length] == '\0')
            return j;
    }
    return -1;
}

static int
add_column(int64_t *columns, int64_t *count, int64_t column, const cli_csv *csv, const char *option,
           segml_error *err)
{
    char quoted[CLI_QUOTE];
    const char *name = cli_csv_name(csv, column);

    for (int64_t i = 0; i < *count; i++) {
        if (columns[i] == column)
            return cli_fail(err, SEGML_E_ARGUMENT, "%s names column %s twice", option,
                            cli_quote(quoted, name, strlen(name)));
    }
    columns[(*count)++] = column;
    return SEGML_OK;
}

int
cli_columns_find(int64_t **columns, int64_t *count, const cli_csv *csv, const cli_list *list,
                 const char *option, segml_error *err)
{
    int rc = SEGML_OK;

    *count = 0;
    *columns = cli_alloc(csv->columns, sizeof **columns);
    if (*columns == NULL)
        return cli_fail_nomem(err);
    for (int i = 0; i < list->count && rc == SEGML_OK; i++) {
        const char *item = list->items[i];
        /* "City, State" may be one name with a comma in it. */
        size_t length = find_name(csv, item, strlen(item)) >= 0 ? strlen(item) : strcspn(item, ",");

        for (;;) {
            int64_t column = find_name(csv, item, length);

            if (column < 0)
                rc = fail_unknown(err, csv, option, item, length);
            else
                rc = add_column(*columns, count, column, csv, option, err);
            if (rc < 0 || item[length] == '\0')
                break;
            item += length + 1;
            length = strcspn(item, ",");
        }
    }
    if (rc < 0) {
        free(*columns);
        *columns = NULL;
    }
    return rc;
}

static const char *
role_text(int32_t role)
{
    static const char *const texts[] = {"not used",   "a feature", "a group column", "the target",
                                        "the weight", "the fold",  "the fold group", "the time"};

    return texts[role];
}

static int
give_role(cli_roles *roles, const cli_csv *csv, int64_t column, int32_t role, segml_error *err)
{
    char quoted[CLI_QUOTE];
    const char *name = cli_csv_name(csv, column);

    if (roles->role[column] != CLI_ROLE_NONE)
        return cli_fail(err, SEGML_E_ARGUMENT, "column %s is %s and cannot be %s as well",
                        cli_quote(quoted, name, strlen(name)), role_text(roles->role[column]),
                        role_text(role));
    roles->role[column] = role;
    return SEGML_OK;
}

/* The column that one option names whole, without lists; -1 if the option is not given. */
static int
give_single_role(cli_roles *roles, int64_t *column, const cli_csv *csv, const char *name,
                 int32_t role, segml_error *err)
{
    static const char *const options[] = {[CLI_ROLE_TARGET] = "--target",
                                          [CLI_ROLE_WEIGHT] = "--weight",
                                          [CLI_ROLE_FOLD] = "--fold-column",
                                          [CLI_ROLE_FOLD_GROUP] = "--fold-group",
                                          [CLI_ROLE_TIME] = "--time"};

    *column = -1;
    if (name == NULL)
        return SEGML_OK;
    *column = cli_csv_find(csv, name);
    if (*column < 0)
        return fail_unknown(err, csv, options[role], name, strlen(name));
    return give_role(roles, csv, *column, role, err);
}

static int
assign_single_roles(cli_roles *out, const cli_csv *csv, const cli_selection *selection,
                    segml_error *err)
{
    int rc = give_single_role(out, &out->target, csv, selection->target, CLI_ROLE_TARGET, err);

    if (rc == SEGML_OK)
        rc = give_single_role(out, &out->weight, csv, selection->weight, CLI_ROLE_WEIGHT, err);
    if (rc == SEGML_OK)
        rc = give_single_role(out, &out->fold, csv, selection->fold, CLI_ROLE_FOLD, err);
    if (rc == SEGML_OK)
        rc = give_single_role(out, &out->fold_group, csv, selection->fold_group,
                              CLI_ROLE_FOLD_GROUP, err);
    if (rc == SEGML_OK)
        rc = give_single_role(out, &out->time, csv, selection->time, CLI_ROLE_TIME, err);
    return rc;
}

static int
assign_features(cli_roles *roles, const cli_csv *csv, const cli_list *list, segml_error *err)
{
    int64_t *columns = NULL;
    int64_t count = 0;
    int rc = cli_columns_find(&columns, &count, csv, list, "--features", err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        rc = give_role(roles, csv, columns[i], CLI_ROLE_FEATURE, err);
    for (int64_t j = 0; j < csv->columns && list->count == 0; j++) {
        if (roles->role[j] == CLI_ROLE_NONE)
            roles->role[j] = CLI_ROLE_FEATURE;
    }
    free(columns);
    return rc;
}

static int
drop_features(cli_roles *roles, const cli_csv *csv, const cli_list *list, segml_error *err)
{
    int64_t *columns = NULL;
    int64_t count = 0;
    char quoted[CLI_QUOTE];
    int rc = cli_columns_find(&columns, &count, csv, list, "--drop", err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        int32_t *role = &roles->role[columns[i]];
        const char *name = cli_csv_name(csv, columns[i]);

        if (*role != CLI_ROLE_FEATURE && *role != CLI_ROLE_NONE)
            rc = cli_fail(err, SEGML_E_ARGUMENT, "--drop: column %s is %s",
                          cli_quote(quoted, name, strlen(name)), role_text(*role));
        else
            *role = CLI_ROLE_NONE;
    }
    free(columns);
    return rc;
}

static int
declare_categories(cli_roles *roles, const cli_csv *csv, const cli_list *list, segml_error *err)
{
    int64_t *columns = NULL;
    int64_t count = 0;
    char quoted[CLI_QUOTE];
    int rc = cli_columns_find(&columns, &count, csv, list, "--categorical", err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        int32_t role = roles->role[columns[i]];
        const char *name = cli_csv_name(csv, columns[i]);

        roles->declared[columns[i]] = 1;
        if (role != CLI_ROLE_FEATURE && role != CLI_ROLE_NONE && role != CLI_ROLE_TARGET)
            rc = cli_fail(err, SEGML_E_ARGUMENT, "--categorical: column %s is %s, not a feature%s",
                          cli_quote(quoted, name, strlen(name)), role_text(role),
                          role == CLI_ROLE_GROUP ? "; --text-key makes its keys text" : "");
    }
    free(columns);
    return rc;
}

int
cli_roles_assign(cli_roles *out, const cli_csv *csv, const cli_selection *selection,
                 segml_error *err)
{
    int rc;

    out->role = cli_alloc(csv->columns, sizeof *out->role);
    out->declared = cli_alloc(csv->columns, sizeof *out->declared);
    if (out->role == NULL || out->declared == NULL)
        return cli_fail_nomem(err);
    rc = assign_single_roles(out, csv, selection, err);
    if (rc == SEGML_OK)
        rc = cli_columns_find(&out->group, &out->group_count, csv, &selection->group, "--group",
                              err);
    for (int64_t i = 0; i < out->group_count && rc == SEGML_OK; i++)
        rc = give_role(out, csv, out->group[i], CLI_ROLE_GROUP, err);
    if (rc == SEGML_OK)
        rc = assign_features(out, csv, &selection->features, err);
    if (rc == SEGML_OK)
        rc = drop_features(out, csv, &selection->drop, err);
    if (rc == SEGML_OK)
        rc = declare_categories(out, csv, &selection->categorical, err);
    for (int64_t j = 0; j < csv->columns && rc == SEGML_OK; j++)
        out->feature_count += out->role[j] == CLI_ROLE_FEATURE;
    if (rc == SEGML_OK && out->feature_count == 0)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "no column is left to be a feature");
    return rc;
}

void
cli_roles_clear(cli_roles *roles)
{
    free(roles->group);
    free(roles->declared);
    free(roles->role);
    memset(roles, 0, sizeof *roles);
}
