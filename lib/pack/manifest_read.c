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
 * The first failure sticks in the reader, and the accessors then do nothing, so that
 * the code below reads like the format. JSON is Jansson's part; numbers are read in
 * the C locale, which is set for this thread alone and put back.
 */

#include "pack/manifest.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/artifact.h"
#include "pack/names.h"

enum { MANIFEST_BYTES_MAX = 1 << 26, LINE_BYTES_MAX = 1 << 20, WHERE_BYTES = 48 };

typedef struct reader {
    sg_manifest *manifest;
    segml_error *err;
    int rc; /* SEGML_OK, or the first failure */
    char where[WHERE_BYTES];
} reader;

static void
refuse(reader *r, const char *name, const char *reason)
{
    if (r->rc == SEGML_OK)
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: \"%s\" %s", r->where, name, reason);
}

static void *
take(reader *r, int64_t count, size_t size)
{
    void *memory = r->rc == SEGML_OK ? sg_arena_alloc(&r->manifest->arena, count, size) : NULL;

    if (memory == NULL && r->rc == SEGML_OK)
        r->rc = sg_fail_nomem(r->err);
    return memory;
}

/* A member of an object; NULL after a failure. */
static const json_t *
get(reader *r, const json_t *object, const char *name)
{
    const json_t *value = r->rc == SEGML_OK ? json_object_get(object, name) : NULL;

    if (value == NULL)
        refuse(r, name, "is missing");
    return value;
}

static const json_t *
get_array(reader *r, const json_t *object, const char *name)
{
    const json_t *value = get(r, object, name);

    if (value != NULL && !json_is_array(value))
        refuse(r, name, "is not an array");
    return r->rc == SEGML_OK ? value : NULL;
}

static int64_t
get_integer(reader *r, const json_t *object, const char *name, int64_t max)
{
    const json_t *value = get(r, object, name);

    if (value == NULL)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max)
        refuse(r, name, "is not an integer in its range");
    return r->rc == SEGML_OK ? json_integer_value(value) : 0;
}

static int32_t
get_boolean(reader *r, const json_t *object, const char *name)
{
    const json_t *value = get(r, object, name);

    if (value != NULL && !json_is_boolean(value))
        refuse(r, name, "is neither true nor false");
    return value != NULL && json_is_true(value);
}

/* A copy of a text that can be read as terminated; NULL after a failure. */
static const char *
copy_text(reader *r, const json_t *value, const char *name)
{
    char *text;

    if (value == NULL || r->rc < 0)
        return NULL;
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        refuse(r, name, "is not a text without NUL");
        return NULL;
    }
    text = sg_arena_text(&r->manifest->arena, json_string_value(value), json_string_length(value));
    if (text == NULL)
        r->rc = sg_fail_nomem(r->err);
    return text;
}

static const char *
get_text(reader *r, const json_t *object, const char *name)
{
    return copy_text(r, get(r, object, name), name);
}

static int32_t
get_name(reader *r, const json_t *object, const char *name, const char *(*name_of)(int32_t))
{
    const json_t *value = get(r, object, name);
    int32_t found = json_is_string(value) ? sg_names_find(name_of, json_string_value(value)) : 0;

    if (value != NULL && found == 0)
        refuse(r, name, "is not a known name");
    return found;
}

