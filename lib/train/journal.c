/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Journals.
 *
 * R1  A block is made aside and appended by one write, so a process that is killed leaves whole
 *     blocks, or one at the end that is cut off. A system that goes down may leave more behind:
 *     from the first block that is not whole on, the file is cut off, and those models are
 *     trained again. Nothing behind it can be trusted to be in order.
 * R2  fdatasync() at most once a second: between two of them the file is the kernel's, which
 *     outlives the process. Thousands of small models are not each worth a disk's seek.
 * R3  A file that is not a journal is never written to. An empty one is a new one, and so is
 *     one whose bytes are the beginning of this head: no model can be in it. That it begins as
 *     any journal does is not enough: the head of another training may be shorter than this one.
 */

#include "train/journal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "train/blocks.h"

static const double flush_seconds = 1;

/* What a journal begins with. */
static int
make_head(sg_buf *head, const sg_setting *setting, segml_error *err)
{
    sg_wire_writer w = {.out = head, .err = err};
    size_t start;

    sg_wire_put_bytes(&w, SG_BLOCKS_JOURNAL, SG_BLOCKS_MAGIC);
    start = sg_block_begin(&w, SG_BLOCK_SETTING);
    sg_setting_write(&w, setting);
    sg_block_end(&w, start);
    return w.rc;
}

static int
begin_anew(sg_journal *journal, const sg_buf *head, segml_error *err)
{
    int rc = sg_append_cut(&journal->file, 0, err);

    if (rc == SEGML_OK)
        rc = sg_append_write(&journal->file, head->bytes, head->size, err);
    return rc == SEGML_OK ? sg_append_flush(&journal->file, err) : rc;
}

static int
compare_settings(const sg_setting *here, sg_wire_reader *payload, segml_error *err)
{
    sg_setting found = {.mode = 0};
    int rc = sg_setting_read(&found, payload, err);

    if (rc == SEGML_OK)
        rc = sg_setting_compare(here, &found, SG_SETTING_ALL, "the journal", err);
    if (rc == SEGML_OK && (here->shard != found.shard || here->shards != found.shards))
        rc = sg_fail(err, SEGML_E_MISMATCH, "shard is %d of %d here and %d of %d in the journal",
                     (int)here->shard, (int)here->shards, (int)found.shard, (int)found.shards);
    sg_setting_clear(&found);
    return rc;
}

