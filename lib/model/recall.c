/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A model's history, read from the artifact's bytes when somebody asks for it.
 *
 * Keeping it parsed in the model was rejected: a service that maps 100,000 groups would carry
 * a megabyte for every thousand of them and never look at it. The digest is compared once
 * more, because the bytes may be the caller's.
 */

#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"
#include "model/model.h"
#include "pack/artifact.h"
#include "pack/build.h"
#include "pack/history.h"

struct segml_history {
    sg_history lines;
    int64_t groups;
    int32_t has_global;
};

typedef struct finder {
    const segml_model *model;
    segml_history *history;
    int found;
} finder;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    finder *f = user;
    const sg_manifest *m = &f->model->manifest;
    int rc;

    if (strcmp(member->path, SG_MEMBER_HISTORY) != 0)
        return 0;
    if (memcmp(member->digest, m->history_digest, SG_DIGEST_BYTES) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: its digest is not that of the manifest",
                       member->path);
    rc = sg_history_read(&f->history->lines, member->content, member->size,
                         m->group_count + m->has_global, m->feature_count, err);
    f->found = rc == SEGML_OK;
    return rc < 0 ? rc : 1;
}

int
segml_history_open(segml_history **out, const segml_model *model, segml_error *err)
{
    finder f = {.model = model};
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    if (!model->manifest.has_history)
        return sg_fail(err, SEGML_E_NOT_FOUND,
                       "the model has no history: train with the option history");
    f.history = sg_alloc_zeroed(1, sizeof *f.history);
    if (f.history == NULL)
        return sg_fail_nomem(err);
    f.history->groups = model->manifest.group_count;
    f.history->has_global = model->manifest.has_global;
    rc = sg_artifact_scan(model->bytes, model->size, model->max_bytes, take, &f, err);
    if (rc == SEGML_OK && !f.found)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s is missing", SG_MEMBER_HISTORY);
    if (rc == SEGML_OK)
        *out = f.history;
    else
        segml_history_free(f.history);
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
