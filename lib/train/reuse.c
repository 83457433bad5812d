/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reuse.
 *
 * R1  A model is taken where its key, its rows (by their hash), and what trained it are the same,
 *     and what a model depends on besides: see setting_compare.c. The dictionaries may have
 *     grown at their end, because a code that does not occur in a group's rows changes nothing.
 * R2  Where one search was made for all groups, a group's model depends on what it found: other
 *     parameters, and every group is trained again.
 * R3  A search that a limit in seconds ended is made again: it might find more.
 * R4  The member is copied as it stands in the old artifact, after its content was compared with
 *     the digest in its record; so a model that somebody has put in its place is not taken for
 *     the trained one. An artifact that was packed again by tar has no frame for each member:
 *     then the content is packed, which gives the same bytes. All that is wanted of such a file
 *     is taken in one scan: to look for one member is to unpack half of the file.
 */

#include "train/reuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/model.h"
#include "pack/build.h"
#include "train/again.h"
#include "train/blocks.h"

static void
say(const sg_training *t, int32_t level, const char *message)
{
    if (t->run.options.log != NULL)
        t->run.options.log(level, message, t->run.options.user);
}

static void
put_record(sg_wire_writer *w, const sg_record *record)
{
    size_t start = sg_block_begin(w, SG_BLOCK_UNIT);

    sg_record_write(w, record, SG_RECORD_WITHOUT_FRAMES);
    sg_block_end(w, start);
}

static int
write_records(sg_buf *out, const sg_training *t, segml_error *err)
{
    sg_wire_writer w = {.out = out, .err = err};
    sg_record record;
    size_t start;

    sg_wire_put_bytes(&w, SG_BLOCKS_TRAINING, SG_BLOCKS_MAGIC);
    start = sg_block_begin(&w, SG_BLOCK_SETTING);
    sg_setting_write(&w, &t->setting);
    sg_block_end(&w, start);
    if (t->common.given.log != NULL) {
        int rc = sg_again_describe_shared(&record, t, err);

        if (rc < 0)
            return rc;
        put_record(&w, &record);
    }
    for (int64_t j = 0; j < t->jobs && w.rc == SEGML_OK; j++) {
        if (t->job[j].result->status != SEGML_GROUP_TRAINED)
            continue;
        sg_known_describe(&record, &t->job[j]);
        put_record(&w, &record);
    }
    return w.rc;
}

int
sg_reuse_pack(sg_packed *packed, const sg_training *t, segml_error *err)
{
    char line[160];
    sg_buf bytes = {.max = SG_MEMBER_BYTES_MAX};
    int rc;

    if (t->run.options.reusable < 0)
        return SEGML_OK;
    rc = write_records(&bytes, t, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(packed, SG_MEMBER_TRAINING, bytes.bytes, bytes.size, err);
    sg_buf_clear(&bytes);
    if (rc != SEGML_E_LIMIT)
        return rc;
    snprintf(line, sizeof line,
             "the model cannot be reused: what that needs is more than %d MiB, the most that a "
             "member can have",
             (int)(SG_MEMBER_BYTES_MAX >> 20));
    say(t, SEGML_LOG_WARNING, line);
    return SEGML_OK;
}

/* Begins reading the old records behind their setting. */
static int
open_records(sg_blocks *blocks, const sg_training *t, sg_wire_reader *setting, segml_error *err)
{
    int rc;

    *blocks = (sg_blocks){.bytes = t->old.bytes, .name = SG_MEMBER_TRAINING, .size = t->old.size};
    rc = sg_blocks_open(blocks, SG_BLOCKS_TRAINING, err);
    if (rc > 0)
        rc = sg_blocks_next(blocks, setting, err);
    if (rc >= 0 && rc != SG_BLOCK_SETTING)
        rc = sg_fail(err, SEGML_E_FORMAT, "%s: it does not begin with a setting", blocks->name);
    return rc < 0 ? rc : SEGML_OK;
}

static int
compare_setting(const sg_training *t, sg_wire_reader *bytes, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_setting old = {.mode = 0};
    int rc = sg_setting_read(&old, bytes, &inner);

    if (rc == SEGML_OK)
        rc = sg_setting_compare(&t->setting, &old, SG_SETTING_MODELS, "the model to reuse", &inner);
    sg_setting_clear(&old);
    if (rc == SEGML_E_MISMATCH)
        return sg_fail(err, rc, "%s; train as then, or without reuse", inner.message);
    return rc < 0 ? sg_fail(err, rc, "%s", inner.message) : rc;
}

/* Hands every old record to a function, until it fails. */
static int
each_record(sg_training *t, sg_journal_fn take, segml_error *err)
{
    sg_wire_reader payload;
    sg_blocks blocks;
    int rc = open_records(&blocks, t, &payload, err);

    while (rc == SEGML_OK) {
        sg_record record = {.kind = 0};

        rc = sg_blocks_next(&blocks, &payload, err);
        if (rc == 0)
            break;
        if (rc > 0)
            rc = sg_record_read(&record, &payload, err);
        if (rc == SEGML_OK)
            rc = take(t, &record, err);
        sg_record_clear(&record);
    }
    sg_blocks_clear(&blocks);
    return rc;
}

/* Keeps what the old search for all groups found, and takes the search if it can. */
static int
take_search(void *user, sg_record *record, segml_error *err)
{
    sg_training *t = user;

    if (record->kind != SG_RECORD_SHARED)
        return SEGML_OK;
    t->old_given = record->given;
    return record->result.search.cut ? SEGML_OK : sg_again_take_shared(t, record, err);
}

int
sg_reuse_begin(sg_training *t, segml_error *err)
{
    const segml_model *model = t->run.options.reuse;
    sg_wire_reader payload;
    sg_blocks blocks;
    int rc;

    if (model == NULL)
        return SEGML_OK;
    if (!model->manifest.has_training)
        return sg_fail(err, SEGML_E_NOT_FOUND,
                       "the model to reuse does not have what that needs (%s); train without reuse "
                       "once, with the option reusable on",
                       SG_MEMBER_TRAINING);
    rc = sg_source_member(&model->source, SG_MEMBER_TRAINING, model->manifest.training_digest,
                          model->opening.max_bytes, &t->old, err);
    if (rc == SEGML_OK)
        rc = open_records(&blocks, t, &payload, err);
    if (rc == SEGML_OK)
        rc = compare_setting(t, &payload, err);
    return rc == SEGML_OK ? each_record(t, take_search, err) : rc;
}

/* R1: the engine that would train a job is the one that trained the record's model. */
static int
is_same_engine(const sg_job *job, const sg_record *record)
{
    sg_engine_rows rows = sg_unit_outline(job->run, &job->spec.rows);
    char engine[SG_ENGINE_TEXT];

    sg_engines_describe(engine, sg_engines_choose(&job->run->engines, &rows), rows.method);
    return strcmp(engine, record->result.engine) == 0;
}

/* R4: a model that is wanted of an artifact without index. */
struct sg_old_model {
    const char *path; /* borrowed from its job */
    sg_packed packed; /* without frame until it is found */
};

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct sg_old_model *)a)->path, ((const struct sg_old_model *)b)->path);
}

