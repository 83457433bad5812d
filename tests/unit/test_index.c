/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/index: section 2 of doc/artifact-format.md, R1 to R5 of index.c. What an index must be,
 * byte for byte, golden/index_bytes.py has written down.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "base/thread.h"
#include "golden/index_bytes.h"
#include "pack/artifact.h"
#include "pack/index.h"
#include "pack/index_seal.h"

enum {
    OFFSET = 1000, /* of every index's frame */
    SMALL_GROUPS = 5,
    SMALL_PARENTS = 2,
    SMALL_ENTRIES = 7,
    LARGE_GROUPS = 400,
    CONTENT = 8,   /* of a frame */
    MEMBERS = 160, /* of a small index: frame, header, one page's digest */
    ENTRIES = MEMBERS + 2 * 64,
    SLOTS = ENTRIES + SMALL_ENTRIES * 104,
    CODES = SLOTS + 16 * 4,
    HEAP = CODES + SMALL_GROUPS * 2 * 4
};

static const segml_key small_keys[SMALL_ENTRIES][2] = {
    {SEGML_KEY_NULL_VALUE, SEGML_KEY_NULL_VALUE},
    {SEGML_KEY_UTF8_VALUE("at", 2), SEGML_KEY_INT64_VALUE(7)},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_INT64_VALUE(-1)},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_INT64_VALUE(4711)},
    {SEGML_KEY_UTF8_VALUE("\xC3\xA4,%", 4), SEGML_KEY_INT64_VALUE(7)},
    {SEGML_KEY_UTF8_VALUE("at", 2), SEGML_KEY_NULL_VALUE},
    {SEGML_KEY_UTF8_VALUE("de", 2), SEGML_KEY_NULL_VALUE},
};

static const struct {
    int32_t status, rounds;
    int64_t rows;
    double threshold;
    uint64_t offset;
    uint32_t packed, size;
} small_facts[SMALL_ENTRIES] = {
    {SEGML_GROUP_TOO_FEW_ROWS, 0, 3, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, 12, (int64_t)1 << 40, 0.25, 100, 90, 1234},
    {SEGML_GROUP_REFERENCE, 5, 0, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, INT32_MAX, 50, NAN, 190, 810, 0},
    {SEGML_GROUP_FAILED, 0, 99, NAN, 0, 0, 0},
    {SEGML_GROUP_ONE_CLASS, 0, (int64_t)1 << 40, NAN, 0, 0, 0},
    {SEGML_GROUP_TRAINED, 8, 50, 1.0, 0, 1000, 1 << 30},
};

static const float small_codes[SMALL_GROUPS][2] = {{0, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}};

/* The digest of a place that golden/index_bytes.py makes up. */
static sg_place
make_place(uint64_t offset, uint32_t packed, uint32_t size)
{
    sg_place place = {.offset = offset, .packed = packed, .size = size};

    for (int i = 0; i < SG_DIGEST_BYTES && packed > 0; i++)
        place.digest[i] = (unsigned char)(offset + (unsigned)i);
    return place;
}

/* Appends the small index's frame. */
static int
write_small(sg_buf *out, segml_error *err)
{
    sg_manifest_record records[SMALL_ENTRIES] = {{0}};
    sg_place places[SMALL_ENTRIES];
    const sg_index_member members[] = {{"README", make_place(0, 60, 7)},
                                       {"segml.json", make_place(60, 40, 1 << 30)}};
    sg_manifest manifest = {.groups = records,
                            .group_count = SMALL_GROUPS,
                            .parents = records + SMALL_GROUPS,
                            .parent_count = SMALL_PARENTS,
                            .key_count = 2,
                            .keys_as_features = 1};
    const sg_index_input input = {.manifest = &manifest,
                                  .members = members,
                                  .member_count = 2,
                                  .groups = places,
                                  .parents = places + SMALL_GROUPS,
                                  .offset = OFFSET};

    for (int i = 0; i < SMALL_ENTRIES; i++) {
        records[i].keys = small_keys[i];
        records[i].columns = i < SMALL_GROUPS ? 2 : 1;
        records[i].status = small_facts[i].status;
        records[i].rounds = small_facts[i].rounds;
        records[i].rows = small_facts[i].rows;
        records[i].has_threshold = !isnan(small_facts[i].threshold);
        records[i].threshold = small_facts[i].threshold;
        places[i] = make_place(small_facts[i].offset, small_facts[i].packed, small_facts[i].size);
    }
    return sg_index_write(out, &input, err);
}

