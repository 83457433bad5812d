/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writing an artifact of others.
 *
 * R1  Models are copied as they are packed. In memory there are records, and the history, of
 *     which there is one member for all groups.
 * R2  What the new artifact states is true of it. Metrics of all groups together stay only where
 *     the groups are the same; so does what further training reuses.
 * R3  A global model that has the keys as features knows a key by its position among the distinct
 *     ones of its column. Where those change, every position would mean another group: the model
 *     for unseen keys, which was trained with the same parameters on the same rows, takes its
 *     place, or there is none.
 * R4  The file appears whole or not at all (base/file.h); the inputs are open until then, so a
 *     file may be written from itself.
 */

#include "artifact/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/key.h"
#include "base/opts.h"
#include "pack/index_layout.h"

int
sg_plan_begin(sg_plan *plan, const sg_input *input, int64_t groups, segml_error *err)
{
    const sg_manifest *old = &input->catalog.manifest;
    sg_manifest *m = &plan->manifest;

    *m = *old;
    m->arena = (sg_arena){NULL};
    m->group_count = 0;
    m->groups = sg_arena_alloc(&m->arena, groups, sizeof *m->groups);
    m->keys = sg_arena_alloc(&m->arena, old->key_count, sizeof *m->keys);
    plan->groups = sg_arena_alloc(&m->arena, groups, sizeof *plan->groups);
    plan->parents = sg_arena_alloc(&m->arena, old->parent_count, sizeof *plan->parents);
    if (m->groups == NULL || m->keys == NULL || plan->groups == NULL || plan->parents == NULL)
        return sg_fail_nomem(err);
    memcpy(m->keys, old->keys, (size_t)old->key_count * sizeof *m->keys);
    for (int64_t i = 0; i < old->parent_count; i++)
        plan->parents[i] = (sg_origin){input, old->group_count + i};
    plan->first = input;
    plan->global = old->has_global ? input : NULL;
    plan->keeps_history = 1;
    plan->keeps_training = 1;
    plan->keeps_whole = 1;
    return SEGML_OK;
}

sg_entry
sg_plan_view(const sg_origin *origin)
{
    const sg_catalog *catalog = &origin->input->catalog;

    return (sg_entry){sg_catalog_record(catalog, origin->number), &catalog->manifest};
}

void
sg_plan_add(sg_plan *plan, const sg_origin *origin)
{
    sg_manifest *m = &plan->manifest;
    const sg_entry view = sg_plan_view(origin);

    plan->groups[m->group_count] = *origin;
    m->groups[m->group_count] =
        plan->keeps_whole && origin->input == plan->first ? *view.record : sg_entry_adopt(&view, m);
    m->group_count++;
}

/* What has become of the groups of the first input; both lists ascend by key. */
static void
count_changes(sg_plan *plan)
{
    const sg_manifest *old = &plan->first->catalog.manifest, *new = &plan->manifest;
    int64_t i = 0, j = 0;

    while (i < old->group_count || j < new->group_count) {
        int order = i == old->group_count ? 1
                    : j == new->group_count
                        ? -1
                        : sg_key_compare(old->groups[i].keys, new->groups[j].keys, new->key_count);

        if (order == 0) {
            const sg_entry before = {&old->groups[i], old}, after = {&new->groups[j], new};

            plan->info.groups_changed += sg_entry_compare(&before, &after, NULL) != 0;
        }
        plan->info.groups_dropped += order < 0;
        plan->info.groups_added += order > 0;
        i += order <= 0;
        j += order >= 0;
    }
}

static int
has_changes(const sg_plan *plan)
{
    return plan->info.groups_changed + plan->info.groups_dropped + plan->info.groups_added > 0;
}

static int
compare_key_cells(const void *a, const void *b)
{
    const segml_key *const *x = a, *const *y = b;

    return sg_key_compare(*x, *y, 1);
}

/* Distinct keys of a column, in order; cells has room for all. @return their number */
static int64_t
collect_distinct(const segml_key **cells, const sg_manifest *m, int64_t column)
{
    int64_t count = 0;

    for (int64_t g = 0; g < m->group_count; g++)
        cells[g] = &m->groups[g].keys[column];
    qsort(cells, (size_t)m->group_count, sizeof *cells, compare_key_cells);
    for (int64_t g = 0; g < m->group_count; g++) {
        if (count == 0 || sg_key_compare(cells[count - 1], cells[g], 1) != 0)
            cells[count++] = cells[g];
    }
    return count;
}

