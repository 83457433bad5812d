/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Search spaces and parameter sets in JSON.
 *
 * Only the form is checked here: what a parameter can be is known to the library, which names
 * it in its own messages. Unknown members are refused, because a misspelt "lo" would otherwise
 * search something else in silence.
 */

#include "search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static int
parse(json_t **out, const void *bytes, size_t size, const char *from, segml_error *err)
{
    json_error_t why;

    *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
    if (*out != NULL)
        return SEGML_OK;
    if (json_error_code(&why) == json_error_out_of_memory)
        return cli_fail_nomem(err);
    return cli_fail(err, SEGML_E_DATA, "%s, line %d: no JSON: %s", from, why.line, why.text);
}

/* A number member, or the default. Numbers of JSON are finite. */
static int
take_number(double *number, const json_t *object, const char *member, const char *dimension,
            segml_error *err)
{
    const json_t *value = json_object_get(object, member);

    if (value == NULL)
        return SEGML_OK;
    if (!json_is_number(value))
        return cli_fail(err, SEGML_E_DATA, "dimension %s: %s is no number", dimension, member);
    *number = json_number_value(value);
    return SEGML_OK;
}

/* Every member is known, and none would be ignored. */
static int
check_members(json_t *object, const char *dimension, segml_error *err)
{
    static const char *const known[] = {"type", "low",     "high", "log",
                                        "step", "choices", "if",   NULL};
    int has_choices = json_object_get(object, "choices") != NULL;
    char quoted[CLI_QUOTE];
    const char *member;
    json_t *value;

    json_object_foreach(object, member, value)
    {
        int i = 0;

        while (known[i] != NULL && strcmp(known[i], member) != 0)
            i++;
        if (known[i] == NULL)
            return cli_fail(err, SEGML_E_DATA,
                            "dimension %s: unknown member %s; known are type, low, high, log, "
                            "step, choices, if",
                            dimension, cli_quote(quoted, member, strlen(member)));
        if (has_choices && strcmp(member, "choices") != 0 && strcmp(member, "if") != 0)
            return cli_fail(err, SEGML_E_DATA, "dimension %s: it has choices, so it cannot have %s",
                            dimension, member);
    }
    return SEGML_OK;
}

/* A range: type, log, low, high and step. */
static int
take_range(segml_dimension *d, const json_t *object, const char *dimension, segml_error *err)
{
    const json_t *type = json_object_get(object, "type");
    const json_t *logarithmic = json_object_get(object, "log");
    const char *text = type != NULL ? json_string_value(type) : "float";
    int rc;

    if (text != NULL && strcmp(text, "float") == 0)
        d->kind = SEGML_DIMENSION_FLOAT;
    else if (text != NULL && strcmp(text, "int") == 0)
        d->kind = SEGML_DIMENSION_INT;
    else
        return cli_fail(err, SEGML_E_DATA, "dimension %s: type is \"float\" or \"int\"", dimension);
    if (logarithmic != NULL && !json_is_boolean(logarithmic))
        return cli_fail(err, SEGML_E_DATA, "dimension %s: log is true or false", dimension);
    d->logarithmic = json_is_true(logarithmic);
    if (json_object_get(object, "low") == NULL || json_object_get(object, "high") == NULL)
        return cli_fail(err, SEGML_E_DATA, "dimension %s: low and high, or choices, are needed",
                        dimension);
    rc = take_number(&d->low, object, "low", dimension, err);
    if (rc == SEGML_OK)
        rc = take_number(&d->high, object, "high", dimension, err);
    return rc == SEGML_OK ? take_number(&d->step, object, "step", dimension, err) : rc;
}

static int
take_choices(segml_dimension *d, const json_t *choices, const char *dimension, double **next,
             segml_error *err)
{
    size_t count = json_array_size(choices);

    if (count == 0)
        return cli_fail(err, SEGML_E_DATA, "dimension %s: choices is an array of numbers",
                        dimension);
    d->kind = SEGML_DIMENSION_CATEGORICAL;
    d->choices = *next;
    d->choice_count = (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!json_is_number(json_array_get(choices, i)))
            return cli_fail(err, SEGML_E_DATA, "dimension %s: choice %d is no number", dimension,
                            (int)i + 1);
        *(*next)++ = json_number_value(json_array_get(choices, i));
    }
    return SEGML_OK;
}

/* "if": {"grow_policy": 1} or {"max_depth": [3, 6]} */
static int
take_condition(segml_dimension *d, json_t *condition, const char *dimension, segml_error *err)
{
    void *first;
    json_t *range;

    if (condition == NULL)
        return SEGML_OK;
    first = json_object_size(condition) == 1 ? json_object_iter(condition) : NULL;
    range = first != NULL ? json_object_iter_value(first) : NULL;
    if (json_is_number(range)) {
        d->parent_low = d->parent_high = json_number_value(range);
    } else if (json_array_size(range) == 2 && json_is_number(json_array_get(range, 0)) &&
               json_is_number(json_array_get(range, 1))) {
        d->parent_low = json_number_value(json_array_get(range, 0));
        d->parent_high = json_number_value(json_array_get(range, 1));
    } else {
        return cli_fail(err, SEGML_E_DATA,
                        "dimension %s: \"if\" is {\"PARAMETER\": VALUE} or {\"PARAMETER\": [LOW, "
                        "HIGH]}",
                        dimension);
    }
    d->parent = json_object_iter_key(first);
    return SEGML_OK;
}

