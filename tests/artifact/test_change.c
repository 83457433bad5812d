/* SPDX-License-Identifier: Apache-2.0 */

/* Patching and pruning: what changes, what stays to the byte, and what is refused. */

#include <check.h>
#include <string.h>

#include "artifact/made.h"
#include "pack/index.h"
#include "unit/serving_fixture.h"

static const float row[3] = {0.5f, 0.0f, -1.0f};

static const made base = {.groups = {{1, 100, 1, .5, 0, NULL},
                                     {2, 90, 2, .25, .3, NULL},
                                     {3, 10, 0, .5, 0, NULL},
                                     {4, 80, 3, .5, 0, "xgboost 1.7.4"}},
                          .threshold = .4,
                          .global = 1,
                          .unseen = 2,
                          .global_rows = 280,
                          .training = 1};

static const made donor = {.groups = {{2, 95, 3, .125, 0, NULL},
                                      {3, 10, 0, .5, 0, NULL},
                                      {4, 85, 1, .25, .7, NULL},
                                      {8, 60, 2, .5, 0, NULL}},
                           .threshold = .6,
                           .engine = "another",
                           .trials = 50,
                           .values = 4,
                           .global = 3,
                           .global_rows = 250};

/* Margin of the golden model with that number for the row, by an artifact of it alone. */
static float
margin_of(int model)
{
    made alone = {.groups = {{1, 100, 0, 0.1, 0, NULL}}};
    int32_t route;

    alone.groups[0].model = model;
    return made_margin(made_write("alone.segml", &alone), 1, row, &route);
}

static void
assert_model(const char *path, int64_t store, int model)
{
    int32_t route;

    ck_assert_float_eq(made_margin(path, store, row, &route), margin_of(model));
    ck_assert_int_eq(route, SEGML_ROUTE_EXACT);
}

static void
assert_sound(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_artifact_verify(NULL, path, NULL, &err) == SEGML_OK, "%s", err.message);
}

static void
get_group(const char *path, int64_t index, segml_model **model, segml_group_info *info)
{
    ck_assert_int_eq(segml_model_open(model, path, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_get_group(*model, index, info, NULL), SEGML_OK);
}

START_TEST(a_patch_replaces_and_adds_and_leaves_the_others)
{
    const char *b = made_write("base.segml", &base), *d = made_write("donor.segml", &donor);
    const char *out = made_path("out.segml");
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    int32_t route;

    ck_assert_msg(segml_artifact_patch(out, b, d, NULL, &info, &err) == SEGML_OK, "%s",
                  err.message);
    assert_sound(out);
    assert_model(out, 1, 1);
    assert_model(out, 2, 3);
    assert_model(out, 4, 1);
    assert_model(out, 8, 2);
    ck_assert_int_eq(info.groups, 5);
    ck_assert_int_eq(info.groups_added, 1);
    ck_assert_int_eq(info.groups_changed, 2);
    ck_assert_int_eq(info.models, 5);
    ck_assert_int_eq(info.overall, SEGML_FATE_DROPPED);
    ck_assert_int_eq(info.training, SEGML_FATE_DROPPED);
    ck_assert_int_eq(info.history, SEGML_FATE_KEPT);
    /* Store 8 is new: the base's global model, which knows four stores, cannot stay. */
    ck_assert_int_eq(info.global, SEGML_FATE_REPLACED);
    ck_assert_float_eq(made_margin(out, 3, row, &route), margin_of(2));
}
END_TEST

START_TEST(named_groups_alone_are_patched_and_the_global_model_stays)
{
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(4), SEGML_KEY_UTF8_VALUE("2", 1)};
    const char *b = made_write("base.segml", &base), *d = made_write("donor.segml", &donor);
    segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    const char *out = made_path("out.segml");
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_model *model = NULL;
    int32_t before, after;
    segml_error err = SEGML_ERROR_INIT;

    options.keys = keys;
    options.key_count = 2;
    ck_assert_msg(segml_artifact_patch(out, b, d, &options, &info, &err) == SEGML_OK, "%s",
                  err.message);
    assert_sound(out);
    ck_assert_int_eq(info.groups_added, 0);
    ck_assert_int_eq(info.groups_changed, 2);
    ck_assert_int_eq(info.global, SEGML_FATE_KEPT);
    assert_model(out, 4, 1);
    ck_assert_float_eq(made_margin(out, 3, row, &after), made_margin(b, 3, row, &before));
    ck_assert_int_eq(after, SEGML_ROUTE_GLOBAL);
    /* Threshold and engine of store 2 were those of the donor's header. */
    get_group(out, 1, &model, &group);
    ck_assert_double_eq(group.threshold, .6);
    ck_assert_str_eq(group.engine, "another");
    ck_assert_int_eq(group.rows, 95);
    ck_assert_int_eq(segml_model_get_group(model, 0, &group, NULL), SEGML_OK);
    ck_assert_double_eq(group.threshold, .4);
    ck_assert_str_eq(group.engine, "native 1 (hist)");
    segml_model_free(model);
}
END_TEST