static struct sg_old_model *
find_old(const sg_training *t, const char *path)
{
    struct sg_old_model wanted = {.path = path};

    if (t->old_models == 0)
        return NULL;
    return bsearch(&wanted, t->old_model, (size_t)t->old_models, sizeof wanted, compare_paths);
}

static int
take_scanned(void *user, const sg_member *member, segml_error *err)
{
    struct sg_old_model *old = find_old(user, member->path);

    return old == NULL
               ? 0
               : sg_packed_make(&old->packed, member->path, member->content, member->size, err);
}

/* Packs the models that jobs may take. */
static int
scan_models(sg_training *t, segml_error *err)
{
    const segml_model *model = t->run.options.reuse;

    t->old_model = sg_alloc_zeroed(t->jobs + 1, sizeof *t->old_model);
    if (t->old_model == NULL)
        return sg_fail_nomem(err);
    for (int64_t j = 0; j < t->jobs; j++) {
        if (t->job[j].fate != SG_JOB_HERE)
            continue;
        t->old_model[t->old_models++].path = t->job[j].path;
        if (t->job[j].unseen != NULL) /* of the global model, the only one */
            t->old_model[t->old_models++].path = SG_MEMBER_UNSEEN;
    }
    qsort(t->old_model, (size_t)t->old_models, sizeof *t->old_model, compare_paths);
    return sg_artifact_scan(model->source.bytes, model->source.size, model->opening.max_bytes,
                            take_scanned, t, err);
}

void
sg_reuse_clear(sg_training *t)
{
    for (int64_t i = 0; i < t->old_models; i++)
        sg_packed_clear(&t->old_model[i].packed);
    sg_free(t->old_model);
    t->old_model = NULL;
    t->old_models = 0;
    sg_buf_clear(&t->old);
}

/* Where a job's member is. */
typedef struct found {
    const sg_source *source; /* the old artifact, or one that it refers to */
    sg_place place;          /* packed is 0 where it has no frame of its own */
    int is_elsewhere;        /* 1: in an artifact that could not be had */
} found;

