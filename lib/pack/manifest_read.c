/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading the manifests, which may be damaged or hostile.
 *
 * R1  Every member that this library writes must be there, with its type and within
 *     its range; a name that occurs twice in an object is refused. Members that it
 *     does not know are ignored: what changes the meaning of others raises the format.
 * R2  The format comes first: of a newer one nothing else is read.
 * R3  The groups are strictly ascending by key, their number and sums are those of
 *     segml.json, and groups.jsonl has the digest that segml.json states.
 * R4  What serving relies on holds afterwards: classes and constant fit the task,
 *     a group has a model exactly if it is trained, there is a fallback where one is
 *     promised.
 * R5  Memory is bounded: segml.json by its size, groups.jsonl by the length of a line
 *     and by what its records really need.
 *
 * Accessors and sticky failures are those of json_reader.h.
 */

#include "pack/manifest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/key.h"
#include "pack/artifact.h"
#include "pack/json_reader.h"
#include "pack/names.h"

enum { MANIFEST_BYTES_MAX = 1 << 26, LINE_BYTES_MAX = 1 << 20 };

static void
read_feature(sg_json_reader *r, const json_t *object, sg_manifest_feature *feature)
{
    feature->name = sg_json_get_text(r, object, "name");
    feature->type = sg_json_get_name(r, object, "type", sg_names_feature_type);
    feature->has_dictionary = json_object_get(object, "values") != NULL;
    if (!feature->has_dictionary)
        return;
    if (feature->type != SEGML_FEATURE_CATEGORICAL)
        sg_json_refuse(r, "values", "belongs to a categorical feature");
    feature->values = sg_json_get_texts(r, object, "values", &feature->value_count);
}

static void
read_features(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const json_t *array = sg_json_get_array(r, root, "features");
    int64_t count = (int64_t)json_array_size(array);
    const char **names = sg_json_take(r, count, sizeof *names);

    m->features = sg_json_take(r, count, sizeof *m->features);
    if (r->rc == SEGML_OK && (count < 1 || count > INT32_MAX))
        sg_json_refuse(r, "features", "must name at least one");
    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        read_feature(r, json_array_get(array, (size_t)i), &m->features[i]);
        names[i] = m->features[i].name;
    }
    sg_json_check_distinct(r, names, count, "features");
    m->feature_count = count;
}

static void
read_key_columns(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const json_t *array = sg_json_get_array(r, root, "keys");
    int64_t count = (int64_t)json_array_size(array);
    const char *names[SG_KEY_COLUMNS_MAX];

    if (r->rc == SEGML_OK && (count < 1 || count > SG_KEY_COLUMNS_MAX))
        sg_json_refuse(r, "keys", "must name 1 to 16 columns");
    m->keys = sg_json_take(r, count, sizeof *m->keys);
    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        const json_t *object = json_array_get(array, (size_t)i);

        m->keys[i].name = names[i] = sg_json_get_text(r, object, "name");
        m->keys[i].type = sg_json_get_name(r, object, "type", sg_names_key_type);
        m->keys[i].null_seen = sg_json_get_boolean(r, object, "null_seen");
    }
    sg_json_check_distinct(r, names, count, "keys");
    m->key_count = count;
    m->keys_as_features = sg_json_get_boolean(r, root, "keys_as_features");
}

static void
read_constant(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const json_t *array = sg_json_get_array(r, root, "constant");
    int64_t count = (int64_t)json_array_size(array);
    float *constant = sg_json_take(r, count, sizeof *constant);

    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        constant[i] = (float)sg_json_to_number(r, json_array_get(array, (size_t)i), "constant");
        if (!isfinite(constant[i]))
            sg_json_refuse(r, "constant", "is beyond single precision");
    }
    m->constant = constant;
    m->constant_count = count;
}

static double
get_threshold(sg_json_reader *r, const json_t *object)
{
    double threshold = sg_json_to_number(r, sg_json_get(r, object, "threshold"), "threshold");

    if (!(threshold >= 0.0 && threshold <= 1.0))
        sg_json_refuse(r, "threshold", "is not in [0, 1]");
    return threshold;
}

