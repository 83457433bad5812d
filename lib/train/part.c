/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Parts: which there are, and their bytes.
 *
 * A group belongs to a part by the hash of its key, so that it stays there when others come or
 * go, and so that no part needs to know of the others. Its facts go with it, also if it has no
 * model: scores, thresholds, statuses and the constant of the whole are computed of them when
 * the parts are merged, by the same code and in the same order as in one training.
 */

#include "train/part.h"

#include <math.h>

#include "base/alloc.h"
#include "base/key.h"
#include "train/again.h"
#include "train/blocks.h"
#include "train/profile.h"

enum { BYTES_PER_ROW = 12 };

int
sg_part_owner(int32_t *owner, int32_t kind, const segml_key *key, int32_t columns, int32_t shards,
              segml_error *err)
{
    sg_buf bytes = {0};
    sg_wire_writer w = {.out = &bytes, .err = err};

    sg_wire_put_number(&w, (uint32_t)kind);
    sg_record_put_key(&w, key, columns);
    *owner = (int32_t)(sg_hash_64(bytes.bytes, bytes.size) % (uint64_t)shards) + 1;
    sg_buf_clear(&bytes);
    return w.rc;
}

/* Correlations of rows, if the artifact will have them. */
static int
write_profile(sg_wire_writer *w, const sg_run *run, int64_t first, int64_t rows)
{
    int64_t features = run->dataset->features;
    double *correlations;
    int rc;

    if (run->options.history < 0) {
        sg_wire_put_long(w, 0);
        return SEGML_OK;
    }
    correlations = sg_alloc_array(features, sizeof *correlations);
    rc = correlations != NULL ? sg_profile_rows(run, first, rows, correlations, w->err)
                              : sg_fail_nomem(w->err);
    sg_wire_put_long(w, (uint64_t)features);
    for (int64_t j = 0; j < features && rc == SEGML_OK; j++)
        sg_wire_put_real(w, correlations[j]);
    sg_free(correlations);
    return rc;
}

static int
write_facts(sg_wire_writer *w, const sg_run *run, int64_t g)
{
    const sg_groups *groups = &run->dataset->groups;
    int64_t first = groups->start[g], rows = sg_groups_rows(groups, g);
    size_t start = sg_block_begin(w, SG_BLOCK_FACTS);
    int rc;

    sg_record_put_key(w, groups->keys + g * groups->columns, groups->columns);
    sg_wire_put_hash(w, run->content[g]);
    sg_wire_put_long(w, (uint64_t)rows);
    for (int64_t i = first; i < first + rows; i++) {
        float weight = sg_dataset_weight(run->dataset, run->row[i]);

        sg_wire_put_floats(w, &run->target.label[run->row[i]], 1);
        sg_wire_put_floats(w, &weight, 1);
        sg_wire_put_number(w, (uint32_t)run->fold[i]);
    }
    rc = write_profile(w, run, first, rows);
    sg_block_end(w, start);
    return rc;
}

static void
write_record(sg_wire_writer *w, const sg_record *record)
{
    size_t start = sg_block_begin(w, SG_BLOCK_UNIT);

    sg_record_write(w, record, SG_RECORD_WITH_FRAMES);
    sg_block_end(w, start);
}

static int
write_all_facts(sg_wire_writer *w, const sg_training *t, uint64_t *count)
{
    const sg_groups *groups = &t->run.dataset->groups;
    int rc = SEGML_OK;

    for (int64_t g = 0; g < groups->count && rc == SEGML_OK; g++) {
        int32_t owner = 0;

        rc = sg_part_owner(&owner, SG_RECORD_GROUP, groups->keys + g * groups->columns,
                           (int32_t)groups->columns, t->shards, w->err);
        if (rc < 0 || owner != t->shard)
            continue;
        rc = write_facts(w, &t->run, g);
        ++*count;
    }
    return rc;
}

static int
write_models(sg_wire_writer *w, const sg_training *t, uint64_t *count)
{
    int rc = SEGML_OK;

    for (int64_t j = 0; j < t->jobs && rc == SEGML_OK; j++) {
        const sg_job *job = &t->job[j];
        sg_record record;

        if (job->fate == SG_JOB_ELSEWHERE)
            continue;
        sg_known_describe(&record, job);
        write_record(w, &record);
        ++*count;
        if (job->kind == SG_RECORD_GLOBAL) {
            size_t start = sg_block_begin(w, SG_BLOCK_PROFILE);

            rc = write_profile(w, &t->run, 0, t->run.dataset->rows);
            sg_block_end(w, start);
        }
    }
    return rc;
}

