/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Models: their life, and what they tell about themselves.
 *
 * A model keeps the artifact's bytes as they were opened or trained, so that saving
 * writes exactly what was verified and needs no packing. They cost as much memory as
 * the file; rebuilding the artifact from forests would lose what prediction does not
 * need, and the equality of bytes.
 *
 * The reference count is the only thing that changes in a model, which is why a route
 * may count itself on a const one.
 */

#include "model/model.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/opts.h"
#include "model/load.h"

static const int64_t default_max_bytes = (int64_t)16 << 30;

static int
load_options(segml_open_options *known, const segml_open_options *given, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_open_options", err);

    if (rc == SEGML_OK && known->max_bytes < 0)
        rc = sg_fail(err, SEGML_E_ARGUMENT,
                     "max_bytes is %lld; give a number of bytes, or 0 for 16 GiB",
                     (long long)known->max_bytes);
    if (known->max_bytes == 0)
        known->max_bytes = default_max_bytes;
    return rc;
}

/* Makes a model of bytes: of owned, which is taken over on success, or borrowed ones. */
static int
make_model(segml_model **out, sg_buf *owned, const void *bytes, size_t size, int64_t max_bytes,
           segml_error *err)
{
    segml_model *model = sg_alloc_zeroed(1, sizeof *model);
    int rc;

    if (model == NULL)
        return sg_fail_nomem(err);
    atomic_init(&model->references, 1);
    model->bytes = owned != NULL ? owned->bytes : bytes;
    model->size = owned != NULL ? owned->size : size;
    model->max_bytes = max_bytes;
    rc = sg_load_model(model, max_bytes, err);
    if (rc < 0) {
        segml_model_free(model);
        return rc;
    }
    if (owned != NULL) {
        model->owned = *owned;
        *owned = (sg_buf){0};
    }
    *out = model;
    return SEGML_OK;
}

int
sg_model_open_owned(segml_model **out, sg_buf *artifact, segml_error *err)
{
    *out = NULL;
    return make_model(out, artifact, NULL, 0, default_max_bytes, err);
}

int
segml_model_open_memory(segml_model **out, const void *bytes, size_t size,
                        const segml_open_options *options, segml_error *err)
{
    segml_open_options known;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (bytes == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "bytes is NULL");
    rc = load_options(&known, options, err);
    return rc == SEGML_OK ? make_model(out, NULL, bytes, size, known.max_bytes, err) : rc;
}

int
segml_model_open(segml_model **out, const char *path, const segml_open_options *options,
                 segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    segml_open_options known;
    sg_buf artifact = {0};
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path is NULL");
    rc = load_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_file_read(&artifact, path, err);
    if (rc == SEGML_OK) {
        rc = make_model(out, &artifact, NULL, 0, known.max_bytes, &inner);
        if (rc < 0)
            sg_fail(err, rc, "%s: %s", path, inner.message);
    }
    sg_buf_clear(&artifact);
    return rc;
}

int
segml_model_save(const segml_model *model, const char *path, const segml_save_options *options,
                 segml_error *err)
{
    segml_save_options known;
    int rc;

    if (model == NULL || path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", model == NULL ? "model" : "path");
    rc = sg_opts_load(&known, sizeof known, options, "segml_save_options", err);
    if (rc < 0)
        return rc;
    return sg_file_replace(path, model->bytes, model->size, known.overwrite > 0, err);
}

void
sg_model_retain(const segml_model *model)
{
    atomic_fetch_add_explicit(&((segml_model *)model)->references, 1, memory_order_relaxed);
}

void
segml_model_free(segml_model *model)
{
    if (model == NULL || atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) > 1)
        return;
    for (int64_t i = 0; model->children != NULL && i < model->manifest.group_count; i++)
        sg_forest_free(model->children[i]);
    for (int64_t f = 0; model->dictionaries != NULL && f < model->manifest.feature_count; f++)
        sg_lookup_clear(&model->dictionaries[f]);
    sg_forest_free(model->unseen);
    sg_forest_free(model->global);
    sg_lookup_clear(&model->groups);
    sg_free(model->dictionaries);
    sg_free(model->codes);
    sg_free(model->children);
    sg_manifest_clear(&model->manifest);
    sg_buf_clear(&model->owned);
    sg_free(model);
}

const sg_manifest *
sg_model_manifest(const segml_model *model)
{
    return &model->manifest;
}

int
segml_model_get_info(const segml_model *model, segml_model_info *info, segml_error *err)
{
    segml_model_info known = SEGML_MODEL_INFO_INIT;
    const sg_manifest *m;

    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    m = &model->manifest;
    known.format = m->format;
    known.task = m->task;
    known.mode = m->mode;
    known.fallback = m->fallback;
    known.objective = sg_manifest_objective(m->task);
    known.label_name = m->label_name;
    known.features = m->feature_count;
    known.keys = m->key_count;
    known.groups = m->group_count;
    known.groups_trained = model->groups_trained;
    known.groups_failed = model->groups_failed;
    known.models = model->groups_trained + m->has_global + m->has_unseen;
    known.rows = model->rows;
    known.outputs = sg_manifest_outputs(m);
    known.classes = m->class_count;
    known.threshold = m->threshold;
    known.engine = m->engine;
    known.library = m->library;
    known.artifact_bytes = (int64_t)model->size;
    known.options = m->options;
    known.option_count = m->option_count;
    known.option_texts = m->option_texts;
    known.option_text_count = m->option_text_count;
    return sg_opts_store(info, &known, sizeof known, "segml_model_info", err);
}

static const sg_manifest_feature *
get_feature(const segml_model *model, int64_t feature)
{
    if (model == NULL || feature < 0 || feature >= model->manifest.feature_count)
        return NULL;
    return &model->manifest.features[feature];
}

