/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The JSON object of a model: `segml inspect --json` and `segml train --json`. Its members
 * are a contract, see segml(1). A number that is undefined (a metric that is NaN) is null.
 *
 * Every json_*_set_new() and json_*_append_new() takes a NULL value and then fails, so that
 * it is enough to check the outermost result of a group of calls.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "fail.h"

/* A metric is a real number also where it is whole. */
static json_t *
json_metric(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A parameter: max_depth is 6, not 6.0. */
static json_t *
json_parameter(double value)
{
    if (isfinite(value) && value == floor(value) && fabs(value) < 9007199254740992.0)
        return json_integer((json_int_t)value);
    return json_metric(value);
}

static json_t *
json_values(const segml_value *values, int64_t count, json_t *(*number)(double))
{
    json_t *object = json_object();
    int failed = object == NULL;

    for (int64_t i = 0; i < count && !failed; i++)
        failed = json_object_set_new(object, values[i].name, number(values[i].value)) != 0;
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *
json_texts(const segml_text *texts, int64_t count)
{
    json_t *object = json_object();
    int failed = object == NULL;

    for (int64_t i = 0; i < count && !failed; i++)
        failed = json_object_set_new(object, texts[i].name, json_string(texts[i].text)) != 0;
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *
json_key(const segml_key *key)
{
    if (key->type == SEGML_KEY_INT64)
        return json_integer((json_int_t)key->integer);
    if (key->type == SEGML_KEY_UTF8)
        return json_stringn(key->text, key->length);
    return json_null();
}

static json_t *
json_text(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

/* Gains of the features with any; the global model's key columns follow the features. */
static json_t *
json_importance(const segml_model *model, const segml_model_info *info, int64_t index)
{
    int64_t count = info->features + info->keys;
    double *gain = cli_alloc(count, sizeof *gain);
    json_t *object = json_object();
    int failed = gain == NULL || object == NULL;

    if (!failed && index != SEGML_GROUP_INDEX_OVERALL &&
        segml_model_importance(model, index, gain, count, NULL) == SEGML_OK) {
        if (index != SEGML_GROUP_INDEX_GLOBAL)
            count = info->features;
        for (int64_t j = 0; j < count && !failed; j++) {
            const char *name = j < info->features ? segml_model_feature_name(model, j)
                                                  : segml_model_key_name(model, j - info->features);

            failed = json_object_set_new(object, name, json_metric(gain[j])) != 0;
        }
    }
    free(gain);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *
json_keys_of(const segml_group_info *group, int64_t count)
{
    json_t *array = json_array();
    int failed = array == NULL;

    for (int64_t i = 0; i < count && !failed; i++)
        failed = json_array_append_new(array, json_key(&group->keys[i])) != 0;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

/* A group, the global model, or all groups; null where there is no such record. */
static int
record_to_json(json_t **out, const segml_model *model, const segml_model_info *info, int64_t index,
               segml_error *err)
{
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    int rc = segml_model_get_group(model, index, &group, err);
    json_t *object;

    *out = NULL;
    if (rc == SEGML_E_NOT_FOUND && index < 0) {
        *out = json_null();
        return SEGML_OK;
    }
    if (rc < 0)
        return rc;
    object = json_object();
    if ((index < 0 ||
         json_object_set_new(object, "key", json_keys_of(&group, group.key_columns)) == 0) &&
        json_object_set_new(object, "rows", json_integer((json_int_t)group.rows)) == 0 &&
        json_object_set_new(object, "status", json_text(segml_group_status_name(group.status))) ==
            0 &&
        json_object_set_new(object, "message", json_text(group.message)) == 0 &&
        json_object_set_new(object, "rounds", json_integer(group.rounds)) == 0 &&
        json_object_set_new(object, "engine",
                            group.engine != NULL ? json_text(group.engine) : json_null()) == 0 &&
        (group.reference == NULL ||
         json_object_set_new(object, "reference", json_text(group.reference)) == 0) &&
        json_object_set_new(object, "threshold", json_metric(group.threshold)) == 0 &&
        json_object_set_new(object, "params",
                            json_values(group.params, group.param_count, json_parameter)) == 0 &&
        json_object_set_new(object, "metrics",
                            json_values(group.metrics, group.metric_count, json_metric)) == 0 &&
        json_object_set_new(object, "importance", json_importance(model, info, index)) == 0) {
        *out = object;
        return SEGML_OK;
    }
    json_decref(object);
    return cli_fail_nomem(err);
}

/* An array of {name, type}. */
static json_t *
json_columns(const segml_model *model, int64_t count,
             const char *(*name)(const segml_model *, int64_t),
             int32_t (*type)(const segml_model *, int64_t), const char *(*type_name)(int32_t))
{
    json_t *array = json_array();
    int failed = array == NULL;

    for (int64_t i = 0; i < count && !failed; i++) {
        json_t *column = json_object();

        failed = json_object_set_new(column, "name", json_text(name(model, i))) != 0 ||
                 json_object_set_new(column, "type", json_text(type_name(type(model, i)))) != 0;
        if (json_array_append_new(array, column) != 0)
            failed = 1;
    }
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *
json_classes(const segml_model *model, int64_t count)
{
    json_t *array = json_array();
    int failed = array == NULL;

    for (int64_t i = 0; i < count && !failed; i++)
        failed = json_array_append_new(array, json_text(segml_model_class_name(model, i))) != 0;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *
json_counts(const segml_model_info *info)
{
    return json_pack("{sI, sI, sI, sI, sI, sI, sI}", "rows", (json_int_t)info->rows, "groups",
                     (json_int_t)info->groups, "groups_trained", (json_int_t)info->groups_trained,
                     "groups_failed", (json_int_t)info->groups_failed, "parents",
                     (json_int_t)info->parents, "references", (json_int_t)info->references,
                     "models", (json_int_t)info->models);
}

/* The artifact's digest; null without index. */
static json_t *
json_root(const segml_model_info *info)
{
    char root[65];
    int any = 0;

    for (int i = 0; i < 32; i++) {
        snprintf(root + 2 * i, 3, "%02x", info->root[i]);
        any |= info->root[i];
    }
    return any ? json_string(root) : json_null();
}

/* Everything but the groups. */
static int
header_to_json(json_t **out, const segml_model *model, const segml_model_info *info, json_t *extra,
               segml_error *err)
{
    json_t *header = json_object();
    json_t *overall = NULL, *global = NULL;
    int rc = record_to_json(&overall, model, info, SEGML_GROUP_INDEX_OVERALL, err);

    *out = NULL;
    if (rc == SEGML_OK)
        rc = record_to_json(&global, model, info, SEGML_GROUP_INDEX_GLOBAL, err);
    if (rc < 0)
        goto out;
    if ((extra != NULL && json_object_update(header, extra) != 0) ||
        json_object_set_new(header, "format", json_integer(info->format)) != 0 ||
        json_object_set_new(header, "task", json_text(segml_task_name(info->task))) != 0 ||
        json_object_set_new(header, "objective", json_text(info->objective)) != 0 ||
        json_object_set_new(header, "mode", json_text(segml_mode_name(info->mode))) != 0 ||
        json_object_set_new(header, "target", json_text(info->label_name)) != 0 ||
        json_object_set_new(header, "classes", json_classes(model, info->classes)) != 0 ||
        json_object_set_new(header, "threshold",
                            info->task == SEGML_TASK_BINARY ? json_metric(info->threshold)
                                                            : json_null()) != 0 ||
        json_object_set_new(header, "fallback", json_boolean(info->fallback > 0)) != 0 ||
        json_object_set_new(header, "fallback_policy", json_text(info->fallback_policy)) != 0 ||
        json_object_set_new(header, "root", json_root(info)) != 0 ||
        json_object_set_new(header, "engine", json_text(info->engine)) != 0 ||
        json_object_set_new(header, "library", json_text(info->library)) != 0 ||
        json_object_set_new(header, "artifact_bytes",
                            json_integer((json_int_t)info->artifact_bytes)) != 0 ||
        json_object_set_new(header, "options",
                            json_values(info->options, info->option_count, json_parameter)) != 0 ||
        json_object_set_new(header, "option_texts",
                            json_texts(info->option_texts, info->option_text_count)) != 0 ||
        json_object_set_new(header, "features",
                            json_columns(model, info->features, segml_model_feature_name,
                                         segml_model_feature_type, cli_feature_type_name)) != 0 ||
        json_object_set_new(header, "keys",
                            json_columns(model, info->keys, segml_model_key_name,
                                         segml_model_key_type, cli_key_type_name)) != 0 ||
        json_object_set_new(header, "counts", json_counts(info)) != 0 ||
        json_object_set(header, "overall", overall) != 0 ||
        json_object_set(header, "global", global) != 0)
        rc = cli_fail_nomem(err);
    else
        *out = json_incref(header);
out:
    json_decref(global);
    json_decref(overall);
    json_decref(header);
    return rc;
}

static int
dump(FILE *stream, const json_t *value, size_t without_end, segml_error *err)
{
    char *text = json_dumps(value, JSON_COMPACT);
    size_t length = 0;

    if (text == NULL)
        return cli_fail_nomem(err);
    while (text[length] != '\0')
        length++;
    fwrite(text, 1, length - without_end, stream);
    free(text);
    return SEGML_OK;
}

/* An array of records first .. first + count, one on each line. */
static int
dump_records(FILE *stream, const segml_model *model, const segml_model_info *info, int64_t first,
             int64_t count, segml_error *err)
{
    json_t *value = NULL;
    int rc = SEGML_OK;

    putc('[', stream);
    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        rc = record_to_json(&value, model, info, first + i, err);
        fputs(i > 0 ? ",\n" : "\n", stream);
        if (rc == SEGML_OK) {
            rc = dump(stream, value, 0, err);
            json_decref(value);
        }
    }
    putc(']', stream);
    return rc;
}

int
cli_describe_json(FILE *stream, const segml_model *model, json_t *extra, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    json_t *value = NULL;
    int rc = segml_model_get_info(model, &info, err);

    if (rc == SEGML_OK)
        rc = header_to_json(&value, model, &info, extra, err);
    if (rc == SEGML_OK)
        rc = dump(stream, value, 1, err); /* the closing brace comes after the groups */
    json_decref(value);
    if (rc < 0)
        return rc;
    fputs(",\"groups\":", stream);
    rc = dump_records(stream, model, &info, 0, info.groups, err);
    if (rc == SEGML_OK) {
        fputs(",\"parents\":", stream);
        rc = dump_records(stream, model, &info, info.groups, info.parents, err);
    }
    fputs("}\n", stream);
    return rc;
}

json_t *
cli_json_text(const char *bytes)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    const size_t length = strlen(bytes);
    char *text = cli_alloc((int64_t)length + 1, sizeof unknown - 1);
    size_t used = 0;
    json_t *string;

    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < length;) {
        const size_t size = cli_utf8_length(bytes + i, length - i);

        memcpy(text + used, size > 0 ? bytes + i : unknown, size > 0 ? size : sizeof unknown - 1);
        used += size > 0 ? size : sizeof unknown - 1;
        i += size > 0 ? size : 1;
    }
    string = json_stringn(text, used);
    free(text);
    return string;
}

int
cli_json_print(json_t *object, segml_error *err)
{
    const int failed = object == NULL || json_dumpf(object, stdout, JSON_COMPACT) != 0;

    json_decref(object);
    if (failed && !ferror(stdout))
        return cli_fail_nomem(err);
    putchar('\n');
    return SEGML_OK;
}