int
sg_part_write(sg_buf *out, const sg_training *t, segml_error *err)
{
    sg_wire_writer w = {.out = out, .err = err};
    uint64_t facts = 0, models = 0;
    sg_record record;
    size_t start;
    int rc = SEGML_OK;

    sg_wire_put_bytes(&w, SG_BLOCKS_PART, SG_BLOCKS_MAGIC);
    start = sg_block_begin(&w, SG_BLOCK_SETTING);
    sg_setting_write(&w, &t->setting);
    sg_block_end(&w, start);
    if (t->common.given.log != NULL) {
        rc = sg_again_describe_shared(&record, t, err);
        if (rc == SEGML_OK)
            write_record(&w, &record);
    }
    if (rc == SEGML_OK)
        rc = write_all_facts(&w, t, &facts);
    if (rc == SEGML_OK)
        rc = write_models(&w, t, &models);
    start = sg_block_begin(&w, SG_BLOCK_END);
    sg_wire_put_long(&w, facts);
    sg_wire_put_long(&w, models);
    sg_block_end(&w, start);
    return rc < 0 ? rc : w.rc;
}

static int
fail_facts(segml_error *err)
{
    return sg_fail(err, SEGML_E_FORMAT, "the facts of a group are damaged");
}

/* A copy of a key whose texts belong to the arena. */
static int
copy_key(const segml_key **out, sg_arena *arena, const segml_key *key, int64_t columns)
{
    segml_key *copy = sg_arena_alloc(arena, columns, sizeof *copy);

    *out = copy;
    for (int64_t c = 0; copy != NULL && c < columns; c++) {
        copy[c] = key[c];
        if (key[c].type != SEGML_KEY_UTF8)
            continue;
        copy[c].text = sg_arena_text(arena, key[c].text, key[c].length);
        if (copy[c].text == NULL)
            return 0;
    }
    return copy != NULL;
}

/* Whether a key is of the setting's columns. */
static int
fits_columns(const segml_key *key, const sg_setting *setting)
{
    int fits = 1;

    for (int64_t c = 0; c < setting->key_count; c++)
        fits = fits && (key[c].type == SEGML_KEY_NULL || key[c].type == setting->keys[c].type);
    return fits;
}

/* Whether a label can be: a class, or a number. */
static int
is_label(float label, const sg_setting *setting)
{
    if (setting->class_count > 0)
        return label >= 0 && label < (float)setting->class_count && label == floorf(label);
    return isfinite(label) && (setting->task != SEGML_TASK_POISSON || label >= 0);
}

static void
read_rows(sg_part_facts *facts, sg_wire_reader *r, const sg_setting *setting)
{
    for (int64_t i = 0; i < facts->rows; i++) {
        sg_wire_get_floats(r, &facts->label[i], 1);
        sg_wire_get_floats(r, &facts->weight[i], 1);
        facts->fold[i] = (int32_t)sg_wire_get_number(r);
        if (!is_label(facts->label[i], setting) || !isfinite(facts->weight[i]) ||
            facts->weight[i] < 0 || facts->fold[i] < SG_FOLD_NEVER ||
            facts->fold[i] >= setting->options.folds)
            sg_wire_refuse(r);
    }
}

int
sg_part_read_profile(double *correlations, sg_wire_reader *r, const sg_setting *setting,
                     segml_error *err)
{
    int64_t count = sg_wire_get_count(r, sizeof *correlations);

    if (count != (setting->options.history < 0 ? 0 : setting->feature_count))
        sg_wire_refuse(r);
    for (int64_t j = 0; j < count && !r->failed; j++) {
        correlations[j] = sg_wire_get_real(r);
        if (fabs(correlations[j]) > 1)
            sg_wire_refuse(r);
    }
    return r->failed || r->left > 0 ? fail_facts(err) : SEGML_OK;
}

int
sg_part_read_facts(sg_part_facts *facts, sg_arena *arena, sg_wire_reader *r,
                   const sg_setting *setting, segml_error *err)
{
    segml_key key[SG_KEY_COLUMNS_MAX];

    sg_record_get_key(r, key, setting->key_count);
    facts->correlations = NULL;
    facts->content = sg_wire_get_hash(r);
    facts->rows = sg_wire_get_count(r, BYTES_PER_ROW);
    if (r->failed || facts->rows < 1 || facts->rows > setting->rows || !fits_columns(key, setting))
        return fail_facts(err);
    facts->label = sg_arena_alloc(arena, facts->rows, sizeof *facts->label);
    facts->weight = sg_arena_alloc(arena, facts->rows, sizeof *facts->weight);
    facts->fold = sg_arena_alloc(arena, facts->rows, sizeof *facts->fold);
    if (setting->options.history >= 0)
        facts->correlations =
            sg_arena_alloc(arena, setting->feature_count, sizeof *facts->correlations);
    if (!copy_key(&facts->key, arena, key, setting->key_count) || facts->label == NULL ||
        facts->weight == NULL || facts->fold == NULL ||
        (facts->correlations == NULL && setting->options.history >= 0))
        return sg_fail_nomem(err);
    read_rows(facts, r, setting);
    return r->failed ? fail_facts(err) : sg_part_read_profile(facts->correlations, r, setting, err);
}
