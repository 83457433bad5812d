/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading groups.jsonl and parents.jsonl, which may be damaged or hostile.
 *
 * R1  They have the digest that segml.json states; nothing of them is parsed before that is known.
 * R2  Keys are strictly ascending, those of parents by number of columns first; the number of
 *     records and their sums are those of segml.json.
 * R3  A record has a model exactly if its status is "trained".
 * R4  Memory is bounded by the length of a line and by what its records really need: the number
 *     of lines is believed only if the text is long enough for so many records.
 *
 * Parents are not looked for among the groups: a parent whose groups were all taken out of an
 * artifact may still answer for groups that training did not see.
 */

#include <stdio.h>
#include <string.h>

#include "base/key.h"
#include "pack/artifact.h"
#include "pack/build.h"
#include "pack/manifest_record.h"

/* The names alone that every record has, and its hash, take more than the least. */
enum { LINE_BYTES_MAX = 1 << 20, LINE_BYTES_LEAST = 64 };

/* Lines under way. */
typedef struct reading {
    const sg_manifest *manifest;
    sg_manifest_lines *lines;
    int of_parents;
    int64_t trained, failed, references, rows;
    int32_t null_seen[SG_KEY_COLUMNS_MAX];
} reading;

/* R2 */
static int
is_above(const sg_manifest_record *record, const sg_manifest_record *before)
{
    if (record->columns != before->columns)
        return record->columns > before->columns;
    return sg_key_compare(before->keys, record->keys, record->columns) < 0;
}

static void
read_key(sg_json_reader *r, const reading *all, const json_t *object, sg_manifest_record *record)
{
    const sg_manifest *m = all->manifest;
    const json_t *array = sg_json_get_array(r, object, "key");
    int64_t columns = (int64_t)json_array_size(array);
    segml_key *keys;

    if (!all->of_parents && columns != m->key_count)
        sg_json_refuse(r, "key", "does not have one value per column");
    if (all->of_parents && (columns < 1 || columns >= m->key_count))
        sg_json_refuse(r, "key", "does not have some values, but fewer than a group's");
    keys = sg_json_take(r, columns, sizeof *keys);
    for (int64_t i = 0; i < columns && r->rc == SEGML_OK; i++)
        sg_json_to_key(r, json_array_get(array, (size_t)i), m->keys[i].type, &keys[i]);
    record->keys = keys;
    record->columns = (int32_t)columns;
}

/* R3 */
static void
check_status(sg_json_reader *r, const reading *all, const sg_manifest_record *record)
{
    int is_global = all->manifest->mode == SEGML_MODE_GLOBAL;

    if (r->rc < 0)
        return;
    if ((record->status == SEGML_GROUP_GLOBAL) != is_global || record->status == 0)
        sg_json_refuse(r, "status", "does not fit the mode");
    if (record->status == SEGML_GROUP_REFERENCE && all->of_parents)
        sg_json_refuse(r, "status", "does not fit a parent");
    if (record->has_model != (record->status == SEGML_GROUP_TRAINED))
        sg_json_refuse(r, "digest", "must be there exactly if the group is trained");
}

static void
add_up(sg_json_reader *r, reading *all, const sg_manifest_record *record)
{
    all->trained += record->status == SEGML_GROUP_TRAINED;
    all->failed += record->status == SEGML_GROUP_FAILED;
    all->references += record->status == SEGML_GROUP_REFERENCE;
    for (int32_t k = 0; k < record->columns; k++)
        all->null_seen[k] |= record->keys[k].type == SEGML_KEY_NULL;
    if (!all->of_parents && record->rows > INT64_MAX - all->rows)
        sg_json_refuse(r, "rows", "has a sum of more than 64 bits");
    else if (!all->of_parents)
        all->rows += record->rows;
}

static void
read_line(sg_json_reader *r, void *user, int64_t number, const json_t *object)
{
    reading *all = user;
    sg_manifest_record *record = &all->lines->records[number];

    read_key(r, all, object, record);
    if (r->rc == SEGML_OK && number > 0 && !is_above(record, record - 1))
        sg_json_refuse(r, "key", "is not above the one before");
    sg_manifest_read_record(r, all->manifest, object, record);
    check_status(r, all, record);
    if (r->rc == SEGML_OK)
        add_up(r, all, record);
}

/* Sums, and which key columns hold NULL, against segml.json. */
static void
check_sums(sg_json_reader *r, const reading *all)
{
    const sg_manifest *m = all->manifest;

    if (r->rc < 0)
        return;
    if (all->of_parents) {
        if (m->parents_trained != all->trained)
            sg_json_refuse(r, "counts", "do not fit parents.jsonl");
        return;
    }
    if (m->trained != all->trained || m->failed != all->failed ||
        m->references != all->references || m->rows != all->rows)
        sg_json_refuse(r, "counts", "do not fit groups.jsonl");
    for (int64_t k = 0; k < m->key_count && r->rc == SEGML_OK; k++) {
        if (m->keys[k].null_seen != all->null_seen[k])
            sg_json_refuse(r, "null_seen", "does not fit groups.jsonl");
    }
}

/* R1, R4 */
static void
check_text(sg_json_reader *r, const reading *all, const sg_json_lines *text)
{
    const sg_manifest *m = all->manifest;
    const unsigned char *stated = all->of_parents ? m->parents_digest : m->groups_digest;
    unsigned char actual[SG_DIGEST_BYTES];
    char reason[96];

    sg_artifact_digest(actual, text->text, text->size);
    snprintf(reason, sizeof reason, "is not that of %s: one of them was changed", text->member);
    if (memcmp(stated, actual, sizeof actual) != 0)
        sg_json_refuse(r, all->of_parents ? "parents_digest" : "groups_digest", reason);
    snprintf(reason, sizeof reason, "do not fit %s", text->member);
    all->lines->count = sg_json_count_lines(text->text, text->size);
    if (all->lines->count != (all->of_parents ? m->parent_count : m->group_count) ||
        text->size / LINE_BYTES_LEAST < (size_t)all->lines->count)
        sg_json_refuse(r, "counts", reason);
}

/* The text's member names it in messages; text may be NULL if it has no bytes. */
static int
read_lines(reading *all, const sg_json_lines *text, segml_error *err)
{
    sg_json_reader r = {.arena = &all->lines->arena, .err = err, .where = SG_MEMBER_MANIFEST};

    sg_json_begin(&r);
    if (r.rc == SEGML_OK)
        check_text(&r, all, text);
    all->lines->records = sg_json_take(&r, all->lines->count, sizeof *all->lines->records);
    sg_json_read_lines(&r, text, read_line, all);
    snprintf(r.where, sizeof r.where, SG_MEMBER_MANIFEST);
    check_sums(&r, all);
    sg_json_end(&r);
    if (r.rc < 0)
        sg_manifest_lines_clear(all->lines);
    return r.rc;
}

int
sg_manifest_read_groups(sg_manifest_lines *lines, const sg_manifest *manifest, const void *text,
                        size_t size, segml_error *err)
{
    reading all = {.manifest = manifest, .lines = lines};
    const sg_json_lines groups = {SG_MEMBER_GROUPS, text, size, LINE_BYTES_MAX};

    return read_lines(&all, &groups, err);
}

int
sg_manifest_read_parents(sg_manifest_lines *lines, const sg_manifest *manifest, const void *text,
                         size_t size, segml_error *err)
{
    reading all = {.manifest = manifest, .lines = lines, .of_parents = 1};
    const sg_json_lines parents = {SG_MEMBER_PARENTS, text, size, LINE_BYTES_MAX};

    return read_lines(&all, &parents, err);
}