/* Groups of one integer column. */
typedef struct number_groups {
    segml_key *keys;
    sg_manifest_record *records;
    sg_place *places;
    sg_manifest manifest;
} number_groups;

static void
make_groups(number_groups *groups, const int64_t *numbers, int64_t count)
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
        groups->places[i] = make_place((uint64_t)i, 1, (uint32_t)(10 * i));
    }
    memset(&groups->manifest, 0, sizeof groups->manifest);
    groups->manifest.groups = groups->records;
    groups->manifest.group_count = count;
    groups->manifest.key_count = 1;
}

static void
clear_groups(number_groups *groups)
{
    free(groups->places);
    free(groups->records);
    free(groups->keys);
}

/* Appends the frame of an index of so many groups. */
static int
write_groups(sg_buf *out, const int64_t *numbers, int64_t count, segml_error *err)
{
    number_groups groups;
    sg_index_input input = {.manifest = &groups.manifest, .offset = OFFSET};
    int rc;

    make_groups(&groups, numbers, count);
    input.groups = groups.places;
    rc = sg_index_write(out, &input, err);
    clear_groups(&groups);
    return rc;
}

static int64_t
large_number(int64_t i)
{
    return 7 * i - 1000;
}

static void
write_large(sg_buf *out)
{
    int64_t numbers[LARGE_GROUPS];

    for (int64_t i = 0; i < LARGE_GROUPS; i++)
        numbers[i] = large_number(i);
    ck_assert_int_eq(write_groups(out, numbers, LARGE_GROUPS, NULL), SEGML_OK);
}

/* What stands before the index does not matter to it. */
static void
make_file(sg_buf *file)
{
    ck_assert_int_eq(sg_buf_reserve(file, OFFSET, NULL), SEGML_OK);
    memset(file->bytes, 0, OFFSET);
    file->size = OFFSET;
}

static void
make_small_file(sg_buf *file)
{
    make_file(file);
    ck_assert_int_eq(write_small(file, NULL), SEGML_OK);
}

static void
make_large_file(sg_buf *file)
{
    make_file(file);
    write_large(file);
}

START_TEST(a_small_index_has_the_bytes_of_the_specification)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf out = {0};

    ck_assert_msg(write_small(&out, &err) == SEGML_OK, "%s", err.message);
    ck_assert_uint_eq(out.size, sizeof golden_small);
    for (size_t i = 0; i < out.size; i++)
        ck_assert_msg(out.bytes[i] == golden_small[i], "byte %zu: %02x instead of %02x", i,
                      out.bytes[i], golden_small[i]);
    sg_buf_clear(&out);
}
END_TEST

START_TEST(an_index_without_groups_has_no_pages_and_no_slots)
{
    sg_index index = {0};
    sg_index_group group;
    sg_index_member member;
    sg_buf out = {0};
    int64_t number = 0;
    size_t length = 1;

    ck_assert_int_eq(write_groups(&out, NULL, 0, NULL), SEGML_OK);
    ck_assert_uint_eq(out.size, sizeof golden_empty);
    ck_assert_mem_eq(out.bytes, golden_empty, out.size);
    ck_assert_int_eq(sg_index_open_frame(&index, out.bytes, out.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, small_keys[0], 1, &number, &group, NULL), SEGML_OK);
    ck_assert_int_eq(number, -1);
    ck_assert_int_eq(sg_index_get(&index, 0, &group, NULL), SEGML_E_FORMAT);
    ck_assert_int_eq(sg_index_member_of(&index, "README", 0, &member, &length, NULL), SEGML_OK);
    ck_assert_uint_eq(member.place.packed, 0);
    ck_assert_uint_eq(length, 0);
    sg_index_close(&index);
    sg_buf_clear(&out);
}
END_TEST

START_TEST(pages_slots_and_root_are_those_of_the_specification)
{
    unsigned char digest[SG_DIGEST_BYTES];
    sg_index index = {0};
    sg_buf out = {0};

    write_large(&out);
    ck_assert_uint_eq(out.size, GOLDEN_LARGE_SIZE);
    sg_artifact_digest(digest, out.bytes, out.size);
    ck_assert_mem_eq(digest, golden_large_digest, sizeof digest);
    ck_assert_int_eq(sg_index_open_frame(&index, out.bytes, out.size, NULL), SEGML_OK);
    ck_assert_mem_eq(sg_index_root(&index), golden_large_root, SG_DIGEST_BYTES);
    sg_index_close(&index);
    sg_buf_clear(&out);
}
END_TEST