static double
to_number(reader *r, const json_t *value, const char *name)
{
    double number = json_is_number(value) ? json_number_value(value) : NAN;

    if (!isfinite(number))
        refuse(r, name, "is not a number");
    return number;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
get_hex(reader *r, const json_t *object, const char *name, unsigned char *out, int size)
{
    const json_t *value = get(r, object, name);
    const char *text = json_string_value(value);

    if (value == NULL)
        return;
    if (text == NULL || json_string_length(value) != 2 * (size_t)size) {
        refuse(r, name, "is not a hexadecimal text of its length");
        return;
    }
    for (int i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            refuse(r, name, "is not lower-case hexadecimal");
        else
            out[i] = (unsigned char)(high << 4 | low);
    }
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
check_distinct(reader *r, const char *const *texts, int64_t count, const char *name)
{
    const char **sorted = r->rc == SEGML_OK ? sg_alloc_array(count, sizeof *sorted) : NULL;

    if (sorted == NULL) {
        r->rc = r->rc == SEGML_OK ? sg_fail_nomem(r->err) : r->rc;
        return;
    }
    if (count > 0)
        memcpy(sorted, texts, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_texts);
    for (int64_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            refuse(r, name, "holds a text twice");
    }
    sg_free(sorted);
}

static const char *const *
get_texts(reader *r, const json_t *object, const char *name, int64_t *count)
{
    const json_t *array = get_array(r, object, name);
    int64_t n = (int64_t)json_array_size(array);
    const char **texts = take(r, n, sizeof *texts);

    for (int64_t i = 0; i < n && r->rc == SEGML_OK; i++)
        texts[i] = copy_text(r, json_array_get(array, (size_t)i), name);
    check_distinct(r, texts, n, name);
    *count = r->rc == SEGML_OK ? n : 0;
    return texts;
}

/* Named numbers; null stands for NaN if it is allowed. */
static const segml_value *
get_values(reader *r, const json_t *object, const char *name, int allow_null, int64_t *count)
{
    json_t *values = json_object_get(object, name);
    segml_value *out;
    const char *key;
    json_t *value;
    int64_t n = 0;

    if (!json_is_object(values))
        refuse(r, name, "is not an object");
    out = take(r, (int64_t)json_object_size(values), sizeof *out);
    if (out == NULL)
        return NULL;
    json_object_foreach(values, key, value)
    {
        out[n].name = sg_arena_text(&r->manifest->arena, key, strlen(key));
        out[n].value = allow_null && json_is_null(value) ? NAN : to_number(r, value, name);
        if (out[n].name == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
        n++;
    }
    *count = n;
    return out;
}

static void
read_feature(reader *r, const json_t *object, sg_manifest_feature *feature)
{
    feature->name = get_text(r, object, "name");
    feature->type = get_name(r, object, "type", sg_names_feature_type);
    feature->has_dictionary = json_object_get(object, "values") != NULL;
    if (!feature->has_dictionary)
        return;
    if (feature->type != SEGML_FEATURE_CATEGORICAL)
        refuse(r, "values", "belongs to a categorical feature");
    feature->values = get_texts(r, object, "values", &feature->value_count);
}

static void
read_features(reader *r, const json_t *root)
{
    sg_manifest *m = r->manifest;
    const json_t *array = get_array(r, root, "features");
    int64_t count = (int64_t)json_array_size(array);
    const char **names = take(r, count, sizeof *names);

    m->features = take(r, count, sizeof *m->features);
    if (r->rc == SEGML_OK && (count < 1 || count > INT32_MAX))
        refuse(r, "features", "must name at least one");
    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        read_feature(r, json_array_get(array, (size_t)i), &m->features[i]);
        names[i] = m->features[i].name;
    }
    check_distinct(r, names, count, "features");
    m->feature_count = count;
}

static void
read_key_columns(reader *r, const json_t *root)
{
    sg_manifest *m = r->manifest;
    const json_t *array = get_array(r, root, "keys");
    int64_t count = (int64_t)json_array_size(array);
    const char *names[SG_KEY_COLUMNS_MAX];

    if (r->rc == SEGML_OK && (count < 1 || count > SG_KEY_COLUMNS_MAX))
        refuse(r, "keys", "must name 1 to 16 columns");
    m->keys = take(r, count, sizeof *m->keys);
    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        const json_t *object = json_array_get(array, (size_t)i);

        m->keys[i].name = names[i] = get_text(r, object, "name");
        m->keys[i].type = get_name(r, object, "type", sg_names_key_type);
        m->keys[i].null_seen = get_boolean(r, object, "null_seen");
    }
    check_distinct(r, names, count, "keys");
    m->key_count = count;
    m->keys_as_features = get_boolean(r, root, "keys_as_features");
}

static void
read_constant(reader *r, const json_t *root)
{
    sg_manifest *m = r->manifest;
    const json_t *array = get_array(r, root, "constant");
    int64_t count = (int64_t)json_array_size(array);
    float *constant = take(r, count, sizeof *constant);

    for (int64_t i = 0; i < count && r->rc == SEGML_OK; i++) {
        constant[i] = (float)to_number(r, json_array_get(array, (size_t)i), "constant");
        if (!isfinite(constant[i]))
            refuse(r, "constant", "is beyond single precision");
    }
    m->constant = constant;
    m->constant_count = count;
}

/* Digits of an unsigned number without leading zeros. */
static uint64_t
get_seed(reader *r, const json_t *root)
{
    const char *text = get_text(r, root, "seed");
    uint64_t seed = 0;

    if (text == NULL)
        return 0;
    if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
        refuse(r, "seed", "is not a number in digits");
    for (const char *c = text; *c != '\0' && r->rc == SEGML_OK; c++) {
        uint64_t digit = (uint64_t)(unsigned char)*c - '0';

        if (digit > 9 || seed > (UINT64_MAX - digit) / 10)
            refuse(r, "seed", "is not a number of 64 bits in digits");
        seed = 10 * seed + digit;
    }
    return seed;
}

static void
read_record(reader *r, const json_t *object, sg_manifest_record *record)
{
    unsigned char content[sizeof(sg_hash128)] = {0};

    record->rows = get_integer(r, object, "rows", INT64_MAX);
    if (json_object_get(object, "status") != NULL)
        record->status = get_name(r, object, "status", segml_group_status_name);
    record->message = get_text(r, object, "message");
    record->rounds = (int32_t)get_integer(r, object, "rounds", INT32_MAX);
    record->params = get_values(r, object, "params", 0, &record->param_count);
    record->metrics = get_values(r, object, "metrics", 1, &record->metric_count);
    get_hex(r, object, "content", content, (int)sizeof content);
    for (int i = 0; i < 8; i++) {
        record->content.high = record->content.high << 8 | content[i];
        record->content.low = record->content.low << 8 | content[8 + i];
    }
    record->has_model = json_object_get(object, "digest") != NULL;
    if (record->has_model)
        get_hex(r, object, "digest", record->digest, SG_DIGEST_BYTES);
}

static void
read_models(reader *r, const json_t *root)
{
    sg_manifest *m = r->manifest;
    const json_t *global = json_object_get(root, "global");
    const json_t *unseen = json_object_get(root, "unseen");

    read_record(r, get(r, root, "overall"), &m->overall);
    m->has_global = global != NULL;
    if (m->has_global) {
        read_record(r, global, &m->global);
        if (!m->global.has_model)
            refuse(r, "global", "has no digest");
    }
    m->has_unseen = unseen != NULL;
    if (m->has_unseen) {
        m->unseen_rounds = (int32_t)get_integer(r, unseen, "rounds", INT32_MAX);
        get_hex(r, unseen, "digest", m->unseen_digest, SG_DIGEST_BYTES);
    }
}

/* R4, as far as segml.json alone decides. */
static void
check_root(reader *r)
{
    const sg_manifest *m = r->manifest;
    int64_t least = m->task == SEGML_TASK_BINARY || m->task == SEGML_TASK_MULTICLASS ? 2 : 0;
    int64_t most = m->task == SEGML_TASK_MULTICLASS ? SG_CLASSES_MAX : least;

    if (r->rc < 0)
        return;
    if (m->class_count < least || m->class_count > most)
        refuse(r, "classes", "do not fit the task");
    if (m->constant_count != 0 && m->constant_count != sg_manifest_outputs(m))
        refuse(r, "constant", "does not fit the task");
    if (m->constant_count == 0 && m->fallback > 0)
        refuse(r, "constant", "is empty, but there is a fallback");
    if (!(m->threshold >= 0.0 && m->threshold <= 1.0))
        refuse(r, "threshold", "is not in [0, 1]");
    if (!m->has_global && (m->has_unseen || m->keys_as_features || m->mode == SEGML_MODE_GLOBAL))
        refuse(r, "global", "is missing");
}

static void
read_root(reader *r, const json_t *root)
{
    sg_manifest *m = r->manifest;
    const char *objective;

    m->format = (int32_t)get_integer(r, root, "format", INT32_MAX);
    if (r->rc == SEGML_OK && m->format > SG_FORMAT_VERSION)
        r->rc = sg_fail(r->err, SEGML_E_UNSUPPORTED,
                        "the artifact has format %d, this library reads formats up to %d; "
                        "a newer libsegml is needed",
                        (int)m->format, (int)SG_FORMAT_VERSION);
    m->library = get_text(r, root, "library");
    m->engine = get_text(r, root, "engine");
    m->task = get_name(r, root, "task", segml_task_name);
    objective = get_text(r, root, "objective");
    if (objective != NULL && strcmp(objective, sg_names_objective(m->task)) != 0)
        refuse(r, "objective", "does not fit the task");
    m->mode = get_name(r, root, "mode", segml_mode_name);
    m->fallback = get_boolean(r, root, "fallback") ? 1 : -1;
    m->label_name = get_text(r, root, "label");
    m->classes = get_texts(r, root, "classes", &m->class_count);
    m->threshold = to_number(r, get(r, root, "threshold"), "threshold");
    read_constant(r, root);
    read_features(r, root);
    read_key_columns(r, root);
    m->seed = get_seed(r, root);
    m->options = get_values(r, root, "options", 0, &m->option_count);
    read_models(r, root);
    check_root(r);
}

static void
read_key(reader *r, const json_t *value, int32_t type, segml_key *key)
{
    static const segml_key null = SEGML_KEY_NULL_VALUE;

    *key = null;
    if (json_is_null(value))
        return;
    key->type = type;
    if (type == SEGML_KEY_INT64 && json_is_integer(value)) {
        key->integer = json_integer_value(value);
    } else if (type == SEGML_KEY_UTF8 && json_string_length(value) > 0) {
        key->length = json_string_length(value);
        key->text = sg_arena_text(&r->manifest->arena, json_string_value(value), key->length);
        if (key->text == NULL && r->rc == SEGML_OK)
            r->rc = sg_fail_nomem(r->err);
    } else {
        refuse(r, "key", "does not have its column's type");
    }
}

/* R4 for a group. */
static void
check_group(reader *r, const sg_manifest_record *group)
{
    int is_global = r->manifest->mode == SEGML_MODE_GLOBAL;

    if (r->rc < 0)
        return;
    if ((group->status == SEGML_GROUP_GLOBAL) != is_global || group->status == 0)
        refuse(r, "status", "does not fit the mode");
    if (group->has_model != (group->status == SEGML_GROUP_TRAINED))
        refuse(r, "digest", "must be there exactly if the group is trained");
}

static void
read_group(reader *r, const json_t *object, sg_manifest_record *group)
{
    const sg_manifest *m = r->manifest;
    const json_t *array = get_array(r, object, "key");
    segml_key *keys = take(r, m->key_count, sizeof *keys);

    if (r->rc == SEGML_OK && (int64_t)json_array_size(array) != m->key_count)
        refuse(r, "key", "does not have one value per column");
    for (int64_t i = 0; i < m->key_count && r->rc == SEGML_OK; i++)
        read_key(r, json_array_get(array, (size_t)i), m->keys[i].type, &keys[i]);
    group->keys = keys;
    if (r->rc == SEGML_OK && group > m->groups &&
        sg_key_compare(group[-1].keys, keys, m->key_count) >= 0)
        refuse(r, "key", "is not above the one before");
    read_record(r, object, group);
    check_group(r, group);
}

/* Parses one JSON text; the caller releases it. NULL after a failure. */
static json_t *
parse(reader *r, const char *text, size_t size)
{
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        r->rc = sg_fail_nomem(r->err);
    else if (root == NULL)
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "%s: not JSON at byte %d: %s", r->where,
                        error.position, error.text);
    return root;
}