/* The setting of a journal that is there; it must be this training's. */
static int
read_head(const sg_journal *journal, sg_blocks *blocks, const sg_setting *setting, segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    sg_wire_reader payload;
    const char *remedy = "remove the file to begin anew";
    int rc = sg_blocks_open(blocks, SG_BLOCKS_JOURNAL, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return sg_fail(err, SEGML_E_FORMAT, "%s: not a journal of training; it stays as it is",
                       journal->file.path);
    rc = sg_blocks_next(blocks, &payload, &inner);
    if (rc == SG_BLOCK_SETTING)
        rc = compare_settings(setting, &payload, &inner);
    else if (rc >= 0)
        rc = sg_fail(&inner, SEGML_E_FORMAT, "its head is damaged");
    if (rc == SEGML_E_MISMATCH)
        remedy = "train as then, or remove the file to begin anew";
    return rc == SEGML_OK
               ? rc
               : sg_fail(err, rc, "%s: %s; %s", journal->file.path, inner.message, remedy);
}

/* R3: 1 if nothing but the beginning of this head is in the file. */
static int
is_new(const sg_journal *journal, const sg_buf *head, segml_error *err)
{
    size_t size = (size_t)journal->file.size;
    unsigned char *found;
    int rc;

    if (journal->file.size >= head->size)
        return 0;
    found = sg_alloc_array((int64_t)size, 1);
    if (found == NULL)
        return sg_fail_nomem(err);
    rc = sg_append_read_at(journal->file.fd, journal->file.path, 0, found, size, err);
    if (rc == SEGML_OK)
        rc = memcmp(found, head->bytes, size) == 0;
    sg_free(found);
    return rc;
}

/* R1 */
static int
read_records(sg_journal *journal, sg_blocks *blocks, sg_journal_fn take, void *user,
             segml_error *err)
{
    uint64_t good = blocks->offset;
    int rc;

    for (;;) {
        sg_record record = {.kind = 0};
        sg_wire_reader payload;

        rc = sg_blocks_next(blocks, &payload, err);
        if (rc == 0)
            return SEGML_OK;
        if (rc > 0)
            rc = rc == SG_BLOCK_UNIT ? sg_record_read(&record, &payload, err) : SEGML_E_FORMAT;
        if (rc == SEGML_OK)
            rc = take(user, &record, err);
        sg_record_clear(&record);
        if (rc < 0)
            break;
        good = blocks->offset;
    }
    if (rc != SEGML_E_FORMAT)
        return rc;
    journal->damaged = (int64_t)(blocks->size - good);
    return sg_append_cut(&journal->file, good, err);
}

static int
read_journal(sg_journal *journal, const sg_setting *setting, sg_journal_fn take, void *user,
             segml_error *err)
{
    sg_blocks blocks = {
        .fd = journal->file.fd, .name = journal->file.path, .size = journal->file.size};
    sg_buf head = {0};
    int rc = make_head(&head, setting, err);

    if (rc == SEGML_OK)
        rc = is_new(journal, &head, err);
    if (rc > 0) {
        rc = begin_anew(journal, &head, err);
    } else if (rc == 0) {
        rc = read_head(journal, &blocks, setting, err);
        if (rc == SEGML_OK)
            rc = read_records(journal, &blocks, take, user, err);
    }
    sg_blocks_clear(&blocks);
    sg_buf_clear(&head);
    return rc;
}

int
sg_journal_open(sg_journal *journal, const char *path, const sg_setting *setting,
                sg_journal_fn take, void *user, segml_error *err)
{
    int rc = sg_append_open(&journal->file, path, err);

    if (rc < 0)
        return rc;
    if (pthread_mutex_init(&journal->lock, NULL) != 0)
        return sg_fail_nomem(err);
    journal->is_open = 1;
    journal->flushed = sg_clock_seconds();
    return read_journal(journal, setting, take, user, err);
}

/* Appends a block, and has the file on the disk now and then. */
static int
append(sg_journal *journal, const sg_buf *block, segml_error *err)
{
    double now = sg_clock_seconds();
    int rc;

    pthread_mutex_lock(&journal->lock);
    rc = sg_append_write(&journal->file, block->bytes, block->size, err);
    if (rc == SEGML_OK && now - journal->flushed >= flush_seconds) {
        rc = sg_append_flush(&journal->file, err);
        journal->flushed = now;
    }
    pthread_mutex_unlock(&journal->lock);
    return rc;
}

int
sg_journal_add(sg_journal *journal, const sg_record *record, segml_error *err)
{
    sg_buf block = {0};
    sg_wire_writer w = {.out = &block, .err = err};
    size_t start = sg_block_begin(&w, SG_BLOCK_UNIT);
    int rc;

    sg_record_write(&w, record, SG_RECORD_WITH_FRAMES);
    sg_block_end(&w, start);
    rc = w.rc == SEGML_OK ? append(journal, &block, err) : w.rc;
    sg_buf_clear(&block);
    return rc;
}

int
sg_journal_add_job(sg_journal *journal, const sg_job *job, segml_error *err)
{
    sg_record record;

    sg_known_describe(&record, job);
    return sg_journal_add(journal, &record, err);
}

int
sg_journal_flush(sg_journal *journal, segml_error *err)
{
    return sg_append_flush(&journal->file, err);
}

void
sg_journal_close(sg_journal *journal)
{
    if (journal->is_open)
        pthread_mutex_destroy(&journal->lock);
    if (journal->file.path != NULL)
        sg_append_close(&journal->file);
    journal->is_open = 0;
}
