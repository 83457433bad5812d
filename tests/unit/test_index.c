/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/index: section 2 of doc/artifact-format.md. What an index must be, byte for byte,
 * golden/index_bytes.py has written down.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "base/thread.h"
#include "golden/index_bytes.h"
#include "pack/artifact.h"
#include "pack/index_seal.h"
#include "unit/index_fixture.h"

static const float small_codes[INDEX_SMALL_GROUPS][2] = {{0, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}};

START_TEST(a_small_index_has_the_bytes_of_the_specification)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf out = {0};

    ck_assert_msg(index_write_small(&out, &err) == SEGML_OK, "%s", err.message);
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

    ck_assert_int_eq(index_write_groups(&out, NULL, 0, NULL), SEGML_OK);
    ck_assert_uint_eq(out.size, sizeof golden_empty);
    ck_assert_mem_eq(out.bytes, golden_empty, out.size);
    ck_assert_int_eq(sg_index_open_frame(&index, out.bytes, out.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&index, index_small_keys[0], 1, &number, &group, NULL),
                     SEGML_OK);
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

    index_write_large(&out);
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
    const sg_place place =
        index_place(index_small_facts[number].offset, index_small_facts[number].packed,
                    index_small_facts[number].size);
    segml_key keys[2];

    ck_assert_int_eq(group->status, index_small_facts[number].status);
    ck_assert_int_eq(group->rounds, index_small_facts[number].rounds);
    ck_assert_int_eq(group->rows, index_small_facts[number].rows);
    ck_assert_int_eq(group->columns, number < INDEX_SMALL_GROUPS ? 2 : 1);
    ck_assert_int_eq(isnan(group->threshold), isnan(index_small_facts[number].threshold));
    if (!isnan(group->threshold))
        ck_assert_double_eq(group->threshold, index_small_facts[number].threshold);
    ck_assert_uint_eq(group->place.offset, place.offset);
    ck_assert_uint_eq(group->place.packed, place.packed);
    ck_assert_uint_eq(group->place.size, place.size);
    ck_assert_mem_eq(group->place.digest, place.digest, SG_DIGEST_BYTES);
    ck_assert_int_eq(sg_key_decode(keys, group->columns, group->key, group->key_size), 1);
    ck_assert_int_eq(sg_key_compare(keys, index_small_keys[number], group->columns), 0);
}

