/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Merging parts.
 *
 * R1  Parts are read twice: first the facts of all groups, then, when everything is planned as
 *     training would plan it, the models, one at a time. So no more of them is held than the
 *     artifact needs, and what is planned does not depend on the order of parts.
 * R2  The facts make a data set without features, whose rows stand in canonical order. Planning,
 *     scoring and export run on it as they are; nothing is computed in another way than in one
 *     training, which is why the bytes are the same.
 * R3  A set is complete if every part is there once, the groups' hashes add up to the hash in
 *     the setting, and every planned model was in some part.
 *
 * Merging scores was rejected: thresholds and figures over all groups need all rows.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/key.h"
#include "train/again.h"
#include "train/blocks.h"
#include "train/options.h"
#include "train/part.h"

enum { MISSING_SHOWN = 10, FIRST_FACTS = 64 };

typedef struct merge {
    const sg_part_source *part; /* [count] */
    int64_t count;
    int32_t jobs;
    sg_arena arena; /* of the facts, and of the data set */
    sg_setting setting;
    const char *first;   /* the part whose setting it is */
    const char **seen;   /* [shards] which part is that shard */
    sg_part_facts *fact; /* [facts] */
    int64_t facts, fact_capacity, rows;
    double *profile;  /* [features] over all rows; NULL until a part has it */
    sg_record shared; /* kind 0 = none */
    segml_dataset dataset;
    sg_training training;
} merge;

/* What one pass does with a block; SEGML_OK, or a failure. */
typedef int (*block_fn)(merge *m, int kind, sg_wire_reader *payload, segml_error *err);

static int
fail_part(const char *path, const segml_error *inner, segml_error *err)
{
    return sg_fail(err, inner->code, "%s: %s", path, inner->message);
}

/* Compares a part's setting with that of the first one, and notes which shard it is. */
static int
take_setting(merge *m, const char *path, sg_wire_reader *payload, segml_error *err)
{
    sg_setting found = {.mode = 0};
    int rc = sg_setting_read(&found, payload, err);

    if (rc == SEGML_OK && (found.shards < 1 || found.shards > SG_PART_SHARDS_MAX ||
                           found.shard < 1 || found.shard > found.shards))
        rc = sg_fail(err, SEGML_E_FORMAT, "it does not say which part it is");
    if (rc == SEGML_OK && m->seen == NULL) {
        m->seen = sg_alloc_zeroed(found.shards, sizeof *m->seen);
        if (m->seen == NULL)
            rc = sg_fail_nomem(err);
        m->first = path;
    } else if (rc == SEGML_OK) {
        rc = sg_setting_compare(&found, &m->setting, SG_SETTING_ALL, m->first, err);
    }
    if (rc == SEGML_OK && m->seen[found.shard - 1] != NULL)
        rc = sg_fail(err, SEGML_E_MISMATCH, "part %d of %d is also %s", (int)found.shard,
                     (int)found.shards, m->seen[found.shard - 1]);
    if (rc == SEGML_OK)
        m->seen[found.shard - 1] = path;
    if (rc == SEGML_OK && m->first == path) {
        m->setting = found; /* taken over */
        return SEGML_OK;
    }
    sg_setting_clear(&found);
    return rc;
}

/* Reads the blocks of a part behind its setting, to the one that ends it. */
static int
read_blocks(merge *m, sg_blocks *blocks, block_fn take, segml_error *err)
{
    uint64_t facts = 0, models = 0;
    int is_ended = 0, rc = SEGML_OK;

    while (rc == SEGML_OK && !is_ended) {
        sg_wire_reader payload;
        int kind = sg_blocks_next(blocks, &payload, err);

        if (kind < 0)
            return kind;
        is_ended = kind == SG_BLOCK_END;
        facts += kind == SG_BLOCK_FACTS;
        if (kind == 0)
            rc = sg_fail(err, SEGML_E_FORMAT, "it is cut off");
        else if (is_ended &&
                 (sg_wire_get_long(&payload) != facts || sg_wire_get_long(&payload) != models))
            rc = sg_fail(err, SEGML_E_FORMAT, "some of it is missing");
        else if (!is_ended)
            rc = take(m, kind, &payload, err);
        if (rc > 0) { /* a model */
            models++;
            rc = SEGML_OK;
        }
    }
    if (rc == SEGML_OK && blocks->offset != blocks->size)
        rc = sg_fail(err, SEGML_E_FORMAT, "something follows its end");
    return rc;
}

