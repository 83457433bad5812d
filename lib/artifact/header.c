/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparing headers.
 *
 * R1  Whatever models, rows and keys must have in common to be in one artifact is a difference of
 *     kind SCHEMA: task, mode, label, classes, features with their types, key columns with theirs,
 *     and dictionaries, unless one is the beginning of the other. Codes mean the same then, as
 *     after training that appends to a dictionary.
 * R2  A difference has a name that a user finds in segml.json, and both values as texts where
 *     they are short.
 *
 * One list of comparisons serves the message of a refused merge and the lines of a diff, so
 * that they never disagree.
 */

#include "artifact/header.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pack/names.h"
#include "pack/policy.h"

/* A comparison under way; it stops as soon as rc is not 0. */
typedef struct comparing {
    sg_header_fn on_difference;
    void *user;
    segml_error *err;
    int rc;
} comparing;

static void
tell(comparing *c, int kind, const char *name, const char *first, const char *second)
{
    const sg_header_difference difference = {kind, name, first, second};

    if (c->rc == SEGML_OK)
        c->rc = c->on_difference(c->user, &difference, c->err);
}

static void
compare_text(comparing *c, int kind, const char *name, const char *a, const char *b)
{
    if (a == NULL ? b != NULL : b == NULL || strcmp(a, b) != 0)
        tell(c, kind, name, a, b);
}

static void
compare_count(comparing *c, int kind, const char *name, int64_t a, int64_t b)
{
    char first[24], second[24];

    snprintf(first, sizeof first, "%lld", (long long)a);
    snprintf(second, sizeof second, "%lld", (long long)b);
    compare_text(c, kind, name, first, second);
}

static void
compare_number(comparing *c, int kind, const char *name, double a, double b)
{
    char first[SG_TEXT_NUMBER], second[SG_TEXT_NUMBER];

    sg_text_double(first, a);
    sg_text_double(second, b);
    compare_text(c, kind, name, first, second);
}

static void
compare_switch(comparing *c, const char *name, int a, int b)
{
    compare_text(c, SG_HEADER_OTHER, name, a ? "yes" : "no", b ? "yes" : "no");
}

enum { NAME_BYTES = 256 };

/* "type of feature price" */
static const char *
name_of(char name[NAME_BYTES], const char *what, const char *of)
{
    snprintf(name, NAME_BYTES, "%s %.*s", what, (int)SG_HEADER_NAME, of);
    return name;
}

static void
compare_classes(comparing *c, const sg_manifest *a, const sg_manifest *b)
{
    int64_t i = 0;

    while (i < a->class_count && i < b->class_count && strcmp(a->classes[i], b->classes[i]) == 0)
        i++;
    if (i < a->class_count || i < b->class_count)
        tell(c, SG_HEADER_SCHEMA, "classes", i < a->class_count ? a->classes[i] : NULL,
             i < b->class_count ? b->classes[i] : NULL);
}

static void
compare_dictionaries(comparing *c, const sg_manifest_feature *a, const sg_manifest_feature *b)
{
    const int64_t least = a->value_count < b->value_count ? a->value_count : b->value_count;
    char name[NAME_BYTES];
    int64_t i = 0;

    name_of(name, "values of feature", a->name);
    if (a->has_dictionary != b->has_dictionary) {
        tell(c, SG_HEADER_SCHEMA, name, a->has_dictionary ? "texts" : "none",
             b->has_dictionary ? "texts" : "none");
        return;
    }
    while (i < least && strcmp(a->values[i], b->values[i]) == 0)
        i++;
    if (i < least)
        tell(c, SG_HEADER_SCHEMA, name, a->values[i], b->values[i]);
    else
        compare_count(c, SG_HEADER_LENGTH, name, a->value_count, b->value_count);
}

static void
compare_features(comparing *c, const sg_manifest *a, const sg_manifest *b)
{
    char name[NAME_BYTES];

    compare_count(c, SG_HEADER_SCHEMA, "number of features", a->feature_count, b->feature_count);
    for (int64_t f = 0; f < a->feature_count && f < b->feature_count && c->rc == SEGML_OK; f++) {
        const sg_manifest_feature *x = &a->features[f], *y = &b->features[f];

        snprintf(name, sizeof name, "name of feature %lld", (long long)f + 1);
        compare_text(c, SG_HEADER_SCHEMA, name, x->name, y->name);
        if (strcmp(x->name, y->name) != 0)
            continue;
        compare_text(c, SG_HEADER_SCHEMA, name_of(name, "type of feature", x->name),
                     sg_names_feature_type(x->type), sg_names_feature_type(y->type));
        if (x->type == y->type)
            compare_dictionaries(c, x, y);
    }
}

static void
compare_keys(comparing *c, const sg_manifest *a, const sg_manifest *b)
{
    char name[NAME_BYTES];

    compare_count(c, SG_HEADER_SCHEMA, "number of key columns", a->key_count, b->key_count);
    for (int64_t k = 0; k < a->key_count && k < b->key_count && c->rc == SEGML_OK; k++) {
        snprintf(name, sizeof name, "name of key column %lld", (long long)k + 1);
        compare_text(c, SG_HEADER_SCHEMA, name, a->keys[k].name, b->keys[k].name);
        compare_text(c, SG_HEADER_SCHEMA, name_of(name, "type of key column", a->keys[k].name),
                     sg_names_key_type(a->keys[k].type), sg_names_key_type(b->keys[k].type));
    }
}