static int64_t
count_lines(const char *lines, size_t size)
{
    int64_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += lines[i] == '\n';
    return count;
}

/* lines may be NULL if there are none */
static void
read_groups(reader *r, const char *lines, size_t size)
{
    sg_manifest *m = r->manifest;
    size_t at = 0;

    m->group_count = count_lines(lines, size);
    m->groups = take(r, m->group_count, sizeof *m->groups);
    if (r->rc == SEGML_OK && size > 0 && lines[size - 1] != '\n')
        r->rc = sg_fail(r->err, SEGML_E_FORMAT, "groups.jsonl: the last line has no end");
    for (int64_t i = 0; i < m->group_count && r->rc == SEGML_OK; i++) {
        const char *line = lines + at;
        size_t length = (size_t)((const char *)memchr(line, '\n', size - at) - line);
        json_t *object;

        snprintf(r->where, sizeof r->where, "groups.jsonl: line %lld", (long long)i + 1);
        if (length > LINE_BYTES_MAX) {
            r->rc = sg_fail(r->err, SEGML_E_LIMIT, "%s is longer than %d bytes", r->where,
                            (int)LINE_BYTES_MAX);
            return;
        }
        object = parse(r, line, length);
        if (object != NULL)
            read_group(r, object, &m->groups[i]);
        json_decref(object);
        at += length + 1;
    }
}

