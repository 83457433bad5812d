/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Export: a record for each group, each parent, the global model and all together, the history,
 * and from them and the packed models the artifact. Scores are score.c's, correlations profile.c's.
 */

#include "train/export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/build.h"
#include "pack/history.h"
#include "train/describe.h"
#include "train/profile.h"
#include "train/score.h"

/* Metrics of a record, which the score lends, and the threshold of its model. */
static void
add_scores(const sg_manifest *m, sg_manifest_record *record, const sg_score_values *scores,
           double threshold)
{
    record->metrics = scores->values;
    record->metric_count = scores->count;
    record->has_threshold = m->task == SEGML_TASK_BINARY && record->has_model;
    record->threshold = record->has_threshold ? threshold : 0;
}

static double
threshold_of(const sg_score *score, int64_t g)
{
    return score->decision.group != NULL ? score->decision.group[g] : 0;
}

const segml_value *
sg_export_params(sg_arena *arena, const sg_result *result, int64_t *count)
{
    const sg_fit_params *p = &result->params;
    const segml_value values[] = {{"learning_rate", p->learning_rate},
                                  {"max_depth", p->max_depth},
                                  {"max_leaves", p->max_leaves},
                                  {"min_child_weight", p->min_child_weight},
                                  {"subsample", p->subsample},
                                  {"colsample_bytree", p->colsample_bytree},
                                  {"reg_lambda", p->reg_lambda},
                                  {"reg_alpha", p->reg_alpha},
                                  {"gamma", p->gamma},
                                  {"max_delta_step", p->max_delta_step},
                                  {"scale_pos_weight", p->scale_pos_weight},
                                  {"max_bin", result->max_bin},
                                  {"max_cat_to_onehot", p->max_cat_to_onehot},
                                  {"base_score", p->base_score},
                                  {"seed", p->seed}};
    size_t all = sizeof values / sizeof *values;
    segml_value *copy = sg_arena_alloc(arena, (int64_t)all, sizeof *copy);

    *count = 0;
    for (size_t i = 0; copy != NULL && i < all; i++) {
        int is_idle = (strcmp(values[i].name, "max_bin") == 0 && result->max_bin == 0) ||
                      (strcmp(values[i].name, "scale_pos_weight") == 0 && values[i].value == 1);

        if (!is_idle)
            copy[(*count)++] = values[i];
    }
    return copy;
}

/* Status, message, rounds and parameters of a result. */
static int
fill_record(sg_manifest_record *record, sg_arena *arena, const sg_result *result, segml_error *err)
{
    const char *message = result->message != NULL ? result->message : "";

    record->status = result->status;
    record->message = sg_arena_text(arena, message, strlen(message));
    if (record->message == NULL)
        return sg_fail_nomem(err);
    if (result->status != SEGML_GROUP_TRAINED)
        return SEGML_OK;
    record->has_model = 1;
    record->rounds = result->rounds;
    record->engine = sg_arena_text(arena, result->engine, strlen(result->engine));
    record->params = sg_export_params(arena, result, &record->param_count);
    return record->engine != NULL && record->params != NULL ? SEGML_OK : sg_fail_nomem(err);
}

static int
fill_groups(sg_manifest *m, const sg_outcome *outcome, const sg_score *score, segml_error *err)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    int rc = SEGML_OK;

    m->group_count = groups->count;
    m->groups = sg_arena_alloc(&m->arena, groups->count, sizeof *m->groups);
    if (m->groups == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++) {
        sg_manifest_record *record = &m->groups[g];

        record->keys = groups->keys + g * groups->columns;
        record->columns = (int32_t)groups->columns;
        record->rows = sg_groups_rows(groups, g);
        record->content = run->content[g];
        rc = fill_record(record, &m->arena, &outcome->group[g], err);
        add_scores(m, record, &score->group[g], threshold_of(score, g));
    }
    return rc;
}

static int
fill_parents(sg_manifest *m, const sg_parents *parents, const sg_score *score, segml_error *err)
{
    int rc = SEGML_OK;

    m->parent_count = parents->count;
    m->parents = sg_arena_alloc(&m->arena, parents->count, sizeof *m->parents);
    if (m->parents == NULL)
        return sg_fail_nomem(err);
    for (int64_t p = 0; p < parents->count && rc == SEGML_OK; p++) {
        const sg_parent *parent = &parents->parent[p];
        sg_manifest_record *record = &m->parents[p];

        record->keys = parent->keys;
        record->columns = parent->columns;
        record->rows = parent->rows;
        record->content = parent->content;
        rc = fill_record(record, &m->arena, &parent->result, err);
        add_scores(m, record, &score->parent[p], score->parent_threshold[p]);
    }
    return rc;
}