/* Reads a part: its setting, in the first pass, and what a function makes of the others. */
static int
read_part(merge *m, const sg_part_source *part, int is_first, block_fn take, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_blocks blocks = {.bytes = part->bytes, .fd = -1, .name = part->path, .size = part->size};
    sg_wire_reader payload;
    int rc = SEGML_OK;

    if (part->bytes == NULL)
        rc = sg_file_open(&blocks.fd, &blocks.size, part->path, err);
    if (rc < 0)
        return rc;
    rc = sg_blocks_open(&blocks, SG_BLOCKS_PART, &inner);
    if (rc > 0)
        rc = sg_blocks_next(&blocks, &payload, &inner);
    if (rc == SG_BLOCK_SETTING)
        rc = is_first ? take_setting(m, part->path, &payload, &inner) : SEGML_OK;
    else if (rc >= 0)
        rc = sg_fail(&inner, SEGML_E_FORMAT, "not a part of a training");
    if (rc == SEGML_OK)
        rc = read_blocks(m, &blocks, take, &inner);
    sg_blocks_clear(&blocks);
    if (blocks.fd >= 0)
        close(blocks.fd);
    return rc < 0 ? fail_part(part->path, &inner, err) : rc;
}

static int
add_facts(merge *m, sg_wire_reader *payload, segml_error *err)
{
    int64_t capacity = m->fact_capacity > 0 ? 2 * m->fact_capacity : FIRST_FACTS;
    int rc;

    if (m->facts == m->fact_capacity) {
        sg_part_facts *grown = sg_alloc_resize(m->fact, capacity, sizeof *grown);

        if (grown == NULL)
            return sg_fail_nomem(err);
        m->fact = grown;
        m->fact_capacity = capacity;
    }
    rc = sg_part_read_facts(&m->fact[m->facts], &m->arena, payload, &m->setting, err);
    if (rc == SEGML_OK)
        m->rows += m->fact[m->facts++].rows;
    if (rc == SEGML_OK && (m->rows > m->setting.rows || m->facts > m->setting.groups))
        rc = sg_fail(err, SEGML_E_FORMAT, "more groups or rows than its training had");
    return rc;
}

static int
add_profile(merge *m, sg_wire_reader *payload, segml_error *err)
{
    if (m->profile != NULL)
        return sg_fail(err, SEGML_E_FORMAT, "a second global model");
    m->profile = sg_arena_alloc(&m->arena, m->setting.feature_count, sizeof *m->profile);
    if (m->profile == NULL)
        return sg_fail_nomem(err);
    return sg_part_read_profile(m->profile, payload, &m->setting, err);
}

static int
is_same_search(const sg_record *a, const sg_record *b)
{
    return sg_hash_compare(a->content, b->content) == 0 && a->given.trial == b->given.trial &&
           a->given.rounds == b->given.rounds &&
           memcmp(&a->given.params, &b->given.params, sizeof a->given.params) == 0;
}

/* Keeps the search for all groups, which every part has made alike. */
static int
add_search(merge *m, sg_record *record, segml_error *err)
{
    if (m->shared.kind == 0) {
        m->shared = *record;
        *record = (sg_record){.kind = 0};
        return SEGML_OK;
    }
    return is_same_search(&m->shared, record)
               ? SEGML_OK
               : sg_fail(err, SEGML_E_MISMATCH,
                         "its search for all groups found something else than that of %s",
                         m->first);
}

/* R1, first pass. */
static int
take_facts(merge *m, int kind, sg_wire_reader *payload, segml_error *err)
{
    sg_record record = {.kind = 0};
    int rc;

    if (kind == SG_BLOCK_FACTS)
        return add_facts(m, payload, err);
    if (kind == SG_BLOCK_PROFILE)
        return add_profile(m, payload, err);
    if (kind != SG_BLOCK_UNIT)
        return sg_fail(err, SEGML_E_FORMAT, "a block of unknown kind");
    rc = sg_record_read(&record, payload, err);
    if (rc == SEGML_OK)
        rc = record.kind == SG_RECORD_SHARED ? add_search(m, &record, err) : 1;
    sg_record_clear(&record);
    return rc;
}

