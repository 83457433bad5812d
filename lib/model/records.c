/* SPDX-License-Identifier: Apache-2.0 */

/* What a model tells about its groups, parents and global models. */

#include <math.h>
#include <string.h>

#include "base/opts.h"
#include "model/route.h"

/* A record by its public index; *record is NULL if there is none. err is not NULL. */
static int
find_record(const segml_model *model, int64_t index, const sg_manifest_record **record,
            segml_error *err)
{
    const sg_manifest *m = &model->manifest;
    const sg_records *records;

    *record = NULL;
    if (index == SEGML_GROUP_INDEX_OVERALL)
        *record = &m->overall;
    if (index == SEGML_GROUP_INDEX_GLOBAL && m->has_global)
        *record = &m->global;
    if (index < 0 || index >= m->group_count + m->parent_count)
        return SEGML_OK;
    records = sg_model_records(model, err);
    if (records == NULL)
        return err->code;
    *record = index < m->group_count ? &records->groups.records[index]
                                     : &records->parents.records[index - m->group_count];
    return SEGML_OK;
}

static int
fail_no_group(const segml_model *model, int64_t index, segml_error *err)
{
    if (index == SEGML_GROUP_INDEX_GLOBAL)
        return sg_fail(err, SEGML_E_NOT_FOUND, "the model has no global model");
    return sg_fail(err, SEGML_E_NOT_FOUND, "group %lld: the model has %lld groups",
                   (long long)index, (long long)model->manifest.group_count);
}

/* From which probability on a row of the group is positive, whichever model answers. */
static int
find_threshold(const segml_model *model, int64_t index, const sg_manifest_record *record,
               double *threshold, segml_error *err)
{
    sg_index_group parent;
    int64_t number = -1;
    int rc = SEGML_OK;

    *threshold = sg_model_threshold(model, record->has_threshold ? record->threshold : (double)NAN);
    if (record->has_model || index == SEGML_GROUP_INDEX_OVERALL)
        return rc;
    *threshold = sg_model_shared_threshold(model);
    if (index < 0 || index >= model->manifest.group_count)
        return rc;
    rc = sg_route_parent(model, record->keys, record->columns, &number, err);
    if (rc == SEGML_OK && number >= 0) {
        rc = sg_index_get(&model->source.index, sg_model_slot_parent(model, number), &parent, err);
        *threshold = sg_model_threshold(model, parent.threshold);
    }
    return rc;
}

/* Of a group whose model is in another artifact: what that one says. */
static int
tell_reference(const segml_model *model, const sg_binding *binding, segml_group_info *info,
               segml_error *err)
{
    sg_index_group entry;
    int rc = sg_references_entry(binding, &entry, err);

    if (rc < 0)
        return rc;
    info->rows = entry.rows;
    info->rounds = entry.rounds;
    info->threshold = sg_model_threshold(model, entry.threshold);
    return SEGML_OK;
}

int
segml_model_get_group(const segml_model *model, int64_t index, segml_group_info *info,
                      segml_error *err)
{
    segml_group_info known = SEGML_GROUP_INFO_INIT;
    segml_error own = SEGML_ERROR_INIT;
    const sg_manifest_record *record;
    const sg_binding *binding;
    int rc;

    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    rc = find_record(model, index, &record, &own);
    if (rc < 0)
        return sg_fail(err, rc, "%s", own.message);
    if (record == NULL)
        return fail_no_group(model, index, err);
    known.keys = record->keys;
    known.key_columns = record->columns;
    known.rows = record->rows;
    known.status = record->status;
    known.rounds = record->rounds;
    known.message = record->message;
    known.params = record->params;
    known.param_count = record->param_count;
    known.metrics = record->metrics;
    known.metric_count = record->metric_count;
    known.reference = record->reference;
    binding = record->reference != NULL ? sg_references_get(model, index) : NULL;
    rc = binding != NULL ? tell_reference(model, binding, &known, err)
                         : find_threshold(model, index, record, &known.threshold, err);
    if (record->has_model)
        known.engine = record->engine != NULL ? record->engine : model->manifest.engine;
    return rc == SEGML_OK ? sg_opts_store(info, &known, sizeof known, "segml_group_info", err) : rc;
}

/* Shares of the gain, of the features that a forest has. */
static void
share_gain(const sg_forest *forest, double *values)
{
    double total = 0.0;

    sg_forest_gain(forest, values);
    for (int64_t f = 0; f < sg_forest_features(forest); f++)
        total += values[f];
    for (int64_t f = 0; f < sg_forest_features(forest) && total > 0.0; f++)
        values[f] /= total;
}

int
segml_model_importance(const segml_model *model, int64_t index, double *values, int64_t capacity,
                       segml_error *err)
{
    const sg_manifest *m;
    sg_resident *child = NULL;
    int64_t needed, slot;
    int is_global = index == SEGML_GROUP_INDEX_GLOBAL;
    int rc;

    if (model == NULL || values == NULL || index == SEGML_GROUP_INDEX_OVERALL)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "model or values is NULL, or all groups are asked for");
    m = &model->manifest;
    if (is_global ? !m->has_global : index < 0 || index >= sg_model_slot_global(model))
        return fail_no_group(model, index, err);
    slot = is_global ? sg_model_slot_global(model) : index;
    needed = m->feature_count + (is_global ? m->key_count : 0);
    if (capacity < needed)
        return sg_fail(err, SEGML_E_ARGUMENT, "room for %lld values, %lld are needed",
                       (long long)capacity, (long long)needed);
    rc = sg_model_take(model, slot, &child, err);
    if (rc == SEGML_OK && child == NULL)
        rc = sg_fail(err, SEGML_E_NOT_FOUND, "group %lld has no own model", (long long)index);
    if (rc < 0)
        return rc;
    memset(values, 0, (size_t)capacity * sizeof *values);
    share_gain(child->forest, values);
    sg_resident_release(child);
    return SEGML_OK;
}