START_TEST(every_entry_is_read_and_found_by_its_key)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_buf file = {0};

    index_make_small_file(&file);
    ck_assert_msg(sg_index_open(&index, file.bytes, file.size, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_uint_eq(index.offset, INDEX_OFFSET);
    ck_assert_uint_eq(index.file_size, file.size);
    ck_assert_int_eq(index.group_count, INDEX_SMALL_GROUPS);
    ck_assert_int_eq(index.parent_count, INDEX_SMALL_PARENTS);
    ck_assert_int_eq(index.has_codes, 1);
    for (int i = 0; i < INDEX_SMALL_ENTRIES; i++) {
        sg_index_group group, found;
        int64_t number;

        ck_assert_int_eq(sg_index_get(&index, i, &group, NULL), SEGML_OK);
        check_small_group(&group, i);
        ck_assert_int_eq(
            sg_index_find(&index, index_small_keys[i], group.columns, &number, &found, NULL),
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

    index_make_small_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (int i = 0; i < INDEX_SMALL_GROUPS; i++) {
        ck_assert_int_eq(sg_index_codes(&index, i, codes, NULL), SEGML_OK);
        ck_assert_float_eq(codes[0], small_codes[i][0]);
        ck_assert_float_eq(codes[1], small_codes[i][1]);
    }
    ck_assert_int_eq(sg_index_codes(&index, INDEX_SMALL_GROUPS, codes, NULL), SEGML_E_FORMAT);
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

    index_make_small_file(&file);
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
    index_make_small_file(&file);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert_int_eq(sg_index_find(&index, others[i], 2, &number, &group, NULL), SEGML_OK);
        ck_assert_int_eq(number, -1);
    }
    /* The first column of the first group: no such parent. */
    ck_assert_int_eq(sg_index_find(&index, index_small_keys[0], 1, &number, &group, NULL),
                     SEGML_OK);
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

START_TEST(sealing_changes_nothing_in_a_right_index)
{
    sg_buf file = {0};

    index_make_large_file(&file);
    file.bytes[INDEX_OFFSET + 8 + 16] ^= 1;
    file.bytes[INDEX_OFFSET + 8 + 128] ^= 1;
    index_seal(file.bytes + INDEX_OFFSET, file.size - INDEX_OFFSET);
    ck_assert_mem_eq(file.bytes + INDEX_OFFSET + 8 + 16, golden_large_root, SG_DIGEST_BYTES);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(an_index_in_memory_needs_no_places)
{
    const int64_t numbers[] = {1, 2};
    segml_error err = SEGML_ERROR_INIT;
    index_groups groups;
    sg_index_input input = {.manifest = &groups.manifest, .offset = INDEX_OFFSET};
    sg_index index = {0};
    sg_index_group group;
    sg_buf file = {0};

    index_make_file(&file);
    index_make_groups(&groups, numbers, 2);
    ck_assert_int_eq(sg_index_write(&file, &input, NULL), SEGML_OK);
    ck_assert_int_eq(
        sg_index_open_frame(&index, file.bytes + INDEX_OFFSET, file.size - INDEX_OFFSET, NULL),
        SEGML_OK);
    ck_assert_int_eq(sg_index_get(&index, 1, &group, NULL), SEGML_OK);
    ck_assert_uint_eq(group.place.packed, 0);
    sg_index_close(&index);
    /* In a file a trained model has one. */
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_get(&index, 1, &group, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "entry 1 says what cannot be") != NULL, "%s", err.message);
    sg_index_close(&index);
    index_clear_groups(&groups);
    sg_buf_clear(&file);
}
END_TEST

/*
 * Numbers whose keys all have the same slot of so many, and so of any smaller power of two.
 * Millions of keys are tried, so the framework is asked once.
 */
static void
make_colliding(int64_t *numbers, int64_t count, uint64_t slots)
{
    segml_key key = SEGML_KEY_INT64_VALUE(0);
    int64_t found = 0;
    int rc = SEGML_OK;

    while (found < count && rc == SEGML_OK) {
        sg_hash128 hash;

        rc = sg_key_hash(&hash, &key, 1, NULL);
        if ((hash.low & (slots - 1)) == slots - 3)
            numbers[found++] = key.integer;
        key.integer++;
    }
    ck_assert_int_eq(rc, SEGML_OK);
}

/* The last of 1,024 stands 1,023 slots behind the one of its hash, beyond the table's end. */
START_TEST(keys_that_collide_are_found_or_refused)
{
    static int64_t numbers[1025];
    segml_key key = SEGML_KEY_INT64_VALUE(0);
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    sg_buf file = {0};

    make_colliding(numbers, 1025, 4096);
    index_make_file(&file);
    ck_assert_int_eq(index_write_groups(&file, numbers, 1024, NULL), SEGML_OK);
    ck_assert_int_eq(
        sg_index_open_frame(&index, file.bytes + INDEX_OFFSET, file.size - INDEX_OFFSET, NULL),
        SEGML_OK);
    for (int64_t i = 0; i < 1024; i++) {
        sg_index_group group;
        int64_t number;

        key.integer = numbers[i];
        ck_assert_int_eq(sg_index_find(&index, &key, 1, &number, &group, NULL), SEGML_OK);
        ck_assert_int_eq(number, i);
    }
    sg_index_close(&index);

    file.size = INDEX_OFFSET;
    ck_assert_int_eq(index_write_groups(&file, numbers, 1025, &err), SEGML_E_LIMIT);
    ck_assert_msg(strstr(err.message, "made to collide") != NULL, "%s", err.message);
    ck_assert_uint_eq(file.size, INDEX_OFFSET);
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

    for (int64_t i = 0; i < INDEX_LARGE_GROUPS; i++) {
        sg_index_group group;
        int64_t number;

        key.integer = index_large_number(i * 7 % INDEX_LARGE_GROUPS);
        if (sg_index_find(index, &key, 1, &number, &group, NULL) != SEGML_OK ||
            number != i * 7 % INDEX_LARGE_GROUPS || group.rows != 10 * number)
            wrong++;
    }
    return (void *)wrong;
}

START_TEST(threads_read_at_once)
{
    pthread_t threads[READERS];
    sg_index index = {0};
    sg_buf file = {0};

    index_make_large_file(&file);
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
    tcase_add_test(tc, sealing_changes_nothing_in_a_right_index);
    tcase_add_test(tc, an_index_in_memory_needs_no_places);
    tcase_add_test(tc, keys_that_collide_are_found_or_refused);
    tcase_add_test(tc, threads_read_at_once);
    tcase_set_timeout(tc, 120);
    return tc;
}