/* R3: 1, 0, or SEGML_E_NOMEM */
static int
have_same_keys(const sg_manifest *a, const sg_manifest *b, segml_error *err)
{
    sg_arena arena = {NULL};
    const segml_key **x = sg_arena_alloc(&arena, a->group_count, sizeof *x);
    const segml_key **y = sg_arena_alloc(&arena, b->group_count, sizeof *y);
    int rc = x != NULL && y != NULL ? 1 : sg_fail_nomem(err);

    for (int64_t k = 0; k < a->key_count && rc == 1; k++) {
        int64_t count = collect_distinct(x, a, k);

        rc = collect_distinct(y, b, k) == count;
        for (int64_t i = 0; i < count && rc == 1; i++)
            rc = sg_key_compare(x[i], y[i], 1) == 0;
    }
    sg_arena_clear(&arena);
    return rc;
}

static void
replace_global(sg_manifest *m)
{
    m->keys_as_features = 0;
    if (m->has_unseen) {
        memcpy(m->global.digest, m->unseen_digest, SG_DIGEST_BYTES);
        m->global.rounds = m->unseen_rounds;
        m->global.metrics = NULL;
        m->global.metric_count = 0;
        m->has_unseen = 0;
    } else {
        m->has_global = 0;
        m->fallback &= ~SG_FALLBACK_GLOBAL;
    }
}

/* R3, and what is told of it. */
static int
settle_global(sg_plan *plan, segml_error *err)
{
    sg_manifest *m = &plan->manifest;
    int same = 1;

    if (m->has_global && m->keys_as_features)
        same = have_same_keys(m, &plan->global->catalog.manifest, err);
    if (same < 0)
        return same;
    if (!same)
        replace_global(m);
    if (!m->has_global)
        plan->info.global = plan->first->catalog.manifest.has_global || !same ? SEGML_FATE_DROPPED
                                                                              : SEGML_FATE_NONE;
    else
        plan->info.global = same ? SEGML_FATE_KEPT : SEGML_FATE_REPLACED;
    return SEGML_OK;
}

static int32_t
fate_of(int had, int has)
{
    return has ? SEGML_FATE_KEPT : had ? SEGML_FATE_DROPPED : SEGML_FATE_NONE;
}

/* Modulo 2^64: a sum that is too large is refused when the manifest is written. */
static int64_t
sum_rows(const sg_manifest *m)
{
    uint64_t rows = 0;

    for (int64_t g = 0; g < m->group_count; g++)
        rows += (uint64_t)m->groups[g].rows;
    return (int64_t)rows;
}

/* R2 */
static int
settle_manifest(sg_plan *plan, segml_error *err)
{
    const sg_manifest *old = &plan->first->catalog.manifest;
    sg_manifest *m = &plan->manifest;
    int rc;

    count_changes(plan);
    rc = settle_global(plan, err);
    if (!plan->keeps_whole || has_changes(plan))
        m->overall = (sg_manifest_record){.rows = sum_rows(m), .message = ""};
    m->has_history = plan->keeps_history && old->has_history;
    for (int64_t g = 0; g < m->group_count; g++)
        m->has_history = m->has_history && plan->groups[g].input->catalog.manifest.has_history;
    if (m->has_global)
        m->has_history = m->has_history && plan->global->catalog.manifest.has_history;
    m->has_training = plan->keeps_whole && plan->keeps_training && old->has_training &&
                      !has_changes(plan) && plan->info.global != SEGML_FATE_REPLACED;
    plan->info.overall = fate_of(old->overall.metric_count > 0, m->overall.metric_count > 0);
    plan->info.history = fate_of(old->has_history, m->has_history);
    plan->info.training = fate_of(old->has_training, m->has_training);
    return rc;
}

/* The history of one input: its lines, which are not parsed. */
typedef struct lines {
    const sg_input *input;
    sg_buf text;
    size_t *start; /* [count + 1] */
    int64_t count;
} lines;

static int
read_lines_of(lines *l, const sg_input *input, sg_arena *arena, segml_error *err)
{
    const sg_manifest *m = &input->catalog.manifest;
    int rc = sg_input_read(input, SG_CATALOG_HISTORY, 0, &l->text, err);
    int64_t seen = 0;

    l->input = input;
    l->count = m->group_count + (m->has_global != 0);
    l->start = sg_arena_alloc(arena, l->count + 1, sizeof *l->start);
    if (rc == SEGML_OK && l->start == NULL)
        rc = sg_fail_nomem(err);
    for (size_t at = 0; rc == SEGML_OK && at < l->text.size; at++) {
        if (l->text.bytes[at] == '\n' && ++seen <= l->count)
            l->start[seen] = at + 1;
    }
    if (rc == SEGML_OK && (seen != l->count || l->start[seen] != l->text.size))
        rc = sg_fail(err, SEGML_E_FORMAT, "%s does not have one line per group", SG_MEMBER_HISTORY);
    return rc;
}