static const segml_value *
find_value(const sg_manifest *m, const char *name)
{
    const segml_value *found = NULL;

    for (int64_t i = 0; i < m->option_count && found == NULL; i++) {
        if (strcmp(m->options[i].name, name) == 0)
            found = &m->options[i];
    }
    return found;
}

static const char *
find_text(const sg_manifest *m, const char *name)
{
    const char *found = NULL;

    for (int64_t i = 0; i < m->option_text_count && found == NULL; i++) {
        if (strcmp(m->option_texts[i].name, name) == 0)
            found = m->option_texts[i].text;
    }
    return found;
}

/* Options of `a`; with only_missing those alone that `b` lacks. `swapped`: a is the second. */
static void
compare_options(comparing *c, const sg_manifest *a, const sg_manifest *b, int swapped)
{
    char name[NAME_BYTES], text[SG_TEXT_NUMBER];

    for (int64_t i = 0; i < a->option_count && c->rc == SEGML_OK; i++) {
        const segml_value *other = find_value(b, a->options[i].name);

        name_of(name, "option", a->options[i].name);
        sg_text_double(text, a->options[i].value);
        if (other == NULL)
            tell(c, SG_HEADER_OPTION, name, swapped ? NULL : text, swapped ? text : NULL);
        else if (!swapped)
            compare_number(c, SG_HEADER_OPTION, name, a->options[i].value, other->value);
    }
    for (int64_t i = 0; i < a->option_text_count && c->rc == SEGML_OK; i++) {
        const char *other = find_text(b, a->option_texts[i].name);
        const char *own = a->option_texts[i].text;

        name_of(name, "option", a->option_texts[i].name);
        if (!swapped)
            compare_text(c, SG_HEADER_OPTION, name, own, other);
        else if (other == NULL)
            tell(c, SG_HEADER_OPTION, name, NULL, own);
    }
}

static void
compare_seeds(comparing *c, uint64_t a, uint64_t b)
{
    char first[24], second[24];

    snprintf(first, sizeof first, "%llu", (unsigned long long)a);
    snprintf(second, sizeof second, "%llu", (unsigned long long)b);
    compare_text(c, SG_HEADER_OPTION, "seed", first, second);
}

static void
compare_others(comparing *c, const sg_manifest *a, const sg_manifest *b)
{
    compare_text(c, SG_HEADER_OTHER, "fallback", sg_policy_text(a->fallback),
                 sg_policy_text(b->fallback));
    compare_switch(c, "keys_as_features", a->keys_as_features, b->keys_as_features);
    compare_number(c, SG_HEADER_OTHER, "threshold", a->threshold, b->threshold);
    compare_count(c, SG_HEADER_OTHER, "number of constants", a->constant_count, b->constant_count);
    for (int64_t i = 0; i < a->constant_count && i < b->constant_count && c->rc == SEGML_OK; i++)
        compare_number(c, SG_HEADER_OTHER, "constant", (double)a->constant[i],
                       (double)b->constant[i]);
    compare_text(c, SG_HEADER_OTHER, "engine", a->engine, b->engine);
    compare_text(c, SG_HEADER_OTHER, "library", a->library, b->library);
    compare_switch(c, "history", a->has_history, b->has_history);
    compare_switch(c, "training", a->has_training, b->has_training);
}

int
sg_header_compare(const sg_manifest *a, const sg_manifest *b, sg_header_fn on_difference,
                  void *user, segml_error *err)
{
    comparing c = {on_difference, user, err, SEGML_OK};

    compare_text(&c, SG_HEADER_SCHEMA, "task", segml_task_name(a->task), segml_task_name(b->task));
    compare_text(&c, SG_HEADER_SCHEMA, "mode", segml_mode_name(a->mode), segml_mode_name(b->mode));
    compare_text(&c, SG_HEADER_SCHEMA, "label", a->label_name, b->label_name);
    compare_classes(&c, a, b);
    compare_features(&c, a, b);
    compare_keys(&c, a, b);
    compare_seeds(&c, a->seed, b->seed);
    compare_options(&c, a, b, 0);
    compare_options(&c, b, a, 1);
    compare_others(&c, a, b);
    return c.rc < 0 ? c.rc : SEGML_OK;
}

/* Looking for the first difference that matters. */
typedef struct fitting {
    int with_options;
    const char *a_name, *b_name;
} fitting;

static int
refuse(void *user, const sg_header_difference *d, segml_error *err)
{
    const fitting *f = user;

    if (d->kind != SG_HEADER_SCHEMA && (d->kind != SG_HEADER_OPTION || !f->with_options))
        return 0;
    return sg_fail(err, SEGML_E_MISMATCH,
                   "%s and %s do not fit: %s is %s in the first and %s in the second", f->a_name,
                   f->b_name, d->name, d->first != NULL ? d->first : "missing",
                   d->second != NULL ? d->second : "missing");
}

int
sg_header_fit(const sg_manifest *a, const sg_manifest *b, int with_options, const char *a_name,
              const char *b_name, segml_error *err)
{
    fitting f = {with_options, a_name, b_name};

    return sg_header_compare(a, b, refuse, &f, err);
}

int
sg_header_join(sg_manifest *header, const sg_manifest *other, segml_error *err)
{
    sg_manifest_feature *copy = sg_arena_alloc(&header->arena, header->feature_count, sizeof *copy);

    if (copy == NULL)
        return sg_fail_nomem(err);
    memcpy(copy, header->features, (size_t)header->feature_count * sizeof *copy);
    for (int64_t f = 0; f < header->feature_count; f++) {
        if (other->features[f].value_count > copy[f].value_count)
            copy[f] = other->features[f];
    }
    header->features = copy;
    return SEGML_OK;
}