static void
check_small_group(const sg_index_group *group, int number)
{
    const sg_place place = make_place(small_facts[number].offset, small_facts[number].packed,
                                      small_facts[number].size);
    segml_key keys[2];

    ck_assert_int_eq(group->status, small_facts[number].status);
    ck_assert_int_eq(group->rounds, small_facts[number].rounds);
    ck_assert_int_eq(group->rows, small_facts[number].rows);
    ck_assert_int_eq(group->columns, number < SMALL_GROUPS ? 2 : 1);
    ck_assert_int_eq(isnan(group->threshold), isnan(small_facts[number].threshold));
    if (!isnan(group->threshold))
        ck_assert_double_eq(group->threshold, small_facts[number].threshold);
    ck_assert_uint_eq(group->place.offset, place.offset);
    ck_assert_uint_eq(group->place.packed, place.packed);
    ck_assert_uint_eq(group->place.size, place.size);
    ck_assert_mem_eq(group->place.digest, place.digest, SG_DIGEST_BYTES);
    ck_assert_int_eq(sg_key_decode(keys, group->columns, group->key, group->key_size), 1);
    ck_assert_int_eq(sg_key_compare(keys, small_keys[number], group->columns), 0);
}

START_TEST(every_entry_is_read_and_found_by_its_key)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_buf file = {0};

    make_small_file(&file);
    ck_assert_msg(sg_index_open(&index, file.bytes, file.size, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_uint_eq(index.offset, OFFSET);
    ck_assert_uint_eq(index.file_size, file.size);
    ck_assert_int_eq(index.group_count, SMALL_GROUPS);
    ck_assert_int_eq(index.parent_count, SMALL_PARENTS);
    ck_assert_int_eq(index.has_codes, 1);
    for (int i = 0; i < SMALL_ENTRIES; i++) {
        sg_index_group group, found;
        int64_t number;

        ck_assert_int_eq(sg_index_get(&index, i, &group, NULL), SEGML_OK);
        check_small_group(&group, i);
        ck_assert_int_eq(sg_index_find(&index, small_keys[i], group.columns, &number, &found, NULL),
                         SEGML_OK);
        ck_assert_int_eq(number, i);
        check_small_group(&found, i);
    }
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(codes_are_positions_among_the_distinct_values)
{
    sg_index index = {0};
    sg_buf file = {0};
    float codes[2];

    make_small_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < SMALL_GROUPS; i++) {
        ck_assert_int_eq(sg_index_codes(&index, i, codes, NULL), SEGML_OK);
        ck_assert_float_eq(codes[0], small_codes[i][0]);
        ck_assert_float_eq(codes[1], small_codes[i][1]);
    }
    ck_assert_int_eq(sg_index_codes(&index, SMALL_GROUPS, codes, NULL), SEGML_E_FORMAT);
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(members_are_found_by_path_and_number)
{
    sg_index index = {0};
    sg_index_member member;
    sg_buf file = {0};
    size_t length;

    make_small_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_member_of(&index, "segml.json", 0, &member, &length, NULL), SEGML_OK);
    ck_assert_uint_eq(length, 10);
    ck_assert_mem_eq(member.path, "segml.json", 10);
    ck_assert_uint_eq(member.place.offset, 60);
    ck_assert_uint_eq(member.place.packed, 40);
    ck_assert_uint_eq(member.place.size, 1 << 30);
    ck_assert_int_eq(sg_index_member_of(&index, NULL, 0, &member, &length, NULL), SEGML_OK);
    ck_assert_uint_eq(length, 6);
    ck_assert_mem_eq(member.path, "README", 6);
    ck_assert_int_eq(sg_index_member_of(&index, "segml.jso", 0, &member, &length, NULL), SEGML_OK);
    ck_assert_uint_eq(member.place.packed, 0);
    for (int64_t number = -1; number <= 2; number += 3) {
        ck_assert_int_eq(sg_index_member_of(&index, NULL, number, &member, &length, NULL),
                         SEGML_OK);
        ck_assert_ptr_null(member.path);
        ck_assert_uint_eq(member.place.packed, 0);
    }
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(other_keys_are_not_found)
{
    static char text[3000];
    const segml_key others[][2] = {
        {SEGML_KEY_UTF8_VALUE("at", 2), SEGML_KEY_INT64_VALUE(8)},
        {SEGML_KEY_INT64_VALUE(7), SEGML_KEY_UTF8_VALUE("at", 2)},
        {SEGML_KEY_NULL_VALUE, SEGML_KEY_INT64_VALUE(7)},
        {SEGML_KEY_UTF8_VALUE(text, sizeof text), SEGML_KEY_NULL_VALUE},
    };
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};
    int64_t number = 0;

    memset(text, 'x', sizeof text);
    make_small_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert_int_eq(sg_index_find(&index, others[i], 2, &number, &group, NULL), SEGML_OK);
        ck_assert_int_eq(number, -1);
    }
    /* The first column of the first group: no such parent. */
    ck_assert_int_eq(sg_index_find(&index, small_keys[0], 1, &number, &group, NULL), SEGML_OK);
    ck_assert_int_eq(number, -1);
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(keys_of_any_length_are_found)
{
    static const size_t lengths[] = {1, 400, 502, 503, 504, 511, 512, 40000};
    enum { COUNT = (int)(sizeof lengths / sizeof *lengths) };
    sg_manifest_record records[COUNT] = {{0}};
    segml_key keys[COUNT];
    char *text = malloc(40000);
    sg_manifest manifest = {.groups = records, .group_count = COUNT, .key_count = 1};
    const sg_index_input input = {.manifest = &manifest};
    sg_index index = {0};
    sg_buf out = {0};

    ck_assert_ptr_nonnull(text);
    memset(text, 'k', 40000);
    for (int i = 0; i < COUNT; i++) {
        keys[i] = (segml_key)SEGML_KEY_UTF8_VALUE(text, lengths[i]);
        records[i] = (sg_manifest_record){.keys = &keys[i], .columns = 1, .rows = i};
        records[i].status = SEGML_GROUP_TRAINED;
    }
    ck_assert_int_eq(sg_index_write(&out, &input, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_open_frame(&index, out.bytes, out.size, NULL), SEGML_OK);
    for (int i = 0; i < COUNT; i++) {
        sg_index_group group;
        int64_t number;

        ck_assert_int_eq(sg_index_find(&index, &keys[i], 1, &number, &group, NULL), SEGML_OK);
        ck_assert_int_eq(number, i);
        ck_assert_uint_eq(group.key_size, 9 + lengths[i]);
    }
    sg_index_close(&index);
    sg_buf_clear(&out);
    free(text);
}
END_TEST

START_TEST(a_file_without_index_is_no_failure)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};

    ck_assert_int_eq(sg_index_open(&index, "", 0, &err), 1);
    ck_assert_int_eq(sg_index_open(&index, "SEGMLEND", 8, &err), 1);
    ck_assert_int_eq(sg_index_open(&index, "no index is here, at all", 24, &err), 1);
    ck_assert_int_eq(err.code, SEGML_OK);
}
END_TEST

