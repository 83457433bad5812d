/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparing settings: the first difference as a message that a user can act on, with both
 * values. Versions come first, because with another version other differences mean nothing;
 * rows come last, because what they are depends on everything before.
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pack/names.h"
#include "train/setting.h"
#include "train/setting_options.h"

enum { SHOWN = 100 };

/* Who is compared, and where the difference goes. */
typedef struct comparison {
    const char *what;
    sg_setting_scope scope;
    segml_error *err;
} comparison;

static int
differ(const comparison *c, const char *name, const char *here, const char *there)
{
    return sg_fail(c->err, SEGML_E_MISMATCH, "%s is %.100s here and %.100s in %s", name,
                   here != NULL ? here : "not given", there != NULL ? there : "not given", c->what);
}

static int
compare_texts(const comparison *c, const char *name, const char *here, const char *there)
{
    if (here == there || (here != NULL && there != NULL && strcmp(here, there) == 0))
        return SEGML_OK;
    return differ(c, name, here, there);
}

static int
compare_integers(const comparison *c, const char *name, int64_t here, int64_t there)
{
    char a[SG_TEXT_NUMBER], b[SG_TEXT_NUMBER];

    if (here == there)
        return SEGML_OK;
    snprintf(a, sizeof a, "%lld", (long long)here);
    snprintf(b, sizeof b, "%lld", (long long)there);
    return differ(c, name, a, b);
}

static int
compare_reals(const comparison *c, const char *name, double here, double there)
{
    char a[SG_TEXT_NUMBER], b[SG_TEXT_NUMBER];

    if (memcmp(&here, &there, sizeof here) == 0)
        return SEGML_OK;
    sg_text_double(a, here);
    sg_text_double(b, there);
    return differ(c, name, a, b);
}

static int
compare_option(const comparison *c, const sg_setting_option *option, const void *here,
               const void *there)
{
    char a[SG_TEXT_NUMBER], b[SG_TEXT_NUMBER];

    switch (option->kind) {
    case SG_OPTION_INT:
        return compare_integers(c, option->name, *(const int32_t *)here, *(const int32_t *)there);
    case SG_OPTION_LONG:
        return compare_integers(c, option->name, *(const int64_t *)here, *(const int64_t *)there);
    case SG_OPTION_SEED:
        snprintf(a, sizeof a, "%llu", (unsigned long long)*(const uint64_t *)here);
        snprintf(b, sizeof b, "%llu", (unsigned long long)*(const uint64_t *)there);
        return compare_texts(c, option->name, a, b);
    case SG_OPTION_REAL:
        return compare_reals(c, option->name, *(const double *)here, *(const double *)there);
    default:
        return compare_texts(c, option->name, *(const char *const *)here,
                             *(const char *const *)there);
    }
}

/* Fixed parameters, or constraints. */
static int
compare_values(const comparison *c, const char *what, const segml_value *here, int64_t here_count,
               const segml_value *there, int64_t there_count)
{
    char name[SHOWN + 32], number[SG_TEXT_NUMBER];
    int64_t common = here_count < there_count ? here_count : there_count;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < common && rc == SEGML_OK; i++) {
        snprintf(name, sizeof name, "%s of place %lld", what, (long long)i + 1);
        rc = compare_texts(c, name, here[i].name, there[i].name);
        snprintf(name, sizeof name, "%s %.100s", what, here[i].name);
        if (rc == SEGML_OK)
            rc = compare_reals(c, name, here[i].value, there[i].value);
    }
    if (rc < 0 || here_count == there_count)
        return rc;
    snprintf(name, sizeof name, "%s %.100s", what,
             here_count > common ? here[common].name : there[common].name);
    sg_text_double(number, here_count > common ? here[common].value : there[common].value);
    return differ(c, name, here_count > common ? number : NULL,
                  here_count > common ? NULL : number);
}

