/* SPDX-License-Identifier: Apache-2.0 */

#include "unit/index_fixture.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const segml_key index_small_keys[INDEX_SMALL_ENTRIES][2] = {
    {SEGML_KEY_NULL_VALUE, SEGML_KEY_NULL_VALUE},
    {SEGML_KEY_UTF8_VALUE("at", 2), SEGML_KEY_INT64_VALUE(7)},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_INT64_VALUE(-1)},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_INT64_VALUE(4711)},
    {SEGML_KEY_UTF8_VALUE("\xC3\xA4,%", 4), SEGML_KEY_INT64_VALUE(7)},
    {SEGML_KEY_UTF8_VALUE("at", 2), SEGML_KEY_NULL_VALUE},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_NULL_VALUE},
};

const index_facts index_small_facts[INDEX_SMALL_ENTRIES] = {
    {SEGML_GROUP_TOO_FEW_ROWS, 0, 3, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, 12, (int64_t)1 << 40, 0.25, 100, 90, 1234},
    {SEGML_GROUP_REFERENCE, 5, 0, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, INT32_MAX, 50, NAN, 190, 810, 0},
    {SEGML_GROUP_FAILED, 0, 99, NAN, 0, 0, 0},
    {SEGML_GROUP_ONE_CLASS, 0, (int64_t)1 << 40, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, 8, 50, 1.0, 0, 1000, 1 << 30},
};

/* The digest of a place that golden/index_bytes.py makes up. */
sg_place
index_place(uint64_t offset, uint32_t packed, uint32_t size)
{
    sg_place place = {.offset = offset, .packed = packed, .size = size};

    for (int i = 0; i < SG_DIGEST_BYTES && packed > 0; i++)
        place.digest[i] = (unsigned char)(offset + (unsigned)i);
    return place;
}

/* Appends the small index's frame. */
int
index_write_small(sg_buf *out, segml_error *err)
{
    sg_manifest_record records[INDEX_SMALL_ENTRIES] = {{0}};
    sg_place places[INDEX_SMALL_ENTRIES];
    const sg_index_member members[] = {{"README", index_place(0, 60, 7)},
                                       {"segml.json", index_place(60, 40, 1 << 30)}};
    sg_manifest manifest = {.groups = records,
                            .group_count = INDEX_SMALL_GROUPS,
                            .parents = records + INDEX_SMALL_GROUPS,
                            .parent_count = INDEX_SMALL_PARENTS,
                            .key_count = 2,
                            .keys_as_features = 1};
    const sg_index_input input = {.manifest = &manifest,
                                  .members = members,
                                  .member_count = 2,
                                  .groups = places,
                                  .parents = places + INDEX_SMALL_GROUPS,
                                  .offset = INDEX_OFFSET};

    for (int i = 0; i < INDEX_SMALL_ENTRIES; i++) {
        records[i].keys = index_small_keys[i];
        records[i].columns = i < INDEX_SMALL_GROUPS ? 2 : 1;
        records[i].status = index_small_facts[i].status;
        records[i].rounds = index_small_facts[i].rounds;
        records[i].rows = index_small_facts[i].rows;
        records[i].has_threshold = !isnan(index_small_facts[i].threshold);
        records[i].threshold = index_small_facts[i].threshold;
        places[i] = index_place(index_small_facts[i].offset, index_small_facts[i].packed,
                                index_small_facts[i].size);
    }
    return sg_index_write(out, &input, err);
}

void
index_make_groups(index_groups *groups, const int64_t *numbers, int64_t count)
{
    static const segml_key zero = SEGML_KEY_INT64_VALUE(0);

    groups->keys = calloc((size_t)count + 1, sizeof *groups->keys);
    groups->records = calloc((size_t)count + 1, sizeof *groups->records);
    groups->places = calloc((size_t)count + 1, sizeof *groups->places);
    ck_assert(groups->keys != NULL && groups->records != NULL && groups->places != NULL);
    for (int64_t i = 0; i < count; i++) {
        groups->keys[i] = zero;
        groups->keys[i].integer = numbers[i];
        groups->records[i].keys = &groups->keys[i];
        groups->records[i].columns = 1;
        groups->records[i].status = SEGML_GROUP_TRAINED;
        groups->records[i].rounds = (int32_t)i;
        groups->records[i].rows = 10 * i;
        groups->places[i] = index_place((uint64_t)i, 1, (uint32_t)(10 * i));
    }
    memset(&groups->manifest, 0, sizeof groups->manifest);
    groups->manifest.groups = groups->records;
    groups->manifest.group_count = count;
    groups->manifest.key_count = 1;
}

void
index_clear_groups(index_groups *groups)
{
    free(groups->places);
    free(groups->records);
    free(groups->keys);
}

/* Appends the frame of an index of so many groups. */
int
index_write_groups(sg_buf *out, const int64_t *numbers, int64_t count, segml_error *err)
{
    index_groups groups;
    sg_index_input input = {.manifest = &groups.manifest, .offset = INDEX_OFFSET};
    int rc;

    index_make_groups(&groups, numbers, count);
    input.groups = groups.places;
    rc = sg_index_write(out, &input, err);
    index_clear_groups(&groups);
    return rc;
}

int64_t
index_large_number(int64_t i)
{
    return 7 * i - 1000;
}

void
index_write_large(sg_buf *out)
{
    int64_t numbers[INDEX_LARGE_GROUPS];

    for (int64_t i = 0; i < INDEX_LARGE_GROUPS; i++)
        numbers[i] = index_large_number(i);
    ck_assert_int_eq(index_write_groups(out, numbers, INDEX_LARGE_GROUPS, NULL), SEGML_OK);
}

/* What stands before the index does not matter to it. */
void
index_make_file(sg_buf *file)
{
    ck_assert_int_eq(sg_buf_reserve(file, INDEX_OFFSET, NULL), SEGML_OK);
    memset(file->bytes, 0, INDEX_OFFSET);
    file->size = INDEX_OFFSET;
}

void
index_make_small_file(sg_buf *file)
{
    index_make_file(file);
    ck_assert_int_eq(index_write_small(file, NULL), SEGML_OK);
}

void
index_make_large_file(sg_buf *file)
{
    index_make_file(file);
    index_write_large(file);
}