static int
find_place(found *where, const segml_model *model, const sg_job *job, const char *path,
           segml_error *err)
{
    sg_index_member member = {NULL, {0, 0, 0, {0}}};
    const sg_binding *binding;
    sg_index_group group;
    int64_t number = -1;
    size_t length;
    int rc;

    *where = (found){.source = &model->source};
    if (job->kind == SG_RECORD_GLOBAL) {
        if (!sg_source_has_index(&model->source))
            return SEGML_OK;
        rc = sg_index_member_of(&model->source.index, path, 0, &member, &length, err);
        where->place = member.place;
        return rc;
    }
    rc = sg_index_find(&model->source.index, job->key, job->columns, &number, &group, err);
    if (rc < 0 || number < 0)
        return rc;
    binding = sg_references_get(model, number);
    if (binding != NULL) {
        where->source = &binding->referent->source;
        rc = sg_references_entry(binding, &group, err);
    } else {
        where->is_elsewhere = group.status == SEGML_GROUP_REFERENCE;
    }
    if (rc == SEGML_OK && (binding != NULL || sg_source_has_index(&model->source)))
        where->place = group.place;
    return rc;
}

/* R4. 1: packed; 0: it is not there, or not the model that was trained. */
static int
copy_scanned(sg_packed *packed, const sg_training *t, const char *path)
{
    struct sg_old_model *old = find_old(t, path);

    if (old == NULL || old->packed.frame.size == 0 ||
        memcmp(packed->digest, old->packed.digest, sizeof packed->digest) != 0)
        return 0;
    sg_packed_clear(packed);
    *packed = old->packed;
    old->packed = (sg_packed){0};
    return 1;
}

/* R4. The same. */
static int
copy_member(sg_packed *packed, const sg_training *t, const sg_job *job, const char *path,
            segml_error *err)
{
    const segml_model *model = t->run.options.reuse;
    unsigned char digest[SG_ARTIFACT_DIGEST];
    sg_buf content = {0};
    found where;
    int rc = find_place(&where, model, job, path, err);

    if (rc < 0 || where.is_elsewhere)
        return rc;
    if (where.place.packed == 0)
        return copy_scanned(packed, t, path);
    rc = sg_source_read(where.source, &where.place, path, model->opening.max_bytes, &content, err);
    if (rc == SEGML_OK) {
        sg_artifact_digest(digest, content.bytes, content.size);
        rc = memcmp(packed->digest, digest, sizeof digest) == 0;
    }
    sg_buf_clear(&content);
    if (rc <= 0)
        return rc;
    packed->size = where.place.size;
    rc = sg_buf_append(&packed->frame, where.source->bytes + where.place.offset, where.place.packed,
                       err);
    return rc < 0 ? rc : 1;
}

static int
take_model(void *user, sg_record *record, segml_error *err)
{
    sg_training *t = user;
    sg_job *job = record->kind != SG_RECORD_SHARED ? sg_known_find(&t->known, record) : NULL;
    int rc = sg_again_check(t, err);

    if (rc < 0)
        return rc;
    if (job == NULL || record->result.status != SEGML_GROUP_TRAINED || record->result.search.cut ||
        !is_same_engine(job, record))
        return SEGML_OK;
    rc = copy_member(&record->result.packed, t, job, job->path, err);
    if (rc > 0 && record->has_unseen)
        rc = copy_member(&record->unseen, t, job, SG_MEMBER_UNSEEN, err);
    if (rc > 0)
        rc = sg_known_take(job, record, err);
    t->reused += rc > 0;
    return rc < 0 ? rc : SEGML_OK;
}

/* R2 */
static int
found_the_same(const sg_training *t)
{
    const sg_given *now = &t->common.given, *then = &t->old_given;

    return now->log == NULL ||
           (memcmp(&now->params, &then->params, sizeof now->params) == 0 &&
            now->trial == then->trial && now->rounds == then->rounds &&
            memcmp(&now->rows, &then->rows, sizeof now->rows) == 0 &&
            memcmp(&now->mean_hessian, &then->mean_hessian, sizeof now->mean_hessian) == 0);
}

static void
say_reused(const sg_training *t)
{
    const char *why = "";
    char line[256];
    int64_t here = 0;
    int again = 0;

    for (int64_t j = 0; j < t->jobs; j++)
        again = again || (t->job[j].kind == SG_RECORD_GLOBAL && t->job[j].fate == SG_JOB_HERE);
    for (int64_t j = 0; j < t->jobs; j++)
        here += t->job[j].fate != SG_JOB_ELSEWHERE;
    if (!found_the_same(t))
        why = "; the search for all groups found other parameters, so all groups are trained again";
    else if (again)
        why = "; the global models are trained again, because rows have changed";
    snprintf(line, sizeof line, "reused %lld of %lld models%s", (long long)t->reused,
             (long long)here, why);
    say(t, SEGML_LOG_INFO, line);
}

int
sg_reuse_take(sg_training *t, segml_error *err)
{
    const segml_model *model = t->run.options.reuse;
    int rc = SEGML_OK;

    if (model == NULL)
        return SEGML_OK;
    if (found_the_same(t)) {
        if (!sg_source_has_index(&model->source))
            rc = scan_models(t, err);
        if (rc == SEGML_OK)
            rc = each_record(t, take_model, err);
    }
    if (rc == SEGML_OK)
        say_reused(t);
    sg_reuse_clear(t);
    return rc;
}