static const sg_manifest_key *
get_key_column(const segml_model *model, int64_t column)
{
    if (model == NULL || column < 0 || column >= model->manifest.key_count)
        return NULL;
    return &model->manifest.keys[column];
}

const char *
segml_model_feature_name(const segml_model *model, int64_t feature)
{
    const sg_manifest_feature *found = get_feature(model, feature);

    return found != NULL ? found->name : NULL;
}

int32_t
segml_model_feature_type(const segml_model *model, int64_t feature)
{
    const sg_manifest_feature *found = get_feature(model, feature);

    return found != NULL ? found->type : 0;
}

const char *
segml_model_key_name(const segml_model *model, int64_t column)
{
    const sg_manifest_key *found = get_key_column(model, column);

    return found != NULL ? found->name : NULL;
}

int32_t
segml_model_key_type(const segml_model *model, int64_t column)
{
    const sg_manifest_key *found = get_key_column(model, column);

    return found != NULL ? found->type : 0;
}

const char *
segml_model_class_name(const segml_model *model, int64_t index)
{
    if (model == NULL || index < 0 || index >= model->manifest.class_count)
        return NULL;
    return model->manifest.classes[index];
}

int
segml_model_encode(const segml_model *model, int64_t feature, const char *text, size_t length,
                   float *code)
{
    const sg_manifest_feature *found = get_feature(model, feature);
    size_t probe = 0;
    uint64_t hash;
    int64_t i;

    if (found == NULL || !found->has_dictionary || code == NULL || (text == NULL && length > 0))
        return SEGML_E_ARGUMENT;
    *code = NAN;
    if (length == 0)
        return SEGML_OK;
    hash = sg_hash_64(text, length);
    while ((i = sg_lookup_next(&model->dictionaries[feature], hash, &probe)) >= 0) {
        if (strlen(found->values[i]) == length && memcmp(found->values[i], text, length) == 0) {
            *code = (float)i;
            break;
        }
    }
    return SEGML_OK;
}

/* A group's record, the global or the overall one; NULL if there is none. */
static const sg_manifest_record *
get_record(const segml_model *model, int64_t index)
{
    const sg_manifest *m = &model->manifest;

    if (index == SEGML_GROUP_INDEX_OVERALL)
        return &m->overall;
    if (index == SEGML_GROUP_INDEX_GLOBAL)
        return m->has_global ? &m->global : NULL;
    return index >= 0 && index < m->group_count ? &m->groups[index] : NULL;
}

double
sg_model_threshold(const segml_model *model, int64_t index)
{
    const sg_manifest *m = &model->manifest;
    const sg_manifest_record *answers = &m->global;

    if (m->task != SEGML_TASK_BINARY)
        return (double)NAN;
    if (index == SEGML_GROUP_INDEX_OVERALL)
        return m->threshold;
    if (index >= 0 && m->groups[index].has_model)
        answers = &m->groups[index];
    return answers->has_threshold ? answers->threshold : m->threshold;
}

static int
fail_no_group(const segml_model *model, int64_t index, segml_error *err)
{
    if (index == SEGML_GROUP_INDEX_GLOBAL)
        return sg_fail(err, SEGML_E_NOT_FOUND, "the model has no global model");
    return sg_fail(err, SEGML_E_NOT_FOUND, "group %lld: the model has %lld groups",
                   (long long)index, (long long)model->manifest.group_count);
}

int
segml_model_get_group(const segml_model *model, int64_t index, segml_group_info *info,
                      segml_error *err)
{
    segml_group_info known = SEGML_GROUP_INFO_INIT;
    const sg_manifest_record *record;

    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    record = get_record(model, index);
    if (record == NULL)
        return fail_no_group(model, index, err);
    known.keys = record->keys;
    known.rows = record->rows;
    known.status = record->status;
    known.rounds = record->rounds;
    known.message = record->message;
    known.params = record->params;
    known.param_count = record->param_count;
    known.metrics = record->metrics;
    known.metric_count = record->metric_count;
    known.threshold = sg_model_threshold(model, index);
    if (record->has_model)
        known.engine = record->engine != NULL ? record->engine : model->manifest.engine;
    return sg_opts_store(info, &known, sizeof known, "segml_group_info", err);
}

int
segml_model_importance(const segml_model *model, int64_t index, double *values, int64_t capacity,
                       segml_error *err)
{
    const sg_forest *forest;
    int64_t needed;
    double total = 0.0;

    if (model == NULL || values == NULL || index == SEGML_GROUP_INDEX_OVERALL)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "model or values is NULL, or all groups are asked for");
    if (get_record(model, index) == NULL)
        return fail_no_group(model, index, err);
    forest = index == SEGML_GROUP_INDEX_GLOBAL ? model->global : model->children[index];
    if (forest == NULL)
        return sg_fail(err, SEGML_E_NOT_FOUND, "group %lld has no own model", (long long)index);
    needed = model->manifest.feature_count;
    needed += index == SEGML_GROUP_INDEX_GLOBAL ? model->manifest.key_count : 0;
    if (capacity < needed)
        return sg_fail(err, SEGML_E_ARGUMENT, "room for %lld values, %lld are needed",
                       (long long)capacity, (long long)needed);
    memset(values, 0, (size_t)capacity * sizeof *values);
    sg_forest_gain(forest, values);
    for (int64_t f = 0; f < sg_forest_features(forest); f++)
        total += values[f];
    for (int64_t f = 0; f < sg_forest_features(forest) && total > 0.0; f++)
        values[f] /= total;
    return SEGML_OK;
}