/* R1, second pass. */
static int
take_models(merge *m, int kind, sg_wire_reader *payload, segml_error *err)
{
    sg_record record = {.kind = 0};
    sg_job *job;
    int rc;

    if (kind != SG_BLOCK_UNIT)
        return SEGML_OK;
    rc = sg_record_read(&record, payload, err);
    if (rc == SEGML_OK && record.kind != SG_RECORD_SHARED) {
        job = sg_known_find(&m->training.known, &record);
        rc = job != NULL ? sg_known_take(job, &record, err) : 0;
        if (rc == 0)
            rc = sg_fail(err, SEGML_E_FORMAT, "a model that the rows cannot have");
    }
    sg_record_clear(&record);
    return rc;
}

/* R3 */
static int
check_set(const merge *m, segml_error *err)
{
    char list[160] = "";
    size_t length = 0;
    int32_t missing = 0;

    for (int32_t s = 0; s < m->setting.shards; s++) {
        if (m->seen[s] != NULL)
            continue;
        if (missing < MISSING_SHOWN)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%d",
                                       missing > 0 ? ", " : "", (int)s + 1);
        missing++;
    }
    if (missing > 0)
        return sg_fail(err, SEGML_E_MISMATCH, "missing of %d parts: %s%s", (int)m->setting.shards,
                       list, missing > MISSING_SHOWN ? ", ..." : "");
    if (m->facts != m->setting.groups || m->rows != m->setting.rows)
        return sg_fail(err, SEGML_E_FORMAT,
                       "the parts have %lld of %lld groups and %lld of %lld "
                       "rows",
                       (long long)m->facts, (long long)m->setting.groups, (long long)m->rows,
                       (long long)m->setting.rows);
    return SEGML_OK;
}

/* Key columns of the data that are compared; qsort() takes no argument for them. */
typedef struct ordered_facts {
    const sg_part_facts *fact;
    int64_t columns;
} ordered_facts;

static int
compare_facts(const void *a, const void *b)
{
    const ordered_facts *x = a, *y = b;

    return sg_key_compare(x->fact->key, y->fact->key, x->columns);
}

/* The facts in order of their keys, each once. */
static int
order_facts(ordered_facts **out, const merge *m, segml_error *err)
{
    ordered_facts *order = sg_alloc_array(m->facts, sizeof *order);

    *out = order;
    if (order == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < m->facts; g++)
        order[g] = (ordered_facts){&m->fact[g], m->setting.key_count};
    qsort(order, (size_t)m->facts, sizeof *order, compare_facts);
    for (int64_t g = 1; g < m->facts; g++) {
        if (compare_facts(&order[g - 1], &order[g]) == 0)
            return sg_fail(err, SEGML_E_FORMAT, "two of the parts have the same group");
    }
    return SEGML_OK;
}

/* Columns of the data set, from the setting. */
static int
make_columns(merge *m, segml_error *err)
{
    const sg_setting *setting = &m->setting;
    segml_dataset *d = &m->dataset;

    d->features = setting->feature_count;
    d->key_count = setting->key_count;
    d->label_name = setting->label_name;
    d->fold_kind = (sg_fold_kind)setting->fold_kind;
    d->feature = sg_arena_alloc(&m->arena, d->features, sizeof *d->feature);
    d->key_name = sg_arena_alloc(&m->arena, d->key_count, sizeof *d->key_name);
    d->key_type = sg_arena_alloc(&m->arena, d->key_count, sizeof *d->key_type);
    d->key_null = sg_arena_alloc(&m->arena, d->key_count, sizeof *d->key_null);
    if (d->feature == NULL || d->key_name == NULL || d->key_type == NULL || d->key_null == NULL)
        return sg_fail_nomem(err);
    for (int64_t j = 0; j < d->features; j++) {
        const sg_manifest_feature *feature = &setting->features[j];

        d->feature[j] = (sg_feature){.name = feature->name,
                                     .type = feature->type,
                                     .has_values = feature->has_dictionary,
                                     .values = feature->values,
                                     .categories = feature->value_count};
    }
    for (int64_t c = 0; c < d->key_count; c++) {
        d->key_name[c] = setting->keys[c].name;
        d->key_type[c] = setting->keys[c].type;
    }
    return SEGML_OK;
}

static int
has_history(const merge *m)
{
    return m->setting.options.history >= 0;
}