/* Spaces and points as their bytes: two of them are hard to tell in one line. */
static int
compare_spaces(const comparison *c, const sg_setting *here, const sg_setting *there)
{
    const sg_setting *const both[] = {here, there};
    sg_buf bytes[2] = {{0}};
    int rc = SEGML_OK;

    for (int i = 0; i < 2 && rc == SEGML_OK; i++) {
        sg_wire_writer w = {.out = &bytes[i], .err = c->err};

        sg_setting_write_space(&w, &both[i]->options);
        rc = w.rc;
    }
    if (rc == SEGML_OK && (bytes[0].size != bytes[1].size ||
                           memcmp(bytes[0].bytes, bytes[1].bytes, bytes[0].size) != 0))
        rc = sg_fail(c->err, SEGML_E_MISMATCH,
                     "the space, or the points tried first, are others than in %s", c->what);
    sg_buf_clear(&bytes[1]);
    sg_buf_clear(&bytes[0]);
    return rc;
}

static int
compare_options(const comparison *c, const sg_setting *here, const sg_setting *there)
{
    const segml_train_options *a = &here->options, *b = &there->options;
    int rc = SEGML_OK;

    for (size_t i = 0; i < sg_setting_option_count && rc == SEGML_OK; i++) {
        const sg_setting_option *option = &sg_setting_options[i];

        if (option->models || c->scope == SG_SETTING_ALL)
            rc = compare_option(c, option, (const unsigned char *)a + option->offset,
                                (const unsigned char *)b + option->offset);
    }
    if (rc == SEGML_OK)
        rc = compare_values(c, "parameter", a->params, a->param_count, b->params, b->param_count);
    if (rc == SEGML_OK)
        rc = compare_values(c, "monotone constraint", a->monotone, a->monotone_count, b->monotone,
                            b->monotone_count);
    if (rc == SEGML_OK)
        rc = compare_spaces(c, here, there);
    if (rc == SEGML_OK)
        rc = compare_texts(c, "sampler", here->own_sampler ? "the caller's own" : a->sampler,
                           there->own_sampler ? "the caller's own" : b->sampler);
    if (rc == SEGML_OK && (a->total_trials > 0 || a->total_rounds > 0))
        rc = compare_integers(c, "number of searches that share the total budget", here->searches,
                              there->searches);
    return rc;
}

static int
compare_feature(const comparison *c, const sg_manifest_feature *a, const sg_manifest_feature *b)
{
    int may_grow = c->scope == SG_SETTING_MODELS;
    char name[SHOWN + 64];
    int rc;

    snprintf(name, sizeof name, "type of feature %.100s", a->name);
    rc = compare_texts(c, name, sg_names_feature_type(a->type), sg_names_feature_type(b->type));
    snprintf(name, sizeof name, "dictionary of feature %.100s", a->name);
    if (rc == SEGML_OK && a->has_dictionary != b->has_dictionary)
        rc =
            differ(c, name, a->has_dictionary ? "given" : NULL, b->has_dictionary ? "given" : NULL);
    for (int64_t i = 0; i < b->value_count && rc == SEGML_OK; i++) {
        snprintf(name, sizeof name, "value %lld of feature %.100s", (long long)i, a->name);
        rc = compare_texts(c, name, i < a->value_count ? a->values[i] : NULL, b->values[i]);
    }
    if (rc == SEGML_OK && !may_grow && a->value_count > b->value_count) {
        snprintf(name, sizeof name, "value %lld of feature %.100s", (long long)b->value_count,
                 a->name);
        rc = differ(c, name, a->values[b->value_count], NULL);
    }
    return rc;
}