/* Reads everything; what was read is right, or SEGML_E_FORMAT is the answer. */
static int
read_all(const sg_index *index)
{
    sg_index_member member;
    sg_index_group group;
    float codes[SG_KEY_COLUMNS_MAX];
    size_t length;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < index->member_count && rc == SEGML_OK; i++)
        rc = sg_index_member_of(index, NULL, i, &member, &length, NULL);
    for (int64_t i = 0; i < index->group_count + index->parent_count && rc == SEGML_OK; i++)
        rc = sg_index_get(index, i, &group, NULL);
    for (int64_t i = 0; i < index->group_count && index->has_codes && rc == SEGML_OK; i++)
        rc = sg_index_codes(index, i, codes, NULL);
    return rc;
}

/* A copy of exact size, so that a sanitizer sees reads beyond the end. */
static unsigned char *
copy_exactly(const void *bytes, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    return copy;
}

START_TEST(every_flipped_bit_is_found_in_opening_or_at_first_use)
{
    sg_buf file = {0};
    int at_opening = 0, without = 0, at_use = 0;

    make_small_file(&file);
    for (size_t bit = 8 * (size_t)OFFSET; bit < 8 * file.size; bit++) {
        sg_index index = {0};
        int rc;

        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        rc = sg_index_open(&index, file.bytes, file.size, NULL);
        at_opening += rc < 0;
        without += rc == 1;
        if (rc == SEGML_OK) {
            ck_assert_msg(read_all(&index) == SEGML_E_FORMAT, "bit %zu", bit);
            ck_assert_msg(read_all(&index) == SEGML_E_FORMAT, "bit %zu, again", bit);
            at_use++;
        }
        ck_assert_msg(rc >= 0 || index.verified == NULL, "bit %zu", bit);
        sg_index_close(&index);
        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert_int_eq(without, 64); /* the last 8 bytes */
    ck_assert_int_eq(at_use, 8 * (int)(file.size - OFFSET - MEMBERS - 16 - CONTENT));
    ck_assert_int_eq(at_opening + without + at_use, 8 * (int)(file.size - OFFSET));
    sg_buf_clear(&file);
}
END_TEST

START_TEST(no_part_of_an_index_opens)
{
    sg_buf file = {0};

    make_small_file(&file);
    for (size_t size = 0; size < file.size; size++) {
        unsigned char *cut = copy_exactly(file.bytes, size);
        unsigned char *tail = copy_exactly(file.bytes + file.size - size, size);
        sg_index index = {0};

        ck_assert_msg(sg_index_open(&index, cut, size, NULL) == 1, "%zu bytes", size);
        ck_assert_msg(sg_index_open(&index, tail, size, NULL) == (size < 16 ? 1 : SEGML_E_FORMAT),
                      "the last %zu bytes", size);
        ck_assert_msg(sg_index_open_frame(&index, cut, size, NULL) == SEGML_E_FORMAT, "%zu", size);
        free(tail);
        free(cut);
    }
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_damaged_page_spoils_no_other)
{
    sg_index index = {0};
    sg_index_group group;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};
    const size_t members = OFFSET + 8 + 128 + 4 * 32; /* four pages, and no member */

    make_large_file(&file);
    file.bytes[members + SG_INDEX_PAGE + 5] ^= 1;
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    /* Entry 157 begins at byte 16,328 and ends on the second page; keys are on the last two. */
    ck_assert_int_eq(sg_index_get(&index, 156, &group, &err), SEGML_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sg_index_get(&index, 157, &group, &err), SEGML_E_FORMAT);
        ck_assert_str_eq(err.message, "the index is damaged: page 1 has another digest");
    }
    ck_assert_int_eq(sg_index_get(&index, 0, &group, &err), SEGML_OK);
    file.bytes[members + SG_INDEX_PAGE + 5] ^= 1;
    ck_assert_int_eq(sg_index_get(&index, 157, &group, &err), SEGML_OK);
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

