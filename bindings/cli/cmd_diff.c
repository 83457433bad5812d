/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml diff: a line for each difference, in words or as JSON. Lines are written as they are
 * found, so that a hundred thousand of them cost no memory.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "keys.h"
#include "segml/artifact.h"
#include "signals.h"

typedef struct printing {
    int json;
    int rc;
    segml_error *err;
} printing;

static const char *
kind_name(int32_t kind)
{
    static const char *const names[] = {"", "header", "removed", "added", "model", "record"};

    return kind > 0 && kind < 6 ? names[kind] : "";
}

static const char *
role_name(const segml_difference *d)
{
    static const char *const names[] = {NULL, "group", "global", "unseen"};

    return d->role > 0 && d->role < 4 ? names[d->role] : NULL;
}

static json_t *
key_to_json(const segml_key *key)
{
    if (key->type == SEGML_KEY_INT64)
        return json_integer((json_int_t)key->integer);
    return key->type == SEGML_KEY_UTF8 ? json_stringn(key->text, key->length) : json_null();
}

static int
print_json(const segml_difference *d, segml_error *err)
{
    json_t *object = json_pack("{ss, ss*, ss*}", "kind", kind_name(d->kind), "role", role_name(d),
                               "name", d->name);
    json_t *keys = d->keys != NULL ? json_array() : NULL;
    int failed = object == NULL || (d->keys != NULL && keys == NULL);

    for (int64_t k = 0; k < d->key_columns && !failed; k++)
        failed = json_array_append_new(keys, key_to_json(&d->keys[k])) != 0;
    if (!failed && d->keys != NULL)
        failed = json_object_set(object, "key", keys) != 0;
    if (!failed && d->kind == SEGML_DIFFERENCE_HEADER)
        failed = json_object_set_new(object, "first",
                                     d->first != NULL ? json_string(d->first) : json_null()) != 0 ||
                 json_object_set_new(object, "second",
                                     d->second != NULL ? json_string(d->second) : json_null()) != 0;
    json_decref(keys);
    if (failed)
        json_decref(object);
    return cli_json_print(failed ? NULL : object, err);
}

static void
print_line(const segml_difference *d)
{
    static const char marks[] = {' ', ' ', '-', '+', '!', '~'};

    if (d->kind == SEGML_DIFFERENCE_HEADER) {
        printf("  %s", d->name);
        if (d->first != NULL || d->second != NULL)
            printf(": %s -> %s", d->first != NULL ? d->first : "none",
                   d->second != NULL ? d->second : "none");
        putchar('\n');
        return;
    }
    printf("%c ", marks[d->kind]);
    if (d->keys != NULL) {
        fputs("group ", stdout);
        cli_keys_write(stdout, d->keys, d->key_columns);
    } else {
        printf("%s model", d->role == SEGML_ROLE_GLOBAL ? "global" : "unseen");
    }
    printf(": %s\n", d->kind == SEGML_DIFFERENCE_REMOVED ? "only in the first"
                     : d->kind == SEGML_DIFFERENCE_ADDED ? "only in the second"
                     : d->kind == SEGML_DIFFERENCE_MODEL ? "another model"
                                                         : d->name);
}

static int32_t
take_difference(const segml_difference *d, void *user)
{
    printing *p = user;

    if (p->json)
        p->rc = print_json(d, p->err);
    else
        print_line(d);
    return p->rc < 0 || ferror(stdout) || cli_interrupted();
}

int
cli_run_diff(const cli_args *args, segml_error *err)
{
    segml_diff_options options = SEGML_DIFF_OPTIONS_INIT;
    segml_error failure = SEGML_ERROR_INIT;
    printing p = {args->json, SEGML_OK, &failure};
    int rc;

    options.on_difference = take_difference;
    options.user = &p;
    rc = segml_artifact_diff(args->input, args->rows, &options, err);
    if (rc >= 0 && p.rc < 0) {
        *err = failure;
        rc = p.rc;
    }
    if (rc >= 0 && cli_interrupted())
        rc = cli_fail_interrupted(err);
    return rc;
}