/* The bytes between a place and its end, of a file that is in memory. */
static void
assert_same_frame(const sg_buf *a, const sg_place *x, const sg_buf *b, const sg_place *y)
{
    ck_assert_uint_gt(x->packed, 0);
    ck_assert_uint_eq(x->packed, y->packed);
    ck_assert_mem_eq(a->bytes + x->offset, b->bytes + y->offset, x->packed);
}

START_TEST(unchanged_models_are_copied_as_they_are_packed)
{
    const char *out = made_path("out.segml");
    sg_buf before = {0}, after = {0};
    sg_index x = {.bytes = NULL}, y = {.bytes = NULL};
    sg_index_group a, b;
    segml_key key = SEGML_KEY_INT64_VALUE(7);
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    int64_t number;

    /* The golden artifact was packed by the zstd tool, which packs in another way. */
    fixture_read(&before, "binary");
    options.keys = &key;
    options.key_count = 1;
    ck_assert_int_eq(
        segml_artifact_prune(out, GOLDEN_FOLDER "/serving/binary.segml", &options, NULL, NULL),
        SEGML_OK);
    made_read(&after, out);
    ck_assert_int_eq(sg_index_open(&x, before.bytes, before.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_open(&y, after.bytes, after.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&y, &key, 1, &number, &b, NULL), SEGML_OK);
    ck_assert_int_eq(number, -1);
    key.integer = 4711;
    ck_assert_int_eq(sg_index_find(&x, &key, 1, &number, &a, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_find(&y, &key, 1, &number, &b, NULL), SEGML_OK);
    assert_same_frame(&before, &a.place, &after, &b.place);
    sg_index_close(&y);
    sg_index_close(&x);
    sg_buf_clear(&after);
    sg_buf_clear(&before);
}
END_TEST

START_TEST(a_file_can_be_patched_in_place)
{
    const char *b = made_write("base.segml", &base), *d = made_write("donor.segml", &donor);
    const char *out = made_path("out.segml");
    segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;

    ck_assert_int_eq(segml_artifact_patch(out, b, d, NULL, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_artifact_patch(b, b, d, NULL, NULL, NULL), SEGML_E_EXISTS);
    options.overwrite = 1;
    ck_assert_int_eq(segml_artifact_patch(b, b, d, &options, NULL, NULL), SEGML_OK);
    made_assert_same(b, out);
    made_assert_files(3);
}
END_TEST

START_TEST(patches_that_do_not_fit_are_refused)
{
    const segml_key missing = SEGML_KEY_INT64_VALUE(99), small = SEGML_KEY_INT64_VALUE(3);
    const segml_key odd = SEGML_KEY_UTF8_VALUE("Bonn", 4);
    const struct {
        const segml_key *key;
        int status;
        const char *word;
    } cases[] = {
        {&missing, SEGML_E_NOT_FOUND, "no group 99"},
        {&odd, SEGML_E_NOT_FOUND, "no group Bonn"},
        {&small, SEGML_E_NOT_FOUND, "group 3 has no model of its own there: too_few_rows"}};
    const char *b = made_write("base.segml", &base), *d = made_write("donor.segml", &donor);
    segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;
    const char *out = made_path("out.segml"), *other;
    segml_error err = SEGML_ERROR_INIT;
    made changed = donor;

    options.key_count = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        options.keys = cases[i].key;
        ck_assert_int_eq(segml_artifact_patch(out, b, d, &options, NULL, &err), cases[i].status);
        ck_assert_msg(strstr(err.message, cases[i].word) != NULL, "%s", err.message);
    }
    changed.feature = "cost";
    other = made_write("other.segml", &changed);
    ck_assert_int_eq(segml_artifact_patch(out, b, other, NULL, NULL, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "name of feature 3 is price in the first and cost") != NULL,
                  "%s", err.message);
    options.keys = &missing;
    options.key_count = 0;
    ck_assert_int_eq(segml_artifact_patch(out, b, d, &options, NULL, &err), SEGML_E_ARGUMENT);
    options.keys = NULL;
    options.key_count = 2;
    ck_assert_int_eq(segml_artifact_patch(out, b, d, &options, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_patch(NULL, b, d, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_patch(out, b, b, NULL, NULL, &err), SEGML_OK);
    made_assert_same(out, b);
}
END_TEST

START_TEST(pruning_nothing_writes_the_same_bytes)
{
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_verify_info seen = SEGML_VERIFY_INFO_INIT;

    ck_assert_int_eq(segml_artifact_prune(out, b, NULL, &info, NULL), SEGML_OK);
    made_assert_same(out, b);
    ck_assert_int_eq(segml_artifact_verify(&seen, out, NULL, NULL), SEGML_OK);
    ck_assert_mem_eq(info.root, seen.root, 32);
    ck_assert_int_eq(info.bytes, seen.bytes);
    ck_assert_int_eq(info.models, seen.models);
    ck_assert_int_eq(info.overall, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.training, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.global, SEGML_FATE_KEPT);
}
END_TEST

START_TEST(groups_are_dropped_or_kept)
{
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(4), SEGML_KEY_INT64_VALUE(1)};
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_model *model = NULL;
    int32_t route;

    options.keys = keys;
    options.key_count = 2;
    options.keep = _i;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, &info, NULL), SEGML_OK);
    assert_sound(out);
    ck_assert_int_eq(info.groups, 2);
    ck_assert_int_eq(info.groups_dropped, 2);
    ck_assert_int_eq(info.groups_changed, 0);
    ck_assert_int_eq(info.global, SEGML_FATE_REPLACED);
    made_margin(out, 1, row, &route);
    ck_assert_int_eq(route, _i ? SEGML_ROUTE_EXACT : SEGML_ROUTE_GLOBAL);
    made_margin(out, 2, row, &route);
    ck_assert_int_eq(route, _i ? SEGML_ROUTE_GLOBAL : SEGML_ROUTE_EXACT);
    get_group(out, SEGML_GROUP_INDEX_OVERALL, &model, &group);
    ck_assert_int_eq(group.rows, _i ? 180 : 100);
    ck_assert_int_eq(group.metric_count, 0);
    segml_model_free(model);
}
END_TEST

START_TEST(history_and_training_can_be_dropped)
{
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_verify_info seen = SEGML_VERIFY_INFO_INIT;

    options.drop_history = _i == 0;
    options.drop_training = _i == 1;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.history, _i == 0 ? SEGML_FATE_DROPPED : SEGML_FATE_KEPT);
    ck_assert_int_eq(info.training, _i == 1 ? SEGML_FATE_DROPPED : SEGML_FATE_KEPT);
    ck_assert_int_eq(info.overall, SEGML_FATE_KEPT);
    ck_assert_int_eq(segml_artifact_verify(&seen, out, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(seen.has_history, _i != 0);
    ck_assert_int_eq(seen.models, 5);
}
END_TEST

START_TEST(all_groups_can_be_dropped)
{
    const segml_key keys[] = {SEGML_KEY_INT64_VALUE(1), SEGML_KEY_INT64_VALUE(2),
                              SEGML_KEY_INT64_VALUE(3), SEGML_KEY_INT64_VALUE(4)};
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    int32_t route;

    options.keys = keys;
    options.key_count = 4;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, NULL), SEGML_OK);
    assert_sound(out);
    ck_assert_float_eq(made_margin(out, 1, row, &route), margin_of(2));
    ck_assert_int_eq(route, SEGML_ROUTE_GLOBAL);
}
END_TEST