/* A number of the small index that somebody has changed, all digests made right again. */
typedef struct forgery {
    size_t at; /* from the frame's begin */
    int bytes;
    uint64_t value;
    int status; /* of opening, or if that succeeds of reading */
    const char *message;
} forgery;

static const char parts[] = "its parts do not add up to its size";
static const char entry_1[] = "entry 1 says what cannot be";
static const char member_0[] = "member 0 says what cannot be";
static const char heap[] = "a text is outside of the heap";

static const forgery forgeries[] = {
    {0, 4, 0x184D2A56, SEGML_E_FORMAT, "its frame and its end do not fit"},
    {4, 4, 5, SEGML_E_FORMAT, "its frame and its end do not fit"},
    {CONTENT, 1, 'X', SEGML_E_FORMAT, "it does not begin with SEGMLIDX"},
    {CONTENT + 8, 4, 2, SEGML_E_UNSUPPORTED, "its index has version 2, this library reads 1"},
    {CONTENT + 8, 4, 0, SEGML_E_FORMAT, "it has version 0"},
    {CONTENT + 12, 4, 3, SEGML_E_FORMAT, "its header has bits that have no meaning"},
    {CONTENT + 12, 4, 0, SEGML_E_FORMAT, parts},
    {CONTENT + 48, 8, OFFSET - 1, SEGML_E_FORMAT, "it stands in another place than it says"},
    {CONTENT + 56, 8, 10, SEGML_E_FORMAT, parts},
    {CONTENT + 64, 8, 3, SEGML_E_FORMAT, parts},
    {CONTENT + 64, 8, UINT64_MAX, SEGML_E_FORMAT, parts},
    {CONTENT + 64, 8, UINT64_C(1) << 58, SEGML_E_FORMAT, parts}, /* times 64 is 0 */
    {CONTENT + 72, 8, 4, SEGML_E_FORMAT, parts},
    {CONTENT + 72, 8, UINT64_C(1) << 63, SEGML_E_FORMAT, parts},
    {CONTENT + 72, 8, UINT64_C(1) << 61, SEGML_E_FORMAT, parts}, /* times 104 is 0 */
    {CONTENT + 80, 8, UINT64_MAX - 4, SEGML_E_FORMAT, parts},
    {CONTENT + 80, 8, 0xFFFFFFFF, SEGML_E_FORMAT, parts},
    {CONTENT + 88, 8, 32, SEGML_E_FORMAT, parts},
    {CONTENT + 88, 8, 15, SEGML_E_FORMAT, parts},
    {CONTENT + 96, 8, UINT64_MAX, SEGML_E_FORMAT, parts},
    {CONTENT + 96, 8, 0, SEGML_E_FORMAT, parts},
    {CONTENT + 104, 4, 0, SEGML_E_FORMAT, parts},
    {CONTENT + 104, 4, 17, SEGML_E_FORMAT, parts},
    {CONTENT + 127, 1, 1, SEGML_E_FORMAT, "its header has bits that have no meaning"},
    {MEMBERS + CONTENT, 8, OFFSET - 59, SEGML_E_FORMAT, member_0},
    {MEMBERS + CONTENT, 8, UINT64_MAX - 59, SEGML_E_FORMAT, member_0},
    {MEMBERS + CONTENT + 8, 4, 0, SEGML_E_FORMAT, member_0},
    {MEMBERS + CONTENT + 12, 4, (1u << 30) + 1, SEGML_E_FORMAT, member_0},
    {MEMBERS + CONTENT + 48, 4, UINT32_MAX, SEGML_E_FORMAT, heap},
    {MEMBERS + CONTENT + 52, 4, 256, SEGML_E_FORMAT, member_0},
    {MEMBERS + CONTENT + 52, 4, 255, SEGML_E_FORMAT, heap},
    {MEMBERS + CONTENT + 52, 4, 0, SEGML_E_FORMAT, heap},
    {MEMBERS + CONTENT + 56, 1, 1, SEGML_E_FORMAT, member_0},
    {HEAP + CONTENT + 2, 1, '\n', SEGML_E_FORMAT, "a member's path is not printable"},
    {HEAP + CONTENT + 2, 1, 0xE4, SEGML_E_FORMAT, "a member's path is not printable"},
    {ENTRIES + CONTENT + 104 + 16, 8, OFFSET - 89, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 16, 8, OFFSET + 1, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 24, 4, UINT32_MAX, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 24, 4, 0, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 28, 4, UINT32_MAX, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 64, 8, UINT64_MAX, SEGML_E_FORMAT, heap},
    {ENTRIES + CONTENT + 104 + 64, 8, UINT64_MAX - 19, SEGML_E_FORMAT, heap},
    {ENTRIES + CONTENT + 104 + 72, 4, 0, SEGML_E_FORMAT, heap},
    {ENTRIES + CONTENT + 104 + 72, 4, UINT32_MAX, SEGML_E_FORMAT, heap},
    {ENTRIES + CONTENT + 104 + 76, 4, 1u << 31, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 80, 8, UINT64_C(1) << 63, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 88, 8, UINT64_C(0x3FF0000000000001), SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 88, 8, UINT64_C(0xBFF0000000000000), SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 88, 8, UINT64_C(0x7FF8000000000001), SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 96, 1, 0, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 96, 1, 2, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 96, 1, 8, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 97, 1, 1, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 97, 1, 3, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 103, 1, 1, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 24, 4, 1, SEGML_E_FORMAT, "entry 0 says what cannot be"},
    {ENTRIES + CONTENT + 5 * 104 + 97, 1, 0, SEGML_E_FORMAT, "entry 5 says what cannot be"},
    {ENTRIES + CONTENT + 5 * 104 + 97, 1, 2, SEGML_E_FORMAT, "entry 5 says what cannot be"},
    {CODES + CONTENT, 4, SMALL_GROUPS, SEGML_E_FORMAT, "a code is that of no value"},
};

