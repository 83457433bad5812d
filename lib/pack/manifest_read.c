/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading segml.json, which may be damaged or hostile; groups.jsonl and parents.jsonl, which may
 * be large and are seldom needed, are read apart from it (manifest_lines.c).
 *
 * R1  Every member that this library writes must be there, with its type and within
 *     its range; a name that occurs twice in an object is refused. Members that it
 *     does not know are ignored: what changes the meaning of others raises the format.
 * R2  The format comes first: of another one nothing else is read.
 * R3  What serving relies on holds afterwards: classes and constant fit the task, there is a
 *     constant where one is promised, counts do not contradict one another.
 * R4  Memory is bounded by the size of the text, which has a cap.
 *
 * Accessors and sticky failures are those of json_reader.h.
 */

#include "pack/manifest_record.h"

#include <math.h>
#include <string.h>

#include "pack/names.h"

enum { MANIFEST_BYTES_MAX = 1 << 26, URI_BYTES_MAX = 4096 };

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

/* A reference belongs to a group of that status, and to no other record. */
static void
read_reference(sg_json_reader *r, const json_t *object, sg_manifest_record *record)
{
    const json_t *reference = json_object_get(object, "reference");

    if ((reference != NULL) != (record->status == SEGML_GROUP_REFERENCE))
        sg_json_refuse(r, "reference", "must be there exactly if that is the status");
    if (reference == NULL)
        return;
    record->reference = sg_json_get_text(r, reference, "uri");
    if (r->rc == SEGML_OK && record->reference[0] == '\0')
        sg_json_refuse(r, "uri", "is empty");
    else if (r->rc == SEGML_OK && strlen(record->reference) > URI_BYTES_MAX)
        sg_json_refuse(r, "uri", "is longer than 4096 bytes");
    record->is_pinned = json_object_get(reference, "pin") != NULL;
    if (record->is_pinned)
        sg_json_get_hex(r, reference, "pin", record->pin, SG_DIGEST_BYTES);
    if (record->has_model || record->rounds != 0)
        sg_json_refuse(r, "reference", "belongs to a group without a model in the artifact");
}

void
sg_manifest_read_record(sg_json_reader *r, const sg_manifest *m, const json_t *object,
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
    read_reference(r, object, record);
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

    sg_manifest_read_record(r, m, sg_json_get(r, root, "overall"), &m->overall);
    m->has_global = global != NULL;
    if (m->has_global) {
        sg_manifest_read_record(r, m, global, &m->global);
        if (!m->global.has_model)
            sg_json_refuse(r, "global", "has no digest");
    }
    if (m->overall.reference != NULL || m->global.reference != NULL)
        sg_json_refuse(r, "reference", "belongs to a group");
    m->has_unseen = unseen != NULL;
    if (m->has_unseen) {
        m->unseen_rounds = (int32_t)sg_json_get_integer(r, unseen, "rounds", INT32_MAX);
        sg_json_get_hex(r, unseen, "digest", m->unseen_digest, SG_DIGEST_BYTES);
    }
}

/* Names in the order in which they are tried; what is not named does not answer. */
static int32_t
get_fallback(sg_json_reader *r, const json_t *root)
{
    const json_t *array = sg_json_get_array(r, root, "fallback");
    int32_t last = 0, bits = 0;

    for (size_t i = 0; i < json_array_size(array) && r->rc == SEGML_OK; i++) {
        const char *name = json_string_value(json_array_get(array, i));
        int32_t number = name != NULL ? sg_names_find(sg_names_fallback, name) : 0;

        if (number == 0)
            sg_json_refuse(r, "fallback", "holds something else than the names of models");
        else if (number <= last)
            sg_json_refuse(r, "fallback", "is not in the order parent, global, constant");
        else
            bits |= 1 << (number - 1);
        last = number;
    }
    return bits;
}