static int
append_line(sg_buf *out, const lines *l, int64_t number, segml_error *err)
{
    return sg_buf_append(out, l->text.bytes + l->start[number],
                         l->start[number + 1] - l->start[number], err);
}

/* Histories of the inputs that a plan takes groups from. */
typedef struct histories {
    sg_arena arena;
    lines *all; /* [count] */
    int64_t count, capacity;
} histories;

static const lines *
find_lines(const histories *h, const sg_input *input)
{
    const lines *found = NULL;

    for (int64_t i = 0; i < h->count && found == NULL; i++) {
        if (h->all[i].input == input)
            found = &h->all[i];
    }
    return found;
}

static int
append_history(sg_buf *out, histories *h, const sg_origin *origin, segml_error *err)
{
    const lines *l = find_lines(h, origin->input);
    int rc = SEGML_OK;

    if (l == NULL && h->count == h->capacity) {
        int64_t capacity = 2 * h->capacity + 4;
        lines *more = sg_arena_alloc(&h->arena, capacity, sizeof *more);

        if (more == NULL)
            return sg_fail_nomem(err);
        if (h->count > 0)
            memcpy(more, h->all, (size_t)h->count * sizeof *more);
        h->all = more;
        h->capacity = capacity;
    }
    if (l == NULL) {
        l = &h->all[h->count];
        rc = read_lines_of(&h->all[h->count++], origin->input, &h->arena, err);
    }
    return rc == SEGML_OK ? append_line(out, l, origin->number, err) : rc;
}

static int
make_history(sg_plan *plan, sg_packed *packed, segml_error *err)
{
    sg_manifest *m = &plan->manifest;
    histories h = {.count = 0};
    sg_buf out = {0};
    int rc = SEGML_OK;

    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++)
        rc = append_history(&out, &h, &plan->groups[g], err);
    if (rc == SEGML_OK && m->has_global) {
        const sg_origin last = {plan->global, plan->global->catalog.manifest.group_count};

        rc = append_history(&out, &h, &last, err);
    }
    for (int64_t i = 0; i < h.count; i++)
        sg_buf_clear(&h.all[i].text);
    sg_arena_clear(&h.arena);
    if (rc == SEGML_OK)
        rc = sg_packed_make(packed, SG_MEMBER_HISTORY, out.bytes, out.size, err);
    memcpy(m->history_digest, packed->digest, SG_DIGEST_BYTES);
    sg_buf_clear(&out);
    return rc;
}

static int
copy_member(sg_build *build, const sg_input *input, const char *path, segml_error *err)
{
    sg_build_frame frame;
    int rc = sg_input_member(input, path, &frame, err);

    return rc == SEGML_OK ? sg_build_put_member(build, path, &frame, err) : rc;
}

/* R3: the model for unseen keys under the name of the global one. */
static int
move_unseen(sg_build *build, const sg_input *input, segml_error *err)
{
    sg_buf content = {0};
    sg_packed packed = {.path = NULL};
    int rc = sg_input_read(input, SG_CATALOG_UNSEEN, 0, &content, err);

    if (rc == SEGML_OK)
        rc = sg_packed_make(&packed, SG_MEMBER_GLOBAL, content.bytes, content.size, err);
    if (rc == SEGML_OK) {
        const sg_build_frame frame = {packed.frame.bytes, packed.frame.size, packed.size};

        rc = sg_build_put_member(build, SG_MEMBER_GLOBAL, &frame, err);
    }
    sg_packed_clear(&packed);
    sg_buf_clear(&content);
    return rc;
}

static int
put_globals(const sg_plan *plan, sg_build *build, segml_error *err)
{
    const sg_manifest *m = &plan->manifest;
    int rc = SEGML_OK;

    if (m->has_global && plan->info.global == SEGML_FATE_REPLACED)
        rc = move_unseen(build, plan->global, err);
    else if (m->has_global)
        rc = copy_member(build, plan->global, SG_MEMBER_GLOBAL, err);
    if (rc == SEGML_OK && m->has_unseen)
        rc = copy_member(build, plan->global, SG_MEMBER_UNSEEN, err);
    return rc;
}