static int
fill_global(sg_manifest *m, const sg_outcome *outcome, const sg_score *score, segml_error *err)
{
    const sg_run *run = outcome->run;
    size_t groups = (size_t)run->dataset->groups.count;
    int rc;

    m->has_global = 1;
    m->global.rows = run->dataset->rows;
    m->global.content = sg_hash_128(run->content, groups * sizeof *run->content);
    m->keys_as_features = outcome->keys_as_features;
    m->has_unseen = outcome->unseen != NULL;
    m->unseen_rounds = m->has_unseen ? outcome->global->rounds : 0;
    rc = fill_record(&m->global, &m->arena, outcome->global, err);
    add_scores(m, &m->global, &score->global, score->decision.shared);
    return rc;
}

/* Where no group has its own model: what trained the global one, or the first parent. */
static const char *
engine_of_others(const sg_manifest *m)
{
    if (m->has_global)
        return m->global.engine;
    for (int64_t p = 0; p < m->parent_count; p++) {
        if (m->parents[p].engine != NULL)
            return m->parents[p].engine;
    }
    return "none";
}

/* Engine of the header: what trained most of the groups' own models; the first of equals. */
static const char *
most_frequent_engine(const sg_manifest *m)
{
    enum { MOST_ENGINES = 4 }; /* two, by two methods */
    const char *name[MOST_ENGINES], *found = engine_of_others(m);
    int64_t count[MOST_ENGINES] = {0}, most = 0;
    int known = 0;

    for (int64_t g = 0; g < m->group_count; g++) {
        const char *engine = m->groups[g].engine;
        int e = 0;

        while (engine != NULL && e < known && strcmp(name[e], engine) != 0)
            e++;
        if (engine == NULL || e == MOST_ENGINES)
            continue;
        name[e] = engine;
        known += e == known;
        count[e]++;
    }
    for (int e = 0; e < known; e++) {
        if (count[e] > most) {
            most = count[e];
            found = name[e];
        }
    }
    return found;
}

static void
drop_engines(sg_manifest_record *records, int64_t count, const char *engine)
{
    for (int64_t i = 0; i < count; i++) {
        if (records[i].engine != NULL && strcmp(records[i].engine, engine) == 0)
            records[i].engine = NULL;
    }
}

/* The header's engine is not said again. */
static void
settle_engine(sg_manifest *m)
{
    m->engine = most_frequent_engine(m);
    drop_engines(&m->global, m->has_global, m->engine);
    drop_engines(m->groups, m->group_count, m->engine);
    drop_engines(m->parents, m->parent_count, m->engine);
}

static int
was_cut(const sg_outcome *outcome)
{
    int cut = outcome->global != NULL && outcome->global->search.cut;

    for (int64_t g = 0; g < outcome->run->dataset->groups.count; g++)
        cut = cut || outcome->group[g].search.cut;
    for (int64_t p = 0; outcome->parents != NULL && p < outcome->parents->count; p++)
        cut = cut || outcome->parents->parent[p].result.search.cut;
    return cut;
}

static int
fill_manifest(sg_manifest *m, const sg_outcome *outcome, const sg_score *score, segml_error *err)
{
    int rc = sg_describe_training(m, outcome->run, was_cut(outcome), err);

    m->mode = outcome->mode;
    m->threshold = m->task == SEGML_TASK_BINARY ? score->decision.pooled : 0.5;
    m->overall.rows = outcome->run->dataset->rows;
    m->overall.message = "";
    if (rc == SEGML_OK)
        rc = fill_groups(m, outcome, score, err);
    if (rc == SEGML_OK && outcome->parents != NULL && outcome->parents->count > 0)
        rc = fill_parents(m, outcome->parents, score, err);
    if (rc == SEGML_OK && outcome->global != NULL)
        rc = fill_global(m, outcome, score, err);
    if (rc == SEGML_OK)
        settle_engine(m);
    add_scores(m, &m->overall, &score->overall, 0);
    return rc;
}