/* R3: sums, and which key columns hold NULL. */
static void
check_groups(reader *r, const json_t *root)
{
    const sg_manifest *m = r->manifest;
    const json_t *counts = get(r, root, "counts");
    int32_t null_seen[SG_KEY_COLUMNS_MAX] = {0};
    int64_t trained = 0, failed = 0, rows = 0;

    for (int64_t i = 0; i < m->group_count && r->rc == SEGML_OK; i++) {
        trained += m->groups[i].status == SEGML_GROUP_TRAINED;
        failed += m->groups[i].status == SEGML_GROUP_FAILED;
        if (m->groups[i].rows > INT64_MAX - rows)
            refuse(r, "rows", "has a sum of more than 64 bits");
        else
            rows += m->groups[i].rows;
        for (int64_t k = 0; k < m->key_count; k++)
            null_seen[k] |= m->groups[i].keys[k].type == SEGML_KEY_NULL;
    }
    if (get_integer(r, counts, "groups", INT64_MAX) != m->group_count ||
        get_integer(r, counts, "trained", INT64_MAX) != trained ||
        get_integer(r, counts, "failed", INT64_MAX) != failed ||
        get_integer(r, counts, "rows", INT64_MAX) != rows)
        refuse(r, "counts", "do not fit groups.jsonl");
    for (int64_t k = 0; k < m->key_count && r->rc == SEGML_OK; k++) {
        if (m->keys[k].null_seen != null_seen[k])
            refuse(r, "null_seen", "does not fit groups.jsonl");
    }
}