/* Reads everything until something fails. */
static int
read_with_message(const sg_index *index, segml_error *err)
{
    sg_index_member member;
    sg_index_group group;
    float codes[2];
    size_t length;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < 2 && rc == SEGML_OK; i++)
        rc = sg_index_member_of(index, NULL, i, &member, &length, err);
    for (int64_t i = 0; i < SMALL_ENTRIES && rc == SEGML_OK; i++)
        rc = sg_index_get(index, i, &group, err);
    for (int64_t i = 0; i < SMALL_GROUPS && rc == SEGML_OK; i++)
        rc = sg_index_codes(index, i, codes, err);
    return rc;
}

START_TEST(numbers_that_cannot_be_are_refused)
{
    const forgery *f = &forgeries[_i];
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_buf file = {0};
    unsigned char *copy;
    int rc;

    make_small_file(&file);
    for (int i = 0; i < f->bytes; i++)
        file.bytes[OFFSET + f->at + (size_t)i] = (unsigned char)(f->value >> (8 * i));
    index_seal(file.bytes + OFFSET, file.size - OFFSET);
    copy = copy_exactly(file.bytes, file.size);
    rc = sg_index_open(&index, copy, file.size, &err);
    if (rc == SEGML_OK)
        rc = read_with_message(&index, &err);
    ck_assert_msg(rc == f->status, "%d %s", rc, err.message);
    ck_assert_msg(strstr(err.message, f->message) != NULL, "%s", err.message);
    sg_index_close(&index);
    free(copy);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(sealing_changes_nothing_in_a_right_index)
{
    sg_buf file = {0};

    make_large_file(&file);
    file.bytes[OFFSET + CONTENT + 16] ^= 1;
    file.bytes[OFFSET + CONTENT + 128] ^= 1;
    index_seal(file.bytes + OFFSET, file.size - OFFSET);
    ck_assert_mem_eq(file.bytes + OFFSET + CONTENT + 16, golden_large_root, SG_DIGEST_BYTES);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(an_index_in_memory_needs_no_places)
{
    const int64_t numbers[] = {1, 2};
    segml_error err = SEGML_ERROR_INIT;
    number_groups groups;
    sg_index_input input = {.manifest = &groups.manifest, .offset = OFFSET};
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};

    make_file(&file);
    make_groups(&groups, numbers, 2);
    ck_assert_int_eq(sg_index_write(&file, &input, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_open_frame(&index, file.bytes + OFFSET, file.size - OFFSET, NULL),
                     SEGML_OK);
    ck_assert_int_eq(sg_index_get(&index, 1, &group, NULL), SEGML_OK);
    ck_assert_uint_eq(group.place.packed, 0);
    sg_index_close(&index);
    /* In a file a trained model has one. */
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_get(&index, 1, &group, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, entry_1) != NULL, "%s", err.message);
    sg_index_close(&index);
    clear_groups(&groups);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(a_slot_that_leads_nowhere_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};
    int64_t number = 0;

    make_small_file(&file);
    for (int slot = 0; slot < 16; slot++)
        memset(file.bytes + OFFSET + CONTENT + SLOTS + 4 * slot, slot % 2 == 0 ? 8 : 0xFF, 4);
    index_seal(file.bytes + OFFSET, file.size - OFFSET);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < SMALL_GROUPS; i++) {
        ck_assert_int_eq(sg_index_find(&index, small_keys[i], 2, &number, &group, &err),
                         SEGML_E_FORMAT);
        ck_assert_msg(strstr(err.message, "an entry that it does not have") != NULL, "%s",
                      err.message);
        ck_assert_int_eq(number, -1);
    }
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

/* Every slot names an entry with the hash of the key that is looked for, and another key. */
START_TEST(equal_hashes_of_other_keys_are_told_apart_and_the_search_ends)
{
    sg_hash128 hash;
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};
    int64_t number = 0;
    unsigned char *frame;

    make_small_file(&file);
    frame = file.bytes + OFFSET;
    ck_assert_int_eq(sg_key_hash(&hash, small_keys[1], 2, NULL), SEGML_OK);
    for (int i = 0; i < 8; i++) {
        frame[CONTENT + ENTRIES + 2 * 104 + i] = (unsigned char)(hash.low >> (8 * i));
        frame[CONTENT + ENTRIES + 2 * 104 + 8 + i] = (unsigned char)(hash.high >> (8 * i));
    }
    memset(frame + CONTENT + SLOTS, 0, 64);
    for (int slot = 0; slot < 16; slot++)
        frame[CONTENT + SLOTS + 4 * slot] = 3;
    index_seal(frame, file.size - OFFSET);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, small_keys[1], 2, &number, &group, NULL), SEGML_OK);
    ck_assert_int_eq(number, -1);
    /* The entry itself stands where it was, and is found behind one that only looks like it. */
    frame[CONTENT + SLOTS + 4 * ((hash.low + 1) % 16)] = 2;
    index_seal(frame, file.size - OFFSET);
    sg_index_close(&index);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, small_keys[1], 2, &number, &group, NULL), SEGML_OK);
    ck_assert_int_eq(number, 1);
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