/* One line: a model's search, and the correlations of its rows; index groups stands for all. */
static int
write_history(sg_buf *lines, const sg_outcome *outcome, int64_t index, segml_error *err)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    const sg_search_log *search =
        index < groups->count ? &outcome->group[index].search : &outcome->global->search;
    int64_t features = run->dataset->features;
    int64_t first = index < groups->count ? groups->start[index] : 0;
    int64_t end = groups->start[index < groups->count ? index + 1 : index];
    double *correlations = sg_alloc_array(features, sizeof *correlations);
    const sg_history_record record = {.chosen = search->trials > 0 ? search->chosen : -1,
                                      .trials = search->trials,
                                      .values = search->value,
                                      .rounds = search->rounds,
                                      .states = search->state,
                                      .correlations = correlations};
    int rc = correlations != NULL ? SEGML_OK : sg_fail_nomem(err);

    if (rc == SEGML_OK && outcome->correlations != NULL)
        memcpy(correlations, outcome->correlations + index * features,
               (size_t)features * sizeof *correlations);
    else if (rc == SEGML_OK)
        rc = sg_profile_rows(run, first, end - first, correlations, err);
    if (rc == SEGML_OK)
        rc = sg_history_write(lines, &record, features, err);
    sg_free(correlations);
    return rc;
}

static int
pack_history(sg_packed *packed, const sg_outcome *outcome, segml_error *err)
{
    const sg_run *run = outcome->run;
    const sg_groups *groups = &run->dataset->groups;
    sg_buf lines = {0};
    int rc = SEGML_OK;

    if (run->options.history < 0)
        return SEGML_OK;
    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++)
        rc = write_history(&lines, outcome, g, err);
    if (rc == SEGML_OK && outcome->global != NULL)
        rc = write_history(&lines, outcome, groups->count, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(packed, SG_MEMBER_HISTORY, lines.bytes, lines.size, err);
    sg_buf_clear(&lines);
    return rc;
}

/* One line where the global model would answer better than the parents that are asked first. */
static void
advise_on_parents(const sg_score *score)
{
    const segml_train_options *options = &score->outcome->run->options;
    int32_t task = score->routed.task;
    int is_squared = task == SEGML_TASK_REGRESSION;
    double parents, global;
    char line[256];

    sg_score_parents_and_global(score, &parents, &global);
    if (!(global < parents) || !score->shared_answers || options->log == NULL)
        return;
    snprintf(line, sizeof line,
             "note: groups that parents answer for have %s %.4g by them, and %.4g by the global "
             "model; leave parent out of fallback_policy, or switch off the option parents",
             is_squared                   ? "RMSE"
             : task == SEGML_TASK_POISSON ? "deviance"
                                          : "log loss",
             is_squared ? sqrt(parents) : parents, is_squared ? sqrt(global) : global);
    options->log(SEGML_LOG_INFO, line, options->user);
}

/* The models of groups and then parents, lent: the results release them. */
static sg_packed *
lend_models(const sg_outcome *outcome, int64_t groups, int64_t parents)
{
    sg_packed *packed = sg_alloc_zeroed(groups + parents, sizeof *packed);

    for (int64_t g = 0; packed != NULL && g < groups; g++)
        packed[g] = outcome->group[g].packed;
    for (int64_t p = 0; packed != NULL && p < parents; p++)
        packed[groups + p] = outcome->parents->parent[p].result.packed;
    return packed;
}

int
sg_export(sg_buf *artifact, sg_outcome *outcome, segml_error *err)
{
    int64_t groups = outcome->run->dataset->groups.count;
    int64_t parents = outcome->parents != NULL ? outcome->parents->count : 0;
    sg_manifest manifest = {.format = 0};
    sg_score score = {.label = NULL};
    sg_packed history = {0}, *packed = lend_models(outcome, groups, parents);
    sg_build_members members = {.groups = packed,
                                .parents = packed != NULL ? packed + groups : NULL,
                                .global = outcome->global != NULL ? &outcome->global->packed : NULL,
                                .unseen = outcome->unseen,
                                .history = &history,
                                .training = outcome->training};
    int rc = packed != NULL ? sg_score_make(&score, outcome, err) : sg_fail_nomem(err);

    if (rc == SEGML_OK)
        advise_on_parents(&score);
    if (rc == SEGML_OK)
        rc = fill_manifest(&manifest, outcome, &score, err);
    if (rc == SEGML_OK)
        rc = pack_history(&history, outcome, err);
    if (rc == SEGML_OK)
        rc = sg_build_artifact(artifact, &manifest, &members, err);
    sg_packed_clear(&history);
    sg_free(packed);
    sg_score_clear(&score);
    sg_manifest_clear(&manifest);
    return rc;
}