static void
read_record(sg_json_reader *r, const sg_manifest *m, const json_t *object,
            sg_manifest_record *record)
{
    unsigned char content[sizeof(sg_hash128)] = {0};

    record->rows = sg_json_get_integer(r, object, "rows", INT64_MAX);
    if (json_object_get(object, "status") != NULL)
        record->status = sg_json_get_name(r, object, "status", segml_group_status_name);
    record->message = sg_json_get_text(r, object, "message");
    record->rounds = (int32_t)sg_json_get_integer(r, object, "rounds", INT32_MAX);
    record->params = sg_json_get_values(r, object, "params", 0, &record->param_count);
    record->metrics = sg_json_get_values(r, object, "metrics", 1, &record->metric_count);
    sg_json_get_hex(r, object, "content", content, (int)sizeof content);
    for (int i = 0; i < 8; i++) {
        record->content.high = record->content.high << 8 | content[i];
        record->content.low = record->content.low << 8 | content[8 + i];
    }
    if (json_object_get(object, "engine") != NULL)
        record->engine = sg_json_get_text(r, object, "engine");
    record->has_model = json_object_get(object, "digest") != NULL;
    if (record->has_model)
        sg_json_get_hex(r, object, "digest", record->digest, SG_DIGEST_BYTES);
    if (record->engine != NULL && !record->has_model)
        sg_json_refuse(r, "engine", "belongs to a model");
    record->has_threshold = json_object_get(object, "threshold") != NULL;
    if (!record->has_threshold)
        return;
    record->threshold = get_threshold(r, object);
    if (m->task != SEGML_TASK_BINARY || !record->has_model)
        sg_json_refuse(r, "threshold", "belongs to a model of a binary task");
}

static void
read_models(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const json_t *global = json_object_get(root, "global");
    const json_t *unseen = json_object_get(root, "unseen");

    read_record(r, m, sg_json_get(r, root, "overall"), &m->overall);
    m->has_global = global != NULL;
    if (m->has_global) {
        read_record(r, m, global, &m->global);
        if (!m->global.has_model)
            sg_json_refuse(r, "global", "has no digest");
    }
    m->has_unseen = unseen != NULL;
    if (m->has_unseen) {
        m->unseen_rounds = (int32_t)sg_json_get_integer(r, unseen, "rounds", INT32_MAX);
        sg_json_get_hex(r, unseen, "digest", m->unseen_digest, SG_DIGEST_BYTES);
    }
}

/* R4, as far as segml.json alone decides. */
static void
check_root(sg_json_reader *r, const sg_manifest *m)
{
    int64_t least = m->task == SEGML_TASK_BINARY || m->task == SEGML_TASK_MULTICLASS ? 2 : 0;
    int64_t most = m->task == SEGML_TASK_MULTICLASS ? SG_CLASSES_MAX : least;

    if (r->rc < 0)
        return;
    if (m->class_count < least || m->class_count > most)
        sg_json_refuse(r, "classes", "do not fit the task");
    if (m->constant_count != 0 && m->constant_count != sg_manifest_outputs(m))
        sg_json_refuse(r, "constant", "does not fit the task");
    if (m->constant_count == 0 && m->fallback > 0)
        sg_json_refuse(r, "constant", "is empty, but there is a fallback");
    if (!m->has_global && (m->has_unseen || m->keys_as_features || m->mode == SEGML_MODE_GLOBAL))
        sg_json_refuse(r, "global", "is missing");
}

static void
read_root(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const char *objective;

    m->format = (int32_t)sg_json_get_integer(r, root, "format", INT32_MAX);
    if (r->rc == SEGML_OK && m->format > SG_FORMAT_VERSION)
        r->rc = sg_fail(r->err, SEGML_E_UNSUPPORTED,
                        "the artifact has format %d, this library reads formats up to %d; "
                        "a newer libsegml is needed",
                        (int)m->format, (int)SG_FORMAT_VERSION);
    m->library = sg_json_get_text(r, root, "library");
    m->engine = sg_json_get_text(r, root, "engine");
    m->task = sg_json_get_name(r, root, "task", segml_task_name);
    objective = sg_json_get_text(r, root, "objective");
    if (objective != NULL && strcmp(objective, sg_names_objective(m->task)) != 0)
        sg_json_refuse(r, "objective", "does not fit the task");
    m->mode = sg_json_get_name(r, root, "mode", segml_mode_name);
    m->fallback = sg_json_get_boolean(r, root, "fallback") ? 1 : -1;
    m->label_name = sg_json_get_text(r, root, "label");
    m->classes = sg_json_get_texts(r, root, "classes", &m->class_count);
    m->threshold = get_threshold(r, root);
    read_constant(r, m, root);
    read_features(r, m, root);
    read_key_columns(r, m, root);
    m->seed = sg_json_get_seed(r, root, "seed");
    m->options = sg_json_get_values(r, root, "options", 0, &m->option_count);
    if (json_object_get(root, "option_texts") != NULL)
        m->option_texts = sg_json_get_named_texts(r, root, "option_texts", &m->option_text_count);
    m->has_history = json_object_get(root, "history_digest") != NULL;
    if (m->has_history)
        sg_json_get_hex(r, root, "history_digest", m->history_digest, SG_DIGEST_BYTES);
    read_models(r, m, root);
    check_root(r, m);
}

/* R4 for a group. */
static void
check_group(sg_json_reader *r, const sg_manifest *m, const sg_manifest_record *group)
{
    int is_global = m->mode == SEGML_MODE_GLOBAL;

    if (r->rc < 0)
        return;
    if ((group->status == SEGML_GROUP_GLOBAL) != is_global || group->status == 0)
        sg_json_refuse(r, "status", "does not fit the mode");
    if (group->has_model != (group->status == SEGML_GROUP_TRAINED))
        sg_json_refuse(r, "digest", "must be there exactly if the group is trained");
}

