/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A model's history, read from the artifact's bytes when somebody asks for it.
 *
 * Keeping it parsed in the model was rejected: a service that maps 100,000 groups would carry
 * a megabyte for every thousand of them and never look at it. The digest is compared once
 * more, because the bytes may be the caller's.
 */

#include "base/alloc.h"
#include "base/opts.h"
#include "model/model.h"
#include "pack/build.h"
#include "pack/history.h"

struct segml_history {
    sg_history lines;
    int64_t groups;
    int32_t has_global;
};

int
segml_history_open(segml_history **out, const segml_model *model, segml_error *err)
{
    const sg_manifest *m;
    segml_history *history;
    sg_buf lines = {0};
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    m = &model->manifest;
    if (!m->has_history)
        return sg_fail(err, SEGML_E_NOT_FOUND,
                       "the model has no history: train with the option history");
    history = sg_alloc_zeroed(1, sizeof *history);
    if (history == NULL)
        return sg_fail_nomem(err);
    history->groups = m->group_count;
    history->has_global = m->has_global;
    rc = sg_source_member(&model->source, SG_MEMBER_HISTORY, m->history_digest,
                          model->opening.max_bytes, &lines, err);
    if (rc == SEGML_OK)
        rc = sg_history_read(&history->lines, lines.bytes, lines.size,
                             m->group_count + m->has_global, m->feature_count, err);
    sg_buf_clear(&lines);
    if (rc == SEGML_OK)
        *out = history;
    else
        segml_history_free(history);
    return rc;
}

void
segml_history_free(segml_history *history)
{
    if (history == NULL)
        return;
    sg_history_clear(&history->lines);
    sg_free(history);
}

int
segml_history_get(const segml_history *history, int64_t index, segml_history_info *info,
                  segml_error *err)
{
    segml_history_info known = SEGML_HISTORY_INFO_INIT;
    const sg_history_record *record;

    if (history == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "history is NULL");
    if (index == SEGML_GROUP_INDEX_GLOBAL && !history->has_global)
        return sg_fail(err, SEGML_E_NOT_FOUND, "the model has no global model");
    if (index != SEGML_GROUP_INDEX_GLOBAL && (index < 0 || index >= history->groups))
        return sg_fail(err, SEGML_E_ARGUMENT, "group %lld: the history has %lld groups",
                       (long long)index, (long long)history->groups);
    record = &history->lines.records[index == SEGML_GROUP_INDEX_GLOBAL ? history->groups : index];
    known.chosen = record->chosen;
    known.trials = record->trials;
    known.values = record->values;
    known.rounds = record->rounds;
    known.states = record->states;
    known.correlations = record->correlations;
    return sg_opts_store(info, &known, sizeof known, "segml_history_info", err);
}