static int
copy_models(const sg_plan *plan, sg_build *build, segml_error *err)
{
    const sg_manifest *m = &plan->manifest;
    sg_build_frame frame;
    int rc = SEGML_OK;

    for (int64_t p = 0; p < m->parent_count && rc == SEGML_OK; p++) {
        if (!m->parents[p].has_model)
            continue;
        rc = sg_input_model(plan->parents[p].input, plan->parents[p].number, &frame, err);
        if (rc == SEGML_OK)
            rc = sg_build_put_parent(build, p, &frame, err);
    }
    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++) {
        if (!m->groups[g].has_model)
            continue;
        rc = sg_input_model(plan->groups[g].input, plan->groups[g].number, &frame, err);
        if (rc == SEGML_OK)
            rc = sg_build_put_group(build, g, &frame, err);
    }
    return rc;
}

static int64_t
count_models(const sg_manifest *m)
{
    int64_t count = (m->has_global != 0) + (m->has_unseen != 0);

    for (int64_t g = 0; g < m->group_count; g++)
        count += m->groups[g].has_model;
    for (int64_t p = 0; p < m->parent_count; p++)
        count += m->parents[p].has_model;
    return count;
}

/* What takes the bytes: the file, and of the last piece, which is the index, the root digest. */
typedef struct target {
    sg_file_writer file;
    segml_artifact_info *info;
} target;

static int
append_bytes(void *user, const void *bytes, size_t size, segml_error *err)
{
    const size_t at = SG_INDEX_FRAME_HEADER + SG_INDEX_AT_ROOT;
    target *t = user;

    t->info->bytes += (int64_t)size;
    if (size >= at + SG_DIGEST_BYTES)
        memcpy(t->info->root, (const unsigned char *)bytes + at, SG_DIGEST_BYTES);
    return sg_file_append(&t->file, bytes, size, err);
}

static int
write_members(const sg_plan *plan, sg_build *build, const sg_packed *history, segml_error *err)
{
    const sg_manifest *m = &plan->manifest;
    int rc = put_globals(plan, build, err);

    if (rc == SEGML_OK)
        rc = copy_models(plan, build, err);
    if (rc == SEGML_OK && m->has_history) {
        const sg_build_frame frame = {history->frame.bytes, history->frame.size, history->size};

        rc = sg_build_put_member(build, SG_MEMBER_HISTORY, &frame, err);
    }
    if (rc == SEGML_OK && m->has_training)
        rc = copy_member(build, plan->first, SG_MEMBER_TRAINING, err);
    return rc == SEGML_OK ? sg_build_end(build, err) : rc;
}

/* The info of an older or newer caller, before anything is written. */
static int
check_info(segml_artifact_info *info, segml_error *err)
{
    const segml_artifact_info none = SEGML_ARTIFACT_INFO_INIT;

    return info != NULL ? sg_opts_store(info, &none, sizeof none, "segml_artifact_info", err)
                        : SEGML_OK;
}

int
sg_plan_write(sg_plan *plan, const char *path, int overwrite, segml_artifact_info *info,
              segml_error *err)
{
    sg_manifest *m = &plan->manifest;
    target t = {.info = &plan->info};
    sg_build build = {.manifest = NULL};
    sg_packed history = {.path = NULL};
    int rc = check_info(info, err);

    if (rc == SEGML_OK)
        rc = settle_manifest(plan, err);
    if (rc == SEGML_OK && m->has_history)
        rc = make_history(plan, &history, err);
    if (rc == SEGML_OK)
        rc = sg_file_begin(&t.file, path, overwrite, err);
    if (rc == SEGML_OK)
        rc = sg_build_begin(&build, m, append_bytes, &t, err);
    if (rc == SEGML_OK)
        rc = write_members(plan, &build, &history, err);
    if (rc == SEGML_OK)
        rc = sg_file_commit(&t.file, err);
    sg_file_abort(&t.file);
    sg_build_clear(&build);
    sg_packed_clear(&history);
    if (rc < 0)
        return rc;
    plan->info.groups = m->group_count;
    plan->info.models = count_models(m);
    return info != NULL
               ? sg_opts_store(info, &plan->info, sizeof plan->info, "segml_artifact_info", err)
               : SEGML_OK;
}

void
sg_plan_clear(sg_plan *plan)
{
    sg_arena_clear(&plan->manifest.arena);
    *plan = (sg_plan){.first = NULL};
}