/* The groups themselves are read later, or never. */
static void
read_counts(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const json_t *counts = sg_json_get(r, root, "counts");

    m->group_count = sg_json_get_integer(r, counts, "groups", INT32_MAX);
    m->trained = sg_json_get_integer(r, counts, "trained", INT32_MAX);
    m->failed = sg_json_get_integer(r, counts, "failed", INT32_MAX);
    m->references = sg_json_get_integer(r, counts, "references", INT32_MAX);
    m->parent_count = sg_json_get_integer(r, counts, "parents", INT32_MAX);
    m->parents_trained = sg_json_get_integer(r, counts, "parents_trained", INT32_MAX);
    m->rows = sg_json_get_integer(r, counts, "rows", INT64_MAX);
    if (m->trained + m->failed + m->references > m->group_count ||
        m->parents_trained > m->parent_count)
        sg_json_refuse(r, "counts", "do not fit one another");
    if (m->parent_count > 0 && (m->key_count < 2 || m->mode == SEGML_MODE_GLOBAL))
        sg_json_refuse(r, "parents", "need two key columns and models of groups");
}

/* A digest that is there exactly if its member is. */
static int32_t
get_digest(sg_json_reader *r, const json_t *root, const char *name,
           unsigned char digest[SG_DIGEST_BYTES])
{
    if (json_object_get(root, name) == NULL)
        return 0;
    sg_json_get_hex(r, root, name, digest, SG_DIGEST_BYTES);
    return 1;
}

static void
read_digests(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    sg_json_get_hex(r, root, "groups_digest", m->groups_digest, SG_DIGEST_BYTES);
    m->has_parents = get_digest(r, root, "parents_digest", m->parents_digest);
    m->has_history = get_digest(r, root, "history_digest", m->history_digest);
    m->has_training = get_digest(r, root, "training_digest", m->training_digest);
    if (m->has_parents != (m->parent_count > 0))
        sg_json_refuse(r, "parents_digest", "must be there exactly if there are parents");
}

/* R3 */
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
    if (m->constant_count == 0 && (m->fallback & SG_FALLBACK_CONSTANT) != 0)
        sg_json_refuse(r, "constant", "is empty, but \"fallback\" names it");
    if (!m->has_global && (m->has_unseen || m->keys_as_features || m->mode == SEGML_MODE_GLOBAL))
        sg_json_refuse(r, "global", "is missing");
}

/* R2 */
static void
read_format(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    m->format = (int32_t)sg_json_get_integer(r, root, "format", INT32_MAX);
    if (r->rc < 0)
        return;
    if (m->format > SG_FORMAT_VERSION)
        r->rc = sg_fail(r->err, SEGML_E_UNSUPPORTED,
                        "the artifact has format %d, this library reads format %d; "
                        "a newer libsegml is needed",
                        (int)m->format, (int)SG_FORMAT_VERSION);
    if (m->format < SG_FORMAT_VERSION)
        r->rc = sg_fail(r->err, SEGML_E_UNSUPPORTED,
                        "the artifact has format %d, of a version of libsegml before its format "
                        "was settled; train it again",
                        (int)m->format);
}

static void
read_root(sg_json_reader *r, sg_manifest *m, const json_t *root)
{
    const char *objective;

    read_format(r, m, root);
    m->library = sg_json_get_text(r, root, "library");
    m->engine = sg_json_get_text(r, root, "engine");
    m->task = sg_json_get_name(r, root, "task", segml_task_name);
    objective = sg_json_get_text(r, root, "objective");
    if (objective != NULL && strcmp(objective, sg_names_objective(m->task)) != 0)
        sg_json_refuse(r, "objective", "does not fit the task");
    m->mode = sg_json_get_name(r, root, "mode", segml_mode_name);
    m->fallback = get_fallback(r, root);
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
    read_counts(r, m, root);
    read_digests(r, m, root);
    read_models(r, m, root);
    check_root(r, m);
}

int
sg_manifest_read(sg_manifest *manifest, const void *json, size_t size, segml_error *err)
{
    sg_json_reader r = {.arena = &manifest->arena, .err = err, .where = "segml.json"};
    json_t *root = NULL;

    if (size > MANIFEST_BYTES_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "segml.json has %zu bytes, the limit is %d", size,
                       (int)MANIFEST_BYTES_MAX);
    sg_json_begin(&r);
    root = sg_json_parse(&r, json, size);
    if (root != NULL)
        read_root(&r, manifest, root);
    json_decref(root);
    sg_json_end(&r);
    if (r.rc < 0)
        sg_manifest_clear(manifest);
    return r.rc;
}
