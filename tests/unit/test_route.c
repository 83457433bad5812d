/* SPDX-License-Identifier: Apache-2.0 */

/* model/route and model/lookup: R1 to R6 of route.c, on models put together by hand. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "model/route.h"
#include "pack/build.h"
#include "serving_fixture.h"

enum { GROUPS = 3000 };

START_TEST(a_table_gives_all_numbers_of_a_hash_and_no_other)
{
    sg_lookup table = {0};
    int64_t sum = 0, i;
    size_t probe = 0;

    ck_assert_int_eq(sg_lookup_next(&table, 5, &probe), -1);
    ck_assert_int_eq(sg_lookup_make(&table, 100, NULL), SEGML_OK);
    for (i = 0; i < 100; i++)
        ck_assert_int_eq(sg_lookup_add(&table, (uint64_t)i % 50, i, NULL), SEGML_OK);
    probe = 0;
    while ((i = sg_lookup_next(&table, 7, &probe)) >= 0)
        sum += i;
    ck_assert_int_eq(sum, 7 + 57);
    probe = 0;
    ck_assert_int_eq(sg_lookup_next(&table, 50, &probe), -1);
    sg_lookup_clear(&table);
}
END_TEST

START_TEST(an_empty_table_ends_a_look_up)
{
    sg_lookup table = {0};
    size_t probe = 0;

    ck_assert_int_eq(sg_lookup_make(&table, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_lookup_next(&table, 0, &probe), -1);
    sg_lookup_clear(&table);
}
END_TEST

START_TEST(keys_made_to_collide_are_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_lookup table = {0};
    int64_t added = 0;

    ck_assert_int_eq(sg_lookup_make(&table, 5000, NULL), SEGML_OK);
    while (added < 5000 && sg_lookup_add(&table, 42, added, &err) == SEGML_OK)
        added++;
    ck_assert_int_eq(added, 1024);
    ck_assert_int_eq(err.code, SEGML_E_LIMIT);
    sg_lookup_clear(&table);
}
END_TEST

/* Builds an artifact and opens it; either global model may be left out. */
static segml_model *
open_built(sg_manifest *manifest, sg_packed *groups, const char *global, const char *unseen)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_packed packed_global = {0}, packed_unseen = {0};
    sg_build_members members = {
        .groups = groups, .global = &packed_global, .unseen = &packed_unseen};
    segml_model *model = NULL;
    sg_buf file = {0};

    if (global != NULL)
        fixture_pack(&packed_global, SG_MEMBER_GLOBAL, "binary", global);
    if (unseen != NULL)
        fixture_pack(&packed_unseen, SG_MEMBER_UNSEEN, "binary", unseen);
    manifest->global.rounds = 3;
    manifest->unseen_rounds = 3;
    ck_assert_msg(sg_build_artifact(&file, manifest, &members, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    ck_assert_ptr_null(file.bytes);
    sg_packed_clear(&packed_unseen);
    sg_packed_clear(&packed_global);
    return model;
}

/* A target as it is found; its forest is kept by the model. */
static sg_route_target
find_keys(const segml_model *model, const segml_key *keys)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_route_target target;
    int64_t place = -1;

    ck_assert_int_eq(sg_route_place(model, keys, &place, NULL), SEGML_OK);
    ck_assert_int_ge(place, 0);
    ck_assert_int_lt(place, sg_route_places(model));
    ck_assert_msg(sg_route_find_target(model, place, &target, &err) == SEGML_OK, "%s", err.message);
    sg_resident_release(target.child);
    return target;
}

static sg_route_target
find(const segml_model *model, segml_key key)
{
    return find_keys(model, &key);
}

static const sg_resident *
in_slot(const segml_model *model, int64_t slot)
{
    return atomic_load(&model->children.slot[slot]);
}

static void
assert_target(const segml_model *model, segml_key key, int32_t kind, int32_t reason, int64_t group)
{
    sg_route_target target = find(model, key);

    ck_assert_int_eq(target.kind, kind);
    ck_assert_int_eq(target.reason, reason);
    ck_assert_int_eq(target.group, group);
    ck_assert_int_eq(target.child != NULL, kind == SEGML_ROUTE_EXACT || kind == SEGML_ROUTE_GLOBAL);
}

