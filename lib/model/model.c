/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Models: their life, and what they tell about themselves as a whole.
 *
 * A model keeps the artifact's bytes as they were opened or trained, so that saving writes
 * exactly what was opened and needs no packing. Mapped, they cost memory only where they are
 * touched.
 *
 * The reference count, the children and the records are all that changes in a model, each in a way
 * that any thread may, which is why functions on a const one load.
 */

#include "model/model.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/opts.h"
#include "model/load.h"
#include "pack/frame.h"
#include "pack/policy.h"

int64_t
sg_model_slot_parent(const segml_model *model, int64_t parent)
{
    return model->manifest.group_count + parent;
}

int64_t
sg_model_slot_global(const segml_model *model)
{
    return sg_model_slot_parent(model, model->manifest.parent_count);
}

int64_t
sg_model_slot_unseen(const segml_model *model)
{
    return sg_model_slot_global(model) + 1;
}

/* What loading may lead to, see load.c, R5. The forest is taken over. */
static int
make_resident(const segml_model *model, sg_forest *forest, sg_resident **out, segml_error *err)
{
    *out = sg_resident_make(forest);
    if (*out == NULL)
        return sg_fail_nomem(err);
    if (model->most_bytes == 0 ||
        (*out)->bytes <= model->most_bytes - atomic_load(&model->children.bytes))
        return SEGML_OK;
    sg_resident_release(*out);
    *out = NULL;
    return sg_fail(err, SEGML_E_LIMIT,
                   "the loaded models would take more than %lld bytes, 16 MiB and %d times the "
                   "artifact; if it can be trusted, give child_bytes",
                   (long long)model->most_bytes, (int)SG_FRAME_RATIO_MAX);
}

int
sg_model_take(const segml_model *model, int64_t slot, sg_resident **out, segml_error *err)
{
    sg_children *children = (sg_children *)&model->children; /* changes in a const model */
    sg_forest *forest = NULL;
    int rc;

    *out = sg_children_take(children, slot);
    if (*out != NULL ||
        (!sg_source_has_index(&model->source) && sg_references_get(model, slot) == NULL))
        return SEGML_OK;
    rc = sg_load_slot(model, slot, &forest, err);
    if (rc < 0 || forest == NULL)
        return rc;
    rc = make_resident(model, forest, out, err);
    if (rc == SEGML_OK)
        *out = sg_children_put(children, slot, *out);
    return rc;
}

const sg_records *
sg_model_records(const segml_model *model, segml_error *err)
{
    _Atomic(sg_records *) *place = (_Atomic(sg_records *) *)&model->records;
    sg_records *there = atomic_load_explicit(place, memory_order_acquire);
    sg_records *fresh;

    if (there != NULL)
        return there;
    fresh = sg_alloc_zeroed(1, sizeof *fresh);
    if (fresh == NULL) {
        sg_fail_nomem(err);
        return NULL;
    }
    if (sg_load_records(model, fresh, err) < 0) {
        sg_free(fresh);
        return NULL;
    }
    if (atomic_compare_exchange_strong_explicit(place, &there, fresh, memory_order_acq_rel,
                                                memory_order_acquire))
        return fresh;
    sg_records_clear(fresh); /* another thread was first */
    sg_free(fresh);
    return there;
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
    return sg_file_replace(path, model->source.bytes, model->source.size, known.overwrite > 0, err);
}

void
sg_model_retain(const segml_model *model)
{
    atomic_fetch_add_explicit(&((segml_model *)model)->references, 1, memory_order_relaxed);
}

void
segml_model_free(segml_model *model)
{
    sg_records *records;

    if (model == NULL || atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) > 1)
        return;
    records = atomic_load_explicit(&model->records, memory_order_relaxed);
    if (records != NULL)
        sg_records_clear(records);
    sg_free(records);
    for (int64_t f = 0; model->dictionaries != NULL && f < model->manifest.feature_count; f++)
        sg_lookup_clear(&model->dictionaries[f]);
    sg_free(model->dictionaries);
    sg_children_clear(&model->children);
    sg_references_clear(&model->bindings);
    sg_manifest_clear(&model->manifest);
    sg_source_close(&model->source);
    sg_free(model->path);
    sg_free(model->root);
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
    known.fallback = model->policy != 0 ? 1 : -1;
    known.fallback_policy = sg_policy_text(model->policy);
    known.objective = sg_manifest_objective(m->task);
    known.label_name = m->label_name;
    known.features = m->feature_count;
    known.keys = m->key_count;
    known.groups = m->group_count;
    known.groups_trained = m->trained;
    known.groups_failed = m->failed;
    known.parents = m->parent_count;
    known.references = m->references;
    known.models = m->trained + m->parents_trained + m->has_global + m->has_unseen;
    known.rows = m->rows;
    known.outputs = sg_manifest_outputs(m);
    known.classes = m->class_count;
    known.threshold = m->threshold;
    known.engine = m->engine;
    known.library = m->library;
    known.artifact_bytes = (int64_t)model->source.size;
    known.options = m->options;
    known.option_count = m->option_count;
    known.option_texts = m->option_texts;
    known.option_text_count = m->option_text_count;
    if (sg_source_has_index(&model->source))
        memcpy(known.root, sg_index_root(&model->source.index), sizeof known.root);
    return sg_opts_store(info, &known, sizeof known, "segml_model_info", err);
}

static const sg_manifest_feature *
get_feature(const segml_model *model, int64_t feature)
{
    if (model == NULL || feature < 0 || feature >= model->manifest.feature_count)
        return NULL;
    return &model->manifest.features[feature];
}

const char *
segml_model_feature_value(const segml_model *model, int64_t feature, int64_t code)
{
    const sg_manifest_feature *found = get_feature(model, feature);

    return found != NULL && code >= 0 && code < found->value_count ? found->values[code] : NULL;
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

double
sg_model_threshold(const segml_model *model, double own)
{
    if (model->manifest.task != SEGML_TASK_BINARY)
        return (double)NAN;
    return isnan(own) ? model->manifest.threshold : own;
}

double
sg_model_shared_threshold(const segml_model *model)
{
    const sg_manifest_record *global = &model->manifest.global;

    return sg_model_threshold(model, global->has_threshold ? global->threshold : (double)NAN);
}

int
segml_model_get_stats(const segml_model *model, segml_model_stats *stats, segml_error *err)
{
    segml_model_stats known = SEGML_MODEL_STATS_INIT;
    const sg_children *children;
    const sg_manifest *m;

    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    m = &model->manifest;
    children = &model->children;
    known.models =
        m->trained + m->parents_trained + m->has_global + m->has_unseen + model->bindings.resolved;
    known.loaded = atomic_load(&children->loaded);
    known.bytes = atomic_load(&children->bytes);
    known.hits = sg_children_count_hits(children);
    known.loads = atomic_load(&children->loads);
    known.dropped = atomic_load(&children->dropped);
    return sg_opts_store(stats, &known, sizeof known, "segml_model_stats", err);
}