START_TEST(wrong_wishes_are_refused)
{
    const segml_key missing = SEGML_KEY_INT64_VALUE(99), bad = {.type = 77};
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;
    segml_artifact_info info = {.struct_size = 1};
    segml_error err = SEGML_ERROR_INIT;

    options.keep = 1;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_ARGUMENT);
    options.keep = 0;
    options.key_count = 1;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_ARGUMENT);
    options.keys = &bad;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_ARGUMENT);
    options.keys = &missing;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_NOT_FOUND);
    options.key_count = 0;
    options.max_bytes = -1;
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_prune(out, b, NULL, &info, &err), SEGML_E_ABI);
    ck_assert_int_eq(segml_artifact_prune(out, NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
    made_assert_files(1);
}
END_TEST

/* A damaged model is not handed on under a digest that would make it look sound. */
START_TEST(damaged_models_are_not_copied)
{
    const char *b = made_write("base.segml", &base), *out = made_path("out.segml");
    sg_buf file = {0};
    sg_index index = {.bytes = NULL};
    sg_index_group group;
    segml_error err = SEGML_ERROR_INIT;
    segml_prune_options options = SEGML_PRUNE_OPTIONS_INIT;

    made_read(&file, b);
    ck_assert_int_eq(sg_index_open(&index, file.bytes, file.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_index_get(&index, 1, &group, NULL), SEGML_OK);
    file.bytes[group.place.offset + group.place.packed / 2] ^= 4;
    sg_index_close(&index);
    made_replace(b, &file);
    ck_assert_int_eq(segml_artifact_prune(out, b, &options, NULL, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "damaged") != NULL, "%s", err.message);
    made_assert_files(1);
    sg_buf_clear(&file);
}
END_TEST

TCase *
change_tests(void)
{
    TCase *tc = tcase_create("change");

    tcase_add_checked_fixture(tc, made_enter, made_leave);
    tcase_add_test(tc, a_patch_replaces_and_adds_and_leaves_the_others);
    tcase_add_test(tc, named_groups_alone_are_patched_and_the_global_model_stays);
    tcase_add_test(tc, unchanged_models_are_copied_as_they_are_packed);
    tcase_add_test(tc, a_file_can_be_patched_in_place);
    tcase_add_test(tc, patches_that_do_not_fit_are_refused);
    tcase_add_test(tc, pruning_nothing_writes_the_same_bytes);
    tcase_add_loop_test(tc, groups_are_dropped_or_kept, 0, 2);
    tcase_add_loop_test(tc, history_and_training_can_be_dropped, 0, 2);
    tcase_add_test(tc, all_groups_can_be_dropped);
    tcase_add_test(tc, wrong_wishes_are_refused);
    tcase_add_test(tc, damaged_models_are_not_copied);
    tcase_set_timeout(tc, 60);
    return tc;
}