#define INT_KEY(value) ((segml_key)SEGML_KEY_INT64_VALUE(value))
#define NULL_KEY ((segml_key)SEGML_KEY_NULL_VALUE)

static const struct {
    int32_t status, reason;
} statuses[] = {
    {SEGML_GROUP_TOO_FEW_ROWS, SEGML_REASON_TOO_FEW_ROWS},
    {SEGML_GROUP_ONE_CLASS, SEGML_REASON_ONE_CLASS},
    {SEGML_GROUP_CONSTANT_LABEL, SEGML_REASON_CONSTANT_LABEL},
    {SEGML_GROUP_FAILED, SEGML_REASON_FAILED},
};

START_TEST(a_group_without_model_falls_back_for_its_status)
{
    sg_manifest manifest;
    sg_packed none[2] = {{0}};
    segml_model *model;

    fixture_groups(&manifest, 2);
    manifest.groups[1].status = statuses[_i].status;
    model = open_built(&manifest, none, NULL, NULL);
    assert_target(model, INT_KEY(10), SEGML_ROUTE_CONSTANT, statuses[_i].reason, 1);
    segml_model_free(model);

    manifest.fallback = 0;
    model = open_built(&manifest, none, NULL, NULL);
    assert_target(model, INT_KEY(10), SEGML_ROUTE_NONE, statuses[_i].reason, 1);
    assert_target(model, INT_KEY(11), SEGML_ROUTE_NONE, SEGML_REASON_UNSEEN, -1);
    assert_target(model, NULL_KEY, SEGML_ROUTE_NONE, SEGML_REASON_NULL_KEY, -1);
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(groups_that_use_the_global_model_bring_their_codes)
{
    sg_manifest manifest;
    sg_packed none[4] = {{0}};
    segml_model *model;
    sg_route_target target;

    fixture_groups(&manifest, 4);
    manifest.keys_as_features = 1;
    model = open_built(&manifest, none, SG_MEMBER_GLOBAL, SG_MEMBER_UNSEEN);
    for (int i = 0; i < 4; i++) {
        target = find(model, INT_KEY(10 * i));
        ck_assert_int_eq(target.kind, SEGML_ROUTE_GLOBAL);
        ck_assert_ptr_eq(target.child, in_slot(model, sg_model_slot_global(model)));
        ck_assert_float_eq(target.tail[0], (float)i);
    }
    target = find(model, INT_KEY(-1));
    ck_assert_ptr_eq(target.child, in_slot(model, sg_model_slot_unseen(model)));
    ck_assert_int_eq(target.has_tail, 0);
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(without_unseen_model_unseen_keys_have_missing_codes)
{
    sg_manifest manifest;
    sg_packed none[2] = {{0}};
    segml_model *model;
    sg_route_target target;

    fixture_groups(&manifest, 2);
    manifest.keys_as_features = 1;
    model = open_built(&manifest, none, SG_MEMBER_GLOBAL, NULL);
    target = find(model, INT_KEY(5));
    ck_assert_int_eq(target.kind, SEGML_ROUTE_GLOBAL);
    ck_assert_int_eq(target.reason, SEGML_REASON_UNSEEN);
    ck_assert_ptr_eq(target.child, in_slot(model, sg_model_slot_global(model)));
    ck_assert_float_nan(target.tail[0]);
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(built_without_their_models_groups_use_the_global_one)
{
    sg_manifest manifest;
    segml_model *model;

    fixture_groups(&manifest, 3);
    manifest.keys_as_features = 1;
    for (int i = 0; i < 3; i++)
        manifest.groups[i].has_model = 1; /* follows from the members, of which there are none */
    model = open_built(&manifest, NULL, SG_MEMBER_GLOBAL, NULL);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(manifest.groups[i].has_model, 0);
        assert_target(model, INT_KEY(10 * i), SEGML_ROUTE_GLOBAL, SEGML_REASON_TOO_FEW_ROWS, i);
    }
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(a_global_mode_answers_known_groups_also_without_fallback)
{
    sg_manifest manifest;
    sg_packed none[2] = {{0}};
    segml_model *model;

    fixture_groups(&manifest, 2);
    manifest.mode = SEGML_MODE_GLOBAL;
    manifest.fallback = 0;
    manifest.keys_as_features = 1;
    for (int i = 0; i < 2; i++)
        manifest.groups[i].status = SEGML_GROUP_GLOBAL;
    model = open_built(&manifest, none, SG_MEMBER_GLOBAL, NULL);
    assert_target(model, INT_KEY(10), SEGML_ROUTE_GLOBAL, SEGML_REASON_OK, 1);
    assert_target(model, INT_KEY(5), SEGML_ROUTE_NONE, SEGML_REASON_UNSEEN, -1);
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(every_one_of_many_keys_finds_its_group)
{
    sg_manifest manifest;
    static sg_packed none[GROUPS];
    segml_model *model;

    fixture_groups(&manifest, GROUPS);
    model = open_built(&manifest, none, NULL, NULL);
    for (int i = 0; i < GROUPS; i++) {
        char digits[24];
        segml_key text = SEGML_KEY_UTF8_VALUE(digits, 0);

        text.length = (size_t)snprintf(digits, sizeof digits, "+%d.0", 10 * i);
        ck_assert_int_eq(find(model, INT_KEY(10 * i)).group, i);
        ck_assert_int_eq(find(model, text).group, i);
        ck_assert_int_eq(find(model, INT_KEY(10 * i + 1)).group, -1);
    }
    segml_model_free(model);
    sg_manifest_clear(&manifest);
}
END_TEST

/* Keys above 512 bytes are hashed on the heap. */
START_TEST(a_long_text_key_is_found)
{
    static char text[5000];
    segml_key key = SEGML_KEY_UTF8_VALUE(text, sizeof text);
    sg_manifest manifest;
    sg_packed child = {0};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    sg_buf file = {0}, ubj = {0};

    memset(text, 'x', sizeof text);
    fixture_groups(&manifest, 1);
    manifest.keys[0].type = SEGML_KEY_UTF8;
    manifest.groups[0].keys = &key;
    manifest.groups[0].status = SEGML_GROUP_TRAINED;
    manifest.groups[0].rounds = 3;
    fixture_member(&ubj, "binary", "groups/7/model.ubj");
    ck_assert_int_eq(sg_build_pack_group(&child, &key, 1, ubj.bytes, ubj.size, &err), SEGML_OK);
    ck_assert_int_eq(
        sg_build_artifact(&file, &manifest, &(sg_build_members){.groups = &child}, &err), SEGML_OK);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    assert_target(model, key, SEGML_ROUTE_EXACT, SEGML_REASON_OK, 0);
    key.length--;
    assert_target(model, key, SEGML_ROUTE_CONSTANT, SEGML_REASON_UNSEEN, -1);
    manifest.keys[0].type = SEGML_KEY_INT64;
    segml_model_free(model);
    sg_packed_clear(&child);
    sg_buf_clear(&ubj);
    sg_manifest_clear(&manifest);
}
END_TEST

TCase *
route_tests(void)
{
    TCase *tc = tcase_create("route");

    tcase_add_test(tc, a_table_gives_all_numbers_of_a_hash_and_no_other);
    tcase_add_test(tc, an_empty_table_ends_a_look_up);
    tcase_add_test(tc, keys_made_to_collide_are_refused);
    tcase_add_loop_test(tc, a_group_without_model_falls_back_for_its_status, 0,
                        (int)(sizeof statuses / sizeof *statuses));
    tcase_add_test(tc, groups_that_use_the_global_model_bring_their_codes);
    tcase_add_test(tc, without_unseen_model_unseen_keys_have_missing_codes);
    tcase_add_test(tc, built_without_their_models_groups_use_the_global_one);
    tcase_add_test(tc, a_global_mode_answers_known_groups_also_without_fallback);
    tcase_add_test(tc, every_one_of_many_keys_finds_its_group);
    tcase_add_test(tc, a_long_text_key_is_found);
    return tc;
}