static int
compare_columns(const comparison *c, const sg_setting *here, const sg_setting *there)
{
    char name[64];
    int rc = compare_integers(c, "number of features", here->feature_count, there->feature_count);

    for (int64_t j = 0; j < here->feature_count && rc == SEGML_OK; j++) {
        snprintf(name, sizeof name, "feature %lld", (long long)j + 1);
        rc = compare_texts(c, name, here->features[j].name, there->features[j].name);
        if (rc == SEGML_OK)
            rc = compare_feature(c, &here->features[j], &there->features[j]);
    }
    if (rc == SEGML_OK)
        rc = compare_integers(c, "number of key columns", here->key_count, there->key_count);
    for (int64_t k = 0; k < here->key_count && rc == SEGML_OK; k++) {
        snprintf(name, sizeof name, "key column %lld", (long long)k + 1);
        rc = compare_texts(c, name, here->keys[k].name, there->keys[k].name);
        snprintf(name, sizeof name, "type of key column %lld", (long long)k + 1);
        if (rc == SEGML_OK)
            rc = compare_texts(c, name, sg_names_key_type(here->keys[k].type),
                               sg_names_key_type(there->keys[k].type));
    }
    return rc;
}

static const char *
name_folds(int32_t kind)
{
    static const char *const names[] = {[SG_FOLD_DEALT] = "dealt",
                                        [SG_FOLD_GIVEN] = "given",
                                        [SG_FOLD_GROUPED] = "by a value",
                                        [SG_FOLD_ORDERED] = "ordered in time"};

    return names[kind];
}

static int
compare_target(const comparison *c, const sg_setting *here, const sg_setting *there)
{
    char name[64];
    int rc = compare_texts(c, "target", here->label_name, there->label_name);

    if (rc == SEGML_OK)
        rc = compare_texts(c, "task", segml_task_name(here->task), segml_task_name(there->task));
    if (rc == SEGML_OK)
        rc = compare_integers(c, "number of classes", here->class_count, there->class_count);
    for (int64_t k = 0; k < here->class_count && rc == SEGML_OK; k++) {
        if (here->task == SEGML_TASK_BINARY)
            snprintf(name, sizeof name, "%s class", k == 1 ? "positive" : "negative");
        else
            snprintf(name, sizeof name, "class %lld", (long long)k + 1);
        rc = compare_texts(c, name, here->classes[k], there->classes[k]);
    }
    if (rc == SEGML_OK)
        rc = compare_texts(c, "way of folds", name_folds(here->fold_kind),
                           name_folds(there->fold_kind));
    return rc;
}

static int
compare_rows(const comparison *c, const sg_setting *here, const sg_setting *there)
{
    int rc = compare_integers(c, "number of rows", here->rows, there->rows);

    if (rc == SEGML_OK)
        rc = compare_integers(c, "number of groups", here->groups, there->groups);
    if (rc == SEGML_OK && sg_hash_compare(here->data, there->data) != 0)
        rc = sg_fail(c->err, SEGML_E_MISMATCH,
                     "the rows are not those of %s: a value, a label, a weight or a fold differs",
                     c->what);
    if (rc == SEGML_OK)
        rc = compare_integers(c, "number of shards", here->shards, there->shards);
    return rc;
}

/* Of an engine, which may not have been needed. */
static const char *
name_version(const char *version)
{
    return version[0] != '\0' ? version : "none";
}

int
sg_setting_compare(const sg_setting *here, const sg_setting *there, sg_setting_scope scope,
                   const char *what, segml_error *err)
{
    const comparison c = {what, scope, err};
    int rc = compare_texts(&c, "version of libsegml", here->library, there->library);

    if (rc == SEGML_OK && (scope == SG_SETTING_ALL || here->native[0] != '\0'))
        rc = compare_texts(&c, "version of the native engine", name_version(here->native),
                           name_version(there->native));
    if (rc == SEGML_OK && scope == SG_SETTING_ALL)
        rc = compare_texts(&c, "version of XGBoost", name_version(here->xgboost),
                           name_version(there->xgboost));
    if (rc == SEGML_OK)
        rc = compare_texts(&c, "mode", segml_mode_name(here->mode), segml_mode_name(there->mode));
    if (rc == SEGML_OK)
        rc = compare_options(&c, here, there);
    if (rc == SEGML_OK)
        rc = compare_target(&c, here, there);
    if (rc == SEGML_OK)
        rc = compare_columns(&c, here, there);
    if (rc == SEGML_OK && scope == SG_SETTING_ALL)
        rc = compare_rows(&c, here, there);
    return rc;
}