/* Numbers whose keys all have the same slot. */
static void
make_colliding(int64_t *numbers, int64_t count, uint64_t slots)
{
    segml_key key = SEGML_KEY_INT64_VALUE(0);
    int64_t found = 0;

    while (found < count) {
        sg_hash128 hash;

        ck_assert_int_eq(sg_key_hash(&hash, &key, 1, NULL), SEGML_OK);
        if ((hash.low & (slots - 1)) == slots - 3)
            numbers[found++] = key.integer;
        key.integer++;
    }
}

/* The last of 1,024 stands 1,023 slots behind the one of its hash, beyond the table's end. */
START_TEST(keys_that_collide_are_found_or_refused)
{
    static int64_t numbers[1025];
    segml_key key = SEGML_KEY_INT64_VALUE(0);
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_buf file = {0};

    make_colliding(numbers, 1024, 2048);
    make_file(&file);
    ck_assert_int_eq(write_groups(&file, numbers, 1024, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_open_frame(&index, file.bytes + OFFSET, file.size - OFFSET, NULL),
                     SEGML_OK);
    for (int64_t i = 0; i < 1024; i++) {
        sg_index_group group;
        int64_t number;

        key.integer = numbers[i];
        ck_assert_int_eq(sg_index_find(&index, &key, 1, &number, &group, NULL), SEGML_OK);
        ck_assert_int_eq(number, i);
    }
    sg_index_close(&index);

    make_colliding(numbers, 1025, 4096);
    file.size = OFFSET;
    ck_assert_int_eq(write_groups(&file, numbers, 1025, &err), SEGML_E_LIMIT);
    ck_assert_msg(strstr(err.message, "made to collide") != NULL, "%s", err.message);
    ck_assert_uint_eq(file.size, OFFSET);
    sg_buf_clear(&file);
}
END_TEST

enum { READERS = 4 };

static void *
find_all(void *user)
{
    const sg_index *index = user;
    segml_key key = SEGML_KEY_INT64_VALUE(0);
    intptr_t wrong = 0;

    for (int64_t i = 0; i < LARGE_GROUPS; i++) {
        sg_index_group group;
        int64_t number;

        key.integer = large_number(i * 7 % LARGE_GROUPS);
        if (sg_index_find(index, &key, 1, &number, &group, NULL) != SEGML_OK ||
            number != i * 7 % LARGE_GROUPS || group.rows != 10 * number)
            wrong++;
    }
    return (void *)wrong;
}

START_TEST(threads_read_at_once)
{
    pthread_t threads[READERS];
    sg_index index = {0};
    sg_buf file = {0};

    make_large_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < READERS; i++)
        ck_assert_int_eq(sg_thread_start(&threads[i], find_all, &index, NULL), SEGML_OK);
    for (int i = 0; i < READERS; i++) {
        void *wrong;

        pthread_join(threads[i], &wrong);
        ck_assert_ptr_null(wrong);
    }
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

TCase *
index_tests(void)
{
    TCase *tc = tcase_create("index");

    tcase_add_test(tc, a_small_index_has_the_bytes_of_the_specification);
    tcase_add_test(tc, an_index_without_groups_has_no_pages_and_no_slots);
    tcase_add_test(tc, pages_slots_and_root_are_those_of_the_specification);
    tcase_add_test(tc, every_entry_is_read_and_found_by_its_key);
    tcase_add_test(tc, codes_are_positions_among_the_distinct_values);
    tcase_add_test(tc, members_are_found_by_path_and_number);
    tcase_add_test(tc, other_keys_are_not_found);
    tcase_add_test(tc, keys_of_any_length_are_found);
    tcase_add_test(tc, a_file_without_index_is_no_failure);
    tcase_add_test(tc, every_flipped_bit_is_found_in_opening_or_at_first_use);
    tcase_add_test(tc, no_part_of_an_index_opens);
    tcase_add_test(tc, a_damaged_page_spoils_no_other);
    tcase_add_loop_test(tc, numbers_that_cannot_be_are_refused, 0,
                        (int)(sizeof forgeries / sizeof *forgeries));
    tcase_add_test(tc, sealing_changes_nothing_in_a_right_index);
    tcase_add_test(tc, an_index_in_memory_needs_no_places);
    tcase_add_test(tc, a_slot_that_leads_nowhere_is_refused);
    tcase_add_test(tc, equal_hashes_of_other_keys_are_told_apart_and_the_search_ends);
    tcase_add_test(tc, keys_that_collide_are_found_or_refused);
    tcase_add_test(tc, threads_read_at_once);
    tcase_set_timeout(tc, 120);
    return tc;
}
