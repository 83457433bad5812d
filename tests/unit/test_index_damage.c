/* SPDX-License-Identifier: Apache-2.0 */

/* pack/index: damage, and numbers that somebody made up; R1 to R5 of index.c. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "pack/index.h"
#include "pack/index_seal.h"
#include "unit/index_fixture.h"

enum {
    CONTENT = 8,   /* of a frame */
    MEMBERS = 160, /* of the small index: behind its header and one page's digest */
    ENTRIES = MEMBERS + 2 * 64,
    SLOTS = ENTRIES + INDEX_SMALL_ENTRIES * 104,
    CODES = SLOTS + 16 * 4,
    HEAP = CODES + INDEX_SMALL_GROUPS * 2 * 4
};

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

    index_make_small_file(&file);
    for (size_t bit = 8 * (size_t)INDEX_OFFSET; bit < 8 * file.size; bit++) {
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
    ck_assert_int_eq(at_use, 8 * (int)(file.size - INDEX_OFFSET - MEMBERS - 16 - CONTENT));
    ck_assert_int_eq(at_opening + without + at_use, 8 * (int)(file.size - INDEX_OFFSET));
    sg_buf_clear(&file);
}
END_TEST

START_TEST(no_part_of_an_index_opens)
{
    sg_buf file = {0};

    index_make_small_file(&file);
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
    const size_t members = INDEX_OFFSET + 8 + 128 + 4 * 32; /* four pages, and no member */

    index_make_large_file(&file);
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
    {CONTENT + 48, 8, INDEX_OFFSET - 1, SEGML_E_FORMAT, "it stands in another place than it says"},
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
    {MEMBERS + CONTENT, 8, INDEX_OFFSET - 59, SEGML_E_FORMAT, member_0},
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
    {ENTRIES + CONTENT + 104 + 16, 8, INDEX_OFFSET - 89, SEGML_E_FORMAT, entry_1},
    {ENTRIES + CONTENT + 104 + 16, 8, INDEX_OFFSET + 1, SEGML_E_FORMAT, entry_1},
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
    {CODES + CONTENT, 4, INDEX_SMALL_GROUPS, SEGML_E_FORMAT, "a code is that of no value"},
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
    for (int64_t i = 0; i < INDEX_SMALL_ENTRIES && rc == SEGML_OK; i++)
        rc = sg_index_get(index, i, &group, err);
    for (int64_t i = 0; i < INDEX_SMALL_GROUPS && rc == SEGML_OK; i++)
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

    index_make_small_file(&file);
    for (int i = 0; i < f->bytes; i++)
        file.bytes[INDEX_OFFSET + f->at + (size_t)i] = (unsigned char)(f->value >> (8 * i));
    index_seal(file.bytes + INDEX_OFFSET, file.size - INDEX_OFFSET);
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

START_TEST(a_slot_that_leads_nowhere_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};
    int64_t number = 0;

    index_make_small_file(&file);
    for (int slot = 0; slot < 16; slot++)
        memset(file.bytes + INDEX_OFFSET + CONTENT + SLOTS + 4 * slot, slot % 2 == 0 ? 8 : 0xFF, 4);
    index_seal(file.bytes + INDEX_OFFSET, file.size - INDEX_OFFSET);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < INDEX_SMALL_GROUPS; i++) {
        ck_assert_int_eq(sg_index_find(&index, index_small_keys[i], 2, &number, &group, &err),
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

    index_make_small_file(&file);
    frame = file.bytes + INDEX_OFFSET;
    ck_assert_int_eq(sg_key_hash(&hash, index_small_keys[1], 2, NULL), SEGML_OK);
    for (int i = 0; i < 8; i++) {
        frame[CONTENT + ENTRIES + 2 * 104 + i] = (unsigned char)(hash.low >> (8 * i));
        frame[CONTENT + ENTRIES + 2 * 104 + 8 + i] = (unsigned char)(hash.high >> (8 * i));
    }
    memset(frame + CONTENT + SLOTS, 0, 64);
    for (int slot = 0; slot < 16; slot++)
        frame[CONTENT + SLOTS + 4 * slot] = 3;
    index_seal(frame, file.size - INDEX_OFFSET);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, index_small_keys[1], 2, &number, &group, NULL),
                     SEGML_OK);
    ck_assert_int_eq(number, -1);
    /* The entry itself stands where it was, and is found behind one that only looks like it. */
    frame[CONTENT + SLOTS + 4 * ((hash.low + 1) % 16)] = 2;
    index_seal(frame, file.size - INDEX_OFFSET);
    sg_index_close(&index);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, index_small_keys[1], 2, &number, &group, NULL),
                     SEGML_OK);
    ck_assert_int_eq(number, 1);
    sg_index_close(&index);
    sg_buf_clear(&file);
}
END_TEST

TCase *
index_damage_tests(void)
{
    TCase *tc = tcase_create("index_damage");

    tcase_add_test(tc, every_flipped_bit_is_found_in_opening_or_at_first_use);
    tcase_add_test(tc, no_part_of_an_index_opens);
    tcase_add_test(tc, a_damaged_page_spoils_no_other);
    tcase_add_loop_test(tc, numbers_that_cannot_be_are_refused, 0,
                        (int)(sizeof forgeries / sizeof *forgeries));
    tcase_add_test(tc, a_slot_that_leads_nowhere_is_refused);
    tcase_add_test(tc, equal_hashes_of_other_keys_are_told_apart_and_the_search_ends);
    tcase_set_timeout(tc, 120);
    return tc;
}