/* Arrays of the data set and of the run, by position. */
static int
make_arrays(merge *m, float **weight, double **correlations, segml_error *err)
{
    sg_run *run = &m->training.run;
    sg_groups *groups = &m->dataset.groups;
    int64_t rows = m->rows, count = m->facts, columns = m->setting.key_count;
    int64_t features = has_history(m) ? m->setting.feature_count : 0;

    m->dataset.rows = rows;
    groups->count = count;
    groups->columns = columns;
    groups->keys = sg_arena_alloc(&m->arena, count * columns, sizeof *groups->keys);
    groups->hashes = sg_arena_alloc(&m->arena, count, sizeof *groups->hashes);
    groups->start = sg_arena_alloc(&m->arena, count + 1, sizeof *groups->start);
    *weight = sg_arena_alloc(&m->arena, rows, sizeof **weight);
    *correlations = sg_arena_alloc(&m->arena, (count + 1) * features, sizeof **correlations);
    m->dataset.weight = *weight;
    run->target.label = sg_alloc_array(rows, sizeof *run->target.label);
    run->row = sg_alloc_array(rows, sizeof *run->row);
    run->fold = sg_alloc_array(rows, sizeof *run->fold);
    run->group = sg_alloc_array(rows, sizeof *run->group);
    run->content = sg_alloc_array(count, sizeof *run->content);
    run->key_code = sg_alloc_array(count * columns, sizeof *run->key_code);
    return groups->keys != NULL && groups->hashes != NULL && groups->start != NULL &&
                   *weight != NULL && *correlations != NULL && run->target.label != NULL &&
                   run->row != NULL && run->fold != NULL && run->group != NULL &&
                   run->content != NULL && run->key_code != NULL
               ? SEGML_OK
               : sg_fail_nomem(err);
}

/* R2: the rows, group by group. */
static int
make_rows(merge *m, const ordered_facts *order, segml_error *err)
{
    int64_t features = has_history(m) ? m->setting.feature_count : 0;
    int64_t columns = m->setting.key_count, n = 0;
    sg_groups *groups = &m->dataset.groups;
    sg_run *run = &m->training.run;
    double *correlations = NULL;
    float *weight = NULL;
    int rc = make_arrays(m, &weight, &correlations, err);

    for (int64_t g = 0; g < m->facts && rc == SEGML_OK; g++) {
        const sg_part_facts *fact = order[g].fact;

        memcpy(groups->keys + g * columns, fact->key, (size_t)columns * sizeof *fact->key);
        rc = sg_key_hash(&groups->hashes[g], fact->key, columns, err);
        groups->start[g] = n;
        run->content[g] = fact->content;
        if (features > 0)
            memcpy(correlations + g * features, fact->correlations,
                   (size_t)features * sizeof *correlations);
        for (int64_t i = 0; i < fact->rows; i++, n++) {
            run->row[n] = (int32_t)n;
            run->fold[n] = fact->fold[i];
            run->group[n] = (int32_t)g;
            run->target.label[n] = fact->label[i];
            weight[n] = fact->weight[i];
        }
    }
    if (rc < 0)
        return rc;
    groups->start[m->facts] = n;
    if (m->profile != NULL && features > 0)
        memcpy(correlations + m->facts * features, m->profile,
               (size_t)features * sizeof *correlations);
    m->training.correlations = correlations;
    return sg_run_code_keys(run, err);
}

/* Stands for a sampler of the caller's, which a merge has no use for. */
static int32_t
sample_nothing(const segml_study *study, int64_t trial, double *point, void *user)
{
    (void)study;
    (void)trial;
    (void)point;
    (void)user;
    return 1;
}

/* Options and target of the training that the parts are of. */
static int
make_run(merge *m, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    segml_train_options given = m->setting.options;
    sg_run *run = &m->training.run;
    int rc;

    given.struct_size = sizeof given;
    given.jobs = m->jobs;
    given.sample = m->setting.own_sampler ? sample_nothing : NULL;
    rc = sg_options_load(&run->options, &given, &inner);
    if (rc < 0)
        return sg_fail(err, rc == SEGML_E_ARGUMENT ? SEGML_E_FORMAT : rc,
                       "%s: an option that cannot be: %s", m->first, inner.message);
    run->target.task = m->setting.task;
    run->target.class_count = m->setting.class_count;
    run->target.class_names = (const char **)m->setting.classes;
    run->target.outputs = m->setting.task == SEGML_TASK_MULTICLASS ? m->setting.class_count : 1;
    m->training.mode = m->setting.mode;
    m->training.run.dataset = &m->dataset;
    return make_columns(m, err);
}