static int
take_dimension(segml_dimension *d, const char *name, json_t *object, double **next,
               segml_error *err)
{
    const json_t *choices = json_object_get(object, "choices");
    char quoted[CLI_QUOTE];
    int rc;

    *d = (segml_dimension)SEGML_DIMENSION_INIT;
    d->name = name;
    cli_quote(quoted, name, strlen(name));
    if (!json_is_object(object))
        return cli_fail(err, SEGML_E_DATA, "dimension %s is no object", quoted);
    rc = check_members(object, quoted, err);
    if (rc == SEGML_OK)
        rc = choices != NULL ? take_choices(d, choices, quoted, next, err)
                             : take_range(d, object, quoted, err);
    return rc == SEGML_OK ? take_condition(d, json_object_get(object, "if"), quoted, err) : rc;
}

int
cli_search_parse_space(cli_search *search, const void *bytes, size_t size, const char *from,
                       segml_error *err)
{
    const char *name;
    json_t *object;
    double *next;
    size_t choices = 1;
    int rc = parse(&search->space, bytes, size, from, err);

    if (rc < 0)
        return rc;
    if (!json_is_object(search->space) || json_object_size(search->space) == 0)
        return cli_fail(err, SEGML_E_DATA,
                        "%s: an object of dimensions is needed, as in {\"max_depth\": {\"type\": "
                        "\"int\", \"low\": 2, \"high\": 8}}",
                        from);
    json_object_foreach(search->space, name, object)
    {
        choices += json_array_size(json_object_get(object, "choices"));
    }
    search->dimensions =
        cli_alloc((int64_t)json_object_size(search->space), sizeof(segml_dimension));
    search->choices = cli_alloc((int64_t)choices, sizeof(double));
    if (search->dimensions == NULL || search->choices == NULL)
        return cli_fail_nomem(err);
    next = search->choices;
    json_object_foreach(search->space, name, object)
    {
        rc = take_dimension(&search->dimensions[search->dimension_count++], name, object, &next,
                            err);
        if (rc < 0)
            return rc;
    }
    return SEGML_OK;
}

/* Parameter set number 1, 2, ... */
static int
take_set(segml_param_set *set, json_t *object, segml_value **next, const char *from, int64_t number,
         segml_error *err)
{
    char quoted[CLI_QUOTE];
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return cli_fail(err, SEGML_E_DATA, "%s: parameter set %lld is no object", from,
                        (long long)number);
    set->params = *next;
    set->count = (int64_t)json_object_size(object);
    json_object_foreach(object, name, value)
    {
        if (!json_is_number(value))
            return cli_fail(err, SEGML_E_DATA, "%s: parameter %s of set %lld is no number", from,
                            cli_quote(quoted, name, strlen(name)), (long long)number);
        *(*next)++ = (segml_value){name, json_number_value(value)};
    }
    return SEGML_OK;
}

int
cli_search_parse_points(cli_search *search, const void *bytes, size_t size, const char *from,
                        segml_error *err)
{
    segml_value *next;
    size_t count, values = 1;
    int rc = parse(&search->points, bytes, size, from, err);

    if (rc < 0)
        return rc;
    count = json_array_size(search->points);
    if (count == 0)
        return cli_fail(err, SEGML_E_DATA,
                        "%s: an array of parameter sets is needed, as in [{\"max_depth\": 3}]",
                        from);
    for (size_t i = 0; i < count; i++)
        values += json_object_size(json_array_get(search->points, i));
    search->sets = cli_alloc((int64_t)count, sizeof(segml_param_set));
    search->values = cli_alloc((int64_t)values, sizeof(segml_value));
    if (search->sets == NULL || search->values == NULL)
        return cli_fail_nomem(err);
    next = search->values;
    for (size_t i = 0; i < count && rc == SEGML_OK; i++) {
        segml_param_set *set = &search->sets[search->set_count++];

        rc = take_set(set, json_array_get(search->points, i), &next, from, search->set_count, err);
    }
    return rc;
}

/* A whole file of at most 1 MiB. */
static int
read_file(char **bytes, size_t *size, const char *path, segml_error *err)
{
    FILE *file = fopen(path, "rb");
    int rc = SEGML_OK;

    *bytes = NULL;
    if (file == NULL)
        return cli_fail_system(err, path, "read");
    *bytes = cli_alloc(CLI_SEARCH_BYTES + 1, 1);
    if (*bytes == NULL)
        rc = cli_fail_nomem(err);
    if (rc == SEGML_OK) {
        *size = fread(*bytes, 1, CLI_SEARCH_BYTES + 1, file);
        if (ferror(file))
            rc = cli_fail_system(err, path, "read");
        else if (*size > CLI_SEARCH_BYTES)
            rc = cli_fail(err, SEGML_E_LIMIT, "%s: larger than 1 MiB", path);
    }
    fclose(file);
    return rc;
}

int
cli_search_read(cli_search *search, const char *space_path, const char *points_path,
                segml_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    int rc = SEGML_OK;

    if (space_path != NULL) {
        rc = read_file(&bytes, &size, space_path, err);
        if (rc == SEGML_OK)
            rc = cli_search_parse_space(search, bytes, size, space_path, err);
        free(bytes);
    }
    if (points_path != NULL && rc == SEGML_OK) {
        rc = read_file(&bytes, &size, points_path, err);
        if (rc == SEGML_OK)
            rc = cli_search_parse_points(search, bytes, size, points_path, err);
        free(bytes);
    }
    return rc;
}

void
cli_search_clear(cli_search *search)
{
    free(search->dimensions);
    free(search->choices);
    free(search->sets);
    free(search->values);
    json_decref(search->space);
    json_decref(search->points);
    memset(search, 0, sizeof *search);
}