static void
check_digest(reader *r, const json_t *root, const void *lines, size_t size)
{
    unsigned char stated[SG_DIGEST_BYTES] = {0}, actual[SG_DIGEST_BYTES];

    get_hex(r, root, "groups_digest", stated, SG_DIGEST_BYTES);
    sg_artifact_digest(actual, lines, size);
    if (r->rc == SEGML_OK && memcmp(stated, actual, sizeof actual) != 0)
        refuse(r, "groups_digest", "is not that of groups.jsonl: one of them was changed");
}

int
sg_manifest_read(sg_manifest *manifest, const void *json, size_t json_size, const void *lines,
                 size_t lines_size, segml_error *err)
{
    reader r = {.manifest = manifest, .err = err, .where = "segml.json"};
    locale_t c_locale = (locale_t)0, former = (locale_t)0;
    json_t *root = NULL;

    if (json_size > MANIFEST_BYTES_MAX)
        return sg_fail(err, SEGML_E_LIMIT, "segml.json has %zu bytes, the limit is %d", json_size,
                       (int)MANIFEST_BYTES_MAX);
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return sg_fail_nomem(err);
    former = uselocale(c_locale);
    root = parse(&r, json, json_size);
    if (root != NULL)
        read_root(&r, root);
    if (r.rc == SEGML_OK)
        check_digest(&r, root, lines, lines_size);
    if (r.rc == SEGML_OK)
        read_groups(&r, lines, lines_size);
    snprintf(r.where, sizeof r.where, "segml.json");
    if (r.rc == SEGML_OK)
        check_groups(&r, root);
    json_decref(root);
    uselocale(former);
    freelocale(c_locale);
    if (r.rc < 0)
        sg_manifest_clear(manifest);
    return r.rc;
}