static int
check_hash(const merge *m, segml_error *err)
{
    sg_hash128 found;
    int rc = sg_setting_hash(&found, &m->training.run, 0, m->facts, err);

    if (rc == SEGML_OK && sg_hash_compare(found, m->setting.data) != 0)
        rc = sg_fail(err, SEGML_E_FORMAT, "the groups of the parts are not those of the training");
    return rc;
}

/* Everything up to the models. */
static int
plan(merge *m, segml_error *err)
{
    ordered_facts *order = NULL;
    sg_training *t = &m->training;
    int rc = make_run(m, err);

    if (rc == SEGML_OK)
        rc = order_facts(&order, m, err);
    if (rc == SEGML_OK)
        rc = make_rows(m, order, err);
    sg_free(order);
    if (rc == SEGML_OK)
        rc = check_hash(m, err);
    if (rc == SEGML_OK)
        rc = sg_training_plan(t, err);
    if (rc == SEGML_OK)
        rc = sg_known_sort(&t->known, t->job, t->jobs, err);
    if (rc == SEGML_OK && m->shared.kind != 0)
        rc = sg_again_take_shared(t, &m->shared, err);
    if (rc < 0)
        return rc;
    t->setting = m->setting; /* borrowed */
    t->setting.arena = (sg_arena){NULL};
    t->setting.shard = t->setting.shards = 0;
    return SEGML_OK;
}

/* R3: the first planned model that was in no part. */
static int
check_models(const merge *m, segml_error *err)
{
    const sg_training *t = &m->training;

    for (int64_t j = 0; j < t->jobs; j++) {
        char key[160];

        if (t->job[j].fate == SG_JOB_KNOWN)
            continue;
        if (t->job[j].columns > 0)
            sg_key_display(key, sizeof key, t->job[j].key, t->job[j].columns);
        return sg_fail(err, SEGML_E_FORMAT, "the parts lack the model of %s%s",
                       t->job[j].columns > 0 ? "group " : "all groups",
                       t->job[j].columns > 0 ? key : "");
    }
    return SEGML_OK;
}

static void
clear(merge *m)
{
    sg_training_clear(&m->training);
    sg_record_clear(&m->shared);
    sg_free(m->fact);
    sg_free(m->seen);
    sg_setting_clear(&m->setting);
    sg_arena_clear(&m->arena);
}

int
sg_merge_parts(segml_model **out, const sg_part_source *parts, int64_t count, int32_t jobs,
               segml_error *err)
{
    merge m = {.part = parts, .count = count, .jobs = jobs};
    int rc = SEGML_OK;

    for (int64_t p = 0; p < count && rc == SEGML_OK; p++)
        rc = read_part(&m, &parts[p], 1, take_facts, err);
    if (rc == SEGML_OK)
        rc = check_set(&m, err);
    if (rc == SEGML_OK)
        rc = plan(&m, err);
    for (int64_t p = 0; p < count && rc == SEGML_OK; p++)
        rc = read_part(&m, &parts[p], 0, take_models, err);
    if (rc == SEGML_OK)
        rc = check_models(&m, err);
    if (rc == SEGML_OK)
        rc = sg_training_export(out, &m.training, err);
    clear(&m);
    return rc;
}

int
segml_train_merge(segml_model **out, const char *const *paths, int64_t count, int32_t jobs,
                  segml_error *err)
{
    segml_train_options asked = SEGML_TRAIN_OPTIONS_INIT, loaded;
    sg_part_source *parts;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (paths == NULL || count < 1)
        return sg_fail(err, SEGML_E_ARGUMENT, "no part is given: paths is %s, count %lld",
                       paths == NULL ? "NULL" : "there", (long long)count);
    asked.jobs = jobs;
    rc = sg_options_load(&loaded, &asked, err);
    if (rc < 0)
        return rc;
    parts = sg_alloc_zeroed(count, sizeof *parts);
    if (parts == NULL)
        return sg_fail_nomem(err);
    for (int64_t p = 0; p < count && rc == SEGML_OK; p++) {
        parts[p].path = paths[p];
        if (paths[p] == NULL)
            rc = sg_fail(err, SEGML_E_ARGUMENT, "path %lld of the parts is NULL", (long long)p);
    }
    if (rc == SEGML_OK)
        rc = sg_merge_parts(out, parts, count, jobs, err);
    sg_free(parts);
    return rc;
}