/* m is the manifest of segml.json, with room for the groups. */
static void
read_group(sg_json_reader *r, void *user, int64_t number, const json_t *object)
{
    sg_manifest *m = user;
    sg_manifest_record *group = &m->groups[number];
    const json_t *array = sg_json_get_array(r, object, "key");
    segml_key *keys = sg_json_take(r, m->key_count, sizeof *keys);

    if (r->rc == SEGML_OK && (int64_t)json_array_size(array) != m->key_count)
        sg_json_refuse(r, "key", "does not have one value per column");
    for (int64_t i = 0; i < m->key_count && r->rc == SEGML_OK; i++)
        sg_json_to_key(r, json_array_get(array, (size_t)i), m->keys[i].type, &keys[i]);
    group->keys = keys;
    if (r->rc == SEGML_OK && number > 0 && sg_key_compare(group[-1].keys, keys, m->key_count) >= 0)
        sg_json_refuse(r, "key", "is not above the one before");
    read_record(r, m, object, group);
    check_group(r, m, group);
}

/* lines may be NULL if there are none */
static void
read_groups(sg_json_reader *r, sg_manifest *m, const char *lines, size_t size)
{
    sg_json_lines groups = {"groups.jsonl", lines, size, LINE_BYTES_MAX};

    m->group_count = sg_json_count_lines(lines, size);
    m->groups = sg_json_take(r, m->group_count, sizeof *m->groups);
    sg_json_read_lines(r, &groups, read_group, m);
}

/* R3: sums, and which key columns hold NULL. */
static void
check_groups(sg_json_reader *r, const sg_manifest *m, const json_t *root)
{
    const json_t *counts = sg_json_get(r, root, "counts");
    int32_t null_seen[SG_KEY_COLUMNS_MAX] = {0};
    int64_t trained = 0, failed = 0, rows = 0;

    for (int64_t i = 0; i < m->group_count && r->rc == SEGML_OK; i++) {
        trained += m->groups[i].status == SEGML_GROUP_TRAINED;
        failed += m->groups[i].status == SEGML_GROUP_FAILED;
        if (m->groups[i].rows > INT64_MAX - rows)
            sg_json_refuse(r, "rows", "has a sum of more than 64 bits");
        else
            rows += m->groups[i].rows;
        for (int64_t k = 0; k < m->key_count; k++)
            null_seen[k] |= m->groups[i].keys[k].type == SEGML_KEY_NULL;
    }
    if (sg_json_get_integer(r, counts, "groups", INT64_MAX) != m->group_count ||
        sg_json_get_integer(r, counts, "trained", INT64_MAX) != trained ||
        sg_json_get_integer(r, counts, "failed", INT64_MAX) != failed ||
        sg_json_get_integer(r, counts, "rows", INT64_MAX) != rows)
        sg_json_refuse(r, "counts", "do not fit groups.jsonl");
    for (int64_t k = 0; k < m->key_count && r->rc == SEGML_OK; k++) {
        if (m->keys[k].null_seen != null_seen[k])
            sg_json_refuse(r, "null_seen", "does not fit groups.jsonl");
    }
}

static void
check_digest(sg_json_reader *r, const json_t *root, const void *lines, size_t size)
{
    unsigned char stated[SG_DIGEST_BYTES] = {0}, actual[SG_DIGEST_BYTES];

    sg_json_get_hex(r, root, "groups_digest", stated, SG_DIGEST_BYTES);
    sg_artifact_digest(actual, lines, size);
    if (r->rc == SEGML_OK && memcmp(stated, actual, sizeof actual) != 0)
        sg_json_refuse(r, "groups_digest", "is not that of groups.jsonl: one of them was changed");
}

int
sg_manifest_read(sg_manifest *manifest, const void *json, size_t json_size, const void *lines,
                 size_t lines_size, segml_error *err)
{
    sg_json_reader r = {.arena = &manifest->arena, .err = err, .where = "segml.json"};
    json_t *root = NULL;

    if (json_size > MANIFEST_BYTES_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "segml.json has %zu bytes, the limit is %d", json_size,
                       (int)MANIFEST_BYTES_MAX);
    sg_json_begin(&r);
    root = sg_json_parse(&r, json, json_size);
    if (root != NULL)
        read_root(&r, manifest, root);
    if (r.rc == SEGML_OK)
        check_digest(&r, root, lines, lines_size);
    if (r.rc == SEGML_OK)
        read_groups(&r, manifest, lines, lines_size);
    snprintf(r.where, sizeof r.where, "segml.json");
    if (r.rc == SEGML_OK)
        check_groups(&r, manifest, root);
    json_decref(root);
    sg_json_end(&r);
    if (r.rc < 0)
        sg_manifest_clear(manifest);
    return r.rc;
}
